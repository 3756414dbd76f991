"""How figures are counted and branches ranked here, as the office sees and sets it; and exits that are no case."""

import re
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.ranking import WEIGHTS
from bot.vietnamese.dates import past_date
from bot.vietnamese.fold import clean
from handlers.commands import Context, command, form
from handlers.desk import may_set, read
from handlers.goals import local
from handlers.pages import is_number
from handlers.setting_goals import asked_to_set, own
from storage import admission, exits
from storage import settings as unit_settings
from storage.units import Unit

SETTING, EXITS = "counting", "exits"
# What may be set in the chat, in this order.
NAMES = (
    "admission_counts_from",
    "least_share_per_mille",
    "term_first_year",
    "barren_years",
    "idle_months",
    "positions_months",
    "help_months",
    "remark_months",
    "survey_day",
    *WEIGHTS,
)


@command("cachtinh")
def ways(context: Context, words: str) -> Reply:
    """How figures are counted and branches ranked here, and what of it the office may change: `UNIT = name 1`."""
    named, _, said = words.partition("=")
    asked = read(context, "cachtinh", named)
    name, _, number = said.strip().partition(" ")
    if name and not may_set(context, asked.of):
        raise Refusal("goals.not_yours", unit=asked.of.name)
    if name in NAMES and number:
        return _set_way(context, asked.of, name, number)
    if name in NAMES:
        return _ask_way(context, asked.of, name)
    return _ways(context, asked.of)


def _ways(context: Context, unit: Unit, changed: str = "") -> Reply:
    entries = admission.book_of(context.connection).entries.local
    rows = [{"name": entries[name].name, "value": local(context, unit, name), "slug": name} for name in NAMES]
    choices = [
        Choice("way", f"/cachtinh #{unit.id} = {row['slug']}", {"number": number}) for number, row in enumerate(rows, 1)
    ]
    shown = [choices[i : i + 4] for i in range(0, len(choices), 4)] if may_set(context, unit) else []
    exits_ = [Choice("enter_exits", f"/rakhoidang #{unit.id}")] if may_set(context, unit) else []
    back = [Choice("to_targets", f"/chitieu #{unit.id}"), Choice("league", f"/xephang #{unit.id}")]
    values = {"unit": unit, "rows": rows, "changed": changed}
    return Reply("goals.ways", values, [*shown, exits_, back], edit=not changed)


def _ask_way(context: Context, unit: Unit, name: str) -> Reply:
    context.begin_form(SETTING, unit=unit.id, name=name)
    entry = admission.book_of(context.connection).entries.local[name]
    values = {"name": entry.name, "least": entry.least, "most": entry.most, "value": local(context, unit, name)}
    few = range(entry.least, entry.most + 1) if entry.most - entry.least < 3 else ()
    choices = [Choice("value", f"/cachtinh #{unit.id} = {name} {number}", {"value": number}) for number in few]
    return Reply("goals.ask_way", values, [choices, [Choice("cancel", "/huy")]], edit=True)


@form(SETTING, numbers=True)
def way_typed(context: Context, text: str) -> Reply:
    """The number."""
    data: dict[str, Any] = dict(context.form.data) if context.form else {}
    return _set_way(context, own(context, int(data.get("unit", 0))), str(data["name"]), text)


def _set_way(context: Context, unit: Unit, name: str, text: str) -> Reply:
    entry, said = admission.book_of(context.connection).entries.local[name], text.strip()
    if not is_number(said) or not entry.least <= int(said) <= entry.most:
        raise Refusal("goals.out_of_bounds", name=entry.name, least=entry.least, most=entry.most)
    unit_settings.set_local(context.connection, context.now, context.me.id, unit.id, name, int(said))
    if context.open_form(SETTING):
        context.close_form()
    return _ways(context, unit, changed=entry.name)


@command("rakhoidang")
def enter_exits(context: Context, words: str) -> Reply:
    """Members who left the Party and are no case here: `UNIT = struck_off 2 12/10/2026`; -1 takes one back."""
    named, _, said = words.partition("=")
    asked = asked_to_set(context, "rakhoidang", named)
    kinds = {
        slug: kind.name
        for slug, kind in admission.book_of(context.connection).entries.discipline.items()
        if kind.leaves
    }
    kind, _, rest = said.strip().partition(" ")
    if kind in kinds and rest:
        return _enter(context, asked.of, kind, rest)
    if kind in kinds:
        context.begin_form(EXITS, unit=asked.of.id, exit=kind)
        values = {"kind": kinds[kind], "unit": asked.of}
        return Reply("goals.ask_exits", values, [[Choice("cancel", "/huy")]], edit=True)
    entered = exits.entered(context.connection, asked.of, context.today.year)[:5]
    rows = [{"kind": kinds.get(slug, slug), "on": on, "count": count, "who": who} for slug, on, count, who in entered]
    choices = [
        Choice("short_name", f"/rakhoidang #{asked.of.id} = {slug}", {"name": name.capitalize()})
        for slug, name in kinds.items()
    ]
    shown = [choices[i : i + 2] for i in range(0, len(choices), 2)]
    return Reply("goals.exits", {"unit": asked.of, "rows": rows, "year": context.today.year}, shown, edit=True)


@form(EXITS, numbers=True)
def exits_typed(context: Context, text: str) -> Reply:
    """The number, and the day if it was not today."""
    data: dict[str, Any] = dict(context.form.data) if context.form else {}
    return _enter(context, own(context, int(data.get("unit", 0))), str(data["exit"]), text)


def _enter(context: Context, unit: Unit, kind: str, text: str) -> Reply:
    first, _, day = text.strip().partition(" ")
    number = int(first) if re.fullmatch(r"-?\d{1,3}", first) else 0
    on = past_date(day, context.today) if day.strip() else context.today
    if not number or on is None or on > context.today:
        raise Refusal("goals.no_exits", words=clean(text)[:30])
    exits.enter(context.connection, context.now, context.me.id, unit, kind, on, number)
    if context.open_form(EXITS):
        context.close_form()
    name = admission.book_of(context.connection).entries.discipline[kind].name
    buttons = [
        [Choice("to_targets", f"/chitieu #{unit.id} {on.year}"), Choice("enter_exits", f"/rakhoidang #{unit.id}")]
    ]
    return Reply("goals.exits_entered", {"kind": name, "count": number, "on": on, "unit": unit}, buttons)
