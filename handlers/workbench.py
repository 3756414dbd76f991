"""Where files are made and read that take long: after the commit, one by one, in a thread beside the conversations."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from bot.chat import File
from storage.outbox import Owed

Make = Callable[[], File]
T = TypeVar("T")


class Workbench:
    """One file at a time: ten people who ask for a report at once slow nobody's answers more than one does."""

    def __init__(
        self, deliver: Callable[[Sequence[Owed]], None], instead: Callable[[Owed, BaseException], Owed]
    ) -> None:
        """`instead` gives the message that goes out where making the file failed."""
        self._deliver = deliver
        self._instead = instead
        self._going: set[asyncio.Task[None]] = set()
        self._thread: ThreadPoolExecutor | None = None

    def begin(self, owed: Owed, make: Make) -> None:
        """Takes a committed message over and returns at once; it is delivered when its file is made."""
        self.start(self._work(owed, make))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Begins something and returns at once; `finish` waits for it."""
        task = asyncio.create_task(work)
        self._going.add(task)
        task.add_done_callback(self._going.discard)

    async def beside(self, work: Callable[[], T]) -> T:
        """Runs something slow in the one thread, when its turn comes."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="workbench")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def finish(self, seconds: float) -> None:
        """Waits for what is in hand, at most this long; the words of the rest stay in the outbox."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._going:
                    await asyncio.wait(set(self._going))
        for task in self._going:
            task.cancel()
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._thread = None

    async def _work(self, owed: Owed, make: Make) -> None:
        try:
            file = await self.beside(make)
        except Exception as error:
            self._deliver([self._instead(owed, error)])
        else:
            self._deliver([replace(owed, message=replace(owed.message, file=file))])
