"""The plan of a unit for a period: its figures, its open cases and its paces, put before the rules of the forecast."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from sqlalchemy import Connection, func, select, true

from bot.rules import plan
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
from storage.people import Person, units_within, within
from storage.rulebook import rules_of
from storage.tables import candidates, dues, units
from storage.units import COMMITTEES, Unit

FIRST = "source"
# From so many open cases on, those at steps from which even the quickest would be too late are only counted; and from
# so many more on, all are counted by step and day instead of looked at one by one.
SEVERAL, MANY = 300, 3000
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
    steps = _within_reach(seen, paces, rules) if seen.open > several else None
    known_ = open_cases(connection, unit, steps)
    found = _prospects(connection, unit, seen, paces, rules, known_)
    far = sum(figures.by_stage.get(step, 0) for step in _on_road(seen.counted, rules) if steps and step not in steps)
    return replace(seen, prospects=tuple(found), far=far, range=plan.reckon(found, seen.done))


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
    count = sum(figures.by_stage.get(step, 0) for step in _on_road(counted, rules))
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


def _on_road(counted: str, rules: Rules) -> tuple[str, ...]:
    """Every step from which somebody may still come to be counted."""
    return tuple(step for step in rules.book.entries.steps if len(road(step, counted, False, rules.book)) > 1)


def _within_reach(seen: Outlook, paces: Mapping[Pair, Pace], rules: Rules) -> list[str]:
    """The steps from which at least the quickest cases would make the period."""
    way = Way(paces, "fast", seen.counted, rules.book, rules.calendar)
    last = {step: way.latest(way.steps(step)[1], seen.period.last) for step in _on_road(seen.counted, rules)}
    return [step for step, day in last.items() if day is not None and day >= seen.today]


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
) -> list[Prospect]:
    days = {row.id: row.meeting_day for row in connection.execute(_MEETING_DAYS.where(within(unit.path)))}
    set_ = unit_meetings.set_otherwise(connection, unit.path, seen.today)
    among: dict[tuple[int | None, int | None, bool], Ways] = {}
    chances = {way: Chances(paces, seen.counted, rules.book, rules.calendar, way) for way in (False, True)}
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


def open_cases(connection: Connection, unit: Unit, steps: Collection[str] | None = None) -> list[Known]:
    """The open cases of a unit and the units below it (at these steps), with all that is known of them."""
    at = candidates.c.step.in_(steps) if steps is not None else true()
    here = candidates.c.unit_id.in_(units_within(unit.path))
    ids = list(connection.execute(_OPEN.where(here, at)).scalars())
    return [case for some in pieces(ids) for case in known(connection, some)]


def seen_by(connection: Connection, person: Person, unit: Unit) -> set[int]:
    """The open cases of a unit and the units below it whose files this person may see."""
    mine = candidates.c.id.in_(cases.open_to(person, "see_case"))
    found = _OPEN.where(candidates.c.unit_id.in_(units_within(unit.path)), mine)
    return set(connection.execute(found, {"me": person.id}).scalars())


def _rough(connection: Connection, unit: Unit, seen: Outlook, paces: Mapping[Pair, Pace], rules: Rules) -> Outlook:
    grouped = (
        select(candidates.c.step, candidates.c.step_on, func.count())
        .where(IS_OPEN, candidates.c.unit_id.in_(units_within(unit.path)))
        .group_by(candidates.c.step, candidates.c.step_on)
    )
    groups = [Group(*row) for row in connection.execute(grouped)]
    chances = Chances(paces, seen.counted, rules.book, rules.calendar)
    return replace(seen, rough=True, range=plan.roughly(groups, chances, seen.today, seen.period.last, seen.done))


def silent(connection: Connection, unit: Unit, outlook: Outlook, among: Collection[int] | None = None) -> list[Silent]:
    """Whom nobody has met for longer than the unit allows, in the order of what it costs this plan.

    `among`: only these cases. The outlook is one of `plan_for`; in a rough one only the days of silence count.
    """
    late = (
        select(dues.c.candidate_id, candidates.c.code, dues.c.start_on)
        .join_from(candidates, dues, candidates.c.id == dues.c.candidate_id)
        .where(candidates.c.unit_id.in_(units_within(unit.path)))
        .where(dues.c.rule == CONTACT, dues.c.closed_at.is_(None), dues.c.due_on < outlook.today)
    )
    rows = [
        (row.candidate_id, row.code, (outlook.today - row.start_on).days)
        for row in connection.execute(late)
        if among is None or row.candidate_id in among
    ]
    return radar(rows, {one.case: one for one in outlook.prospects}, outlook.view, outlook.period.last)
