"""Statements of the hot path: put into SQL once, and run on the embedded database without being looked at again.

SQLAlchemy's work for one execution costs several times what SQLite's does. A statement prepared here is compiled by
SQLAlchemy for the dialect of its first connection; after that only values are put in and rows taken out, through the
same types. On a database server it runs as any other statement does.
"""

from collections import Counter, namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, literal
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

from storage.database import in_process

Change = Callable[[Any], Any] | None
Statement = Select[*tuple[Any, ...]] | UpdateBase

# Rows of a large table that are held at a time.
HELD = 2000


class Prepared:
    """One statement with named parameters, or what makes it for a connection where dialects differ.

    A list stands in one as `among`, of a length that never changes.
    """

    def __init__(self, statement: Statement | Callable[[Connection], Statement]) -> None:
        self._given = statement
        self._ready: dict[tuple[str, ...], _Ready] = {}

    def _statement(self, connection: Connection) -> Statement:
        given = self._given
        return given if isinstance(given, Select | UpdateBase) else given(connection)

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The first row, with columns by name and by place; None when there is none."""
        rows = self.rows(connection, values)
        return rows[0] if rows else None

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """All rows."""
        raw = in_process(connection)
        if raw is None:
            return list(connection.execute(self._statement(connection), dict(values)).all())
        ready = self._for(connection, values)
        return [ready.row(found) for found in raw.execute(ready.sql, ready.put_in(values))]

    def plain(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows, with columns by place only: for many rows whose values need no change on their way out."""
        raw = in_process(connection)
        if raw is None:
            return [tuple(row) for row in connection.execute(self._statement(connection), dict(values))]
        ready = self._for(connection, values)
        return list(raw.execute(ready.sql, ready.put_in(values)).fetchall())

    def counts(self, connection: Connection, values: Mapping[str, Any]) -> list[Counter[Any]]:
        """For each column how often each value stands in it, however many rows there are; a few are held at a time.

        For columns whose values need no change on their way out.
        """
        raw = in_process(connection)
        if raw is None:
            found: Any = connection.execute(self._statement(connection), dict(values))
        else:
            ready = self._for(connection, values)
            found = raw.execute(ready.sql, ready.put_in(values))
        counted: list[Counter[Any]] = []
        while some := found.fetchmany(HELD):
            columns = list(zip(*some, strict=True))
            counted = counted or [Counter() for _ in columns]
            for counter, column in zip(counted, columns, strict=True):
                counter.update(column)
        return counted

    def add(self, connection: Connection, values: Mapping[str, Any]) -> int | None:
        """Inserts a row and gives its id; None when ON CONFLICT left everything as it was."""
        raw = in_process(connection)
        if raw is None:
            added = connection.execute(self._statement(connection), dict(values))
            key = added.inserted_primary_key if added.rowcount else None
            return int(key[0]) if key and key[0] is not None else None
        ready = self._for(connection, values)
        made = raw.execute(ready.sql, ready.put_in(values))
        return int(made.lastrowid or 0) if made.rowcount else None

    def add_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Inserts rows that name the same columns; how many, without those that ON CONFLICT left out."""
        if not rows:
            return 0
        raw = in_process(connection)
        if raw is None:
            return _added(connection, self._statement(connection), rows)
        ready = self._for(connection, rows[0])
        return raw.executemany(ready.sql, [ready.put_in(row) for row in rows]).rowcount

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Changes rows; how many."""
        raw = in_process(connection)
        if raw is None:
            return connection.execute(self._statement(connection), dict(values)).rowcount
        ready = self._for(connection, values)
        return raw.execute(ready.sql, ready.put_in(values)).rowcount

    def _for(self, connection: Connection, values: Mapping[str, Any]) -> "_Ready":
        names = tuple(values)
        ready = self._ready.get(names)
        if ready is None:
            ready = self._ready[names] = _Ready(self._statement(connection), connection.dialect, names)
        return ready


def among(column: Any, values: Iterable[Any]) -> Any:
    """`column.in_(values)` with each value in its place, as a prepared statement needs it."""
    return column.in_([literal(value, column.type) for value in values])


def _added(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> int:
    """A server's driver does not count what many rows did; the statement gives back what it put in."""
    key = next(iter(statement.table.primary_key))
    return len(connection.execute(statement.returning(key), [dict(row) for row in rows]).all())


class _Ready:
    """A statement in the words of one dialect, with what turns values into parameters and columns into values."""

    def __init__(self, statement: Any, dialect: Dialect, names: tuple[str, ...]) -> None:
        inserts = getattr(statement, "is_insert", False)
        compiled = statement.compile(dialect=dialect, column_keys=list(names) if inserts else None)
        self.sql = str(compiled)
        if "POSTCOMPILE" in self.sql:
            raise TypeError("a list of open length cannot be prepared: " + self.sql)
        binds = [(name, _into(compiled.binds[name].type, dialect)) for name in compiled.positiontup or ()]
        self._fixed = [None if name in names else _put(compiled.params[name], change) for name, change in binds]
        self._given = [(at, name, change) for at, (name, change) in enumerate(binds) if name in names]
        columns = [] if isinstance(statement, UpdateBase) else list(statement.selected_columns)
        self._changes = [(at, change) for at, column in enumerate(columns) if (change := _out_of(column.type, dialect))]
        # A column whose name is no identifier is never asked for by it.
        kind = namedtuple("Row", [column.key for column in columns], rename=True)  # type: ignore[misc]
        self._row: Callable[[Any], Any] = kind._make

    def put_in(self, values: Mapping[str, Any]) -> list[Any]:
        """The parameters in their places."""
        placed = self._fixed.copy()
        for at, name, change in self._given:
            placed[at] = _put(values[name], change)
        return placed

    def row(self, found: tuple[Any, ...]) -> Any:
        """A row as its types say."""
        if not self._changes:
            return self._row(found)
        cells = list(found)
        for at, change in self._changes:
            if cells[at] is not None:
                cells[at] = change(cells[at])
        return self._row(cells)


def _put(value: Any, change: Change) -> Any:
    return value if change is None or value is None else change(value)


def _into(kind: TypeEngine[Any], dialect: Dialect) -> Change:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _out_of(kind: TypeEngine[Any], dialect: Dialect) -> Change:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
