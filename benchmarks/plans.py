"""How long a plan takes at branch, commune and province, the first time on a day and after that; one line of status.

usage: python -m benchmarks.plans [--communes N]
"""

import argparse
import asyncio
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import Connection, insert

from bot.rules.book import load
from bot.rules.periods import Period
from bot.rules.road import HELD, road
from bot.sample.content import content
from storage import bulk, durations, plans, standing, units
from storage.database import connect
from storage.migrations import upgrade
from storage.tables import case_dates
from storage.tables import units as unit_table
from tests.office import ZONE

BRANCHES, CASES = 400, 4
BOOK = load()
AREAS = ("residential", "school", "agency", "enterprise", "armed_forces")
NOW = datetime(2026, 11, 20, 9, tzinfo=ZONE)
TODAY, PERIOD, ROUNDS = NOW.date(), Period("quarter", 2027, 1), 7


def fill(connection: Connection, communes: int) -> None:
    """A province: each commune with 400 branches of four cases, at every step, with the days behind them."""
    chance = Random(7)
    top = units.add(connection, NOW, None, None, {"code": "P", "name": "P", "kind": "province"})
    for number in range(communes):
        commune = units.add(connection, NOW, None, top, {"code": f"C{number}", "name": "C", "kind": "committee"})
        _branches(connection, commune, number)
    rows = connection.execute(unit_table.select().where(unit_table.c.kind == "branch")).all()
    cases = [_case(f"K{at}-{each}", row.id, chance) for at, row in enumerate(rows) for each in range(CASES)]
    ids = bulk.add_candidates(connection, [case for case, _ in cases], {})
    dates = [
        {"candidate_id": ids[case["code"]], "event": event, "on": on, "unit_id": case["unit_id"]}
        for case, days in cases
        for event, on in days.items()
    ]
    connection.execute(insert(case_dates), dates)
    bulk.begin_cases(connection, NOW)


def _branches(connection: Connection, commune: units.Unit, number: int) -> None:
    first = connection.execute(unit_table.select().order_by(unit_table.c.id.desc()).limit(1)).one().id + 1
    rows = [
        {"id": key, "code": f"B{number}-{key}", "name": f"B{key}", "kind": "branch", "parent_id": commune.id}
        | {"path": f"{commune.path}{key}/", "committee_id": commune.id, "area": AREAS[key % 5]}
        | {"meeting_day": key % 20 + 1}
        for key in range(first, first + BRANCHES)
    ]
    connection.execute(insert(unit_table), rows)


def _case(code: str, unit: int, chance: Random) -> tuple[dict[str, Any], dict[str, date]]:
    steps, pace = road("source", HELD, False, BOOK), content("pace")["stays"]
    upto = chance.randrange(len(steps))
    day, days = TODAY - timedelta(days=chance.randint(1, 60)), dict[str, date]()
    step_on = day
    for step in reversed(steps[: upto + 1]):
        days[BOOK.entries.steps[step].event] = day
        day -= timedelta(days=round(pace.get(step, 10) * chance.uniform(0.5, 1.6)))
    more = {"unit_id": unit, "state": "open", "step": steps[upto], "step_on": step_on}
    row = {"code": code, "name": "X", "sex": None, "born_on": date(1998, 4, 2), "education": "university"}
    return row | more | {"listed_on": min(days.values())}, days


def timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def measure(connection: Connection) -> None:
    for code, name in (("B0-10", "branch"), ("C0", "commune"), ("P", "province")):
        unit = units.by_code(connection, code)
        assert unit
        durations.forget(connection)
        figures = standing.figures(connection, unit, PERIOD, TODAY)
        first = timed(lambda u=unit, f=figures: plans.glance(connection, u, f, TODAY))
        line = median(timed(lambda u=unit, f=figures: plans.glance(connection, u, f, TODAY)) for _ in range(ROUNDS))
        plan = median(timed(lambda u=unit: plans.plan_for(connection, u, PERIOD, TODAY)) for _ in range(ROUNDS))
        found = plans.plan_for(connection, unit, PERIOD, TODAY)
        print(
            f"{name}: {found.open} open cases{', counted roughly' if found.rough else ''}; "
            f"paces gathered {first:.0f} ms, one line {line:.1f} ms, whole plan {plan:.0f} ms"
        )


async def run(communes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = await connect(f"sqlite+aiosqlite:///{Path(folder) / 'plans.db'}")
        await database.write(upgrade)
        await database.write(lambda connection: fill(connection, communes))
        await database.write(measure)
        await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communes", type=int, default=10)
    asyncio.run(run(parser.parse_args().communes))


if __name__ == "__main__":
    main()
