"""What a trip to the database's thread costs: `python -m benchmarks.hops`.

The same unit of work (twelve small statements and a commit with synchronous=FULL) three ways, in turn, by 50 callers
at once: SQLAlchemy's async connection on aiosqlite, which goes to the thread for every statement; one whole function
a transaction; and as chibot does it, functions that wait together in one transaction.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.database import connect

CALLERS = 50
STATEMENTS = 12
ADD, FIND = text("INSERT INTO notes (word) VALUES (:word)"), text("SELECT word FROM notes WHERE id = :id")


def work(connection: Connection) -> None:
    for number in range(STATEMENTS - 1):
        connection.execute(FIND, {"id": number}).first()
    connection.execute(ADD, {"word": "x"})


def _set_up(raw: object, _: object) -> None:
    cursor = raw.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")


async def by_statement(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        for number in range(STATEMENTS - 1):
            (await connection.execute(FIND, {"id": number})).first()
        await connection.execute(ADD, {"word": "x"})


async def measure(one: Callable[[], Awaitable[None]], each: int) -> float:
    """Units a second."""

    async def caller() -> None:
        for _ in range(each):
            await one()

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return CALLERS * each / (time.perf_counter() - began)


async def run(each: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'hops.db'}"
        engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=600)
        event.listen(engine.sync_engine, "connect", _set_up)
        database = await connect(url)
        try:
            await database.write(lambda c: c.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, word TEXT)")))
            alone = asyncio.Lock()

            async def in_turn() -> None:
                async with alone:
                    await database.write(work)

            ways = {
                "a trip a statement": lambda: by_statement(engine),
                "a trip a transaction": in_turn,
                "transactions in groups": lambda: database.write(work),
            }
            found: dict[str, list[float]] = {name: [] for name in ways}
            for _ in range(rounds):
                for name, one in ways.items():
                    found[name].append(await measure(one, each))
        finally:
            await database.close()
            await engine.dispose()
    first = found["a trip a statement"]
    for name, rates in found.items():
        ratios = sorted(rate / base for rate, base in zip(rates, first, strict=True))
        print(f"{name:24} {statistics.median(rates):7.0f} units/s   x {statistics.median(ratios):.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=20, help="units of each of the 50 callers")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    asyncio.run(run(given.each, given.rounds))


if __name__ == "__main__":
    main()
