"""The survey of sources added up for the units above the branch, from the summaries: how many were found how ripe."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, union

from bot.rules.periods import Period
from bot.rules.surveys import Found
from storage import units as tree
from storage.composing import IS_OPEN
from storage.counting import month_slot
from storage.sight import within
from storage.tables import candidates, source_surveys, tallies, units
from storage.units import Unit


@dataclass(frozen=True, slots=True)
class Share:
    """One unit: its sources of today, what this quarter has found, and the last."""

    unit: Unit
    count: int
    now: Found
    before: Found

    @property
    def part(self) -> float:
        """Which part of its sources has been looked at; those who have gone on since count as looked at."""
        return min(1.0, self.now.looked / self.count) if self.count else 1.0


def shares(connection: Connection, unit: Unit, steps: Collection[str], quarter: Period) -> list[Share]:
    """Every open unit directly below, whoever has done least first."""
    below = tree.below(connection, unit)
    inside = select(units.c.id).where(units.c.parent_id == unit.id)
    found = _read(connection, inside, [quarter, quarter.previous])
    rows = [_share(one, found[one.id], steps, quarter) for one in below]
    return sorted(rows, key=lambda row: (row.part, -row.count, row.unit.ordered))


def share(connection: Connection, unit: Unit, steps: Collection[str], quarter: Period) -> Share:
    """The unit itself, with everything below it."""
    return _share(unit, _read(connection, [unit.id], [quarter, quarter.previous])[unit.id], steps, quarter)


def by_quarter(connection: Connection, unit: Unit, quarters: Sequence[Period]) -> list[tuple[Period, Found]]:
    """What each of several quarters has found in a unit and everything below it."""
    counts = _read(connection, [unit.id], quarters)[unit.id]
    return [(quarter, _found(counts, quarter)) for quarter in quarters]


def branches_surveyed(connection: Connection, unit: Unit, quarters: Iterable[Period]) -> Mapping[str, int]:
    """By quarter, in how many branches at or below the unit any source was looked at."""
    wanted = {(quarter.year, quarter.number): quarter.code for quarter in quarters}
    table = source_surveys.c
    found = (
        select(table.year, table.quarter, func.count(table.unit_id.distinct()))
        .join_from(source_surveys, units, units.c.id == table.unit_id)
        .where(within(unit.path), or_(*(and_(table.year == year, table.quarter == at) for year, at in wanted)))
        .group_by(table.year, table.quarter)
    )
    counts = dict.fromkeys(wanted.values(), 0)
    return counts | {wanted[year, at]: count for year, at, count in connection.execute(found)}


def branches_asked(connection: Connection, unit: Unit, steps: Collection[str], quarter: Period) -> int:
    """How many branches at or below the unit have sources, or have looked at some in this quarter."""
    surveyed = (source_surveys.c.year == quarter.year, source_surveys.c.quarter == quarter.number)
    both = union(
        select(candidates.c.unit_id).where(IS_OPEN, candidates.c.step.in_(list(steps))),
        select(source_surveys.c.unit_id).where(*surveyed),
    ).subquery()
    found = select(func.count()).select_from(units).where(within(unit.path), units.c.id.in_(select(both.c.unit_id)))
    return connection.execute(found).scalar() or 0


def _read(connection: Connection, wanted: Any, quarters: Iterable[Period]) -> dict[int, Counter[tuple[str, int]]]:
    slots = [0, *(month_slot(quarter.last) for quarter in quarters)]
    rows = select(tallies).where(tallies.c.unit_id.in_(wanted), tallies.c.slot.in_(slots))
    found: dict[int, Counter[tuple[str, int]]] = defaultdict(Counter)
    for number, slot, what, count in connection.execute(rows):
        found[number][what, slot] = count
    return found


def _share(unit: Unit, counts: Counter[tuple[str, int]], steps: Collection[str], quarter: Period) -> Share:
    count = sum(counts[f"open:{step}", 0] for step in steps)
    return Share(unit, count, _found(counts, quarter), _found(counts, quarter.previous))


def _found(counts: Counter[tuple[str, int]], quarter: Period) -> Found:
    slot = month_slot(quarter.last)
    return Found(*(counts[f"survey:{ripe}", slot] for ripe in ("ready", "developing", "unlikely")))
