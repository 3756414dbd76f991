"""The situations that an official can read, worked out by the rulebook; the expected days are counted a second time."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.rules.ballots import Ballot, misfits, outcome
from bot.rules.deadlines import explain
from bot.rules.eligibility import assess
from bot.rules.facts import CaseFacts
from bot.rules.why import cite, reason
from tests.rules.builders import BOOK, CALENDAR
from tests.rules.official_days import OFF, WORKED, nth_working_day, same_day_months_later

ALL = yaml.safe_load((Path(__file__).parent / "situations.yaml").read_text(encoding="utf-8"))
STATES = {"đạt": "met", "chưa đạt": "unmet", "chưa rõ": "unknown"}


def told(key: str) -> list[Any]:
    return [pytest.param(one, id=one["tình huống"]) for one in ALL if key in one]


def test_there_are_enough_situations_and_none_is_told_twice() -> None:
    names = [one["tình huống"] for one in ALL]
    assert len(told("hạn")) >= 80
    assert len(names) == len(set(names))


@pytest.mark.parametrize("one", told("hạn"))
def test_a_deadline_is_what_an_official_would_say(one: dict[str, Any]) -> None:
    clock = BOOK.clock(one["hạn"], one["từ"])
    assert clock is not None
    found = explain(clock, one["từ"], BOOK, CALENDAR)
    assert found.due_on == one["đến"]
    assert [day for day, _ in found.skipped] == one.get("trừ", [])
    assert list(found.made_up) == one.get("làm bù", [])
    assert found.provisional == one.get("tạm tính", False)
    assert cite(clock.source, BOOK) == one.get("văn bản", "")
    assert f"{one['đến']:%d/%m/%Y}" in reason(found, BOOK)


@pytest.mark.parametrize("one", told("hạn"))
def test_the_expected_day_stands_when_counted_on_the_announced_calendar(one: dict[str, Any]) -> None:
    clock = BOOK.clock(one["hạn"], one["từ"])
    assert clock is not None
    if clock.unit == "working_days":
        assert nth_working_day(one["từ"], clock.amount) == one["đến"]
        assert all(one["từ"] < day <= one["đến"] and day in OFF for day in one.get("trừ", []))
        assert all(day in WORKED for day in one.get("làm bù", []))
    elif clock.unit == "months":
        assert same_day_months_later(one["từ"], clock.amount) == one["đến"]
    else:
        assert (one["đến"] - one["từ"]).days == clock.amount


@pytest.mark.parametrize("one", told("hạn"))
def test_the_sentence_of_a_situation_names_its_own_days(one: dict[str, Any]) -> None:
    assert f"{one['từ']:%d/%m/%Y}" in one["tình huống"]
    assert f"{one['đến']:%d/%m/%Y}" in one["tình huống"]


@pytest.mark.parametrize("one", told("điều kiện"))
def test_a_requirement_comes_out_as_an_official_would_say(one: dict[str, Any]) -> None:
    held: date = one["ngày họp"]
    (found,) = assess(CaseFacts(**one["hồ sơ"]), held, BOOK, CALENDAR, [one["điều kiện"]])
    assert found.state == STATES[one["kết quả"]]
    assert one.get("văn bản", found.source(BOOK)) == found.source(BOOK)
    assert one.get("nói", found.text(BOOK)) == found.text(BOOK)


@pytest.mark.parametrize("one", told("biểu quyết"))
def test_a_vote_comes_out_as_an_official_would_say(one: dict[str, Any]) -> None:
    ballot, body = Ballot(**one["số liệu"]), one["biểu quyết"]
    wrong = [misfit.text for misfit in misfits(ballot, body, BOOK)]
    assert wrong == ([one["sai"]] if "sai" in one else [])
    if not wrong:
        found = outcome(ballot, body, date(2026, 11, 3), BOOK)
        assert (found.counted, found.need, found.passed) == (one["mẫu số"], one["cần"], one["đủ"])
