"""Candidates and their cases: the one door to each, lists within what a person may see, nominations and helpers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, exists, extract, func, or_, select, update
from sqlalchemy import insert as plain_insert

from bot.chat import Refusal
from bot.rules.access import Action, Reach, covers, rights
from bot.vietnamese.fold import clean, fold
from storage import dues, history, notices, tallies
from storage.database import lock_history
from storage.people import Person
from storage.prepared import Prepared, among
from storage.sight import units_open_to
from storage.tables import assignments, candidate_groups, candidates, people, units

# Not a case yet: waits for the branch, or was sent back to whoever proposed it.
WAITING = ("proposed", "returned")
# What a command can carry as one word, and a button within its 64 bytes.
_SHORT = re.compile(r"[A-Z0-9._-]{0,19}[0-9]")
BY_NUMBER = re.compile(r"#([0-9]{1,9})")
# So many cases are read sooner one by one.
FEW = 8
_OWN_CODE = re.compile(r"^\s*QC[\s\-_.]*0*(\d{1,9})\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Case:
    """A candidate and where the case stands. `own`: the person who asked is assigned to help this candidate."""

    id: int
    code: str
    name: str
    born_on: date | None
    born_year: int | None
    sex: str | None
    phone: str | None
    education: str | None
    introduced_by: str | None
    state: str
    returned_why: str | None
    proposed_by: int | None
    step: str
    step_on: date
    listed_on: date
    last_contact_on: date | None
    next_on: date | None
    version: int
    unit_id: int
    unit_name: str
    path: str
    committee_id: int | None
    own: bool = False

    @property
    def subject(self) -> str:
        """How the history names this case."""
        return f"candidate:{self.id}"

    @property
    def ref(self) -> str:
        """How buttons name this case: its code, or its number where the office gave a code that does not fit there."""
        return self.code if _SHORT.fullmatch(self.code) else f"#{self.id}"

    @property
    def birth_year(self) -> int | None:
        """The year of birth, from whichever is known."""
        return self.born_on.year if self.born_on else self.born_year


OWN = exists().where(
    assignments.c.candidate_id == candidates.c.id,
    assignments.c.person_id == bindparam("me"),
    assignments.c.until.is_(None),
)
PROPOSED = and_(candidates.c.proposed_by == bindparam("me"), among(candidates.c.state, WAITING))
_FROM_UNIT = {"unit_name": units.c.name, "path": units.c.path, "committee_id": units.c.committee_id}
_COLUMNS = [
    _FROM_UNIT[f.name].label(f.name) if f.name in _FROM_UNIT else candidates.c[f.name]
    for f in fields(Case)
    if f.name != "own"
]
_CASES = select(*_COLUMNS, OWN.label("own")).join_from(candidates, units, units.c.id == candidates.c.unit_id)
_BY_CODE = Prepared(_CASES.where(candidates.c.code == bindparam("wanted")))
_BY_ID = Prepared(_CASES.where(candidates.c.id == bindparam("wanted")))


def _case(row: Any) -> Case:
    return Case(*row)


def plain_code(text: str) -> str:
    """A case code as it is kept: "qc12" and "QC 0012" are QC-0012; other codes in capitals."""
    found = _OWN_CODE.match(text)
    return f"QC-{int(found.group(1)):04d}" if found else clean(text).upper()


def case_for(connection: Connection, person: Person | None, code: str, action: Action = "see_case") -> Case:
    """The door: the case, if this person may do this with it. A stranger's case and a missing one read the same."""
    row = None
    number = BY_NUMBER.fullmatch(code.strip())
    if person is not None and number:
        row = _BY_ID.first(connection, {"wanted": int(number.group(1)), "me": person.id})
    elif person is not None:
        row = _BY_CODE.first(connection, {"wanted": plain_code(code), "me": person.id})
    return _let_in(_case(row) if row else None, person, code, action)


def case_by_id(connection: Connection, person: Person, candidate: int, action: Action = "see_case") -> Case:
    """The door, by the number that rows refer to."""
    row = _BY_ID.first(connection, {"wanted": candidate, "me": person.id})
    return _let_in(_case(row) if row else None, person, "", action)


def _let_in(case: Case | None, person: Person | None, code: str, action: Action) -> Case:
    if case is None or person is None or not allowed(person, case, "see_case"):
        raise Refusal("candidates.no_such_case", code=clean(code)[:20])
    if action != "see_case" and not allowed(person, case, action):
        raise Refusal("access.not_yours_to_do", code=case.code)
    return case


def allowed(person: Person, case: Case, action: Action) -> bool:
    """Whether the person may do this with the case. One that waits for approval is its proposer's own."""
    own = case.own or (case.proposed_by == person.id and case.state in WAITING)
    return covers(person.grants, action, case.path, case.committee_id, own=own)


def listed(
    connection: Connection,
    person: Person,
    action: Action = "see_case",
    *,
    states: Iterable[str] = ("open",),
    only_own: bool = False,
) -> list[Case]:
    """All cases that this person may do this with, in the order of their codes."""
    visible = and_(OWN, _visible(person, action)) if only_own else _visible(person, action)
    found = _CASES.where(candidates.c.state.in_(list(states)), visible).order_by(candidates.c.id)
    return [_case(row) for row in connection.execute(found, {"me": person.id})]


def by_number(connection: Connection, candidate: int) -> Case:
    """A case without asking who looks: for work that has been let in already, and for the operator."""
    return _case(_BY_ID.first(connection, {"wanted": candidate, "me": 0}))


def by_code(connection: Connection, code: str) -> Case | None:
    """The same by its code; None: there is none."""
    row = _BY_CODE.first(connection, {"wanted": plain_code(code), "me": 0})
    return _case(row) if row else None


def those(connection: Connection, person: Person, numbers: Iterable[int]) -> dict[int, Case]:
    """Cases by their numbers, as this person sees them."""
    wanted = list(numbers)
    if len(wanted) <= FEW:
        rows = (_BY_ID.first(connection, {"wanted": number, "me": person.id}) for number in wanted)
        return {row.id: _case(row) for row in rows if row}
    found = _CASES.where(candidates.c.id.in_(wanted))
    return {row.id: _case(row) for row in connection.execute(found, {"me": person.id})}


def open_to(person: Person, action: Action) -> Any:
    """The numbers of all cases that this person may do this with, as a query; it needs the parameter "me"."""
    joined = select(candidates.c.id).join_from(candidates, units, units.c.id == candidates.c.unit_id)
    return joined.where(_visible(person, action)).correlate(None)


def _visible(person: Person, action: Action) -> ColumnElement[bool]:
    """The door as a condition: what is let in by `case_for` one by one, and nothing else."""
    reached = _reached(person, action)
    seen = rights(person.grants, "see_case")
    if all(right in seen for right in rights(person.grants, action)):
        return reached
    return and_(reached, _reached(person, "see_case"))


def _reached(person: Person, action: Action) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [units_open_to(person, action)]
    if any(far == Reach.OWN for far, _ in rights(person.grants, action)):
        parts += [OWN, PROPOSED]
    return or_(*parts)


def groups_of(connection: Connection, candidate: int) -> list[str]:
    """The group labels of a candidate."""
    found = select(candidate_groups.c.label).where(candidate_groups.c.candidate_id == candidate)
    return list(connection.execute(found.order_by(candidate_groups.c.label)).scalars())


def set_groups(connection: Connection, candidate: int, groups: Iterable[str]) -> None:
    """Makes these the group labels of a candidate."""
    connection.execute(delete(candidate_groups).where(candidate_groups.c.candidate_id == candidate))
    rows = [{"candidate_id": candidate, "label": label} for label in dict.fromkeys(groups)]
    if rows:
        connection.execute(plain_insert(candidate_groups), rows)


def without_helper(connection: Connection, person: Person, action: Action) -> list[Case]:
    """Open cases that nobody helps, where this person may do this."""
    helped = exists().where(assignments.c.candidate_id == candidates.c.id, assignments.c.until.is_(None))
    found = _CASES.where(candidates.c.state == "open", _visible(person, action), ~helped).order_by(candidates.c.id)
    return [_case(row) for row in connection.execute(found, {"me": person.id})]


@dataclass(frozen=True, slots=True)
class Helping:
    """A member who helps a candidate, since when."""

    person: int
    name: str
    since: date


def helpers_of(connection: Connection, candidate: int) -> list[Helping]:
    """Who helps this candidate now, the longest first."""
    return [Helping(*row) for row in _HELPERS.rows(connection, {"candidate": candidate})]


_HELPERS = Prepared(
    select(people.c.id, people.c.name, assignments.c.since)
    .join_from(assignments, people, people.c.id == assignments.c.person_id)
    .where(assignments.c.candidate_id == bindparam("candidate"), assignments.c.until.is_(None))
    .order_by(assignments.c.since, assignments.c.id)
)


def alike(connection: Connection, person: Person, name: str, birth_year: int | None, phone: str | None) -> list[Case]:
    """Cases in the units where one may nominate that may be the same human being: name and birth year, or phone."""
    year = or_(candidates.c.born_year == birth_year, extract("year", candidates.c.born_on) == birth_year)
    same = [and_(candidates.c.folded == fold(name), year)] if birth_year else [candidates.c.folded == fold(name)]
    if phone:
        same.append(candidates.c.phone == phone)
    found = _CASES.where(or_(*same), _reached(person, "nominate"), candidates.c.state != "closed")
    return [_case(row) for row in connection.execute(found.limit(5), {"me": person.id})]


def add(
    connection: Connection, at: datetime, actor: int | None, values: Mapping[str, Any], groups: Iterable[str]
) -> str:
    """A new candidate; `values` as in the table, without a code for a new one. Gives the code."""
    row = {**values, "name": clean(values["name"]), "folded": fold(values["name"])}
    row.setdefault("code", _next_code(connection))
    key = connection.execute(plain_insert(candidates).values(**row)).inserted_primary_key
    candidate = int(key[0]) if key else 0
    with tallies.following(connection, [candidate], new=True):
        _begin(connection, at, actor, candidate, row, groups)
    return str(row["code"])


def _begin(
    connection: Connection,
    at: datetime,
    actor: int | None,
    candidate: int,
    row: Mapping[str, Any],
    groups: Iterable[str],
) -> None:
    set_groups(connection, candidate, groups)
    after = {"code": row["code"], "state": row["state"], "step": row["step"], "unit_id": row["unit_id"]}
    history.record(connection, at, actor, "candidate.add", f"candidate:{candidate}", row["unit_id"], None, after)
    dues.begin(connection, at, [(candidate, row["step"], row["step_on"])])


def _next_code(connection: Connection) -> str:
    # Where there are many writers, the next one looks only when this one's code is there to be seen.
    lock_history(connection)
    number = (connection.execute(select(func.max(candidates.c.id))).scalar() or 0) + 1
    while connection.execute(select(candidates.c.id).where(candidates.c.code == f"QC-{number:04d}")).first():
        number += 1
    return f"QC-{number:04d}"


def change(
    connection: Connection, at: datetime, actor: int | None, case: Case, action: str, values: Mapping[str, Any]
) -> bool:
    """Compare-and-set: changes the case if nobody has since it was read; False when somebody was first."""
    with tallies.following(connection, [case.id]):
        return _change(connection, at, actor, case, action, values)


def _change(
    connection: Connection, at: datetime, actor: int | None, case: Case, action: str, values: Mapping[str, Any]
) -> bool:
    mine = (candidates.c.id == case.id, candidates.c.version == case.version)
    done = connection.execute(update(candidates).where(*mine).values(**values, version=case.version + 1)).rowcount
    if done:
        before = {name: getattr(case, name) for name in values if hasattr(case, name)}
        after = {name: value for name, value in values.items() if name != "folded"}
        history.record(connection, at, actor, action, case.subject, case.unit_id, before, after)
        _follow(connection, at, case, values)
    return bool(done)


def _follow(connection: Connection, at: datetime, case: Case, values: Mapping[str, Any]) -> None:
    """Dates that hang on what was changed, and what goes along to another unit."""
    if values.get("unit_id", case.unit_id) != case.unit_id:
        tallies.rehang(connection, case.id, case.unit_id, values["unit_id"])
    if "step" in values or "step_on" in values:
        row = (case.id, values.get("step", case.step), values.get("step_on", case.step_on))
        dues.begin(connection, at, [row])
    elif values.keys() & {"state", "unit_id", "listed_on", "last_contact_on"}:
        dues.rework(connection, at, [case.id])


def assign(connection: Connection, at: datetime, actor: int | None, case: Case, person: int, on: date) -> None:
    """From `on` this person helps the candidate; nothing happens if the person does already."""
    if any(helping.person == person for helping in helpers_of(connection, case.id)):
        return
    row = {"candidate_id": case.id, "person_id": person, "since": on, "assigned_by": actor}
    connection.execute(plain_insert(assignments).values(**row))
    history.record(connection, at, actor, "candidate.assign", case.subject, case.unit_id, None, {"person_id": person})
    dues.contacted(connection, case, on)


def release(connection: Connection, at: datetime, actor: int | None, case: Case, person: int, on: date) -> bool:
    """Ends a member's help, and with it the member's access to the case."""
    held = (
        assignments.c.candidate_id == case.id,
        assignments.c.person_id == person,
        assignments.c.until.is_(None),
    )
    done = connection.execute(update(assignments).where(*held).values(until=on)).rowcount
    if done:
        notices.released(connection, case.id, person)
        history.record(
            connection, at, actor, "candidate.release", case.subject, case.unit_id, {"person_id": person}, None
        )
    return bool(done)
