"""How long each step of an admission takes: by our own cases, and by the rulebook where these are too few."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from typing import Literal, TypeVar

from bot.rules.book import Rulebook
from bot.rules.entries import Unit
from bot.rules.road import Pair
from bot.rules.workdays import WorkCalendar

# Fewer cases than these say nothing: a wider circle is asked, and in the end the rulebook.
FEW = 5

# How a forecast looks at them: the quicker quarter of the cases, the middle one, all but the slowest quarter.
View = Literal["fast", "usual", "cautious"]
VIEWS: tuple[View, ...] = ("fast", "usual", "cautious")
_PART: Mapping[View, float] = {"fast": 0.25, "usual": 0.5, "cautious": 0.75}

# From the nearest to the widest: the unit itself, branches of its area in the committee, the committee, branches of
# its area in the province, the province; last the rulebook.
Circle = Literal["own", "area", "committee", "area_above", "above", "rulebook"]


@dataclass(frozen=True, slots=True)
class Length:
    """A length that the rulebook or a custom gives. `rule`: whose; None for a custom."""

    amount: int
    unit: Unit
    rule: str | None

    def end(self, start: date, calendar: WorkCalendar, *, half: bool = False) -> date:
        """The last day of it; of half of it for those who hope."""
        amount = max(1, self.amount // 2) if half else self.amount
        return calendar.after(start, amount) if self.unit == "working_days" else start + timedelta(days=amount)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long cases stay in `step` before `following`.

    `days`: how long each of the cases behind it stayed, shortest first; empty where `circle` is the rulebook and
    `length` counts. `own`: how many cases the unit itself has; `known`: how many the widest circle has. `lost`: which
    share of those at the step left for good.
    """

    step: str
    following: str
    days: tuple[int, ...]
    circle: Circle
    own: int
    known: int
    length: Length
    lost: float = 0.0

    def part(self, view: View) -> int:
        """The days of the quicker quarter, the median, the slower quarter; 0 without cases."""
        return _quantile(self.days, _PART[view]) if self.days else 0

    def beyond(self, been: int) -> tuple[int, ...]:
        """The days of the cases that stayed at least so many."""
        return self.days[bisect_left(self.days, been) :]

    def leaves(self, entered: date, view: View, calendar: WorkCalendar) -> date:
        """When a case that enters the step on that day is expected to leave it."""
        if self.days:
            return entered + timedelta(days=self.part(view))
        return self.length.end(entered, calendar, half=view == "fast")

    def leaves_yet(self, entered: date, today: date, view: View, calendar: WorkCalendar) -> date:
        """The same for a case that is still there today: by those that took at least as long as it has already.

        A case slower than all that is known is taken to begin anew: nothing says that it will move tomorrow.
        """
        longer = self.beyond((today - entered).days)
        if longer:
            return max(today, entered + timedelta(days=_quantile(longer, _PART[view])))
        anew = self.leaves(today, view, calendar)
        end = self.length.end(entered, calendar)
        if self.days or end < today:
            return anew
        return end if view != "fast" else min(end, max(today, self.leaves(entered, view, calendar)), anew)


def _quantile(days: Sequence[int], part: float) -> int:
    return days[max(0, ceil(part * len(days)) - 1)]


D = TypeVar("D", int, date)
# Of a large number of stays so many are kept.
THINNED = 99


def thinned(days: Sequence[D], most: int = THINNED) -> list[D]:
    """At most so many of them, evenly spread, with the same quarters."""
    ordered = sorted(days)
    if len(ordered) <= most:
        return ordered
    return [ordered[(2 * at + 1) * len(ordered) // (2 * most)] for at in range(most)]


@dataclass(frozen=True, slots=True)
class Stays:
    """What one circle knows: the days of stays by pair of steps; by step how many left there, how many went on."""

    days: Mapping[Pair, Sequence[int]]
    left: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def lost(self, step: str) -> float:
        """The share of those at a step who left for good there."""
        left, on = self.left.get(step, (0, 0))
        return left / (left + on) if left else 0.0


def paces(
    circles: Sequence[tuple[Circle, Stays]], wanted: Iterable[Pair], today: date, book: Rulebook
) -> dict[Pair, Pace]:
    """For each pair of steps the nearest circle that has enough cases; `circles` from the nearest to the widest."""
    return {pair: _pace(pair, circles, today, book) for pair in wanted}


def _pace(pair: Pair, circles: Sequence[tuple[Circle, Stays]], today: date, book: Rulebook) -> Pace:
    counts = [len(stays.days.get(pair, ())) for _, stays in circles]
    length = usual_length(pair, today, book)
    own, known = (counts[0], max(counts)) if counts else (0, 0)
    for (circle, stays), count in zip(circles, counts, strict=True):
        if count >= FEW:
            return Pace(*pair, tuple(sorted(stays.days[pair])), circle, own, known, length, stays.lost(pair[0]))
    return Pace(*pair, (), "rulebook", own, known, length)


def usual_length(pair: Pair, today: date, book: Rulebook) -> Length:
    """The length that the rulebook in force gives the step, or the custom where no document gives one."""
    usual = book.entries.pace[pair[0]]
    clock = book.clock(usual.deadline, today) if usual.deadline else None
    if clock is None:
        return Length(max(1, usual.days), "days", None)
    share = usual.to.get(pair[1], usual.share)
    return Length(max(1, round(clock.amount * share / 100)), clock.unit, clock.rule)
