"""What one message led to, and how its answer is known again when the messenger delivers it a second time."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection

from bot.chat import File, Incoming, Message, Reading
from bot.rules.access import Role
from handlers.commands import Context, LongReading, menu
from storage import outbox


@dataclass(frozen=True, slots=True)
class Handled:
    """What one message led to: answers, a command menu if the chat has another one, whether a round has work.

    `later` makes the file that goes with the first of the answers, `reading` leads to one more; `long`: nothing yet,
    the answer is still to be read.
    """

    owed: Sequence[outbox.Owed]
    menu: Sequence[tuple[str, str]] | None = None
    told: bool = False
    later: Callable[[], File] | None = None
    reading: Reading | None = None
    long: LongReading | None = None


class HandledBefore(Exception):  # noqa: N818  (nothing is wrong)
    """The messenger delivered an update again: what its handler did just now is taken back with this."""


def key_of(incoming: Incoming) -> str:
    """Under which an answer stands in the outbox."""
    return f"answer:{incoming.address.channel}:{incoming.id}"


def still_owed(connection: Connection, incoming: Incoming) -> Handled:
    """The answer of the first time, while it is not sent."""
    done = outbox.find(connection, key_of(incoming))
    return Handled([done[1]] if done and done[1] and done[0] == "queued" else [])


def without_file(message: Message) -> Message:
    """A file is not kept: should the process die before it is sent, the words ask to press again."""
    return Message(message.text, message.buttons, message.edit)


def menu_mark(commands: Sequence[tuple[str, str]]) -> str:
    """A short mark of a menu, to know later whether a chat has it."""
    return f"{zlib.crc32(repr(commands).encode()):08x}"


@cache
def _menu_for(roles: frozenset[Role]) -> tuple[Sequence[tuple[str, str]], str]:
    commands = menu(roles)
    return commands, menu_mark(commands)


def new_menu(context: Context) -> Sequence[tuple[str, str]] | None:
    """The command menu of whoever writes, where their chat has another one."""
    if context.person is None or context.incoming.group:
        return None
    commands, mark = _menu_for(frozenset(grant.role for grant in context.person.grants))
    return None if context.person.menu == mark else commands
