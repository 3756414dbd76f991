"""Periods that reports are asked for, as people type them: "thang 11", "quy 4", "6 thang dau nam", or a code."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from bot.rules.periods import Period, PeriodKind, containing, parse
from bot.vietnamese.fold import fold
from handlers.templates import load


def read_period(text: str, today: date) -> tuple[Period | None, str]:
    """The period that the words begin or end with, and the other words; None where none is named."""
    words = text.split()
    for length in range(len(words), 0, -1):
        found = _whole(" ".join(words[:length]), today)
        if found is not None:
            return found, " ".join(words[length:])
    for start in range(1, len(words)):
        found = _whole(" ".join(words[start:]), today)
        if found is not None:
            return found, " ".join(words[:start])
    return None, text.strip()


def _whole(text: str, today: date) -> Period | None:
    folded = fold(text)
    for way, pattern in _ways():
        found = pattern.fullmatch(folded)
        if found is not None:
            return parse(folded) if way["kind"] == "code" else _meant(way, found.groupdict(), today)
    return None


def _meant(way: Mapping[str, Any], said: Mapping[str, str | None], today: date) -> Period | None:
    kind: PeriodKind = way["kind"]
    now = containing(kind, today)
    if "shift" in way:
        return now.previous if way["shift"] else now
    number = way.get("number") or _number(said.get("number") or "1")
    year = said.get("year")
    if year is not None:
        return Period(kind, int(year), number)
    this = Period(kind, today.year, number)
    return this if this.first <= today else Period(kind, today.year - 1, number)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else int(_read()["roman"][text])


@cache
def _read() -> Mapping[str, Any]:
    return load("report_periods")


@cache
def _ways() -> list[tuple[Mapping[str, Any], "re.Pattern[str]"]]:
    return [(way, re.compile(way["words"])) for way in _read()["ways"]]
