"""The real house behind the local phone, in a real browser: join, log a contact, undo, switch persona, be refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

pytest.importorskip("playwright.async_api", reason="playwright is not installed")

from bot.app import build, open_database
from bot.channels.web import LocalPhone
from bot.clock import Clock
from bot.sample import OPENS_ON, fill, personas
from bot.settings import Settings

if TYPE_CHECKING:
    from tests.browser.phone_page import PhonePage


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The sample ward, served as `make demo` serves it."""
    folder: Path = tmp_path_factory.mktemp("ward")
    settings = Settings(database_url=f"sqlite+aiosqlite:///{folder / 'ward.db'}")
    clock = Clock(settings.zone, datetime.combine(OPENS_ON, datetime.min.time(), settings.zone) + timedelta(hours=8))
    database = await open_database(settings)
    await database.write(lambda connection: fill(connection, clock.now()))

    async def advance(by: timedelta) -> datetime:
        return clock.advance(by)

    phone = LocalPhone(port=0, now=clock.now, advance=advance, personas=lambda: database.read(personas))
    app = await build(settings, [phone], clock, database)
    running = asyncio.create_task(app.run())
    await phone.up.wait()
    yield phone.url
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


@pytest_asyncio.fixture(loop_scope="session")
async def ward(desktop: "PhonePage", url: str) -> AsyncIterator["PhonePage"]:
    """The page of the real house."""
    await desktop.page.set_viewport_size({"width": 1280, "height": 800})
    await desktop.load(url)
    yield desktop
    assert desktop.problems == []


async def test_a_contact_is_logged_by_three_taps_and_undone(ward: "PhonePage") -> None:
    await ward.as_persona("Lê Thị Hai")
    await ward.type("/tiepxuc")
    await ward.press("Trương Đình Hòa")
    await ward.press("Gọi điện")
    assert "Đã ghi: gọi điện" in await ward.last_bubble()
    await ward.press("Hoàn tác")
    assert "Đã hoàn tác" in await ward.last_bubble()


async def test_a_contact_is_logged_by_a_sentence(ward: "PhonePage") -> None:
    await ward.as_persona("Lê Thị Hai")
    await ward.type("hom qua gap chi Lan o nha van hoa, chi da viet don, hen thu 5 tuan sau")
    said = await ward.last_bubble()
    assert "Nguyễn Ngọc Lan" in said
    assert "thứ Ba 17/11/2026" in said
    await ward.press("Lưu")
    assert "Đã ghi: gặp trực tiếp" in await ward.last_bubble()


async def test_another_branchs_case_is_refused_like_a_missing_one(ward: "PhonePage") -> None:
    await ward.as_persona("Hồ Thị Thư")
    await ward.type("/hoso QC-0001")
    assert await ward.last_bubble() == "Không có hồ sơ QC-0001 trong phần đồng chí được xem."
    await ward.type("/hoso QC-9999")
    assert await ward.last_bubble() == "Không có hồ sơ QC-9999 trong phần đồng chí được xem."


async def test_a_stranger_joins_with_a_code_from_the_secretary(ward: "PhonePage") -> None:
    await ward.as_persona("Nguyễn Văn An")
    await ward.type("/themnguoi Hoàng Thị Mới")
    while "Bỏ qua" in await ward.labels():
        await ward.press("Bỏ qua")
    await ward.press("Lưu")
    await ward.type("/moi hoàng thị mới")
    await ward.press("Hoàng Thị Mới")
    await ward.press("Tạo mã")
    code = next(word for word in (await ward.last_bubble()).split() if len(word.strip(".,")) == 9 and "-" in word)
    await ward.as_stranger()
    await ward.type("xin chào")
    assert "mã mời" in await ward.last_bubble()
    await ward.type(code.strip(".,"))
    assert "Hoàng Thị Mới" in await ward.last_bubble()
    await ward.type("/nguon")
    assert "chưa" in (await ward.last_bubble()).lower()


async def test_a_handover_reaches_the_other_persons_phone(ward: "PhonePage") -> None:
    await ward.as_persona("Nguyễn Văn An")
    await ward.type("/phancong QC-0001")
    await ward.type("bui van ba")
    await ward.press("Bùi Văn Ba")
    await ward.press("Thay")
    await ward.expect_unread("Bùi Văn Ba")
    await ward.as_persona("Bùi Văn Ba")
    assert "Nguyễn Ngọc Lan" in await ward.last_bubble()
