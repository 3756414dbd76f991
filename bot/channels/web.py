"""The local phone: a page on this machine that plays one sample person at a time, in place of a messenger."""

import asyncio
import html
import logging
import re
import secrets
import webbrowser
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.channels.phone.api import LARGEST, PhoneApi
from bot.channels.phone.guard import add_headers, guard, is_loopback
from bot.channels.phone.posts import Persona
from bot.channels.phone.talks import Bubble, Talks
from bot.chat import Document, Message, Receive, Unsendable

__all__ = ["LocalPhone", "Persona"]

PAGE = Path(__file__).parent / "phone"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
BUTTON_BYTES = 64
STOPPING = 8.0
"""Seconds that posts in hand are given to finish when the phone is switched off."""

log = logging.getLogger(__name__)


class LocalPhone:
    """A messenger that is one page, served on loopback only.

    It refuses what messengers refuse (too long a text, too long a button), so that the demo hides no mistake. `port` 0
    takes a free one; `url` says which once `up` is set. `now` is the office time, aware; `advance` moves it forward.
    """

    name = "phone"
    has_buttons = has_files = has_pictures = True
    text_limit = 4096
    a_second = 30

    def __init__(
        self,
        *,
        port: int,
        now: Callable[[], datetime],
        advance: Callable[[timedelta], Awaitable[datetime]],
        personas: Callable[[], Awaitable[Sequence[Persona]]],
        host: str = "127.0.0.1",
        open_browser: bool = False,
    ) -> None:
        if not is_loopback(host):
            raise ValueError(f"the local phone is served on this machine only, not on {host!r}")
        self.host, self.port, self.open_browser = host, port, open_browser
        self.up = asyncio.Event()
        self._now, self._advance, self._personas = now, advance, personas
        self._talks = Talks()
        self._documents: OrderedDict[str, bytes] = OrderedDict()

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    async def send(self, address: str, message: Message) -> str:
        """Shows the message in that person's chat; `message.edit` is replaced where it is one of the bot's there."""
        _check(message, self.text_limit)
        old = self._talks.find(address, message.edit)
        if message.only_edit and (old is None or old.mine):
            return message.edit or ""
        bubble_id, at = (old.id, old.at) if old and not old.mine else (self._talks.next_id(), self._now())
        bubble = Bubble(bubble_id, at, text=message.text, buttons=message.buttons, file=message.file)
        self._talks.put(address, bubble)
        return bubble.id

    async def fetch(self, document: Document) -> bytes:
        """A workbook that was sent in this run; FileNotFoundError for one that is not kept any more."""
        try:
            return self._documents[document.handle]
        except KeyError:
            raise FileNotFoundError(document.handle) from None

    async def link(self) -> str | None:
        """None: a code is typed here."""
        return None

    async def close(self) -> None:
        """Nothing is left open once `run` has ended."""

    async def menu(self, address: str, commands: Sequence[tuple[str, str]]) -> None:
        """Shows the commands in that person's command menu."""
        self._talks.set_menu(address, commands)

    async def run(self, receive: Receive) -> None:
        """Serves the page until cancelled; posts in hand are finished first. OSError where the port is taken."""
        runner = web.AppRunner(self.application(receive), access_log=None, shutdown_timeout=STOPPING)
        await runner.setup()
        try:
            await web.TCPSite(runner, self.host, self.port).start()
            self.port = runner.addresses[0][1]
            log.info("the local phone is at %s", self.url)
            self.up.set()
            if self.open_browser:
                await asyncio.to_thread(_open_browser, self.url)
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    def application(self, receive: Receive) -> web.Application:
        """The page and its routes, with a token of its own."""
        token = secrets.token_urlsafe(24)
        api = PhoneApi(self._talks, self._personas, self._now, self._advance, receive, self._documents)
        app = web.Application(middlewares=[guard(token)], client_max_size=LARGEST)
        app.add_routes([web.get("/", _page(token)), web.get("/phone/{name}", _asset()), *api.routes()])
        app.on_response_prepare.append(add_headers)
        app.on_shutdown.append(self._close_pages)
        return app

    async def _close_pages(self, app: web.Application) -> None:
        self._talks.close()


def _check(message: Message, limit: int) -> None:
    plain = html.unescape(re.sub(r"</?[bi]>", "", message.text))
    if len(plain) > limit:
        raise Unsendable(f"a text of {len(plain)} characters, more than {limit}")
    for button in (button for row in message.buttons for button in row):
        if button.kind == "send" and len(button.send.encode()) > BUTTON_BYTES:
            raise Unsendable(f"a button that sends more than {BUTTON_BYTES} bytes")


def _page(token: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    text = (PAGE / "page.html").read_text(encoding="utf-8").replace("{{token}}", token)

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html")

    return page


def _asset() -> Callable[[web.Request], Awaitable[web.Response]]:
    files = {path.name: path.read_bytes() for path in PAGE.iterdir() if path.suffix in TYPES}

    async def asset(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in files:
            raise web.HTTPNotFound
        return web.Response(body=files[name], content_type=TYPES[Path(name).suffix], charset="utf-8")

    return asset


def _open_browser(url: str) -> None:
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    # A browser of exactly this class is a text browser, which would take over the terminal.
    if type(browser) is not webbrowser.GenericBrowser:
        browser.open(url)
