"""Meetings in a ward of a real size: every screen fits a phone, whatever the branch."""

import itertools
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.chat import Address, Incoming, Message
from bot.delivery import Delivery
from bot.sample import OPENS_ON, fill
from handlers.dispatcher import Dispatcher
from handlers.templates import templates
from storage import meetings
from storage.database import Database, connect
from storage.migrations import upgrade
from storage.tables import candidates as case_rows
from storage.tables import units as unit_rows
from tests.office import ZONE, Recorder

MORNING = datetime.combine(OPENS_ON, datetime.min.time(), ZONE) + timedelta(hours=9)
SCREEN = 900
NUMBERS = itertools.count(1)


class Ward:
    """The sample ward with somebody who chats in it."""

    def __init__(self, database: Database) -> None:
        self.database, self.channel = database, Recorder("phone")
        self._delivery = Delivery(database, {"phone": self.channel}, lambda: MORNING)
        self._dispatcher = Dispatcher(database, templates(), lambda: MORNING, self._delivery)

    async def says(self, who: str, text: str) -> Message:
        await self._dispatcher.receive(Incoming(Address("phone", who), str(next(NUMBERS)), MORNING, text))
        await self._delivery.drain(5)
        return self.channel.sent[who][-1]

    async def reads(self, who: str, text: str) -> list[Message]:
        """Every page that follows."""
        found = [await self.says(who, text)]
        while later := [b for row in found[-1].buttons for b in row if b.label == "Sau ›"]:
            found.append(await self.says(who, later[0].send))
        return found


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ward") / "ward.db"


@pytest.fixture
async def ward(filled: Path) -> AsyncIterator[Ward]:
    new = not filled.exists()
    database = await connect(f"sqlite+aiosqlite:///{filled}")
    if new:
        await database.write(upgrade)
        await database.write(lambda connection: fill(connection, MORNING))
    yield Ward(database)
    await database.close()


def branches(connection: Connection) -> list[int]:
    return list(connection.execute(select(unit_rows.c.id).where(unit_rows.c.kind == "branch")).scalars())


async def test_every_screen_fits_a_phone(ward: Ward) -> None:
    for branch in (await ward.database.read(branches))[::7]:
        coming = await ward.database.read(lambda c, branch=branch: meetings.next_of(c, branch, OPENS_ON))
        held = (
            await ward.database.read(
                lambda c, branch=branch: meetings.held_between(c, branch, OPENS_ON - timedelta(days=90), OPENS_ON)
            )
        )[-1]
        refs = [f"{branch}-{one.month:%Y%m}" for one in (coming, held)]
        screens = [
            f"/hop {refs[0]}",
            f"/hop {refs[1]}",
            f"/noidung {refs[0]}",
            f"/baocaohop {refs[0]}",
            f"/kyhop {refs[0]}",
        ]
        screens += [f"/diemdanh {refs[1]}", f"/bienban {refs[1]}", f"/sinhhoat {branch}", f"/phutrach {branch}"]
        for words in screens:
            for message in await ward.reads("phong", words):
                assert len(message.text) <= SCREEN, (words, len(message.text))
                assert "lỗi ở phía tôi" not in message.text, (words, message.text)
                assert all(len(b.send.encode()) <= 64 for row in message.buttons for b in row)


async def test_a_ceremony_to_come_is_prepared_in_the_meeting_before_it(ward: Ward) -> None:
    waits = select(case_rows.c.unit_id).where(case_rows.c.step == "decision", case_rows.c.state == "open")
    branch = await ward.database.read(lambda c: c.execute(waits).scalars().first())
    found = [message.text for message in await ward.reads("phong", f"/noidung {branch}-202612")]
    ceremonies = [text for text in found if "Chuẩn bị lễ kết nạp" in text]
    assert ceremonies
    assert all("chậm nhất" in text and "Đảng viên chính thức giúp" in text for text in ceremonies)


async def test_the_branch_of_the_guide_shows_what_a_meeting_is_about(ward: Ward) -> None:
    said = (await ward.says("an", "/hop")).text
    assert "07/12/2026, 19:30" in said
    assert "Kết luận họp 05/11 chưa đăng (hạn 07/11)" in said
    assert "vắng từ hai kỳ liền" in said
    standing = (await ward.says("an", "/sinhhoat 3")).text
    assert "3 không lý do" in standing
    assert "miễn sinh hoạt (tuổi cao)" in standing
    assert "đi biển" in standing
    assert "còn 28 chỗ" in (await ward.says("hai", "/lop")).text
    assert "/12/2026" not in (await ward.says("khach", "/hop")).text
