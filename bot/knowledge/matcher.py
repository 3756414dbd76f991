"""The matcher: which article, or which kind of refusal, a question is nearest to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.knowledge.concepts import Concepts
from bot.knowledge.features import Features, Found
from bot.knowledge.learning import Weights, learn
from bot.knowledge.lexicon import Lexicon
from bot.knowledge.neighbours import Neighbours
from bot.knowledge.words import Reader, Reading
from bot.vietnamese.fold import fold

_GROWING = 4
# From the first to the second were those born who ask for themselves or their elders; later years date papers.
_BORN, _GROWN, _CENTURY = 1925, 2012, 2100


@dataclass(frozen=True, slots=True)
class Class:
    """One thing a question may be about, with the phrasings that stand for it.

    Classes of one `group` are not told apart while correcting. `scope` False: a kind of refusal.
    """

    name: str
    group: str
    scope: bool
    phrasings: Sequence[str]
    keywords: Sequence[str] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A question as the matcher sees it."""

    reading: Reading
    concepts: frozenset[str]
    features: Found


class Matcher:
    """Scores questions against classes."""

    def __init__(
        self,
        classes: Sequence[Class],
        lexicon: Lexicon,
        concepts: Concepts,
        ages: tuple[int, int],
        silent: frozenset[str] = frozenset(),
        weights: Weights | None = None,
    ) -> None:
        """`ages`: least and most. `silent` concepts are found but say nothing for or against a class."""
        self.classes = tuple(classes)
        self.places = {item.name: place for place, item in enumerate(classes)}
        self.weights = weights or Weights()
        self._lexicon = lexicon
        self._concepts = concepts
        self._ages = ages
        self._silent = silent
        self._reader = _reader(classes, lexicon, concepts)
        self._features = Features(self.weights, lexicon.stop)
        samples = list(self._samples())
        told = [(place, self._learnt(item.text)[1]) for place, item in enumerate(classes) if item.text]
        self._table = learn(samples, told, [item.group for item in classes], self._features.weights, self.weights)
        self._neighbours = Neighbours(samples, self._features)
        self._features.settle()

    def _samples(self) -> Iterator[tuple[int, Sequence[int]]]:
        """Every phrasing with its class and features; gathers the words that are usual in scope on the way."""
        self._usual_words = set(self._lexicon.stop)
        for place, item in enumerate(self.classes):
            for text in (*item.phrasings, *item.keywords):
                words, numbers = self._learnt(text)
                if item.scope:
                    self._usual_words.update(words)
                yield place, numbers

    def _learnt(self, text: str) -> tuple[Sequence[str], Sequence[int]]:
        reading, concepts = self._read(text)
        return reading.words, self._features.learn(reading.words, concepts - self._silent)

    def look(self, text: str) -> Look:
        """What a text says."""
        reading, concepts = self._read(text)
        found = self._features.find(reading.words, concepts - self._silent)
        return Look(reading, frozenset(concepts), found)

    def _read(self, text: str) -> tuple[Reading, set[str]]:
        reading = self._reader.read(text)
        concepts = self._concepts.find(reading.words, reading.marks)
        concepts.update(reading.hints)
        concepts.update(self._age_concepts(reading.words))
        return reading, concepts

    def _age_concepts(self, words: Sequence[str]) -> Iterator[str]:
        least, most = self._ages
        for year in (int(word) for word in words if len(word) == 4 and word.isdigit()):
            if _BORN <= year < _CENTURY:
                yield "birth_year" if year <= _GROWN else "late_year"
        for number, unit in pairwise(words):
            if unit == self._lexicon.age_word and number.isdigit() and len(number) < 4:
                yield _age_concept(int(number), least, most)

    def score(self, found: Found) -> list[float]:
        """A score for each class, in the order of `classes`, by its phrasings together."""
        return self._table.scores(found.known, len(self.classes))

    def with_nearest(self, scores: list[float], found: Found) -> list[float]:
        """The scores with what each class gains by its one phrasing that is most alike."""
        gained = list(scores)
        for place, likeness in self._neighbours.nearest(found).items():
            gained[place] += self.weights.near * likeness
        return gained

    def weigh(self, found: Found) -> float:
        """The most that any one class could have scored on the known features."""
        best = self._table.best
        return sum(best[number] for number in found.known)

    def strangers(self, look: Look) -> int:
        """How many telling words of the question no phrasing in scope has."""
        return sum(word not in self._usual_words and not word[0].isdigit() for word in set(look.reading.words))

    def telling(self, look: Look) -> bool:
        """Whether any word outside the generic phrases says what is asked."""
        stop = self._lexicon.stop
        return any(word not in stop and word not in self._lexicon.bare for word in look.reading.words)


def _age_concept(years: int, least: int, most: int) -> str:
    """What an age means here; a small child is no candidate."""
    if years < least:
        return "small_child" if years < least - _GROWING else "underage"
    return "age_old" if years > most else "age_between"


def _reader(classes: Sequence[Class], lexicon: Lexicon, concepts: Concepts) -> Reader:
    """A reader that knows the words of all phrasings and concepts."""
    written = {word for item in classes for text in (*item.phrasings, *item.keywords) for word in text.split()}
    return Reader(lexicon, concepts.words.union(*(fold(word).split() for word in written)))
