"""The plan of a term of several years: its document and numbers, how far it is, and the term before."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.goals import term
from bot.rules.periods import Period, containing
from bot.rules.terms import TermPlan, TermStanding
from bot.vietnamese.fold import clean
from handlers.answers import Question, read
from handlers.commands import Context, command, form
from handlers.desk import in_sight, may_set, own_units
from handlers.desk import read as asked_for
from handlers.goals import local
from handlers.helped import names
from handlers.pages import Page, number_in
from handlers.setting_goals import asked_to_set, own
from storage import standing, terms, units
from storage.units import Unit

FORM = "term"
SHOWN = 6
LONGEST = 120
MOST = 99_999
FIRST = "term_first_year"
# What is asked, in this order; all may be left out.
ASKED = (
    "last_year",
    "admissions",
    "sources",
    "number",
    "on",
    "title",
    "admissions_before",
    "sources_before",
)
COUNTS = ("admissions", "sources", "admissions_before", "sources_before")
_CANCEL = [Choice("cancel", "/huy")]


@command("nhiemky")
def shown(context: Context, words: str) -> Reply:
    """A unit's term: what the plan asks for, what is there, how much a year; beside the term before."""
    asked = asked_for(context, "nhiemky", words, "year")
    if asked.unit is None:
        rows = [[Choice("unit", f"/nhiemky #{unit.id}", {"name": unit.name})] for unit in own_units(context)]
        return Reply("terms.which", {}, rows[:SHOWN])
    return screen(context, asked.unit)


def screen(context: Context, unit: Unit, **more: Any) -> Reply:
    """The one screen of a unit's term."""
    first = local(context, unit, FIRST)
    year = Period("year", first)
    months = standing.by_month(context.connection, unit, year, containing("year", max(context.today, year.first)))
    plan = terms.plan_of(context.connection, unit.id, first)
    known = plan or TermPlan(first, first + terms.LENGTH)
    found = TermStanding(term(months, first, context.today, known.years), known)
    over = context.today.year >= first + known.years
    values = {"unit": unit.name, "found": found, "set": plan is not None, "over": over, "done": False, **more}
    write = [Choice("set_term", f"/datnhiemky #{unit.id}")] if may_set(context, unit) else []
    past = [Choice("target_history", f"/lichsunhiemky #{unit.id}")] if plan is not None else []
    back = [Choice("to_targets", f"/chitieu #{unit.id}")]
    if over and write:
        write = [Choice("way_of_counting", f"/cachtinh #{unit.id}"), *write]
    return Reply("terms.unit", values, [write, past, [*back, *_up(context, unit)]], edit=True)


def _up(context: Context, unit: Unit) -> list[Choice]:
    if unit.parent_id is None:
        return []
    above = units.by_id(context.connection, unit.parent_id)
    return [Choice("upwards", f"/nhiemky #{above.id}", {"name": above.name})] if in_sight(context, above) else []


@command("datnhiemky")
def begin(context: Context, words: str) -> Reply:
    """Begins to set what a unit's term is to bring."""
    asked = asked_to_set(context, "datnhiemky", words)
    first = local(context, asked.of, FIRST)
    context.begin_form(FORM, unit=asked.of.id, first=first, values={}, asks="note")
    return _next(context)


@command("sonhiemky")
def under_the_question(context: Context, words: str) -> Reply:
    """An answer that a button carries: the form's number and the answer."""
    number, _, answer = words.partition(" ")
    context.the_form(FORM, number_in(number))
    return typed(context, answer)


@form(FORM, numbers=True)
def typed(context: Context, text: str) -> Reply:
    """The answer to the open question."""
    data = _data(context)
    slug = _asks(data["values"])
    if slug is None:
        raise Refusal("conversation.old_button")
    try:
        value = _read(context, data, slug, text.strip())
    except Refusal as refusal:
        raise Refusal(refusal.reply.template, _rows(context, data, slug), **refusal.reply.values) from None
    context.keep_form(values={**data["values"], slug: value})
    return _next(context)


def _data(context: Context) -> dict[str, Any]:
    found = context.the_form(FORM)
    return dict(found.data)


def _asks(values: Mapping[str, Any]) -> str | None:
    return next((slug for slug in ASKED if slug not in values), None)


def _read(context: Context, data: Mapping[str, Any], slug: str, text: str) -> Any:
    name = names()["term"][slug]
    if slug == "title":
        said = clean(text)
        if len(said) > LONGEST:
            raise Refusal("filling.too_long", name=name, most=LONGEST)
        return said if said not in ("", "-") else None
    kind: Any = "count" if slug in (*COUNTS, "last_year") else "date" if slug == "on" else "number"
    value = read(context.today, Question(slug, kind, name, required=False), text)
    if slug == "last_year":
        return _last_year(data, value)
    if slug in COUNTS and value is not None and value > MOST:
        raise Refusal("commitments.too_many", most=MOST)
    return value


def _last_year(data: Mapping[str, Any], value: Any) -> int:
    first = int(data["first"])
    last = first + terms.LENGTH if value is None else int(value)
    if not first < last <= first + 10:
        raise Refusal("terms.no_such_year", first=first)
    return last


def _next(context: Context) -> Reply:
    data = _data(context)
    slug = _asks(data["values"])
    if slug is None:
        return _save(context, data)
    unit = units.by_id(context.connection, int(data["unit"]))
    held = terms.plan_of(context.connection, unit.id, int(data["first"]))
    values = {
        "unit": unit.name,
        "name": names()["term"][slug],
        "first": data["first"],
        "slug": slug,
        "held": getattr(held, slug) if held else None,
        "number": ASKED.index(slug) + 1,
        "count": len(ASKED),
    }
    return Reply("terms.ask", values, _rows(context, data, slug))


def _rows(context: Context, data: Mapping[str, Any], slug: str) -> list[list[Choice]]:
    send = f"/sonhiemky {context.form.number if context.form else 0}"
    if slug == "last_year":
        last = int(data["first"]) + terms.LENGTH
        return [[Choice("value", f"{send} {last}", {"value": last}), *_CANCEL]]
    held = terms.plan_of(context.connection, int(data["unit"]), int(data["first"]))
    keep = [Choice("keep_as_is", f"/giunhiemky {send.split()[1]}")] if held and getattr(held, slug) is not None else []
    return [[*keep, Choice("skip" if not keep else "empty", f"{send} -"), *_CANCEL]]


@command("giunhiemky")
def keep(context: Context, words: str) -> Reply:
    """Leaves what stands under the open question as it is."""
    data = _data(context)
    slug = _asks(data["values"])
    held = terms.plan_of(context.connection, int(data["unit"]), int(data["first"]))
    if slug is None or held is None or words.strip() != str(context.form.number if context.form else 0):
        raise Refusal("conversation.old_button")
    value = getattr(held, slug)
    said = value.isoformat() if isinstance(value, date) else value
    context.keep_form(values={**data["values"], slug: said})
    return _next(context)


def _save(context: Context, data: Mapping[str, Any]) -> Reply:
    unit = own(context, int(data["unit"]))
    values = dict(data["values"])
    values["on"] = date.fromisoformat(values["on"]) if values["on"] else None
    terms.set_plan(context.connection, context.now, context.me.id, unit.id, int(data["first"]), values)
    context.close_form()
    return screen(context, unit, done=True)


@command("lichsunhiemky")
def changes(context: Context, words: str) -> Reply:
    """Who set the plan of a unit's term, and when."""
    asked = asked_for(context, "lichsunhiemky", words, "year")
    first = local(context, asked.of, FIRST)
    found = terms.changes_of(context.connection, asked.of.id, first)
    page = Page.of(found, asked.page, SHOWN)
    rows = [{"at": at.astimezone(context.now.tzinfo), "who": who, "values": said} for at, who, said in page.items]
    values = {"unit": asked.of.name, "first": first, "rows": rows, "names": names()["term"]}
    turn = page.turn(lambda to: f"/lichsunhiemky #{asked.of.id} +{to}")
    back = [Choice("term", f"/nhiemky #{asked.of.id}")]
    more = {"count": page.count, "page": page.number + 1, "pages": page.last + 1}
    return Reply("terms.history", {**values, **more}, [turn, back], edit=True)
