"""Meanings: what a phrase of the date grammar means on a given day, looking back and looking ahead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.vietnamese.nearest import (
    add_days,
    add_months,
    first_ahead,
    first_back,
    in_week,
    last_day,
    make,
    monthly,
    shift_month,
    weekday_ahead,
    weekday_back,
    yearly,
)

# What an office means by the parts of a week (Monday is 0) and of a month (day 0 is its last). The end of a week is its
# Saturday, the day on which offices without Saturday work meet; on a Saturday only the Sunday is still ahead.
_WEEK_PARTS = {"start": 0, "middle": 2, "end": 5}
_MONTH_PARTS = {"start": 1, "middle": 15, "end": 0}
_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Meaning:
    """The date looking back (not after today) and ahead (after today); `fixed` when the phrase itself tells which.

    `weekday` and `week` (weeks from this one) are what a neighbouring phrase may complete.
    """

    kind: str
    past: date | None = None
    future: date | None = None
    fixed: bool = True
    weekday: int | None = None
    week: int | None = None

    @property
    def dates(self) -> tuple[date, ...]:
        """The dates it can mean."""
        return tuple(d for d in (self.past, self.future) if d is not None)


def settled(kind: str, on: date | None, today: date, *, week: int | None = None) -> Meaning:
    """The meaning of a phrase that means one date."""
    back = on is not None and on <= today
    return Meaning(kind, on if back else None, None if back else on, week=week)


def meaning(rule: dict[str, Any], values: dict[str, int], today: date) -> Meaning:
    """What a rule with filled slots means today."""
    return _KINDS[rule["means"]](rule, values, today)


def _day(rule: dict[str, Any], values: dict[str, int], today: date) -> Meaning:
    return settled("day", add_days(today, rule["by"]), today)


def _week(rule: dict[str, Any], values: dict[str, int], today: date) -> Meaning:
    by = rule["by"]
    return settled("week", add_days(today, 7 * by) if by else None, today, week=by)


def _month(rule: dict[str, Any], values: dict[str, int], today: date) -> Meaning:
    return settled("month", add_months(today, rule["by"]), today)


def _year(rule: dict[str, Any], values: dict[str, int], today: date) -> Meaning:
    return settled("year", add_months(today, 12 * rule["by"]), today)


def _counted(rule: dict[str, Any], values: dict[str, int], today: date) -> Meaning:
    """So many units on or back, and the odd days of a half unit."""
    sign = -1 if rule["means"] == "ago" else 1
    n, unit = values.get("n", rule.get("n", 0)), rule.get("unit", "days")
    months = {"months": n, "years": 12 * n}.get(unit, 0)
    days = {"days": n, "weeks": 7 * n}.get(unit, 0) + rule.get("days", 0)
    moved = add_months(today, sign * months)
    on = moved and add_days(moved, sign * days)
    return settled("week", on, today, week=sign * n) if unit == "weeks" else settled("day", on, today)


def _weekday(rule: dict[str, Any], values: dict[str, int], today: date) -> Meaning:
    day, side = values["weekday"], rule.get("side")
    past = None if side == "ahead" else weekday_back(today, day, strictly=side == "back")
    future = None if side == "back" else weekday_ahead(today, day)
    return Meaning("weekday", past, future, fixed=bool(side), weekday=None if side else day)


def _week_part(rule: dict[str, Any], values: dict[str, int], today: date) -> Meaning:
    day, by, side = _WEEK_PARTS[rule["part"]], rule.get("by"), rule.get("side")
    if by is None:
        past = None if side == "ahead" else weekday_back(today, day, strictly=side == "back")
        return Meaning("week_part", past, None if side == "back" else weekday_ahead(today, day), fixed=bool(side))
    on = in_week(today, day, by)
    if rule["part"] == "end" and on == today:
        return Meaning("week_part", on, in_week(today, _SUNDAY, by), fixed=False, week=by)
    return settled("week_part", on, today, week=by)


def _month_part(rule: dict[str, Any], values: dict[str, int], today: date) -> Meaning:
    day, month, year = _MONTH_PARTS[rule["part"]], values.get("month"), values.get("year")
    if "by" in rule:
        year, month = shift_month(today.year, today.month, rule["by"])
    if month is None:
        return _either(monthly, (day,), today)
    if year is None:
        return _either(yearly, (month, day), today)
    return settled("calendar", make(year, month, day) if day else last_day(year, month), today)


def _year_part(rule: dict[str, Any], values: dict[str, int], today: date) -> Meaning:
    if "by" in rule:
        return settled("calendar", make(today.year + rule["by"], rule["month"], rule["day"]), today)
    return _either(yearly, (rule["month"], rule["day"]), today)


def _calendar(rule: dict[str, Any], values: dict[str, int], today: date) -> Meaning:
    day = values.get("day", rule.get("day", 0))
    month, year = values.get("month", rule.get("month")), values.get("year")
    if day < 1:
        return Meaning("calendar")
    if year is not None:
        return settled("calendar", make(_century(year, today), month or 0, day), today)
    if "year_by" in rule:
        return settled("calendar", make(today.year + rule["year_by"], month or 0, day), today)
    if "month_by" in rule:
        return settled("calendar", make(*shift_month(today.year, today.month, rule["month_by"]), day), today)
    found = _either(monthly, (day,), today) if month is None else _either(yearly, (month, day), today)
    side = rule.get("side")
    if side is None:
        return found
    return Meaning("calendar", found.past if side == "back" else None, found.future if side == "ahead" else None)


def _either(series: Callable[..., Any], of: tuple[int, ...], today: date) -> Meaning:
    """The nearest of a series of dates on either side of today."""
    past, future = first_back(series(today, *of, -1), today), first_ahead(series(today, *of, 1), today)
    return Meaning("calendar", past, future, fixed=False)


def _century(year: int, today: date) -> int:
    """A year of two figures in the century that brings it nearest to today."""
    if year >= 100:
        return year
    return min((century + year for century in (1900, 2000, 2100)), key=lambda full: abs(full - today.year))


def _without_date(rule: dict[str, Any], values: dict[str, int], today: date) -> Meaning:
    return Meaning(rule["means"])


_KINDS: dict[str, Callable[[dict[str, Any], dict[str, int], date], Meaning]] = {
    "day": _day,
    "week": _week,
    "month": _month,
    "year": _year,
    "ago": _counted,
    "ahead": _counted,
    "weekday": _weekday,
    "week_part": _week_part,
    "month_part": _month_part,
    "year_part": _year_part,
    "calendar": _calendar,
    "vague": _without_date,
    "nothing": _without_date,
}
