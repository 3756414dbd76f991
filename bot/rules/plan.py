"""The forecast of a unit for a period, and the plan backwards from its target: how many cases where, by which day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from bot.rules.book import Rulebook
from bot.rules.chances import Chances, spread
from bot.rules.durations import Pace, View
from bot.rules.figures import CountedBy
from bot.rules.forecast import Prospect, Verdict, Way
from bot.rules.periods import Period
from bot.rules.road import Pair, road


@dataclass(frozen=True, slots=True)
class Stage:
    """By `last_on`, `needed` cases must have come to `step` or beyond; `have` are there now.

    `last_on` None: however early, it would not be in time.
    """

    step: str
    last_on: date | None
    needed: int
    have: int

    @property
    def lacking(self) -> int:
        """How many more must come."""
        return max(0, self.needed - self.have)


@dataclass(frozen=True, slots=True)
class Range:
    """How many admissions are to be expected in all: the middle, and the range that holds in four of five."""

    low: int
    likely: int
    high: int


# lacking: the next last day needs more cases than there are. closed: too few have come far enough, and as usual no more
# can come in time. enough: as many as are needed have come far enough; they have to keep the pace.
State = Literal["no_target", "reached", "lacking", "closed", "enough"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a period may bring a unit.

    `target` None: none was set. `counted`: the event that counts as the admission. `stages` in the order of the road.
    `open`: how many open cases are on the road. `rough`: worked out from counts, without looking at each case.
    `far`: open cases at steps from which nobody makes it, which are not among the prospects.
    """

    period: Period
    today: date
    view: View
    counted: CountedBy
    target: int | None
    done: int
    open: int
    range: Range | None
    stages: tuple[Stage, ...]
    prospects: tuple[Prospect, ...] = ()
    paces: tuple[Pace, ...] = ()
    rough: bool = False
    far: int = 0

    @property
    def needed(self) -> int:
        """How many more admissions the target asks for."""
        return max(0, (self.target or 0) - self.done)

    @property
    def short(self) -> int:
        """How many the likely number falls short of the target; 0 where nobody has looked."""
        return max(0, (self.target or 0) - self.range.likely) if self.range else 0

    @property
    def state(self) -> State:
        """How things stand, by the number of cases that have come far enough (see `next_stage`)."""
        if not self.target:
            return "no_target"
        if not self.needed:
            return "reached"
        if self._ahead:
            return "lacking" if self._ahead[0].lacking else "enough"
        return "closed" if any(stage.lacking for stage in self.stages[-2:-1]) else "enough"

    @property
    def next_stage(self) -> Stage | None:
        """What is to be done first: the earliest stage whose last day has not passed and that lacks cases."""
        return next((stage for stage in self._ahead if stage.lacking), None)

    @property
    def _ahead(self) -> list[Stage]:
        """The stages before the one that counts whose last day has not passed."""
        return [stage for stage in self.stages[:-1] if stage.last_on is not None and stage.last_on >= self.today]

    def those(self, verdict: Verdict) -> list[Prospect]:
        """The cases of one kind, those first whose day is nearest."""
        end = self.period.last
        found = [one for one in self.prospects if one.verdict(self.view, end) == verdict]
        return sorted(found, key=lambda one: (one.expected[self.view] or one.earliest or date.max, one.case))


def reckon(prospects: Sequence[Prospect], done: int, others: Iterable[tuple[float, int]] = ()) -> Range:
    """The range: what is done, and what the chances of all cases come to; `others` are known by their chance alone."""
    return Range(*(done + number for number in spread([*((one.chance, 1) for one in prospects), *others])))


def stages(
    way: Way, first: str, by_step: Mapping[str, int], needed: int, end: date, book: Rulebook
) -> tuple[Stage, ...]:
    """The plan backwards: for each step after `first` its last day, and how many cases are there or beyond.

    `by_step`: how many open cases stand at each step.
    """
    found = []
    steps = road(first, way.counted, way.direct, book)
    order = {slug: step.order for slug, step in book.entries.steps.items()}
    for step in steps[1:]:
        upto = order[steps[-1]]
        have = sum(count for at, count in by_step.items() if at in order and order[step] <= order[at] < upto)
        found.append(Stage(step, way.latest(step, end), needed, have))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Group:
    """So many open cases that came to a step on the same day."""

    step: str
    step_on: date
    count: int


def roughly(groups: Iterable[Group], chances: Chances, today: date, end: date, done: int) -> Range:
    """The range from counts alone: by the paces, but without a look at the single case."""
    return reckon((), done, grouped(groups, chances, today, end))


def grouped(groups: Iterable[Group], chances: Chances, today: date, end: date) -> list[tuple[float, int]]:
    """Their chances, and how many have each."""
    return [(chances.now(group.step, group.step_on, today, end), group.count) for group in groups]


def used(paces: Mapping[Pair, Pace], way: Way, first: str) -> tuple[Pace, ...]:
    """The paces of the whole road, in order: what the forecast goes by."""
    steps = way.steps(first)
    return tuple(paces[pair] for pair in pairwise(steps))
