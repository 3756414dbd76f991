"""What remains of a told contact when who, when and the appointment are taken out of it."""

import re
from collections.abc import Iterable

from bot.vietnamese.sentence import Sentence

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
    kept = [i for i, w in enumerate(sentence.words) if rest[w.start : w.end].strip()]
    while kept and sentence.listed(kept[0], "fillers"):
        del kept[0]
    while kept and sentence.listed(kept[-1], "trailers"):
        del kept[-1]
    if not kept:
        return None
    words = [sentence.words[i] for i in kept]
    rest = rest[words[0].start : _end(rest, words[-1].end)]
    tidy = _RUNS.sub("", _STRAY.sub(r"\1", _BLANKS.sub(" ", rest)))
    return tidy.strip(_EDGES) or None


def _end(rest: str, end: int) -> int:
    """The closing mark belongs to the words before it."""
    closing = re.match(r"\s*[)\"\u201d!?]+", rest[end:])
    return end + closing.end() if closing else end
