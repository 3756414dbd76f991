"""The shape of the smaller data files: ballots, holidays, forms, exits, what a unit may set, wording."""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from bot.rules.entries import FOREVER_BACK, Cited, Entry, Unit


def _share(value: object) -> object:
    return Fraction(value) if isinstance(value, str) else value


def _day_and_month(value: object) -> object:
    return tuple(reversed([int(part) for part in value.split("/")])) if isinstance(value, str) else value


class EducationLevel(Entry):
    """A level of schooling; a higher `rank` includes the lower ones. `aliases`: ways to write it, folded."""

    name: str
    rank: int
    aliases: tuple[str, ...] = ()


class Papers(Cited):
    """A list of papers and where it stands."""

    papers: Mapping[str, str] | tuple[str, ...]


class BodyVersion(Cited):
    """The share of votes that a body needs from `since` on."""

    since: date = Field(FOREVER_BACK, alias="from")
    part: Annotated[Fraction, BeforeValidator(_share)]
    more_than: bool = False


class Body(Entry):
    """A body that votes: who is left out of the count, and who is counted only if present."""

    name: str
    voters: str
    outside: tuple[str, ...]
    only_present: tuple[str, ...]
    versions: tuple[BodyVersion, ...] = Field(min_length=1)


class FailedVotes(Cited):
    """After how many failed votes the matter goes up."""

    times: int
    text: str


class BallotEntries(Entry):
    """Everything about votes."""

    least_members: int
    bodies: Mapping[str, Body]
    failed_recognitions: FailedVotes
    sums: Mapping[str, str]
    names: Mapping[str, str]
    too_few: str


class Swap(Entry):
    """A day off that would else be worked (`rest`), a day worked that would else be off (`work`), or both."""

    rest: date | None = None
    work: date | None = None
    name: str = ""
    document: str | None = None
    mark: str = "unit"

    @model_validator(mode="after")
    def _says_something(self) -> "Swap":
        if self.rest is None and self.work is None:
            raise ValueError("a swap needs a day under rest or under work")
        return self


class YearlyDay(Cited):
    """A holiday on the same day every year from `since` on; on a weekend, the next working day is off as well."""

    day: Annotated[tuple[int, int], BeforeValidator(_day_and_month)]
    since: int = Field(alias="from")
    name: str
    made_up: str

    def days(self, year: int, taken: Mapping[date, str]) -> dict[date, str]:
        """Its days off in one year, beside those already taken."""
        day = date(year, *self.day)
        found = {day: self.name}
        if day.weekday() >= 5 and self.made_up not in taken.values():
            while day.weekday() >= 5 or day in taken:
                day += timedelta(days=1)
            found[day] = self.made_up
        return found


class Decreed(Entry):
    """A year whose days off are published, and where."""

    document: str | None = None
    mark: str


class HolidayTable(Entry):
    """What the office knows better than the library."""

    decreed: Mapping[int, Decreed]
    swaps: tuple[Swap, ...]
    yearly: tuple[YearlyDay, ...]


class Form(Entry):
    """A paper: its number (None: it has none) and name."""

    number: str | None
    name: str
    mark: str
    note: str = ""


class Exit(Entry):
    """A way out of the pool; `comes_back`: the person may be taken up again later."""

    name: str
    comes_back: bool


class Discipline(Entry):
    """A kind of discipline after admission; `leaves`: it ends membership."""

    name: str
    leaves: bool


class LeftReason(Entry):
    """Why somebody left the Party, and whether that bars readmission; `rule` gives the waiting time."""

    name: str
    barred: bool
    rule: str = "readmission"


class Transfer(Cited):
    """What happens when the candidate moves while the case is at one of the steps `during`.

    `rules` are the deadlines that begin to run with it, `stops` those that no longer do.
    """

    name: str
    during: tuple[str, ...]
    gives: str
    takes: str
    rules: tuple[str, ...]
    stops: tuple[str, ...] = ()


class Local(Entry):
    """What a unit may set, its default and its bounds."""

    name: str
    value: int
    least: int
    most: int


class UsualLength(Entry):
    """How long a step is taken to last where our own cases are too few, and on which days it can fall.

    `deadline`: a rule's length, of which `share` per cent (`to`: another share where the way goes on to that step);
    else `days`, a custom.
    """

    deadline: str | None = None
    share: int = Field(100, ge=1, le=100)
    to: Mapping[str, int] = {}
    days: int = Field(0, ge=0, le=600)
    falls: Literal["any", "working_day", "meeting"] = "any"


class Wording(Entry):
    """The sentences with which dates and problems explain themselves."""

    units: Mapping[Unit, str]
    working_days: str
    days: str
    same_day: str
    months: str
    days_reached: str
    months_reached: str
    clipped: str
    skipped: str
    made_up: str
    holiday: str
    cite: str
    cite_plain: str
    article: str
    article_plain: str
    source: str
    source_local: str
    confirmed: str
    note: str
    provisional: str
    no_rule: str
    no_version: str
    bad_date: str
    bad_line: str
    out_of_range: str
    problems: Mapping[str, str]
    results: Mapping[str, str]
