"""Who holds the positions of the neighbourhood, in numbers: what each unit said, and the sums up the tree."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, delete, func, select
from sqlalchemy import insert as plain_insert

from bot.rules.positions import NONE, Seats
from storage import history, tallies
from storage.counting import SAID, STANDING, Key, day_slot
from storage.database import lock_history
from storage.prepared import Prepared
from storage.tables import history as lines
from storage.tables import people, positions, units
from storage.tables import tallies as sums

if TYPE_CHECKING:
    from storage.units import Unit

SAY, UNDO = "position.say", "position.undo"
PARTS = ("posts", "held", "holders")


@dataclass(frozen=True, slots=True)
class Said:
    """What one unit says of one kind. `by` None: nobody of the chat, it came with other data."""

    seats: Seats
    on: date
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a unit and all below it. `said`: how many branches have said anything, `old`: longer ago than asked.

    What a branch has not said is in no sum: a share is one of those that have said something.
    """

    by_kind: Mapping[str, Seats] = field(default_factory=dict)
    branches: int = 0
    said: int = 0
    old: int = 0

    @property
    def silent(self) -> int:
        """How many branches have said nothing."""
        return max(0, self.branches - self.said)


_SUMS = Prepared(
    select(sums.c.what, sums.c.count.label("number")).where(
        sums.c.unit_id == bindparam("unit"), sums.c.slot == STANDING
    )
)
_BRANCHES = Prepared(
    select(sums.c.count.label("number")).where(
        sums.c.unit_id == bindparam("unit"), sums.c.slot == 0, sums.c.what == "branches"
    )
)
_OWN = Prepared(
    select(positions, people.c.name)
    .join_from(positions, people, people.c.id == positions.c.said_by, isouter=True)
    .where(positions.c.unit_id == bindparam("unit"))
)


def of_unit(connection: Connection, unit: int) -> dict[str, Said]:
    """What exactly this unit has said, by kind; {"none": …} where it said that there are no positions."""
    rows = _OWN.rows(connection, {"unit": unit})
    return {row.kind: Said(Seats(row.posts, row.held, row.members), row.said_on, row.name) for row in rows}


def oldest(connection: Connection, numbers: Sequence[int]) -> dict[int, date]:
    """The day of the oldest number of each of these units that have said any."""
    wanted = positions.c.unit_id.in_(list(numbers))
    found = select(positions.c.unit_id, func.min(positions.c.said_on)).where(wanted).group_by(positions.c.unit_id)
    return {row[0]: row[1] for row in connection.execute(found)}


def totals(connection: Connection, unit: "Unit", old_before: date) -> Totals:
    """The sums of a unit with everything below it: two looks into the summaries, however many branches there are."""
    rows = _SUMS.rows(connection, {"unit": unit.id})
    counts = {row.what: int(row.number) for row in rows}
    branches = _BRANCHES.first(connection, {"unit": unit.id})
    said = {what.removeprefix(SAID): count for what, count in counts.items() if what.startswith(SAID)}
    old = sum(count for day, count in said.items() if int(day) < day_slot(old_before))
    return Totals(_by_kind(counts), int(branches.number) if branches else 0, sum(said.values()), old)


def below(connection: Connection, unit: "Unit", kinds: Sequence[str]) -> dict[int, Seats]:
    """The sums of some kinds together, for every open unit directly below that has said any of them."""
    wanted = [f"{part}:{kind}" for kind in kinds for part in PARTS]
    children = select(units.c.id).where(units.c.parent_id == unit.id, units.c.closed_on.is_(None))
    found = select(sums.c.unit_id, sums.c.what, sums.c.count).where(
        sums.c.unit_id.in_(children), sums.c.slot == STANDING, sums.c.what.in_(wanted)
    )
    counted: dict[int, Counter[str]] = {}
    for number, what, count in connection.execute(found):
        counted.setdefault(number, Counter())[what.partition(":")[0]] += int(count)
    return {number: Seats(*(count[part] for part in PARTS)) for number, count in counted.items()}


def silent_below(connection: Connection, unit: "Unit") -> list[tuple[int, str, int]]:
    """For each open unit directly below: its number, its name, how many of its branches have said nothing."""
    said = case((sums.c.what.startswith(SAID), -sums.c.count), (sums.c.what == "branches", sums.c.count), else_=0)
    number = func.sum(said)
    found = (
        select(units.c.id, units.c.name, number)
        .join_from(units, sums, sums.c.unit_id == units.c.id)
        .where(units.c.parent_id == unit.id, units.c.closed_on.is_(None), sums.c.slot.in_((0, STANDING)))
        .group_by(units.c.id, units.c.name, units.c.ordered)
        .having(number > 0)
        .order_by(number.desc(), units.c.ordered, units.c.id)
    )
    return [(row[0], row[1], int(row[2])) for row in connection.execute(found)]


def silent() -> ColumnElement[bool]:
    """A condition on `units`: those that have said nothing."""
    return ~select(positions.c.unit_id).where(positions.c.unit_id == units.c.id).exists()


def _by_kind(counts: Mapping[str, int]) -> dict[str, Seats]:
    """Kinds of which there are any positions."""
    kinds = [what.partition(":")[2] for what in counts if what.startswith("posts:")]
    return {kind: Seats(*(counts.get(f"{part}:{kind}", 0) for part in PARTS)) for kind in kinds}


def say(
    connection: Connection,
    at: datetime,
    actor: int | None,
    unit: "Unit",
    told: Mapping[str, Seats],
) -> bool:
    """Keeps what a unit says today. False when all of it was said so today already.

    `at` is office time: its day is that of the figures. Whoever says something of a kind no longer says that there
    are none at all.
    """
    # Two who write at once go one after another, and the second sees what the first has written.
    lock_history(connection)
    before, today = of_unit(connection, unit.id), at.date()
    wanted: dict[str, Said | None] = {kind: Said(seats, today) for kind, seats in told.items()}
    if NONE in before and NONE not in told:
        wanted[NONE] = None
    return _keep(connection, at, actor, unit, before, wanted, SAY)


def undo(connection: Connection, at: datetime, actor: int, unit: "Unit", since: datetime) -> bool:
    """Takes back what this person said last, if it was since then and nobody has said anything after it."""
    lock_history(connection)
    then = _last_said(connection, unit.id, actor, since)
    return then is not None and _keep(connection, at, actor, unit, of_unit(connection, unit.id), then, UNDO)


def _keep(
    connection: Connection,
    at: datetime,
    actor: int | None,
    unit: "Unit",
    before: Mapping[str, Said],
    wanted: Mapping[str, Said | None],
    action: str,
) -> bool:
    changed = {kind: said for kind, said in wanted.items() if not _is_so(before.get(kind), said)}
    if not changed:
        return False
    with _followed(connection, unit):
        for kind, said in changed.items():
            _write(connection, unit.id, kind, said, actor)
    old = {kind: _plain(before[kind]) if kind in before else None for kind in changed}
    new = {kind: _plain(said) if said is not None else None for kind, said in changed.items()}
    history.record(connection, at, actor, action, f"unit:{unit.id}", unit.id, old, new)
    return True


def _is_so(there: Said | None, said: Said | None) -> bool:
    return there is said is None or (there and (there.seats, there.on)) == (said and (said.seats, said.on))


def _plain(said: Said) -> str:
    """As people read it in the history, and undo reads it again: members of holders of positions, and the day."""
    return f"{said.seats.members}/{said.seats.held}/{said.seats.posts} {said.on.isoformat()}"


def _write(connection: Connection, unit: int, kind: str, said: Said | None, by: int | None) -> None:
    connection.execute(delete(positions).where(positions.c.unit_id == unit, positions.c.kind == kind))
    if said is not None:
        seats = said.seats
        row = {"posts": seats.posts, "held": seats.held, "members": seats.members, "said_on": said.on, "said_by": by}
        connection.execute(plain_insert(positions).values(unit_id=unit, kind=kind, **row))


def _last_said(connection: Connection, unit: int, by: int, since: datetime) -> Mapping[str, Said | None] | None:
    """What stood there before this person said something last, if nobody has since; None: there is nothing to undo."""
    found = (
        select(lines.c.action, lines.c.actor_id, lines.c.at, lines.c.before)
        .where(lines.c.subject == f"unit:{unit}", lines.c.action.in_((SAY, UNDO)))
        .order_by(lines.c.id.desc())
        .limit(1)
    )
    row = connection.execute(found).first()
    if row is None or row.action != SAY or row.actor_id != by or row.at < since:
        return None
    return {kind: _again(told) for kind, told in json.loads(row.before).items()}


def _again(told: str | None) -> Said | None:
    if told is None:
        return None
    numbers, _, on = told.partition(" ")
    members, held, posts = (int(part) for part in numbers.split("/"))
    return Said(Seats(posts, held, members), date.fromisoformat(on))


class _followed:  # noqa: N801  (used as a word: with _followed(...))
    """Whatever is written inside about a unit's positions is counted for it and all units above."""

    def __init__(self, connection: Connection, unit: "Unit") -> None:
        self._connection, self._unit = connection, unit

    def __enter__(self) -> None:
        self._before = share(self._connection, self._unit)

    def __exit__(self, fault: Any, *_: object) -> None:
        if fault is None:
            change = share(self._connection, self._unit)
            change.subtract(self._before)
            tallies.add(self._connection, self._unit.path, change)


def share(connection: Connection, unit: "Unit") -> Counter[Key]:
    """What a unit's own positions add to the figures; nothing of a closed one."""
    own: Counter[Key] = Counter()
    if unit.closed_on is not None:
        return own
    rows = of_unit(connection, unit.id)
    for kind, said in rows.items():
        for part, number in zip(PARTS, (said.seats.posts, said.seats.held, said.seats.members), strict=True):
            own[f"{part}:{kind}", STANDING] = number
    if rows and unit.kind == "branch":
        own[f"{SAID}{day_slot(min(said.on for said in rows.values()))}", STANDING] = 1
    return own


def leaves(connection: Connection, unit: "Unit") -> None:
    """A unit's positions no longer count: it is closed, or becomes something else."""
    tallies.add(connection, unit.path, {key: -count for key, count in share(connection, unit).items()})


def counts(connection: Connection, unit: "Unit") -> None:
    """They count again."""
    tallies.add(connection, unit.path, share(connection, unit))


def merge(connection: Connection, at: datetime, actor: int | None, unit: "Unit", into: "Unit") -> None:
    """The positions of a unit become those of another: numbers are added, and are as old as the older of the two."""
    theirs, mine = of_unit(connection, unit.id), of_unit(connection, into.id)
    with _followed(connection, unit), _followed(connection, into):
        connection.execute(delete(positions).where(positions.c.unit_id == unit.id))
        for kind, said in _merged(theirs, mine):
            _write(connection, into.id, kind, said, None)
    if theirs:
        told = {kind: _plain(said) for kind, said in theirs.items()}
        history.record(connection, at, actor, "position.merge", f"unit:{into.id}", into.id, None, told)


def _merged(theirs: Mapping[str, Said], mine: Mapping[str, Said]) -> Iterator[tuple[str, Said | None]]:
    there = {*theirs, *mine} - {NONE}
    if there and NONE in mine:
        yield NONE, None
    for kind, said in theirs.items():
        if kind == NONE and there:
            continue
        other = mine.get(kind)
        yield kind, Said(said.seats + other.seats, min(said.on, other.on)) if other else said
