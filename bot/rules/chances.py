"""How likely a case comes to count within a period: by how widely the stays behind each step are spread."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from math import ceil, sqrt

from bot.rules.book import Rulebook
from bot.rules.durations import Pace, thinned
from bot.rules.road import Pair, road
from bot.rules.workdays import WorkCalendar

# So many of the stays stand for all of them, evenly spread.
STAYS = 24
# The range that is said is meant to hold the true number this often.
HOLDS = 0.8
# How many standard deviations to either side of the middle hold as much.
_WIDE = 1.2816
# What all cases have in common, a quarter busier or quieter than the years before: so much of a large sum.
_SHARED = 0.1
# Up to so many uncertain cases the sum is reckoned exactly.
_EXACT = 60


class Chances:
    """The chances at these paces, on one day. A stay counts as it was, with the waiting for a meeting that is in it."""

    def __init__(
        self, paces: Mapping[Pair, Pace], counted: str, book: Rulebook, calendar: WorkCalendar, direct: bool = False
    ) -> None:
        self._paces, self._calendar = paces, calendar
        self._road: Callable[[str], tuple[str, ...]] = lambda step: road(step, counted, direct, book)
        self._known: dict[tuple[str, date, date], float] = {}
        self._standing: dict[tuple[str, date, date], float] = {}
        self._stays = {pair: thinned(pace.days, STAYS) for pair, pace in paces.items()}

    def now(self, step: str, entered: date, today: date, end: date) -> float:
        """For a case that stands at the step since that day: by those that stayed at least as long already."""
        key = (step, entered, end)
        if key not in self._standing:
            self._standing[key] = self._now(step, entered, today, end)
        return self._standing[key]

    def _now(self, step: str, entered: date, today: date, end: date) -> float:
        steps = self._road(step)
        if len(steps) < 2:
            return 0.0
        pair = (steps[0], steps[1])
        longer = self._paces[pair].beyond((today - entered).days)
        if longer:
            return self._of(pair, _after(entered, thinned(longer, STAYS)), end)
        # Slower than all that is known: as if it began anew, for nothing says that it will move tomorrow.
        late = self._paces[pair].days or self._paces[pair].length.end(entered, self._calendar) < today
        return self._of(pair, self._left_on(pair, today if late else entered, today), end)

    def onward(self, step: str, day: date, end: date) -> float:
        """For a case whose step falls on that day."""
        if day > end:
            return 0.0
        key = (step, day, end)
        if key not in self._known:
            steps = self._road(step)
            pair = (step, steps[1]) if len(steps) > 1 else None
            self._known[key] = self._of(pair, self._left_on(pair, day, day), end) if pair else 1.0
        return self._known[key]

    def _left_on(self, pair: Pair, entered: date, today: date) -> list[date]:
        """The days on which it may go on. Where nothing is known: by the statutory length, half of it, or twice."""
        if self._stays[pair]:
            return _after(entered, self._stays[pair])
        length, calendar = self._paces[pair].length, self._calendar
        half, whole = length.end(entered, calendar, half=True), length.end(entered, calendar)
        return [max(today, day) for day in (half, whole, whole, length.end(whole, calendar))]

    def _of(self, pair: Pair, days: Sequence[date], end: date) -> float:
        """`days` in order: on each of them one of so many cases goes on."""
        found, step = 0.0, pair[1]
        for day in days:
            if day > end:
                break
            found += self._known[step, day, end] if (step, day, end) in self._known else self.onward(step, day, end)
        return (1 - self._paces[pair].lost) * found / len(days)


def _after(day: date, stays: Sequence[int]) -> list[date]:
    start = day.toordinal()
    return [date.fromordinal(start + days) for days in stays]


def spread(chances: Iterable[tuple[float, int]]) -> tuple[int, int, int]:
    """How many come of so many cases with each chance: the range that holds in four of five, around the middle."""
    known = [(chance, count) for chance, count in chances if chance > 0]
    sure = sum(count for chance, count in known if chance >= 1)
    open_ = [(chance, count) for chance, count in known if chance < 1]
    several = sum(count for _, count in open_)
    if several <= _EXACT:
        low, middle, high = _exactly([chance for chance, count in open_ for _ in range(count)])
    else:
        mean = sum(chance * count for chance, count in open_)
        wide = _WIDE * sqrt(sum(chance * (1 - chance) * count for chance, count in open_) + (_SHARED * mean) ** 2)
        low, middle, high = max(0, ceil(mean - wide - 0.5)), round(mean), min(several, int(mean + wide + 0.5))
    return sure + low, sure + middle, sure + high


def _exactly(chances: Sequence[float]) -> tuple[int, int, int]:
    odds = [1.0]
    for one in chances:
        odds = [a * (1 - one) + b * one for a, b in zip([*odds, 0.0], [0.0, *odds], strict=True)]
    return _at(odds, (1 - HOLDS) / 2), _at(odds, 0.5), _at(odds, (1 + HOLDS) / 2)


def _at(odds: Sequence[float], part: float) -> int:
    passed = 0.0
    for number, share in enumerate(odds):
        passed += share
        if passed >= part - 1e-9:
            return number
    return len(odds) - 1
