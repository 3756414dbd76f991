"""People, their roles and where they can be reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy import insert as plain_insert

from bot.chat import Address
from bot.rules.access import Action, Grant, Role, may
from bot.vietnamese.fold import clean, fold
from storage import choices
from storage.database import insert
from storage.prepared import Prepared
from storage.sight import units_open_to
from storage.tables import addresses, assignments, people, roles, units


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has joined, with the roles held today."""

    id: int
    name: str
    grants: tuple[Grant, ...]
    menu: str | None = None
    # False once the messenger said that this chat gets nothing any more.
    reachable: bool = True

    def may(self, action: Action) -> bool:
        """Whether the action is open to this person anywhere."""
        return may(self.grants, action)

    def has(self, *wanted: Role) -> bool:
        """Whether the person holds one of these roles in any unit."""
        return any(grant.role in wanted for grant in self.grants)


_GRANTS = (roles.c.role, roles.c.unit_id, units.c.name.label("unit_name"), units.c.path, units.c.committee_id)
_WITH_ROLES = people.outerjoin(roles, (roles.c.person_id == people.c.id) & roles.c.until.is_(None)).outerjoin(
    units, (units.c.id == roles.c.unit_id) & units.c.closed_on.is_(None)
)
_AT = Prepared(
    select(people.c.id, people.c.name, addresses.c.menu, addresses.c.reachable, *_GRANTS)
    .select_from(addresses.join(_WITH_ROLES, people.c.id == addresses.c.person_id))
    .where(addresses.c.channel == bindparam("channel"), addresses.c.address == bindparam("address"))
    .where(people.c.left_on.is_(None))
    .order_by(roles.c.id)
)
_BY_ID = Prepared(
    select(people.c.id, people.c.name, *_GRANTS).select_from(_WITH_ROLES).where(people.c.id == bindparam("person"))
)


def at(connection: Connection, address: Address) -> Person | None:
    """Who chats from this address; None for a stranger and for somebody who has left."""
    rows = _AT.rows(connection, {"channel": address.channel, "address": address.id})
    return replace(_person(rows), menu=rows[0].menu, reachable=rows[0].reachable) if rows else None


def by_id(connection: Connection, person: int) -> Person | None:
    """The person with the roles of today."""
    rows = _BY_ID.rows(connection, {"person": person})
    return _person(rows) if rows else None


def _person(rows: Sequence[Any]) -> Person:
    grants = tuple(
        Grant(r.role, r.unit_id, r.unit_name, r.path, committee=r.committee_id == r.unit_id)
        for r in rows
        if r.role is not None and r.path is not None
    )
    return Person(rows[0].id, rows[0].name, grants)


def by_phone(connection: Connection, phone: str) -> int | None:
    """The id of the person with this number (see `plain_phone`)."""
    found = connection.execute(
        select(people.c.id).where(people.c.phone == plain_phone(phone), people.c.left_on.is_(None))
    )
    return found.scalar()


def plain_phone(phone: str) -> str:
    """Digits only, national form: "+84 912-345-678" and "0912345678" are one number."""
    digits = "".join(c for c in phone if c.isdigit())
    if digits.startswith("84") and len(digits) >= 11:
        digits = "0" + digits[2:]
    return digits


def link(connection: Connection, address: Address, person: int, at: datetime) -> None:
    """From now on this address is this person's; whoever had it before loses it."""
    values = {"channel": address.channel, "address": address.id, "person_id": person, "since": at, "reachable": True}
    fresh = {"person_id": person, "since": at, "reachable": True, "lost_at": None, "menu": None}
    statement = insert(connection, addresses).values(**values, menu=None)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["channel", "address"],
            set_=fresh,
        )
    )


def unlink(connection: Connection, address: Address) -> None:
    """The address is a stranger's again, and nothing is on offer there."""
    choices.forget(connection, address)
    connection.execute(
        addresses.delete().where(addresses.c.channel == address.channel, addresses.c.address == address.id)
    )


def reachable_at(connection: Connection, person: int) -> list[Address]:
    """Where this person can be reached, the latest joined first."""
    found = connection.execute(
        select(addresses.c.channel, addresses.c.address)
        .where(addresses.c.person_id == person, addresses.c.reachable)
        .order_by(addresses.c.since.desc())
    )
    return [Address(row.channel, row.address) for row in found]


def set_menu(connection: Connection, address: Address, menu: str) -> None:
    """Remembers which command menu this address has been shown."""
    connection.execute(
        update(addresses)
        .where(addresses.c.channel == address.channel, addresses.c.address == address.id)
        .values(menu=menu)
    )


def add(connection: Connection, name: str, phone: str | None = None, code: str | None = None) -> int:
    """A new person; the phone in any spelling. Raises IntegrityError when the code or the phone is another's."""
    name = clean(name)
    values = {"name": name, "folded": fold(name), "phone": plain_phone(phone) if phone else None, "code": code}
    return _id(connection.execute(plain_insert(people).values(**values)).inserted_primary_key)


def give_role(connection: Connection, person: int, unit: int, role: Role, since: date) -> bool:
    """Gives a role from a day on; False when the person holds it already."""
    held = select(roles.c.id).where(
        roles.c.person_id == person, roles.c.unit_id == unit, roles.c.role == role, roles.c.until.is_(None)
    )
    if connection.execute(held).first():
        return False
    connection.execute(plain_insert(roles).values(person_id=person, unit_id=unit, role=role, since=since))
    return True


def end_role(connection: Connection, person: int, unit: int, role: Role, until: date) -> bool:
    """Ends a role; False when the person does not hold it."""
    held = (roles.c.person_id == person, roles.c.unit_id == unit, roles.c.role == role, roles.c.until.is_(None))
    return bool(connection.execute(update(roles).where(*held).values(until=until)).rowcount)


def in_charge(connection: Connection, unit: int, wanted: Iterable[Role]) -> list[int]:
    """The people who hold one of these roles in exactly this unit."""
    found = select(roles.c.person_id).where(
        roles.c.unit_id == unit, roles.c.role.in_(list(wanted)), roles.c.until.is_(None)
    )
    return list(connection.execute(found.distinct()).scalars())


def leaders(connection: Connection, unit: int, committee: int | None) -> list[int]:
    """Secretary and deputy of a branch; where there is none, the office of its committee."""
    branch = in_charge(connection, unit, ("secretary", "deputy"))
    if branch or committee is None:
        return branch
    return in_charge(connection, committee, ("office",))


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a branch, and how many candidates the member helps."""

    id: int
    name: str
    helping: int


def members_of(connection: Connection, unit: int) -> list[Member]:
    """Who belongs to a branch, those with the fewest candidates first."""
    helping = (
        select(func.count())
        .where(assignments.c.person_id == people.c.id, assignments.c.until.is_(None))
        .scalar_subquery()
    )
    found = (
        select(people.c.id, people.c.name, helping.label("helping"), people.c.folded)
        .join_from(people, roles, roles.c.person_id == people.c.id)
        .where(roles.c.unit_id == unit, roles.c.until.is_(None), people.c.left_on.is_(None))
        .where(roles.c.role.in_(["member", "secretary", "deputy"]))
        .distinct()
        .order_by("helping", people.c.folded)
    )
    return [Member(row.id, row.name, row.helping) for row in connection.execute(found)]


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as a list shows one, with the roles in sight; `joined_at` None means that no chat is linked."""

    id: int
    name: str
    roles: tuple[tuple[Role, str], ...]
    joined_at: datetime | None


def listed(
    connection: Connection, person: Person, action: Action, *, unit: int | None = None, only: int | None = None
) -> list[Listed]:
    """People with a role where this person may do this, by name; `unit` and `only` narrow it to a unit, a person."""
    conditions = [units_open_to(person, action)]
    if unit is not None:
        conditions.append(roles.c.unit_id == unit)
    if only is not None:
        conditions.append(people.c.id == only)
    return _list(connection, *conditions)


def holders(connection: Connection, unit: int) -> list[Listed]:
    """Who holds a role in exactly this unit, by name; whether one may see them is for the caller to ask."""
    return _list(connection, roles.c.unit_id == unit)


_JOINED = select(func.min(addresses.c.since)).where(addresses.c.person_id == people.c.id).scalar_subquery()
_LISTED = (
    select(people.c.id, people.c.name, roles.c.role, units.c.name.label("unit_name"), _JOINED.label("joined_at"))
    .join_from(people, roles, (roles.c.person_id == people.c.id) & roles.c.until.is_(None))
    .join(units, (units.c.id == roles.c.unit_id) & units.c.closed_on.is_(None))
    .where(people.c.left_on.is_(None))
    .order_by(people.c.folded, people.c.id, roles.c.id)
)


def _list(connection: Connection, *conditions: Any) -> list[Listed]:
    rows = connection.execute(_LISTED.where(*conditions))
    return [_listed(list(held)) for _, held in groupby(rows, key=lambda row: row.id)]


def _listed(rows: Sequence[Any]) -> Listed:
    return Listed(rows[0].id, rows[0].name, tuple((r.role, r.unit_name) for r in rows), rows[0].joined_at)


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat that is linked to a person, and since when."""

    address: Address
    since: datetime


def chats_of(connection: Connection, person: int) -> list[Chat]:
    """Every chat of a person, the oldest first."""
    found = select(addresses.c.channel, addresses.c.address, addresses.c.since).where(addresses.c.person_id == person)
    rows = connection.execute(found.order_by(addresses.c.since, addresses.c.address))
    return [Chat(Address(row.channel, row.address), row.since) for row in rows]


def phone_of(connection: Connection, person: int) -> str | None:
    """The number that is kept for a person."""
    return connection.execute(select(people.c.phone).where(people.c.id == person)).scalar()


def phone_taken(connection: Connection, phone: str) -> bool:
    """Whether a number is kept for anybody."""
    return connection.execute(select(people.c.id).where(people.c.phone == plain_phone(phone))).first() is not None


def _id(key: Any) -> int:
    return int(key[0])
