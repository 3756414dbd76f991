"""Inspections, commendations and reminders of a committee: written down in short, and put right by their date."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import covers
from bot.rules.periods import containing
from bot.vietnamese.dates import future_date
from bot.vietnamese.fold import clean
from handlers.answers import Question, iso, read
from handlers.commands import Context, command, form
from handlers.pages import Page, is_number, read_page
from handlers.questionnaires import AtOnce, Filled
from handlers.report_units import Asked, asked_for, named, pressed
from storage import oversight, reports, units
from storage.forms import Form
from storage.oversight import About, Finding, Kind
from storage.units import COMMITTEES

FORM = "oversight"
A_PAGE = 5
UNITS_A_PAGE = 7
LONGEST = 300
# Behind a unit: this very one, not those below it.
THIS = "day"
_CANCEL = [Choice("cancel", "/huy")]


@command("kiemtra")
def noted(context: Context, words: str) -> Reply:
    """What was noted of a unit and those below it this year, and what is still to be put right."""
    asked = asked_for(context, words, "/kiemtra")
    return asked if isinstance(asked, Reply) else shown(context, asked, read_page(words)[0])


def shown(context: Context, asked: Asked, number: int) -> Reply:
    """The list of a unit and a year."""
    year = containing("year", asked.period.last)
    found = oversight.findings(context.connection, asked.unit.path, year.first, year.last)
    page = Page.of(found, number, A_PAGE)
    places = {one.unit_id: units.by_id(context.connection, one.unit_id).name for one in page.items}
    rows = [_line(at, one, places[one.unit_id]) for at, one in enumerate(page.items, page.number * A_PAGE + 1)]
    mended = [
        Choice("mended", f"/khacphuc {one.id}", {"number": row["number"]})
        for row, one in zip(rows, page.items, strict=True)
        if one.unmended and oversees(context, one.unit_id)
    ]
    results = [
        Choice("note_result", f"/ketquakiemtra {one.id}", {"number": row["number"]})
        for row, one in zip(rows, page.items, strict=True)
        if one.waits and one.on <= context.today and oversees(context, one.unit_id)
    ]
    values = {"unit": asked.unit.name, "year": year.year, "rows": rows, "count": page.count}
    write = [Choice("note_oversight", f"/ghikiemtra {asked.ref}")] if oversees(context, asked.unit.id) else []
    turn = page.turn(lambda to: f"/kiemtra +{to} {asked.ref}")
    back = [Choice("status", f"/tinhhinh #{asked.unit.id}")]
    return Reply("oversight.list", values, [mended, results, turn, [*write, *back]], edit=True)


def _line(number: int, one: Finding, unit: str) -> dict[str, Any]:
    return {
        "number": number,
        "kind": named()["oversight"][one.kind],
        "about": named()["about"][one.about],
        "unit": unit,
        "on": one.on,
        "paper": one.number,
        "words": one.words,
        "due": one.due_on,
        "mended": one.mended_on,
        "result": one.result,
        "waits": one.waits,
    }


def oversees(context: Context, number: int) -> bool:
    """Whether this person writes these down for a unit, given by its number."""
    unit = units.by_id(context.connection, number)
    return covers(context.me.grants, "oversee", unit.path, unit.committee_id)


def _questions(kind: str | None) -> list[Question]:
    names = named()
    asked = names["oversight_asks"]
    questions = [Question("kind", "choice", asked["kind"], options={k: names["oversight"][k] for k in get_args(Kind)})]
    questions.append(
        Question("about", "choice", asked["about"], options={a: names["about"][a] for a in get_args(About)})
    )
    decided = kind == "commendation"
    questions += [
        Question("on", "date", asked["decided_on" if decided else "planned_on" if kind == "inspection" else "on"]),
        Question("words", "place", asked["words"]),
        Question("number", "number", asked["decision" if decided else "number"], required=False),
    ]
    if kind != "commendation":
        questions.append(Question("due_on", "future", asked["due_on"], required=False))
    return questions


@command("ghikiemtra")
def begin(context: Context, words: str) -> Reply:
    """Begins to write one down for a unit."""
    asked = pressed(context, words)
    if not oversees(context, asked.unit.id):
        raise Refusal("access.not_your_role")
    if asked.unit.kind in COMMITTEES and not asked.rest.startswith(THIS):
        return _which(context, asked)
    kind = asked.rest.removeprefix(THIS).strip()
    return _NOTES.begin(context, unit=asked.unit.id, values={"kind": kind} if kind in get_args(Kind) else {})


def _which(context: Context, asked: Asked) -> Reply:
    below = [asked.unit, *reports.owing(context.connection, asked.unit)]
    page = Page.of(below, read_page(asked.rest)[0], UNITS_A_PAGE)
    rows = [
        [Choice("unit", f"/ghikiemtra {asked.period.code} u{unit.id} {THIS}", {"name": unit.name})]
        for unit in page.items
    ]
    turn = page.turn(lambda to: f"/ghikiemtra {asked.ref} +{to}")
    return Reply("oversight.which_unit", {}, [*rows, turn, _CANCEL], edit=True)


@dataclass(frozen=True, slots=True)
class Noting(Filled):
    """Something that is being written down, of the unit with this number."""

    unit: int


class _Notes(AtOnce[Noting]):
    """Inspections, commendations and reminders, question by question."""

    form, command = FORM, "traloikiemtra"

    def filled(self, context: Context, form: Form) -> Noting:
        return Noting(form.number, form.data["values"], form.data["unit"])

    def questions(self, context: Context, filled: Noting) -> Sequence[Question]:
        return _questions(filled.said("kind"))

    def asked(self, context: Context, filled: Noting, question: Question) -> tuple[str, dict[str, Any]]:
        unit = units.by_id(context.connection, filled.unit)
        return "oversight.ask", {"name": question.name, "unit": unit.name, "required": question.required}

    def read(self, context: Context, filled: Noting, question: Question, text: str) -> Any:
        if question.slug == "words":
            return line(question.name, text)
        planned = question.slug == "on" and filled.said("kind") == "inspection"
        return _day(context, question, text) if planned else read(context.today, question, text)

    def buttons(self, context: Context, filled: Noting, question: Question, page: int = 0) -> list[list[Choice]]:
        send = f"/{self.command} {filled.number} {question.slug}"
        if question.kind == "choice":
            rows = [[Choice("short_name", f"{send} {slug}", {"name": said})] for slug, said in question.options.items()]
            return [*rows, _CANCEL]
        today = [Choice("today", f"{send} {context.today}")] if question.kind == "date" else []
        skip = [] if question.required else [Choice("skip", f"{send} -")]
        return [[*today, *skip, *_CANCEL]]

    def keep(self, context: Context, filled: Noting) -> Reply:
        return _save(context, filled)


def _day(context: Context, question: Question, text: str) -> str:
    """An inspection may be written down before its day: it is planned then."""
    on = iso(text) or future_date(text, context.today)
    if on is not None and on > context.today:
        return on.isoformat()
    return str(read(context.today, question, text))


def line(name: str, text: str) -> str:
    """A few words as they are kept."""
    said = clean(text)
    if not 0 < len(said) <= LONGEST:
        raise Refusal("filling.too_long", name=name, most=LONGEST)
    return said


def _save(context: Context, filled: Noting) -> Reply:
    if not oversees(context, filled.unit):
        raise Refusal("access.not_your_role")
    unit, values = units.by_id(context.connection, filled.unit), filled.values
    oversight.note(
        context.connection,
        context.now,
        context.me.id,
        unit.id,
        values["kind"],
        values["about"],
        filled.day("on") or context.today,
        values["words"],
        values.get("number"),
        filled.day("due_on") if values["kind"] != "commendation" else None,
    )
    return shown(context, Asked(unit, containing("year", context.today)), 0)


_NOTES = _Notes()
under_the_question = command(_NOTES.command)(_NOTES.pressed)
typed = form(FORM, numbers=True)(_NOTES.typed)


@command("khacphuc")
def mended(context: Context, words: str) -> Reply:
    """Notes that something has been put right today."""
    found = oversight.finding(context.connection, int(words)) if is_number(words.strip()) else None
    if found is None or not context.person or not oversees(context, found.unit_id):
        raise Refusal("conversation.old_button")
    oversight.mend(context.connection, context.now, context.me.id, found, context.today)
    unit = units.by_id(context.connection, found.unit_id)
    return shown(context, Asked(unit, containing("year", context.today)), 0)
