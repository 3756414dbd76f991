"""The survey of sources each quarter: how ripe each one was found, now and in the quarter before."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal, get_args

from sqlalchemy import Connection, and_, bindparam, case, func, select

from bot.chat import Refusal
from bot.rules.book import Rulebook
from bot.rules.periods import Period
from bot.vietnamese.fold import in_order
from storage import history, tallies
from storage import units as every_unit
from storage.candidates import Case
from storage.composing import IS_OPEN
from storage.counting import month_slot
from storage.database import insert
from storage.people import Person
from storage.prepared import Prepared, among
from storage.sight import WITHIN, place, units_open_to
from storage.tables import candidates, source_surveys, units
from storage.units import Unit

Ripeness = Literal["unlikely", "developing", "ready"]
# From the least to the most ripe.
RIPENESS: tuple[Ripeness, ...] = get_args(Ripeness)
# From this step on a source is no source any more: the branch decides on an admission.
UNTIL = "branch_vote"
_now, _before = source_surveys.alias("now"), source_surveys.alias("before")


def source_steps(book: Rulebook) -> list[str]:
    """The steps at which somebody is a source."""
    steps = book.entries.steps
    return [slug for slug, step in steps.items() if step.track == "main" and step.order < steps[UNTIL].order]


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody in the list of a branch; `now` and `before` None: not looked at in this quarter, in the last."""

    id: int
    code: str
    name: str
    step: str
    listed_on: date
    last_contact_on: date | None
    now: Ripeness | None
    note: str | None
    before: Ripeness | None


def sources(connection: Connection, unit: int, steps: Iterable[str], quarter: Period) -> list[Source]:
    """The open cases of a branch at these steps, in the order of their codes."""
    last = quarter.previous
    values = {"unit": unit, "in_year": quarter.year, "in_quarter": quarter.number}
    values |= {"last_year": last.year, "last_quarter": last.number}
    return [Source(*row) for row in _sources(tuple(steps)).rows(connection, values)]


@lru_cache(maxsize=8)
def _sources(steps: tuple[str, ...]) -> Prepared:
    table = candidates.c
    return Prepared(
        select(
            *(table[name] for name in ("id", "code", "name", "step", "listed_on", "last_contact_on")),
            _now.c.ripeness,
            _now.c.note,
            _before.c.ripeness.label("before"),
        )
        .join_from(candidates, _now, _looked(_now, "in_year", "in_quarter"), isouter=True)
        .join(_before, _looked(_before, "last_year", "last_quarter"), isouter=True)
        .where(table.unit_id == bindparam("unit"), table.state == "open", among(table.step, steps))
        .order_by(table.id)
    )


def _looked(found: Any, year: str, quarter: str) -> Any:
    same = (found.c.year == bindparam(year), found.c.quarter == bindparam(quarter))
    return and_(found.c.candidate_id == candidates.c.id, *same)


def unit_for(connection: Connection, person: Person, unit: int) -> Unit:
    """The door for whoever sees its counts; any other unit reads like none."""
    wanted = and_(units.c.id == unit, units_open_to(person, "see_counts"))
    found = every_unit.open_units(connection, wanted)
    if not found:
        raise Refusal("surveys.no_such_unit")
    return found[0]


def _of(surveyed: Any, quarter: Period) -> Any:
    return and_(surveyed.c.year == quarter.year, surveyed.c.quarter == quarter.number)


def find(
    connection: Connection, at: datetime, actor: int | None, source: Case, quarter: Period, ripeness: Ripeness
) -> None:
    """Keeps how ripe somebody was found; a later finding of the quarter takes the place of an earlier one."""
    key = {"candidate_id": source.id, "year": quarter.year, "quarter": quarter.number}
    values = {"unit_id": source.unit_id, "ripeness": ripeness, "person_id": actor, "at": at}
    before = _kept(connection, source.id, quarter)
    statement = insert(connection, source_surveys).values(**key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
    _count(connection, before, source, quarter, ripeness)
    if before is not None and before.ripeness == ripeness:
        return
    told = {"quarter": quarter.code}
    was = {**told, "ripeness": before.ripeness} if before else None
    history.record(
        connection, at, actor, "survey.find", source.subject, source.unit_id, was, {**told, "ripeness": ripeness}
    )


def _kept(connection: Connection, candidate: int, quarter: Period) -> Any:
    found = (
        select(source_surveys.c.ripeness, units.c.path)
        .join_from(source_surveys, units, units.c.id == source_surveys.c.unit_id)
        .where(source_surveys.c.candidate_id == candidate, _of(source_surveys, quarter))
    )
    return connection.execute(found).first()


def _count(connection: Connection, before: Any, source: Case, quarter: Period, ripeness: Ripeness) -> None:
    slot = month_slot(quarter.last)
    changes: dict[str, Counter[tuple[str, int]]] = {source.path: Counter({(f"survey:{ripeness}", slot): 1})}
    if before is not None:
        changes.setdefault(before.path, Counter())[f"survey:{before.ripeness}", slot] -= 1
    tallies.spread(connection, changes)


def add_note(connection: Connection, candidate: int, quarter: Period, note: str | None) -> bool:
    """A short note beside a finding; False when there is none to put it beside."""
    mine = (source_surveys.c.candidate_id == candidate, _of(source_surveys, quarter))
    return bool(connection.execute(source_surveys.update().where(*mine).values(note=note)).rowcount)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a branch has come: its sources, and how many of them were found how ripe."""

    unit_id: int
    unit_name: str
    count: int
    ready: int
    developing: int
    unlikely: int

    @property
    def looked(self) -> int:
        """How many have been looked at."""
        return self.ready + self.developing + self.unlikely

    @property
    def done(self) -> bool:
        """Whether everybody has been."""
        return self.looked >= self.count


def progress(connection: Connection, where: Any, steps: Iterable[str], quarter: Period) -> list[Progress]:
    """Branches with sources where `where`, a condition on `units`, holds; those who have done least first."""
    counted = [func.count(case((_now.c.ripeness == ripe, 1))) for ripe in reversed(RIPENESS)]
    inside = select(units.c.id).where(units.c.closed_on.is_(None), where).correlate(None)
    found = (
        select(units.c.id, units.c.name, func.count(), *counted)
        .join_from(candidates, units, units.c.id == candidates.c.unit_id)
        .join(_now, and_(_now.c.candidate_id == candidates.c.id, _of(_now, quarter)), isouter=True)
        .where(IS_OPEN, candidates.c.step.in_(list(steps)), candidates.c.unit_id.in_(inside))
        .group_by(units.c.id, units.c.name)
    )
    rows = [Progress(*row) for row in connection.execute(found)]
    return sorted(rows, key=lambda row: (row.done, row.looked / row.count, in_order(row.unit_name)))


def waiting(
    connection: Connection, ids: Sequence[int], steps: Iterable[str], quarter: Period
) -> dict[int, tuple[int, int]]:
    """Of these branches those with sources that nobody has looked at in the quarter: how many, of how many."""
    found = (
        select(candidates.c.unit_id, func.count().label("count"), func.count(_now.c.ripeness).label("looked"))
        .join_from(candidates, _now, and_(_now.c.candidate_id == candidates.c.id, _of(_now, quarter)), isouter=True)
        .where(IS_OPEN, candidates.c.step.in_(list(steps)), candidates.c.unit_id.in_(ids))
        .group_by(candidates.c.unit_id)
    )
    return {unit: (count - looked, count) for unit, count, looked in connection.execute(found) if looked < count}


def done_in(connection: Connection, unit: Unit, steps: Iterable[str], quarter: Period) -> tuple[int, int]:
    """How many branches at and below a unit have sources, and how many of these have looked at all of them."""
    values = {**place(unit.path), "in_year": quarter.year, "in_quarter": quarter.number}
    row = _done(tuple(steps)).first(connection, values)
    return int(row.branches), int(row.done or 0)


@lru_cache(maxsize=8)
def _done(steps: tuple[str, ...]) -> Prepared:
    inside = select(units.c.id).where(units.c.closed_on.is_(None), WITHIN).correlate(None)
    each = (
        select(func.count().label("count"), func.count(_now.c.candidate_id).label("looked"))
        .join_from(candidates, _now, _looked(_now, "in_year", "in_quarter"), isouter=True)
        .where(IS_OPEN, among(candidates.c.step, steps), candidates.c.unit_id.in_(inside))
        .group_by(candidates.c.unit_id)
        .subquery()
    )
    done = func.sum(case((each.c.looked >= each.c.count, 1), else_=0)).label("done")
    return Prepared(select(func.count().label("branches"), done).select_from(each))


@dataclass(frozen=True, slots=True)
class Compared:
    """One quarter beside the last: who moved up or down, who is found for the first time, who has yet to be."""

    up: Sequence[Source]
    down: Sequence[Source]
    same: Sequence[Source]
    new: Sequence[Source]
    waiting: Sequence[Source]


def compared(found: Iterable[Source]) -> Compared:
    """Sorts the sources of a branch by what has become of them since the last quarter."""
    parts: dict[str, list[Source]] = {name: [] for name in Compared.__dataclass_fields__}
    for source in found:
        parts[_part(source)].append(source)
    return Compared(**parts)


def _part(source: Source) -> str:
    if source.now is None:
        return "waiting"
    if source.before is None:
        return "new"
    moved = RIPENESS.index(source.now) - RIPENESS.index(source.before)
    return "up" if moved > 0 else "down" if moved < 0 else "same"
