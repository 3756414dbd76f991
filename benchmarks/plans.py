"""How long a plan takes at branch, commune and province, the first time on a day and after that; one line of status.

usage: python -m benchmarks.plans [--communes N]
"""

import argparse
import asyncio
import gc
import itertools
import tempfile
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

from sqlalchemy import Connection, insert

import handlers.everything  # noqa: F401
from bot.chat import Address, Incoming
from bot.delivery import Delivery
from bot.rules.book import load
from bot.rules.periods import Period
from bot.rules.road import HELD, road
from bot.sample.content import content
from handlers.commands import ROUTES
from handlers.dispatcher import Dispatcher
from handlers.templates import templates
from storage import bulk, candidates, durations, people, plan_parts, plans, standing, units
from storage.database import Database, connect
from storage.migrations import upgrade
from storage.tables import case_dates
from storage.tables import units as unit_table
from tests.office import ZONE, Recorder

BRANCHES, CASES = 400, 4
BOOK = load()
AREAS = ("residential", "school", "agency", "enterprise", "armed_forces")
NOW = datetime(2026, 11, 20, 9, tzinfo=ZONE)
TODAY, PERIOD, ROUNDS = NOW.date(), Period("quarter", 2027, 1), 7


PEOPLE = 10


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
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def measure(connection: Connection) -> None:
    """Milliseconds of the processor."""

    def keep(work: Any) -> None:
        work(connection)

    for code, name in (("B0-10", "branch"), ("C0", "commune"), ("P", "province")):
        unit = units.by_code(connection, code)
        assert unit
        durations.forget(connection)
        figures = standing.figures(connection, unit, PERIOD, TODAY)
        first = timed(lambda u=unit, f=figures: plans.glance(connection, u, f, TODAY, write=keep))
        line = median(timed(lambda u=unit, f=figures: plans.glance(connection, u, f, TODAY)) for _ in range(ROUNDS))
        plan = median(timed(lambda u=unit: plans.plan_for(connection, u, PERIOD, TODAY)) for _ in range(ROUNDS))
        below = median(timed(lambda u=unit: plan_parts.parts_of(connection, u, PERIOD, TODAY)) for _ in range(ROUNDS))
        found = plans.plan_for(connection, unit, PERIOD, TODAY)
        print(
            f"{name}: {found.open} open cases{', counted roughly' if found.rough else ''}; gathered {first:.0f} ms, "
            f"one line {line:.1f} ms, whole plan {plan:.0f} ms, by the units below {below:.0f} ms"
        )


async def others(database: Database, people: int, seconds: float, rounds: int) -> None:
    """What many wait for the answer to their own message while one lead asks for plan after plan, and without one."""
    delivery = Delivery(database, {"phone": Recorder("phone")}, lambda: NOW)
    dispatcher, asked = Dispatcher(database, templates(), lambda: NOW, delivery), ROUTES["kehoach"]
    ids = itertools.count()

    async def says(address: str, text: str) -> None:
        await dispatcher.receive(Incoming(Address("phone", address), f"m{next(ids)}", NOW, text))

    async def talk(lead: str | None) -> tuple[list[float], int]:
        waits: list[float] = []
        until, plans_made = time.perf_counter() + seconds, 0

        async def member(number: int) -> None:
            while time.perf_counter() < until:
                began = time.perf_counter()
                await says(f"m{number}", f"/tiepxuc K{number}-0 gọi điện")
                waits.append((time.perf_counter() - began) * 1000)
                await asyncio.sleep(0.02)

        async def leads() -> None:
            nonlocal plans_made
            while lead and time.perf_counter() < until:
                await says("lead", lead)
                plans_made += 1

        await asyncio.gather(*(member(number) for number in range(people)), leads())
        await delivery.drain(10)
        return waits, plans_made

    await talk(None)
    # As the office's process does at its start.
    gc.collect()
    gc.freeze()
    for text in ("/kehoach C0 quý sau", "/kehoach P quý sau"):
        ratios: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(rounds):
            alone = p99((await talk(None))[0])
            for beside in (True, False):
                ROUTES["kehoach"] = replace(asked, reads=beside)
                waits, made = await talk(text)
                ratios[beside].append(p99(waits) / alone)
                where = "beside" if beside else "in the writer"
                print(f"{text} {where}: p99 of others {p99(waits):.1f} ms ({alone:.1f} without), {made} plans")
        ROUTES["kehoach"] = asked
        print(f"{text}: x {median(ratios[True]):.2f} beside, x {median(ratios[False]):.2f} in the writer", flush=True)


def p99(waits: list[float]) -> float:
    return quantiles(waits, n=100)[98]


def join(connection: Connection, members: int) -> None:
    """A lead of the province, and members who each help one candidate."""
    top = units.by_code(connection, "P")
    assert top
    lead = people.add(connection, "Lead")
    people.give_role(connection, lead, top.id, "office", TODAY)
    people.link(connection, Address("phone", "lead"), lead, NOW)
    for number in range(members):
        case = candidates.by_code(connection, f"K{number}-0")
        assert case
        member = people.add(connection, f"Member {number}")
        people.give_role(connection, member, case.unit_id, "secretary", TODAY)
        people.link(connection, Address("phone", f"m{number}"), member, NOW)


async def run(communes: int, seconds: float, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = await connect(f"sqlite+aiosqlite:///{Path(folder) / 'plans.db'}")
        await database.write(upgrade)
        await database.write(lambda connection: fill(connection, communes))
        await database.write(measure)
        await database.write(lambda connection: join(connection, PEOPLE))
        await others(database, PEOPLE, seconds, rounds)
        await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communes", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    asyncio.run(run(given.communes, given.seconds, given.rounds))


if __name__ == "__main__":
    main()
