"""Zalo as a channel, on its Bot Platform: plain text out, pictures by address, updates polled or posted.

There are no buttons, edits, deletions or files there: choices come numbered (`handlers/choosing.py`), what would take
the place of a message comes as a new one.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.channels.plain_text import parts, plain
from bot.channels.webhook import Webhook
from bot.channels.zalo_api import Refused, ZaloApi
from bot.channels.zalo_pictures import PATH as PICTURES
from bot.channels.zalo_pictures import Pictures
from bot.channels.zalo_polling import Patience, Pauses, poll
from bot.channels.zalo_states import Refusals
from bot.channels.zalo_updates import CHANNEL, read
from bot.channels.zalo_webhook import PATH, handler
from bot.chat import Document, File, Incoming, Message, NotSent, Receive, Unsendable

if TYPE_CHECKING:
    from bot.channels.door import Door

__all__ = ["Pauses", "Webhook", "Zalo"]

PUBLIC_API = "https://bot-api.zaloplatforms.com"
TEXT_LIMIT = 2000
A_SECOND = 5
"""Messages in any second: the platform publishes no limit, so this is a careful guess."""
_ANSWER_SECONDS = 10.0
"""What a poll may take longer than it was asked to wait."""
_HOME = "https://zalo.me/"

log = logging.getLogger(__name__)


class Zalo:
    """One bot on the Bot Platform (`api` is its base address). `proxy` is an http:// address or None.

    With `webhook` Zalo posts updates, through `door` where several messengers share one, and pictures are shown from
    there; without it updates are polled and no picture can be shown. `now` dates messages that carry no date.
    """

    name = CHANNEL
    has_buttons = has_files = False
    text_limit = TEXT_LIMIT

    def __init__(
        self,
        token: str,
        api: str | None = None,
        proxy: str | None = None,
        webhook: Webhook | None = None,
        *,
        now: Callable[[], datetime],
        door: "Door | None" = None,
        pauses: Pauses | None = None,
        a_second: int = A_SECOND,
    ) -> None:
        self._api = ZaloApi(token, api or PUBLIC_API, proxy)
        self._webhook, self._door, self._now = webhook, door, now
        self._pauses = pauses or Pauses()
        self._pictures = Pictures(webhook.public_url, now) if webhook else None
        self.has_pictures = webhook is not None
        self._refusals = Refusals(self._token_works)
        self.a_second = a_second

    async def close(self) -> None:
        """Closes the connections, after the last message is sent."""
        await self._api.close()

    async def username(self) -> str:
        """The bot's account name, for example bot.VDKyGxQvc; raises NotSent where Zalo does not tell."""
        try:
            found = await self._api.call("getMe")
        except Refused as refused:
            raise NotSent(str(refused)) from None
        return str(found.get("account_name") or "") if isinstance(found, dict) else ""

    async def posts_to(self) -> str:
        """Where Zalo posts updates at present; "" while they are polled."""
        try:
            found = await self._api.call("getWebhookInfo")
        except Refused as refused:
            raise NotSent(str(refused)) from None
        return str(found.get("url") or "") if isinstance(found, dict) else ""

    async def link(self) -> str | None:
        """The address of the bot's chat; a code cannot stand behind it and is typed."""
        name = await self.username()
        return _HOME + name if name else None

    async def menu(self, address: str, commands: Sequence[tuple[str, str]]) -> None:
        """There is no menu of commands here; /trogiup lists them."""

    async def fetch(self, document: Document) -> bytes:
        """No file ever comes in here."""
        raise Unsendable("files are not taken in")

    async def send(self, address: str, message: Message) -> str:
        """Sends the words, in parts where they are too long; the number of the last part. An only_edit goes nowhere."""
        if message.only_edit:
            return message.edit or ""
        said = parts(plain(message.text), TEXT_LIMIT)
        if not said:
            raise Unsendable("no text")
        number = ""
        if message.file is not None and self._pictures is not None:
            number = await self._show(address, said.pop(), message.file, self._pictures)
        for part in said:
            number = await self._post("sendMessage", {"chat_id": address, "text": part})
        return number

    async def _show(self, address: str, caption: str, file: File, pictures: Pictures) -> str:
        values = {"chat_id": address, "photo": pictures.put(file), "caption": caption}
        return await self._post("sendPhoto", values)

    async def _post(self, method: str, values: dict[str, Any]) -> str:
        try:
            result = await self._api.call(method, values)
        except Refused as refused:
            raise await self._refusals.state(refused) from None
        self._refusals.went()
        return str(result.get("message_id") or "") if isinstance(result, dict) else ""

    async def _token_works(self) -> bool:
        try:
            await self._api.call("getMe")
        except (Refused, NotSent):
            return False
        return True

    async def run(self, receive: Receive) -> None:
        """Takes in updates until cancelled, then finishes what is in hand."""
        patience = Patience(self._pauses)
        if self._webhook is None:
            await patience.ask(lambda: self._api.call("deleteWebhook"))
            await poll(self._fetch_update, lambda event: self._take(receive, event), self._pauses)
        else:
            await self._listen(receive, self._webhook, patience)

    async def _fetch_update(self, wait: int) -> Any:
        found = await self._api.call("getUpdates", {"timeout": str(wait)}, wait + _ANSWER_SECONDS)
        return found or None

    async def _listen(self, receive: Receive, webhook: Webhook, patience: Patience) -> None:
        from bot.channels.door import Door  # the server's part, which a bot that polls has no use for

        door = self._door or Door(webhook.port)
        handle = handler(webhook.secret, lambda event: self._take(receive, event))
        values = {"url": webhook.at(PATH), "secret_token": webhook.secret}
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(door.opened(PATH, handle))
            if self._pictures is not None:
                await stack.enter_async_context(door.opened(PICTURES, self._pictures.show, "GET"))
            await patience.ask(lambda: self._api.call("setWebhook", values))
            await asyncio.Event().wait()

    async def _take(self, receive: Receive, event: Any) -> bool:
        """The whole work of one update; False when it could not be done and may be given again."""
        try:
            incoming = read(event, self._now)
        except ValueError:
            log.warning("an update cannot be read and is passed over")
            return True
        return incoming is None or await _hand_on(receive, incoming)


async def _hand_on(receive: Receive, incoming: Incoming) -> bool:
    try:
        await receive(incoming)
    except Exception as error:
        # Against its promise.
        log.error("update %s failed: %s", incoming.id, type(error).__name__)
        return False
    return True
