"""The composition of new members and of sources: how many fall into each group, level, age; numbers only."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Integer, Select, cast, extract, func, literal_column, select

from bot.rules.figures import CountedBy
from bot.rules.periods import Period
from storage.people import units_within
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
    chosen = (
        case_dates.c.unit_id.in_(units_within(unit.path)),
        case_dates.c.event == by,
        case_dates.c.on.between(period.first, period.last),
    )
    alike = (
        select(*_KEPT, _age(case_dates.c.on).label("age"), func.count())
        .join_from(case_dates, candidates, candidates.c.id == case_dates.c.candidate_id)
        .join(units, units.c.id == case_dates.c.unit_id)
        .where(*chosen)
    )
    labels = select(candidate_groups.c.label, func.count()).join_from(
        case_dates, candidate_groups, candidate_groups.c.candidate_id == case_dates.c.candidate_id
    )
    return _counted(connection, alike, labels.where(*chosen))


def sources(connection: Connection, unit: Unit, steps: list[str], today: date) -> Counted:
    """Whoever is on the way to admission today: open cases at these steps."""
    chosen = (candidates.c.unit_id.in_(units_within(unit.path)), IS_OPEN, candidates.c.step.in_(steps))
    alike = (
        select(*_KEPT, (today.year - _born()).label("age"), func.count())
        .join_from(candidates, units, units.c.id == candidates.c.unit_id)
        .where(*chosen)
    )
    labels = select(candidate_groups.c.label, func.count()).join_from(
        candidates, candidate_groups, candidate_groups.c.candidate_id == candidates.c.id
    )
    return _counted(connection, alike, labels.where(*chosen))


def introducing(connection: Connection, unit: Unit, period: Period) -> dict[str | None, int]:
    """Who introduced those that were taken onto the list in a period, as it was noted."""
    listed = (
        candidates.c.unit_id.in_(units_within(unit.path)),
        candidates.c.state.in_(("open", "closed")),
        candidates.c.listed_on.between(period.first, period.last),
    )
    found = select(candidates.c.introduced_by, func.count()).where(*listed).group_by(candidates.c.introduced_by)
    return {row[0]: row[1] for row in connection.execute(found)}


_KEPT = (candidates.c.education, candidates.c.sex, units.c.area, candidates.c.introduced_by)


def _born() -> Any:
    return func.coalesce(candidates.c.born_year, cast(extract("year", candidates.c.born_on), Integer))


def _age(on: Any) -> Any:
    return cast(extract("year", on), Integer) - _born()


def _counted(connection: Connection, alike: Select[Any], labels: Select[Any]) -> Counted:
    """All but the groups in one pass: people who are alike in everything are counted together."""
    found = Counted(0, {}, {}, {}, {}, {}, {})
    tables: tuple[dict[Any, int], ...] = (
        found.education,
        found.sexes,
        found.areas,
        found.introduced_by,
        found.ages,
    )
    total = 0
    for *values, count in connection.execute(alike.group_by(*(literal_column(place) for place in "12345"))):
        total += count
        for table, value in zip(tables, values, strict=True):
            table[value] = table.get(value, 0) + count
    for label, count in connection.execute(labels.group_by(candidate_groups.c.label)):
        found.groups[label] = count
    return replace(found, total=total)
