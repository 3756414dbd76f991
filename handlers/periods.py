"""Periods as people type them: "thang 11", "quy 4", "6 thang dau nam", "nam truoc", or a code."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from bot.rules.periods import Period, PeriodKind, containing, parse
from bot.vietnamese.fold import fold
from handlers.templates import load


def read_period(text: str, today: date, *, ahead: bool = False) -> tuple[Period | None, str]:
    """The period that the words begin or end with, and the other words; None where none is named.

    A number without a year is the latest that has begun, or with `ahead` (targets, plans) this year's.
    """
    words = text.split()
    for length in range(len(words), 0, -1):
        found = _whole(" ".join(words[:length]), today, ahead)
        if found is not None:
            return found, " ".join(words[length:])
    for start in range(1, len(words)):
        found = _whole(" ".join(words[start:]), today, ahead)
        if found is not None:
            return found, " ".join(words[:start])
    return None, text.strip()


def impossible(text: str) -> bool:
    """Whether the words name a quarter or a month that no calendar has, as a fifth quarter."""
    return _impossible().search(fold(text)) is not None


def _whole(text: str, today: date, ahead: bool) -> Period | None:
    folded = fold(text)
    for way, pattern in _ways():
        found = pattern.fullmatch(folded)
        if found is not None:
            return parse(folded) if way["kind"] == "code" else _meant(way, found.groupdict(), today, ahead)
    return None


def _meant(way: Mapping[str, Any], said: Mapping[str, str | None], today: date, ahead: bool) -> Period | None:
    kind: PeriodKind = way["kind"]
    now = containing(kind, today)
    if "shift" in way:
        return now.previous if way["shift"] else now
    number = way.get("number") or _number(said.get("number") or "1")
    year = said.get("year")
    if year is not None:
        return Period(kind, int(year), number)
    this = Period(kind, today.year, number)
    return this if ahead or this.first <= today else Period(kind, today.year - 1, number)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else int(_read()["roman"][text])


@cache
def _read() -> Mapping[str, Any]:
    return load("periods")


@cache
def _ways() -> list[tuple[Mapping[str, Any], "re.Pattern[str]"]]:
    return [(way, re.compile(way["words"])) for way in _read()["ways"]]


@cache
def _impossible() -> "re.Pattern[str]":
    return re.compile(_read()["impossible"])
