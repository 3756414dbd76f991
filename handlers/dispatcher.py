"""One message in, one answer owed: who is it, which handler answers, in one transaction, in order for each person."""

import asyncio
import logging
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Protocol

from sqlalchemy import Connection

from bot.chat import (
    Address,
    Choice,
    Document,
    File,
    Incoming,
    Message,
    Reading,
    Refusal,
    Reply,
    Unsendable,
)
from bot.rules.access import Role
from handlers import losses, telling
from handlers.commands import Context, forms_owner, menu
from handlers.faults import not_read, note
from handlers.knowing import Knowing, Outdated
from handlers.routing import answer, with_a_way_on
from handlers.templates import Templates
from handlers.workbench import Workbench
from storage import forms, outbox, people
from storage.database import Database, savepoint

log = logging.getLogger(__name__)

# How long a message is left to the process that wrote it before a round may send it.
LEASE = timedelta(seconds=20)
# The same while a file is made for it.
MAKING = timedelta(minutes=3)
# How often one message waits for a new index: the office may approve an answer while one is being built.
RENEWALS = 3


class Dispatcher:
    """Takes in what arrives. `deliver` is handed what is owed once it is committed, and must not wait."""

    def __init__(
        self,
        database: Database,
        templates: Templates,
        now: Callable[[], datetime],
        delivery: "Outgoing",
        link: Callable[[Address], str | None] = lambda _: None,
        knowing: Knowing | None = None,
        fetch: "Fetch | None" = None,
    ) -> None:
        self._database = database
        self._templates = templates
        self._now = now
        self._delivery = delivery
        self._link = link
        self._knowing = knowing or Knowing()
        self._fetch = fetch or _nothing
        self._turns: dict[Address, _Turn] = {}
        self._workbench = Workbench(delivery.deliver, self._without_result)

    async def finish(self, seconds: float) -> None:
        """Waits for files that are being made, at most this long; what is not ready goes out in words."""
        await self._workbench.finish(seconds)

    async def receive(self, incoming: Incoming) -> None:
        """Handles one message; returns when its effects and its answer are committed. Never raises."""
        turn = self._turns.setdefault(incoming.address, _Turn())
        turn.waiting += 1
        try:
            async with turn.lock:
                handled = await self._handled(incoming)
                if handled.later is not None:
                    self._workbench.begin(handled.owed[0], handled.later)
                if handled.reading is not None:
                    self._workbench.start(self._read(incoming, handled.reading))
                self._delivery.deliver(handled.owed[1:] if handled.later else handled.owed)
                if handled.told:
                    self._delivery.nudge()
                if handled.menu is not None:
                    self._delivery.show_menu(incoming.address, handled.menu, menu_mark(handled.menu))
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                del self._turns[incoming.address]

    async def _handled(self, incoming: Incoming) -> "Handled":
        now = self._now()
        try:
            return await self._informed(partial(self._take_in, incoming=incoming, now=now))
        except _HandledBefore:
            return await self._database.read(partial(_still_owed, incoming=incoming))
        except Exception as error:
            number = note(error)
            answer = partial(
                self._store, incoming=incoming, now=now, reply=Reply("conversation.fault", {"number": number})
            )
            try:
                return Handled(await self._database.write(answer))
            except Exception as again:
                # Nothing can be stored: the person is still told, and the messenger may deliver the message again.
                note(again)
                message = self._templates.message(Reply("conversation.fault", {"number": number}), now.date())
                return Handled([outbox.Owed(0, incoming.address, message)])

    async def _informed(self, work: "Callable[[Connection], Handled]") -> "Handled":
        """Does the work; where it found the index behind the office's answers, again with a new index."""
        for _ in range(RENEWALS):
            try:
                return await self._database.write(work)
            except Outdated:
                await self._knowing.renew(self._database, self._now().date())
        return await self._database.write(work)

    def _take_in(self, connection: Connection, *, incoming: Incoming, now: datetime) -> "Handled":
        context = self._context(connection, incoming, now)
        begun, known = context.form is not None and bool(context.form.kind), context.person is not None
        reply: Reply | None
        try:
            with savepoint(connection):
                reply = answer(context)
        except Refusal as refusal:
            reply, context.notices = with_a_way_on(refusal.reply, begun, incoming), []
        except Outdated:
            raise
        except Exception as error:
            if outbox.find(connection, _key(incoming)) is not None:
                # Given again, and its own traces were in the way: no fault.
                raise _HandledBefore from None
            reply, context.notices = Reply("conversation.fault", {"number": note(error)}), []
        to = "member" if context.person else "guest"
        answers = self._store(connection, incoming=incoming, now=now, reply=reply, to=to)
        answers += self._offered(context, joined=not known)
        told = telling.tell_others(context, self._templates) | telling.let_go(context, begun)
        slow = (reply.later, reply.reading) if reply else (None, None)
        return Handled(answers, _new_menu(context), told, *slow)

    async def _read(self, incoming: Incoming, reading: Reading) -> None:
        """Fetches a file, reads it beside the conversations, and answers a second time."""
        then: Callable[[Context], Reply]
        try:
            content = await self._fetch(incoming.address, reading.document)
            found = await self._workbench.beside(partial(reading.read, content))
            then = partial(reading.then, found=found)
        except Exception as error:
            then = partial(not_read, error)
        go_on = partial(self._go_on, incoming=incoming, now=self._now(), then=then)
        self._delivery.deliver(await self._database.write(go_on))

    def _go_on(
        self, connection: Connection, *, incoming: Incoming, now: datetime, then: Callable[[Context], Reply]
    ) -> list[outbox.Owed]:
        context = self._context(connection, incoming, now)
        try:
            with savepoint(connection):
                reply = then(context)
        except Refusal as refusal:
            reply, context.notices = with_a_way_on(refusal.reply, False, incoming), []
        except Exception as error:
            reply, context.notices = Reply("conversation.fault", {"number": note(error)}), []
        telling.tell_others(context, self._templates)
        return self._store(connection, incoming=incoming, now=now, reply=reply, second=True)

    def _without_result(self, owed: outbox.Owed, error: BaseException) -> outbox.Owed:
        """What is said where a file could not be made."""
        reply = Reply("conversation.no_file", {"number": note(error)}, [[Choice("help", "/trogiup")]])
        return replace(owed, message=self._templates.message(reply, self._now().date()))

    def _offered(self, context: Context, *, joined: bool) -> list[outbox.Owed]:
        """What waited for somebody who could not be reached, after the answer."""
        offer = losses.back(context, joined=joined)
        if offer is None:
            return []
        key, message = f"{_key(context.incoming)}:back", self._templates.message(offer, context.today)
        owed = outbox.add(context.connection, key, context.incoming.address, message, context.now + LEASE)
        return [owed] if owed else []

    def _context(self, connection: Connection, incoming: Incoming, now: datetime) -> Context:
        person = people.at(connection, incoming.address)
        if incoming.pressed and person is not None:
            outbox.pressed(connection, person.id, incoming.address, incoming.pressed, now)
        form = forms.of(connection, forms_owner(person, incoming))
        link = self._link(incoming.address)
        return Context(connection, incoming, now, person, form, link, knowing=self._knowing)

    def _store(
        self,
        connection: Connection,
        *,
        incoming: Incoming,
        now: datetime,
        reply: Reply | None,
        to: str = "member",
        second: bool = False,
    ) -> list[outbox.Owed]:
        if reply is None:
            return []
        message = self._templates.message(reply, now.date(), incoming.pressed, to)
        lease = MAKING if reply.later else LEASE
        key = f"{_key(incoming)}:read" if second else _key(incoming)
        owed = outbox.add(connection, key, incoming.address, _without_file(message), now + lease)
        if owed is None:
            raise _HandledBefore
        return [replace(owed, message=message)]


class _HandledBefore(Exception):  # noqa: N818  (nothing is wrong)
    """The messenger delivered an update again: what its handler did just now is taken back with this."""


def _still_owed(connection: Connection, incoming: Incoming) -> "Handled":
    """The answer of the first time, while it is not sent."""
    done = outbox.find(connection, _key(incoming))
    return Handled([done[1]] if done and done[1] and done[0] == "queued" else [])


@dataclass(frozen=True, slots=True)
class Handled:
    """What one message led to: answers, a command menu if the chat has another one, whether a round has work.

    `later` makes the file that goes with the first of the answers, `reading` leads to one more.
    """

    owed: Sequence[outbox.Owed]
    menu: Sequence[tuple[str, str]] | None = None
    told: bool = False
    later: Callable[[], File] | None = None
    reading: Reading | None = None


Fetch = Callable[[Address, Document], Awaitable[bytes]]
"""Asks the messenger of an address for the content of a file that was sent there."""


async def _nothing(_: Address, __: Document) -> bytes:
    raise Unsendable


class Outgoing(Protocol):
    """Who sends; nothing here waits for it."""

    def deliver(self, owed: Sequence[outbox.Owed]) -> None:
        """Takes committed answers over and returns at once."""

    def nudge(self) -> None:
        """Something for others has been committed: the next round is now. Returns at once."""

    def show_menu(self, address: Address, commands: Sequence[tuple[str, str]], menu: str) -> None:
        """Shows a chat its menu of commands, and remembers `menu` as the mark of it."""


def menu_mark(commands: Sequence[tuple[str, str]]) -> str:
    """A short mark of a menu, to know later whether a chat has it."""
    return f"{zlib.crc32(repr(commands).encode()):08x}"


@cache
def _menu_for(roles: frozenset[Role]) -> tuple[Sequence[tuple[str, str]], str]:
    commands = menu(roles)
    return commands, menu_mark(commands)


def _new_menu(context: Context) -> Sequence[tuple[str, str]] | None:
    if context.person is None or context.incoming.group:
        return None
    commands, mark = _menu_for(frozenset(grant.role for grant in context.person.grants))
    return None if context.person.menu == mark else commands


class _Turn:
    """Whose turn it is at one address: first come, first served."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.waiting = 0


def _key(incoming: Incoming) -> str:
    return f"answer:{incoming.address.channel}:{incoming.id}"


def _without_file(message: Message) -> Message:
    """A file is not kept: should the process die before it is sent, the words ask to press again."""
    return Message(message.text, message.buttons, message.edit)
