"""One message in, one answer owed: who is it, which handler answers, in one transaction, in order for each person."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from bot.chat import (
    Address,
    Choice,
    Document,
    Incoming,
    Message,
    Reading,
    Refusal,
    Reply,
    Unsendable,
)
from handlers import losses, telling
from handlers.commands import Context, LongReading, forms_owner
from handlers.faults import not_read, note
from handlers.handled import Handled, HandledBefore, key_of, menu_mark, new_menu, still_owed, without_file
from handlers.knowing import Knowing, Outdated
from handlers.routing import answer, with_a_way_on
from handlers.templates import Templates
from handlers.workbench import Workbench
from storage import chats, forms, outbox, people
from storage.database import Database, Work, savepoint

log = logging.getLogger(__name__)
T = TypeVar("T")

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
        *,
        links: Mapping[str, str | None] | None = None,
        plain: Collection[str] = (),
    ) -> None:
        """`links` are the bot's addresses by messenger, `plain` names the messengers without buttons."""
        self._database = database
        self._templates = templates
        self._now = now
        self._delivery = delivery
        self._link = link
        self._knowing = knowing or Knowing()
        self._fetch = fetch or _nothing
        self._links, self._plain = links if links is not None else {}, plain
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

    async def _handled(self, incoming: Incoming) -> Handled:
        now = self._now()
        try:
            work = partial(self._take_in, incoming=incoming, now=now)
            handled = await self._informed(self._database.write, work)
            return await self._read_long(handled.long.incoming, now, handled.long) if handled.long else handled
        except HandledBefore:
            return await self._database.read(partial(still_owed, incoming=incoming))
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
                message = self._message(Reply("conversation.fault", {"number": number}), now, incoming)
                return Handled([outbox.Owed(0, incoming.address, message)])

    async def _informed(self, run: Callable[[Work[T]], Awaitable[T]], work: Work[T]) -> T:
        """Does the work; where it found the index behind the office's answers, again with a new index."""
        for _ in range(RENEWALS):
            try:
                return await run(work)
            except Outdated:
                await self._knowing.renew(self._database, self._now().date())
        return await run(work)

    async def _read_long(self, incoming: Incoming, now: datetime, long: LongReading) -> Handled:
        """Works an answer out beside the conversations and keeps it in a transaction of its own, which is short."""
        look = partial(self._look, incoming=incoming, now=now, long=long)
        reply, seen = await self._informed(self._database.read_long, look)
        return await self._database.write(partial(self._keep, incoming=incoming, now=now, reply=reply, seen=seen))

    def _look(
        self, connection: Connection, *, incoming: Incoming, now: datetime, long: LongReading
    ) -> tuple[Reply | None, Context]:
        context = self._context(connection, incoming, now, reading=True)
        try:
            return long.route.handler(context, long.words), context
        except Refusal as refusal:
            return with_a_way_on(refusal.reply, _begun(context), incoming), replace(context, notices=[])
        except Outdated:
            raise
        except Exception as error:
            return Reply("conversation.fault", {"number": note(error)}), replace(context, notices=[])

    def _keep(
        self, connection: Connection, *, incoming: Incoming, now: datetime, reply: Reply | None, seen: Context
    ) -> Handled:
        context = replace(self._context(connection, incoming, now), notices=seen.notices)
        for work in seen.to_write:
            try:
                with savepoint(connection):
                    work(connection)
            except Exception as error:
                note(error)
        return self._finished(context, reply, begun=_begun(context), known=context.person is not None)

    def _take_in(self, connection: Connection, *, incoming: Incoming, now: datetime) -> Handled:
        context = self._context(connection, incoming, now)
        if context.person is not None:
            chats.used(connection, incoming.address, now)
        if incoming.pressed and context.person is not None:
            outbox.pressed(connection, context.person.id, incoming.address, incoming.pressed, now)
        begun, known = _begun(context), context.person is not None
        reply: Reply | None
        try:
            with savepoint(connection):
                reply = answer(context)
        except Refusal as refusal:
            reply, context.notices = with_a_way_on(refusal.reply, begun, context.incoming), []
        except Outdated:
            raise
        except LongReading as long:
            if outbox.find(connection, key_of(incoming)) is not None:
                raise HandledBefore from None
            return Handled([], long=long)
        except Exception as error:
            if outbox.find(connection, key_of(incoming)) is not None:
                # Given again, and its own traces were in the way: no fault.
                raise HandledBefore from None
            reply, context.notices = Reply("conversation.fault", {"number": note(error)}), []
        return self._finished(context, reply, begun=begun, known=known)

    def _finished(self, context: Context, reply: Reply | None, *, begun: bool, known: bool) -> Handled:
        """Puts the answer and all that goes with it into this transaction; `known`: before this message."""
        to = "member" if context.person else "guest"
        answers = self._store(context.connection, incoming=context.incoming, now=context.now, reply=reply, to=to)
        answers += self._offered(context, joined=not known)
        told = telling.tell_others(context, self._templates) | telling.let_go(context, begun)
        slow = (reply.later, reply.reading) if reply else (None, None)
        return Handled(answers, new_menu(context), told, *slow)

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
        key, message = f"{key_of(context.incoming)}:back", self._message(offer, context.now, context.incoming)
        owed = outbox.add(context.connection, key, context.incoming.address, message, context.now + LEASE)
        return [owed] if owed else []

    def _context(self, connection: Connection, incoming: Incoming, now: datetime, *, reading: bool = False) -> Context:
        person = people.at(connection, incoming.address)
        form = forms.of(connection, forms_owner(person, incoming))
        link = self._link(incoming.address)
        known = (self._links, self._plain)
        return Context(connection, incoming, now, person, form, link, *known, knowing=self._knowing, reading=reading)

    def _message(self, reply: Reply, now: datetime, incoming: Incoming, to: str = "member") -> Message:
        typed = incoming.address.channel in self._plain
        return self._templates.message(reply, now.date(), incoming.pressed, to, typed=typed)

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
        message = self._message(reply, now, incoming, to)
        lease = MAKING if reply.later else LEASE
        key = f"{key_of(incoming)}:read" if second else key_of(incoming)
        owed = outbox.add(connection, key, incoming.address, without_file(message), now + lease)
        if owed is None:
            raise HandledBefore
        return [replace(owed, message=message)]


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


class _Turn:
    """Whose turn it is at one address: first come, first served."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.waiting = 0


def _begun(context: Context) -> bool:
    """Whether a form is being filled in."""
    return context.form is not None and bool(context.form.kind)
