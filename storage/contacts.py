"""The contact log: written once, undone by its writer for a while, corrected without losing what stood before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy import insert as plain_insert

from bot.chat import Refusal
from storage import dues, history, notices, tallies
from storage.candidates import Case
from storage.counting import month_slot
from storage.prepared import Prepared
from storage.tables import candidates, contacts, people

UNDO_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Contact:
    """One entry: who was contacted how on which day, and what comes next. `person_id` wrote it."""

    id: int
    candidate_id: int
    person_id: int
    how: str
    reason: str | None
    on: date
    note: str | None
    next_on: date | None
    needs_help: bool
    written_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as a card shows it."""

    on: date
    how: str
    note: str | None
    next_on: date | None
    by: str


_COLUMNS = (
    contacts.c.id,
    contacts.c.candidate_id,
    contacts.c.person_id,
    contacts.c.how,
    contacts.c.reason,
    contacts.c.on,
    contacts.c.note,
    contacts.c.next_on,
    contacts.c.needs_help,
    contacts.c.written_at,
    contacts.c.state,
)
_ADD = Prepared(plain_insert(contacts))
_BY_ID = Prepared(select(*_COLUMNS, contacts.c.replaced_by).where(contacts.c.id == bindparam("wanted")))
_BY_KEY = Prepared(select(*_COLUMNS).where(contacts.c.key == bindparam("wanted")))
_TOUCH = Prepared(
    update(candidates)
    .where(candidates.c.id == bindparam("candidate"))
    .values(last_contact_on=bindparam("last"), next_on=bindparam("coming"))
)


def log(connection: Connection, at: datetime, actor: int, case: Case, key: str, values: Mapping[str, Any]) -> int:
    """Writes one contact under `key`; IntegrityError when that key has been written. `values` hold how, on and more."""
    row = {
        "reason": None,
        "note": None,
        "next_on": None,
        "needs_help": False,
        **values,
        "candidate_id": case.id,
        "person_id": actor,
        "written_at": at,
        "key": key,
    }
    contact = _ADD.add(connection, row) or 0
    reached = row["how"] != "not_reached"
    last = max(filter(None, (case.last_contact_on, row["on"] if reached else None)), default=None)
    kept = case.next_on if case.next_on and case.next_on > row["on"] else None
    if case.last_contact_on and row["on"] < case.last_contact_on:
        # Written late: what was agreed at a later meeting stands.
        _recount(connection, at, case)
    else:
        _TOUCH.run(connection, {"candidate": case.id, "last": last, "coming": row["next_on"] or kept})
    if last is not None and last != case.last_contact_on:
        dues.contacted(connection, case, last)
    notices.helped(connection, case.unit_id, case.id)
    _count(connection, case, {row["on"]: int(reached)})
    after = {name: value for name, value in values.items() if value} | {"contact": contact}
    history.record(connection, at, actor, "contact.log", case.subject, case.unit_id, None, after)
    return contact


def by_key(connection: Connection, key: str) -> Contact | None:
    """The entry that was written under this key."""
    row = _BY_KEY.first(connection, {"wanted": key})
    return _contact(row) if row else None


def own(connection: Connection, contact: int, writer: int) -> Contact:
    """The door to one's own entry, or to what took its place; another's, a missing and a withdrawn one read alike."""
    row = _BY_ID.first(connection, {"wanted": contact})
    while row is not None and row.replaced_by is not None:
        row = _BY_ID.first(connection, {"wanted": row.replaced_by})
    if row is None or row.person_id != writer or row.state != "kept":
        raise Refusal("contacts.no_such_entry")
    return _contact(row)


def _contact(row: Any) -> Contact:
    return Contact(*row[: len(_COLUMNS)])


def undo(connection: Connection, at: datetime, case: Case, contact: Contact) -> None:
    """Withdraws an entry; refuses when 15 minutes have passed."""
    if at - contact.written_at > UNDO_FOR:
        raise Refusal("contacts.too_late_to_undo")
    withdraw(connection, at, case, contact)


def withdraw(connection: Connection, at: datetime, case: Case, contact: Contact) -> None:
    """Takes an entry out of the count; it stays to be read in the history."""
    connection.execute(update(contacts).where(contacts.c.id == contact.id).values(state="undone"))
    _count(connection, case, {contact.on: -_reached(contact.how)})
    _recount(connection, at, case)
    if contact.needs_help:
        notices.helped(connection, case.unit_id, case.id)
    history.record(
        connection, at, contact.person_id, "contact.undo", case.subject, case.unit_id, {"contact": contact.id}, None
    )


def correct(connection: Connection, at: datetime, case: Case, contact: Contact, values: Mapping[str, Any]) -> int:
    """A new entry in the place of an old one, which stays to be read in the history. Gives the new one's id."""
    names = ("how", "reason", "on", "note", "next_on", "needs_help")
    row = {name: getattr(contact, name) for name in names} | dict(values)
    key = f"corrects:{contact.id}"
    row |= {"candidate_id": case.id, "person_id": contact.person_id, "written_at": contact.written_at, "key": key}
    new = _ADD.add(connection, row) or 0
    replaced = {"state": "replaced", "replaced_by": new}
    connection.execute(update(contacts).where(contacts.c.id == contact.id).values(**replaced))
    _count(connection, case, {contact.on: -_reached(contact.how)})
    _count(connection, case, {row["on"]: _reached(row["how"])})
    _recount(connection, at, case)
    before = {name: getattr(contact, name) for name in values} | {"contact": contact.id}
    after = dict(values) | {"contact": new}
    history.record(connection, at, contact.person_id, "contact.correct", case.subject, case.unit_id, before, after)
    return new


def count(connection: Connection, candidate: int) -> int:
    """How many entries are kept for a candidate."""
    kept = (contacts.c.candidate_id == candidate, contacts.c.state == "kept")
    return connection.execute(select(func.count()).where(*kept)).scalar() or 0


def latest(connection: Connection, candidate: int, most: int = 3, skip: int = 0) -> list[Told]:
    """The latest entries of a candidate, newest first."""
    found = (
        select(contacts.c.on, contacts.c.how, contacts.c.note, contacts.c.next_on, people.c.name)
        .join_from(contacts, people, people.c.id == contacts.c.person_id)
        .where(contacts.c.candidate_id == candidate, contacts.c.state == "kept")
        .order_by(contacts.c.on.desc(), contacts.c.id.desc())
        .limit(most)
        .offset(skip)
    )
    return [Told(*row) for row in connection.execute(found)]


def _reached(how: str) -> int:
    return int(how != "not_reached")


def _count(connection: Connection, case: Case, days: Mapping[date, int]) -> None:
    """Contacts by month; where nobody was reached there was none."""
    tallies.add(connection, case.path, {("contacts", month_slot(on)): more for on, more in days.items()})


def _recount(connection: Connection, at: datetime, case: Case) -> None:
    kept = (contacts.c.candidate_id == case.id, contacts.c.state == "kept")
    last = connection.execute(select(func.max(contacts.c.on)).where(*kept, contacts.c.how != "not_reached")).scalar()
    entries = select(contacts.c.on, contacts.c.next_on).where(*kept)
    coming: date | None = None
    for on, next_on in connection.execute(entries.order_by(contacts.c.on, contacts.c.written_at, contacts.c.id)):
        # An appointment stands until its day, or until another one is made.
        coming = next_on or (coming if coming and coming > on else None)
    _TOUCH.run(connection, {"candidate": case.id, "last": last, "coming": coming})
    dues.rework(connection, at, [case.id])
