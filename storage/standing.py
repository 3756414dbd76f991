"""Where things stand: the figures of a unit and of the units below it, read from the summaries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select

from bot.rules.figures import COUNTED_BY, CountedBy, Figures, Flow, Target, target_for
from bot.rules.periods import Period, containing
from storage import settings, targets
from storage.branches import Branches
from storage.counting import day_slot, month_slot
from storage.prepared import Prepared, among
from storage.sight import WITHIN, place
from storage.tables import tallies, units
from storage.units import COMMITTEES, Unit, below

OPEN = "open:"
_FIRST_DAY = 1900_01_01
# What a flow counts beside the admissions, in its order.
_HAPPENS = ("listed", "branch_resolution", "recognition_decided", "exits", "contacts")
_SPANS = ("period", "previous", "year")


def _summed(name: str) -> Any:
    inside = tallies.c.slot.between(bindparam(f"{name}_from"), bindparam(f"{name}_to"))
    return func.sum(case((inside, tallies.c.count), else_=0)).label(name)


_UNIT = tallies.c.unit_id == bindparam("unit")
_BELOW = tallies.c.unit_id.in_(
    select(units.c.id).where(units.c.parent_id == bindparam("unit"), units.c.closed_on.is_(None))
)
_FLOWS = (
    select(tallies.c.unit_id, tallies.c.what, *(_summed(name) for name in _SPANS))
    .where(tallies.c.slot.between(bindparam("least"), bindparam("most")))
    .group_by(tallies.c.unit_id, tallies.c.what)
)
_STATE = select(tallies.c.unit_id, tallies.c.what, tallies.c.count.label("number")).where(
    tallies.c.slot.in_([0, bindparam("in_year")])
)
_PASSED = (
    select(tallies.c.unit_id, tallies.c.what, func.sum(tallies.c.count).label("number"))
    .where(tallies.c.slot.between(_FIRST_DAY, bindparam("yesterday")))
    .group_by(tallies.c.unit_id, tallies.c.what)
)
_ONE = tuple(Prepared(statement.where(_UNIT)) for statement in (_FLOWS, _STATE, _PASSED))
_CHILDREN = tuple(Prepared(statement.where(_BELOW)) for statement in (_FLOWS, _STATE, _PASSED))

_MONTHS = Prepared(
    select(tallies.c.what, tallies.c.slot, tallies.c.count.label("number")).where(
        _UNIT, tallies.c.slot.between(bindparam("least"), bindparam("most"))
    )
)
_CONTACTS = Prepared(
    select(tallies.c.slot, tallies.c.count.label("number")).where(
        _UNIT, tallies.c.what == "contacts", tallies.c.slot.in_([bindparam("now"), bindparam("before")])
    )
)


@dataclass(slots=True)
class _Counts:
    """What the summaries hold of one unit: by what, and for what happens by span."""

    flows: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    state: dict[str, int] = field(default_factory=dict)

    def flow(self, span: int, by: CountedBy) -> Flow:
        """What happened in one of the spans."""
        return _flow({what: counts[span] for what, counts in self.flows.items()}, by)


def figures(connection: Connection, unit: Unit, period: Period, today: date) -> Figures:
    """The figures of a unit, with everything below it, for a period; stages and what is overdue as of `today`.

    Whether the person who asks may see them is for the caller to ask (`see_counts`).
    """
    counts = _read(connection, _ONE, unit.id, period, today)[unit.id]
    year = containing("year", period.last)
    target, year_target = targets.targets_of(connection, unit, year.year, [period, year])
    return _figures(unit, period, counts, counted_by(connection, unit), target, year_target)


def children(connection: Connection, unit: Unit, period: Period, today: date) -> list[tuple[Unit, Figures]]:
    """The figures of every open unit directly below, by name, all read at once.

    A unit that nobody set a target has none here: the sums of what lies below it are read one by one by `figures`.
    """
    counts = _read(connection, _CHILDREN, unit.id, period, today)
    found = below(connection, unit)
    rows = targets.rows_below(connection, unit, period.year)
    ways = settings.locals_of(connection, [child.path for child in found])
    year = containing("year", period.last)
    return [
        (
            child,
            _figures(
                child,
                period,
                counts[child.id],
                counted(ways[child.path]),
                target_for(period, rows.get(child.id, {})),
                target_for(year, rows.get(child.id, {})),
            ),
        )
        for child in found
    ]


def flows_of(connection: Connection, those: Sequence[Unit], periods: Sequence[Period]) -> dict[int, dict[str, Flow]]:
    """What happened in each of several units and all below it, by the code of the period; all read at once."""
    spans = {period: (month_slot(period.first), month_slot(period.last)) for period in periods}
    sums = [func.sum(case((tallies.c.slot.between(*span), tallies.c.count), else_=0)) for span in spans.values()]
    edges = [slot for span in spans.values() for slot in span]
    found: dict[int, dict[str, Sequence[int]]] = defaultdict(dict)
    rows = connection.execute(
        select(tallies.c.unit_id, tallies.c.what, *sums)
        .where(tallies.c.unit_id.in_([unit.id for unit in those]))
        .where(tallies.c.slot.between(min(edges), max(edges)))
        .group_by(tallies.c.unit_id, tallies.c.what)
    )
    for number, what, *counts in rows:
        found[number][what] = [int(count) for count in counts]
    ways = settings.locals_of(connection, [unit.path for unit in those])
    return {
        unit.id: {
            period.code: _flow({what: counts[at] for what, counts in found[unit.id].items()}, counted(ways[unit.path]))
            for at, period in enumerate(periods)
        }
        for unit in those
    }


def _flow(counts: Mapping[str, int], by: CountedBy) -> Flow:
    return Flow(*(counts.get(name, 0) for name in (by, *_HAPPENS)))


def counted_by(connection: Connection, unit: Unit) -> CountedBy:
    """Which day makes an admission in this unit's figures."""
    return counted(settings.local_of(connection, unit))


def counted(local: Mapping[str, int]) -> CountedBy:
    """The same from what is set for the unit."""
    return COUNTED_BY[local.get("admission_counts_from", 0)]


def _read(
    connection: Connection, ready: tuple[Prepared, ...], unit: int, period: Period, today: date
) -> defaultdict[int, _Counts]:
    spans = (period, period.previous, containing("year", period.last))
    values = {"unit": unit}
    for name, span in zip(_SPANS, spans, strict=True):
        values |= {f"{name}_from": month_slot(span.first), f"{name}_to": month_slot(span.last)}
    edges = [slot for name, slot in values.items() if name != "unit"]
    found: defaultdict[int, _Counts] = defaultdict(_Counts)
    for number, what, *spanned in ready[0].rows(connection, values | {"least": min(edges), "most": max(edges)}):
        found[number].flows[what] = (int(spanned[0]), int(spanned[1]), int(spanned[2]))
    for number, what, count in ready[1].rows(connection, {"unit": unit, "in_year": spans[2].year}):
        found[number].state[what] = int(count)
    for number, what, count in ready[2].rows(connection, {"unit": unit, "yesterday": day_slot(today) - 1}):
        found[number].state[what] = int(count)
    return found


def _figures(
    unit: Unit, period: Period, counts: _Counts, by: CountedBy, target: Target, year_target: Target
) -> Figures:
    state = counts.state
    branches = state.get("branches", 0)
    return Figures(
        unit_id=unit.id,
        period=period,
        counted_by=by,
        flow=counts.flow(0, by),
        previous=counts.flow(1, by),
        year=counts.flow(2, by),
        target=target,
        year_target=year_target,
        by_stage={what.removeprefix(OPEN): n for what, n in state.items() if what.startswith(OPEN) and n},
        overdue=state.get("due", 0),
        silent=state.get("silent", 0),
        branches=branches,
        without_admission=branches - state.get(f"once:{by}", 0),
        without_source=branches - state.get("once:listed", 0),
        members=unit.members if unit.members is not None else state.get("members") or None,
    )


def members_of(connection: Connection, unit: Unit, figures: Figures) -> int | None:
    """The members of a unit: its own number; above the committees theirs, and the branches' where they have none."""
    if unit.members is not None or unit.kind not in COMMITTEES:
        return figures.members
    whole, under = figures.members or 0, "-"
    for path, own, counted in sorted(map(tuple, _COUNTED_THEMSELVES.rows(connection, place(unit.path)))):
        if not path.startswith(under):
            whole, under = whole + own - counted, path
    return whole or None


_COUNTED_THEMSELVES = Prepared(
    select(units.c.path, units.c.members, func.coalesce(tallies.c.count, 0))
    .join_from(
        units,
        tallies,
        (tallies.c.unit_id == units.c.id) & (tallies.c.what == "members") & (tallies.c.slot == 0),
        isouter=True,
    )
    .where(among(units.c.kind, COMMITTEES), units.c.closed_on.is_(None), units.c.members.is_not(None), WITHIN)
)


def by_month(connection: Connection, unit: Unit, first: Period, last: Period) -> dict[Period, Flow]:
    """What happened in each month of a stretch of time, for pictures and terms."""
    by = counted_by(connection, unit)
    months: dict[int, dict[str, int]] = defaultdict(dict)
    span = {"unit": unit.id, "least": month_slot(first.first), "most": month_slot(last.last)}
    for what, slot, count in _MONTHS.rows(connection, span):
        months[slot][what] = count
    return {month: _flow(months.get(slot, {}), by) for month, slot in _months(first, last)}


@lru_cache(maxsize=64)
def _months(first: Period, last: Period) -> tuple[tuple[Period, int], ...]:
    """The months of a stretch of time, each with the number under which it is summed up."""
    found, month, end = [], containing("month", first.first), last.last
    while month.first <= end:
        found.append((month, month_slot(month.first)))
        month = month.next
    return tuple(found)


def contacts_in(connection: Connection, unit: Unit, month: Period) -> tuple[int, int]:
    """Contacts in a month, and in the one before."""
    slots = (month_slot(month.first), month_slot(month.previous.first))
    found = _CONTACTS.rows(connection, {"unit": unit.id, "now": slots[0], "before": slots[1]})
    counts = {slot: int(count) for slot, count in found}
    return counts.get(slots[0], 0), counts.get(slots[1], 0)


def branches_without(
    connection: Connection, unit: Unit, what: str, year: int, skip: int = 0, most: int = 5
) -> tuple[list[Unit], int]:
    """Open branches at or below a unit with none of `what` in a year, by name, and how many there are.

    `what`: "listed", or a counted event.
    """
    return _WITHOUT.page(connection, unit, {"what": f"once:{what}", "in_year": year}, skip, most)


_WITHOUT = Branches(
    ~select(tallies.c.unit_id)
    .where(
        tallies.c.unit_id == units.c.id,
        tallies.c.slot == bindparam("in_year"),
        tallies.c.what == bindparam("what"),
        tallies.c.count > 0,
    )
    .exists()
)
