"""How long a picture takes, from nothing and once the drawing process is there, and what others wait meanwhile.

usage: python -m benchmarks.charts [--seconds N] [--people N] [--rounds N]
"""

import argparse
import asyncio
import itertools
import tempfile
import time
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles

import handlers.everything  # noqa: F401
from bot.chat import Address, Incoming
from bot.delivery import Delivery
from bot.reports import drawing
from bot.reports.drawing import Draughtsman
from bot.reports.pictures import Composition, Funnel, HeatMap, Picture, Progress
from bot.sample import OPENS_ON, fill
from handlers.dispatcher import Dispatcher
from handlers.templates import templates
from storage.database import Database, connect
from storage.migrations import upgrade
from tests.office import ZONE, Recorder

WARD, ON = "Phường Thử Nghiệm", "18/11/2026"
NOW = datetime(OPENS_ON.year, OPENS_ON.month, OPENS_ON.day, 9, tzinfo=ZONE)
MONTHS = [3, 0, 12, 7, 0, 21, 4, 9, 0, 1, 17, 0]
PICTURES: dict[str, Picture] = {
    "progress": Progress(WARD, ON, "Quý IV", 7, [(0.1, 1), (0.4, 3)], 0.5, 4, 5, 6, [(0.0, "T10"), (0.34, "T11")]),
    "funnel": Funnel(WARD, ON, [(f"Bước {number}", number) for number in range(13)]),
    "composition": Composition(WARD, ON, "năm 2026", 40, [(f"Nhóm {number}", number) for number in range(10, 0, -1)]),
    "25 branches by months": HeatMap(
        WARD, ON, "contacts", 2026, 11, [(f"Chi bộ Tổ dân phố {number}", MONTHS) for number in range(25)], 3, 25
    ),
}
ROUNDS = 5


def times() -> list[tuple[str, float, float]]:
    """Each picture in ms: with the process still to be started, and the median once it is there."""
    found = []
    for name, picture in PICTURES.items():
        draughtsman, taken = Draughtsman(), []
        for _ in range(ROUNDS + 1):
            began = time.perf_counter()
            draughtsman.drawn(picture)
            taken.append((time.perf_counter() - began) * 1000)
        draughtsman.end()
        found.append((name, taken[0], median(taken[1:])))
    return found


class Served:
    """The sample ward with its phones."""

    def __init__(self, database: Database) -> None:
        self.delivery = Delivery(database, {"phone": Recorder("phone")}, lambda: NOW)
        self.dispatcher = Dispatcher(database, templates(), lambda: NOW, self.delivery)


async def talk(office: "Served", people: int, seconds: float, pictures: bool) -> list[float]:
    """How long each of many people waits for the answer to one of their own cards, one after the other; ms."""
    waits: list[float] = []
    ids, until = itertools.count(), time.perf_counter() + seconds

    async def says(address: str, text: str) -> None:
        incoming = Incoming(Address("phone", address), f"{address}{pictures}{next(ids)}", NOW, text)
        await office.dispatcher.receive(incoming)

    async def member(number: int) -> None:
        while time.perf_counter() < until:
            began = time.perf_counter()
            await says(("hai", "ba", "bay", "tu", "may", "thu", "tam", "an")[number % 8], "/nguon")
            waits.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.02)

    async def lead() -> None:
        while pictures and time.perf_counter() < until:
            await says("phong", "/bieudo tiep xuc")
            await office.dispatcher.finish(30)

    await asyncio.gather(*(member(number) for number in range(people)), lead())
    await office.delivery.drain(10)
    return waits


async def others(people: int, seconds: float, rounds: int) -> list[tuple[float, float]]:
    """p99 without and with pictures, in turn on one office; ms."""
    with tempfile.TemporaryDirectory() as folder:
        database = await connect(f"sqlite+aiosqlite:///{Path(folder) / 'office.db'}")
        await database.write(upgrade)
        await database.write(lambda connection: fill(connection, NOW))
        office = Served(database)
        await talk(office, people, 1, False)
        found = []
        for _ in range(rounds):
            alone = await talk(office, people, seconds, False)
            along = await talk(office, people, seconds, True)
            found.append((p99(alone), p99(along)))
        await database.close()
        return found


def p99(waits: list[float]) -> float:
    return quantiles(waits, n=100)[98]


def resident() -> tuple[int, int]:
    """MB of this process and of the one that draws."""
    process = drawing._DRAUGHTSMAN._process
    return _mb("self"), _mb(str(process.pid)) if process else 0


def _mb(process: str) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    for name, cold, warm in times():
        print(f"{name}: {cold:.0f} ms with the process still to be started, {warm:.0f} ms after")
    before, ratios = _mb("self"), []
    for alone, along in asyncio.run(others(asked.people, asked.seconds, asked.rounds)):
        ratios.append(along / alone)
        print(f"p99 of others: {alone:.1f} ms without pictures, {along:.1f} ms with: {along / alone:.2f} x")
    print(f"median ratio: {median(ratios):.2f}")
    office, drawer = resident()
    print(f"resident: {before} MB at the start, {office} MB after; the process that draws {drawer} MB, gone when idle")


if __name__ == "__main__":
    main()
