"""When people are left alone: nights, Sundays, and while they fill in a form."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.quiet import Hours, Manners, filling, manners, waits

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = Hours.parse("21:00-06:30")
NONE = Hours.parse("00:00-00:00")
KINDS = sorted(manners().waits_for)


def at(text: str) -> datetime:
    """A moment of November 2026, "20 09:00"; the 20th is a Friday."""
    return datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("kind", "now", "until", "why"),
    [
        ("notice", "20 09:00", None, None),
        ("notice", "20 20:59", None, None),
        ("notice", "20 21:00", "21 06:30", "quiet"),
        ("notice", "21 02:00", "21 06:30", "quiet"),
        ("notice", "21 06:30", None, None),
        # From Saturday night through Sunday to Monday morning.
        ("digest", "21 22:00", "23 07:00", "quiet"),
        ("digest", "22 03:00", "23 07:00", "day_off"),
        ("announcement", "22 12:00", "23 07:00", "day_off"),
        ("notice", "23 06:45", None, None),
        # What cannot wait for Monday still waits for the morning.
        ("urgent", "22 12:00", None, None),
        ("urgent", "22 21:30", "23 06:30", "quiet"),
        ("answer", "22 23:00", None, None),
        ("edit", "22 23:00", None, None),
    ],
)
def test_nights_and_sundays(kind: str, now: str, until: str | None, why: str | None) -> None:
    pause = waits(kind, at(now), NIGHT)
    assert (pause and pause.until, pause and pause.why) == (until and at(until), why)


@pytest.mark.parametrize(("minutes", "left"), [(0, 10), (9, 1), (10, None), (600, None)])
def test_a_half_filled_form_keeps_a_notice_back_until_it_is_idle(minutes: int, left: int | None) -> None:
    now = at("20 09:00")
    pause = waits("urgent", now, NIGHT, now - timedelta(minutes=minutes))
    assert (pause and pause.until) == (now + timedelta(minutes=left) if left else None)
    assert waits("answer", now, NIGHT, now) is None


def test_a_card_that_was_looked_at_is_no_form_in_the_filling() -> None:
    assert filling("contact")
    assert not filling("card")
    assert not filling("")


def test_quiet_hours_may_lie_within_one_day() -> None:
    noon = Hours.parse("12:00-13:30")
    pause = waits("notice", at("20 13:00"), noon)
    assert pause is not None
    assert pause.until == at("20 13:30")
    assert waits("notice", at("20 23:00"), noon) is None


def test_a_week_of_days_off_is_refused() -> None:
    with pytest.raises(ValueError, match="not all"):
        Manners(waits_for={}, days_off=(1, 2, 3, 4, 5, 6, 7), morning=time(7), form_minutes=10, remembers=())


YEARS = st.dates(date(2025, 1, 1), date(2030, 12, 31))
MOMENTS = st.builds(datetime.combine, YEARS, st.times(), st.just(ZONE))
HOURS = st.builds(Hours, st.times(), st.times())


@given(st.sampled_from(KINDS), MOMENTS, HOURS)
def test_what_waits_goes_out_at_the_end_of_its_wait_and_within_three_days(
    kind: str, now: datetime, hours: Hours
) -> None:
    pause = waits(kind, now, hours)
    if pause is not None:
        assert now < pause.until <= now + timedelta(days=3)
        assert waits(kind, pause.until, hours) is None


@given(MOMENTS)
def test_without_quiet_hours_only_sundays_are_left_out(now: datetime) -> None:
    assert (waits("notice", now, NONE) is None) == (now.isoweekday() != 7)
