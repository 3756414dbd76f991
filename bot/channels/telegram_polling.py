"""Long polling that confirms an update only after its work is done, and lets a stuck one hold up nobody else."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from telegram.error import Conflict, RetryAfter, TelegramError

from bot.channels.telegram_messages import seconds

log = logging.getLogger(__name__)

T = TypeVar("T")
Raw = dict[str, Any]
Fetch = Callable[[int | None, int], Awaitable[Sequence[Raw]]]
"""(offset, seconds to wait) -> updates from the offset on, at most 100; the offset confirms everything below it."""
Take = Callable[[Raw], Awaitable[None]]
"""Does the whole work of one update; never raises."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long polling waits, in seconds.

    `long` is a poll while nothing comes. With something in hand Telegram answers at once, so polls are `look` apart,
    twice as far each time nothing new comes, up to `longest_look`. `retry` to `longest_retry` follow errors, `conflict`
    follows somebody else's poll. `finish` is what work in hand gets when polling is stopped, `last` the poll that then
    confirms it.
    """

    long: int = 30
    look: float = 0.005
    longest_look: float = 1.0
    retry: float = 0.5
    longest_retry: float = 60.0
    conflict: float = 5.0
    finish: float = 3.0
    last: float = 1.0


class Window:
    """Updates from the first unfinished one to the newest: at most the 100 that Telegram gives from one offset."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._offset: int | None = None

    def confirm(self) -> int | None:
        """Forgets the finished beginning; gives the number that confirms just that, None before the first update."""
        for number, task in list(self._tasks.items()):
            if not task.done() or task.cancelled():
                return number
            del self._tasks[number]
            self._offset = number + 1
        return self._offset

    def admit(self, updates: Sequence[Raw]) -> bool:
        """Starts the work on updates not seen before, in their order; whether there were any."""
        fresh = False
        for update in updates:
            number = update.get("update_id") if isinstance(update, dict) else None
            if not isinstance(number, int):
                log.warning("an update without a number was passed over")
            elif number not in self._tasks:
                self._tasks[number] = asyncio.ensure_future(self._take(update))
                fresh = True
        return fresh

    async def settle(self, seconds: float) -> None:
        """Waits until all work is done, at most so long."""
        undone = [task for task in self._tasks.values() if not task.done()]
        if undone:
            await asyncio.wait(undone, timeout=seconds)

    async def finish(self, seconds: float) -> None:
        """Gives work in hand so long, then breaks it off; what is broken off stays unconfirmed."""
        await self.settle(seconds)
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


class Patience:
    """Asks until it is answered: backs off with jitter, waits as long as Telegram says, logs each trouble once."""

    def __init__(self, pauses: Pauses) -> None:
        self._pauses = pauses
        self._tries = 0
        self._told: set[type[TelegramError]] = set()

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """The answer, however long it takes."""
        while True:
            try:
                answer = await question()
            except TelegramError as error:
                self._tell(error)
                await asyncio.sleep(self._delay(error))
            else:
                self._recovered()
                return answer

    def _tell(self, error: TelegramError) -> None:
        if type(error) not in self._told:
            self._told.add(type(error))
            log.warning("Telegram cannot be asked and will be again: %s: %s", type(error).__name__, error.message)

    def _delay(self, error: TelegramError) -> float:
        if isinstance(error, RetryAfter):
            return seconds(error)
        jitter = random.uniform(0.5, 1.0)  # noqa: S311  (not a secret)
        if isinstance(error, Conflict):
            return self._pauses.conflict * jitter
        self._tries += 1
        return min(self._pauses.longest_retry, self._pauses.retry * 2.0 ** min(self._tries - 1, 30)) * jitter

    def _recovered(self) -> None:
        if self._tries:
            log.info("Telegram answers again after %d tries", self._tries)
        self._tries = 0
        # Two pollers end each other's polls in turn; that is said once and not each time.
        self._told &= {Conflict}


async def poll(fetch: Fetch, take: Take, pauses: Pauses) -> None:
    """Takes in updates until cancelled; then finishes what is in hand and confirms it."""
    window, patience = Window(take), Patience(pauses)
    try:
        await _follow(window, patience, fetch, pauses)
    finally:
        await window.finish(pauses.finish)
        if (offset := window.confirm()) is not None:
            with contextlib.suppress(TelegramError, TimeoutError):
                await asyncio.wait_for(fetch(offset, 0), pauses.last)


async def _follow(window: Window, patience: Patience, fetch: Fetch, pauses: Pauses) -> None:
    look = pauses.look
    while True:
        offset = window.confirm()
        updates = await patience.ask(lambda: fetch(offset, pauses.long))  # noqa: B023  (awaited in this turn)
        fresh = window.admit(updates)
        look = pauses.look if fresh else min(look * 2, pauses.longest_look)
        await window.settle(look)
