"""Who gets a message now: the morning's list once a day, and what cannot wait, up to so many a day."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, select

from bot.chat import Address, Message
from bot.rules.quiet import manners
from bot.rules.reminder_entries import Cap
from storage import chats, notices, outbox, preferences
from storage.notices import Notice
from storage.outbox import New
from storage.tables import outbox as outbox_rows

DIGEST: Literal["digest"] = "digest"
ONCE = "once"
SAME_DAY, NOW = 1, 2
# Words are found when it is sent; a messenger never sees this.
_LATER = Message("")


def digest_key(person: int, day: date) -> str:
    """One list a person a day."""
    return f"{DIGEST}:{person}:{day}"


def once_key(person: int, day: date, notice: int) -> str:
    """What is said by itself; the days and people before it, so that those of one day are counted by a range."""
    return f"{ONCE}:{day}:{person}:{notice}"


def put_out(connection: Connection, now: datetime, cap: Cap) -> int:
    """Owes everybody what is theirs at this moment of the office's day; how many messages that are new."""
    return _lists(connection, now, cap) + _at_once(connection, now, cap)


def _lists(connection: Connection, now: datetime, cap: Cap) -> int:
    if now.isoweekday() in manners().days_off:
        # The next working day's list has it.
        return 0
    people = notices.people_owed(connection, now.date())
    hours = preferences.of(connection, people)
    ready = [person for person in people if _hour(hours.get(person), cap) <= now.hour]
    gone = _gone(connection, ready, now.date())
    waiting = [person for person in ready if person not in gone]
    rows = [
        New(digest_key(person, now.date()), address, _LATER, now, DIGEST, person)
        for person, address in _addresses(connection, waiting).items()
    ]
    return outbox.add_many(connection, rows) if rows else 0


def _hour(said: preferences.Preferences | None, cap: Cap) -> int:
    return cap.digest_hour if said is None or said.digest_hour is None else said.digest_hour


def _gone(connection: Connection, people: Sequence[int], day: date) -> set[int]:
    """Whose list of the day is in the outbox already."""
    keys = {digest_key(person, day): person for person in people}
    return {keys[key] for key in _there(connection, list(keys))}


def _addresses(connection: Connection, people: Sequence[int]) -> dict[int, Address]:
    """Where people get messages; who has no chat that works is missing, and is owed it still."""
    found = chats.of(connection, people)
    return {person: theirs[0].address for person, theirs in found.items() if theirs and theirs[0].reachable}


def _at_once(connection: Connection, now: datetime, cap: Cap) -> int:
    """What is over the cap stays owed, and comes with the next list."""
    today = now.date()
    found = notices.owed_at_once(connection, today, SAME_DAY)
    there = _there(connection, [once_key(notice.person_id, today, notice.id) for notice in found])
    fresh = [notice for notice in found if once_key(notice.person_id, today, notice.id) not in there]
    if not fresh:
        return 0
    people = sorted({notice.person_id for notice in fresh})
    told, had = _gone(connection, people, today), _counts(connection, today)
    addresses = _addresses(connection, people)
    rows = []
    for notice in fresh:
        person = notice.person_id
        if person in addresses and had[person] < cap.messages and (notice.haste == NOW or person in told):
            rows.append(_once(notice, addresses[person], now))
            had[person] += 1
    return outbox.add_many(connection, rows) if rows else 0


def _once(notice: Notice, address: Address, now: datetime) -> New:
    key = once_key(notice.person_id, now.date(), notice.id)
    return New(key, address, _LATER, now, "urgent" if notice.haste == NOW else "notice", notice.person_id)


def _there(connection: Connection, keys: Sequence[str]) -> set[str]:
    return set(connection.execute(select(outbox_rows.c.key).where(outbox_rows.c.key.in_(keys))).scalars())


def _counts(connection: Connection, day: date) -> Counter[int]:
    """How many messages by themselves each person was owed on that day."""
    first = f"{ONCE}:{day}:"
    span = (outbox_rows.c.key >= first, outbox_rows.c.key < f"{first[:-1]};")
    keys = connection.execute(select(outbox_rows.c.key).where(*span)).scalars()
    return Counter(int(key.split(":")[2]) for key in keys)
