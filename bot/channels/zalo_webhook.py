"""Takes in updates that Zalo posts: answers 200 only when the work is done, so that a crash loses none."""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from bot.channels.zalo_updates import unwrapped

if TYPE_CHECKING:
    from aiohttp import web

    from bot.channels.door import Handle

log = logging.getLogger(__name__)

PATH = "/zalo"
SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105  (the name of a header)

Work = Callable[[Any], Awaitable[bool]]
"""Does the whole work of one update as it came; False when it could not be done and may be given again."""


def handler(secret: str, work: Work) -> "Handle":
    """Takes posts that show the secret; anybody else is turned away before the body is read."""
    from aiohttp import web  # the server's part, which a bot that polls has no use for

    async def handle(request: "web.BaseRequest") -> "web.StreamResponse":
        shown = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, secret.encode()):
            return web.Response(status=403)
        try:
            event = unwrapped(json.loads(await request.read()))
        except ValueError:
            # It would come again and again: confirmed, so that it does not.
            log.warning("a post that showed the secret was no JSON")
            return web.Response()
        done = await work(event)
        return web.json_response({"message": "Success"}) if done else web.Response(status=500)

    return handle
