"""The agenda that chibot proposes, ready to be read out in the meeting from the phone, a screen at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.chat import Choice, Reply
from bot.rules.admission import missing, next_steps
from bot.rules.deadlines import dues
from bot.rules.entries import Step
from bot.rules.meetings import counted_of, votes_needed
from bot.rules.replay import Rules
from handlers.candidates import attention_of
from handlers.commands import Context, command
from handlers.dossiers import Dossier, due_line, shown_name
from handlers.pages import read_page
from handlers.sittings import Sitting, led, shown, to_meeting, words_of
from storage import attendance, meeting_reports, meetings, membership, rulebook
from storage.candidates import Case
from storage.facts import known

# How many entries stand on a screen; how far ahead it is looked for what lapses.
DECISIONS, LAPSING, HELPERS, REPORTS, ABSENT = 3, 6, 4, 4, 2
AHEAD = 60
SINCE = 30
RESOLUTION = "resolution_number"
CEREMONY = "ceremony"
# What ends or lapses and is worth the branch's word: probation, papers, deadlines.
MILESTONES = ("probation_end",)
KINDS = ("deadline", "validity", "local")


@dataclass(frozen=True, slots=True)
class Decision:
    """A case that waits for the branch's decision, the step it would take, and what is missing for it."""

    dossier: Dossier
    step: Step
    lacking: tuple[str, ...]


def decided_by_branch(step: Step) -> bool:
    """Whether a step is decided in a meeting of the branch: by vote, or by a resolution of its own."""
    return step.track == "main" and step.by == "branch" and any(field.slug == RESOLUTION for field in step.fields)


def dossiers_of(context: Context, sitting: Sitting) -> list[Dossier]:
    """The open cases of the branch itself, with all that is known of them."""
    rules = rulebook.rules_of(context.connection)
    here = meeting_reports.cases_of(context.connection, context.me, sitting.unit.id)
    facts = {one.id: one.facts for one in known(context.connection, [case.id for case in here])}
    return [Dossier(case, facts[case.id], rules.book, rules.calendar) for case in here]


def decisions_of(dossiers: Sequence[Dossier], on: date) -> list[Decision]:
    """What the branch has to decide, votes first; with what is missing for it on that day."""
    found = []
    for one in dossiers:
        steps = [step for step in next_steps(one.facts, one.book) if decided_by_branch(step)]
        if steps:
            lacking = missing(one.facts, steps[0], on, one.book, one.calendar)
            found.append(Decision(one, steps[0], tuple(finding.name(one.book) for finding in lacking)))
    return sorted(found, key=lambda one: (one.step.ballot is None, bool(one.lacking), one.dossier.facts.step_on))


def count_of_decisions(context: Context, sitting: Sitting) -> int:
    """How many cases wait for the branch and lack nothing that stands against it."""
    rules = rulebook.rules_of(context.connection)
    return sum(not one.lacking for one in _decisions(context, sitting, rules))


def _decisions(context: Context, sitting: Sitting, rules: Rules) -> list[Decision]:
    return decisions_of(dossiers_of(context, sitting), sitting.meeting.day)


def discussed(context: Context, sitting: Sitting) -> list[str]:
    """The kinds of items that a meeting goes through."""
    items = list(words_of("items"))
    if sitting.meeting.kind == "thematic":
        return ["theme", "tasks"]
    return [item for item in items if item != "theme"]


@command("noidung")
def read_out(context: Context, words: str) -> Reply:
    """One screen of what is read out: the agenda, decisions, what lapses, progress, reports."""
    ref, _, rest = words.strip().partition(" ")
    sitting = led(context, ref)
    screens = _screens(context, sitting)
    number = min(read_page(rest)[0], len(screens) - 1)
    template, values, rows = screens[number]
    before = [Choice("earlier", f"/noidung {ref} +{number - 1}")] if number else []
    after = [Choice("later", f"/noidung {ref} +{number + 1}")] if number + 1 < len(screens) else []
    values = {**values, "page": number + 1, "pages": len(screens)}
    return Reply(template, values, [*rows, before + after, to_meeting(ref)], edit=True)


Screen = tuple[str, dict[str, Any], list[list[Choice]]]


def _screens(context: Context, sitting: Sitting) -> list[Screen]:
    dossiers = dossiers_of(context, sitting)
    decisions = decisions_of(dossiers, sitting.meeting.day)
    lapsing = _lapsing(context, dossiers)
    helpers = _progress(context, sitting, dossiers)
    reports = _reports(context, sitting)
    screens: list[Screen] = [("agenda.program", _program(context, sitting, decisions, lapsing, helpers), [])]
    screens += _pieces(decisions, DECISIONS, lambda some: _decision_screen(context, some))
    screens += _pieces(_ceremonies(dossiers), DECISIONS, lambda some: _ceremony_screen(context, some))
    screens += _pieces(lapsing, LAPSING, lambda some: ("agenda.lapsing", {"lines": some}, []))
    screens += _pieces(
        helpers, HELPERS, lambda some: ("agenda.progress", {"lines": some, "since": _since(context, sitting)}, [])
    )
    screens += _pieces(reports, REPORTS, lambda some: ("agenda.reports", {"lines": some}, []))
    return screens


def _pieces(found: Sequence[Any], size: int, screen: Callable[[Sequence[Any]], Screen]) -> list[Screen]:
    return [screen(found[at : at + size]) for at in range(0, len(found), size)]


def _program(
    context: Context, sitting: Sitting, decisions: list[Decision], lapsing: list[Any], helpers: list[Any]
) -> dict[str, Any]:
    book = rulebook.book_of(context.connection)
    strength = membership.strength_of(context.connection, sitting.unit.id, sitting.meeting.day)
    names, absent = words_of("items"), announced(context, sitting)
    kinds = [kind for kind in discussed(context, sitting) if kind != "vote" or decisions]
    return {
        **shown(sitting),
        "items": [names[kind] for kind in kinds],
        "ready": sum(not one.lacking for one in decisions),
        "decisions": len(decisions),
        "lapsing": len(lapsing),
        "helpers": len(helpers),
        "silent": sum(len(one["silent"]) for one in helpers),
        "counted": counted_of(strength, book),
        "need": votes_needed(strength, sitting.meeting.day, book),
        "strength": strength,
        "announced": absent[:ABSENT],
        "more": len(absent) - len(absent[:ABSENT]),
    }


def _decision_screen(context: Context, some: Sequence[Decision]) -> Screen:
    lines = [
        {
            "name": shown_name(context, one.dossier.case),
            "code": one.dossier.case.code,
            "step": one.step.name,
            "ballot": one.step.ballot is not None,
            "lacking": one.lacking[:3],
        }
        for one in some
    ]
    rows = [
        [Choice("record_result", f"/buoc {one.dossier.code} {one.step.label}", {"code": one.dossier.case.code})]
        for one in some
    ]
    return "agenda.decisions", {"lines": lines}, rows


def _ceremony_screen(context: Context, some: Sequence[Dossier]) -> Screen:
    """Who is to be admitted solemnly, by when, and what has to be prepared for it."""
    lines = []
    for one in some:
        last = [due.due_on for due in one.dues() if due.rule == CEREMONY]
        lines.append({"name": shown_name(context, one.case), "code": one.case.code, "by": last[0] if last else None})
    rows = [[Choice("record_result", f"/buoc {one.code} {CEREMONY}", {"code": one.case.code})] for one in some]
    return "agenda.ceremony", {"lines": lines}, rows


def _ceremonies(dossiers: Sequence[Dossier]) -> list[Dossier]:
    return [one for one in dossiers if any(step.slug == CEREMONY for step in next_steps(one.facts, one.book))]


def _lapsing(context: Context, dossiers: Sequence[Dossier]) -> list[dict[str, Any]]:
    """Dates within two months: the end of a probation, papers that lapse, deadlines; the nearest first."""
    until = context.today + timedelta(days=AHEAD)
    found = []
    for one in dossiers:
        for due in dues(one.facts, one.book, one.calendar):
            wanted = due.kind in KINDS or due.rule in MILESTONES
            if wanted and due.rule != "contact_gap" and due.due_on <= until:
                line = due_line(one, due, context.today, {})
                found.append({**line, "who": shown_name(context, one.case), "code": one.case.code})
    return sorted(found, key=lambda line: line["on"])


def _since(context: Context, sitting: Sitting) -> date:
    """The day of the meeting before, or thirty days ago."""
    before = sitting.meeting.day - timedelta(days=1)
    held = meetings.held_between(context.connection, sitting.unit.id, date.min, min(before, context.today))
    regular = [one.day for one in held if one.kind == "regular"]
    return regular[-1] if regular else context.today - timedelta(days=SINCE)


def _progress(context: Context, sitting: Sitting, dossiers: Sequence[Dossier]) -> list[dict[str, Any]]:
    """Each helper with the contacts since the last meeting and those whom nobody has met for long."""
    by_number = {one.case.id: one.case for one in dossiers}
    lines = []
    for one in meeting_reports.helpers_of(context.connection, sitting.unit.id, _since(context, sitting)):
        cases = [by_number[number] for number in one.candidates if number in by_number]
        lines.append(
            {
                "name": one.name,
                "helping": len(cases),
                "contacts": one.contacts,
                "silent": [_silent(context, case) for case in cases if _urgent(context, case)][:3],
            }
        )
    return sorted(lines, key=lambda line: (-len(line["silent"]), line["contacts"]))


def _urgent(context: Context, case: Case) -> bool:
    return attention_of(context, case).need in ("silent", "never", "missed")


def _silent(context: Context, case: Case) -> dict[str, Any]:
    looked = attention_of(context, case)
    return {"name": shown_name(context, case), "days": looked.days, "need": looked.need}


def _reports(context: Context, sitting: Sitting) -> list[dict[str, Any]]:
    """What each has reported, and who has not yet."""
    names = meeting_reports.reporters(context.connection, sitting.unit.id)
    given = {one.person: one for one in meeting_reports.reports_of(context.connection, sitting.meeting)}
    charges = meeting_reports.charges_of(context.connection, sitting.unit.id)
    roles = {one.person: words_of("charges")[one.charge] for one in charges}
    return [
        {
            "name": name,
            "charge": roles.get(person),
            "given": person in given,
            "line": given[person].line if person in given else None,
        }
        for person, name in names.items()
    ]


def announced(context: Context, sitting: Sitting) -> list[tuple[str, str]]:
    """Who has said that they will not come, and why."""
    marks = attendance.marks_of(context.connection, sitting.meeting)
    names = {one.id: one.name for one in membership.members_of(context.connection, sitting.unit.id)}
    reasons = words_of("absence")
    return [
        (names.get(person, "?"), reasons.get(mark.reason or "", ""))
        for person, mark in marks.items()
        if mark.state == "announced"
    ]
