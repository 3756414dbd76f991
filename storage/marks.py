"""What sort of place branches stand in: their area, the marks that the office sets, and the figures of each sort."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, case, delete, func, or_, select
from sqlalchemy import insert as plain_insert

from bot.rules.figures import CountedBy
from storage import history
from storage.branches import Branches
from storage.sight import units_within, within
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
    open_ = (within(unit.path), units.c.kind == "branch", units.c.closed_on.is_(None))
    counted = select(units.c.area, func.count()).where(*open_).group_by(units.c.area)
    areas = {row[0]: int(row[1]) for row in connection.execute(counted)}
    marked = select(units.c.id, unit_marks.c.mark).join_from(units, unit_marks, unit_marks.c.unit_id == units.c.id)
    named = select(units.c.id, units.c.area).where(*open_, units.c.area.in_(names))
    bearers = [(row[0], row[1]) for row in connection.execute(marked.where(*open_).union(named))]
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


def _admitted(connection: Connection, unit: Unit, by: CountedBy, year: int) -> dict[int, tuple[str | None, int]]:
    """Open branches that admitted somebody in a year: their area, and whom; a Party group's count for its branch."""
    place = units.alias("place")
    at = case((place.c.kind == "group", place.c.parent_id), else_=place.c.id)
    days = case_dates.c.on.between(date(year, 1, 1), date(year, 12, 31))
    found = (
        select(units.c.id, units.c.area, func.count())
        .select_from(case_dates.join(place, place.c.id == case_dates.c.unit_id).join(units, units.c.id == at))
        .where(case_dates.c.event == by, days, units.c.kind == "branch", units.c.closed_on.is_(None))
        .where(case_dates.c.unit_id.in_(units_within(unit.path)))
        .group_by(units.c.id, units.c.area)
    )
    return {row[0]: (row[1], int(row[2])) for row in connection.execute(found)}
