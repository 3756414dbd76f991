"""Keeping a change of a case: at once, or put before the committee's office; confirmed, sent back, undone."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.chat import Choice, Refusal, Reply
from bot.rules.changes import Change
from handlers.commands import Context, command
from handlers.dossiers import Dossier, capital, dossier_for, of_case, to_card
from handlers.pages import is_number
from storage import admission, candidates, people
from storage.candidates import Case
from storage.changes import Noted

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a change: `waits` for the office, or counts; `undo` is what its button sends."""

    waits: bool
    undo: str


def keep(
    context: Context,
    dossier: Dossier,
    change: Change,
    action: str,
    papers: Mapping[str, str] | None = None,
    *,
    confirm: bool = False,
) -> Kept:
    """Writes a change, or puts it before the office where that must confirm it and the writer is not the office."""
    connection, case = context.connection, dossier.case
    if confirm and not candidates.allowed(context.me, case, "confirm_step"):
        number = admission.pend(connection, context.now, context.me.id, case, change, action, papers)
        _ask_office(context, dossier, change, number)
        return Kept(True, f"/lui {case.code} p{number}")
    done = admission.write(
        connection, context.now, context.me.id, case, change, action, dossier.book, dossier.calendar, papers
    )
    if not done:
        raise Refusal("candidates.changed_meanwhile", code=case.code)
    return Kept(False, f"/lui {case.code} v{case.version + 1}")


def office_of(context: Context, case: Case) -> list[int]:
    """Who sits in the office of the committee above the branch."""
    if case.committee_id is None:
        return []
    return people.in_charge(context.connection, case.committee_id, ("office",))


def tell_office(context: Context, case: Case, what: str, reply: Reply) -> int:
    """Puts a notice before the office, by code and initials; gives how many are told."""
    told = office_of(context, case)
    for person in told:
        context.tell(person, f"{what}:{case.id}:{person}", reply)
    return len(told)


def _ask_office(context: Context, dossier: Dossier, change: Change, number: int) -> None:
    case = dossier.case
    step = dossier.book.entries.steps[change.step].name
    values = {"case": case, "step": step, "on": change.on, "by": context.me.name}
    buttons = [[Choice("confirm", f"/xacnhan {number}"), Choice("send_back", f"/trave {number}")], to_card(case.code)]
    tell_office(context, case, f"confirm:{number}", Reply("steps.to_confirm", values, buttons))


@command("xacnhan")
def confirm(context: Context, words: str) -> Reply:
    """The office makes a recorded step count; without a number, what waits for it."""
    if not context.me.may("confirm_step"):
        raise Refusal("access.not_your_role")
    if not words:
        return _waiting(context)
    case, noted = _pending(context, words)
    rules = admission.rules_of(context.connection)
    admission.confirm(context.connection, context.now, context.me.id, noted.id, rules.book, rules.calendar)
    values = _values(of_case(context, case), noted)
    if noted.person:
        context.tell(noted.person, f"confirmed:{noted.id}", Reply("steps.was_confirmed", values, [to_card(case.code)]))
    now = candidates.case_by_id(context.connection, context.me, case.id)
    undo = Choice("undo", f"/lui {case.code} v{now.version}")
    return Reply("steps.confirmed", values, [[undo, *to_card(case.code)]], edit=True)


def _values(dossier: Dossier, noted: Noted) -> dict[str, object]:
    step = dossier.book.entries.steps[noted.change.step].name
    return {"case": dossier.case, "step": step, "on": noted.change.on, "by": noted.person_name}


def _pending(context: Context, words: str) -> tuple[Case, Noted]:
    if not is_number(words):
        raise Refusal("conversation.old_button")
    return admission.pending_by_id(context.connection, context.me, int(words))


def _waiting(context: Context) -> Reply:
    waiting = admission.pending_for(context.connection, context.me)
    steps = admission.book_of(context.connection).entries.steps
    lines = [
        {"code": noted.code, "step": steps[noted.change.step].name, "on": noted.change.on, "by": noted.person_name}
        for noted in waiting[:SHOWN]
    ]
    rows = [
        [
            Choice("confirm_one", f"/xacnhan {noted.id}", {"code": noted.code}),
            Choice("send_back_one", f"/trave {noted.id}", {"code": noted.code}),
        ]
        for noted in waiting[:SHOWN]
    ]
    return Reply("steps.waiting", {"lines": lines, "count": len(waiting)}, rows)


@command("trave")
def send_back_recorded(context: Context, words: str) -> Reply:
    """The office gives a recorded step back to the branch, for one of the reasons that are data."""
    number, _, reason = words.partition(" ")
    case, noted = _pending(context, number)
    dossier = of_case(context, case)
    reasons = dossier.book.entries.back_reasons
    if reason not in reasons:
        rows = [
            [Choice("short_name", f"/trave {number} {slug}", {"name": capital(said)})] for slug, said in reasons.items()
        ]
        return Reply("steps.why_back", _values(dossier, noted), rows, edit=True)
    admission.send_back_pending(context.connection, context.now, context.me.id, noted.id, reason)
    values = {**_values(dossier, noted), "reason": reasons[reason]}
    if noted.person:
        context.tell(noted.person, f"returned:{noted.id}", Reply("steps.was_returned", values, [to_card(case.code)]))
    return Reply("steps.returned", values, [to_card(case.code)], edit=True)


@command("lui")
def undo(context: Context, words: str) -> Reply:
    """Takes back what the button stands under, for as long as the unit allows it."""
    code, _, mark = words.partition(" ")
    dossier = dossier_for(context, code, "see_case")
    case = dossier.case
    waiting = [f"p{noted.id}" for noted in admission.pending_of(context.connection, case)]
    if mark not in waiting and mark != f"v{case.version}":
        raise Refusal("admission.nothing_to_undo", code=case.code)
    change = admission.undo_last(context.connection, context.now, context.me.id, case, dossier.book, dossier.calendar)
    name = dossier.book.entries.steps[change.step].name
    return Reply("steps.undone", {"case": case, "step": name}, [to_card(case.code)], edit=True)
