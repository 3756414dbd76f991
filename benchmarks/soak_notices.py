"""kill -9 while notices go out: `python -m benchmarks.soak_notices --kills 200` counts those lost and those sent twice.

A fake Telegram that takes 30 a second and chibot run as processes of their own. chibot is killed at random moments of
its sending and started again, until so many kills are done and everything is sent. What is marked as being sent at the
moment of a kill may come once more; everything else comes exactly once.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.notices import seed, start_chibot, start_telegram, states
from benchmarks.soak import ask, free_port

DONE = ("sent", "seen", "cleared", "failed", "unreachable")
LATENCY = 0.003


@dataclass(slots=True)
class Watch:
    """The two processes, and what was counted at each kill."""

    port: int
    file: Path
    bot: "subprocess.Popen[bytes]"
    in_flight: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        found = ask(self.port, "/control/figures")
        assert isinstance(found, dict)
        return found

    def kill(self, after: float) -> None:
        """Waits until this life of chibot sends, and so much longer."""
        before = self.figures()["seen"]
        while self.figures()["seen"] == before and left(self.file):
            time.sleep(0.01)
        time.sleep(after)
        self.bot.send_signal(signal.SIGKILL)
        self.bot.wait()
        self.in_flight.append(states(self.file).get("sending", 0))
        self.twice.append(self.figures()["twice"])


def left(file: Path) -> int:
    """How many are still to be sent."""
    return sum(count for state, count in states(file).items() if state not in DONE)


def soak(
    kills: int, count: int, chance: random.Random, folder: Path, seeded: Callable[[str, int], None] = seed
) -> dict[str, Any]:
    """`seeded` fills the database at an address with so many notices: what goes on beside them is its business."""
    file, port = folder / "soak.db", free_port()
    url = f"sqlite+aiosqlite:///{file}"
    seeded(url, count)
    telegram = start_telegram(port, 30, LATENCY)
    watch = Watch(port, file, start_chibot(port, url))
    try:
        while len(watch.in_flight) < kills and left(file):
            watch.kill(chance.uniform(0.0, 2.0))
            print(f"kill {len(watch.in_flight)}: {watch.in_flight[-1]} in flight, {left(file)} left", file=sys.stderr)
            watch.bot = start_chibot(port, url)
        while left(file):
            time.sleep(0.5)
        figures = watch.figures()
        watch.bot.send_signal(signal.SIGTERM)
        stopped = watch.bot.wait(timeout=10)
    finally:
        for process in (watch.bot, telegram):
            process.kill()
            process.wait()
    return {**summary(count, watch, figures), "states": states(file), "stopped_with": stopped}


def summary(count: int, watch: Watch, figures: dict[str, Any]) -> dict[str, Any]:
    """What counts: lost, repeated, and how many were in flight at the kills."""
    return {
        "kills": len(watch.in_flight),
        "notices": count,
        "lost": count - figures["different"],
        "sent_twice": figures["twice"],
        "sent_thrice": figures["thrice"],
        "in_flight_at_the_kills": sum(watch.in_flight),
        "most_in_flight_at_a_kill": max(watch.in_flight, default=0),
        "most_in_a_second": figures["most_in_a_second"],
        "told_to_wait": figures["told_to_wait"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--count", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=2026, help="makes the random moments the same again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = soak(given.kills, given.count, random.Random(given.seed), Path(folder))
    print(json.dumps(figures, indent=2))
    within = figures["sent_twice"] <= figures["in_flight_at_the_kills"]
    sys.exit(0 if figures["lost"] == 0 and within else 1)


if __name__ == "__main__":
    main()
