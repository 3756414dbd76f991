"""Reads what Zalo sends: an event becomes an Incoming, or None where chibot has nothing to say to it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from bot.chat import Address, Attachment, Incoming
from bot.vietnamese.fold import clean

CHANNEL = "zalo"

_Id = Annotated[
    str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value), Field(min_length=1)
]
_Milliseconds = Annotated[int, Field(ge=0, lt=2**44)]
"""Since 1970 in UTC; the bound only keeps it a date."""


class _Sender(BaseModel):
    id: _Id
    is_bot: bool = False


class _Chat(BaseModel):
    id: _Id
    chat_type: str = "PRIVATE"


class _Message(BaseModel):
    """A message; what is only looked at for being there may have any shape."""

    message_id: _Id
    sender: _Sender = Field(alias="from")
    chat: _Chat
    date: _Milliseconds | None = None
    text: str | None = None
    caption: str | None = None
    photo: Any = None
    photo_url: Any = None
    sticker: Any = None
    voice_url: Any = None


class Event(BaseModel):
    """One thing that happened, as far as chibot reads it."""

    event_name: str = ""
    message: _Message | None = None


_KINDS: dict[str, Attachment] = {
    "message.image.received": "photo",
    "message.sticker.received": "sticker",
    "message.voice.received": "voice",
    "message.unsupported.received": "other",
}
_FIELDS: tuple[tuple[str, Attachment], ...] = (
    ("photo", "photo"),
    ("photo_url", "photo"),
    ("sticker", "sticker"),
    ("voice_url", "voice"),
)


def unwrapped(payload: Any) -> Any:
    """The event itself: what is posted, and what a poll gives, may be the whole answer of which it is the result."""
    return payload["result"] if isinstance(payload, dict) and "result" in payload else payload


def read(event: Any, now: Callable[[], datetime]) -> Incoming | None:
    """Reads one event as it came; ValueError where it is none. `now` dates a message without a date.

    None for what nobody said. The same message is known by its chat and its number, whatever way it comes again.
    """
    found = Event.model_validate(event)
    message = found.message
    if message is None or message.sender.is_bot:
        return None
    kind = _attached(found.event_name, message)
    text = message.text if message.text is not None else message.caption
    if kind is None and text is None:
        kind = "other"
    return Incoming(
        Address(CHANNEL, message.chat.id),
        f"{message.chat.id}/{message.message_id}",
        now().astimezone(UTC) if message.date is None else datetime.fromtimestamp(message.date / 1000, UTC),
        text="\n".join(clean(line) for line in (text or "").splitlines()).strip("\n"),
        attachment=kind,
        group=message.chat.chat_type.upper() != "PRIVATE",
    )


def _attached(event: str, message: _Message) -> Attachment | None:
    if message.text is not None:
        return None
    return _KINDS.get(event) or next((kind for name, kind in _FIELDS if getattr(message, name) is not None), None)
