"""Features: what a text says, in words, in pairs of words and in concepts, each known by a number."""

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from zlib import crc32

from bot.knowledge.learning import Weights

# How rare a feature counts as that no phrasing has.
UNKNOWN = 8.0


@dataclass(frozen=True, slots=True)
class Found:
    """What a text says: the numbers of the features that are known, and what the others weigh.

    `unknown`: the telling ones that stand alone. `strange`: the squared length that unknown ones give it, as seen by
    the neighbours.
    """

    known: tuple[int, ...]
    unknown: float
    strange: float


class Features:
    """Numbers for features in the order in which they are met.

    By number, `weights` holds how much each counts, and `single` whether it is no pair of concepts. Once all is learnt,
    `settle` keeps checksums in place of names: they take a tenth of the room.
    """

    def __init__(self, kinds: Weights, stop: Collection[str]) -> None:
        self._kinds = kinds
        self._stop = stop
        self._numbers: dict[str, int] = {}
        self._sums, self._places = array("I"), array("H")
        self.weights = array("d")
        self.single = bytearray()

    def learn(self, words: Sequence[str], concepts: Collection[str]) -> "array[int]":
        """The features of a phrasing; new ones get a number."""
        numbers = self._numbers
        found: dict[int, None] = {}
        for name, weight in self._names(words, concepts):
            number = numbers.setdefault(name, len(numbers))
            if number == len(self.weights):
                self.weights.append(weight)
                self.single.append("+" not in name)
            found[number] = None
        return array("H", found)

    def find(self, words: Sequence[str], concepts: Collection[str]) -> Found:
        """The features of a question."""
        known: list[int] = []
        unknown = strange = 0.0
        number_of = self._numbers.get if self._numbers else self._number
        for name, weight in dict(self._names(words, concepts)).items():
            number = number_of(name)
            if number is not None:
                known.append(number)
            elif "+" not in name:
                strange += weight * weight * UNKNOWN * UNKNOWN
                if " " not in name and not name[0].isdigit():
                    unknown += weight
        return Found(tuple(known), unknown, strange)

    def settle(self) -> None:
        """Nothing more will be learnt."""
        pairs = sorted((crc32(name.encode()), number) for name, number in self._numbers.items())
        self._sums = array("I", (checksum for checksum, _ in pairs))
        self._places = array("H", (number for _, number in pairs))
        self._numbers = {}

    def _number(self, name: str) -> int | None:
        checksum = crc32(name.encode())
        place = bisect_left(self._sums, checksum)
        return self._places[place] if place < len(self._sums) and self._sums[place] == checksum else None

    def _names(self, words: Sequence[str], concepts: Collection[str]) -> Iterator[tuple[str, float]]:
        kinds, stop = self._kinds, self._stop
        for word in words:
            if word not in stop:
                yield word, kinds.word
        for first, second in pairwise(words):
            if first not in stop or second not in stop:
                yield f"{first} {second}", kinds.pair
        for name in concepts:
            yield f"={name}", kinds.concept
        for first, second in combinations(sorted(concepts), 2):
            yield f"{first}+{second}", kinds.concepts
