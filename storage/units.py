"""The tree of units: found, added, renamed, moved, merged and closed, with nothing of the past lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, update
from sqlalchemy import insert as plain_insert

from bot.chat import Refusal
from bot.rules.access import Action, covers
from bot.vietnamese.fold import in_order
from storage import carried, dues, history, positions, tallies
from storage.counting import PLACED
from storage.helping_tables import help_visits
from storage.people import Person
from storage.prepared import Prepared
from storage.sight import units_open_to, within
from storage.tables import candidates, charges, difficulties, member_states, places, roles, units

# Kinds that are committees: the tree below one is its own office's business.
COMMITTEES = ("central", "province", "committee")
# From the top down: a unit hangs below one of a higher kind; only committees also hang below committees.
KINDS = (*COMMITTEES, "section", "branch", "group")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit. `path` names its place in the tree by ids; `members` were counted on 31 December of last year."""

    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None
    path: str
    committee_id: int | None
    area: str | None = None
    members: int | None = None
    meeting_day: int | None = None
    closed_on: date | None = None
    # What lists by name go by.
    ordered: str = ""


# What a unit is read with.
COLUMNS = (
    units.c.id,
    units.c.code,
    units.c.name,
    units.c.kind,
    units.c.parent_id,
    units.c.path,
    units.c.committee_id,
    units.c.area,
    units.c.members,
    units.c.meeting_day,
    units.c.closed_on,
    units.c.ordered,
)


_BY_ID = Prepared(select(*COLUMNS).where(units.c.id == bindparam("wanted")))
_BELOW = Prepared(
    select(*COLUMNS).where(units.c.parent_id == bindparam("wanted"), units.c.closed_on.is_(None)).order_by(units.c.path)
)
_KIND_BELOW = Prepared(
    select(units.c.kind).where(units.c.parent_id == bindparam("wanted"), units.c.closed_on.is_(None)).limit(1)
)


def by_id(connection: Connection, unit: int) -> Unit:
    """The unit; a missing one is a fault of the caller."""
    return Unit(*_BY_ID.first(connection, {"wanted": unit}))


def by_ids(connection: Connection, ids: Sequence[int]) -> list[Unit]:
    """These units, open or closed, by their numbers."""
    rows = connection.execute(select(*COLUMNS).where(units.c.id.in_(ids)).order_by(units.c.id))
    return [Unit(*row) for row in rows]


def by_code(connection: Connection, code: str) -> Unit | None:
    """The unit with this code, open or closed."""
    row = connection.execute(select(*COLUMNS).where(units.c.code == code)).first()
    return Unit(*row) if row else None


def open_units(connection: Connection, condition: Any = True) -> list[Unit]:
    """The open units, parents before children."""
    found = select(*COLUMNS).where(units.c.closed_on.is_(None), condition).order_by(units.c.path)
    return [Unit(*row) for row in connection.execute(found)]


def open_to(connection: Connection, person: Person, action: Action, unit: int | None = None) -> list[Unit]:
    """The open units where this person may do this, parents before children; `unit`: only that one, if it is one."""
    reached = units_open_to(person, action)
    return open_units(connection, reached if unit is None else (units.c.id == unit) & reached)


def one_of(connection: Connection, condition: Any, code: str) -> list[Unit]:
    """The unit with this code, capitals or not, if it fulfils the condition: one or none."""
    wanted = func.lower(units.c.code) == code.lower()
    return [Unit(*row) for row in connection.execute(select(*COLUMNS).where(wanted, condition).limit(1))]


def by_number(connection: Connection, number: int) -> Unit | None:
    """The unit with this number, open or closed; whether it is in sight is for the caller to ask."""
    row = _BY_ID.first(connection, {"wanted": number})
    return Unit(*row) if row else None


def kind_below(connection: Connection, unit: Unit) -> str | None:
    """Of what kind an open unit directly below is; None: there is none."""
    row = _KIND_BELOW.first(connection, {"wanted": unit.id})
    return row.kind if row else None


def count_open(connection: Connection) -> int:
    """How many units are open."""
    return connection.execute(select(func.count()).select_from(units).where(units.c.closed_on.is_(None))).scalar() or 0


def fits(kind: str, above: str) -> bool:
    """Whether a unit of this kind may hang below one of that kind."""
    return KINDS.index(kind) > KINDS.index(above) or kind == above == "committee"


def free_code(connection: Connection, above: Unit) -> str:
    """A code for a new unit: that of the unit above, and the first number that nobody has."""
    taken = set(connection.execute(select(units.c.code).where(units.c.code.like(f"{above.code}-%"))).scalars())
    return next(code for number in count(1) if (code := f"{above.code}-{number}") not in taken)


def unit_for(connection: Connection, person: Person, unit: int) -> Unit:
    """The door for changes of the tree: the unit, if this person may change it; else no such unit, real or not."""
    found = select(*COLUMNS).where(units.c.id == unit, changeable(person))
    row = connection.execute(found).first()
    if row is None:
        raise Refusal("units.no_such_unit")
    return Unit(*row)


def changeable(person: Person) -> ColumnElement[bool]:
    """A condition on `units`: those this person's committee changes, and the committees directly below it."""
    reached = units_open_to(person, "change_units")
    return or_(reached, units.c.parent_id.in_(select(units.c.id).where(reached).correlate(None)))


def may_place(connection: Connection, person: Person, unit: Unit) -> bool:
    """Whether this person decides where the unit stands: that is for whoever changes the unit above it."""
    above = _parent(connection, unit)
    return above is not None and covers(person.grants, "change_units", above.path, above.committee_id)


def below(connection: Connection, unit: Unit) -> list[Unit]:
    """The open units directly below, by name."""
    rows = _BELOW.plain(connection, {"wanted": unit.id})
    return sorted((Unit(*row) for row in rows), key=lambda child: child.ordered)


@dataclass(frozen=True, slots=True)
class Weight:
    """What hangs on one unit itself: people with a role there, and cases that are not ended."""

    people: int
    cases: int


def weight(connection: Connection, unit: Unit) -> Weight:
    """Counts only: no name of anybody."""
    held = select(func.count(roles.c.person_id.distinct())).where(roles.c.unit_id == unit.id, roles.c.until.is_(None))
    waiting = candidates.c.state.in_(["proposed", "open"])
    cases = select(func.count()).where(candidates.c.unit_id == unit.id, waiting)
    return Weight(connection.execute(held).scalar() or 0, connection.execute(cases).scalar() or 0)


def add(
    connection: Connection, at: datetime, actor: int | None, parent: Unit | None, values: Mapping[str, Any]
) -> Unit:
    """A new unit under `parent`; `values` hold code, name, kind and what else the table knows."""
    _still_open(parent)
    row = {**values, "ordered": in_order(values["name"]), "parent_id": parent.id if parent else None, "path": ""}
    key = connection.execute(plain_insert(units).values(**row)).inserted_primary_key
    unit = int(key[0]) if key else 0
    _place(connection, unit, row["kind"], parent)
    history.record(connection, at, actor, "unit.add", f"unit:{unit}", unit, None, dict(values))
    added = by_id(connection, unit)
    tallies.unit_counts(connection, added)
    return added


def change(connection: Connection, at: datetime, actor: int | None, unit: Unit, values: Mapping[str, Any]) -> Unit:
    """Renames a unit or changes its other facts; the old ones stay in the history. Nothing changed, nothing written."""
    before = {name: getattr(unit, name) for name in values if getattr(unit, name) != values[name]}
    if not before:
        return unit
    after = {name: values[name] for name in before}
    if counts := after.keys() & {"kind", "members"}:
        tallies.unit_leaves(connection, by_id(connection, unit.id))
        positions.leaves(connection, by_id(connection, unit.id))
    order = {"ordered": in_order(after["name"])} if "name" in after else {}
    connection.execute(update(units).where(units.c.id == unit.id).values(**after, **order))
    if "kind" in after:
        move(connection, at, actor, by_id(connection, unit.id), _parent(connection, unit))
    if counts:
        tallies.unit_counts(connection, by_id(connection, unit.id))
        positions.counts(connection, by_id(connection, unit.id))
    history.record(connection, at, actor, "unit.change", f"unit:{unit.id}", unit.id, before, after)
    return by_id(connection, unit.id)


def move(connection: Connection, at: datetime, actor: int | None, unit: Unit, parent: Unit | None) -> Unit:
    """Hangs a unit with all below it under another parent; refuses to hang it below itself or below a closed one."""
    if (parent.id if parent else None) != unit.parent_id:
        _still_open(parent)
    if parent is not None and parent.path.startswith(unit.path):
        raise Refusal("units.below_itself", unit=unit.name)
    children = open_or_closed_below(connection, unit)
    _place(connection, unit.id, unit.kind, parent)
    connection.execute(update(units).where(units.c.id == unit.id).values(parent_id=parent.id if parent else None))
    for child in children:
        _place(connection, child.id, child.kind, by_id(connection, child.parent_id or unit.id))
    if unit.parent_id != (parent.id if parent else None):
        before, after = {"parent_id": unit.parent_id}, {"parent_id": parent.id if parent else None}
        history.record(connection, at, actor, "unit.move", f"unit:{unit.id}", unit.id, before, after)
    moved = by_id(connection, unit.id)
    tallies.unit_moved(connection, unit.id, unit.path, moved.path)
    # What the units above have set is now other units' word.
    dues.rework(connection, at, dues.below(connection, moved.path))
    return moved


def open_or_closed_below(connection: Connection, unit: Unit) -> list[Unit]:
    """Everything below the unit, parents before children."""
    found = select(*COLUMNS).where(within(unit.path), units.c.id != unit.id).order_by(units.c.path)
    return [Unit(*row) for row in connection.execute(found)]


def close(connection: Connection, at: datetime, actor: int | None, unit: Unit, on: date) -> None:
    """Closes a unit that has nothing open left in it; refuses otherwise."""
    may_close(connection, unit)
    tallies.unit_leaves(connection, unit)
    positions.leaves(connection, unit)
    connection.execute(update(units).where(units.c.id == unit.id).values(closed_on=on))
    ended = _end_roles(connection, unit, on)
    history.record(connection, at, actor, "unit.close", f"unit:{unit.id}", unit.id, {"roles": ended}, {"closed_on": on})


def may_close(connection: Connection, unit: Unit) -> None:
    """Refuses, with the reason, while something open hangs on the unit."""
    _still_open(unit)
    if any(child.closed_on is None for child in open_or_closed_below(connection, unit)):
        raise Refusal("units.has_units", unit=unit.name)
    waiting = candidates.c.state.in_(["proposed", "open"])
    if connection.execute(select(candidates.c.id).where(candidates.c.unit_id == unit.id, waiting).limit(1)).first():
        raise Refusal("units.has_cases", unit=unit.name)


def merge(connection: Connection, at: datetime, actor: int | None, unit: Unit, into: Unit, on: date) -> None:
    """People, cases and units below go to `into`; the old unit is closed and remembers where it went."""
    if into.path.startswith(unit.path):
        raise Refusal("units.below_itself", unit=unit.name)
    _still_open(unit)
    _still_open(into)
    for child in open_or_closed_below(connection, unit):
        if child.parent_id == unit.id:
            move(connection, at, actor, child, into)
    positions.merge(connection, at, actor, by_id(connection, unit.id), by_id(connection, into.id))
    carried.marks(connection, at, actor, unit.id, into.id)
    _move_cases(connection, at, actor, unit, into)
    _move_states(connection, unit, into, on)
    tallies.unit_leaves(connection, by_id(connection, unit.id))
    ended = _end_roles(connection, unit, on)
    _give_roles(connection, ended, into, on)
    closed = {"closed_on": on, "merged_into_id": into.id}
    connection.execute(update(units).where(units.c.id == unit.id).values(**closed))
    history.record(connection, at, actor, "unit.merge", f"unit:{unit.id}", unit.id, {"roles": ended}, closed)


def _move_cases(connection: Connection, at: datetime, actor: int | None, unit: Unit, into: Unit) -> None:
    """Every case gets its own line, and a new version: who holds an older one must look again."""
    ids = list(connection.execute(select(candidates.c.id).where(candidates.c.unit_id == unit.id)).scalars())
    changed = update(candidates).where(candidates.c.unit_id == unit.id)
    connection.execute(changed.values(unit_id=into.id, version=candidates.c.version + 1))
    for table in (*PLACED, difficulties, help_visits, places):
        connection.execute(update(table).where(table.c.unit_id == unit.id).values(unit_id=into.id))
    tallies.unit_emptied(connection, by_id(connection, unit.id), by_id(connection, into.id))
    before, after = {"unit_id": unit.id}, {"unit_id": into.id}
    lines = [history.Line("candidate.move", f"candidate:{case}", into.id, before, after) for case in ids]
    history.record_all(connection, at, actor, lines)
    dues.rework(connection, at, ids)


def _move_states(connection: Connection, unit: Unit, into: Unit, on: date) -> None:
    """Who is exempt, away or on probation stays so in the new unit; who was in charge of something there is no more."""
    open_ = (member_states.c.unit_id == unit.id, member_states.c.ended_on.is_(None))
    connection.execute(update(member_states).where(*open_).values(unit_id=into.id))
    held = (charges.c.unit_id == unit.id, charges.c.until.is_(None))
    connection.execute(update(charges).where(*held).values(until=on))


def _end_roles(connection: Connection, unit: Unit, on: date) -> list[tuple[int, str]]:
    """Ends every role in exactly this unit; gives them as (person, role)."""
    held = (roles.c.unit_id == unit.id, roles.c.until.is_(None))
    rows = connection.execute(select(roles.c.person_id, roles.c.role).where(*held).order_by(roles.c.id)).all()
    connection.execute(update(roles).where(*held).values(until=on))
    return [(row.person_id, row.role) for row in rows]


def _give_roles(connection: Connection, given: list[tuple[int, str]], unit: Unit, since: date) -> None:
    held = select(roles.c.person_id, roles.c.role).where(roles.c.unit_id == unit.id, roles.c.until.is_(None))
    there = {(row.person_id, row.role) for row in connection.execute(held)}
    new = [
        {"person_id": person, "unit_id": unit.id, "role": role, "since": since}
        for person, role in given
        if (person, role) not in there
    ]
    if new:
        connection.execute(plain_insert(roles), new)


def _still_open(unit: Unit | None) -> None:
    if unit is not None and unit.closed_on is not None:
        raise Refusal("units.closed", unit=unit.name)


def _parent(connection: Connection, unit: Unit) -> Unit | None:
    return by_id(connection, unit.parent_id) if unit.parent_id else None


def _place(connection: Connection, unit: int, kind: str, parent: Unit | None) -> None:
    path = f"{parent.path if parent else ''}{unit}/"
    committee = unit if kind in COMMITTEES else (parent.committee_id if parent else None)
    connection.execute(update(units).where(units.c.id == unit).values(path=path, committee_id=committee))
