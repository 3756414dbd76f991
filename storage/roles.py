"""Roles in units: given and ended with a line in the history, and all that ends when somebody leaves."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, select, update

from bot.rules.access import Role
from storage import forms, history, invitations, questions
from storage import people as everybody
from storage.tables import addresses, assignments, candidates, people, roles, units


def give(
    connection: Connection, at: datetime, actor: int | None, person: int, unit: int, role: Role, since: date
) -> bool:
    """Gives a role; False when the person holds it already."""
    given = everybody.give_role(connection, person, unit, role, since)
    if given:
        history.record(connection, at, actor, "role.give", f"person:{person}", unit, None, {"role": role})
    return given


def end(
    connection: Connection, at: datetime, actor: int | None, person: int, unit: int, role: Role, until: date
) -> int | None:
    """Ends a role, and the person's help to cases that no role reaches any more.

    Gives how many cases were released; None when the person does not hold the role.
    """
    if not everybody.end_role(connection, person, unit, role, until):
        return None
    history.record(connection, at, actor, "role.end", f"person:{person}", unit, {"role": role}, None)
    place = connection.execute(select(units.c.path).where(units.c.id == unit)).scalar_one()
    holder = everybody.by_id(connection, person)
    kept = [grant.path for grant in holder.grants] if holder else []
    lost = [help_ for help_ in _helping(connection, person) if help_.path.startswith(place)]
    lost = [help_ for help_ in lost if not any(help_.path.startswith(path) for path in kept)]
    return _release(connection, at, actor, person, lost, until)


@dataclass(frozen=True, slots=True)
class Left:
    """What ended with somebody's leaving: roles, and in which units how many cases have lost this helper."""

    roles: int
    cases: Counter[int]


def leave(connection: Connection, at: datetime, actor: int | None, person: int, on: date) -> Left:
    """Somebody has left: roles, help, codes and chats end; the number is not kept, for it may become another's."""
    held = (roles.c.person_id == person, roles.c.until.is_(None))
    before = [(row.unit_id, row.role) for row in connection.execute(select(roles.c.unit_id, roles.c.role).where(*held))]
    unit = before[0][0] if before else None
    invitations.revoke(connection, at, person, actor)
    helping = _helping(connection, person)
    _release(connection, at, actor, person, helping, on)
    connection.execute(update(roles).where(*held).values(until=on))
    connection.execute(update(people).where(people.c.id == person).values(left_on=on, phone=None))
    connection.execute(addresses.delete().where(addresses.c.person_id == person))
    forms.forget(connection, f"p{person}")
    questions.forget(connection, f"p{person}")
    subject, after = f"person:{person}", {"left_on": on}
    history.record(connection, at, actor, "person.leave", subject, unit, {"roles": before}, after)
    return Left(len(before), Counter(help_.unit for help_ in helping))


@dataclass(frozen=True, slots=True)
class _Help:
    """One assignment that has not ended, with its case's place."""

    id: int
    case: int
    unit: int
    path: str


def _helping(connection: Connection, person: int) -> list[_Help]:
    found = (
        select(assignments.c.id, candidates.c.id, candidates.c.unit_id, units.c.path)
        .join_from(assignments, candidates, candidates.c.id == assignments.c.candidate_id)
        .join(units, units.c.id == candidates.c.unit_id)
        .where(assignments.c.person_id == person, assignments.c.until.is_(None))
        .order_by(assignments.c.id)
    )
    return [_Help(*row) for row in connection.execute(found)]


def _release(
    connection: Connection, at: datetime, actor: int | None, person: int, lost: Iterable[_Help], on: date
) -> int:
    lost = list(lost)
    which: ColumnElement[bool] = assignments.c.id.in_([help_.id for help_ in lost])
    connection.execute(update(assignments).where(which).values(until=on))
    before = {"person_id": person}
    lines = [history.Line("candidate.release", f"candidate:{h.case}", h.unit, before) for h in lost]
    history.record_all(connection, at, actor, lines)
    return len(lost)
