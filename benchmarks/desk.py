"""The lead's commands on a whole province, beside the best SQL written by hand: `python -m benchmarks.desk`.

125 communes, 50,000 branches, 200,000 candidates, 2,000,000 contacts (`chibot sample --province` makes the same; here
it is made in a file of its own unless --file names one). For a branch, a commune and the province, three things take
turns: the whole answer of a command by its real handler (who asks, may they, reading, deciding, words and buttons; not
sending), what that handler reads, and SQL written by hand for the same numbers. All go through the same door to the
same file. Then the writes, with and without their summaries.
"""

import argparse
import asyncio
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, select

import handlers.everything  # noqa: F401  (registers every command)
from benchmarks.desk_numbers import ASKED, NOW, PLACES, WHERE, read_by, text_of
from bot.chat import Address, Incoming, Refusal
from bot.rules.periods import containing
from bot.sample import province, province_life
from handlers.commands import Context, find
from handlers.templates import templates
from storage import candidates, contacts, forms, people, standing, tallies, tallying, units
from storage.database import Database, connect, in_process
from storage.migrations import upgrade
from storage.sight import after
from storage.tables import candidates as cases
from storage.tables import help_visits, roles

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
    try:
        reply = route.handler(context, words) if route else None
    except Refusal as refusal:
        reply = refusal.reply
    return len(templates().message(reply, NOW.date()).text) if reply else 0


Work = Callable[[Connection], object]


WRITES: dict[str, Callable[[Connection, int], None]] = {}


def by_hand(connection: Connection, statements: Sequence[str], path: str) -> None:
    """The same numbers by SQL alone, on the driver's own connection."""
    raw = in_process(connection)
    for statement in statements if raw is not None else ():
        raw.execute(statement, {"low": path, "high": after(path), "unit": number_of(path)}).fetchall()


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


async def side_by_side(database: Database, works: Sequence[Work], rounds: int) -> list[Times]:
    """One after the other in turn, through the same door; the first round only warms up."""
    await database.write(works[0])  # The first question of a day keeps what it has gathered.
    found = [Times() for _ in works]
    for _ in range(rounds + 1):
        for times, work in zip(found, works, strict=True):
            with times.taken():
                await database.read(work)
    return found


def ratio(mine: Times, hand: Times) -> float:
    """Of processor time, round by round: others may use the machine."""
    pairs = list(zip(mine.processor, hand.processor, strict=True))[1 if len(mine.processor) > 1 else 0 :]
    return statistics.median(a / b for a, b in pairs)


def report(name: str, *sides: Times) -> None:
    """What each took, in milliseconds, and how many times as long as the last."""
    numbers = [statistics.median(times[1:] or times) for side in sides for times in (side.clock, side.processor)]
    ratios = [ratio(side, sides[-1]) for side in sides[:-1]]
    print(
        name + "".join(f"{number:10.2f}" for number in numbers) + "".join(f"{one:8.2f}" for one in ratios), flush=True
    )


async def commands(database: Database, rounds: int, only: str) -> None:
    print(f"{'command':20}{'place':10}{'answer ms, cpu':>20}{'numbers ms, cpu':>20}{'hand ms, cpu':>20}{'ratios':>16}")
    hand = statements()
    for name in ASKED:
        for place in WHERE.get(name, tuple(PLACES)):
            if only and only not in name:
                continue
            path, who = PLACES[place]
            works = [
                partial(answered, who=who, text=text_of(name, number_of(path)), number=1),
                partial(read_by, name=name, who=who, path=path),
                partial(by_hand, statements=by_hand_for(hand, name, place), path=path),
            ]
            report(f"/{name:19}{place:10}", *await side_by_side(database, works, rounds))
    if only:
        return
    for place, (path, _) in PLACES.items():
        works = [partial(figures_of, number=number_of(path)), partial(by_hand, statements=hand["figures"], path=path)]
        report(f"{'figures':20}{place:10}", *await side_by_side(database, works, rounds))


def by_hand_for(hand: dict[str, list[str]], name: str, place: str) -> list[str]:
    """A command's SQL, its own for a place where there is one."""
    return hand.get(f"{name} {place}") or hand[name]


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
        report(f"{name:24}", found[True], found[False])


def _all(connection: Connection, numbers: Sequence[int], work: Callable[[Connection, int], None]) -> None:
    for number in numbers:
        work(connection, number)


async def run(file: Path, rounds: int, only: str, *, write: bool) -> None:
    database = await connect(f"sqlite+aiosqlite:///{file}")
    try:
        began = time.perf_counter()
        if not await database.write(_made):
            print(f"the province was made in {time.perf_counter() - began:.0f} s")
        await commands(database, rounds, only)
        if write:
            await writes(database, 200, rounds)
    finally:
        await database.close()


def _made(connection: Connection) -> bool:
    upgrade(connection)
    there = people.at(connection, Address(province.CHANNEL, "tinh")) is not None
    if not there:
        province.fill(connection, NOW)
    elif connection.execute(select(help_visits.c.id).limit(1)).first() is None:
        _live(connection)
    return there


def _live(connection: Connection) -> None:
    """A file of an older version gets what its offices have done."""
    held = connection.execute(select(roles.c.unit_id, roles.c.person_id).where(roles.c.role == "secretary"))
    found = connection.execute(select(cases.c.id, cases.c.unit_id, cases.c.step, cases.c.step_on).order_by(cases.c.id))
    province_life.fill(connection, NOW, dict(map(tuple, held)), [tuple(row) for row in found])
    tallying.rebuild(connection)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, help="a file to keep the province in, or that holds it already")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", help="only commands with this in their name")
    parser.add_argument("--write", action="store_true", help="measure writes as well; they stay in the file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(given.file or Path(folder) / "province.db", given.rounds, given.only, write=given.write))


if __name__ == "__main__":
    main()
