"""Long polling where an update is given once and never again: nothing is fetched ahead of what is not kept yet."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.channels.zalo_api import Refused
from bot.chat import NotSent

log = logging.getLogger(__name__)

T = TypeVar("T")
Fetch = Callable[[int], Awaitable[Any]]
"""Seconds to wait -> one update as it came, or None when nothing came."""
Take = Callable[[Any], Awaitable[object]]
"""Does the whole work of one update; never raises."""
MOST = 32
"""Updates in hand, should their work be stuck."""
EMPTY = 408
"""The platform's code for a poll in which nothing came."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long polling waits, in seconds: `long` for an update, `stuck` for the work of one before the next.

    A poll that ends emptyhanded sooner than `soon` is followed by a pause as long; `retry` to `longest_retry` follow
    errors; `finish` is what work in hand gets when polling is stopped.
    """

    long: int = 30
    soon: float = 1.0
    stuck: float = 5.0
    retry: float = 0.5
    longest_retry: float = 60.0
    finish: float = 3.0


class Patience:
    """Asks until it is answered: backs off with jitter, logs each trouble once until it is over."""

    def __init__(self, pauses: Pauses) -> None:
        self._pauses = pauses
        self._tries = 0
        self._told: set[str] = set()

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """The answer, however long it takes."""
        while True:
            try:
                answer = await question()
            except (NotSent, Refused) as error:
                self._tell(str(error))
                await asyncio.sleep(self._delay())
            else:
                if self._tries:
                    log.info("Zalo answers again after %d tries", self._tries)
                self._tries = 0
                self._told.clear()
                return answer

    def _tell(self, trouble: str) -> None:
        if trouble not in self._told:
            self._told.add(trouble)
            log.warning("Zalo cannot be asked and will be again: %s", trouble)

    def _delay(self) -> float:
        self._tries += 1
        longest = min(self._pauses.longest_retry, self._pauses.retry * 2.0 ** min(self._tries - 1, 30))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311  (not a secret)


async def poll(fetch: Fetch, take: Take, pauses: Pauses) -> None:
    """Takes in updates until cancelled, each after the one before is kept; then finishes what is in hand."""
    hand: set[asyncio.Future[object]] = set()
    patience, clock = Patience(pauses), asyncio.get_running_loop().time
    try:
        while True:
            began = clock()
            update = await patience.ask(lambda: _fetched(fetch, pauses.long))
            if update is not None:
                await _begin(hand, take, update, pauses.stuck)
            elif clock() - began < pauses.soon:
                await asyncio.sleep(pauses.soon)
    finally:
        if hand:
            await asyncio.wait(hand, timeout=pauses.finish)
        for task in hand:
            task.cancel()


async def _fetched(fetch: Fetch, wait: int) -> Any:
    try:
        return await fetch(wait)
    except Refused as refused:
        if refused.code == EMPTY:
            return None
        raise


async def _begin(hand: set[asyncio.Future[object]], take: Take, update: Any, seconds: float) -> None:
    """Waits for the work of this update; one that is stuck holds up the others only so long."""
    task = asyncio.ensure_future(take(update))
    hand.add(task)
    task.add_done_callback(hand.discard)
    await asyncio.wait({task}, timeout=seconds)
    while len(hand) >= MOST:
        await asyncio.wait(set(hand), return_when=asyncio.FIRST_COMPLETED)
