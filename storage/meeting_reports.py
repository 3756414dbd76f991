"""What is reported for a meeting, what was discussed in it, and who is in charge of what in a branch."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy import insert as plain_insert

from storage import candidates as cases
from storage import history, membership
from storage.candidates import Case
from storage.database import insert
from storage.meetings import Meeting
from storage.people import Person
from storage.tables import assignments, candidates, charges, contacts, meeting_items, meeting_reports, people

ADMISSION = "admission"


@dataclass(frozen=True, slots=True)
class Charge:
    """Who is in charge of admission work, or of a mass organisation."""

    person: int
    name: str
    charge: str


@dataclass(frozen=True, slots=True)
class Helper:
    """A member who helps candidates of the branch: how many, and how many contacts since a day."""

    person: int
    name: str
    candidates: tuple[int, ...]
    contacts: int


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reported; `line` None: as in the system."""

    person: int
    line: str | None


def cases_of(connection: Connection, person: Person, unit_id: int) -> list[Case]:
    """The open cases of the branch that this person may see, in the order of their numbers."""
    found = select(candidates.c.id).where(candidates.c.unit_id == unit_id, candidates.c.state == "open")
    seen = cases.those(connection, person, connection.execute(found).scalars())
    return [case for _, case in sorted(seen.items()) if cases.allowed(person, case, "see_case")]


def charges_of(connection: Connection, unit_id: int) -> list[Charge]:
    """Who is in charge of what now, by name."""
    found = (
        select(people.c.id, people.c.name, charges.c.charge)
        .join_from(charges, people, people.c.id == charges.c.person_id)
        .where(charges.c.unit_id == unit_id, charges.c.until.is_(None), people.c.left_on.is_(None))
    )
    return [Charge(*row) for row in connection.execute(found.order_by(people.c.folded, charges.c.id))]


def give_charge(
    connection: Connection, at: datetime, actor: int | None, unit_id: int, charge: str, person: int | None, on: date
) -> None:
    """Puts somebody in charge from that day on, in the place of whoever was; None: nobody."""
    before = [one for one in charges_of(connection, unit_id) if one.charge == charge]
    if [one.person for one in before] == ([person] if person else []):
        return
    held = (charges.c.unit_id == unit_id, charges.c.charge == charge, charges.c.until.is_(None))
    connection.execute(update(charges).where(*held).values(until=on))
    if person is not None:
        row = {"unit_id": unit_id, "person_id": person, "charge": charge, "since": on}
        connection.execute(plain_insert(charges).values(**row))
    old, new = {"charge": charge, "people": [one.person for one in before]}, {"charge": charge, "person": person}
    history.record(connection, at, actor, "branch.charge", f"unit:{unit_id}", unit_id, old, new)


def helpers_of(connection: Connection, unit_id: int, since: date) -> list[Helper]:
    """Who helps open cases of the branch, by name, with the contacts that each has logged with them since that day."""
    helped = (
        select(people.c.id, people.c.name, people.c.folded, assignments.c.candidate_id)
        .join_from(assignments, people, people.c.id == assignments.c.person_id)
        .join(candidates, candidates.c.id == assignments.c.candidate_id)
        .where(candidates.c.unit_id == unit_id, candidates.c.state == "open", assignments.c.until.is_(None))
        .order_by(people.c.folded, people.c.id, assignments.c.candidate_id)
    )
    counts = _contacts_since(connection, unit_id, since)
    names: dict[int, str] = {}
    cases: dict[int, list[int]] = {}
    for row in connection.execute(helped):
        names[row.id] = row.name
        cases.setdefault(row.id, []).append(row.candidate_id)
    return [Helper(person, name, tuple(cases[person]), counts.get(person, 0)) for person, name in names.items()]


def _contacts_since(connection: Connection, unit_id: int, since: date) -> dict[int, int]:
    found = (
        select(contacts.c.person_id, func.count())
        .join_from(contacts, candidates, candidates.c.id == contacts.c.candidate_id)
        .where(candidates.c.unit_id == unit_id, contacts.c.state == "kept", contacts.c.on >= since)
        .group_by(contacts.c.person_id)
    )
    return {row[0]: row[1] for row in connection.execute(found)}


def reporters(connection: Connection, unit_id: int) -> dict[int, str]:
    """Who is expected to report at a meeting: number and name, by name. Helpers, and those in charge of something."""
    helping = {one.person: one.name for one in helpers_of(connection, unit_id, date.max)}
    named = {one.person: one.name for one in charges_of(connection, unit_id)}
    belonging = {member.id for member in membership.members_of(connection, unit_id)}
    everybody = {person: name for person, name in {**helping, **named}.items() if person in belonging}
    return dict(sorted(everybody.items(), key=lambda one: one[1]))


def unreported(connection: Connection, meeting: Meeting) -> dict[int, str]:
    """Of these, who has not reported yet."""
    given = {report.person for report in reports_of(connection, meeting)}
    return {person: name for person, name in reporters(connection, meeting.unit_id).items() if person not in given}


def reports_of(connection: Connection, meeting: Meeting) -> list[Report]:
    """What was reported for a meeting, in the order in which it came."""
    if meeting.id is None:
        return []
    found = select(meeting_reports.c.person_id, meeting_reports.c.line).where(
        meeting_reports.c.meeting_id == meeting.id
    )
    return [Report(*row) for row in connection.execute(found.order_by(meeting_reports.c.at))]


def report(connection: Connection, at: datetime, person: int, meeting: Meeting, line: str | None) -> None:
    """Somebody reports, in a line or "as in the system"; a second report takes the place of the first.

    The words themselves are not put into the history.
    """
    values = {"line": line, "at": at}
    row = insert(connection, meeting_reports).values(meeting_id=meeting.id, person_id=person, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["meeting_id", "person_id"], set_=values))
    after = {"who": person, "own_words": line is not None}
    history.record(connection, at, person, "meeting.report", meeting.subject, meeting.unit_id, None, after)


def items_of(connection: Connection, meeting: Meeting) -> set[str]:
    """What was discussed: kinds of items."""
    if meeting.id is None:
        return set()
    found = select(meeting_items.c.kind).where(meeting_items.c.meeting_id == meeting.id)
    return set(connection.execute(found).scalars())


def keep_items(connection: Connection, at: datetime, actor: int | None, meeting: Meeting, items: Iterable[str]) -> None:
    """Writes down what was discussed; what stood before stays in the history."""
    before, after = items_of(connection, meeting), set(items)
    if before == after:
        return
    connection.execute(delete(meeting_items).where(meeting_items.c.meeting_id == meeting.id))
    rows = [{"meeting_id": meeting.id, "kind": kind} for kind in sorted(after)]
    if rows:
        connection.execute(plain_insert(meeting_items), rows)
    old, new = {"items": sorted(before)}, {"items": sorted(after)}
    history.record(connection, at, actor, "meeting.minutes", meeting.subject, meeting.unit_id, old, new)
