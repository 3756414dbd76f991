"""What went wrong with messages in the sample ward, so that /nhac has something to show."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.chat import Address, Message
from bot.sample.content import content
from bot.sample.people import CHANNEL, Settled
from storage import chats, outbox, people, sending


def fill(connection: Connection, settled: Sequence[Settled], now: datetime) -> None:
    """Two members blocked the bot some days ago, with notices that wait; what one more got is not clear."""
    for entry in content("troubles")["lost"]:
        person = _member(settled, entry["unit"])
        address = Address(CHANNEL, entry["address"])
        since = now - timedelta(days=entry["days"])
        people.link(connection, address, person.number, since - timedelta(days=30))
        chats.lose(connection, address, since)
        sending.lose(connection, [_owe(connection, person, address, text, since) for text in entry["waiting"]])
    for entry in content("troubles")["failed"]:
        person = next(one for one in settled if one.address == entry["address"])
        row = _owe(connection, person, Address(CHANNEL, entry["address"]), entry["text"], now)
        sending.take(connection, [row], "sample", now)
        sending.begin(connection, row, "sample", now - timedelta(minutes=entry["minutes"]), now)
        sending.give_up(connection, row, "failed", outbox.UNCLEAR)


def _member(settled: Sequence[Settled], unit: str) -> Settled:
    """The last of the branch: an ordinary member whom nobody can play."""
    return [one for one in settled if one.unit == unit and one.address is None][-1]


def _owe(connection: Connection, person: Settled, address: Address, text: str, at: datetime) -> int:
    owed = outbox.add(
        connection, f"sample:{person.number}:{text}", address, Message(text), at, kind="notice", person=person.number
    )
    return owed.id if owed else 0
