"""The lead's commands on a whole province, beside the best SQL written by hand: `python -m benchmarks.desk`.

125 communes, 50,000 branches, 200,000 candidates, 2,000,000 contacts (`chibot sample --province` makes the same; here
it is made in a file of its own unless --file names one). Every command is answered by its real handler (reading,
deciding, rendering; not sending) for a branch, a commune and the province, in turn with SQL that reads the same
numbers from the same file, once from the tables of cases and once from the summaries where these hold them. Then the
writes, with and without their summaries.
"""

import argparse
import asyncio
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import handlers.everything  # noqa: F401  (registers every command)
from bot.chat import Address, Incoming
from bot.rules.periods import containing
from bot.sample import province
from handlers.commands import Context, find
from handlers.templates import templates
from storage import candidates, contacts, forms, people, standing, tallies, units
from storage.database import Database, connect
from storage.migrations import upgrade

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
# The path of each place, and who asks.
PLACES = {"branch": ("1/2/127/", "chibo"), "commune": ("1/2/", "xa"), "province": ("1/", "tinh")}
# What each command is asked besides the unit.
WORDS = {
    "tinhhinh": "",
    "quahan": "",
    "chitieu": "2026",
    "xephang": "2026",
    "noicangiup": "",
    "coccau": "2026",
    "coccau nguon": "",
    "vitri": "",
}
PLACE = "IN (SELECT id FROM units WHERE path >= :low AND path < :high)"


def statements() -> dict[str, list[str]]:
    """The SQL by hand, by the name of what it stands for."""
    text = (Path(__file__).parent / "desk.sql").read_text(encoding="utf-8").replace("{place}", PLACE)
    parts = re.split(r"^-- name: (.+)$", text, flags=re.MULTILINE)[1:]
    found = dict(zip(parts[::2], parts[1::2], strict=True))
    return {name: [one.strip() for one in body.split(";") if one.strip()] for name, body in found.items()}


def answered(connection: Connection, who: str, text: str, number: int) -> int:
    """One command, from who asks to the finished message; how long that is."""
    incoming = Incoming(Address(province.CHANNEL, who), f"b{number}", NOW, text)
    person = people.at(connection, incoming.address)
    context = Context(connection, incoming, NOW, person, forms.of(connection, f"p{person.id if person else 0}"))
    route, words = find(text) or (None, "")
    reply = route.handler(context, words) if route else None
    return len(templates().message(reply, NOW.date()).text) if reply else 0


Work = Callable[[Connection], object]


WRITES: dict[str, Callable[[Connection, int], None]] = {}


def by_hand(raw: sqlite3.Connection, statements: Sequence[str], path: str) -> None:
    """The same numbers by SQL alone."""
    unit = int(path.rstrip("/").split("/")[-1])
    for statement in statements:
        raw.execute(statement, {"low": path, "high": path[:-1] + "0", "unit": unit}).fetchall()


@dataclass(slots=True)
class Times:
    """Milliseconds of one side, by the clock and of the processor."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @contextmanager
    def taken(self, parts: int = 1) -> Iterator[None]:
        began, busy = time.perf_counter(), time.process_time()
        yield
        self.clock.append((time.perf_counter() - began) * 1000 / parts)
        self.processor.append((time.process_time() - busy) * 1000 / parts)


async def side_by_side(
    database: Database, raw: sqlite3.Connection, work: Work, statements: Sequence[str], path: str, rounds: int
) -> tuple[Times, Times]:
    """One and the other in turn; the first round only warms up."""
    mine, hand = Times(), Times()
    for _ in range(rounds + 1):
        with mine.taken():
            await database.read(work)
        with hand.taken():
            by_hand(raw, statements, path)
    return mine, hand


def report(name: str, mine: Times, hand: Times) -> None:
    skip = 1 if len(mine.clock) > 1 else 0
    ratio = statistics.median(a / b for a, b in zip(mine.processor[skip:], hand.processor[skip:], strict=True))
    numbers = (mine.clock, mine.processor, hand.clock, hand.processor)
    print(name + "".join(f"{statistics.median(some[skip:]):12.2f}" for some in numbers) + f"{ratio:8.2f}", flush=True)


async def commands(database: Database, file: Path, rounds: int) -> None:
    print(f"{'command':18}{'place':10}{'clock ms':>12}{'cpu ms':>12}{'hand clock':>12}{'hand cpu':>12}{'ratio':>8}")
    with closing(sqlite3.connect(file)) as raw:
        hand = statements()
        for name, words in WORDS.items():
            for place, (path, who) in PLACES.items():
                if name == "xephang" and place == "branch":
                    continue
                by = hand["quahan by commune" if name == "quahan" and place == "province" else name]
                text = f"/{name} #{number_of(path)} {words}".strip()
                work = partial(answered, who=who, text=text, number=1)
                report(f"/{name:17}{place:10}", *await side_by_side(database, raw, work, by, path, rounds))
        for place, (path, _) in PLACES.items():
            work = partial(figures_of, number=number_of(path))
            sides = await side_by_side(database, raw, work, hand["figures"], path, rounds)
            report(f"{'figures alone':18}{place:10}", *sides)


def number_of(path: str) -> int:
    return int(path.rstrip("/").split("/")[-1])


def figures_of(connection: Connection, number: int) -> object:
    """What /tinhhinh reads, without finding out who asks, deciding, and putting it into words."""
    unit = units.by_id(connection, number)
    return standing.figures(connection, unit, containing("quarter", NOW.date()), NOW.date())


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


WRITES |= {"contact logged": log_one, "candidate listed": list_one, "case moved": move_one}


async def writes(database: Database, each: int, rounds: int) -> None:
    """With the summaries and with nothing in their place, in turn, many in one transaction."""
    kept = {name: getattr(tallies, name) for name in ("spread", "shares", "rehang")}
    none: dict[str, Callable[..., object]] = {
        "spread": lambda *_: None,
        "shares": lambda *_: {},
        "rehang": lambda *_: None,
    }
    number = 0
    for name, work in WRITES.items():
        found = {True: Times(), False: Times()}
        for _ in range(rounds):
            for counting in (True, False):
                for attribute, value in (kept if counting else none).items():
                    setattr(tallies, attribute, value)
                many = partial(_all, numbers=range(number, number + each), work=work)
                number += each
                with found[counting].taken(each):
                    await database.write(many)
        report(f"{name:28}", found[True], found[False])


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
