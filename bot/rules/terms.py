"""A term of several years: what its plan asks for, how much of it is there, and how many a year that still takes."""

from dataclasses import dataclass
from datetime import date

from bot.rules.goals import Reached, Term

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class TermPlan:
    """The plan of a term, with its document and what was reached in the term before; None: not known, or not set.

    A term runs from congress to congress: 2025 to 2030 are five years.
    """

    first_year: int
    last_year: int
    number: str | None = None
    on: date | None = None
    title: str | None = None
    admissions: int | None = None
    sources: int | None = None
    admissions_before: int | None = None
    sources_before: int | None = None

    @property
    def years(self) -> int:
        """How many years the term has; never none."""
        return max(1, self.last_year - self.first_year)

    @property
    def yearly(self) -> float | None:
        """How many admissions a year the plan asks for on average."""
        return None if self.admissions is None else self.admissions / self.years

    @property
    def yearly_before(self) -> float | None:
        """How many a year there were in the term before, which is taken to have been as long."""
        return None if self.admissions_before is None else self.admissions_before / self.years


@dataclass(frozen=True, slots=True)
class TermStanding:
    """A term so far beside its plan."""

    term: Term
    plan: TermPlan

    @property
    def admitted(self) -> Reached:
        """Admissions so far of those that the plan asks for."""
        return Reached(self.term.admitted, self.plan.admissions)

    @property
    def sources(self) -> Reached:
        """New sources so far of those that the plan asks for."""
        return Reached(self.term.sources, self.plan.sources)

    @property
    def months_left(self) -> int:
        """How many months of the term have not begun."""
        return max(0, self.plan.years * MONTHS_A_YEAR - self.term.months)

    @property
    def yearly_needed(self) -> float | None:
        """How many a year it takes from now on; None: nothing was set, all is reached, or no time is left."""
        missing = self.admitted.missing
        return missing * MONTHS_A_YEAR / self.months_left if missing and self.months_left else None
