"""A database in memory for tests of plain units of work: quick enough for hundreds of small trees."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool

from storage.tables import metadata


@contextmanager
def empty_database() -> Iterator[Connection]:
    """A connection to fresh tables, with foreign keys on; everything is gone at the end."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with engine.connect() as connection:
        metadata.create_all(connection)
        yield connection
    engine.dispose()


def _prepare(raw: sqlite3.Connection, _: object) -> None:
    # The driver begins no transaction on its own, so that savepoints hold.
    raw.isolation_level = None
    raw.execute("PRAGMA foreign_keys=ON")


@contextmanager
def undone(connection: Connection) -> Iterator[Connection]:
    """Whatever is written in here is taken back: one set of tables serves many examples."""
    with connection.begin_nested() as savepoint:
        yield connection
        savepoint.rollback()
