"""How often questions are understood: held apart by style, and on sets that the index never saw."""

import pytest

from bot.knowledge.answer import answer
from bot.knowledge.articles import Facts
from bot.knowledge.index import Index, build_index
from tests.knowledge.asked import FOLDS, OUT_OF_SCOPE, articles_without, rows


def share(index: Index, styles: tuple[str, ...]) -> tuple[float, float, float]:
    """The shares of questions answered, answered on their topic, and answered wrongly."""
    asked = [row for style in styles for row in rows(style)]
    found = [answer(row["question"], index) for row in asked]
    told = sum(one.answered for one in found)
    right = sum(one.answered and one.topic == row["topic"] for one, row in zip(found, asked, strict=True))
    return told / len(asked), right / len(asked), (told - right) / len(asked)


def test_there_are_enough_questions_of_every_topic_and_style(index: Index) -> None:
    styles = [style for fold in FOLDS for style in fold]
    assert sum(len(rows(style)) for style in styles) >= 600
    assert all({row["topic"] for row in rows(style)} == set(index.topics) for style in styles)


@pytest.mark.parametrize("fold", FOLDS, ids="+".join)
def test_questions_in_a_style_never_seen_are_understood(fold: tuple[str, ...], index: Index, facts: Facts) -> None:
    held_apart = build_index(facts, articles=articles_without(fold, index), sifting=False)
    told, right, wrong = share(held_apart, fold)
    assert told >= 0.95
    assert right >= 0.92
    assert wrong <= 0.05


@pytest.mark.parametrize("style", ["fresh", "last", "later"])
def test_questions_written_apart_from_the_articles_are_understood(style: str, index: Index) -> None:
    told, right, wrong = share(index, (style,))
    assert told >= 0.95
    assert right >= 0.91
    assert wrong <= 0.05


@pytest.mark.parametrize("style", OUT_OF_SCOPE)
def test_at_most_one_in_fifty_questions_on_other_things_is_answered(style: str, index: Index) -> None:
    asked = rows(style)
    found = [answer(row["question"], index) for row in asked]
    assert sum(one.answered for one in found) / len(asked) <= 0.02
    assert not any(one.citations for one in found if not one.answered)


def test_an_earlier_answer_does_not_draw_other_things_in(index: Index) -> None:
    asked = [row["question"] for style in OUT_OF_SCOPE for row in rows(style)]
    told = [answer(question, index, context="vetting_scope").answered for question in asked]
    assert sum(told) / len(told) <= 0.03


def test_two_questions_in_one_message_are_both_answered(index: Index) -> None:
    asked = rows("two_questions")
    found = [answer(row["question"], index) for row in asked]
    both = [
        {index.articles[slug].topic for slug in one.articles} == set(row["topics"])
        for one, row in zip(found, asked, strict=True)
    ]
    assert sum(both) / len(both) >= 0.85


def test_a_follow_up_is_understood_from_the_topic_before(index: Index) -> None:
    asked = rows("follow_ups")
    right = [answer(row["question"], index, context=row["before"]).topic == row["topic"] for row in asked]
    assert sum(right) / len(right) >= 0.85
