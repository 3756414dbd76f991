"""Long lists, a page at a time: which part is shown, and the buttons that turn the page in the same message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.chat import Choice, Refusal
from bot.vietnamese.fold import fold

T = TypeVar("T")

# Telegram keeps no more with a button.
BUTTON_BYTES = 64


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `number` counts from 0, and `last` is the number of the last page."""

    items: Sequence[T]
    number: int
    last: int
    count: int

    @classmethod
    def of(cls, items: Sequence[T], wanted: int, size: int) -> "Page[T]":
        """The wanted page, or the last one when the list has become shorter."""
        last = max(0, (len(items) - 1) // size)
        number = min(wanted, last)
        return cls(items[number * size : number * size + size], number, last, len(items))

    def turn(self, send: Callable[[int], str]) -> list[Choice]:
        """Buttons to the pages beside this one."""
        earlier = [Choice("earlier", send(self.number - 1))] if self.number else []
        later = [Choice("later", send(self.number + 1))] if self.number < self.last else []
        return earlier + later


def read_page(words: str) -> tuple[int, str]:
    """Splits "+2 lan" into the page and the rest; page 0 when none is named."""
    first, _, rest = words.strip().partition(" ")
    if first.startswith("+") and is_number(first[1:]):
        return int(first[1:]), rest.strip()
    return 0, words.strip()


def is_number(words: str) -> bool:
    """Whether this is a number that a row or a page can have; longer ones fit into no column."""
    return words.isdecimal() and words.isascii() and len(words) <= 9


def number_in(words: str) -> int:
    """The number that a button carries first."""
    first = words.split()[0] if words.split() else ""
    if not is_number(first):
        raise Refusal("conversation.old_button")
    return int(first)


def fitting(send: str) -> str:
    """A command with what somebody typed, folded and cut at the bytes that a button holds."""
    return fold(send).encode()[:BUTTON_BYTES].decode(errors="ignore").strip()
