"""One message in, one answer owed: who is it, which handler answers, in one transaction, in order for each person."""

import asyncio
import logging
import secrets
import traceback
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Protocol

from sqlalchemy import Connection

from bot.chat import Address, Choice, Incoming, Message, Refusal, Reply
from bot.rules.access import Role
from handlers import losses, plain, questions, telling
from handlers.commands import FORMS, Context, Route, explained, find, forms_owner, is_command, menu
from handlers.knowing import Knowing, Outdated
from handlers.templates import Templates
from storage import forms, outbox, people
from storage.database import Database, savepoint

log = logging.getLogger(__name__)

# How long a message is left to the process that wrote it before a round may send it.
LEASE = timedelta(seconds=20)
# How often one message waits for a new index: the office may approve an answer while one is being built.
RENEWALS = 3
# Questions of one line, and how long they wait for their answer; longer forms wait for ever.
ONE_LINE = ("who", "how", "note", "next", "send_back", "assign", "unit", "role", "meeting_report")
FREE = ("note", "send_back", "meeting_report")
WAITS = timedelta(hours=12)


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
    ) -> None:
        self._database = database
        self._templates = templates
        self._now = now
        self._delivery = delivery
        self._link = link
        self._knowing = knowing or Knowing()
        self._turns: dict[Address, _Turn] = {}

    async def receive(self, incoming: Incoming) -> None:
        """Handles one message; returns when its effects and its answer are committed. Never raises."""
        turn = self._turns.setdefault(incoming.address, _Turn())
        turn.waiting += 1
        try:
            async with turn.lock:
                handled = await self._handled(incoming)
                self._delivery.deliver(handled.owed)
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
            number = _note(error)
            answer = partial(
                self._store, incoming=incoming, now=now, reply=Reply("conversation.fault", {"number": number})
            )
            try:
                return Handled(await self._database.write(answer))
            except Exception as again:
                # Nothing can be stored: the person is still told, and the messenger may deliver the message again.
                _note(again)
                message = self._templates.message(Reply("conversation.fault", {"number": number}), now.date())
                return Handled([outbox.Owed(0, incoming.address, message)])

    async def _informed(self, work: "Callable[[Connection], Handled]") -> "Handled":
        """Does the work; where it found the index behind the office's answers, again with a new index."""
        for _ in range(RENEWALS):
            try:
                return await self._database.write(work)
            except Outdated:
                await self._knowing.renew(self._database)
        return await self._database.write(work)

    def _take_in(self, connection: Connection, *, incoming: Incoming, now: datetime) -> "Handled":
        context = self._context(connection, incoming, now)
        begun, known = context.form is not None and bool(context.form.kind), context.person is not None
        reply: Reply | None
        try:
            with savepoint(connection):
                reply = answer(context)
        except Refusal as refusal:
            reply, context.notices = _with_a_way_on(refusal.reply, begun, incoming), []
        except Outdated:
            raise
        except Exception as error:
            if outbox.find(connection, _key(incoming)) is not None:
                # Given again, and its own traces were in the way: no fault.
                raise _HandledBefore from None
            reply, context.notices = Reply("conversation.fault", {"number": _note(error)}), []
        to = "member" if context.person else "guest"
        answers = self._store(connection, incoming=incoming, now=now, reply=reply, to=to)
        answers += self._offered(context, joined=not known)
        told = telling.tell_others(context, self._templates) | telling.let_go(context, begun)
        return Handled(answers, _new_menu(context), told)

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
        self, connection: Connection, *, incoming: Incoming, now: datetime, reply: Reply | None, to: str = "member"
    ) -> list[outbox.Owed]:
        if reply is None:
            return []
        message = self._templates.message(reply, now.date(), incoming.pressed, to)
        owed = outbox.add(connection, _key(incoming), incoming.address, _without_file(message), now + LEASE)
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
    """What one message led to: answers, a command menu if the chat has another one, whether a round has work."""

    owed: Sequence[outbox.Owed]
    menu: Sequence[tuple[str, str]] | None = None
    told: bool = False


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


def answer(context: Context) -> Reply | None:
    """Finds the handler: what a message is decides before what it says."""
    incoming = context.incoming
    if incoming.group:
        return Reply("conversation.only_private") if is_command(incoming.text) else None
    if incoming.edited:
        return Reply("conversation.edited")
    if incoming.phone:
        return plain.shared_phone(context, incoming.phone)
    if incoming.attachment or incoming.document:
        return plain.attached(context)
    return said(context, incoming.text)


def said(context: Context, text: str) -> Reply | None:
    """A command, words for the open form, or plain words; in this order."""
    plain.readable(text)
    form = context.form if context.form is not None and not _forgotten(context, context.form) else None
    found = find(text, whole=form is not None and _free(form))
    if found is not None and (is_command(text) or _for_them(context, found[0])):
        route, words = found
        # Many a question begins with words that are a command as well: "the papers of …".
        asked = questions.meant(context, text) if words and not is_command(text) else None
        return asked or route.handler(context, words)
    if is_command(text):
        raise Refusal("conversation.no_such_command")
    if form is not None and form.kind in FORMS:
        return FORMS[form.kind](context, text)
    return plain.words(context, text)


def _free(form: forms.Form) -> bool:
    """Whether words of one's own are awaited: a note that begins like a command is still a note."""
    return form.kind in FREE or form.data.get("asks") == "note"


def _for_them(context: Context, route: Route) -> bool:
    """Whether words without a slash may mean this command: a guest who uses a member's words only asks."""
    return context.person is not None or "guest" in explained()[route.name].roles


def _forgotten(context: Context, form: forms.Form) -> bool:
    """Whether a question of one line was asked so long ago that what is typed now is no answer to it."""
    return form.kind in ONE_LINE and context.now - form.at > WAITS


def _with_a_way_on(refused: Reply, begun: bool, incoming: Incoming) -> Reply:
    """A refusal without a button gets one: out of the form that was being filled in, or to the help."""
    if refused.buttons or incoming.group:
        return refused
    typed_in = begun and not incoming.pressed
    return replace(refused, buttons=[[Choice("cancel", "/huy") if typed_in else Choice("help", "/trogiup")]])


def _key(incoming: Incoming) -> str:
    return f"answer:{incoming.address.channel}:{incoming.id}"


def _without_file(message: Message) -> Message:
    """A file is not kept: should the process die before it is sent, the words ask to press again."""
    return Message(message.text, message.buttons, message.edit)


def _note(error: BaseException) -> str:
    """Logs a fault under a short number: where it happened, and not one word of what anybody typed."""
    number = f"{secrets.choice('ABCDEFGHKMNPQRSTVXY')}{secrets.randbelow(9) + 1}-{secrets.randbelow(900) + 100}"
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = " < ".join(f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    log.error("fault %s: %s at %s", number, type(error).__name__, where)
    return number
