"""Writes what Telegram is sent: a Message becomes the parameters of a request, within Telegram's limits."""

import html
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError, TimedOut

from bot.channels.telegram_request import LostAnswerError
from bot.chat import Button, Message, NotSent, Unclear, Unreachable, Unsendable, Wait

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
BUTTON_BYTES = 64
REMOVE_KEYBOARD = {"remove_keyboard": True}

_TAG = re.compile(r"<[^>]*>")
_UNCHANGED = "message is not modified"
_NOT_EDITABLE = (
    "message to edit not found",
    "message can't be edited",
    "there is no text in the message to edit",
    "message_id_invalid",
)
_NO_PICTURE = ("image_process_failed", "photo_invalid", "photo_ext_invalid", "photo_save_file_invalid")
_GONE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user is deactivated",
    "chat_write_forbidden",
    "have no rights to send",
    "group chat was deactivated",
)


def parameters(address: str, message: Message, field: str = "text", limit: int = TEXT_LIMIT) -> dict[str, Any]:
    """Chat, text (or caption) and buttons; Unsendable where Telegram would surely refuse."""
    if len(message.text) > limit and _seen_length(message.text) > limit:
        raise Unsendable(f"{field} is longer than {limit}")
    found: dict[str, Any] = {"chat_id": address, field: message.text, "parse_mode": "HTML"}
    if message.buttons:
        found["reply_markup"] = keyboard(message.buttons)
    return found


def asks_contact(message: Message) -> bool:
    """Whether a button asks for the phone number: only a keyboard in place of the phone's own can do that."""
    return any(button.kind == "contact" for row in message.buttons for button in row)


def keyboard(buttons: Sequence[Sequence[Button]]) -> dict[str, Any]:
    """Buttons under the message, or a keyboard that goes away after one use where a contact is asked for."""
    if any(button.kind == "contact" for row in buttons for button in row):
        rows = [[_key(button) for button in row] for row in buttons]
        return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}
    return {"inline_keyboard": [[_button(button) for button in row] for row in buttons]}


def _button(button: Button) -> dict[str, str]:
    if button.kind == "link":
        return {"text": button.label, "url": button.send}
    if len(button.send.encode()) > BUTTON_BYTES:
        raise Unsendable(f"a button sends more than {BUTTON_BYTES} bytes")
    return {"text": button.label, "callback_data": button.send}


def _key(button: Button) -> dict[str, Any]:
    """A key of a keyboard; other than a button it sends what is written on it, so that must be what it stands for."""
    if button.kind == "contact":
        return {"text": button.label, "request_contact": True}
    return {"text": button.send}


def _seen_length(text: str) -> int:
    """Length as Telegram counts it: without tags, in UTF-16 units."""
    return len(html.unescape(_TAG.sub("", text)).encode("utf-16-le")) // 2


def unchanged(error: TelegramError) -> bool:
    """The message already reads so."""
    return isinstance(error, BadRequest) and _UNCHANGED in error.message.casefold()


def not_editable(error: TelegramError) -> bool:
    """The message is gone, too old or no text: a new one has to take its place."""
    return isinstance(error, BadRequest) and _says(error, _NOT_EDITABLE)


def no_picture(error: TelegramError) -> bool:
    """Telegram cannot show this as a picture; as a file it still can be handed over."""
    return isinstance(error, BadRequest) and _says(error, _NO_PICTURE)


def state(error: TelegramError) -> Exception:
    """Which of the five states a failed request left the message in.

    5xx of the Bot API itself is NotSent: it says that it failed. 502 and 504 come from a gateway that cannot know, and
    are LostAnswerError, so Unclear. A refused token (401, 404) is no fault of the message: NotSent.
    """
    match error:
        case RetryAfter():
            return Wait(seconds(error))
        case Forbidden() | ChatMigrated():
            return Unreachable(error.message)
        case BadRequest():
            return Unreachable(error.message) if _says(error, _GONE) else Unsendable(error.message)
        case LostAnswerError() | TimedOut():
            return Unclear(error.message)
        case _:
            return NotSent(error.message)


def seconds(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    value = error.retry_after
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


def _says(error: TelegramError, phrases: Sequence[str]) -> bool:
    text = error.message.casefold()
    return any(phrase in text for phrase in phrases)
