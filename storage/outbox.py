"""What is owed to be said: every message is a row before it is sent, under a key that makes it one of its kind."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.chat import Address, Button, Message
from storage.database import insert
from storage.prepared import Prepared
from storage.tables import outbox

UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Owed:
    """A message that waits to be sent to one address."""

    id: int
    address: Address
    message: Message
    tries: int = 0
    # The last try may have arrived: one repeat is allowed, not two.
    unclear: bool = False


_ROW = (outbox.c.id, outbox.c.body, outbox.c.tries, outbox.c.problem, outbox.c.channel, outbox.c.address)
_FIND = Prepared(select(outbox.c.state, *_ROW).where(outbox.c.key == bindparam("wanted")))
_ADD = Prepared(lambda connection: insert(connection, outbox).on_conflict_do_nothing())
_WAITING = (
    select(*_ROW)
    .where(outbox.c.state == "queued", outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
    # Another process takes the ones after these. SQLite has no such words and needs none: it has one writer.
    .with_for_update(skip_locked=True)
)
_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(state="sent", body=None, sent_at=bindparam("at"), message=bindparam("message_id"), problem=None)
)


def add(connection: Connection, key: str, address: Address, message: Message, due_at: datetime) -> Owed | None:
    """Puts a message into the outbox; None when its key is there already, waiting or said."""
    values = {
        "key": key,
        "channel": address.channel,
        "address": address.id,
        "body": _pack(message),
        "state": "queued",
        "due_at": due_at,
    }
    row = _ADD.add(connection, values)
    return Owed(row, address, message) if row else None


def find(connection: Connection, key: str) -> tuple[str, Owed | None] | None:
    """The state of a message and, while it waits, the message; None when the key has never been used."""
    row = _FIND.first(connection, {"wanted": key})
    if row is None:
        return None
    return row.state, _owed(row) if row.body else None


def waiting(connection: Connection, now: datetime, most: int, until: datetime) -> list[Owed]:
    """Takes up to `most` messages that are due, and keeps other processes from taking them before `until`."""
    rows = connection.execute(_WAITING, {"now": now, "most": most}).all()
    if rows:
        taken = outbox.c.id.in_([row.id for row in rows])
        connection.execute(update(outbox).where(taken).values(due_at=until))
    return [_owed(row) for row in rows if row.body]


def release(connection: Connection, now: datetime) -> int:
    """Makes everything that waits due at once: for the start of the only process of an embedded database."""
    held = (outbox.c.state == "queued", outbox.c.tries == 0, outbox.c.due_at > now)
    return connection.execute(update(outbox).where(*held).values(due_at=now)).rowcount


def sent(connection: Connection, rows: Sequence[tuple[int, str]], at: datetime) -> None:
    """Marks messages as sent, each with the messenger's id of it, and empties them."""
    connection.execute(_SENT, [{"row": row, "at": at, "message_id": message} for row, message in rows])


def put_off(connection: Connection, row: int, tries: int, due_at: datetime, problem: str) -> None:
    """Will be tried again at `due_at`."""
    changed = {"tries": tries, "due_at": due_at, "problem": problem}
    connection.execute(update(outbox).where(outbox.c.id == row).values(**changed))


def give_up(connection: Connection, row: int, state: str, problem: str) -> None:
    """Marks a message as "failed" or "unreachable"; the text is kept for the office to send again."""
    connection.execute(update(outbox).where(outbox.c.id == row).values(state=state, problem=problem))


def clear(connection: Connection, key: str) -> None:
    """What a queued message was about is done: it is not sent any more."""
    waits = (outbox.c.key == key, outbox.c.state == "queued")
    connection.execute(update(outbox).where(*waits).values(state="cleared", body=None))


def _owed(row: Any) -> Owed:
    return Owed(row.id, Address(row.channel, row.address), _unpack(row.body), row.tries, row.problem == UNCLEAR)


def _pack(message: Message) -> str:
    rows = [[[b.label, b.send, b.kind] for b in row] for row in message.buttons]
    return json.dumps([message.text, rows, message.edit], ensure_ascii=False)


def _unpack(body: str) -> Message:
    text, rows, edit = json.loads(body)
    return Message(text, tuple(tuple(Button(*button) for button in row) for row in rows), edit)
