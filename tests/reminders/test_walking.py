"""The demo's clock: moved forward by days, it brings the messages as they would have come, each at its own hour."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import build, open_database
from bot.chat import Message
from bot.clock import Clock
from bot.sample import OPENS_ON, fill
from bot.settings import Settings
from bot.walking import Walk
from tests.office import ZONE, Recorder


class Watched(Recorder):
    """A phone that notes when each message came."""

    def __init__(self, clock: Clock) -> None:
        super().__init__("phone")
        self.clock = clock
        self.came: list[tuple[str, datetime]] = []

    async def send(self, address: str, message: Message) -> str:
        if message.edit is None:
            self.came.append((address, self.clock.now()))
        return await super().send(address, message)


async def test_a_week_brings_each_morning_its_own_list(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'demo.db'}")
    clock = Clock(ZONE, datetime(OPENS_ON.year, OPENS_ON.month, OPENS_ON.day, 8, tzinfo=ZONE))
    database = await open_database(settings)
    try:
        await database.write(lambda connection: fill(connection, clock.now()))
        phone, walk = Watched(clock), Walk(clock, database)
        app = await build(settings, [phone], clock, database, walk)
        goal = clock.now() + timedelta(days=7)
        assert abs(await walk.advance(timedelta(days=7)) - goal) < timedelta(minutes=5)
        await app.delivery.drain(5)
        lists = Counter((address, at.date()) for address, at in phone.came if at.hour == 7)
        assert max(lists.values()) <= 2
        days = {day for _, day in lists}
        assert len(days) >= 5
        assert not {day for day in days if day.weekday() == 6}
        assert all(at.hour >= 7 for _, at in phone.came)
    finally:
        await database.close()
