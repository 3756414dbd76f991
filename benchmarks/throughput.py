"""Messages a second, side by side: `python -m benchmarks.throughput` measures chibot and its peers in turn.

Each bot is a process of its own against a fresh fake Telegram; 50 people each send a message when the one before is
answered. Rounds go A B C A B C, so that a busy machine is unfair to all alike: trust the ratios, not the figures. The
bots with a database must have one contact on disk for every answer, or the figure does not count.
"""

import argparse
import contextlib
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.seeding import seed
from benchmarks.soak import TEXT, ask, free_port, start_chibot, start_telegram
from tests.fakes.telegram_server import TOKEN

WARM_UP = 10
"""Messages of each person before anything is measured."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Load:
    """How many people, how much each says, and how many seconds Telegram takes for each message it is sent."""

    people: int
    messages_each: int
    latency: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: messages a second, waiting in ms, and microseconds of processor time that a message cost the bot."""

    per_second: float
    median_ms: float
    p99_ms: float
    cpu_us: float


Start = Callable[[int, Path, Load], "subprocess.Popen[bytes]"]


def chibot(port: int, file: Path, load: Load) -> "subprocess.Popen[bytes]":
    url = f"sqlite+aiosqlite:///{file}"
    seed(url, load.people)
    return start_chibot(port, url)


def peer(name: str) -> Start:
    def start(port: int, file: Path, load: Load) -> "subprocess.Popen[bytes]":
        api = {"PEER_TOKEN": TOKEN, "PEER_API": f"http://127.0.0.1:{port}"}
        database = {"PEER_DATABASE": str(file), "PEER_PEOPLE": str(load.people)}
        return subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.peers.{name}"], env={**os.environ, **api, **database}
        )

    return start


BOTS: dict[str, Start] = {
    "chibot": chibot,
    "aiogram_echo": peer("aiogram_echo"),
    "ptb_orm": peer("ptb_orm"),
    "channel_echo": peer("channel_echo"),
}
WITH_DATABASE = ("chibot", "ptb_orm")


def measure(name: str, load: Load, folder: Path) -> Measured:
    """One bot, from its start to its end."""
    port, file = free_port(), folder / f"{name}.db"
    telegram = start_telegram(port)
    bot = BOTS[name](port, file, load)
    try:
        _talk(port, load, WARM_UP)
        before = _processor_seconds(bot)
        result = _talk(port, load, load.messages_each)
        spent = _processor_seconds(bot) - before
        if name in WITH_DATABASE:
            _check(file, load.people * (WARM_UP + load.messages_each))
    finally:
        for process in (bot, telegram):
            process.kill()
            process.wait()
        for left in folder.glob(f"{name}.db*"):
            left.unlink()
    return Measured(result["per_second"], result["median_ms"], result["p99_ms"], spent / result["messages"] * 1e6)


def _talk(port: int, load: Load, messages_each: int) -> dict[str, Any]:
    plan = {"people": load.people, "messages_each": messages_each, "texts": [TEXT], "latency": load.latency}
    ask(port, "/control/start", plan)
    result = ask(port, "/control/result")
    assert isinstance(result, dict)
    return result


def _check(file: Path, expected: int) -> None:
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as raw:
        found = raw.execute("SELECT count(*) FROM contacts").fetchone()[0]
    if found != expected:
        raise SystemExit(f"{file.stem} answered {expected} contacts and has {found} on disk")


def _processor_seconds(process: "subprocess.Popen[bytes]") -> float:
    """Of the process so far, where the system says so; 0 elsewhere."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def compare(names: list[str], load: Load, rounds: int) -> dict[str, list[Measured]]:
    """Every bot once a round, in turn."""
    found: dict[str, list[Measured]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            for name in names:
                found[name].append(measure(name, load, Path(folder)))
                print(f"round {number + 1}: {name} {found[name][-1].per_second:.0f}/s", file=sys.stderr)
    return found


def ratios(found: dict[str, list[Measured]], first: str, name: str) -> list[float]:
    """How many times as many messages `first` answers, round by round, smallest first."""
    pairs = zip(found[first], found[name], strict=True)
    return sorted(ours.per_second / theirs.per_second for ours, theirs in pairs)


def table(found: dict[str, list[Measured]]) -> str:
    """For people: medians over the rounds, and the first bot's ratio to each with its range."""
    first = next(iter(found))
    lines = [f"{'':14} {'per s':>7} {'median ms':>10} {'p99 ms':>8} {'CPU µs':>7}   {first} is x times as fast"]
    for name, runs in found.items():
        rates, waits = statistics.median(r.per_second for r in runs), statistics.median(r.median_ms for r in runs)
        worst, spent = statistics.median(r.p99_ms for r in runs), statistics.median(r.cpu_us for r in runs)
        times = ratios(found, first, name)
        ratio = f"{statistics.median(times):.2f} ({times[0]:.2f}-{times[-1]:.2f})" if name != first else ""
        lines.append(f"{name:14} {rates:7.0f} {waits:10.1f} {worst:8.1f} {spent:7.0f}   {ratio}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bots", nargs="*", default=["chibot", "aiogram_echo", "ptb_orm"], help=", ".join(BOTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--messages", type=int, default=60, help="of each of the people")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that Telegram takes for each message")
    parser.add_argument("--json", action="store_true", help="every run, as one JSON document")
    given = parser.parse_args()
    if unknown := [name for name in given.bots if name not in BOTS]:
        parser.error(f"no such bot: {', '.join(unknown)}")
    found = compare(given.bots, Load(given.people, given.messages, given.latency), given.rounds)
    if given.json:
        print(json.dumps({name: [asdict(run) for run in runs] for name, runs in found.items()}, indent=2))
    else:
        print(table(found))


if __name__ == "__main__":
    main()
