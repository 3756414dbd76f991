"""The chats of people, and which of them get messages: where a notice can go when one is blocked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, or_, select, update

from bot.chat import Address
from storage.prepared import Prepared
from storage.tables import addresses, people


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat of a person. `lost_at` is since when nothing gets through; None while it does, or where unknown."""

    address: Address
    reachable: bool
    lost_at: datetime | None


_OF = (
    select(people.c.id, addresses.c.channel, addresses.c.address, addresses.c.reachable, addresses.c.lost_at)
    .join_from(people, addresses, addresses.c.person_id == people.c.id, isouter=True)
    .where(people.c.left_on.is_(None))
    .order_by(
        addresses.c.reachable.desc(),
        func.coalesce(addresses.c.used_at, addresses.c.since).desc(),
        addresses.c.since.desc(),
        addresses.c.address,
    )
)
_USED = Prepared(
    update(addresses)
    .where(addresses.c.channel == bindparam("in_channel"), addresses.c.address == bindparam("at_address"))
    .where(or_(addresses.c.used_at.is_(None), addresses.c.used_at < bindparam("long_ago")))
    .values(used_at=bindparam("at"))
)
TO_THE_HOUR = timedelta(hours=1)


def of(connection: Connection, wanted: Iterable[int]) -> dict[int, list[Chat]]:
    """The chats of these people, those that get messages first, then the last used; who has left is missing."""
    found: dict[int, list[Chat]] = {}
    for row in connection.execute(_OF.where(people.c.id.in_(list(wanted)))):
        chats = found.setdefault(row.id, [])
        if row.channel is not None:
            chats.append(Chat(Address(row.channel, row.address), row.reachable, row.lost_at))
    return found


def best(connection: Connection, person: int) -> Address | None:
    """Where a message for this person is owed to: a chat that gets messages, else one that did; None without any."""
    chats = of(connection, [person]).get(person)
    return chats[0].address if chats else None


def other(chats: Sequence[Chat], channels: Iterable[str]) -> Address | None:
    """The first chat that gets messages, on one of these channels."""
    served = set(channels)
    return next((chat.address for chat in chats if chat.reachable and chat.address.channel in served), None)


def used(connection: Connection, address: Address, at: datetime) -> None:
    """Its person has just written from there; kept once an hour."""
    values = {"in_channel": address.channel, "at_address": address.id, "at": at, "long_ago": at - TO_THE_HOUR}
    _USED.run(connection, values)


def lose(connection: Connection, address: Address, at: datetime) -> int | None:
    """Nothing gets through to this address any more; whose it is, None for nobody's or one that was lost before."""
    here = (addresses.c.channel == address.channel, addresses.c.address == address.id)
    changed = update(addresses).where(*here, addresses.c.reachable).values(reachable=False, lost_at=at)
    if not connection.execute(changed).rowcount:
        return None
    return connection.execute(select(addresses.c.person_id).where(*here)).scalar()


def find_again(connection: Connection, address: Address) -> None:
    """Somebody wrote from this address: messages get through again."""
    here = (addresses.c.channel == address.channel, addresses.c.address == address.id)
    connection.execute(update(addresses).where(*here).values(reachable=True, lost_at=None))
