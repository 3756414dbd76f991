"""Notices: taken from the outbox a second's worth at a time, sent each in its turn, marked before and after.

Each mark is a commit of its own: of what a killed process had in hand, only what was being sent may come again.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.delivery.answers import Answers
from bot.delivery.claim import LEASE, Batch, claim
from bot.delivery.line import Line
from bot.delivery.pace import Pace, Ticket
from storage import sending
from storage.outbox import Owed

log = logging.getLogger(__name__)


AHEAD = 2
"""So many are marked as being sent before it is their turn."""


class _Ready(deque[tuple[Owed, "asyncio.Future[bool]"]]):
    """Notices whose turn comes next, each with whether it may still be sent."""


class Notices:
    """One pass for each channel, until nothing is due there; answers that nobody sent at once go with it, first."""

    def __init__(self, line: Line, answers: Answers) -> None:
        self._line, self._answers = line, answers
        self._holder = secrets.token_hex(8)
        self._passes: dict[str, asyncio.Task[None]] = {}
        # Channels that got something more while their pass was going.
        self._again: set[str] = set()
        # In hand, but their chats had a message just now.
        self._held_up: dict[str, list[Owed]] = {name: [] for name in line.channels}
        # Sent, but the database did not take it.
        self._marks: list[tuple[int, str]] = []

    def nudge(self) -> None:
        """Looks for what is due, on every channel, and returns at once. A pass that is going looks once more."""
        for name in () if self._line.stopping else self._line.channels:
            if name in self._passes:
                self._again.add(name)
            else:
                self._passes[name] = self._line.start(self._pass(name))

    async def round(self) -> None:
        """The same, and waits until all of it is on its way."""
        self.nudge()
        while self._passes:
            await asyncio.wait(set(self._passes.values()))

    async def _pass(self, name: str) -> None:
        pace = self._line.paces[name]
        try:
            while not self._ends(pace):
                self._again.discard(name)
                batch = await self._claimed(name)
                await self._send_answers(pace, batch.answers)
                await self._send_notices(name, batch.notices)
                if not batch.found and not self._held_up[name] and name not in self._again:
                    return
        finally:
            del self._passes[name]

    def _ends(self, pace: Pace) -> bool:
        """Whether nothing may be begun: the channel has closed, or this process ends."""
        return self._line.stopping or pace.closed_for(self._line.ticks()) > 0

    async def _claimed(self, name: str) -> Batch:
        line = self._line
        marks, self._marks = self._marks, []
        for row, message in marks:
            await self._mark(row, message)
        due = partial(claim, terms=line.terms, channel=name, channels=tuple(line.channels), holder=self._holder)
        try:
            batch = await line.database.write(partial(due, now=line.now()))
        except Exception as error:
            # The next round looks again.
            log.error("what is due could not be taken: %s", type(error).__name__)
            return Batch([], 0)
        if batch.handed - {name}:
            self.nudge()
        return batch

    async def _send_answers(self, pace: Pace, owed: Sequence[Owed]) -> None:
        """In their turn: after a pause of the channel there may be many."""
        for one in owed:
            if not await self._turn(pace):
                return
            pace.turn(self._line.ticks())
            self._answers.deliver([one])

    async def _send_notices(self, name: str, owed: Sequence[Owed]) -> None:
        """Each in its turn. Those whose chat had one just now stay in hand, and go with the next batch."""
        line, pace = self._line, self._line.paces[name]
        waiting, ready = [*self._held_up[name], *owed], _Ready()
        while True:
            self._make_ready(pace, waiting, ready)
            if not ready or not await self._turn(pace):
                break
            one, begun = ready.popleft()
            if await begun:
                pace.turn(line.ticks())
                line.start(self._send(one, pace.begin(line.ticks(), one.address, paced=True)))
        if self._ends(pace):
            await self._give_back(waiting, ready, pace.closed_for(line.ticks()))
            waiting = []
        self._held_up[name] = waiting
        if waiting and not owed:
            await line.wait(min(pace.chat_wait(line.ticks(), one.address) for one in waiting))

    def _make_ready(self, pace: Pace, waiting: list[Owed], ready: _Ready) -> None:
        """Marks the next ones as being sent while their turns come, so that no turn waits for the disk."""
        now = self._line.ticks()
        while len(ready) < AHEAD:
            taken = {one.address for one, _ in ready}
            free = (one for one in waiting if one.address not in taken and not pace.chat_wait(now, one.address))
            one = next(free, None)
            if one is None:
                return
            waiting.remove(one)
            ready.append((one, asyncio.ensure_future(self._begun(one))))

    async def _turn(self, pace: Pace) -> bool:
        """Waits for the next turn; False when there is none."""
        while not self._ends(pace):
            wait = pace.wait(self._line.ticks())
            if not wait:
                return True
            await self._line.wait(wait)
        return False

    async def _give_back(self, waiting: Sequence[Owed], ready: _Ready, seconds: float) -> None:
        """What was not sent may be taken again after so many seconds."""
        due_at = self._line.now() + timedelta(seconds=seconds)
        if waiting:
            rows = [one.id for one in waiting]
            await self._line.write(partial(sending.put_back, rows=rows, holder=self._holder, due_at=due_at))
        for one, begun in ready:
            if await begun:
                await self._unbegin(one, due_at)

    async def _unbegin(self, owed: Owed, due_at: datetime) -> None:
        back = partial(sending.put_off, row=owed.id, tries=owed.tries, due_at=due_at, problem=None)
        await self._line.write(back)

    async def _send(self, owed: Owed, ticket: Ticket) -> None:
        """It is marked as being sent; sends it and marks it as sent, so that a crash in between is known of."""
        message = await self._line.hand_over(owed, ticket)
        if message is not None:
            await self._mark(owed.id, message)

    async def _begun(self, owed: Owed) -> bool:
        now = self._line.now()
        begin = partial(sending.begin, row=owed.id, holder=self._holder, at=now, until=now + LEASE)
        try:
            return await self._line.database.write(begin)
        except Exception as error:
            # It stays in hand until its lease ends.
            log.error("message %s could not be begun: %s", owed.id, type(error).__name__)
            return False

    async def _mark(self, row: int, message: str) -> None:
        sent = partial(sending.sent_notice, row=row, message=message, at=self._line.now())
        try:
            await self._line.database.write(sent)
        except Exception as error:
            # It has gone out: the next pass tries to say so before anything else.
            log.error("message %s could not be marked as sent: %s", row, type(error).__name__)
            self._marks.append((row, message))
