"""Recording the next step of an admission by taps: what may follow, what is missing and why, its day and numbers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.admission import Move, missing, next_steps, record, shown
from bot.rules.ballots import Outcome, goes_up
from bot.rules.changes import apply, changed
from bot.rules.entries import Step
from bot.rules.facts import CaseFacts
from bot.rules.going_back import back_steps
from bot.rules.recording import FieldValue
from bot.vietnamese.fold import fold
from handlers import voting
from handlers.answers import Question
from handlers.commands import Context, command
from handlers.dossiers import (
    Dossier,
    capital,
    dossier_for,
    due_lines,
    finding_line,
    fitting_lines,
    in_charge,
    may_record,
    of_case,
    pointed,
    problem_texts,
    shown_name,
    to_card,
)
from handlers.filling import FILLINGS, Filling, Paper, Told, begin, complete
from handlers.moves import keep, tell_office
from handlers.templates import load
from storage import admission, candidates

DUES_SHOWN = 3
ROOM = 700


@command("buoc")
def steps(context: Context, words: str) -> Reply:
    """Where a case stands and what may follow; with a step, what it needs and then its questions."""
    code, wanted = pointed(context, words)
    if not code:
        return Reply("steps.which_case", {}, [[Choice("my_candidates", "/nguon")]])
    dossier = dossier_for(context, code, "record_step")
    if not wanted:
        return _overview(context, dossier)
    first, _, going_on = wanted.partition(" ")
    step = _pointed_at(dossier, first) or _by_name(dossier, wanted)
    if step is None:
        return _overview(context, dossier)
    return _begin(context, dossier, step) if going_on == "ngay" else _chosen(context, dossier, step)


def _pointed_at(dossier: Dossier, word: str) -> Step | None:
    """A step by its number on paper, which is short enough for a button, or by its slug."""
    steps = dossier.book.entries.steps
    return steps.get(word) or next((step for step in steps.values() if step.label == word.lower()), None)


def _by_name(dossier: Dossier, words: str) -> Step | None:
    found = [step for step in dossier.book.entries.steps.values() if fold(words) in fold(step.name)]
    allowed = [step for step in found if step in next_steps(dossier.facts, dossier.book)]
    return (allowed or found)[0] if allowed or len(found) == 1 else None


def _overview(context: Context, dossier: Dossier) -> Reply:
    case, book = dossier.case, dossier.book
    following = next_steps(dossier.facts, book)
    mine = [step for step in following if may_record(context, case, step)]
    rows = [[_choice(dossier, step)] for step in mine]
    if in_charge(context, case) and back_steps(dossier.facts, book) and not dossier.facts.left:
        rows.append([Choice("go_back", f"/trabuoc {case.code}")])
    values = {
        "case": case,
        "name": shown_name(context, case),
        "step": dossier.step.name,
        "on": dossier.facts.step_on,
        "count": len(mine),
        "others": [{"step": step.name, "by": book.entries.roles[step.by]} for step in following if step not in mine],
        "waiting": _waiting(context, dossier),
        "left": bool(dossier.facts.left),
        "ended": dossier.step.ending,
    }
    return Reply("steps.overview", values, [*rows, to_card(case.code)])


def _choice(dossier: Dossier, step: Step) -> Choice:
    return Choice("step", f"/buoc {dossier.code} {step.label}", {"label": step.label, "name": step.name})


def _waiting(context: Context, dossier: Dossier) -> list[dict[str, Any]]:
    noted = admission.pending_of(context.connection, dossier.case)
    names = dossier.book.entries.steps
    return [{"step": names[one.change.step].name, "on": one.change.on, "by": one.person_name} for one in noted]


def _chosen(context: Context, dossier: Dossier, step: Step) -> Reply:
    """Refuses what does not follow; shows what is needed; asks at once where nothing is."""
    _refuse(context, dossier, step)
    findings = shown(dossier.facts, step, context.today, dossier.book, dossier.calendar)
    if not findings:
        return _begin(context, dossier, step)
    asked = missing(
        _with_fields(dossier.facts, step, context.today), step, context.today, dossier.book, dossier.calendar
    )
    hard = {one.requirement for one in asked}
    lines = [finding_line(one, dossier) for one in findings]
    against = [line for line, one in zip(lines, findings, strict=True) if one.state != "met"]
    met = [line["name"] for line in lines if line["state"] == "met"]
    told, more = fitting_lines(against, ROOM - len(" \u00b7 \u2713 ".join(met)))
    values = {
        "case": dossier.case,
        "name": shown_name(context, dossier.case),
        "step": step.name,
        "blocked": bool(hard),
        "lines": told,
        "more": len(more),
        "met": met,
    }
    go = Choice("other_day_of_step" if hard else "enter_step", f"/buoc {dossier.code} {step.label} ngay")
    supplement = [Choice("supplement", f"/bosung {dossier.code}")] if against else []
    return Reply("steps.needs", values, [[*supplement, go], to_card(dossier.code)])


def _refuse(context: Context, dossier: Dossier, step: Step) -> None:
    if step not in next_steps(dossier.facts, dossier.book):
        move = record(dossier.facts, step.slug, context.today, {}, context.today, dossier.book, dossier.calendar)
        following = next_steps(dossier.facts, dossier.book)
        rows = [[_choice(dossier, one)] for one in following if may_record(context, dossier.case, one)]
        raise Refusal("steps.not_now", rows, texts=problem_texts(move.problems[:1]))
    if not may_record(context, dossier.case, step):
        raise Refusal("steps.not_yours", step=step.name, by=dossier.book.entries.roles[step.by])


def _with_fields(facts: CaseFacts, step: Step, on: date) -> CaseFacts:
    """The case as it would be were every day that the step asks for filled in."""
    dates = {field.event: on for field in step.fields if field.event and field.event not in facts.dates}
    return apply(facts, changed(facts, "side", on, dates))


def _begin(context: Context, dossier: Dossier, step: Step) -> Reply:
    _refuse(context, dossier, step)
    return begin(context, dossier, "step", step.slug)


def _questions(context: Context, paper: Paper) -> list[Question]:
    step, dossier = _step(paper), paper.dossier
    words = load("fillings")["words"]
    asked = [Question("on", "date", words["day_of_step"])]
    for field in step.fields:
        if field.event is None or field.event not in dossier.facts.dates or field.required:
            asked.append(Question(field.slug, field.kind, field.name, field.required, field.options))
    if step.ballot:
        body = dossier.book.entries.ballots.bodies[step.ballot].name
        asked.append(Question("ballot", "ballot", words["ballot_of"].format(body=body), step.ballot_required))
    return asked


def _step(paper: Paper) -> Step:
    return paper.dossier.book.entries.steps[paper.about]


def _move(context: Context, paper: Paper) -> Move:
    step, dossier = _step(paper), paper.dossier
    values: dict[str, FieldValue] = {}
    for field in step.fields:
        said = paper.day(field.slug) if field.kind == "date" else paper.said(field.slug)
        if said is not None:
            values[field.slug] = said
    on = paper.day("on") or context.today
    vote = voting.ballot(paper.said("ballot"))
    return record(dossier.facts, step.slug, on, values, context.today, dossier.book, dossier.calendar, vote)


def _told(context: Context, paper: Paper) -> Told:
    step, dossier = _step(paper), paper.dossier
    if not complete(paper, _questions(context, paper)):
        return Told(step.name)
    move = _move(context, paper)
    lines = _of_vote(move.outcome, dossier)
    if move.confirm and not candidates.allowed(context.me, dossier.case, "confirm_step"):
        lines.append(load("fillings")["words"]["waits_for_office"])
    supplement = [Choice("supplement", f"/bosung {dossier.code}")] if move.missing else []
    return Told(step.name, lines, problem_texts(move.problems), supplement)


def _of_vote(outcome: Outcome | None, dossier: Dossier) -> list[str]:
    if outcome is None:
        return []
    return [text for text in (outcome.text(dossier.book), outcome.warning) if text]


def _save(context: Context, paper: Paper) -> Reply | None:
    dossier, step = paper.dossier, _step(paper)
    if late := _overtaken(context, paper):
        return late
    move = _move(context, paper)
    if move.change is None:
        return None
    kept = keep(context, dossier, move.change, "case.record", _papers(step, paper.values), confirm=move.confirm)
    after = of_case(context, candidates.case_by_id(context.connection, context.me, dossier.case.id))
    short = move.outcome is not None and not move.outcome.passed
    up = goes_up(after.facts.failed_votes, dossier.book) if short else None
    values = {
        "case": dossier.case,
        "name": shown_name(context, dossier.case),
        "step": step.name,
        "on": paper.day("on"),
        "waits": kept.waits,
        "short": short,
        "result": _of_vote(move.outcome, dossier),
        "up": capital(up[0]) if up else None,
        "dues": [] if kept.waits else _new_dues(context, dossier, after),
    }
    if short:
        notice = {name: values[name] for name in ("case", "step", "on", "result", "up")}
        tell_office(
            context,
            dossier.case,
            f"short:{context.incoming.id}",
            Reply("steps.vote_short", notice, [to_card(dossier.code)]),
        )
    why = [Choice("why_date", f"/visao {dossier.code}")] if values["dues"] else []
    return Reply("steps.saved", values, [[*why, Choice("undo", kept.undo)], to_card(dossier.code)])


def _new_dues(context: Context, before: Dossier, after: Dossier) -> list[Any]:
    had = {(due.rule, due.subject, due.due_on) for due in before.dues()}
    running = after.dues()
    new = [due for due in running if (due.rule, due.subject, due.due_on) not in had]
    return due_lines(context, after, (new or running[:1])[:DUES_SHOWN])


def _overtaken(context: Context, paper: Paper) -> Reply | None:
    """Somebody else recorded or sent something back since this paper was begun: who and what."""
    dossier = paper.dossier
    noted = admission.history_of_changes(context.connection, dossier.case)
    since = [one for one in noted if one.state == "done" and (one.from_version or 0) >= paper.version]
    moved = [one for one in since if one.change.step == paper.about or "step" in one.change.after]
    waiting = admission.pending_of(context.connection, dossier.case)
    moved += [one for one in waiting if one.change.step == paper.about and one.person != context.me.id]
    if not moved:
        return None
    last = moved[-1]
    name = dossier.book.entries.steps[last.change.step].name
    values = {"case": dossier.case, "step": name, "by": last.person_name, "on": last.change.on}
    return Reply("steps.overtaken", values, [to_card(dossier.code)])


def _papers(step: Step, values: Mapping[str, Any]) -> dict[str, str]:
    """Numbers by the event they belong to; counts, choices and the figures of a vote by their own names."""
    papers: dict[str, str] = {}
    events = {field.event for field in step.fields if field.event and values.get(field.slug)}
    for field in step.fields:
        value = values.get(field.slug)
        if value is None or field.kind == "date":
            continue
        if field.kind == "number":
            beside = [event for event in events if event.startswith(field.slug.partition("_")[0])]
            papers[beside[0] if beside else step.event] = str(value)
        else:
            papers[field.slug] = str(value)
    return papers | {f"ballot.{name}": str(count) for name, count in (values.get("ballot") or {}).items()}


FILLINGS["step"] = Filling("record_step", _questions, _told, _save)
