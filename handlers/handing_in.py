"""Handing a report in, sending it back with a reason, correcting it, and the number under which it is kept."""

import re

from bot.chat import Choice, Refusal, Reply
from bot.reports.keeping import kept
from bot.reports.paper import parts_of
from bot.reports.wording import period_name
from bot.vietnamese.fold import clean
from handlers.commands import Context, command, form
from handlers.papers import handed_in_paper
from handlers.report_units import Asked, above_of, pressed, takes_in
from handlers.reports import names, show, standing_of, to_part, to_report
from storage import people, reports, units
from storage.reports import Report

BACK, NUMBER = "report_back", "report_number"
LONGEST_REASON = 200
_NUMBER = re.compile(r"\D*(\d{1,4})\b")
# What the history says of a report that was handed in.
MAIN = ("admitted", "new_sources", "sources", "contacts")


@command("nopbaocao")
def hand_in(context: Context, words: str) -> Reply:
    """Says what would be handed in and what is missing; with "ok" hands it in."""
    asked = pressed(context, words, "write_report")
    newest = standing_of(context, asked).report
    if newest is not None and newest.state == "handed_in":
        return show(context, asked, "again")
    if asked.period.first > context.today:
        raise Refusal("reports.not_begun", [to_report(asked)], period=period_name(asked.period))
    if asked.rest != "ok":
        return _ask(context, asked, newest)
    report = reports.draft(context.connection, context.now, context.me.id, asked.unit.id, asked.period.code)
    paper = handed_in_paper(context.connection, asked.unit, asked.period, context.today)
    told = {measure.slug: measure.now for measure in paper.measures if measure.slug in MAIN}
    if not reports.hand_in(context.connection, context.now, context.me.id, report, kept(paper), told):
        raise Refusal("conversation.old_button")
    above = above_of(context, asked.unit)
    _tell_above(context, asked, report)
    return show(context, asked, "handed_in", above.name if above else None)


def _ask(context: Context, asked: Asked, newest: Report | None) -> Reply:
    said = newest.parts if newest else {}
    missing = [slug for slug in parts_of(asked.period.kind) if slug not in said]
    above = above_of(context, asked.unit)
    values = {
        "unit": asked.unit.name,
        "period": period_name(asked.period),
        "missing": names(missing),
        "above": above.name if above else None,
        "early": asked.period.last > context.today,
        "today": context.today,
    }
    first = [to_part(asked, missing[0])] if missing else []
    rows = [[Choice("hand_in_now", f"/nopbaocao {asked.ref} ok")], [*first, *to_report(asked)]]
    return Reply("reports.check_hand_in", values, rows)


def _tell_above(context: Context, asked: Asked, report: Report) -> None:
    above = above_of(context, asked.unit)
    if above is None:
        return
    told = Reply(
        "reports.told_handed_in",
        {"unit": asked.unit.name, "period": period_name(asked.period), "version": report.version},
        [to_report(asked), [Choice("late_reports", f"/chuanop {asked.period.code} u{above.id}")]],
    )
    for person in people.in_charge(context.connection, above.id, ("office",)):
        context.tell(person, f"report:{report.id}:handed_in:{person}", told)


@command("suabaocao")
def correct(context: Context, words: str) -> Reply:
    """Opens a corrected version of what was handed in; the old one counts until the new one is handed in."""
    asked = pressed(context, words, "write_report")
    newest = standing_of(context, asked).report
    if newest is None or newest.state == "draft":
        return show(context, asked)
    reports.draft(context.connection, context.now, context.me.id, asked.unit.id, asked.period.code)
    return show(context, asked, "correcting")


@command("trabaocao")
def send_back(context: Context, words: str) -> Reply:
    """Asks why a report is sent back."""
    asked = pressed(context, words)
    _handed_in(context, asked)
    context.begin_form(BACK, unit=asked.unit.id, period=asked.period.code, asks="note")
    values = {"unit": asked.unit.name, "period": period_name(asked.period)}
    return Reply("reports.ask_why_back", values, [[Choice("cancel", "/huy")]])


def _handed_in(context: Context, asked: Asked) -> Report:
    if not takes_in(context, asked.unit):
        raise Refusal("reports.not_yours_to_take_in", [to_report(asked)], unit=asked.unit.name)
    found = reports.handed_in(context.connection, [asked.unit.id], asked.period.code).get(asked.unit.id)
    if found is None:
        raise Refusal("reports.nothing_handed_in", [to_report(asked)], unit=asked.unit.name)
    return found


@form(BACK)
def why_typed(context: Context, text: str) -> Reply:
    """The reason."""
    data = context.form.data if context.form else {}
    asked = pressed(context, f"{data['period']} u{data['unit']}")
    report, why = _handed_in(context, asked), clean(text)
    if not why:
        raise Refusal("conversation.empty")
    if len(why) > LONGEST_REASON:
        raise Refusal("nominations.reason_too_long", most=LONGEST_REASON, length=len(why))
    if not reports.send_back(context.connection, context.now, context.me.id, report, why):
        raise Refusal("conversation.old_button")
    context.close_form()
    told = Reply(
        "reports.told_sent_back",
        {"unit": asked.unit.name, "period": period_name(asked.period), "why": why},
        [[Choice("report_parts", f"/phanbaocao {asked.ref}")], to_report(asked)],
    )
    writers = set(_writers(context, asked)) | ({report.handed_in_by} if report.handed_in_by else set())
    for person in sorted(writers):
        context.tell(person, f"report:{report.id}:sent_back:{person}", told)
    return Reply("reports.sent_back", {"unit": asked.unit.name, "why": why}, [to_report(asked)])


def _writers(context: Context, asked: Asked) -> list[int]:
    if asked.unit.kind in units.COMMITTEES:
        return people.in_charge(context.connection, asked.unit.id, ("office",))
    return people.leaders(context.connection, asked.unit.id, asked.unit.committee_id)


@command("sobaocao")
def number(context: Context, words: str) -> Reply:
    """Asks for the number under which the paper is kept."""
    asked = pressed(context, words, "write_report")
    context.begin_form(NUMBER, unit=asked.unit.id, period=asked.period.code)
    newest = standing_of(context, asked).report
    values = {"unit": asked.unit.name, "number": newest.number if newest else None}
    return Reply("reports.ask_number", values, [[Choice("cancel", "/huy")]])


@form(NUMBER, numbers=True)
def number_typed(context: Context, text: str) -> Reply:
    """ "05" or "05-BC/CB"."""
    data = context.form.data if context.form else {}
    asked = pressed(context, f"{data['period']} u{data['unit']}", "write_report")
    found = _NUMBER.match(clean(text))
    if found is None:
        raise Refusal("reports.no_number")
    report = standing_of(context, asked).report or reports.draft(
        context.connection, context.now, context.me.id, asked.unit.id, asked.period.code
    )
    reports.set_number(context.connection, context.now, context.me.id, report, found.group(1).zfill(2))
    context.close_form()
    return show(context, asked, "numbered")
