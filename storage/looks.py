"""What has to be looked at again: a change leaves a line in the history, which says whose reminders it may move."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, select, update

from storage.tables import candidates, dues, unit_looks, units

# Earlier than any day: looked at by the next round, whatever the clock says.
LOOK_NOW = date(2000, 1, 1)
# By the first word of an action: what stands before the unit; before all units below it; or who is told of its cases.
_OF_UNIT = ("meeting", "member", "difficulty", "target", "help", "remark", "oversight", "position", "survey")
_ABOVE = ("report.hand_in", "report.send_back", "branch.charge")
_BELOW = ("class", "unit", "role", "person")
_OF_CASE = ("candidate.assign", "candidate.release", "candidate.move", "vetting.describe")
_LOOKS = update(unit_looks).values(look_on=LOOK_NOW)
_DUES = update(dues).where(dues.c.closed_at.is_(None)).values(next_look_on=LOOK_NOW)


def after(connection: Connection, action: str, subject: str, unit: int | None) -> None:
    """A line was written to the history: the next round looks again at what hangs on it."""
    topic = action.partition(".")[0]
    if topic in _OF_UNIT or action in _ABOVE:
        _look_above(connection, unit)
    elif topic in _BELOW:
        _look_below(connection, unit, cases=topic != "class")
    elif action in _OF_CASE:
        connection.execute(_DUES.where(dues.c.candidate_id == int(subject.partition(":")[2])))
        connection.execute(_LOOKS.where(unit_looks.c.unit_id == unit))


def matters(action: str) -> bool:
    """Whether anybody's reminders may hang on such a line."""
    return action in (*_OF_CASE, *_ABOVE) or action.partition(".")[0] in (*_OF_UNIT, *_BELOW)


def _look_above(connection: Connection, unit: int | None) -> None:
    path = connection.execute(select(units.c.path).where(units.c.id == unit)).scalar()
    here = [int(part) for part in (path or "").split("/") if part]
    connection.execute(_LOOKS.where(unit_looks.c.unit_id.in_(here)))


def _look_below(connection: Connection, unit: int | None, *, cases: bool) -> None:
    path = connection.execute(select(units.c.path).where(units.c.id == unit)).scalar()
    if path:
        connection.execute(_LOOKS.where(unit_looks.c.unit_id.in_(select(units.c.id).where(_within(path)))))
        if cases:
            connection.execute(_DUES.where(dues.c.candidate_id.in_(_cases_below(path))))


def _cases_below(path: str) -> Any:
    joined = select(candidates.c.id).join_from(candidates, units, units.c.id == candidates.c.unit_id)
    return joined.where(_within(path))


def _within(path: str) -> Any:
    return (units.c.path >= path) & (units.c.path < path[:-1] + "0")
