"""Copies of an embedded database: made while it is in use, looked through, and put back in its place."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from storage import history, migrations
from storage.files import duplicate, let_go, looking_at, sound

COMPANIONS = ("-wal", "-shm", "-journal")


class Damaged(Exception):  # noqa: N818  (a sentence to the operator)
    """A file that is no whole database of chibot; the text says what is wrong with it."""


class InUse(Exception):  # noqa: N818  (a sentence to the operator)
    """Another process holds the database."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What a database was found to be. `problems` is empty for a whole one; the rest is None where unreadable.

    `bytes` is None for a server.
    """

    problems: tuple[str, ...]
    revision: str | None = None
    chain: history.Chain | None = None
    bytes: int | None = None


def examine(file: Path) -> Examined:
    """Looks a file through: its pages, what refers to what, its revision, its history."""
    size = file.stat().st_size
    problems = sound(file)
    if problems:
        return Examined(tuple(problems), bytes=size)
    try:
        with looking_at(file) as connection:
            return look_through(connection, size)
    except DBAPIError as error:
        return Examined((str(error.orig),), bytes=size)
    except (TypeError, ValueError, OverflowError) as error:
        return Examined((f"the history holds what chibot never writes: {error}",), bytes=size)


def look_through(connection: Connection, size: int | None = None) -> Examined:
    """The revision and the history of an open database."""
    revision = migrations.current(connection)
    if revision is None:
        return Examined(("this is not a database of chibot",), bytes=size)
    if revision not in migrations.known():
        newer = "a newer chibot wrote it" if revision > migrations.head() else "no chibot wrote it"
        return Examined((f"its revision {revision} is unknown here: {newer}",), revision, None, size)
    chain = history.chain(connection)
    return Examined((told(chain.broken),) if chain.broken else (), revision, chain, size)


def told(line: history.Break) -> str:
    """One sentence on the first line that does not fit; the subject is a code, never a name."""
    return (
        f"line {line.id} of the history does not follow from the one before it "
        f"({line.action} of {line.subject}, {line.at:%Y-%m-%d %H:%M} UTC)"
    )


def newest_line(connection: Connection) -> datetime | None:
    """When the last line of the history was written; None before the first, and before there are tables."""
    return history.newest(connection) if migrations.current(connection) in migrations.known() else None


def backup(database: Path, target: Path) -> Examined:
    """Writes a copy of this moment, in place of an older one, and looks it through; Damaged if it cannot be read."""
    with _beside(target) as fresh:
        _duplicate(database, fresh)
        _settle(fresh)
        os.replace(fresh, target)
    return examine(target)


def restore(database: Path, source: Path) -> tuple[Examined, Path | None]:
    """Puts a copy in the place of the database; what was found in it, and where the replaced database now is.

    Damaged when the copy is, InUse when somebody holds the database; then nothing has changed.
    """
    with _beside(database) as fresh:
        _duplicate(source, fresh)
        found = examine(fresh)
        if found.problems:
            raise Damaged(found.problems[0])
        if database.exists():
            _dress(fresh, database.stat())
        _settle(fresh)
        before = _set_aside(database) if database.exists() else None
        os.replace(fresh, database)
        _settle(database.parent)
    return found, before


def _duplicate(source: Path, target: Path) -> None:
    try:
        duplicate(source, target)
    except ValueError as error:
        raise Damaged(str(error)) from error


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A name in the same folder, so that the finished file takes its place in one step; nothing is left of it."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield fresh
    finally:
        for name in (fresh, *_companions(fresh)):
            with suppress(FileNotFoundError):
                name.unlink()


def _set_aside(database: Path) -> Path:
    """Gives the database a second name beside it: NAME.before-restore, or -2, -3 where that is taken."""
    # One that cannot be read at all is replaced just because of that; what lies beside it goes with it.
    with suppress(ValueError):
        if not let_go(database):
            raise InUse
    first = f"{database.name}.before-restore"
    names = (database.with_name(first if n == 1 else f"{first}-{n}") for n in count(1))
    before = next(name for name in names if not name.exists())
    for companion, aside in zip(_companions(database), _companions(before), strict=True):
        with suppress(FileNotFoundError):
            companion.rename(aside)
    try:
        os.link(database, before)
    except OSError:  # a file system without second names
        database.rename(before)
    return before


def _dress(file: Path, like: os.stat_result) -> None:
    """The same owner and permissions, so that whoever runs chibot can still open it when another restored it."""
    file.chmod(stat.S_IMODE(like.st_mode))
    with suppress(PermissionError):
        os.chown(file, like.st_uid, like.st_gid)


def _companions(file: Path) -> list[Path]:
    return [file.with_name(file.name + ending) for ending in COMPANIONS]


def _settle(path: Path) -> None:
    """Waits until the disk has it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
