"""The threads that units of work are handed to, whole: one for each connection; long readings let others through."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import aiosqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from storage.files import BUSY_MS, opening

T = TypeVar("T")

# Seconds after which a thread that works without pause lets another one go on. A conversation is many small steps, and
# while a long reading runs it would wait so long at each of them.
USUAL, POLITE = sys.getswitchinterval(), 0.0003


def politely(work: Callable[[Connection], T], connection: Connection) -> T:
    """Runs something long in a thread beside conversations, which hardly wait for it."""
    sys.setswitchinterval(POLITE)
    try:
        return work(connection)
    finally:
        sys.setswitchinterval(USUAL)


def look(work: Callable[[Connection], T], connection: Connection) -> T:
    """Runs the work on one snapshot; nothing of it is kept."""
    transaction = connection.begin()
    try:
        return work(connection)
    finally:
        transaction.rollback()


class Thread:
    """One aiosqlite connection with a synchronous SQLAlchemy connection living in its thread."""

    def __init__(self, raw: aiosqlite.Connection, engine: Engine) -> None:
        self._raw = raw
        self._engine = engine
        self._connection: Connection | None = None

    @classmethod
    async def open(cls, path: Path, *, writing: bool) -> "Thread":
        """A connection to the file; one that is not for writing may change nothing."""
        raw = await aiosqlite.connect(path, isolation_level=None, cached_statements=512, timeout=BUSY_MS / 1000)
        for statement in opening(writing=writing):
            await raw.execute(statement)
        engine = create_engine("sqlite://", creator=lambda: raw._conn, poolclass=StaticPool)
        begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return cls(raw, engine)

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Runs the work there when its turn comes."""
        # The one private call: aiosqlite offers no public way to hand its thread a whole function.
        return await self._raw._execute(self._here, work)  # type: ignore[no-any-return, no-untyped-call]

    def _here(self, work: Callable[[Connection], T]) -> T:
        if self._connection is None:
            self._connection = self._engine.connect()
        return work(self._connection)

    async def close(self) -> None:
        """Ends the connection and its thread."""
        await self.run(lambda connection: connection.close())
        await self._raw.close()
