"""How long each step takes: by our own cases, by a wider circle, by the rulebook."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.durations import FEW, THINNED, VIEWS, Pace, Stays, paces, thinned, usual_length
from bot.rules.road import DECIDED, HELD, pairs, road
from tests.rules.builders import BOOK, CALENDAR, TODAY

VETTING = ("vetting", "opinions")
LENGTH = usual_length(VETTING, TODAY, BOOK)


def pace(*days: int) -> Pace:
    return Pace(*VETTING, tuple(sorted(days)), "own" if days else "rulebook", len(days), len(days), LENGTH)


def test_the_median_and_the_quarters_are_those_of_the_cases() -> None:
    found = pace(10, 20, 30, 40, 50, 60, 70)
    assert [found.part(view) for view in VIEWS] == [20, 40, 60]


def test_a_branch_with_enough_cases_goes_by_its_own() -> None:
    circles = [("own", Stays({VETTING: [20] * FEW})), ("committee", Stays({VETTING: [90] * 40}))]
    found = paces(circles, [VETTING], TODAY, BOOK)[VETTING]
    assert (found.circle, found.part("usual"), found.own, found.known) == ("own", 20, FEW, 40)


def test_with_two_cases_a_branch_goes_by_the_committees() -> None:
    circles = [("own", Stays({VETTING: [20, 25]})), ("area", Stays({})), ("committee", Stays({VETTING: [90] * FEW}))]
    found = paces(circles, [VETTING], TODAY, BOOK)[VETTING]
    assert (found.circle, found.part("usual"), found.own, found.known) == ("committee", 90, 2, FEW)


def test_where_nobody_knows_the_rulebook_says_how_long() -> None:
    found = paces([("own", Stays({VETTING: [20, 25]}))], [VETTING], TODAY, BOOK)[VETTING]
    assert (found.circle, found.days, found.own) == ("rulebook", (), 2)
    assert (found.length.amount, found.length.unit, found.length.rule) == (30, "working_days", "vetting_reply")
    assert found.leaves(TODAY, "usual", CALENDAR) == CALENDAR.after(TODAY, 30)


def test_what_two_bodies_do_takes_together_what_the_law_gives_for_the_decision() -> None:
    clock = BOOK.clock("admission_decision", TODAY)
    assert clock
    parts = [("branch_vote", "committee_vote"), ("committee_vote", "decision")]
    assert sum(usual_length(pair, TODAY, BOOK).amount for pair in parts) == clock.amount
    assert usual_length(("branch_vote", "decision"), TODAY, BOOK).amount == clock.amount


def test_every_step_of_every_road_has_a_length() -> None:
    for counted in (DECIDED, HELD):
        for pair in pairs(counted, BOOK):
            assert usual_length(pair, TODAY, BOOK).amount > 0


def test_the_road_passes_over_the_section_committee_and_ends_where_it_counts() -> None:
    assert road("branch_vote", DECIDED, False, BOOK) == ("branch_vote", "committee_vote", "decision")
    assert road("branch_vote", DECIDED, True, BOOK) == ("branch_vote", "decision")
    assert road("section_review", DECIDED, False, BOOK) == ("section_review", "committee_vote", "decision")
    assert road("source", HELD, False, BOOK)[-1] == "ceremony"
    assert road("probation", DECIDED, False, BOOK) == ()
    assert road("decision", DECIDED, False, BOOK) == ("decision",)


def test_a_case_that_is_late_is_compared_with_those_that_were_as_late() -> None:
    found = pace(10, 20, 30, 100, 120)
    entered = TODAY - timedelta(days=40)
    assert found.leaves_yet(entered, TODAY, "usual", CALENDAR) == entered + timedelta(days=100)


def test_a_case_slower_than_all_before_is_not_expected_tomorrow() -> None:
    found = pace(10, 20, 30, 40, 50)
    entered = TODAY - timedelta(days=200)
    assert found.leaves_yet(entered, TODAY, "usual", CALENDAR) == TODAY + timedelta(days=30)


DAYS = st.lists(st.integers(0, 400), max_size=30)
SOME_DAY = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(days=DAYS, entered=SOME_DAY, waited=st.integers(0, 500))
def test_the_cautious_view_never_hopes_for_more_than_the_quick_one(days: list[int], entered: date, waited: int) -> None:
    found, today = pace(*days), entered + timedelta(days=waited)
    fresh = [found.leaves(entered, view, CALENDAR) for view in VIEWS]
    late = [found.leaves_yet(entered, today, view, CALENDAR) for view in VIEWS]
    assert fresh == sorted(fresh) and late == sorted(late)
    assert fresh[0] >= entered and late[0] >= today


@given(days=DAYS, entered=SOME_DAY, later=st.integers(0, 60), view=st.sampled_from(VIEWS))
def test_who_comes_later_leaves_later(days: list[int], entered: date, later: int, view: str) -> None:
    found, after = pace(*days), entered + timedelta(days=later)
    assert found.leaves(entered, view, CALENDAR) <= found.leaves(after, view, CALENDAR)  # type: ignore[arg-type]


def test_many_cases_are_thinned_out_without_moving_the_quarters() -> None:
    days = sorted((number * 37) % 400 for number in range(1000))
    thin = thinned(days)
    assert len(thin) == THINNED
    for part in (0.25, 0.5, 0.75):
        assert abs(thin[int(part * len(thin))] - days[int(part * len(days))]) <= 4
    assert thinned([3, 1, 2]) == [1, 2, 3]


def test_who_left_at_a_step_is_a_share_of_all_who_were_there() -> None:
    circles = [("own", Stays({VETTING: [20] * 9}, {"vetting": (3, 9)}))]
    assert paces(circles, [VETTING], TODAY, BOOK)[VETTING].lost == 0.25
    assert Stays({}, {}).lost("vetting") == 0
