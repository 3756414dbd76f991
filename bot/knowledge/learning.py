"""Learning the matcher's table from phrasings, at every start anew: no model is kept or fetched.

Every article and every kind of refusal is a class with its phrasings. A feature (a word, two words in a row, a concept,
two concepts in one question) speaks for a class as much as it is commoner there than elsewhere. Then each phrasing is
asked as if it had not been there, and what leads it astray is corrected a little, a few rounds long.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

Features = dict[str, float]
Table = Mapping[str, Sequence[tuple[int, float]]]
"""For each feature the classes that it speaks for (by place), and how strongly."""
Samples = Sequence[tuple[int, Features, float]]
"""Phrasings: the class, the features, and how much the phrasing counts."""
_Values = dict[str, dict[int, float]]
_NEVER = float("-inf")
_FAINT = 0.1


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of feature counts, and how it is learned; tuned by cross-validation (tests/knowledge).

    `pair`: two words in a row; `concepts`: two concepts in one question; `text`: the article's own words; `near`:
    the single phrasing that is most alike. `smoothing`,
    `prior` and `floor` keep rare features from speaking too loudly.
    """

    word: float = 1.0
    pair: float = 0.8
    concept: float = 1.3
    concepts: float = 0.7
    keyword: float = 1.0
    near: float = 20.0
    text: float = 0.15
    smoothing: float = 0.7
    prior: float = 16.0
    floor: float = 0.005
    rounds: int = 4
    step: float = 0.1
    margin: float = 14.0


def learn(samples: Samples, told: Sequence[tuple[int, Features]], groups: Sequence[str], weights: Weights) -> Table:
    """The table from the samples and the answers' own features; `groups` are the classes' groups."""
    counts, totals = _count(samples, told, len(groups), weights)
    values, lost = _speak(counts, totals, weights)
    _Corrections(values, groups, weights).run(samples, lost)
    return {name: _telling(found) for name, found in values.items()}


def _telling(values: dict[int, float]) -> tuple[tuple[int, float], ...]:
    """Without the classes that a feature says next to nothing about; the strongest always stays."""
    most = max(values.values())
    return tuple((place, value) for place, value in values.items() if abs(value) > _FAINT or value == most)


def _count(
    samples: Samples, told: Sequence[tuple[int, Features]], classes: int, weights: Weights
) -> tuple[list[dict[str, float]], list[float]]:
    """How often each feature stands in the phrasings of each class, and how many phrasings it has."""
    counts: list[dict[str, float]] = [{} for _ in range(classes)]
    totals = [weights.prior] * classes
    for place, features, share in samples:
        totals[place] += share
        seen = counts[place]
        for name in features:
            seen[name] = seen.get(name, 0.0) + share
    for place, features in told:
        for name in features:
            counts[place][name] = counts[place].get(name, 0.0) + weights.text
    return counts, totals


def _speak(counts: list[dict[str, float]], totals: list[float], weights: Weights) -> tuple[_Values, _Values]:
    """The weight of each feature for each class, and how much of it would go with one phrasing less."""
    usual: dict[str, float] = {}
    for seen, total in zip(counts, totals, strict=True):
        for name, count in seen.items():
            usual[name] = usual.get(name, 0.0) + count / total / len(counts)
    values: _Values = {name: {} for name in usual}
    lost: _Values = {name: {} for name in usual}
    for place, (seen, total) in enumerate(zip(counts, totals, strict=True)):
        for name, count in seen.items():
            expected = (weights.smoothing * usual[name] + weights.floor) * total
            value = log(1 + count / expected)
            values[name][place] = value
            lost[name][place] = value - (log(1 + (count - 1) / expected) if count > 1 else 0.0)
    return values, lost


class _Corrections:
    """Perceptron rounds over the phrasings that, left out, would be answered wrongly or barely rightly."""

    def __init__(self, values: _Values, groups: Sequence[str], weights: Weights) -> None:
        self._values = values
        self._weights = weights
        self._classes = len(groups)
        self._kin = [[other for other, name in enumerate(groups) if name == group] for group in groups]

    def run(self, samples: Samples, lost: _Values) -> None:
        """Corrects the values in place; phrasings take turns by class, so that no class has the last word.

        Features of one phrasing alone are left aside: without it they would be unknown.
        """
        times = Counter(name for _, features, _ in samples for name in features)
        turns: Counter[int] = Counter()
        pending = []
        for place, features, _ in samples:
            turns[place] += 1
            shared = [(self._values[name], weight) for name, weight in features.items() if times[name] > 1]
            missing = sum(lost[name][place] * weight for name, weight in features.items() if times[name] > 1)
            pending.append((turns[place], place, shared, missing))
        pending.sort(key=lambda sample: sample[:2])
        for _ in range(self._weights.rounds):
            pending = [sample for sample in pending if self._correct(*sample[1:])]

    def _correct(self, place: int, shared: list[tuple[dict[int, float], float]], missing: float) -> bool:
        """Whether the phrasing had to be corrected."""
        scores = [0.0] * self._classes
        for values, weight in shared:
            for other, value in values.items():
                scores[other] += weight * value
        own = scores[place] - missing
        for kin in self._kin[place]:
            scores[kin] = _NEVER
        best = max(scores)
        if own >= best + self._weights.margin:
            return False
        rival = scores.index(best)
        for values, weight in shared:
            step = self._weights.step * weight
            values[place] = values.get(place, 0.0) + step
            values[rival] = values.get(rival, 0.0) - step
        return True
