"""Spelling: when a typed word is the same word as a written one, however its marks were typed."""

import re
import unicodedata
from functools import lru_cache

from bot.vietnamese.fold import fold

_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT = "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"
_TONES = frozenset((_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT))
_TELEX_TONES = {"f": _GRAVE, "s": _ACUTE, "x": _TILDE, "r": _HOOK, "j": _DOT}
_CIRCUMFLEX, _BREVE, _HORN, _STROKE = "\u0302", "\u0306", "\u031b", "\u0111"
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4]")
_TELEX_SIGNS = re.compile(r"aa|ee|oo|dd|[aou]w|[aeiouy]\w*[fsrxj]")


@lru_cache(maxsize=16384)
def spelling(word: str) -> str:
    """One key for all ways to encode a marked word: letters with their shape marks, then the tones in order.

    The tone stands after the letters, so that old and new tone placement, NFC and NFD are equal.
    """
    decomposed = unicodedata.normalize("NFD", _APOSTROPHES.sub("", word).casefold())
    tones = "".join(c for c in decomposed if c in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES)) + tones


@lru_cache(maxsize=16384)
def plain(word: str) -> str:
    """The word without marks, case and apostrophes."""
    return fold(_APOSTROPHES.sub("", word))


@lru_cache(maxsize=16384)
def is_marked(word: str) -> bool:
    """Whether any mark was typed in the word; such a word is compared with its marks."""
    return spelling(word) != plain(word)


@lru_cache(maxsize=16384)
def same_spelling(typed: str, word: str) -> bool:
    """Whether a typed word fits a written one: typed with marks it must agree in them, without marks any fits."""
    return spelling(typed) == spelling(word) if is_marked(typed) else plain(typed) == plain(word)


@lru_cache(maxsize=16384)
def without_telex(word: str) -> str:
    """The spelling key of a word typed while the Telex keyboard was off, or "" when nothing in it looks like Telex."""
    letters = word.casefold()
    if not letters.isascii() or not letters.isalpha() or not _TELEX_SIGNS.search(letters):
        return ""
    shaped, tone = "", ""
    for letter in letters:
        before = shaped[-1:]
        if letter in _TELEX_TONES and not tone and re.search("[aeiouy]", plain(shaped)):
            tone = _TELEX_TONES[letter]
        elif letter == "d" and before == "d":
            shaped = shaped[:-1] + _STROKE
        elif letter in "aeo" and before == letter:
            shaped = shaped[:-1] + unicodedata.normalize("NFC", letter + _CIRCUMFLEX)
        elif letter == "w":
            shaped = _with_hook(shaped)
        else:
            shaped += letter
    return shaped + tone


def _with_hook(shaped: str) -> str:
    """What the key w makes of the letters before it: a breve on a, a horn on o and u."""
    hooked = re.sub("a$", unicodedata.normalize("NFC", "a" + _BREVE), shaped)
    if hooked != shaped:
        return hooked
    ending = re.search("(u?o|u)([a-z]*)$", shaped)
    if ending is None:
        return shaped + "w"
    horned = unicodedata.normalize("NFC", "".join(c + _HORN for c in ending[1]))
    return shaped[: ending.start()] + horned + ending[2]
