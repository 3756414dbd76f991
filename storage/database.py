"""The only file that knows which database this is: opening, units of work, and everything the two do differently.

A unit of work is a plain function of one SQLAlchemy connection. On SQLite it is handed whole to the thread of an
aiosqlite connection, where its statements run without a hop between them; units that wait at the same moment share one
transaction and one disk flush. On PostgreSQL each runs in its own transaction on asyncpg. Either way the caller gets
its result only after the commit. A unit may be run a second time when another of its group failed, so it keeps nothing
outside the database.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy import Connection, Date, ExceptionContext, event, make_url, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.schema import Table

from storage.files import try_open
from storage.threads import Thread, look, politely

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.ext.asyncio import AsyncEngine

T = TypeVar("T")
Work = Callable[[Connection], T]

GROUP = 64
# Seconds that a write which is not urgent waits for another one to go along with.
ALONG = 0.03
CHAIN_LOCK = 7_2026
# Where the history keeps the seal of its last line for the length of one transaction.
LAST = "last line of the history"
# What PostgreSQL says when two units of work met: serialization failure, deadlock, the same key twice.
CLASHES = ("40001", "40P01", "23505")
TRIES = 5


class Database(Protocol):
    """Where units of work run. `write` returns after the commit; `read` sees one snapshot and may change nothing."""

    embedded: bool

    async def write(self, work: Work[T]) -> T:
        """Runs and commits; whatever the work raises is raised here, and nothing of it is kept."""

    async def write_along(self, work: Work[T]) -> T:
        """As `write`, for what may wait a moment to share the flush of something more urgent."""

    async def read(self, work: Work[T]) -> T:
        """Runs without writing."""

    async def read_long(self, work: Work[T]) -> T:
        """The same for what may take a second: one at a time, in a thread of its own, and others hardly wait for it."""

    async def close(self) -> None:
        """Finishes what is in hand."""


async def connect(url: str, along: float = ALONG) -> Database:
    """Opens `sqlite+aiosqlite:///file` or `postgresql+asyncpg://…`; ValueError for anything else.

    `along`: seconds that a write which is not urgent waits for company on the embedded database.
    """
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        path = Path(make_url(url).database or "chibot.db")
        try_open(path)
        return await _Embedded.connect(path, along)
    if backend == "postgresql":
        # Seven megabytes that an embedded database has no use for.
        from sqlalchemy.ext.asyncio import create_async_engine
        from sqlalchemy.pool import NullPool

        usual = create_async_engine(url, pool_size=10, max_overflow=10)
        # Every long reading has an event loop of its own, which no connection outlives.
        return _Server(usual, create_async_engine(url, poolclass=NullPool))
    raise ValueError(f"no such kind of database: {backend}")


def in_process(connection: Connection) -> sqlite3.Connection | None:
    """The embedded database's own connection, for statements that are prepared; None on a server."""
    raw = connection.connection.dbapi_connection
    return raw if isinstance(raw, sqlite3.Connection) else None


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """What is done inside is taken back when something is raised there; what was done before stays."""
    raw = in_process(connection)
    say: Callable[[str], object] = raw.execute if raw is not None else connection.exec_driver_sql
    say("SAVEPOINT handling")
    try:
        yield
    except BaseException:
        connection.info.pop(LAST, None)
        say("ROLLBACK TO SAVEPOINT handling")
        say("RELEASE SAVEPOINT handling")
        raise
    say("RELEASE SAVEPOINT handling")


def insert(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that knows ON CONFLICT, in this database's own words."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


class days_moved(FunctionElement[Any]):  # noqa: N801  (stands in statements like a function)
    """`days_moved(due, start, to)`: the day `due`, moved by as many days as `start` is moved when it becomes `to`."""

    type = Date()
    inherit_cache = True


@compiles(days_moved, "sqlite")
def _days_moved_sqlite(element: days_moved, compiler: Any, **more: Any) -> str:
    due, start, to = (f"julianday({compiler.process(part, **more)})" for part in element.clauses)
    return f"date({due} - {start} + {to})"


@compiles(days_moved, "postgresql")
def _days_moved_postgresql(element: days_moved, compiler: Any, **more: Any) -> str:
    due, start, to = (compiler.process(part, **more) for part in element.clauses)
    return f"({due} + ({to} - {start}))"


def lock_history(connection: Connection) -> None:
    """Makes writers of the history go one after another until their commit; SQLite has only one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})


def after_import(connection: Connection, tables: list[Table]) -> None:
    """Lets PostgreSQL's number givers catch up with rows that brought their own ids."""
    if connection.dialect.name == "postgresql":
        for table in tables:
            name = table.name
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")  # noqa: S608
            )


class _Embedded:
    """SQLite in WAL mode: one writer that commits in groups, and readers beside it."""

    embedded = True

    def __init__(self, writer: Thread, readers: list[Thread], along: float) -> None:
        self._writer, self._along = writer, along
        self._long, self._readers = readers[0], deque(readers[1:])
        self._waiting: deque[tuple[Work[Any], asyncio.Future[Any]]] = deque()
        self._draining: asyncio.Task[None] | None = None

    @classmethod
    async def connect(cls, path: Path, along: float) -> "_Embedded":
        writer = await Thread.open(path, writing=True)
        return cls(writer, [await Thread.open(path, writing=False) for _ in range(3)], along)

    async def write(self, work: Work[T]) -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, future))
        self._start()
        return await future

    async def write_along(self, work: Work[T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append((work, future))
        loop.call_later(self._along, self._start)
        return await future

    def _start(self) -> None:
        if self._waiting and (self._draining is None or self._draining.done()):
            self._draining = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))]
            try:
                results = await self._writer.run(lambda c, group=group: _run_group(c, [work for work, _ in group]))  # type: ignore[misc]
            except BaseException as error:
                results = [_Failed(error)] * len(group)
            for (_, future), result in zip(group, results, strict=True):
                if future.done():
                    continue
                if isinstance(result, _Failed):
                    future.set_exception(result.error)
                else:
                    future.set_result(result)

    async def read(self, work: Work[T]) -> T:
        self._readers.rotate()
        return await self._readers[0].run(partial(look, work))

    async def read_long(self, work: Work[T]) -> T:
        return await self._long.run(partial(politely, partial(look, work)))

    async def close(self) -> None:
        if self._draining is not None:
            await asyncio.gather(self._draining, return_exceptions=True)
        for thread in (self._long, *self._readers, self._writer):
            await thread.close()


class _Failed:
    """A unit of work that raised, carried back to its caller."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


def _run_group(connection: Connection, works: list[Work[Any]]) -> list[Any]:
    """All in one transaction; should one raise, nothing was kept yet and each runs again alone."""
    try:
        with connection.begin():
            return [work(connection) for work in works]
    except Exception as error:
        if len(works) == 1:
            return [_Failed(error)]
    return [result for work in works for result in _run_group(connection, [work])]


class _Server:
    """PostgreSQL: every unit of work in its own transaction; one that met another runs again, as if it came later."""

    embedded = False

    def __init__(self, engine: "AsyncEngine", alone: "AsyncEngine") -> None:
        self._engine, self._alone = engine, alone
        event.listen(engine.sync_engine, "handle_error", _note_clash)
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="long reading")

    async def write(self, work: Work[T]) -> T:
        for _ in range(TRIES - 1):
            try:
                async with self._engine.begin() as connection:
                    return await connection.run_sync(_tried, work)
            except _ClashError:
                continue
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def write_along(self, work: Work[T]) -> T:
        return await self.write(work)

    async def read(self, work: Work[T]) -> T:
        return await _seen(self._engine, work)

    async def read_long(self, work: Work[T]) -> T:
        alone = partial(_seen, self._alone, partial(politely, work))
        return await asyncio.get_running_loop().run_in_executor(self._beside, lambda: asyncio.run(alone()))

    async def close(self) -> None:
        self._beside.shutdown(wait=False, cancel_futures=True)
        await self._engine.dispose()


async def _seen(engine: "AsyncEngine", work: Work[T]) -> T:
    """Runs the work on one snapshot."""
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return await connection.run_sync(work)


class _ClashError(Exception):
    """This unit of work met another one; nothing of it is kept, and it may run again."""


def _tried(connection: Connection, work: Work[T]) -> T:
    """Runs the work; _ClashError when it met another one, even where it caught that and made an answer of it."""
    connection.info["clash"] = False
    try:
        result = work(connection)
    except Exception as error:
        if connection.info["clash"]:
            raise _ClashError from error
        raise
    if connection.info["clash"]:
        raise _ClashError
    return result


def _note_clash(context: ExceptionContext) -> None:
    if context.connection is not None and getattr(context.original_exception, "sqlstate", None) in CLASHES:
        context.connection.info["clash"] = True


def shown(url: str) -> str:
    """The address of a database without its password."""
    return make_url(url).render_as_string(hide_password=True)


def file_of(url: str) -> Path | None:
    """The file of an embedded database; None for a server."""
    parsed = make_url(url)
    return Path(parsed.database or "chibot.db") if parsed.get_backend_name() == "sqlite" else None
