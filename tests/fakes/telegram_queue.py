"""The updates that Telegram keeps for a bot until it confirms them."""

import asyncio
import itertools
from collections.abc import Mapping
from typing import Any

from tests.fakes.telegram_rules import ApiError

_OTHERS = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


class UpdateQueue:
    """Unconfirmed updates by id; a higher offset confirms, an unchanged one gets them again."""

    def __init__(self) -> None:
        self.waiting: dict[int, dict[str, Any]] = {}
        self.offsets: list[int | None] = []
        self._ids = itertools.count(870_001)
        self._polls = itertools.count(1)
        self._poll = 0
        self._hurried = False
        self.news = asyncio.Event()

    def put(self, fields: Mapping[str, Any], update_id: int | None = None) -> int:
        number = next(self._ids) if update_id is None else update_id
        self.waiting[number] = {"update_id": number, **fields}
        self.news.set()
        return number

    def hurry(self) -> None:
        """Whoever waits for updates gets an empty answer now."""
        self._hurried = True
        self.news.set()

    def confirm(self, below: int) -> None:
        self.waiting = {number: update for number, update in self.waiting.items() if number >= below}

    async def get(self, offset: int | None, limit: int, timeout: float) -> list[dict[str, Any]]:
        """getUpdates: waits up to `timeout` seconds; a newer getUpdates ends this one with a conflict."""
        self.offsets.append(offset)
        self._poll = mine = next(self._polls)
        self.news.set()
        self._confirm(offset)
        deadline = asyncio.get_running_loop().time() + timeout
        while not (self.waiting or self._hurried) and (left := deadline - asyncio.get_running_loop().time()) > 0:
            self.news.clear()
            await _until(self.news, left)
            if self._poll != mine:
                raise ApiError(409, _OTHERS)
        return [self.waiting[number] for number in sorted(self.waiting)[:limit]]

    def _confirm(self, offset: int | None) -> None:
        if offset is not None:
            known = sorted(self.waiting)
            self.confirm(offset if offset >= 0 else (known[offset:] or [0])[0])


async def _until(news: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(news.wait(), seconds)
    except TimeoutError:
        return
