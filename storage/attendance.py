"""Who came to meetings and who did not, and who has stayed away too often."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, select
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
    return absent_in(connection, [unit_id], today, least).get(unit_id, [])


def absent_in(
    connection: Connection, ids: Sequence[int], today: date, least: int = ASK_AFTER
) -> dict[int, list[Absentee]]:
    """The same for many branches at once; those where nobody stays away are missing."""
    missing = {
        about: seen
        for about, seen in _seen(connection, ids, today, least).items()
        if absent_in_a_row([state for _, state in seen]) >= least
    }
    names = membership.names_in(connection, missing)
    excused = membership.excused_in(connection, missing, today)
    found: dict[int, list[Absentee]] = defaultdict(list)
    for (unit, person), seen in missing.items():
        if (unit, person) in names and (unit, person) not in excused:
            found[unit].append(_absentee(person, names[unit, person], seen, today.year))
    return {
        unit: sorted(those, key=lambda one: (-one.without_reason, -one.in_a_row, one.name))
        for unit, those in sorted(found.items())
    }


Seen = list[tuple[date, str]]


def _absentee(person: int, name: str, seen: Seen, year: int) -> Absentee:
    states = [state for _, state in seen]
    this_year = sum(state == "unexcused" and on.year == year for on, state in seen)
    return Absentee(person, name, absent_in_a_row(states), without_reason_in_a_row(states), this_year, seen[-1][0])


def _seen(connection: Connection, ids: Sequence[int], today: date, least: int) -> dict[tuple[int, int], Seen]:
    """By branch and person what the latest lists say, the oldest first, of those who missed at least so many."""
    newest = func.row_number().over(
        partition_by=meetings.c.unit_id, order_by=(meetings.c.held_on.desc(), meetings.c.id)
    )
    ordered = (
        select(meetings.c.id, meetings.c.unit_id, meetings.c.held_on, newest.label("place"))
        .where(meetings.c.unit_id.in_(ids), meetings.c.state == "held", meetings.c.kind == "regular")
        .where(meetings.c.held_on <= today)
        .subquery()
    )
    latest = select(ordered).where(ordered.c.place <= LOOKED_AT).subquery()
    joined = attendance.c.meeting_id == latest.c.id
    often = (
        select(latest.c.unit_id, attendance.c.person_id)
        .join_from(latest, attendance, joined)
        .where(attendance.c.state.in_(["announced", *MISSED]))
        .group_by(latest.c.unit_id, attendance.c.person_id)
        .having(func.count() >= least)
    )
    wanted = {tuple(row) for row in connection.execute(often)}
    if not wanted:
        return {}
    marks = (
        select(latest.c.unit_id, attendance.c.person_id, latest.c.held_on, attendance.c.state)
        .join_from(latest, attendance, joined)
        .where(attendance.c.person_id.in_(sorted({person for _, person in wanted})))
        .order_by(latest.c.held_on, latest.c.place.desc())
    )
    seen: dict[tuple[int, int], Seen] = defaultdict(list)
    for unit, person, on, state in connection.execute(marks):
        if (unit, person) in wanted:
            seen[unit, person].append((on, state if state != "announced" else MISSED[0]))
    return seen
