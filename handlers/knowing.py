"""The index that a process answers from: built off the event loop, and anew when taught or when a rule has changed."""

import asyncio
from collections.abc import Callable
from datetime import date
from functools import partial

from sqlalchemy import Connection

from bot.knowledge.articles import Facts
from bot.knowledge.facts import numbers
from bot.knowledge.taught import Known, Lessons, know
from storage import lessons, rulebook
from storage.database import Database


class Outdated(Exception):  # noqa: N818  (nothing is wrong)
    """What this process knows is older than what the office has taught; `renew`, and do the work again."""


class Knowing:
    """What this process knows. A handler asks for it in its transaction, so it is never behind what it reads there."""

    def __init__(self, build: Callable[[Lessons, Facts], Known] = know) -> None:
        self._build = build
        self._known: Known | None = None
        self._renewing = asyncio.Lock()

    def of(self, connection: Connection, today: date) -> Known:
        """The index as of this transaction, with the numbers of the day; raises Outdated where it has to be built."""
        known = self._known
        if known is None or known.version != lessons.version(connection):
            raise Outdated
        if known.facts != numbers(rulebook.book_of(connection), today):
            raise Outdated
        return known

    async def renew(self, database: Database, today: date) -> None:
        """Builds the index if it is behind; who comes meanwhile waits for the same one."""
        async with self._renewing:
            learnt, facts = await database.read(partial(_read, today=today))
            if self._known is None or (self._known.version, self._known.facts) != (learnt.version, facts):
                self._known = await asyncio.to_thread(self._build, learnt, facts)


def _read(connection: Connection, *, today: date) -> tuple[Lessons, Facts]:
    return lessons.learnt(connection), numbers(rulebook.book_of(connection), today)
