"""Branches that need help, as the office's rules say: none admitted for years, sources but no proposal, no member."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from bot.rules.figures import CountedBy
from bot.rules.periods import Period, containing
from storage.composing import IS_OPEN
from storage.counting import month_slot
from storage.people import units_within, within
from storage.tables import candidate_groups, candidates, roles, tallies, units
from storage.units import Unit, open_branches

Found = tuple[list[Unit], int]
# More branches than there are.
_ALL = 1_000_000


def barren(
    connection: Connection, unit: Unit, by: CountedBy, years: int, today: date, skip: int = 0, most: int = 5
) -> Found:
    """Branches with no admission in so many years, this one included."""
    wanted = range(today.year - years + 1, today.year + 1)
    happened = _row(f"once:{by}", tallies.c.slot.in_(list(wanted)))
    return open_branches(connection, and_(within(unit.path), ~happened.exists()), skip, most)


def without_source(connection: Connection, unit: Unit, skip: int = 0, most: int = 5) -> Found:
    """Branches with nobody on the way to admission."""
    return open_branches(connection, and_(within(unit.path), ~_sources().exists()), skip, most)


def hesitant(connection: Connection, unit: Unit, months: int, today: date, skip: int = 0, most: int = 5) -> Found:
    """Branches that have had sources for so many months, and resolved to propose nobody in that time."""
    since = containing("month", today)
    for _ in range(months):
        since = since.previous
    proposed = _row("branch_resolution", tallies.c.slot.between(*_span(since, today)))
    old = select(candidates.c.id).where(
        candidates.c.unit_id == units.c.id, candidates.c.state == "open", candidates.c.listed_on < since.first
    )
    return open_branches(connection, and_(within(unit.path), old.exists(), ~proposed.exists()), skip, most)


def without_members(connection: Connection, unit: Unit, skip: int = 0, most: int = 5) -> Found:
    """Places without any member: none was counted, and nobody holds a role there."""
    held = select(roles.c.id).where(roles.c.unit_id == units.c.id, roles.c.until.is_(None))
    none = or_(units.c.members == 0, and_(units.c.members.is_(None), ~held.exists()))
    return open_branches(connection, and_(within(unit.path), none), skip, most)


def _row(what: str, condition: ColumnElement[bool]) -> Any:
    kept = (tallies.c.unit_id == units.c.id, tallies.c.what == what, tallies.c.count > 0)
    return select(tallies.c.unit_id).where(*kept, condition)


def _span(since: Period, today: date) -> tuple[int, int]:
    return month_slot(since.first), month_slot(today)


# Steps of open cases that are members on probation already: no source for an admission to come.
_ADMITTED = ("ceremony", "probation", "recognition_dossier", "recognition_vote", "recognition_section_review")
_NO_SOURCE = (*_ADMITTED, "recognition_committee", "recognition_decision")


def _sources() -> Any:
    return select(tallies.c.unit_id).where(
        tallies.c.unit_id == units.c.id,
        tallies.c.slot == 0,
        tallies.c.what.like("open:%"),
        tallies.c.what.not_in([f"open:{step}" for step in _NO_SOURCE]),
        tallies.c.count > 0,
    )


def holders(connection: Connection, unit: Unit, labels: list[str]) -> dict[str, int]:
    """How many open candidates hold each of these positions and are no members yet."""
    found = (
        select(candidate_groups.c.label, func.count())
        .join_from(candidate_groups, candidates, candidates.c.id == candidate_groups.c.candidate_id)
        .where(candidates.c.unit_id.in_(units_within(unit.path)), IS_OPEN, candidates.c.step.not_in(_NO_SOURCE))
        .where(candidate_groups.c.label.in_(labels))
        .group_by(candidate_groups.c.label)
    )
    return {row[0]: row[1] for row in connection.execute(found)}


def kinds_within(
    connection: Connection, unit: Unit, by: CountedBy, years: int, months: int, today: date
) -> dict[int, tuple[str, ...]]:
    """By branch at or below a unit: the lists of branches that need help on which it stands; the others are missing."""
    found = {
        "barren": barren(connection, unit, by, years, today, 0, _ALL),
        "hesitant": hesitant(connection, unit, months, today, 0, _ALL),
        "nosource": without_source(connection, unit, 0, _ALL),
        "nomembers": without_members(connection, unit, 0, _ALL),
    }
    kinds: dict[int, tuple[str, ...]] = {}
    for kind, (branches, _) in found.items():
        for branch in branches:
            kinds[branch.id] = (*kinds.get(branch.id, ()), kind)
    return kinds
