"""Targets: what a unit, a member or a mass organisation is to reach, by year and quarter, with who set it when."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, or_, select

from bot.rules.figures import Target, target_for
from bot.rules.periods import Period
from storage import history
from storage.database import insert
from storage.prepared import Prepared
from storage.tables import targets, units
from storage.units import Unit

_GIVEN = (targets.c.unit_id, targets.c.quarter, targets.c.admissions, targets.c.sources)
_OF = Prepared(select(*_GIVEN).where(targets.c.unit_id == bindparam("unit"), targets.c.year == bindparam("in_year")))
_BELOW = Prepared(
    select(*_GIVEN)
    .join_from(units, targets, targets.c.unit_id == units.c.id)
    .where(units.c.parent_id == bindparam("unit"), units.c.closed_on.is_(None))
    .where(targets.c.year == bindparam("in_year"))
)


def rows_of(connection: Connection, unit: int, year: int) -> dict[int, Target]:
    """What was set for one unit and year, by quarter; 0 is the whole year."""
    rows = _OF.rows(connection, {"unit": unit, "in_year": year})
    return {row.quarter: Target(row.admissions, row.sources) for row in rows}


def targets_of(connection: Connection, unit: Unit, year: int, periods: Sequence[Period]) -> list[Target]:
    """A unit's targets for periods of one year; where nobody set one, the sum of the units directly below."""
    rows = rows_of(connection, unit.id, year)
    own = [target_for(period, rows) for period in periods]
    if all(own):
        return own
    below = list(rows_below(connection, unit, year).values())
    return [mine or _summed(below, period) for mine, period in zip(own, periods, strict=True)]


def target_of(connection: Connection, unit: Unit, period: Period) -> Target:
    """The same for one period."""
    return targets_of(connection, unit, period.year, [period])[0]


def _summed(below: Sequence[dict[int, Target]], period: Period) -> Target:
    found = [target_for(period, rows) for rows in below]
    admissions = [target.admissions for target in found if target.admissions is not None]
    sources = [target.sources for target in found if target.sources is not None]
    derived = any(target.derived for target in found)
    return Target(
        sum(admissions) if admissions else None, sum(sources) if sources else None, derived=derived, summed=True
    )


def rows_below(connection: Connection, unit: Unit, year: int) -> dict[int, dict[int, Target]]:
    """What was set for the open units directly below in a year: by unit and quarter, 0 for the whole year."""
    rows: dict[int, dict[int, Target]] = defaultdict(dict)
    for number, quarter, admissions, sources in _BELOW.rows(connection, {"unit": unit.id, "in_year": year}):
        rows[number][quarter] = Target(admissions, sources)
    return rows


def of_several(connection: Connection, ids: Sequence[int], periods: Sequence[Period]) -> dict[int, dict[str, Target]]:
    """The same for several units, by the code of the period, in two statements however many there are."""
    years = sorted({period.year for period in periods})
    own: dict[tuple[int, int], dict[int, Target]] = defaultdict(dict)
    given = select(*_GIVEN, targets.c.year).where(targets.c.unit_id.in_(ids), targets.c.year.in_(years))
    for number, quarter, admissions, sources, year in connection.execute(given):
        own[number, year][quarter] = Target(admissions, sources)
    below: dict[tuple[int, int], dict[int, dict[int, Target]]] = defaultdict(lambda: defaultdict(dict))
    children = (
        select(*_GIVEN, targets.c.year, units.c.parent_id)
        .join_from(units, targets, targets.c.unit_id == units.c.id)
        .where(units.c.parent_id.in_(ids), units.c.closed_on.is_(None), targets.c.year.in_(years))
    )
    for number, quarter, admissions, sources, year, parent in connection.execute(children):
        below[parent, year][number][quarter] = Target(admissions, sources)
    return {
        unit: {
            period.code: target_for(period, own[unit, period.year])
            or _summed(list(below[unit, period.year].values()), period)
            for period in periods
        }
        for unit in ids
    }


def untargeted(connection: Connection, committees: Sequence[int], quarter: Period) -> dict[int, tuple[int, int]]:
    """Of these committees' own branches how many were given nothing for a quarter or its year, of how many."""
    given = (
        select(targets.c.unit_id)
        .where(targets.c.unit_id == units.c.id, targets.c.year == quarter.year)
        .where(targets.c.quarter.in_([0, quarter.number]), or_(targets.c.admissions > 0, targets.c.sources > 0))
        .exists()
    )
    without = func.sum(case((given, 0), else_=1))
    found = (
        select(units.c.committee_id, without, func.count())
        .where(units.c.committee_id.in_(committees), units.c.kind == "branch", units.c.closed_on.is_(None))
        .group_by(units.c.committee_id)
    )
    return {number: (int(none), count) for number, none, count in connection.execute(found) if none}


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
