"""The plan of a unit for a period: its figures, its open cases and its paces, put before the rules of the forecast."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from sqlalchemy import ColumnElement, Connection, func, select

from bot.rules import plan
from bot.rules.book import Rulebook
from bot.rules.chances import Chances
from bot.rules.durations import Pace, View
from bot.rules.figures import Figures
from bot.rules.forecast import Prospect, Way, Ways, direct, prospect, ways
from bot.rules.meetings import meeting_day
from bot.rules.periods import Period
from bot.rules.plan import Group, Outlook
from bot.rules.replay import Rules
from bot.rules.road import MeetingDays, Pair, road
from bot.rules.silence import Silent, radar
from bot.rules.workdays import WorkCalendar
from storage import candidates as cases
from storage import standing, unit_meetings
from storage.composing import IS_OPEN
from storage.counting import CONTACT
from storage.dues import pieces
from storage.durations import Write, paces_for
from storage.facts import Known, known
from storage.people import Person
from storage.rulebook import rules_of
from storage.sight import units_within, within
from storage.tables import candidates, dues, units
from storage.units import COMMITTEES, Unit

FIRST = "source"
# From so many open cases on, those from whose step and day even the quickest would be too late are only counted; from
# so many more on, all are counted by step and day instead of looked at one by one.
SEVERAL, MANY = 300, 3000
# A smaller chance than this is left out where cases are only counted.
WORTH = 0.002
# Units of several branches: no one meeting day is theirs.
_OF_SEVERAL = (*COMMITTEES, "section")
# What a branch has set for its months: by year and month; None: called off.
Planned = Mapping[tuple[int, int], date | None]


def plan_for(
    connection: Connection,
    unit: Unit,
    period: Period,
    today: date,
    *,
    view: View = "usual",
    figures: Figures | None = None,
    write: Write | None = None,
    several: int = SEVERAL,
    many: int = MANY,
) -> Outlook:
    """What the period may bring the unit: every case with its days, the range, and the plan backwards.

    Whether the person who asks may see it is for the caller to ask: counts by `see_counts`, cases by `see_case`.
    `write`: see `paces_for`. `several` and `many`: how many open cases are looked at one by one.
    """
    figures = figures or standing.figures(connection, unit, period, today)
    rules = rules_of(connection)
    paces = paces_for(connection, unit, today, rules.book, write=write)
    seen = _glance(connection, unit, figures, paces, rules, today, view)
    if seen.open > many:
        return _rough(connection, unit, seen, paces, rules)
    far, near = _out_of_reach(connection, unit, seen, paces, rules) if seen.open > several else ([], None)
    chances = {way: Chances(paces, seen.counted, rules.book, rules.calendar, way) for way in (False, True)}
    found = _prospects(connection, unit, seen, paces, rules, open_cases(connection, unit, near), chances)
    said = plan.reckon(found, seen.done, plan.grouped(far, chances[False], today, period.last))
    return replace(seen, prospects=tuple(found), far=sum(group.count for group in far), range=said)


def glance(
    connection: Connection,
    unit: Unit,
    figures: Figures,
    today: date,
    *,
    view: View = "usual",
    write: Write | None = None,
) -> Outlook:
    """The plan backwards alone, from figures that are known: no case is looked at, and there is no range.

    It is what one line of a status needs, at any level, in a millisecond or two.
    """
    rules = rules_of(connection)
    paces = paces_for(connection, unit, today, rules.book, write=write)
    return _glance(connection, unit, figures, paces, rules, today, view)


def _glance(
    connection: Connection,
    unit: Unit,
    figures: Figures,
    paces: Mapping[Pair, Pace],
    rules: Rules,
    today: date,
    view: View,
) -> Outlook:
    counted, end = figures.counted_by, figures.period.last
    meets = None
    if unit.kind not in _OF_SEVERAL:
        set_ = unit_meetings.set_otherwise(connection, unit.path, today)
        meets = _meets(unit.meeting_day, rules.calendar, set_.get(unit.id)).on_or_after
    way = Way(paces, view, counted, rules.book, rules.calendar, meets)
    target, done = figures.admitted_target, figures.admitted
    needed = max(0, (target or 0) - done)
    stages = plan.stages(way, FIRST, figures.by_stage, needed, end, rules.book)
    count = sum(figures.by_stage.get(step, 0) for step in _on_road(counted, rules.book))
    return Outlook(
        period=figures.period,
        today=today,
        view=view,
        counted=counted,
        target=target,
        done=done,
        open=count,
        range=None,
        stages=stages,
        paces=plan.used(paces, way, FIRST),
    )


def _on_road(counted: str, book: Rulebook) -> tuple[str, ...]:
    """Every step from which somebody may still come to be counted."""
    return tuple(step for step in book.entries.steps if len(road(step, counted, False, book)) > 1)


def _out_of_reach(
    connection: Connection, unit: Unit, seen: Outlook, paces: Mapping[Pair, Pace], rules: Rules
) -> tuple[list[Group], list[int]]:
    """The cases from whose step and day even the quickest would be too late, counted; and the numbers of the others."""
    way = Way(paces, "fast", seen.counted, rules.book, rules.calendar)
    found, near = Counter[tuple[str, date]](), []
    for number, step, step_on in connection.execute(_OPEN_STEPS.where(_here(unit))):
        if way.in_time(step, step_on, seen.today, seen.period.last):
            near.append(number)
        elif len(way.steps(step)) > 1:
            found[step, step_on] += 1
    return [Group(*key, count) for key, count in found.items()], near


def _here(unit: Unit) -> ColumnElement[bool]:
    return candidates.c.unit_id.in_(units_within(unit.path))


def _meets(day: int | None, calendar: WorkCalendar, planned: Planned | None = None) -> MeetingDays:
    return MeetingDays(partial(_regular, day=day, calendar=calendar), planned or {})


def _regular(year: int, month: int, *, day: int | None, calendar: WorkCalendar) -> date:
    return meeting_day(year, month, day, calendar)


def _prospects(
    connection: Connection,
    unit: Unit,
    seen: Outlook,
    paces: Mapping[Pair, Pace],
    rules: Rules,
    those: Sequence[Known],
    chances: Mapping[bool, Chances],
) -> list[Prospect]:
    days = {row.id: row.meeting_day for row in connection.execute(_MEETING_DAYS.where(within(unit.path)))}
    set_ = unit_meetings.set_otherwise(connection, unit.path, seen.today)
    among: dict[tuple[int | None, int | None, bool], Ways] = {}
    found = []
    for case in those:
        # Branches that meet by habit alone, on the same day, have the same ways.
        day, own = days.get(case.unit_id), case.unit_id if case.unit_id in set_ else None
        key = (day, own, direct(case.facts))
        if key not in among:
            meets = _meets(day, rules.calendar, set_.get(case.unit_id)).on_or_after
            among[key] = ways(paces, seen.counted, rules.book, rules.calendar, meets, key[2], chances[key[2]])
        one = prospect(case.id, case.facts, seen.period, seen.today, among[key], rules.book, rules.calendar)
        found += [one] if one else []
    return found


_MEETING_DAYS = select(units.c.id, units.c.meeting_day)
_OPEN = select(candidates.c.id).where(IS_OPEN)
_OPEN_STEPS = select(candidates.c.id, candidates.c.step, candidates.c.step_on).where(IS_OPEN)


def open_cases(connection: Connection, unit: Unit, among: Collection[int] | None = None) -> list[Known]:
    """The open cases of a unit and the units below it (only `among` these), with all that is known of them."""
    ids = among if among is not None else connection.execute(_OPEN.where(_here(unit))).scalars().all()
    return [case for some in pieces(list(ids)) for case in known(connection, some)]


def seen_by(connection: Connection, person: Person, unit: Unit) -> set[int]:
    """The open cases of a unit and the units below it whose files this person may see."""
    mine = candidates.c.id.in_(cases.open_to(person, "see_case"))
    found = _OPEN.where(_here(unit), mine)
    return set(connection.execute(found, {"me": person.id}).scalars())


def _rough(connection: Connection, unit: Unit, seen: Outlook, paces: Mapping[Pair, Pace], rules: Rules) -> Outlook:
    chances, end = Chances(paces, seen.counted, rules.book, rules.calendar), seen.period.last
    grouped = (
        select(candidates.c.step, candidates.c.step_on, func.count())
        .where(IS_OPEN, _here(unit))
        .where(candidates.c.step.in_(reached_from(chances, seen.counted, rules.book, seen.today, end)))
        .group_by(candidates.c.step, candidates.c.step_on)
    )
    groups = [Group(*row) for row in connection.execute(grouped)]
    return replace(seen, rough=True, range=plan.roughly(groups, chances, seen.today, end, seen.done))


def reached_from(chances: Chances, counted: str, book: Rulebook, today: date, end: date) -> list[str]:
    """The steps from which anybody who comes to them today has a chance worth counting."""
    return [step for step in _on_road(counted, book) if chances.onward(step, today, end) >= WORTH]


def silent(connection: Connection, unit: Unit, outlook: Outlook, among: Collection[int] | None = None) -> list[Silent]:
    """Whom nobody has met for longer than the unit allows, in the order of what it costs this plan.

    `among`: only these cases. The outlook is one of `plan_for`; in a rough one only the days of silence count.
    """
    late = (
        select(dues.c.candidate_id, candidates.c.code, dues.c.start_on)
        .join_from(candidates, dues, candidates.c.id == dues.c.candidate_id)
        .where(_here(unit))
        .where(dues.c.rule == CONTACT, dues.c.closed_at.is_(None), dues.c.due_on < outlook.today)
    )
    rows = [
        (row.candidate_id, row.code, (outlook.today - row.start_on).days)
        for row in connection.execute(late)
        if among is None or row.candidate_id in among
    ]
    return radar(rows, {one.case: one for one in outlook.prospects}, outlook.view, outlook.period.last)
