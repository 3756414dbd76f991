"""The index that a process answers from: built off the event loop at the first question, and anew when taught."""

import asyncio

from sqlalchemy import Connection

from bot.knowledge.taught import Known, know
from storage import lessons
from storage.database import Database


class Outdated(Exception):  # noqa: N818  (nothing is wrong)
    """What this process knows is older than what the office has taught; `renew`, and do the work again."""


class Knowing:
    """What this process knows. A handler asks for it in its transaction, so it is never behind what it reads there."""

    def __init__(self) -> None:
        self._known: Known | None = None
        self._renewing = asyncio.Lock()

    def of(self, connection: Connection) -> Known:
        """The index as of this transaction; raises Outdated where it has yet to be built."""
        if self._known is None or self._known.version != lessons.version(connection):
            raise Outdated
        return self._known

    async def renew(self, database: Database) -> None:
        """Builds the index if it is behind; who comes meanwhile waits for the same one."""
        async with self._renewing:
            learnt = await database.read(lessons.learnt)
            if self._known is None or self._known.version != learnt.version:
                self._known = await asyncio.to_thread(know, learnt)
