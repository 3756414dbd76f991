"""The meetings of many branches at once, as far as something is before them or still owed of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select

from bot.rules.meetings import meeting_day
from bot.rules.periods import containing
from bot.rules.unit_events import Meeting
from bot.rules.workdays import WorkCalendar, add_months
from storage import rulebook
from storage.sight import within
from storage.tables import meeting_habits, meetings, units
from storage.units import Unit

# How long conclusions that were not posted are still asked for.
LOOKED_BACK = timedelta(days=60)


@dataclass(slots=True)
class Met:
    """Regular meetings, the oldest first; whether a thematic one is planned or was held in this quarter."""

    meetings: list[Meeting] = field(default_factory=list)
    thematic: bool = False


def of(connection: Connection, branches: Sequence[Unit], today: date) -> dict[int, Met]:
    """Of this month and the next; of the month before, where it was not recorded; and those without conclusions.

    As `meetings.unrecorded` has it: a branch that had recorded none before last month is asked about this month only.
    """
    ids = [unit.id for unit in branches]
    calendar = rulebook.rules_of(connection).calendar
    this = today.replace(day=1)
    before, after = add_months(this, -1), add_months(this, 1)
    rows, habits = _rows(connection, ids, before, today), _habits(connection, ids)
    used = _recorded_before(connection, ids, before)
    found: dict[int, Met] = {}
    for unit in branches:
        mine = rows[unit.id]
        planned = {row.month: row for row in mine if row.kind == "regular"}
        asked = [before] if unit.id in used or before in planned else []
        regular = [
            _meeting(planned[month]) if month in planned else _by_habit(unit, month, habits.get(unit.id), calendar)
            for month in sorted({*planned, *asked, this, after})
        ]
        late = [one for one in regular if one.month >= this or one.held_on is not None or one.on < today]
        found[unit.id] = Met(late, _thematic(mine, today))
    return found


def set_otherwise(connection: Connection, path: str, since: date) -> dict[int, dict[tuple[int, int], date | None]]:
    """Regular meetings that were planned or held on a day of their own, at or below `path`, from `since`'s month on.

    By unit, then by year and month; None: called off.
    """
    found: dict[int, dict[tuple[int, int], date | None]] = defaultdict(dict)
    rows = connection.execute(_OTHERWISE.where(within(path)), {"since": since.replace(day=1)})
    for row in rows:
        day = None if row.state == "cancelled" else (row.held_on or row.on)
        found[row.unit_id][row.month.year, row.month.month] = day
    return found


_OTHERWISE = (
    select(meetings.c.unit_id, meetings.c.month, meetings.c.on, meetings.c.held_on, meetings.c.state)
    .join_from(meetings, units, units.c.id == meetings.c.unit_id)
    .where(meetings.c.kind == "regular", meetings.c.month >= bindparam("since"))
)


def _rows(connection: Connection, ids: Sequence[int], before: date, today: date) -> dict[int, list[Any]]:
    since = min(before, containing("quarter", today).first)
    owed = and_(
        meetings.c.state == "held", meetings.c.conclusions_on.is_(None), meetings.c.held_on >= today - LOOKED_BACK
    )
    wanted = (meetings.c.unit_id.in_(ids), or_(meetings.c.month >= since, owed))
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(select(meetings).where(*wanted).order_by(meetings.c.month)):
        stale = row.month < before and (row.state != "held" or row.conclusions_on is not None)
        if row.kind != "regular" or not stale:
            found[row.unit_id].append(row)
    return found


def _habits(connection: Connection, ids: Sequence[int]) -> dict[int, Any]:
    found = select(meeting_habits).where(meeting_habits.c.unit_id.in_(ids))
    return {row.unit_id: row for row in connection.execute(found)}


def _recorded_before(connection: Connection, ids: Sequence[int], day: date) -> set[int]:
    held = (meetings.c.unit_id.in_(ids), meetings.c.state == "held", meetings.c.held_on <= day)
    return set(connection.execute(select(meetings.c.unit_id).distinct().where(*held)).scalars())


def _meeting(row: Any) -> Meeting:
    held_on = row.held_on if row.state == "held" else None
    return Meeting(
        row.month,
        row.on,
        row.time or "",
        row.place or "",
        held_on,
        row.materials_on,
        row.conclusions_on,
        row.state == "cancelled",
    )


def _by_habit(unit: Unit, month: date, habit: Any, calendar: WorkCalendar) -> Meeting:
    on = meeting_day(month.year, month.month, unit.meeting_day, calendar)
    return Meeting(month, on, (habit.time if habit else None) or "", (habit.place if habit else None) or "")


def _thematic(rows: Sequence[Any], today: date) -> bool:
    quarter = containing("quarter", today)
    return any(row.kind == "thematic" and row.state != "cancelled" and row.on in quarter for row in rows)
