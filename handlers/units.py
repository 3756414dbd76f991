"""The tree of units as the office looks through it: one unit a screen, what hangs on it, and what can be changed."""

from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import covers
from bot.vietnamese.fold import clean
from handlers.commands import Context, command
from handlers.pages import Page, fitting, is_number, read_page
from handlers.unit_search import matching
from storage import units
from storage.units import Unit

SHOWN = 5


@command("donvi")
def browse(context: Context, words: str) -> Reply:
    """The top, part of a name, or one unit ("12", "12 +2")."""
    office_only(context)
    number, _, rest = words.partition(" ")
    if is_number(number) and not _typed_code(context, words):
        unit = units.unit_for(context.connection, context.me, int(number))
        return show(context, unit, read_page(rest)[0])
    page, query = read_page(words)
    return _search(context, clean(query)[:40], page) if query else _tops(context)


def _typed_code(context: Context, words: str) -> bool:
    """Whether somebody typed the code of a unit that looks like a number; buttons always mean the row."""
    return not context.incoming.pressed and any(unit.code == words.strip() for unit in in_sight(context))


def office_only(context: Context) -> None:
    """Refuses whoever may change no unit."""
    if not context.me.may("change_units"):
        raise Refusal("access.not_your_role")


def changes(context: Context, unit: Unit) -> bool:
    """Whether the unit is this office's own business, and not only a committee below that it keeps in order."""
    return covers(context.me.grants, "change_units", unit.path, unit.committee_id)


def _search(context: Context, query: str, page_number: int) -> Reply:
    found = matching(in_sight(context), query)
    if not found:
        raise Refusal("units.none_found", query=query)
    if len(found) == 1:
        return show(context, found[0])
    page = Page.of(found, page_number, SHOWN)
    turn = page.turn(lambda to: fitting(f"/donvi +{to} {query}"))
    values = {"query": query, "count": page.count}
    return Reply("units.found", values, [*([to_unit(unit)] for unit in page.items), turn], edit=True)


def _tops(context: Context) -> Reply:
    mine = [grant for grant in context.me.grants if grant.role == "office"]
    if len(mine) == 1:
        return show(context, units.by_id(context.connection, mine[0].unit_id))
    rows = [[Choice("unit", f"/donvi {grant.unit_id}", {"name": grant.unit_name})] for grant in mine]
    return Reply("units.which", {}, rows)


def in_sight(context: Context) -> list[Unit]:
    """Every open unit that this office may change something about."""
    return units.open_units(context.connection, units.changeable(context.me))


def to_unit(unit: Unit) -> Choice:
    """The button to a unit."""
    return Choice("unit", f"/donvi {unit.id}", {"name": unit.name})


def show(context: Context, unit: Unit, page_number: int = 0, template: str = "units.unit", **more: Any) -> Reply:
    """One unit with what hangs on it, the units below a page at a time, and what can be changed.

    Of a committee below, the units are counted and not listed: they are its own office's business.
    """
    children = units.below(context.connection, unit)
    page = Page.of(children if changes(context, unit) else [], page_number, SHOWN)
    above = units.by_id(context.connection, unit.parent_id) if unit.parent_id else None
    weight = units.weight(context.connection, unit)
    values = {
        "unit": unit,
        "above": above.name if above else None,
        "people": weight.people,
        "cases": weight.cases,
        "below": len(children),
        "page": page.number + 1,
        "pages": page.last + 1,
        **more,
    }
    turn = page.turn(lambda to: f"/donvi {unit.id} +{to}")
    buttons = [*([to_unit(child)] for child in page.items), turn, *_actions(context, unit), _upwards(context, above)]
    return Reply(template, values, buttons, edit=True)


def _actions(context: Context, unit: Unit) -> list[list[Choice]]:
    if unit.closed_on is not None:
        return []
    send = f"/sapxep {unit.id}"
    first = [Choice("holders", f"/vai {unit.id}"), Choice("rename_unit", f"{send} rename")]
    add = [Choice("add_unit", f"{send} add")] if changes(context, unit) and unit.kind != units.KINDS[-1] else []
    placing = [Choice(f"{verb}_unit", f"{send} {verb}") for verb in ("move", "merge", "close")]
    return [first, add, placing if units.may_place(context.connection, context.me, unit) else []]


def _upwards(context: Context, above: Unit | None) -> list[Choice]:
    if above is None or not changes(context, above):
        return []
    return [Choice("upwards", f"/donvi {above.id}", {"name": above.name})]
