"""Postings: in which phrasings each feature stands, in two plain arrays."""

from array import array
from collections.abc import Sequence
from itertools import accumulate

Samples = Sequence[tuple[int, Sequence[int]]]
"""Phrasings: the class and the numbers of the features."""


class Postings:
    """The places of phrasings by feature; those of feature `n` begin at `starts[n]`."""

    def __init__(self, samples: Samples, features: int) -> None:
        times = array("I", bytes(4 * (features + 1)))
        for _, numbers in samples:
            for number in numbers:
                times[number + 1] += 1
        self.starts = array("I", accumulate(times))
        free = array("I", self.starts)
        self.phrasings = array("H", bytes(2 * self.starts[-1]))
        for phrasing, (_, numbers) in enumerate(samples):
            for number in numbers:
                self.phrasings[free[number]] = phrasing
                free[number] += 1

    def of(self, feature: int) -> "array[int]":
        """The phrasings in which a feature stands, in order."""
        return self.phrasings[self.starts[feature] : self.starts[feature + 1]]
