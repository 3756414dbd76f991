"""What a period may bring each unit directly below another: by figures and counts, without a look at single cases."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from bot.rules.chances import Chances
from bot.rules.periods import Period
from bot.rules.plan import Group, Range, roughly
from storage import standing
from storage.composing import IS_OPEN
from storage.durations import Write, paces_for
from storage.plans import reached_from
from storage.rulebook import rules_of
from storage.sight import units_within, within
from storage.tables import candidates, units
from storage.units import Unit


@dataclass(frozen=True, slots=True)
class Part:
    """One unit's share of a plan; `target` None: none was set."""

    unit: Unit
    target: int | None
    done: int
    range: Range

    @property
    def short(self) -> int:
        """How many the likely number falls short of the target."""
        return max(0, (self.target or 0) - self.range.likely)

    @property
    def makes(self) -> bool:
        """Whether the target is likely to be reached."""
        return bool(self.target) and not self.short

    @property
    def may(self) -> bool:
        """Whether it would be reached at the upper end of the range only."""
        return self.short > 0 and self.range.high >= (self.target or 0)


def parts_of(
    connection: Connection, unit: Unit, period: Period, today: date, *, write: Write | None = None
) -> list[Part]:
    """Every open unit directly below, worst first, at the paces of the unit above them all.

    A unit's own plan goes by its own paces and looks at each case, so it may come to another number.
    """
    rules = rules_of(connection)
    paces, counted = paces_for(connection, unit, today, rules.book, write=write), standing.counted_by(connection, unit)
    chances = Chances(paces, counted, rules.book, rules.calendar)
    children = standing.children(connection, unit, period, today)
    groups = _groups(connection, unit, reached_from(chances, counted, rules.book, today, period.last))
    found = [
        Part(
            child,
            figures.admitted_target,
            figures.admitted,
            roughly(groups[child.id], chances, today, period.last, figures.admitted),
        )
        for child, figures in children
    ]
    return sorted(found, key=lambda part: (-part.short, part.makes, part.range.likely, part.unit.ordered))


def _groups(connection: Connection, unit: Unit, steps: list[str]) -> dict[int, list[Group]]:
    """The open cases at these steps by the unit directly below in whose part of the tree they are."""
    depth = unit.path.count("/")
    below = {
        row.id: int(row.path.split("/")[depth])
        for row in connection.execute(select(units.c.id, units.c.path).where(within(unit.path), units.c.id != unit.id))
    }
    here = (IS_OPEN, candidates.c.unit_id.in_(units_within(unit.path)), candidates.c.step.in_(steps))
    counts: dict[int, Counter[tuple[str, date]]] = defaultdict(Counter)
    for place, step, step_on in connection.execute(
        select(candidates.c.unit_id, candidates.c.step, candidates.c.step_on).where(*here)
    ):
        if place in below:
            counts[below[place]][step, step_on] += 1
    found = {child: [Group(*key, count) for key, count in several.items()] for child, several in counts.items()}
    return defaultdict(list, found)
