"""What sort of place branches stand in: their area, the marks that the office sets, and the figures of each sort."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Connection, bindparam, case, delete, func, or_, select
from sqlalchemy import insert as plain_insert

from bot.rules.figures import CountedBy
from storage import history
from storage.branches import Branches
from storage.prepared import Prepared, among
from storage.sight import UNITS_WITHIN, WITHIN, place
from storage.tables import case_dates, unit_marks, units
from storage.units import Unit


@dataclass(frozen=True, slots=True)
class Sort:
    """The branches of one sort: how many, how many admitted somebody in the year, whom they admitted in all."""

    branches: int
    reached: int
    admitted: int

    @property
    def without(self) -> int:
        """How many admitted nobody."""
        return self.branches - self.reached


def of_unit(connection: Connection, unit: int) -> list[str]:
    """The marks of one branch."""
    return sorted(connection.execute(select(unit_marks.c.mark).where(unit_marks.c.unit_id == unit)).scalars())


def of_units(connection: Connection, numbers: Sequence[int], mark: str) -> set[int]:
    """Which of these branches bear a mark."""
    found = select(unit_marks.c.unit_id).where(unit_marks.c.unit_id.in_(list(numbers)), unit_marks.c.mark == mark)
    return set(connection.execute(found).scalars())


def turn(connection: Connection, at: datetime, actor: int | None, unit: int, mark: str) -> bool:
    """Sets a mark, or takes it away where it is set; whether it is set now."""
    mine = (unit_marks.c.unit_id == unit, unit_marks.c.mark == mark)
    gone = connection.execute(delete(unit_marks).where(*mine)).rowcount
    if not gone:
        connection.execute(plain_insert(unit_marks).values(unit_id=unit, mark=mark))
    before, after = ({"mark": mark}, None) if gone else (None, {"mark": mark})
    history.record(connection, at, actor, "branch.mark", f"unit:{unit}", unit, before, after)
    return not gone


_MARKED = select(unit_marks.c.unit_id).where(unit_marks.c.unit_id == units.c.id, unit_marks.c.mark == bindparam("sort"))
_BEARING = Branches(or_(_MARKED.exists(), units.c.area == bindparam("sort")))
_STANDING_IN = Branches(units.c.area == bindparam("sort"))
_UNNOTED = Branches(units.c.area.is_(None))
_OF_COMMITTEE = Branches(units.c.committee_id == bindparam("committee"))
Page = tuple[list[Unit], int]


def bearing(connection: Connection, unit: Unit, mark: str, skip: int, most: int) -> Page:
    """Branches that bear a mark, or whose area is of that name; a page, and how many there are."""
    return _BEARING.page(connection, unit, {"sort": mark}, skip, most)


def standing_in(connection: Connection, unit: Unit, area: str | None, skip: int, most: int) -> Page:
    """Those of an area; None: those for which none is noted."""
    if area is None:
        return _UNNOTED.page(connection, unit, {}, skip, most)
    return _STANDING_IN.page(connection, unit, {"sort": area}, skip, most)


def of_committee(connection: Connection, unit: Unit, skip: int, most: int) -> Page:
    """Those of a committee itself, without those of the committees below it."""
    return _OF_COMMITTEE.page(connection, unit, {"committee": unit.committee_id}, skip, most)


def sorts(
    connection: Connection, unit: Unit, by: CountedBy, year: int, names: Sequence[str]
) -> tuple[dict[str | None, Sort], dict[str | None, Sort]]:
    """The branches at and below a unit by their area (None: not noted) and by their marks; one may bear several marks.

    An area of the name of a mark counts as that mark as well.
    """
    here = place(unit.path)
    areas = {row.area: int(row.number) for row in _AREAS.rows(connection, here)}
    marked, named = _bearers(tuple(names))
    bearers = {(row.id, row.mark) for ready in (marked, named) for row in ready.rows(connection, here)}
    admitted = _admitted(connection, unit, by, year)
    at_area: dict[str | None, list[int]] = defaultdict(list)
    for area, count in admitted.values():
        at_area[area].append(count)
    at_mark: dict[str | None, list[int]] = defaultdict(list)
    for branch, mark in bearers:
        at_mark[mark].append(admitted[branch][1] if branch in admitted else 0)
    return (
        {area: Sort(count, len(at_area[area]), sum(at_area[area])) for area, count in areas.items()},
        {mark: Sort(len(each), sum(n > 0 for n in each), sum(each)) for mark, each in at_mark.items()},
    )


_OPEN = (WITHIN, units.c.kind == "branch", units.c.closed_on.is_(None))
_AREAS = Prepared(select(units.c.area, func.count().label("number")).where(*_OPEN).group_by(units.c.area))


@lru_cache(maxsize=8)
def _bearers(names: tuple[str, ...]) -> tuple[Prepared, Prepared]:
    """Open branches with their marks, and those whose area bears the name of a mark."""
    marked = select(units.c.id, unit_marks.c.mark).join_from(units, unit_marks, unit_marks.c.unit_id == units.c.id)
    named = select(units.c.id, units.c.area.label("mark")).where(among(units.c.area, names))
    return Prepared(marked.where(*_OPEN)), Prepared(named.where(*_OPEN))


_PLACE = units.alias("place")
# A Party group's admissions count for its branch.
_AT = case((_PLACE.c.kind == "group", _PLACE.c.parent_id), else_=_PLACE.c.id)
_EACH = (
    select(case_dates.c.unit_id, func.count().label("number"))
    .where(case_dates.c.unit_id.in_(UNITS_WITHIN), case_dates.c.event == bindparam("event"))
    .where(case_dates.c.on.between(bindparam("first"), bindparam("last")))
    .group_by(case_dates.c.unit_id)
    .subquery()
)
_ADMITTED = Prepared(
    select(units.c.id, units.c.area, _EACH.c.number)
    .select_from(_EACH.join(_PLACE, _PLACE.c.id == _EACH.c.unit_id).join(units, units.c.id == _AT))
    .where(units.c.kind == "branch", units.c.closed_on.is_(None))
)


def _admitted(connection: Connection, unit: Unit, by: CountedBy, year: int) -> dict[int, tuple[str | None, int]]:
    """Open branches that admitted somebody in a year: their area, and whom."""
    span = {"event": by, "first": date(year, 1, 1), "last": date(year, 12, 31)}
    found: dict[int, tuple[str | None, int]] = {}
    for number, area, count in _ADMITTED.rows(connection, place(unit.path) | span):
        found[number] = (area, found[number][1] + count if number in found else count)
    return found
