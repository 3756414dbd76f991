"""What people are to be told: each thing a row under a key that makes it one, until it is said, done or cleared."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, literal_column, or_, select, text, update

from bot.rules.book import Rulebook
from bot.rules.reminders import MOVED, kinds_by_rule
from storage.database import insert
from storage.prepared import Prepared
from storage.tables import dues, notices

# Literal, so that both databases find the partial indexes.
OPEN = text("notices.state IN ('owed', 'said')")
OWED = text("notices.state = 'owed'")
EDIT_DUE = text("notices.edit_due")
# What people tell each other by it: no date of a rule, and no event of a unit, takes it away.
BY_PEOPLE = ("help", "snoozed")
# What a moved date is sorted by: news, but nothing that is due.
NEWS_RANK = 4500


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that one person is to be told. `role`: as whom; `by_id`: who asked, or put it off."""

    id: int
    person_id: int
    role: str
    kind: str
    stage: str
    due_id: int | None
    candidate_id: int | None
    unit_id: int | None
    subject: str
    due_on: date
    was_on: date | None
    by_id: int | None
    rank: int
    haste: int
    created_on: date
    snoozed_until: date | None
    state: str
    outbox_id: int | None

    @property
    def about(self) -> tuple[object, ...]:
        """What it is about: several stages of one thing are told as one."""
        if self.due_id is not None and self.kind not in BY_PEOPLE:
            return (self.due_id,)
        return (self.kind, self.due_id, self.candidate_id, self.unit_id, self.subject)

    def ready(self, today: date) -> bool:
        """Whether it is to be said on that day: owed, and not put off."""
        return self.state == "owed" and (self.snoozed_until is None or self.snoozed_until <= today)


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A date that runs no longer (`new` None) or is another one now. `done`: it ended because the thing was done."""

    due_id: int
    rule: str
    old: date
    new: date | None
    done: bool = False


_COLUMNS = [notices.c[field.name] for field in fields(Notice)]
# What had been cleared or done and stands again: said, if it was ever said, and else still owed.
_AGAIN = case((notices.c.outbox_id.is_(None), literal_column("'owed'")), else_=literal_column("'said'"))
_ADD = Prepared(
    lambda connection: insert(connection, notices).on_conflict_do_update(
        index_elements=["key"], set_={"state": _AGAIN}, where=text("notices.state IN ('cleared', 'done')")
    )
)
_CONTACTED = Prepared(
    update(notices)
    .where(
        OPEN,
        notices.c.due_id
        == select(dues.c.id)
        .where(
            dues.c.candidate_id == bindparam("case"),
            dues.c.rule == literal_column("'contact_gap'"),
            dues.c.subject == literal_column("''"),
        )
        .scalar_subquery(),
    )
    .values(state="done", edit_due=notices.c.outbox_id.is_not(None))
)

# Calls for help with a candidate, made with a contact; by the unit, so that the index of its notices finds them.
_HELPED = Prepared(
    update(notices)
    .where(
        OPEN,
        notices.c.unit_id == bindparam("unit"),
        notices.c.candidate_id == bindparam("case"),
        notices.c.kind == literal_column("'help'"),
    )
    .values(state="done", edit_due=notices.c.outbox_id.is_not(None))
)


def key_of(kind: str, subject: str, due_on: date, person: int, stage: str) -> str:
    """What makes a notice one of its kind."""
    return f"{kind}:{subject}:{due_on}:{person}:{stage}"


def add(connection: Connection, rows: Sequence[dict[str, Any]]) -> int:
    """Adds notices that are not there yet, and takes up again what had been cleared or done and stands once more.

    Every row has the same columns, without state. How many were added or taken up.
    """
    return _ADD.add_many(connection, rows) if rows else 0


def contacted(connection: Connection, candidate: int) -> None:
    """Somebody was in touch with the candidate: nobody is reminded to be any more."""
    _CONTACTED.run(connection, {"case": candidate})


def helped(connection: Connection, unit: int, candidate: int) -> None:
    """A contact came after a call for help that was made with an earlier one: it is answered."""
    _HELPED.run(connection, {"unit": unit, "case": candidate})


def released(connection: Connection, candidate: int, person: int) -> None:
    """Somebody helps the candidate no longer: what that person was told as a helper is nobody's business any more."""
    of_case = select(dues.c.id).where(dues.c.candidate_id == candidate)
    mine = (OPEN, notices.c.person_id == person, notices.c.role == "helper", notices.c.due_id.in_(of_case))
    changed = {"state": "cleared", "edit_due": notices.c.outbox_id.is_not(None)}
    connection.execute(update(notices).where(*mine).values(**changed))


def overtaken(connection: Connection, at: datetime, book: Rulebook, moves: Sequence[Overtaken]) -> None:
    """Clears what was to be said of dates that ended or moved; whoever was told an old date is told the new one."""
    by_due = {move.due_id: move for move in moves}
    found = select(*_COLUMNS).where(OPEN, notices.c.due_id.in_(list(by_due)))
    gone: dict[str, list[int]] = defaultdict(list)
    news: dict[str, dict[str, Any]] = {}
    for row in connection.execute(found):
        notice, move = Notice(*row), by_due[row.due_id]
        if move.new is None:
            gone["done" if move.done else "cleared"].append(notice.id)
        elif notice.due_on != move.new:
            gone["moved"].append(notice.id)
            told = notice.was_on if notice.stage == MOVED and notice.state == "owed" else notice.due_on
            heard = notice.state == "said" or notice.stage == MOVED
            if heard and told and told != move.new and kinds_by_rule(book)[move.rule][1].news:
                row_ = _news(notice, told, move.new, at.date())
                news.setdefault(row_["key"], row_)
    finish(connection, gone["done"], "done")
    finish(connection, gone["cleared"], "cleared")
    finish(connection, gone["moved"], "cleared", edited=False)
    add(connection, list(news.values()))


def _news(notice: Notice, was_on: date, due_on: date, today: date) -> dict[str, Any]:
    subject = f"due:{notice.due_id}" if notice.due_id else f"unit:{notice.unit_id}/{notice.subject}"
    return {
        "key": key_of(notice.kind, subject, due_on, notice.person_id, MOVED),
        "person_id": notice.person_id,
        "role": notice.role,
        "kind": notice.kind,
        "stage": MOVED,
        "due_id": notice.due_id,
        "candidate_id": notice.candidate_id,
        "unit_id": notice.unit_id,
        "subject": notice.subject,
        "due_on": due_on,
        "was_on": was_on,
        "by_id": None,
        "rank": NEWS_RANK,
        "haste": 0,
        "created_on": today,
    }


def moved(connection: Connection, notice: Notice, due_on: date, today: date) -> None:
    """Somebody was told an old date of a unit's event: the new one is news."""
    told = notice.was_on if notice.stage == MOVED and notice.state == "owed" else notice.due_on
    if told and told != due_on and (notice.state == "said" or notice.stage == MOVED):
        add(connection, [_news(notice, told, due_on, today)])


def finish(connection: Connection, ids: Sequence[int], state: str, *, edited: bool = True) -> None:
    """Takes notices out: "done", "cleared", or "ticked" (the person says so). `edited`: what was sent shall show it."""
    if ids:
        changed: dict[str, Any] = {"state": state}
        if edited:
            changed["edit_due"] = notices.c.outbox_id.is_not(None)
        connection.execute(update(notices).where(notices.c.id.in_(ids), OPEN).values(**changed))


def of_dues(connection: Connection, dues_: Sequence[int]) -> list[Notice]:
    """What is open about these dates."""
    found = select(*_COLUMNS).where(OPEN, notices.c.due_id.in_(dues_))
    return [Notice(*row) for row in connection.execute(found)]


def of_units(connection: Connection, ids: Sequence[int]) -> list[Notice]:
    """What is open about the own events of units."""
    found = select(*_COLUMNS).where(OPEN, notices.c.unit_id.is_not(None), notices.c.unit_id.in_(ids))
    return [Notice(*row) for row in connection.execute(found)]


def open_of(connection: Connection, person: int) -> list[Notice]:
    """Everything that is open for a person, the most urgent first."""
    found = select(*_COLUMNS).where(OPEN, notices.c.person_id == person)
    rows = connection.execute(found.order_by(notices.c.rank, notices.c.due_on, notices.c.id))
    return [Notice(*row) for row in rows]


def by_id(connection: Connection, notice: int) -> Notice | None:
    """One notice, open or not; whose it is, the caller asks."""
    row = connection.execute(select(*_COLUMNS).where(notices.c.id == notice)).first()
    return Notice(*row) if row else None


def in_message(connection: Connection, outbox_id: int) -> list[Notice]:
    """What was said in one message, in the order in which it was."""
    found = select(*_COLUMNS).where(notices.c.outbox_id == outbox_id)
    rows = connection.execute(found.order_by(notices.c.rank, notices.c.due_on, notices.c.id))
    return [Notice(*row) for row in rows]


def said_in(connection: Connection, ids: Sequence[int], outbox_id: int) -> None:
    """These go out in this message."""
    connection.execute(
        update(notices).where(notices.c.id.in_(ids)).values(state="said", outbox_id=outbox_id, snoozed_until=None)
    )


def unsaid(connection: Connection, outbox_id: int) -> None:
    """A message that never went out: what it was to say is owed again."""
    here = (notices.c.outbox_id == outbox_id, notices.c.state == "said")
    connection.execute(update(notices).where(*here).values(state="owed", outbox_id=None))


def snooze(connection: Connection, ids: Sequence[int], until: date) -> None:
    """Not again before that day, and then once more."""
    connection.execute(update(notices).where(notices.c.id.in_(ids), OPEN).values(state="owed", snoozed_until=until))


def ready(today: date) -> Any:
    """A condition: owed, and not put off."""
    return and_(OWED, or_(notices.c.snoozed_until.is_(None), notices.c.snoozed_until <= today))


def people_owed(connection: Connection, today: date, least: int = 0) -> list[int]:
    """Who is owed something of at least this haste."""
    found = select(notices.c.person_id).distinct().where(ready(today), notices.c.haste >= least)
    return sorted(connection.execute(found).scalars())


def owed_at_once(connection: Connection, today: date, least: int) -> list[Notice]:
    """What is owed with at least this haste, the most urgent first."""
    found = select(*_COLUMNS).where(ready(today), notices.c.haste >= least)
    rows = connection.execute(found.order_by(notices.c.rank, notices.c.id))
    return [Notice(*row) for row in rows]


def told_before(connection: Connection, about: Iterable[Notice]) -> dict[int, list[tuple[str, date]]]:
    """For dates: as whom somebody was told, and when first. By the number of the due."""
    ids = [notice.due_id for notice in about if notice.due_id]
    found = (
        select(notices.c.due_id, notices.c.due_on, notices.c.role, notices.c.created_on)
        .where(notices.c.due_id.in_(ids), notices.c.outbox_id.is_not(None), notices.c.stage != MOVED)
        .where(notices.c.kind.not_in(BY_PEOPLE))
        .order_by(notices.c.created_on, notices.c.id)
    )
    told: dict[int, list[tuple[str, date]]] = defaultdict(list)
    for row in connection.execute(found):
        if row.role not in {role for role, _ in told[row.due_id]}:
            told[row.due_id].append((row.role, row.created_on))
    return told


def to_edit(connection: Connection, most: int) -> list[int]:
    """Messages in which something has been done since they were sent."""
    found = select(notices.c.outbox_id).distinct().where(EDIT_DUE).limit(most)
    return [row for row in connection.execute(found).scalars() if row is not None]


def edited(connection: Connection, outbox_ids: Sequence[int]) -> None:
    """These messages show it now."""
    connection.execute(update(notices).where(EDIT_DUE, notices.c.outbox_id.in_(outbox_ids)).values(edit_due=False))
