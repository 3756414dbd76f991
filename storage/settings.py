"""What a unit has set for itself and the units below it: a nearer unit's word counts before a farther one's."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy import insert as plain_insert

from storage import history
from storage.prepared import Prepared
from storage.tables import unit_settings, units

# "profile:hanoi" with the value 1: the unit is under a province's own marks.
PROFILE = "profile:"
# More units than lie above one another anywhere: more than these are asked for together, as a list.
DEEP = 10


class Placed(Protocol):
    """Whatever has a place in the tree of units: a unit or a case."""

    @property
    def path(self) -> str:
        """The place, as ids from the top down: "3/17/"."""


def local_of(connection: Connection, unit: Placed) -> dict[str, int]:
    """What holds for this unit, set by it or by a unit above it; what nobody has set is missing."""
    return locals_of(connection, [unit.path])[unit.path]


def locals_of(connection: Connection, paths: Iterable[str]) -> dict[str, dict[str, int]]:
    """The same for many places at once."""
    wanted = {path: [int(part) for part in path.split("/") if part] for path in paths}
    ids = {number for numbers in wanted.values() for number in numbers}
    said: dict[int, dict[str, int]] = {}
    for row in _rows(connection, sorted(ids)):
        said.setdefault(row.unit_id, {})[row.name] = row.value
    return {path: _joined(said, numbers) for path, numbers in wanted.items()}


def locals_below(connection: Connection, unit: Any) -> dict[int, dict[str, int]]:
    """What holds for a unit, and for those directly below it that have set something themselves; by number."""
    own = local_of(connection, unit)
    found = {unit.id: own}
    for row in _SAID_BELOW.rows(connection, {"unit": unit.id}):
        found.setdefault(row.unit_id, dict(own))[row.name] = row.value
    return found


def _rows(connection: Connection, ids: Sequence[int]) -> Iterable[Any]:
    if not ids:
        return []
    if len(ids) > DEEP:
        return connection.execute(_SAID.where(unit_settings.c.unit_id.in_(ids)))
    return _said_by(len(ids)).rows(connection, {f"unit_{at}": number for at, number in enumerate(ids)})


_SAID = select(unit_settings.c.unit_id, unit_settings.c.name, unit_settings.c.value)
_SAID_BELOW = Prepared(
    _SAID.where(unit_settings.c.unit_id.in_(select(units.c.id).where(units.c.parent_id == bindparam("unit"))))
)


@lru_cache(maxsize=DEEP + 1)
def _said_by(count: int) -> Prepared:
    wanted: list[Any] = [bindparam(f"unit_{at}") for at in range(count)]
    return Prepared(_SAID.where(unit_settings.c.unit_id.in_(wanted)))


def _joined(said: Mapping[int, Mapping[str, int]], numbers: Iterable[int]) -> dict[str, int]:
    joined: dict[str, int] = {}
    for number in numbers:
        joined |= said.get(number, {})
    return joined


def set_local(connection: Connection, at: datetime, actor: int | None, unit: int, name: str, value: int | None) -> bool:
    """Sets something for a unit, or leaves it to the units above (None); False when it was so already.

    The bounds are `local` in the rulebook. Dates that hang on it are worked out anew by `dues.refresh`.
    """
    held = (unit_settings.c.unit_id == unit, unit_settings.c.name == name)
    before = connection.execute(select(unit_settings.c.value).where(*held)).scalar()
    if before == value:
        return False
    connection.execute(delete(unit_settings).where(*held))
    if value is not None:
        connection.execute(plain_insert(unit_settings).values(unit_id=unit, name=name, value=value))
    history.record(connection, at, actor, "unit.set", f"unit:{unit}", unit, {name: before}, {name: value})
    return True


def profile_of(local: Mapping[str, int]) -> str | None:
    """The province's profile among the settings."""
    found = (name.removeprefix(PROFILE) for name, value in local.items() if name.startswith(PROFILE) and value)
    return next(found, None)
