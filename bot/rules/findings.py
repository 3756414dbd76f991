"""What was found about one requirement: met, unmet or unknown, with the words and the source to show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.rules.book import Rulebook, Standing
from bot.rules.entries import RequirementVersion
from bot.rules.facts import CaseFacts
from bot.rules.why import assurance, cite, day_text
from bot.rules.workdays import WorkCalendar

State = Literal["met", "unmet", "unknown"]
Value = str | int | date


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement put to one case as of a day: `on` is the day of the vote, or today while there is none."""

    facts: CaseFacts
    on: date
    version: RequirementVersion
    book: Rulebook
    calendar: WorkCalendar

    def number(self, name: str) -> int:
        """A number of the version in force."""
        return int(self.version.set[name])


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a check: `key` names the sentence (met…, unmet…, unknown…), `values` fill it in."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


Check = Callable[[Asked], Verdict]


@dataclass(frozen=True, slots=True)
class Finding:
    """A requirement's outcome for a case as of a day."""

    requirement: str
    on: date
    verdict: Verdict
    version: RequirementVersion

    @property
    def state(self) -> State:
        """Met, unmet or unknown."""
        state: State = (
            "met"
            if self.verdict.key.startswith("met")
            else "unmet"
            if self.verdict.key.startswith("unmet")
            else "unknown"
        )
        return state

    def name(self, book: Rulebook) -> str:
        """The requirement's name."""
        return book.entries.requirements[self.requirement].name

    def text(self, book: Rulebook) -> str:
        """The outcome in words."""
        values = {
            name: day_text(value) if isinstance(value, date) else value for name, value in self.verdict.values.items()
        }
        return book.entries.requirements[self.requirement].words(self.verdict.key).format(**values)

    def source(self, book: Rulebook) -> str:
        """Number, date and article of the document."""
        return cite(self.version, book)

    def assurance(self, book: Rulebook) -> str:
        """How far the source can be relied on, in words."""
        return assurance(self.standing(book), book)

    def standing(self, book: Rulebook) -> Standing:
        """How far the source can be relied on: mark and words."""
        return book.standing(self.version, self.on)


def recorded(event: str) -> Check:
    """A requirement that is met once an event is recorded (by the day asked about)."""

    def check(asked: Asked) -> Verdict:
        when = asked.facts.dates.get(event)
        return Verdict("met", {"when": when}) if when and when <= asked.on else Verdict("unmet")

    return check
