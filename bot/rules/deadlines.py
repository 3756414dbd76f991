"""Deadlines: which clocks run for a case, when each ends, and how that day was counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from bot.rules.book import Rulebook, Standing
from bot.rules.clocks import Clock, Rule
from bot.rules.entries import Kind
from bot.rules.facts import CaseFacts, Vetting
from bot.rules.workdays import WorkCalendar, add_months

_NO_RULES: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that runs for a case. `subject` is empty, or the id of the vetting request it belongs to.

    `clock` is the version of the rule that governs; what it says (rule, binds, source) is read through the properties.
    """

    clock: Clock
    subject: str
    start_on: date
    due_on: date

    @property
    def rule(self) -> str:
        """The slug of the rule."""
        return self.clock.rule

    @property
    def version(self) -> str:
        """Which version of the rule gave the date: stored with it."""
        return self.clock.id

    @property
    def start_event(self) -> str:
        """What started the clock."""
        return self.clock.start

    @property
    def binds(self) -> str:
        """Who must act: a role's slug."""
        return self.clock.binds

    @property
    def kind(self) -> Kind:
        """Whether somebody must act by then, a paper lapses, or something merely happens."""
        return self.clock.kind


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a date was worked out: everything needed to say it and to count it again.

    `skipped`: holidays from Monday to Friday that were not counted; `made_up`: weekend days that were; `undecreed`:
    years whose days off are not published yet, which makes the date provisional; `clipped`: a period of months ended
    on the last day of a shorter month.
    """

    clock: Clock
    start_on: date
    amount: int
    due_on: date
    skipped: tuple[tuple[date, str], ...]
    made_up: tuple[date, ...]
    undecreed: tuple[int, ...]
    clipped: bool
    standing: Standing

    @property
    def provisional(self) -> bool:
        """Whether a decree still to come may move the date."""
        return bool(self.undecreed)


def due_on(clock: Clock, start_on: date, calendar: WorkCalendar, amount: int | None = None) -> date:
    """The last day of a period that began on `start_on`, which itself does not count. `amount`: what the unit set."""
    length = clock.length(amount)
    if clock.unit == "working_days":
        return calendar.after(start_on, length)
    return add_months(start_on, length) if clock.unit == "months" else start_on + timedelta(days=length)


def explain(
    clock: Clock, start_on: date, book: Rulebook, calendar: WorkCalendar, amount: int | None = None
) -> Explanation:
    """The same sum, with what it passed over."""
    end = due_on(clock, start_on, calendar, amount)
    working = clock.unit == "working_days"
    return Explanation(
        clock,
        start_on,
        clock.length(amount),
        end,
        calendar.skipped(start_on, end) if working else (),
        calendar.made_up(start_on, end) if working else (),
        calendar.undecreed(start_on, end) if working else (),
        clock.unit == "months" and end.day != start_on.day,
        book.standing(clock.source, end if clock.kind == "earliest" else start_on),
    )


def explain_due(due: Due, facts: CaseFacts, book: Rulebook, calendar: WorkCalendar) -> Explanation:
    """How a date of a case was worked out."""
    return explain(due.clock, due.start_on, book, calendar, _set_by_unit(due.clock, facts))


def dues(facts: CaseFacts, book: Rulebook, calendar: WorkCalendar) -> list[Due]:
    """Every deadline that runs for the case now; none once it has left the road."""
    if facts.left:
        return []
    found: list[Due] = []
    dates = facts.dates
    as_usual = not (facts.extended or facts.governed or facts.local)
    for rule in book.running.get(facts.step, _NO_RULES):
        if as_usual and rule.usual_start is not None:
            start_on = dates.get(rule.usual_start)
            due = _usual_due(rule, start_on, calendar) if start_on is not None else None
        else:
            due = _due(rule, facts, book, calendar)
        if due is not None and not _ended(rule, dates):
            found.append(due)
    for vetting in facts.vettings:
        if due := _vetting_due(vetting, book, calendar):
            found.append(due)
    return _in_transfer(found, facts, book, calendar) if facts.transfer else found


def _ended(rule: Rule, dates: Mapping[str, date]) -> bool:
    for event in rule.ends:  # noqa: SIM110  (a loop takes half the time of any(), and this runs for every date there is)
        if event in dates:
            return True
    return False


@lru_cache(maxsize=1 << 16)
def _usual_due(rule: Rule, start_on: date, calendar: WorkCalendar) -> Due | None:
    """The date of a rule that depends on nothing but its start: the same for all cases, so worked out once."""
    clock = rule.at(start_on)
    return Due(clock, "", start_on, due_on(clock, start_on, calendar)) if clock else None


def _due(rule: Rule, facts: CaseFacts, book: Rulebook, calendar: WorkCalendar) -> Due | None:
    if rule.longer and rule.slug in facts.extended:
        rule = rule.longer
    if rule.profile and rule.profile != facts.profile:
        return None
    began = _began(rule, facts, book, calendar)
    if began is None:
        return None
    clock, start_on = began
    return Due(clock, "", start_on, due_on(clock, start_on, calendar, _set_by_unit(clock, facts)))


def _began(rule: Rule, facts: CaseFacts, book: Rulebook, calendar: WorkCalendar) -> tuple[Clock, date] | None:
    """The version that governs and the day its clock started; None: not started, or no version in force then."""
    dates = facts.dates
    governing = facts.governed.get(rule.slug) or (dates.get(rule.governed_by) if rule.governed_by else None)
    newest = rule.clocks[-1]
    if governing is None:
        governing = _start(newest, dates, book, calendar)
    if governing is None:
        return None
    clock = newest if governing >= newest.since else rule.at(governing)
    start_on = _start(clock, dates, book, calendar) if clock else None
    return (clock, start_on) if clock and start_on else None


def _start(clock: Clock, dates: Mapping[str, date], book: Rulebook, calendar: WorkCalendar) -> date | None:
    recorded = dates.get(clock.start)
    if recorded is not None or clock.after is None:
        return recorded
    rule = book.rules[clock.after]
    earlier = _start(rule.clocks[-1], dates, book, calendar)
    before = rule.at(earlier) if earlier else None
    return due_on(before, earlier, calendar) if before and earlier else None


def _vetting_due(vetting: Vetting, book: Rulebook, calendar: WorkCalendar) -> Due | None:
    if vetting.received_on is None or vetting.returned_on is not None:
        return None
    clock = book.clock("vetting_reply_abroad" if vetting.abroad else "vetting_reply", vetting.received_on)
    return Due(clock, vetting.id, vetting.received_on, due_on(clock, vetting.received_on, calendar)) if clock else None


def _in_transfer(found: list[Due], facts: CaseFacts, book: Rulebook, calendar: WorkCalendar) -> list[Due]:
    transfer = book.entries.transfers[facts.transfer or ""]
    for rule in (book.rules[slug] for slug in transfer.rules):
        if not _ended(rule, facts.dates) and (due := _due(rule, facts, book, calendar)):
            found.append(due)
    stopped = {longer.slug for slug in transfer.stops if (longer := book.rules[slug].longer)} | set(transfer.stops)
    return [due for due in found if due.rule not in stopped]


def _set_by_unit(clock: Clock, facts: CaseFacts) -> int | None:
    return facts.local.get(clock.local) if clock.local else None
