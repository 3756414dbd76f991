"""Dates as people type them, on ordinary days and on the edges of months and years."""

import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.vietnamese.dates import find_dates, future_date, past_date
from bot.vietnamese.fold import fold

HERE = Path(__file__).parent
FRIDAY = date(2026, 11, 20)
READ = {"past": past_date, "future": future_date}
DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2150, 12, 31))


def table(name: str) -> Any:
    """A YAML file read as texts alone, so that a phrase such as 2026-11-05 stays what was typed."""
    return yaml.load((HERE / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506


def day(written: str) -> date | None:
    return None if written == "null" else date.fromisoformat(written)


def cases(name: str) -> Iterator[Any]:
    for block in table(name):
        for direction in sorted(READ.keys() & block.keys()):
            for phrase, meant in block[direction].items():
                yield pytest.param(
                    phrase,
                    date.fromisoformat(block["today"]),
                    direction,
                    day(meant),
                    "marks" in block or "held_out" in name,
                    id=f"{block['today']}-{direction}-{phrase}",
                )


TABLES = ("dates.yaml", "dates_held_out.yaml", "dates_held_out_2.yaml", "dates_held_out_3.yaml")
CASES = [case for name in TABLES for case in cases(name)]
PHRASES = sorted({case.values[0] for case in CASES})


@pytest.mark.parametrize(("phrase", "today", "direction", "meant", "marked_only"), CASES)
def test_a_typed_phrase_means_the_day_that_the_office_means(
    phrase: str, today: date, direction: str, meant: date | None, marked_only: bool
) -> None:
    forms = {phrase, unicodedata.normalize("NFD", phrase)} | (set() if marked_only else {fold(phrase), phrase.upper()})
    if any(c.isupper() for c in phrase):
        forms.discard(phrase.upper())
    assert {form: READ[direction](form, today) for form in forms} == dict.fromkeys(forms, meant)


@pytest.mark.parametrize(("sentence", "expected"), table("spans.yaml").items())
def test_every_date_of_a_sentence_is_found_with_its_words(sentence: str, expected: list[list[str]]) -> None:
    found = find_dates(sentence, FRIDAY)
    assert [[f.text, f.past, f.future] for f in found] == [[w, day(p), day(n)] for w, p, n in expected]


def test_old_and_new_tone_placement_are_one_spelling() -> None:
    assert past_date("khoá thứ 5", FRIDAY) == past_date("khóa thứ 5", FRIDAY) is None


def test_a_word_typed_with_other_marks_is_another_word() -> None:
    assert [f.text for f in find_dates("mái, mãi, tuấn sau, hỏm quá, thư 5", FRIDAY)] == []


def test_a_phrase_that_tells_its_direction_is_fixed() -> None:
    fixed = {
        p: find_dates(p, FRIDAY)[0].fixed for p in ("hôm qua", "tuần sau", "20/11/2026", "thứ 5", "5/12", "ngày 3")
    }
    assert fixed == {
        "hôm qua": True, "tuần sau": True, "20/11/2026": True, "thứ 5": False, "5/12": False, "ngày 3": False
    }  # fmt: skip


def test_the_calendar_ends_without_a_fault() -> None:
    assert future_date("5000 tuần nữa", date(9999, 12, 31)) is None
    assert future_date("999 năm nữa", date(9999, 12, 31)) is None
    assert past_date("hôm qua", date.min) is None


sentences = st.lists(
    st.one_of(
        st.sampled_from(PHRASES), st.sampled_from(["gặp", "hẹn", "chị", "Lan", ",", ".", "(", "8h", "rồi", "3/2"])
    ),
    max_size=6,
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(sentences, DAYS)
def test_what_is_past_is_never_ahead_and_what_is_ahead_never_past(text: str, today: date) -> None:
    for found in find_dates(text, today):
        assert found.past is None or found.past <= today
        assert found.future is None or found.future > today
        assert not (found.fixed and found.past and found.future)
    assert (past_date(text, today) or today) <= today
    assert (future_date(text, today) or today + timedelta(days=1)) > today


@settings(max_examples=150, deadline=None)
@given(st.one_of(sentences, st.text(max_size=80)), DAYS)
def test_what_is_found_stands_in_the_text_in_order(text: str, today: date) -> None:
    end = 0
    for found in find_dates(text, today):
        assert end <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.text
        end = found.end


@settings(max_examples=150, deadline=None)
@given(sentences, DAYS)
def test_decomposed_letters_mean_the_same(text: str, today: date) -> None:
    whole = [(f.past, f.future, f.fixed) for f in find_dates(unicodedata.normalize("NFC", text), today)]
    parts = [(f.past, f.future, f.fixed) for f in find_dates(unicodedata.normalize("NFD", text), today)]
    assert whole == parts


@settings(max_examples=100, deadline=None)
@given(DAYS, DAYS)
def test_a_full_date_in_figures_is_that_date(written: date, today: date) -> None:
    for form in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"):
        text = written.strftime(form)
        assert (past_date(text, today) or future_date(text, today)) == written


@settings(max_examples=100, deadline=None)
@given(DAYS)
def test_a_weekday_is_found_within_the_week_behind_and_the_week_ahead(today: date) -> None:
    for weekday, name in enumerate(("thứ 2", "t3", "thứ tư", "thứ 5", "thu sau", "T7", "cn")):
        back, ahead = past_date(name, today), future_date(name, today)
        assert back is not None
        assert ahead is not None
        assert back.weekday() == ahead.weekday() == weekday
        assert 0 <= (today - back).days < 7
        assert 0 < (ahead - today).days <= 7
