"""Announcements: whom each is for, who has read it, who could not be reached, and the messages that carry it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, case, exists, func, or_, select, update
from sqlalchemy import insert as plain_insert

from bot.chat import Refusal
from bot.rules.access import covers
from storage import history
from storage.announcement_messages import batches, take_back
from storage.database import insert
from storage.people import Person
from storage.sight import units_open_to, within
from storage.tables import addresses, announcement_readers, announcements, people, roles, units


@dataclass(frozen=True, slots=True)
class Announcement:
    """One announcement; `unit` is in whose name. `repeat_on` None: nobody is told once more."""

    id: int
    text: str
    number: str | None
    document_on: date | None
    link: str | None
    person_id: int
    person_name: str
    unit_id: int
    unit_name: str
    path: str
    committee_id: int | None
    at: datetime
    state: str
    version: int
    repeat_on: date | None

    @property
    def subject(self) -> str:
        """How the history names it."""
        return f"announcement:{self.id}"


_FOUND = (
    select(
        *(announcements.c[name] for name in ("id", "text", "number", "document_on", "link", "person_id")),
        people.c.name.label("person_name"),
        announcements.c.unit_id,
        units.c.name.label("unit_name"),
        units.c.path,
        units.c.committee_id,
        *(announcements.c[name] for name in ("at", "state", "version", "repeat_on")),
    )
    .join_from(announcements, people, people.c.id == announcements.c.person_id)
    .join(units, units.c.id == announcements.c.unit_id)
)


def _one(row: Any) -> Announcement:
    return Announcement(*row)


@dataclass(frozen=True, slots=True)
class Audience:
    """People by id, each with the unit through which the announcement reaches them."""

    units: Mapping[int, int]

    @property
    def count(self) -> int:
        """How many people."""
        return len(self.units)

    @property
    def places(self) -> int:
        """In how many units."""
        return len(set(self.units.values()))


def audience(
    connection: Connection, person: Person, paths: Iterable[str], wanted: Iterable[str], but: int | None = None
) -> Audience:
    """Who holds one of these roles at or below these places, where this person may announce; `but` is left out."""
    places = or_(*(within(path) for path in paths))
    found = (
        select(roles.c.person_id, func.min(roles.c.unit_id))
        .join_from(roles, people, people.c.id == roles.c.person_id)
        .join(units, units.c.id == roles.c.unit_id)
        .where(roles.c.until.is_(None), roles.c.role.in_(list(wanted)), people.c.left_on.is_(None))
        .where(units.c.closed_on.is_(None), units_open_to(person, "announce"), places)
        .group_by(roles.c.person_id)
        .order_by(roles.c.person_id)
    )
    return Audience({row[0]: row[1] for row in connection.execute(found) if row[0] != but})


def write(
    connection: Connection,
    at: datetime,
    key: str,
    person: int,
    unit: int,
    values: Mapping[str, Any],
    to: Audience,
) -> Announcement | None:
    """Keeps an announcement and whom it is for; None when its key was used before. Nothing is sent by this."""
    row = {**values, "key": key, "person_id": person, "unit_id": unit, "at": at, "state": "sent"}
    made = connection.execute(insert(connection, announcements).values(**row).on_conflict_do_nothing())
    number = made.inserted_primary_key[0] if made.rowcount and made.inserted_primary_key else None
    if number is None:
        return None
    for some in batches(to.units.items()):
        rows = [{"announcement_id": number, "person_id": who, "unit_id": place} for who, place in some]
        connection.execute(plain_insert(announcement_readers), rows)
    told = {"people": to.count, "units": to.places, "number": values.get("number")}
    history.record(connection, at, person, "announcement.send", f"announcement:{number}", unit, None, told)
    return by_id(connection, int(number))


def by_id(connection: Connection, number: int) -> Announcement:
    """The announcement; a missing one is a fault of the caller."""
    return _one(connection.execute(_FOUND.where(announcements.c.id == number)).one())


def sent_by(connection: Connection, person: Person, number: int) -> Announcement:
    """The door for whoever sent it, and for those who may announce in the unit that it was sent for."""
    row = connection.execute(_FOUND.where(announcements.c.id == number)).first()
    found = _one(row) if row else None
    if found is None or not (
        found.person_id == person.id or covers(person.grants, "announce", found.path, found.committee_id)
    ):
        raise Refusal("announcements.no_such")
    return found


def read_by(connection: Connection, person: int, number: int) -> Announcement:
    """The door for those whom it was for."""
    mine = exists().where(
        announcement_readers.c.announcement_id == announcements.c.id, announcement_readers.c.person_id == person
    )
    row = connection.execute(_FOUND.where(announcements.c.id == number, mine)).first()
    if row is None:
        raise Refusal("announcements.no_such")
    return _one(row)


def listed(connection: Connection, person: Person) -> list[Announcement]:
    """What this person may look after, the newest first."""
    mine = or_(announcements.c.person_id == person.id, units_open_to(person, "announce"))
    found = _FOUND.where(mine).order_by(announcements.c.id.desc())
    return [_one(row) for row in connection.execute(found)]


def received(connection: Connection, person: int) -> list[tuple[Announcement, datetime | None]]:
    """What was announced to somebody and stands, the newest first, each with the moment when it was read."""
    found = _FOUND.add_columns(announcement_readers.c.read_at).join(
        announcement_readers, announcement_readers.c.announcement_id == announcements.c.id
    )
    mine = found.where(announcement_readers.c.person_id == person, announcements.c.state == "sent")
    rows = connection.execute(mine.order_by(announcements.c.id.desc()))
    return [(_one(row[:-1]), row[-1]) for row in rows]


def mark_read(connection: Connection, at: datetime, person: int, announcement: Announcement) -> bool:
    """Somebody has read it; False when they had before. What still waits to be sent to them is not sent."""
    mine = (
        announcement_readers.c.announcement_id == announcement.id,
        announcement_readers.c.person_id == person,
        announcement_readers.c.read_at.is_(None),
    )
    done = connection.execute(update(announcement_readers).where(*mine).values(read_at=at)).rowcount
    if done:
        take_back(connection, announcement, person)
    return bool(done)


@dataclass(frozen=True, slots=True)
class Receipts:
    """How many have read it; how many have not; and of those without it, whom no chat reaches."""

    read: int
    unread: int
    unreachable: int


_REACHED = exists().where(addresses.c.person_id == announcement_readers.c.person_id, addresses.c.reachable)


def receipts(connection: Connection, number: int) -> Receipts:
    """Everybody counts once; people who have left since are not counted any more."""
    read, reached = announcement_readers.c.read_at.is_not(None), _REACHED
    found = (
        select(
            func.count(case((read, 1))),
            func.count(case((~read & reached, 1))),
            func.count(case((~read & ~reached, 1))),
        )
        .join_from(announcement_readers, people, people.c.id == announcement_readers.c.person_id)
        .where(announcement_readers.c.announcement_id == number, people.c.left_on.is_(None))
    )
    return Receipts(*connection.execute(found).one())


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who has not read it, and whether any chat reaches them."""

    person_id: int
    name: str
    unit_name: str
    path: str
    committee_id: int | None
    reached: bool


def unread(connection: Connection, number: int) -> list[Reader]:
    """Who has not read it, by unit and name."""
    found = (
        select(people.c.id, people.c.name, units.c.name, units.c.path, units.c.committee_id, _REACHED)
        .join_from(announcement_readers, people, people.c.id == announcement_readers.c.person_id)
        .join(units, units.c.id == announcement_readers.c.unit_id)
        .where(announcement_readers.c.announcement_id == number, announcement_readers.c.read_at.is_(None))
        .where(people.c.left_on.is_(None))
        .order_by(units.c.path, people.c.folded, people.c.id)
    )
    return [Reader(*row) for row in connection.execute(found)]


def correct(
    connection: Connection, at: datetime, actor: int, announcement: Announcement, values: Mapping[str, Any]
) -> Announcement:
    """New words in the place of the old: everybody has yet to read them."""
    table = announcements.c
    same = and_(table.id == announcement.id, table.version == announcement.version, table.state == "sent")
    new = {**values, "version": announcement.version + 1}
    if not connection.execute(update(announcements).where(same).values(**new)).rowcount:
        raise Refusal("announcements.changed_meanwhile")
    mine = announcement_readers.c.announcement_id == announcement.id
    connection.execute(update(announcement_readers).where(mine).values(read_at=None))
    before, after = {"version": announcement.version}, {"version": announcement.version + 1}
    history.record(
        connection, at, actor, "announcement.correct", announcement.subject, announcement.unit_id, before, after
    )
    return by_id(connection, announcement.id)


def withdraw(connection: Connection, at: datetime, actor: int, announcement: Announcement) -> Announcement:
    """It holds no more; nobody is told once more."""
    same = (announcements.c.id == announcement.id, announcements.c.state == "sent")
    if not connection.execute(update(announcements).where(*same).values(state="withdrawn", repeat_on=None)).rowcount:
        raise Refusal("announcements.changed_meanwhile")
    subject = announcement.subject
    history.record(connection, at, actor, "announcement.withdraw", subject, announcement.unit_id, None, None)
    return by_id(connection, announcement.id)


def to_repeat(connection: Connection, today: date) -> Sequence[Announcement]:
    """Those whose day for telling once more has come."""
    found = _FOUND.where(announcements.c.repeat_on <= today, announcements.c.state == "sent")
    return [_one(row) for row in connection.execute(found.order_by(announcements.c.id))]


def repeated(connection: Connection, announcement: Announcement) -> bool:
    """Marks that those who have not read it have been told once more; False when another process was first."""
    due = (announcements.c.id == announcement.id, announcements.c.repeat_on.is_not(None))
    return bool(connection.execute(update(announcements).where(*due).values(repeat_on=None)).rowcount)
