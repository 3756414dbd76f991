"""What answers and notices share: the channels with their budgets, what is in hand, how the end of a try is noted."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.chat import Channel, Message, NotSent, Unclear, Unreachable, Unsendable, Wait
from bot.delivery.claim import Terms
from bot.delivery.outcome import jitter, note
from bot.delivery.pace import UNTIL_ONE_ENDS, Pace, Ticket
from storage import choices
from storage.database import Database
from storage.outbox import Owed

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[object]]
LOOK_UP = 0.5
"""Seconds after which a long pause is interrupted: this process may be asked to end meanwhile."""


class Line:
    """The way out. `now` is office time, `ticks` are seconds that only go forward, `sleep` waits for some of them."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        terms: Terms,
        now: Callable[[], datetime],
        ticks: Callable[[], float],
        sleep: Sleep,
    ) -> None:
        self.database, self.channels, self.terms = database, channels, terms
        self.now, self.ticks, self.sleep = now, ticks, sleep
        self.paces = {name: Pace(channel.a_second) for name, channel in channels.items()}
        self.stopping = False
        # Set by whoever looks for what is due; called when a channel opens, or a message has to go another way.
        self.nudge: Callable[[], None] = lambda: None
        self._going: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()

    def start(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Lets a piece of work run beside others, in hand until it is done."""
        task = asyncio.create_task(work)
        self._going.add(task)
        task.add_done_callback(self._going.discard)
        return task

    async def drain(self, seconds: float) -> None:
        """Waits for what is in hand, at most this long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                # What is in hand leads to more: a message that is sent has yet to be marked so.
                while self._going:
                    await asyncio.wait(set(self._going))

    async def hand_over(self, owed: Owed, ticket: Ticket) -> str | None:
        """Gives a message to its channel; the messenger's number of it, or None when it did not go, which is noted."""
        name = owed.address.channel
        try:
            channel = self.channels[name]
            said = owed.message if channel.has_buttons else await self._plainly(owed, channel)
            message = await channel.send(owed.address.id, said)
        except Exception as problem:
            self._end(name, ticket)
            await self._failed(owed, problem)
            return None
        finally:
            self._end(name, ticket)
        self.paces[name].went(ticket)
        return message

    async def _plainly(self, owed: Owed, channel: Channel) -> Message:
        """The message as this messenger can show it; what may be chosen is kept before anybody can choose it."""
        if self.terms.plainly is None:
            return owed.message
        work = partial(self.terms.plainly, owed=owed, channel=channel, now=self.now())
        try:
            return await self.database.write(work)
        except Exception as error:
            log.error("message %s could not be put plainly: %s", owed.id, type(error).__name__)
            raise NotSent from None

    def _end(self, name: str, ticket: Ticket) -> None:
        """A message is not on its way any more."""
        if ticket.ended is None:
            self.paces[name].end(ticket, self.ticks())
            self._ended.set()

    async def wait(self, seconds: float) -> None:
        """Waits as a pace says, or a part of it."""
        if seconds == UNTIL_ONE_ENDS:
            self._ended.clear()
            await self._ended.wait()
        else:
            await self.sleep(min(seconds, LOOK_UP))

    async def _failed(self, owed: Owed, problem: Exception) -> None:
        pace = self.paces[owed.address.channel]
        if isinstance(problem, Wait):
            # Everybody on this channel waits, exactly as long as the messenger says.
            pace.close(self.ticks(), problem.seconds)
            asyncio.get_running_loop().call_later(problem.seconds, self.nudge)
        elif isinstance(problem, NotSent):
            pace.failed(self.ticks(), jitter())
        elif not isinstance(problem, Unsendable | Unreachable):
            log.error("message %s could not be sent: %s", owed.id, type(problem).__name__)
        told = partial(note, owed=owed, problem=problem, terms=self.terms, channels=tuple(self.channels))
        await self.write(partial(told, now=self.now()))
        if not self.channels[owed.address.channel].has_buttons and not isinstance(problem, Unclear):
            await self.write(partial(choices.withdraw, address=owed.address, row=owed.id))
        if isinstance(problem, Unreachable):
            self.nudge()

    async def write(self, work: Callable[[Connection], object], *, along: bool = False) -> None:
        """A change of the outbox; where that fails, the row keeps its lease and a later round takes it up again."""
        try:
            await (self.database.write_along(work) if along else self.database.write(work))
        except Exception as error:
            log.error("the state of a message could not be kept: %s", type(error).__name__)
