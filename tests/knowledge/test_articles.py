"""The articles: whole, short, sourced, and honest about how well they are known."""

from datetime import date

import pytest

from bot.knowledge.articles import BadArticle, Facts, Source, load_articles, load_notes, read_article, write_article
from bot.knowledge.index import Index, build_index, load_refusals
from bot.rules.book import Rulebook

# fmt: off
TOPICS = [
    "regs_in_force", "age", "age_over60", "education", "education_exception", "criteria_general", "steps_overview",
    "dossier_forms", "awareness_class", "awareness_cert_validity", "application_letter", "cv_declaration",
    "vetting_scope", "vetting_content", "vetting_exemption", "vetting_responsibility", "vetting_deadline",
    "docs_validity", "opinions_collection", "recommenders", "recommender_change", "youth_union_resolution",
    "trade_union_resolution", "vote_threshold", "competent_authority", "decision_deadline", "ceremony_deadline",
    "probation", "probation_rights", "new_member_class", "official_recognition", "recognition_deadline",
    "failed_recognition", "party_age", "transfer_during_process", "readmission", "religion", "business_owner",
    "foreign_spouse", "population_policy", "family_record", "self_record", "branch_meeting", "meeting_duration",
    "removal_exit", "targets", "helper_duties", "org_structure",
]
# fmt: on

SAMPLE = """---
topic: party_fee
title: Đảng phí đóng thế nào?
checked: {how: office, at: 2026-11-20}
sources:
  - {number: 01-QĐ/TW, date: 2026-02-03}
aliases: [đóng đảng phí ở đâu]
---
Nộp cho chi ủy hằng tháng, mức đóng theo quy định về đảng phí.
"""


def test_every_topic_has_its_article(index: Index) -> None:
    assert set(index.topics) == set(TOPICS)
    assert all(index.topics[topic].slug == topic for topic in TOPICS)


def test_every_article_is_short_and_asked_for_in_many_ways(index: Index) -> None:
    for article in index.articles.values():
        assert 60 <= len(article.text) <= 600, article.slug
        asked = len(set(article.aliases))
        assert asked >= (15 if article.slug == article.topic else 4), article.slug
        assert not set(article.next) - set(index.topics), article.slug
        assert article.slug not in article.next, article.slug


def test_an_answer_about_ones_own_case_stays_within_its_length(index: Index) -> None:
    added = len(load_refusals()["personal"].text) + 1
    personal = [article for article in index.articles.values() if article.personal and not article.case_by_case]
    assert personal
    assert all(len(article.text) + added <= 600 for article in personal)


def test_every_source_is_a_document_of_the_rulebook(index: Index, book: Rulebook) -> None:
    sources = {source for article in index.articles.values() for source in article.sources}
    assert not [source for source in sources if book.find_document(source.number, source.date) is None]


def test_an_answer_from_a_replaced_or_unread_document_says_so(index: Index, book: Rulebook) -> None:
    notes = load_notes()
    for article in index.articles.values():
        documents = [book.find_document(source.number, source.date) for source in article.sources]
        if article.checked.how == "full":
            assert all(document and document.in_force(article.checked.at) for document in documents), article.slug
        else:
            assert notes[article.checked.how]
            assert article.text.endswith(notes[article.checked.how]), article.slug


def test_every_article_was_checked_after_its_newest_source_came_out(index: Index) -> None:
    for article in index.articles.values():
        assert all(source.date <= article.checked.at for source in article.sources), article.slug


def test_an_unknown_number_in_an_article_is_an_error_and_not_a_blank() -> None:
    with pytest.raises(BadArticle, match="no such fact: no_such_number"):
        read_article("sample", SAMPLE.replace("hằng tháng", "trong {{ no_such_number }} tháng"))
    with pytest.raises(BadArticle, match="brace"):
        read_article("sample", SAMPLE.replace("hằng tháng", "trong {{ Ba mươi }} ngày"))


@pytest.mark.parametrize(
    ("broken", "by"),
    [("topic: party_fee\n", "topic: Đảng phí\n"), ("date: 2026-02-03", "date: hôm qua"), ("---\ntopic", "topic")],
)
def test_a_broken_article_file_is_named(broken: str, by: str) -> None:
    with pytest.raises(BadArticle, match=r"^sample: "):
        read_article("sample", SAMPLE.replace(broken, by, 1))


def test_an_office_answer_comes_back_the_same_from_its_file() -> None:
    article = read_article("party_fee", SAMPLE)
    assert article.sources == (Source(number="01-QĐ/TW", date=date(2026, 2, 3)),)
    assert read_article("party_fee", write_article(article)) == article


def test_a_filled_in_article_comes_back_the_same_from_its_file(facts: Facts) -> None:
    for article in load_articles(facts):
        assert read_article(article.slug, write_article(article)) == article


def test_an_office_answer_works_at_once_beside_the_others(facts: Facts, index: Index) -> None:
    from bot.knowledge.answer import answer

    asked = "đóng đảng phí ở đâu vậy ạ"
    assert answer(asked, index).topic != "party_fee"
    with_office = build_index(facts, extra=[read_article("party_fee", SAMPLE)])
    assert answer(asked, with_office).topic == "party_fee"
    assert answer("bao nhiêu tuổi thì được vào Đảng", with_office).topic == "age"
