"""Branches that need help, as the office's rules say: none admitted for years, sources but no proposal, no member."""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select

from bot.rules.figures import CountedBy
from bot.rules.periods import containing
from storage.branches import Branches
from storage.composing import IS_OPEN
from storage.counting import month_slot
from storage.prepared import Prepared, among
from storage.sight import UNITS_WITHIN, place
from storage.tables import candidate_groups, candidates, roles, tallies, units
from storage.units import Unit

Found = tuple[list[Unit], int]
# The month from which a year without an admission is taken for a whole one.
YEAR_COUNTS_FROM = 10
# Steps of open cases that are members already, or will be at their ceremony: no source for an admission to come.
_ADMITTED = ("decision", "ceremony", "probation", "recognition_dossier", "recognition_vote")
_NO_SOURCE = (*_ADMITTED, "recognition_section_review", "recognition_committee", "recognition_decision")


def barren(
    connection: Connection, unit: Unit, by: CountedBy, years: int, today: date, skip: int = 0, most: int = 5
) -> Found:
    """Branches with no admission in so many years, nor in what there is of this one, which counts from autumn on.

    On 1 January a branch that admitted somebody in December two years ago has been without one for a year and a day.
    """
    return _BARREN.page(connection, unit, _years(by, years, today), skip, most)


def _years(by: CountedBy, years: int, today: date) -> dict[str, Any]:
    last = today.year if today.month >= YEAR_COUNTS_FROM else today.year - 1
    return {"what": f"once:{by}", "from_slot": last - years + 1, "to_slot": today.year}


def without_source(connection: Connection, unit: Unit, skip: int = 0, most: int = 5) -> Found:
    """Branches with nobody on the way to admission."""
    return _WITHOUT_SOURCE.page(connection, unit, {}, skip, most)


def hesitant(connection: Connection, unit: Unit, months: int, today: date, skip: int = 0, most: int = 5) -> Found:
    """Branches that have had sources for so many months, and resolved to propose nobody in that time."""
    return _HESITANT.page(connection, unit, _months(months, today), skip, most)


def _months(months: int, today: date) -> dict[str, Any]:
    since = containing("month", today)
    for _ in range(months):
        since = since.previous
    slots = {"from_slot": month_slot(since.first), "to_slot": month_slot(today)}
    return {"what": "branch_resolution", "since": since.first, **slots}


def without_members(connection: Connection, unit: Unit, skip: int = 0, most: int = 5) -> Found:
    """Places without any member: none was counted, and nobody holds a role there."""
    return _WITHOUT_MEMBERS.page(connection, unit, {}, skip, most)


def holders(connection: Connection, unit: Unit, labels: list[str]) -> dict[str, int]:
    """How many open candidates hold each of these positions and are no members yet."""
    return {row.label: row.number for row in _holders(tuple(labels)).rows(connection, place(unit.path))}


_KEPT = select(tallies.c.unit_id).where(tallies.c.unit_id == units.c.id, tallies.c.count > 0)
_HAPPENED = _KEPT.where(
    tallies.c.what == bindparam("what"), tallies.c.slot.between(bindparam("from_slot"), bindparam("to_slot"))
)
_SOURCES = _KEPT.where(
    tallies.c.slot == 0,
    tallies.c.what.like("open:%"),
    ~among(tallies.c.what, [f"open:{step}" for step in _NO_SOURCE]),
)
_LONG_LISTED = select(candidates.c.id).where(
    candidates.c.unit_id == units.c.id, candidates.c.state == "open", candidates.c.listed_on < bindparam("since")
)
_HELD = select(roles.c.id).where(roles.c.unit_id == units.c.id, roles.c.until.is_(None))

_BARREN = Branches(~_HAPPENED.exists())
_WITHOUT_SOURCE = Branches(~_SOURCES.exists())
_HESITANT = Branches(_LONG_LISTED.exists() & ~_HAPPENED.exists())
_WITHOUT_MEMBERS = Branches(or_(units.c.members == 0, units.c.members.is_(None) & ~_HELD.exists()))


@lru_cache(maxsize=8)
def _holders(labels: tuple[str, ...]) -> Any:
    return Prepared(
        select(candidate_groups.c.label, func.count().label("number"))
        .join_from(candidate_groups, candidates, candidates.c.id == candidate_groups.c.candidate_id)
        .where(candidates.c.unit_id.in_(UNITS_WITHIN), IS_OPEN, ~among(candidates.c.step, _NO_SOURCE))
        .where(among(candidate_groups.c.label, labels))
        .group_by(candidate_groups.c.label)
    )


def kinds_within(
    connection: Connection, unit: Unit, by: CountedBy, years: int, months: int, today: date
) -> dict[int, tuple[str, ...]]:
    """By branch at or below a unit: the lists of branches that need help on which it stands; the others are missing."""
    found = {
        "barren": _BARREN.every(connection, unit, _years(by, years, today)),
        "hesitant": _HESITANT.every(connection, unit, _months(months, today)),
        "nosource": _WITHOUT_SOURCE.every(connection, unit, {}),
        "nomembers": _WITHOUT_MEMBERS.every(connection, unit, {}),
    }
    kinds: dict[int, tuple[str, ...]] = {}
    for kind, branches in found.items():
        for branch in branches:
            kinds[branch.id] = (*kinds.get(branch.id, ()), kind)
    return kinds
