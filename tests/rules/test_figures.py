"""Targets, shares, terms, ranks and groupings as an official would work them out on paper."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.book import load
from bot.rules.composition import by_age, by_name, by_schooling
from bot.rules.figures import Figures, Flow, Target, needed_for_share, quarter_part, target_for
from bot.rules.goals import Reached, Share, late_by, quarters_differ, term
from bot.rules.grouping import grouping, stage_counts
from bot.rules.periods import Period, parse
from bot.rules.ranking import WEIGHTS, commended, points, ranked

YEAR = Period("year", 2026)
WEIGHT = {name: load().entries.local[name].value for name in WEIGHTS}


def branch(unit: int, admitted: int, target: int | None, sources: int = 1, overdue: int = 0) -> Figures:
    flow = Flow(admitted=admitted, new_sources=sources)
    given = Target(target, 1 if target is not None else None)
    return Figures(unit, YEAR, "admission_decided", flow, Flow(), flow, given, given, overdue=overdue, branches=1)


@given(st.integers(0, 500))
def test_the_quarters_of_a_year_add_up_and_none_is_behind(whole: int) -> None:
    parts = [quarter_part(whole, quarter) for quarter in range(1, 5)]
    assert sum(parts) == whole
    assert all(sum(parts[:n]) * 4 >= whole * n for n in range(1, 5))
    assert max(parts) - min(parts) <= 1


def test_a_period_takes_its_own_word_before_its_part_of_the_year() -> None:
    rows = {0: Target(7, 12), 4: Target(3, None)}
    q4, q1, h2, month = (parse(code) for code in ("2026-Q4", "2026-Q1", "2026-H2", "2026-11"))
    assert q4 and q1 and h2 and month
    assert target_for(q4, rows) == Target(3, 3)
    assert target_for(q1, rows) == Target(2, 3, derived=True)
    assert target_for(h2, rows) == Target(5, 6, derived=True)
    assert target_for(month, rows) == Target(derived=True)
    assert target_for(YEAR, {1: Target(1, 1), 2: Target(2, None)}) == Target(3, 1, derived=True)


@pytest.mark.parametrize(("members", "needed"), [(0, 0), (1, 1), (33, 1), (34, 2), (296, 9), (300, 9), (301, 10)])
def test_three_per_cent_is_rounded_up_to_a_person(members: int, needed: int) -> None:
    assert needed_for_share(members, 30) == needed
    assert Share(members, 30, needed).missing == 0
    assert needed == 0 or Share(members, 30, needed - 1).missing == 1


def test_what_is_reached_is_missing_or_beyond_but_never_both() -> None:
    assert (Reached(3, 7).missing, Reached(3, 7).beyond) == (4, 0)
    assert (Reached(9, 7).missing, Reached(9, 7).beyond) == (0, 2)
    assert (Reached(2, None).missing, Reached(2, None).beyond, Reached(2, None).percent) == (0, 0, None)
    assert (Reached(2, 0).beyond, Reached(2, 0).percent) == (2, None)


def test_a_target_is_late_only_by_what_should_be_there_by_now() -> None:
    assert late_by(Reached(0, 4), YEAR, date(2025, 12, 31)) == 0
    assert late_by(Reached(0, 4), YEAR, date(2026, 7, 2)) == 2
    assert late_by(Reached(2, 4), YEAR, date(2026, 7, 2)) == 0
    assert late_by(Reached(1, 4), YEAR, date(2027, 5, 1)) == 3
    assert quarters_differ(7, [2, 2, 2, 2]) == 1
    assert quarters_differ(7, [2, None, 2, 2]) == 0


def test_the_terms_average_counts_the_months_that_have_begun() -> None:
    months = {month: Flow(admitted=1) for year in (2025, 2026) for month in Period("year", year).parts("month")}
    so_far = term(months, 2025, date(2026, 6, 30), 5)
    assert (so_far.admitted, so_far.months, so_far.yearly) == (18, 18, 12.0)


def test_a_small_branch_that_did_its_part_is_level_with_a_large_one() -> None:
    small, large = branch(1, 1, 1), branch(2, 4, 4)
    assert points(small, WEIGHT) == points(large, WEIGHT)
    assert [one.rank for one in ranked([small, large, branch(3, 0, 1)], WEIGHT)] == [1, 1, 3]
    assert points(branch(4, 3, 1), WEIGHT) > points(small, WEIGHT)
    assert points(branch(5, 1, 1, overdue=3), WEIGHT) < points(small, WEIGHT)
    assert points(branch(6, 1, None), WEIGHT) == points(small, WEIGHT)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)), max_size=8))
def test_equal_points_have_equal_ranks_and_a_rank_tells_how_many_are_better(rows: list[tuple[int, int, int]]) -> None:
    found = ranked([branch(n, a, t, overdue=o) for n, (a, t, o) in enumerate(rows)], WEIGHT)
    for one in found:
        assert one.rank == 1 + sum(other.points > one.points for other in found)
        assert one.tied == (sum(other.points == one.points for other in found) > 1)
        assert 0 <= one.points <= sum(WEIGHT.values())


def test_only_who_reached_everything_and_left_nothing_lying_is_commended() -> None:
    assert commended(branch(1, 1, 1))
    assert not commended(branch(1, 0, 0))
    assert not commended(branch(1, 1, 1, sources=0))
    assert not commended(branch(1, 2, 1, overdue=1))


def test_every_step_on_the_road_stands_in_one_stage() -> None:
    staged = [step for _, steps in grouping().stages.values() for step in steps]
    road = {slug for slug, step in load().entries.steps.items() if step.track == "main" and not step.ending}
    assert len(staged) == len(set(staged))
    assert set(staged) == road
    assert sum(stage_counts(dict.fromkeys(road, 1)).values()) == len(road)


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ("chi doan to dan pho 1", "youth_union"),
        ("cong doan truong", "trade_union"),
        ("chi hoi phu nu", "women"),
        ("ban cong tac mat tran", "front"),
        ("chi bo to dan pho 1", "branch"),
        ("ba con lang xom", "other"),
    ],
)
def test_an_organisation_is_known_by_what_was_noted(said: str, slug: str) -> None:
    found = grouping().organisation(said)
    assert found is not None
    assert found.slug == slug
    assert grouping().organisation("") is None


def test_shares_are_of_the_whole_and_what_is_not_noted_comes_last() -> None:
    schooling = by_schooling({"university": 28, "upper_secondary": 7, None: 3}, 38)
    assert [(part.name, part.count, f"{part.percent:.2f}") for part in schooling] == [
        ("đại học", 28, "73.68"),
        ("trung học phổ thông", 7, "18.42"),
        ("chưa ghi", 3, "7.89"),
    ]
    assert [part.name for part in by_age({19: 1, 35: 1, 60: 1, None: 1, 17: 1}, 5)] == [
        "18–30",
        "31–40",
        "trên 50",
        "chưa ghi",
    ]
    assert [part.count for part in by_name({"male": "nam"}, {"male": 2, None: 1}, 3)] == [2, 1]
