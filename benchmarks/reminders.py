"""A round of reminders over 1,000,000 open deadlines of which 10,000 are due, against the bare SELECT and INSERT.

Run: python -m benchmarks.reminders [DEADLINES [DUE]]. Round and bare statements take turns on the same file;
the best of five counts. Seconds of the processor stand beside those of the clock: a busy machine only has these.
"""

import asyncio
import gc
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.chat import Address
from bot.reminding import Reminding
from bot.rules.book import load
from storage import due_round, people, units
from storage.database import Database, connect
from storage.migrations import upgrade
from storage.tables import assignments, candidates, dues, notices, outbox

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
LATER = date(2027, 3, 1)
BRANCHES, HELPERS, TURNS, PIECE = 200, 10, 5, 50_000
RULES = ("contact_gap", "awareness_certificate", "dossier", "vetting_reply")


def fill(connection: Connection, count: int, due: int) -> None:
    """Branches with helpers who have a chat, and cases with four dates each; of the first `due` one date is today's."""
    ward = units.add(connection, NOW, None, None, {"code": "W", "name": "Ward", "kind": "committee"})
    places, helpers = [], []
    for number in range(BRANCHES):
        values = {"code": f"B{number}", "name": f"Branch {number}", "kind": "branch"}
        places.append(units.add(connection, NOW, None, ward, values).id)
        for each in range(HELPERS):
            person = people.add(connection, f"Member {number} {each}")
            people.give_role(connection, person, places[-1], "member", TODAY)
            people.link(connection, Address("none", f"{number}-{each}"), person, NOW)
            helpers.append(person)
    cases = count // len(RULES)
    for first in range(1, cases + 1, PIECE):
        _add_cases(connection, range(first, min(first + PIECE, cases + 1)), places, helpers, due)


def _add_cases(connection: Connection, numbers: range, places: list[int], helpers: list[int], due: int) -> None:
    digest = load().digest
    on = {"step_on": TODAY, "listed_on": TODAY}
    connection.execute(
        insert(candidates),
        [
            {"id": n, "code": f"QC-{n}", "name": "N", "folded": "n", "unit_id": places[n % BRANCHES], **on}
            | {"state": "open", "step": "vetting"}
            for n in numbers
        ],
    )
    connection.execute(
        insert(assignments),
        [
            {"candidate_id": n, "person_id": helpers[n % BRANCHES * HELPERS + n % HELPERS], "since": TODAY}
            for n in numbers
        ],
    )
    same = {"subject": "", "kind": "deadline", "start_event": "x", "start_on": TODAY, "binds": "helper"}
    same |= {"version": "x", "digest": digest, "opened_at": NOW}
    rows = []
    for n in numbers:
        for rule in RULES:
            now = n <= due and rule == "contact_gap"
            day = TODAY if now else LATER + timedelta(days=n % 200)
            rows.append({"candidate_id": n, "rule": rule, "due_on": day, "next_look_on": day, **same})
    connection.execute(insert(dues), rows)


def undo(connection: Connection) -> None:
    """As it was before the round."""
    connection.execute(delete(notices))
    connection.execute(delete(outbox))
    due = dues.c.due_on == TODAY
    connection.execute(update(dues).where(due).values(next_look_on=TODAY))


def read(connection: Connection) -> list[Any]:
    """The bare SELECT of what a round reads of the due dates."""
    return list(connection.execute(due_round.DUE, {"today": TODAY, "most": 1_000_000}))


def write(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """The bare INSERT of what a round writes."""
    connection.execute(insert(notices), rows)


Took = tuple[float, float]
"""Seconds by the clock, and of the processor."""


async def bare(database: Database, rows: list[dict[str, Any]]) -> Took:
    """One SELECT and one INSERT, in one transaction."""
    began, spent = time.perf_counter(), time.process_time()

    def work(connection: Connection) -> None:
        read(connection)
        write(connection, rows)

    await database.write(work)
    return time.perf_counter() - began, time.process_time() - spent


async def looked(database: Database) -> tuple[Took, float]:
    """The looks of a round at all dates that are due; and the longest that the loop was held up."""
    reminding = Reminding(database, lambda: NOW, lambda: None)
    late = [0.0]
    watching = asyncio.create_task(_watch(late))
    await asyncio.sleep(0.01)
    late[0] = 0.0
    began, spent = time.perf_counter(), time.process_time()
    await reminding._look(due_round.look, TODAY, due_round.BATCH)
    took = time.perf_counter() - began, time.process_time() - spent
    watching.cancel()
    return took, late[0]


async def idle() -> float:
    """How late the loop wakes on this machine while nothing runs."""
    late = [0.0]
    watching = asyncio.create_task(_watch(late))
    await asyncio.sleep(1)
    watching.cancel()
    return late[0]


async def _watch(late: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        late[0] = max(late[0], time.perf_counter() - before - 0.001)


def taken(connection: Connection) -> list[dict[str, Any]]:
    """What the round has written, without ids."""
    found = connection.execute(select(notices)).mappings()
    return [{name: value for name, value in row.items() if name != "id"} for row in found]


async def measure(folder: Path, count: int, due: int) -> None:
    """Prints one line a turn and the ratio of the best."""
    database = await connect(f"sqlite+aiosqlite:///{folder / 'many.db'}")
    try:
        await database.write(upgrade)
        await database.write(lambda connection: fill(connection, count, due))
        await looked(database)
        rows = await database.read(taken)
        # As the house does at its start: what is loaded is not looked through again and again.
        gc.collect()
        gc.freeze()
        rounds, plain, late = [], [], []
        for turn in range(TURNS):
            await database.write(undo)
            plain.append(await bare(database, rows))
            await database.write(undo)
            took, held = await looked(database)
            rounds.append(took)
            late.append(held)
            print(
                f"turn {turn + 1}: bare {plain[-1][0]:.3f} s ({plain[-1][1]:.3f} s of the processor), "
                f"round {took[0]:.3f} s ({took[1]:.3f} s), loop held up {held * 1000:.1f} ms"
            )
        clock, spent = (min(one[at] for one in rounds) / min(one[at] for one in plain) for at in (0, 1))
        print(f"{count:,} open, {due:,} due, {len(rows):,} notices")
        print(f"round / bare: {clock:.2f} by the clock, {spent:.2f} of the processor")
        print(f"loop held up: {min(late) * 1000:.1f} to {max(late) * 1000:.1f} ms; alone {await idle() * 1000:.1f} ms")
        nothing, _ = await looked(database)
        print(f"a round with nothing due: {nothing[0] * 1000:.2f} ms")
    finally:
        await database.close()


def main() -> None:
    """Reads the two numbers."""
    count, due = (*(int(number) for number in sys.argv[1:]), *(1_000_000, 10_000)[len(sys.argv) - 1 :])
    with TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), count, due))


if __name__ == "__main__":
    main()
