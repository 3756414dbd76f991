"""What stands behind the figures: the cases of one figure and the branches that lack something, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select

from bot.rules.figures import CountedBy
from bot.rules.periods import Period
from storage import candidates as cases
from storage.candidates import Case
from storage.counting import CONTACT, LATE
from storage.people import Person, within
from storage.tables import candidates, case_dates, contacts, dues
from storage.units import Unit


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a list, the day that puts it there, and for what is due the rule."""

    case: Case
    on: date
    rule: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """One page of a list, and how long the whole list is."""

    lines: Sequence[Line]
    count: int


def admitted(period: Period, by: CountedBy) -> Select[Any]:
    """Who was admitted in a period, in the order of the days."""
    return event(period, by)


def event(period: Period, name: str) -> Select[Any]:
    """Cases with the day of an event in a period."""
    found = _lines(case_dates.c.candidate_id, case_dates.c.on).select_from(case_dates)
    return found.where(case_dates.c.event == name, case_dates.c.on.between(period.first, period.last))


def sources(period: Period) -> Select[Any]:
    """Candidates who were taken onto the list in a period."""
    found = _lines(candidates.c.id, candidates.c.listed_on)
    kept = candidates.c.state.in_(("open", "closed"))
    return found.where(kept, candidates.c.listed_on.between(period.first, period.last))


def at_steps(steps: Sequence[str]) -> Select[Any]:
    """Open cases that stand at one of these steps, the longest first."""
    return _lines(candidates.c.id, candidates.c.step_on).where(
        candidates.c.state == "open", candidates.c.step.in_(list(steps))
    )


def overdue(today: date) -> Select[Any]:
    """Passed dates of open cases, the oldest first; a case may have several."""
    found = _lines(dues.c.candidate_id, dues.c.due_on, dues.c.rule, dues.c.subject)
    return found.where(dues.c.closed_at.is_(None), dues.c.due_on < today, dues.c.kind.in_(LATE), dues.c.rule != CONTACT)


def silent(today: date) -> Select[Any]:
    """Open cases that nobody has met for longer than the unit allows, the longest first; the day of the last one."""
    found = _lines(dues.c.candidate_id, dues.c.start_on, dues.c.rule)
    return found.where(dues.c.closed_at.is_(None), dues.c.due_on < today, dues.c.rule == CONTACT)


def contacted(period: Period) -> Select[Any]:
    """Contacts in a period at which somebody was reached, the oldest first."""
    found = _lines(contacts.c.candidate_id, contacts.c.on)
    kept = (contacts.c.state == "kept", contacts.c.how != "not_reached")
    return found.where(*kept, contacts.c.on.between(period.first, period.last))


def _lines(case: Any, on: Any, rule: Any = None, subject: Any = None) -> Select[Any]:
    more = (literal("") if rule is None else rule, literal("") if subject is None else subject)
    return select(case.label("case_id"), on.label("day"), more[0].label("rule"), more[1].label("subject"))


def page_of(
    connection: Connection,
    person: Person,
    unit: Unit | None,
    found: Select[Any],
    skip: int = 0,
    most: int = 5,
    *,
    only_own: bool = False,
) -> Lines:
    """A page of a list: cases of one unit and below that this person may see; `only_own`: whom the person helps."""
    listed = found.subquery()
    seen = cases.open_to(person, "see_case")
    if unit is not None:
        seen = seen.where(within(unit.path))
    if only_own:
        seen = seen.where(cases.OWN)
    chosen = select(listed).where(listed.c.case_id.in_(seen))
    count = connection.execute(select(func.count()).select_from(chosen.subquery()), {"me": person.id}).scalar() or 0
    ordered = chosen.order_by(listed.c.day, listed.c.case_id, listed.c.rule).limit(most).offset(skip)
    rows = connection.execute(ordered, {"me": person.id}).all()
    known = cases.those(connection, person, {row.case_id for row in rows})
    return Lines([Line(known[row.case_id], row.day, row.rule, row.subject) for row in rows], count)
