"""What a unit has before it on a day: meetings, targets, reports, its members; pure sums over what is known of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot.rules.periods import Period, containing
from bot.rules.workdays import add_months

# Guidance 42-HD/BTCTW (28/10/2025): materials a day ahead, conclusions within two days.
MATERIALS_AHEAD = timedelta(days=1)
CONCLUSIONS_WITHIN = timedelta(days=2)
MIDDLE = timedelta(days=45)
REPORT_DAY = 23
# Units named that have not handed in; the others are counted.
LATE_NAMED = 3


@dataclass(frozen=True, slots=True)
class Meeting:
    """The meeting of one month. `held_on` None: not recorded; `time` as it is said, "19:30"."""

    month: date
    on: date
    time: str = ""
    place: str = ""
    held_on: date | None = None
    materials_on: date | None = None
    conclusions_on: date | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """What was reached of what was asked. A target of None: none was set."""

    admitted: int = 0
    admissions: int | None = None
    sources: int = 0
    new_sources: int | None = None

    @property
    def asked(self) -> bool:
        """Whether anything was asked."""
        return bool(self.admissions or self.new_sources)

    @property
    def reached(self) -> bool:
        """Whether all that was asked is there."""
        return self.admitted >= (self.admissions or 0) and self.sources >= (self.new_sources or 0)


@dataclass(frozen=True, slots=True)
class Concerning:
    """Something about one person or thing in the unit. `people`: whom it concerns and who is told as such."""

    ref: int
    on: date
    values: Mapping[str, Any] = field(default_factory=dict)
    people: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """All that the events of one unit hang on. `counts`: by the code of a quarter or a year.

    `handed_in`: the periods ("2026-11") whose report the unit above has; `late`: by period, the units below whose
    report is not there.
    """

    unit_id: int
    committee: bool
    meetings: tuple[Meeting, ...] = ()
    thematic_held: bool = False
    helping: int = 0
    files: tuple[str, ...] = ()
    counts: Mapping[str, Count] = field(default_factory=dict)
    report_day: int = REPORT_DAY
    handed_in: frozenset[str] = frozenset()
    late: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    absent: tuple[Concerning, ...] = ()
    exemptions: tuple[Concerning, ...] = ()
    returns: tuple[Concerning, ...] = ()
    classes: tuple[Concerning, ...] = ()
    # The day from which the numbers of who holds positions are old.
    positions: tuple[Concerning, ...] = ()
    # How many sources have yet to be looked at, by the day on which that is said.
    surveys: tuple[Concerning, ...] = ()
    difficulties: tuple[Concerning, ...] = ()
    unhelped: tuple[Concerning, ...] = ()
    visits: tuple[Concerning, ...] = ()
    remarks: tuple[Concerning, ...] = ()
    mending: tuple[Concerning, ...] = ()
    inspections: tuple[Concerning, ...] = ()
    # Of a committee: how many of its own branches have no target for this quarter, and how many branches there are.
    untargeted: int = 0
    branches: int = 0

    def count(self, period: Period) -> Count:
        """What was reached in a period; nothing where nothing is known of it."""
        return self.counts.get(period.code, Count())


@dataclass(frozen=True, slots=True)
class Event:
    """Something that stands before a unit. `event` as in the kinds of reminders; `subject` is one within the unit."""

    event: str
    subject: str
    due_on: date
    values: Mapping[str, Any] = field(default_factory=dict)
    people: tuple[int, ...] = ()


def events(facts: UnitFacts, today: date) -> list[Event]:
    """Everything that stands before the unit on this day; what is done is no longer among it."""
    found = [*_quarters(facts, today), *_reports(facts, today), *_handed_up(facts), *_noted(facts)]
    if not facts.committee:
        found += [*_meetings(facts, today), *_thematic(facts, today), *_year(facts, today), *_members(facts)]
    return found


def _meetings(facts: UnitFacts, today: date) -> Iterator[Event]:
    for meeting in facts.meetings:
        if meeting.cancelled:
            continue
        subject = f"{meeting.month:%Y-%m}"
        values = {"on": meeting.on, "time": meeting.time, "place": meeting.place}
        if meeting.held_on is None:
            yield Event("meeting", subject, meeting.on, values)
            yield Event("meeting_unrecorded", subject, meeting.on, values)
            if meeting.materials_on is None:
                yield Event("meeting_materials", subject, meeting.on - MATERIALS_AHEAD, values)
        elif meeting.conclusions_on is None:
            due_on = meeting.held_on + CONCLUSIONS_WITHIN
            yield Event("meeting_conclusions", subject, due_on, values | {"on": meeting.held_on, "by": due_on})


def _thematic(facts: UnitFacts, today: date) -> Iterator[Event]:
    quarter = containing("quarter", today)
    if not facts.thematic_held:
        yield Event("thematic", quarter.code, quarter.last, {"quarter": quarter.number, "by": quarter.last})


def _quarters(facts: UnitFacts, today: date) -> Iterator[Event]:
    quarter = containing("quarter", today)
    count = facts.count(quarter)
    values = {"quarter": quarter.number, "count": count, "files": facts.files, "by": quarter.last}
    if count.asked:
        yield Event("quarter_begins", quarter.code, quarter.first, values)
    elif facts.committee:
        yield Event("no_target", quarter.code, quarter.first, values)
    if count.asked and facts.untargeted:
        told = {"quarter": quarter.number, "without": facts.untargeted, "branches": facts.branches}
        yield Event("untargeted", quarter.code, quarter.first, told)
    if count.asked and not count.reached:
        yield Event("quarter_middle", quarter.code, quarter.first + MIDDLE, values)
        yield Event("quarter_ends", quarter.code, quarter.last, values)
    before = quarter.previous
    over = facts.count(before)
    if over.asked:
        said = {"quarter": before.number, "count": over, "files": (), "by": before.last}
        yield Event("quarter_over", before.code, before.last, said)


def _year(facts: UnitFacts, today: date) -> Iterator[Event]:
    year = containing("year", today)
    count = facts.count(year)
    if not (count.admitted and count.sources):
        yield Event("none_this_year", year.code, year.last, {"year": year.year, "count": count})
    if today.month == 1 and not facts.helping:
        yield Event("january", year.code, date(today.year, 1, 31), {"year": year.year})


def help_due(last_on: date | None, months: int, today: date) -> date:
    """By when a branch that needs help is to be helped again, so many months after the last time.

    One that was never helped counts from the beginning of the year; what is overdue is said anew each quarter.
    """
    due_on = add_months(last_on or date(today.year, 1, 1), months)
    return max(due_on, containing("quarter", today).first)


def reported_on(today: date, report_day: int) -> tuple[Period, Period]:
    """The month whose report is due next, and the half or the year that is reviewed: the second half is the year."""
    month, half = containing("month", today), containing("half", today)
    if month.first.replace(day=report_day) < today:
        month = month.next
    return month, half if half.number == 1 else containing("year", today)


def _reports(facts: UnitFacts, today: date) -> Iterator[Event]:
    month, review = reported_on(today, facts.report_day)
    day = month.first.replace(day=facts.report_day)
    late, done = facts.late.get(month.code, ()), month.code in facts.handed_in
    if facts.committee and (late or not done):
        values = {"on": day, "late": late[:LATE_NAMED], "count": len(late)}
        yield Event("report_collected", month.code, day, values)
    if not facts.committee and not done:
        yield Event("monthly_report", month.code, day, {"on": day})
    if review.code not in facts.handed_in:
        values = {"half": 2 if review.kind == "year" else 1, "year": review.year, "by": review.last}
        yield Event("review", review.code, review.last, values)


def _members(facts: UnitFacts) -> Iterator[Event]:
    yield from _concerning(
        ("absent", facts.absent),
        ("exemption", facts.exemptions),
        ("member_back", facts.returns),
        ("class", facts.classes),
        ("positions", facts.positions),
        ("survey", facts.surveys),
        ("branch_unhelped", facts.unhelped),
        ("help_visit", facts.visits),
        ("remark", facts.remarks),
    )


def _noted(facts: UnitFacts) -> Iterator[Event]:
    """What was noted of the unit itself, a committee as well as a branch."""
    yield from _concerning(("mend", facts.mending), ("inspection", facts.inspections))


def _concerning(*found: tuple[str, tuple[Concerning, ...]]) -> Iterator[Event]:
    for name, those in found:
        yield from (Event(name, str(one.ref), one.on, {"on": one.on, **one.values}, one.people) for one in those)


def _handed_up(facts: UnitFacts) -> Iterator[Event]:
    for one in facts.difficulties:
        yield Event("difficulty", str(one.ref), one.on, {"on": one.on, **one.values}, one.people)
