"""Questions that found no answer, made fit to be looked at: without names and numbers, gathered by likeness."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.knowledge.index import Index
from bot.knowledge.taught import telling
from bot.vietnamese.fold import clean

BLANK = "\u2026"
_NUMBERS = re.compile(r"\+?\d(?:[\d .,/-]{2,}\d|\d{3,})")
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|@\w+")
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Gathered:
    """Questions that say the same: how often that was asked, and the wordings, the most asked first."""

    times: int
    wordings: tuple[str, ...]
    members: tuple[int, ...]


def strip(question: str, index: Index) -> str:
    """The question without what tells who it is about: names, addresses, and numbers of four digits or more, dates."""
    text = _ADDRESS.sub(BLANK, clean(question))
    return _NUMBERS.sub(BLANK, index.names.hide(text, BLANK))


def gather(questions: Sequence[str], index: Index) -> tuple[Gathered, ...]:
    """Groups of like questions, the most asked first; `members` are places in `questions`."""
    groups: list[tuple[frozenset[str], list[int]]] = []
    for place, question in enumerate(questions):
        words = telling(question, index)
        for held, members in groups:
            if len(words & held) >= _ALIKE * len(words | held):
                members.append(place)
                break
        else:
            groups.append((words, [place]))
    found = [_group(members, questions) for _, members in groups]
    return tuple(sorted(found, key=lambda group: (-group.times, group.members)))


def _group(members: list[int], questions: Sequence[str]) -> Gathered:
    asked = [questions[place] for place in members]
    wordings = sorted(dict.fromkeys(asked), key=asked.count, reverse=True)
    return Gathered(len(members), tuple(wordings), tuple(members))
