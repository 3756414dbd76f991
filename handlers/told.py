"""What one person is told: one line for each matter, as it stands at this moment, the most urgent first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from bot.rules.access import covers
from bot.rules.book import Rulebook
from bot.rules.reminder_entries import ReminderKind
from bot.rules.reminders import MOVED
from bot.rules.unit_events import Event
from bot.rules.workdays import WorkCalendar
from handlers.dossiers import SOON
from handlers.templates import templates
from storage import due_round, notices, people, rulebook, told_cases, unit_round, units
from storage.notices import BY_PEOPLE, Notice
from storage.told_cases import ToldCase, ToldDue

# Who looks at several branches, and is told which one a line is about.
FROM_ABOVE = ("supervisor", "office")


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that somebody is told. `held`: its notices, the newest last; `case`, `event`: what it is about.

    `over`: it is done, or no longer this person's.
    """

    held: tuple[Notice, ...]
    kind: ReminderKind
    case: ToldCase | None
    due: ToldDue | None
    event: Event | None
    text: Markup
    today: date
    over: bool = False

    @property
    def last_day(self) -> date | None:
        """No law's date and no meeting is put off beyond its day; a custom of the unit may be. None: no such day."""
        if self.event is not None:
            # What a unit has set itself may wait once its day is past; what a document has set may not.
            passed = self.event.due_on < self.today and self.kind.document is None
            return None if passed else self.event.due_on
        return self.due.due_on if self.due is not None and self.due.kind != "local" else None

    def may_wait(self, days: int) -> bool:
        """Whether it may be put off by so many days."""
        return self.last_day is None or self.today + timedelta(days=days) <= self.last_day

    @property
    def notice(self) -> Notice:
        """The newest of its notices: buttons name it."""
        return self.held[-1]

    @property
    def ids(self) -> list[int]:
        """All its notices."""
        return [notice.id for notice in self.held]

    @property
    def owed(self) -> bool:
        """Whether any of it is still to be said."""
        return any(notice.state == "owed" for notice in self.held)


def matters_of(connection: Connection, person: int, today: date) -> list[Matter]:
    """Everything that is open for a person; what has changed since the last round is worked out first."""
    refresh(connection, person, today)
    open_ = notices.open_of(connection, person)
    return _matters(connection, open_, today, events_of(connection, open_, today))


def matters_for(
    connection: Connection, person: int, today: date, wanted: Callable[[Notice], bool]
) -> tuple[list[Matter], int]:
    """Those with a notice that is wanted, with all their notices; and how many others are open."""
    refresh(connection, person, today)
    open_ = notices.open_of(connection, person)
    told = {notice.about for notice in open_ if wanted(notice)}
    here = [notice for notice in open_ if notice.about in told]
    return _matters(connection, here, today, events_of(connection, here, today)), len({n.about for n in open_} - told)


def in_message(connection: Connection, outbox_id: int, today: date) -> list[Matter]:
    """What was said in a message, with what of it is over by now."""
    held = notices.in_message(connection, outbox_id)
    return _matters(connection, held, today, events_of(connection, held, today))


def line_of(connection: Connection, notice: Notice, today: date) -> Matter | None:
    """One notice as a line of its own, without looking around first."""
    events = events_of(connection, [notice], today)
    found = _matters(connection, [notice], today, events)
    return found[0] if found else None


Events = Mapping[tuple[int, str, str], Event]


def refresh(connection: Connection, person: int, today: date) -> None:
    """Looks once more at what has changed of all that this person is told of."""
    open_ = notices.open_of(connection, person)
    _close_to_strangers(connection, person, open_)
    about = [notice.due_id for notice in open_ if notice.due_id]
    due_round.look_at(connection, today, due_round.stale(connection, about, today))
    wanted = sorted({notice.unit_id for notice in open_ if notice.unit_id})
    unit_round.look_at(connection, today, unit_round.stale(connection, wanted, today))


def events_of(connection: Connection, held: Sequence[Notice], today: date) -> Events:
    """What stands before the units that these are about, by unit, kind and subject."""
    wanted = sorted({notice.unit_id for notice in held if notice.unit_id})
    if not wanted:
        return {}
    kinds = {notice.kind for notice in held if notice.unit_id}
    there = unit_round.standing(connection, units.by_ids(connection, wanted), today, kinds)
    return {(unit, one.slug, one.event.subject): one.event for unit, found in there.items() for one in found}


def _close_to_strangers(connection: Connection, person: int, open_: Sequence[Notice]) -> None:
    """What people hand on to one another ends with the right to see what it is about."""
    handed = [notice for notice in open_ if notice.kind in BY_PEOPLE]
    if not handed:
        return
    who = people.by_id(connection, person)
    cases = told_cases.cases_of(connection, [notice.candidate_id for notice in handed if notice.candidate_id])
    grants = who.grants if who else ()
    gone = []
    for notice in handed:
        case = cases.get(notice.candidate_id or 0)
        if case is not None and (case.state != "open" or not covers(grants, "see_case", case.path, case.committee_id)):
            gone.append(notice.id)
        elif case is None and not any(grant.unit_id == notice.unit_id for grant in grants):
            unit = units.by_id(connection, notice.unit_id or 0)
            gone += [] if covers(grants, "see_meeting", unit.path, unit.committee_id) else [notice.id]
    notices.finish(connection, gone, "cleared", edited=False)


def _matters(connection: Connection, held: Sequence[Notice], today: date, events: Events) -> list[Matter]:
    told = _Told.of(connection, held, today, events)
    by_about = sorted(held, key=lambda notice: (repr(notice.about), notice.id))
    found = [told.matter(tuple(some)) for _, some in groupby(by_about, key=lambda notice: notice.about)]
    there = [matter for matter in found if matter is not None]
    return sorted(there, key=lambda matter: (matter.notice.rank, matter.notice.due_on, matter.notice.id))


@dataclass(frozen=True, slots=True)
class _Told:
    """All that the lines of some notices need, read at once."""

    book: Rulebook
    calendar: WorkCalendar
    today: date
    dues: Mapping[int, ToldDue]
    cases: Mapping[int, ToldCase]
    units: Mapping[int, str]
    names: Mapping[int, str]
    before: Mapping[int, Sequence[tuple[str, date]]]
    events: Events

    @classmethod
    def of(cls, connection: Connection, held: Sequence[Notice], today: date, events: Events) -> "_Told":
        rules = rulebook.rules_of(connection)
        return cls(
            rules.book,
            rules.calendar,
            today,
            told_cases.dues_of(connection, [notice.due_id for notice in held if notice.due_id]),
            told_cases.cases_of(connection, [notice.candidate_id for notice in held if notice.candidate_id]),
            told_cases.units_of(connection, [notice.unit_id for notice in held if notice.unit_id]),
            told_cases.names_of(connection, [notice.by_id for notice in held if notice.by_id]),
            notices.told_before(connection, held),
            events,
        )

    def matter(self, held: tuple[Notice, ...]) -> Matter | None:
        """One line; None where nothing is left to be said of it."""
        newest = held[-1]
        kind = self.book.entries.reminders.get(newest.kind)
        if kind is None:
            return None
        case, due = self.cases.get(newest.candidate_id or 0), self.dues.get(newest.due_id or 0)
        event = self.events.get((newest.unit_id or 0, newest.kind, newest.subject))
        over = all(notice.state not in ("owed", "said") for notice in held)
        if newest.kind in BY_PEOPLE:
            text = self._by_people(newest, kind, case)
        elif over or (newest.due_id and case is None) or (newest.unit_id and event is None):
            text = self._over(newest, kind, case)
        elif due is not None and case is not None:
            text = self._due(held, kind, case, due)
        else:
            text = self._event(held, kind, event)
        return Matter(held, kind, case, due, event, text, self.today, over)

    def _say(self, name: str, values: Mapping[str, Any]) -> Markup:
        return Markup(templates().say(name, values, self.today))  # noqa: S704  (the template engine has escaped it)

    def _due(self, held: tuple[Notice, ...], kind: ReminderKind, case: ToldCase, due: ToldDue) -> Markup:
        newest = held[-1]
        was = [notice.was_on for notice in held if notice.stage == MOVED and notice.due_on == due.due_on]
        values = {
            "case": case,
            "unit": case.unit_name if newest.role in FROM_ABOVE else "",
            "name": self._name(due),
            "due": self._left(due),
            "on": due.due_on,
            "was_on": was[-1] if was else None,
            "days": (self.today - due.start_on).days,
            "told": self._told_before(newest),
        }
        return self._say(f"reminders.line_{kind.says}", values)

    def _told_before(self, notice: Notice) -> list[tuple[str, date]]:
        """Each next level learns who was told before it, and when."""
        if notice.role not in ("secretary", *FROM_ABOVE):
            return []
        told = self.before.get(notice.due_id or 0, ())
        return [(role, day) for role, day in told if role != notice.role and day < notice.created_on]

    def _name(self, due: ToldDue) -> str:
        name = self.book.rules[due.rule].name
        return f"{name} ({due.place})" if due.place else name

    def _left(self, due: ToldDue) -> dict[str, Any]:
        """How far the date is off, counted as its rule counts."""
        clocks = {clock.id: clock for clock in self.book.rules[due.rule].clocks}
        working = due.version in clocks and clocks[due.version].unit == "working_days"
        left = self.calendar.between(self.today, due.due_on) if working else (due.due_on - self.today).days
        # A day off after the last working day is late all the same.
        late = left == 0 and due.due_on != self.today
        return {
            "left": (due.due_on - self.today).days if late else left,
            "unit": "working" if working and not late else "days",
            "kind": due.kind,
            "mark": "\u26a0" if left <= SOON else "\u23f3",
        }

    def _event(self, held: tuple[Notice, ...], kind: ReminderKind, event: Event | None) -> Markup:
        newest = held[-1]
        was = [notice.was_on for notice in held if notice.stage == MOVED]
        values = {
            **(event.values if event else {}),
            "unit": self.units.get(newest.unit_id or 0, "") if newest.role in FROM_ABOVE else "",
            "due_on": event.due_on if event else newest.due_on,
            "was_on": was[-1] if was else None,
        }
        return self._say(f"reminders.line_{kind.says}", values)

    def _by_people(self, notice: Notice, kind: ReminderKind, case: ToldCase | None) -> Markup:
        about = self.book.entries.reminders.get(notice.subject.partition(":")[0])
        values = {
            "by": self.names.get(notice.by_id or 0, ""),
            "case": case,
            "unit": self.units.get(notice.unit_id or 0, ""),
            "about": about.name if about else "",
            "on": notice.due_on,
        }
        return self._say(f"reminders.line_{kind.says}", values)

    def _over(self, notice: Notice, kind: ReminderKind, case: ToldCase | None) -> Markup:
        done = notice.state in ("done", "ticked")
        return self._say("reminders.over", {"case": case, "name": kind.name, "done": done})
