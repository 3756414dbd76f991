"""Choices on a messenger without buttons: numbered under the message, and known again when a number comes back.

Where the open form takes a bare number for an answer, choices go by letters, so that nothing can mean two things.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from string import ascii_lowercase

from markupsafe import Markup
from sqlalchemy import Connection

from bot.chat import Address, Button, Channel, Choice, Incoming, Message, Refusal
from bot.vietnamese.fold import fold
from handlers.commands import FORMS, Context, awaits_number, is_command
from handlers.templates import templates
from storage import choices, forms, outbox, people
from storage.choices import Mark, Offer
from storage.outbox import Owed

LONGEST = 80
"""Characters beyond which nothing is looked up as a choice."""
WIDE = 42
"""Characters of choices that stand beside each other in one line."""
SOON = timedelta(seconds=2)
"""Nobody reads a message and answers it within so short a time: such a number was meant for the message before."""
_OWN = re.compile(r"(\d{1,2})(?:\.\s|$)")
_NUMBER = re.compile(r"(?:so |muc |chon )?(\d{1,2}|[a-z])")
_AROUND = " .,:;!()[]\u20e3\ufe0f"


def plainly(
    connection: Connection, owed: Owed, channel: Channel, now: datetime, carriers: Sequence[str] = ()
) -> Message:
    """A message as a messenger without buttons shows it; what its numbers mean is kept before it goes out.

    `carriers` are the messengers that carry files.
    """
    message = owed.message
    if message.only_edit:
        return message
    listed = [button for row in message.buttons for button in row if button.kind == "send"]
    letters = awaits_number(_form_at(connection, owed.address))
    keys = _keys([button.label for button in listed], letters=letters)
    if listed:
        marks = [Mark(key, b.send, _hash(b.label)) for key, b in zip(keys, listed, strict=True)]
        choices.offer(connection, owed.address, owed.id, marks, now)
    carried = message.file is None or (channel.has_pictures if _is_picture(message) else channel.has_files)
    values = {
        "text": Markup(message.text),  # noqa: S704  (the template engine has escaped it)
        "lines": _lines(message.buttons, iter(keys), letters=letters),
        "links": [button for row in message.buttons for button in row if button.kind == "link"],
        "chosen": ("letters" if letters else "numbers") if listed else None,
        "lost": None if carried or message.file is None else {"name": message.file.name, "shown": _is_picture(message)},
        "channel": owed.address.channel,
        "carriers": carriers,
    }
    text = templates().say("choosing.menu", values, now.date())
    return replace(message, text=text, buttons=(), file=message.file if carried else None)


def _is_picture(message: Message) -> bool:
    return message.file is not None and message.file.media_type.startswith("image/")


def _form_at(connection: Connection, address: Address) -> forms.Form | None:
    person = people.at(connection, address)
    return forms.of(connection, f"p{person.id}" if person else f"{address.channel}:{address.id}")


def _keys(labels: Sequence[str], *, letters: bool) -> list[str]:
    """What each choice goes by: the number that its label begins with, where these differ, else the next free one."""
    if letters:
        return [ascii_lowercase[at] if at < len(ascii_lowercase) else f"z{at}" for at in range(len(labels))]
    own = [match.group(1) if (match := _OWN.match(label)) else None for label in labels]
    known = [int(number) for number in own if number]
    if len(set(known)) < len(known):
        own, known = [None] * len(labels), []
    following = iter(range(max(known, default=0) + 1, 1000))
    return [str(int(number)) if number else str(next(following)) for number in own]


def _lines(rows: Sequence[Sequence[Button]], keys: Iterator[str], *, letters: bool) -> list[str]:
    """The choices row by row; where a row is too long, each on a line of its own."""
    lines: list[str] = []
    for row in rows:
        said = [_said(next(keys), button.label, letters) for button in row if button.kind == "send"]
        joined = " · ".join(said)
        lines += [joined] if said and len(joined) <= WIDE else said
    return lines


def _said(key: str, label: str, letters: bool) -> str:
    own = None if letters else _OWN.match(label)
    return label if own and own.group(1) == key else f"{key}. {label}"


def _hash(label: str) -> str:
    """By which a typed label is known; the label itself may hold a name and is not kept."""
    return hashlib.sha256(_bare(label).encode()).hexdigest()[:16]


def _bare(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


def chosen(context: Context) -> Incoming:
    """What arrived; where it stands for a choice of the last message, as if its button had been pressed."""
    incoming = context.incoming
    if not context.typed or not incoming.text or len(incoming.text) > LONGEST or is_command(incoming.text):
        return incoming
    offer = choices.of(context.connection, incoming.address)
    if offer is None:
        return incoming
    said = _NUMBER.fullmatch(fold(incoming.text).strip(_AROUND))
    mark = _by_key(context, offer, said.group(1)) if said else _by_label(offer, incoming.text)
    return incoming if mark is None else _pressed(context, offer, mark)


def _by_key(context: Context, offer: Offer, key: str) -> Mark | None:
    """The choice with this number or letter; None where it is meant for the form, or is no choice at all."""
    if key.isdecimal() and awaits_number(context.form):
        return None
    key = str(int(key)) if key.isdecimal() else key
    latest = _find(offer, key)
    if min(context.now, context.incoming.at) < offer.at + SOON and offer.before is not None:
        earlier = _find(offer.before, key)
        if earlier is not None and latest is not None and earlier.send != latest.send:
            both = [Choice("earlier_message", earlier.send), Choice("latest_message", latest.send)]
            raise Refusal("choosing.which", [both], key=key)
        latest = latest or earlier
    if latest is None and key.isdecimal() and not _filling(context):
        _refuse(offer, key)
    return latest


def _refuse(offer: Offer, key: str) -> None:
    numbers = [int(mark.key) for mark in offer.marks if mark.key.isdecimal()]
    if numbers:
        # The same choices again, by their numbers alone, so that the next number means what the last message said.
        again = [Choice("short_name", mark.send, {"name": mark.key}) for mark in offer.marks]
        raise Refusal("choosing.none_such", [again], key=key, first=min(numbers), last=max(numbers))


def _filling(context: Context) -> bool:
    return context.form is not None and context.form.kind in FORMS


def _find(offer: Offer, key: str) -> Mark | None:
    return next((mark for mark in offer.marks if mark.key == key), None)


def _by_label(offer: Offer, text: str) -> Mark | None:
    wanted = _hash(text) if _bare(text) else ""
    found = [mark for mark in offer.marks if mark.label == wanted]
    return found[0] if len({mark.send for mark in found}) == 1 else None


def _pressed(context: Context, offer: Offer, mark: Mark) -> Incoming:
    number = outbox.number_of(context.connection, offer.row)
    if number and context.person is not None:
        outbox.pressed(context.connection, context.person.id, context.incoming.address, number, context.now)
    return replace(context.incoming, text=mark.send, pressed=number or "0")
