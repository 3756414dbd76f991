"""What branches put their name to for a year: noted by three questions, looked at beside what has been reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.periods import containing
from bot.vietnamese.dates import future_date, past_date
from bot.vietnamese.fold import clean
from handlers.answers import Question, iso, read
from handlers.commands import Context, command, form
from handlers.pages import Page, read_page
from handlers.questionnaires import AtOnce, Filled
from handlers.report_units import Asked, asked_for, may_write, named, pressed
from storage import oversight, reports, standing
from storage.forms import Form
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


def _questions() -> list[Question]:
    names = named()["commitment"]
    kinds: dict[str, Any] = {"admissions": "count", "sources": "count", "signed_on": "date"}
    return [Question(slug, kinds[slug], names[slug]) for slug in ORDER]


@dataclass(frozen=True, slots=True)
class Signing(Filled):
    """A commitment in the filling: of which unit, for which year."""

    unit: int
    year: int


class _Signings(AtOnce[Signing]):
    """What a unit puts its name to, in three questions."""

    form, command = FORM, "socamket"

    def filled(self, context: Context, form: Form) -> Signing:
        return Signing(form.number, form.data.get("values", {}), form.data["unit"], form.data["year"])

    def questions(self, context: Context, filled: Signing) -> Sequence[Question]:
        return _questions()

    def asked(self, context: Context, filled: Signing, question: Question) -> tuple[str, dict[str, Any]]:
        dated = question.slug == "signed_on"
        return "commitments.ask", {"name": question.name, "year": filled.year, "date": dated}

    def read(self, context: Context, filled: Signing, question: Question, text: str) -> Any:
        if question.slug == "signed_on":
            return _day(context, question, text)
        count = read(context.today, question, text)
        if count > MOST:
            raise Refusal("commitments.too_many", most=MOST)
        return count

    def buttons(self, context: Context, filled: Signing, question: Question, page: int = 0) -> list[list[Choice]]:
        send = f"/{self.command} {filled.number} {question.slug}"
        if question.slug not in COUNTS:
            return [[Choice("today", f"{send} {context.today}"), *_CANCEL]]
        return [[Choice("number", f"{send} {count}", {"number": count}) for count in range(5)], _CANCEL]

    def keep(self, context: Context, filled: Signing) -> Reply:
        asked = pressed(context, f"{filled.year} u{filled.unit}", "write_report")
        signed_on, values = filled.day("signed_on") or context.today, filled.values
        made = Commitment(asked.unit.id, filled.year, values["admissions"], values["sources"], signed_on)
        oversight.commit(context.connection, context.now, context.me.id, made)
        return _of_one(context, asked)


def _day(context: Context, question: Question, text: str) -> str:
    """A day without its year is one that has been: commitments are signed at the beginning of their year."""
    on = iso(text) or past_date(text, context.today) or future_date(text, context.today)
    if on is None:
        raise Refusal("filling.no_date", words=clean(text)[:40])
    if on > context.today:
        raise Refusal("filling.not_yet", on=on, name=question.name)
    return on.isoformat()


_SIGNINGS = _Signings()
under_the_question = command(_SIGNINGS.command)(_SIGNINGS.pressed)
typed = form(FORM, numbers=True)(_SIGNINGS.typed)


@command("ghicamket")
def begin(context: Context, words: str) -> Reply:
    """Begins to note a commitment."""
    asked = pressed(context, words, "write_report")
    return _SIGNINGS.begin(context, unit=asked.unit.id, year=asked.period.year, values={})
