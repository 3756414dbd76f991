"""Sending a case back to an earlier step: to which, for which reason, said back, done, and told to the branch."""

from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.going_back import back_steps, send_back
from handlers.commands import Context, command
from handlers.dossiers import (
    Dossier,
    capital,
    dossier_for,
    office_decides,
    only_in_charge,
    pointed,
    problem_texts,
    to_card,
)
from handlers.moves import keep
from storage import people


@command("trabuoc")
def go_back(context: Context, words: str) -> Reply:
    """Sends a case back: to which step, for which reason, said back, and only then done."""
    code, rest = pointed(context, words)
    dossier = only_in_charge(context, dossier_for(context, code, "record_step"))
    if dossier.step.confirm and office_decides(context, dossier):
        raise Refusal("life.only_office", [to_card(dossier.code)], step=dossier.step.name)
    label, chosen, version = (*rest.split(), "", "", "")[:3]
    # By label and number, not by slug: a button holds 64 bytes.
    targets = {step.label: step for step in back_steps(dossier.facts, dossier.book)}
    send = f"/trabuoc {dossier.code}"
    values: dict[str, Any] = {"case": dossier.case, "step": dossier.step.name}
    if label not in targets:
        rows = [[Choice("short_name", f"{send} {step.label}", {"name": step.name})] for step in targets.values()]
        return Reply("life.back_where", {**values, "count": len(targets)}, [*rows, to_card(dossier.code)], edit=True)
    reasons = dossier.book.entries.back_reasons
    values |= {"to": targets[label].name, "means": dossier.step.back.means}
    numbered = {str(number): slug for number, slug in enumerate(reasons, 1)}
    if chosen not in numbered:
        named = [(f"{send} {label} {number}", capital(reasons[slug])) for number, slug in numbered.items()]
        rows = [[Choice("short_name", sends, {"name": name})] for sends, name in named]
        return Reply("life.back_why", values, rows, edit=True)
    values["reason"] = reasons[numbered[chosen]]
    if not version:
        save = Choice("save", f"{send} {label} {chosen} {dossier.case.version}")
        return Reply("life.back_check", values, [[save, Choice("cancel", f"/hoso {dossier.code}")]], edit=True)
    return _go_back(context, dossier, targets[label].slug, numbered[chosen], version, values)


def _go_back(context: Context, dossier: Dossier, to: str, reason: str, version: str, values: dict[str, Any]) -> Reply:
    if version != str(dossier.case.version):
        raise Refusal("candidates.changed_meanwhile", code=dossier.code)
    move = send_back(dossier.facts, to, reason, context.today, context.today, dossier.book)
    if move.change is None:
        raise Refusal("life.refused", texts=problem_texts(move.problems))
    kept = keep(context, dossier, move.change, "case.send_back")
    told = Reply("life.was_sent_back", {**values, "by": context.me.name}, [to_card(dossier.code)])
    for person in people.leaders(context.connection, dossier.case.unit_id, dossier.case.committee_id):
        context.tell(person, f"back:{context.incoming.id}:{person}", told)
    return Reply("life.sent_back", values, [[Choice("undo", kept.undo)], to_card(dossier.code)], edit=True)
