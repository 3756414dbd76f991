"""Months, quarters, halves and years follow each other without a gap."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.periods import MONTHS, Period, containing, parse

KINDS = st.sampled_from(sorted(MONTHS))
DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@given(KINDS, DAYS)
def test_every_day_lies_in_exactly_one_period_of_each_kind(kind: str, day: date) -> None:
    period = containing(kind, day)  # type: ignore[arg-type]
    assert day in period
    assert day not in period.next
    assert day not in period.previous
    assert period.next.first == period.last + timedelta(days=1)
    assert period.next.previous == period
    assert parse(period.code) == period


@given(DAYS)
def test_a_year_is_the_sum_of_its_parts(day: date) -> None:
    year = containing("year", day)
    for kind in ("half", "quarter", "month"):
        parts = list(year.parts(kind))
        assert parts[0].first == year.first and parts[-1].last == year.last
        assert sum((part.last - part.first).days + 1 for part in parts) == (year.last - year.first).days + 1


@pytest.mark.parametrize("code", ["", "2026-13", "2026-Q5", "2026-H3", "26", "2026-1", "q4", "0001", "2026-Q", "9999"])
def test_what_is_no_period_is_none(code: str) -> None:
    assert parse(code) is None


def test_a_quarter_as_it_is_typed() -> None:
    assert parse(" 2026-q4 ") == Period("quarter", 2026, 4)
    assert parse("2026-Q4").last == date(2026, 12, 31)  # type: ignore[union-attr]
