"""One time that a branch was helped, as it is told, mended and taken back."""

from datetime import date
from functools import cache
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import covers
from bot.rules.periods import containing
from bot.vietnamese.fold import clean
from handlers.answers import Question, read
from handlers.commands import Context, command, form
from handlers.pages import Page, is_number, read_page
from handlers.templates import load
from storage import helping, units
from storage.helping import Helped, Visit
from storage.units import Unit

MORE = "help_more"
A_PAGE = 6
LONGEST = 120
_CANCEL = [Choice("cancel", "/huy")]


def row(context: Context, one: Visit, unit: Unit | None) -> dict[str, Any]:
    """Who it was is told to those who may see people there; with the line that was written; a province reads kinds."""
    named = covers(context.me.grants, "see_people", one.path, one.committee_id)
    return {
        "on": one.on,
        "unit": None if unit is not None and unit.id == one.unit_id else one.unit,
        "kind": one.kind,
        "who": one.name if named else None,
        "words": one.words if named else None,
        "next_on": one.next_on,
    }


def told(found: Helped | None) -> dict[str, Any]:
    """How a branch has been helped, as the lists of branches that need help say it."""
    return {"last": found.last_on if found else None, "times": found.count if found else 0}


def short_line(text: str) -> str:
    """One line as it is kept; refuses nothing at all, and more than a line."""
    said = clean(text)
    if not 0 < len(said) <= LONGEST:
        raise Refusal("helping.too_long", [_CANCEL], most=LONGEST)
    return said


@cache
def names() -> dict[str, Any]:
    """What kinds of help are called, and what is asked for, read once."""
    return load("helping")


def noted(context: Context, number: int) -> Reply:
    """What is kept of one time, and what can be mended of it."""
    one = _mine(context, number)
    year = containing("year", one.on)
    done = helping.helped(context.connection, [one.unit_id], year.first)
    values = {**row(context, one, None), "unit": one.unit, "name": one.name, **told(done.get(one.unit_id))}
    values["kinds"] = names()["kinds"]
    send = f"/sualuotgiup {number}"
    mend = [Choice("help_day", f"{send} on"), Choice("next_time", f"{send} next_on")]
    more = [Choice("help_line", f"{send} words"), Choice("help_person", f"{send} person")]
    back = [Choice("undo", f"/bogiup {number}"), Choice("help_given", f"/luotgiup #{one.unit_id}")]
    return Reply("helping.noted", values, [mend, more, back], edit=True)


def _mine(context: Context, number: int) -> Visit:
    """The door: one that is kept, of a branch where this person notes help; any other one reads like none."""
    one = helping.visit(context.connection, number)
    if one is None or one.state != "kept":
        raise Refusal("conversation.old_button")
    if not covers(context.me.grants, "help_branch", one.path, one.committee_id):
        raise Refusal("conversation.old_button")
    return one


@command("sualuotgiup")
def mend(context: Context, words: str) -> Reply:
    """`NUMBER WHAT [value]`: another day, the next day, a line, another person."""
    number, what, value = (*words.split(maxsplit=2), "", "", "")[:3]
    if not is_number(number) or what not in ("on", "next_on", "words", "person"):
        raise Refusal("conversation.old_button")
    one = _mine(context, int(number))
    if what == "person":
        return _hand_to(context, one, value)
    if value:
        return _mended(context, one, what, value)
    context.begin_form(MORE, visit=one.id, what=what, asks="note")
    return Reply("helping.ask_more", {"unit": one.unit, "what": what, "most": LONGEST}, _rows(context, one, what))


def _rows(context: Context, one: Visit, what: str) -> list[list[Choice]]:
    send = f"/sualuotgiup {one.id} {what}"
    days = [Choice("yesterday", f"{send} hôm qua"), Choice("today", f"{send} hôm nay")] if what == "on" else []
    return [[*days, *_CANCEL]]


@form(MORE)
def more_typed(context: Context, text: str) -> Reply:
    """The day or the line."""
    found = context.the_form(MORE)
    return _mended(context, _mine(context, int(found.data["visit"])), str(found.data["what"]), text)


def _mended(context: Context, one: Visit, what: str, text: str) -> Reply:
    kind: Any = {"on": "date", "next_on": "future"}.get(what)
    value: Any = short_line(text)
    if kind:
        value = date.fromisoformat(read(context.today, Question(what, kind, names()["asks"][what]), text.strip()))
    helping.change(context.connection, context.now, context.me.id, one, {what: value})
    if context.open_form(MORE):
        context.close_form()
    return noted(context, one.id)


def _hand_to(context: Context, one: Visit, value: str) -> Reply:
    unit = units.by_id(context.connection, one.unit_id)
    givers = helping.givers(context.connection, unit)
    if value in {str(giver.id) for giver in givers}:
        helping.change(context.connection, context.now, context.me.id, one, {"person_id": int(value)})
        return noted(context, one.id)
    page = Page.of(givers, read_page(value)[0], A_PAGE)
    send = f"/sualuotgiup {one.id} person"
    rows = [
        [Choice("giver", f"{send} {giver.id}", {"name": giver.name, "charged": giver.charged})] for giver in page.items
    ]
    turn = page.turn(lambda to: f"{send} +{to}")
    return Reply("helping.ask_who", {"unit": one.unit}, [*rows, turn, _CANCEL], edit=True)


@command("bogiup")
def undo(context: Context, words: str) -> Reply:
    """It was noted by mistake."""
    if not is_number(words.strip()):
        raise Refusal("conversation.old_button")
    one = _mine(context, int(words))
    helping.take_back(context.connection, context.now, context.me.id, one)
    again = [[Choice("note_help", f"/ghiluotgiup #{one.unit_id}"), Choice("help_given", f"/luotgiup #{one.unit_id}")]]
    return Reply("helping.undone", {"unit": one.unit, "on": one.on}, again, edit=True)
