"""What sort of place branches stand in: their area, the marks that the office sets, and the figures of each sort."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select
from sqlalchemy import insert as plain_insert

from bot.rules.figures import CountedBy
from storage import history
from storage.people import within
from storage.tables import tallies, unit_marks, units
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


def bearing(mark: str) -> ColumnElement[bool]:
    """A condition on `units`: those that bear a mark, or whose area is of that name."""
    marked = select(unit_marks.c.unit_id).where(unit_marks.c.unit_id == units.c.id, unit_marks.c.mark == mark).exists()
    return or_(marked, units.c.area == mark)


def standing_in(area: str | None) -> ColumnElement[bool]:
    """A condition on `units`: those of an area; None: of those for which none is noted."""
    return units.c.area.is_(None) if area is None else units.c.area == area


def of_committee(unit: Unit) -> Any:
    """A condition on `units`: those of a committee itself, without those of the committees below it."""
    return within(unit.path) & (units.c.committee_id == unit.committee_id)


def by_area(connection: Connection, unit: Unit, by: CountedBy, year: int) -> dict[str | None, Sort]:
    """The branches at and below a unit by their area; None: not noted."""
    return _sorted(connection, units.c.area, units, unit, by, year)


def by_mark(
    connection: Connection, unit: Unit, by: CountedBy, year: int, names: Sequence[str]
) -> dict[str | None, Sort]:
    """The same by their marks; a branch with several counts in each, once also where its area is of that name."""
    by_area_ = select(units.c.id.label("unit_id"), units.c.area.label("mark")).where(units.c.area.in_(names))
    either = select(unit_marks.c.unit_id, unit_marks.c.mark).union(by_area_).subquery()
    return _sorted(connection, either.c.mark, units.join(either, either.c.unit_id == units.c.id), unit, by, year)


def _sorted(connection: Connection, sort: Any, of: Any, unit: Unit, by: CountedBy, year: int) -> dict[str | None, Sort]:
    open_ = (within(unit.path), units.c.kind == "branch", units.c.closed_on.is_(None))
    counted = select(sort, func.count()).select_from(of).where(*open_).group_by(sort)
    branches = {row[0]: int(row[1]) for row in connection.execute(counted)}
    kept = and_(tallies.c.unit_id == units.c.id, tallies.c.count > 0)
    once = and_(kept, tallies.c.slot == year, tallies.c.what == f"once:{by}")
    reached = select(sort, func.count()).select_from(of.join(tallies, once)).where(*open_).group_by(sort)
    months = and_(kept, tallies.c.slot.between(year * 100 + 1, year * 100 + 12), tallies.c.what == by)
    admitted = select(sort, func.sum(tallies.c.count)).select_from(of.join(tallies, months)).where(*open_)
    found = [{row[0]: int(row[1]) for row in connection.execute(one)} for one in (reached, admitted.group_by(sort))]
    return {name: Sort(count, *(one.get(name, 0) for one in found)) for name, count in branches.items()}
