"""The shape of the data files: every entry is checked here when the rulebook is loaded, and is frozen afterwards."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Unit = Literal["working_days", "days", "months"]
Kind = Literal["deadline", "validity", "milestone", "earliest", "local"]
BodyName = Literal["branch", "committee", "standing_committee", "empowered_committee"]
Per = Literal["case", "vetting", "transfer", "member", "readmission", "meeting", "warning"]
FOREVER_BACK = date.min


class Entry(BaseModel):
    """What all entries have in common: frozen, and no key that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Mark(Entry):
    """How well something is known; a lower `rank` is surer."""

    label: str
    rank: int


class Document(Entry):
    """A legal document. `since` and `until`: first and last day in force; `until` None: in force as far as is known."""

    short: str
    number: str
    issued_on: date = Field(alias="date")
    issuer: str
    title: str
    since: date = Field(alias="from")
    until: date | None = Field(None, alias="to")
    replaces: tuple[str, ...] = ()
    mark: str
    checked: str = ""
    note: str = ""

    def in_force(self, on: date) -> bool:
        """Whether the document is in force on that day."""
        return self.since <= on and (self.until is None or on <= self.until)


class Also(Entry):
    """A later document that says the same, and how well that is known."""

    document: str
    mark: str


class Cited(Entry):
    """Where an entry comes from. `document` None: no document, the unit sets it."""

    document: str | None = None
    article: str | None = None
    mark: str
    also: tuple[Also, ...] = ()
    note: str = ""


class DeadlineVersion(Cited):
    """The length of a deadline from `since` on.

    `start` is an event; `after` a rule whose result is the start where the event is not recorded.
    """

    since: date = Field(FOREVER_BACK, alias="from")
    start: str
    after: str | None = None
    amount: int = Field(ge=0, le=600)
    unit: Unit
    local: str | None = None


class DeadlineEntry(Entry):
    """A deadline with all its versions."""

    name: str
    kind: Kind
    binds: str
    per: Per = "case"
    during: tuple[str, ...]
    ends: tuple[str, ...] = Field(min_length=1)
    governed_by: str | None = None
    extended_by: str | None = None
    profile: str | None = None
    versions: tuple[DeadlineVersion, ...] = Field(min_length=1)


class StepField(Entry):
    """Something recorded with a step: a date, a paper's number, a count, a choice."""

    slug: str
    name: str
    kind: Literal["date", "number", "count", "choice"]
    event: str | None = None
    required: bool = False
    least: int = 0
    most: int = 100_000
    options: Mapping[str, str] = {}


class After(Entry):
    """A step from which one may go on; `when` and `unless` name an answer of the case."""

    step: str
    when: str | None = Field(None, alias="if")
    unless: str | None = None


class Back(Entry):
    """Where a case may be sent back to, and what that means."""

    to: tuple[str, ...]
    means: str


class Step(Cited):
    """A step of the admission; `label` is its number on paper (2b).

    `keeps` False: its record falls when the case goes back before it. `not_before`: the event its day may not precede
    (None: the day of the step before). `implies`: events taken to have fallen on its day where a case is taken over
    with this step and day alone.
    """

    slug: str
    order: int
    label: str
    name: str
    by: str
    track: Literal["main", "side"] = "main"
    after: tuple[After, ...] = ()
    during: tuple[str, ...] = ()
    event: str
    keeps: bool = True
    confirm: bool = False
    not_before: str | None = None
    implies: tuple[str, ...] = ()
    ballot: BodyName | None = None
    ballot_required: bool = False
    needs: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    fields: tuple[StepField, ...] = ()
    back: Back = Back(to=(), means="")
    ending: bool = False

    @property
    def events(self) -> list[str]:
        """The step's own event, and those that its fields date."""
        return [self.event, *(field.event for field in self.fields if field.event)]


class RequirementVersion(Cited):
    """A requirement from `since` on; `set` holds its numbers."""

    since: date = Field(FOREVER_BACK, alias="from")
    set: Mapping[str, int | str] = {}


class Requirement(BaseModel):
    """A requirement with its words for met, unmet and unknown (keys beginning with these) and its versions.

    `deadline` and `setting`: the deadline and the unit's setting that it is judged by, where there is one.
    """

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True)
    __pydantic_extra__: dict[str, str]

    name: str
    deadline: str | None = None
    setting: str | None = None
    versions: tuple[RequirementVersion, ...] = Field(min_length=1)

    def words(self, key: str) -> str:
        """The sentence for one outcome, with braces still to be filled in."""
        return self.__pydantic_extra__[key]

    def at(self, on: date) -> RequirementVersion:
        """The version in force on that day; a day before the first version is judged by the first."""
        return next((version for version in reversed(self.versions) if version.since <= on), self.versions[0])
