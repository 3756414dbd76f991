"""Targets: what a unit, a member or a mass organisation is to reach, by year and quarter, with who set it when."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.rules.figures import Target, target_for
from bot.rules.periods import Period
from storage import history
from storage.database import insert
from storage.tables import targets, units
from storage.units import Unit

FIELDS = ("admissions", "sources")


def rows_of(connection: Connection, unit: int, year: int) -> dict[int, Target]:
    """What was set for one unit and year, by quarter; 0 is the whole year."""
    found = select(targets).where(targets.c.unit_id == unit, targets.c.year == year)
    return {row.quarter: Target(row.admissions, row.sources) for row in connection.execute(found)}


def target_of(connection: Connection, unit: Unit, period: Period) -> Target:
    """A unit's target for a period; where nobody set one, the sum of the units directly below."""
    own = target_for(period, rows_of(connection, unit.id, period.year))
    return own or _summed(connection, unit, period)


def _summed(connection: Connection, unit: Unit, period: Period) -> Target:
    below = of_children(connection, unit, period)
    parts = {name: [n for target in below.values() if (n := getattr(target, name)) is not None] for name in FIELDS}
    whole = {name: sum(numbers) if numbers else None for name, numbers in parts.items()}
    return Target(**whole, derived=any(target.derived for target in below.values()), summed=True)


def of_children(connection: Connection, unit: Unit, period: Period) -> dict[int, Target]:
    """The targets of the open units directly below that were set, by unit."""
    rows = rows_below(connection, unit, period.year)
    return {number: target_for(period, given) for number, given in rows.items()}


def rows_below(connection: Connection, unit: Unit, year: int) -> dict[int, dict[int, Target]]:
    """What was set for the open units directly below in a year: by unit and quarter, 0 for the whole year."""
    found = (
        select(targets)
        .join_from(targets, units, units.c.id == targets.c.unit_id)
        .where(units.c.parent_id == unit.id, units.c.closed_on.is_(None), targets.c.year == year)
    )
    rows: dict[int, dict[int, Target]] = defaultdict(dict)
    for row in connection.execute(found):
        rows[row.unit_id][row.quarter] = Target(row.admissions, row.sources)
    return rows


def set_target(
    connection: Connection,
    at: datetime,
    actor: int | None,
    unit: int,
    year: int,
    quarter: int,
    values: Mapping[str, int | None],
) -> bool:
    """Sets the numbers named in `values` (admissions, sources; None takes one away); False when they were so already.

    The history of the unit keeps who changed what when.
    """
    this = {"unit_id": unit, "year": year, "quarter": quarter}
    held = rows_of(connection, unit, year).get(quarter, Target())
    before = {name: getattr(held, name) for name in values}
    if before == dict(values):
        return False
    statement = insert(connection, targets).values(**this, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=list(this), set_={name: values[name] for name in values})
    )
    when = {"year": year, "quarter": quarter}
    history.record(
        connection, at, actor, "target.set", f"unit:{unit}", unit, {**when, **before}, {**when, **dict(values)}
    )
    return True


def changes_of(connection: Connection, unit: int, year: int) -> list[tuple[datetime, str | None, Mapping[str, Any]]]:
    """Who set a unit's targets of a year when: (moment, name, values), newest first."""
    found = [entry for entry in history.of(connection, f"unit:{unit}") if entry.action == "target.set"]
    return [
        (entry.at, entry.who, entry.after or {}) for entry in reversed(found) if (entry.after or {}).get("year") == year
    ]
