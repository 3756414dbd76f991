"""What stands behind the figures: the cases of one figure and the branches that lack something, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, literal, or_, select

from bot.rules.figures import CountedBy
from bot.rules.periods import Period
from storage import candidates as cases
from storage.candidates import Case
from storage.counting import CONTACT, LATE
from storage.people import Person
from storage.prepared import Prepared, among
from storage.sight import UNITS_WITHIN, WITHIN, Sight, place, units_in_sight
from storage.tables import candidates, case_dates, contacts, dues, units
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


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that is asked for: its statement, and the values that are put into it."""

    statement: Select[Any]
    values: Mapping[str, Any]


def admitted(period: Period, by: CountedBy) -> Listing:
    """Who was admitted in a period, in the order of the days."""
    return event(period, by)


def event(period: Period, name: str) -> Listing:
    """Cases with the day of an event in a period."""
    return Listing(_EVENT, _span(period) | {"event": name})


def sources(period: Period) -> Listing:
    """Candidates who were taken onto the list in a period."""
    return Listing(_SOURCES, _span(period))


def at_steps(steps: Sequence[str]) -> Listing:
    """Open cases that stand at one of these steps, the longest first."""
    return Listing(_at_steps(tuple(steps)), {})


def overdue(today: date) -> Listing:
    """Passed dates of open cases, the oldest first; a case may have several."""
    return Listing(_OVERDUE, {"today": today})


def silent(today: date) -> Listing:
    """Open cases that nobody has met for longer than the unit allows, the longest first; the day of the last one."""
    return Listing(_SILENT, {"today": today})


def contacted(period: Period) -> Listing:
    """Contacts in a period at which somebody was reached, the oldest first."""
    return Listing(_CONTACTED, _span(period))


def _span(period: Period) -> dict[str, date]:
    return {"first": period.first, "last": period.last}


def _lines(case: Any, on: Any, rule: Any = None, subject: Any = None) -> Select[Any]:
    more = (literal("") if rule is None else rule, literal("") if subject is None else subject)
    return select(case.label("case_id"), on.label("day"), more[0].label("rule"), more[1].label("subject"))


_WITHIN_SPAN: Any = (bindparam("first"), bindparam("last"))
_EVENT = (
    _lines(case_dates.c.candidate_id, case_dates.c.on)
    .add_columns(case_dates.c.unit_id.label("at"))
    .select_from(case_dates)
    .where(case_dates.c.event == bindparam("event"), case_dates.c.on.between(*_WITHIN_SPAN))
)
_SOURCES = _lines(candidates.c.id, candidates.c.listed_on).where(
    among(candidates.c.state, ("open", "closed")), candidates.c.listed_on.between(*_WITHIN_SPAN)
)
_PASSED = (dues.c.closed_at.is_(None), dues.c.due_on < bindparam("today"))
_OVERDUE = _lines(dues.c.candidate_id, dues.c.due_on, dues.c.rule, dues.c.subject).where(
    *_PASSED, among(dues.c.kind, LATE), dues.c.rule != CONTACT
)
_SILENT = _lines(dues.c.candidate_id, dues.c.start_on, dues.c.rule).where(*_PASSED, dues.c.rule == CONTACT)
_CONTACTED = _lines(contacts.c.candidate_id, contacts.c.on).where(
    contacts.c.state == "kept", contacts.c.how != "not_reached", contacts.c.on.between(*_WITHIN_SPAN)
)


@lru_cache(maxsize=64)
def _at_steps(steps: tuple[str, ...]) -> Select[Any]:
    return _lines(candidates.c.id, candidates.c.step_on).where(
        candidates.c.state == "open", among(candidates.c.step, steps)
    )


def page_of(
    connection: Connection,
    person: Person,
    unit: Unit | None,
    wanted: Listing,
    skip: int = 0,
    most: int = 5,
    *,
    only_own: bool = False,
) -> Lines:
    """A page of a list: cases of one unit and below that this person may see; `only_own`: whom the person helps."""
    sight = Sight.of(person, "see_case")
    inside = unit is not None
    ready = _ready(wanted.statement, sight.limited, own=sight.own, within_unit=inside, only_own=only_own)
    values = {"me": person.id, **sight.values, **wanted.values} | (place(unit.path) if unit else {})
    rows = ready.rows(connection, values | {"most": most, "skip": skip})
    if not rows and skip:
        # Past the end: how long the list is, is said all the same.
        first = ready.first(connection, values | {"most": 1, "skip": 0})
        return Lines([], first.count_of_all if first else 0)
    known = cases.those(connection, person, {row.case_id for row in rows})
    return Lines(
        [Line(known[row.case_id], row.day, row.rule, row.subject) for row in rows], rows[0].count_of_all if rows else 0
    )


def in_sight(limited: tuple[bool, ...], *, own: bool) -> Select[Any]:
    """The numbers of the cases in a `Sight`, joined with their units; it needs the parameter "me"."""
    joined = select(candidates.c.id).join_from(candidates, units, units.c.id == candidates.c.unit_id)
    return joined.where(or_(units_in_sight(limited), *((cases.OWN, cases.PROPOSED) if own else ())))


@lru_cache(maxsize=256)
def _ready(
    statement: Select[Any], limited: tuple[bool, ...], *, own: bool, within_unit: bool, only_own: bool
) -> Prepared:
    """A page of a list, with how long it is as a whole: both in one go, since that is what costs.

    What happened counts for the unit where it happened, as in the figures; everything else for where the case is.
    """
    inner = statement.subquery()
    happened = within_unit and "at" in inner.c
    seen = in_sight(limited, own=own).correlate(inner)
    if only_own:
        seen = seen.where(cases.OWN)
    listed = select(inner, func.count().over().label("count_of_all"))
    if happened:
        # Few of many: each is looked at by itself.
        each = seen.where(candidates.c.id == inner.c.case_id).exists()
        listed = listed.where(inner.c.at.in_(UNITS_WITHIN), each)
    else:
        listed = listed.where(inner.c.case_id.in_(seen.where(WITHIN) if within_unit else seen))
    ordered = listed.order_by(inner.c.day, inner.c.case_id, inner.c.rule)
    return Prepared(ordered.limit(bindparam("most")).offset(bindparam("skip")))
