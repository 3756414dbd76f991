"""What a line of a reminder says of a case: its code, whose it is, which date of which rule."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, select

from storage.tables import candidates, dues, people, units, vettings


@dataclass(frozen=True, slots=True)
class ToldDue:
    """A date of a case, as a reminder tells it. `place`: where a vetting request went; `closed_at` None: it runs."""

    id: int
    rule: str
    subject: str
    kind: str
    start_on: date
    due_on: date
    version: str
    closed_at: datetime | None
    candidate_id: int
    place: str | None


@dataclass(frozen=True, slots=True)
class ToldCase:
    """A case, as a reminder names it."""

    id: int
    code: str
    name: str
    state: str
    step: str
    unit_id: int
    unit_name: str
    path: str
    committee_id: int | None

    @property
    def ref(self) -> str:
        """How buttons name it."""
        return self.code if len(self.code) <= 20 and self.code[-1:].isdigit() else f"#{self.id}"


_DUE: dict[str, Any] = {"place": vettings.c.place}
_CASE: dict[str, Any] = {
    "unit_name": units.c.name.label("unit_name"),
    "path": units.c.path,
    "committee_id": units.c.committee_id,
}


def dues_of(connection: Connection, ids: Sequence[int]) -> dict[int, ToldDue]:
    """These dates, whether they run or not."""
    asked = and_(vettings.c.candidate_id == dues.c.candidate_id, vettings.c.ref == dues.c.subject, dues.c.subject != "")
    columns = [_DUE[one.name] if one.name in _DUE else dues.c[one.name] for one in fields(ToldDue)]
    found = select(*columns).select_from(dues.outerjoin(vettings, asked)).where(dues.c.id.in_(ids))
    return {row.id: ToldDue(*row) for row in connection.execute(found)}


def cases_of(connection: Connection, ids: Sequence[int]) -> dict[int, ToldCase]:
    """These cases, whoever asks: only for lines to people who are told of them."""
    columns = [_CASE[one.name] if one.name in _CASE else candidates.c[one.name] for one in fields(ToldCase)]
    found = select(*columns).join_from(candidates, units, units.c.id == candidates.c.unit_id)
    return {row.id: ToldCase(*row) for row in connection.execute(found.where(candidates.c.id.in_(ids)))}


def units_of(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """The names of these units."""
    found = select(units.c.id, units.c.name).where(units.c.id.in_(ids))
    return {row.id: row.name for row in connection.execute(found)}


def names_of(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """The names of these people."""
    found = select(people.c.id, people.c.name).where(people.c.id.in_(ids))
    return {row.id: row.name for row in connection.execute(found)}
