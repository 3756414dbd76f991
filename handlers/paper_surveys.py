"""What the papers of quarters, half-years and years tell of the survey of sources."""

from datetime import date

from sqlalchemy import Connection

from bot.reports import surveying
from bot.reports.paper import Measure, Survey, Surveyed
from bot.rules.periods import Period, containing
from storage import admission, survey_sums, surveys
from storage.units import COMMITTEES, Unit


def quarter_of(period: Period, today: date) -> Period:
    """The quarter whose survey a paper tells of: the last one that has begun."""
    return containing("quarter", min(today, period.last) if period.first <= today else period.last)


def measures_of(connection: Connection, unit: Unit, period: Period, today: date) -> tuple[Measure, ...]:
    """How many branches and sources were surveyed, beside the paper before; none where nothing was."""
    if period.kind == "month":
        return ()
    now, before = quarter_of(period, today), quarter_of(period.previous, today)
    found = _surveyed(connection, unit, [before, now])
    own = unit.kind not in COMMITTEES
    return surveying.measures(found[1], found[0], own) if any(one.looked for one in found) else ()


def survey_of(connection: Connection, unit: Unit, period: Period, today: date) -> Survey | None:
    """The paper's quarter beside the quarter before it; None where neither was surveyed."""
    quarter = quarter_of(period, today)
    now, before = _surveyed(connection, unit, [quarter, quarter.previous])
    if not (now.looked or before.looked):
        return None
    steps = surveys.source_steps(admission.book_of(connection))
    runs = quarter == containing("quarter", today)
    return Survey(now, before, survey_sums.branches_asked(connection, unit, steps, quarter) if runs else None)


def _surveyed(connection: Connection, unit: Unit, quarters: list[Period]) -> list[Surveyed]:
    branches = survey_sums.branches_surveyed(connection, unit, quarters)
    return [
        Surveyed(found.ready, found.developing, found.unlikely, branches[quarter.code], quarter=quarter.code)
        for quarter, found in survey_sums.by_quarter(connection, unit, quarters)
    ]
