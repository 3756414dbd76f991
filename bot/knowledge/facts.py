"""The numbers that answers quote, taken from the rulebook, so that answers and deadlines can never disagree."""

from datetime import date

from bot.knowledge.reading import read_data
from bot.rules.ballots import needed, version_at
from bot.rules.book import Rulebook

_MONTHS = 12
_DEADLINES = (
    "admission_decision",
    "awareness_certificate",
    "ceremony",
    "dossier",
    "meeting_conclusions",
    "membership_papers",
    "membership_transfer",
    "personal_history_form",
    "probation_end",
    "readmission",
    "readmission_after_sentence",
    "recognition_decision",
    "recognition_review",
    "transfer_admission_valid",
    "transfer_decision",
    "transfer_handover",
    "vetting_reply",
    "vetting_reply_abroad",
)
_SAMPLES = (5, 9, 15, 20)


def facts_of(book: Rulebook, on: date) -> dict[str, str]:
    """Every number by name, as the rules in force on that day have it.

    A deadline has the rule's name. `votes_of_N`: the votes needed of N full members in a branch.
    """
    numbers: dict[str, object] = {name: _amount(book, name, on) for name in _DEADLINES}
    numbers |= _requirements(book, on) | _votes(book, on)
    numbers["decision_extension"] = _amount(book, "admission_decision_extended", on) - _amount(
        book, "admission_decision", on
    )
    numbers |= {name: entry["value"] for name, entry in read_data("facts.yaml").items()}
    return {name: str(value) for name, value in numbers.items()}


def _amount(book: Rulebook, rule: str, on: date) -> int:
    """The length on that day; before the first version, the first one's."""
    return (book.clock(rule, on) or book.rules[rule].clocks[0]).amount


def _requirements(book: Rulebook, on: date) -> dict[str, object]:
    age = book.entries.requirements["age"].at(on).set
    together = book.entries.requirements["recommenders"].at(on).set
    return {
        "age_least": int(age["least_months"]) // _MONTHS,
        "age_most": int(age["most_months"]) // _MONTHS,
        "recommender_months": together["months"],
    }


def _votes(book: Rulebook, on: date) -> dict[str, object]:
    votes: dict[str, object] = {f"votes_of_{members}": needed(members, "branch", on, book) for members in _SAMPLES}
    return votes | {
        "vote_ratio": version_at("branch", on, book).part,
        "branch_minimum": book.entries.ballots.least_members,
        "failed_votes": book.entries.ballots.failed_recognitions.times,
    }
