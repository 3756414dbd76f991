"""The demo's clock moved forward: it walks from hour to hour, so that messages come when they would have come."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, time, timedelta

from bot.clock import Clock
from storage import preferences, rulebook
from storage.database import Database

Step = Callable[[], Awaitable[None]]


class Walk:
    """Moves the clock and lets `step` do what is due on the way. Pauses of the delivery take office time, not ours."""

    def __init__(self, clock: Clock, database: Database) -> None:
        self._clock = clock
        self._database = database
        self._walking = False
        self.step: Step | None = None

    def ticks(self) -> float:
        """Seconds of the office clock."""
        return self._clock.now().timestamp()

    async def sleep(self, seconds: float) -> None:
        """A pause between two messages; on the way it is walked, not waited for."""
        if self._walking:
            self._clock.advance(timedelta(seconds=seconds))
            await asyncio.sleep(0)
        else:
            await asyncio.sleep(seconds)

    async def advance(self, by: timedelta) -> datetime:
        """Moves the clock forward and gives the new moment."""
        goal = self._clock.now() + by
        hours = await self._database.read(
            lambda c: preferences.digest_hours(c) | {rulebook.book_of(c).entries.a_day.digest_hour}
        )
        self._walking = True
        try:
            for moment in (*_on_the_way(self._clock.now(), goal, sorted(hours)), goal):
                self._clock.advance(max(timedelta(), moment - self._clock.now()))
                if self.step is not None:
                    await self.step()
        finally:
            self._walking = False
        return self._clock.now()


def _on_the_way(now: datetime, goal: datetime, hours: list[int]) -> Iterator[datetime]:
    day = now.date()
    while day <= goal.date():
        for hour in hours:
            moment = datetime.combine(day, time(hour), now.tzinfo)
            if now < moment < goal:
                yield moment
        day += timedelta(days=1)
