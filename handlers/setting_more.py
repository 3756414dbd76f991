"""Targets of one member, set by the branch, and of one mass organisation, set by the office."""

from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import covers
from bot.rules.grouping import grouping
from bot.vietnamese.fold import clean
from handlers.commands import Context, command, form
from handlers.desk import Asked, may_set, read
from handlers.pages import is_number
from handlers.setting_goals import asked_to_set
from storage import achievements, people, units
from storage.units import Unit

MORE = "more_target"
MOST = 999
ORGANISATION, PERSON = "organisation:", "person:"


@command("datdoanthe")
def set_for_organisation(context: Context, words: str) -> Reply:
    """How many candidates a mass organisation is to introduce in a year: `UNIT YEAR = youth_union 5`."""
    named, _, said = words.partition("=")
    asked = asked_to_set(context, "datdoanthe", named)
    slug, _, number = said.strip().partition(" ")
    known = {one.slug: one.name for one in grouping().organisations}
    if slug in known:
        return _ask_or_set(context, asked, f"{ORGANISATION}{slug}", number)
    year = asked.period.last.year
    choices = [
        Choice("short_name", f"/datdoanthe #{asked.of.id} {year} = {slug}", {"name": name})
        for slug, name in known.items()
        if slug != "other"
    ]
    rows = [choices[i : i + 2] for i in range(0, len(choices), 2)]
    return Reply("goals.which_organisation", {"unit": asked.of, "year": year}, rows, edit=True)


@command("datnguoi")
def set_for_member(context: Context, words: str) -> Reply:
    """How many candidates a member is to bring to admission in a year: `UNIT YEAR = 40 2`, 40 the member's number."""
    named, _, said = words.partition("=")
    asked = read(context, "datnguoi", named, "year")
    if not may_set_members(context, asked.of):
        raise Refusal("goals.not_yours", unit=asked.of.name)
    person, _, number = said.strip().partition(" ")
    if is_number(person) and _name(context, asked.of, f"{PERSON}{person}"):
        return _ask_or_set(context, asked, f"{PERSON}{person}", number)
    raise Refusal("goals.which_member", [[Choice("by_member", f"/chitieunguoi #{asked.of.id}")]])


def may_set_members(context: Context, unit: Unit) -> bool:
    """Whether this person gives members of a branch their part: who assigns helpers there."""
    return covers(context.me.grants, "assign_helper", unit.path, unit.committee_id)


def _name(context: Context, unit: Unit, whose: str) -> str | None:
    names = {f"{ORGANISATION}{one.slug}": one.name for one in grouping().organisations}
    names |= {f"{PERSON}{one.id}": one.name for one in people.members_of(context.connection, unit.id)}
    return names.get(whose)


def _ask_or_set(context: Context, asked: Asked, whose: str, number: str) -> Reply:
    year = asked.period.last.year
    if number:
        return _set(context, asked.of, year, whose, number)
    context.begin_form(MORE, unit=asked.of.id, year=year, whose=whose)
    values = {"name": _name(context, asked.of, whose), "unit": asked.of, "year": year}
    values["member"] = whose.startswith(PERSON)
    return Reply("goals.ask_more", values, [[Choice("cancel", "/huy")]], edit=True)


@form(MORE, numbers=True)
def typed(context: Context, text: str) -> Reply:
    """The number."""
    data: dict[str, Any] = dict(context.form.data) if context.form else {}
    unit, whose = units.by_id(context.connection, int(data["unit"])), str(data["whose"])
    allowed = may_set_members(context, unit) if whose.startswith(PERSON) else may_set(context, unit)
    if not allowed:
        raise Refusal("goals.not_yours", unit=unit.name)
    return _set(context, unit, int(data["year"]), whose, text)


def _set(context: Context, unit: Unit, year: int, whose: str, text: str) -> Reply:
    said = text.strip()
    if not is_number(said) or int(said) > MOST:
        raise Refusal("goals.no_number", words=clean(text)[:30])
    member = whose.startswith(PERSON)
    values = {"admissions" if member else "sources": int(said)}
    achievements.set_more(context.connection, context.now, context.me.id, unit.id, whose, year, 0, values)
    if context.open_form(MORE):
        context.close_form()
    back = Choice("by_member", f"/chitieunguoi #{unit.id} {year}")
    if not member:
        back = Choice("by_organisation", f"/chitieudoanthe #{unit.id} {year}")
    shown = {"name": _name(context, unit, whose), "number": int(said), "year": year, "member": member}
    return Reply("goals.set_more", shown, [[back]])
