"""Learning the matcher's table from phrasings, at every start anew: no model is kept or fetched.

Every article and every kind of refusal is a class with its phrasings. A feature (a word, two words in a row, a concept,
two concepts in one question) speaks for a class as much as it is commoner there than elsewhere. Then each phrasing is
asked as if it had not been there, and what leads it astray is corrected a little, a few rounds long.
"""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Union

from bot.knowledge.postings import Postings, Samples

_NEVER = float("-inf")
_FAINT = 0.1
# Up to so many classes a feature is kept by class, with more as a row of all of them.
_FEW = 8
_Row = Union[dict[int, float], "array[float]"]


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


class Table:
    """For each feature by number the classes that it speaks for, and how strongly, its weight included.

    Plain arrays: those of feature `n` begin at `starts[n]`. `best` is the strongest of each.
    """

    def __init__(self) -> None:
        self.starts = array("I", [0])
        self.places = array("H")
        self.values = array("f")
        self.best = array("f")

    def append(self, row: Mapping[int, float]) -> None:
        """The next feature, by its values for classes; next to nothing is left out, but the strongest stays."""
        most = max(row.values())
        for place, value in row.items():
            if value > _FAINT or value < -_FAINT or value == most:
                self.places.append(place)
                self.values.append(value)
        self.starts.append(len(self.places))
        self.best.append(most)

    def scores(self, features: Sequence[int], classes: int) -> list[float]:
        """What these features say for each class together."""
        scores = [0.0] * classes
        starts, places, values = self.starts, self.places, self.values
        for number in features:
            start, end = starts[number], starts[number + 1]
            for place, value in zip(places[start:end], values[start:end], strict=True):
                scores[place] += value
        return scores


def learn(samples: Samples, told: Samples, groups: Sequence[str], counting: Sequence[float], weights: Weights) -> Table:
    """The table from the samples and the answers' own features.

    `groups` are the classes' groups, `counting` is how much each feature counts.
    """
    spoken = _Spoken(samples, told, len(groups), len(counting), weights)
    missing = [0.0] * len(samples)
    shared: dict[int, _Row] = {}
    for number, weight in enumerate(counting):
        standing = spoken.standing(number)
        if len(standing) > 1:
            values, lost = spoken.values(number, weight)
            shared[number] = values if len(values) <= _FEW else _wide(values, len(groups))
            for phrasing in standing:
                missing[phrasing] += lost[samples[phrasing][0]]
    _Corrections(shared, groups, counting, weights).run(samples, missing)
    table = Table()
    for number, weight in enumerate(counting):
        row = shared.pop(number, None)
        found = spoken.values(number, weight)[0] if row is None else row
        table.append(found if isinstance(found, dict) else dict(enumerate(found)))
    return table


def _wide(values: Mapping[int, float], classes: int) -> "array[float]":
    """The values for all classes in a row, where there are many: smaller, and quicker to add up."""
    row = array("f", bytes(4 * classes))
    for place, value in values.items():
        row[place] = value
    return row


class _Spoken:
    """How strongly a feature speaks for each class, by its counts there."""

    def __init__(self, samples: Samples, told: Samples, classes: int, features: int, weights: Weights) -> None:
        self._weights = weights
        self._samples = len(samples)
        self._places = array("H", (place for place, _ in (*samples, *told)))
        self._postings = Postings([*samples, *told], features)
        self._totals = [weights.prior] * classes
        for place, _ in samples:
            self._totals[place] += 1

    def standing(self, number: int) -> list[int]:
        """The phrasings in which a feature stands."""
        return [place for place in self._postings.of(number) if place < self._samples]

    def values(self, number: int, weight: float) -> tuple[dict[int, float], dict[int, float]]:
        """The values of a feature that counts so much, by class; and how much would go with one phrasing less."""
        counts: dict[int, float] = {}
        for phrasing in self._postings.of(number):
            place = self._places[phrasing]
            counts[place] = counts.get(place, 0.0) + (1.0 if phrasing < self._samples else self._weights.text)
        usual = sum(count / self._totals[place] for place, count in counts.items()) / len(self._totals)
        common = self._weights.smoothing * usual + self._weights.floor
        values, lost = {}, {}
        for place, count in counts.items():
            expected = common * self._totals[place]
            values[place] = value = weight * log(1 + count / expected)
            lost[place] = value - (weight * log(1 + (count - 1) / expected) if count > 1 else 0.0)
        return values, lost


class _Corrections:
    """Perceptron rounds over the phrasings that, left out, would be answered wrongly or barely rightly."""

    def __init__(
        self, shared: Mapping[int, _Row], groups: Sequence[str], counting: Sequence[float], weights: Weights
    ) -> None:
        """`shared`: the values of the features that stand in more than one phrasing."""
        self._shared = shared
        self._weights = weights
        self._counting = counting
        self._nothing = array("f", bytes(4 * len(groups)))
        self._kin = [[other for other, name in enumerate(groups) if name == group] for group in groups]

    def run(self, samples: Samples, missing: Sequence[float]) -> None:
        """Corrects the values in place; phrasings take turns by class, so that no class has the last word.

        `missing` is what each would lose without itself. Features of one phrasing alone are left aside: without it they
        would be unknown.
        """
        turns: Counter[int] = Counter()
        order = []
        for phrasing, (place, _) in enumerate(samples):
            turns[place] += 1
            order.append((turns[place], place, phrasing))
        pending = [phrasing for _, _, phrasing in sorted(order)]
        for _ in range(self._weights.rounds):
            pending = [phrasing for phrasing in pending if self._correct(*samples[phrasing], missing[phrasing])]

    def _correct(self, place: int, numbers: Sequence[int], missing: float) -> bool:
        """Whether the phrasing had to be corrected."""
        rows = [(row, number) for number in numbers if (row := self._shared.get(number)) is not None]
        scores = self._scores([row for row, _ in rows])
        own = scores[place] - missing
        for kin in self._kin[place]:
            scores[kin] = _NEVER
        best = max(scores)
        if own >= best + self._weights.margin:
            return False
        rival = scores.index(best)
        for row, number in rows:
            step = self._weights.step * self._counting[number] ** 2
            if isinstance(row, dict):
                row[place] = row.get(place, 0.0) + step
                row[rival] = row.get(rival, 0.0) - step
            else:
                row[place] += step
                row[rival] -= step
        return True

    def _scores(self, rows: Sequence[_Row]) -> list[float]:
        wide = [row for row in rows if not isinstance(row, dict)]
        scores: list[float] = list(map(sum, zip(self._nothing, *wide, strict=True)))
        for row in rows:
            if isinstance(row, dict):
                for place, value in row.items():
                    scores[place] += value
        return scores
