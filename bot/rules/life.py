"""The life of a case beside its steps: leaving the pool, coming back, absence, moving to another unit."""

from datetime import date

from bot.rules.book import Rulebook
from bot.rules.changes import Change, changed
from bot.rules.eligibility import assess
from bot.rules.facts import CaseFacts
from bot.rules.findings import Finding
from bot.rules.lists import Transfer
from bot.rules.readmission import WAYS_BACK
from bot.rules.recording import Problem, problem
from bot.rules.workdays import WorkCalendar


def leave(facts: CaseFacts, reason: str, on: date, book: Rulebook) -> Change | Problem:
    """Take the case off the road. `reason`: an exit, or a discipline that ends membership; no more is noted."""
    if facts.left:
        return problem(book, "left")
    discipline = book.entries.discipline.get(reason)
    if reason not in book.entries.exits and not (discipline and discipline.leaves):
        return problem(book, "no_choice", "reason", value=reason)
    return changed(facts, "leave", on, {}, reason, left=reason)


def come_back_to_pool(facts: CaseFacts, on: date, book: Rulebook) -> Change | Problem:
    """Take the case up again where it stood, with its papers' clocks kept."""
    if not facts.left:
        return problem(book, "not_left")
    found = book.entries.exits.get(facts.left)
    if found is None or not found.comes_back:
        return problem(book, "no_return")
    return changed(facts, "return", on, {}, left=None)


def go_away(facts: CaseFacts, kind: str, until: date, on: date, book: Rulebook) -> Change | Problem:
    """Away for a time, expected back on `until`: nobody is reminded to meet the candidate until then."""
    if facts.left:
        return problem(book, "left")
    if kind not in book.entries.absences:
        return problem(book, "no_choice", "kind", value=kind)
    return changed(facts, "away", on, {"expected_back": until, "came_back": None}, kind)


def come_home(facts: CaseFacts, on: date, book: Rulebook) -> Change | Problem:
    """Back from being away."""
    if "expected_back" not in facts.dates:
        return problem(book, "not_away")
    return changed(facts, "away", on, {"expected_back": None, "came_back": on})


def transfer_kind(facts: CaseFacts, book: Rulebook, sent_up: bool, same_committee: bool) -> str:
    """Which of the law's cases a move is: by the step, whether the dossier had gone up, whose committee takes over."""
    fitting = [slug for slug, entry in book.entries.transfers.items() if facts.step in entry.during]
    if facts.step == "decision":
        return "decided_same" if same_committee else "decided_other"
    return "sent_up" if "sent_up" in fitting and (sent_up or "resolved" not in fitting) else fitting[0]


def move(facts: CaseFacts, on: date, sent_up: bool, same_committee: bool, book: Rulebook) -> Change | Problem:
    """The candidate moves to another unit by a decision of that day; every date is kept, the law's own clocks start."""
    if facts.left or book.entries.steps[facts.step].ending:
        return problem(book, "left")
    kind = transfer_kind(facts, book, sent_up, same_committee)
    started: dict[str, date | None] = {"transfer_decided": on, "dossier_sent": None, "dossier_received": None}
    if kind == "probation":
        started = {"membership_transfer_started": on, "membership_transferred": None}
    return changed(facts, "transfer", on, started, kind, transfer=kind)


def arrive(facts: CaseFacts, on: date, book: Rulebook) -> Change | Problem:
    """The new unit has the dossier. Its own clock, where the law gives one, runs from here; else the move is over."""
    if not facts.transfer:
        return problem(book, "not_moving")
    if facts.transfer == "sent_up":
        return changed(facts, "arrive", on, {"dossier_received": on})
    moved = {"membership_transferred": on} if facts.transfer == "probation" else {"dossier_received": on}
    return changed(facts, "arrive", on, moved, transfer=None)


def transfer_entry(facts: CaseFacts, book: Rulebook) -> Transfer | None:
    """What each side has to do in the move under way, and where that is written."""
    return book.entries.transfers[facts.transfer] if facts.transfer else None


def readmission(facts: CaseFacts, on: date, book: Rulebook, calendar: WorkCalendar) -> list[Finding]:
    """Whether somebody who left the Party may be considered again: time, reason, only once, consent from above."""
    return assess(facts, on, book, calendar, WAYS_BACK)
