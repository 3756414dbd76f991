"""How long others wait while reports are made, and how long a ward's yearly report takes; all in one run.

usage: python -m benchmarks.reports [--json]
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median, quantiles
from typing import Any, get_args

from sqlalchemy import Connection

import handlers.everything  # noqa: F401
from bot.chat import Address, Incoming, Message
from bot.delivery import Delivery
from bot.reports.paper import Ending
from bot.reports.press import printed
from bot.rules.periods import Period
from bot.sample import OPENS_ON, fill
from bot.sample.people import CHANNEL
from handlers.dispatcher import Dispatcher
from handlers.papers import paper_of
from handlers.templates import templates
from storage import units
from storage.database import Database, connect
from storage.migrations import upgrade
from tests.office import ZONE

NOW = datetime(OPENS_ON.year, OPENS_ON.month, OPENS_ON.day, 9, 0, tzinfo=ZONE)
BRANCHES = 60
# What people do meanwhile: look at their list, log a contact, ask.
TALK = ("/nguon", "/tiepxuc QC-0001 gặp", "bao nhiêu tuổi thì được vào Đảng", "/hoso QC-0001")
PAUSE, EACH, ROUNDS = 0.02, 300, 4
OFFICE, MEMBER = "phong", "hai"


class Phone:
    """Takes every message at once, and wakes whoever waits for a file."""

    name, has_buttons, has_files, has_pictures, text_limit, a_second = CHANNEL, True, True, True, 4096, 30

    def __init__(self) -> None:
        self.files: asyncio.Queue[int] = asyncio.Queue()

    async def send(self, address: str, message: Message) -> str:
        if message.file is not None:
            self.files.put_nowait(len(message.file.content))
        return "1"

    async def menu(self, address: str, commands: object) -> None:
        return None


def grown(connection: Connection) -> int:
    """The sample ward with so many branches that it is a large one; gives its number."""
    fill(connection, NOW)
    ward = units.by_code(connection, "PTN")
    assert ward is not None
    for number in range(len(units.below(connection, ward)), BRANCHES):
        values = {"code": f"N{number}", "name": f"Chi bộ số {number}", "kind": "branch", "members": 12}
        units.add(connection, NOW, None, ward, values)
    return ward.id


async def asks(dispatcher: Dispatcher, who: str, text: str, number: int) -> float:
    began = time.perf_counter()
    await dispatcher.receive(Incoming(Address(CHANNEL, who), f"{who}{number}", NOW, text))
    return time.perf_counter() - began


async def talks(dispatcher: Dispatcher, first: int) -> list[float]:
    """One who talks steadily; how long each answer took."""
    waits = []
    for turn in range(EACH):
        waits.append(await asks(dispatcher, MEMBER, TALK[turn % len(TALK)], first + turn))
        await asyncio.sleep(PAUSE)
    return waits


async def reporting(dispatcher: Dispatcher, phone: Phone, ward: int, number: int) -> dict[str, list[float]]:
    """The office asks for the yearly report without pause, in every form, until it is stopped."""
    took: dict[str, list[float]] = {"docx": [], "xlsx": [], "png": []}
    try:
        while True:
            for ending, waits in took.items():
                number += 1
                began = time.perf_counter()
                await asks(dispatcher, OFFICE, f"/tepbaocao 2026 u{ward} {ending}", number)
                await phone.files.get()
                waits.append(time.perf_counter() - began)
    except asyncio.CancelledError:
        return took


async def run(folder: Path) -> dict[str, Any]:
    database: Database = await connect(f"sqlite+aiosqlite:///{folder / 'ward.db'}")
    await database.write(upgrade)
    ward = await database.write(grown)
    phone = Phone()
    clock: Callable[[], datetime] = lambda: NOW  # noqa: E731
    delivery = Delivery(database, {CHANNEL: phone}, clock)  # type: ignore[dict-item]
    dispatcher = Dispatcher(database, templates(), clock, delivery)
    try:
        await talks(dispatcher, 0)
        alone: list[float] = []
        beside: list[float] = []
        took: dict[str, list[float]] = {"docx": [], "xlsx": [], "png": []}
        # In turns: whatever else the machine does strikes both alike.
        for turn in range(1, ROUNDS + 1):
            alone += await talks(dispatcher, turn * 10_000)
            office = asyncio.create_task(reporting(dispatcher, phone, ward, turn * 10_000))
            await asyncio.sleep(0.5)
            beside += await talks(dispatcher, turn * 10_000 + 5_000)
            office.cancel()
            for ending, waits in (await office).items():
                took[ending] += waits
            await dispatcher.finish(10)
            await asyncio.sleep(0.2)
            phone.files = asyncio.Queue()
    finally:
        await dispatcher.finish(10)
        await delivery.drain(5)
        await database.close()
    return {
        "alone": in_ms(alone),
        "beside": in_ms(beside),
        "ratio_p99": round(quantiles(beside, n=100)[98] / quantiles(alone, n=100)[98], 2),
        "seconds": {ending: {"median": round(median(w), 2), "most": round(max(w), 2)} for ending, w in took.items()},
        "reports": sum(map(len, took.values())),
        # Whatever else the machine had to do.
        "processor_seconds": await processor_seconds(folder, ward),
    }


async def processor_seconds(folder: Path, ward: int) -> dict[str, float]:
    """What one file of each form takes of the processor in its own process."""
    database = await connect(f"sqlite+aiosqlite:///{folder / 'ward.db'}")
    period = Period("year", OPENS_ON.year)
    paper = await database.read(lambda c: paper_of(c, units.by_id(c, ward), period, OPENS_ON))
    await database.close()
    spent: dict[str, float] = {}
    for ending in get_args(Ending):
        before = getrusage(RUSAGE_CHILDREN)
        printed(paper, ending)
        after = getrusage(RUSAGE_CHILDREN)
        spent[ending] = round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2)
    return spent


def in_ms(waits: list[float]) -> dict[str, float]:
    return {"median": round(median(waits) * 1000, 1), "p99": round(quantiles(waits, n=100)[98] * 1000, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(run(Path(folder)))
    print(json.dumps(found, ensure_ascii=False) if options.json else json.dumps(found, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
