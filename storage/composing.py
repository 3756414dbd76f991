"""The composition of new members and of sources: how many fall into each group, level, age; numbers only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, cast, extract, func, select

from bot.rules.figures import CountedBy
from bot.rules.periods import Period
from storage.prepared import Prepared, among
from storage.sight import UNITS_WITHIN, place
from storage.tables import candidate_groups, candidates, case_dates, units
from storage.units import Unit

# Nearly everybody is: an index of the state would only lead away from that of the unit, so it is not to be used.
IS_OPEN = candidates.c.state.concat("") == "open"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many people there are, and by each of what is kept of them; None: not noted. One may be in several groups."""

    total: int
    groups: dict[str, int]
    education: dict[str | None, int]
    sexes: dict[str | None, int]
    areas: dict[str | None, int]
    ages: dict[int | None, int]
    introduced_by: dict[str | None, int]


def admitted(connection: Connection, unit: Unit, period: Period, by: CountedBy) -> Counted:
    """Whoever was admitted in a period, with the age of that day."""
    span = {"event": by, "first": period.first, "last": period.last}
    return _counted(connection, _ADMITTED, _ADMITTED_GROUPS, place(unit.path) | span)


def sources(connection: Connection, unit: Unit, steps: Sequence[str], today: date) -> Counted:
    """Whoever is on the way to admission today: open cases at these steps."""
    alike, labels = _at(tuple(steps))
    return _counted(connection, alike, labels, place(unit.path), today.year)


def introducing(connection: Connection, unit: Unit, period: Period) -> dict[str | None, int]:
    """Who introduced those that were taken onto the list in a period, as it was noted."""
    span = {"first": period.first, "last": period.last}
    counts = _INTRODUCING.counts(connection, place(unit.path) | span)
    return counts[0] if counts else {}


def _born() -> Any:
    return func.coalesce(candidates.c.born_year, cast(extract("year", candidates.c.born_on), Integer))


_KEPT = (candidates.c.education, candidates.c.sex, units.c.area, candidates.c.introduced_by)
_SPAN: Any = (bindparam("first"), bindparam("last"))
_CHOSEN = (
    case_dates.c.unit_id.in_(UNITS_WITHIN),
    case_dates.c.event == bindparam("event"),
    case_dates.c.on.between(*_SPAN),
)
_ADMITTED = Prepared(
    select(*_KEPT, (cast(extract("year", case_dates.c.on), Integer) - _born()).label("age"))
    .join_from(case_dates, candidates, candidates.c.id == case_dates.c.candidate_id)
    .join(units, units.c.id == case_dates.c.unit_id)
    .where(*_CHOSEN)
)
_ADMITTED_GROUPS = Prepared(
    select(candidate_groups.c.label, func.count().label("number"))
    .join_from(case_dates, candidate_groups, candidate_groups.c.candidate_id == case_dates.c.candidate_id)
    .where(*_CHOSEN)
    .group_by(candidate_groups.c.label)
)
_INTRODUCING = Prepared(
    select(candidates.c.introduced_by).where(
        candidates.c.unit_id.in_(UNITS_WITHIN),
        among(candidates.c.state, ("open", "closed")),
        candidates.c.listed_on.between(*_SPAN),
    )
)


@lru_cache(maxsize=8)
def _at(steps: tuple[str, ...]) -> tuple[Prepared, Prepared]:
    """What is kept of each open case at these steps, and the groups of all."""
    chosen = (candidates.c.unit_id.in_(UNITS_WITHIN), IS_OPEN, among(candidates.c.step, steps))
    alike = select(*_KEPT, _born().label("born")).join_from(candidates, units, units.c.id == candidates.c.unit_id)
    labels = select(candidate_groups.c.label, func.count().label("number")).join_from(
        candidates, candidate_groups, candidate_groups.c.candidate_id == candidates.c.id
    )
    return Prepared(alike.where(*chosen)), Prepared(labels.where(*chosen).group_by(candidate_groups.c.label))


def _counted(
    connection: Connection, alike: Prepared, labels: Prepared, values: Mapping[str, Any], this_year: int | None = None
) -> Counted:
    """All but the groups in one pass. `this_year`: the last column holds years of birth and no ages."""
    counts = alike.counts(connection, values)
    if not counts:
        return Counted(0, {}, {}, {}, {}, {}, {})
    education, sexes, areas, introduced_by, last = counts
    groups = {row.label: int(row.number) for row in labels.rows(connection, values)}
    return Counted(
        total=counts[0].total(),
        groups=groups,
        education=education,
        sexes=sexes,
        areas=areas,
        ages=last if this_year is None else _since(last, this_year),
        introduced_by=introduced_by,
    )


def _since(born: Mapping[int | None, int], year: int) -> dict[int | None, int]:
    return {None if one is None else year - one: count for one, count in born.items()}
