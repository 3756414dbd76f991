"""A typed sentence cut into words that keep their places, and the phrases of the lexicon found in it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from bot.vietnamese.spelling import is_marked, plain, spelling
from bot.vietnamese.syllables import from_telex

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORD = re.compile(r"\w/c(?!\w)|[^\W\d_]+(?:['\u2019\u02bc\u2018`\u00b4][^\W\d_]+)*|\d+", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,;:!?\n()\u2026\u2013\u2014]|\s-+\s|\.(?=\s|$|\.)|\.(?=[^\W\d_])")
_SENTENCE_END = re.compile(r"[!?\n\u2026]|\.(?=\s|$|\.)")


@dataclass(frozen=True, slots=True)
class Word:
    """A word at its place in the text; `spelled` is its key with marks, `bare` without."""

    start: int
    end: int
    text: str
    spelled: str
    bare: str
    clause: int
    sentence: int

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase of the lexicon: its tag and the words it covers, `first` up to but without `last`."""

    tag: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """What was typed in NFC, its words, its cues from left to right, and how it was typed."""

    text: str
    words: tuple[Word, ...]
    cues: tuple[Cue, ...]
    marked: bool
    shouted: bool

    def tagged(self, *tags: str) -> list[Cue]:
        """The cues with any of these tags, from left to right."""
        return [cue for cue in self.cues if cue.tag in tags]

    def longer(self, tag: str) -> list[Cue]:
        """The cues with this tag that say more than its one word, such as what is planned."""
        return [cue for cue in self.tagged(tag) if cue.last - cue.first > 1]

    def listed(self, at: int, name: str) -> bool:
        """Whether the word stands in a word list of the lexicon, with its marks in a sentence typed with marks."""
        if self.marked:
            return self.words[at].spelled in marked_words(name)
        return self.words[at].bare in bare_words(name)

    def word_at(self, position: int) -> int:
        """The index of the first word that ends after this character."""
        return next((i for i, word in enumerate(self.words) if word.end > position), len(self.words))

    def phrase(self, cue: Cue) -> str:
        """The cue's words as typed."""
        return self.text[self.words[cue.first].start : self.words[cue.last - 1].end]


# The spellings of a phrase's word in a sentence without and with marks, and whether it may be left out.
Slot = tuple[frozenset[str], frozenset[str], bool]


@dataclass(frozen=True, slots=True)
class _Phrase:
    tag: str
    slots: tuple[Slot, ...]


def read(text: str) -> Sentence:
    """Cuts the text into words; the phrases in them are found by `with_cues`."""
    text = unicodedata.normalize("NFC", text)
    words = tuple(_words(text))
    slips = sum(word.spelled != spelling(word.text) for word in words)
    marked = any(is_marked(w.text) for w in words) or slips > 1
    letters = [c for c in text if c.isalpha()]
    shouted = len(letters) > 3 and sum(c.isupper() for c in letters) > 0.7 * len(letters)
    return Sentence(text, words, (), marked, shouted)


def with_cues(sentence: Sentence, taken: frozenset[int]) -> Sentence:
    """The sentence with the lexicon's phrases; `taken` are words that belong to a date or a name."""
    return replace(sentence, cues=tuple(_cues(sentence, taken)))


def compounds(sentence: Sentence) -> frozenset[int]:
    """The words of everyday phrases in which a given name is none."""
    found = _all_cues(sentence, _compound_index())
    return frozenset(i for cue in found for i in range(cue.first, cue.last))


def opening(sentence: Sentence, at: int) -> Cue | None:
    """The longest phrase that begins at this word and by which a sentence begins that is told to the bot."""
    words = sentence.words
    return _longest(_openers().get(words[at].spelled, ()), sentence, at, frozenset()) if at < len(words) else None


def _words(text: str) -> Iterator[Word]:
    clause = sentence = before = 0
    for match in _WORD.finditer(text):
        gap = text[before : match.start()]
        if gap.strip():
            clause += bool(_CLAUSE_END.search(gap + match[0][0]) and not _abbreviated(text, before, gap))
            sentence += bool(_SENTENCE_END.search(gap))
        typed = match[0]
        foreign = typed.casefold() in bare_words("foreign")
        meant = spelling(typed) if foreign else from_telex(typed) or spelling(typed)
        yield Word(match.start(), match.end(), typed, meant, plain(meant), clause, sentence)
        before = match.end()


def _abbreviated(text: str, before: int, gap: str) -> bool:
    """Whether the full stop only shortens the one or two letters before it."""
    return gap.strip() == "." and re.search(r"(?<!\w)[^\W\d_]{1,2}$", text[:before]) is not None


def _cues(sentence: Sentence, taken: frozenset[int]) -> Iterator[Cue]:
    """The longest phrase at each place, none overlapping another."""
    index = _phrases()
    at = 0
    while at < len(sentence.words):
        phrases = () if at in taken else index.get(sentence.words[at].spelled, ())
        found = _longest(phrases, sentence, at, taken)
        if found:
            yield found
        at = found.last if found else at + 1


def _all_cues(sentence: Sentence, index: dict[str, list[_Phrase]]) -> Iterator[Cue]:
    """The longest phrase at each place, also where they overlap."""
    for at, word in enumerate(sentence.words):
        found = _longest(index.get(word.spelled, ()), sentence, at, frozenset())
        if found:
            yield found


def _longest(phrases: Sequence[_Phrase], sentence: Sentence, at: int, taken: frozenset[int]) -> Cue | None:
    best: Cue | None = None
    for phrase in phrases:
        end = _match(phrase.slots, sentence, at, taken)
        if end and (best is None or end > best.last):
            best = Cue(phrase.tag, at, end)
    return best


def _match(slots: Sequence[Slot], sentence: Sentence, at: int, taken: frozenset[int]) -> int | None:
    """The index after the last word when the slots fit from `at`, within one clause."""
    end = _end_of(slots, 0, sentence, at, taken, sentence.words[at].clause)
    return end if end and end > at else None


def _end_of(
    slots: Sequence[Slot], slot: int, sentence: Sentence, at: int, taken: frozenset[int], clause: int
) -> int | None:
    """Where the slots from this one on end; a word that may be left out is taken when the rest still fits."""
    words = sentence.words
    while slot < len(slots):
        bare, marked, optional = slots[slot]
        slot += 1
        here = at < len(words) and at not in taken and words[at].clause == clause
        if here and words[at].spelled in (marked if sentence.marked else bare):
            if optional and (end := _end_of(slots, slot, sentence, at + 1, taken, clause)) is not None:
                return end
            at += not optional
        elif not optional:
            return None
    return at


@lru_cache(maxsize=1)
def lexicon() -> dict[str, Any]:
    """Everything in cues.yaml."""
    text = (Path(__file__).parent / "cues.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=_LOADER)  # noqa: S506 - both loaders are safe ones
    return content


@lru_cache(maxsize=64)
def bare_words(name: str) -> frozenset[str]:
    """A word list of the lexicon without diacritics."""
    return frozenset(plain(word) for word in lexicon()["words"][name])


@lru_cache(maxsize=64)
def marked_words(name: str) -> frozenset[str]:
    """A word list of the lexicon as `spelling` writes it."""
    return frozenset(spelling(word) for word in lexicon()["words"][name])


@lru_cache(maxsize=1)
def _phrases() -> dict[str, list[_Phrase]]:
    return _index(lexicon()["phrases"])


@lru_cache(maxsize=1)
def _openers() -> dict[str, list[_Phrase]]:
    phrases = lexicon()["phrases"]
    return _index({tag: phrases[tag] for tag in lexicon()["openers"]})


@lru_cache(maxsize=1)
def _compound_index() -> dict[str, list[_Phrase]]:
    return _index({"compound": lexicon()["compounds"]})


def _index(tagged: dict[str, list[str]]) -> dict[str, list[_Phrase]]:
    """Every phrase by each spelling of each word it can begin with."""
    index: dict[str, list[_Phrase]] = {}
    for tag, lines in tagged.items():
        for line in lines:
            phrase = _Phrase(tag, tuple(_slot(part) for part in str(line).split()))
            for opening in _openings(phrase):
                index.setdefault(opening, []).append(phrase)
    return index


def _openings(phrase: _Phrase) -> set[str]:
    openings: set[str] = set()
    for bare, _, optional in phrase.slots:
        openings |= bare
        if not optional:
            break
    return openings


@lru_cache(maxsize=4096)
def _slot(part: str) -> Slot:
    """One word of a phrase: `a|b` is a choice, `@name` a word list, a `?` at the end says that it may be left out.

    Cached, because the same words stand in many phrases and their sets are most of what the lexicon takes.
    """
    optional = part.endswith("?")
    choices = part.removesuffix("?").split("|")
    chosen = [str(w) for c in choices for w in (lexicon()["lists"][c[1:]] if c.startswith("@") else (c,))]
    words = [form for word in chosen for form in (word, *lexicon()["aliases"].get(word, ()))]
    whole = {spelling(word) for word in words}
    bare = {plain(word) for word in words}
    loose, strict = frozenset(whole | bare), frozenset(whole | (bare - bare_words("plain")))
    return loose, loose if strict == loose else strict, optional
