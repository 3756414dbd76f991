"""How the messages to people are faring, for those who answer for them: numbers, names and reasons, never the words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, distinct, exists, func, select, text, update

from storage import history
from storage.outbox_tables import NOTICE_WAITS, NOTICES
from storage.people import Person
from storage.prepared import Prepared
from storage.sight import units_open_to
from storage.tables import addresses, outbox, people, roles, units


@dataclass(frozen=True, slots=True)
class Told:
    """Messages of one kind since some moment: how many, to how many people, and how many had a button pressed."""

    kind: str
    messages: int
    people: int
    seen: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A message that was given up; `problem` says why, `at` is the last try."""

    id: int
    person: int
    name: str
    unit: str
    kind: str
    at: datetime | None
    problem: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody whom no chat reaches; `waiting` messages are kept. `since` None: from before that was noted."""

    person: int
    name: str
    unit: str
    since: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Held:
    """Messages that wait until the same moment for the same reason."""

    until: datetime
    why: str
    messages: int
    people: int


_WENT = outbox.c.state.in_(["sent", "seen"])


def _theirs(viewer: Person) -> Any:
    """A condition on the person of a row: somebody with a role where the viewer sees deliveries."""
    joined = select(roles.c.person_id).join_from(roles, units, units.c.id == roles.c.unit_id)
    return joined.where(roles.c.until.is_(None), units_open_to(viewer, "see_deliveries"))


def told(connection: Connection, viewer: Person, since: datetime) -> list[Told]:
    """What has gone out since then, most first."""
    count = func.count()
    found = (
        select(
            outbox.c.kind,
            count.label("messages"),
            func.count(distinct(outbox.c.person_id)).label("people"),
            func.count(outbox.c.seen_at).label("seen"),
        )
        .where(text(NOTICES), _WENT, outbox.c.sent_at >= since, outbox.c.kind != "edit")
        .where(outbox.c.person_id.in_(_theirs(viewer)))
        .group_by(outbox.c.kind)
        .order_by(count.desc())
    )
    return [Told(row.kind, row.messages, row.people, row.seen) for row in connection.execute(found)]


def people_told(connection: Connection, viewer: Person, since: datetime) -> int:
    """How many people got something since then."""
    found = (
        select(func.count(distinct(outbox.c.person_id)))
        .where(text(NOTICES), _WENT, outbox.c.sent_at >= since, outbox.c.kind != "edit")
        .where(outbox.c.person_id.in_(_theirs(viewer)))
    )
    return int(connection.execute(found).scalar() or 0)


def waiting(connection: Connection, viewer: Person, now: datetime) -> int:
    """How many are on their way: due, and not held."""
    due = (outbox.c.state != "held", outbox.c.due_at <= now)
    found = select(func.count()).where(text(NOTICE_WAITS), *due, outbox.c.person_id.in_(_theirs(viewer)))
    return int(connection.execute(found).scalar() or 0)


def failed(connection: Connection, viewer: Person, since: datetime) -> list[Failed]:
    """What was given up since then, the latest first."""
    place = _place(viewer)
    found = (
        select(outbox, people.c.name, place.label("unit"))
        .join_from(outbox, people, people.c.id == outbox.c.person_id)
        .where(text(NOTICES), outbox.c.state == "failed")
        .where(outbox.c.tried_at >= since, outbox.c.person_id.in_(_theirs(viewer)))
        .order_by(outbox.c.tried_at.desc(), outbox.c.id)
    )
    return [
        Failed(row.id, row.person_id, row.name, row.unit or "", row.kind, row.tried_at, row.problem or "")
        for row in connection.execute(found)
    ]


def _place(viewer: Person) -> Any:
    """The name of one unit of a person, of those where the viewer sees deliveries."""
    here = (roles.c.person_id == people.c.id, roles.c.until.is_(None), units_open_to(viewer, "see_deliveries"))
    joined = select(func.min(units.c.name)).join_from(roles, units, units.c.id == roles.c.unit_id).where(*here)
    return joined.correlate(people).scalar_subquery()


def gone(connection: Connection, viewer: Person) -> list[Gone]:
    """Whom no chat reaches any more, the longest lost first."""
    chat = select(addresses.c.channel).where(addresses.c.person_id == people.c.id)
    lost = (
        select(func.max(addresses.c.lost_at, type_=addresses.c.lost_at.type))
        .where(addresses.c.person_id == people.c.id)
        .scalar_subquery()
    )
    kept = (
        select(func.count())
        .select_from(outbox)
        .where(text(NOTICES), outbox.c.state == "unreachable", outbox.c.person_id == people.c.id)
        .correlate(people)
        .scalar_subquery()
    )
    found = (
        select(people.c.id, people.c.name, _place(viewer).label("unit"), lost.label("since"), kept.label("waiting"))
        .where(people.c.left_on.is_(None), people.c.id.in_(_theirs(viewer)))
        .where(exists(chat.correlate(people)), ~exists(chat.where(addresses.c.reachable).correlate(people)))
        .order_by("since", people.c.folded)
    )
    return [Gone(row.id, row.name, row.unit or "", row.since, row.waiting) for row in connection.execute(found)]


def held(connection: Connection, viewer: Person) -> list[Held]:
    """What waits for quiet hours, Sundays and the like to end, the soonest first."""
    found = (
        select(
            outbox.c.due_at,
            outbox.c.problem,
            func.count().label("messages"),
            func.count(distinct(outbox.c.person_id)).label("people"),
        )
        .where(text(NOTICES), outbox.c.state == "held", outbox.c.person_id.in_(_theirs(viewer)))
        .group_by(outbox.c.due_at, outbox.c.problem)
        .order_by(outbox.c.due_at)
    )
    return [Held(row.due_at, row.problem or "", row.messages, row.people) for row in connection.execute(found)]


def resend(connection: Connection, viewer: Person, now: datetime, wanted: Sequence[Failed]) -> int:
    """Lets these go out again; how many still could. The viewer takes the chance of a second copy upon himself."""
    rows = {one.id: one for one in wanted}
    again = update(outbox).where(outbox.c.id.in_(rows), outbox.c.state == "failed")
    done = connection.execute(
        again.values(state="queued", due_at=now, tries=0, problem=None, holder=None).returning(outbox.c.id)
    ).scalars()
    lines = [
        history.Line("delivery.resend", f"person:{rows[row].person}", None, None, {"kind": rows[row].kind})
        for row in done
    ]
    history.record_all(connection, now, viewer.id, lines)
    return len(lines)


_OWN = (text(NOTICES), outbox.c.person_id == bindparam("whose"), outbox.c.state == "unreachable")
_WAITING_FOR = Prepared(select(func.count()).select_from(outbox).where(*_OWN))
_BRING = Prepared(update(outbox).where(*_OWN).values(state="queued", due_at=bindparam("at"), tries=0, problem=None))


def waiting_for(connection: Connection, person: int) -> int:
    """How many messages are kept for somebody who could not be reached."""
    return int(_WAITING_FOR.first(connection, {"whose": person})[0])


def bring(connection: Connection, person: int, at: datetime) -> int:
    """Lets what is kept for this person go out; how many."""
    return _BRING.run(connection, {"whose": person, "at": at})
