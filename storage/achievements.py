"""Who achieved what: members by those whom they help, mass organisations by those whom they introduce."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from bot.rules.figures import CountedBy, Target, target_for
from bot.rules.periods import Period, containing
from storage import history, people
from storage.database import insert
from storage.prepared import Prepared, among
from storage.sight import UNITS_WITHIN, place
from storage.tables import assignments, candidates, case_dates, more_targets
from storage.units import Unit


@dataclass(frozen=True, slots=True)
class Achieved:
    """A member's part within a period. `helping`: open cases today; `sources`: listed, with this helper."""

    person: int
    name: str
    helping: int
    admitted: int
    sources: int
    target: Target


def by_member(connection: Connection, unit: Unit, period: Period, by: CountedBy) -> list[Achieved]:
    """The members of a branch, those who have reached most first, then those who help most."""
    members = people.members_of(connection, unit.id)
    admitted = _admitted(connection, unit, period, by)
    sources = _sources(connection, unit, period)
    given = more_of(connection, unit.id, period)
    found = [
        Achieved(
            one.id,
            one.name,
            one.helping,
            admitted.get(one.id, 0),
            sources.get(one.id, 0),
            given.get(f"person:{one.id}", Target()),
        )
        for one in members
    ]
    return sorted(found, key=lambda one: (-one.admitted, -one.sources, -one.helping, one.name))


def _admitted(connection: Connection, unit: Unit, period: Period, by: CountedBy) -> dict[int, int]:
    helped = and_(assignments.c.since <= case_dates.c.on, _not_ended(case_dates.c.on))
    found = (
        select(assignments.c.person_id, func.count(case_dates.c.candidate_id.distinct()))
        .join_from(case_dates, assignments, assignments.c.candidate_id == case_dates.c.candidate_id)
        .where(case_dates.c.unit_id == unit.id, case_dates.c.event == by, helped)
        .where(case_dates.c.on.between(period.first, period.last))
        .group_by(assignments.c.person_id)
    )
    return {row[0]: row[1] for row in connection.execute(found)}


def _not_ended(on: Any) -> Any:
    return or_(assignments.c.until.is_(None), assignments.c.until >= on)


def _sources(connection: Connection, unit: Unit, period: Period) -> dict[int, int]:
    found = (
        select(assignments.c.person_id, func.count(candidates.c.id.distinct()))
        .join_from(candidates, assignments, assignments.c.candidate_id == candidates.c.id)
        .where(candidates.c.unit_id == unit.id, candidates.c.state.in_(("open", "closed")))
        .where(candidates.c.listed_on.between(period.first, period.last))
        .group_by(assignments.c.person_id)
    )
    return {row[0]: row[1] for row in connection.execute(found)}


def introduced(connection: Connection, unit: Unit, first: date, last: date) -> dict[str, int]:
    """What was noted of who introduced the candidates who were listed in a stretch of time, with their number."""
    return dict(_INTRODUCED.plain(connection, {**place(unit.path), "first": first, "last": last}))


_INTRODUCED = Prepared(
    select(func.coalesce(candidates.c.introduced_by, "").label("said"), func.count().label("number"))
    .where(candidates.c.unit_id.in_(UNITS_WITHIN))
    .where(candidates.c.listed_on.between(bindparam("first"), bindparam("last")))
    .where(among(candidates.c.state.concat(""), ("open", "closed")))
    .group_by(candidates.c.introduced_by)
)
_MORE = Prepared(
    select(more_targets.c.whose, more_targets.c.quarter, more_targets.c.admissions, more_targets.c.sources).where(
        more_targets.c.unit_id == bindparam("unit"), more_targets.c.year == bindparam("in_year")
    )
)


def more_of(connection: Connection, unit: int, period: Period) -> dict[str, Target]:
    """The targets of a unit's members and mass organisations: "person:40", "organisation:youth_union"."""
    year = containing("year", period.last).year
    rows: dict[str, dict[int, Target]] = {}
    for row in _MORE.rows(connection, {"unit": unit, "in_year": year}):
        rows.setdefault(row.whose, {})[row.quarter] = Target(row.admissions, row.sources)
    return {whose: target_for(period, given) for whose, given in rows.items()}


def set_more(
    connection: Connection,
    at: datetime,
    actor: int | None,
    unit: int,
    whose: str,
    year: int,
    quarter: int,
    values: Mapping[str, int | None],
) -> None:
    """Sets what a member or a mass organisation is to reach; the unit's history keeps it."""
    this = {"unit_id": unit, "whose": whose, "year": year, "quarter": quarter}
    statement = insert(connection, more_targets).values(**this, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(this), set_=dict(values)))
    after = {"whose": whose, "year": year, "quarter": quarter, **values}
    history.record(connection, at, actor, "target.set", f"unit:{unit}", unit, None, after)
