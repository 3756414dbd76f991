"""Counts the figures from what is kept of cases, contacts and units: the definition that the summaries must agree with.

A case counts for the unit where it is now; a day of an event for the unit where the case was when it was written.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    String,
    cast,
    extract,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)

from storage.sight import within
from storage.tables import candidates, case_dates, contacts, dues, exits, positions, source_surveys, units

# Events whose days are counted by month.
EVENTS = ("branch_resolution", "admission_decided", "ceremony", "recognition_decided")
# What a date in the past means: somebody is late, or a paper has lapsed. Milestones simply come to pass.
LATE = ("deadline", "validity", "local")
CONTACT = "contact_gap"
# What names the unit it counts for.
PLACED = (case_dates, exits, source_surveys)
# What is counted besides by year: branches where it happened at all.
ONCE = ("admission_decided", "ceremony", "listed")
# Positions of the neighbourhood stand apart from what is asked for with the other figures; a branch that has said
# something of them stands under the day of its oldest number: "said:20261118".
STANDING, SAID = 1, "said:"

_PLACES: list[Any] = [literal_column(place) for place in ("1", "2", "3")]

Key = tuple[str, int]


def month_of(day: Any) -> Any:
    """The slot of a day's month: 202611."""
    return cast(extract("year", day), Integer) * 100 + cast(extract("month", day), Integer)


def day_of(day: Any) -> Any:
    """The slot of a day: 20261118."""
    return month_of(day) * 100 + cast(extract("day", day), Integer)


def month_slot(day: date) -> int:
    """The same of a day that is known."""
    return day.year * 100 + day.month


def day_slot(day: date) -> int:
    """The slot of a day that is known."""
    return month_slot(day) * 100 + day.day


def _counted(unit: Any, what: Any, slot: Any, count: Any = None) -> Select[Any]:
    names = unit.label("unit_id"), what.label("what"), slot.label("slot")
    # Places in the select list: a label may not be grouped by on every database.
    return select(*names, (func.count() if count is None else count).label("number")).group_by(*_PLACES)


def _word(word: str) -> Any:
    return type_coerce(literal(word, literal_execute=True), String)


_SINCE = func.coalesce(case_dates.c.unit_id, candidates.c.unit_id)
_SAID_ON = (
    select(positions.c.unit_id, func.min(positions.c.said_on).label("on"))
    .join_from(positions, units, units.c.id == positions.c.unit_id)
    .where(units.c.kind == "branch", units.c.closed_on.is_(None))
    .group_by(positions.c.unit_id)
    .subquery()
)


def _of_positions(part: str, number: Any) -> Select[Any]:
    counted = _counted(
        positions.c.unit_id, _word(f"{part}:") + positions.c.kind, literal(STANDING, Integer), func.sum(number)
    )
    joined = positions.join(units, units.c.id == positions.c.unit_id)
    return counted.select_from(joined).where(units.c.closed_on.is_(None))


_OF_DUES = dues.join(candidates, candidates.c.id == dues.c.candidate_id)
MEASURES: dict[str, Select[Any]] = {
    "open": _counted(candidates.c.unit_id, _word("open:") + candidates.c.step, literal(0, Integer)).where(
        candidates.c.state == "open"
    ),
    "listed": _counted(candidates.c.unit_id, _word("listed"), month_of(candidates.c.listed_on)).where(
        candidates.c.state.in_(("open", "closed"))
    ),
    "events": _counted(_SINCE, case_dates.c.event, month_of(case_dates.c.on))
    .select_from(case_dates.join(candidates, candidates.c.id == case_dates.c.candidate_id))
    .where(case_dates.c.event.in_(EVENTS)),
    "due": _counted(candidates.c.unit_id, _word("due"), day_of(dues.c.due_on))
    .select_from(_OF_DUES)
    .where(dues.c.closed_at.is_(None), dues.c.kind.in_(LATE), dues.c.rule != CONTACT),
    "silent": _counted(candidates.c.unit_id, _word("silent"), day_of(dues.c.due_on))
    .select_from(_OF_DUES)
    .where(dues.c.closed_at.is_(None), dues.c.rule == CONTACT),
    "contacts": _counted(candidates.c.unit_id, _word("contacts"), month_of(contacts.c.on))
    .select_from(contacts.join(candidates, candidates.c.id == contacts.c.candidate_id))
    .where(contacts.c.state == "kept", contacts.c.how != "not_reached"),
    "exits": _counted(exits.c.unit_id, _word("exits"), month_of(exits.c.on), func.sum(exits.c.count)),
    "posts": _of_positions("posts", positions.c.posts),
    "held": _of_positions("held", positions.c.held),
    "holders": _of_positions("holders", positions.c.members),
    "said": _counted(_SAID_ON.c.unit_id, _word(SAID) + cast(day_of(_SAID_ON.c.on), String), literal(STANDING, Integer)),
    # By the last month of the quarter.
    "surveys": _counted(
        source_surveys.c.unit_id,
        _word("survey:") + source_surveys.c.ripeness,
        source_surveys.c.year * 100 + source_surveys.c.quarter * 3,
    ),
    "branches": _counted(units.c.id, _word("branches"), literal(0, Integer)).where(
        units.c.kind == "branch", units.c.closed_on.is_(None)
    ),
    "members": _counted(units.c.id, _word("members"), literal(0, Integer), func.sum(units.c.members)).where(
        units.c.kind == "branch", units.c.closed_on.is_(None), units.c.members.is_not(None)
    ),
}


def own(connection: Connection, measure: str, path: str | None = None) -> Iterator[tuple[int, Key, int]]:
    """One measure of every unit by itself, as (unit, (what, slot), count); `path`: only there and below."""
    found = MEASURES[measure]
    if path is not None:
        unit = found.selected_columns["unit_id"]
        found = found.where(unit.element.in_(select(units.c.id).where(within(path))))
    for number, what, slot, count in connection.execute(found.execution_options(yield_per=1000)):
        yield number, (what, slot), int(count)


def total(connection: Connection, path: str) -> Counter[Key]:
    """All measures of one unit with everything below it."""
    counted: Counter[Key] = Counter()
    for measure in MEASURES:
        for _, key, count in own(connection, measure, path):
            counted[key] += count
    return counted
