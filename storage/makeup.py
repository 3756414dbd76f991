"""How new members and sources are made up: by group, education, area, birth year, sex and who introduced them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, and_, cast, exists, extract, func, select

from bot.rules.periods import Period
from storage.people import within
from storage.tables import candidate_groups, candidates, case_dates, units

# What people are counted by; `born` is a year.
KINDS = ("group", "education", "area", "born", "sex", "introduced_by")


@dataclass(frozen=True, slots=True)
class Makeup:
    """How many people there are, and by kind how many of each; None: it is not known of them.

    Somebody with several groups is counted in each.
    """

    count: int
    by: Mapping[str, Mapping[Any, int]]


def of_members(connection: Connection, path: str, period: Period, event: str) -> Makeup:
    """Those who were admitted in the period, at or below `path`; `event` is the day that counts."""
    admitted = exists().where(
        case_dates.c.candidate_id == candidates.c.id,
        case_dates.c.event == event,
        case_dates.c.on.between(period.first, period.last),
    )
    return _counted(connection, and_(within(path), admitted))


def of_sources(connection: Connection, path: str, steps: Iterable[str]) -> Makeup:
    """The open cases at one of these steps, at or below `path`."""
    open_there = and_(candidates.c.state == "open", candidates.c.step.in_(list(steps)))
    return _counted(connection, and_(within(path), open_there))


def introduced(
    connection: Connection, path: str, period: Period, event: str
) -> tuple[Mapping[Any, int], Mapping[Any, int]]:
    """By who introduced them: those taken onto the list in the period, and those admitted in it."""
    listed = and_(
        within(path),
        candidates.c.state.in_(("open", "closed")),
        candidates.c.listed_on.between(period.first, period.last),
    )
    admitted = of_members(connection, path, period, event).by["introduced_by"]
    return _by(connection, "introduced_by", listed), admitted


def _counted(connection: Connection, wanted: ColumnElement[bool]) -> Makeup:
    joined = select(func.count()).select_from(candidates.join(units, units.c.id == candidates.c.unit_id)).where(wanted)
    count = connection.execute(joined).scalar() or 0
    return Makeup(count, {kind: _by(connection, kind, wanted) for kind in KINDS} if count else {k: {} for k in KINDS})


def _by(connection: Connection, kind: str, wanted: ColumnElement[bool]) -> dict[Any, int]:
    value, table = _COLUMNS[kind]
    found = select(value.label("value"), func.count().label("number")).select_from(table).where(wanted)
    return {row.value: row.number for row in connection.execute(found.group_by(value))}


_CASES = candidates.join(units, units.c.id == candidates.c.unit_id)
_COLUMNS: dict[str, tuple[Any, Any]] = {
    "group": (
        candidate_groups.c.label,
        _CASES.join(candidate_groups, candidate_groups.c.candidate_id == candidates.c.id),
    ),
    "education": (candidates.c.education, _CASES),
    "area": (units.c.area, _CASES),
    "born": (func.coalesce(cast(extract("year", candidates.c.born_on), Integer), candidates.c.born_year), _CASES),
    "sex": (candidates.c.sex, _CASES),
    "introduced_by": (candidates.c.introduced_by, _CASES),
}
