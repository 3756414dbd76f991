"""Works the summaries out anew from all that is kept, and says where they do not agree."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select

from storage.counting import MEASURES, ONCE, Key, own
from storage.tables import tallies, units

MANY = 5_000
# What each measure's rows are called: a name, or the beginning of several.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "open": ("open:%",),
    "surveys": ("survey:%",),
    **{part: (f"{part}:%",) for part in ("posts", "held", "holders", "said")},
    "events": ("branch_resolution", "admission_decided", "ceremony", "recognition_decided"),
}
Row = tuple[int, int, str, int]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A summary that does not agree with what is kept."""

    unit_id: int
    what: str
    slot: int
    kept: int
    counted: int


def rebuild(connection: Connection) -> int:
    """Writes every summary anew; how many rows there are now."""
    connection.execute(delete(tallies))
    tree, count = _Tree.read(connection), 0
    for measure in MEASURES:
        count += _write(connection, tree.rolled_up(own(connection, measure)))
    return count + _write(connection, _once(connection, tree))


def missing(connection: Connection) -> bool:
    """Whether there are units but no summary at all: the tables were made just now, over what was there."""
    return not _any(connection, tallies) and _any(connection, units)


def _any(connection: Connection, table: Any) -> bool:
    return connection.execute(select(func.count()).select_from(select(table).limit(1).subquery())).scalar_one() > 0


def check(connection: Connection) -> Iterator[Wrong]:
    """Every summary that is not what it should be; one measure after the other, so that memory stays small."""
    tree = _Tree.read(connection)
    for measure in MEASURES:
        yield from _compared(connection, _NAMES.get(measure, (measure,)), tree.rolled_up(own(connection, measure)))
    yield from _compared(connection, tuple(f"once:{what}" for what in ONCE), _once(connection, tree))


def _compared(connection: Connection, names: tuple[str, ...], counted: Iterable[Row]) -> Iterator[Wrong]:
    found = select(tallies).where(or_(*(tallies.c.what.like(name) for name in names)))
    kept = {(row[0], row[1], row[2]): row[3] for row in connection.execute(found.execution_options(yield_per=1000))}
    for unit, slot, what, count in counted:
        was = kept.pop((unit, slot, what), 0)
        if was != count:
            yield Wrong(unit, what, slot, was, count)
    yield from (Wrong(unit, what, slot, was, 0) for (unit, slot, what), was in kept.items() if was)


def _write(connection: Connection, rows: Iterable[Row]) -> int:
    count, some = 0, list[dict[str, Any]]()
    for unit, slot, what, number in rows:
        some.append({"unit_id": unit, "slot": slot, "what": what, "count": number})
        if len(some) == MANY:
            connection.execute(insert(tallies), some)
            count, some = count + len(some), []
    if some:
        connection.execute(insert(tallies), some)
    return count + len(some)


@dataclass(frozen=True, slots=True)
class _Tree:
    """Who stands above whom. `leaves` have no unit below them, so that their rows need not be gathered."""

    above: Mapping[int, tuple[int, ...]]
    leaves: frozenset[int]
    branches: frozenset[int]

    @classmethod
    def read(cls, connection: Connection) -> "_Tree":
        found = select(units.c.id, units.c.parent_id, units.c.path, units.c.kind, units.c.closed_on)
        rows = connection.execute(found).all()
        above = {row.id: tuple(int(part) for part in row.path.split("/") if part) for row in rows}
        parents = {row.parent_id for row in rows}
        branches = frozenset(row.id for row in rows if row.kind == "branch" and row.closed_on is None)
        return cls(above, frozenset(row.id for row in rows if row.id not in parents), branches)

    def rolled_up(self, counted: Iterable[tuple[int, Key, int]]) -> Iterator[Row]:
        """Every unit's own count, and the sums of the units above them."""
        sums: dict[int, Counter[Key]] = defaultdict(Counter)
        for unit, key, count in counted:
            for number in self.above[unit]:
                if number in self.leaves:
                    if count:
                        yield number, key[1], key[0], count
                else:
                    sums[number][key] += count
        for number, here in sums.items():
            yield from ((number, slot, what, count) for (what, slot), count in here.items() if count)


def _once(connection: Connection, tree: _Tree) -> Iterator[Row]:
    """Open branches where something happened in a year, from the counts by month of everything at and below them."""
    happened: set[tuple[int, Key]] = set()
    for measure in ("listed", "events"):
        for unit, slot, what, _ in tree.rolled_up(own(connection, measure)):
            if what in ONCE and unit in tree.branches:
                happened.add((unit, (f"once:{what}", slot // 100)))
    return tree.rolled_up((unit, key, 1) for unit, key in happened)
