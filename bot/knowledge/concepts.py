"""Concepts: what is said in many ways and meant in one, found in the words of a question in one pass."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from bot.knowledge.lexicon import Spelled, Words

_END = ""
_Spelling = tuple[bool, Words]
"""The diacritics of each word, and whether they may not be missing: one word alone, or words too common to tell."""


class Concepts:
    """A table of phrases. Those added with their spelling are matched only where typed diacritics do not contradict."""

    def __init__(self, stop: Container[str]) -> None:
        self._tree: dict[str, Any] = {}
        self._stop = stop
        self.words: set[str] = set()

    def add(self, phrase: Words, name: str) -> None:
        """A phrase of folded words, whatever diacritics it is typed with."""
        self._leaf(phrase).append((name, None))

    def add_spelled(self, phrase: Spelled, name: str) -> None:
        """A phrase that counts when each word has its own diacritics or, where that is clear enough, none."""
        words = tuple(word for word, _ in phrase)
        exact = len(words) == 1 or all(word in self._stop for word in words)
        self._leaf(words).append((name, (exact, tuple(marks for _, marks in phrase))))

    def _leaf(self, phrase: Iterable[str]) -> list[tuple[str, _Spelling | None]]:
        node = self._tree
        for word in phrase:
            self.words.add(word)
            node = node.setdefault(word, {})
        leaf: list[tuple[str, _Spelling | None]] = node.setdefault(_END, [])
        return leaf

    def find(self, words: Sequence[str], marks: Sequence[str]) -> set[str]:
        """All concepts in the words; phrases may overlap."""
        found: set[str] = set()
        tree = self._tree
        for start in range(len(words)):
            node = tree.get(words[start])
            end = start + 1
            while node is not None:
                leaf = node.get(_END)
                if leaf:
                    for name, spelling in leaf:
                        if spelling is None or (name not in found and agrees(spelling, marks[start:end])):
                            found.add(name)
                if end == len(words):
                    break
                node = node.get(words[end])
                end += 1
        return found


def agrees(spelling: _Spelling, typed: Sequence[str]) -> bool:
    """Whether typed diacritics fit a spelling; where it is `exact`, they may not be missing."""
    exact, wanted = spelling
    if exact:
        return tuple(typed) == wanted
    return all(marks in ("", want) for marks, want in zip(typed, wanted, strict=True))


def build_concepts(
    lexicon: Mapping[Words, Words], scoped: Mapping[str, Iterable[Spelled]], stop: Container[str]
) -> Concepts:
    """The table of the lexicon's concepts (by folded words) and of the scope's (spelled)."""
    table = Concepts(stop)
    for phrase, names in lexicon.items():
        for name in names:
            table.add(phrase, name)
    for name, phrases in scoped.items():
        for spelling in phrases:
            table.add_spelled(spelling, name)
    return table
