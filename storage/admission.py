"""The moves of a case: written by whoever is first, undone by their writer, confirmed by the committee's office.

Rulebook and calendar come from `rulebook.rules_of(connection)`; what is known of the case from `facts_of`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, and_, select, update

from bot.chat import Refusal
from bot.rules.access import Action
from bot.rules.admission import set_by_unit
from bot.rules.book import Rulebook
from bot.rules.changes import Change, apply, undone
from bot.rules.workdays import WorkCalendar
from storage import candidates as cases
from storage import changes, exits, history, tallies
from storage.candidates import Case
from storage.changes import Noted, Numbers, history_of_changes
from storage.dues import COLUMNS as DUE_COLUMNS
from storage.dues import Due, dues_of, refresh, work_out
from storage.facts import Known, columns_of, facts_of, keep, keep_dates, keep_numbers, known, numbers_of
from storage.people import Person
from storage.rulebook import book_of, calendar_of, rules_of
from storage.settings import local_of, set_local
from storage.tables import candidates, case_changes, dues

__all__ = [
    "Due",
    "Noted",
    "Overdue",
    "book_of",
    "calendar_of",
    "confirm",
    "dues_of",
    "facts_of",
    "history_of_changes",
    "local_of",
    "overdue",
    "pend",
    "pending_by_id",
    "pending_for",
    "pending_of",
    "refresh",
    "rules_of",
    "send_back_pending",
    "set_local",
    "undo_last",
    "write",
]

# What a date in the past means: somebody is late, or a paper has lapsed. Milestones simply come to pass.
LATE = ("deadline", "validity", "local")


def write(
    connection: Connection,
    at: datetime,
    actor: int | None,
    case: Case,
    change: Change,
    action: str,
    book: Rulebook,
    calendar: WorkCalendar,
    papers: Mapping[str, str] | None = None,
) -> bool:
    """Compare-and-set: keeps a change if nobody has changed the case since it was read; False when somebody was first.

    `papers`: numbers of papers by event. The history gets one line: the facts and dates that moved, never any content.
    """
    numbers = _numbers(connection, case.id, change, papers or {})
    went = _write(connection, at, actor, case, change, action, book, calendar, numbers)
    if went is None:
        return False
    changes.note(
        connection, at, actor, case.id, change, action, numbers=numbers, versions=(case.version, went)
    )  # fmt: skip
    return True


def _write(
    connection: Connection,
    at: datetime,
    actor: int | None,
    case: Case,
    change: Change,
    action: str,
    book: Rulebook,
    calendar: WorkCalendar,
    numbers: tuple[Numbers, Numbers],
) -> int | None:
    """The case's new version; None when somebody was first."""
    with tallies.following(connection, [case.id]):
        return _keep(connection, at, actor, case, change, action, book, calendar, numbers)


def _keep(
    connection: Connection,
    at: datetime,
    actor: int | None,
    case: Case,
    change: Change,
    action: str,
    book: Rulebook,
    calendar: WorkCalendar,
    numbers: tuple[Numbers, Numbers],
) -> int | None:
    before = known(connection, [case.id])[0]
    after = replace(before, facts=apply(before.facts, change), state=_state(case, change))
    values = columns_of(change.after) | {"state": after.state, "version": case.version + 1}
    mine = (candidates.c.id == case.id, candidates.c.version == case.version)
    if not connection.execute(update(candidates).where(*mine).values(**values)).rowcount:
        return None
    keep_dates(connection, case.id, change.dates_after)
    keep_numbers(connection, case.id, numbers[1])
    keep(connection, case.id, change.after)
    exits.of_case(connection, actor, case, change, book)
    moves = work_out(connection, at, after, book, calendar)
    was, now = changes.told(change, *numbers)
    told = {"kind": change.kind, "step": change.step, "on": change.on, "reason": change.reason}
    now |= {name: value for name, value in told.items() if value}
    if moves.after:
        was["due"], now["due"] = moves.before, moves.after
    history.record(connection, at, actor, action, case.subject, case.unit_id, was, now)
    return case.version + 1


def _state(case: Case, change: Change) -> str:
    """A case that leaves the road is closed; one that comes back is open again."""
    if "left" not in change.after:
        return case.state
    return "closed" if change.after["left"] else "open"


def _numbers(
    connection: Connection, candidate: int, change: Change, papers: Mapping[str, str]
) -> tuple[Numbers, Numbers]:
    """The paper numbers that a change replaces, and those it sets; they fall with their dates."""
    had = numbers_of(connection, candidate)
    fallen = dict.fromkeys(event for event, day in change.dates_after.items() if day is None and event in had)
    after: Numbers = {**fallen, **papers}
    return {event: had.get(event) for event in after}, after


def undo_last(
    connection: Connection, at: datetime, actor: int, case: Case, book: Rulebook, calendar: WorkCalendar
) -> Change:
    """Takes back the newest change of a case, if this person wrote it a short while ago; gives what was done instead.

    A proposal that still waits is withdrawn. How long: `undo_minutes` of the unit, 15 unless set otherwise.
    """
    noted = [one for one in changes.of_case(connection, case.id) if one.state in ("done", "pending")]
    last = noted[-1] if noted else None
    if last is None or actor != (last.decided_by or last.person):
        raise Refusal("admission.nothing_to_undo", code=case.code)
    facts = facts_of(connection, case)
    if at - (last.decided_at or last.at) > timedelta(minutes=set_by_unit(facts, "undo_minutes", book)):
        raise Refusal("admission.too_late_to_undo", code=case.code)
    if last.state == "pending":
        return _withdraw(connection, at, actor, last)
    if last.to_version != case.version:
        raise Refusal("admission.nothing_to_undo", code=case.code)
    change = undone(last.change, at.date())
    numbers = ({event: last.numbers.get(event) for event in last.numbers_before}, last.numbers_before)
    went = _write(connection, at, actor, case, change, "admission.undo", book, calendar, numbers)
    if went is None:
        raise Refusal("candidates.changed_meanwhile", code=case.code)
    changes.settle(connection, last.id, "undone", decided_by=actor, decided_at=at)
    earlier = and_(case_changes.c.candidate_id == case.id, case_changes.c.to_version == last.from_version)
    connection.execute(update(case_changes).where(earlier).values(to_version=went))
    return change


def _withdraw(connection: Connection, at: datetime, actor: int, pending: Noted) -> Change:
    changes.settle(connection, pending.id, "withdrawn", decided_by=actor, decided_at=at)
    _tell(connection, at, actor, pending, "admission.withdraw")
    return undone(pending.change, at.date())


def pend(
    connection: Connection,
    at: datetime,
    actor: int | None,
    case: Case,
    change: Change,
    action: str,
    papers: Mapping[str, str] | None = None,
) -> int:
    """Puts a change before the committee's office: the case stays as it is until it is confirmed. Gives its number.

    What waited for this step already is overtaken by it.
    """
    for earlier in pending_of(connection, case):
        if earlier.change.step == change.step:
            changes.settle(connection, earlier.id, "overtaken", decided_by=actor, decided_at=at)
    numbers = _numbers(connection, case.id, change, papers or {})
    number = changes.note(connection, at, actor, case.id, change, action, state="pending", numbers=numbers)
    told = {"pending": number, "step": change.step, "on": change.on, "kind": change.kind}
    history.record(connection, at, actor, "admission.pend", case.subject, case.unit_id, None, told)
    return number


def pending_of(connection: Connection, case: Case) -> list[Noted]:
    """What waits for the office in one case."""
    return changes.found_where(connection, case_changes.c.candidate_id == case.id, case_changes.c.state == "pending")


def pending_for(connection: Connection, person: Person) -> list[Noted]:
    """What waits for this person to confirm or send back, the oldest first."""
    mine = case_changes.c.candidate_id.in_(cases.open_to(person, "confirm_step"))
    return changes.found_where(connection, case_changes.c.state == "pending", mine, me=person.id)


def pending_by_id(connection: Connection, person: Person, number: int) -> tuple[Case, Noted]:
    """The door to what waits; something decided, missing or a stranger's reads the same."""
    found = changes.by_id(connection, number)
    if found.state != "pending":
        raise Refusal("admission.not_pending")
    try:
        return cases.case_by_id(connection, person, found.candidate_id, "confirm_step"), found
    except Refusal:
        raise Refusal("admission.not_pending") from None


def confirm(
    connection: Connection, at: datetime, actor: int, pending_id: int, book: Rulebook, calendar: WorkCalendar
) -> Noted:
    """Makes a waiting change count, dated as the branch recorded it; whoever asks has been let in by `pending_by_id`.

    Refuses when it was decided already, or when what it builds on has changed since: then it is overtaken.
    """
    pending = _waiting(connection, pending_id)
    case = cases.by_number(connection, pending.candidate_id)
    before = known(connection, [case.id])[0]
    if not _fits(pending.change, before):
        raise Refusal("candidates.changed_meanwhile", code=case.code)
    numbers = _numbers(connection, case.id, pending.change, {k: v for k, v in pending.numbers.items() if v})
    went = _write(connection, at, actor, case, pending.change, pending.action, book, calendar, numbers)
    if went is None:
        raise Refusal("candidates.changed_meanwhile", code=case.code)
    versions = {"from_version": case.version, "to_version": went}
    changes.settle(connection, pending_id, "done", decided_by=actor, decided_at=at, **versions)
    return changes.by_id(connection, pending_id)


def _fits(change: Change, case: Known) -> bool:
    """Whether all that the change was built on is still so."""
    same_dates = all(case.facts.dates.get(event) == day for event, day in change.dates_before.items())
    return same_dates and all(getattr(case.facts, name) == value for name, value in change.before.items())


def send_back_pending(connection: Connection, at: datetime, actor: int, pending_id: int, reason: str) -> Noted:
    """Gives a waiting change back to the branch. `reason`: a slug of back_reasons."""
    pending = _waiting(connection, pending_id)
    changes.settle(connection, pending_id, "returned", decided_by=actor, decided_at=at, decided_why=reason)
    _tell(connection, at, actor, pending, "admission.return", reason)
    return changes.by_id(connection, pending_id)


def _waiting(connection: Connection, number: int) -> Noted:
    found = changes.by_id(connection, number)
    if found.state != "pending":
        raise Refusal("admission.not_pending")
    return found


def _tell(
    connection: Connection, at: datetime, actor: int, pending: Noted, action: str, reason: str | None = None
) -> None:
    told = {"pending": pending.id, "step": pending.change.step, "on": pending.change.on}
    after = {"reason": reason} if reason else None
    subject = f"candidate:{pending.candidate_id}"
    history.record(connection, at, actor, action, subject, pending.unit_id, told, after)


@dataclass(frozen=True, slots=True)
class Overdue:
    """A date of a case that has passed."""

    case: Case
    due: Due


def overdue(connection: Connection, person: Person, on: date, action: Action = "see_case") -> list[Overdue]:
    """What was due before that day in all open cases that this person may see, the oldest first."""
    found = select(*DUE_COLUMNS).where(dues.c.closed_at.is_(None), dues.c.due_on < on, dues.c.kind.in_(LATE))
    visible = found.where(dues.c.candidate_id.in_(cases.open_to(person, action)))
    rows = connection.execute(visible.order_by(dues.c.due_on, dues.c.candidate_id, dues.c.rule), {"me": person.id})
    late = [Due(*row) for row in rows]
    found_cases = cases.those(connection, person, {due.candidate_id for due in late})
    return [Overdue(found_cases[due.candidate_id], due) for due in late]
