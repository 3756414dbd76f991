"""What remains of a told contact when who, when and the appointment are taken out of it."""

import re
from collections.abc import Iterable

from bot.vietnamese.sentence import Sentence, Word, bare_words

_BLANKS = re.compile(r"\s+")
_STRAY = re.compile(r"\s+([,.;:!?])")
_RUNS = re.compile(r"[,;:.]\s*(?=[,;.])")
_EDGES = " ,.;:-\u2013\u2014\n\t"


def note_of(sentence: Sentence, dropped: Iterable[tuple[int, int]]) -> str | None:
    """What is left without these spans of characters, as typed, with tidy punctuation; None when that is nothing."""
    text = list(sentence.text)
    for start, end in dropped:
        text[start:end] = " " * (end - start)
    rest = "".join(text)
    words = [w for w in sentence.words if rest[w.start : w.end].strip()]
    words = _without_edges(words)
    if not words:
        return None
    rest = rest[words[0].start : _end(rest, words[-1].end)]
    tidy = _RUNS.sub("", _STRAY.sub(r"\1", _BLANKS.sub(" ", rest)))
    return tidy.strip(_EDGES) or None


def _end(rest: str, end: int) -> int:
    """The closing mark belongs to the words before it."""
    closing = re.match(r"\s*[)\"\u201d!?]+", rest[end:])
    return end + closing.end() if closing else end


def _without_edges(words: list[Word]) -> list[Word]:
    empty = bare_words("fillers")
    while words and words[0].bare in empty:
        words = words[1:]
    while words and words[-1].bare in bare_words("trailers"):
        words = words[:-1]
    return words
