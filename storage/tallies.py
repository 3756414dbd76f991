"""The summaries behind the figures: every write adds what it changed to the unit of the case and to all units above.

What must come out is defined in `counting`; `tallying` works it out anew. Branches where something happened at all in
a year stand under "once:…", so that a province need not look through its branches.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, literal_column, or_, select

from storage.counting import CONTACT, EVENTS, LATE, ONCE, Key, day_slot, month_slot
from storage.database import insert, lock_history
from storage.prepared import Prepared
from storage.tables import candidates, case_dates, contacts, dues, tallies, units

if TYPE_CHECKING:
    from storage.units import Unit

Deltas = Mapping[Key, int]
Shares = dict[str, Counter[Key]]


def _upsert(connection: Connection) -> Any:
    statement = insert(connection, tallies)
    more = {"count": tallies.c.count + statement.excluded.count}
    return statement.on_conflict_do_update(index_elements=["unit_id", "slot", "what"], set_=more)


_ADD = Prepared(_upsert)
_THIS = (
    tallies.c.unit_id == bindparam("unit"),
    tallies.c.slot == bindparam("at_slot"),
    tallies.c.what == bindparam("of"),
)
_EMPTY = Prepared(delete(tallies).where(*_THIS, tallies.c.count == 0))
_ALL_EMPTY = Prepared(delete(tallies).where(tallies.c.unit_id == bindparam("unit"), tallies.c.count == 0))
# Rows that fell to 0 are looked up one by one; of more than these all rows of the unit are looked through.
FEW = 4
_OF_UNIT = select(tallies.c.what, tallies.c.slot, tallies.c.count).where(tallies.c.unit_id == bindparam("unit"))
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_CASES = select(candidates.c.id, candidates.c.state, candidates.c.step, candidates.c.listed_on, units.c.path).join_from(
    candidates, units, units.c.id == candidates.c.unit_id
)
_DATES = (
    select(case_dates.c.event, case_dates.c.on, units.c.path)
    .join_from(case_dates, candidates, candidates.c.id == case_dates.c.candidate_id)
    .join(units, units.c.id == func.coalesce(case_dates.c.unit_id, candidates.c.unit_id))
    .where(or_(*(case_dates.c.event == literal_column(f"'{event}'") for event in EVENTS)))
)
_MANY = (_CASES.where(candidates.c.id.in_(_WANTED)), _DATES.where(case_dates.c.candidate_id.in_(_WANTED)))
_CASE: BindParameter[Any] = bindparam("case")
_ONE = (Prepared(_CASES.where(candidates.c.id == _CASE)), Prepared(_DATES.where(case_dates.c.candidate_id == _CASE)))
_PATH = Prepared(select(units.c.path).where(units.c.id == bindparam("unit")))
_RUNNING = Prepared(
    select(dues.c.kind, dues.c.rule, dues.c.due_on).where(dues.c.candidate_id == _CASE, dues.c.closed_at.is_(None))
)
_MET = Prepared(
    select(contacts.c.on).where(
        contacts.c.candidate_id == _CASE, contacts.c.state == "kept", contacts.c.how != "not_reached"
    )
)
_BRANCH = Prepared(
    select(units.c.id, units.c.closed_on).where(units.c.id == bindparam("unit"), units.c.kind == "branch")
)
_ROW = Prepared(select(tallies.c.count.label("number")).where(*_THIS, tallies.c.count > 0))
_IN_YEAR = Prepared(
    select(func.sum(tallies.c.count).label("number")).where(
        tallies.c.unit_id == bindparam("unit"),
        tallies.c.what == bindparam("of"),
        tallies.c.slot.between(bindparam("first"), bindparam("last")),
    )
)


def above(path: str) -> list[int]:
    """The units on the way to a place, from the top down, the place itself included."""
    return [int(part) for part in path.split("/") if part]


def add(connection: Connection, path: str, deltas: Deltas) -> None:
    """Adds to the unit at a place and to every unit above it."""
    spread(connection, {path: deltas})


def spread(connection: Connection, places: Mapping[str, Deltas]) -> None:
    """Adds to several places at once: what one loses and another gains leaves the units above both as they were."""
    changes: dict[int, Counter[Key]] = defaultdict(Counter)
    for path, deltas in places.items():
        for unit in above(path):
            changes[unit].update(deltas)
    if not any(any(here.values()) for here in changes.values()):
        return
    # Whoever writes next waits here, and not crosswise for the line in the history.
    lock_history(connection)
    for unit, here in changes.items():
        _raise(connection, [unit], here)
    for path, deltas in places.items():
        years = {(what, slot // 100) for (what, slot), delta in deltas.items() if delta and what in ONCE}
        if years:
            _mark(connection, above(path), years)


def _raise(connection: Connection, numbers: Sequence[int], changes: Deltas) -> None:
    less = [key for key, delta in changes.items() if delta < 0]
    for unit in numbers:
        for (what, slot), delta in changes.items():
            if delta:
                _ADD.run(connection, {"unit_id": unit, "slot": slot, "what": what, "count": delta})
        if len(less) > FEW:
            _ALL_EMPTY.run(connection, {"unit": unit})
            continue
        for what, slot in less:
            _EMPTY.run(connection, {"unit": unit, "at_slot": slot, "of": what})


def _mark(connection: Connection, numbers: Sequence[int], years: Iterable[Key]) -> None:
    """Branches where something has happened in a year, or no longer has."""
    found = [row for unit in numbers if (row := _BRANCH.first(connection, {"unit": unit})) is not None]
    for branch, closed_on in found:
        way = numbers[: numbers.index(branch) + 1]
        for what, year in years:
            values = {"unit": branch, "of": what, "first": year * 100, "last": year * 100 + 12}
            happened = closed_on is None and (_IN_YEAR.first(connection, values).number or 0) > 0
            marked = _ROW.first(connection, {"unit": branch, "at_slot": year, "of": f"once:{what}"}) is not None
            if happened != marked:
                _raise(connection, way, {(f"once:{what}", year): happened - marked})


@contextmanager
def following(connection: Connection, ids: Sequence[int], *, new: bool = False) -> Iterator[None]:
    """Whatever is written inside about these cases is counted: their steps, when they were listed, days of events.

    `new`: they are not there before. Dues and contacts are counted where they are written.
    """
    before = {} if new else shares(connection, ids)
    yield
    after = shares(connection, ids)
    changes: Shares = {path: Counter(after.get(path, {})) for path in before.keys() | after.keys()}
    for path, here in changes.items():
        here.subtract(before.get(path, {}))
    spread(connection, changes)


def begun(connection: Connection, ids: Sequence[int]) -> None:
    """Counts cases that have just been written, many at once."""
    with following(connection, ids, new=True):
        pass


def shares(connection: Connection, ids: Sequence[int]) -> Shares:
    """What these cases add to the figures of the places they count for, apart from dues and contacts."""
    found: Shares = defaultdict(Counter)
    if len(ids) == 1:
        _share(found, *(one.rows(connection, {"case": ids[0]}) for one in _ONE))
        return found
    for start in range(0, len(ids), 500):
        wanted = {"wanted": list(ids[start : start + 500])}
        _share(found, *(connection.execute(many, wanted).all() for many in _MANY))
    return found


def _share(found: Shares, cases: Sequence[Any], dates: Sequence[Any]) -> None:
    for row in cases:
        if row.state == "open":
            found[row.path][f"open:{row.step}", 0] += 1
        if row.state in ("open", "closed"):
            found[row.path]["listed", month_slot(row.listed_on)] += 1
    for event, on, path in dates:
        found[path][event, month_slot(on)] += 1


def due_key(kind: str, rule: str, due_on: date) -> Key | None:
    """Under what a running date is counted; None: it is no date that somebody can be late for."""
    if kind not in LATE:
        return None
    return "silent" if rule == CONTACT else "due", day_slot(due_on)


def rehang(connection: Connection, candidate: int, old: int, new: int) -> None:
    """Takes the dues and contacts of a case along from one unit to another."""
    was, becomes = (_PATH.first(connection, {"unit": unit}).path for unit in (old, new))
    moved: Counter[Key] = Counter()
    for row in _RUNNING.rows(connection, {"case": candidate}):
        if key := due_key(*row):
            moved[key] += 1
    for row in _MET.rows(connection, {"case": candidate}):
        moved["contacts", month_slot(row.on)] += 1
    spread(connection, {was: {key: -count for key, count in moved.items()}, becomes: moved})


def unit_counts(connection: Connection, unit: "Unit") -> None:
    """An open branch begins to count: itself, its members, the years in which something happened there."""
    if unit.kind != "branch" or unit.closed_on is not None:
        return
    itself = {("branches", 0): 1, ("members", 0): unit.members} if unit.members else {("branches", 0): 1}
    _raise(connection, above(unit.path), itself)
    rows = connection.execute(_OF_UNIT, {"unit": unit.id}).all()
    _mark(connection, above(unit.path), {(what, slot // 100) for what, slot, _ in rows if what in ONCE})


def unit_leaves(connection: Connection, unit: "Unit") -> None:
    """A branch no longer counts as one: it is closed, or becomes something else. What happened there stays counted."""
    if unit.kind != "branch" or unit.closed_on is not None:
        return
    own = {("branches", 0): -1, ("members", 0): -(unit.members or 0)}
    rows = connection.execute(_OF_UNIT, {"unit": unit.id}).all()
    own |= {(what, slot): -count for what, slot, count in rows if what.startswith("once:")}
    _raise(connection, above(unit.path), own)


def unit_moved(connection: Connection, unit: int, old: str, new: str) -> None:
    """A unit with all below it hangs elsewhere now; `old` and `new` are its paths."""
    if old == new:
        return
    rows = {(what, slot): count for what, slot, count in connection.execute(_OF_UNIT, {"unit": unit})}
    once = {key: count for key, count in rows.items() if key[0].startswith("once:")}
    plain = {key: count for key, count in rows.items() if key not in once}
    own = f"{unit}/"
    for path, sign in ((old.removesuffix(own), -1), (new.removesuffix(own), 1)):
        add(connection, path, {key: sign * count for key, count in plain.items()})
        _raise(connection, above(path), {key: sign * count for key, count in once.items()})


def unit_emptied(connection: Connection, unit: "Unit", into: "Unit") -> None:
    """All that is counted for a unit counts for another one, apart from its being a branch."""
    found = connection.execute(_OF_UNIT, {"unit": unit.id}).all()
    itself = ("branches", "members", "once:")
    rows = {(what, slot): count for what, slot, count in found if not what.startswith(itself)}
    add(connection, unit.path, {key: -count for key, count in rows.items()})
    add(connection, into.path, rows)
