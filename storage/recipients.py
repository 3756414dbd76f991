"""Who is to be told of a case or of a unit, as whom: worked out for many at once, by who holds which role today."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, exists, select

from bot.rules.reminder_entries import Recipient, ReminderKind
from storage.tables import addresses, assignments, candidates, charges, people, roles, units

LEADERS = ("secretary", "deputy")
MEMBERS = ("member", *LEADERS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: a unit by its path, and its nearest committee."""

    path: str
    committee_id: int | None

    @property
    def upwards(self) -> list[int]:
        """The units from this one up to the top."""
        return [int(part) for part in reversed(self.path.split("/")) if part]


class Offices:
    """Who holds which role in these places and above them."""

    def __init__(self, connection: Connection, places: Iterable[Place]) -> None:
        wanted = {unit for place in set(places) for unit in place.upwards}
        self._held: dict[tuple[int, str], list[int]] = defaultdict(list)
        found = (
            select(roles.c.unit_id, roles.c.role, roles.c.person_id)
            .join_from(roles, people, people.c.id == roles.c.person_id)
            .join(units, units.c.id == roles.c.unit_id)
            .where(roles.c.until.is_(None), people.c.left_on.is_(None), units.c.closed_on.is_(None))
            .where(roles.c.unit_id.in_(wanted), roles.c.role.in_([*LEADERS, "area_supervisor", "office"]))
            .order_by(roles.c.id)
        )
        for row in connection.execute(found):
            self._held[row.unit_id, "leader" if row.role in LEADERS else row.role].append(row.person_id)

    def leaders(self, place: Place) -> list[int]:
        """Secretary and deputy of the nearest unit that has any, below the committee; else the committee's office."""
        for unit in place.upwards:
            if unit == place.committee_id:
                break
            if (unit, "leader") in self._held:
                return self._held[unit, "leader"]
        return self.office(place)

    def supervisors(self, place: Place) -> list[int]:
        """Whoever is in charge of the area here."""
        return [person for unit in place.upwards for person in self._held.get((unit, "area_supervisor"), ())]

    def office(self, place: Place) -> list[int]:
        """The office of the nearest committee: a higher one does not read these files."""
        return self._held.get((place.committee_id or 0, "office"), [])

    def of(self, role: Recipient, place: Place, kind: ReminderKind) -> list[int]:
        """The holders; where the area has no supervisor, what must not be forgotten goes to the office."""
        if role == "secretary":
            return self.leaders(place)
        if role == "supervisor":
            found = self.supervisors(place)
            return found if found or kind.optional else self.office(place)
        return self.office(place) if role == "office" else []


@dataclass(frozen=True, slots=True)
class Helpers:
    """Who helps which candidate. `heard`: those of them who have a chat that gets messages."""

    by_case: Mapping[int, Sequence[int]]
    heard: frozenset[int]

    @classmethod
    def of(cls, connection: Connection, cases: Sequence[int]) -> "Helpers":
        """The helpers of these candidates."""
        reached = exists().where(addresses.c.person_id == assignments.c.person_id, addresses.c.reachable)
        found = (
            select(assignments.c.candidate_id, assignments.c.person_id, reached.label("reached"))
            .join_from(assignments, people, people.c.id == assignments.c.person_id)
            .where(assignments.c.candidate_id.in_(cases), assignments.c.until.is_(None), people.c.left_on.is_(None))
            .order_by(assignments.c.id)
        )
        by_case: dict[int, list[int]] = defaultdict(list)
        heard = set()
        for row in connection.execute(found):
            by_case[row.candidate_id].append(row.person_id)
            if row.reached:
                heard.add(row.person_id)
        return cls(by_case, frozenset(heard))


def for_case(
    kind: ReminderKind,
    to: Sequence[Recipient],
    case: int,
    place: Place,
    helpers: Helpers,
    offices: Offices,
    responsible: int | None = None,
) -> dict[int, Recipient]:
    """Person -> as whom. Where no helper can be reached, whoever leads the branch stands in."""
    told: dict[int, Recipient] = {}
    for role in to:
        if role == "responsible" and responsible:
            told.setdefault(responsible, role)
        elif role in ("helper", "responsible"):
            heard = False
            for person in helpers.by_case.get(case, ()):
                told.setdefault(person, role)
                heard = heard or person in helpers.heard
            if not heard:
                for person in offices.leaders(place):
                    told.setdefault(person, "stand_in")
        else:
            for person in offices.of(role, place, kind):
                told.setdefault(person, role)
    return told


def members_of(connection: Connection, unit_ids: Sequence[int]) -> dict[int, list[int]]:
    """Everybody who belongs to these branches."""
    found = (
        select(roles.c.unit_id, roles.c.person_id)
        .distinct()
        .join_from(roles, people, people.c.id == roles.c.person_id)
        .where(roles.c.unit_id.in_(unit_ids), roles.c.until.is_(None), people.c.left_on.is_(None))
        .where(roles.c.role.in_(MEMBERS))
        .order_by(roles.c.unit_id, roles.c.person_id)
    )
    return _grouped(connection.execute(found))


def assigned_in(connection: Connection, unit_ids: Sequence[int]) -> dict[int, list[int]]:
    """Who helps an open case of these branches."""
    found = (
        select(candidates.c.unit_id, assignments.c.person_id)
        .distinct()
        .join_from(assignments, candidates, candidates.c.id == assignments.c.candidate_id)
        .join(people, people.c.id == assignments.c.person_id)
        .where(candidates.c.unit_id.in_(unit_ids), candidates.c.state == "open")
        .where(assignments.c.until.is_(None), people.c.left_on.is_(None))
        .order_by(candidates.c.unit_id, assignments.c.person_id)
    )
    return _grouped(connection.execute(found))


def charged_in(connection: Connection, unit_ids: Sequence[int]) -> dict[int, list[int]]:
    """Who is in charge of admissions or of a mass organisation in these branches, and still belongs to them."""
    found = (
        select(charges.c.unit_id, charges.c.person_id)
        .distinct()
        .join_from(charges, people, people.c.id == charges.c.person_id)
        .join(roles, and_(roles.c.person_id == charges.c.person_id, roles.c.unit_id == charges.c.unit_id))
        .where(charges.c.unit_id.in_(unit_ids), charges.c.until.is_(None), people.c.left_on.is_(None))
        .where(roles.c.until.is_(None), roles.c.role.in_(MEMBERS))
        .order_by(charges.c.unit_id, charges.c.person_id)
    )
    return _grouped(connection.execute(found))


def _grouped(rows: Iterable[Any]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for unit, person in rows:
        found[unit].append(person)
    return found
