"""The matcher: which article, or which kind of refusal, a question is nearest to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from bot.knowledge.concepts import Concepts
from bot.knowledge.learning import Features, Weights, learn
from bot.knowledge.lexicon import Lexicon
from bot.knowledge.neighbours import Neighbours
from bot.knowledge.words import Reader, Reading
from bot.vietnamese.fold import fold

_GROWING = 4


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
    features: Features


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
        samples = list(self._samples())
        own = {word for place, look, _ in samples if classes[place].scope for word in look.reading.words}
        self._usual_words = own | lexicon.stop
        told = [(place, self.look(item.text).features) for place, item in enumerate(classes) if item.text]
        groups = [item.group for item in classes]
        phrasings = [(place, look.features, share) for place, look, share in samples]
        self._table = learn(phrasings, told, groups, self.weights)
        self._neighbours = Neighbours(phrasings)
        self._best = {name: max(value for _, value in values) for name, values in self._table.items()}

    def _samples(self) -> Iterator[tuple[int, "Look", float]]:
        """Every phrasing with its class and how much it counts."""
        for place, item in enumerate(self.classes):
            for texts, share in ((item.phrasings, 1.0), (item.keywords, self.weights.keyword)):
                for text in texts:
                    yield place, self.look(text), share

    def look(self, text: str) -> "Look":
        """What a text says."""
        reading = self._reader.read(text)
        words = reading.words
        concepts = self._concepts.find(words, reading.marks)
        concepts.update(reading.hints)
        concepts.update(self._age_concepts(words))
        return Look(reading, frozenset(concepts), self._features(words, concepts - self._silent))

    def _features(self, words: Sequence[str], concepts: Iterable[str]) -> Features:
        weights, stop = self.weights, self._lexicon.stop
        found: Features = {}
        for word in words:
            if word not in stop:
                found[word] = weights.word
        for first, second in pairwise(words):
            if first not in stop or second not in stop:
                found[f"{first} {second}"] = weights.pair
        for name in concepts:
            found[f"={name}"] = weights.concept
        for first, second in combinations(sorted(concepts), 2):
            found[f"{first}+{second}"] = weights.concepts
        return found

    def _age_concepts(self, words: Sequence[str]) -> Iterator[str]:
        least, most = self._ages
        for number, unit in pairwise(words):
            if unit == self._lexicon.age_word and number.isdigit() and len(number) < 4:
                yield _age_concept(int(number), least, most)

    def score(self, features: Features) -> list[float]:
        """A score for each class, in the order of `classes`, by its phrasings together."""
        scores = [0.0] * len(self.classes)
        table = self._table
        for name, weight in features.items():
            for place, value in table.get(name, ()):
                scores[place] += weight * value
        return scores

    def with_nearest(self, scores: list[float], features: Features) -> list[float]:
        """The scores with what each class gains by its one phrasing that is most alike."""
        gained = list(scores)
        for place, likeness in self._neighbours.nearest(features).items():
            gained[place] += self.weights.near * likeness
        return gained

    def weigh(self, features: Features) -> tuple[float, float]:
        """The most that any one class could have scored on the known features, and the weight of unknown words."""
        best = self._best
        known = unknown = 0.0
        for name, weight in features.items():
            value = best.get(name)
            if value is not None:
                known += weight * value
            elif " " not in name and "+" not in name and not name[0].isdigit():
                unknown += weight
        return known, unknown

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
    read = [fold(text).split() for item in classes for text in (*item.phrasings, *item.keywords)]
    vocabulary = concepts.words.union(*read)
    return Reader(lexicon, vocabulary, {pair for words in read for pair in pairwise(words)})
