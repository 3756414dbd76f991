"""The periods that targets and reports speak of: a month, a quarter, half a year, a year."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

PeriodKind = Literal["month", "quarter", "half", "year"]
# How many months each kind has.
MONTHS: dict[PeriodKind, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_CODE = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>0[1-9]|1[0-2])))?")
# date.min and date.max leave no room for the period before or after.
YEARS = range(1900, 2200)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole months. `number` counts from 1 within the year, whatever the kind; a year's is 1."""

    kind: PeriodKind
    year: int
    number: int = 1

    @property
    def first(self) -> date:
        """Its first day."""
        return _days(self.kind, self.year, self.number)[0]

    @property
    def last(self) -> date:
        """Its last day."""
        return _days(self.kind, self.year, self.number)[1]

    @property
    def next(self) -> "Period":
        """The one after it."""
        return self._moved(1)

    @property
    def previous(self) -> "Period":
        """The one before it."""
        return self._moved(-1)

    @property
    def code(self) -> str:
        """As it is typed: 2026-11, 2026-Q4, 2026-H2, 2026."""
        match self.kind:
            case "month":
                return f"{self.year}-{self.number:02d}"
            case "quarter":
                return f"{self.year}-Q{self.number}"
            case "half":
                return f"{self.year}-H{self.number}"
            case "year":
                return f"{self.year}"

    def parts(self, kind: PeriodKind) -> Iterator["Period"]:
        """The shorter periods that it consists of, in order."""
        part = containing(kind, self.first)
        while part.first <= self.last:
            yield part
            part = part.next

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def _moved(self, by: int) -> "Period":
        a_year = 12 // MONTHS[self.kind]
        count = self.year * a_year + self.number - 1 + by
        return Period(self.kind, count // a_year, count % a_year + 1)


@lru_cache(maxsize=1024)
def _days(kind: PeriodKind, year: int, number: int) -> tuple[date, date]:
    """The first and the last day."""
    month, following = (number - 1) * MONTHS[kind] + 1, number * MONTHS[kind] + 1
    after = date(year + following // 13, (following - 1) % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)


def containing(kind: PeriodKind, day: date) -> Period:
    """The period of this kind that a day lies in."""
    return Period(kind, day.year, (day.month - 1) // MONTHS[kind] + 1)


def parse(code: str) -> Period | None:
    """Reads 2026-11, 2026-Q4, 2026-H2 or 2026; None for anything else."""
    found = _CODE.fullmatch(code.strip().upper())
    if found is None or int(found["year"]) not in YEARS:
        return None
    year = int(found["year"])
    for kind in ("quarter", "half", "month"):
        if found[kind]:
            return Period(kind, year, int(found[kind]))
    return Period("year", year)
