"""The members of a branch as its meetings count them: who is exempt, away for a time, or has no vote yet."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, or_, select, update
from sqlalchemy import insert as plain_insert

from bot.rules.meetings import Strength
from storage import history, units
from storage.sight import within
from storage.tables import member_states, people, roles
from storage.tables import units as unit_rows

KINDS = ("exempt", "away", "probation")
ENDING_WITHIN = 30


@dataclass(frozen=True, slots=True)
class BranchMember:
    """Somebody who belongs to a branch, or to a party group in it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class MemberState:
    """What keeps a member from meetings or from voting. `kind`: exempt, away, probation; `until` None: not known.

    `introduced`: away with papers to another branch for a time, so out of the count of votes unless present.
    """

    id: int
    unit_id: int
    person: int
    name: str
    kind: str
    reason: str | None
    introduced: bool
    since: date
    until: date | None
    resolution: str | None
    ended_on: date | None

    @property
    def subject(self) -> str:
        """How the history names it."""
        return f"person:{self.person}"


def members_of(connection: Connection, unit_id: int) -> list[BranchMember]:
    """Everybody who belongs to the branch and its party groups, by name."""
    path = units.by_id(connection, unit_id).path
    found = (
        select(people.c.id, people.c.name, people.c.folded)
        .join_from(people, roles, roles.c.person_id == people.c.id)
        .join(unit_rows, unit_rows.c.id == roles.c.unit_id)
        .where(within(path), roles.c.until.is_(None), people.c.left_on.is_(None))
        .where(roles.c.role.in_(["member", "secretary", "deputy"]))
        .distinct()
        .order_by(people.c.folded, people.c.id)
    )
    return [BranchMember(row.id, row.name) for row in connection.execute(found)]


Held = Collection[tuple[int, int]]


def names_in(connection: Connection, those: Held) -> dict[tuple[int, int], str]:
    """Of these branches and people those who belong together, with names; a member of a group belongs to its branch."""
    ids = sorted({unit for unit, _ in those})
    # Below a branch are only its party groups.
    branch = case((unit_rows.c.id.in_(ids), unit_rows.c.id), else_=unit_rows.c.parent_id)
    found = (
        select(branch.label("branch"), people.c.id, people.c.name)
        .join_from(people, roles, roles.c.person_id == people.c.id)
        .join(unit_rows, unit_rows.c.id == roles.c.unit_id)
        .where(or_(unit_rows.c.id.in_(ids), unit_rows.c.parent_id.in_(ids)))
        .where(people.c.id.in_(sorted({person for _, person in those})), people.c.left_on.is_(None))
        .where(roles.c.until.is_(None), roles.c.role.in_(["member", "secretary", "deputy"]))
    )
    rows = connection.execute(found) if those else ()
    return {(row.branch, row.id): row.name for row in rows if (row.branch, row.id) in those}


def excused_in(
    connection: Connection, those: Held, on: date, kinds: Iterable[str] = ("exempt", "away")
) -> set[tuple[int, int]]:
    """Of these branches and people those of whom this holds on that day."""
    found = select(member_states.c.unit_id, member_states.c.person_id).where(
        member_states.c.unit_id.in_(sorted({unit for unit, _ in those})),
        member_states.c.kind.in_(list(kinds)),
        member_states.c.since <= on,
        or_(member_states.c.ended_on.is_(None), member_states.c.ended_on > on),
    )
    return {(unit, person) for unit, person in connection.execute(found)} if those else set()


_STATES = select(
    member_states.c.id,
    member_states.c.unit_id,
    member_states.c.person_id,
    people.c.name,
    *(member_states.c[name] for name in ("kind", "reason", "introduced", "since", "until", "resolution", "ended_on")),
).join_from(member_states, people, people.c.id == member_states.c.person_id)


def open_states(connection: Connection, unit_id: int, on: date, kinds: Iterable[str] = KINDS) -> list[MemberState]:
    """What holds on that day for those who belong to the branch, by name.

    What should have ended by then but was not ended holds on.
    """
    belongs = (
        select(roles.c.person_id)
        .join_from(roles, unit_rows, unit_rows.c.id == roles.c.unit_id)
        .where(within(units.by_id(connection, unit_id).path), roles.c.until.is_(None))
    )
    found = _STATES.where(
        member_states.c.unit_id == unit_id,
        member_states.c.kind.in_(list(kinds)),
        member_states.c.since <= on,
        or_(member_states.c.ended_on.is_(None), member_states.c.ended_on > on),
        member_states.c.person_id.in_(belongs),
        people.c.left_on.is_(None),
    )
    return [MemberState(*row) for row in connection.execute(found.order_by(people.c.folded, member_states.c.id))]


def exemptions_ending(
    connection: Connection, unit_id: int, today: date, within: int = ENDING_WITHIN
) -> list[MemberState]:
    """Exemptions whose last day comes within so many days, or has passed; the nearest first."""
    last = today + timedelta(days=within)
    exempt = open_states(connection, unit_id, today, ("exempt",))
    found = [state for state in exempt if state.until and state.until <= last]
    return sorted(found, key=lambda state: (state.until or last, state.name))


def by_number(connection: Connection, number: int) -> MemberState | None:
    """One state by the number that buttons carry; who may see it is for the caller to ask."""
    row = connection.execute(_STATES.where(member_states.c.id == number)).first()
    return MemberState(*row) if row else None


def begin(
    connection: Connection, at: datetime, actor: int | None, unit_id: int, person: int, values: dict[str, Any]
) -> int:
    """Something begins to hold for a member; one of the same kind that held until now ends."""
    for state in open_states(connection, unit_id, values["since"], (values["kind"],)):
        if state.person == person:
            end(connection, at, actor, state, values["since"])
    made = connection.execute(plain_insert(member_states).values(unit_id=unit_id, person_id=person, **values))
    # Why somebody is exempt may tell of health: the history does without it.
    after = {name: values.get(name) for name in ("kind", "since", "until", "resolution")}
    history.record(connection, at, actor, "member.state", f"person:{person}", unit_id, None, after)
    return int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0


def end(connection: Connection, at: datetime, actor: int | None, state: MemberState, on: date) -> bool:
    """It no longer holds from that day on; False when that was known already."""
    mine = (member_states.c.id == state.id, member_states.c.ended_on.is_(None))
    done = connection.execute(update(member_states).where(*mine).values(ended_on=on)).rowcount
    if done:
        after = {"kind": state.kind, "ended_on": on}
        history.record(connection, at, actor, "member.state_end", state.subject, state.unit_id, None, after)
    return bool(done)


def strength_of(connection: Connection, unit_id: int, on: date, present: Collection[int] = ()) -> Strength:
    """Who counts at a vote on that day; `present`: who has come, of those who count only then."""
    everybody = {member.id for member in members_of(connection, unit_id)}
    states = open_states(connection, unit_id, on)
    probation = {state.person for state in states if state.kind == "probation"} & everybody
    voters = everybody - probation
    away = {state.person for state in states if state.kind == "away" and state.introduced} & voters
    exempt = {state.person for state in states if state.kind == "exempt"} & voters - away
    came = set(present)
    return Strength(len(voters), len(away), len(exempt), len(away & came), len(exempt & came), len(probation))
