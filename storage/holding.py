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
from storage.units import Unit, by_ids


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


def by_unit(
    connection: Connection, unit: Unit, labels: Sequence[str], steps: Sequence[str], *, committees: bool
) -> dict[int, int]:
    """How many such people there are, by the unit directly below; a branch, which has none, stands for itself.

    `committees`: below the unit are committees, which have all their branches summed up.
    """
    rows = _counted(tuple(labels), tuple(steps), wide=committees).rows(connection, place(unit.path))
    counts = {row.at: int(row.number) for row in rows}
    found: Counter[int] = Counter()
    for one in by_ids(connection, list(counts)):
        below = one.path.removeprefix(unit.path).split("/")[0]
        found[int(below or one.id)] += counts[one.id]
    return dict(found)


@lru_cache(maxsize=16)
def _counted(labels: tuple[str, ...], steps: tuple[str, ...], *, wide: bool) -> Prepared:
    """By unit; `wide`: of many communes and by committee, so that whoever bears a label at all is looked for first."""
    bear = select(candidate_groups.c.candidate_id).where(among(candidate_groups.c.label, labels))
    mine = bear.where(candidate_groups.c.candidate_id == candidates.c.id)
    here = ALONG if wide else candidates.c.unit_id.in_(UNITS_WITHIN)
    at = units.c.committee_id if wide else units.c.id
    return Prepared(
        select(at.label("at"), func.count().label("number"))
        .join_from(candidates, units, units.c.id == candidates.c.unit_id)
        .where(here, IS_OPEN, among(candidates.c.step, steps))
        .where(candidates.c.id.in_(bear) if wide else mine.exists())
        .group_by(at)
    )
