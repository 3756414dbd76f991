"""Neighbours: which single phrasing of each class is most like a question."""

from array import array
from collections.abc import Sequence
from itertools import pairwise
from math import log, sqrt

from bot.knowledge.features import UNKNOWN, Features, Found
from bot.knowledge.postings import Postings, Samples

_COMMON = 100


class Neighbours:
    """Phrasings by their features, the rarer the weightier; those in very many phrasings are left out."""

    def __init__(self, samples: Samples, features: Features) -> None:
        self._classes = array("H", (place for place, _ in samples))
        self._postings = Postings(samples, len(features.weights))
        self._says = array("f", self._rarities(features))
        lengths = array("f", (self._length(numbers, 0.0) for _, numbers in samples))
        # What each feature says of each phrasing in which it stands, beside the postings.
        self._values = array("f")
        for number, says in enumerate(self._says):
            self._values.extend(says / lengths[phrasing] for phrasing in self._postings.of(number))

    def _rarities(self, features: Features) -> Sequence[float]:
        """How much each feature says; pairs of concepts say nothing here."""
        starts, phrasings = self._postings.starts, len(self._classes)
        times = [end - start for start, end in pairwise(starts)]
        return [
            weight * (log(1 + phrasings / count) if count else UNKNOWN) if single else 0.0
            for weight, single, count in zip(features.weights, features.single, times, strict=True)
        ]

    def _length(self, numbers: Sequence[int], strange: float) -> float:
        says = self._says
        return sqrt(strange + sum(says[number] ** 2 for number in numbers)) or 1.0

    def nearest(self, found: Found) -> dict[int, float]:
        """How like the question the most alike phrasing of each class is, 0..1."""
        likeness: dict[int, float] = {}
        length = self._length(found.known, found.strange)
        starts, phrasings, values = self._postings.starts, self._postings.phrasings, self._values
        for number in found.known:
            start, end, says = starts[number], starts[number + 1], self._says[number]
            if says and end - start <= _COMMON:
                weight = says / length
                for phrasing, value in zip(phrasings[start:end], values[start:end], strict=True):
                    likeness[phrasing] = likeness.get(phrasing, 0.0) + weight * value
        best: dict[int, float] = {}
        classes = self._classes
        for phrasing, value in likeness.items():
            place = classes[phrasing]
            if value > best.get(place, 0.0):
                best[place] = value
        return best
