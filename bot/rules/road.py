"""The way of a case to its admission: which steps still come, and on which days each of them can fall."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from bot.rules.book import Rulebook
from bot.rules.entries import After
from bot.rules.workdays import WorkCalendar

# Which event counts as the admission: a setting of the office; the decision unless it is set otherwise.
DECIDED, HELD = "admission_decided", "ceremony"
DIRECT = "direct_to_standing"
_DAY = timedelta(days=1)
MONTHS_AHEAD = 14

Pair = tuple[str, str]
Meets = Callable[[date], date]


@lru_cache(maxsize=256)
def road(step: str, counted: str, direct: bool, book: Rulebook) -> tuple[str, ...]:
    """The steps from this one to the one that counts, both included; empty for a case that is past it or off the road.

    `direct`: the branch's resolution goes straight to the standing committee. A step that may be passed over (the
    section committee's) is on the road only where the case stands on it.
    """
    found = [step]
    while book.entries.steps[found[-1]].event != counted:
        following = _following(found[-1], direct, book)
        if following is None or following in found:
            return ()
        found.append(following)
    return tuple(found)


def _following(step: str, direct: bool, book: Rulebook) -> str | None:
    """The farthest step that may follow: what lies between may be passed over."""
    steps = book.entries.steps.values()
    leading = [one for one in steps if one.track == "main" and any(_leads(after, step, direct) for after in one.after)]
    return max(leading, key=lambda one: one.order).slug if leading else None


def _leads(after: After, step: str, direct: bool) -> bool:
    answers = {DIRECT: direct}
    wanted = after.when is None or answers.get(after.when, False)
    return after.step == step and wanted and not answers.get(after.unless or "", False)


@lru_cache(maxsize=8)
def pairs(counted: str, book: Rulebook) -> tuple[Pair, ...]:
    """Every step with the one that may follow it on some case's road, in order."""
    found = [pair for step in book.entries.steps for way in (False, True) for pair in _along(step, counted, way, book)]
    return tuple(dict.fromkeys(found))


def _along(step: str, counted: str, direct: bool, book: Rulebook) -> Iterator[Pair]:
    yield from pairwise(road(step, counted, direct, book))


def first_day(step: str, day: date, book: Rulebook, calendar: WorkCalendar, meets: Meets | None) -> date:
    """The first day, this one or later, on which the step can fall.

    `meets` gives the first branch meeting on or after a day; None: any day will do (a committee has many branches).
    """
    usual = book.entries.pace.get(step)
    falls = usual.falls if usual else "any"
    if falls == "meeting" and meets is not None:
        return meets(day)
    if falls == "working_day" and not calendar.works(day):
        return calendar.after(day, 1)
    return day


@dataclass(frozen=True, slots=True)
class MeetingDays:
    """When a branch meets: `usual` gives a month's meeting, `planned` what was set otherwise, by year and month.

    A planned None: that month's meeting was called off.
    """

    usual: Callable[[int, int], date]
    planned: Mapping[tuple[int, int], date | None] = field(default_factory=dict)

    def on_or_after(self, day: date) -> date:
        """The first meeting on this day or later."""
        year, month = day.year, day.month
        for _ in range(MONTHS_AHEAD):
            of_month = (year, month)
            held = self.planned[of_month] if of_month in self.planned else self.usual(year, month)
            if held is not None and held >= day:
                return held
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return day
