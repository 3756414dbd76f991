"""Tokens: the words and numbers of a sentence with their places in it."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from bot.vietnamese.spelling import is_marked, plain, spelling, without_telex

_MARKS = "\u0300-\u036f"
_TOKEN = re.compile(
    r"[0-9]{1,2}\s?/\s?[0-9]{1,2}(?:\s?/\s?[0-9]{2,4})?(?![0-9]|[./-][0-9])"
    r"|[0-9]+(?:[./-][0-9]+)*"
    rf"|(?:[^\W\d_][{_MARKS}]*)+"
)
_NUMBERS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Word:
    """What one written word is compared by: `telex` is "" where nothing looks like Telex, `figures` () in letters."""

    plain: str
    spelling: str
    telex: str
    marked: bool
    capital: bool
    shout: bool
    figures: tuple[str, ...]
    separators: str


@dataclass(frozen=True, slots=True)
class Token:
    """A word at [start, end) of the text; `gap` is what stands between it and the token before."""

    start: int
    end: int
    gap: str
    word: Word

    @property
    def joined(self) -> bool:
        """Whether it continues a phrase: nothing, blanks, or a point or hyphen without blanks before it."""
        return self.gap in ("", " ", ".", "-") or self.gap.isspace()


@lru_cache(maxsize=16384)
def word_of(raw: str) -> Word:
    """The word as compared; cached, since people type the same few thousand words."""
    raw = unicodedata.normalize("NFC", raw)
    if raw[0] in "0123456789":
        separators = "".join(c for c in raw if c in "./-")
        return Word(raw, raw, "", False, False, False, tuple(_NUMBERS.findall(raw)), separators)
    return Word(
        plain(raw),
        spelling(raw),
        without_telex(raw),
        is_marked(raw),
        raw[0].isupper(),
        len(raw) > 1 and raw.isupper(),
        (),
        "",
    )


def tokens_of(text: str) -> list[Token]:
    """The tokens in order; punctuation is only kept as the gap between them."""
    tokens: list[Token] = []
    last = 0
    for found in _TOKEN.finditer(text):
        tokens.append(Token(found.start(), found.end(), text[last : found.start()], word_of(found.group())))
        last = found.end()
    return tokens
