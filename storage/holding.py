"""Candidates who hold a position of the neighbourhood: who they are where one may look, else how many, by unit."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select

from storage.composing import IS_OPEN
from storage.prepared import Prepared, among
from storage.sight import ALONG, UNITS_WITHIN, place
from storage.standing_lists import Listing
from storage.tables import candidate_groups, candidates, units
from storage.units import COMMITTEES, Unit, by_ids, kind_below


def holding(labels: Sequence[str], steps: Sequence[str]) -> Listing:
    """Open cases at these steps whose people hold one of these positions, as lists of cases want them."""
    return Listing(_holding(tuple(labels), tuple(steps)), {})


@lru_cache(maxsize=16)
def _holding(labels: tuple[str, ...], steps: tuple[str, ...]) -> Select[Any]:
    bear = select(candidate_groups.c.candidate_id).where(
        candidate_groups.c.candidate_id == candidates.c.id, among(candidate_groups.c.label, labels)
    )
    names = (candidates.c.listed_on.label("day"), literal("").label("rule"), literal("").label("subject"))
    found = select(candidates.c.id.label("case_id"), *names)
    return found.where(candidates.c.state == "open", among(candidates.c.step, steps), bear.exists())


def by_committee(connection: Connection, unit: Unit, labels: Sequence[str], steps: Sequence[str]) -> dict[int, int]:
    """How many such people the committees below a unit have, by the unit directly below it."""
    wide = kind_below(connection, unit) in COMMITTEES
    rows = _counted(tuple(labels), tuple(steps), wide=wide).rows(connection, place(unit.path))
    counts = {row.committee_id: int(row.number) for row in rows}
    found: Counter[int] = Counter()
    for committee in by_ids(connection, list(counts)):
        below = committee.path.removeprefix(unit.path).split("/")[0]
        if below:
            found[int(below)] += counts[committee.id]
    return dict(found)


@lru_cache(maxsize=16)
def _counted(labels: tuple[str, ...], steps: tuple[str, ...], *, wide: bool) -> Prepared:
    """By committee. `wide`: of many communes, so that whoever bears a label at all is looked for first."""
    bear = select(candidate_groups.c.candidate_id).where(among(candidate_groups.c.label, labels))
    mine = bear.where(candidate_groups.c.candidate_id == candidates.c.id)
    here = ALONG if wide else candidates.c.unit_id.in_(UNITS_WITHIN)
    return Prepared(
        select(units.c.committee_id, func.count().label("number"))
        .join_from(candidates, units, units.c.id == candidates.c.unit_id)
        .where(here, IS_OPEN, among(candidates.c.step, steps))
        .where(candidates.c.id.in_(bear) if wide else mine.exists())
        .group_by(units.c.committee_id)
    )
