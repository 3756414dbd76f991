"""Nearest dates: plain calendar arithmetic in weeks that begin on Monday."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, date, timedelta


def make(year: int, month: int, day: int) -> date | None:
    """The date, or None when the calendar lacks it."""
    if not (MINYEAR <= year <= MAXYEAR and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def add_days(start: date, days: int) -> date | None:
    """The date so many days on (negative: back), or None past the ends of the calendar."""
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None


def add_months(start: date, months: int) -> date | None:
    """The same day so many months on, clipped to the month's last day."""
    year, month = shift_month(start.year, start.month, months)
    if not MINYEAR <= year <= MAXYEAR:
        return None
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def shift_month(year: int, month: int, by: int) -> tuple[int, int]:
    """Year and month so many months on."""
    whole, zero_based = divmod(year * 12 + month - 1 + by, 12)
    return whole, zero_based + 1


def last_day(year: int, month: int) -> date | None:
    """The last day of a month, or None for a year outside the calendar."""
    if not (MINYEAR <= year <= MAXYEAR and 1 <= month <= 12):
        return None
    return date(year, month, monthrange(year, month)[1])


def in_week(start: date, weekday: int, weeks: int) -> date | None:
    """The weekday (Monday is 0) of the week so many weeks on, counted from Monday."""
    return add_days(start, weekday - start.weekday() + 7 * weeks)


def weekday_back(today: date, weekday: int, *, strictly: bool = False) -> date | None:
    """The nearest such weekday looking back; today counts unless `strictly`."""
    days = (today.weekday() - weekday) % 7
    return add_days(today, -(days or (7 if strictly else 0)))


def weekday_ahead(today: date, weekday: int) -> date | None:
    """The nearest such weekday strictly after today."""
    return add_days(today, (weekday - today.weekday()) % 7 or 7)


def first_back(candidates: Iterator[date | None], today: date) -> date | None:
    """The first candidate that exists and is not after today."""
    return next((c for c in candidates if c is not None and c <= today), None)


def first_ahead(candidates: Iterator[date | None], today: date) -> date | None:
    """The first candidate that exists and is strictly after today."""
    return next((c for c in candidates if c is not None and c > today), None)


def monthly(today: date, day: int, step: int) -> Iterator[date | None]:
    """That day of this month and of the months after it (`step` 1) or before it (-1); day 0 is the month's last."""
    for n in range(14):
        year, month = shift_month(today.year, today.month, n * step)
        yield make(year, month, day) if day else last_day(year, month)


def yearly(today: date, month: int, day: int, step: int) -> Iterator[date | None]:
    """That day and month (day 0: its last day) of this year and the years on or back; nine reach over 1900 or 2100."""
    for n in range(10):
        year = today.year + n * step
        yield make(year, month, day) if day else last_day(year, month)
