"""How honest forecasts are: made 90 and 45 days before the end of past quarters, against what the quarter brought.

Invented communes whose pasts are known to the end: sources come, go on at paces of their commune (a wide spread around
the sample ward's, meetings and working days, a hurry before the end of the year), or leave. As of each day only what
had happened by then is in the database; the plan of each commune, each branch and the province is made, and its range
is held against the admissions that came. `python -m benchmarks.forecasts`
"""

import argparse
import asyncio
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import mean

from sqlalchemy import Connection, delete, insert

from benchmarks.plans import BOOK, ZONE
from bot.rules.figures import Figures, Flow, Target
from bot.rules.meetings import meeting_day
from bot.rules.periods import Period
from bot.rules.plan import Outlook
from bot.rules.replay import Rules
from bot.rules.road import DECIDED, HELD, MeetingDays, Meets, first_day, road
from bot.sample.content import content
from storage import bulk, durations, plans, units
from storage.database import connect
from storage.migrations import upgrade
from storage.rulebook import rules_of
from storage.tables import candidates, case_dates

SINCE = date(2021, 1, 1)
QUARTERS = [Period("quarter", year, number) for year in (2024, 2025) for number in (1, 2, 3, 4)]
AHEAD = (90, 45)
# New sources of a branch in a year; which part of those at a step leaves there; how wide stays are spread.
SOURCES, SPREAD = 2.4, 0.55
LEAVE = {"source": 0.2, "assign_helper": 0.1, "awareness_class": 0.06}
STEPS = road("source", HELD, False, BOOK)
EVENTS = {step: BOOK.entries.steps[step].event for step in STEPS}


@dataclass(frozen=True, slots=True)
class Past:
    """One case to its end: the day of each step, and the day on which it left, if it did."""

    unit: int
    days: dict[str, date]
    left: date | None


def pasts(branches: Sequence[tuple[int, int, int]], rules: Rules, chance: Random) -> list[Past]:
    """`branches`: (number, commune, day of the month on which it meets)."""
    stays = content("pace")["stays"]
    pace = {
        commune: {step: stays[step] * chance.lognormvariate(0, 0.25) for step in STEPS[:-1]}
        for commune in {commune for _, commune, _ in branches}
    }
    found = []
    for unit, commune, day in branches:
        meets = MeetingDays(lambda y, m, day=day: meeting_day(y, m, day, rules.calendar)).on_or_after  # type: ignore[misc]
        on = SINCE + timedelta(days=round(chance.expovariate(SOURCES / 365)))
        while on < date(2026, 1, 1):
            found.append(_past(unit, on, pace[commune], meets, rules, chance))
            on += timedelta(days=1 + round(chance.expovariate(SOURCES / 365)))
    return found


def _past(unit: int, on: date, pace: dict[str, float], meets: Meets, rules: Rules, chance: Random) -> Past:
    days = {STEPS[0]: on}
    for step, following in pairwise(STEPS):
        hurry = 0.85 if on.month >= 10 else 1.0
        stay = pace[step] * hurry * chance.lognormvariate(0, SPREAD)
        if chance.random() < LEAVE.get(step, 0.02):
            return Past(unit, days, on + timedelta(days=round(stay * chance.random())))
        on = first_day(following, on + timedelta(days=round(stay)), rules.book, rules.calendar, meets)
        days[following] = on
    return Past(unit, days, None)


def as_of(connection: Connection, cases: Sequence[Past], today: date) -> None:
    """Only what had happened by that day."""
    connection.execute(delete(case_dates))
    connection.execute(delete(candidates))
    durations.forget(connection)
    rows, dates = [], []
    for number, case in enumerate(cases, 1):
        days = {step: on for step, on in case.days.items() if on <= today}
        if not days:
            continue
        step, step_on = list(days.items())[-1]
        left = case.left is not None and case.left <= today
        row = {"id": number, "code": f"K{number}", "name": "X", "folded": "x", "sex": None, "born_on": date(1998, 4, 2)}
        row |= {"unit_id": case.unit, "state": "closed" if left else "open", "step": step, "step_on": step_on}
        rows.append(row | {"listed_on": case.days["source"], "education": "university", "last_contact_on": step_on})
        dates += [
            {"candidate_id": number, "event": EVENTS[s], "on": on, "unit_id": case.unit} for s, on in days.items()
        ]
    connection.execute(insert(candidates), rows)
    bulk.add_dates(connection, dates)


def planned(connection: Connection, unit: units.Unit, within: Sequence[Past], quarter: Period, today: date) -> Outlook:
    decided = [case.days["decision"] for case in within if "decision" in case.days]
    done = sum(quarter.first <= on <= today for on in decided)
    at = Counter(
        [step for step, on in case.days.items() if on <= today][-1]
        for case in within
        if case.days["source"] <= today and not (case.left and case.left <= today)
    )
    flow, target = Flow(admitted=done), Target()
    figures = Figures(unit.id, quarter, DECIDED, flow, Flow(), Flow(), target, target, at)
    return plans.plan_for(connection, unit, quarter, today, figures=figures)


Found = dict[tuple[str, int], list[tuple[Outlook, int]]]


def looked_at(connection: Connection, communes: int, branches: int, seed: int) -> Found:
    chance, places = Random(seed), list(_places(connection, communes, branches))
    rules = rules_of(connection)
    cases = pasts([(unit.id, unit.committee_id or 0, unit.meeting_day or 1) for unit in places], rules, chance)
    path = {unit.id: unit.path for unit in places}
    top = units.by_code(connection, "P")
    assert top
    others = [units.by_id(connection, number) for number in sorted({unit.committee_id or 0 for unit in places})]
    found: Found = defaultdict(list)
    for quarter in QUARTERS:
        for ahead in AHEAD:
            today = quarter.last - timedelta(days=ahead)
            as_of(connection, cases, today)
            for unit in (top, *others, *places[:: len(places) // 20]):
                within = [case for case in cases if path[case.unit].startswith(unit.path)]
                truth = sum(quarter.first <= case.days.get("decision", date.max) <= quarter.last for case in within)
                found[unit.kind, ahead].append((planned(connection, unit, within, quarter, today), truth))
    return found


def _places(connection: Connection, communes: int, branches: int) -> Iterator[units.Unit]:
    now = datetime(2021, 1, 1, 9, tzinfo=ZONE)
    top = units.add(connection, now, None, None, {"code": "P", "name": "P", "kind": "province"})
    for number in range(communes):
        commune = units.add(connection, now, None, top, {"code": f"C{number}", "name": "C", "kind": "committee"})
        for each in range(branches):
            values = {"code": f"B{number}-{each}", "name": "B", "kind": "branch", "meeting_day": each % 20 + 1}
            yield units.add(connection, now, None, commune, values)


def report(found: Found) -> None:
    names = ("days ahead", "forecasts", "within", "below", "above", "width", "came", "likely off by")
    print("unit      " + "".join(f"{name:>{len(name) + 2}}" for name in names))
    for (kind, ahead), those in sorted(found.items(), key=lambda one: (one[0][0], -one[0][1])):
        ranges = [(seen.range, truth) for seen, truth in those if seen.range]
        inside = mean(said.low <= truth <= said.high for said, truth in ranges)
        below = mean(truth < said.low for said, truth in ranges)
        above = mean(truth > said.high for said, truth in ranges)
        width = mean(said.high - said.low for said, _ in ranges)
        bias = mean(said.likely - truth for said, truth in ranges)
        came = mean(truth for _, truth in ranges)
        shares = f"{inside:>8.0%}{below:>7.0%}{above:>7.0%}"
        print(f"{kind:10}{ahead:>12}{len(ranges):>11}{shares}{width:>7.1f}{came:>6.1f}{bias:>+15.2f}")


async def run(communes: int, branches: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = await connect(f"sqlite+aiosqlite:///{Path(folder) / 'pasts.db'}")
        await database.write(upgrade)
        report(await database.write(lambda connection: looked_at(connection, communes, branches, seed)))
        await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--communes", type=int, default=6)
    parser.add_argument("--branches", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    asyncio.run(run(given.communes, given.branches, given.seed))


if __name__ == "__main__":
    main()
