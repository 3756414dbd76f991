"""What the lines of the office's workbook say, as plain values, and what can be wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from bot.rules.access import Role

Sheet = Literal["units", "people", "candidates", "targets"]
SHEETS: tuple[Sheet, ...] = ("units", "people", "candidates", "targets")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one place; `kind` names its sentence.

    `column` None means the whole row, `row` None the whole sheet, `sheet` None the whole file.
    """

    kind: str
    sheet: Sheet | None = None
    row: int | None = None
    column: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit. In every line None means an empty cell: it says nothing, and what is known stays."""

    row: int
    code: str
    name: str | None = None
    kind: str | None = None
    parent: str | None = None
    area: str | None = None
    members: int | None = None
    meeting_day: int | None = None


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One role of one person; `charge` are the codes of the units that the person is in charge of."""

    row: int
    code: str
    role: Role
    name: str | None = None
    phone: str | None = None
    unit: str | None = None
    charge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Birth:
    """A date of birth, or only its year."""

    year: int
    on: date | None = None


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """One candidate of the branch with the code `unit`; `helper` is the code of a person."""

    row: int
    name: str
    unit: str
    code: str | None = None
    born: Birth | None = None
    sex: str | None = None
    phone: str | None = None
    groups: tuple[str, ...] = ()
    education: str | None = None
    helper: str | None = None
    introduced_by: str | None = None
    step: str | None = None
    step_on: date | None = None


@dataclass(frozen=True, slots=True)
class TargetLine:
    """What one unit is to reach in a quarter, 1 to 4; quarter 0 is the whole year."""

    row: int
    unit: str
    year: int
    quarter: int = 0
    admissions: int | None = None
    sources: int | None = None


@dataclass(frozen=True, slots=True)
class Workbook:
    """Everything a file says. `dropped` are keys of codes whose own line could not be read: naming one is no fault."""

    units: tuple[UnitLine, ...] = ()
    people: tuple[PersonLine, ...] = ()
    candidates: tuple[CandidateLine, ...] = ()
    targets: tuple[TargetLine, ...] = ()
    problems: tuple[Problem, ...] = ()
    dropped: Mapping[Sheet, frozenset[str]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it, right or wrong."""
        return not (self.units or self.people or self.candidates or self.targets or self.problems)


def code_key(code: str) -> str:
    """What two spellings of one code have in common: small letters, and no zeros before a number (sheets lose them)."""
    plain = code.casefold()
    return (plain.lstrip("0") or "0") if plain.isdigit() else plain
