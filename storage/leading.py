"""Leaders as helpers: how many candidates each helps, who helps nobody, and whom one of them could help."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, func, or_, select

from bot.rules.access import Role
from bot.rules.periods import Period
from storage import candidates as cases
from storage.candidates import Case
from storage.composing import IS_OPEN
from storage.people import Member, Person
from storage.prepared import Prepared, among
from storage.sight import CHILD, UNDER_CHILD, WITHIN, Sight, place, units_in_sight, units_open_to, within
from storage.tables import assignments, candidates, contacts, people, roles, units
from storage.units import Unit, below

LEADING: tuple[Role, ...] = ("office", "organisation_board", "area_supervisor", "secretary", "deputy")
# Those who help candidates of branches to which they do not belong: of their area, or of their committee.
ABOVE: tuple[Role, ...] = ("office", "organisation_board", "area_supervisor")


@dataclass(frozen=True, slots=True)
class Leader:
    """Somebody who leads: the roles with their units, open candidates helped, contacts in the month."""

    id: int
    name: str
    roles: tuple[tuple[Role, str], ...]
    helping: int
    contacts: int


@dataclass(frozen=True, slots=True)
class Sums:
    """The leaders of a committee and its branches in numbers. `helping`: one whom two help counts twice."""

    leaders: int = 0
    idle: int = 0
    helping: int = 0


def leaders(connection: Connection, person: Person, unit: Unit | None, month: Period) -> list[Leader]:
    """Who leads at or below a unit (None: everywhere in sight), whoever helps nobody first.

    Only where this person may see people: a province does not look into its communes.
    """
    sight = Sight.of(person, "see_people")
    led, helping, met = _led(sight.limited, inside=unit is not None)
    where = {**sight.values, **(place(unit.path) if unit else {})}
    held: dict[int, list[Any]] = defaultdict(list)
    for row in led.rows(connection, where):
        held[row.id].append(row)
    helped = {row.person_id: int(row.number) for row in helping.rows(connection, where)}
    span = {"first": month.first, "last": month.last}
    contacted = {row.person_id: int(row.number) for row in met.rows(connection, where | span)}
    told = [
        Leader(who, rows[0].name, tuple((r.role, r.unit) for r in rows), helped.get(who, 0), contacted.get(who, 0))
        for who, rows in held.items()
    ]
    return sorted(told, key=lambda one: (one.helping, one.contacts))


_HOLDS = (among(roles.c.role, LEADING), roles.c.until.is_(None))


@lru_cache(maxsize=64)
def _led(limited: tuple[bool, ...], *, inside: bool) -> tuple[Prepared, Prepared, Prepared]:
    """The leaders in sight with their roles; how many candidates each helps; how many contacts each had."""
    seen = (units_in_sight(limited), units.c.closed_on.is_(None), *((WITHIN,) if inside else ()))
    here = (*_HOLDS, roles.c.unit_id.in_(select(units.c.id).where(*seen).correlate(None)))
    named = (
        select(people.c.id, people.c.name, people.c.folded, roles.c.role, units.c.name.label("unit"))
        .join_from(roles, people, people.c.id == roles.c.person_id)
        .join(units, units.c.id == roles.c.unit_id)
        .where(*here, people.c.left_on.is_(None))
        .order_by(people.c.folded, people.c.id, roles.c.id)
    )
    those = select(roles.c.person_id).where(*here).correlate(None)
    met = (
        select(contacts.c.person_id, func.count().label("number"))
        .where(contacts.c.person_id.in_(those), contacts.c.state == "kept", contacts.c.how != "not_reached")
        .where(contacts.c.on.between(bindparam("first"), bindparam("last")))
        .group_by(contacts.c.person_id)
    )
    return Prepared(named), Prepared(_helped().where(assignments.c.person_id.in_(those))), Prepared(met)


def _helping(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    found = _helped().where(assignments.c.person_id.in_(ids))
    return {row.person_id: row.number for row in connection.execute(found)}


# Nearly every case is open: an index of the state would only lead away from that of the helper.
def _helped() -> Select[Any]:
    return (
        select(assignments.c.person_id, func.count(candidates.c.id.distinct()).label("number"))
        .join_from(assignments, candidates, candidates.c.id == assignments.c.candidate_id)
        .where(assignments.c.until.is_(None), IS_OPEN)
        .group_by(assignments.c.person_id)
    )


def by_committee(connection: Connection, unit: Unit) -> list[tuple[Unit, Sums]]:
    """In numbers only: the leaders of each committee directly below, with all below it; most idle ones first."""
    rows = _SUMS.rows(connection, {"unit": unit.id})
    there = {row.child: Sums(int(row.leaders), int(row.idle), int(row.helping)) for row in rows}
    told = [(child, there.get(child.id, Sums())) for child in below(connection, unit)]
    return sorted(told, key=lambda pair: (-pair[1].idle, pair[0].ordered))


_EACH = (
    select(CHILD.c.id.label("child"), roles.c.person_id, func.count(candidates.c.id.distinct()).label("helping"))
    .select_from(
        # What is worked out has no index: the roles are looked up for the units, and not the units for the roles.
        CHILD.join(units, UNDER_CHILD)
        .join(roles, roles.c.unit_id == units.c.id + 0)
        .join(people, people.c.id == roles.c.person_id)
        .outerjoin(assignments, and_(assignments.c.person_id == roles.c.person_id, assignments.c.until.is_(None)))
        .outerjoin(candidates, and_(candidates.c.id == assignments.c.candidate_id, IS_OPEN))
    )
    .where(CHILD.c.parent_id == bindparam("unit"), units.c.closed_on.is_(None), people.c.left_on.is_(None), *_HOLDS)
    .group_by(CHILD.c.id, roles.c.person_id)
    .subquery()
)
_SUMS = Prepared(
    select(
        _EACH.c.child,
        func.count().label("leaders"),
        func.sum(case((_EACH.c.helping == 0, 1), else_=0)).label("idle"),
        func.sum(_EACH.c.helping).label("helping"),
    ).group_by(_EACH.c.child)
)


def leader(connection: Connection, person: Person, who: int) -> Leader | None:
    """One of the leaders in sight, without what this person did."""
    found = (
        select(people.c.name, roles.c.role, units.c.name.label("unit"))
        .join_from(people, roles, roles.c.person_id == people.c.id)
        .join(units, units.c.id == roles.c.unit_id)
        .where(people.c.id == who, units_open_to(person, "see_people"), roles.c.role.in_(LEADING))
        .where(roles.c.until.is_(None), people.c.left_on.is_(None))
        .order_by(roles.c.id)
    )
    rows = connection.execute(found).all()
    return Leader(who, rows[0].name, tuple((r.role, r.unit) for r in rows), 0, 0) if rows else None


def for_leader(
    connection: Connection, person: Person, who: int, skip: int = 0, most: int = 5
) -> tuple[list[Case], int]:
    """Whom a leader could help, where this person assigns helpers: those whom nobody helps first."""
    places = [within(path) if role in ABOVE else units.c.path == path for role, path in _places(connection, who)]
    if not places:
        return [], 0
    here = select(units.c.id).where(or_(*places)).correlate(None)
    mine = select(assignments.c.candidate_id).where(assignments.c.person_id == who, assignments.c.until.is_(None))
    helped = select(assignments.c.id).where(
        assignments.c.candidate_id == candidates.c.id, assignments.c.until.is_(None)
    )
    found = select(candidates.c.id).where(
        candidates.c.id.in_(cases.open_to(person, "assign_helper")),
        candidates.c.state == "open",
        candidates.c.unit_id.in_(here),
        candidates.c.id.not_in(mine),
    )
    me = {"me": person.id}
    count = connection.execute(select(func.count()).select_from(found.subquery()), me).scalar_one()
    order = (case((helped.exists(), 1), else_=0), candidates.c.listed_on, candidates.c.id)
    ids = list(connection.execute(found.order_by(*order).limit(most).offset(skip), me).scalars())
    known = cases.those(connection, person, ids)
    return [known[number] for number in ids], count


def _places(connection: Connection, who: int) -> list[tuple[str, str]]:
    found = (
        select(roles.c.role, units.c.path)
        .join_from(roles, units, units.c.id == roles.c.unit_id)
        .where(roles.c.person_id == who, roles.c.until.is_(None), roles.c.role.in_(LEADING))
    )
    return [(row.role, row.path) for row in connection.execute(found)]


def above(connection: Connection, of: Case, who: str) -> Member | None:
    """Somebody in charge of the area, or of the committee's own work, who may help this candidate; else None."""
    found = (
        select(people.c.id, people.c.name, units.c.path, units.c.committee_id)
        .join_from(people, roles, roles.c.person_id == people.c.id)
        .join(units, units.c.id == roles.c.unit_id)
        .where(people.c.id == (int(who) if who.isdecimal() and len(who) <= 9 else 0), people.c.left_on.is_(None))
        .where(roles.c.until.is_(None), roles.c.role.in_(ABOVE), units.c.committee_id == of.committee_id)
    )
    rows = [row for row in connection.execute(found) if of.path.startswith(row.path)]
    return Member(rows[0].id, rows[0].name, _helping(connection, [rows[0].id]).get(rows[0].id, 0)) if rows else None
