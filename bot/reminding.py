"""The round of the reminders: looks at what is due a look, owes what is to be said, strikes through what is done."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from sqlalchemy import Connection

from handlers import digest
from storage import digests, due_round, rulebook, unit_round
from storage.database import Database

log = logging.getLogger(__name__)

Look = Callable[[Connection, date, int], int]


class Reminding:
    """One round after another. `nudge` is called when there is something to send."""

    def __init__(self, database: Database, now: Callable[[], datetime], nudge: Callable[[], object]) -> None:
        self._database = database
        self._now = now
        self._nudge = nudge
        self._going = asyncio.Lock()

    async def round(self) -> None:
        """Everything that is due at this moment of the office clock; what fails is tried again by the next round."""
        async with self._going:
            try:
                await self._round(self._now())
            except Exception as error:
                log.error("a round of reminders failed: %s", type(error).__name__)

    async def _round(self, now: datetime) -> None:
        await self._look(due_round.look, now.date(), due_round.BATCH)
        await self._look(unit_round.look, now.date(), unit_round.BATCH)
        owed = await self._database.write(partial(put_out, now=now))
        struck = await self._database.write(partial(digest.strike, now=now))
        if owed or struck:
            self._nudge()

    async def _look(self, look: Look, today: date, most: int) -> None:
        """Batch after batch, each in a transaction of its own, so that others get in between."""
        while await self._database.write(lambda connection: look(connection, today, most)) >= most:
            pass


def put_out(connection: Connection, now: datetime) -> int:
    """Owes everybody what is theirs at this moment."""
    return digests.put_out(connection, now, rulebook.book_of(connection).entries.a_day)
