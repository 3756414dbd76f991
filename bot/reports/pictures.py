"""What the charts show, as plain values: they go to the process that draws, and need no database there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many cases stand at each step, in the order of the road: (name of the step, number)."""

    unit: str
    on: str
    rows: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Progress:
    """Admissions against the target over a period. Moments are parts of the period from 0 to 1.

    `steps`: (moment, how many by then). `now`: today, 1 once the period is over. `low` to `high`: what the whole period
    is expected to bring. `target` None: none was set. `ticks`: (moment, label) where a month begins.
    """

    unit: str
    on: str
    period: str
    target: int | None
    steps: Sequence[tuple[float, int]]
    now: float
    low: int
    likely: int
    high: int
    ticks: Sequence[tuple[float, str]]

    @property
    def done(self) -> int:
        """How many so far."""
        return max((count for _, count in self.steps), default=0)


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Branches by months of a year: (branch, a number for each month). `month`: the current one, 12 for a past year.

    `more`: branches that are not shown, and their sum.
    """

    unit: str
    on: str
    kind: Literal["admissions", "contacts"]
    year: int
    month: int
    rows: Sequence[tuple[str, Sequence[int]]]
    without: int
    count: int
    more: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Composition:
    """Of `count` people, how many are in each group: (label, number); one person may be in several.

    `period`: its name where these are new members; empty for the candidates of today.
    """

    unit: str
    on: str
    period: str
    count: int
    rows: Sequence[tuple[str, int]]


Picture = Funnel | Progress | HeatMap | Composition
KINDS: Mapping[str, type[Picture]] = {kind.__name__: kind for kind in (Funnel, Progress, HeatMap, Composition)}


def packed(picture: Picture) -> dict[str, Any]:
    """A picture as plain JSON values."""
    return {"kind": type(picture).__name__, "values": asdict(picture)}


def unpacked(values: Mapping[str, Any]) -> Picture:
    """The picture again."""
    return KINDS[values["kind"]](**values["values"])
