"""One JSON line of `chibot understand --json -` and its answer."""

from typing import Any

import pytest

from bot.vietnamese.lines import answer_line


def test_a_date_alone_is_answered_in_the_direction_asked_for() -> None:
    line = {"kind": "date", "text": "thứ 5", "today": "2026-11-20", "id": 7}
    assert answer_line({**line, "direction": "past"}) == {"id": 7, "on": "2026-11-19"}
    assert answer_line({**line, "direction": "future"}) == {"id": 7, "on": "2026-11-26"}
    assert answer_line({**line, "text": "mai mốt", "direction": "future"}) == {"id": 7, "on": None}


def test_a_name_is_searched_among_the_known() -> None:
    assert answer_line({"kind": "name", "query": "kieu", "known": ["Lê Nam", "Phạm Thị Kiều"], "id": "a"}) == {
        "id": "a",
        "matches": ["Phạm Thị Kiều"],
    }


def test_a_sentence_is_answered_with_its_person_and_dates() -> None:
    answer = answer_line(
        {
            "text": "hôm qua gặp chị Lan, hẹn thứ 5 tuần sau",
            "today": "2026-11-20",
            "known": ["Nguyễn Ngọc Lan"],
            "id": 1,
        }
    )
    assert list(answer) == ["id", "kind", "who", "how", "on", "next_on", "note"]
    assert (answer["id"], answer["kind"], answer["who"], answer["how"]) == (1, "contact", "Nguyễn Ngọc Lan", "met")
    assert (answer["on"], answer["next_on"]) == ("2026-11-19", "2026-11-26")


def test_two_people_of_one_name_come_back_as_a_list() -> None:
    known = ["Nguyễn Ngọc Lan", "Trần Thị Lan"]
    answer = answer_line({"text": "hôm qua gặp chị Lan", "today": "2026-11-20", "known": known})
    assert isinstance(answer["who"], list)
    assert set(answer["who"]) == set(known)


@pytest.mark.parametrize(
    "line",
    [
        {"kind": "date", "today": "2026-11-20", "direction": "past"},
        {"kind": "date", "text": "mai", "today": "20/11", "direction": "past"},
        {"kind": "date", "text": "mai", "direction": "past"},
        {"kind": "date", "text": "mai", "today": "2026-11-20", "direction": "sideways"},
        {"kind": "date", "text": 5, "today": "2026-11-20", "direction": "past"},
        {"kind": "name", "query": "lan"},
        {"kind": "name", "query": "lan", "known": "Lan"},
        {"kind": "name", "query": "lan", "known": [1]},
        {"kind": ["date"], "text": "mai"},
        {"text": "gặp chị Lan", "today": 20261120, "known": []},
        {"text": None, "today": "2026-11-20", "known": []},
        {},
    ],
)
def test_a_malformed_line_gets_one_sentence_and_its_id(line: dict[str, Any]) -> None:
    answer = answer_line({**line, "id": "x"})
    assert list(answer) == ["id", "error"]
    assert answer["id"] == "x"
    assert answer["error"].endswith(".")


def test_a_line_that_is_no_object_gets_an_error() -> None:
    line: Any = ["mai"]
    assert answer_line(line) == {"error": "A line must be a JSON object."}
