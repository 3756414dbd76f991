"""What crosses the border between the page and the server: the people it can be, and the posts it makes."""

from dataclasses import dataclass
from typing import Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.chat import Attachment


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody the phone can be: a person of the sample ward, every word ready to be shown.

    `address` is the person's id in this channel, `group` a short name of the unit, `phone` what the person shares when
    asked for a number; None: has none.
    """

    address: str
    name: str
    role: str
    unit: str
    group: str
    phone: str | None = None


class Post(BaseModel):
    """What every post says: who, and the page's own mark of it, the same when the page sends it again."""

    model_config = ConfigDict(extra="forbid")
    persona: str = Field(max_length=200)
    nonce: str = Field(min_length=8, max_length=64)


class Said(Post):
    """Something typed."""

    text: str = Field(min_length=1, max_length=20_000)


class Pressed(Post):
    """A button pressed; `send` has at most 64 bytes, as in a messenger."""

    message: str = Field(max_length=64)
    send: str = Field(max_length=64)


class Attached(Post):
    """A thing attached, by kind and name alone: nothing in the house looks into it."""

    kind: Attachment
    name: str = Field(default="", max_length=300)


class Step(BaseModel):
    """How far to move the office clock."""

    model_config = ConfigDict(extra="forbid")
    step: Literal["hour", "day", "week", "month"]


Payload = TypeVar("Payload", bound=BaseModel)


async def payload(request: web.Request, shape: type[Payload]) -> Payload:
    """The post's JSON in its shape; a form that another site could send without asking is refused by its type."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    return checked(shape, await request.read())


def checked(shape: type[Payload], raw: str | bytes) -> Payload:
    """JSON text in its shape, or 400."""
    try:
        return shape.model_validate_json(raw)
    except ValidationError as problem:
        raise web.HTTPBadRequest(text=str(problem)) from None
