"""Help that a committee gives to branches: who was there, when, to do what, when again; and who has had none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy import insert as plain_insert

from bot.rules.periods import Period
from storage import history
from storage.prepared import Prepared
from storage.sight import units_at, units_within, values_at
from storage.tables import help_visits, people, roles, units
from storage.units import Unit

Kind = Literal["meeting", "sources", "dossiers", "secretary", "other"]
KINDS: tuple[Kind, ...] = ("meeting", "sources", "dossiers", "secretary", "other")
# Who helps a branch: whoever works for its committee.
GIVING = ("area_supervisor", "office", "organisation_board", "inspection")


@dataclass(frozen=True, slots=True)
class Visit:
    """One time that somebody helped a branch. `next_on` None: no day was agreed on."""

    id: int
    unit_id: int
    unit: str
    path: str
    committee_id: int | None
    person: int
    name: str
    kind: Kind
    on: date
    words: str | None
    next_on: date | None
    state: str


@dataclass(frozen=True, slots=True)
class Helped:
    """How a branch has been helped: the last day ever, and how often since some day."""

    last_on: date
    count: int


@dataclass(frozen=True, slots=True)
class Giver:
    """Somebody who may have helped. `charged`: the branch lies in this person's area."""

    id: int
    name: str
    charged: bool


_VISITS = select(
    help_visits.c.id,
    help_visits.c.unit_id,
    units.c.name,
    units.c.path,
    units.c.committee_id,
    help_visits.c.person_id,
    people.c.name.label("who"),
    *(help_visits.c[name] for name in ("kind", "on", "words", "next_on", "state")),
).select_from(
    help_visits.join(units, units.c.id == help_visits.c.unit_id).join(people, people.c.id == help_visits.c.person_id)
)
_KEPT = help_visits.c.state == "kept"


def note(
    connection: Connection,
    at: datetime,
    actor: int | None,
    unit: int,
    person: int,
    kind: Kind,
    on: date,
    words: str | None = None,
    next_on: date | None = None,
) -> int:
    """Writes down that somebody helped a branch; gives the number."""
    row = {"unit_id": unit, "person_id": person, "kind": kind, "on": on, "words": words, "next_on": next_on}
    made = connection.execute(plain_insert(help_visits).values(**row, written_by=actor)).inserted_primary_key
    number = int(made[0]) if made else 0
    after = {"id": number, "person_id": person, "kind": kind, "on": on, "next_on": next_on}
    history.record(connection, at, actor, "help.give", f"unit:{unit}", unit, None, after)
    return number


def change(connection: Connection, at: datetime, actor: int | None, visit: Visit, values: Mapping[str, Any]) -> bool:
    """Changes the day, the person, the line or the next day; False where it was so already."""
    held = {"person_id": visit.person, "on": visit.on, "words": visit.words, "next_on": visit.next_on}
    before = {name: held[name] for name in values if held[name] != values[name]}
    if not before:
        return False
    connection.execute(update(help_visits).where(help_visits.c.id == visit.id).values(**values))
    told = [{name: some[name] for name in before if name != "words"} for some in (before, values)]
    history.record(connection, at, actor, "help.change", f"unit:{visit.unit_id}", visit.unit_id, *told)
    return True


def take_back(connection: Connection, at: datetime, actor: int | None, visit: Visit) -> bool:
    """It was written by mistake; False where that was done before. The row stays, for the history's sake."""
    mine = (help_visits.c.id == visit.id, _KEPT)
    if not connection.execute(update(help_visits).where(*mine).values(state="undone")).rowcount:
        return False
    before = {"id": visit.id, "kind": visit.kind, "on": visit.on}
    history.record(connection, at, actor, "help.undo", f"unit:{visit.unit_id}", visit.unit_id, before, None)
    return True


def visit(connection: Connection, number: int) -> Visit | None:
    """One by its number; whether one may see it is for the caller to ask, by its unit."""
    row = connection.execute(_VISITS.where(help_visits.c.id == number)).first()
    return Visit(*row) if row else None


def visits(
    connection: Connection, paths: Iterable[str], period: Period, skip: int = 0, most: int = 5
) -> tuple[list[Visit], int]:
    """A page of the help given at or below these places in a period, the newest first; and how often in all."""
    places = list(paths)
    if not places:
        return [], 0
    given = {"first": period.first, "last": period.last, **values_at(places)}
    counted, page, times = _pages(len(places))
    count = int(counted.first(connection, given)[0])
    # Where nearly all lies inside, the newest are found along the days; else by the units.
    along = count > MANY
    rows = (times if along else page).rows(connection, {**given, "most": most, "skip": skip}) if count else []
    return [Visit(*row) for row in rows], count


# From so many on, a page is looked for along the days.
MANY = 2000


@lru_cache(maxsize=64)
def _pages(places: int) -> tuple[Prepared, Prepared, Prepared]:
    """For so many places: how often they were helped in a stretch of time, and a page of it found in two ways."""
    days = (_KEPT, help_visits.c.on.between(bindparam("first"), bindparam("last")))
    inside = help_visits.c.unit_id.in_(units_at(places))
    # What is worked out has no index: the day's is taken.
    along = (help_visits.c.unit_id + 0).in_(units_at(places))
    counted = select(func.count().label("number")).select_from(help_visits).where(inside, *days)
    newest = (help_visits.c.on.desc(), help_visits.c.id.desc())
    page = _VISITS.where(*days).order_by(*newest).limit(bindparam("most")).offset(bindparam("skip"))
    return Prepared(counted), Prepared(page.where(inside)), Prepared(page.where(along))


def times_in(connection: Connection, unit: Unit, periods: Sequence[Period]) -> list[tuple[int, int]]:
    """For each period: how often a unit and those below it were helped, and how many of them."""
    counted: list[tuple[int, int]] = []
    for period in periods:
        found = (
            select(func.count(), func.count(help_visits.c.unit_id.distinct()))
            .where(_KEPT, help_visits.c.unit_id.in_(units_within(unit.path)))
            .where(help_visits.c.on.between(period.first, period.last))
        )
        row = connection.execute(found).one()
        counted.append((row[0], row[1]))
    return counted


def helped(connection: Connection, ids: Sequence[int], since: date) -> dict[int, Helped]:
    """By branch: when it was helped last, and how often since that day; those never helped are missing."""
    lately = func.count().filter(help_visits.c.on >= since)
    found = (
        select(help_visits.c.unit_id, func.max(help_visits.c.on), lately)
        .where(_KEPT, help_visits.c.unit_id.in_(ids))
        .group_by(help_visits.c.unit_id)
    )
    return {row[0]: Helped(row[1], row[2]) for row in connection.execute(found)} if ids else {}


def coming(connection: Connection, ids: Sequence[int], since: date, until: date) -> list[Visit]:
    """The days agreed on within a stretch of time, as far as nobody has helped there since it was agreed."""
    later = help_visits.alias()
    again = select(later.c.id).where(
        later.c.unit_id == help_visits.c.unit_id, later.c.state == "kept", later.c.on > help_visits.c.on
    )
    found = _VISITS.where(_KEPT, help_visits.c.unit_id.in_(ids), help_visits.c.next_on.between(since, until))
    rows = connection.execute(found.where(~again.exists()).order_by(help_visits.c.id)) if ids else ()
    return [Visit(*row) for row in rows]


def givers(connection: Connection, unit: Unit) -> list[Giver]:
    """Who may have helped a branch: whoever is in charge of its area first, then the others of its committee."""
    found = (
        select(people.c.id, people.c.name, people.c.folded, units.c.path, roles.c.role)
        .join_from(roles, people, people.c.id == roles.c.person_id)
        .join(units, units.c.id == roles.c.unit_id)
        .where(roles.c.until.is_(None), people.c.left_on.is_(None), roles.c.role.in_(GIVING))
        .where(units.c.committee_id == unit.committee_id)
        .order_by(people.c.folded, people.c.id)
    )
    there: dict[int, Giver] = {}
    for row in connection.execute(found):
        charged = row.role == "area_supervisor" and unit.path.startswith(row.path)
        known = there.get(row.id)
        there[row.id] = Giver(row.id, row.name, charged or bool(known and known.charged))
    return sorted(there.values(), key=lambda one: not one.charged)
