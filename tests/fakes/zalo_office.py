"""The office of the tests with Zalo beside its other messenger: real HTTP to a fake Zalo, on the office's clock."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from bot.channels.webhook import Webhook
from bot.channels.zalo import Pauses, Zalo
from bot.chat import Address, Incoming
from bot.delivery import Terms
from bot.reminding import Reminding
from handlers import digest, losses
from handlers.choosing import plainly
from handlers.dispatcher import Dispatcher
from handlers.templates import templates
from storage import people, preferences
from tests.fakes.zalo_server import TOKEN, ZaloServer
from tests.office import QUIET, Office

QUICK = Pauses(soon=0.0, stuck=5.0, retry=0.001, longest_retry=0.004, finish=0.5)
PLAIN = frozenset({"zalo"})
LINKS = {"test": "https://t.me/thu_bot?start=", "zalo": "https://zalo.me/bot.VDKyGxQvc"}


class ZaloOffice:
    """`says` is one message of a chat, named as its person's other phone is; it gives what came back."""

    def __init__(self, office: Office, server: ZaloServer, webhook: Webhook | None = None) -> None:
        self.office, self.server = office, server
        self.channel = Zalo(TOKEN, server.url, webhook=webhook, now=lambda: office.now, pauses=QUICK)
        terms = Terms(
            QUIET,
            preferences.own_hours,
            partial(digest.look, plain=PLAIN),
            losses.tell,
            partial(plainly, carriers=["telegram"]),
        )
        self.delivery = office.delivering({"test": office.channel, "zalo": self.channel}, terms)
        self.reminding = Reminding(office.database, lambda: office.now, self.delivery.nudge)
        link = lambda address: LINKS["test"] if address.channel == "test" else None  # noqa: E731
        self.dispatcher = Dispatcher(
            office.database, templates(), lambda: office.now, self.delivery, link, links=LINKS, plain=PLAIN
        )
        self.taken = 0
        self._after = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ZaloOffice"]:
        running = asyncio.create_task(self.channel.run(self._receive))
        try:
            yield self
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            await self.delivery.drain(5)
            await self.channel.close()

    async def joins(self, name: str) -> None:
        """Somebody's Zalo, beside the phone they have."""
        here = Address("zalo", name)
        await self.office.do(lambda c: people.link(c, here, self.office.person[name], self.office.now))

    async def says(self, chat: str, text: str | None, *, after: float = 10, number: str | None = None) -> str:
        """Comes `after` so many seconds; "" when nothing came back."""
        self.office.passes(seconds=after)
        before, taken = len(self.server.said.get(chat, [])), self.taken
        self.server.write(chat, text, int(self.office.now.timestamp() * 1000), number)
        async with asyncio.timeout(10):
            while self.taken == taken:
                self._after.clear()
                await self._after.wait()
        return "\n---\n".join(self.server.said.get(chat, [])[before:])

    async def reminds(self) -> None:
        """The rounds of this moment."""
        await self.reminding.round()
        await self.sends()

    async def sends(self) -> None:
        """What is due goes out."""
        await self.delivery.round()
        await self.delivery.drain(5)

    async def _receive(self, incoming: Incoming) -> None:
        await self.dispatcher.receive(incoming)
        await self.dispatcher.finish(30)
        await self.delivery.drain(5)
        self.taken += 1
        self._after.set()


@asynccontextmanager
async def zalo_office(office: Office, webhook: Webhook | None = None) -> AsyncIterator[ZaloOffice]:
    async with ZaloServer() as server, ZaloOffice(office, server, webhook).running() as opened:
        yield opened
        assert server.problems == []
