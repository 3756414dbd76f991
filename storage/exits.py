"""Members who left the Party: of a case, kept with its changes, or a number that the office enters for a unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, delete, func, select
from sqlalchemy import insert as plain_insert

from bot.rules.book import Rulebook
from bot.rules.changes import Change
from bot.rules.periods import Period
from storage import history, tallies
from storage.candidates import Case
from storage.counting import month_slot
from storage.prepared import Prepared
from storage.sight import UNITS_WITHIN, place
from storage.tables import exits, people, units
from storage.units import Unit


def of_case(connection: Connection, actor: int | None, case: Case, change: Change, book: Rulebook) -> None:
    """Follows a change of a case: membership that ends by it is counted; taken back, it is not any more."""
    if "left" not in change.after:
        return
    held = exits.c.candidate_id == case.id
    before = connection.execute(
        select(exits.c.on, units.c.path).join_from(exits, units, units.c.id == exits.c.unit_id).where(held)
    ).first()
    if before is not None:
        connection.execute(delete(exits).where(held))
        tallies.add(connection, before.path, {("exits", month_slot(before.on)): -1})
    kind = change.after["left"]
    if kind in book.entries.discipline and book.entries.discipline[kind].leaves:
        row = {"unit_id": case.unit_id, "candidate_id": case.id, "kind": kind, "on": change.on, "person_id": actor}
        connection.execute(plain_insert(exits).values(**row))
        tallies.add(connection, case.path, {("exits", month_slot(change.on)): 1})


def enter(connection: Connection, at: datetime, actor: int | None, unit: Unit, kind: str, on: date, count: int) -> int:
    """Members of a unit, not among the cases, who left the Party. `count` below 0 takes earlier ones back."""
    row = {"unit_id": unit.id, "kind": kind, "on": on, "count": count, "person_id": actor}
    key = connection.execute(plain_insert(exits).values(**row)).inserted_primary_key
    tallies.add(connection, unit.path, {("exits", month_slot(on)): count})
    after = {"kind": kind, "on": on, "count": count}
    history.record(connection, at, actor, "unit.exits", f"unit:{unit.id}", unit.id, None, after)
    return int(key[0]) if key else 0


@dataclass(frozen=True, slots=True)
class Exits:
    """How many left by one kind within a period."""

    kind: str
    count: int


def by_kind(connection: Connection, unit: Unit, period: Period) -> Sequence[Exits]:
    """Exits at or below a unit, the most frequent kind first."""
    span = {"first": period.first, "last": period.last}
    found = [(row.kind, int(row.total)) for row in _BY_KIND.rows(connection, place(unit.path) | span)]
    return [Exits(kind, total) for kind, total in sorted(found, key=lambda item: (-item[1], item[0])) if total]


_BY_KIND = Prepared(
    select(exits.c.kind, func.sum(exits.c.count).label("total"))
    .where(exits.c.unit_id.in_(UNITS_WITHIN), exits.c.on.between(bindparam("first"), bindparam("last")))
    .group_by(exits.c.kind)
)


def entered(connection: Connection, unit: Unit, year: int) -> list[tuple[str, date, int, str | None]]:
    """What was entered for a unit in a year, the newest first: kind, day, number, who entered it."""
    span = exits.c.on.between(date(year, 1, 1), date(year, 12, 31))
    found = (
        select(exits.c.kind, exits.c.on, exits.c.count, people.c.name)
        .join_from(exits, people, people.c.id == exits.c.person_id, isouter=True)
        .where(exits.c.unit_id == unit.id, exits.c.candidate_id.is_(None), span)
        .order_by(exits.c.on.desc(), exits.c.id.desc())
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(found)]
