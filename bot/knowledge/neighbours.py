"""Neighbours: which single phrasing of each class is most like a question."""

from collections import Counter
from math import log, sqrt

from bot.knowledge.learning import Features, Samples

_COMMON = 100
_UNKNOWN = 8.0


class Neighbours:
    """Phrasings by their features, the rarer the weightier; those in very many phrasings are left out."""

    def __init__(self, samples: Samples) -> None:
        times = Counter(name for _, features, _ in samples for name in features if _single(name))
        self._rarity = {name: log(1 + len(samples) / count) for name, count in times.items()}
        self._classes = [place for place, _, _ in samples]
        self._phrasings: dict[str, list[tuple[int, float]]] = {}
        for number, (_, features, _) in enumerate(samples):
            for name, weight in self._direction(features).items():
                if times[name] <= _COMMON:
                    self._phrasings.setdefault(name, []).append((number, weight))

    def _direction(self, features: Features) -> Features:
        """The features weighted by rarity, of length one."""
        rarity = self._rarity
        found = {name: weight * rarity.get(name, _UNKNOWN) for name, weight in features.items() if _single(name)}
        length = sqrt(sum(weight * weight for weight in found.values())) or 1.0
        return {name: weight / length for name, weight in found.items()}

    def nearest(self, features: Features) -> dict[int, float]:
        """How like the question the most alike phrasing of each class is, 0..1."""
        likeness: dict[int, float] = {}
        phrasings = self._phrasings
        for name, weight in self._direction(features).items():
            for number, value in phrasings.get(name, ()):
                likeness[number] = likeness.get(number, 0.0) + weight * value
        best: dict[int, float] = {}
        classes = self._classes
        for number, value in likeness.items():
            place = classes[number]
            if value > best.get(place, 0.0):
                best[place] = value
        return best


def _single(name: str) -> bool:
    """Whether a feature is no pair of concepts."""
    return "+" not in name
