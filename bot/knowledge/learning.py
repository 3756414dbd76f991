"""Learning the matcher's table from phrasings, at every start anew: no model is kept or fetched.

Every article and every kind of refusal is a class with its phrasings. A feature (a word, two words in a row, a concept,
two concepts in one question) speaks for a class as much as it is commoner there than elsewhere. Then each phrasing is
asked as if it had not been there, and what leads it astray is corrected a little, a few rounds long.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log

Samples = Sequence[tuple[int, tuple[int, ...]]]
"""Phrasings: the class and the numbers of the features."""
Row = tuple[tuple[int, ...], tuple[float, ...]]
Table = Sequence[Row]
"""For each feature the classes that it speaks for (by place), and how strongly, its weight included."""
_Row = dict[int, float]
_NEVER = float("-inf")
_FAINT = 0.1
_ROUNDED = 2


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of feature counts, and how it is learned; tuned by cross-validation (tests/knowledge).

    `pair`: two words in a row; `concepts`: two concepts in one question; `text`: the article's own words; `near`:
    the single phrasing that is most alike. `smoothing`, `prior` and `floor` keep rare features from speaking too
    loudly.
    """

    word: float = 1.0
    pair: float = 0.8
    concept: float = 1.3
    concepts: float = 0.7
    near: float = 20.0
    text: float = 0.15
    smoothing: float = 0.7
    prior: float = 16.0
    floor: float = 0.005
    rounds: int = 3
    step: float = 0.1
    margin: float = 14.0


def learn(samples: Samples, told: Samples, groups: Sequence[str], counting: Sequence[float], weights: Weights) -> Table:
    """The table from the samples and the answers' own features.

    `groups` are the classes' groups, `counting` is how much each feature counts.
    """
    times = Counter(number for _, numbers in samples for number in numbers)
    spoken = _Spoken(samples, len(groups), weights)
    table: list[_Row | Row] = []
    lost: dict[int, _Row] = {}
    same: dict[object, object] = {}
    for number, counts in enumerate(_counted(samples, told, len(groups), weights.text)):
        values = spoken.values(counts, counting[number])
        if times[number] > 1:
            lost[number] = spoken.lost(counts, counting[number])
            table.append(values)
        else:
            table.append(_telling(values, same))
    shared = {number: values for number, values in enumerate(table) if isinstance(values, dict)}
    _Corrections(shared, groups, counting, weights).run(samples, lost)
    return [_telling(values, same) if isinstance(values, dict) else values for values in table]


def _telling(values: _Row, same: dict[object, object]) -> Row:
    """Without the classes that a feature says next to nothing about; the strongest stays. Equal rows are one object."""
    most = max(values.values())
    kept = {place: round(value, _ROUNDED) for place, value in values.items() if abs(value) > _FAINT or value == most}
    places = tuple(kept)
    numbers = tuple(same.setdefault(value, value) for value in kept.values())
    row = (same.setdefault(places, places), same.setdefault(numbers, numbers))
    found: Row = same.setdefault(row, row)  # type: ignore[assignment]
    return found


def _counted(samples: Samples, told: Samples, classes: int, text: float) -> Iterator[_Row]:
    """For each feature by number: how often it stands in the phrasings of each class.

    All meetings are put in order as plain numbers, so that no table of tables is needed.
    """
    met = [2 * (number * classes + place) for place, numbers in samples for number in numbers]
    met += [2 * (number * classes + place) + 1 for place, numbers in told for number in set(numbers)]
    ordered = array("Q", sorted(met))
    del met
    for _, found in groupby(ordered, key=lambda key: key // 2 // classes):
        counts: _Row = {}
        for key in found:
            place = key // 2 % classes
            counts[place] = counts.get(place, 0.0) + (text if key % 2 else 1.0)
        yield counts


class _Spoken:
    """How strongly a feature speaks for each class, by its counts there."""

    def __init__(self, samples: Samples, classes: int, weights: Weights) -> None:
        self._weights = weights
        self._totals = [weights.prior] * classes
        for place, _ in samples:
            self._totals[place] += 1

    def values(self, counts: _Row, weight: float) -> _Row:
        """The values of a feature that counts so much."""
        common = self._common(counts)
        return {place: weight * log(1 + count / common / self._totals[place]) for place, count in counts.items()}

    def lost(self, counts: _Row, weight: float) -> _Row:
        """How much of the values would go with one phrasing less."""
        common = self._common(counts)
        lost = {}
        for place, count in counts.items():
            expected = common * self._totals[place]
            left = log(1 + (count - 1) / expected) if count > 1 else 0.0
            lost[place] = weight * (log(1 + count / expected) - left)
        return lost

    def _common(self, counts: _Row) -> float:
        usual = sum(count / self._totals[place] for place, count in counts.items()) / len(self._totals)
        return self._weights.smoothing * usual + self._weights.floor


class _Corrections:
    """Perceptron rounds over the phrasings that, left out, would be answered wrongly or barely rightly."""

    def __init__(
        self, shared: Mapping[int, _Row], groups: Sequence[str], counting: Sequence[float], weights: Weights
    ) -> None:
        self._shared = shared
        self._weights = weights
        self._steps = [weights.step * weight * weight for weight in counting]
        self._classes = len(groups)
        self._kin = [[other for other, name in enumerate(groups) if name == group] for group in groups]

    def run(self, samples: Samples, lost: Mapping[int, _Row]) -> None:
        """Corrects the values in place; phrasings take turns by class, so that no class has the last word.

        Features of one phrasing alone are left aside: without it they would be unknown.
        """
        turns: Counter[int] = Counter()
        pending = []
        for place, numbers in samples:
            turns[place] += 1
            shared = [number for number in numbers if number in self._shared]
            pending.append((turns[place], place, shared, sum(lost[number][place] for number in shared)))
        pending.sort(key=lambda sample: sample[:2])
        for _ in range(self._weights.rounds):
            pending = [sample for sample in pending if self._correct(*sample[1:])]

    def _correct(self, place: int, shared: list[int], missing: float) -> bool:
        """Whether the phrasing had to be corrected."""
        scores = [0.0] * self._classes
        table = self._shared
        for number in shared:
            for other, value in table[number].items():
                scores[other] += value
        own = scores[place] - missing
        for kin in self._kin[place]:
            scores[kin] = _NEVER
        best = max(scores)
        if own >= best + self._weights.margin:
            return False
        rival = scores.index(best)
        for number in shared:
            values, step = table[number], self._steps[number]
            values[place] = values.get(place, 0.0) + step
            values[rival] = values.get(rival, 0.0) - step
        return True
