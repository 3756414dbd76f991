"""The branch meeting: the next one as its leaders prepare it, as a member sees it, and those before and after it."""

import re
from datetime import date, timedelta
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.meetings import MATERIALS_BEFORE, counted_of, votes_needed
from bot.rules.workdays import add_months
from bot.vietnamese.fold import clean, fold
from handlers import agenda, meeting_lists, meeting_reports, plain
from handlers.commands import Context, command, is_command
from handlers.pages import Page, fitting, read_page
from handlers.sittings import (
    Sitting,
    belongs,
    branches_in_sight,
    leads,
    ref_of,
    shown,
    sitting_for,
    to_meeting,
    words_of,
)
from handlers.unit_search import matching
from storage import attendance, meetings, membership, rulebook
from storage import meeting_reports as reports
from storage.units import Unit

BRANCHES = 6
REPORT, ALL = ("bao cao", "baocao"), ("lich", "cac ky")
COMING = ("sau", "toi", "tiep theo", "sap toi")
HALF_A_YEAR = 183
_MONTH = re.compile(r"thang (?:(?P<number>\d{1,2})|(?P<beside>nay|sau|truoc))")
_REF = re.compile(r"\d+-\d{6}c?")


@command("hop")
def meeting(context: Context, words: str) -> Reply | None:
    """The next meeting of my branch; with a reference that one, with words a branch; "baocao" gives my report.

    Its name is how people begin a sentence, too: words that mean no meeting are read as plain ones.
    """
    if not context.me.may("see_meeting"):
        raise Refusal("access.not_your_role")
    first, _, rest = words.strip().partition(" ")
    if _REF.fullmatch(first):
        return of_sitting(context, sitting_for(context, first))
    said = fold(words)
    known = branches_in_sight(context)
    if said in REPORT:
        return meeting_reports.of_own_branch(context, known)
    mine = [unit for unit in known if belongs(context, unit)]
    if said in ALL and len(mine or known) == 1:
        return meeting_lists.of_unit(context, (mine or known)[0], 0)
    if first == "b" and rest.isdecimal():
        return _next(context, [unit for unit in known if str(unit.id) == rest])
    page, query = read_page(words)
    if query and (month := _month(said, context.today)) and len(mine) == 1:
        return of_sitting(context, sitting_for(context, f"{mine[0].id}-{month:%Y%m}"))
    if query and said not in COMING:
        if not is_command(context.incoming.text) and not matching(known, clean(query)[:40]):
            return plain.words(context, context.incoming.text)
        return _search(context, known, query, page)
    return _next(context, mine) if len(mine) == 1 and not page else _next(context, known, page)


def _month(said: str, today: date) -> date | None:
    """The month that was typed ("thang 12", "thang sau"): of this year, or of the one to which it is nearer."""
    found = _MONTH.fullmatch(said)
    if found is None:
        return None
    first = today.replace(day=1)
    if not found["number"]:
        return add_months(first, {"nay": 0, "sau": 1, "truoc": -1}[found["beside"]])
    month = int(found["number"])
    if not 1 <= month <= 12:
        return None
    near = first.replace(month=month)
    return add_months(near, 12) if (first - near).days > HALF_A_YEAR else near


def _search(context: Context, known: list[Unit], query: str, page: int) -> Reply:
    found = matching(known, clean(query)[:40])
    if not found:
        raise Refusal("meetings.no_branch", [[Choice("next_meeting", "/hop")]], query=clean(query)[:40])
    return _next(context, found, page, query)


def _next(context: Context, known: list[Unit], wanted: int = 0, query: str = "") -> Reply:
    """The next meeting of the only branch, or a list of branches with the day of each."""
    if not known:
        raise Refusal("meetings.no_such_meeting")
    if len(known) > 1:
        page = Page.of(known, wanted, BRANCHES)
        rows = [[_branch(context, unit)] for unit in page.items]
        turn = page.turn(lambda to: fitting(f"/hop +{to} {query}"))
        values = {"count": page.count, "page": page.number + 1, "pages": page.last + 1}
        return Reply("meetings.branches", values, [*rows, turn], edit=True)
    coming = meetings.next_of(context.connection, known[0].id, context.today)
    if coming is None:
        return meeting_lists.of_unit(context, known[0], 0)
    return of_sitting(context, Sitting(known[0], coming, leads(context, known[0])))


def _branch(context: Context, unit: Unit) -> Choice:
    coming = meetings.next_of(context.connection, unit.id, context.today)
    return Choice("meeting_of", f"/hop b {unit.id}", {"name": unit.name, "on": coming.on if coming else None})


def of_sitting(context: Context, sitting: Sitting, told: str | None = None) -> Reply:
    """The meeting as this person sees it; `told`: what has just been done, above it."""
    if sitting.leads:
        return _for_leaders(context, sitting, told)
    if belongs(context, sitting.unit):
        return _for_members(context, sitting, told)
    return _for_others(context, sitting)


def _for_leaders(context: Context, sitting: Sitting, told: str | None) -> Reply:
    connection, meeting = context.connection, sitting.meeting
    book = rulebook.book_of(connection)
    strength = membership.strength_of(connection, sitting.unit.id, meeting.day)
    marks = attendance.marks_of(connection, meeting)
    expected = reports.reporters(connection, sitting.unit.id)
    waiting = reports.unreported(connection, meeting)
    values = {
        **shown(sitting),
        "told": told,
        "days": (meeting.on - context.today).days,
        "members": strength.members,
        "counted": counted_of(strength, book),
        "need": votes_needed(strength, meeting.day, book),
        "decisions": agenda.count_of_decisions(context, sitting) if meeting.state == "planned" else 0,
        "absent": sum(mark.state == "announced" for mark in marks.values()),
        "reported": len(expected) - len(waiting),
        "reporters": len(expected),
        "materials_on": meeting.materials_on,
        "materials_by": meeting.on - timedelta(days=MATERIALS_BEFORE),
        "roll": attendance.roll_of(marks) if meeting.state == "held" and marks else None,
        "resolution": meeting.resolution,
        "conclusions_on": meeting.conclusions_on,
        "conclusions_by": meetings.conclusions_due(connection, meeting) if meeting.state == "held" else None,
        "source": _source(context, sitting),
        **_warnings(context, sitting),
    }
    return Reply("meetings.leading", values, _buttons(context, sitting), edit=True)


def _source(context: Context, sitting: Sitting) -> str:
    """Where it is written by when conclusions are posted, and how well that is known."""
    book = rulebook.book_of(context.connection)
    clock = book.clock(meetings.CONCLUSIONS, sitting.meeting.day)
    if clock is None or clock.source.document is None:
        return ""
    document = book.document(clock.source.document)
    mark = book.standing(clock.source, context.today).label
    return f"{document.short} {document.number}, {document.issued_on:%d/%m/%Y}; {mark}"


def _warnings(context: Context, sitting: Sitting) -> dict[str, Any]:
    connection, unit, today = context.connection, sitting.unit.id, context.today
    if sitting.meeting.state != "planned":
        return {"unrecorded": [], "owed": [], "missing": 0}
    return {
        "unrecorded": [plan.on for plan in meetings.unrecorded(connection, unit, today)],
        "owed": [(held.day, by) for held, by in meetings.conclusions_owed(connection, unit, today)],
        "missing": len(attendance.absent_twice(connection, unit, today)),
    }


def _buttons(context: Context, sitting: Sitting) -> list[list[Choice]]:
    ref, meeting = sitting.ref, sitting.meeting
    more = [Choice("standing_of_members", f"/sinhhoat {sitting.unit.id}"), Choice("all_meetings", f"/kyhop {ref}")]
    if meeting.state == "cancelled":
        return [[Choice("hold_after_all", f"/hopdoi {ref} again")], more]
    record = [Choice("attendance_roll", f"/diemdanh {ref}"), Choice("meeting_minutes", f"/bienban {ref}")]
    if meeting.state == "held":
        post = [] if meeting.conclusions_on else [Choice("post_conclusions", f"/ketluan {ref}")]
        return [record, post, more]
    prepare = [Choice("meeting_agenda", f"/noidung {ref}"), Choice("meeting_reports", f"/baocaohop {ref}")]
    plan = [Choice("change_plan", f"/hopdoi {ref}")]
    plan += [] if meeting.materials_on else [Choice("post_materials", f"/tailieu {ref}")]
    late = [
        [Choice("record_meeting", f"/hop {ref_of(plan)}", {"on": plan.on})]
        for plan in meetings.unrecorded(context.connection, sitting.unit.id, context.today)
        if plan != meeting
    ]
    return [prepare, record if meeting.on <= context.today else [], plan, *late[:2], more]


def _for_members(context: Context, sitting: Sitting, told: str | None) -> Reply:
    meeting, ref = sitting.meeting, sitting.ref
    mark = attendance.marks_of(context.connection, meeting).get(context.me.id)
    owes = context.me.id in reports.unreported(context.connection, meeting)
    coming = meeting.state == "planned" and meeting.on >= context.today
    state = next(
        (
            one.kind
            for one in membership.open_states(context.connection, sitting.unit.id, meeting.day)
            if one.person == context.me.id
        ),
        None,
    )
    values = {
        **shown(sitting),
        "told": told,
        "days": (meeting.on - context.today).days,
        "materials_on": meeting.materials_on,
        "owes": owes and coming,
        "mark": mark.state if mark else None,
        "reason": words_of("absence").get(mark.reason or "") if mark else None,
        "exempt": state == "exempt",
        "resolution": meeting.resolution,
        "conclusions_on": meeting.conclusions_on,
    }
    announced = mark is not None and mark.state == "announced"
    absence = Choice("i_come", f"/toivang {ref} -") if announced else Choice("i_am_absent", f"/toivang {ref}")
    rows = [[absence] if coming else [], [Choice("my_report", f"/baocaohop {ref}")] if owes and coming else []]
    return Reply("meetings.member", values, [*rows, [Choice("all_meetings", f"/kyhop {ref}")]], edit=True)


def _for_others(context: Context, sitting: Sitting) -> Reply:
    """Whoever only looks: when and where, whether it was held and how many came."""
    marks = attendance.marks_of(context.connection, sitting.meeting)
    held = sitting.meeting.state == "held"
    values = {
        **shown(sitting),
        "days": (sitting.meeting.on - context.today).days,
        "roll": attendance.roll_of(marks) if held and marks else None,
        "resolution": sitting.meeting.resolution,
        "conclusions_on": sitting.meeting.conclusions_on,
    }
    rows = [[Choice("all_meetings", f"/kyhop {sitting.ref}"), Choice("other_branches", "/hop")]]
    return Reply("meetings.looking", values, rows, edit=True)


@command("tailieu")
def materials(context: Context, words: str) -> Reply:
    """The leader notes that the materials are put up."""
    sitting = sitting_for(context, words, "hold_meeting")
    meeting = sitting.meeting
    if meeting.materials_on is None:
        done = {"materials_on": context.today}
        meeting = meetings.change(context.connection, context.now, context.me.id, meeting, "meeting.materials", **done)
    return of_sitting(context, Sitting(sitting.unit, meeting, sitting.leads), "materials")


@command("ketluan")
def conclusions(context: Context, words: str) -> Reply:
    """The leader notes that the conclusions are posted; HD 42-HD/BTCTW (28/10/2025) asks for it within two days."""
    sitting = sitting_for(context, words, "hold_meeting")
    meeting = sitting.meeting
    if meeting.state != "held":
        raise Refusal("meetings.not_held_yet", [to_meeting(sitting.ref)], on=meeting.on)
    if meeting.conclusions_on is None:
        done = {"conclusions_on": context.today}
        action = "meeting.conclusions"
        meeting = meetings.change(context.connection, context.now, context.me.id, meeting, action, **done)
    return of_sitting(context, Sitting(sitting.unit, meeting, sitting.leads), "conclusions")
