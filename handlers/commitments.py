"""What branches put their name to for a year: noted by three questions, looked at beside what has been reached."""

from datetime import date
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.periods import containing
from bot.vietnamese.dates import future_date, past_date
from bot.vietnamese.fold import clean
from handlers.answers import Question, iso, read
from handlers.commands import Context, command, form
from handlers.pages import Page, is_number, read_page
from handlers.report_units import Asked, asked_for, may_write, named, pressed
from storage import oversight, reports, standing
from storage.oversight import Commitment
from storage.units import COMMITTEES

FORM = "commitment"
A_PAGE = 7
COUNTS = ("admissions", "sources")
ORDER = (*COUNTS, "signed_on")
MOST = 1000
_CANCEL = [Choice("cancel", "/huy")]


@command("camket")
def commitments(context: Context, words: str) -> Reply:
    """The commitment of a unit for a year beside what it has reached; of a committee those of its branches."""
    asked = asked_for(context, words, "/camket")
    if isinstance(asked, Reply):
        return asked
    asked = Asked(asked.unit, containing("year", asked.period.last))
    return (
        _of_branches(context, asked, read_page(words)[0]) if asked.unit.kind in COMMITTEES else _of_one(context, asked)
    )


def _of_one(context: Context, asked: Asked) -> Reply:
    found = standing.figures(context.connection, asked.unit, asked.period, context.today)
    signed = oversight.commitments_of(context.connection, [asked.unit.id], asked.period.year).get(asked.unit.id)
    values = {
        "unit": asked.unit.name,
        "year": asked.period.year,
        "signed": signed,
        "admitted": found.admitted,
        "sources": found.new_sources,
    }
    note = [Choice("note_commitment", f"/ghicamket {asked.ref}")] if may_write(context, asked.unit) else []
    return Reply("commitments.one", values, [note, [Choice("to_report", f"/baocao {asked.ref}")]], edit=True)


def _of_branches(context: Context, asked: Asked, number: int) -> Reply:
    below = reports.owing(context.connection, asked.unit)
    signed = oversight.commitments_of(context.connection, [unit.id for unit in below], asked.period.year)
    page = Page.of(sorted(below, key=lambda unit: unit.id in signed), number, A_PAGE)
    rows = [
        [
            Choice(
                "commitment_of",
                f"/camket {asked.period.year} u{unit.id}",
                {"name": unit.name, "signed": signed.get(unit.id)},
            )
        ]
        for unit in page.items
    ]
    turn = page.turn(lambda to: f"/camket +{to} {asked.ref}")
    values = {"unit": asked.unit.name, "year": asked.period.year, "all": len(below), "done": len(signed)}
    evidence = [Choice("evidence", f"/tepbaocao {asked.ref} xlsx")]
    return Reply("commitments.below", values, [*rows, turn, evidence], edit=True)


def _questions() -> dict[str, Question]:
    names = named()["commitment"]
    kinds: dict[str, Any] = {"admissions": "count", "sources": "count", "signed_on": "date"}
    return {slug: Question(slug, kinds[slug], names[slug]) for slug in ORDER}


@command("ghicamket")
def begin(context: Context, words: str) -> Reply:
    """Begins to note a commitment."""
    asked = pressed(context, words, "write_report")
    context.begin_form(FORM, unit=asked.unit.id, year=asked.period.year)
    return _next(context)


@command("socamket")
def under_the_question(context: Context, words: str) -> Reply:
    """An answer that a button carries: the form's number and the answer."""
    number, _, answer = words.partition(" ")
    found = context.open_form(FORM)
    if found is None or not is_number(number) or found.number != int(number):
        raise Refusal("conversation.old_button")
    return typed(context, answer)


@form(FORM, numbers=True)
def typed(context: Context, text: str) -> Reply:
    """The answer to the open question."""
    slug = _asks(context)
    try:
        value = _read(context, slug, text.strip())
    except Refusal as refusal:
        raise Refusal(refusal.reply.template, _rows(context, slug), **refusal.reply.values) from None
    if slug in COUNTS and value > MOST:
        raise Refusal("commitments.too_many", _rows(context, slug), most=MOST)
    context.keep_form(**{slug: value})
    return _next(context)


def _read(context: Context, slug: str, text: str) -> Any:
    """A day without its year is one that has been: commitments are signed at the beginning of their year."""
    question = _questions()[slug]
    if slug != "signed_on":
        return read(context.today, question, text)
    on = iso(text) or past_date(text, context.today) or future_date(text, context.today)
    if on is None:
        raise Refusal("filling.no_date", words=clean(text)[:40])
    if on > context.today:
        raise Refusal("filling.not_yet", on=on, name=question.name)
    return on.isoformat()


def _asks(context: Context) -> str:
    data = context.form.data if context.form else {}
    return next(slug for slug in ORDER if slug not in data)


def _next(context: Context) -> Reply:
    data = context.form.data if context.form else {}
    if all(slug in data for slug in ORDER):
        return _save(context, data)
    slug = _asks(context)
    values = {"name": _questions()[slug].name, "year": data["year"], "date": slug == "signed_on"}
    return Reply("commitments.ask", values, _rows(context, slug))


def _rows(context: Context, slug: str) -> list[list[Choice]]:
    number = context.form.number if context.form else 0
    if slug not in COUNTS:
        return [[Choice("today", f"/socamket {number} {context.today}"), *_CANCEL]]
    return [[Choice("number", f"/socamket {number} {count}", {"number": count}) for count in range(5)], _CANCEL]


def _save(context: Context, data: dict[str, Any]) -> Reply:
    asked = pressed(context, f"{data['year']} u{data['unit']}", "write_report")
    signed_on = date.fromisoformat(data["signed_on"])
    made = Commitment(asked.unit.id, data["year"], data["admissions"], data["sources"], signed_on)
    oversight.commit(context.connection, context.now, context.me.id, made)
    context.close_form()
    return _of_one(context, asked)
