"""The lead's commands on a whole province, beside the best SQL written by hand: `python -m benchmarks.desk`.

125 communes, 50,000 branches, 200,000 candidates, 2,000,000 contacts (`chibot sample --province` makes the same; here
it is made in a file of its own unless --file names one). Every command is answered by its real handler (reading,
deciding, rendering; not sending) for a branch, a commune and the province, in turn with SQL that reads the same
numbers from the same file, once from the tables of cases and once from the summaries where these hold them. Then the
writes, with and without their summaries.
"""

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import handlers.everything  # noqa: F401
from bot.chat import Address, Incoming
from bot.sample import province
from handlers.commands import Context, find
from handlers.templates import templates
from storage import candidates, contacts, forms, people, tallies
from storage.database import Database, connect
from storage.migrations import upgrade

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
# The path of each place, and who asks.
PLACES = {"branch": ("1/2/127/", "chibo"), "commune": ("1/2/", "xa"), "province": ("1/", "tinh")}
# Everything at or below the place: the two bounds of its paths.
BELOW = "unit_id IN (SELECT id FROM units WHERE path >= :low AND path < :high)"

STATUS_FROM_CASES = (
    f"SELECT step, count(*) FROM candidates WHERE state = 'open' AND {BELOW} GROUP BY step",
    f"""SELECT count(*) FILTER (WHERE "on" >= '2026-10-01'), count(*) FILTER (WHERE "on" < '2026-10-01' AND "on" >= '2026-07-01'),
        count(*) FROM case_dates WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31' AND {BELOW}""",
    f"""SELECT count(*) FILTER (WHERE listed_on >= '2026-10-01'), count(*) FILTER (WHERE listed_on < '2026-10-01')
        FROM candidates WHERE listed_on BETWEEN '2026-07-01' AND '2026-12-31' AND state IN ('open', 'closed') AND {BELOW}""",
    f"""SELECT dues.rule = 'contact_gap', count(*) FROM dues WHERE closed_at IS NULL AND due_on < '2026-11-18'
        AND kind IN ('deadline', 'validity', 'local')
        AND candidate_id IN (SELECT id FROM candidates WHERE {BELOW}) GROUP BY 1""",
    f"""SELECT count(*) FILTER (WHERE "on" >= '2026-11-01'), count(*) FROM contacts WHERE state = 'kept'
        AND how <> 'not_reached' AND "on" BETWEEN '2026-10-01' AND '2026-11-30'
        AND candidate_id IN (SELECT id FROM candidates WHERE {BELOW})""",
    """SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high
        AND id NOT IN (SELECT unit_id FROM case_dates WHERE event = 'admission_decided'
        AND "on" BETWEEN '2026-01-01' AND '2026-12-31')""",
    "SELECT sum(admissions), sum(sources) FROM targets WHERE year = 2026 AND unit_id = :unit",
)
STATUS_FROM_SUMMARIES = (
    """SELECT what, sum(CASE WHEN slot >= 202610 THEN count END), sum(CASE WHEN slot < 202610 AND slot >= 202607 THEN count END),
        sum(CASE WHEN slot BETWEEN 202601 AND 202612 THEN count END)
        FROM tallies WHERE unit_id = :unit AND slot BETWEEN 202601 AND 202612 GROUP BY what""",
    "SELECT what, count FROM tallies WHERE unit_id = :unit AND slot IN (0, 2026)",
    "SELECT what, sum(count) FROM tallies WHERE unit_id = :unit AND slot BETWEEN 19000101 AND 20261117 GROUP BY what",
    "SELECT sum(admissions), sum(sources) FROM targets WHERE year = 2026 AND unit_id = :unit",
)
LATE = (
    f"""SELECT count(*) FROM dues WHERE closed_at IS NULL AND due_on < '2026-11-18' AND rule <> 'contact_gap'
        AND kind IN ('deadline', 'validity', 'local') AND candidate_id IN (SELECT id FROM candidates WHERE {BELOW})""",
    f"""SELECT candidates.code, candidates.name, units.name, dues.due_on, dues.rule FROM dues
        JOIN candidates ON candidates.id = dues.candidate_id JOIN units ON units.id = candidates.unit_id
        WHERE dues.closed_at IS NULL AND dues.due_on < '2026-11-18' AND dues.rule <> 'contact_gap'
        AND dues.kind IN ('deadline', 'validity', 'local') AND candidates.{BELOW}
        ORDER BY dues.due_on LIMIT 4""",
)
BY_UNIT = (
    f"""SELECT parent.id, parent.name, count(*) FROM dues JOIN candidates ON candidates.id = dues.candidate_id
        JOIN units ON units.id = candidates.unit_id JOIN units parent ON parent.id = units.parent_id
        WHERE dues.closed_at IS NULL AND dues.due_on < '2026-11-18' AND dues.rule <> 'contact_gap'
        AND dues.kind IN ('deadline', 'validity', 'local') AND candidates.{BELOW} GROUP BY 1 ORDER BY 3 DESC LIMIT 5""",
)
TARGETS = (
    f"""SELECT strftime('%m', "on"), count(*) FROM case_dates WHERE event = 'admission_decided'
        AND "on" BETWEEN '2025-01-01' AND '2026-12-31' AND {BELOW} GROUP BY 1""",
    f"SELECT count(*) FROM candidates WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31' AND {BELOW}",
    STATUS_FROM_CASES[5],
    """SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high
        AND id NOT IN (SELECT unit_id FROM candidates WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31'
        AND state IN ('open', 'closed'))""",
    "SELECT sum(members) FROM units WHERE kind = 'branch' AND path >= :low AND path < :high",
    "SELECT kind, sum(count) FROM exits WHERE unit_id IN (SELECT id FROM units WHERE path >= :low AND path < :high) GROUP BY 1",
    "SELECT * FROM targets WHERE year = 2026 AND unit_id = :unit",
)
LEAGUE = (
    """SELECT units.id, units.name, targets.admissions, targets.sources FROM units
        LEFT JOIN targets ON targets.unit_id = units.id AND targets.year = 2026 WHERE units.parent_id = :unit""",
    """SELECT substr(units.path, 1, length(:low) + instr(substr(units.path, length(:low) + 1), '/')), count(*) FROM case_dates
        JOIN units ON units.id = case_dates.unit_id WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31'
        AND units.path >= :low AND units.path < :high GROUP BY 1""",
    """SELECT substr(units.path, 1, length(:low) + instr(substr(units.path, length(:low) + 1), '/')), count(*) FROM candidates
        JOIN units ON units.id = candidates.unit_id WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31'
        AND units.path >= :low AND units.path < :high GROUP BY 1""",
    """SELECT substr(units.path, 1, length(:low) + instr(substr(units.path, length(:low) + 1), '/')), count(*) FROM dues
        JOIN candidates ON candidates.id = dues.candidate_id JOIN units ON units.id = candidates.unit_id
        WHERE closed_at IS NULL AND due_on < '2026-11-18' AND dues.kind IN ('deadline', 'validity', 'local')
        AND units.path >= :low AND units.path < :high GROUP BY 1""",
)
COMPOSITION = (
    f"""SELECT education, sex, born_year, introduced_by, units.area, count(*) FROM case_dates
        JOIN candidates ON candidates.id = candidate_id JOIN units ON units.id = case_dates.unit_id
        WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31' AND case_dates.{BELOW}
        GROUP BY 1, 2, 3, 4, 5""",
    f"""SELECT label, count(*) FROM case_dates JOIN candidate_groups USING (candidate_id)
        WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31' AND {BELOW} GROUP BY 1""",
)
SOURCES = (
    f"""SELECT education, sex, born_year, introduced_by, units.area, count(*) FROM candidates
        JOIN units ON units.id = unit_id WHERE state = 'open' AND step NOT IN ('ceremony', 'probation') AND {BELOW}
        GROUP BY 1, 2, 3, 4, 5""",
    f"""SELECT label, count(*) FROM candidates JOIN candidate_groups ON candidate_id = candidates.id
        WHERE state = 'open' AND step NOT IN ('ceremony', 'probation') AND {BELOW} GROUP BY 1""",
)
NEEDY = (
    """SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high AND id NOT IN
        (SELECT unit_id FROM case_dates WHERE event = 'admission_decided' AND "on" BETWEEN '2025-01-01' AND '2026-12-31')""",
    """SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high AND id NOT IN
        (SELECT unit_id FROM candidates WHERE state = 'open' AND step NOT IN ('ceremony', 'probation'))""",
    """SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high AND id IN
        (SELECT unit_id FROM candidates WHERE state = 'open' AND listed_on < '2025-11-01') AND id NOT IN
        (SELECT unit_id FROM case_dates WHERE event = 'branch_resolution' AND "on" >= '2025-11-01')""",
    f"""SELECT label, count(*) FROM candidate_groups JOIN candidates ON candidates.id = candidate_id
        WHERE label IN ('hamlet_head', 'front_head', 'youth_head', 'association_head') AND state = 'open' AND {BELOW} GROUP BY 1""",
)
COMMANDS: dict[str, tuple[str, Sequence[str]]] = {
    "/tinhhinh": ("", STATUS_FROM_CASES),
    "/quahan": ("", LATE),
    "/chitieu": ("2026", TARGETS),
    "/xephang": ("2026", LEAGUE),
    "/cangiup": ("", NEEDY),
    "/coccau": ("2026", COMPOSITION),
    "/coccau nguon": ("", SOURCES),
}


def answered(connection: Connection, who: str, text: str, number: int) -> int:
    """One command, from who asks to the finished message; how long that is."""
    incoming = Incoming(Address(province.CHANNEL, who), f"b{number}", NOW, text)
    person = people.at(connection, incoming.address)
    context = Context(connection, incoming, NOW, person, forms.of(connection, f"p{person.id if person else 0}"))
    route, words = find(text) or (None, "")
    reply = route.handler(context, words) if route else None
    return len(templates().message(reply, NOW.date()).text) if reply else 0


def by_hand(raw: sqlite3.Connection, statements: Sequence[str], path: str) -> None:
    """The same numbers by SQL alone."""
    unit = int(path.rstrip("/").split("/")[-1])
    for statement in statements:
        raw.execute(statement, {"low": path, "high": path[:-1] + "0", "unit": unit}).fetchall()


async def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    found = work()
    if asyncio.iscoroutine(found):
        await found
    return (time.perf_counter() - began) * 1000


async def commands(database: Database, file: Path, rounds: int) -> None:
    print(f"{'command':16}{'place':10}{'handler ms':>12}{'by hand ms':>12}{'ratio':>8}")
    with closing(sqlite3.connect(file)) as raw:
        for name, (words, statements) in COMMANDS.items():
            for place, (path, who) in PLACES.items():
                text = f"{name} #{path.rstrip('/').split('/')[-1]} {words}".strip()
                mine, hand = [], []
                by = BY_UNIT if name == "/quahan" and place == "province" else statements
                if name == "/xephang" and place == "branch":
                    continue
                for number in range(rounds + 1):
                    mine.append(await timed(lambda n=number: database.read(lambda c: answered(c, who, text, n))))
                    hand.append(await timed(lambda: by_hand(raw, by, path)))
                report(f"{name:16}{place:10}", mine[1:], hand[1:])
        for place, (path, who) in PLACES.items():
            text = f"/tinhhinh #{path.rstrip('/').split('/')[-1]}"
            mine, hand = [], []
            for number in range(rounds + 1):
                mine.append(await timed(lambda n=number: database.read(lambda c: answered(c, who, text, n))))
                hand.append(await timed(lambda: by_hand(raw, STATUS_FROM_SUMMARIES, path)))
            report(f"{'  on summaries':16}{place:10}", mine[1:], hand[1:])


def report(name: str, mine: Sequence[float], hand: Sequence[float]) -> None:
    ratio = statistics.median(a / b for a, b in zip(mine, hand, strict=True))
    print(f"{name}{statistics.median(mine):12.2f}{statistics.median(hand):12.2f}{ratio:8.2f}", flush=True)


def log_one(connection: Connection, number: int) -> None:
    case = candidates.by_number(connection, number % 1600 + 1)
    contacts.log(connection, NOW, 3, case, f"bench:{number}", {"how": "met", "on": NOW.date()})


def move_one(connection: Connection, number: int) -> None:
    case = candidates.by_number(connection, number % 1600 + 1)
    values = {"unit_id": case.unit_id + (1 if number % 2 else -1)}
    candidates.change(connection, NOW, None, case, "candidate.move", values)


def list_one(connection: Connection, number: int) -> None:
    row = {"name": "Võ Văn Sơn", "unit_id": 127 + number % 300, "state": "open", "step": "source"}
    candidates.add(connection, NOW, None, row | {"step_on": NOW.date(), "listed_on": NOW.date()}, [])


async def writes(database: Database, each: int, rounds: int) -> None:
    """With the summaries and with nothing in their place, in turn, many in one transaction."""
    kept = {name: getattr(tallies, name) for name in ("add", "shares", "rehang")}
    none: dict[str, Callable[..., object]] = {
        "add": lambda *_: None,
        "shares": lambda *_: {},
        "rehang": lambda *_: None,
    }
    print(f"{'write':16}{'':10}{'with ms':>12}{'without ms':>12}{'ratio':>8}")
    number = 0
    works: dict[str, Callable[[Connection, int], None]] = {
        "contact logged": log_one,
        "candidate listed": list_one,
        "case moved": move_one,
    }
    for name, work in works.items():
        found: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(rounds):
            for counting in (True, False):
                for attribute, value in (kept if counting else none).items():
                    setattr(tallies, attribute, value)
                numbers = range(number, number + each)
                number += each
                many = partial(_all, numbers=numbers, work=work)
                found[counting].append(await timed(lambda many=many: database.write(many)) / each)  # type: ignore[misc]
        report(f"{name:26}", found[True], found[False])


def _all(connection: Connection, numbers: Sequence[int], work: Callable[[Connection, int], None]) -> None:
    for number in numbers:
        work(connection, number)


async def run(file: Path, rounds: int, *, write: bool) -> None:
    database = await connect(f"sqlite+aiosqlite:///{file}")
    try:
        began = time.perf_counter()
        if not await database.write(_made):
            print(f"the province was made in {time.perf_counter() - began:.0f} s")
        await commands(database, file, rounds)
        if write:
            await writes(database, 200, rounds)
    finally:
        await database.close()


def _made(connection: Connection) -> bool:
    upgrade(connection)
    there = people.at(connection, Address(province.CHANNEL, "tinh")) is not None
    if not there:
        province.fill(connection, NOW)
    return there


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, help="a file to keep the province in, or that holds it already")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--write", action="store_true", help="measure writes as well; they stay in the file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(given.file or Path(folder) / "province.db", given.rounds, write=given.write))


if __name__ == "__main__":
    main()
