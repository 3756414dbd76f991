"""Sends what is owed: answers at once, notices in paced rounds; retries what did not arrive and learns who is gone."""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.chat import Address, Channel, Message, NotSent, Unclear, Unreachable, Unsendable, Wait
from storage import outbox, people, sending
from storage.database import Database
from storage.outbox import Owed

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
MOST_A_ROUND = 200
A_SECOND = 29
MOST_TRIES = 150
LONGEST_WAIT = 600.0


Look = Callable[[Connection, Owed, datetime], Message | datetime | None]
"""Asked right before a notice is sent: its words as they are now, a moment to hold it until, or None for no more."""


class Delivery:
    """Hands messages to their channels. Messages to one address go one after another, in the order they were owed."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        now: Callable[[], datetime],
        look: Look | None = None,
    ) -> None:
        self._look = look
        self._database = database
        self._channels = channels
        self._now = now
        self._queues: dict[Address, list[Owed]] = {}
        self._going: set[asyncio.Task[None]] = set()
        self._sent: list[tuple[int, str]] = []
        self._marking = False
        self._closed_until: dict[str, datetime] = {}
        self._stopping = False
        self._round_ended = asyncio.Event()
        self._round_ended.set()

    def deliver(self, owed: Sequence[Owed]) -> None:
        """Takes messages over and returns at once."""
        for one in owed:
            queue = self._queues.get(one.address)
            if queue is not None:
                queue.append(one)
            else:
                self._queues[one.address] = [one]
                self._start(self._empty(one.address))

    def show_menu(self, address: Address, commands: Sequence[tuple[str, str]], menu: str) -> None:
        """Shows a chat its command menu and remembers that it has it."""
        self._start(self._menu(address, commands, menu))

    async def round(self) -> None:
        """Sends what is due and not in anybody's hands, paced under the messengers' limit."""
        if self._stopping:
            return
        self._round_ended.clear()
        try:
            await self._send_due(self._now())
        finally:
            self._round_ended.set()

    async def _send_due(self, now: datetime) -> None:
        for name in self._channels:
            due = await self._database.write(partial(_take, channel=name, now=now))
            for one in due:
                if self._stopping:
                    return
                self.deliver([one])
                await asyncio.sleep(1 / A_SECOND)

    async def stop(self, seconds: float) -> None:
        """Begins nothing new and finishes what is in hand, at most this long."""
        self._stopping = True
        await self._round_ended.wait()
        await self.drain(seconds)

    async def drain(self, seconds: float) -> None:
        """Waits for what is in hand, at most this long; what is left stays in the outbox."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                # What is in hand leads to more: a message that is sent has yet to be marked so.
                while self._going:
                    await asyncio.wait(set(self._going))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._going.add(task)
        task.add_done_callback(self._going.discard)

    async def _empty(self, address: Address) -> None:
        queue = self._queues[address]
        try:
            while queue:
                await self._send(queue.pop(0))
        finally:
            del self._queues[address]

    async def _send(self, owed: Owed) -> None:
        channel = self._channels.get(owed.address.channel)
        if channel is None:
            return await self._write(partial(_put_off, owed=owed, due_at=self._now() + LEASE, problem="no channel"))
        closed = self._closed_until.get(channel.name)
        if closed is not None and closed > self._now():
            return await self._write(partial(_put_off, owed=owed, due_at=closed, problem="waits"))
        try:
            message = await channel.send(owed.address.id, owed.message)
        except Exception as problem:
            await self._failed(owed, problem)
        else:
            self._mark(owed.id, message)

    async def _failed(self, owed: Owed, problem: Exception) -> None:
        now = self._now()
        match problem:
            case Wait():
                until = now + timedelta(seconds=problem.seconds)
                self._closed_until[owed.address.channel] = until
                await self._write(partial(_put_off, owed=owed, due_at=until, problem="waits"))
            case Unclear() if owed.unclear:
                await self._write(partial(sending.give_up, row=owed.id, state="failed", problem=outbox.UNCLEAR))
            case Unclear():
                again = partial(_put_off, owed=owed, due_at=now + _back_off(owed.tries), problem=outbox.UNCLEAR)
                await self._write(again)
            case NotSent() if owed.tries < MOST_TRIES:
                again = partial(_put_off, owed=owed, due_at=now + _back_off(owed.tries), problem="not sent")
                await self._write(again)
            case Unreachable():
                await self._write(partial(_unreachable, owed=owed))
            case _:
                kind = type(problem).__name__
                if not isinstance(problem, NotSent | Unsendable):
                    log.error("message %s could not be sent: %s", owed.id, kind)
                await self._write(partial(sending.give_up, row=owed.id, state="failed", problem=kind))

    async def _write(self, work: Callable[[Connection], object], *, along: bool = False) -> None:
        try:
            await (self._database.write_along(work) if along else self._database.write(work))
        except Exception as error:
            # The row keeps its lease and a later round takes it up again.
            log.error("the state of a message could not be kept: %s", type(error).__name__)

    def _mark(self, row: int, message: str) -> None:
        """Remembers what was sent; the marks of all that are sent meanwhile share one write."""
        self._sent.append((row, message))
        if not self._marking:
            self._marking = True
            self._start(self._write_marks())

    async def _write_marks(self) -> None:
        try:
            while self._sent:
                marks, self._sent = self._sent, []
                await self._write(partial(sending.sent, rows=marks, at=self._now()), along=True)
        finally:
            self._marking = False

    async def _menu(self, address: Address, commands: Sequence[tuple[str, str]], menu: str) -> None:
        channel = self._channels.get(address.channel)
        if channel is None:
            return
        try:
            await channel.menu(address.id, commands)
        except (NotSent, Unreachable, Unsendable):
            return
        await self._write(partial(people.set_menu, address=address, menu=menu))


def _take(connection: Connection, channel: str, now: datetime) -> list[Owed]:
    answers = sending.due_answers(connection, channel, now, MOST_A_ROUND, now + LEASE)
    notices = sending.due_notices(connection, channel, now, MOST_A_ROUND)
    sending.take(connection, [one.id for one in notices], "", now + LEASE)
    return answers + notices


def _put_off(connection: Connection, owed: Owed, due_at: datetime, problem: str) -> None:
    tries = owed.tries if problem == "waits" else owed.tries + 1
    sending.put_off(connection, owed.id, tries, due_at, problem)


def _unreachable(connection: Connection, owed: Owed) -> None:
    sending.give_up(connection, owed.id, "unreachable", "")
    people.set_reachable(connection, owed.address, False)


def _back_off(tries: int) -> timedelta:
    longest = min(LONGEST_WAIT, 2.0**tries)
    return timedelta(seconds=longest * random.uniform(0.5, 1.0))  # noqa: S311  (jitter, not a secret)
