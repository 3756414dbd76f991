"""Branch meetings by the rules: the day, who counts, who has stayed away."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import meetings
from bot.rules.meetings import Roll, Strength, absent_in_a_row, meeting_day, votes_needed, without_reason_in_a_row
from tests.rules.builders import BOOK, CALENDAR

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("month", "day", "on"),
    [
        (12, None, "2026-12-03"),
        (11, 3, "2026-11-03"),
        # The 3rd of October is a Saturday: the next working day is still in the first week.
        (10, None, "2026-10-05"),
        (10, 4, "2026-10-05"),
        (11, 7, "2026-11-06"),
        (8, 15, "2026-08-17"),
        (2, 28, "2026-02-27"),
    ],
)
def test_a_meeting_on_a_day_off_is_held_in_the_first_week(month: int, day: int | None, on: str) -> None:
    assert meeting_day(2026, month, day, CALENDAR) == date.fromisoformat(on)


@given(st.integers(2010, 2040), st.integers(1, 12), st.none() | st.integers(1, 28))
def test_a_meeting_falls_on_a_working_day_of_its_week_or_month(year: int, month: int, day: int | None) -> None:
    on = meeting_day(year, month, day, CALENDAR)
    assert CALENDAR.works(on)
    assert (on.year, on.month) == (year, month)
    wanted = date(year, month, day or meetings.USUAL_DAY)
    if CALENDAR.works(wanted):
        assert on == wanted
    first_week = [date(year, month, number) for number in range(1, 8)]
    if wanted.day <= 7 and any(CALENDAR.works(one) for one in first_week):
        assert on.day <= 7


@given(st.lists(st.sampled_from(["present", "online", "excused", "unexcused"]), max_size=20))
def test_absences_are_counted_from_the_latest_meeting_back(states: list[str]) -> None:
    missed, alone = absent_in_a_row(states), without_reason_in_a_row(states)
    assert 0 <= alone <= missed <= len(states)
    assert all(state in meetings.MISSED for state in states[len(states) - missed :])
    assert missed == len(states) or states[len(states) - missed - 1] in meetings.CAME
    assert absent_in_a_row([*states, "present"]) == 0
    assert absent_in_a_row([*states, "excused"]) == missed + 1


@pytest.mark.parametrize(
    ("strength", "need"),
    [
        (Strength(14), 10),
        (Strength(3), 2),
        # Two with papers elsewhere and one exempt are left out; whoever of them came counts.
        (Strength(14, away=2, exempt=1), 8),
        (Strength(14, away=2, exempt=1, away_present=1), 8),
        (Strength(14, away=2, exempt=1, away_present=2, exempt_present=1), 10),
        (Strength(0), 0),
    ],
)
def test_two_thirds_of_those_who_count_are_needed(strength: Strength, need: int) -> None:
    assert votes_needed(strength, TODAY, BOOK) == need


@given(st.integers(0, 60), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_more_who_come_never_lower_what_is_needed(members: int, away: int, exempt: int, came: int) -> None:
    members += away + exempt
    alone = Strength(members, away, exempt)
    with_them = Strength(members, away, exempt, min(came, away), min(came, exempt))
    assert votes_needed(alone, TODAY, BOOK) <= votes_needed(with_them, TODAY, BOOK) <= members


def test_a_list_that_lacks_somebody_says_how_many() -> None:
    assert meetings.lacking(Roll(called=14, present=11, online=1, excused=1, unexcused=0)) == 1
    assert meetings.lacking(Roll(called=14, present=11, online=1, excused=1, unexcused=1)) == 0
