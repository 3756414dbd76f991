"""The append-only history: who changed what, when, from what to what; each line is sealed by the one before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from storage import looks
from storage.database import LAST, lock_history
from storage.prepared import Prepared
from storage.tables import history, people

_LAST = Prepared(select(history.c.hash).order_by(history.c.id.desc()).limit(1))
_ADD_MANY = insert(history).inline()
_ADD = Prepared(_ADD_MANY)
_OF = (
    select(history.c.at, people.c.name, history.c.action, history.c.before, history.c.after)
    .join_from(history, people, history.c.actor_id == people.c.id, isouter=True)
    .where(history.c.subject == bindparam("subject"))
    .order_by(history.c.id)
)
FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history as it is read."""

    at: datetime
    who: str | None
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def record(
    connection: Connection,
    at: datetime,
    actor: int | None,
    action: str,
    subject: str,
    unit: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Adds one line. `subject` is "candidate:12", "unit:3" or "person:40"; `actor` None means the office's machine."""
    last = _last(connection)
    values = {
        "at": at,
        "actor_id": actor,
        "action": action,
        "subject": subject,
        "unit_id": unit,
        "before": _json(before),
        "after": _json(after),
    }
    seal = _seal(last, values)
    _ADD.run(connection, {**values, "hash": seal})
    _remember(connection, seal)
    if looks.matters(action):
        looks.after(connection, action, subject, unit)


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is to be written together with others; see `record`."""

    action: str
    subject: str
    unit: int | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def record_all(connection: Connection, at: datetime, actor: int | None, lines: Iterable[Line]) -> None:
    """Adds many lines in one statement, in this order, each sealed by the one before it."""
    last = _last(connection)
    written, rows = list(lines), []
    for line in written:
        values = {
            "at": at,
            "actor_id": actor,
            "action": line.action,
            "subject": line.subject,
            "unit_id": line.unit,
            "before": _json(line.before),
            "after": _json(line.after),
        }
        last = _seal(last, values)
        rows.append({**values, "hash": last})
    if rows:
        connection.execute(_ADD_MANY, rows)
        _remember(connection, last)
    for line in written:
        if looks.matters(line.action):
            looks.after(connection, line.action, line.subject, line.unit)


def _last(connection: Connection) -> str:
    """The seal of the last line; within one transaction it is known from the line before."""
    known = connection.info.get(LAST)
    if known is not None and known[0] == _transaction(connection):
        return str(known[1])
    lock_history(connection)
    found = _LAST.first(connection, {})
    return found.hash if found else FIRST


def _remember(connection: Connection, seal: str) -> None:
    """For this transaction alone; a savepoint that is taken back forgets it."""
    connection.info[LAST] = _transaction(connection), seal


def _transaction(connection: Connection) -> tuple[object, object]:
    return connection.get_transaction() or object(), connection.get_nested_transaction()


def of(connection: Connection, subject: str) -> list[Entry]:
    """The history of one thing, oldest first."""
    rows = connection.execute(_OF, {"subject": subject})
    return [Entry(r.at, r.name, r.action, _read(r.before), _read(r.after)) for r in rows]


@dataclass(frozen=True, slots=True)
class Break:
    """The first line whose seal does not fit: it, or one before it, was changed, taken out or put in by hand."""

    id: int
    at: datetime
    action: str
    subject: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The whole history, read through. A seal that was noted down earlier shows whether lines at the end are missing.

    `lines` counts those up to the break, if there is one; `seal` is that of the last good line.
    """

    lines: int
    seal: str
    broken: Break | None = None


def chain(connection: Connection) -> Chain:
    """Reads every line and works out its seal anew."""
    last, count = FIRST, 0
    found = select(history).order_by(history.c.id).execution_options(yield_per=1000)
    for row in connection.execute(found).mappings():
        seal = _seal(last, row)
        if seal != row["hash"]:
            return Chain(count, last, Break(row["id"], row["at"], row["action"], row["subject"]))
        last, count = seal, count + 1
    return Chain(count, last)


def broken(connection: Connection) -> int | None:
    """The id of the first line whose seal does not fit, or None when the whole chain holds."""
    found = chain(connection).broken
    return found.id if found else None


def newest(connection: Connection) -> datetime | None:
    """When the last line was written; None for an empty history."""
    return connection.execute(select(history.c.at).order_by(history.c.id.desc()).limit(1)).scalar()


def _seal(last: str, row: Mapping[Any, Any]) -> str:
    at = int(row["at"].timestamp() * 1000)
    parts = (last, at, row["actor_id"], row["action"], row["subject"], row["unit_id"], row["before"], row["after"])
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _json(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not for the history: {type(value).__name__}")


def _read(text: str | None) -> dict[str, Any] | None:
    return None if text is None else json.loads(text)
