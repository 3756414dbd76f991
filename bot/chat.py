"""What a chat is made of, in no messenger's dialect: plain frozen values that every room may speak of."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

Attachment = Literal["photo", "file", "voice", "video", "sticker", "place", "foreign_contact", "other"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody can be reached: the messenger's name and that messenger's own id for the chat."""

    channel: str
    id: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that arrived from a phone.

    `id` is unique within the channel and the same when the messenger delivers the update again. `at` is aware, in UTC.
    `pressed` is the id of the message whose button was pressed; `text` is then what the button stands for. `phone` is a
    number that its own owner shared. `attachment` says which kind of thing came; the thing itself is never fetched,
    except `document`, an .xlsx workbook that the office sends in to be read.
    """

    address: Address
    id: str
    at: datetime
    text: str = ""
    pressed: str | None = None
    phone: str | None = None
    attachment: Attachment | None = None
    document: "Document | None" = None
    edited: bool = False
    group: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A file that somebody sent: its name, its size in bytes, and how its channel can be asked for it."""

    name: str
    size: int
    handle: str


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its label, and the text that pressing it sends (at most 64 bytes), as if the person had typed it.

    `kind` "contact" asks the messenger for the person's own phone number; "link" opens `send` as an address.
    """

    label: str
    send: str
    kind: Literal["send", "contact", "link"] = "send"


@dataclass(frozen=True, slots=True)
class File:
    """A file or picture to hand over; `media_type` as in HTTP."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Message:
    """A finished message. `text` is escaped HTML with only <b> and <i>.

    `edit` is the id of an earlier message that this one takes the place of where the channel can; else it comes anew,
    or not at all with `only_edit`.
    """

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    edit: str | None = None
    file: File | None = None
    only_edit: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A button before it is put into words: the name of its label, what it sends, and the label's values."""

    label: str
    send: str
    values: Mapping[str, Any] = field(default_factory=dict)
    kind: Literal["send", "contact", "link"] = "send"


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that somebody sent and that is to be read, after the commit and beside the conversations.

    `read` makes a value of its content, in a thread of its own; `then` gets what a handler works with, and that value
    as `found`, in a transaction of its own, and answers. The content is kept nowhere.
    """

    document: Document
    read: Callable[[bytes], Any]
    then: Callable[..., "Reply"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler answers: the name of a template and its values, not words.

    `edit` asks to take the place of the message whose button was pressed. `later` makes the file where that takes long:
    it is called after the commit, in a thread of its own, so it works with plain values and not with the database. The
    words are sent together with the file; should the process end before, they go alone. `reading` sends a second answer
    once a file has been read.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    buttons: Sequence[Sequence[Choice]] = ()
    edit: bool = False
    file: File | None = None
    later: Callable[[], File] | None = None
    reading: Reading | None = None


class Refusal(Exception):  # noqa: N818  (it is an answer, not an error)
    """A "no" that is safe to show: nothing is saved, and the sentence named `template` is said."""

    def __init__(self, template: str, buttons: Sequence[Sequence[Choice]] = (), **values: Any) -> None:
        super().__init__(template)
        self.reply = Reply(template, values, buttons)


class NotSent(Exception):  # noqa: N818  (a state of a delivery)
    """The message has surely not arrived, and may be tried again."""


class Wait(NotSent):
    """The messenger asks everybody to wait `seconds` before anything more is sent."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds:g} s")
        self.seconds = seconds


class Unclear(NotSent):
    """The connection broke after the request was on its way: the message may have arrived."""


class Unreachable(Exception):  # noqa: N818  (a state of an address)
    """This address will not get messages any more: blocked, deactivated or gone."""


class Unsendable(Exception):  # noqa: N818  (a state of a message)
    """The messenger refuses this message for good; sending it again would be refused again."""


Receive = Callable[[Incoming], Awaitable[None]]
"""Takes in one update; returns once its effects are committed and its answer is stored. It never raises."""


class Channel(Protocol):
    """One messenger. `send` returns the messenger's id of the message, or raises one of the five states above."""

    name: str
    # Without buttons choices are numbered under the message; without files or pictures it says where to get them.
    has_buttons: bool
    has_files: bool
    has_pictures: bool
    text_limit: int
    # Messages that may go out in any second.
    a_second: int

    async def send(self, address: str, message: Message) -> str:
        """Sends to this channel's own id of a chat."""

    async def run(self, receive: Receive) -> None:
        """Takes in updates until cancelled; confirms each to the messenger only after `receive` returned."""

    async def fetch(self, document: Document) -> bytes:
        """The content of a file that somebody sent."""

    async def menu(self, address: str, commands: Sequence[tuple[str, str]]) -> None:
        """Shows this chat a menu of commands (name without slash, description), where the messenger has one."""

    async def link(self) -> str | None:
        """The address of this bot: one that ends in "=" joins with an invitation code behind it, any other opens the
        chat in which the code is typed; None where there is no such."""

    async def close(self) -> None:
        """Closes the connections, after the last message is sent."""
