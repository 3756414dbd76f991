"""Where in the tree of units somebody may do something: conditions on `units`, also for prepared statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from bot.rules.access import Action, Grant, Reach, rights
from storage.tables import units


class Granted(Protocol):
    """Whoever holds roles."""

    @property
    def grants(self) -> tuple[Grant, ...]:
        """The roles held today."""
        ...


def after(path: str) -> str:
    """The first path that does not lie at or below this one."""
    return path[:-1] + "0"


def within(path: str) -> Any:
    """A condition: the unit lies at or below this path. A range, because LIKE would not use the index."""
    return _lies(path, after(path), None)


# `within` for a prepared statement, and the numbers of those units; `place` gives the values.
WITHIN = (units.c.path >= bindparam("from_path")) & (units.c.path < bindparam("to_path"))
# The same where few rows are joined with their units: what is worked out has no index, so the units are looked up for
# the rows, and not the rows for all units.
ALONG = (units.c.path.concat("") >= bindparam("from_path")) & (units.c.path.concat("") < bindparam("to_path"))
UNITS_WITHIN = select(units.c.id).where(WITHIN).correlate(None)


def place(path: str) -> dict[str, str]:
    """The values of `WITHIN` for a unit's path."""
    return {"from_path": path, "to_path": after(path)}


# A unit directly below another one, and the condition that a unit lies at or below it.
CHILD = units.alias("child")
_CHILD_END = func.substr(CHILD.c.path, 1, func.length(CHILD.c.path) - 1).concat("0")
UNDER_CHILD = (units.c.path >= CHILD.c.path) & (units.c.path < _CHILD_END)


def units_at(places: int) -> Any:
    """The numbers of the units at or below any of so many paths, for a prepared statement; `values_at` gives them."""
    inside = (_lies(bindparam(f"from_path_{at}"), bindparam(f"to_path_{at}"), None) for at in range(places))
    return select(units.c.id).where(or_(*inside)).correlate(None)


def values_at(paths: Sequence[str]) -> dict[str, str]:
    """The values of `units_at`."""
    low = {f"from_path_{at}": path for at, path in enumerate(paths)}
    return low | {f"to_path_{at}": after(path) for at, path in enumerate(paths)}


def units_within(path: str) -> Any:
    """The numbers of the units at or below a path, as a query: conditions on `unit_id` can use its index so."""
    return select(units.c.id).where(within(path)).correlate(None)


def units_open_to(person: Granted, action: Action) -> Any:
    """A condition on `units`: where this person may do this, apart from what is the person's own."""
    return _any_of(_lies(*place) for place in _places(person, action))


def _places(person: Granted, action: Action) -> list[tuple[str, str, int | None]]:
    """Where the tree is open to a person: from path, up to path, and the one committee it is limited to."""
    return [
        (grant.path, after(grant.path), grant.unit_id if far == Reach.COMMITTEE and grant.committee else None)
        for far, grant in rights(person.grants, action)
        if far > Reach.OWN
    ]


def _lies(low: Any, high: Any, committee: Any) -> ColumnElement[bool]:
    inside: ColumnElement[bool] = (units.c.path >= low) & (units.c.path < high)
    return inside if committee is None else inside & (units.c.committee_id == committee)


def _any_of(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    found = list(conditions)
    return or_(*found) if found else units.c.id.is_(None)


@dataclass(frozen=True, slots=True)
class Sight:
    """`units_open_to` for a prepared statement: `limited` tells the condition, `values` are what is put into it.

    `limited`: for each place, whether it ends at the next committee below. `own`: what is one's own is let in, too.
    """

    limited: tuple[bool, ...]
    values: Mapping[str, Any]
    own: bool = False

    @classmethod
    def of(cls, person: Granted, action: Action) -> "Sight":
        """Where this person may do this."""
        places = _places(person, action)
        values: dict[str, Any] = {}
        for number, (low, high, committee) in enumerate(places):
            values |= {f"low_{number}": low, f"high_{number}": high}
            values |= {} if committee is None else {f"committee_{number}": committee}
        own = any(far == Reach.OWN for far, _ in rights(person.grants, action))
        return cls(tuple(committee is not None for _, _, committee in places), values, own)


def units_in_sight(limited: tuple[bool, ...]) -> ColumnElement[bool]:
    """The condition of a `Sight`, with its values still to be put in."""
    return _any_of(
        _lies(
            bindparam(f"low_{number}"), bindparam(f"high_{number}"), bindparam(f"committee_{number}") if only else None
        )
        for number, only in enumerate(limited)
    )
