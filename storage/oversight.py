"""What a committee holds a unit to: yearly commitments, inspections, commendations, and what is to be put right."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, select, update
from sqlalchemy import insert as plain_insert

from storage import history
from storage.database import insert
from storage.sight import within
from storage.tables import commitments, oversight, units

Kind = Literal["inspection", "commendation", "reminder"]
About = Literal["unit", "head"]


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a unit has put its name to for a year."""

    unit_id: int
    year: int
    admissions: int
    sources: int
    signed_on: date


def commitments_of(connection: Connection, numbers: Iterable[int], year: int) -> dict[int, Commitment]:
    """By unit: its commitment of the year."""
    mine = (commitments.c.unit_id.in_(list(numbers)), commitments.c.year == year)
    return {row.unit_id: Commitment(*row) for row in connection.execute(select(commitments).where(*mine))}


def commit(connection: Connection, at: datetime, actor: int | None, made: Commitment) -> None:
    """Notes a commitment; one that was noted before gives way, and the history keeps it."""
    before = commitments_of(connection, [made.unit_id], made.year).get(made.unit_id)
    values = {"admissions": made.admissions, "sources": made.sources, "signed_on": made.signed_on}
    statement = insert(connection, commitments).values(unit_id=made.unit_id, year=made.year, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["unit_id", "year"], set_=values))
    old = (
        {"admissions": before.admissions, "sources": before.sources, "signed_on": before.signed_on} if before else None
    )
    after = {"year": made.year, **values}
    history.record(connection, at, actor, "unit.commit", f"unit:{made.unit_id}", made.unit_id, old, after)


@dataclass(frozen=True, slots=True)
class Finding:
    """One inspection, commendation or reminder. `due_on` None: nothing is to be put right.

    `planned`: an inspection that was written down before its day; `result`: in short what came of it.
    """

    id: int
    unit_id: int
    kind: Kind
    about: About
    on: date
    number: str | None
    words: str
    due_on: date | None
    mended_on: date | None
    planned: bool = False
    result: str | None = None

    @property
    def waits(self) -> bool:
        """Whether it was planned and nothing was written of what came of it."""
        return self.planned and self.result is None

    @property
    def unmended(self) -> bool:
        """Whether something is still to be put right."""
        return self.due_on is not None and self.mended_on is None


_COLUMNS = (
    oversight.c.id,
    oversight.c.unit_id,
    oversight.c.kind,
    oversight.c.about,
    oversight.c.on,
    oversight.c.number,
    oversight.c.words,
    oversight.c.due_on,
    oversight.c.mended_on,
    oversight.c.planned,
    oversight.c.result,
)


def note(
    connection: Connection,
    at: datetime,
    actor: int | None,
    unit: int,
    kind: Kind,
    about: About,
    on: date,
    words: str,
    number: str | None = None,
    due_on: date | None = None,
) -> int:
    """Writes one down; gives its number."""
    row = {"unit_id": unit, "kind": kind, "about": about, "on": on, "number": number, "words": words, "due_on": due_on}
    row["planned"] = on > at.date()
    key = connection.execute(plain_insert(oversight).values(**row, written_by=actor)).inserted_primary_key
    found = int(key[0]) if key else 0
    after = {"id": found, "kind": kind, "about": about, "on": on, "number": number, "due_on": due_on}
    history.record(connection, at, actor, f"oversight.{kind}", f"unit:{unit}", unit, None, after)
    return found


def mend(connection: Connection, at: datetime, actor: int | None, finding: Finding, on: date) -> bool:
    """Notes that it has been put right; False when that was noted before."""
    mine = (oversight.c.id == finding.id, oversight.c.mended_on.is_(None))
    if not connection.execute(update(oversight).where(*mine).values(mended_on=on)).rowcount:
        return False
    after = {"id": finding.id, "mended_on": on}
    history.record(connection, at, actor, "oversight.mend", f"unit:{finding.unit_id}", finding.unit_id, None, after)
    return True


def conclude(
    connection: Connection, at: datetime, actor: int | None, finding: Finding, result: str, due_on: date | None
) -> bool:
    """Notes what came of a planned inspection, and by when something is to be put right; False: noted before."""
    mine = (oversight.c.id == finding.id, oversight.c.planned, oversight.c.result.is_(None))
    if not connection.execute(update(oversight).where(*mine).values(result=result, due_on=due_on)).rowcount:
        return False
    after = {"id": finding.id, "on": finding.on, "due_on": due_on}
    history.record(connection, at, actor, "oversight.conclude", f"unit:{finding.unit_id}", finding.unit_id, None, after)
    return True


def open_in(connection: Connection, ids: Iterable[int]) -> list[Finding]:
    """Of some units: what is to be put right and is not yet, and inspections that are planned."""
    unmended = oversight.c.due_on.is_not(None) & oversight.c.mended_on.is_(None)
    waits = oversight.c.planned & oversight.c.result.is_(None)
    found = select(*_COLUMNS).where(oversight.c.unit_id.in_(list(ids)), unmended | waits).order_by(oversight.c.id)
    return [Finding(*row) for row in connection.execute(found)]


def findings(connection: Connection, path: str, since: date, until: date) -> list[Finding]:
    """Everything noted of the units at or below `path` in this time, the newest first; what is unmended always."""
    told = oversight.c.on.between(since, until) | (oversight.c.due_on.is_not(None) & oversight.c.mended_on.is_(None))
    found = select(*_COLUMNS).join_from(oversight, units, units.c.id == oversight.c.unit_id).where(within(path), told)
    rows = connection.execute(found.order_by(oversight.c.on.desc(), oversight.c.id.desc()))
    return [Finding(*row) for row in rows]


def finding(connection: Connection, number: int) -> Finding | None:
    """One by its number; whether one may see it is for the caller to ask, by its unit."""
    row = connection.execute(select(*_COLUMNS).where(oversight.c.id == number)).first()
    return Finding(*row) if row else None


def counted(found: Iterable[Finding]) -> Mapping[int, Counter[str]]:
    """By unit: how many of each kind, and how much is unmended."""
    counts: dict[int, Counter[str]] = {}
    for one in found:
        counts.setdefault(one.unit_id, Counter()).update([one.kind, *(["unmended"] if one.unmended else [])])
    return counts
