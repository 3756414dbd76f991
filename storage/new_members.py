"""New members after their admission: on probation and in the year after it, and when each was last remarked upon."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Date, Select, and_, bindparam, case, func, or_, select, type_coerce, update
from sqlalchemy import insert as plain_insert

from bot.rules.workdays import add_months
from storage import candidates as cases
from storage import history
from storage.candidates import Case
from storage.people import Person
from storage.prepared import Prepared, among
from storage.sight import CHILD, UNDER_CHILD, WITHIN, Sight, place
from storage.standing_lists import in_sight
from storage.tables import candidates, case_dates, exits, member_remarks, people, units
from storage.units import Unit

# How long somebody is a new member after the recognition; without one, for as long as the probation lasts.
AFTER_RECOGNITION = 12
# Where a case can stand from the decision on.
STEPS = (
    *("decision", "ceremony", "probation", "recognition_dossier", "recognition_vote", "recognition_section_review"),
    *("recognition_committee", "recognition_decision", "recognized"),
)
_KEPT = member_remarks.c.state == "kept"


@dataclass(frozen=True, slots=True)
class Remarked:
    """When a new member was admitted, recognised (None: on probation) and last remarked upon (None: never).

    Admitted by the ceremony, from which the probation runs, or by the decision as long as that is to come.
    """

    candidate: int
    admitted_on: date
    recognised_on: date | None
    last_on: date | None

    def due_on(self, months: int) -> date:
        """By when the next remark is to be there, where one is due every so many months."""
        return add_months(self.last_on or self.admitted_on, months)


@dataclass(frozen=True, slots=True)
class Remark:
    """That somebody was remarked upon; what was said is in the papers only."""

    id: int
    candidate: int
    person: int
    name: str
    on: date
    state: str


_DECIDED, _HELD, _RECOGNISED = (case_dates.alias(name) for name in ("decided", "held", "recognised"))


def _of(dates: Any, event: str) -> Any:
    return and_(dates.c.candidate_id == candidates.c.id, dates.c.event == event)


def _dated(today: Any) -> tuple[Any, Any]:
    """Candidates with their days; and when each was admitted.

    The day of the ceremony, from which the probation runs, or that of the decision as long as it is to come.
    """
    admitted_on = case((_HELD.c.on <= today, _HELD.c.on), (_DECIDED.c.on <= today, _DECIDED.c.on))
    dated = (
        candidates.outerjoin(_DECIDED, _of(_DECIDED, "admission_decided"))
        .outerjoin(_HELD, _of(_HELD, "ceremony"))
        .outerjoin(_RECOGNISED, and_(_of(_RECOGNISED, "recognition_decided"), _RECOGNISED.c.on <= today))
    )
    return dated, admitted_on


def _are_new(admitted_on: Any, lately: Any) -> tuple[Any, ...]:
    """Conditions: admitted, recognised (if at all) after `lately`, and not gone since."""
    left = select(exits.c.id).where(exits.c.candidate_id == candidates.c.id)
    # A case that is closed any other way than by the recognition has left the road.
    stays = or_(candidates.c.state == "open", _RECOGNISED.c.on.is_not(None))
    recent = or_(_RECOGNISED.c.on.is_(None), _RECOGNISED.c.on > lately)
    return among(candidates.c.step, STEPS), admitted_on.is_not(None), recent, stays, ~left.exists()


def _new(today: Any, lately: Any = None) -> Select[Any]:
    """New members with their days; `lately`: the day a year ago, where it is not to be worked out."""
    dated, admitted_on = _dated(today)
    last = (
        select(func.max(member_remarks.c.on))
        .where(member_remarks.c.candidate_id == candidates.c.id, _KEPT)
        .scalar_subquery()
    )
    return (
        select(
            candidates.c.id,
            type_coerce(admitted_on, Date).label("admitted_on"),
            _RECOGNISED.c.on.label("recognised_on"),
            last.label("last_on"),
        )
        .select_from(dated)
        .where(*_are_new(admitted_on, add_months(today, -AFTER_RECOGNITION) if lately is None else lately))
    )


def _by_child() -> Prepared:
    dated, admitted_on = _dated(bindparam("today", type_=Date))
    below = dated.join(units, units.c.id == candidates.c.unit_id).join(CHILD, UNDER_CHILD)
    return Prepared(
        select(CHILD.c.id.label("child"), func.count().label("number"))
        .select_from(below)
        .where(CHILD.c.parent_id == bindparam("unit"), *_are_new(admitted_on, bindparam("lately", type_=Date)))
        .group_by(CHILD.c.id)
    )


def _right_here() -> Prepared:
    dated, admitted_on = _dated(bindparam("today", type_=Date))
    mine = candidates.c.unit_id == bindparam("unit")
    new = _are_new(admitted_on, bindparam("lately", type_=Date))
    return Prepared(select(func.count().label("number")).select_from(dated).where(mine, *new))


_BY_CHILD, _RIGHT_HERE = _by_child(), _right_here()


def listed(
    connection: Connection, person: Person, unit: Unit | None, today: date, *, own: bool = False
) -> list[Remarked]:
    """New members whose cases this person may look at, at or below a unit; whoever waits longest for a remark first.

    `own`: only those whom the person helps.
    """
    sight = Sight.of(person, "see_case")
    ready = _listed(sight.limited, mine=sight.own, inside=unit is not None, own=own)
    values = {"me": person.id, "today": today, "lately": add_months(today, -AFTER_RECOGNITION), **sight.values}
    rows = ready.rows(connection, values | (place(unit.path) if unit is not None else {}))
    return sorted((Remarked(*row) for row in rows), key=lambda one: (one.last_on or one.admitted_on, one.candidate))


@lru_cache(maxsize=64)
def _listed(limited: tuple[bool, ...], *, mine: bool, inside: bool, own: bool) -> Prepared:
    seen = in_sight(limited, own=mine).where(*((WITHIN,) if inside else ())).correlate(None)
    found = _new(bindparam("today", type_=Date), bindparam("lately", type_=Date)).where(candidates.c.id.in_(seen))
    return Prepared(found.where(cases.OWN) if own else found)


def by_unit(connection: Connection, unit: Unit, today: date) -> dict[int, int]:
    """How many there are in each unit directly below, with all below it: numbers only; a branch stands for itself."""
    values = {"unit": unit.id, "today": today, "lately": add_months(today, -AFTER_RECOGNITION)}
    here = int(_RIGHT_HERE.first(connection, values).number)
    found = {row.child: int(row.number) for row in _BY_CHILD.rows(connection, values)}
    return found | {unit.id: here} if here else found


def of_units(connection: Connection, ids: Sequence[int], today: date) -> list[tuple[int, str, str, Remarked]]:
    """Those of some branches, for the reminders: (branch, code, name, what is known)."""
    found = _new(today).add_columns(candidates.c.unit_id, candidates.c.code, candidates.c.name)
    rows = connection.execute(found.where(candidates.c.unit_id.in_(ids)).order_by(candidates.c.id))
    return [(row.unit_id, row.code, row.name, Remarked(*row[:4])) for row in rows]


def remarks(connection: Connection, candidate: int) -> list[Remark]:
    """When somebody was remarked upon and by whom, the newest first."""
    found = _REMARKS.where(member_remarks.c.candidate_id == candidate, _KEPT)
    return [Remark(*row) for row in connection.execute(found.order_by(member_remarks.c.on.desc(), member_remarks.c.id))]


_REMARKS = select(
    member_remarks.c.id,
    member_remarks.c.candidate_id,
    people.c.id.label("who"),
    people.c.name,
    member_remarks.c.on,
    member_remarks.c.state,
).join_from(member_remarks, people, people.c.id == member_remarks.c.person_id)


def remark(connection: Connection, number: int) -> Remark | None:
    """One by its number; whether one may see it is for the caller to ask, by its case."""
    row = connection.execute(_REMARKS.where(member_remarks.c.id == number)).first()
    return Remark(*row) if row else None


def is_new(connection: Connection, case: Case, today: date) -> Remarked | None:
    """What is known of this member; None: not admitted yet, or no new member any more."""
    row = connection.execute(_new(today).where(candidates.c.id == case.id)).first()
    return Remarked(*row) if row else None


def note(connection: Connection, at: datetime, actor: int, case: Case, person: int, on: date) -> int | None:
    """Notes that a new member was remarked upon by somebody; None: that day's remark was noted before."""
    if any(one.on == on for one in remarks(connection, case.id)):
        return None
    row = {"candidate_id": case.id, "person_id": person, "on": on, "written_by": actor}
    made = connection.execute(plain_insert(member_remarks).values(**row)).inserted_primary_key
    after = {"on": on, "person_id": person}
    history.record(connection, at, actor, "remark.note", case.subject, case.unit_id, None, after)
    return int(made[0]) if made else None


def hand_to(connection: Connection, at: datetime, actor: int, case: Case, one: Remark, person: int) -> None:
    """Somebody else made the remark."""
    connection.execute(update(member_remarks).where(member_remarks.c.id == one.id).values(person_id=person))
    before, after = {"on": one.on, "person_id": one.person}, {"on": one.on, "person_id": person}
    history.record(connection, at, actor, "remark.change", case.subject, case.unit_id, before, after)


def take_back(connection: Connection, at: datetime, actor: int, case: Case, one: Remark) -> bool:
    """It was noted by mistake; False where that was done before."""
    mine = (member_remarks.c.id == one.id, _KEPT)
    if not connection.execute(update(member_remarks).where(*mine).values(state="undone")).rowcount:
        return False
    history.record(connection, at, actor, "remark.undo", case.subject, case.unit_id, {"on": one.on}, None)
    return True
