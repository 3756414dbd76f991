"""Why a date is what it is, and what would move if the branch met on another day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from bot.chat import Choice, Reply
from bot.rules.deadlines import Due, explain_due
from bot.rules.what_if import what_if as supposed
from bot.rules.why import reason
from bot.vietnamese.dates import future_date, past_date
from bot.vietnamese.fold import clean, fold
from handlers import plain
from handlers.answers import iso
from handlers.commands import Context, command, form
from handlers.dossiers import LAST, Dossier, dossier_for, due_lines, finding_line, pointed, shown_name, to_card
from handlers.pages import BUTTON_BYTES
from handlers.templates import load

OTHERS, DAYS, FINDINGS = 5, (7, 14, 30), 3
FARTHEST = 5 * 366


@command("visao")
def why(context: Context, words: str) -> Reply:
    """How the nearest date of a case, or the one of the rule that is named, was worked out."""
    code, wanted = pointed(context, words)
    if not code:
        return Reply("reasons.which_case", {}, [[Choice("my_candidates", "/nguon")]])
    dossier = dossier_for(context, code)
    running = dossier.dues()
    rule, _, subject = wanted.partition(" ")
    found = [due for due in running if wanted and due.rule.startswith(rule) and subject in ("", due.subject)]
    found = found or [due for due in running if wanted and fold(wanted) in fold(dossier.book.rules[due.rule].name)]
    if wanted and running and not found:
        return _which(context, dossier, running, wanted)
    pressing = [due for due in running if due.kind in ("deadline", "local")]
    chosen = next(iter(found or pressing or running), None)
    if chosen is None:
        return Reply("reasons.nothing_due", {"case": dossier.case, "step": dossier.step.name}, [to_card(code)])
    explanation = explain_due(chosen, dossier.facts, dossier.book, dossier.calendar)
    line = due_lines(context, dossier, [chosen])[0]
    values = {"case": dossier.case, "due": line, "reason": reason(explanation, dossier.book)}
    rows = _reasons(context, dossier, [due for due in running if due is not chosen])
    return Reply("reasons.why", values, [*rows, [Choice("what_if", f"/neu {dossier.code}"), *to_card(dossier.code)]])


def _which(context: Context, dossier: Dossier, running: Sequence[Due], wanted: str) -> Reply:
    values = {"case": dossier.case, "words": clean(wanted)[:40]}
    return Reply("reasons.no_such_due", values, [*_reasons(context, dossier, running), to_card(dossier.code)])


def _reasons(context: Context, dossier: Dossier, running: Sequence[Due]) -> list[list[Choice]]:
    shown = running[:OTHERS]
    # A rule's slug may be cut to what a button holds: what is left still begins no other that runs.
    sends = [f"/visao {dossier.code} {due.rule} {due.subject}".strip()[:BUTTON_BYTES] for due in shown]
    lines = due_lines(context, dossier, shown)
    return [[Choice("why_of", send, {"name": line["name"]})] for send, line in zip(sends, lines, strict=True)]


@command("neu")
def what_if(context: Context, words: str) -> Reply:
    """Works the chain of dates out anew for an assumed day of the meeting, the decision or the ceremony."""
    code, said = pointed(context, words)
    if not code:
        return Reply("reasons.which_case", {}, [[Choice("my_candidates", "/nguon")]])
    dossier = dossier_for(context, code)
    if dossier.case.state != "open":
        return Reply(
            "candidates.not_open", {"code": dossier.code, "state": dossier.case.state}, [to_card(dossier.code)]
        )
    on = _day(context, said)
    event = _event(said, dossier)
    if on is None:
        return _ask(context, dossier, event, said)
    return _moved(context, dossier, event, on)


def _day(context: Context, said: str) -> date | None:
    """The day that is supposed; None where there is none, or one so far off that nobody means it."""
    on = (iso(said.split()[-1]) if said else None) or future_date(said, context.today) or past_date(said, context.today)
    return on if on and abs((on - context.today).days) <= FARTHEST else None


def _ask(context: Context, dossier: Dossier, event: str, said: str) -> Reply:
    days = [context.today + timedelta(days=count) for count in DAYS]
    rows = [[Choice("if_day", f"/neu {dossier.code} {day}", {"on": day})] for day in days]
    values = {"case": dossier.case, "event": dossier.book.entries.events[event], "words": clean(said)[:40]}
    return Reply("reasons.ask_day", values, [*rows, to_card(dossier.code)])


def _moved(context: Context, dossier: Dossier, event: str, on: date) -> Reply:
    found = supposed(dossier.facts, {event: on}, context.today, dossier.book, dossier.calendar)
    chain = [
        {"name": dossier.book.rules[one.rule].name, "before": one.before, "after": one.after.due_on}
        for one in found.chain
        if one.before != one.after.due_on
    ]
    differing = [finding_line(then, dossier, source=False) for _, then in found.findings]
    values = {
        "case": dossier.case,
        "name": shown_name(context, dossier.case),
        "event": dossier.book.entries.events[event],
        "on": on,
        "chain": chain,
        "findings": differing[:FINDINGS],
        "holiday": dossier.calendar.holiday(on),
    }
    return Reply("reasons.what_if", values, [to_card(dossier.code)])


@cache
def _cues() -> Mapping[str, str]:
    return {fold(cue): event for event, cues in load("fillings")["suppose"].items() for cue in cues}


def _event(said: str, dossier: Dossier) -> str:
    """What is supposed to fall on that day; "the branch meets" is the next vote that this case needs."""
    folded = fold(said)
    named = [event for cue, event in _cues().items() if cue in folded]
    if named and named[0] != "meeting":
        return named[0]
    return "recognition_resolution" if "ceremony" in dossier.facts.dates else "branch_resolution"


@form(LAST)
def after_card(context: Context, text: str) -> Reply | None:
    """Words right after a card: a supposition is about that case, anything else is what it would be elsewhere."""
    first, _, rest = text.strip().partition(" ")
    if fold(first) in load("fillings")["supposing"] and _day(context, rest):
        return what_if(context, rest)
    return plain.words(context, text)
