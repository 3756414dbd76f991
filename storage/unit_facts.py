"""What is known of a unit, as the sums over its events are told it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from bot.rules.book import Rulebook
from bot.rules.periods import Period, containing
from bot.rules.unit_events import REPORT_DAY, Concerning, Count, Meeting, UnitFacts
from bot.rules.workdays import add_months
from storage import attendance, classes, meetings, membership
from storage.people import within
from storage.settings import local_of
from storage.tables import assignments, candidates, case_dates, targets, units
from storage.units import COMMITTEES, Unit

ADMITTED = "admission_decided"
EXEMPTIONS_WITHIN = 30
CLASSES_WITHIN = 4
FILES = 3


def facts_of(connection: Connection, unit: Unit, today: date, book: Rulebook) -> UnitFacts:
    """Everything that the events of one unit hang on, today."""
    committee = unit.kind in COMMITTEES
    local = local_of(connection, unit)
    facts = UnitFacts(
        unit.id,
        committee,
        helping=0 if committee else _helping(connection, unit),
        files=() if committee else _files(connection, unit, book),
        counts=_counts(connection, unit, today),
        report_day=local.get("report_day", REPORT_DAY),
    )
    return facts if committee else _with_life(connection, unit, today, facts)


def _with_life(connection: Connection, unit: Unit, today: date, facts: UnitFacts) -> UnitFacts:
    quarter = containing("quarter", today)
    return replace(
        facts,
        meetings=_meetings(connection, unit, today),
        thematic_held=bool(meetings.thematic_in(connection, unit.id, quarter.first, quarter.last)),
        absent=_absent(connection, unit, today),
        exemptions=_exemptions(connection, unit, today),
        classes=_classes(connection, unit, today),
    )


def _meetings(connection: Connection, unit: Unit, today: date) -> tuple[Meeting, ...]:
    """Those of this month and the next, and those of before that something is still owed of."""
    this = today.replace(day=1)
    plans = [meetings.plan_of(connection, unit.id, add_months(this, ahead)) for ahead in (0, 1)]
    found = {plan.month: plan for plan in plans if plan is not None}
    for plan in meetings.unrecorded(connection, unit.id, today):
        if plan.kind == "regular":
            found.setdefault(plan.month, plan)
    for plan, _ in meetings.conclusions_owed(connection, unit.id, today):
        if plan.kind == "regular":
            found.setdefault(plan.month, plan)
    return tuple(
        Meeting(
            plan.month,
            plan.on,
            plan.time or "",
            plan.place or "",
            plan.held_on if plan.state == "held" else None,
            plan.materials_on,
            plan.conclusions_on,
            plan.state == "cancelled",
        )
        for plan in sorted(found.values(), key=lambda one: one.month)
    )


def _helping(connection: Connection, unit: Unit) -> int:
    found = (
        select(func.count(assignments.c.person_id.distinct()))
        .join_from(assignments, candidates, candidates.c.id == assignments.c.candidate_id)
        .where(candidates.c.unit_id == unit.id, candidates.c.state == "open", assignments.c.until.is_(None))
    )
    return connection.execute(found).scalar() or 0


def _files(connection: Connection, unit: Unit, book: Rulebook) -> tuple[str, ...]:
    """The cases that are nearest to an admission, by their codes."""
    steps = book.entries.steps
    last = steps["decision"].order
    found = select(candidates.c.code, candidates.c.step).where(
        candidates.c.unit_id == unit.id, candidates.c.state == "open"
    )
    rows = [row for row in connection.execute(found) if row.step in steps and 0 < steps[row.step].order <= last]
    return tuple(row.code for row in sorted(rows, key=lambda row: (-steps[row.step].order, row.code))[:FILES])


def _counts(connection: Connection, unit: Unit, today: date) -> dict[str, Count]:
    """What was reached in this quarter, the one before and this year, beside what the unit was given to do."""
    quarter, year = containing("quarter", today), containing("year", today)
    periods = (quarter, quarter.previous, year)
    since = min(period.first for period in periods)
    admitted, listed = _admitted(connection, unit, since), _listed(connection, unit, since)
    asked = _asked(connection, unit)
    return {
        period.code: Count(
            sum(day in period for day in admitted),
            asked.get(period.code, (None, None))[0],
            sum(day in period for day in listed),
            asked.get(period.code, (None, None))[1],
        )
        for period in periods
    }


def _admitted(connection: Connection, unit: Unit, since: date) -> list[date]:
    found = (
        select(case_dates.c.on)
        .join_from(case_dates, candidates, candidates.c.id == case_dates.c.candidate_id)
        .join(units, units.c.id == candidates.c.unit_id)
        .where(case_dates.c.event == ADMITTED, case_dates.c.on >= since, within(unit.path))
    )
    return list(connection.execute(found).scalars())


def _listed(connection: Connection, unit: Unit, since: date) -> list[date]:
    found = (
        select(candidates.c.listed_on)
        .join_from(candidates, units, units.c.id == candidates.c.unit_id)
        .where(candidates.c.listed_on >= since, candidates.c.state.in_(["open", "closed"]), within(unit.path))
    )
    return list(connection.execute(found).scalars())


def _asked(connection: Connection, unit: Unit) -> Mapping[str, tuple[int | None, int | None]]:
    found = select(targets).where(targets.c.unit_id == unit.id)
    return {_period(row.year, row.quarter).code: (row.admissions, row.sources) for row in connection.execute(found)}


def _period(year: int, quarter: int) -> Period:
    return Period("quarter", year, quarter) if quarter else Period("year", year)


def _absent(connection: Connection, unit: Unit, today: date) -> tuple[Concerning, ...]:
    return tuple(
        Concerning(one.person, one.last_on, {"name": one.name, "times": one.in_a_row})
        for one in attendance.absent_twice(connection, unit.id, today)
    )


def _exemptions(connection: Connection, unit: Unit, today: date) -> tuple[Concerning, ...]:
    found = membership.exemptions_ending(connection, unit.id, today, EXEMPTIONS_WITHIN)
    return tuple(Concerning(one.id, one.until, {"name": one.name}) for one in found if one.until)


def _classes(connection: Connection, unit: Unit, today: date) -> tuple[Concerning, ...]:
    """Classes that begin within a few days; whoever helps one of those who are sent there is told."""
    found = []
    for ahead in range(CLASSES_WITHIN + 1):
        day = today + timedelta(days=ahead)
        for one, sent in classes.classes_on(connection, unit.id, day):
            if one.starts_on == day:
                values = {"kind": one.kind, "time": one.time or "", "place": one.place or "", "count": len(sent)}
                found.append(Concerning(one.id, day, values, tuple(_who_help(connection, sent))))
    return tuple(found)


def _who_help(connection: Connection, cases: list[int]) -> list[int]:
    found = (
        select(assignments.c.person_id)
        .distinct()
        .where(assignments.c.candidate_id.in_(cases), assignments.c.until.is_(None))
    )
    return sorted(connection.execute(found).scalars())
