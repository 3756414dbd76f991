"""Positions of the neighbourhood: their kinds, how many there are, are held, are held by members; pure sums."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.rules.entries import Entry

# Said by a unit in which there are no positions at all.
NONE = "none"
_FILE = Path(__file__).parent / "data" / "office" / "positions.yaml"


class Kind(Entry):
    """A kind of position. `label`: of the candidates who hold it, None where they bear none; `cues` are folded."""

    group: str
    name: str
    short: str
    cues: tuple[str, ...]
    label: str | None = None


class Together(Entry):
    """Kinds that are told as one as well."""

    group: str
    name: str
    # As a row of a table says it.
    whole: str
    of: tuple[str, ...]


class Catalogue(Entry):
    """What positions.yaml says."""

    groups: Mapping[str, str]
    kinds: Mapping[str, Kind]
    sums: Mapping[str, Together]
    marks: Mapping[str, str]
    places: Mapping[str, str]

    def of_group(self, group: str) -> list[str]:
        """The kinds of a group, in order."""
        return [slug for slug, kind in self.kinds.items() if kind.group == group]


@cache
def catalogue() -> Catalogue:
    """The kinds, marks and sorts of places, read once."""
    return Catalogue.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Seats:
    """How many positions there are, how many are held, how many holders are members."""

    posts: int = 0
    held: int = 0
    members: int = 0

    def __add__(self, other: "Seats") -> "Seats":
        return Seats(self.posts + other.posts, self.held + other.held, self.members + other.members)

    @property
    def percent(self) -> float | None:
        """Members of a hundred holders; None where nobody holds one. Vacant positions are of no party."""
        return 100 * self.members / self.held if self.held else None

    @property
    def vacant(self) -> int:
        """How many nobody holds."""
        return self.posts - self.held

    @property
    def outside(self) -> int:
        """How many holders are no members."""
        return self.held - self.members

    @property
    def sound(self) -> bool:
        """Whether this can be: no more members than holders, no more holders than positions."""
        return 0 <= self.members <= self.held <= self.posts


def total(several: Iterable[Seats]) -> Seats:
    """All of them together."""
    return sum(several, Seats())


def lowest(by_kind: Mapping[str, Seats], most: int = 3) -> list[tuple[str, Seats]]:
    """The kinds with the lowest shares of members, of those that leave somebody to be won."""
    open_ = [(slug, seats) for slug, seats in by_kind.items() if seats.outside > 0]
    return sorted(open_, key=lambda pair: (pair[1].percent or 0, -pair[1].outside, pair[0]))[:most]
