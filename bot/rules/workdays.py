"""Working days in Vietnam: weekends, public holidays, decreed swaps; sums of days and months as the law counts them."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import holidays

from bot.rules.lists import HolidayTable, Swap

FIRST_YEAR, LAST_YEAR = 1990, 2098
_DAY = timedelta(days=1)


class OutOfRange(ValueError):  # noqa: N818  (it is an answer, not an error)
    """A day before 1990 or after 2098: nothing is known of its holidays."""


def add_months(day: date, months: int) -> date:
    """The same day of the month, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return day.replace(year=year, month=month + 1)
    except ValueError:
        if not 1 <= year <= date.max.year:
            raise OutOfRange(year) from None
        return date(year, month + 1, monthrange(year, month + 1)[1])


def full_months(since: date, until: date) -> int:
    """How many whole months have passed; a month that lacks the day is full on its last day."""
    months = (until.year - since.year) * 12 + until.month - since.month
    return months if add_months(since, months) <= until else months - 1


class WorkCalendar:
    """Which days are worked, with the sums on them.

    A table of running counts makes adding working days two look-ups, however many; it grows by whole years as they
    are asked for. `extra` are swaps that the office has added; they stand above the book's own.
    """

    def __init__(self, table: HolidayTable, extra: Iterable[Swap] = ()) -> None:
        self._swaps = (*table.swaps, *extra)
        self._yearly = table.yearly
        self._made_of = (table, self._swaps)
        self.decreed = frozenset(table.decreed)
        self._names: dict[date, str] = {}
        self._worked_weekends: frozenset[date] = frozenset()
        self._start = 0
        self._upto: list[int] = []
        self._days: list[date] = []
        self._years = range(0)

    def after(self, start: date, amount: int) -> date:
        """The `amount`th working day after `start` (at least 1); `start` itself does not count."""
        at = start.toordinal() - self._start
        if at < 0:
            self._cover(start.year, start.year)
            at = start.toordinal() - self._start
        try:
            return self._days[self._upto[at] + amount - 1]
        except IndexError:
            ahead = max(start.year, self._years.stop) + 1 + amount // 200
            self._cover(start.year, max(start.year, min(ahead, LAST_YEAR)))
            at = start.toordinal() - self._start
        if self._upto[at] + amount > len(self._days):
            raise OutOfRange(start)
        return self._days[self._upto[at] + amount - 1]

    def between(self, after: date, upto: date) -> int:
        """How many working days lie after the one day up to and with the other; negative the other way round."""
        self._cover(min(after.year, upto.year), max(after.year, upto.year))
        return self._upto[upto.toordinal() - self._start] - self._upto[after.toordinal() - self._start]

    def works(self, day: date) -> bool:
        """Whether offices work on that day."""
        self._cover(day.year, day.year)
        at = bisect_right(self._days, day)
        return at > 0 and self._days[at - 1] == day

    def holiday(self, day: date) -> str | None:
        """The name of the holiday on that day (weekends that are holidays included), or None."""
        self._cover(day.year, day.year)
        return self._names.get(day)

    def skipped(self, after: date, upto: date) -> tuple[tuple[date, str], ...]:
        """Holidays from Monday to Friday after the one day up to and with the other, with their names."""
        self._cover(after.year, upto.year)
        days = (day for day in _days(after, upto) if day.weekday() < 5)
        return tuple((day, self._names[day]) for day in days if day in self._names)

    def made_up(self, after: date, upto: date) -> tuple[date, ...]:
        """Saturdays and Sundays worked instead of another day, in the same span."""
        self._cover(after.year, upto.year)
        return tuple(day for day in _days(after, upto) if day in self._worked_weekends)

    def undecreed(self, after: date, upto: date) -> tuple[int, ...]:
        """Years touched by the count whose days off are not published yet; any of them makes the result provisional."""
        first = after + _DAY
        return tuple(year for year in range(first.year, upto.year + 1) if year not in self.decreed)

    def same_days(self, other: "WorkCalendar") -> bool:
        """Whether both calendars are made of the same table and swaps."""
        return self._made_of == other._made_of

    def _cover(self, first: int, last: int) -> None:
        """Make sure that those years are in the tables; the years in between are taken along."""
        if first in self._years and last in self._years:
            return
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise OutOfRange(f"{first} to {last}")
        known = self._years or range(first, last + 1)
        self._years = range(min(first, known.start), max(last + 1, known.stop))
        self._read_holidays()
        self._count_days()

    def _read_holidays(self) -> None:
        # A day swapped across New Year is listed in one of the two years only: the neighbours are read as well.
        neighbours = range(self._years.start - 1, self._years.stop + 1)
        found = _vietnam()(years=neighbours, language="vi")
        names = {day: str(name) for day, name in found.items()}
        worked = set(found.weekend_workdays)
        for entry in self._yearly:
            for year in range(max(entry.since, self._years.start), self._years.stop):
                names.update(entry.days(year, names))
        for swap in self._swaps:
            if swap.rest is not None:
                names[swap.rest] = swap.name
                worked.discard(swap.rest)
            if swap.work is not None:
                names.pop(swap.work, None)
                worked.add(swap.work)
        self._names, self._worked_weekends = names, frozenset(day for day in worked if day.weekday() >= 5)

    def _count_days(self) -> None:
        day, end = date(self._years.start, 1, 1), date(self._years.stop, 1, 1)
        self._start, self._upto, self._days = day.toordinal(), [], []
        while day < end:
            if day in self._worked_weekends or (day.weekday() < 5 and day not in self._names):
                self._days.append(day)
            self._upto.append(len(self._days))
            day += _DAY


def _days(after: date, upto: date) -> Iterable[date]:
    return (date.fromordinal(at) for at in range(after.toordinal() + 1, upto.toordinal() + 1))


@cache
def _vietnam() -> type[holidays.HolidayBase]:
    """The library's holidays of Vietnam, read from their own file.

    Asked for by its country, the library reads all of its 250 countries first: 8 MB and a fifth of a second.
    """
    file = Path(holidays.__file__).parent / "countries" / "vietnam.py"
    spec = spec_from_file_location("holidays.countries.vietnam", file) if file.is_file() else None
    if spec is None or spec.loader is None:
        return type(holidays.country_holidays("VN"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found: type[holidays.HolidayBase] = module.Vietnam
    return found
