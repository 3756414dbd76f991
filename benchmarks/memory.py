"""How much memory chibot takes and how soon it answers: `python -m benchmarks.memory` starts it and looks at it.

chibot runs as a process of its own against a fake Telegram: 50 people log 1,000 contacts and ask 200 questions. What
stands in /proc is read some seconds after the start, after the contacts and after the questions; then of a start on an
empty database, where the tables are made first, and of the demo. Needs Linux.
"""

import argparse
import contextlib
import json
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.answers import IN_SCOPE, rows
from benchmarks.seeding import seed
from benchmarks.soak import TEXT, ask, free_port, start_chibot, start_telegram

PEOPLE = 50
SETTLED = 5.0
"""Seconds after the start, when everything has been loaded."""
CONTACTS_EACH, QUESTIONS, ASKERS = 20, 40, 5
"""Contacts of each person; how many different questions, and of how many people each."""


def resident(process: "subprocess.Popen[bytes]") -> float:
    """MB of the process itself; the one that is measured has no children then."""
    for line in Path(f"/proc/{process.pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit("chibot has ended")


@contextlib.contextmanager
def running(process: "subprocess.Popen[bytes]") -> Iterator["subprocess.Popen[bytes]"]:
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def talk(port: int, texts: list[str], each: int, people: int = PEOPLE) -> None:
    ask(port, "/control/start", {"people": people, "messages_each": each, "texts": texts, "latency": 0.0})
    ask(port, "/control/result")


def questions() -> list[str]:
    """Questions in words that the articles do not hold."""
    return [row["question"] for style in IN_SCOPE for row in rows(style)[: QUESTIONS // len(IN_SCOPE)]]


def office(folder: Path) -> dict[str, float]:
    """`chibot run` with a token, its database at the newest revision."""
    url, port = f"sqlite+aiosqlite:///{folder / 'memory.db'}", free_port()
    seed(url, PEOPLE)
    with running(start_telegram(port)):
        began = time.perf_counter()
        with running(start_chibot(port, url)) as bot:
            talk(port, [TEXT], 1, people=1)
            answered = time.perf_counter() - began
            talk(port, questions()[:1], 1, people=1)
            known = time.perf_counter() - began
            time.sleep(max(0.0, SETTLED - known))
            found = {"first answer s": answered, "first question s": known, "settled": resident(bot)}
            talk(port, [TEXT], CONTACTS_EACH)
            found["contacts"] = resident(bot)
            for question in questions():
                talk(port, [question], 1, people=ASKERS)
            return found | {"questions": resident(bot)}


def fresh(folder: Path) -> dict[str, float]:
    """`chibot run` with a token on a database that is not there yet."""
    port = free_port()
    with (
        running(start_telegram(port)),
        running(start_chibot(port, f"sqlite+aiosqlite:///{folder / 'fresh.db'}")) as bot,
    ):
        time.sleep(SETTLED)
        return {"settled": resident(bot)}


def demo(_: Path) -> dict[str, float]:
    """`chibot demo`, until its page is there, and settled."""
    port, began = free_port(), time.perf_counter()
    command = [sys.executable, "-m", "bot", "demo", "--no-browser", "--port", str(port)]
    with running(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)) as bot:
        while time.perf_counter() - began < 60:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                break
            time.sleep(0.02)
        there = time.perf_counter() - began
        time.sleep(SETTLED)
        return {"page there s": there, "settled": resident(bot)}


WAYS = {"run": office, "run on an empty database": fresh, "demo": demo}


def measured(rounds: int) -> dict[str, dict[str, list[float]]]:
    found: dict[str, dict[str, list[float]]] = {}
    for _ in range(rounds):
        for name, way in WAYS.items():
            with tempfile.TemporaryDirectory() as folder:
                for what, figure in way(Path(folder)).items():
                    found.setdefault(name, {}).setdefault(what, []).append(round(figure, 2))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="every figure, as one JSON document")
    given = parser.parse_args()
    found: dict[str, Any] = measured(given.rounds)
    if given.json:
        print(json.dumps(found, indent=2))
        return
    for name, figures in found.items():
        for what, values in figures.items():
            unit = "s" if what.endswith(" s") else "MB"
            spread = f"{min(values):.1f}-{max(values):.1f}"
            print(f"{name:26} {what.removesuffix(' s'):16} {statistics.median(values):6.1f} {unit}  ({spread})")


if __name__ == "__main__":
    main()
