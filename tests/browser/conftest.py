"""A Chromium for all tests of this folder, and a local phone that echoes; everything runs in the session's one loop."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.fakes.phone import HANOI, Echo, Ward, serving

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.phone_page import PhonePage

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Playwright's objects belong to one loop, so these tests share the loop of the session."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator["Browser"]:
    pytest.importorskip("playwright.async_api", reason="playwright is not installed")
    from tests.browser.phone_page import find_chromium, open_chromium

    if find_chromium() is None:
        pytest.skip("chromium is not installed")
    async with open_chromium() as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def desktop(browser: "Browser") -> AsyncIterator["PhonePage"]:
    """One browser window for many tests: each loads a phone of its own in it, and the page keeps nothing."""
    from tests.browser.phone_page import PhonePage

    profile = await browser.new_context()
    yield PhonePage(await profile.new_page())
    await profile.close()


@pytest_asyncio.fixture(loop_scope="session")
async def ward() -> Ward:
    return Ward(datetime(2026, 11, 20, 9, 5, tzinfo=HANOI))


@pytest_asyncio.fixture(loop_scope="session")
async def echo(ward: Ward) -> AsyncIterator[Echo]:
    """The echoing bot, its phone being served."""
    async with serving(Echo(ward.phone())) as echo:
        yield echo


@pytest_asyncio.fixture(loop_scope="session")
async def phone(desktop: "PhonePage", echo: Echo) -> AsyncIterator["PhonePage"]:
    """The echoing phone on a desktop, playing the first person of the ward; a script error fails the test."""
    await desktop.page.set_viewport_size({"width": 1280, "height": 800})
    await desktop.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    await desktop.load(echo.phone.url)
    yield desktop
    assert desktop.problems == []
