"""Help given to branches: noted in two taps by whoever was there, mended afterwards; seen by the branch as well."""

from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import covers
from bot.rules.periods import containing
from bot.vietnamese.fold import clean
from bot.vietnamese.names import search_names
from handlers.answers import Question, read
from handlers.commands import Context, command, form
from handlers.desk import own_units, stands_above, with_committees
from handlers.desk import read as asked_for
from handlers.helped import A_PAGE, LONGEST, names, noted, row, short_line, told
from handlers.pages import Page, is_number, read_page
from storage import helping, units
from storage.helping import KINDS, Kind
from storage.units import Unit

FORM, WHICH = "help", "help_which"
SHOWN = 4
_CANCEL = [Choice("cancel", "/huy")]


@command("luotgiup", reads=True)
def given(context: Context, words: str) -> Reply:
    """How often branches were helped in a period, by whom, to do what; a branch sees its own."""
    asked = asked_for(context, "luotgiup", words, "year")
    places = [asked.unit] if asked.unit else own_units(context)
    paths = [place.path for place in places]
    found, count = helping.visits(context.connection, paths, asked.period, asked.page * SHOWN, SHOWN)
    page = Page.of(range(count), asked.page, SHOWN)
    if page.number != asked.page:
        found, count = helping.visits(context.connection, paths, asked.period, page.number * SHOWN, SHOWN)
    of = f"#{asked.unit.id} {asked.period.code}" if asked.unit else asked.period.code
    units_named = with_committees(context, asked.unit, ((one.unit, one.committee_id) for one in found))
    rows = [
        {**one_row, "unit": name if one_row["unit"] else None}
        for one_row, name in zip((row(context, one, asked.unit) for one in found), units_named, strict=True)
    ]
    values = {
        "kinds": names()["kinds"],
        "unit": asked.unit.name if asked.unit else None,
        "period": asked.period,
        "rows": rows,
        "count": count,
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    turn = page.turn(lambda to: f"/luotgiup {of} +{to}")
    number = f"#{asked.unit.id}" if asked.unit else ""
    note = [Choice("note_help", f"/ghiluotgiup {number}".strip())] if _may_anywhere(context, asked.unit) else []
    back = [Choice("to_help", f"/noicangiup {number}".strip()), Choice("status", f"/tinhhinh {number}".strip())]
    return Reply("helping.list", values, [turn, note, back], edit=True)


def may_help(context: Context, unit: Unit) -> bool:
    """Whether this person notes that a branch was helped."""
    return covers(context.me.grants, "help_branch", unit.path, unit.committee_id)


def _may_anywhere(context: Context, unit: Unit | None) -> bool:
    if unit is None:
        return context.me.may("help_branch")
    return may_help(context, unit) and stands_above(context, unit) != "committees"


@command("ghiluotgiup")
def begin(context: Context, words: str) -> Reply:
    """Begins to note that a branch was helped; without a branch, or with a committee, asks which."""
    if not context.me.may("help_branch"):
        raise Refusal("access.not_your_role")
    asked = asked_for(context, "ghiluotgiup", words, "year")
    if asked.unit is None or units.kind_below(context.connection, asked.unit) is not None:
        return _which(context, asked.unit, asked.page)
    if not may_help(context, asked.unit):
        raise Refusal("helping.not_yours", unit=asked.unit.name)
    mine = [one.id for one in helping.givers(context.connection, asked.unit) if one.charged]
    who = context.me.id if context.me.id in mine else None
    context.begin_form(FORM, unit=asked.unit.id, person=who, asks="note")
    return _ask(context, asked.unit)


def _which(context: Context, unit: Unit | None, wanted: int) -> Reply:
    """The branches below, those that were never helped first, then the longest ago."""
    # A name may be typed as well; it is not to be taken for the answer to an older question.
    context.begin_form(WHICH)
    there = units.open_to(context.connection, context.me, "help_branch")
    branches = [one for one in there if one.kind == "branch" and (unit is None or one.path.startswith(unit.path))]
    if not branches:
        raise Refusal("helping.no_branch")
    ids = [one.id for one in branches]
    year = containing("year", context.today)
    done = helping.helped(context.connection, ids, year.first)
    branches.sort(key=lambda one: (done[one.id].last_on.toordinal() if one.id in done else 0, one.ordered))
    page = Page.of(branches, wanted, A_PAGE)
    rows = [
        [Choice("helped_unit", f"/ghiluotgiup #{one.id}", {"name": one.name, **told(done.get(one.id))})]
        for one in page.items
    ]
    of = f"#{unit.id} " if unit else ""
    turn = page.turn(lambda to: f"/ghiluotgiup {of}+{to}")
    return Reply("helping.which", {"count": page.count}, [*rows, turn, _CANCEL], edit=True)


@form(WHICH)
def which_typed(context: Context, text: str) -> Reply:
    """The branch, by its code or a part of its name."""
    return begin(context, text)


def _ask(context: Context, unit: Unit, wanted: int = 0) -> Reply:
    """Who, unless it is clear; then what was done."""
    data = _data(context)
    number = context.form.number if context.form else 0
    if data["person"] is None:
        page = Page.of(helping.givers(context.connection, unit), wanted, A_PAGE)
        rows = [
            [Choice("giver", f"/lgiup {number} ai {one.id}", {"name": one.name, "charged": one.charged})]
            for one in page.items
        ]
        turn = page.turn(lambda to: f"/lgiup {number} trang +{to}")
        return Reply("helping.ask_who", {"unit": unit.name}, [*rows, turn, _CANCEL], edit=True)
    choices = [Choice(f"help_{kind}", f"/lgiup {number} viec {kind}") for kind in KINDS]
    rows = [[choice] for choice in choices[:4]] + [[choices[4], *_CANCEL]]
    return Reply("helping.ask_kind", {"unit": unit.name}, rows, edit=True)


def _data(context: Context) -> dict[str, Any]:
    found = context.the_form(FORM)
    return dict(found.data)


@command("lgiup")
def pressed(context: Context, words: str) -> Reply:
    """A button of the open form: its number, then who, what was done, or another page of people."""
    number, what, value = (*words.split(maxsplit=2), "", "", "")[:3]
    data = _data(context)
    if not is_number(number) or context.form is None or context.form.number != int(number):
        raise Refusal("conversation.old_button")
    unit = _unit(context, data)
    if what == "trang":
        return _ask(context, unit, read_page(value)[0])
    if what == "ai" and value in {str(one.id) for one in helping.givers(context.connection, unit)}:
        context.keep_form(person=int(value))
        return _ask(context, unit)
    if what == "viec" and value in KINDS and data["person"] is not None:
        if value == "other":
            context.keep_form(kind=value)
            return Reply("helping.ask_words", {"unit": unit.name, "most": LONGEST}, [_CANCEL], edit=True)
        return _save(context, unit, value, None)
    raise Refusal("conversation.old_button")


def _unit(context: Context, data: dict[str, Any]) -> Unit:
    unit = units.by_id(context.connection, int(data["unit"]))
    if not may_help(context, unit):
        raise Refusal("helping.not_yours", unit=unit.name)
    return unit


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """What was done, where none of the kinds fits; or a kind in words."""
    data = _data(context)
    unit = _unit(context, data)
    if data["person"] is None:
        return _person(context, unit, text)
    if data.get("kind") != "other":
        kind = read(context.today, Question("kind", "choice", names()["kind"], options=names()["kinds"]), text)
        return pressed(context, f"{context.form.number if context.form else 0} viec {kind}")
    return _save(context, unit, "other", short_line(text))


def _person(context: Context, unit: Unit, text: str) -> Reply:
    """Who helped, by a part of the name."""
    known = {one.name: one.id for one in helping.givers(context.connection, unit)}
    found = search_names(text, list(known))
    if len(found) != 1:
        asked = _ask(context, unit)
        raise Refusal("helping.no_such_person", asked.buttons, words=clean(text)[:40], unit=unit.name)
    context.keep_form(person=known[found[0]])
    return _ask(context, unit)


def _save(context: Context, unit: Unit, kind: Kind, words: str | None) -> Reply:
    person = int(_data(context)["person"])
    context.close_form()
    number = helping.note(context.connection, context.now, context.me.id, unit.id, person, kind, context.today, words)
    return noted(context, number)
