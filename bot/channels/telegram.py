"""Telegram as a channel: sends and edits messages, takes in updates polled or posted, fetches files, sets menus."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from telegram import Bot, BotCommand, BotCommandScopeChat, InputFile
from telegram.error import TelegramError

from bot.channels import telegram_messages as messages
from bot.channels.telegram_polling import Patience, Pauses, Raw, poll
from bot.channels.telegram_request import STAND_IN, TelegramRequest
from bot.channels.telegram_updates import CHANNEL, KINDS, Arrival, read
from bot.channels.telegram_webhook import PATH, handler
from bot.channels.webhook import Webhook
from bot.chat import Document, File, Incoming, Message, Receive, Unsendable

if TYPE_CHECKING:
    from bot.channels.door import Door

__all__ = ["Pauses", "Telegram", "Webhook"]

PUBLIC_API = "https://api.telegram.org"
LARGEST_DOCUMENT = 10 * 1024 * 1024
"""Bytes of a file that is fetched."""
_WEBHOOK_CONNECTIONS = 100
_ANSWER_SECONDS = 10.0
"""What a poll may take longer than it was asked to wait."""

# Bot.do_api_request gives the plain result. The typed methods of the same names build a Message of a hundred fields of
# which one number is read: 77 µs against 15. It is spelt with underscores because the plain name would only draw a
# warning that there is a typed method; the library makes the same method of the Bot API out of both.
_SEND_MESSAGE, _EDIT_TEXT, _GET_UPDATES = "send_Message", "edit_Message_Text", "get_Updates"
_SEND_PHOTO, _SEND_DOCUMENT = "send_Photo", "send_Document"

log = logging.getLogger(__name__)
# Below this level the library writes what people said into the log.
logging.getLogger("telegram").setLevel(logging.WARNING)

T = TypeVar("T")


class Telegram:
    """One bot at Telegram, or at a Bot API server of one's own (`api` is its base address).

    `proxy` is an http:// address or None. With `webhook` Telegram posts updates, through `door` where several
    messengers share one; without it they are polled. `now` dates presses of buttons, which carry no date.
    """

    name = CHANNEL
    has_buttons = has_files = has_pictures = True
    text_limit = messages.TEXT_LIMIT
    a_second = 30

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
    ) -> None:
        base = (api or PUBLIC_API).rstrip("/")
        self._request = request = TelegramRequest(token, proxy, LARGEST_DOCUMENT)
        self._bot = Bot(STAND_IN, f"{base}/bot", f"{base}/file/bot", request=request, get_updates_request=request)
        self._webhook = webhook
        self._door = door
        self._now = now
        self._pauses = pauses or Pauses()
        self._background: set[asyncio.Task[None]] = set()
        # Chats that may still show a keyboard that asked for a contact. A restart forgets them: the keyboard then only
        # stays folded away behind its icon.
        self._keyboards: set[str] = set()

    async def close(self) -> None:
        """Closes the connections, after the last message is sent."""
        await self._request.shutdown()

    async def username(self) -> str:
        """The bot's name without @, as in a link t.me/name; raises one of the five states."""
        return (await _asked(self._bot.get_me())).username or ""

    async def link(self) -> str | None:
        """The deep link of this bot, for a code to stand behind; raises one of the five states."""
        return f"https://t.me/{await self.username()}?start="

    async def send(self, address: str, message: Message) -> str:
        """Sends, or edits where the message takes the place of another; the number of the message in its chat."""
        if message.file is not None:
            return await _asked(self._hand_over(address, message, message.file))
        if message.edit is not None and not messages.asks_contact(message):
            return await _asked(self._edit(address, message, message.edit))
        return await _asked(self._say(address, message))

    async def fetch(self, document: Document) -> bytes:
        """The content of a file; Unsendable for one above 10 MB or no longer kept, else one of the five states."""
        if document.size > LARGEST_DOCUMENT:
            raise Unsendable("file is too big")
        file = await _asked(self._bot.get_file(document.handle))
        return bytes(await _asked(file.download_as_bytearray()))

    async def menu(self, address: str, commands: Sequence[tuple[str, str]]) -> None:
        """Shows this chat its commands (a-z, 0-9, _) behind the menu button; raises one of the five states."""
        listed = [BotCommand(name, description) for name, description in commands]
        await _asked(self._bot.set_my_commands(listed, scope=BotCommandScopeChat(address)))

    async def run(self, receive: Receive) -> None:
        """Takes in updates until cancelled, then finishes what is in hand."""
        patience = Patience(self._pauses)
        if self._webhook is None:
            await patience.ask(self._bot.delete_webhook)
            await poll(self._fetch_updates, lambda update: self._take(receive, update), self._pauses)
        else:
            await self._listen(receive, self._webhook, patience)

    async def _say(self, address: str, message: Message) -> str:
        params = messages.parameters(address, message)
        if messages.asks_contact(message):
            self._keyboards.add(address)
        elif address in self._keyboards and not message.buttons:
            params["reply_markup"] = messages.REMOVE_KEYBOARD
        number = await self._post(_SEND_MESSAGE, params)
        if params.get("reply_markup") is messages.REMOVE_KEYBOARD:
            self._keyboards.discard(address)
        return number

    async def _edit(self, address: str, message: Message, old: str) -> str:
        params = messages.parameters(address, message)
        try:
            return await self._post(_EDIT_TEXT, {**params, "message_id": int(old)})
        except TelegramError as error:
            if messages.unchanged(error) or (message.only_edit and messages.not_editable(error)):
                return old
            if messages.not_editable(error):
                return await self._say(address, message)
            raise

    async def _hand_over(self, address: str, message: Message, file: File) -> str:
        params = messages.parameters(address, message, "caption", messages.CAPTION_LIMIT)
        upload = InputFile(file.content, filename=file.name)
        if file.media_type.startswith("image/"):
            try:
                return await self._post(_SEND_PHOTO, {**params, "photo": upload})
            except TelegramError as error:
                if not messages.no_picture(error):
                    raise
        return await self._post(_SEND_DOCUMENT, {**params, "document": upload})

    async def _post(self, method: str, params: dict[str, Any]) -> str:
        return str((await self._bot.do_api_request(method, params))["message_id"])

    async def _fetch_updates(self, offset: int | None, wait: int) -> Sequence[Raw]:
        params: dict[str, Any] = {"timeout": wait, "allowed_updates": KINDS}
        if offset is not None:
            params["offset"] = offset
        updates = await self._bot.do_api_request(_GET_UPDATES, params, read_timeout=wait + _ANSWER_SECONDS)
        return updates if isinstance(updates, list) else ()

    async def _take(self, receive: Receive, update: Raw) -> None:
        """The whole work of one polled update."""
        arrival = self._read(update)
        if arrival.press is not None:
            self._start(self._stop_spinner(arrival.press))
        if arrival.incoming is not None:
            await _hand_on(receive, arrival.incoming)

    async def _take_post(self, receive: Receive, update: Raw) -> dict[str, Any] | None:
        """The whole work of one posted update; Telegram stops the spinner by the answer to its post."""
        arrival = self._read(update)
        if arrival.incoming is not None:
            await _hand_on(receive, arrival.incoming)
        if arrival.press is None:
            return None
        return {"method": "answerCallbackQuery", "callback_query_id": arrival.press}

    def _read(self, update: Raw) -> Arrival:
        try:
            arrival = read(update, self._now)
        except ValueError:
            number = update.get("update_id") if isinstance(update, dict) else None
            log.warning("update %s cannot be read and is passed over", number)
            return Arrival(None)
        incoming = arrival.incoming
        if incoming is not None and (incoming.phone or incoming.attachment == "foreign_contact"):
            self._keyboards.add(incoming.address.id)
        return arrival

    async def _stop_spinner(self, press: str) -> None:
        with contextlib.suppress(TelegramError):
            await self._bot.answer_callback_query(press)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _listen(self, receive: Receive, webhook: Webhook, patience: Patience) -> None:
        from bot.channels.door import Door

        handle = handler(webhook.secret, lambda update: self._take_post(receive, update))
        door = self._door or Door(webhook.port)
        async with door.opened(PATH, handle):
            await patience.ask(lambda: self._set(webhook))
            await asyncio.Event().wait()

    async def _set(self, webhook: Webhook) -> None:
        await self._bot.set_webhook(
            webhook.at(PATH),
            secret_token=webhook.secret,
            allowed_updates=KINDS,
            max_connections=_WEBHOOK_CONNECTIONS,
        )


async def _hand_on(receive: Receive, incoming: Incoming) -> None:
    try:
        await receive(incoming)
    except Exception as error:
        # Against its promise. Given again it would fail again and hold up everything after it.
        log.error("update %s failed: %s", incoming.id, type(error).__name__)


async def _asked(question: Awaitable[T]) -> T:
    """The answer, or one of the five states instead of the library's errors."""
    try:
        return await question
    except TelegramError as error:
        raise messages.state(error) from None
