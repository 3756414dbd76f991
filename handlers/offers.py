"""What a contact tells of an admission: when its words say that the next step was done, recording it is offered."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from bot.chat import Choice, Reply
from bot.rules.admission import next_steps
from bot.vietnamese.fold import fold
from handlers.commands import Context
from handlers.dossiers import may_record, of_case
from handlers.templates import load
from storage import admission
from storage.candidates import Case


@cache
def _cues() -> Mapping[str, tuple[str, ...]]:
    cues = load("step_cues")
    return {step: tuple(fold(cue) for cue in said) for step, said in cues["steps"].items()}


@cache
def _not_yet() -> tuple[str, ...]:
    return tuple(fold(word) for word in load("step_cues")["not_yet"])


def offered(context: Context, case: Case, note: str | None, reply: Reply) -> Reply:
    """The answer to a saved contact, with the step that its note tells of, if that step may follow now."""
    told = _told(note)
    if not told:
        return reply
    dossier = of_case(context, case)
    if admission.pending_of(context.connection, case):
        return reply
    following = [step for step in next_steps(dossier.facts, dossier.book) if step.slug in told]
    allowed = [step for step in following if may_record(context, case, step)]
    if not allowed:
        return reply
    offer = [Choice("record_step", f"/buoc {case.code} {allowed[0].label}"), Choice("later_on", f"/hoso {case.code}")]
    values = {**reply.values, "step": allowed[0].name}
    return replace(reply, values=values, buttons=[offer, *reply.buttons])


def _told(note: str | None) -> list[str]:
    """The steps that the words tell of as done; a word before that says "not yet" takes that back."""
    words = f" {fold(note or '')} "
    found = []
    for step, cues in _cues().items():
        for cue in cues:
            before, match, _ = words.partition(f" {cue} ") if f" {cue} " in words else words.partition(f" {cue},")
            if match and not any(before.endswith(f" {no}") for no in _not_yet()):
                found.append(step)
                break
    return found
