"""What came of a planned inspection, in a few words, and by when something is to be put right."""

from datetime import date

from bot.chat import Choice, Refusal, Reply
from bot.rules.periods import containing
from handlers.answers import Question, read
from handlers.commands import Context, command, form
from handlers.oversight import line, oversees, shown
from handlers.pages import is_number
from handlers.report_units import Asked, named
from storage import oversight, units
from storage.oversight import Finding

FORM = "inspection"
_CANCEL = Choice("cancel", "/huy")


@command("ketquakiemtra")
def begin(context: Context, words: str) -> Reply:
    """Begins to note the result; `NUMBER -` answers that nothing is to be put right."""
    number, _, answer = words.strip().partition(" ")
    one = _waiting(context, number)
    found = context.open_form(FORM)
    if answer and found is not None and found.data["finding"] == one.id:
        return typed(context, answer)
    context.begin_form(FORM, finding=one.id, asks="note")
    return _ask(context, one, "result")


def _waiting(context: Context, number: str) -> Finding:
    """The door: a planned one whose day has come, of a unit that this person oversees."""
    one = oversight.finding(context.connection, int(number)) if is_number(number) else None
    if one is None or not one.waits or one.on > context.today or not context.person:
        raise Refusal("conversation.old_button")
    if not oversees(context, one.unit_id):
        raise Refusal("conversation.old_button")
    return one


def _ask(context: Context, one: Finding, slug: str) -> Reply:
    unit = units.by_id(context.connection, one.unit_id)
    skip = [Choice("skip", f"/ketquakiemtra {one.id} -")] if slug == "due_on" else []
    values = {"name": named()["oversight_asks"][slug], "unit": unit.name, "required": slug != "due_on"}
    return Reply("oversight.ask", values, [[*skip, _CANCEL]])


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """The result, then the day by which something is to be put right."""
    found = context.the_form(FORM)
    one = _waiting(context, str(found.data["finding"]))
    asks = named()["oversight_asks"]
    if "result" not in found.data:
        context.keep_form(result=line(asks["result"], text))
        return _ask(context, one, "due_on")
    said = read(context.today, Question("due_on", "future", asks["due_on"], required=False), text.strip())
    due_on = date.fromisoformat(said) if said else None
    oversight.conclude(context.connection, context.now, context.me.id, one, str(found.data["result"]), due_on)
    context.close_form()
    unit = units.by_id(context.connection, one.unit_id)
    return shown(context, Asked(unit, containing("year", context.today)), 0)
