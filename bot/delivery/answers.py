"""Answers: sent at once, one after another at each address, in the order in which they were owed."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from bot.chat import Address
from bot.delivery.claim import LEASE
from bot.delivery.line import Line
from storage import sending
from storage.outbox import Owed


class Answers:
    """What people wait for. It is marked as sent afterwards, together with whatever else is written."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._queues: dict[Address, list[Owed]] = {}
        self._sent: list[tuple[int, str]] = []
        self._marking = False

    def deliver(self, owed: Sequence[Owed]) -> None:
        """Takes answers over and returns at once."""
        for one in owed:
            queue = self._queues.get(one.address)
            if queue is not None:
                queue.append(one)
            else:
                self._queues[one.address] = [one]
                self._line.start(self._empty(one.address))

    async def _empty(self, address: Address) -> None:
        queue = self._queues[address]
        try:
            while queue:
                await self._send(queue.pop(0))
        finally:
            del self._queues[address]

    async def _send(self, owed: Owed) -> None:
        line = self._line
        pace = line.paces.get(owed.address.channel)
        if pace is None:
            return await self._put_off(owed, LEASE.total_seconds())
        now = line.ticks()
        if closed := pace.closed_for(now):
            return await self._put_off(owed, closed)
        if wait := pace.answer_wait(now):
            await line.sleep(wait)
        message = await line.hand_over(owed, pace.begin(line.ticks(), owed.address, paced=False))
        if message is not None:
            self._mark(owed.id, message)

    async def _put_off(self, owed: Owed, seconds: float) -> None:
        due_at = self._line.now() + timedelta(seconds=seconds)
        later = partial(sending.put_off, row=owed.id, tries=owed.tries, due_at=due_at, problem=None)
        await self._line.write(later)

    def _mark(self, row: int, message: str) -> None:
        """Remembers what was sent; the marks of all that are sent meanwhile share one write."""
        self._sent.append((row, message))
        if not self._marking:
            self._marking = True
            self._line.start(self._write_marks())

    async def _write_marks(self) -> None:
        try:
            while self._sent:
                marks, self._sent = self._sent, []
                await self._line.write(partial(sending.sent, rows=marks, at=self._line.now()), along=True)
        finally:
            self._marking = False
