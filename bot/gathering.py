"""The round that gathers how long steps take, unit after unit beside the conversations, so that nobody waits for it."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from sqlalchemy import Connection

from storage import durations, rulebook
from storage.database import Database
from storage.units import Unit

log = logging.getLogger(__name__)
# So many units in one round; a province's communes take a few rounds.
SOME = 20


class Gathering:
    """Once a day for every committee; what it has gathered serves the branches below it too."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._going = asyncio.Lock()

    async def round(self) -> None:
        """Some of those whose paces are not of today; what fails is tried again by the next round."""
        async with self._going:
            today = self._now().date()
            try:
                for unit in await self._database.read(partial(durations.behind, today=today, most=SOME)):
                    found = await self._database.read_long(partial(_gathered, unit=unit, today=today))
                    await self._database.write_along(partial(durations.keep, unit=unit.id, found=found, today=today))
            except Exception as error:
                log.error("a round of gathering failed: %s", type(error).__name__)


def _gathered(connection: Connection, *, unit: Unit, today: date) -> durations.Gathered:
    return durations.gather(connection, unit, today, rulebook.book_of(connection))
