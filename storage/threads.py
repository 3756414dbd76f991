"""The threads that units of work are handed to, whole: one for each connection; long readings let others through."""

import sqlite3
import sys
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

import aiosqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

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


class _Here(threading.local):
    """What this thread, which belongs to one connection, opens and begins with."""

    raw: sqlite3.Connection
    begin: str


_HERE = _Here()


@cache
def _engine() -> Engine:
    """One engine for every embedded connection of the process: a statement is compiled once for all of them."""
    engine = create_engine("sqlite://", creator=lambda: _HERE.raw, poolclass=NullPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(_HERE.begin))
    return engine


class Thread:
    """One aiosqlite connection with a synchronous SQLAlchemy connection living in its thread."""

    def __init__(self, raw: aiosqlite.Connection, begin: str) -> None:
        self._raw = raw
        self._begin = begin
        self._connection: Connection | None = None

    @classmethod
    async def open(cls, path: Path, *, writing: bool) -> "Thread":
        """A connection to the file; one that is not for writing may change nothing."""
        raw = await aiosqlite.connect(path, isolation_level=None, cached_statements=512, timeout=BUSY_MS / 1000)
        for statement in opening(writing=writing):
            await raw.execute(statement)
        return cls(raw, "BEGIN IMMEDIATE" if writing else "BEGIN")

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Runs the work there when its turn comes."""
        # The one private call: aiosqlite offers no public way to hand its thread a whole function.
        return await self._raw._execute(self._here, work)  # type: ignore[no-any-return, no-untyped-call]

    def _here(self, work: Callable[[Connection], T]) -> T:
        if self._connection is None:
            _HERE.raw, _HERE.begin = self._raw._conn, self._begin
            self._connection = _engine().connect()
        return work(self._connection)

    async def close(self) -> None:
        """Ends the connection and its thread."""
        await self.run(lambda connection: connection.close())
        await self._raw.close()
