"""Marks of branches where people are counted: new members and sources by the marks of their branch."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, case, func, select

from bot.rules.figures import CountedBy
from bot.rules.periods import Period
from storage.composing import IS_OPEN
from storage.sight import units_within
from storage.tables import candidates, case_dates, unit_marks, units
from storage.units import Unit


def admitted(connection: Connection, unit: Unit, period: Period, by: CountedBy, names: Sequence[str]) -> dict[str, int]:
    """Whoever was admitted in a period, by mark; `names` are all marks. A branch may bear several."""
    chosen = (case_dates.c.event == by, case_dates.c.on.between(period.first, period.last))
    return _by_mark(connection, unit, case_dates, names, *chosen)


def sources(connection: Connection, unit: Unit, steps: Sequence[str], names: Sequence[str]) -> dict[str, int]:
    """Open cases at these steps, by mark."""
    return _by_mark(connection, unit, candidates, names, IS_OPEN, candidates.c.step.in_(list(steps)))


def _by_mark(connection: Connection, unit: Unit, table: Any, names: Sequence[str], *chosen: Any) -> dict[str, int]:
    """An area of the name of a mark counts as that mark; who is in a Party group counts for its branch."""
    named = select(units.c.id, units.c.area).where(units.c.area.in_(list(names)))
    bearers = select(unit_marks.c.unit_id, unit_marks.c.mark).union(named).subquery()
    branch = case((units.c.kind == "group", units.c.parent_id), else_=units.c.id)
    found = (
        select(bearers.c.mark, func.count())
        .select_from(table.join(units, units.c.id == table.c.unit_id).join(bearers, bearers.c.unit_id == branch))
        .where(table.c.unit_id.in_(units_within(unit.path)), *chosen)
        .group_by(bearers.c.mark)
    )
    return {mark: int(count) for mark, count in connection.execute(found)}
