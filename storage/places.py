"""Places of a commune without any member, which no branch stands for: noted, and solved once there is one."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy import insert as plain_insert

from storage import history
from storage.prepared import Prepared
from storage.sight import ALONG, place
from storage.tables import places, units
from storage.units import Unit


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `branch`: the branch that stands for it now; None with `solved_on`: there is a member."""

    id: int
    unit_id: int
    unit_name: str
    name: str
    kind: str
    noted_on: date
    solved_on: date | None
    branch: str | None


_BRANCH = units.alias("branch")
_PLACES = (
    select(
        places.c.id,
        places.c.unit_id,
        units.c.name,
        places.c.name.label("place"),
        places.c.kind,
        places.c.noted_on,
        places.c.solved_on,
        _BRANCH.c.name.label("branch"),
    )
    .join_from(places, units, units.c.id == places.c.unit_id)
    .outerjoin(_BRANCH, _BRANCH.c.id == places.c.branch_id)
)


def count(connection: Connection, unit: Unit, *, solved: bool = False) -> int:
    """How many there are at and below a unit."""
    return int(_COUNT[solved].first(connection, place(unit.path))[0])


def listed(connection: Connection, unit: Unit, skip: int, most: int, *, solved: bool = False) -> list[Place]:
    """A page of them, by commune and name."""
    rows = _PAGE[solved].rows(connection, {**place(unit.path), "most": most, "skip": skip})
    return [Place(*row) for row in rows]


# There are few: they are gone through, and the units are looked up for them.
_HERE = places.join(units, units.c.id == places.c.unit_id)
_SOLVED = {True: places.c.solved_on.is_not(None), False: places.c.solved_on.is_(None)}
_COUNT = {
    solved: Prepared(select(func.count().label("number")).select_from(_HERE).where(ALONG, wanted))
    for solved, wanted in _SOLVED.items()
}
_PAGE = {
    solved: Prepared(
        _PLACES.where(ALONG, wanted)
        .order_by(units.c.path, places.c.name, places.c.id)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )
    for solved, wanted in _SOLVED.items()
}


def by_number(connection: Connection, number: int) -> Place | None:
    """One by its number; whether one may see it is for the caller to ask, by its unit."""
    row = connection.execute(_PLACES.where(places.c.id == number)).first()
    return Place(*row) if row else None


def alike(connection: Connection, unit: int, name: str) -> bool:
    """Whether an unsolved place of this commune bears the name already, capitals or not."""
    same = func.lower(places.c.name) == name.lower()
    found = select(places.c.id).where(places.c.unit_id == unit, places.c.solved_on.is_(None), same)
    return connection.execute(found.limit(1)).first() is not None


def note(connection: Connection, at: datetime, actor: int | None, unit: int, name: str, kind: str) -> int:
    """Writes one down, on the day of `at` (office time); gives its number."""
    row = {"unit_id": unit, "name": name, "kind": kind, "noted_on": at.date(), "noted_by": actor}
    key = connection.execute(plain_insert(places).values(**row)).inserted_primary_key
    history.record(connection, at, actor, "place.note", f"unit:{unit}", unit, None, {"name": name, "sort": kind})
    return int(key[0]) if key else 0


def solve(connection: Connection, at: datetime, actor: int | None, place: Place, branch: int | None) -> bool:
    """There is a member now, or a branch; False when that was noted before."""
    mine = (places.c.id == place.id, places.c.solved_on.is_(None))
    done = {"solved_on": at.date(), "branch_id": branch}
    if not connection.execute(update(places).where(*mine).values(**done)).rowcount:
        return False
    after = {"name": place.name, **done}
    history.record(connection, at, actor, "place.solve", f"unit:{place.unit_id}", place.unit_id, None, after)
    return True


def reopen(connection: Connection, at: datetime, actor: int | None, place: Place) -> bool:
    """There is no member after all; False when it was open anyway."""
    mine = (places.c.id == place.id, places.c.solved_on.is_not(None))
    if not connection.execute(update(places).where(*mine).values(solved_on=None, branch_id=None)).rowcount:
        return False
    before, after = {"name": place.name, "solved_on": place.solved_on}, {"name": place.name}
    history.record(connection, at, actor, "place.reopen", f"unit:{place.unit_id}", place.unit_id, before, after)
    return True


def drop(connection: Connection, at: datetime, actor: int | None, place: Place) -> bool:
    """Takes out what was noted by mistake; the history keeps it."""
    if not connection.execute(delete(places).where(places.c.id == place.id)).rowcount:
        return False
    history.record(connection, at, actor, "place.drop", f"unit:{place.unit_id}", place.unit_id, {"name": place.name})
    return True
