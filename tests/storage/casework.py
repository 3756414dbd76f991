"""A branch with one case in a database in memory, and hands that do to it whatever the rules allow."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.chat import Refusal
from bot.rules import admission as rules
from bot.rules import going_back, life
from bot.rules.changes import Change, changed
from bot.rules.deadlines import dues
from bot.rules.facts import Approval, CaseFacts, Recommender, Vetting
from storage import admission, candidates, contacts, people, units
from storage import dues as kept_dues
from storage.candidates import Case
from tests.office import ZONE
from tests.rules.builders import BOOK, CALENDAR, full_vote

START = datetime(2026, 1, 5, 9, 0, tzinfo=ZONE)
LISTED = date(2025, 1, 10)
# What a branch knows of somebody in order: with this no requirement is in the way.
IN_ORDER: dict[str, Any] = {
    "born": date(1998, 4, 2),
    "education": "university",
    "answers": {"youth_union_here": True, "youth_member": True},
    "recommenders": (Recommender("youth_union"), Recommender("member", date(2020, 1, 15))),
    "approvals": {"over_60": Approval("12-CV", date(2025, 3, 1), "special")},
    "vettings": (Vetting("1", date(2025, 3, 3), date(2025, 3, 5), date(2025, 4, 10)),),
}


@dataclass
class Desk:
    """One case and two people who may write: the secretary and the office. `now` only goes forward."""

    connection: Connection
    secretary: int
    office: int
    code: str
    unit: units.Unit
    now: datetime = START

    @property
    def case(self) -> Case:
        """The case as it stands."""
        found = candidates.by_code(self.connection, self.code)
        assert found
        return found

    @property
    def facts(self) -> CaseFacts:
        """What is known of it."""
        return admission.facts_of(self.connection, self.case)

    def write(self, change: Change, number: str = "") -> bool:
        """Writes a change as the secretary; `number`: of the paper behind its step."""
        action, papers = f"admission.{change.kind}", {BOOK.entries.steps[change.step].event: number}
        return admission.write(
            self.connection,
            self.now,
            self.secretary,
            self.case,
            change,
            action,
            BOOK,
            CALENDAR,
            papers if number else None,
        )

    def undo(self, by: int | None = None) -> Change:
        """Takes the last change back."""
        return admission.undo_last(self.connection, self.now, by or self.secretary, self.case, BOOK, CALENDAR)

    def passes(self, **time: float) -> None:
        """The clock moves on."""
        self.now += timedelta(**time)

    def prepare(self) -> None:
        """Notes all that a branch knows of somebody in order."""
        assert self.write(changed(self.facts, "amend", self.now.date(), {}, **IN_ORDER))

    def step(self, slug: str) -> Change | None:
        """Records a step dated today with everything it asks for, or gives None where the rules refuse it."""
        today = self.now.date()
        entry = BOOK.entries.steps[slug]
        values: dict[str, str | int | date] = {}
        for field in entry.fields:
            if field.event in ("certificate_issued", "dossier_opened"):
                values[field.slug] = today
            elif field.required:
                values[field.slug] = next(iter(field.options), "5-NQ/CB")
        vote = full_vote() if entry.ballot else None
        return rules.record(self.facts, slug, today, values, today, BOOK, CALENDAR, vote).change

    def running(self) -> list[tuple[str, str, str, date, date, str]]:
        """The dates that the rows hold."""
        rows = admission.dues_of(self.connection, self.case)
        return sorted((d.rule, d.subject, d.start_event, d.start_on, d.due_on, d.version) for d in rows)

    def worked_out(self) -> list[tuple[str, str, str, date, date, str]]:
        """The dates that the rules give for what is known."""
        found = dues(self.facts, BOOK, CALENDAR)
        return sorted((d.rule, d.subject, d.start_event, d.start_on, d.due_on, d.version) for d in found)


def desk(connection: Connection) -> Desk:
    """A ward, a branch, two people, one case in the source list."""
    top = units.add(connection, START, None, None, {"code": "W", "name": "W", "kind": "committee"})
    unit = units.add(connection, START, None, top, {"code": "B", "name": "B", "kind": "branch"})
    office, secretary = (people.add(connection, name) for name in ("An Van Phong", "Bui Thi Bi"))
    people.give_role(connection, office, top.id, "office", LISTED)
    people.give_role(connection, secretary, unit.id, "secretary", LISTED)
    values = {"name": "Le Thi Lan", "unit_id": unit.id, "state": "open", "step": "source"}
    code = candidates.add(connection, START, office, {**values, "step_on": LISTED, "listed_on": LISTED}, [])
    return Desk(connection, secretary, office, code, unit)


@contextmanager
def refusing(*keys: str) -> Iterator[None]:
    """What is done here may be refused, for these reasons and no other."""
    try:
        yield
    except Refusal as refusal:
        if str(refusal) not in keys:
            raise


ACTIONS = (
    "step", "side", "back", "extend", "leave", "return", "away", "home", "move", "arrive", "vetting", "undo",
    "contact", "withdraw_contact", "assign", "pend", "confirm", "send_back", "setting", "pass",
)  # fmt: skip


def act(at: Desk, action: str, choice: int) -> None:
    """Does one thing as far as the rules allow it; `choice` picks among the possibilities."""
    at.passes(minutes=7)
    facts, today = at.facts, at.now.date()
    if action == "pass":
        at.passes(days=choice * 9 + 1)
    elif action in ("step", "side"):
        _step(at, action, choice)
    elif action == "back":
        _back(at, facts, choice)
    elif action == "undo":
        _undo(at, choice)
    elif action in ("contact", "withdraw_contact", "assign"):
        _meet(at, action, choice)
    elif action in ("confirm", "send_back", "pend"):
        _two_tiers(at, action, choice)
    elif action == "setting":
        admission.set_local(at.connection, at.now, at.office, at.unit.id, "contact_every_days", 7 + choice)
        below = kept_dues.below(at.connection, at.unit.path)
        admission.refresh(at.connection, at.now, below, BOOK, CALENDAR)
    else:
        _life(at, action, facts, choice, today)


def _step(at: Desk, action: str, choice: int) -> None:
    steps = [step for step in rules.next_steps(at.facts, BOOK) if (step.track == "side") == (action == "side")]
    change = at.step(steps[choice % len(steps)].slug) if steps else None
    if change:
        assert at.write(change, f"{choice}-NQ")


def _back(at: Desk, facts: CaseFacts, choice: int) -> None:
    steps = [] if facts.left else going_back.back_steps(facts, BOOK)
    if steps:
        to, today = steps[choice % len(steps)].slug, at.now.date()
        change = going_back.send_back(facts, to, "papers_missing", today, today, BOOK).change
        assert change is None or at.write(change)


def _undo(at: Desk, choice: int) -> None:
    with refusing("admission.nothing_to_undo", "admission.too_late_to_undo"):
        at.undo(at.office if choice % 3 == 0 else None)


def _meet(at: Desk, action: str, choice: int) -> None:
    case, on = at.case, at.now.date() - timedelta(days=choice)
    if action == "assign":
        candidates.assign(at.connection, at.now, at.office, case, (at.office, at.secretary)[choice % 2], on)
    elif action == "contact":
        values = {"how": ("met", "not_reached")[choice % 5 == 0], "reason": None, "on": on}
        contacts.log(at.connection, at.now, at.secretary, case, f"key:{at.now}", values)
    else:
        for number in range(1, 4):
            found = contacts.by_key(at.connection, f"key:{at.now - timedelta(minutes=7 * number)}")
            if found and found.state == "kept":
                contacts.withdraw(at.connection, at.now, case, found)


def _two_tiers(at: Desk, action: str, choice: int) -> None:
    waiting = admission.pending_of(at.connection, at.case)
    if action == "pend":
        steps = rules.next_steps(at.facts, BOOK)
        change = at.step(steps[choice % len(steps)].slug) if steps else None
        if change:
            admission.pend(at.connection, at.now, at.secretary, at.case, change, "admission.step")
    elif waiting and action == "send_back":
        admission.send_back_pending(at.connection, at.now, at.office, waiting[0].id, "papers_missing")
    elif waiting:
        with refusing("candidates.changed_meanwhile"):
            admission.confirm(at.connection, at.now, at.office, waiting[0].id, BOOK, CALENDAR)


def _life(at: Desk, action: str, facts: CaseFacts, choice: int, today: date) -> None:
    made: object = None
    if action == "leave":
        made = life.leave(facts, ("moved", "declined", "military")[choice % 3], today, BOOK)
    elif action == "return":
        made = life.come_back_to_pool(facts, today, BOOK)
    elif action == "away":
        made = life.go_away(facts, "studying", today + timedelta(days=30 + choice), today, BOOK)
    elif action == "home":
        made = life.come_home(facts, today, BOOK)
    elif action == "move" and not facts.transfer:
        made = life.move(facts, today, bool(choice % 2), bool(choice % 3), BOOK)
    elif action == "arrive":
        made = life.arrive(facts, today, BOOK)
    elif action == "extend":
        made = going_back.extend(facts, "admission_decision", today, BOOK, CALENDAR)
    elif action == "vetting":
        made = changed(facts, "amend", today, {}, vettings=_asked(facts.vettings, choice, today))
    if isinstance(made, Change):
        assert at.write(made)


def _asked(vettings: Sequence[Vetting], choice: int, today: date) -> tuple[Vetting, ...]:
    """One more place is asked, or one of those that were asked answers."""
    if vettings and choice % 2:
        first = min(vettings, key=lambda vetting: vetting.returned_on is not None)
        return tuple(replace(one, returned_on=today) if one is first else one for one in vettings)
    return (*vettings, Vetting(str(len(vettings) + 1), today, today, abroad=choice % 4 == 0))
