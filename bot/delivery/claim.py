"""What of the outbox may go out now: one transaction takes rows into hand and decides on each of them."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Protocol

from sqlalchemy import Connection

from bot.chat import Address, Channel, Message
from bot.rules.quiet import Hours, Pause, filling, waits
from storage import chats, forms, sending
from storage.chats import Chat
from storage.database import savepoint
from storage.outbox import Owed

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""How long what is in hand is left to the process that has it."""
MOST = 30
"""Messages taken at a time: about a second's worth, so that their words are fresh when they go out."""
A_CHAT = 3
"""Of these at most so many for one chat, which gets one a second."""
APART = timedelta(seconds=A_CHAT)
LOOK_AGAIN = timedelta(minutes=10)
NEVER = Hours(time(0), time(0))

Look = Callable[[Connection, Owed, datetime], Message | datetime | None]
"""Asked right before a notice is sent, in the transaction that takes it: its words as they are now (its own message
where there is nothing to say anew), a moment to hold it until, or None where its matter is done."""


class Plainly(Protocol):
    """How a message reads on a messenger without buttons."""

    def __call__(self, connection: Connection, owed: Owed, channel: Channel, now: datetime) -> Message:
        """The message in words alone, after what may be chosen is kept."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the office has agreed on. `hours`: its quiet hours; `own_hours` gives those that people have set themselves.

    `lost` is told of a person whom no chat reaches any more, in the transaction that finds it out. `plainly` puts a
    message into the words of a messenger without buttons, in a transaction of its own before it is sent.
    """

    hours: Hours = NEVER
    own_hours: Callable[[Connection, Sequence[int]], Mapping[int, Hours]] | None = None
    look: Look | None = None
    lost: Callable[[Connection, int, datetime], object] | None = None
    plainly: Plainly | None = None


@dataclass(slots=True)
class Batch:
    """What was found due; what of it goes out, answers before notices."""

    answers: list[Owed]
    found: int
    notices: list[Owed] = field(default_factory=list)
    # Other channels that something was handed to.
    handed: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the people of one batch."""

    chats: Mapping[int, Sequence[Chat]]
    typing: Mapping[int, datetime]
    hours: Mapping[int, Hours]


def claim(
    connection: Connection, terms: Terms, channel: str, channels: Iterable[str], now: datetime, holder: str
) -> Batch:
    """Takes what is due on this channel; `now` on the office clock, `holder` the mark of this process."""
    answers = sending.due_answers(connection, channel, now, MOST, now + LEASE)
    due = sending.due_notices(connection, channel, now, MOST)
    batch = Batch(answers, len(answers) + len(due))
    known = _known(connection, terms, sorted({one.person for one in due if one.person is not None}))
    served = list(channels)
    for one in due:
        if _goes_there(connection, one, known, served, batch, now) and _may_now(connection, terms, one, known, now):
            _take(connection, terms, one, batch, now)
    sending.take(connection, [one.id for one in batch.notices], holder, now + LEASE)
    return batch


def _known(connection: Connection, terms: Terms, people: Sequence[int]) -> _Known:
    if not people:
        return _Known({}, {}, {})
    hours = terms.own_hours(connection, people) if terms.own_hours else {}
    typing = {who: at for who, (kind, at) in forms.open_of(connection, people).items() if filling(kind)}
    return _Known(chats.of(connection, people), typing, hours)


def _goes_there(
    connection: Connection, one: Owed, known: _Known, served: Sequence[str], batch: Batch, now: datetime
) -> bool:
    """Whether the address is still a chat of that person that gets messages; else it goes to one, or waits for one."""
    if one.person is None or any(c.reachable and c.address == one.address for c in known.chats.get(one.person, ())):
        return True
    if one.person not in known.chats or one.kind == "edit":
        sending.drop(connection, [one.id])
        return False
    there = chats.other(known.chats[one.person], served)
    if there is None:
        sending.lose(connection, [one.id])
    else:
        sending.move(connection, one.id, there, now)
        batch.handed.add(there.channel)
    return False


def _may_now(connection: Connection, terms: Terms, one: Owed, known: _Known, now: datetime) -> bool:
    person = one.person or 0
    wait = waits(one.kind, now, known.hours.get(person, terms.hours), known.typing.get(person))
    if wait is not None:
        sending.hold(connection, [one.id], wait.until, wait.why)
    return wait is None


def _take(connection: Connection, terms: Terms, one: Owed, batch: Batch, now: datetime) -> None:
    """Puts it among those that go out, with fresh words."""
    if sum(taken.address == one.address for taken in batch.notices) >= A_CHAT:
        return sending.put_off(connection, one.id, one.tries, now + APART, None)
    said = _looked(connection, terms.look, one, now)
    match said:
        case Message():
            if said != one.message:
                sending.reword(connection, one.id, said)
            batch.notices.append(replace(one, message=said))
        case Pause():
            sending.hold(connection, [one.id], said.until, said.why)
        case None:
            sending.drop(connection, [one.id])


def _looked(connection: Connection, look: Look | None, one: Owed, now: datetime) -> Message | Pause | None:
    if look is None or one.kind == "edit":
        return one.message
    try:
        with savepoint(connection):
            said = look(connection, one, now)
    except Exception as error:
        # One notice that cannot be put into words must not stop the others.
        log.error("notice %s could not be looked at: %s", one.id, type(error).__name__)
        return Pause(now + LOOK_AGAIN, "look")
    return Pause(said, "look") if isinstance(said, datetime) else said


def lose(connection: Connection, terms: Terms, one: Owed, channels: Iterable[str], now: datetime) -> None:
    """The messenger says that this chat is gone: a notice goes to the person's other chat.

    Without another one it is kept until the person writes again, and whoever is responsible is told.
    """
    whose = chats.lose(connection, one.address, now)
    if whose is not None and terms.lost is not None:
        theirs = chats.of(connection, [whose]).get(whose, [])
        if theirs and not any(chat.reachable for chat in theirs):
            terms.lost(connection, whose, now)
    there = _elsewhere(connection, one, channels)
    if there is not None:
        sending.move(connection, one.id, there, now)
    else:
        sending.give_up(connection, one.id, "cleared" if one.kind == "edit" else "unreachable", "")


def _elsewhere(connection: Connection, one: Owed, channels: Iterable[str]) -> Address | None:
    """An answer stays where it was asked for, and an edit where its message is."""
    if one.person is None or one.kind in ("answer", "edit"):
        return None
    return chats.other(chats.of(connection, [one.person]).get(one.person, ()), channels)
