"""The people of a workbook and their roles: one person over several lines, one phone for one person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.reports.lines import PersonLine, Problem, Workbook, code_key
from bot.rules.access import Role
from bot.vietnamese.fold import fold
from storage import history
from storage.history import Line
from storage.imports.known import Codes, Known, KnownPerson, stand_in
from storage.imports.units import Places
from storage.people import plain_phone
from storage.tables import people, roles

_OF_COMMITTEES: tuple[Role, ...] = ("office", "organisation_board", "inspection")


@dataclass(slots=True)
class Member:
    """Somebody as the workbook names one; `grants` are places by key with roles that are not held yet."""

    key: str
    code: str
    lines: list[PersonLine]
    known: KnownPerson | None
    name: str | None = None
    phone: str | None = None
    grants: dict[tuple[str, Role], None] = field(default_factory=dict)

    @property
    def changes(self) -> dict[str, Any]:
        """What differs from what is known."""
        if self.known is None:
            return {}
        code = None if self.code == stand_in(self.known.id) else self.code
        said = {"code": code, "name": self.name, "phone": self.phone}
        return {name: said[name] for name in said if said[name] is not None and said[name] != getattr(self.known, name)}

    @property
    def outcome(self) -> str:
        """What taking in these lines does: created, updated or unchanged."""
        if self.known is None:
            return "created"
        return "updated" if self.changes or self.grants else "unchanged"


@dataclass(slots=True)
class Members:
    """All people of the workbook, and the door through which the candidates' sheet names one."""

    known: Known
    dropped: frozenset[str]
    codes: Codes[KnownPerson]
    by_key: dict[str, Member] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)

    def helper(self, code: str, row: int) -> "Member | KnownPerson | None":
        """The person with this code; None with a problem noted, unless the code's own line has one already."""
        person = self.by_key.get(code_key(code)) or self.codes.get(code)
        if person is None:
            if code_key(code) not in self.dropped:
                codes = {code_key(member.code): member.code for member in self.by_key.values()}
                near = get_close_matches(code_key(code), codes, 1, 0.6)
                values: dict[str, Any] = {"code": code, "like": codes[near[0]] if near else None}
                self.problems.append(Problem("no_person", "candidates", row, "helper", values))
            return None
        known = person if isinstance(person, KnownPerson) else person.known
        if known and known.left_on:
            values = {"code": code, "on": known.left_on}
            self.problems.append(Problem("person_left", "candidates", row, "helper", values))
            return None
        if known and not self.known.reaches_person(known):
            self.problems.append(Problem("no_person", "candidates", row, "helper", {"code": code, "like": None}))
            return None
        return person

    def id_of(self, person: "Member | KnownPerson") -> int:
        """The id, once new people have been written."""
        return person.id if isinstance(person, KnownPerson) else self.ids[person.key]


def plan(known: Known, book: Workbook, places: Places) -> Members:
    """Who will be there with which roles, and what is wrong with the sheet."""
    coded = Codes((person.code, person) for person in known.people.values() if person.code)
    members = Members(known, book.dropped.get("people", frozenset()), coded)
    uncoded = [p for p in known.people.values() if not p.code and not p.left_on and known.reaches_person(p)]
    standing = {stand_in(person.id): person for person in uncoded}
    lines: dict[str, list[PersonLine]] = defaultdict(list)
    for line in book.people:
        lines[code_key(line.code)].append(line)
    for key, several in lines.items():
        member = Member(key, several[0].code, several, coded.get(several[0].code) or _stood_for(standing, key, several))
        members.by_key[key] = member
        grants = [grant for line in several for grant in _grants(members, places, line)]
        if member.known in uncoded:
            uncoded.remove(member.known)
        if member.known is None and (meant := _meant(uncoded, member, grants, places)):
            uncoded.remove(meant)
            member.known = meant
        member.code = (member.known.code if member.known else None) or member.code
        held = _held(member.known, places)
        member.grants = dict.fromkeys(grant for grant in grants if grant not in held)
        _who(members, member)
    _phones(members)
    return members


def _stood_for(standing: Mapping[str, KnownPerson], key: str, lines: Iterable[PersonLine]) -> KnownPerson | None:
    """Whom an exported workbook names without a code; in another office's database the name would be another one."""
    person = standing.get(key)
    return person if person and any(line.name and fold(line.name) == person.folded for line in lines) else None


def _grants(members: Members, places: Places, line: PersonLine) -> list[tuple[str, Role]]:
    """Where this line gives which role; in charge of units means to supervise each of them."""

    def problem(kind: str, column: str, /, **values: Any) -> None:
        members.problems.append(Problem(kind, "people", line.row, column, values))

    unit = places.find(line.unit, "people", line.row, "unit") if line.unit else None
    charge = [places.find(code, "people", line.row, "charge") for code in line.charge]
    supervised: list[tuple[str, Role]] = [(place.key, "area_supervisor") for place in charge if place]
    if line.role == "area_supervisor":
        if not line.charge and unit and not unit.committee:
            return [(unit.key, "area_supervisor")]
        if not line.charge:
            problem("supervisor_needs_units", "charge")
        return supervised
    if line.role == "inspection" and line.charge:
        problem("inspection_only_reads", "charge")
    if not line.unit:
        problem("role_needs_unit", "unit")
    if unit is None:
        return supervised
    if line.role in _OF_COMMITTEES and not unit.committee:
        problem("role_at_committee", "unit", kind=unit.kind)
    return [(unit.key, line.role), *supervised]


def _meant(
    uncoded: Iterable[KnownPerson], member: Member, grants: Iterable[tuple[str, Role]], places: Places
) -> KnownPerson | None:
    """Somebody who was added without a code and is clearly meant: the same name with the same phone or role."""
    names = {fold(line.name) for line in member.lines if line.name}
    phones = {plain_phone(line.phone) for line in member.lines if line.phone}
    wanted: set[tuple[str, str]] = set(grants)
    for person in uncoded:
        if person.folded in names and (person.phone in phones or _held(person, places) & wanted):
            return person
    return None


def _held(person: KnownPerson | None, places: Places) -> set[tuple[str, str]]:
    """The roles of today, as places by key with roles."""
    held = person.roles if person else ()
    return {(places.key(places.known.units[unit].code), role) for unit, role in held}


def _who(members: Members, member: Member) -> None:
    """One name and one phone for all lines of a person."""

    def problem(kind: str, row: int, column: str, /, **values: Any) -> None:
        members.problems.append(Problem(kind, "people", row, column, {"code": member.code, **values}))

    first = member.lines[0].row
    if member.known and member.known.left_on:
        problem("person_left", first, "code", on=member.known.left_on)
    if member.known and not members.known.reaches_person(member.known):
        problem("out_of_reach", first, "code")
    named: PersonLine | None = None
    phoned: PersonLine | None = None
    for line in member.lines:
        if line.name and named and fold(line.name) != fold(named.name or ""):
            problem("names_differ", line.row, "name", row=named.row, name=named.name)
        if line.phone and phoned and plain_phone(line.phone) != plain_phone(phoned.phone or ""):
            problem("phones_differ", line.row, "phone", row=phoned.row)
        named = named or (line if line.name else None)
        phoned = phoned or (line if line.phone else None)
    if named is None and member.known is None and member.key not in members.dropped:
        problem("new_person_needs_name", first, "name")
    member.name = named.name if named else None
    member.phone = plain_phone(phoned.phone) if phoned and phoned.phone else None


def _phones(members: Members) -> None:
    """A number belongs to one person, in the workbook and beside it; two people may swap theirs."""
    moving = {member.known.id: member.phone for member in members.by_key.values() if member.known and member.phone}
    owner: dict[str, KnownPerson | Member] = {}
    for person in members.known.people.values():
        if person.phone and moving.get(person.id, person.phone) == person.phone:
            owner[person.phone] = person
    for member in members.by_key.values():
        if member.phone is None:
            continue
        other = owner.setdefault(member.phone, member)
        if other is member or other is member.known:
            continue
        row = next(line.row for line in member.lines if line.phone)
        told = isinstance(other, Member) or (other.code and members.known.reaches_person(other))
        values = {"code": other.code} if told else {}
        kind = "phone_taken" if told else "phone_taken_unnamed"
        members.problems.append(Problem(kind, "people", row, "phone", values))


def apply(connection: Connection, at: datetime, actor: int | None, places: Places, members: Members) -> list[Member]:
    """Writes people and roles; gives the new ones."""
    new = [member for member in members.by_key.values() if member.known is None]
    changed = [(member, member.known) for member in members.by_key.values() if member.known and member.changes]
    for _, known in changed:  # first all numbers are free, so that two people may swap theirs
        connection.execute(update(people).where(people.c.id == known.id).values(phone=None))
    for member, known in changed:
        values = {"phone": known.phone} | member.changes
        values |= {"folded": fold(member.name)} if member.name else {}
        connection.execute(update(people).where(people.c.id == known.id).values(**values))
    if new:
        rows = [{"code": m.code, "name": m.name, "folded": fold(m.name or ""), "phone": m.phone} for m in new]
        connection.execute(insert(people), rows)
    ids = {row.code: row.id for row in connection.execute(select(people.c.code, people.c.id))}
    members.ids = {m.key: m.known.id if m.known else ids[m.code] for m in members.by_key.values()}
    _give(connection, at, places, members)
    history.record_all(connection, at, actor, _lines(places, members))
    return new


def _give(connection: Connection, at: datetime, places: Places, members: Members) -> None:
    rows = [
        {"person_id": members.ids[member.key], "unit_id": places.ids[key], "role": role, "since": at.date()}
        for member in members.by_key.values()
        for key, role in member.grants
    ]
    if rows:
        connection.execute(insert(roles), rows)


def _lines(places: Places, members: Members) -> list[Line]:
    lines = []
    for member in members.by_key.values():
        subject = f"person:{members.ids[member.key]}"
        given = [(places.ids[key], role) for key, role in member.grants]
        if member.known is None:
            lines.append(Line("person.add", subject, given[0][0] if given else None, None, {"code": member.code}))
        elif member.changes:
            unit = next((unit for unit, _ in sorted(member.known.roles)), None)
            before = {name: getattr(member.known, name) for name in member.changes}
            lines.append(Line("person.change", subject, unit, before, member.changes))
        lines += [Line("role.give", subject, unit, None, {"role": role}) for unit, role in given]
    return lines
