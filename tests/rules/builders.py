"""Cases for the tests of the rules: a valid one, so that a test says only what matters. All people are invented."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.rules.ballots import Ballot
from bot.rules.book import Rulebook, load
from bot.rules.facts import CaseFacts, Recommender, Vetting
from bot.rules.workdays import WorkCalendar

BOOK: Rulebook = load()
CALENDAR = WorkCalendar(BOOK.entries.holidays)
TODAY = date(2026, 11, 20)


def ready(**changes: Any) -> CaseFacts:
    """A case in order, about to be put to the branch's vote; `dates` are laid over, None takes one away."""
    facts = CaseFacts(
        id="QC-0001",
        step="recommendation",
        step_on=date(2026, 10, 20),
        born=date(1998, 4, 2),
        education="university",
        answers={"youth_union_here": True, "youth_member": True},
        vettings=(Vetting("1", date(2026, 8, 3), date(2026, 8, 5), date(2026, 9, 10)),),
        recommenders=(Recommender("youth_union"), Recommender("member", date(2024, 1, 15))),
        dates={
            "source_listed": date(2025, 1, 10),
            "helper_assigned": date(2025, 3, 4),
            "certificate_issued": date(2025, 9, 12),
            "procedure_approved": date(2026, 5, 20),
            "dossier_opened": date(2026, 6, 1),
            "application_written": date(2026, 6, 10),
            "history_declared": date(2026, 7, 1),
            "vetting_started": date(2026, 8, 3),
            "opinions_collected": date(2026, 10, 5),
            "recommended": date(2026, 10, 20),
        },
    )
    dates = {**facts.dates, **changes.pop("dates", {})}
    return replace(facts, dates={event: day for event, day in dates.items() if day}, **changes)


def full_vote(members: int = 20, in_favour: int | None = None) -> Ballot:
    """Everybody came and voted; all in favour unless told otherwise."""
    favour = members if in_favour is None else in_favour
    return Ballot(members, members, members, members, members, favour)


def changed_book(folder: Path, text: str) -> Rulebook:
    """The rulebook with a changed data file laid over it."""
    file = folder / "changes.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file)
