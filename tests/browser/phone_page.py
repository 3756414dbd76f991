"""The local phone's page as a person uses it: be somebody, type, press, attach, look; in a real browser."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STEPS = ("hour", "day", "week", "month")
PATIENCE = 10_000
"""Milliseconds that an answer may take on a busy machine."""


def find_chromium() -> str | None:
    """The browser on this machine; None: there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None)


@asynccontextmanager
async def open_chromium() -> AsyncIterator[Browser]:
    """A Chromium that is closed at the end."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


class PhonePage:
    """One open page. Every act waits until the program has answered it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: self.problems.append(said.text) if said.type == "error" else None)

    @classmethod
    @asynccontextmanager
    async def at(cls, browser: Browser, url: str, **context: Any) -> AsyncIterator["PhonePage"]:
        """A page with a browser profile of its own; `context` as Playwright's new_context: viewport, color_scheme..."""
        profile = await browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | context))
        try:
            phone = cls(await profile.new_page())
            await phone.load(url)
            yield phone
        finally:
            await profile.close()

    async def load(self, url: str) -> None:
        """Opens the phone at this address; what an earlier one said went wrong is forgotten."""
        self.page.set_default_timeout(PATIENCE)
        # The page before may still be calling for a server that has been closed.
        await self.page.goto("about:blank")
        self.problems.clear()
        await self.page.goto(url)
        await self.ready()

    async def ready(self) -> None:
        """Until somebody's conversation is on the screen."""
        await self.page.wait_for_selector("body[data-persona]")

    async def as_persona(self, name: str) -> None:
        """Becomes the person of this name; on a narrow page the list is opened for it."""
        await self._open_people()
        row = self.page.locator("#list .person", has=self.page.locator(f'.name:text-is("{name}")'))
        address = await row.first.get_attribute("data-address")
        await row.first.click()
        await self.page.wait_for_function("who => document.body.dataset.persona === who", arg=address)

    async def as_stranger(self) -> str:
        """Becomes somebody nobody knows; gives the new address in this channel."""
        await self._open_people()
        before = await self.page.locator("body").get_attribute("data-persona")
        await self.page.locator("#stranger").click()
        await self.page.wait_for_function("before => (document.body.dataset.persona ?? before) !== before", arg=before)
        return await self.page.locator("body").get_attribute("data-persona") or ""

    async def who(self) -> str:
        """The name of the person being played."""
        return await self.page.locator("#who-name").inner_text()

    async def type(self, text: str) -> None:
        """Types and sends."""
        heard = await self._heard()
        await self.page.locator("#text").fill(text)
        await self.page.locator("#text").press("Enter")
        await self._answered(heard)

    async def press(self, label: str) -> None:
        """Presses the last button whose label is, or begins with, this one."""
        heard = await self._heard()
        await self.button(label).click()
        await self._answered(heard)

    def button(self, label: str) -> Locator:
        """The last button under a message whose label is, or else begins with, this one."""
        label = label.replace('"', '\\"')
        exact = self.page.locator(f'#log .choice:has(> span:text-is("{label}"))')
        loose = self.page.locator(f'#log .choice:has(> span:text("{label}"))')
        return exact.or_(loose).last

    async def labels(self) -> list[str]:
        """The labels under the last message of the bot, in their order."""
        return await self.page.locator("#log .bot").last.locator(".choice > span:first-of-type").all_inner_texts()

    async def last_bubble(self) -> str:
        """What the bot said last, without the time and the buttons."""
        return await self.page.locator("#log .bot .text").last.inner_text()

    async def bubbles(self) -> list[str]:
        """Every text of the conversation, one's own and the bot's, in order."""
        return await self.page.locator("#log .text").all_inner_texts()

    async def expect_last(self, text: str) -> None:
        """Waits until the bot's last message contains this."""
        await expect(self.page.locator("#log .bot .text").last).to_contain_text(text, timeout=PATIENCE)

    async def attach(self, kind: str, file: Path | None = None) -> None:
        """Sends a "photo" or "file" from disk, or a "voice", "sticker", "contact" (one's number), "foreign_contact"."""
        heard = await self._heard()
        if file is not None:
            await self.page.locator(f"#pick-{kind}").set_input_files(file)
        else:
            await self.page.locator("#attach").click()
            await self.page.locator(f'#attach-menu [data-attach="{kind}"]').click()
        await self._answered(heard)

    async def share_number(self) -> None:
        """Shares the persona's own phone number from the attach menu."""
        await self.attach("contact")

    async def advance(self, step: str) -> None:
        """Moves the office clock by an "hour", "day", "week" or "month"."""
        if not await self.page.locator(f'[data-step="{step}"]').is_visible():
            await self.page.locator("#clock-toggle").click()
        async with self.page.expect_response("**/clock") as answer:
            await self.page.locator(f'[data-step="{step}"]').click()
        assert (await answer.value).ok
        await expect(self.page.locator("#clock")).to_have_attribute("aria-busy", "false")

    async def office_time(self) -> str:
        """The office time as the page shows it: hh:mm, weekday dd/mm/yyyy."""
        time, day = self.page.locator("#clock-time"), self.page.locator("#clock-day")
        return f"{await time.inner_text()}, {await day.inner_text()}"

    async def unread(self, name: str) -> int:
        """The number on somebody's badge in the list."""
        row = self.page.locator("#list .person", has=self.page.locator(f'.name:text-is("{name}")')).first
        badge = row.locator(".badge")
        return int(await badge.text_content() or 0) if await badge.count() else 0

    async def expect_unread(self, name: str) -> None:
        """Waits until somebody's badge says that something has come."""
        row = self.page.locator("#list .person", has=self.page.locator(f'.name:text-is("{name}")')).first
        await expect(row.locator(".badge")).to_have_text(re.compile("[1-9]"), timeout=PATIENCE)

    async def _open_people(self) -> None:
        if await self.page.locator("#switch").is_visible():
            await self.page.locator("#switch").click()

    async def _heard(self) -> int:
        return int(await self.page.locator("#log").get_attribute("data-heard") or 0)

    async def _answered(self, heard: int) -> None:
        await self.page.wait_for_function(
            "heard => Number(document.getElementById('log').dataset.heard) > heard"
            " && document.getElementById('doing').textContent === ''",
            arg=heard,
        )
