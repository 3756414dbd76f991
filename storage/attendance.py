"""Who came to meetings and who did not, and who has stayed away too often."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, select
from sqlalchemy import insert as plain_insert

from bot.rules.meetings import ASK_AFTER, MISSED, Roll, State, absent_in_a_row, without_reason_in_a_row
from storage import history, membership
from storage.database import insert
from storage.tables import attendance, meetings

if TYPE_CHECKING:
    from storage.meetings import Meeting

# How many of the latest meetings are looked at.
LOOKED_AT = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """What the list says of somebody. `state`: announced, present, online, excused, unexcused; `reason` is a slug."""

    state: State
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Absentee:
    """A member who has missed the latest meetings: how many in a row, of these without good reason, and this year."""

    person: int
    name: str
    in_a_row: int
    without_reason: int
    without_reason_this_year: int
    last_on: date


def marks_of(connection: Connection, meeting: "Meeting") -> dict[int, Mark]:
    """The list of a meeting, by person."""
    if meeting.id is None:
        return {}
    found = select(attendance.c.person_id, attendance.c.state, attendance.c.reason)
    rows = connection.execute(found.where(attendance.c.meeting_id == meeting.id))
    return {row.person_id: Mark(row.state, row.reason) for row in rows}


def announce(connection: Connection, at: datetime, person: int, meeting: "Meeting", reason: str) -> None:
    """A member says beforehand that they will not come; saying it again changes the reason."""
    values = {"state": "announced", "reason": reason}
    row = insert(connection, attendance).values(meeting_id=meeting.id, person_id=person, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["meeting_id", "person_id"], set_=values))
    history.record(connection, at, person, "meeting.announce", meeting.subject, meeting.unit_id, None, {"who": person})


def take_back(connection: Connection, at: datetime, person: int, meeting: "Meeting") -> bool:
    """The member comes after all; False when nothing was announced."""
    mine = (attendance.c.meeting_id == meeting.id, attendance.c.person_id == person)
    done = connection.execute(delete(attendance).where(*mine, attendance.c.state == "announced")).rowcount
    if done:
        after = {"who": person}
        history.record(connection, at, person, "meeting.comes", meeting.subject, meeting.unit_id, None, after)
    return bool(done)


def keep(
    connection: Connection, at: datetime, actor: int | None, meeting: "Meeting", marks: Mapping[int, Mark]
) -> None:
    """Writes the list anew; the one before stays in the history, by the numbers of the people."""
    before = marks_of(connection, meeting)
    if before == dict(marks):
        return
    connection.execute(delete(attendance).where(attendance.c.meeting_id == meeting.id))
    rows = [
        {"meeting_id": meeting.id, "person_id": person, "state": mark.state, "reason": mark.reason}
        for person, mark in marks.items()
    ]
    if rows:
        connection.execute(plain_insert(attendance), rows)
    old, new = ({str(person): mark.state for person, mark in some.items()} for some in (before, marks))
    history.record(connection, at, actor, "meeting.attendance", meeting.subject, meeting.unit_id, old, new)


def roll_of(marks: Mapping[int, Mark]) -> Roll:
    """The numbers of a list."""
    count = dict.fromkeys(("present", "online", "excused", "unexcused"), 0)
    for mark in marks.values():
        count["excused" if mark.state == "announced" else mark.state] += 1
    return Roll(len(marks), **count)


def absent_twice(connection: Connection, unit_id: int, today: date, least: int = ASK_AFTER) -> list[Absentee]:
    """Members who have missed the latest regular meetings, `least` or more, the longest absent first.

    Those who are exempt or away for a time are left out: that they are missing is known.
    """
    excused = {state.person for state in membership.open_states(connection, unit_id, today, ("exempt", "away"))}
    members = {member.id: member.name for member in membership.members_of(connection, unit_id)}
    found = []
    for person, seen in _seen(connection, unit_id, today).items():
        if person not in members or person in excused:
            continue
        states = [state for _, state in seen]
        if (missed := absent_in_a_row(states)) >= least:
            year = sum(state == "unexcused" and on.year == today.year for on, state in seen)
            row = without_reason_in_a_row(states)
            found.append(Absentee(person, members[person], missed, row, year, seen[-1][0]))
    return sorted(found, key=lambda one: (-one.without_reason, -one.in_a_row, one.name))


def _seen(connection: Connection, unit_id: int, today: date) -> dict[int, list[tuple[date, str]]]:
    """What the latest lists say of each person, the oldest first."""
    latest = (
        select(meetings.c.id, meetings.c.held_on)
        .where(meetings.c.unit_id == unit_id, meetings.c.state == "held", meetings.c.kind == "regular")
        .where(meetings.c.held_on <= today)
        .order_by(meetings.c.held_on.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    rows = connection.execute(
        select(latest.c.held_on, attendance.c.person_id, attendance.c.state)
        .join_from(latest, attendance, attendance.c.meeting_id == latest.c.id)
        .order_by(latest.c.held_on)
    )
    seen: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for row in rows:
        seen[row.person_id].append((row.held_on, row.state if row.state != "announced" else MISSED[0]))
    return seen
