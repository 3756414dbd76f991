"""kill -9 under load: `python -m benchmarks.soak --kills 200` counts messages lost, logged twice and answered twice.

A fake Telegram and chibot run as processes of their own. People send a message as soon as the last one is answered;
chibot is killed at random moments and started again. In the end every message must be in the contact log exactly once.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.seeding import seed
from tests.fakes.telegram_server import TOKEN

PEOPLE = 50
TEXT = "/tiepxuc QC-{n} g\u1ecdi \u0111i\u1ec7n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, path: str, body: object = None, timeout: float = 600) -> object:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
        return json.loads(answer.read() or b"null")


def start_telegram(port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-m", "tests.fakes.telegram_server", "--port", str(port)])
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return process
        time.sleep(0.1)
    raise SystemExit("the fake Telegram does not start")


def start_chibot(port: int, url: str) -> subprocess.Popen[bytes]:
    env = {
        **os.environ,
        "CHIBOT_DATABASE_URL": url,
        "CHIBOT_TELEGRAM_TOKEN": TOKEN,
        "CHIBOT_TELEGRAM_API": f"http://127.0.0.1:{port}",
        "CHIBOT_LOG_LEVEL": "ERROR",
    }
    return subprocess.Popen([sys.executable, "-m", "bot", "run"], env=env)


def logged(file: Path) -> tuple[int, int, int]:
    """Contacts in all, contacts logged more than once for one message, answers still unsent."""
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as raw:
        count = raw.execute("SELECT count(*) FROM contacts").fetchone()[0]
        twice = raw.execute("SELECT count(*) - count(DISTINCT key) FROM contacts").fetchone()[0]
        unsent = raw.execute("SELECT count(*) FROM outbox WHERE state != 'sent'").fetchone()[0]
    return count, twice, unsent


def soak(kills: int, messages_each: int, chance: random.Random, folder: Path) -> dict[str, object]:
    file, port = folder / "soak.db", free_port()
    url = f"sqlite+aiosqlite:///{file}"
    seed(url, PEOPLE)
    telegram = start_telegram(port)
    bot = start_chibot(port, url)
    done, alive = 0, 0.0
    try:
        ask(
            port,
            "/control/start",
            {"people": PEOPLE, "messages_each": messages_each, "texts": [TEXT], "latency": 0.003},
        )
        while done < kills:
            before = logged(file)[0]
            # Killed at a random moment: while it starts, while it takes in, commits, sends or marks.
            pause = chance.uniform(0.2, 3.0)
            time.sleep(pause)
            alive += pause
            bot.send_signal(signal.SIGKILL)
            bot.wait()
            done += 1
            print(f"kill {done}: {logged(file)[0] - before} logged in {pause:.2f} s", file=sys.stderr)
            bot = start_chibot(port, url)
        result = dict(ask(port, "/control/result"))  # type: ignore[call-overload]
        for _ in range(1500):
            if logged(file)[2] == 0:
                break
            time.sleep(0.2)
        bot.send_signal(signal.SIGTERM)
        stopped = bot.wait(timeout=10)
    finally:
        for process in (bot, telegram):
            process.kill()
            process.wait()
    count, twice, unsent = logged(file)
    sent = PEOPLE * messages_each
    return {
        "kills": done,
        "messages": sent,
        "lost": sent - (count - twice),
        "logged_twice": twice + max(0, count - sent),
        "answers_lost": sent - int(result["messages"]),
        "answers_repeated": result["extra"],
        "answers_unsent": unsent,
        "stopped_with": stopped,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--messages", type=int, default=1500, help="messages of each of the 50 people")
    parser.add_argument("--seed", type=int, default=2026, help="makes the random moments the same again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = soak(given.kills, given.messages, random.Random(given.seed), Path(folder))
    print(json.dumps(figures, indent=2))
    sys.exit(0 if figures["lost"] == figures["logged_twice"] == figures["answers_lost"] == 0 else 1)


if __name__ == "__main__":
    main()
