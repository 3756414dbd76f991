"""Periods as people type them after a command: "quy 4", "Q3/2026", "thang 11", "6 thang dau nam", "nam ngoai"."""

import re
from datetime import date

from bot.rules.periods import YEARS, Period, containing, parse
from bot.vietnamese.fold import fold

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_YEAR = r"(?:\s*(?:[/\-,]|nam)?\s*(?P<year>\d{4}))?"
_CODE = re.compile(r"(?<!\S)\d{4}(?:-(?:q[1-4]|h[12]|0[1-9]|1[0-2]))?(?!\S)")
_QUARTER = re.compile(rf"(?<!\S)(?:quy\s*|q)(?P<n>iv|i{{1,3}}|\d+){_YEAR}(?!\S)")
_MONTH = re.compile(rf"(?<!\S)(?:thang\s*|t)(?P<n>\d+){_YEAR}(?!\S)")
_HALF = re.compile(rf"(?<!\S)(?:6|sau) thang (?P<n>dau|cuoi)(?: nam)?{_YEAR}(?!\S)")
_WHOLE = re.compile(r"(?<!\S)nam (?P<year>\d{4})(?!\S)")
_WORDS = {
    "quy nay": ("quarter", 0),
    "quy truoc": ("quarter", -1),
    "thang nay": ("month", 0),
    "thang truoc": ("month", -1),
    "nam nay": ("year", 0),
    "nam truoc": ("year", -1),
    "nam ngoai": ("year", -1),
}


class NoSuchPeriod(ValueError):  # noqa: N818  (a state of what was typed)
    """Words that name a period which no calendar has, as a fifth quarter."""


def read_period(words: str, today: date) -> tuple[Period | None, str]:
    """The period that the words name, and the folded rest; None when they name none. NoSuchPeriod: an impossible one.

    A quarter or month without a year is this year's.
    """
    said = fold(words)
    for cue, (kind, by) in _WORDS.items():
        found = re.search(rf"(?<!\S){cue}(?!\S)", said)
        if found:
            now = containing(kind, today)  # type: ignore[arg-type]
            return (now.previous if by else now), _without(said, found)
    for pattern, make in ((_HALF, _half), (_QUARTER, _quarter), (_MONTH, _month), (_WHOLE, _whole)):
        found = pattern.search(said)
        if found:
            return make(found, _year(found, today)), _without(said, found)
    found = _CODE.search(said)
    period = parse(found.group()) if found else None
    return (period, _without(said, found)) if found and period else (None, said)


def _without(said: str, found: re.Match[str]) -> str:
    return " ".join((said[: found.start()] + " " + said[found.end() :]).split())


def _year(found: re.Match[str], today: date) -> int:
    year = int(found["year"]) if found["year"] else today.year
    if year not in YEARS:
        raise NoSuchPeriod
    return year


def _quarter(found: re.Match[str], year: int) -> Period:
    number = _ROMAN.get(found["n"]) or int(found["n"] if found["n"].isdecimal() else 0)
    if number not in range(1, 5):
        raise NoSuchPeriod
    return Period("quarter", year, number)


def _month(found: re.Match[str], year: int) -> Period:
    if int(found["n"]) not in range(1, 13):
        raise NoSuchPeriod
    return Period("month", year, int(found["n"]))


def _half(found: re.Match[str], year: int) -> Period:
    return Period("half", year, 1 if found["n"] == "dau" else 2)


def _whole(found: re.Match[str], year: int) -> Period:
    return Period("year", year)
