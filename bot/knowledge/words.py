"""Words of a question as people type it: abbreviations spelled out, telex and slips mended, diacritics folded."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.knowledge.lexicon import Lexicon, Spelled, Word, Words, marks_of
from bot.vietnamese.fold import fold

_NUMBER_UNIT = re.compile(r"(\d+)([a-z]{1,5})$")
_VOWELS = frozenset("aeiouy")
_TELEX_MARKS = frozenset("sfrxjw")
_LONGEST = 2000
_TOKENS = 160
_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Reading:
    """Folded words in order, the diacritics each was typed with, and the concepts that diacritics alone gave away."""

    words: list[str]
    marks: list[str]
    hints: list[str]


class Reader:
    """Reads questions with a lexicon and a vocabulary of folded words that mending may lead to."""

    def __init__(self, lexicon: Lexicon, vocabulary: Iterable[str] = ()) -> None:
        self._lexicon = lexicon
        series = "|".join((lexicon.form_series, fold(lexicon.form_series)))
        self._series = fold(lexicon.form_series)
        self._form = re.compile(rf"(\d+[a-z]?)[ -]?(?:{series})$")
        self._token = re.compile(rf"\d+(?:/\d+)+|\d+%|\d+[a-z]?[ -]?(?:{series})\b|[^\W_]+")
        self._vocabulary = frozenset(vocabulary)
        self._deletes = _delete_index(self._vocabulary)
        self._partners = _partners(lexicon.set_phrases)
        self._remember()

    def _remember(self) -> None:
        self._mend: Callable[[str], Spelled] = lru_cache(maxsize=_KEPT)(self._mend_token)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_mend"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._remember()

    def read(self, text: str) -> Reading:
        """The words of a clean text (NFC), at most 160 tokens of its first 2000 characters."""
        raw = self._token.findall(text[:_LONGEST].lower())[:_TOKENS]
        words: list[Word] = []
        hints: list[str] = []
        accents, lexicon = self._lexicon.accents, self._lexicon
        skip = False
        for place, token in enumerate(raw):
            if skip:
                skip = False
                continue
            if token in accents:
                hints.append(accents[token])
            pair = self._pair(token, raw, place) if token in lexicon.pair_starts else None
            if pair is not None:
                words.extend(pair)
                skip = True
            else:
                words.extend(self._mend(token))
        self._mend_neighbours(words)
        return Reading([word for word, _ in words], [marks for _, marks in words], hints)

    def _pair(self, token: str, raw: list[str], place: int) -> Spelled | None:
        if place + 1 >= len(raw):
            return None
        return self._lexicon.pairs.get(f"{token} {raw[place + 1]}")

    def _mend_token(self, token: str) -> Spelled:
        lexicon = self._lexicon
        if token in lexicon.typed:
            return lexicon.typed[token]
        form = self._form.match(token)
        if form:
            return ((self._series, ""), (f"{form[1]}{self._series}", ""))
        if token in lexicon.abbreviations:
            return lexicon.abbreviations[token]
        plain = fold(token)
        if plain in lexicon.abbreviations:
            return lexicon.abbreviations[plain]
        if plain[0].isdigit():
            return self._number(plain)
        if self._sound(plain):
            return ((plain, marks_of(token)),)
        return tuple((word, "") if word != plain else (word, marks_of(token)) for word in self._respell(plain))

    def _number(self, plain: str) -> Spelled:
        found = _NUMBER_UNIT.match(plain)
        if not found:
            return ((plain, ""),)
        number, unit = found.groups()
        rest = self._lexicon.units.get(unit if len(number) > 1 else f"1{unit}") or self._mend(unit)
        return ((number, ""), *rest)

    def _sound(self, plain: str) -> bool:
        """Whether it is a possible Vietnamese syllable (without diacritics) or a word seen before."""
        return plain in self._vocabulary or plain in self._lexicon.sounds

    def _respell(self, plain: str) -> Words:
        """Mends what is no Vietnamese syllable: telex left over, stuttered letters, a lost space, one slip."""
        telex = without_telex(plain)
        if telex in self._lexicon.abbreviations and telex not in self._vocabulary:
            return tuple(word for word, _ in self._lexicon.abbreviations[telex])
        for guess in (telex, re.sub(r"(.)\1+", r"\1", plain)):
            if guess and self._sound(guess):
                return (guess,)
        split = self._split(plain)
        if split:
            return split
        return (self._nearest(plain) or plain,)

    def _split(self, plain: str) -> Words | None:
        for cut in range(2, len(plain) - 1):
            left, right = plain[:cut], plain[cut:]
            if left in self._vocabulary and right in self._vocabulary:
                return (left, right)
        return None

    def _nearest(self, plain: str) -> str | None:
        if not 3 <= len(plain) <= 8 or not plain.isalpha():
            return None
        near = {word for form in _deletes(plain) for word in self._deletes.get(form, "").split()}
        fitting = [word for word in near if one_slip(plain, word)]
        return min(
            fitting, key=lambda word: (sorted(word) != sorted(plain), abs(len(word) - len(plain)), word), default=None
        )

    def _mend_neighbours(self, words: list[Word]) -> None:
        """A set phrase of which one word is one slip off, and no word seen before, becomes the set phrase."""
        after, before = self._partners
        for place, (word, _) in enumerate(words):
            if word in self._vocabulary:
                continue
            meant = self._meant(word, after.get(words[place - 1][0]) if place else None)
            if meant is None and place + 1 < len(words):
                meant = self._meant(word, before.get(words[place + 1][0]))
            if meant is not None:
                words[place] = (meant, "")

    def _meant(self, word: str, partners: Iterable[str] | None) -> str | None:
        near = [other for other in partners or () if one_slip(word, other)]
        return near[0] if len(near) == 1 else None


def without_telex(plain: str) -> str:
    """The folded syllable that a keyboard in telex mode left unconverted ("ddangr", "thaamr")."""
    start = next((place for place, letter in enumerate(plain) if letter in _VOWELS), len(plain))
    tail = "".join(letter for letter in plain[start:] if letter not in _TELEX_MARKS)
    return re.sub(r"([aeo])\1", r"\1", plain[:start].replace("dd", "d").replace("w", "u") + tail)


def one_slip(left: str, right: str) -> bool:
    """Whether one insertion, deletion, change or swap of neighbours leads from one word to the other."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    if len(left) != len(right):
        longer, shorter = (left, right) if len(left) > len(right) else (right, left)
        return longer[start + 1 :] == shorter[start:]
    if left[start + 1 :] == right[start + 1 :]:
        return True
    return left[start : start + 2] == right[start : start + 2][::-1] and left[start + 2 :] == right[start + 2 :]


def _deletes(word: str) -> Iterator[str]:
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def _delete_index(vocabulary: frozenset[str]) -> dict[str, str]:
    """By what is left without one letter: the words, with blanks between them (most often one, which is not copied)."""
    index: dict[str, str] = {}
    for word in vocabulary:
        if len(word) > 2 and word.isalpha():
            for form in _deletes(word):
                index[form] = f"{index[form]} {word}" if form in index else word
    return index


def _partners(phrases: Iterable[Words]) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Which words follow and precede which in set phrases of two words."""
    after: dict[str, set[str]] = {}
    before: dict[str, set[str]] = {}
    for first, second in phrases:
        after.setdefault(first, set()).add(second)
        before.setdefault(second, set()).add(first)
    return {key: frozenset(found) for key, found in after.items()}, {
        key: frozenset(found) for key, found in before.items()
    }
