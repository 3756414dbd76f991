"""What all ways of logging a contact share: with whom, how, and what is offered once it is written."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import Action
from bot.rules.attention import attention
from bot.vietnamese.fold import clean, fold
from handlers.commands import Context
from handlers.templates import load
from storage import candidates, sight, units
from storage.candidates import Case
from storage.units import COMMITTEES, Unit

HOWS = ("met", "phoned", "gathering", "visited_work", "visited_home", "message", "not_reached")
REASONS = ("away", "no_answer", "busy", "moved", "declined", "other")
SHOWN = 6
LONGEST_NOTE = 500


def mine(context: Context) -> list[Case]:
    """Everybody with whom this person may log a contact: one's own first, then who needs it most."""
    listed = candidates.listed(context.connection, context.me, "log_contact")
    return sorted(listed, key=lambda c: (not c.own, need(context, c)))


def need(context: Context, case: Case) -> tuple[int, int]:
    """How much a candidate needs a contact today; the smallest first."""
    return attention(case.last_contact_on, case.next_on, case.listed_on, context.today).rank


def anybody(context: Context) -> Sequence[Sequence[Choice]]:
    """Where to look when a name is not known."""
    return [[Choice("my_candidates", "/nguon")], *new_one(context)]


def new_one(context: Context) -> Sequence[Sequence[Choice]]:
    """The button that nominates a candidate, for those who may and have a branch to do it in."""
    return [[Choice("nominate", "/them")]] if branches(context, "nominate") else []


def branches(context: Context, action: Action) -> list[Unit]:
    """The open branches and party groups where this person may do this."""
    open_ = units.open_units(context.connection, sight.units_open_to(context.me, action))
    return [unit for unit in open_ if unit.kind not in COMMITTEES]


def nobody(context: Context) -> Reply:
    """What is said to somebody who may log contacts but has nobody to log them with."""
    if not context.me.may("log_contact"):
        raise Refusal("access.not_your_role")
    return Reply("contacts.nobody", {}, new_one(context))


@cache
def _typed_hows() -> dict[str, str]:
    words = load("words")
    typed = {fold(alias): how for how, aliases in words["how_typed"].items() for alias in aliases}
    return typed | {fold(said): how for how, said in words["how"].items()} | {how: how for how in HOWS}


def how_of(words: str) -> tuple[str | None, str | None]:
    """The way of contact that was typed or pressed, and the reason after a colon; None for what is none."""
    how, _, reason = words.partition(":")
    found = _typed_hows().get(fold(how))
    return found, reason if found == "not_reached" and reason in REASONS else None


def reason_of(words: str) -> str | None:
    """Why nobody was reached, as the button says it or with the words around it."""
    said = fold(words)
    named = {reason: fold(label) for reason, label in load("words")["reasons"].items()}
    return next((reason for reason, label in named.items() if label in said or (len(said) > 2 and said in label)), None)


def saved(
    case: Case, contact: int, values: Mapping[str, Any], template: str = "contacts.saved", time: int = 0
) -> Reply:
    """Says what was written and offers what may be added; `time`: which time it was, 0 leaves that out."""
    return Reply(template, {"case": case, "time": time, **_told(values)}, after(contact))


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"reason": None, "note": None, "next_on": None, "needs_help": False, "step": None, **values}


def after(contact: int) -> Sequence[Sequence[Choice]]:
    """What may be done with an entry that is written."""
    return [
        [Choice("add_note", f"/ghichu {contact}"), Choice("next_time", f"/hen {contact}")],
        [Choice("need_help", f"/cangiup {contact}")],
        [Choice("correct", f"/sua {contact}"), Choice("undo", f"/hoantac {contact}")],
    ]


def note_of(text: str) -> str:
    """A note in a shape to be kept; refuses one that is too long."""
    note = clean(text)
    if len(note) > LONGEST_NOTE:
        raise Refusal("contacts.note_too_long", most=LONGEST_NOTE, length=len(note))
    return note


@cache
def yes_and_no() -> dict[str, frozenset[str]]:
    """What people type to agree, to refuse, to leave something out, or all the rest; folded."""
    words = load("words")
    return {kind: frozenset(fold(str(word)) for word in words[kind]) for kind in ("agree", "refuse", "skip", "enough")}
