"""The file of an embedded database: how it is opened; is it whole, can it be copied, is it free."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

BUSY_MS = 10_000
"""How long one waits for another who is writing."""


class CannotOpen(Exception):  # noqa: N818  (a sentence to the operator)
    """The database is there and cannot be used, or cannot be made; the text says which and why."""


def try_open(path: Path) -> None:
    """Makes or reads the file once before threads are started for it, which would outlive a failure."""
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_MS / 1000)) as raw:
            raw.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        raise CannotOpen(f"the database {path} cannot be opened: {error}") from error


def opening(*, writing: bool) -> list[str]:
    """What a connection is told first; one that is not for writing may change nothing."""
    settings = (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "temp_store=MEMORY",
    )
    return [f"PRAGMA {one}" for one in (settings if writing else (*settings, "query_only=ON"))]


def sound(path: Path) -> list[str]:
    """What SQLite's own integrity check finds wrong with a file; an empty list when it is whole."""
    try:
        with closing(_open(path)) as raw:
            found = [row[0] for row in raw.execute("PRAGMA integrity_check")]
            found += [f"a row of {row[0]} points to a missing row of {row[2]}" for row in _loose(raw)]
    except sqlite3.Error as error:
        return [str(error)]
    return [line for line in found if line != "ok"]


def _loose(raw: sqlite3.Connection) -> list[Any]:
    return raw.execute("PRAGMA foreign_key_check").fetchall()


@contextmanager
def looking_at(path: Path) -> Iterator[Connection]:
    """A connection of its own to an embedded database, which can only read and changes no revision."""
    engine = create_engine("sqlite://", creator=lambda: _open(path), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def _open(path: Path, *, writing: bool = False) -> sqlite3.Connection:
    """An existing file; the mode is "rw" in both cases because who may only read leaves WAL's files lying about."""
    raw = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_MS / 1000)
    raw.execute(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
    return raw


def duplicate(source: Path, target: Path) -> None:
    """One moment of `source` as a new file that only its owner may read, while others go on writing; ValueError
    with SQLite's words when it cannot be read."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(_open(source)) as old, closing(_open(target, writing=True)) as new:
            old.backup(new)
            # A copy is one file, without the two that WAL keeps beside it.
            new.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise ValueError(str(error)) from error


def let_go(path: Path) -> bool:
    """Makes an embedded database one file without anything beside it; False while another process holds it."""
    with closing(_open(path, writing=True)) as raw:
        raw.execute("PRAGMA busy_timeout=1000")
        try:
            raw.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                return False
            raise ValueError(str(error)) from error
        except sqlite3.DatabaseError as error:
            raise ValueError(str(error)) from error
    return True
