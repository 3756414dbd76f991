"""Rule-change replay: every open case whose dates or requirements a changed rulebook or calendar would move."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from bot.rules.book import Rulebook
from bot.rules.deadlines import Due, dues
from bot.rules.eligibility import assess
from bot.rules.facts import CaseFacts
from bot.rules.workdays import WorkCalendar


@dataclass(frozen=True, slots=True)
class Rules:
    """A rulebook with the calendar that goes with it."""

    book: Rulebook
    calendar: WorkCalendar


@dataclass(frozen=True, slots=True)
class KeptDue:
    """A date as it was worked out earlier and stored: enough to see whether it would move."""

    rule: str
    subject: str
    due_on: date
    version: str


@dataclass(frozen=True, slots=True)
class MovedDate:
    """A deadline of a case, old and new; None: it did not run before, or would no longer run."""

    case: str
    rule: str
    subject: str
    old: date | None
    new: date | None
    old_version: str | None
    new_version: str | None


@dataclass(frozen=True, slots=True)
class MovedRequirement:
    """A requirement of a case whose outcome would change."""

    case: str
    requirement: str
    old: str
    new: str


Shift = MovedDate | MovedRequirement


def replay(cases: Iterable[CaseFacts], old: Rules, new: Rules, at: date) -> Iterator[Shift]:
    """All that would move, case by case as they come; nothing is kept. `at`: the day requirements are judged on."""
    dates_differ = not _same_dates(old, new)
    requirements = _differing_requirements(old, new)
    for facts in cases:
        if dates_differ:
            was = [kept(due) for due in dues(facts, old.book, old.calendar)]
            yield from moved_dates(facts.id, was, dues(facts, new.book, new.calendar))
        if requirements and not facts.left:
            yield from _moved_requirements(facts, old, new, at, requirements)


def kept(due: Due) -> KeptDue:
    """A date in the form in which it is stored."""
    return KeptDue(due.rule, due.subject, due.due_on, due.version)


def moved_dates(case: str, old: Iterable[KeptDue], new: Iterable[Due]) -> list[MovedDate]:
    """The differences between dates stored earlier and those of today's rules."""
    before = {(due.rule, due.subject): due for due in old}
    found = []
    for due in new:
        was = before.pop((due.rule, due.subject), None)
        if was is None or was.due_on != due.due_on:
            old_day, old_version = (was.due_on, was.version) if was else (None, None)
            found.append(MovedDate(case, due.rule, due.subject, old_day, due.due_on, old_version, due.version))
    gone = before.values()
    found += [MovedDate(case, due.rule, due.subject, due.due_on, None, due.version, None) for due in gone]
    return found


def _same_dates(old: Rules, new: Rules) -> bool:
    return old.book.entries.deadlines == new.book.entries.deadlines and old.calendar.same_days(new.calendar)


def _differing_requirements(old: Rules, new: Rules) -> tuple[str, ...]:
    """The requirements in both books that can come out differently: they, or what they are judged by, differ."""
    was, now = old.book.entries, new.book.entries
    deadlines = {slug for slug, entry in now.deadlines.items() if was.deadlines.get(slug) != entry}
    if not old.calendar.same_days(new.calendar):
        deadlines |= {slug for slug, entry in now.deadlines.items() if entry.versions[-1].unit == "working_days"}
    settings = {slug for slug, entry in now.local.items() if was.local.get(slug) != entry}
    return tuple(
        slug
        for slug, entry in now.requirements.items()
        if slug in was.requirements
        and (was.requirements[slug] != entry or entry.deadline in deadlines or entry.setting in settings)
    )


def _moved_requirements(
    facts: CaseFacts, old: Rules, new: Rules, at: date, which: tuple[str, ...]
) -> Iterator[MovedRequirement]:
    asked = [slug for slug in _still_asked(facts, new.book) if slug in which]
    before = assess(facts, at, old.book, old.calendar, asked)
    after = assess(facts, at, new.book, new.calendar, asked)
    for was, now in zip(before, after, strict=True):
        if was.state != now.state:
            yield MovedRequirement(facts.id, was.requirement, was.state, now.state)


def _still_asked(facts: CaseFacts, book: Rulebook) -> tuple[str, ...]:
    """Requirements of the steps still ahead of the case; what has been voted on is not judged again."""
    order = book.entries.steps[facts.step].order
    ahead = (step for step in book.entries.steps.values() if step.order > order)
    return tuple(dict.fromkeys(slug for step in ahead for slug in step.needs))
