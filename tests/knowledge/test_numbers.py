"""Numbers that are also rules: an answer and the rulebook can never disagree."""

import re
from datetime import date
from importlib import resources

import pytest

from bot.knowledge.articles import Facts, load_articles, placeholders
from bot.knowledge.facts import facts_of
from bot.knowledge.index import Index
from bot.knowledge.reading import read_data
from bot.rules.ballots import needed
from bot.rules.book import Rulebook, load
from tests.knowledge.conftest import TODAY

QUOTED = {
    "vetting_deadline": ("vetting_reply", "vetting_reply_abroad"),
    "decision_deadline": ("admission_decision", "recognition_decision"),
    "ceremony_deadline": ("ceremony",),
    "probation": ("probation_end",),
    "recognition_deadline": ("recognition_review", "recognition_decision", "probation_end"),
    "awareness_cert_validity": ("awareness_certificate",),
    "docs_validity": ("dossier",),
    "readmission": ("readmission", "readmission_after_sentence"),
    "transfer_after_resolution": ("transfer_handover", "transfer_decision", "transfer_admission_valid"),
    "transfer_membership": ("membership_transfer", "membership_papers"),
    "dossier_after_ceremony": ("personal_history_form",),
}


@pytest.mark.parametrize("slug", QUOTED)
def test_an_answer_quotes_the_length_that_the_rulebook_has(slug: str, index: Index, book: Rulebook) -> None:
    text = index.articles[slug].text
    for rule in QUOTED[slug]:
        clock = book.clock(rule, TODAY)
        assert clock
        unit = book.entries.wording.units[clock.unit]
        assert f"{clock.amount} {unit}" in text, (rule, text)


def test_a_changed_rule_changes_every_answer_that_quotes_it(tmp_path, index: Index) -> None:  # noqa: ANN001
    changes = tmp_path / "law.yaml"
    changes.write_text(
        "deadlines:\n  ceremony:\n    versions:\n      - {from: 2026-11-01, start: admission_decided, amount: 33,"
        " unit: working_days, document: qd_208_2026, mark: quiz_many}\n",
        "utf-8",
    )
    changed = {article.slug: article.text for article in load_articles(facts_of(load(changes), TODAY))}
    assert "33 ngày làm việc" in changed["ceremony_deadline"]
    others = [slug for slug, text in changed.items() if text != index.articles[slug].text]
    assert others == ["ceremony_deadline"]


def test_no_deadline_is_written_into_an_article_by_hand() -> None:
    """Working days and the lengths that are rules come in by name."""
    by_hand = re.compile(r"\d+ ngày làm việc|\d+ tháng(?! sau)")
    # Old law, or other law, told as such.
    told = {"decision_deadline": 2, "population_policy": 2, "recommenders": 1, "transfer_where": 3, "removal_exit": 2}
    folder = resources.files("bot.knowledge").joinpath("articles")
    for file in folder.iterdir():
        if not file.name.endswith(".md"):
            continue
        body = " ".join(file.read_text("utf-8").split("---\n", 2)[2].split())
        found = by_hand.findall(body)
        assert len(found) <= told.get(file.name.removesuffix(".md"), 0), (file.name, found)


def test_every_number_that_is_given_is_asked_for(facts: Facts) -> None:
    folder = resources.files("bot.knowledge").joinpath("articles")
    asked = {name for file in folder.iterdir() if file.name.endswith(".md") for name in placeholders(file.read_text())}
    assert asked <= set(facts.said)
    assert set(facts.said) <= asked


def test_the_votes_quoted_are_those_that_the_ballot_needs(index: Index, book: Rulebook) -> None:
    text = index.articles["vote_threshold"].text
    for members in (5, 9, 15, 20):
        assert f"{members} → {needed(members, 'branch', TODAY, book)}" in text


def test_numbers_outside_the_rulebook_have_a_source_in_it(book: Rulebook) -> None:
    for name, entry in read_data("facts.yaml").items():
        found = book.find_document(entry["document"], entry["date"])
        assert found, name
        assert found.in_force(TODAY), name


def test_numbers_of_an_earlier_day_are_those_of_its_law(book: Rulebook) -> None:
    assert facts_of(book, date(2025, 6, 30)).said["admission_decision"] == "60 ngày làm việc"
    assert facts_of(book, date(2025, 7, 1)).said["admission_decision"] == "45 ngày làm việc"
