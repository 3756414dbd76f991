"""Sends what is owed: answers at once, notices in rounds under one budget for each channel."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.chat import Address, Channel, NotSent, Unreachable, Unsendable, Wait
from bot.delivery.claim import LEASE, Batch, Look, Terms, claim
from bot.delivery.outcome import jitter, note
from bot.delivery.pace import UNTIL_ONE_ENDS, Pace, Ticket
from storage import people, sending
from storage.database import Database
from storage.outbox import Owed

log = logging.getLogger(__name__)

LOOK_UP = 0.5
Sleep = Callable[[float], Awaitable[object]]


class Delivery:
    """Hands messages to their channels.

    Answers to one address go one after another, in the order they were owed. A notice is marked before it goes out and
    after, each by a commit of its own: of what a killed process had in hand only that may be repeated. `ticks` are
    seconds that only go forward, `sleep` waits for some of them.
    """

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        now: Callable[[], datetime],
        look: Look | None = None,
        *,
        terms: Terms | None = None,
        ticks: Callable[[], float] | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._database = database
        self._channels = channels
        self._now = now
        self._terms = replace(terms or Terms(), look=look)
        self._ticks = ticks or (lambda: now().timestamp())
        self._sleep = sleep
        self._paces = {name: Pace() for name in channels}
        self._holder = secrets.token_hex(8)
        self._queues: dict[Address, list[Owed]] = {}
        self._going: set[asyncio.Task[None]] = set()
        self._passes: dict[str, asyncio.Task[None]] = {}
        # Channels that got something more while their pass was going.
        self._again: set[str] = set()
        # In hand, but their chats had a message just now.
        self._held_up: dict[str, list[Owed]] = {name: [] for name in channels}
        self._ended = asyncio.Event()
        # Sent, but the database did not take it.
        self._marks: list[tuple[int, str]] = []
        self._sent: list[tuple[int, str]] = []
        self._marking = False
        self._stopping = False

    def deliver(self, owed: Sequence[Owed]) -> None:
        """Takes answers over and returns at once."""
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

    def nudge(self) -> None:
        """Looks for what is due, on every channel, and returns at once. A pass that is going looks once more."""
        for name in () if self._stopping else self._channels:
            if name in self._passes:
                self._again.add(name)
            else:
                self._passes[name] = self._start(self._pass(name))

    async def round(self) -> None:
        """Sends what is due and waits until it is on its way."""
        self.nudge()
        while self._passes:
            await asyncio.wait(set(self._passes.values()))

    async def stop(self, seconds: float) -> None:
        """Begins nothing new and finishes what is in hand, at most this long."""
        self._stopping = True
        await self.drain(seconds)

    async def drain(self, seconds: float) -> None:
        """Waits for what is in hand, at most this long; what is left stays in the outbox."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                # What is in hand leads to more: a message that is sent has yet to be marked so.
                while self._going:
                    await asyncio.wait(set(self._going))

    def _start(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._going.add(task)
        task.add_done_callback(self._going.discard)
        return task

    async def _pass(self, name: str) -> None:
        """Takes what is due on this channel, a second's worth at a time, until nothing is."""
        try:
            while not self._stopping and not self._paces[name].closed_for(self._ticks()):
                self._again.discard(name)
                batch = await self._claimed(name)
                await self._send_answers(name, batch.answers)
                await self._send_notices(name, batch.notices)
                if not batch.found and not self._held_up[name] and name not in self._again:
                    return
        finally:
            del self._passes[name]

    async def _claimed(self, name: str) -> Batch:
        marks, self._marks = self._marks, []
        for row, message in marks:
            await self._mark_notice(row, message)
        work = partial(
            claim,
            terms=self._terms,
            channel=name,
            channels=tuple(self._channels),
            now=self._now(),
            holder=self._holder,
        )
        try:
            batch = await self._database.write(work)
        except Exception as error:
            # The next round looks again.
            log.error("what is due could not be taken: %s", type(error).__name__)
            return Batch([], 0)
        if batch.handed - {name}:
            self.nudge()
        return batch

    async def _send_answers(self, name: str, owed: Sequence[Owed]) -> None:
        """Answers that nobody sent at once, in their turn: after a pause of the channel there may be many."""
        pace = self._paces[name]
        for one in owed:
            if not await self._turn(pace):
                return
            pace.turn(self._ticks())
            self.deliver([one])

    async def _send_notices(self, name: str, owed: Sequence[Owed]) -> None:
        """Each in its turn. Those whose chat had one just now stay in hand, and go with the next batch."""
        pace, waiting = self._paces[name], [*self._held_up[name], *owed]
        while waiting and await self._turn(pace):
            now = self._ticks()
            free = next((one for one in waiting if not pace.chat_wait(now, one.address)), None)
            if free is None:
                break
            pace.turn(now)
            waiting.remove(free)
            self._start(self._send_notice(free, pace.begin(now, free.address, paced=True)))
        if self._stopping or pace.closed_for(self._ticks()):
            await self._put_back(waiting, pace.closed_for(self._ticks()))
            waiting = []
        self._held_up[name] = waiting
        if waiting and not owed:
            await self._wait(pace, min(pace.chat_wait(self._ticks(), one.address) for one in waiting))

    async def _turn(self, pace: Pace) -> bool:
        """Waits for the next turn; False when there is none: the channel has closed, or this process ends."""
        while not self._stopping and not pace.closed_for(self._ticks()):
            wait = pace.wait(self._ticks())
            if not wait:
                return True
            await self._wait(pace, wait)
        return False

    async def _wait(self, pace: Pace, seconds: float) -> None:
        if seconds == UNTIL_ONE_ENDS:
            self._ended.clear()
            await self._ended.wait()
        else:
            # Not the whole of a long pause at once: this process may be asked to end meanwhile.
            await self._sleep(min(seconds, LOOK_UP))

    def _end(self, pace: Pace, ticket: Ticket) -> None:
        pace.end(ticket, self._ticks())
        self._ended.set()

    async def _put_back(self, owed: Sequence[Owed], seconds: float) -> None:
        if owed:
            rows, due_at = [one.id for one in owed], self._now() + timedelta(seconds=seconds)
            await self._write(partial(sending.put_back, rows=rows, holder=self._holder, due_at=due_at))

    async def _send_notice(self, owed: Owed, ticket: Ticket) -> None:
        """Marks it as being sent, sends it, marks it as sent: in this order, so that a crash in between is known of."""
        pace = self._paces[owed.address.channel]
        try:
            if closed := pace.closed_for(self._ticks()):
                await self._put_back([owed], closed)
            elif await self._begun(owed):
                ticket.began = self._ticks()
                await self._hand_over(owed, ticket)
        finally:
            if ticket.ended is None:
                self._end(pace, ticket)

    async def _begun(self, owed: Owed) -> bool:
        now = self._now()
        begin = partial(sending.begin, row=owed.id, holder=self._holder, at=now, until=now + LEASE)
        try:
            return await self._database.write(begin)
        except Exception as error:
            # It stays in hand until its lease ends.
            log.error("message %s could not be begun: %s", owed.id, type(error).__name__)
            return False

    async def _hand_over(self, owed: Owed, ticket: Ticket) -> None:
        """Gives it to the channel and notes how that ended."""
        pace, channel = self._paces[owed.address.channel], self._channels[owed.address.channel]
        try:
            message = await channel.send(owed.address.id, owed.message)
        except Exception as problem:
            self._end(pace, ticket)
            return await self._failed(owed, problem)
        self._end(pace, ticket)
        pace.went()
        if owed.kind == "answer":
            self._mark(owed.id, message)
        else:
            await self._mark_notice(owed.id, message)

    async def _mark_notice(self, row: int, message: str) -> None:
        try:
            await self._database.write(partial(sending.sent_notice, row=row, message=message, at=self._now()))
        except Exception as error:
            # It has gone out: the next pass tries to say so before anything else.
            log.error("message %s could not be marked as sent: %s", row, type(error).__name__)
            self._marks.append((row, message))

    async def _empty(self, address: Address) -> None:
        queue = self._queues[address]
        try:
            while queue:
                await self._send(queue.pop(0))
        finally:
            del self._queues[address]

    async def _send(self, owed: Owed) -> None:
        """Sends an answer."""
        channel = self._channels.get(owed.address.channel)
        if channel is None:
            return await self._put_off(owed, LEASE.total_seconds())
        pace, now = self._paces[channel.name], self._ticks()
        if closed := pace.closed_for(now):
            return await self._put_off(owed, closed)
        if wait := pace.answer_wait(now):
            await self._sleep(wait)
        await self._hand_over(owed, pace.begin(self._ticks(), owed.address, paced=False))

    async def _failed(self, owed: Owed, problem: Exception) -> None:
        pace = self._paces[owed.address.channel]
        if isinstance(problem, Wait):
            self._close(pace, problem.seconds)
        elif isinstance(problem, NotSent):
            pace.failed(self._ticks(), jitter())
        elif not isinstance(problem, Unsendable | Unreachable):
            log.error("message %s could not be sent: %s", owed.id, type(problem).__name__)
        channels = tuple(self._channels)
        noted = partial(note, owed=owed, problem=problem, terms=self._terms, channels=channels, now=self._now())
        await self._write(noted)
        if isinstance(problem, Unreachable):
            self.nudge()

    def _close(self, pace: Pace, seconds: float) -> None:
        """Everybody on this channel waits, exactly as long as the messenger says."""
        pace.close(self._ticks(), seconds)
        asyncio.get_running_loop().call_later(seconds, self.nudge)

    async def _put_off(self, owed: Owed, seconds: float) -> None:
        due_at = self._now() + timedelta(seconds=seconds)
        later = partial(sending.put_off, row=owed.id, tries=owed.tries, due_at=due_at, problem=None)
        await self._write(later)

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
