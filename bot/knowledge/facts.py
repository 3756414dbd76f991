"""The numbers that answers quote, taken from the rulebook, so that answers and deadlines can never disagree."""

from datetime import date
from functools import lru_cache

from bot.knowledge.articles import Facts, Source, load_notes
from bot.knowledge.reading import read_data
from bot.rules.ballots import needed, version_at
from bot.rules.book import Rulebook
from bot.rules.clocks import Clock

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
_LONG = ("awareness_certificate", "probation_end")
_SAMPLES = (5, 9, 15, 20)


# The articles speak of the law as of this day: to an earlier one they give the numbers of this.
WRITTEN = date(2026, 11, 20)


@lru_cache(maxsize=8)
def numbers(book: Rulebook, today: date) -> Facts:
    """The numbers of the day, for answers."""
    return facts_of(book, max(today, WRITTEN))


def facts_of(book: Rulebook, on: date) -> Facts:
    """Every number by name, as the rules in force on that day have it.

    A deadline has the rule's name and its unit ("30 working days"); with `_long` behind its name also in years, where
    it is some. `votes_of_N`: the votes needed of N full members in a branch.
    """
    clocks = {name: _clock(book, name, on) for name in _DEADLINES}
    found: dict[str, object] = {name: _said(book, clock.amount, clock) for name, clock in clocks.items()}
    found |= {f"{name}_long": _in_years(book, clocks[name]) for name in _LONG}
    found |= _requirements(book, on) | _votes(book, on)
    longer = _clock(book, "admission_decision_extended", on)
    found["decision_extension"] = _said(book, longer.amount - clocks["admission_decision"].amount, longer)
    found |= {name: entry["value"] for name, entry in read_data("facts.yaml").items()}
    sources = {name: source for name, clock in clocks.items() if (source := _source(book, clock))}
    return Facts({name: str(value) for name, value in found.items()}, sources)


def _clock(book: Rulebook, rule: str, on: date) -> Clock:
    """The version of that day; before the first version, the first one."""
    return book.clock(rule, on) or book.rules[rule].clocks[0]


def _said(book: Rulebook, amount: int, clock: Clock) -> str:
    return f"{amount} {book.entries.wording.units[clock.unit]}"


def _in_years(book: Rulebook, clock: Clock) -> str:
    said = _said(book, clock.amount, clock)
    whole = clock.unit == "months" and clock.amount % _MONTHS == 0
    return f"{said} ({clock.amount // _MONTHS} {load_notes()['years']})" if whole else said


def _source(book: Rulebook, clock: Clock) -> Source | None:
    if clock.source.document is None:
        return None
    document = book.entries.documents[clock.source.document]
    return Source(number=document.number, date=document.issued_on, article=clock.source.article or "")


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
