"""Classes of the committee: the awareness class and the new members' class, who is sent to which, with what result."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy import insert as plain_insert

from bot.chat import Refusal
from bot.rules.access import covers
from storage import history
from storage.database import insert, lock_history
from storage.people import Person
from storage.tables import candidates, classes, enrolments, units

RESULTS = ("passed", "failed", "missed")


@dataclass(frozen=True, slots=True)
class Class:
    """One class. `kind` is the step that it serves; `places` None: no limit known. `state`: open, cancelled."""

    id: int
    unit_id: int
    kind: str
    starts_on: date
    ends_on: date
    time: str | None
    place: str | None
    places: int | None
    state: str
    unit_path: str
    enrolled: int

    @property
    def subject(self) -> str:
        """How the history names it."""
        return f"class:{self.id}"

    @property
    def weekend(self) -> bool:
        """Whether it is held on Saturdays and Sundays alone."""
        days = (self.ends_on - self.starts_on).days
        return days < 2 and self.starts_on.weekday() >= 5 and self.ends_on.weekday() >= 5

    @property
    def full(self) -> bool:
        """Whether no place is left."""
        return self.places is not None and self.enrolled >= self.places


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A candidate who is sent to a class; `result` None: not known yet."""

    class_id: int
    candidate: int
    result: str | None


_COUNT = select(func.count()).where(enrolments.c.class_id == classes.c.id).scalar_subquery()
_OWN = [field.name for field in fields(Class) if field.name not in ("unit_path", "enrolled")]
_CLASSES = select(
    *(classes.c[name] for name in _OWN), units.c.path.label("unit_path"), _COUNT.label("enrolled")
).join_from(classes, units, units.c.id == classes.c.unit_id)


def for_unit(connection: Connection, path: str, first: date, last: date) -> list[Class]:
    """Classes, cancelled ones too, that a unit at this place may send people to, by their days."""
    above = [int(part) for part in path.split("/") if part]
    found = _CLASSES.where(classes.c.unit_id.in_(above), classes.c.ends_on >= first, classes.c.starts_on <= last)
    return [Class(*row) for row in connection.execute(found.order_by(classes.c.starts_on, classes.c.id))]


def classes_on(connection: Connection, unit_id: int, day: date) -> list[tuple[Class, list[int]]]:
    """Classes held on that day, each with the candidates of this branch who are sent there; none without any."""
    path = connection.execute(select(units.c.path).where(units.c.id == unit_id)).scalar_one()
    found = []
    for one in for_unit(connection, path, day, day):
        here = (
            select(enrolments.c.candidate_id)
            .join_from(enrolments, candidates, candidates.c.id == enrolments.c.candidate_id)
            .where(enrolments.c.class_id == one.id, candidates.c.unit_id == unit_id)
        )
        ids = list(connection.execute(here.order_by(enrolments.c.candidate_id)).scalars())
        if ids and one.state == "open":
            found.append((one, ids))
    return found


def class_for(connection: Connection, person: Person, number: int) -> Class:
    """The door: the class, if it is held for a unit of this person; another's and a missing one read the same."""
    row = connection.execute(_CLASSES.where(classes.c.id == number)).first()
    one = Class(*row) if row else None
    if one is None or not any(grant.path.startswith(one.unit_path) for grant in person.grants):
        raise Refusal("classes.no_such_class")
    return one


def may_hold(connection: Connection, person: Person, one: Class) -> bool:
    """Whether this person may change the class."""
    return covers(person.grants, "hold_class", one.unit_path, one.unit_id)


def add(connection: Connection, at: datetime, actor: int | None, unit_id: int, values: dict[str, Any]) -> int:
    """A new class of a committee."""
    made = connection.execute(plain_insert(classes).values(unit_id=unit_id, **values))
    number = int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0
    history.record(connection, at, actor, "class.add", f"class:{number}", unit_id, None, values)
    return number


def change(connection: Connection, at: datetime, actor: int | None, one: Class, values: dict[str, Any]) -> bool:
    """Moves a class, or cancels it; False when it was so already."""
    before = {name: getattr(one, name) for name in values if getattr(one, name) != values[name]}
    if not before:
        return False
    connection.execute(update(classes).where(classes.c.id == one.id).values(**values))
    history.record(connection, at, actor, "class.change", one.subject, one.unit_id, before, values)
    return True


def enrol(connection: Connection, at: datetime, actor: int, one: Class, candidate: int, unit_id: int) -> bool:
    """Sends a candidate to a class; False when already sent. Refuses when no place is left."""
    if any(there.candidate == candidate for there in enrolled(connection, [one.id])):
        return False
    # Where there are many writers, the next one counts only what this one has taken.
    lock_history(connection)
    taken = connection.execute(select(func.count()).where(enrolments.c.class_id == one.id)).scalar() or 0
    if one.places is not None and taken >= one.places:
        raise Refusal("classes.full")
    values = {"class_id": one.id, "candidate_id": candidate, "enrolled_by": actor, "at": at}
    row = insert(connection, enrolments).values(**values)
    done = connection.execute(row.on_conflict_do_nothing(index_elements=["class_id", "candidate_id"])).rowcount
    if done:
        after = {"class_id": one.id}
        history.record(connection, at, actor, "class.enrol", f"candidate:{candidate}", unit_id, None, after)
    return bool(done)


def withdraw(connection: Connection, at: datetime, actor: int, one: Class, candidate: int, unit_id: int) -> bool:
    """Takes a candidate off the list of a class; False when not on it."""
    mine = (enrolments.c.class_id == one.id, enrolments.c.candidate_id == candidate)
    done = connection.execute(enrolments.delete().where(*mine)).rowcount
    if done:
        before = {"class_id": one.id}
        history.record(connection, at, actor, "class.withdraw", f"candidate:{candidate}", unit_id, before)
    return bool(done)


def set_result(connection: Connection, at: datetime, actor: int, one: Enrolled, unit_id: int, result: str) -> bool:
    """What came of it; False when that was known already."""
    if one.result == result:
        return False
    mine = (enrolments.c.class_id == one.class_id, enrolments.c.candidate_id == one.candidate)
    connection.execute(update(enrolments).where(*mine).values(result=result))
    before, after = {"result": one.result}, {"result": result, "class_id": one.class_id}
    history.record(connection, at, actor, "class.result", f"candidate:{one.candidate}", unit_id, before, after)
    return True


def enrolled(connection: Connection, numbers: Iterable[int]) -> list[Enrolled]:
    """Everybody who is sent to these classes, in the order of sending."""
    found = select(enrolments.c.class_id, enrolments.c.candidate_id, enrolments.c.result).where(
        enrolments.c.class_id.in_(list(numbers))
    )
    return [Enrolled(*row) for row in connection.execute(found.order_by(enrolments.c.at, enrolments.c.candidate_id))]


def waiting_for(connection: Connection, kind: str, first: date) -> set[int]:
    """Candidates who are sent to a class of this kind that ends on or after that day, with no result yet."""
    found = (
        select(enrolments.c.candidate_id)
        .join_from(enrolments, classes, classes.c.id == enrolments.c.class_id)
        .where(classes.c.kind == kind, classes.c.ends_on >= first, classes.c.state == "open")
        .where(enrolments.c.result.is_(None))
    )
    return set(connection.execute(found).scalars())
