"""A database in memory for tests of plain units of work: quick enough for hundreds of small trees."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool

from storage.tables import metadata


@cache
def _tables() -> sqlite3.Connection:
    """All tables, made once for a test run."""
    raw = sqlite3.connect(":memory:", check_same_thread=False)
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    metadata.create_all(engine)
    return raw


@contextmanager
def empty_database() -> Iterator[Connection]:
    """A connection to fresh tables, with foreign keys on; everything is gone at the end."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _prepare(raw: sqlite3.Connection, _: object) -> None:
    _tables().backup(raw)
    # The driver begins no transaction on its own, so that savepoints hold.
    raw.isolation_level = None
    raw.execute("PRAGMA foreign_keys=ON")


@contextmanager
def undone(connection: Connection) -> Iterator[Connection]:
    """Whatever is written in here is taken back: one set of tables serves many examples."""
    with connection.begin_nested() as savepoint:
        yield connection
        savepoint.rollback()
