"""Raising a difficulty by taps and one sentence: what kind, about whom, and who should see to it."""

from collections.abc import Sequence

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.fold import clean, fold
from handlers.commands import Context, command, form
from handlers.dossiers import shown_name
from handlers.handling import list_of, tell_handlers, to_one
from handlers.pages import Page, read_page
from handlers.templates import load
from handlers.unit_search import matching
from handlers.ways import branches, yes_and_no
from storage import candidates, difficulties, difficulty_lists
from storage.difficulties import LEVELS, OF_ROLE, WAITING
from storage.units import Unit

FORM = "difficulty"
SHORTEST, LONGEST = 5, 300
CASES, UNITS = 4, 6
_CANCEL = [Choice("cancel", "/huy")]


@command("vuongmac")
def difficulty(context: Context, words: str) -> Reply:
    """What waits for this person, if anything does; else, or with words, a new difficulty."""
    if not context.me.may("raise_difficulty"):
        raise Refusal("access.not_your_role")
    if not words and context.me.may("handle_difficulty") and difficulty_lists.any_for(context.connection, context.me):
        return list_of(context, "waiting", "-", 0)
    return _begin(context, words)


@command("ghivuongmac")
def pressed(context: Context, words: str) -> Reply:
    """Begins anew ("new"), or a button of form 7: "7 kind away", "7 about QC-0012", "7 unit 12", "7 to office"."""
    if words == "new":
        return _begin(context, "")
    number, _, rest = words.partition(" ")
    context.the_form(FORM, number)
    what, _, value = rest.partition(" ")
    if what == "kind":
        return _set_kind(context, value)
    if what == "about":
        return _set_about(context, value)
    if what == "unit":
        return _set_unit(context, value)
    if what == "to":
        return _save(context, value)
    raise Refusal("conversation.old_button")


def _begin(context: Context, words: str) -> Reply:
    if not context.me.may("raise_difficulty"):
        raise Refusal("access.not_your_role")
    said = _sentence(words) if words else None
    context.begin_form(FORM, words=said, asks="kind")
    return _next(context)


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """The answer to what was asked last, typed instead of tapped."""
    data = context.the_form(FORM).data
    asks = data.get("asks")
    if asks == "kind":
        return _kind_typed(context, text)
    if asks == "about":
        return _set_about(context, "-" if fold(text) in yes_and_no()["skip"] else text)
    if asks == "unit":
        return _set_unit(context, text)
    if asks == "note":
        context.keep_form(words=_sentence(text))
        return _next(context)
    if fold(text) in yes_and_no()["refuse"]:
        context.close_form()
        return Reply("conversation.cancelled")
    levels = load("exchange_words")["levels"]
    wanted = [level for level in _levels(context) if fold(text) and fold(text) in fold(levels[level])]
    return _save(context, wanted[0]) if len(wanted) == 1 else _next(context)


def _sentence(text: str) -> str:
    words = clean(text)
    if not SHORTEST <= len(words) <= LONGEST:
        raise Refusal("difficulties.bad_words", least=SHORTEST, most=LONGEST, length=len(words))
    return words


def _next(context: Context) -> Reply:
    """Asks for what is still open, or says it back and asks who should see to it."""
    form_ = context.the_form(FORM)
    data = form_.data
    if not data.get("kind"):
        return _ask_kind(context)
    if "about" not in data:
        return _ask_about(context)
    if not data.get("unit"):
        return _ask_unit(context, 0)
    if not data.get("words"):
        context.keep_form(asks="note")
        return Reply("difficulties.ask_words", {"most": LONGEST}, [[Choice("cancel", "/huy")]])
    context.keep_form(asks="level")
    names = load("exchange_words")
    rows = [
        [Choice("to_level", f"/ghivuongmac {form_.number} to {level}", {"name": names["levels"][level]})]
        for level in _levels(context)
    ]
    values = {
        "kind": names["difficulties"][data["kind"]],
        "code": data["about"],
        "unit": data["unit_name"],
        "words": data["words"],
    }
    return Reply("difficulties.check", values, [*rows, [Choice("drop", "/huy")]])


def _ask_kind(context: Context) -> Reply:
    number = context.keep_form(asks="kind").number
    kinds = load("exchange_words")["difficulties"]
    choices = [Choice("capital", f"/ghivuongmac {number} kind {kind}", {"name": kinds[kind]}) for kind in kinds]
    mine = len(difficulties.of_person(context.connection, context.me.id))
    own = [Choice("my_difficulties", "/vuongmaccuatoi", {"count": mine})] if mine else []
    rows = [choices[i : i + 2] for i in range(0, len(choices), 2)]
    return Reply("difficulties.ask_kind", {"words": context.the_form(FORM).data.get("words")}, [*rows, own, _CANCEL])


def _kind_typed(context: Context, text: str) -> Reply:
    """A kind by its name; whoever tells at once what it is about has that kept, and is asked for the kind again."""
    words = clean(text)
    if not context.the_form(FORM).data.get("words") and len(_kinds(text)) != 1 and SHORTEST <= len(words) <= LONGEST:
        context.keep_form(words=words)
    return _set_kind(context, text)


def _kinds(value: str) -> list[str]:
    said = fold(value)
    kinds = load("exchange_words")["difficulties"].items()
    return [kind for kind, name in kinds if said == kind or (len(said) > 2 and said in fold(name))]


def _set_kind(context: Context, value: str) -> Reply:
    found = _kinds(value)
    if len(found) != 1:
        return _ask_kind(context)
    context.keep_form(kind=found[0])
    return _next(context)


def _ask_about(context: Context) -> Reply:
    number = context.keep_form(asks="about").number
    cases = sorted(candidates.listed(context.connection, context.me), key=lambda case: (not case.own, case.id))
    send = f"/ghivuongmac {number} about"
    rows = [
        [Choice("about_case", f"{send} {case.ref}", {"name": shown_name(context, case), "code": case.code})]
        for case in cases[:CASES]
    ]
    return Reply("difficulties.ask_about", {}, [[Choice("about_nobody", f"{send} -")], *rows, _CANCEL])


def _set_about(context: Context, value: str) -> Reply:
    if value == "-":
        context.keep_form(about=None, case=None)
        known = _places(context)
        if len(known) == 1:
            context.keep_form(unit=known[0].id, unit_name=known[0].name)
        return _next(context)
    case = candidates.case_for(context.connection, context.me, value)
    context.keep_form(about=case.code, case=case.id, unit=case.unit_id, unit_name=case.unit_name)
    return _next(context)


def _places(context: Context) -> list[Unit]:
    return branches(context, "raise_difficulty")


def _ask_unit(context: Context, wanted: int) -> Reply:
    number = context.keep_form(asks="unit").number
    known = _places(context)
    if not known:
        context.close_form()
        raise Refusal("difficulties.no_branch")
    page = Page.of(known, wanted, UNITS)
    send = f"/ghivuongmac {number} unit"
    rows = [[Choice("unit", f"{send} {unit.id}", {"name": unit.name})] for unit in page.items]
    return Reply("difficulties.ask_unit", {}, [*rows, page.turn(lambda to: f"{send} +{to}")], edit=True)


def _set_unit(context: Context, value: str) -> Reply:
    if value.startswith("+"):
        return _ask_unit(context, read_page(value)[0])
    known = _places(context)
    found = [unit for unit in known if value == str(unit.id)] or matching(known, value)
    if len(found) != 1:
        return _ask_unit(context, 0)
    context.keep_form(unit=found[0].id, unit_name=found[0].name)
    return _next(context)


def _levels(context: Context) -> Sequence[difficulties.Level]:
    """Who may be asked: those above whoever raises it; the office asks itself."""
    held = [LEVELS.index(OF_ROLE[grant.role]) for grant in context.me.grants if grant.role in OF_ROLE]
    first = max(held, default=-1) + 1
    return LEVELS[min(first, len(LEVELS) - 1) :]


def _save(context: Context, level: str) -> Reply:
    data = context.the_form(FORM).data
    if level not in _levels(context) or not all(data.get(name) for name in ("kind", "unit", "words")):
        raise Refusal("conversation.old_button")
    values = {"kind": data["kind"], "words": data["words"], "level": level, "candidate_id": data.get("case")}
    key = f"{context.owner}:{context.the_form(FORM).number}"
    number = difficulties.raise_one(context.connection, context.now, key, context.me.id, data["unit"], values)
    context.close_form()
    if number is None:
        raise Refusal("conversation.old_button")
    raised = difficulties.seen_by(context.connection, context.me, number)
    handlers = tell_handlers(context, raised)
    names = load("exchange_words")["levels"]
    shown = {
        "level": names[level],
        "handlers": len(handlers),
        "kind": load("exchange_words")["difficulties"][raised.kind],
    }
    return Reply("difficulties.saved", shown, [[to_one(raised)]])


@command("vuongmaccuatoi")
def mine(context: Context, words: str) -> Reply:
    """What this person has raised, the newest first."""
    found = difficulties.of_person(context.connection, context.me.id)
    page = Page.of(found, read_page(words)[0], 5)
    names = load("exchange_words")
    rows = [
        {
            "at": at,
            "on": one.raised_on,
            "kind": names["difficulties"][one.kind],
            "state": names["states"][one.state],
            "waits": one.state in WAITING,
            "words": one.words,
        }
        for at, one in enumerate(page.items, page.number * 5 + 1)
    ]
    opened = [
        Choice("question", f"/xemvuongmac {one.id}", {"number": row["at"]})
        for row, one in zip(rows, page.items, strict=True)
    ]
    values = {"rows": rows, "count": page.count, "page": page.number + 1, "pages": page.last + 1}
    new = [Choice("raise_difficulty", "/ghivuongmac new")]
    return Reply("difficulties.mine", values, [opened, page.turn(lambda to: f"/vuongmaccuatoi +{to}"), new], edit=True)
