"""Candidates who hold a position of the neighbourhood: who they are where one may look, else how many, by unit."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select

from storage.composing import IS_OPEN
from storage.people import units_within
from storage.tables import candidate_groups, candidates, units
from storage.units import Unit, by_ids


def holding(labels: Sequence[str], steps: Sequence[str]) -> Select[Any]:
    """Open cases at these steps whose people hold one of these positions, as lists of cases want them."""
    bear = select(candidate_groups.c.candidate_id).where(
        candidate_groups.c.candidate_id == candidates.c.id, candidate_groups.c.label.in_(list(labels))
    )
    kept = (candidates.c.state == "open", candidates.c.step.in_(list(steps)), bear.exists())
    names = (candidates.c.listed_on.label("day"), literal("").label("rule"), literal("").label("subject"))
    return select(candidates.c.id.label("case_id"), *names).where(*kept)


def by_committee(connection: Connection, unit: Unit, labels: Sequence[str], steps: Sequence[str]) -> dict[int, int]:
    """How many such people the committees below a unit have, by the unit directly below it."""
    bear = select(candidate_groups.c.candidate_id).where(candidate_groups.c.label.in_(list(labels)))
    counted = (
        select(units.c.committee_id, func.count())
        .join_from(candidates, units, units.c.id == candidates.c.unit_id)
        .where(candidates.c.unit_id.in_(units_within(unit.path)), IS_OPEN)
        .where(candidates.c.step.in_(list(steps)), candidates.c.id.in_(bear))
        .group_by(units.c.committee_id)
    )
    counts = {row[0]: int(row[1]) for row in connection.execute(counted)}
    found: Counter[int] = Counter()
    for committee in by_ids(connection, list(counts)):
        below = committee.path.removeprefix(unit.path).split("/")[0]
        if below:
            found[int(below)] += counts[committee.id]
    return dict(found)
