"""Answers that take long to read: others do not wait, one's own keep their order, each is answered once."""

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.chat import Address, Incoming
from bot.gathering import Gathering
from handlers.commands import ROUTES
from storage import durations
from storage.tables import outbox, pace_days
from tests.office import Office, open_office

SECRETARY, OFFICE, MEMBER = "Lê Thị Bí", "Trần Văn Phòng", "Phạm Văn Viên"
LONG = ["/kehoach B1", "/bieudo B1", "/coccau", "/noicangiup"]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as office:
        yield office


def message(office: Office, who: str, text: str, number: str) -> Incoming:
    return Incoming(Address("test", who), number, office.now, text)


async def answers(office: Office, who: str) -> int:
    count = select(func.count()).where(outbox.c.address == who, outbox.c.key.like("answer:%"))
    return await office.database.read(lambda connection: connection.execute(count).scalar_one())


async def until(office: Office, who: str, wanted: int) -> None:
    while await answers(office, who) < wanted:
        await asyncio.sleep(0)


async def held_up(office: Office, gate: threading.Event) -> "asyncio.Task[None]":
    """Something that reads until the gate is opened, where long readings go."""
    there = asyncio.Event()
    loop = asyncio.get_running_loop()

    def reads(_: Connection) -> None:
        loop.call_soon_threadsafe(there.set)
        gate.wait()

    task = asyncio.create_task(office.database.read_long(reads))
    await there.wait()
    return task


async def test_while_a_plan_is_worked_out_others_are_answered(office: Office) -> None:
    gate = threading.Event()
    reading = await held_up(office, gate)
    plan = asyncio.create_task(office.dispatcher.receive(message(office, OFFICE, "/kehoach", "1")))
    try:
        for number in range(3):
            await office.dispatcher.receive(message(office, SECRETARY, "/nguon", f"s{number}"))
        assert await answers(office, SECRETARY) == 3
        assert await answers(office, OFFICE) == 0 and not plan.done()
    finally:
        gate.set()
    await asyncio.gather(reading, plan)
    assert await answers(office, OFFICE) == 1


async def test_who_asks_for_a_plan_and_something_else_gets_the_plan_first(office: Office) -> None:
    gate = threading.Event()
    reading = await held_up(office, gate)
    mine = [
        asyncio.create_task(office.dispatcher.receive(message(office, OFFICE, text, str(number))))
        for number, text in enumerate(("/kehoach", "/nguon", "/coccau"))
    ]
    gate.set()
    await asyncio.gather(reading, *mine)
    await office.delivery.drain(5)
    told = [one.text for one in office.channel.sent[OFFICE]]
    assert len(told) == 3
    assert "Kế hoạch" in told[0] and "chưa kết nạp ai" in told[2]


@pytest.mark.parametrize("text", LONG)
async def test_a_long_reading_that_is_delivered_again_is_answered_once(office: Office, text: str) -> None:
    for _ in range(2):
        await office.receive(OFFICE, text=text, id="7")
    assert await answers(office, OFFICE) == 1
    assert len(office.channel.sent[OFFICE]) == 1
    assert "Có lỗi" not in office.channel.sent[OFFICE][0].text


async def test_after_a_crash_between_reading_and_keeping_it_is_answered_when_it_comes_again(office: Office) -> None:
    gate = threading.Event()
    reading = await held_up(office, gate)
    plan = asyncio.create_task(office.dispatcher.receive(message(office, OFFICE, "/kehoach", "1")))
    await asyncio.sleep(0)
    plan.cancel()
    gate.set()
    await asyncio.gather(reading, plan, return_exceptions=True)
    assert await answers(office, OFFICE) == 0
    await office.restarted().receive(OFFICE, text="/kehoach", id="1")
    assert await answers(office, OFFICE) == 1


async def test_what_a_reading_gathers_is_kept_with_its_answer(office: Office) -> None:
    await office.phone(OFFICE).says("/kehoach B1")
    count = select(func.count()).select_from(pace_days)
    assert await office.database.read(lambda connection: connection.execute(count).scalar_one())


async def test_a_half_filled_form_stays_open_beside_a_long_reading(office: Office) -> None:
    phone = office.phone(SECRETARY)
    begun = await phone.says("/them")
    said = await phone.says("/kehoach")
    assert begun and said and "Kế hoạch" in said.text
    further = await phone.says("Vũ Thị Mới")
    assert further and "Mới" in further.text


async def test_a_refusal_of_a_long_reading_is_a_sentence_with_a_way_on(office: Office) -> None:
    for who, text in ((MEMBER, "/kehoach"), (OFFICE, "/kehoach u999 2026-Q4"), ("ai đó", "/coccau")):
        said = await office.phone(who).says(text)
        assert said and said.buttons and "Có lỗi" not in said.text


def test_what_reads_long_is_marked() -> None:
    assert {name for name, route in ROUTES.items() if route.reads} >= {"kehoach", "bieudo", "coccau", "noicangiup"}


async def test_paces_are_gathered_for_every_committee_once_a_day_before_anybody_asks(office: Office) -> None:
    gathering = Gathering(office.database, lambda: office.now)

    async def known() -> dict[int, date]:
        rows = await office.database.read(lambda connection: connection.execute(select(pace_days)).all())
        return {row.unit_id: row.worked_out_on for row in rows}

    await gathering.round()
    assert await known() == {office.unit["W"].id: office.now.date()}
    office.passes(days=1)
    await gathering.round()
    assert await known() == {office.unit["W"].id: office.now.date()}
    assert not await office.database.read(lambda connection: durations.behind(connection, office.now.date(), 5))
