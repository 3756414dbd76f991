"""Processes that end at any moment: nothing is lost, and only what was in flight comes again."""

import asyncio
import shutil
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.chat import Message
from bot.delivery import Delivery
from bot.delivery.claim import LEASE
from storage import chats, people, sending, units
from storage import outbox as box
from storage.database import connect
from storage.migrations import upgrade
from storage.tables import outbox
from tests.office import TODAY, Office, Recorder

PEOPLE, EACH = 3, 2


class Died(BaseException):
    """The end of a process."""


class Mortal(Recorder):
    """A messenger on which the process ends "before" a message has gone out, or "after" it, as planned."""

    def __init__(self, plan: list[str]) -> None:
        super().__init__()
        self.plan, self.dead = plan, False
        self.arrived: Counter[str] = Counter()
        self.in_flight: Counter[str] = Counter()

    async def send(self, address: str, message: Message) -> str:
        fate = "before" if self.dead else self.plan.pop(0) if self.plan else "well"
        if fate != "before":
            self.arrived[message.text] += 1
        if fate != "well":
            self.in_flight[message.text] += 1
            self.dead = True
            raise Died
        return "1"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a few notices owed, made once."""
    file = tmp_path_factory.mktemp("crashes") / "seeded.db"
    asyncio.run(_seed(file))
    return file


async def _seed(file: Path) -> None:
    database = await connect(f"sqlite+aiosqlite:///{file}")
    await database.write(upgrade)
    await database.write(_fill)
    await database.close()


def _fill(connection: Connection) -> None:
    ward = units.add(connection, TODAY, None, None, {"code": "W", "name": "Ward", "kind": "committee"})
    for number in range(PEOPLE):
        person = people.add(connection, f"Member {number}")
        people.give_role(connection, person, ward.id, "inspection", TODAY.date())
        to = box.Address("test", str(number))
        people.link(connection, to, person, TODAY)
        for again in range(EACH):
            text = f"{number}.{again}"
            box.add(connection, text, to, Message(text), TODAY, kind="notice", person=person)


async def _live(file: Path, channel: Mortal) -> dict[str, str]:
    """One life of the bot after another until a whole one has passed; gives the states in the end."""
    database = await connect(f"sqlite+aiosqlite:///{file}")
    slept = 0.0

    def now() -> datetime:
        return datetime.fromtimestamp(TODAY.timestamp() + slept, TODAY.tzinfo)

    async def sleep(seconds: float) -> None:
        nonlocal slept
        slept += seconds
        await asyncio.sleep(0)

    try:
        while True:
            channel.dead = False
            await database.write(lambda c: box.release(c, now()))
            delivery = Delivery(database, {"test": channel}, now, sleep=sleep)
            await delivery.round()
            await delivery.drain(5)
            slept += LEASE.total_seconds()
            if not channel.dead:
                rows = await database.read(lambda c: c.execute(select(outbox.c.key, outbox.c.state)).all())
                if not any(row.state in ("queued", "sending", "held") for row in rows):
                    return {row.key: row.state for row in rows}
    finally:
        await database.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.sampled_from(["well", "well", "before", "after"]), max_size=14))
def test_whenever_the_process_ends_nothing_is_lost_and_only_what_was_in_flight_comes_again(
    seeded: Path, tmp_path: Path, plan: list[str]
) -> None:
    file = tmp_path / "life.db"
    for left in tmp_path.glob("life.db*"):
        left.unlink()
    shutil.copy(seeded, file)
    channel = Mortal(list(plan))
    states = asyncio.run(_live(file, channel))
    assert len(states) == PEOPLE * EACH
    for key, state in states.items():
        ends = channel.in_flight[key]
        assert channel.arrived[key] <= 1 + ends
        if state == "sent":
            assert channel.arrived[key] >= 1
        else:
            # Given up openly after it had ended so many processes, and kept.
            assert (state, ends > sending.MOST_INTERRUPTIONS) == ("failed", True)


async def test_whose_lease_has_ended_does_not_begin_what_another_has_taken(office: Office) -> None:
    person = office.person["Lê Thị Hai"]
    to = await office.do(lambda c: chats.best(c, person))
    owed = await office.do(lambda c: box.add(c, "n", to, Message("nhắc"), office.now, kind="notice", person=person))

    def passes(connection: Connection) -> list[bool]:
        later = office.now + LEASE
        taken = []
        for who, at in (("slow", office.now), ("quick", later)):
            [one] = sending.due_notices(connection, "test", at, 5)
            sending.take(connection, [one.id], who, at + LEASE)
        for who in ("slow", "quick", "quick"):
            taken.append(sending.begin(connection, owed.id, who, later, later + LEASE))
        return taken

    assert await office.do(passes) == [False, True, False]


async def test_a_sent_message_that_the_database_could_not_note_is_noted_before_anything_else(office: Office) -> None:
    person = office.person["Lê Thị Hai"]
    to = await office.do(lambda c: chats.best(c, person))
    await office.do(lambda c: box.add(c, "n", to, Message("nhắc"), office.now, kind="notice", person=person))
    await office.do(lambda c: c.exec_driver_sql(_NO_MARKS))
    await office.delivery.round()
    await office.delivery.drain(5)
    assert [m.text for m in office.phone("Lê Thị Hai").messages] == ["nhắc"]
    await office.do(lambda c: c.exec_driver_sql("DROP TRIGGER no_marks"))
    office.now += LEASE
    await office.delivery.round()
    await office.delivery.drain(5)
    assert [m.text for m in office.phone("Lê Thị Hai").messages] == ["nhắc"]
    assert await office.do(lambda c: c.execute(select(outbox.c.state)).scalar()) == "sent"


_NO_MARKS = (
    "CREATE TRIGGER no_marks BEFORE UPDATE ON outbox WHEN NEW.state = 'sent' "
    "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
)
