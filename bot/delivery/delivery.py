"""Sends what is owed: answers at once, notices in rounds, both under one budget for each channel."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from bot.chat import Address, Channel, NotSent, Unreachable, Unsendable
from bot.delivery.answers import Answers
from bot.delivery.claim import Look, Terms
from bot.delivery.line import Line, Sleep
from bot.delivery.notices import Notices
from storage import people
from storage.database import Database
from storage.outbox import Owed


class Delivery:
    """The outbox's hands. What they do not get done stays in the outbox."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        now: Callable[[], datetime],
        look: Look | None = None,
        *,
        terms: Terms | None = None,
        ticks: Callable[[], float] | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`terms` stands for `look` and more; `ticks` and `sleep` are the clock by which pauses are kept."""
        seconds = ticks or (lambda: now().timestamp())
        self._line = Line(database, channels, terms or Terms(look=look), now, seconds, sleep)
        self._answers = Answers(self._line)
        self._notices = Notices(self._line, self._answers)
        self._line.nudge = self._notices.nudge

    def deliver(self, owed: Sequence[Owed]) -> None:
        """Takes answers over and returns at once."""
        self._answers.deliver(owed)

    def show_menu(self, address: Address, commands: Sequence[tuple[str, str]], menu: str) -> None:
        """Shows a chat its command menu and remembers that it has it."""
        self._line.start(self._menu(address, commands, menu))

    def nudge(self) -> None:
        """Looks for what is due and returns at once."""
        self._notices.nudge()

    async def round(self) -> None:
        """Sends what is due and waits until it is on its way."""
        await self._notices.round()

    async def stop(self, seconds: float) -> None:
        """Begins nothing new and finishes what is in hand, at most this long."""
        self._line.stopping = True
        await self.drain(seconds)

    async def drain(self, seconds: float) -> None:
        """Waits for what is in hand, at most this long; what is left stays in the outbox."""
        await self._line.drain(seconds)

    async def _menu(self, address: Address, commands: Sequence[tuple[str, str]], menu: str) -> None:
        channel = self._line.channels.get(address.channel)
        if channel is None:
            return
        try:
            await channel.menu(address.id, commands)
        except (NotSent, Unreachable, Unsendable):
            return
        await self._line.write(partial(people.set_menu, address=address, menu=menu))
