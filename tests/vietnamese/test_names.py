"""Searching people by what is typed of their names."""

import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.vietnamese.fold import fold
from bot.vietnamese.names import same_spelling, search_names

TABLE = yaml.safe_load((Path(__file__).parent / "names.yaml").read_text(encoding="utf-8"))
PEOPLE = ["Phạm Thị Kiều", "Lê Văn Hòa", "Trần Thị Hoa", "H'Bia Niê", "Đỗ Đức Đạt", "Nguyễn Thuỳ Dương", "Võ Nam"]
people = st.lists(st.sampled_from(PEOPLE), unique=True)


@pytest.mark.parametrize("case", TABLE, ids=lambda case: f"{case['query']}-{len(case['known'])}")
def test_a_query_finds_whom_the_office_means(case: dict[str, Any]) -> None:
    assert search_names(case["query"], case["known"]) == case["found"]


HELD_OUT = yaml.safe_load((Path(__file__).parent / "names_held_out.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("query", "known", "found"), [(q, block["known"], f) for block in HELD_OUT for q, f in block["queries"].items()]
)
def test_a_query_written_by_the_rules_alone_finds_whom_they_say(query: str, known: list[str], found: list[str]) -> None:
    assert search_names(query, known) == found


@pytest.mark.parametrize(
    ("typed", "written", "same"),
    [
        ("hoà", "Hòa", True),
        ("hoa", "Hòa", True),
        ("hoa", "Hoạ", True),
        ("hoá", "Hòa", False),
        ("đạt", "Dạt", False),
        ("dat", "Đạt", True),
        ("hbia", "H'Bia", True),
        ("H\u2019BIA", "H'Bia", True),
        ("ma", "Mai", False),
    ],
)
def test_a_word_fits_a_name_with_its_marks_or_without_any(typed: str, written: str, same: bool) -> None:
    assert same_spelling(typed, written) is same
    assert same_spelling(unicodedata.normalize("NFD", typed), unicodedata.normalize("NFD", written)) is same


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PEOPLE), people, st.randoms())
def test_a_person_is_found_by_the_full_name_in_any_order_and_form(name: str, others: list[str], random: Any) -> None:
    words = name.split()
    random.shuffle(words)
    known = [name, *(o for o in others if o != name)]
    for query in (" ".join(words), fold(name), name.upper(), unicodedata.normalize("NFD", name)):
        assert search_names(query, known)[0] == name


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30), st.lists(st.text(max_size=20), max_size=5))
def test_any_text_is_searched_without_a_fault_and_finds_only_known_names(query: str, known: list[str]) -> None:
    assert set(search_names(query, known)) <= set(known)
