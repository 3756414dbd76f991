"""chibot's Telegram channel connected to the fake Telegram, with somebody at its end who notes what arrives."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.channels.telegram import Pauses, Telegram, Webhook
from bot.chat import Incoming
from tests.fakes.telegram_server import TOKEN, TelegramServer

NOW = datetime(2026, 10, 26, 9, 0, tzinfo=UTC)
QUICK = Pauses(look=0.001, longest_look=0.004, retry=0.001, longest_retry=0.004, conflict=0.002, finish=0.05)
LAN, HOA = 510001, 510002


class Line:
    """`arrived` is what the channel handed over, `done` what was finished; `hold` keeps a text from being finished."""

    def __init__(self, telegram: TelegramServer, webhook: Webhook | None = None, pauses: Pauses = QUICK) -> None:
        self.telegram = telegram
        self.channel = Telegram(TOKEN, telegram.url, webhook=webhook, now=lambda: NOW, pauses=pauses)
        self.arrived: list[Incoming] = []
        self.done: list[Incoming] = []
        self._held: dict[str, asyncio.Event] = {}
        self._happened = asyncio.Event()

    def hold(self, text: str) -> asyncio.Event:
        """What lets it go on."""
        return self._held.setdefault(text, asyncio.Event())

    async def receive(self, incoming: Incoming) -> None:
        self.arrived.append(incoming)
        self._happened.set()
        if held := self._held.get(incoming.text):
            await held.wait()
        self.done.append(incoming)
        self._happened.set()

    async def until_done(self, count: int) -> None:
        await self._until(self.done, count)

    async def until_arrived(self, count: int) -> None:
        await self._until(self.arrived, count)

    async def _until(self, what: list[Incoming], count: int) -> None:
        async with asyncio.timeout(5):
            while len(what) < count:
                self._happened.clear()
                await self._happened.wait()

    @property
    def texts(self) -> list[str]:
        return [incoming.text for incoming in self.arrived]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """While the channel takes in updates."""
        running = asyncio.create_task(self.channel.run(self.receive))
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def line(webhook: Webhook | None = None, pauses: Pauses = QUICK) -> AsyncIterator[Line]:
    """A channel and a Telegram that finds nothing wrong with anything the channel asked of it."""
    async with TelegramServer() as telegram:
        connected = Line(telegram, webhook, pauses)
        try:
            yield connected
        finally:
            await connected.channel.close()
        assert telegram.problems == []


def free_port() -> int:
    """A port that nobody serves, below those that outgoing connections are given and might take meanwhile."""
    while True:
        port = 15_000 + secrets.randbelow(15_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
