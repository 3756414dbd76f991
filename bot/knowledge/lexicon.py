"""The lexicon: how people write on a phone, read from lexicon.yaml and folded for the matcher."""

import re
import unicodedata
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.knowledge.reading import read_data
from bot.vietnamese.fold import clean, fold

Words = tuple[str, ...]
Word = tuple[str, str]
"""A folded word, and its diacritics as `marks_of` gives them."""
Spelled = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Folded words, except `typed` and `accents`, whose keys are as typed (NFC, lower case).

    `pairs` are abbreviations of two tokens in a row, `pair_starts` their first tokens. `concepts` maps a folded phrase
    to the concepts it stands for. `joints` is where one message may hold two questions.
    `sounds` are all possible syllables without diacritics. `bare` words alone do not tell what is
    asked. `form_series` is the letters that end a form's number.
    """

    typed: Mapping[str, Spelled]
    accents: Mapping[str, str]
    abbreviations: Mapping[str, Spelled]
    pairs: Mapping[str, Spelled]
    units: Mapping[str, Spelled]
    pair_starts: frozenset[str]
    concepts: Mapping[Words, Words]
    set_phrases: tuple[Words, ...]
    stop: frozenset[str]
    bare: frozenset[str]
    form_series: str
    age_word: str
    openers: frozenset[str]
    follow_up_words: int
    joints: re.Pattern[str]
    self_words: frozenset[str]
    sounds: frozenset[str]


def split_folded(text: str) -> Words:
    """The folded words of a phrase of the lexicon."""
    return tuple(fold(text).split())


def spelled(text: str) -> Spelled:
    """The words of a phrase with their diacritics."""
    return tuple((fold(word), marks_of(word)) for word in clean(text).lower().split())


def marks_of(word: str) -> str:
    """The diacritics of a word wherever they stand in it, so that both placements of a tone are equal; else ""."""
    if word.isascii():
        return ""
    return "".join(sorted(letter for letter in unicodedata.normalize("NFD", word) if not letter.isascii()))


@cache
def load_lexicon() -> Lexicon:
    """The lexicon that stands next to this file."""
    return read_lexicon(read_data("lexicon.yaml"))


def read_lexicon(data: Mapping[str, Any]) -> Lexicon:
    """Folds and arranges the raw lists."""
    sounds = frozenset(data["rhymes"]).union(f"{onset}{rhyme}" for onset in data["onsets"] for rhyme in data["rhymes"])
    singles, pairs = _abbreviations(data["abbreviations"], sounds)
    return Lexicon(
        typed={key: spelled(words) for key, words in data["typed"].items()},
        accents=dict(data["accents"]),
        abbreviations=singles,
        pairs=pairs,
        units={key: spelled(words) for key, words in data["units"].items()},
        pair_starts=frozenset(key.split()[0] for key in pairs),
        concepts=_concepts(data["concepts"]),
        set_phrases=tuple(split_folded(phrase) for phrase in data["set_phrases"]),
        stop=frozenset(fold(word) for word in data["stop"]),
        form_series=clean(data["form_series"]).lower(),
        bare=frozenset(fold(word) for word in data["bare"]),
        age_word=fold(data["age_word"]),
        openers=frozenset(fold(word) for word in data["follow_up"]["openers"]),
        follow_up_words=data["follow_up"]["words"],
        joints=re.compile(
            "|".join(re.escape(form) for joint in data["joints"] for form in dict.fromkeys((joint, _plain(joint))))
        ),
        self_words=frozenset(fold(word) for word in data["self_words"]),
        sounds=sounds,
    )


def _plain(joint: str) -> str:
    """The joint without diacritics, its blanks kept."""
    return "".join(fold(letter) or letter for letter in joint)


def _abbreviations(raw: Mapping[str, str], sounds: Container[str]) -> tuple[dict[str, Spelled], dict[str, Spelled]]:
    """Single tokens, and pairs of tokens; each as typed and, unless that would be another syllable, folded."""
    singles: dict[str, Spelled] = {}
    pairs: dict[str, Spelled] = {}
    for key, words in raw.items():
        (pairs if " " in key else singles)[key] = spelled(words)
    for key, words in raw.items():
        if " " in key:
            pairs.setdefault(fold(key), spelled(words))
        elif fold(key) not in sounds:
            singles.setdefault(fold(key), spelled(words))
    return singles, pairs


def _concepts(raw: Mapping[str, list[str]]) -> dict[Words, Words]:
    found: dict[Words, Words] = {}
    for name, phrases in raw.items():
        for phrase in phrases:
            key = split_folded(phrase)
            if name not in found.get(key, ()):
                found[key] = (*found.get(key, ()), name)
    return found
