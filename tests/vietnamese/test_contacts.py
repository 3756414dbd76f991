"""What is understood of typed sentences: who, how, when, and what kind of sentence it is."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.vietnamese.contacts import Understood, understand

HERE = Path(__file__).parent
TODAY = date(2026, 11, 20)
BLIND = [f"contact_sentences_blind_{i}.yaml" for i in range(1, 9)]
KNOWN = ["Nguyễn Ngọc Lan", "Trần Thị Lan", "Trương Đình Hòa", "Lê Thị Mai", "H'Bia Niê", "Nguyễn Văn Năm"]

Case = tuple[str, date, tuple[str, ...], dict[str, Any]]


def day(text: str, today: date) -> date | None:
    """A day d/m of the row, in the year of `today`, or d/m/y."""
    if not text:
        return None
    number, month, *year = map(int, text.split("/"))
    return date(year[0] if year else today.year, month, number)


def cases(file: str) -> Iterator[Case]:
    for batch in yaml.safe_load((HERE / file).read_text(encoding="utf-8")):
        today, known = batch["today"], tuple(batch["known"])
        for row in batch["rows"]:
            text, *cells = (cell.strip() for cell in row.split("|"))
            if len(cells) == 1:
                yield text, today, known, {"kind": cells[0], "who": None, "how": None, "on": None, "next_on": None}
                continue
            who, how, on, next_on = (*cells, "")[:4]
            yield (
                text,
                today,
                known,
                {
                    "kind": "contact",
                    "who": None if who == "-" else frozenset(who.split("+")),
                    "how": how,
                    "on": day(on, today) or today,
                    "next_on": day(next_on, today),
                },
            )


def seen(understood: Understood, field: str) -> Any:
    value = getattr(understood, field)
    if field != "who" or value is None:
        return value
    return frozenset([value] if isinstance(value, str) else value)


def wrong(case: Case) -> dict[str, Any]:
    """The fields that were understood otherwise than written."""
    text, today, known, wanted = case
    understood = understand(text, today, known)
    return {field: seen(understood, field) for field, value in wanted.items() if seen(understood, field) != value}


@pytest.mark.parametrize("case", list(cases("contact_sentences.yaml")), ids=lambda case: case[0])
def test_a_sentence_is_understood_by_the_rules(case: Case) -> None:
    assert wrong(case) == {}


@pytest.mark.parametrize("file", ["contact_sentences_held_out.yaml", *BLIND])
def test_sentences_written_before_tuning_are_understood(file: str) -> None:
    held_out = list(cases(file))
    misread = {case[0]: fields for case in held_out if (fields := wrong(case))}
    assert len(held_out) >= 50
    assert len(misread) <= 0.05 * len(held_out), misread


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            "hôm qua gặp chị Mai ở nhà văn hóa, chị đã viết đơn, hẹn thứ 5 tuần sau",
            "ở nhà văn hóa, chị đã viết đơn",
        ),
        ("hom qua gap chi Mai o nha van hoa, chi da viet don, hen thu 5 tuan sau", "o nha van hoa, chi da viet don"),
        ("gọi điện cho anh Hòa hỏi thăm tình hình", "hỏi thăm tình hình"),
        ("gặp chị Mai hôm qua", None),
        ("Mới gặp chị Mai xong", None),
        ("hôm 15/11 ghé sạp của chị Mai, nói được vài câu", "ghé sạp của chị Mai, nói được vài câu"),
        ("gặp chị Mai", None),
        ("15/11 gặp anh Hòa ở nhà; anh đồng ý viết đơn. Hẹn 25/11.", "ở nhà; anh đồng ý viết đơn"),
    ],
)
def test_the_note_is_what_was_said_without_who_and_when(text: str, note: str | None) -> None:
    assert understand(text, TODAY, KNOWN).note == note


@pytest.mark.parametrize(
    ("text", "ahead"),
    [
        ("25/11 gặp anh Hòa ở nhà", date(2026, 11, 25)),
        ("gặp anh Hòa ở nhà ngày 25/11/2026", date(2026, 11, 25)),
        ("15/11 gặp anh Hòa ở nhà", None),
        ("hẹn gặp anh Hòa 25/11", None),
        ("mai gặp anh Hòa", None),
    ],
)
def test_a_day_told_as_past_that_is_still_to_come_is_handed_back(text: str, ahead: date | None) -> None:
    understood = understand(text, TODAY, KNOWN)
    assert understood.ahead == ahead
    assert understood.on == (TODAY if ahead else understood.on)


SCRAPS = """hôm qua gặp chị Lan anh hòa mai H'Bia ở nhà cơ quan gọi không nghe máy hẹn thứ 5 tuần sau 25/11 30/2 , . ?
nhắn zalo chưa được ai gì nhắc tôi đám cưới gawpj chij 12 tháng nữa nói năm Nguyễn Ngọc ' đ/c a. \u0300 😀"""
WORDS = st.sampled_from(SCRAPS.split())
TEXTS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=30).map(" ".join))


@settings(max_examples=150, deadline=None)
@given(
    TEXTS,
    st.dates(date(2000, 1, 1), date(2090, 12, 31)),
    st.lists(st.one_of(st.sampled_from(KNOWN), st.text()), max_size=6),
)
def test_any_text_is_read_and_keeps_the_promises(text: str, today: date, known: list[str]) -> None:
    understood = understand(text, today, known)
    names = [understood.who] if isinstance(understood.who, str) else understood.who or ()
    assert set(names) <= set(known)
    if understood.kind == "contact":
        assert understood.on is not None
        assert understood.on <= today
        assert understood.next_on is None or understood.next_on > today
        assert understood.how is not None
    else:
        assert (understood.who, understood.how, understood.on, understood.next_on, understood.note) == (None,) * 5


def test_two_thousand_known_names_do_not_slow_a_sentence_down() -> None:
    middles = ["Văn", "Thị", "Ngọc", "Đình"]
    known = [f"Nguyễn {middles[i % 4]} {chr(65 + i % 26)}{chr(97 + i // 26 % 26)}n{i % 7}" for i in range(2000)]
    sentences = [f"hôm qua gặp chị Lan ở nhà lần thứ {i}, hẹn thứ 5 tuần sau" for i in range(40)]
    understand(sentences[0], TODAY, [*known, "Lê Thị Lan"])
    before = process_time()
    for sentence in sentences:
        understand(sentence, TODAY + timedelta(days=1), [*known, "Lê Thị Lan"])
    assert (process_time() - before) / len(sentences) < 0.02
