"""The one place that knows every part of the house: `build` puts them together, `App` runs them."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import handlers.everything  # noqa: F401  (registers every command)
from bot.chat import Address, Channel
from bot.clock import Clock, rounds
from bot.delivery import Delivery
from bot.settings import Settings
from handlers.dispatcher import Dispatcher
from handlers.templates import templates
from storage import outbox
from storage.database import Database, connect
from storage.migrations import upgrade

log = logging.getLogger(__name__)

STOP_WITHIN = 8.0
DELIVERY_EVERY = 1.0


@dataclass(slots=True)
class App:
    """The house, built. `run` lives until it is cancelled, and then finishes what is in hand."""

    settings: Settings
    clock: Clock
    database: Database
    delivery: Delivery
    dispatcher: Dispatcher
    channels: Mapping[str, Channel]
    _links: dict[str, str] = field(default_factory=dict)

    async def run(self) -> None:
        """Serves every channel; on cancellation stops taking in, sends what is owed and closes the database."""
        if self.database.embedded:
            await self.database.write(lambda connection: outbox.release(connection, self.clock.now()))
        scheduler = rounds([("delivery", DELIVERY_EVERY, self.delivery.round)])
        try:
            await self._serve()
        finally:
            scheduler.shutdown(wait=False)
            await self.delivery.drain(STOP_WITHIN)
            await self.database.close()

    async def _serve(self) -> None:
        """One channel's end is the end of all: a supervisor starts the process anew."""
        async with asyncio.TaskGroup() as group:
            for channel in self.channels.values():
                group.create_task(channel.run(self.dispatcher.receive), name=channel.name)


async def open_database(settings: Settings) -> Database:
    """The database of the settings, brought to the newest revision."""
    database = await connect(settings.database_url)
    await database.write(upgrade)
    return database


async def build(
    settings: Settings, channels: Sequence[Channel], clock: Clock | None = None, database: Database | None = None
) -> App:
    """Puts the house together around these channels."""
    clock = clock or Clock(settings.zone)
    database = database or await open_database(settings)
    named = {channel.name: channel for channel in channels}
    delivery = Delivery(database, named, clock.now)

    def link(address: Address) -> str | None:
        return getattr(named.get(address.channel), "deep_link", None)

    dispatcher = Dispatcher(database, templates(), clock.now, delivery, link)
    return App(settings, clock, database, delivery, dispatcher, named)
