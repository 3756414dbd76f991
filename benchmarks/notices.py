"""Notices to many people: `python -m benchmarks.notices` sends 10,000 through a server that takes 30 a second.

The fake Telegram and chibot are processes of their own. The server counts what it sees in any second and answers
429 to whatever is over the limit. With `--faults` messages fail by chance as well: 429 with a pause, and 5xx.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from benchmarks.soak import ask, free_port
from bot.chat import Address, Message
from storage import outbox, people, units
from storage.database import connect
from storage.migrations import upgrade
from storage.outbox import New
from tests.fakes.telegram_people import FIRST_PERSON
from tests.fakes.telegram_server import TOKEN

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FAULTS = [
    {"likelihood": 0.001, "error": {"code": 429, "description": "Too Many Requests: retry after 3", "retry_after": 3}},
    {"likelihood": 0.01, "error": {"code": 500, "description": "Internal Server Error"}},
    {"likelihood": 0.005, "error": {"code": 503, "description": "Service Unavailable"}},
]


def fill(connection: Connection, count: int) -> None:
    """So many people, each with a chat and one notice owed; urgent, so that a Sunday does not hold it."""
    ward = units.add(connection, AT, None, None, {"code": "W", "name": "Ward", "kind": "committee"})
    rows = []
    for number in range(count):
        person = people.add(connection, f"Member {number + 1}")
        people.give_role(connection, person, ward.id, "inspection", AT.date())
        address = Address("telegram", str(FIRST_PERSON + number))
        people.link(connection, address, person, AT)
        rows.append(New(f"urgent:{number}", address, Message(f"Notice {number}"), AT, "urgent", person))
    outbox.add_many(connection, rows)


def seed(url: str, count: int) -> None:
    async def run() -> None:
        database = await connect(url)
        await database.write(upgrade)
        await database.write(lambda connection: fill(connection, count))
        await database.close()

    asyncio.run(run())


def start_telegram(port: int, rate: int | None, latency: float) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.fakes.telegram_server", "--port", str(port), "--latency", str(latency)]
    process = subprocess.Popen([*command, *(["--rate", str(rate)] if rate else [])])
    for _ in range(100):
        with contextlib.suppress(OSError):
            ask(port, "/control/figures")
            return process
        time.sleep(0.1)
    raise SystemExit("the fake Telegram does not start")


def start_chibot(port: int, url: str) -> "subprocess.Popen[bytes]":
    settings = {
        "CHIBOT_DATABASE_URL": url,
        "CHIBOT_TELEGRAM_TOKEN": TOKEN,
        "CHIBOT_TELEGRAM_API": f"http://127.0.0.1:{port}",
        "CHIBOT_LOG_LEVEL": "ERROR",
        "CHIBOT_QUIET_HOURS": "00:00-00:00",
    }
    return subprocess.Popen([sys.executable, "-m", "bot", "run"], env={**os.environ, **settings})


def states(file: Path) -> dict[str, int]:
    """How many notices are in each state."""
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as raw:
        return dict(raw.execute("SELECT state, count(*) FROM outbox WHERE kind <> 'answer' GROUP BY state"))


def run(count: int, rate: int, latency: float, faults: bool, folder: Path) -> dict[str, Any]:
    """One run, from the first message to the last."""
    file, port = folder / "notices.db", free_port()
    url = f"sqlite+aiosqlite:///{file}"
    seed(url, count)
    telegram = start_telegram(port, rate, latency)
    if faults:
        ask(port, "/control/chance", {"errors": FAULTS})
    bot = start_chibot(port, url)
    try:
        while states(file).get("sent", 0) + states(file).get("failed", 0) < count:
            time.sleep(1)
        figures = ask(port, "/control/figures")
        assert isinstance(figures, dict)
        bot.send_signal(signal.SIGTERM)
        bot.wait(timeout=10)
    finally:
        for process in (bot, telegram):
            process.kill()
            process.wait()
    return {"notices": count, **figures, "lost": count - figures["different"], "states": states(file)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--rate", type=int, default=30, help="messages that the server takes in any second")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that the server takes for each")
    parser.add_argument("--faults", action="store_true", help="429 and 5xx by chance")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = run(given.count, given.rate, given.latency, given.faults, Path(folder))
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
