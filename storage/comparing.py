"""The units below a unit beside one another: of each only the numbers that are compared, read one by one."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from bot.rules.figures import CountedBy, Figures, Flow, Target, target_for
from bot.rules.periods import Period
from storage import settings, targets
from storage.counting import day_slot, month_slot
from storage.prepared import Prepared
from storage.standing import counted
from storage.tables import tallies, units
from storage.units import Unit, below

# What may be compared.
ADMITTED, SOURCES, CONTACTS, OVERDUE, SILENT = "admitted", "listed", "contacts", "due", "silent"
BRANCHES, LACKING = "branches", "lacking"
# What points and commendations are made of, and what a line of a unit tells besides.
RANKED = (ADMITTED, SOURCES, OVERDUE, BRANCHES, SILENT)
_FIRST_DAY = 1900_01_01
_NOTHING: Mapping[int, int] = {}

# A summary of one kind lies in one stretch of a unit's rows: several small readings are less than one of all rows.
_SUM = Prepared(
    select(tallies.c.unit_id, func.sum(tallies.c.count).label("number"))
    .where(
        tallies.c.unit_id.in_(
            select(units.c.id).where(units.c.parent_id == bindparam("unit"), units.c.closed_on.is_(None))
        ),
        tallies.c.what == bindparam("of"),
        tallies.c.slot.between(bindparam("least"), bindparam("most")),
    )
    .group_by(tallies.c.unit_id)
)


def children(
    connection: Connection, unit: Unit, period: Period, today: date, wanted: Collection[str]
) -> list[tuple[Unit, Figures]]:
    """Every open unit directly below, by name, with its targets of the period and the numbers that are `wanted`.

    All other numbers of these figures are 0. `LACKING`: branches without an admission or a source in the year.
    """
    found = below(connection, unit)
    ways = settings.locals_below(connection, unit)
    by = {child.id: counted(ways.get(child.id, ways[unit.id])) for child in found}
    kept = _read(connection, unit, period, today, wanted, {*by.values()})
    given = _targets(connection, unit, period)
    nobodys = Target(derived=True)
    return [
        (child, _figures(child, period, by[child.id], kept, given.get(child.id, nobodys), LACKING in wanted))
        for child in found
    ]


def _read(
    connection: Connection, unit: Unit, period: Period, today: date, wanted: Collection[str], ways: Collection[str]
) -> dict[str, Mapping[int, int]]:
    months = (month_slot(period.first), month_slot(period.last))
    year, passed = (period.last.year, period.last.year), (_FIRST_DAY, day_slot(today) - 1)
    spans: dict[str, tuple[int, int]] = {}
    if ADMITTED in wanted:
        spans |= dict.fromkeys(ways, months)
    spans |= {what: months for what in (SOURCES, CONTACTS) if what in wanted}
    spans |= {what: passed for what in (OVERDUE, SILENT) if what in wanted}
    if BRANCHES in wanted or LACKING in wanted:
        spans[BRANCHES] = (0, 0)
    if LACKING in wanted:
        spans |= dict.fromkeys((*(f"once:{way}" for way in ways), "once:listed"), year)
    return {what: _summed(connection, unit, what, *span) for what, span in spans.items()}


def _summed(connection: Connection, unit: Unit, what: str, least: int, most: int) -> Mapping[int, int]:
    values = {"unit": unit.id, "of": what, "least": least, "most": most}
    return {number: int(count) for number, count in _SUM.plain(connection, values)}


def _targets(connection: Connection, unit: Unit, period: Period) -> dict[int, Target]:
    """Of the period, by unit; equal ones are worked out once."""
    known: dict[Any, Target] = {}
    found: dict[int, Target] = {}
    for number, rows in targets.rows_below(connection, unit, period.year).items():
        key = tuple((quarter, row.admissions, row.sources) for quarter, row in rows.items())
        if key not in known:
            known[key] = target_for(period, rows)
        found[number] = known[key]
    return found


def _figures(
    unit: Unit, period: Period, by: CountedBy, kept: Mapping[str, Mapping[int, int]], target: Target, lacking: bool
) -> Figures:
    def number(what: str) -> int:
        return kept.get(what, _NOTHING).get(unit.id, 0)

    branches = number(BRANCHES)
    flow = Flow(admitted=number(by), new_sources=number(SOURCES), contacts=number(CONTACTS))
    return Figures(
        unit_id=unit.id,
        period=period,
        counted_by=by,
        flow=flow,
        previous=_EMPTY,
        year=_EMPTY,
        target=target,
        year_target=target,
        overdue=number(OVERDUE),
        silent=number(SILENT),
        branches=branches,
        without_admission=branches - number(f"once:{by}") if lacking else 0,
        without_source=branches - number("once:listed") if lacking else 0,
    )


_EMPTY = Flow()
