"""The changes of a case in order: those that are done, those that wait for the committee's office, those taken back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy import insert as plain_insert

from bot.chat import Refusal
from bot.rules.changes import Change, ChangeKind
from storage import facts
from storage.tables import candidates, case_changes, people

if TYPE_CHECKING:
    from storage.candidates import Case

Numbers = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Noted:
    """A change as it is kept.

    `state`: done, undone, pending, returned, withdrawn or overtaken. `person` wrote it (None: the office's machine),
    `decided_by` confirmed it or sent it back. `numbers`: paper numbers that it sets, by event.
    """

    id: int
    candidate_id: int
    code: str
    unit_id: int
    state: str
    change: Change
    action: str
    numbers_before: Numbers
    numbers: Numbers
    person: int | None
    person_name: str | None
    at: datetime
    decided_by: int | None
    decided_at: datetime | None
    decided_why: str | None
    from_version: int | None
    to_version: int | None


_FOUND = (
    select(case_changes, candidates.c.code, candidates.c.unit_id, people.c.name.label("person_name"))
    .join_from(case_changes, candidates, candidates.c.id == case_changes.c.candidate_id)
    .join(people, people.c.id == case_changes.c.person_id, isouter=True)
)
_OF_CASE = _FOUND.where(case_changes.c.candidate_id == bindparam("case")).order_by(case_changes.c.id)


def history_of_changes(connection: Connection, case: "Case") -> list[Noted]:
    """Every change of a case that took effect, oldest first; those undone since are among them, marked."""
    return [noted for noted in of_case(connection, case.id) if noted.state in ("done", "undone")]


def of_case(connection: Connection, candidate: int) -> list[Noted]:
    """Everything noted for a case, oldest first."""
    return [as_noted(row) for row in connection.execute(_OF_CASE, {"case": candidate})]


def found_where(connection: Connection, *conditions: Any, **values: Any) -> list[Noted]:
    """Changes that fulfil conditions on `case_changes`, oldest first; `values` of the conditions' parameters."""
    found = _FOUND.where(*conditions).order_by(case_changes.c.id)
    return [as_noted(row) for row in connection.execute(found, values)]


def by_id(connection: Connection, number: int) -> Noted:
    """One change by its number; refuses a number that is none."""
    found = found_where(connection, case_changes.c.id == number)
    if not found:
        raise Refusal("admission.not_pending")
    return found[0]


def note(
    connection: Connection,
    at: datetime,
    actor: int | None,
    candidate: int,
    change: Change,
    action: str,
    *,
    state: str = "done",
    numbers: tuple[Numbers, Numbers] = ({}, {}),
    versions: tuple[int, int] | None = None,
) -> int:
    """Keeps a change; `numbers` before and after it. Gives its number."""
    before, after = told(change, *numbers)
    came, went = versions or (None, None)
    values = {
        "candidate_id": candidate,
        "state": state,
        "kind": change.kind,
        "step": change.step,
        "on": change.on,
        "before": json.dumps(before, ensure_ascii=False, sort_keys=True),
        "after": json.dumps(after, ensure_ascii=False, sort_keys=True),
        "reason": change.reason,
        "action": action,
        "person_id": actor,
        "at": at,
        "from_version": came,
        "to_version": went,
    }
    made = connection.execute(plain_insert(case_changes).values(**values)).inserted_primary_key
    return int(made[0]) if made else 0


def settle(connection: Connection, number: int, state: str, **more: Any) -> None:
    """Sets what became of a change."""
    connection.execute(update(case_changes).where(case_changes.c.id == number).values(state=state, **more))


def told(change: Change, numbers_before: Numbers, numbers: Numbers) -> tuple[dict[str, Any], dict[str, Any]]:
    """A change as plain JSON values, before and after: what is kept, and what the history tells."""
    return (
        _plain(change.dates_before, change.before, numbers_before),
        _plain(change.dates_after, change.after, numbers),
    )


def _plain(dates: Mapping[str, date | None], values: Mapping[str, Any], numbers: Numbers) -> dict[str, Any]:
    days = {event: day.isoformat() if day else None for event, day in dates.items()}
    parts = {"dates": days, "facts": facts.as_json(values), "numbers": dict(numbers)}
    return {name: part for name, part in parts.items() if part}


def as_noted(row: Any) -> Noted:
    """A change from its row."""
    before, after = json.loads(row.before), json.loads(row.after)
    change = Change(
        cast(ChangeKind, row.kind),
        row.step,
        row.on,
        _days(before.get("dates", {})),
        _days(after.get("dates", {})),
        facts.from_json(before.get("facts", {})),
        facts.from_json(after.get("facts", {})),
        row.reason,
    )
    return Noted(
        row.id,
        row.candidate_id,
        row.code,
        row.unit_id,
        row.state,
        change,
        row.action,
        before.get("numbers", {}),
        after.get("numbers", {}),
        row.person_id,
        row.person_name,
        row.at,
        row.decided_by,
        row.decided_at,
        row.decided_why,
        row.from_version,
        row.to_version,
    )


def _days(days: Mapping[str, str | None]) -> dict[str, date | None]:
    return {event: date.fromisoformat(day) if day else None for event, day in days.items()}
