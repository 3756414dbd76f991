"""Pictures for a messenger that takes them by address only: each under a path of its own, for a few minutes."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.chat import File

if TYPE_CHECKING:
    from aiohttp import web

PATH = "/zalo/picture/"
KEPT = timedelta(minutes=10)
MOST = 100
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex"}


class Pictures:
    """In memory only, so that a restart forgets them. `now` is any aware clock."""

    def __init__(self, public_url: str, now: Callable[[], datetime]) -> None:
        self._base, self._now = public_url.rstrip("/") + PATH, now
        self._kept: OrderedDict[str, tuple[datetime, File]] = OrderedDict()

    def put(self, file: File) -> str:
        """Its address, which nobody can guess."""
        self._forget()
        # Whoever fetches it may go by the ending.
        name = f"{secrets.token_urlsafe(32)}.{file.media_type.rpartition('/')[2]}"
        self._kept[name] = (self._now() + KEPT, file)
        return self._base + name

    async def show(self, request: "web.BaseRequest") -> "web.StreamResponse":
        """The picture behind a path; 404 once its minutes are over."""
        from aiohttp import web  # the server's part, which a bot that polls has no use for

        self._forget()
        found = self._kept.get(request.path.removeprefix(PATH))
        if found is None:
            return web.Response(status=404)
        return web.Response(body=found[1].content, content_type=found[1].media_type, headers=_HEADERS)

    def _forget(self) -> None:
        now = self._now()
        while self._kept and (len(self._kept) >= MOST or next(iter(self._kept.values()))[0] <= now):
            self._kept.popitem(last=False)
