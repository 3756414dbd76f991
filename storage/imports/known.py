"""What is remembered when a workbook comes in: loaded once, so that ten thousand lines ask the database nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import Connection, select

from bot.reports.lines import code_key
from bot.rules.access import covers
from storage.people import Person
from storage.tables import assignments, candidate_groups, candidates, people, roles, targets, units
from storage.units import Unit

T = TypeVar("T")


class Codes(Generic[T]):
    """Things by their codes: as written, else by what two spellings of a code have in common."""

    def __init__(self, things: Iterable[tuple[str, T]]) -> None:
        self._exact = dict(things)
        self._alike = {code_key(code): thing for code, thing in self._exact.items()}

    def get(self, code: str) -> T | None:
        """The thing with this code."""
        return self._exact.get(code) or self._alike.get(code_key(code))


def stand_in(person: int) -> str:
    """What stands in an exported workbook for the code of somebody who has none."""
    return f"id-{person}"


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody with the roles of today as (unit, role); `code` is None for who was added in a chat."""

    id: int
    code: str | None
    name: str
    folded: str
    phone: str | None
    left_on: date | None
    roles: frozenset[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class KnownCandidate:
    """A candidate in any state, with group labels and the people who help now."""

    id: int
    code: str
    name: str
    folded: str
    born_on: date | None
    born_year: int | None
    sex: str | None
    phone: str | None
    unit_id: int
    education: str | None
    introduced_by: str | None
    state: str
    step: str
    step_on: date
    version: int
    groups: frozenset[str]
    helpers: tuple[int, ...]

    @property
    def year(self) -> int | None:
        """The year of birth, from whichever is known."""
        return self.born_on.year if self.born_on else self.born_year


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that the lines of a workbook can touch; `sender` None is the operator at the command line."""

    units: Mapping[int, Unit]
    people: Mapping[int, KnownPerson]
    candidates: Mapping[int, KnownCandidate]
    targets: Mapping[tuple[int, int, int], tuple[int | None, int | None]]
    sender: Person | None

    def reaches(self, unit: Unit | None) -> bool:
        """Whether the sender may take in lines about this unit."""
        if self.sender is None:
            return True
        return unit is not None and covers(self.sender.grants, "import_workbook", unit.path, unit.committee_id)

    def reaches_person(self, person: KnownPerson) -> bool:
        """Whether the sender may change somebody: one without a role, or with a role within reach."""
        return self.sender is None or not person.roles or any(self.reaches(self.units[u]) for u, _ in person.roles)


def load(connection: Connection, sender: Person | None) -> Known:
    """All of it, in eight queries."""
    columns = [units.c[name] for name in Unit.__dataclass_fields__]
    everywhere = {row.id: Unit(*row) for row in connection.execute(select(*columns).order_by(units.c.id))}
    reached = {
        (row.unit_id, row.year, row.quarter): (row.admissions, row.sources)
        for row in connection.execute(select(targets))
    }
    return Known(everywhere, _people(connection), _candidates(connection), reached, sender)


def _people(connection: Connection) -> dict[int, KnownPerson]:
    held: dict[int, set[tuple[int, str]]] = defaultdict(set)
    for row in connection.execute(select(roles).where(roles.c.until.is_(None))):
        held[row.person_id].add((row.unit_id, row.role))
    columns = (people.c.id, people.c.code, people.c.name, people.c.folded, people.c.phone, people.c.left_on)
    rows = connection.execute(select(*columns).order_by(people.c.id))
    return {row.id: KnownPerson(*row, frozenset(held[row.id])) for row in rows}


def _candidates(connection: Connection) -> dict[int, KnownCandidate]:
    labels: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(select(candidate_groups)):
        labels[row.candidate_id].add(row.label)
    helping: dict[int, list[int]] = defaultdict(list)
    for row in connection.execute(select(assignments).where(assignments.c.until.is_(None)).order_by(assignments.c.id)):
        helping[row.candidate_id].append(row.person_id)
    names = [name for name in KnownCandidate.__dataclass_fields__ if name not in ("groups", "helpers")]
    rows = connection.execute(select(*(candidates.c[name] for name in names)).order_by(candidates.c.id))
    return {
        row.id: KnownCandidate(**row._asdict(), groups=frozenset(labels[row.id]), helpers=tuple(helping[row.id]))
        for row in rows
    }
