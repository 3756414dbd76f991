"""The dates that run for each case, kept in rows: worked out anew whenever the case, a rule or a day off changes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Date, bindparam, literal_column, select, update
from sqlalchemy import insert as plain_insert

from bot.rules import deadlines
from bot.rules.book import Rulebook
from bot.rules.lists import Swap
from bot.rules.workdays import WorkCalendar
from storage import history, notices, rulebook, tallies
from storage.counting import CONTACT, Key, day_slot
from storage.database import days_moved
from storage.facts import BATCH, Known, known, take_over
from storage.history import Line
from storage.looks import LOOK_NOW
from storage.notices import Overtaken
from storage.prepared import Prepared
from storage.sight import within
from storage.tables import candidates, dues, units

if TYPE_CHECKING:
    from storage.candidates import Case


@dataclass(frozen=True, slots=True)
class Due:
    """A date that runs for a case. `version` of the rule and `digest` of the rulebook gave it.

    `kind`: deadline, validity, milestone, earliest or local, as in deadlines.yaml. `subject`: empty, or the number of
    the vetting request.
    """

    candidate_id: int
    rule: str
    subject: str
    kind: str
    start_event: str
    start_on: date
    due_on: date
    binds: str
    version: str
    digest: str
    opened_at: datetime

    @property
    def name(self) -> str:
        """How the history names it."""
        return f"{self.rule}:{self.subject}" if self.subject else self.rule


@dataclass(frozen=True, slots=True)
class Moves:
    """Dates of one case that differ now; None: did not run before, or runs no longer."""

    before: dict[str, date | None] = field(default_factory=dict)
    after: dict[str, date | None] = field(default_factory=dict)


COLUMNS = [dues.c[name] for name in Due.__dataclass_fields__]
_GIVEN = ("kind", "start_event", "start_on", "due_on", "binds", "version", "digest")
_OF = select(*COLUMNS).where(dues.c.candidate_id == bindparam("case"), dues.c.closed_at.is_(None))
_OF_MANY = select(dues).where(dues.c.candidate_id.in_(bindparam("wanted", expanding=True)))
_SET = (
    update(dues)
    .where(dues.c.id == bindparam("row"))
    .values(
        {name: bindparam(f"new_{name}") for name in (*_GIVEN, "opened_at", "closed_at")} | {"next_look_on": LOOK_NOW}
    )
)
_IS_GAP = (
    dues.c.candidate_id == bindparam("case"),
    dues.c.rule == literal_column(f"'{CONTACT}'"),
    dues.c.subject == literal_column("''"),
    dues.c.closed_at.is_(None),
)
_GAP = Prepared(select(dues.c.start_on, dues.c.due_on).where(*_IS_GAP))
_CONTACTED = Prepared(
    update(dues)
    .where(
        *_IS_GAP,
        dues.c.start_on < bindparam("last", type_=Date),
    )
    .values(
        start_on=bindparam("last", type_=Date),
        due_on=days_moved(dues.c.due_on, dues.c.start_on, bindparam("last", type_=Date)),
        next_look_on=LOOK_NOW,
    )
)


def dues_of(connection: Connection, case: "Case") -> list[Due]:
    """The dates that run for a case, the nearest first."""
    return of_candidate(connection, case.id)


def of_candidate(connection: Connection, candidate: int) -> list[Due]:
    """The same by the number of the case."""
    rows = connection.execute(_OF.order_by(dues.c.due_on, dues.c.rule, dues.c.subject), {"case": candidate})
    return [Due(*row) for row in rows]


def work_out(connection: Connection, at: datetime, case: Known, book: Rulebook, calendar: WorkCalendar) -> Moves:
    """Works out every date of one case as it is known now, and keeps what differs; the history is the caller's."""
    return _work_out(connection, at, [case], book, calendar).get(case.id, Moves())


def rework(connection: Connection, at: datetime, ids: Sequence[int]) -> None:
    """After a change that has its own line in the history: the dates of these cases by the rulebook in use."""
    rules = rulebook.rules_of(connection)
    for some in pieces(ids):
        _work_out(connection, at, known(connection, some), rules.book, rules.calendar)


def begin(connection: Connection, at: datetime, rows: Sequence[tuple[int, str, date]]) -> None:
    """Cases that come with a step and its day: (candidate, step, day). What follows from it is kept and worked out."""
    take_over(connection, rows, rulebook.book_of(connection))
    rework(connection, at, [candidate for candidate, _, _ in rows])


def refresh(
    connection: Connection,
    at: datetime,
    cases: Iterable[int],
    book: Rulebook,
    calendar: WorkCalendar,
    actor: int | None = None,
) -> int:
    """Works the dates of these cases out anew after a rule, a setting or a day off has changed: how many moved.

    All within the caller's transaction, with a line in the history of each case that moves; a second time nothing does.
    """
    count = 0
    for some in pieces(cases):
        found = known(connection, some)
        moved = _work_out(connection, at, found, book, calendar)
        lines = [
            Line("due.move", f"candidate:{case.id}", case.unit_id, moved[case.id].before, moved[case.id].after)
            for case in found
            if case.id in moved
        ]
        history.record_all(connection, at, actor, lines)
        count += len(lines)
    return count


def refresh_all(connection: Connection, at: datetime, actor: int | None = None) -> int:
    """Works out the dates of all open cases by the rulebook in use, and notes that they are its."""
    rules = rulebook.rules_of(connection)
    count = refresh(connection, at, open_cases(connection), rules.book, rules.calendar, actor)
    rulebook.note_in_use(connection, at)
    return count


def open_cases(connection: Connection) -> Iterator[int]:
    """The numbers of all open cases, however many: read piece by piece."""
    last = 0
    while True:
        found = select(candidates.c.id).where(candidates.c.state == "open", candidates.c.id > last)
        some = connection.execute(found.order_by(candidates.c.id).limit(BATCH)).scalars().all()
        yield from some
        if len(some) < BATCH:
            return
        last = some[-1]


def touched_by(connection: Connection, swap: Swap) -> list[int]:
    """Cases with a date that is counted over a decreed day."""
    days = [day for day in (swap.rest, swap.work) if day]
    found = (
        select(dues.c.candidate_id)
        .distinct()
        .where(dues.c.closed_at.is_(None), dues.c.start_on < max(days), dues.c.due_on >= min(days))
    )
    return sorted(connection.execute(found).scalars())


def below(connection: Connection, path: str) -> list[int]:
    """Open cases of a unit and of the units below it, whose settings they follow."""
    found = select(candidates.c.id).join_from(candidates, units, units.c.id == candidates.c.unit_id)
    return list(connection.execute(found.where(candidates.c.state == "open", within(path))).scalars())


def contacted(connection: Connection, case: "Case", last: date) -> None:
    """The candidate was met, or given a helper, on that day: the next meeting is due as long after it as before."""
    was = _GAP.first(connection, {"case": case.id})
    if was is None or was.start_on >= last:
        return
    _CONTACTED.run(connection, {"case": case.id, "last": last})
    notices.contacted(connection, case.id)
    moved = was.due_on + (last - was.start_on)
    tallies.add(connection, case.path, {("silent", day_slot(was.due_on)): -1, ("silent", day_slot(moved)): 1})


def pieces(ids: Iterable[int]) -> Iterator[list[int]]:
    """The numbers in lists of a size that one statement takes."""
    left = iter(ids)
    while some := list(islice(left, BATCH)):
        yield some


def _work_out(
    connection: Connection, at: datetime, cases: Sequence[Known], book: Rulebook, calendar: WorkCalendar
) -> dict[int, Moves]:
    kept: dict[int, dict[tuple[str, str], Any]] = defaultdict(dict)
    for row in connection.execute(_OF_MANY, {"wanted": [case.id for case in cases]}):
        kept[row.candidate_id][row.rule, row.subject] = row
    moved: dict[int, Moves] = {}
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    counted: dict[str, Counter[Key]] = defaultdict(Counter)
    overtaken: list[Overtaken] = []
    for case in cases:
        moves = Moves()
        running = deadlines.dues(case.facts, book, calendar) if case.state == "open" else []
        new = {(due.rule, due.subject): _values(due, book) for due in running}
        for key, values in new.items():
            was = kept[case.id].pop(key, None)
            if was is None:
                fresh.append(
                    {
                        "candidate_id": case.id,
                        "rule": key[0],
                        "subject": key[1],
                        "opened_at": at,
                        **values,
                        "next_look_on": LOOK_NOW,
                    }
                )
            elif was.closed_at or any(getattr(was, name) != values[name] for name in _GIVEN):
                opened = at if was.closed_at else was.opened_at
                changed.append(_prefixed(was.id, values | {"opened_at": opened, "closed_at": None}))
                if was.closed_at is None and was.due_on != values["due_on"]:
                    overtaken.append(Overtaken(was.id, was.rule, was.due_on, values["due_on"]))
            old = was.due_on if was and was.closed_at is None else None
            _note(moves, key, old, values["due_on"])
            _count(counted[case.path], values["kind"], key[0], values["due_on"], 1)
            _count(counted[case.path], was.kind if was else "", key[0], old, -1)
        for key, was in kept[case.id].items():
            if was.closed_at is None:
                values = {name: getattr(was, name) for name in _GIVEN}
                changed.append(_prefixed(was.id, values | {"opened_at": was.opened_at, "closed_at": at}))
                overtaken.append(Overtaken(was.id, was.rule, was.due_on, None, done=case.state == "open"))
                _note(moves, key, was.due_on, None)
                _count(counted[case.path], was.kind, key[0], was.due_on, -1)
        if moves.after:
            moved[case.id] = moves
    if fresh:
        connection.execute(plain_insert(dues), fresh)
    if changed:
        connection.execute(_SET, changed)
    for path, deltas in counted.items():
        tallies.add(connection, path, deltas)
    if overtaken:
        notices.overtaken(connection, at, book, overtaken)
    return moved


def _count(counted: Counter[Key], kind: str, rule: str, due_on: date | None, by: int) -> None:
    key = tallies.due_key(kind, rule, due_on) if due_on else None
    if key is not None:
        counted[key] += by


def _values(due: deadlines.Due, book: Rulebook) -> dict[str, Any]:
    return {
        "kind": due.kind,
        "start_event": due.start_event,
        "start_on": due.start_on,
        "due_on": due.due_on,
        "binds": due.binds,
        "version": due.version,
        "digest": book.digest,
    }


def _prefixed(row: int, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"row": row, **{f"new_{name}": value for name, value in values.items()}}


def _note(moves: Moves, key: tuple[str, str], old: date | None, new: date | None) -> None:
    if old != new:
        name = ":".join(part for part in key if part)
        moves.before[name], moves.after[name] = old, new
