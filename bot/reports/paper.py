"""What a report is made from: plain figures of one unit and one period, and the words that people wrote to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.rules.periods import Period, PeriodKind
from bot.rules.surveys import Found

PaperKind = Literal["monthly", "quarterly", "half-year", "yearly", "composition"]
Ending = Literal["docx", "xlsx", "png"]
State = Literal["draft", "handed_in", "returned"]
KIND_OF: Mapping[PeriodKind, PaperKind] = {
    "month": "monthly",
    "quarter": "quarterly",
    "half": "half-year",
    "year": "yearly",
}
# The parts that people write, in the order in which they stand in the paper.
PARTS = ("strengths", "shortcomings", "causes", "lessons", "measures")
# A month's report needs no lessons: those are drawn when half a year or a year is looked back on.
MONTHLY_PARTS = ("strengths", "shortcomings", "causes", "measures")


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure by its name; `before` is the period before, None where nothing is known of it."""

    slug: str
    now: int
    before: int | None = None
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of something; `name` is already in words."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """How some people are made up: by `slug` (group, education, …). Somebody may stand in several rows of one."""

    slug: str
    # New members, and sources: of how many people each.
    members: int
    sources: int
    # Name, new members, sources.
    rows: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit below with its figures by name of the measure; a missing figure is not known."""

    code: str
    name: str
    figures: Mapping[str, int | None]
    handed_in: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part in words; `before` is what stood there in the report of the period before."""

    slug: str
    text: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class SeatsRow:
    """One kind of position, or some together: how many there are, are held, are held by members."""

    name: str
    posts: int
    held: int
    members: int


@dataclass(frozen=True, slots=True)
class Seating:
    """Positions of the neighbourhood; `said` of so many `branches` have said anything: the others are in no sum."""

    rows: tuple[SeatsRow, ...] = ()
    said: int = 0
    branches: int = 0
    # The day on which the numbers were so: they are never those of an earlier period.
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Surveyed(Found):
    """What one quarter's survey of sources has found, and in how many branches."""

    quarter: str = field(kw_only=True)
    branches: int = 0


@dataclass(frozen=True, slots=True)
class Survey:
    """The survey of the paper's last quarter and of the one before it."""

    now: Surveyed
    before: Surveyed
    # Of how many branches: those with sources today, or that have surveyed; None once the quarter is over.
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a unit below shows at the yearly review; a commitment that was not made is None."""

    code: str
    name: str
    figures: Mapping[str, int | None]
    signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues the paper. `kind` as in the tree of units; `above` is the unit above with its kind."""

    name: str
    kind: str
    above: str | None = None
    above_kind: str | None = None
    # The committee's own name, from which the place is taken.
    committee: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A report before it is put on paper. `on`: the day up to which it counts; `dated` None leaves the day blank."""

    kind: PaperKind
    period: Period
    issuer: Issuer
    on: date
    state: State = "draft"
    dated: date | None = None
    number: str | None = None
    measures: tuple[Measure, ...] = ()
    stages: tuple[Count, ...] = ()
    rows: tuple[UnitRow, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    parts: tuple[Part, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    # Mass organisations: name, sources introduced, of these admitted.
    introduced: tuple[tuple[str, int, int], ...] = ()
    # None where nobody has said anything of positions.
    seating: Seating | None = None
    # None where neither quarter has been surveyed.
    survey: Survey | None = None
    # What a picture shows besides, by name.
    more: Mapping[str, int] = field(default_factory=dict)

    def measure(self, slug: str) -> Measure | None:
        """One figure by its name."""
        return next((measure for measure in self.measures if measure.slug == slug), None)

    @property
    def late(self) -> tuple[UnitRow, ...]:
        """The units below that have not handed in theirs."""
        return tuple(row for row in self.rows if not row.handed_in)


def parts_of(kind: PeriodKind) -> tuple[str, ...]:
    """Which parts a report over such a period asks for."""
    return MONTHLY_PARTS if kind == "month" else PARTS
