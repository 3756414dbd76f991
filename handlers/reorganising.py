"""Changes of the tree: renamed, added, moved, merged, closed; each is said back and done only after a second yes."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.fold import clean, fold
from handlers.commands import Context, command, form
from handlers.pages import Page, fitting, is_number, read_page
from handlers.unit_search import matching
from handlers.units import changes, in_sight, office_only, show
from handlers.ways import yes_and_no
from storage import people, units
from storage.units import COMMITTEES, KINDS, Unit, fits

FORM = "unit"
SHOWN = 6
LONGEST_NAME = 120
# What moves a unit in the tree, and is decided by whoever changes the unit above.
PLACING = ("move", "merge", "close")
_CANCEL = [Choice("cancel", "/huy")]


@command("sapxep")
def reorganise(context: Context, words: str) -> Reply:
    """A change begins or goes on ("12 rename", "12 move +1", "12 move 3"); "ok 7" agrees to form 7."""
    office_only(context)
    number, _, rest = words.partition(" ")
    if number == "ok":
        return _agreed(context, rest.strip())
    verb, _, rest = rest.strip().partition(" ")
    if not is_number(number) or verb not in _BEGIN:
        raise Refusal("conversation.old_button")
    return _BEGIN[verb](context, _unit(context, int(number), verb), rest.strip())


def _unit(context: Context, number: int, verb: str) -> Unit:
    unit = units.unit_for(context.connection, context.me, number)
    if unit.closed_on is not None:
        raise Refusal("units.closed", unit=unit.name)
    if verb in PLACING and not units.may_place(context.connection, context.me, unit):
        raise Refusal("units.decided_above", unit=unit.name)
    if verb == "add" and not changes(context, unit):
        raise Refusal("units.decided_there", unit=unit.name)
    return unit


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """A name for the unit, a name of where it shall go, or yes and no."""
    form_ = context.the_form(FORM)
    if form_.data["asks"] == "agree":
        if fold(text) in yes_and_no()["agree"]:
            return _agreed(context, str(form_.number))
        context.close_form()
        return Reply("conversation.cancelled")
    verb = form_.data["verb"]
    return _BEGIN[verb](context, _unit(context, form_.data["unit"], verb), clean(text))


def _rename(context: Context, unit: Unit, words: str) -> Reply:
    if not words:
        context.begin_form(FORM, verb="rename", unit=unit.id, asks="name")
        return Reply("units.ask_name", {"unit": unit}, [_CANCEL])
    name = _name(words)
    return _look_again(context, "rename", unit, {"name": name}, {"name": name})


def _name(words: str) -> str:
    name = clean(words)
    if not 2 <= len(name) <= LONGEST_NAME or not any(c.isalpha() for c in name):
        raise Refusal("units.no_name", most=LONGEST_NAME)
    return name


def _add(context: Context, unit: Unit, words: str) -> Reply:
    open_ = context.open_form(FORM)
    named = open_.data.get("name") if open_ and open_.data["unit"] == unit.id else None
    kinds = [kind for kind in KINDS if fits(kind, unit.kind)]
    if words in kinds and named:
        return _look_again(context, "add", unit, {"name": named, "sort": words}, {"name": named, "kind": words})
    if not words:
        context.begin_form(FORM, verb="add", unit=unit.id, asks="name")
        return Reply("units.ask_new_name", {"unit": unit}, [_CANCEL])
    name = _name(words)
    context.begin_form(FORM, verb="add", unit=unit.id, asks="kind", name=name)
    rows = [[Choice("kind", f"/sapxep {unit.id} add {kind}", {"kind": kind})] for kind in kinds]
    return Reply("units.ask_kind", {"name": name, "unit": unit}, [*rows, _CANCEL])


def _place(verb: str) -> Callable[[Context, Unit, str], Reply]:
    def place(context: Context, unit: Unit, words: str) -> Reply:
        page, query = read_page(words)
        if not is_number(query):
            return _ask_where(context, verb, unit, page, query)
        into = _target(context, verb, unit, int(query))
        weight = units.weight(context.connection, unit)
        shown = {"into": into, "people": weight.people, "cases": weight.cases}
        return _look_again(context, verb, unit, {"to": into.id}, shown)

    return place


def _ask_where(context: Context, verb: str, unit: Unit, page_number: int, query: str) -> Reply:
    possible = _targets(context, verb, unit)
    if not possible:
        raise Refusal("units.no_target", unit=unit.name)
    found = matching(possible, query) if query else possible
    if not found:
        raise Refusal("units.none_found", query=query[:40])
    context.begin_form(FORM, verb=verb, unit=unit.id, asks="to")
    page, send = Page.of(found, page_number, SHOWN), f"/sapxep {unit.id} {verb}"
    rows = [[Choice("unit", f"{send} {into.id}", {"name": into.name})] for into in page.items]
    turn = page.turn(lambda to: fitting(f"{send} +{to} {query}"))
    return Reply(f"units.ask_{verb}", {"unit": unit}, [*rows, turn, _CANCEL], edit=True)


def _targets(context: Context, verb: str, unit: Unit) -> list[Unit]:
    """Where the unit may go: under what this office changes itself, or into one of its own sort."""
    known = [other for other in in_sight(context) if not other.path.startswith(unit.path)]
    if verb == "merge":
        return [other for other in known if (other.kind in COMMITTEES) == (unit.kind in COMMITTEES)]
    return [o for o in known if o.id != unit.parent_id and fits(unit.kind, o.kind) and changes(context, o)]


def _target(context: Context, verb: str, unit: Unit, into: int) -> Unit:
    wanted = units.unit_for(context.connection, context.me, into)
    if wanted.path.startswith(unit.path):
        raise Refusal("units.below_itself", unit=unit.name)
    if wanted not in _targets(context, verb, unit):
        raise Refusal("units.not_there", unit=unit.name, into=wanted.name)
    return wanted


def _close(context: Context, unit: Unit, words: str) -> Reply:
    units.may_close(context.connection, unit)
    return _look_again(context, "close", unit, {}, {"people": units.weight(context.connection, unit).people})


_BEGIN: dict[str, Callable[[Context, Unit, str], Reply]] = {
    "rename": _rename,
    "add": _add,
    "move": _place("move"),
    "merge": _place("merge"),
    "close": _close,
}


def _look_again(context: Context, verb: str, unit: Unit, data: Mapping[str, Any], shown: Mapping[str, Any]) -> Reply:
    number = context.begin_form(FORM, verb=verb, unit=unit.id, asks="agree", **data).number
    return Reply(f"units.check_{verb}", {"unit": unit, **shown}, [[Choice("agree", f"/sapxep ok {number}"), *_CANCEL]])


def _agreed(context: Context, number: str) -> Reply:
    form_ = context.the_form(FORM, number)
    if form_.data["asks"] != "agree":
        raise Refusal("conversation.old_button")
    verb = form_.data["verb"]
    unit = _unit(context, form_.data["unit"], verb)
    changed = _CHANGE[verb](context, unit, form_.data)
    context.close_form()
    secretaries = people.in_charge(context.connection, changed.id, ["secretary"])
    return show(context, changed, 0, f"units.done_{verb}", was=unit, secretaries=len(secretaries))


def _renamed(context: Context, unit: Unit, data: Mapping[str, Any]) -> Unit:
    return units.change(context.connection, context.now, context.me.id, unit, {"name": data["name"]})


def _added(context: Context, unit: Unit, data: Mapping[str, Any]) -> Unit:
    values = {"code": units.free_code(context.connection, unit), "name": data["name"], "kind": data["sort"]}
    return units.add(context.connection, context.now, context.me.id, unit, values)


def _moved(context: Context, unit: Unit, data: Mapping[str, Any]) -> Unit:
    into = _target(context, "move", unit, data["to"])
    return units.move(context.connection, context.now, context.me.id, unit, into)


def _merged(context: Context, unit: Unit, data: Mapping[str, Any]) -> Unit:
    into = _target(context, "merge", unit, data["to"])
    units.merge(context.connection, context.now, context.me.id, unit, into, context.today)
    return into


def _closed(context: Context, unit: Unit, data: Mapping[str, Any]) -> Unit:
    units.close(context.connection, context.now, context.me.id, unit, context.today)
    return units.by_id(context.connection, unit.id)


_CHANGE: dict[str, Callable[[Context, Unit, Mapping[str, Any]], Unit]] = {
    "rename": _renamed,
    "add": _added,
    "move": _moved,
    "merge": _merged,
    "close": _closed,
}
