"""Reads what Telegram sends: an Update becomes an Incoming, or None where chibot has nothing to say to it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from bot.chat import Address, Attachment, Document, Incoming
from bot.vietnamese.fold import clean

CHANNEL = "telegram"
KINDS = ("message", "edited_message", "callback_query")
"""The kinds of updates that Telegram is asked for; of any other only the number is read."""

_GROUPS = ("group", "supergroup")
_ADDRESSED = re.compile(r"^(/\w+)@\w+")
_WORKBOOK = ".xlsx"


_Moment = Annotated[int, Field(ge=0, lt=2**34)]
"""Seconds since 1970 in UTC; the bound only keeps it a date."""


class _User(BaseModel):
    id: int


class _Chat(BaseModel):
    id: int
    type: str


class _File(BaseModel):
    file_id: str
    file_name: str = ""
    file_size: int = 0


class _Contact(BaseModel):
    phone_number: str
    user_id: int | None = None


class _Message(BaseModel):
    """A message; what is only looked at for being there may have any shape."""

    message_id: int
    date: _Moment
    edit_date: _Moment | None = None
    chat: _Chat
    sender: _User | None = Field(None, alias="from")
    text: str | None = None
    caption: str | None = None
    contact: _Contact | None = None
    document: _File | None = None
    photo: Any = None
    voice: Any = None
    audio: Any = None
    video: Any = None
    video_note: Any = None
    animation: Any = None
    sticker: Any = None
    location: Any = None
    rich_message: Any = None
    live_photo: Any = None
    paid_media: Any = None
    story: Any = None
    poll: Any = None
    dice: Any = None
    game: Any = None
    checklist: Any = None


class _Press(BaseModel):
    id: str
    sender: _User = Field(alias="from")
    message: _Message | None = None
    data: str | None = None


class Update(BaseModel):
    """One thing that happened, as far as chibot reads it."""

    update_id: int
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Press | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an update comes to: what to hand on, if anything, and the press whose spinner is to be stopped."""

    incoming: Incoming | None
    press: str | None = None


# Looked at in this order: an animation also carries a document, a venue also a location.
_ATTACHMENTS: tuple[tuple[str, Attachment], ...] = (
    ("photo", "photo"),
    ("live_photo", "photo"),
    ("voice", "voice"),
    ("video_note", "voice"),
    ("audio", "voice"),
    ("animation", "video"),
    ("video", "video"),
    ("sticker", "sticker"),
    ("location", "place"),
    ("document", "file"),
    ("rich_message", "other"),
    ("paid_media", "other"),
    ("story", "other"),
    ("poll", "other"),
    ("dice", "other"),
    ("game", "other"),
    ("checklist", "other"),
)


def read(update: dict[str, Any], now: Callable[[], datetime]) -> Arrival:
    """Reads one update as it came; ValueError where it is no Update. `now` dates a press, which carries no date."""
    found = Update.model_validate(update)
    number = str(found.update_id)
    if found.callback_query is not None:
        return Arrival(_pressed(found.callback_query, number, now), found.callback_query.id)
    if found.edited_message is not None:
        return Arrival(_said(found.edited_message, number, edited=True))
    return Arrival(_said(found.message, number, edited=False) if found.message else None)


def _pressed(press: _Press, number: str, now: Callable[[], datetime]) -> Incoming | None:
    if press.data is None:
        return None
    # The message may be too old for Telegram to show (it then has a date of 0), but its chat and number stay known.
    chat = press.message.chat.id if press.message else press.sender.id
    return Incoming(
        Address(CHANNEL, str(chat)),
        number,
        now().astimezone(UTC),
        text=press.data,
        pressed=str(press.message.message_id) if press.message else None,
        group=press.message is not None and press.message.chat.type in _GROUPS,
    )


def _said(message: _Message, number: str, *, edited: bool) -> Incoming | None:
    """None for what nobody said: people who join, pinned messages, channels."""
    if message.chat.type == "channel" or message.sender is None:
        return None
    text = message.text if message.text is not None else message.caption
    attachment, phone, document = _attached(message)
    if text is None and attachment is None and phone is None and document is None:
        return None
    return Incoming(
        Address(CHANNEL, str(message.chat.id)),
        number,
        datetime.fromtimestamp(message.edit_date or message.date, UTC),
        text=_tidy(text or ""),
        phone=phone,
        attachment=attachment,
        document=document,
        edited=edited,
        group=message.chat.type in _GROUPS,
    )


def _attached(message: _Message) -> tuple[Attachment | None, str | None, Document | None]:
    """What else came: its kind, or the sender's own phone number, or a workbook."""
    if message.text is not None:
        return None, None, None
    if (contact := message.contact) is not None:
        own = message.sender is not None and contact.user_id == message.sender.id
        return (None, contact.phone_number, None) if own else ("foreign_contact", None, None)
    kind = next((kind for field, kind in _ATTACHMENTS if getattr(message, field) is not None), None)
    if kind == "file" and (file := message.document) and file.file_name.casefold().endswith(_WORKBOOK):
        return None, None, Document(clean(file.file_name), file.file_size, file.file_id)
    return kind, None, None


def _tidy(text: str) -> str:
    """NFC without invisible characters, line by line; a command loses the bot's name that groups add to it."""
    lines = (clean(line) for line in text.splitlines())
    return _ADDRESSED.sub(r"\1", "\n".join(lines).strip("\n"))
