"""Whom nobody has met for long, in the order of what it costs the plan."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.durations import VIEWS
from bot.rules.forecast import Prospect
from bot.rules.silence import radar

END = date(2026, 12, 31)
TODAY = date(2026, 11, 20)


def prospect(case: int, expected: date | None, next_on: date = TODAY, next_by: date | None = None) -> Prospect:
    def same(what: Any) -> dict[Any, Any]:
        return dict.fromkeys(VIEWS, what)

    return Prospect(
        case, f"QC-{case}", "recommendation", "branch_vote", same(next_on), TODAY, same(expected), same(next_by), None
    )


def order(*cases: tuple[Prospect | None, int]) -> list[int]:
    rows = [(number, f"QC-{number}", days) for number, (_, days) in enumerate(cases)]
    prospects = {number: one for number, (one, _) in enumerate(cases) if one}
    return [one.case for one in radar(rows, prospects, "usual", END)]


def test_who_would_be_lost_to_the_period_stands_before_who_was_silent_longer() -> None:
    soon = prospect(0, date(2026, 12, 20), TODAY, TODAY + timedelta(days=5))
    roomy = prospect(1, date(2026, 12, 1), TODAY, TODAY + timedelta(days=60))
    late = prospect(2, date(2027, 6, 1))
    assert order((late, 200), (roomy, 90), (None, 300), (soon, 35)) == [3, 1, 0, 2]


def test_of_two_alike_the_one_silent_longer_stands_first() -> None:
    late = prospect(0, date(2027, 6, 1))
    assert order((late, 40), (late, 80)) == [1, 0]


def test_only_who_makes_the_period_has_a_last_day() -> None:
    found = radar([(1, "QC-1", 40), (2, "QC-2", 40)], {1: prospect(1, date(2027, 6, 1))}, "usual", END)
    assert [(one.next_by, one.costly) for one in found] == [(None, False), (None, False)]
    makes_it = prospect(1, date(2026, 12, 20), TODAY, TODAY + timedelta(days=29))
    one = radar([(1, "QC-1", 40)], {1: makes_it}, "usual", END)[0]
    assert (one.slack, one.costly, one.next_by) == (29, True, TODAY + timedelta(days=29))


@given(slacks=st.lists(st.integers(0, 100), max_size=6), days=st.integers(31, 400))
def test_the_less_room_there_is_the_earlier_one_stands(slacks: list[int], days: int) -> None:
    cases = [(prospect(at, END, TODAY, TODAY + timedelta(days=slack)), days) for at, slack in enumerate(slacks)]
    assert [slacks[at] for at in order(*cases)] == sorted(slacks)
