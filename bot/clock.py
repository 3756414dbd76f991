"""The only file that asks what time it is; it also starts the rounds."""

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler


class Clock:
    """The office clock. The demo sets it to a day of its own and moves it forward; it never goes back."""

    def __init__(self, zone: tzinfo, starts_at: datetime | None = None) -> None:
        self._zone = zone
        self._ahead = timedelta() if starts_at is None else starts_at - self._real()

    def _real(self) -> datetime:
        return datetime.fromtimestamp(time.time(), self._zone)

    def now(self) -> datetime:
        """The moment, aware, in the office's zone."""
        return (self._real() + self._ahead).astimezone(self._zone)

    def advance(self, by: timedelta) -> datetime:
        """Moves the clock forward and gives the new moment; ValueError for a step back."""
        if by < timedelta():
            raise ValueError("the clock only goes forward")
        self._ahead += by
        return self.now()


def ticks() -> float:
    """Seconds that only go forward, whatever is done to the clock; for pauses, not for dates."""
    return time.monotonic()


Round = tuple[str, float, Callable[[], Awaitable[None]]]


def rounds(jobs: Sequence[Round]) -> AsyncIOScheduler:
    """Starts a handful of rounds, at once and then every so many seconds; one that still goes is not started again."""
    scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
    now = datetime.fromtimestamp(time.time(), UTC)
    for name, seconds, job in jobs:
        scheduler.add_job(job, "interval", seconds=seconds, id=name, next_run_time=now)
    scheduler.start()
    return scheduler
