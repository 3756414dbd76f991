"""The road from source to recognition, and questions that found no answer."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.answer import answer
from bot.knowledge.index import Index
from bot.knowledge.lines import line_of
from bot.knowledge.path import walk
from bot.knowledge.unanswered import BLANK, gather, strip
from bot.rules.book import Rulebook
from tests.knowledge.conftest import TODAY


def test_every_step_of_the_rulebook_is_on_the_road_with_an_article(book: Rulebook, index: Index) -> None:
    road = walk(book, TODAY)
    assert [step.slug for step in road] == list(book.entries.steps)
    assert {step.article for step in road} <= set(index.articles)
    assert all(step.duty and step.name for step in road)


def test_a_step_tells_its_papers_and_its_deadline(book: Rulebook) -> None:
    road = {step.slug: step for step in walk(book, TODAY)}
    assert [number for number, _ in road["cv"].papers] == ["2-KNĐ"]
    ceremony = [(limit.rule, limit.amount, limit.unit) for limit in road["ceremony"].limits]
    assert ceremony == [("ceremony", 30, "ngày làm việc")]
    assert [(limit.amount, limit.unit) for limit in road["probation"].limits] == [(12, "tháng")]
    assert [limit.rule for limit in road["decision"].limits] == ["admission_decision"]


def test_names_addresses_and_long_numbers_are_taken_out_of_a_question(index: Index) -> None:
    asked = "Chị Nguyễn Thị Hoa, số 0912 345 678, hoa@example.org, sinh 12/03/1990, QC-0007, đã 60 tuổi, mẫu 5-KNĐ"
    shown = strip(asked, index)
    for private in ("Hoa", "Nguyễn", "0912", "678", "example", "1990", "0007"):
        assert private not in shown
    assert "60 tuổi" in shown
    assert "5-KNĐ" in shown
    assert BLANK in shown


def test_a_leader_of_history_is_nobody_to_be_hidden(index: Index) -> None:
    assert strip("tư tưởng Hồ Chí Minh là gì", index) == "tư tưởng Hồ Chí Minh là gì"


@given(st.text(max_size=80))
def test_stripping_twice_changes_nothing_more(index: Index, text: str) -> None:
    once = strip(text, index)
    assert strip(once, index) == once


def test_like_questions_gather_and_the_most_asked_comes_first(index: Index) -> None:
    asked = ["quỹ chi bộ chi gì", "đảng phí bao nhiêu", "dang phi bao nhieu vậy", "đảng phí bao nhiêu"]
    groups = gather(asked, index)
    assert [group.times for group in groups] == [3, 1]
    assert groups[0].wordings[0] == "đảng phí bao nhiêu"
    assert sorted(place for group in groups for place in group.members) == [0, 1, 2, 3]


def test_a_line_of_chibot_ask_has_what_the_contract_names(index: Index) -> None:
    line = line_of("bao nhiêu tuổi được vào đảng", answer("bao nhiêu tuổi được vào đảng", index))
    assert list(line) == ["question", "answered", "topic", "text", "citations", "confidence", "suggestions"]
    assert line["answered"] is True
    assert line["citations"][0]["number"] == "208-QĐ/TW"
    assert line["citations"][0]["date"] == "2026-07-26"
    assert json.loads(json.dumps(line)) == line
    refused = line_of("mai mưa không", answer("mai mưa không", index))
    assert (refused["answered"], refused["topic"], refused["citations"]) == (False, None, [])
