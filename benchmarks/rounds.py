"""A round of reminders over all units of a province: what stands before each is worked out, batch after batch.

Run: python -m benchmarks.rounds [COMMUNES]. Seconds of the processor, the best of three rounds, in the first of which
every notice is written; and how many statements a round asks.
"""

import asyncio
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, event, insert, select, update

from bot.sample import province
from storage import unit_round
from storage.database import connect
from storage.migrations import upgrade
from storage.tables import attendance, meetings, people, roles, unit_looks, units

NOW = datetime(2026, 12, 11, 2, 0, tzinfo=UTC)
TODAY = NOW.date()
BRANCHES, MEMBERS, TURNS = 25, 12, 3
MONTHS = tuple(date(2026, month, 1) for month in range(7, 13))


def fill(connection: Connection, communes: int) -> None:
    """A province; every branch has members and half a year of meetings, one mark in four of them missed."""
    size = province.Size(communes=communes, branches=BRANCHES, candidates=2, contacts=1)
    province.fill(connection, NOW, size)
    chance = Random(1)
    branches = list(connection.execute(select(units.c.id).where(units.c.kind == "branch")).scalars())
    first = 1_000_000
    numbers = {unit: range(first + at * MEMBERS, first + (at + 1) * MEMBERS) for at, unit in enumerate(branches)}
    told = [{"id": n, "name": f"Lê Văn {n}", "folded": f"le van {n}"} for several in numbers.values() for n in several]
    connection.execute(insert(people), told)
    held = [{"person_id": n, "unit_id": u, "role": "member", "since": TODAY} for u in numbers for n in numbers[u]]
    connection.execute(insert(roles), held)
    rows = [
        {"id": at * len(MONTHS) + month, "unit_id": unit, "kind": "regular", "state": "held", "month": MONTHS[month]}
        | {"on": MONTHS[month].replace(day=3), "held_on": MONTHS[month].replace(day=3), "version": 1}
        for at, unit in enumerate(branches)
        for month in range(len(MONTHS))
    ]
    connection.execute(insert(meetings), rows)
    states = ("unexcused", *["present"] * 6, "excused")
    marks = [
        {"meeting_id": row["id"], "person_id": n, "state": chance.choice(states)}
        for row in rows
        for n in numbers[int(str(row["unit_id"]))]
    ]
    connection.execute(insert(attendance), marks)


def one_round(connection: Connection) -> tuple[float, int]:
    """Seconds of the processor, and statements."""
    asked = [0]

    def counted(*_: object) -> None:
        asked[0] += 1

    event.listen(connection, "before_cursor_execute", counted)
    connection.execute(update(unit_looks).values(look_on=date(2000, 1, 1)))
    began = time.process_time()
    while unit_round.look(connection, TODAY) >= unit_round.BATCH:
        pass
    took = time.process_time() - began
    event.remove(connection, "before_cursor_execute", counted)
    return took, asked[0]


async def measure(communes: int) -> None:
    """Prints one line."""
    with TemporaryDirectory() as folder:
        database = await connect(f"sqlite+aiosqlite:///{Path(folder) / 'province.db'}")
        await database.write(upgrade)
        await database.write(lambda connection: fill(connection, communes))
        turns = [await database.write(one_round) for _ in range(TURNS)]
        best, first = min(turns), turns[0]
        print(f"{communes * BRANCHES} branches: {best[0]:.2f} s of the processor, {best[1]} statements", end="")
        print(f" (the first round {first[0]:.2f} s)")
        await database.close()


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 80))
