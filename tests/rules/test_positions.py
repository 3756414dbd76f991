"""Positions of the neighbourhood: what adds up, what cannot be, and how people say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Refusal
from bot.rules.grouping import grouping
from bot.rules.positions import Seats, catalogue, lowest, total
from handlers.seats import figures_in, kind_in, read_seats, said
from handlers.templates import load

SEATS = st.lists(st.integers(0, 500), min_size=3, max_size=3).map(lambda n: Seats(*sorted(n, reverse=True)))


def test_the_shares_of_the_ward_are_told_as_it_told_them() -> None:
    assert f"{Seats(9, 9, 4).percent:.2f}" == "44.44"
    assert f"{(Seats(28, 28, 12) + Seats(20, 20, 7)).percent:.2f}" == "39.58"


@given(st.lists(SEATS))
def test_sums_of_what_can_be_can_be_and_lie_between_their_parts(several: list[Seats]) -> None:
    whole = total(several)
    assert whole.sound
    shares = [seats.percent for seats in several if seats.percent is not None]
    if whole.percent is not None:
        assert min(shares) - 0.001 <= whole.percent <= max(shares) + 0.001


@given(SEATS)
def test_what_is_said_back_is_understood_again(seats: Seats) -> None:
    assert read_seats(said(seats)) == seats


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_numbers_that_cannot_be_are_refused(members: int, held: int, posts: int) -> None:
    if members <= held <= posts:
        assert read_seats(f"{members}/{held}/{posts}") == Seats(posts, held, members)
    else:
        with pytest.raises(Refusal):
            read_seats(f"{members}/{held}/{posts}")


@pytest.mark.parametrize(
    ("typed", "seats"),
    [
        ("4/9", Seats(9, 9, 4)),
        ("4 / 9", Seats(9, 9, 4)),
        ("4 9", Seats(9, 9, 4)),
        ("4 trên 9", Seats(9, 9, 4)),
        ("4/8/9", Seats(9, 8, 4)),
        ("9 vị trí, 4 đảng viên", Seats(9, 9, 4)),
        ("4 dang vien, 9 vi tri", Seats(9, 9, 4)),
        ("9 vị trí, 8 người giữ, 4 đảng viên", Seats(9, 8, 4)),
        ("9 người, 4 đv", Seats(9, 9, 4)),
        ("vị trí: 9, đảng viên: 4", Seats(9, 9, 4)),
        ("0", Seats()),
        ("không có", Seats()),
        ("ko", Seats()),
        ("0/0", Seats()),
    ],
)
def test_numbers_are_understood_as_people_type_them(typed: str, seats: Seats) -> None:
    assert read_seats(typed) == seats


@pytest.mark.parametrize(
    "typed", ["", "chín", "9", "🙂", "4/9/9/9", "-4/9", "9 vị trí", "4/9999999", "1" * 40 + "/2", "9/4"]
)
def test_what_is_no_pair_of_numbers_is_refused_in_words(typed: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_seats(typed)
    assert refusal.value.reply.template.startswith("positions.")


@pytest.mark.parametrize(
    ("typed", "kind", "unit", "numbers"),
    [
        ("tổ trưởng tổ dân phố: 9 vị trí, 4 đảng viên", "hamlet_head", "", "9 vi tri, 4 dang vien"),
        ("to truong tdp 4/9", "hamlet_head", "", "4/9"),
        ("TDP2 tổ trưởng 2/3", "hamlet_head", "tdp2", "2/3"),
        ("tổ dân phố 2 chi hội trưởng phụ nữ 1/1", "women_head", "to dan pho 2", "1/1"),
        ("cơ động 12/28", "militia_mobile", "", "12/28"),
        ("to dan pho 2", None, "to dan pho 2", ""),
        ("phó trưởng thôn 1/2/3", "hamlet_deputy", "", "1/2/3"),
    ],
)
def test_kind_unit_and_numbers_stand_in_one_line(typed: str, kind: str | None, unit: str, numbers: str) -> None:
    named, figures = figures_in(typed)
    assert (figures, kind_in(named)) == (numbers, (kind, unit))


def test_the_lowest_shares_come_first_and_the_full_ones_never() -> None:
    known = {
        "police": Seats(5, 5, 5),
        "front_head": Seats(4, 4, 1),
        "youth_head": Seats(4, 3, 1),
        "squad_head": Seats(),
    }
    assert [kind for kind, _ in lowest(known)] == ["front_head", "youth_head"]


def test_the_catalogue_fits_together() -> None:
    known = catalogue()
    labels = [kind.label for kind in known.kinds.values() if kind.label]
    assert set(labels) == set(grouping().positions)
    assert {kind.group for kind in known.kinds.values()} == set(known.groups)
    assert all(slug in known.kinds for both in known.sums.values() for slug in both.of)
    cues = [cue for kind in known.kinds.values() for cue in kind.cues]
    assert len(cues) == len(set(cues))
    assert {*known.kinds, "none", "mark"} <= set(load("history_words")["fields"])
    assert not {*known.kinds, *known.sums, *known.groups} & {"none", "chuaghi"}
