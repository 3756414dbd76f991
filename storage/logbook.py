"""The history as it is read: what lies within somebody's right to read it, by thing, person, unit, day and kind."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, and_, cast, literal, not_, or_, select
from sqlalchemy import true as everything

from storage.people import Person
from storage.sight import units_open_to
from storage.tables import candidates, history, people, roles, units

# What belongs to no unit and is everybody's who reads the history: the rulebook and the calendar.
COMMON = ("rules", "calendar")
# In what is told before and after, these are numbers of people and of units.
PEOPLE = ("person_id", "responsible_id", "proposed_by")
UNITS = ("unit_id", "parent_id", "merged_into_id", "branch_id")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `who` None: the office's machine. `unit` None: it concerns no single unit."""

    id: int
    at: datetime
    who: str | None
    action: str
    subject: str
    unit: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines. `subject` as the history names things; `actor`: what this person did, beside the subject's lines.

    `begins`: beginnings of actions; `without`: beginnings left out. The moments are aware, `until` is not included.
    """

    subject: str | None = None
    actor: int | None = None
    unit: int | None = None
    begins: Sequence[str] = ()
    without: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None


_FOUND = (
    select(
        history.c.id,
        history.c.at,
        people.c.name,
        history.c.action,
        history.c.subject,
        units.c.name.label("unit"),
        history.c.before,
        history.c.after,
    )
    .join_from(history, people, history.c.actor_id == people.c.id, isouter=True)
    .join(units, units.c.id == history.c.unit_id, isouter=True)
)


def read(connection: Connection, person: Person, wanted: Wanted, first: int, most: int) -> list[Line]:
    """Lines from number `first` on, the newest first: only those that this person may read."""
    return _read(connection, and_(_in_sight(person), _matching(wanted)), first, most)


def of_case(connection: Connection, wanted: Wanted, first: int, most: int) -> list[Line]:
    """The same for a case that was let in already: all of its past, also from a branch where it was before."""
    return _read(connection, _matching(wanted), first, most)


def _read(connection: Connection, condition: ColumnElement[bool], first: int, most: int) -> list[Line]:
    found = _FOUND.where(condition).order_by(history.c.id.desc()).offset(first).limit(most)
    return [
        Line(r.id, r.at, r.name, r.action, r.subject, r.unit, _values(r.before), _values(r.after))
        for r in connection.execute(found)
    ]


def _values(text: str | None) -> Mapping[str, Any]:
    return dict(json.loads(text)) if text else {}


def _in_sight(person: Person) -> ColumnElement[bool]:
    reached = units_open_to(person, "see_history")
    mine = select(units.c.id).where(reached).correlate(None)
    theirs = select(literal("person:") + cast(roles.c.person_id, String)).where(roles.c.unit_id.in_(mine))
    alone = and_(history.c.unit_id.is_(None), or_(history.c.subject.in_(COMMON), history.c.subject.in_(theirs)))
    return or_(history.c.unit_id.in_(mine), alone)


def _matching(wanted: Wanted) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [everything()]
    about = [history.c.subject == wanted.subject] if wanted.subject else []
    about += [history.c.actor_id == wanted.actor] if wanted.actor else []
    if about:
        conditions.append(or_(*about))
    if wanted.unit:
        conditions.append(or_(history.c.unit_id == wanted.unit, history.c.subject == f"unit:{wanted.unit}"))
    if wanted.begins:
        conditions.append(_begins(wanted.begins))
    if wanted.without:
        conditions.append(not_(_begins(wanted.without)))
    if wanted.since or wanted.until:
        conditions.append(history.c.id.in_(_between(wanted)))
    return and_(*conditions)


def _between(wanted: Wanted) -> Select[tuple[int]]:
    """The lines of those moments, as a query of its own: it is read first, through its index."""
    lines = history.alias("lines")
    found = select(lines.c.id)
    if wanted.since:
        found = found.where(lines.c.at >= wanted.since)
    if wanted.until:
        found = found.where(lines.c.at < wanted.until)
    return found


def _begins(beginnings: Iterable[str]) -> ColumnElement[bool]:
    return or_(*(history.c.action.startswith(beginning, autoescape=True) for beginning in beginnings))


def person_in_sight(connection: Connection, person: Person, wanted: int) -> str | None:
    """The name of somebody who holds or held a role where this person reads the history; None for any other."""
    found = (
        select(people.c.name)
        .join_from(people, roles, roles.c.person_id == people.c.id)
        .join(units, units.c.id == roles.c.unit_id)
        .where(people.c.id == wanted, units_open_to(person, "see_history"))
    )
    return connection.execute(found.limit(1)).scalar()


def people_in_sight(connection: Connection, person: Person) -> dict[int, str]:
    """Everybody of whom that is true."""
    found = (
        select(people.c.id, people.c.name)
        .join_from(people, roles, roles.c.person_id == people.c.id)
        .join(units, units.c.id == roles.c.unit_id)
        .where(units_open_to(person, "see_history"))
        .order_by(people.c.folded, people.c.id)
    )
    return {row.id: row.name for row in connection.execute(found)}


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers in some lines stand for."""

    people: Mapping[int, str]
    units: Mapping[int, str]
    cases: Mapping[int, str]

    def subject(self, subject: str) -> str | None:
        """A case's code, a person's or a unit's name; None for what has none."""
        kind, _, number = subject.partition(":")
        known = {"person": self.people, "unit": self.units, "candidate": self.cases}.get(kind)
        return known.get(int(number)) if known and number.isdecimal() else None


def names_in(connection: Connection, lines: Iterable[Line]) -> Names:
    """Looks up what the lines of a page name by number."""
    wanted: dict[str, set[int]] = {"person": set(), "unit": set(), "candidate": set()}
    for line in lines:
        kind, _, number = line.subject.partition(":")
        if kind in wanted and number.isdecimal():
            wanted[kind].add(int(number))
        for told in (line.before, line.after):
            wanted["person"] |= {int(told[name]) for name in PEOPLE if told.get(name)}
            wanted["unit"] |= {int(told[name]) for name in UNITS if told.get(name)}
    return Names(
        _look_up(connection, people.c.id, people.c.name, wanted["person"]),
        _look_up(connection, units.c.id, units.c.name, wanted["unit"]),
        _look_up(connection, candidates.c.id, candidates.c.code, wanted["candidate"]),
    )


def _look_up(connection: Connection, key: Any, said: Any, wanted: set[int]) -> dict[int, str]:
    if not wanted:
        return {}
    return {row[0]: row[1] for row in connection.execute(select(key, said).where(key.in_(wanted)))}
