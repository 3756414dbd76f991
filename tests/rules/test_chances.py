"""How likely a case makes a period, and what many of them come to."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.chances import Chances, spread
from bot.rules.durations import Stays, paces
from bot.rules.road import DECIDED, pairs, road
from tests.rules.builders import BOOK, CALENDAR, TODAY

ROAD = road("source", DECIDED, False, BOOK)
LAST = ("committee_vote", "decision")
STAYS = [10, 20, 30, 40]


def chances(days: list[int], lost: tuple[int, int] = (0, 0)) -> Chances:
    told = Stays(dict.fromkeys(pairs(DECIDED, BOOK), days), {"committee_vote": lost} if lost[0] else {})
    return Chances(paces([("own", told)], pairs(DECIDED, BOOK), TODAY, BOOK), DECIDED, BOOK, CALENDAR)


def now(known: Chances, been: int, ahead: int) -> float:
    return known.now(LAST[0], TODAY - timedelta(days=been), TODAY, TODAY + timedelta(days=ahead))


def test_half_of_the_cases_were_quicker_so_the_chance_is_one_in_two() -> None:
    known = chances([10, 20, 30, 40, 50, 60])
    assert now(known, 0, 35) == 0.5
    assert now(known, 0, 9) == 0 and now(known, 0, 60) == 1


def test_who_has_waited_longer_goes_by_those_who_waited_as_long() -> None:
    known = chances([10, 20, 30, 40, 50, 60])
    assert now(known, 35, 5) == 1 / 3
    # Slower than all: as if it began anew.
    assert now(known, 90, 35) == 0.5


def test_those_who_leave_on_the_way_count_against_it() -> None:
    assert now(chances([10] * 6, lost=(2, 6)), 0, 30) == 0.75


def test_over_two_steps_the_chances_of_both_count() -> None:
    known = chances([10, 10, 10, 50, 50, 50])
    assert known.now("branch_vote", TODAY, TODAY, TODAY + timedelta(days=25)) == 0.25


def test_where_nothing_is_known_the_statutory_length_counts_and_one_in_four_is_quicker_or_slower() -> None:
    known = Chances(paces([], pairs(DECIDED, BOOK), TODAY, BOOK), DECIDED, BOOK, CALENDAR)
    length = paces([], [LAST], TODAY, BOOK)[LAST].length
    half, whole = length.end(TODAY, CALENDAR, half=True), length.end(TODAY, CALENDAR)
    assert known.now(LAST[0], TODAY, TODAY, half) == 0.25
    assert known.now(LAST[0], TODAY, TODAY, whole) == 0.75
    assert known.now(LAST[0], TODAY, TODAY, length.end(whole, CALENDAR)) == 1


@given(
    step=st.sampled_from(ROAD[:-1]),
    been=st.integers(0, 400),
    days=st.lists(st.integers(0, 300), min_size=5, max_size=40),
    ahead=st.lists(st.integers(0, 900), min_size=2, max_size=2),
)
def test_more_time_never_makes_it_less_likely(step: str, been: int, days: list[int], ahead: list[int]) -> None:
    known = chances(days)
    sooner, later = (
        known.now(step, TODAY - timedelta(days=been), TODAY, TODAY + timedelta(days=days_)) for days_ in sorted(ahead)
    )
    assert 0 <= sooner <= later <= 1 + 1e-9


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 30)), max_size=30))
def test_the_range_lies_around_the_middle_and_within_what_there_is(cases: list[tuple[float, int]]) -> None:
    low, middle, high = spread(cases)
    sure, all_ = sum(n for chance, n in cases if chance >= 1), sum(n for chance, n in cases if chance > 0)
    assert sure <= low <= middle <= high <= all_


def test_ten_even_chances_bring_three_to_seven() -> None:
    assert spread([(0.5, 10)]) == (3, 5, 7)
    assert spread([(1.0, 4), (0.0, 9)]) == (4, 4, 4)
    assert spread([]) == (0, 0, 0)


def test_many_cases_have_a_range_that_is_narrower_in_proportion() -> None:
    small, large = spread([(0.3, 40)]), spread([(0.3, 4000)])
    assert (large[2] - large[0]) / large[1] < (small[2] - small[0]) / small[1]
    assert large[1] == 1200
