"""The messages that carry an announcement: put into the outbox for hundreds at once, replaced, taken back."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, func, select

from bot.chat import Address, Message
from storage import outbox
from storage.tables import addresses, announcement_readers, people
from storage.tables import outbox as messages

T = TypeVar("T")

# Rows in one statement.
BATCH = 500
# The message that first brings it, and the one that tells once more.
FIRST, AGAIN = "first", "again"


class Carried(Protocol):
    """What is carried: an announcement in one of its versions."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def version(self) -> int:
        """How often it was written: 1 before any correction."""


def carry(
    connection: Connection,
    now: datetime,
    announcement: Carried,
    slot: str,
    message: Message,
    but: Collection[int] = (),
) -> int:
    """Puts a message into the outbox for everybody who has not read it, except `but`; for how many.

    Each goes to the chat that the person used last; it is queued and paced like every notice.
    """
    found = (
        select(announcement_readers.c.person_id, addresses.c.channel, addresses.c.address)
        .join_from(announcement_readers, people, people.c.id == announcement_readers.c.person_id)
        .join(addresses, addresses.c.person_id == announcement_readers.c.person_id)
        .where(announcement_readers.c.announcement_id == announcement.id, announcement_readers.c.read_at.is_(None))
        .where(addresses.c.reachable, people.c.left_on.is_(None))
        .order_by(func.coalesce(addresses.c.used_at, addresses.c.since), addresses.c.since)
    )
    latest = {row.person_id: Address(row.channel, row.address) for row in connection.execute(found)}
    rows = [
        outbox.New(_key(announcement, slot, person), address, message, now, "announcement", person)
        for person, address in latest.items()
        if person not in but
    ]
    return sum(outbox.add_many(connection, some) for some in batches(rows))


def _key(announcement: Carried, slot: str, person: int, version: int | None = None) -> str:
    return f"announcement:{announcement.id}:{version or announcement.version}:{slot}:{person}"


def keys(announcement: Carried, persons: Iterable[int]) -> Iterator[str]:
    """The keys of all messages that have carried it to these people, in any version."""
    versions = range(1, announcement.version + 1)
    return (_key(announcement, slot, p, version) for p in persons for version in versions for slot in (FIRST, AGAIN))


def take_back(connection: Connection, announcement: Carried, person: int) -> None:
    """What still waits to be sent to this person is not sent any more."""
    waiting = select(messages.c.id).where(messages.c.key.in_(keys(announcement, [person])))
    outbox.clear(connection, list(connection.execute(waiting).scalars()))


def replace_sent(
    connection: Connection,
    now: datetime,
    announcement: Carried,
    message: Callable[[str | None], Message],
    plain: Collection[str] = (),
) -> set[int]:
    """Puts `message` of a message's id in the place of all that were sent, and takes back what waits. Whose were sent.

    `announcement` is of the version that was sent. On the messengers named by `plain` nothing can be put in the place
    of a message: there `message` of None comes as a new one, once for each person.
    """
    edits, waiting, told = [], [], set()
    for row in _carried(connection, announcement):
        if row.state in ("sent", "seen") and row.message:
            address = Address(row.channel, row.address)
            key = f"{row.key}:edit:{announcement.version}"
            if row.channel not in plain:
                edits.append(outbox.New(key, address, message(row.message), now, "edit", row.person_id))
            elif row.person_id not in told:
                told.add(row.person_id)
                edits.append(outbox.New(key, address, message(None), now, "announcement", row.person_id))
        else:
            waiting.append(row.id)
    for some in batches(waiting):
        outbox.clear(connection, some)
    for new in batches(edits):
        outbox.add_many(connection, new)
    return {edit.person for edit in edits if edit.person is not None}


def _carried(connection: Connection, announcement: Carried) -> Iterator[Any]:
    of_it = announcement_readers.c.announcement_id == announcement.id
    persons = list(connection.execute(select(announcement_readers.c.person_id).where(of_it)).scalars())
    columns = (messages.c.id, messages.c.key, messages.c.state, messages.c.message, messages.c.person_id)
    place = (messages.c.channel, messages.c.address)
    for some in batches(keys(announcement, persons)):
        yield from connection.execute(select(*columns, *place).where(messages.c.key.in_(some)))


def batches(things: Iterable[T]) -> Iterator[list[T]]:
    """What goes into one statement each."""
    rest = iter(things)
    while some := list(islice(rest, BATCH)):
        yield some
