"""What targets come to: what is missing or beyond, the yearly share of the members, the term's sum and average."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.rules.figures import Flow, needed_for_share
from bot.rules.periods import Period


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a number is: `wanted` None where nothing was set; `beyond` and `missing` are never both above 0."""

    number: int
    wanted: int | None

    @property
    def missing(self) -> int:
        """How many are lacking."""
        return max(0, (self.wanted or 0) - self.number)

    @property
    def beyond(self) -> int:
        """How many more than was set."""
        return max(0, self.number - self.wanted) if self.wanted is not None else 0

    @property
    def percent(self) -> float | None:
        """What part of it is reached, in per cent; None where nothing was set, or nothing was to be reached."""
        return self.number * 100 / self.wanted if self.wanted else None


@dataclass(frozen=True, slots=True)
class Share:
    """The yearly share of admissions among the members of 31 December before; `needed` is rounded up to a person."""

    members: int
    per_mille: int
    admitted: int

    @property
    def needed(self) -> int:
        """How many admissions make the wanted share."""
        return needed_for_share(self.members, self.per_mille)

    @property
    def missing(self) -> int:
        """How many are lacking this year."""
        return max(0, self.needed - self.admitted)

    @property
    def percent(self) -> float:
        """The share so far, in per cent."""
        return self.admitted * 100 / self.members if self.members else 0.0


@dataclass(frozen=True, slots=True)
class Term:
    """All admissions and new sources since the term's first year, and how many admissions that is a year."""

    first_year: int
    admitted: int
    months: int
    sources: int = 0

    @property
    def yearly(self) -> float:
        """The average of a year; the months that have begun count, so that a young year does not pull it down."""
        return self.admitted * 12 / self.months if self.months else 0.0


def term(flows: Mapping[Period, Flow], first_year: int, today: date, years: int) -> Term:
    """The term so far, from what happened month by month; what comes after its `years` is the next one's."""
    begun = [month for month in flows if first_year <= month.year < first_year + years and month.first <= today]
    admitted, sources = (sum(getattr(flows[month], name) for month in begun) for name in ("admitted", "new_sources"))
    return Term(first_year, admitted, len(begun), sources)


def late_by(reached: Reached, period: Period, today: date) -> int:
    """How many more there should be by now, were the target spread evenly over the period; rounded down."""
    if reached.wanted is None or today < period.first:
        return 0
    days = (period.last - period.first).days + 1
    gone = min(days, (today - period.first).days + 1)
    return max(0, reached.wanted * gone // days - reached.number)


def quarters_differ(whole: int | None, quarters: Sequence[int | None]) -> int:
    """By how much the quarters add up to something else than the year; 0 where a number is missing."""
    said = [number for number in quarters if number is not None]
    return sum(said) - whole if whole is not None and len(said) == len(quarters) else 0
