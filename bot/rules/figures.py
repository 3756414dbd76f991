"""The figures a lead asks for: what happened in a unit within a period, where its cases stand, and the targets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Literal

from bot.rules.periods import Period

# The event whose day makes somebody an admitted member in the figures; a unit sets which (domain: no document says).
CountedBy = Literal["admission_decided", "ceremony"]
COUNTED_BY: tuple[CountedBy, ...] = ("admission_decided", "ceremony")


@dataclass(frozen=True, slots=True)
class Flow:
    """What happened within a period, in a unit and everything below it; cases are counted, or contacts.

    `proposals`: resolutions of branches to admit. `exits`: struck off, expelled, resigned and the like.
    """

    admitted: int = 0
    new_sources: int = 0
    proposals: int = 0
    recognised: int = 0
    exits: int = 0
    contacts: int = 0

    @property
    def net(self) -> int:
        """Members gained: admitted less those who left the Party."""
        return self.admitted - self.exits


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached; None: nothing was set.

    `derived`: nobody set it for this very period; it is this period's part of a year, or a sum of parts.
    `summed`: nobody set it for this unit; it is the sum of the units directly below.
    """

    admissions: int | None = None
    sources: int | None = None
    derived: bool = False
    summed: bool = False

    def __bool__(self) -> bool:
        return self.admissions is not None or self.sources is not None


@dataclass(frozen=True, slots=True)
class Figures:
    """One unit (with all below it) and one period, as known on the day they were asked for.

    `flow` is the period's, `previous` the whole period before, `year` the calendar year in which the period ends.
    `by_stage`: open cases by step, today. `overdue`: passed dates of open cases; `silent`: open cases that nobody has
    met for longer than the unit allows. `branches`: open ones; `without_…`: those with none in that year. `members`:
    on 31 December of last year; None: not known.
    """

    unit_id: int
    period: Period
    counted_by: CountedBy
    flow: Flow
    previous: Flow
    year: Flow
    target: Target
    year_target: Target
    by_stage: Mapping[str, int] = field(default_factory=dict)
    overdue: int = 0
    silent: int = 0
    branches: int = 0
    without_admission: int = 0
    without_source: int = 0
    members: int | None = None

    @property
    def admitted(self) -> int:
        """Admitted in the period."""
        return self.flow.admitted

    @property
    def admitted_target(self) -> int | None:
        """Admissions to be reached in the period."""
        return self.target.admissions

    @property
    def new_sources(self) -> int:
        """Candidates taken onto the list in the period."""
        return self.flow.new_sources

    @property
    def sources_target(self) -> int | None:
        """New sources to be reached in the period."""
        return self.target.sources

    @property
    def recognised(self) -> int:
        """Recognised as full members in the period, by the decision's day."""
        return self.flow.recognised

    @property
    def exits(self) -> int:
        """Left the Party in the period."""
        return self.flow.exits

    @property
    def contacts(self) -> int:
        """Contacts in the period; those where nobody was reached do not count."""
        return self.flow.contacts

    @property
    def open_cases(self) -> int:
        """All open cases today."""
        return sum(self.by_stage.values())


def target_for(period: Period, rows: Mapping[int, Target]) -> Target:
    """The target of a period from what was set for its year, by quarter (0: the whole year).

    A quarter without a word of its own has its part of the year; a year without one is the sum of its quarters.
    """
    return Target(
        _number(period, {quarter: row.admissions for quarter, row in rows.items()}),
        _number(period, {quarter: row.sources for quarter, row in rows.items()}),
        derived=not _said(period, rows),
    )


def _said(period: Period, rows: Mapping[int, Target]) -> bool:
    number = {"year": 0, "quarter": period.number}.get(period.kind, -1)
    return number in rows


def _number(period: Period, given: Mapping[int, int | None]) -> int | None:
    said = {quarter: number for quarter, number in given.items() if number is not None}
    quarters = [quarter for quarter in range(1, 5) if quarter in said]
    match period.kind:
        case "year":
            return said.get(0, sum(said[quarter] for quarter in quarters) if quarters else None)
        case "quarter":
            return said.get(period.number, quarter_part(said[0], period.number) if 0 in said else None)
        case "half":
            parts = [_number(Period("quarter", period.year, quarter), given) for quarter in _quarters(period)]
            return None if None in parts else sum(part or 0 for part in parts)
        case "month":
            return None


def _quarters(period: Period) -> tuple[int, int]:
    return (1, 2) if period.number == 1 else (3, 4)


def quarter_part(whole: int, quarter: int) -> int:
    """A quarter's part of a year's target, so that the four add up and none of the early ones falls short of its share.

    After q quarters ceil(T x q / 4) is to be reached.
    """
    return due_by(whole, quarter) - due_by(whole, quarter - 1)


def due_by(whole: int, quarter: int) -> int:
    """How much of a year's target should be reached by the end of a quarter."""
    return ceil(whole * quarter / 4)


def needed_for_share(members: int, per_mille: int) -> int:
    """How many admissions a year make the wanted share of the members (3 % = 30 per mille), rounded up."""
    return -(-members * per_mille // 1000)
