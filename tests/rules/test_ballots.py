"""Ballots: sums that add up, thresholds, and the third failed vote."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.ballots import Ballot, counted, goes_up, misfits, needed, outcome
from bot.rules.entries import BodyName
from tests.rules.builders import BOOK, TODAY, full_vote

FEW, MANY = st.integers(-1, 2), st.integers(-1, 6)
BALLOTS = st.builds(Ballot, *[MANY] * 6, st.none() | FEW, *[FEW] * 6)


@pytest.mark.parametrize(("of", "need"), [(3, 2), (4, 3), (5, 4), (6, 4), (7, 5), (20, 14)])
def test_two_thirds_are_rounded_up(of: int, need: int) -> None:
    assert needed(of, "branch", TODAY, BOOK) == needed(of, "committee", TODAY, BOOK) == need


@given(st.integers(1, 500))
def test_two_thirds_and_more_than_half_are_the_least_numbers_that_do(of: int) -> None:
    branch, standing = needed(of, "branch", TODAY, BOOK), needed(of, "standing_committee", TODAY, BOOK)
    assert Fraction(branch, of) >= Fraction(2, 3) > Fraction(branch - 1, of)
    assert Fraction(standing, of) > Fraction(1, 2) >= Fraction(standing - 1, of)


@pytest.mark.parametrize("body", ["branch", "committee", "standing_committee", "empowered_committee"])
def test_the_share_of_an_early_day_is_known_too(body: BodyName) -> None:
    assert needed(9, body, date(2012, 1, 1), BOOK) in (5, 6)


@given(BALLOTS, st.sampled_from(["branch", "committee"]))
@settings(max_examples=400)
def test_figures_are_either_refused_with_their_sum_or_can_be_right(ballot: Ballot, body: BodyName) -> None:
    wrong = misfits(ballot, body, BOOK)
    assert all(misfit.text for misfit in wrong)
    if not wrong:
        found = outcome(ballot, body, TODAY, BOOK)
        assert 0 <= ballot.in_favour <= ballot.valid <= ballot.returned <= ballot.issued <= ballot.present
        assert ballot.present <= found.counted <= ballot.members
        assert 0 < found.need <= found.counted
        assert ballot.in_favour + (ballot.against or 0) <= ballot.valid
        assert found.text(BOOK)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"present": -1}, "negative"),
        ({"away_present": 1}, "came"),
        ({"exempt_present": 1}, "came"),
        ({"suspended": 20}, "outside"),
        ({"present": 21}, "present"),
        ({"issued": 21}, "issued"),
        ({"returned": 21}, "returned"),
        ({"valid": 21}, "valid"),
        ({"in_favour": 21}, "in_favour"),
        ({"in_favour": 15, "against": 6}, "split"),
    ],
)
def test_what_does_not_add_up_is_refused_by_name(changes: dict[str, int], key: str) -> None:
    figures = {"members": 20, "present": 20, "issued": 20, "returned": 20, "valid": 20, "in_favour": 14} | changes
    assert key in {misfit.key for misfit in misfits(Ballot(**figures), "branch", BOOK)}


def test_votes_neither_for_nor_against_are_blank() -> None:
    assert misfits(Ballot(20, 20, 20, 20, 18, 14, 3), "branch", BOOK) == []


def test_the_excused_count_only_if_they_came_and_in_a_committee_always() -> None:
    ballot = Ballot(10, 8, 8, 8, 8, 8, exempt=2, exempt_present=0)
    assert counted(ballot, "branch", BOOK) == 8
    assert counted(ballot, "committee", BOOK) == 10


def test_a_branch_of_two_is_warned() -> None:
    warning = outcome(full_vote(2), "branch", TODAY, BOOK).warning
    assert warning is not None
    assert "ít nhất 3" in warning
    assert outcome(full_vote(3), "branch", TODAY, BOOK).warning is None
    assert outcome(full_vote(2), "committee", TODAY, BOOK).warning is None


def test_the_third_failed_vote_goes_up() -> None:
    assert goes_up(2, BOOK) is None
    found = goes_up(3, BOOK)
    assert found is not None
    assert "3 lần" in found[0]
    assert found[1].article == "4.2.3"
