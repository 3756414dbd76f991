"""Slips of the Telex keyboard: a word of raw keys that is no syllable until its signs are turned into marks."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from bot.vietnamese.fold import fold

# Combining grave, acute, tilde, hook above, dot below: the five written tones.
_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
_SHAPES: Final = {"a": "\u0306", "o": "\u031b", "u": "\u031b"}
_TELEX_TONES: Final = dict(zip("fsxrj", _TONES, strict=True))
_D_BAR: Final = "\u0111"
_CIRCUMFLEX: Final = "\u0302"

_ONSET = r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?"
_NUCLEUS = (
    r"(?:a|ai|ao|au|ay|e|eo|eu|i|ia|ie|ieu|iu|o|oa|oai|oao|oay|oe|oeo|oi|u|ua|uai|uay|uau|ue|ui|uo|uoi|uou|uu|uy|uya"
    r"|uye|uyu|y|ye|yeu)"
)
_CODA = r"(?:ch|ng|nh|[cmnpt])?"
_SYLLABLE = re.compile(f"{_ONSET}{_NUCLEUS}{_CODA}")


@lru_cache(maxsize=16384)
def from_telex(word: str) -> str | None:
    """What the keys were meant to give, as `spelling` writes it; None when the word stands as it is."""
    keys = word.casefold()
    if not keys.isascii() or not keys.isalpha() or len(keys) > 9 or _SYLLABLE.fullmatch(keys):
        return None
    tones = [c for c in keys[1:] if c in _TELEX_TONES and c not in "rsx"] or _late_tones(keys)
    if len(tones) > 1:
        return None
    bare = _without(keys, tones[0]) if tones else keys
    shaped = _shaped(bare)
    if shaped == keys or not _SYLLABLE.fullmatch(fold(shaped)):
        return None
    return unicodedata.normalize("NFC", shaped) + (_TELEX_TONES[tones[0]] if tones else "")


def _late_tones(keys: str) -> list[str]:
    """The letters r, s, x that stand after a vowel, where they can only be tones."""
    vowel = re.search("[aeiouy]", keys)
    return [c for c in keys[vowel.end() :] if c in "rsx"] if vowel else []


def _without(keys: str, tone: str) -> str:
    at = keys.rindex(tone)
    return keys[:at] + keys[at + 1 :]


def _shaped(keys: str) -> str:
    """Doubled letters and w turned into the letters they stand for."""
    shaped = keys.replace("dd", _D_BAR)
    shaped = re.sub("([aeo])\\1", lambda m: m[1] + _CIRCUMFLEX, shaped)
    return re.sub("([aou])w", lambda m: m[1] + _SHAPES[m[1]], shaped)
