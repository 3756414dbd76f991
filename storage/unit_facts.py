"""What is known of units, as the sums over their events are told it: a dozen statements, however many units."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, select

from bot.rules.book import Rulebook
from bot.rules.figures import Flow, Target
from bot.rules.periods import Period, containing
from bot.rules.unit_events import REPORT_DAY, Concerning, Count, UnitFacts, reported_on
from bot.rules.workdays import add_months
from storage import (
    attendance,
    difficulties,
    oversight,
    positions,
    reports,
    standing,
    surveys,
    targets,
    unit_looked_after,
    unit_meetings,
)
from storage.counting import day_slot
from storage.settings import locals_of
from storage.tables import (
    assignments,
    candidates,
    classes,
    enrolments,
    member_states,
    people,
)
from storage.units import COMMITTEES, Unit

# A unit is looked at once a week; what comes is known before the earliest stage that a unit may shift it to.
STATES_WITHIN, CLASSES_WITHIN = timedelta(days=40), timedelta(days=12)
FILES = 3
OLD_AFTER, SURVEY_DAY = "positions_months", "survey_day"
# Events that hang on what was reached, and on meetings.
COUNTED = (
    "no_target",
    "untargeted",
    "quarter_begins",
    "quarter_middle",
    "quarter_ends",
    "quarter_over",
    "none_this_year",
)
REPORTED = ("monthly_report", "report_collected", "review")
MET = ("meeting", "meeting_unrecorded", "meeting_materials", "meeting_conclusions", "thematic")


def facts_of(
    connection: Connection, those: Sequence[Unit], today: date, book: Rulebook, wanted: Collection[str] | None = None
) -> dict[int, UnitFacts]:
    """Everything that the `wanted` events of these units hang on, today (None: all); by the number of the unit."""
    local = locals_of(connection, [unit.path for unit in those])
    counts = _counts(connection, those, today) if _asked_for(wanted, COUNTED) else {}
    found = {
        unit.id: UnitFacts(
            unit.id,
            unit.kind in COMMITTEES,
            counts=counts.get(unit.id, {}),
            report_day=local[unit.path].get("report_day", REPORT_DAY),
        )
        for unit in those
    }
    if _asked_for(wanted, ("difficulty",)):
        for number, waiting in _difficulties(connection, those).items():
            found[number] = replace(found[number], difficulties=tuple(waiting))
    if _asked_for(wanted, REPORTED):
        found = _with_reports(connection, those, found, today)
    if _asked_for(wanted, ("untargeted",)):
        for number, (none, all_) in targets.untargeted(connection, list(found), containing("quarter", today)).items():
            found[number] = replace(found[number], untargeted=none, branches=all_)
    if _asked_for(wanted, ("mend", "inspection")):
        noted = oversight.open_in(connection, list(found))
        mending, inspections = unit_looked_after.mending(noted), unit_looked_after.inspections(noted, today)
        for number in {one.unit_id for one in noted}:
            mine = tuple(mending.get(number, ())), tuple(inspections.get(number, ()))
            found[number] = replace(found[number], mending=mine[0], inspections=mine[1])
    branches = [unit for unit in those if unit.kind not in COMMITTEES]
    return found | _with_life(connection, branches, today, book, found, wanted) if branches else found


def _with_reports(
    connection: Connection, those: Sequence[Unit], found: Mapping[int, UnitFacts], today: date
) -> dict[int, UnitFacts]:
    """Which reports are there, and for a committee whose are not: of the month that is due next and of the review."""
    due = {unit.id: reported_on(today, found[unit.id].report_day) for unit in those}
    codes = {period.code for periods in due.values() for period in periods}
    there = {code: reports.handed_in(connection, list(due), code) for code in codes}
    told: dict[int, UnitFacts] = {}
    for unit in those:
        done = frozenset(code for code in codes if unit.id in there[code])
        late: dict[str, tuple[str, ...]] = {}
        if unit.kind in COMMITTEES:
            month = due[unit.id][0].code
            late[month] = tuple(one.name for one in reports.not_handed_in(connection, unit, month))
        told[unit.id] = replace(found[unit.id], handed_in=done, late=late)
    return told


def _asked_for(wanted: Collection[str] | None, events: Collection[str]) -> bool:
    return wanted is None or any(event in wanted for event in events)


def _with_life(
    connection: Connection,
    branches: Sequence[Unit],
    today: date,
    book: Rulebook,
    found: Mapping[int, UnitFacts],
    wanted: Collection[str] | None,
) -> dict[int, UnitFacts]:
    ids = [unit.id for unit in branches]
    known: dict[str, Mapping[int, Any]] = {}
    if _asked_for(wanted, COUNTED):
        known["files"] = _files(connection, ids, book)
    if _asked_for(wanted, ("january",)):
        known["helping"] = _helping(connection, ids)
    if _asked_for(wanted, MET):
        met = unit_meetings.of(connection, branches, today)
        known["meetings"] = {unit: one.meetings for unit, one in met.items()}
        known["thematic_held"] = {unit: one.thematic for unit, one in met.items()}
    if _asked_for(wanted, ("positions",)):
        known["positions"] = _positions(connection, branches, book)
    if _asked_for(wanted, ("survey",)):
        known["surveys"] = _surveys(connection, branches, today, book)
    known |= unit_looked_after.of(connection, branches, today, book, wanted)
    for name, event, read in _LISTS:
        if _asked_for(wanted, (event,)):
            known[name] = read(connection, ids, today)
    return {
        unit: replace(found[unit], **{name: _value(values, unit) for name, values in known.items()}) for unit in ids
    }


def _value(values: Mapping[int, Any], unit: int) -> Any:
    value = values.get(unit, ())
    return tuple(value) if isinstance(value, list) else value


def _helping(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    found = (
        select(candidates.c.unit_id, assignments.c.person_id)
        .distinct()
        .join_from(assignments, candidates, candidates.c.id == assignments.c.candidate_id)
        .where(candidates.c.unit_id.in_(ids), candidates.c.state == "open", assignments.c.until.is_(None))
    )
    count = dict.fromkeys(ids, 0)
    for unit, _ in connection.execute(found):
        count[unit] += 1
    return count


def _files(connection: Connection, ids: Sequence[int], book: Rulebook) -> dict[int, list[str]]:
    """The cases that are nearest to an admission, by their codes."""
    steps = book.entries.steps
    wanted = {slug: step.order for slug, step in steps.items() if 0 < step.order <= steps["decision"].order}
    found = select(candidates.c.unit_id, candidates.c.code, candidates.c.step).where(
        candidates.c.unit_id.in_(ids), candidates.c.state == "open", candidates.c.step.in_(list(wanted))
    )
    files: dict[int, list[str]] = defaultdict(list)
    for row in sorted(connection.execute(found), key=lambda row: (-wanted[row.step], row.code)):
        if len(files[row.unit_id]) < FILES:
            files[row.unit_id].append(row.code)
    return files


def _counts(connection: Connection, those: Sequence[Unit], today: date) -> dict[int, dict[str, Count]]:
    """What was reached in this quarter, the one before and this year, beside what the unit was given to do.

    The same figures as a lead sees: from the summaries, by the day that counts in the unit.
    """
    quarter, year = containing("quarter", today), containing("year", today)
    periods = (quarter, quarter.previous, year)
    reached = standing.flows_of(connection, those, periods)
    asked = targets.of_several(connection, [unit.id for unit in those], periods)
    return {
        unit.id: {period.code: _count(reached[unit.id][period.code], asked[unit.id][period.code]) for period in periods}
        for unit in those
    }


def _count(reached: Flow, asked: Target) -> Count:
    return Count(reached.admitted, asked.admissions, reached.new_sources, asked.sources)


def _absent(connection: Connection, ids: Sequence[int], today: date) -> dict[int, list[Concerning]]:
    return {
        unit: [Concerning(one.person, one.last_on, {"name": one.name, "times": one.in_a_row}) for one in those]
        for unit, those in attendance.absent_in(connection, ids, today).items()
    }


def _exemptions(connection: Connection, ids: Sequence[int], today: date) -> dict[int, list[Concerning]]:
    return _ending(connection, ids, today, "exempt")


def _returns(connection: Connection, ids: Sequence[int], today: date) -> dict[int, list[Concerning]]:
    """Members who are away, by the day on which they are expected back."""
    return _ending(connection, ids, today, "away")


def _ending(connection: Connection, ids: Sequence[int], today: date, kind: str) -> dict[int, list[Concerning]]:
    ending = (
        select(member_states.c.id, member_states.c.unit_id, member_states.c.until, people.c.name)
        .join_from(member_states, people, people.c.id == member_states.c.person_id)
        .where(member_states.c.unit_id.in_(ids), member_states.c.kind == kind, member_states.c.ended_on.is_(None))
        .where(member_states.c.since <= today, member_states.c.until <= today + STATES_WITHIN)
        .where(people.c.left_on.is_(None))
        .order_by(member_states.c.id)
    )
    found: dict[int, list[Concerning]] = defaultdict(list)
    for row in connection.execute(ending):
        found[row.unit_id].append(Concerning(row.id, row.until, {"name": row.name}))
    return found


def _classes(connection: Connection, ids: Sequence[int], today: date) -> dict[int, list[Concerning]]:
    """Classes that begin within a few days; whoever helps one of those who are sent there is told."""
    sent = (
        select(candidates.c.unit_id, classes, enrolments.c.candidate_id, assignments.c.person_id.label("helper"))
        .join_from(classes, enrolments, enrolments.c.class_id == classes.c.id)
        .join(candidates, candidates.c.id == enrolments.c.candidate_id)
        .outerjoin(assignments, and_(assignments.c.candidate_id == candidates.c.id, assignments.c.until.is_(None)))
        .where(candidates.c.unit_id.in_(ids), classes.c.state == "open")
        .where(classes.c.starts_on >= today, classes.c.starts_on <= today + CLASSES_WITHIN)
        .order_by(classes.c.id)
    )
    held: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in connection.execute(sent):
        held[row.unit_id, row.id].append(row)
    found: dict[int, list[Concerning]] = defaultdict(list)
    for (unit, number), rows in held.items():
        one, count = rows[0], len({row.candidate_id for row in rows})
        values = {"kind": one.kind, "time": one.time or "", "place": one.place or "", "count": count}
        helpers = tuple(sorted({row.helper for row in rows if row.helper is not None}))
        found[unit].append(Concerning(number, one.starts_on, values, helpers))
    return found


def _positions(connection: Connection, branches: Sequence[Unit], book: Rulebook) -> dict[int, list[Concerning]]:
    """When the oldest number of each branch becomes old; branches that have said nothing are not pressed."""
    local, usual = locals_of(connection, [unit.path for unit in branches]), book.entries.local[OLD_AFTER].value
    months = {unit.id: local[unit.path].get(OLD_AFTER, usual) for unit in branches}
    said = positions.oldest(connection, list(months))
    return {unit: [Concerning(day_slot(on), add_months(on, months[unit]), {"said": on})] for unit, on in said.items()}


def _surveys(
    connection: Connection, branches: Sequence[Unit], today: date, book: Rulebook
) -> dict[int, list[Concerning]]:
    """In the last month of a quarter: branches that have not looked at all their sources."""
    quarter = containing("quarter", today)
    if today.month != quarter.last.month:
        return {}
    local, usual = locals_of(connection, [unit.path for unit in branches]), book.entries.local[SURVEY_DAY].value
    days = {unit.id: quarter.last.replace(day=local[unit.path].get(SURVEY_DAY, usual)) for unit in branches}
    found = surveys.waiting(connection, list(days), surveys.source_steps(book), quarter)
    return {
        unit: [Concerning(day_slot(quarter.last), days[unit], _left(quarter, *counts))]
        for unit, counts in found.items()
    }


def _left(quarter: Period, left: int, count: int) -> dict[str, Any]:
    return {"quarter": quarter.number, "by": quarter.last, "left": left, "count": count}


def _difficulties(connection: Connection, those: Sequence[Unit]) -> dict[int, list[Concerning]]:
    """What waits in the own branches of the committees among these, with whoever handles it at its level."""
    committees = {unit.id for unit in those if unit.kind in COMMITTEES}
    found: dict[int, list[Concerning]] = defaultdict(list)
    for one in difficulties.waiting_in(connection, committees) if committees else ():
        handlers = tuple(difficulties.handlers_of(connection, one))
        found[one.committee_id or 0].append(Concerning(one.id, one.since, {"place": one.unit_name}, handlers))
    return found


_LISTS = (
    ("absent", "absent", _absent),
    ("exemptions", "exemption", _exemptions),
    ("returns", "member_back", _returns),
    ("classes", "class", _classes),
)
