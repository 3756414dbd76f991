"""Handling difficulties: what waits by kind and age, and what is done with one: taken, answered, handed up, closed."""

from collections.abc import Callable
from functools import partial
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.fold import clean
from handlers.commands import Context, command, form
from handlers.pages import Page, is_number, read_page
from handlers.templates import load
from storage import admission, difficulties, difficulty_lists, settings
from storage.difficulties import LEVELS, WAITING, Difficulty

FORM = "answer_difficulty"
SHOWN = 4
LONGEST = 300
DAYS = "difficulty_answer_days"
STATES = {"waiting": WAITING, "answered": ("answered", "closed"), "all": ()}


@command("cacvuongmac")
def listed(context: Context, words: str) -> Reply:
    """The list: "waiting away +1"; states waiting, answered, all; a kind or "-"."""
    if not context.me.may("handle_difficulty"):
        raise Refusal("access.not_your_role")
    parts = [*words.split(), "", "", ""]
    state = parts[0] if parts[0] in STATES else "waiting"
    kind = parts[1] if parts[1] in load("exchange_words")["difficulties"] else "-"
    if parts[1] == "kinds":
        return _kinds(context, state)
    return list_of(context, state, kind, read_page(parts[2])[0])


def list_of(context: Context, state: str, kind: str, wanted: int) -> Reply:
    """One page, what has waited longest first, with the waiting ones counted by kind."""
    names = load("exchange_words")
    only = None if kind == "-" else kind
    find = partial(difficulty_lists.page_of, context.connection, context.me, only, STATES[state])
    found, count = find(wanted * SHOWN, SHOWN)
    if not found and wanted:
        _, count = find(0, 1)
        found, _ = find(Page.of(range(count), wanted, SHOWN).number * SHOWN, SHOWN)
    page = Page.of(range(count), wanted, SHOWN)
    rows = [_row(context, one, at) for at, one in enumerate(found, page.number * SHOWN + 1)]
    kinds = difficulty_lists.waiting_kinds(context.connection, context.me)
    values = {
        "rows": rows,
        "state": state,
        "kind": names["difficulties"].get(kind),
        "count": page.count,
        "kinds": [(names["difficulties"][slug], many) for slug, many in kinds],
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    opened = [
        Choice("question", f"/xemvuongmac {one.id}", {"number": row["at"]})
        for row, one in zip(rows, found, strict=True)
    ]
    turn = page.turn(lambda to: f"/cacvuongmac {state} {kind} +{to}")
    other = "all" if state == "waiting" else "waiting"
    more = [
        Choice("all_difficulties" if other == "all" else "waiting_difficulties", f"/cacvuongmac {other} {kind}"),
        Choice("by_kind", f"/cacvuongmac {state} kinds"),
    ]
    new = [Choice("raise_difficulty", "/ghivuongmac new")]
    return Reply("difficulties.list", values, [opened, turn, more, new], edit=True)


def _row(context: Context, one: Difficulty, at: int) -> dict[str, Any]:
    names = load("exchange_words")
    waits = one.state in WAITING
    days = (context.today - one.since).days
    return {
        "at": at,
        "kind": names["difficulties"][one.kind],
        "unit": one.unit_name,
        "code": one.case_code,
        "state": names["states"][one.state],
        "waits": waits,
        "days": days,
        "late": waits and days >= answer_days(context, one),
        "words": one.words,
    }


def answer_days(context: Context, one: Difficulty) -> int:
    """Within how many days a difficulty of this unit is to be answered."""
    default = admission.rules_of(context.connection).book.entries.local[DAYS].value
    return settings.local_of(context.connection, one).get(DAYS, default)


def _kinds(context: Context, state: str) -> Reply:
    kinds = load("exchange_words")["difficulties"]
    choices = [Choice("capital", f"/cacvuongmac {state} {kind}", {"name": kinds[kind]}) for kind in kinds]
    rows = [choices[i : i + 2] for i in range(0, len(choices), 2)]
    return Reply("difficulties.which_kind", {}, [*rows, [Choice("all_kinds", f"/cacvuongmac {state}")]], edit=True)


def to_one(one: Difficulty) -> Choice:
    """The button to a difficulty."""
    return Choice("see_difficulty", f"/xemvuongmac {one.id}")


@command("xemvuongmac")
def look(context: Context, words: str) -> Reply:
    """One difficulty ("12"), and what is done with it: "12 take", "12 answer", "12 up", "12 close", "12 reopen"."""
    number, _, what = words.partition(" ")
    if not is_number(number):
        raise Refusal("conversation.old_button")
    one = difficulties.seen_by(context.connection, context.me, int(number))
    doing: dict[str, Callable[[Context, Difficulty], Reply]] = {
        "take": _take,
        "answer": _ask_answer,
        "up": _hand_up,
        "close": _close,
        "reopen": _reopen,
    }
    return doing[what.strip()](context, one) if what.strip() in doing else show(context, one)


def show(context: Context, one: Difficulty, template: str = "difficulties.one") -> Reply:
    """One screen, with what this person may do about it now."""
    names = load("exchange_words")
    values = {
        **_row(context, one, 0),
        "by": one.person_name,
        "mine": one.person_id == context.me.id,
        "on": one.raised_on,
        "level": names["levels"][one.level],
        "answer": one.answer,
        "answered_on": one.answered_on,
    }
    return Reply(template, values, _buttons(context, one), edit=True)


def _buttons(context: Context, one: Difficulty) -> list[list[Choice]]:
    send, waits = f"/xemvuongmac {one.id}", one.state in WAITING
    rows: list[list[Choice]] = []
    if difficulties.handles(context.me, one) and waits:
        take = [Choice("take_difficulty", f"{send} take")] if one.state != "handling" else []
        rows.append([*take, Choice("answer_difficulty", f"{send} answer")])
        rows.append(_up(one, send))
    if one.person_id == context.me.id and one.state == "answered":
        rows.append([Choice("settled", f"{send} close"), Choice("not_settled", f"{send} reopen")])
    elif one.person_id == context.me.id and waits:
        rows.append([Choice("no_more_needed", f"{send} close")])
    mine = [Choice("difficulties_of_mine", "/vuongmaccuatoi")] if one.person_id == context.me.id else []
    every = [Choice("waiting_difficulties", "/cacvuongmac")] if context.me.may("handle_difficulty") else []
    return [*rows, [*mine, *every]]


def _up(one: Difficulty, send: str) -> list[Choice]:
    above = LEVELS[LEVELS.index(one.level) + 1 :]
    return [Choice("hand_up", f"{send} up", {"name": load("exchange_words")["levels"][above[0]]})] if above else []


def _only_handlers(context: Context, one: Difficulty) -> None:
    """Refuses whoever does not handle it where it is now, and when it is answered already."""
    if not difficulties.handles(context.me, one):
        raise Refusal("difficulties.not_yours", [[to_one(one)]])
    if one.state not in WAITING:
        raise Refusal("difficulties.changed_meanwhile", [[to_one(one)]])


def _take(context: Context, one: Difficulty) -> Reply:
    _only_handlers(context, one)
    if one.state == "handling":
        return show(context, one)
    taken = difficulties.take(context.connection, context.now, context.me.id, one)
    _tell(context, taken, "difficulties.told_taken", {"by": context.me.name})
    return show(context, taken)


def _ask_answer(context: Context, one: Difficulty) -> Reply:
    _only_handlers(context, one)
    context.begin_form(FORM, difficulty=one.id, asks="note")
    return Reply("difficulties.ask_answer", {"words": one.words, "most": LONGEST}, [[Choice("cancel", "/huy")]])


@form(FORM)
def answered(context: Context, text: str) -> Reply:
    """The answer; it goes back to whoever raised the difficulty."""
    found = context.open_form(FORM)
    words = clean(text)
    if found is None:
        raise Refusal("conversation.old_button")
    if not 2 <= len(words) <= LONGEST:
        raise Refusal("difficulties.bad_answer", most=LONGEST, length=len(words))
    one = difficulties.seen_by(context.connection, context.me, found.data["difficulty"])
    _only_handlers(context, one)
    done = difficulties.answer(context.connection, context.now, context.me.id, one, words)
    context.close_form()
    _tell(context, done, "difficulties.told_answer", {"by": context.me.name, "answer": words})
    return show(context, done, "difficulties.answered")


def _hand_up(context: Context, one: Difficulty) -> Reply:
    _only_handlers(context, one)
    higher = difficulties.hand_up(context.connection, context.now, context.me.id, one)
    tell_handlers(context, higher)
    level = load("exchange_words")["levels"][higher.level]
    _tell(context, higher, "difficulties.told_up", {"by": context.me.name, "level": level})
    return show(context, higher)


def tell_handlers(context: Context, raised: difficulties.Difficulty) -> list[int]:
    """Tells those who should see to it; gives who they are."""
    names = load("exchange_words")
    values = {
        "kind": names["difficulties"][raised.kind],
        "unit": raised.unit_name,
        "code": raised.case_code,
        "up": raised.state == "handed_up",
    }
    found = difficulties.handlers_of(context.connection, raised)
    for person in found:
        key = f"difficulty:{raised.id}:{raised.level}:{context.incoming.id}:{person}"
        context.tell(person, key, Reply("difficulties.raised", values, [[to_one(raised)]]))
    return found


def _tell(context: Context, one: Difficulty, template: str, values: dict[str, Any]) -> None:
    """Tells whoever raised it."""
    kind = load("exchange_words")["difficulties"][one.kind]
    key = f"difficulty:{one.id}:{context.incoming.id}:raised"
    context.tell(one.person_id, key, Reply(template, {"kind": kind, "code": one.case_code, **values}, [[to_one(one)]]))


def _only_raised_by(context: Context, one: Difficulty) -> None:
    if one.person_id != context.me.id:
        raise Refusal("difficulties.not_yours", [[to_one(one)]])


def _close(context: Context, one: Difficulty) -> Reply:
    _only_raised_by(context, one)
    if one.state == "closed":
        return show(context, one)
    return show(context, difficulties.close(context.connection, context.now, context.me.id, one))


def _reopen(context: Context, one: Difficulty) -> Reply:
    _only_raised_by(context, one)
    if one.state not in ("answered", "closed"):
        return show(context, one)
    opened = difficulties.reopen(context.connection, context.now, context.me.id, one)
    tell_handlers(context, opened)
    return show(context, opened)
