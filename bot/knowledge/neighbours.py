"""Neighbours: which single phrasing of each class is most like a question."""

from array import array
from collections import Counter
from collections.abc import Sequence
from math import log, sqrt

from bot.knowledge.features import UNKNOWN, Features, Found
from bot.knowledge.learning import Samples

_COMMON = 100


class Neighbours:
    """Phrasings by their features, the rarer the weightier; those in very many phrasings are left out.

    Where feature `n` stands, and how much it says there, lies in `_places` and `_values` from `_starts[n]` on.
    """

    def __init__(self, samples: Samples, features: Features) -> None:
        single, weights = features.single, features.weights
        times = Counter(number for _, numbers in samples for number in numbers if single[number])
        self._classes = array("H", (place for place, _ in samples))
        self._says = array("d", (weight * UNKNOWN for weight in weights))
        for number, count in times.items():
            self._says[number] = weights[number] * log(1 + len(samples) / count)
        self._single = single
        self._arrange(samples, [count if count <= _COMMON else 0 for count in (times[n] for n in range(len(weights)))])

    def _arrange(self, samples: Samples, times: Sequence[int]) -> None:
        self._starts = array("I", [0])
        for count in times:
            self._starts.append(self._starts[-1] + count)
        self._places = array("H", bytes(2 * self._starts[-1]))
        self._values = array("f", bytes(4 * self._starts[-1]))
        free = array("I", self._starts)
        for phrasing, (_, numbers) in enumerate(samples):
            length = self._length(numbers, 0.0)
            for number in numbers:
                if self._single[number] and times[number]:
                    self._places[free[number]] = phrasing
                    self._values[free[number]] = self._says[number] / length
                    free[number] += 1

    def _length(self, numbers: Sequence[int], strange: float) -> float:
        says, single = self._says, self._single
        return sqrt(strange + sum(says[number] ** 2 for number in numbers if single[number])) or 1.0

    def nearest(self, found: Found) -> dict[int, float]:
        """How like the question the most alike phrasing of each class is, 0..1."""
        likeness: dict[int, float] = {}
        starts, length = self._starts, self._length(found.known, found.strange)
        for number in found.known:
            start, end = starts[number], starts[number + 1]
            if start < end:
                weight = self._says[number] / length
                for phrasing, value in zip(self._places[start:end], self._values[start:end], strict=True):
                    likeness[phrasing] = likeness.get(phrasing, 0.0) + weight * value
        best: dict[int, float] = {}
        classes = self._classes
        for phrasing, value in likeness.items():
            place = classes[phrasing]
            if value > best.get(place, 0.0):
                best[place] = value
        return best
