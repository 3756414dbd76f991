"""Where things stand: the figures of a unit and of the units below it, read from the summaries."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Connection

from bot.rules.figures import COUNTED_BY, CountedBy, Figures, Flow, Target
from bot.rules.periods import Period, containing
from storage import counting, settings, targets
from storage.counting import Key
from storage.units import Unit, below

OPEN = "open:"


def figures(connection: Connection, unit: Unit, period: Period, today: date) -> Figures:
    """The figures of a unit, with everything below it, for a period; stages and what is overdue as of `today`.

    Whether the person who asks may see them is for the caller to ask (`see_counts`).
    """
    counts = counting.total(connection, unit.path)
    target = targets.target_of(connection, unit, period)
    year_target = targets.target_of(connection, unit, containing("year", period.last))
    return _figures(unit, period, today, counts, counted_by(connection, unit), target, year_target)


def children(connection: Connection, unit: Unit, period: Period, today: date) -> list[tuple[Unit, Figures]]:
    """The figures of every open unit directly below, by name."""
    return [(child, figures(connection, child, period, today)) for child in below(connection, unit)]


def counted_by(connection: Connection, unit: Unit) -> CountedBy:
    """Which day makes an admission in this unit's figures."""
    return COUNTED_BY[settings.local_of(connection, unit).get("admission_counts_from", 0)]


def _figures(
    unit: Unit,
    period: Period,
    today: date,
    counts: Mapping[Key, int],
    by: CountedBy,
    target: Target,
    year_target: Target,
) -> Figures:
    year = containing("year", period.last)
    return Figures(
        unit_id=unit.id,
        period=period,
        counted_by=by,
        flow=flow(counts, period, by),
        previous=flow(counts, period.previous, by),
        year=flow(counts, year, by),
        target=target,
        year_target=year_target,
        by_stage={what.removeprefix(OPEN): n for (what, _), n in counts.items() if what.startswith(OPEN) and n},
        overdue=_before(counts, "due", today),
        silent=_before(counts, "silent", today),
        branches=counts.get(("branches", 0), 0),
        members=unit.members if unit.members is not None else counts.get(("members", 0)),
    )


def flow(counts: Mapping[Key, int], period: Period, by: CountedBy) -> Flow:
    """What happened in a period, from counts by month."""

    def within(what: str) -> int:
        return sum(counts.get((what, slot), 0) for slot in slots(period))

    return Flow(
        admitted=within(by),
        new_sources=within("listed"),
        proposals=within("branch_resolution"),
        recognised=within("recognition_decided"),
        exits=within("exits"),
        contacts=within("contacts"),
    )


def slots(period: Period) -> Iterable[int]:
    """The months of a period as they are kept: 202611."""
    return [month.year * 100 + month.number for month in period.parts("month")]


def _before(counts: Mapping[Key, int], what: str, today: date) -> int:
    day = today.year * 10_000 + today.month * 100 + today.day
    return sum(count for (name, slot), count in counts.items() if name == what and slot < day)
