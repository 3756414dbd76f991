"""The targets of a workbook: what a unit is to reach in a quarter or a year."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from bot.reports.lines import Problem, TargetLine, Workbook
from storage import history
from storage.history import Line
from storage.imports.known import Known
from storage.imports.units import Place, Places
from storage.tables import targets


@dataclass(slots=True)
class Goal:
    """One line as it will be taken in; `before` are the numbers that are known, or None for a new target."""

    line: TargetLine
    place: Place
    before: dict[str, int | None] | None

    @property
    def said(self) -> dict[str, int]:
        """The numbers that the line gives."""
        numbers = {"admissions": self.line.admissions, "sources": self.line.sources}
        return {name: number for name, number in numbers.items() if number is not None}

    @property
    def changes(self) -> dict[str, int]:
        """The numbers in which the line differs from what is known."""
        before = self.before or {}
        return {name: number for name, number in self.said.items() if number != before.get(name)}

    @property
    def outcome(self) -> str:
        """What taking in this line does: created, updated or unchanged."""
        if self.before is None:
            return "created"
        return "updated" if self.changes else "unchanged"


@dataclass(slots=True)
class Goals:
    """The whole sheet, and what is wrong with it."""

    goals: list[Goal] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def plan(known: Known, book: Workbook, places: Places) -> Goals:
    """Which targets are new, which change."""
    planned = Goals()
    first: dict[tuple[str, int, int], int] = {}
    for line in book.targets:
        place = places.find(line.unit, "targets", line.row, "unit")
        if line.admissions is None and line.sources is None:
            planned.problems.append(Problem("nothing_to_reach", "targets", line.row, "admissions"))
        if place is None:
            continue
        key = (place.key, line.year, line.quarter)
        if key in first:
            planned.problems.append(Problem("line_twice", "targets", line.row, None, {"row": first[key]}))
            continue
        first[key] = line.row
        held = known.targets.get((place.unit.id, line.year, line.quarter)) if place.unit else None
        before = {"admissions": held[0], "sources": held[1]} if held else None
        planned.goals.append(Goal(line, place, before))
    return planned


def apply(connection: Connection, at: datetime, actor: int | None, places: Places, planned: Goals) -> None:
    """Writes the targets, with a line in the history for each change."""
    lines = []
    rows: list[dict[str, Any]] = []
    for goal in planned.goals:
        if goal.outcome == "unchanged":
            continue
        unit = places.ids[goal.place.key]
        when = {"year": goal.line.year, "quarter": goal.line.quarter}
        if goal.before is None:
            rows.append({"unit_id": unit, **when, "admissions": None, "sources": None, **goal.said})
        else:
            this = (targets.c.unit_id == unit, *(targets.c[name] == value for name, value in when.items()))
            connection.execute(update(targets).where(*this).values(**goal.changes))
        before = goal.before and {**when, **{name: goal.before[name] for name in goal.changes}}
        lines.append(Line("target.set", f"unit:{unit}", unit, before, {**when, **goal.changes}))
    if rows:
        connection.execute(insert(targets), rows)
    history.record_all(connection, at, actor, lines)
