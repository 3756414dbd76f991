"""Folding: the same word typed with and without diacritics becomes one key; a name becomes its initials."""

import re
import unicodedata
from functools import lru_cache

_BLANKS = re.compile(r"\s+")
_DIGITS = re.compile(r"\d+")
# More digits than a number in a name has.
_WIDE = 9
_D = str.maketrans({"\u0111": "d", "\u0110": "D"})


def clean(text: str) -> str:
    """The text in NFC with single blanks and no invisible characters: what enters the house."""
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable():
        return _BLANKS.sub(" ", composed).strip()
    visible = "".join(c for c in composed if c.isspace() or unicodedata.category(c)[0] != "C")
    return _BLANKS.sub(" ", visible).strip()


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Lower case without diacritics, single blanks; the Vietnamese d with a stroke becomes a plain d."""
    decomposed = unicodedata.normalize("NFD", text.translate(_D))
    return _BLANKS.sub(" ", "".join(c for c in decomposed if not unicodedata.combining(c))).strip().casefold()


@lru_cache(maxsize=16384)
def in_order(name: str) -> str:
    """What a list by name goes by: folded, and with every number as wide as any, so that 2 comes before 10."""
    return _DIGITS.sub(lambda number: number[0].zfill(_WIDE), fold(name))


def initials(name: str) -> str:
    """The name as notices and other people's cards carry it: initials, and the given name in full: "N.N. Lan"."""
    *before, last = name.split() or [""]
    return f"{''.join(word[0].upper() + '.' for word in before)} {last}".strip()
