"""Lists of difficulties for those who handle them: a page, how many of each kind wait; statements prepared once."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, or_, select

from bot.rules.access import rights
from storage.difficulties import FOUND, LEVELS, WAITING, Difficulty, rank
from storage.people import Person
from storage.prepared import Prepared, among
from storage.sight import after
from storage.tables import difficulties, units


def page_of(
    connection: Connection, person: Person, kind: str | None, states: Iterable[str], skip: int, most: int
) -> tuple[list[Difficulty], int]:
    """A page of what this person handles, what has waited longest first, and how long the list is.

    Of one kind (None: of all) and in these states (none: all).
    """
    shape, values = _sight(person)
    ready = _pages(shape, tuple(states), one_kind=kind is not None)
    given = values | ({"of_kind": kind} if kind else {}) | {"most": most, "skip": skip}
    rows = ready.rows(connection, given) if shape else []
    return [Difficulty(*row[:-1]) for row in rows], int(rows[0].number) if rows else 0


def waiting_kinds(connection: Connection, person: Person) -> list[tuple[str, int]]:
    """How many of each kind wait for this person, the most first."""
    shape, values = _sight(person)
    return [(row.kind, int(row.number)) for row in _kinds(shape).rows(connection, values)] if shape else []


# For each place: whether it ends at the next committee, and how many levels are seen there.
Shape = tuple[tuple[bool, int], ...]


def _sight(person: Person) -> tuple[Shape, dict[str, Any]]:
    """What this person handles, as a condition of a prepared statement, and what is put into it."""
    shape: list[tuple[bool, int]] = []
    values: dict[str, Any] = {}
    for far, grant in rights(person.grants, "handle_difficulty"):
        levels, limited = rank(grant) + 1, far.name == "COMMITTEE" and bool(grant.committee)
        if levels:
            at = len(shape)
            shape.append((limited, levels))
            values |= {f"low_{at}": grant.path, f"high_{at}": after(grant.path)}
            values |= {f"committee_{at}": grant.unit_id} if limited else {}
    return tuple(shape), values


def _seen(shape: Shape) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    for at, (limited, levels) in enumerate(shape):
        place = (units.c.path >= bindparam(f"low_{at}")) & (units.c.path < bindparam(f"high_{at}"))
        if limited:
            place = place & (units.c.committee_id == bindparam(f"committee_{at}"))
        here = difficulties.c.unit_id.in_(select(units.c.id).where(place).correlate(None))
        parts.append(and_(here, among(difficulties.c.asked_level, LEVELS[:levels])))
    return or_(*parts)


@lru_cache(maxsize=64)
def _pages(shape: Shape, states: tuple[str, ...], *, one_kind: bool) -> Prepared:
    conditions: list[Any] = [_seen(shape)]
    conditions += [difficulties.c.kind == bindparam("of_kind")] if one_kind else []
    conditions += [among(difficulties.c.state, states)] if states else []
    waits = case((among(difficulties.c.state, WAITING), 0), else_=1)
    found = FOUND.add_columns(func.count().over().label("number")).where(*conditions)
    found = found.order_by(waits, difficulties.c.since, difficulties.c.id)
    return Prepared(found.limit(bindparam("most")).offset(bindparam("skip")))


@lru_cache(maxsize=64)
def _kinds(shape: Shape) -> Prepared:
    number = func.count().label("number")
    found = select(difficulties.c.kind, number).where(_seen(shape), among(difficulties.c.state, WAITING))
    oldest = (number.desc(), func.min(difficulties.c.since), difficulties.c.kind)
    return Prepared(found.group_by(difficulties.c.kind).order_by(*oldest))


def any_for(connection: Connection, person: Person) -> bool:
    """Whether this person handles any at all, answered ones included."""
    return bool(page_of(connection, person, None, (), 0, 1)[1])
