"""The one place that knows every part of the house: `build` puts them together, `App` runs them."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection

import handlers.everything  # noqa: F401  (registers every command)
from bot.chat import Address, Channel, Document, NotSent, Unreachable, Unsendable
from bot.clock import Clock, rounds, ticks
from bot.console import Fault
from bot.delivery import Delivery, Terms
from bot.gathering import Gathering
from bot.knowledge.building import built
from bot.memory import settle
from bot.reminding import Reminding
from bot.rules.lines import stale_text
from bot.rules.quiet import Hours
from bot.settings import Settings
from bot.walking import Walk
from handlers import digest, losses
from handlers.announcements import repeat
from handlers.choosing import plainly
from handlers.dispatcher import Dispatcher
from handlers.knowing import Knowing
from handlers.templates import templates
from storage import announcements, dues, outbox, preferences, rulebook
from storage.database import Database, connect
from storage.files import CannotOpen
from storage.migrations import current, head, upgrade, upgraded_apart

log = logging.getLogger(__name__)
T = TypeVar("T")


STOP_WITHIN = 5.0
DELIVERY_EVERY = 1.0
ANNOUNCEMENTS_EVERY = 10.0
REMINDERS_EVERY = 20.0
PACES_EVERY = 60.0


@dataclass(slots=True)
class App:
    """The house, built. `run` lives until it is cancelled, and then finishes what is in hand."""

    settings: Settings
    clock: Clock
    database: Database
    delivery: Delivery
    reminding: Reminding
    gathering: Gathering
    dispatcher: Dispatcher
    knowing: Knowing
    channels: Mapping[str, Channel]
    # The bot's address by channel, as `Channel.link` gives it.
    links: dict[str, str | None] = field(default_factory=dict)

    async def run(self) -> None:
        """Serves every channel; on cancellation stops taking in, sends what is owed and closes the database."""
        if self.database.embedded:
            await self.database.write(lambda connection: outbox.release(connection, self.clock.now()))
        await self.database.read(self._warn)
        settle()
        scheduler = rounds(
            [
                ("delivery", DELIVERY_EVERY, self._send),
                ("reminders", REMINDERS_EVERY, self.reminding.round),
                ("announcements", ANNOUNCEMENTS_EVERY, self._announce_again),
                ("paces", PACES_EVERY, self.gathering.round),
            ]
        )
        try:
            await self._serve()
        finally:
            await self.dispatcher.finish(STOP_WITHIN / 2)
            await self.delivery.stop(STOP_WITHIN)
            scheduler.shutdown(wait=False)
            for channel in self.channels.values():
                await channel.close()
            await self.database.close()

    async def step(self) -> None:
        """All that is due at this moment: for a clock that is moved by hand."""
        await self.reminding.round()
        await self._announce_again()
        await self.delivery.round()
        await self.delivery.drain(STOP_WITHIN)

    async def _announce_again(self) -> None:
        """Tells those once more who have not read what was announced some days ago."""
        now = self.clock.now()
        if await self.database.read(lambda connection: announcements.to_repeat(connection, now.date())):
            await self.database.write(lambda connection: repeat(connection, now))

    async def _send(self) -> None:
        """Not waited for: what goes out on one messenger for minutes must not hold up another."""
        self.delivery.nudge()

    def _warn(self, connection: Connection) -> None:
        """Says what of the rulebook an operator should look at."""
        book = rulebook.book_of(connection)
        for line in stale_text(book, self.clock.now().date()):
            log.warning("%s", line)
        if rulebook.worked_out(connection) != book.digest:
            log.warning(
                "the rulebook has changed; `chibot rules replay` shows what moves, with --apply it is dated anew"
            )

    async def _serve(self) -> None:
        """One channel's end is the end of all: a supervisor starts the process anew."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._learn())
            for channel in self.channels.values():
                group.create_task(channel.run(self.dispatcher.receive), name=channel.name)
                group.create_task(self._learn_link(channel))

    async def _learn(self) -> None:
        """Has the index built. Meanwhile contacts are logged; who asks waits for it."""
        await self.knowing.renew(self.database, self.clock.now().date())
        settle()

    async def _learn_link(self, channel: Channel) -> None:
        """Asks until it is answered; till then invitations are a code without a link."""
        pause = 1.0
        while channel.name not in self.links:
            try:
                self.links[channel.name] = await channel.link()
            except (NotSent, Unreachable, Unsendable) as problem:
                log.warning("%s does not tell its link: %s", channel.name, type(problem).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 60.0)


async def open_database(settings: Settings, *, to_stay: bool = False) -> Database:
    """The database of the settings, brought to the newest revision; Fault when that cannot be done.

    `to_stay`: for a process that lives long, which keeps little of what is only needed for that.
    """
    try:
        database = await connect(settings.database_url)
    except CannotOpen as problem:
        raise Fault(str(problem)) from problem
    try:
        if to_stay and await database.read(current) != head():
            with upgraded_apart(settings.database_url):
                pass
        await database.write(upgrade)
        await _date_cases(database, settings)
    except BaseException as problem:
        await database.close()
        if isinstance(problem, CannotOpen):
            raise Fault(str(problem)) from problem
        raise
    return database


async def _date_cases(database: Database, settings: Settings) -> None:
    """Works out the dates of a database that has none yet: a new one, or one from before there were any."""
    if await database.read(rulebook.worked_out) is None:
        now = Clock(settings.zone).now()
        await database.write(lambda connection: dues.refresh_all(connection, now))


def with_database(settings: Settings, work: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
    """Opens the database of the settings for one piece of work."""

    async def run() -> T:
        database = await open_database(settings)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


async def build(
    settings: Settings,
    channels: Sequence[Channel],
    clock: Clock | None = None,
    database: Database | None = None,
    walk: Walk | None = None,
) -> App:
    """Puts the house together around these channels; `walk` where the clock can be moved by hand."""
    clock = clock or Clock(settings.zone)
    database = database or await open_database(settings, to_stay=True)
    named = {channel.name: channel for channel in channels}
    plain = frozenset(channel.name for channel in channels if not channel.has_buttons)
    look = partial(digest.look, plain=plain)
    worded = partial(plainly, carriers=tuple(channel.name for channel in channels if channel.has_files))
    terms = Terms(Hours.parse(settings.quiet_hours), preferences.own_hours, look, losses.tell, worded)
    pauses = (walk.ticks, walk.sleep) if walk else (ticks, asyncio.sleep)
    delivery = Delivery(database, named, clock.now, terms=terms, ticks=pauses[0], sleep=pauses[1])
    reminding = Reminding(database, clock.now, delivery.nudge)
    links: dict[str, str | None] = {}
    knowing = Knowing(built)

    async def fetch(address: Address, document: Document) -> bytes:
        return await named[address.channel].fetch(document)

    def link(address: Address) -> str | None:
        found = links.get(address.channel)
        return found if found and found.endswith("=") else None

    dispatcher = Dispatcher(database, templates(), clock.now, delivery, link, knowing, fetch, links=links, plain=plain)
    gathering = Gathering(database, clock.now)
    app = App(settings, clock, database, delivery, reminding, gathering, dispatcher, knowing, named, links)
    if walk is not None:
        walk.step = app.step
    return app
