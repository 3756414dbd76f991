"""A case with all that is known of it, the rules in use, and what every screen says of it: days left, and marks."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.chat import Choice, Refusal
from bot.rules.access import Action, covers
from bot.rules.admission import set_by_unit
from bot.rules.book import Rulebook
from bot.rules.deadlines import Due, dues
from bot.rules.entries import Step
from bot.rules.facts import CaseFacts
from bot.rules.findings import Finding
from bot.rules.recording import Problem
from bot.rules.workdays import WorkCalendar, full_months
from bot.vietnamese.fold import initials
from handlers.commands import Context
from handlers.templates import load
from storage import admission, candidates, vettings
from storage.candidates import Case

# From how many days before its date on a deadline is marked.
SOON = 7
# A paper good for more days than these is told in months.
IN_MONTHS = 92
# What a line has around its words: mark, brackets, bold.
AROUND = 30
# Who acts at the steps that the committee's office records; and those that the member who helps may record.
ABOVE = ("committee", "section_committee", "standing_committee")
BY_HELPER = ("applicant", "member", "training_centre")
CONTACT = "contact_gap"


@dataclass(frozen=True, slots=True)
class Dossier:
    """One case as a handler works with it."""

    case: Case
    facts: CaseFacts
    book: Rulebook
    calendar: WorkCalendar

    @property
    def code(self) -> str:
        """How buttons name the case."""
        return self.case.ref

    @property
    def step(self) -> Step:
        """Where the case stands."""
        return self.book.entries.steps[self.facts.step]

    def dues(self) -> list[Due]:
        """The dates that run, the nearest first; how long nobody has been met is told elsewhere."""
        running = dues(self.facts, self.book, self.calendar) if self.case.state == "open" else []
        return sorted((due for due in running if due.rule != CONTACT), key=lambda due: due.due_on)


def of_case(context: Context, case: Case) -> Dossier:
    """All that is known of a case that was let in already."""
    rules = admission.rules_of(context.connection)
    return Dossier(case, admission.facts_of(context.connection, case), rules.book, rules.calendar)


def dossier_for(context: Context, code: str, action: Action = "see_case") -> Dossier:
    """The door; for anything but looking, the case must be under way."""
    case = candidates.case_for(context.connection, context.me, code, action)
    if action != "see_case" and case.state in candidates.WAITING:
        raise Refusal("candidates.not_open", code=case.code, state=case.state)
    return of_case(context, case)


def in_charge(context: Context, case: Case) -> bool:
    """Whether the person answers for the whole branch here, not only for somebody whom the person helps."""
    return covers(context.me.grants, "record_step", case.path, case.committee_id)


def only_in_charge(context: Context, dossier: Dossier) -> Dossier:
    """The dossier; refuses those who only help."""
    if not in_charge(context, dossier.case):
        raise Refusal("access.not_yours_to_do", code=dossier.code)
    return dossier


def may_record(context: Context, case: Case, step: Step) -> bool:
    """Branch leaders record every step, a helper what the applicant does, the office what the committee decides."""
    if not candidates.allowed(context.me, case, "record_step"):
        return False
    if not in_charge(context, case):
        return step.by in BY_HELPER
    leads = any(
        grant.role in ("secretary", "deputy") and case.path.startswith(grant.path) for grant in context.me.grants
    )
    return leads or step.confirm or step.by in ABOVE


def office_decides(context: Context, dossier: Dossier) -> bool:
    """Whether what the committee decides is not this person's to take back or extend; a unit may switch that off."""
    tiers = set_by_unit(dossier.facts, "office_confirms", dossier.book)
    return bool(tiers) and not candidates.allowed(context.me, dossier.case, "confirm_step")


def shown_name(context: Context, case: Case) -> str:
    """The full name for those who may read it, initials for the others."""
    return case.name if candidates.allowed(context.me, case, "see_full_name") else initials(case.name)


def capital(text: str) -> str:
    """The text with its first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def due_lines(context: Context, dossier: Dossier, running: Iterable[Due]) -> list[dict[str, Any]]:
    """Each date with how far it is off, and a mark that needs no colour."""
    places = {one.ref: one.place for one in vettings.asked(context.connection, dossier.case)}
    return [due_line(dossier, due, context.today, places) for due in running]


def due_line(dossier: Dossier, due: Due, today: date, places: Mapping[str, str | None]) -> dict[str, Any]:
    """A date as a line says it: `left` is negative once it has passed; `unit`: working, days or months."""
    working = due.clock.unit == "working_days"
    left = dossier.calendar.between(today, due.due_on) if working else (due.due_on - today).days
    name = dossier.book.rules[due.rule].name
    if due.subject:
        name = f"{name} \u2013 {places.get(due.subject) or due.subject}"
    close = due.kind in ("deadline", "validity", "local") and left <= SOON
    mark = "\u26a0" if close else "\u2713" if due.kind == "validity" else "\u23f3"
    unit = "working" if working else "days"
    if due.kind == "validity" and left > IN_MONTHS:
        left, unit = full_months(today, due.due_on), "months"
    return {"name": name, "on": due.due_on, "left": left, "unit": unit, "kind": due.kind, "mark": mark}


def finding_line(found: Finding, dossier: Dossier, *, source: bool = True) -> dict[str, Any]:
    """A requirement as a line says it."""
    marks = {"met": "\u2713", "unmet": "\u2717", "unknown": "?"}
    book = dossier.book
    return {
        "mark": marks[found.state],
        "state": found.state,
        "name": found.name(book),
        "text": found.text(book),
        "source": found.source(book) if source else "",
    }


def fitting_lines(lines: Sequence[dict[str, Any]], room: int) -> tuple[list[dict[str, Any]], list[str]]:
    """The lines that fit into so many characters, and the names of the others."""
    told: list[dict[str, Any]] = []
    for line in lines:
        room -= len(line["name"]) + len(line["text"]) + len(line["source"]) + AROUND
        if room < 0:
            break
        told.append(line)
    return told, [line["name"] for line in lines[len(told) :]]


def problem_texts(problems: Iterable[Problem]) -> list[str]:
    """What is wrong, each once, with a capital letter."""
    return list(dict.fromkeys(capital(problem.text) for problem in problems))


_POINTED = re.compile(r"\s*(qc[\s\-_.]*\d{1,9}|(?=\S*\d)[^\s/]+)(?:\s+(.*))?$", re.IGNORECASE | re.DOTALL)
LAST = "card"


def pointed(context: Context, words: str) -> tuple[str, str]:
    """The code that the words begin with, and the rest; without one, that of the card looked at last, or ""."""
    found = _POINTED.match(words)
    if found:
        return found.group(1), (found.group(2) or "").strip()
    first, _, rest = words.strip().partition(" ")
    if first and (candidates.BY_NUMBER.fullmatch(first) or candidates.by_code(context.connection, first)):
        return first, rest.strip()
    last = context.open_form(LAST)
    return (str(last.data["code"]) if last else ""), words.strip()


def to_card(code: str) -> list[Choice]:
    """The way back to the card."""
    return [Choice("card", f"/hoso {code}", {"code": code})]


def words_of(name: str) -> dict[str, Any]:
    """One list of the words for cases: slug -> what it is called."""
    return dict(load("fillings")["words"][name])
