"""The sieve: what was learnt beforehand from all phrasings, those of the tests included, and is shipped as numbers.

It says how likely a question is ours at all, and how much it speaks for each topic. `python -m benchmarks.training`
makes sieve.bin anew; a test holds that it belongs to the phrasings. What the office teaches needs no new sieve.
"""

import json
import sys
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import combinations, pairwise
from math import exp
from typing import Any, NamedTuple
from zlib import crc32

WORD, PAIR, CONCEPT, CONCEPTS, MARKED = range(5)
# Rarity and the part that is ours are kept as bytes.
FULL = 255


class Known(NamedTuple):
    """What is known of one feature: how rare it is and how much of it is ours (0..1), and which topics have it."""

    kind: int
    rarity: float
    ours: float
    topics: int


@dataclass(frozen=True, slots=True)
class Sifted:
    """What the sieve says of a question: how far it is ours, how far of each topic, and what is known of its words."""

    ours: float
    topics: Sequence[float]
    known: Sequence[Known]


def names(words: Sequence[str], marks: Sequence[str], concepts: Collection[str]) -> Iterator[tuple[int, str]]:
    """The features of a question with their kinds; numbers count by their length alone, but not beside a word.

    `marks`: the diacritics of each word; a word typed with any counts once more with them.
    """
    for word in dict.fromkeys(words):
        yield WORD, f"#{len(word)}" if word.isdigit() else word
    for first, second in dict.fromkeys(pairwise(("^", *words, "$"))):
        yield PAIR, f"{first} {second}"
    for word, typed in dict.fromkeys(zip(words, marks, strict=True)):
        if typed:
            yield MARKED, f"~{word}{typed}"
    for name in concepts:
        yield CONCEPT, f"={name}"
    for first, second in combinations(sorted(concepts), 2):
        yield CONCEPTS, f"{first}+{second}"


def coverage(known: Sequence[Known], topic: int) -> list[float]:
    """How well a question is explained: by what is ours, and by what its likeliest topic has.

    For words, then for pairs of words: the part that we have ever said, the part that is ours, the part that the topic
    has, and the rarest that it has not. Then the part of the concepts that the topic has, and how many nobody has.
    """
    bit = 1 << topic if topic >= 0 else 0
    found: list[float] = []
    for kind in (WORD, PAIR):
        said = ours = own = missing = total = 0.0
        for one in known:
            if one.kind == kind:
                total += one.rarity
                said += one.rarity if one.topics else 0.0
                ours += one.rarity * one.ours
                if one.topics & bit:
                    own += one.rarity
                elif one.rarity > missing:
                    missing = one.rarity
        total = total or 1.0
        found += [said / total, ours / total, own / total, missing]
    concepts = [one for one in known if one.kind == CONCEPT]
    found.append(sum(bool(one.topics & bit) for one in concepts) / max(1, len(concepts)))
    found.append(float(sum(one.rarity >= 1 for one in concepts)))
    return found


class Sieve:
    """The shipped numbers in plain arrays: features by the sorted checksums of their names, then what each says."""

    def __init__(self, head: Mapping[str, Any], arrays: Mapping[str, "array[Any]"]) -> None:
        self.head = head
        self.topics: tuple[str, ...] = tuple(head["topics"])
        self.places = {topic: place for place, topic in enumerate(self.topics)}
        self._sums, self._rarity, self._ours = arrays["sums"], arrays["rarity"], arrays["ours"]
        self._topics, self._weight = arrays["topics"], arrays["weight"]
        self._starts, self._which, self._values = arrays["starts"], arrays["which"], arrays["values"]
        self._signs: list[float] = head["signs"]
        self._bias: float = head["bias"]

    def sift(self, words: Sequence[str], marks: Sequence[str], concepts: Collection[str]) -> Sifted:
        """What the sieve knows of a question."""
        rows: list[tuple[int, float]] = []
        known: list[Known] = []
        length = 0.0
        for kind, name in names(words, marks, concepts):
            row = self._row(name)
            rarity = self._rarity[row] / FULL if row >= 0 else 1.0
            length += rarity * rarity
            if row >= 0:
                rows.append((row, rarity))
            if kind < CONCEPTS:
                ours, topics = (self._ours[row] / FULL, self._topics[row]) if row >= 0 else (0.0, 0)
                known.append(Known(kind, rarity, ours, topics))
        return Sifted(*self._sum(rows, length**0.5 or 1.0), known)

    def _row(self, name: str) -> int:
        checksum = crc32(name.encode())
        row = bisect_left(self._sums, checksum)
        return row if row < len(self._sums) and self._sums[row] == checksum else -1

    def _sum(self, rows: Sequence[tuple[int, float]], length: float) -> tuple[float, list[float]]:
        scale, topic_scale = self.head["scale"] / length, self.head["topic_scale"] / length
        ours, topics = 0.0, [0.0] * len(self.topics)
        starts, which, values = self._starts, self._which, self._values
        for row, rarity in rows:
            ours += self._weight[row] * rarity
            start, end = starts[row], starts[row + 1]
            for place, value in zip(which[start:end], values[start:end], strict=True):
                topics[place] += value * rarity
        base = self.head["base"]
        return base + ours * scale, [value * topic_scale for value in topics]

    def likely(self, signs: Sequence[float]) -> float:
        """How likely a question with these signs is ours, 0..1."""
        total = self._bias + sum(sign * weight for sign, weight in zip(signs, self._signs, strict=True))
        return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


_LAYOUT = (
    ("sums", "I"),
    ("rarity", "B"),
    ("ours", "B"),
    ("topics", "Q"),
    ("weight", "b"),
    ("starts", "I"),
    ("which", "B"),
    ("values", "b"),
)


def packed(head: Mapping[str, Any], arrays: Mapping[str, Sequence[int]]) -> bytes:
    """The shipped file: a line of JSON, then the arrays one after the other, low bytes first."""
    raw = {name: array(code, arrays[name]) for name, code in _LAYOUT}
    line = json.dumps({**head, "lengths": {name: len(raw[name]) for name in raw}}, sort_keys=True)
    if sys.byteorder == "big":
        for one in raw.values():
            one.byteswap()
    return line.encode() + b"\n" + b"".join(one.tobytes() for one in raw.values())


def unpacked(data: bytes) -> Sieve:
    """The sieve out of a shipped file."""
    line, _, rest = data.partition(b"\n")
    head = json.loads(line)
    arrays: dict[str, array[Any]] = {}
    for name, code in _LAYOUT:
        one = array(code)
        size = head["lengths"][name] * one.itemsize
        one.frombytes(rest[:size])
        rest = rest[size:]
        if sys.byteorder == "big":
            one.byteswap()
        arrays[name] = one
    return Sieve(head, arrays)


@cache
def load_sieve() -> Sieve | None:
    """The sieve that stands next to this file; None where there is none."""
    file = resources.files(__package__).joinpath("sieve.bin")
    return unpacked(file.read_bytes()) if file.is_file() else None
