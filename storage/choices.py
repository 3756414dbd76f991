"""What a number means in a chat without buttons: the choices that its last message offered, and those before them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, delete, select

from bot.chat import Address
from storage.database import insert
from storage.prepared import Prepared
from storage.tables import choices


@dataclass(frozen=True, slots=True)
class Mark:
    """One choice: the number or letter it goes by, the text that choosing it sends, and a hash of its label."""

    key: str
    send: str
    label: str


@dataclass(frozen=True, slots=True)
class Offer:
    """The choices of one message; `row` is its number in the outbox, `at` when it was on its way."""

    row: int
    at: datetime
    marks: tuple[Mark, ...]
    before: "Offer | None" = None


_OF = Prepared(
    select(choices).where(choices.c.channel == bindparam("in_channel"), choices.c.address == bindparam("at_address"))
)


def of(connection: Connection, address: Address) -> Offer | None:
    """What is on offer in this chat; None when nothing ever was."""
    row = _OF.first(connection, {"in_channel": address.channel, "at_address": address.id})
    if row is None:
        return None
    before = _unpack(row.before) if row.before else None
    return Offer(row.outbox_id, row.at, _marks(json.loads(row.marks)), before)


def offer(connection: Connection, address: Address, row: int, marks: Sequence[Mark], at: datetime) -> None:
    """A message with these choices is on its way; sent again, it keeps what was on offer before it."""
    last = of(connection, address)
    before = last.before if last is not None and last.row == row else last
    _keep(connection, address, Offer(row, at, tuple(marks), before))


def withdraw(connection: Connection, address: Address, row: int) -> None:
    """That message has surely not arrived: what was on offer before it still is."""
    last = of(connection, address)
    if last is None or last.row != row:
        return
    if last.before is not None:
        _keep(connection, address, last.before)
    else:
        forget(connection, address)


def forget(connection: Connection, address: Address) -> None:
    """Nothing is on offer in this chat."""
    here = (choices.c.channel == address.channel, choices.c.address == address.id)
    connection.execute(delete(choices).where(*here))


def _keep(connection: Connection, address: Address, new: Offer) -> None:
    values = {
        "outbox_id": new.row,
        "at": new.at,
        "marks": json.dumps(_packed(new.marks), ensure_ascii=False),
        "before": _pack(new.before) if new.before else None,
    }
    statement = insert(connection, choices).values(channel=address.channel, address=address.id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["channel", "address"], set_=values))


def _packed(marks: Sequence[Mark]) -> list[list[str]]:
    return [[mark.key, mark.send, mark.label] for mark in marks]


def _pack(one: Offer) -> str:
    return json.dumps([one.row, one.at.timestamp(), _packed(one.marks)], ensure_ascii=False)


def _unpack(text: str) -> Offer:
    row, at, marks = json.loads(text)
    return Offer(row, datetime.fromtimestamp(at, UTC), _marks(marks))


def _marks(packed: Sequence[Sequence[str]]) -> tuple[Mark, ...]:
    return tuple(Mark(*mark) for mark in packed)
