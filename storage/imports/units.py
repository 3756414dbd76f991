"""The units of a workbook: added, renamed and moved by their codes; a parent may stand after its children."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection

from bot.reports.lines import Problem, Sheet, UnitLine, Workbook, code_key
from storage import units
from storage.imports.known import Codes, Known
from storage.units import COMMITTEES, Unit

# From the top down; a unit never hangs below one of a later kind.
LEVELS = ("central", "province", "committee", "section", "branch", "group")
_FACTS = ("name", "kind", "area", "members", "meeting_day")


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as it will be once the workbook is taken in; `parent` is the place above it, by key."""

    key: str
    code: str
    kind: str | None
    parent: str | None
    unit: Unit | None
    line: UnitLine | None

    @property
    def committee(self) -> bool:
        """Whether it is a committee, whose office has a tree of its own."""
        return self.kind in COMMITTEES


@dataclass(slots=True)
class Places:
    """All units to be, and the door through which other sheets name one."""

    known: Known
    dropped: frozenset[str]
    codes: Codes[str]
    by_key: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)

    def key(self, code: str) -> str:
        """What a code is found by, however it is spelled."""
        return self.codes.get(code) or code_key(code)

    def find(self, code: str, sheet: Sheet, row: int, column: str) -> Place | None:
        """The place with this code; None with a problem noted, unless the code's own line has one already."""
        place = self.by_key.get(self.key(code))
        if place is None:
            if code_key(code) not in self.dropped:
                self._no_unit(code, sheet, row, column)
            return None
        if place.unit and place.unit.closed_on:
            values = {"code": code, "on": place.unit.closed_on}
            self.problems.append(Problem("unit_closed", sheet, row, column, values))
            return None
        if not self.reached(place):
            self.problems.append(Problem("out_of_reach", sheet, row, column, {"code": code}))
            return None
        return place

    def _no_unit(self, code: str, sheet: Sheet, row: int, column: str) -> None:
        codes = {place.key: place.code for place in self.by_key.values() if self.reached(place)}
        near = get_close_matches(code_key(code), codes, 1, 0.6)
        values = {"code": code, "like": codes[near[0]] if near else None}
        self.problems.append(Problem("no_unit", sheet, row, column, values))

    def reached(self, place: Place) -> bool:
        """Whether the sender may say anything about this place; a new one counts as the known one above it."""
        above: Place | None = place
        for _ in range(len(self.by_key) + 1):
            if above is None or above.unit is not None:
                break
            above = self.by_key.get(above.parent or "")
        return self.known.reaches(above.unit if above else None)

    def above(self, place: Place) -> Iterator[Place]:
        """The places above it, the nearest first; endless in a circle."""
        upper = self.by_key.get(place.parent or "")
        while upper is not None:
            yield upper
            upper = self.by_key.get(upper.parent or "")


def plan(known: Known, book: Workbook) -> Places:
    """Where every unit will be, and what is wrong with the sheet."""
    keys = _keys(known)
    places = Places(
        known, book.dropped.get("units", frozenset()), Codes((u.code, keys[u.id]) for u in known.units.values())
    )
    for unit in known.units.values():
        above = keys[unit.parent_id] if unit.parent_id else None
        places.by_key[keys[unit.id]] = Place(keys[unit.id], unit.code, unit.kind, above, unit, None)
    first: dict[str, int] = {}
    for line in book.units:
        key = places.key(line.code)
        if key in first:
            values = {"code": line.code, "row": first[key]}
            places.problems.append(Problem("code_twice", "units", line.row, "code", values))
            continue
        first[key] = line.row
        places.by_key[key] = _place(places, key, line)
    for place in [place for place in places.by_key.values() if place.line]:
        _check(places, place)
    _one_top(places)
    return places


def _keys(known: Known) -> dict[int, str]:
    """A key for every known unit; two that only a zero or a capital tells apart keep their full codes."""
    many = Counter(code_key(unit.code) for unit in known.units.values())
    return {u.id: code_key(u.code) if many[code_key(u.code)] == 1 else f"={u.code}" for u in known.units.values()}


def _place(places: Places, key: str, line: UnitLine) -> Place:
    before = places.by_key.get(key)
    unit = before.unit if before else None
    parent = places.key(line.parent) if line.parent else (before.parent if before else None)
    kind = line.kind or (unit.kind if unit else None)
    return Place(key, unit.code if unit else line.code, kind, parent, unit, line)


def _check(places: Places, place: Place) -> None:
    line = place.line
    if line is None:
        return
    for name in ("name", "kind"):
        if place.unit is None and getattr(line, name) is None:
            places.problems.append(Problem("new_unit_needs", "units", line.row, name, {"code": line.code}))
    if place.unit is not None and place.unit.closed_on:
        values = {"code": line.code, "on": place.unit.closed_on}
        places.problems.append(Problem("unit_closed", "units", line.row, "code", values))
        return
    if not places.reached(place):
        places.problems.append(Problem("out_of_reach", "units", line.row, "code", {"code": line.code}))
        return
    if line.parent:
        _check_parent(places, place, line)


def _check_parent(places: Places, place: Place, line: UnitLine) -> None:
    circle = _circle(places, place)
    if circle:
        values = {"code": line.code, "circle": " > ".join(circle)}
        places.problems.append(Problem("circle", "units", line.row, "parent", values))
        return
    if place.unit is None or _moved(places, place):
        upper = places.find(line.parent or "", "units", line.row, "parent")
    else:
        upper = places.by_key.get(place.parent or "") if place.kind != place.unit.kind else None
    if upper and upper.kind in LEVELS and place.kind in LEVELS and LEVELS.index(upper.kind) > LEVELS.index(place.kind):
        values = {"kind": place.kind, "above": upper.kind}
        places.problems.append(Problem("wrong_level", "units", line.row, "parent", values))


def _moved(places: Places, place: Place) -> bool:
    before = places.known.units.get(place.unit.parent_id or 0) if place.unit else None
    return (places.key(before.code) if before else None) != place.parent


def _circle(places: Places, place: Place) -> list[str]:
    """The codes on the way from this place back to itself; empty when the way leads to the top."""
    way = [place.code]
    for upper in places.above(place):
        way.append(upper.code)
        if upper.key == place.key:
            return way
        if len(way) > len(places.by_key):
            return []
    return []


def _one_top(places: Places) -> None:
    """One unit stands at the top; another one without a parent is most likely a forgotten cell."""
    before = [place for place in places.by_key.values() if place.unit and place.unit.parent_id is None]
    tops = [place for place in places.by_key.values() if place.parent is None and not _closed(place)]
    new = [place for place in tops if place.unit is None and place.line and places.reached(place)]
    new.sort(key=lambda place: LEVELS.index(place.kind) if place.kind in LEVELS else 0)
    spare = len(tops) - max(1, len([place for place in before if not _closed(place)]))
    for place in new[len(new) - spare :] if spare > 0 else []:
        top = next(other for other in tops if other.key != place.key)
        row = place.line.row if place.line else None
        places.problems.append(Problem("second_top", "units", row, "parent", {"top": top.code}))


def _closed(place: Place) -> bool:
    return place.unit is not None and place.unit.closed_on is not None


def changes(place: Place) -> dict[str, Any]:
    """The facts in which the line differs from what is known."""
    if place.line is None or place.unit is None:
        return {}
    said = {name: getattr(place.line, name) for name in _FACTS}
    return {name: value for name, value in said.items() if value is not None and value != getattr(place.unit, name)}


def outcome(places: Places, place: Place) -> str:
    """What taking in this line does: created, updated or unchanged."""
    if place.unit is None:
        return "created"
    return "updated" if changes(place) or _moved(places, place) else "unchanged"


def apply(connection: Connection, at: datetime, actor: int | None, places: Places) -> None:
    """Adds, moves and changes from the top down, so that no step on the way hangs a unit below itself."""
    places.ids = {key: place.unit.id for key, place in places.by_key.items() if place.unit}
    named = [place for place in places.by_key.values() if place.line]
    for place in sorted(named, key=lambda place: sum(1 for _ in places.above(place))):
        parent = units.by_id(connection, places.ids[place.parent]) if place.parent else None
        if place.unit is None:
            places.ids[place.key] = units.add(connection, at, actor, parent, _values(place)).id
            continue
        if _moved(places, place):
            units.move(connection, at, actor, units.by_id(connection, place.unit.id), parent)
        if different := changes(place):
            units.change(connection, at, actor, units.by_id(connection, place.unit.id), different)


def _values(place: Place) -> Mapping[str, Any]:
    facts = {name: getattr(place.line, name) for name in _FACTS}
    return {"code": place.code} | {name: value for name, value in facts.items() if value is not None}
