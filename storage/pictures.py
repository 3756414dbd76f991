"""What the pictures are made of: days of admissions, months by unit, groups of people; counts only, no names."""

from datetime import date

from sqlalchemy import Connection, func, select

from bot.rules.figures import CountedBy
from bot.rules.periods import Period
from storage.sight import within
from storage.tables import candidate_groups, candidates, case_dates, tallies, units
from storage.units import Unit, below

_PLACE = func.coalesce(case_dates.c.unit_id, candidates.c.unit_id)


def admitted_on(connection: Connection, unit: Unit, period: Period, counted: CountedBy) -> list[date]:
    """The day of every admission of the period that counts for the unit and those below, in order."""
    found = (
        select(case_dates.c.on)
        .join_from(case_dates, candidates, candidates.c.id == case_dates.c.candidate_id)
        .join(units, units.c.id == _PLACE)
        .where(case_dates.c.event == counted, case_dates.c.on.between(period.first, period.last), within(unit.path))
    )
    return list(connection.execute(found.order_by(case_dates.c.on)).scalars())


def months(connection: Connection, unit: Unit, year: int, what: str) -> list[tuple[str, list[int]]]:
    """For each open unit directly below (for a unit with none, itself) a number for each month of the year.

    `what`: an event that counts as the admission, or contacts. Read from the summaries, units without anything too.
    """
    rows = below(connection, unit) or [unit]
    found = {row.id: [0] * 12 for row in rows}
    counted = select(tallies.c.unit_id, tallies.c.slot, tallies.c.count).where(
        tallies.c.unit_id.in_(list(found)),
        tallies.c.what == what,
        tallies.c.slot.between(year * 100 + 1, year * 100 + 12),
    )
    for number, slot, count in connection.execute(counted):
        found[number][slot % 100 - 1] = count
    return [(row.name, found[row.id]) for row in rows]


def groups(connection: Connection, unit: Unit, period: Period | None, counted: CountedBy) -> tuple[int, dict[str, int]]:
    """How many people, and how many of them in each group: those admitted in the period; None: today's candidates."""
    people = select(candidates.c.id).where(within(unit.path))
    if period is None:
        joined = people.join_from(candidates, units, units.c.id == candidates.c.unit_id)
        people = joined.where(candidates.c.state == "open")
    else:
        joined = people.join_from(candidates, case_dates, candidates.c.id == case_dates.c.candidate_id)
        admitted = (case_dates.c.event == counted, case_dates.c.on.between(period.first, period.last))
        people = joined.join(units, units.c.id == _PLACE).where(*admitted)
    chosen = people.subquery()
    count = connection.execute(select(func.count()).select_from(chosen)).scalar() or 0
    by_label = (
        select(candidate_groups.c.label, func.count().label("number"))
        .join_from(candidate_groups, chosen, chosen.c.id == candidate_groups.c.candidate_id)
        .group_by(candidate_groups.c.label)
    )
    return count, {row.label: row.number for row in connection.execute(by_label)}
