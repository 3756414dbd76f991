"""Branch meetings: what is planned for a month, what was held, what is still owed after it; every change is kept."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, select, update

from bot.chat import Refusal
from bot.rules.meetings import meeting_day
from bot.rules.workdays import add_months
from storage import history, rulebook, units
from storage.attendance import absent_twice
from storage.classes import classes_on
from storage.database import insert
from storage.membership import exemptions_ending
from storage.tables import meeting_habits, meetings
from storage.units import Unit

__all__ = [
    "Habits",
    "Meeting",
    "absent_twice",
    "change",
    "classes_on",
    "conclusions_owed",
    "exemptions_ending",
    "habits_of",
    "held_between",
    "next_of",
    "plan_of",
    "planned_from",
    "set_habits",
    "thematic_in",
    "unrecorded",
]

Kind = Literal["regular", "thematic"]
CONCLUSIONS = "meeting_conclusions"
# How long what was not recorded or not posted is still asked for.
LOOKED_BACK = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of one month. `id` None: nobody has touched it, it follows from the branch's habits.

    `state`: planned, held, cancelled. `on` is the planned day, `held_on` the real one. `time` as "19:30".
    """

    id: int | None
    unit_id: int
    month: date
    kind: Kind
    on: date
    time: str | None = None
    place: str | None = None
    state: str = "planned"
    theme: str | None = None
    materials_on: date | None = None
    held_on: date | None = None
    resolution: str | None = None
    resolution_on: date | None = None
    conclusions_on: date | None = None
    version: int = 0

    @property
    def subject(self) -> str:
        """How the history names it."""
        return f"meeting:{self.id}"

    @property
    def day(self) -> date:
        """The day on which it was held, or is to be."""
        return self.held_on or self.on


@dataclass(frozen=True, slots=True)
class Habits:
    """How a branch usually meets. `day` None: it has set none, so the 3rd."""

    day: int | None
    time: str | None
    place: str | None


_FIELDS = [meetings.c[name] for name in Meeting.__dataclass_fields__]


def habits_of(connection: Connection, unit: Unit) -> Habits:
    """What the branch has set."""
    found = select(meeting_habits.c.time, meeting_habits.c.place).where(meeting_habits.c.unit_id == unit.id)
    row = connection.execute(found).first()
    return Habits(unit.meeting_day, row.time if row else None, row.place if row else None)


def set_habits(connection: Connection, at: datetime, actor: int | None, unit: Unit, habits: Habits) -> None:
    """Sets day, hour and place for every month to come; months that were changed on their own stay as they are."""
    before = habits_of(connection, unit)
    if habits == before:
        return
    units.change(connection, at, actor, unit, {"meeting_day": habits.day})
    kept = {"time": habits.time, "place": habits.place}
    row = insert(connection, meeting_habits).values(unit_id=unit.id, **kept)
    connection.execute(row.on_conflict_do_update(index_elements=["unit_id"], set_=kept))
    if kept != {"time": before.time, "place": before.place}:
        old = {"time": before.time, "place": before.place}
        history.record(connection, at, actor, "meeting.habits", f"unit:{unit.id}", unit.id, old, kept)


def plan_of(connection: Connection, unit_id: int, month: date, kind: Kind = "regular") -> Meeting | None:
    """The meeting of the month that `month` lies in: as it was changed, or by the branch's habits.

    None: a unit that holds none (a committee, a closed branch), or no thematic meeting planned.
    """
    first = month.replace(day=1)
    row = connection.execute(
        select(*_FIELDS).where(meetings.c.unit_id == unit_id, meetings.c.month == first, meetings.c.kind == kind)
    ).first()
    if row is not None:
        return Meeting(*row)
    return _by_habit(connection, units.by_id(connection, unit_id), first) if kind == "regular" else None


def _by_habit(connection: Connection, unit: Unit, first: date) -> Meeting | None:
    if unit.kind != "branch" or unit.closed_on is not None:
        return None
    habits, calendar = habits_of(connection, unit), rulebook.rules_of(connection).calendar
    on = meeting_day(first.year, first.month, habits.day, calendar)
    return Meeting(None, unit.id, first, "regular", on, habits.time, habits.place)


def next_of(connection: Connection, unit_id: int, today: date) -> Meeting | None:
    """The next meeting from today on, whatever its kind; None: the unit holds none."""
    coming = planned_from(connection, unit_id, today)
    return coming[0] if coming else None


def planned_from(connection: Connection, unit_id: int, today: date, months: int = 3) -> list[Meeting]:
    """What is planned from today on, for so many months, the nearest first."""
    found = []
    for ahead in range(months):
        month = add_months(today.replace(day=1), ahead)
        plans = (plan_of(connection, unit_id, month), plan_of(connection, unit_id, month, "thematic"))
        found += [plan for plan in plans if plan and plan.state == "planned" and plan.on >= today]
    return sorted(found, key=lambda plan: (plan.on, plan.kind))


def unrecorded(connection: Connection, unit_id: int, today: date) -> list[Meeting]:
    """Meetings whose day has passed and of which nothing is recorded, the oldest first.

    A branch that had recorded none before last month is asked about this month's only, and about changed plans.
    """
    this = today.replace(day=1)
    before = add_months(this, -1)
    plans = [plan_of(connection, unit_id, month, kind) for month in (before, this) for kind in ("regular", "thematic")]
    since = before if held_between(connection, unit_id, date.min, before) else this
    return [
        plan
        for plan in plans
        if plan and plan.state == "planned" and plan.on < today and (plan.id is not None or plan.month >= since)
    ]


def held_between(connection: Connection, unit_id: int, first: date, last: date) -> list[Meeting]:
    """Meetings that were held from the one day to the other, the oldest first."""
    found = select(*_FIELDS).where(
        meetings.c.unit_id == unit_id, meetings.c.state == "held", meetings.c.held_on.between(first, last)
    )
    return [Meeting(*row) for row in connection.execute(found.order_by(meetings.c.held_on, meetings.c.id))]


def conclusions_owed(connection: Connection, unit_id: int, today: date) -> list[tuple[Meeting, date]]:
    """Meetings whose conclusions are not posted, each with the day by which they are to be.

    HD 42-HD/BTCTW (28/10/2025): within two days; `meeting_conclusions` in the rulebook.
    """
    owed = []
    for meeting in held_between(connection, unit_id, today - LOOKED_BACK, today):
        if meeting.conclusions_on is None:
            owed.append((meeting, conclusions_due(connection, meeting)))
    return owed


def conclusions_due(connection: Connection, meeting: Meeting) -> date:
    """The last day for posting what a meeting concluded."""
    clock = rulebook.rules_of(connection).book.clock(CONCLUSIONS, meeting.day)
    return meeting.day + timedelta(days=clock.amount if clock else 2)


def thematic_in(connection: Connection, unit_id: int, first: date, last: date) -> list[Meeting]:
    """Thematic meetings planned or held in that span; cancelled ones do not count."""
    found = select(*_FIELDS).where(
        meetings.c.unit_id == unit_id,
        meetings.c.kind == "thematic",
        meetings.c.state != "cancelled",
        meetings.c.on.between(first, last),
    )
    return [Meeting(*row) for row in connection.execute(found.order_by(meetings.c.on))]


def by_number(connection: Connection, number: int) -> Meeting | None:
    """A meeting by the number that buttons carry; who may see it is for the caller to ask."""
    row = connection.execute(select(*_FIELDS).where(meetings.c.id == number)).first()
    return Meeting(*row) if row else None


def kept(connection: Connection, at: datetime, actor: int | None, meeting: Meeting) -> Meeting:
    """The meeting as a row: one that only followed from habits becomes one of its own."""
    if meeting.id is not None:
        return meeting
    values = {**asdict(meeting), "version": 1}
    del values["id"]
    row = insert(connection, meetings).values(**values)
    made = connection.execute(row.on_conflict_do_nothing(index_elements=["unit_id", "month", "kind"]))
    found = plan_of(connection, meeting.unit_id, meeting.month, meeting.kind)
    if found is None or found.id is None:
        raise Refusal("conversation.old_button")
    if made.rowcount:
        after = {"month": meeting.month, "kind": meeting.kind, "on": meeting.on}
        history.record(connection, at, actor, "meeting.plan", found.subject, meeting.unit_id, None, after)
    return found


def change(
    connection: Connection, at: datetime, actor: int | None, meeting: Meeting, action: str, **values: Any
) -> Meeting:
    """Changes a meeting if nobody has since it was read; what it was stays in the history."""
    old = kept(connection, at, actor, meeting)
    if meeting.id is None and old.version > 1:
        raise Refusal("meetings.changed_meanwhile")
    before = {name: getattr(old, name) for name in values if getattr(old, name) != values[name]}
    if not before:
        return old
    mine = (meetings.c.id == old.id, meetings.c.version == old.version)
    done = connection.execute(update(meetings).where(*mine).values(**values, version=old.version + 1)).rowcount
    if not done:
        raise Refusal("meetings.changed_meanwhile")
    after = {name: values[name] for name in before}
    history.record(connection, at, actor, action, old.subject, old.unit_id, before, after)
    return replace(old, **values, version=old.version + 1)
