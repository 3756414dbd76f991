"""What is owed to be said: every message is a row before it is sent, under a key that makes it one of its kind.

States: queued (waits for `due_at`), held (the same, until people may be disturbed), sending, sent, seen (a button of it
was pressed), cleared (its matter was done before it was sent), failed and unreachable (kept with the reason). What
sends, takes and marks rows is in `storage/sending.py`.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, select, text, update

from bot.chat import Address, Button, Message
from storage.database import insert
from storage.outbox_tables import ANSWER_WAITS, NOTICE_WAITS, NOTICES
from storage.prepared import Prepared
from storage.tables import outbox

Kind = Literal["answer", "notice", "urgent", "digest", "announcement", "edit"]

# Why the last try may have arrived: the messenger did not say, or the process ended meanwhile.
UNCLEAR, INTERRUPTED = "unclear", "interrupted"
# Why it was given up or comes later: it surely has not arrived, however often it was tried.
NOT_SENT = "not sent"
# Due before everything else.
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
# Why it is held: what its person is doing.
FORM = "form"


@dataclass(frozen=True, slots=True)
class Owed:
    """A message that waits to be sent to one address."""

    id: int
    address: Address
    message: Message
    tries: int = 0
    # The last try may have arrived: one repeat is allowed, not two.
    unclear: bool = False
    key: str = ""
    kind: Kind = "answer"
    # Whom it is for; None for an answer and for a guest.
    person: int | None = None


@dataclass(frozen=True, slots=True)
class New:
    """A message to be owed: what `add` is told, for `add_many`."""

    key: str
    address: Address
    message: Message
    due_at: datetime
    kind: Kind = "notice"
    person: int | None = None


ROW = (
    outbox.c.id,
    outbox.c.key,
    outbox.c.body,
    outbox.c.kind,
    outbox.c.person_id,
    outbox.c.tries,
    outbox.c.problem,
    outbox.c.channel,
    outbox.c.address,
    outbox.c.state,
)
_FIND = Prepared(select(*ROW).where(outbox.c.key == bindparam("wanted")))
_ADD = Prepared(lambda connection: insert(connection, outbox).on_conflict_do_nothing())
_OF = (text(NOTICES), outbox.c.person_id == bindparam("whose"))
_PRESSED = Prepared(
    update(outbox)
    .where(*_OF, text("state = 'sent'"), outbox.c.message == bindparam("number"))
    .where(outbox.c.channel == bindparam("in_channel"), outbox.c.address == bindparam("at_address"))
    .values(state="seen", seen_at=bindparam("at"))
)
_LET_GO = Prepared(
    update(outbox)
    .where(*_OF, text("state = 'held'"), outbox.c.problem == FORM)
    .values(state="queued", due_at=bindparam("at"), problem=None)
)


def add(
    connection: Connection,
    key: str,
    address: Address,
    message: Message,
    due_at: datetime,
    *,
    kind: Kind = "answer",
    person: int | None = None,
) -> Owed | None:
    """Puts a message into the outbox; None when its key is there already, waiting or said.

    What is for a person goes to any of the person's chats: the round finds one that works.
    """
    values: dict[str, Any] = {
        "key": key,
        "channel": address.channel,
        "address": address.id,
        "body": pack(message),
        "state": "queued",
        "due_at": due_at,
    }
    if kind != "answer":
        values |= {"kind": kind, "person_id": person}
    row = _ADD.add(connection, values)
    return Owed(row, address, message, key=key, kind=kind, person=person) if row else None


def add_many(connection: Connection, rows: Iterable[New]) -> int:
    """Puts many messages in with one statement, leaving out keys that are there already; how many are new."""
    return _ADD.add_many(
        connection,
        [
            {
                "key": new.key,
                "channel": new.address.channel,
                "address": new.address.id,
                "body": pack(new.message),
                "state": "queued",
                "due_at": new.due_at,
                "kind": new.kind,
                "person_id": new.person,
            }
            for new in rows
        ],
    )


def find(connection: Connection, key: str) -> tuple[str, Owed | None] | None:
    """The state of a message and, while it waits, the message; None when the key has never been used."""
    row = _FIND.first(connection, {"wanted": key})
    if row is None:
        return None
    return row.state, owed(row) if row.body else None


def states(connection: Connection, keys: Sequence[str]) -> dict[int, str]:
    """The rows under these keys and their states; a key that has never been used is missing."""
    found = select(outbox.c.id, outbox.c.state).where(outbox.c.key.in_(keys))
    return {row.id: row.state for row in connection.execute(found)}


def number_of(connection: Connection, row: int) -> str | None:
    """The messenger's number of a message; None while it is not marked as sent, or without such a row."""
    return connection.execute(select(outbox.c.message).where(outbox.c.id == row)).scalar()


def key_of(connection: Connection, row: int) -> str | None:
    """The key of a row; None when there is no such row."""
    return connection.execute(select(outbox.c.key).where(outbox.c.id == row)).scalar()


def seen(connection: Connection, row: int, at: datetime) -> bool:
    """Somebody pressed a button of it; False when it was not sent, or was seen before."""
    shown = (outbox.c.id == row, outbox.c.state == "sent")
    return bool(connection.execute(update(outbox).where(*shown).values(state="seen", seen_at=at)).rowcount)


def pressed(connection: Connection, person: int, address: Address, message: str, at: datetime) -> bool:
    """The same, known by the messenger's number of the message; False for an answer and for one seen before."""
    where = {"whose": person, "in_channel": address.channel, "at_address": address.id}
    return bool(_PRESSED.run(connection, {**where, "number": message, "at": at}))


def clear(connection: Connection, rows: Sequence[int]) -> int:
    """What these were about is done: those that wait, or could not be sent, are not sent any more. How many."""
    waits = (outbox.c.id.in_(rows), outbox.c.state.in_(["queued", "held", "failed", "unreachable"]))
    return connection.execute(update(outbox).where(*waits).values(state="cleared", body=None)).rowcount


def edit(connection: Connection, row: int, message: Message, at: datetime) -> Owed | None:
    """Lets `message` take the place of a message that was sent; None when it was not sent.

    A later edit of the same message takes the place of an earlier one.
    """
    found = connection.execute(select(*ROW, outbox.c.message).where(outbox.c.id == row)).first()
    if found is None or found.state not in ("sent", "seen") or found.message is None:
        return None
    key, address = f"edit:{row}", Address(found.channel, found.address)
    there = Message(message.text, message.buttons, edit=found.message, only_edit=True)
    added = add(connection, key, address, there, at, kind="edit", person=found.person_id)
    if added is not None:
        return added
    again = {"body": pack(there), "state": "queued", "due_at": at, "tries": 0, "problem": None, "holder": None}
    connection.execute(update(outbox).where(outbox.c.key == key).values(**again))
    current = find(connection, key)
    return current[1] if current else None


def let_go(connection: Connection, person: int, at: datetime) -> int:
    """Makes due what waited for this person's half-filled form; how many."""
    return _LET_GO.run(connection, {"whose": person, "at": at})


def release(connection: Connection, now: datetime) -> int:
    """Frees what an ended process had in hand, to go first: for the start of an embedded database's only process."""
    answers = (text(ANSWER_WAITS), outbox.c.tries == 0, outbox.c.due_at > now)
    freed = connection.execute(update(outbox).where(*answers).values(due_at=now)).rowcount
    held = (text(NOTICE_WAITS), outbox.c.holder.is_not(None))
    return freed + connection.execute(update(outbox).where(*held).values(due_at=FIRST)).rowcount


def owed(row: Any) -> Owed:
    """A row of `ROW` as a value."""
    unclear = row.problem in (UNCLEAR, INTERRUPTED)
    address = Address(row.channel, row.address)
    return Owed(row.id, address, unpack(row.body), row.tries, unclear, row.key, row.kind, row.person_id)


def pack(message: Message) -> str:
    """A message as JSON, without its file."""
    rows = [[[b.label, b.send, b.kind] for b in row] for row in message.buttons]
    more = [True] if message.only_edit else []
    return json.dumps([message.text, rows, message.edit, *more], ensure_ascii=False)


def unpack(body: str) -> Message:
    """The message that was packed."""
    words, rows, edits, *more = json.loads(body)
    return Message(
        words, tuple(tuple(Button(*button) for button in row) for row in rows), edits, only_edit=more == [True]
    )
