"""What if the branch met on another day: the chain of dates that follows, worked out anew, and what moves."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.rules.book import Rulebook
from bot.rules.clocks import Rule
from bot.rules.deadlines import due_on
from bot.rules.eligibility import assess
from bot.rules.facts import CaseFacts
from bot.rules.findings import Finding
from bot.rules.workdays import WorkCalendar

# Each deadline brings about the event that starts the next; its first end is that event.
CHAIN = (
    "admission_decision",
    "ceremony",
    "personal_history_form",
    "probation_end",
    "new_member_class",
    "recognition_review",
    "recognition_decision",
)


@dataclass(frozen=True, slots=True)
class Link:
    """One date of the chain. `assumed`: its start is not recorded but is taken to happen on its last possible day."""

    rule: str
    start_on: date
    due_on: date
    assumed: bool
    version: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One date of the chain before and after; None: it did not follow before."""

    rule: str
    before: date | None
    after: Link


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Dates that follow from the assumption, and requirements whose outcome differs on the assumed day of the vote."""

    chain: tuple[Moved, ...]
    findings: tuple[tuple[Finding, Finding], ...]


def forecast(facts: CaseFacts, book: Rulebook, calendar: WorkCalendar) -> list[Link]:
    """The chain as it follows from what is recorded, each next event on its last possible day."""
    expected = dict(facts.dates)
    found = []
    for rule in (book.rules[slug] for slug in CHAIN):
        if rule.longer and rule.slug in facts.extended:
            rule = rule.longer
        if link := _link(rule, facts, expected, book, calendar):
            found.append(link)
            expected.setdefault(rule.ends[0], link.due_on)
    return found


def _link(
    rule: Rule, facts: CaseFacts, expected: Mapping[str, date], book: Rulebook, calendar: WorkCalendar
) -> Link | None:
    newest = rule.clocks[-1]
    governing = facts.governed.get(rule.slug) or expected.get(rule.governed_by or newest.start)
    clock = rule.at(governing) if governing else None
    start_on = _start_day(clock.start, expected) if clock else None
    if clock is None or start_on is None:
        return None
    return Link(rule.slug, start_on, due_on(clock, start_on, calendar), clock.start not in facts.dates, clock.id)


def _start_day(event: str, expected: Mapping[str, date]) -> date | None:
    """A decision not noted as received is taken to have been received on the day it was issued."""
    return expected.get(event) or (expected.get("admission_decided") if event == "decision_received" else None)


def what_if(
    facts: CaseFacts, assumed: Mapping[str, date], today: date, book: Rulebook, calendar: WorkCalendar
) -> WhatIf:
    """The chain if these events fell on these days: what was recorded of anything later is left out of it."""
    supposed = _supposed(facts, assumed, book)
    before = {link.rule: link.due_on for link in forecast(facts, book, calendar)}
    chain = tuple(Moved(link.rule, before.get(link.rule), link) for link in forecast(supposed, book, calendar))
    return WhatIf(chain, _requirements(facts, supposed, assumed, today, book, calendar))


def _supposed(facts: CaseFacts, assumed: Mapping[str, date], book: Rulebook) -> CaseFacts:
    orders = {step.event: step.order for step in book.entries.steps.values()}
    first = min((orders[event] for event in assumed if event in orders), default=len(orders))
    later = {event for step in book.entries.steps.values() if step.order > first for event in step.events}
    dates = {event: day for event, day in facts.dates.items() if event not in later}
    return replace(facts, dates={**dates, **assumed})


def _requirements(
    facts: CaseFacts,
    supposed: CaseFacts,
    assumed: Mapping[str, date],
    today: date,
    book: Rulebook,
    calendar: WorkCalendar,
) -> tuple[tuple[Finding, Finding], ...]:
    voted = assumed.get("branch_resolution")
    if voted is None:
        return ()
    on = facts.dates.get("branch_resolution", today)
    pairs = zip(assess(facts, on, book, calendar), assess(supposed, voted, book, calendar), strict=True)
    return tuple((now, then) for now, then in pairs if now.state != then.state)
