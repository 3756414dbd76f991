"""Short forms that are about no case: one question at a time, said back, saved; all of it is in a row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.fold import clean, fold
from bot.vietnamese.names import search_names
from handlers.answers import Question, read
from handlers.commands import Context, command, form
from handlers.dossiers import capital
from handlers.pages import Page, read_page
from handlers.ways import yes_and_no

FORM = "slip"
OPTIONS = 8
WIDE = 18
HOURS = ("07:30", "14:00", "19:00", "19:30")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is filled in so far. `about` is what it concerns: a meeting, a branch, a class."""

    slip: str
    about: str
    values: Mapping[str, Any]
    number: int

    def day(self, slug: str) -> date | None:
        """A day that was filled in; None: left out."""
        said = self.values.get(slug)
        return date.fromisoformat(said) if said else None

    def said(self, slug: str) -> Any:
        """An answer as it is kept; None: left out, or not asked yet."""
        return self.values.get(slug)


@dataclass(frozen=True, slots=True)
class Slip:
    """A kind of short form. `title` also asks whether this person may (it refuses); `against`: why not to save it."""

    title: Callable[[Context, Draft], str]
    questions: Callable[[Context, Draft], Sequence[Question]]
    save: Callable[[Context, Draft], Reply]
    against: Callable[[Context, Draft], str | None] = lambda context, draft: None


SLIPS: dict[str, Slip] = {}


def begin(context: Context, slip: str, about: str, **values: Any) -> Reply:
    """Opens the form and asks the first question that has no answer."""
    context.begin_form(FORM, slip=slip, about=about, values=values)
    return _next(context, _draft(context))


@command("phieu")
def pressed(context: Context, words: str) -> Reply:
    """A button under a question: the form's number, a question's slug, an answer; or save, mend, drop, rest, a page."""
    number, what, value = (*words.split(maxsplit=2), "", "", "")[:3]
    if not number.isdecimal():
        raise Refusal("conversation.old_button")
    form_ = context.form
    if form_ is not None and not form_.kind and form_.number == int(number) and what == "save":
        return Reply("filling.saved_before", {}, [])
    draft = _draft(context, int(number))
    if what == "save":
        return _save(context, draft)
    if what == "mend":
        return _mend(context, draft, value)
    if what == "rest":
        return _leave_rest(context, draft)
    if what == "drop":
        context.close_form()
        return Reply("conversation.cancelled", {}, edit=True)
    if value.startswith("+"):
        return _ask(context, draft, _question(context, draft, what), read_page(value)[0])
    return _answer(context, draft, what, value)


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """The answer to the open question; or yes, no, once everything is said back."""
    draft = _draft(context)
    asks = (context.form.data if context.form else {}).get("asks")
    if asks:
        return _answer(context, draft, asks, text)
    said = fold(text).strip(" .!")
    if said in yes_and_no()["agree"]:
        return _save(context, draft)
    if said in yes_and_no()["refuse"]:
        context.close_form()
        return Reply("conversation.cancelled")
    return _check(context, draft)


def _draft(context: Context, number: int | None = None) -> Draft:
    found = context.open_form(FORM)
    if found is None or (number is not None and found.number != number):
        raise Refusal("conversation.old_button")
    return Draft(found.data["slip"], found.data["about"], found.data["values"], found.number)


def _question(context: Context, draft: Draft, slug: str) -> Question:
    asked = SLIPS[draft.slip].questions(context, draft)
    found = next((question for question in asked if question.slug == slug), None)
    if found is None:
        raise Refusal("conversation.old_button")
    return found


def _answer(context: Context, draft: Draft, slug: str, text: str) -> Reply:
    question = _question(context, draft, slug)
    try:
        value = read(context.today, question, _meant(question, text.strip()))
    except Refusal as refusal:
        rows = _ask(context, draft, question).buttons
        raise Refusal(refusal.reply.template, rows, **refusal.reply.values) from None
    context.keep_form(values={**draft.values, slug: value}, asks=None)
    return _next(context, _draft(context))


def _meant(question: Question, text: str) -> str:
    """Part of a name stands for the one option that it fits."""
    if question.kind != "choice" or text in question.options:
        return text
    found = set(search_names(clean(text), list(question.options.values())))
    slugs = [slug for slug, name in question.options.items() if name in found]
    return slugs[0] if len(slugs) == 1 else text


def _next(context: Context, draft: Draft) -> Reply:
    for question in SLIPS[draft.slip].questions(context, draft):
        if question.slug not in draft.values:
            return _ask(context, draft, question)
    return _check(context, draft)


def _leave_rest(context: Context, draft: Draft) -> Reply:
    """Leaves out every question that may be left out and is not answered yet."""
    asked = SLIPS[draft.slip].questions(context, draft)
    rest = {question.slug: None for question in asked if not question.required and question.slug not in draft.values}
    context.keep_form(values={**draft.values, **rest}, asks=None)
    return _next(context, _draft(context))


def _ask(context: Context, draft: Draft, question: Question, page: int = 0) -> Reply:
    context.keep_form(asks=question.slug)
    send = f"/phieu {draft.number} {question.slug}"
    drop = Choice("drop", f"/phieu {draft.number} drop")
    enough = [Choice("enough", f"/phieu {draft.number} rest")] if question.kind == "seats" and draft.values else []
    last = [drop] if question.required else [Choice("skip", f"{send} -"), *enough, drop]
    values = {"title": SLIPS[draft.slip].title(context, draft), "name": capital(question.name), "kind": question.kind}
    return Reply("slips.ask", values, [*_options(context, question, send, page), last], edit=True)


def _options(context: Context, question: Question, send: str, number: int) -> list[list[Choice]]:
    if question.kind == "date":
        yesterday = context.today - timedelta(days=1)
        return [[Choice("today", f"{send} {context.today}"), Choice("yesterday", f"{send} {yesterday}")]]
    if question.kind == "time":
        return [[Choice("short_name", f"{send} {hour}", {"name": hour}) for hour in HOURS]]
    if question.kind not in ("choice", "seats"):
        return []
    page = Page.of(list(question.options.items()), number, OPTIONS)
    choices = [Choice("short_name", f"{send} {slug}", {"name": capital(said)}) for slug, said in page.items]
    across = 1 if any(len(said) > WIDE for said in question.options.values()) else 2
    rows = [choices[i : i + across] for i in range(0, len(choices), across)]
    return [*rows, page.turn(lambda to: f"{send} +{to}")]


def _check(context: Context, draft: Draft) -> Reply:
    context.keep_form(asks=None)
    slip = SLIPS[draft.slip]
    asked = [q for q in slip.questions(context, draft) if draft.values.get(q.slug) is not None]
    against = slip.against(context, draft)
    values = {
        "title": slip.title(context, draft),
        "said": [{"name": capital(q.name), "value": _said(q, draft.values[q.slug])} for q in asked],
        "against": against,
    }
    mend, drop = Choice("correct", f"/phieu {draft.number} mend"), Choice("drop", f"/phieu {draft.number} drop")
    save = [] if against else [Choice("save", f"/phieu {draft.number} save")]
    return Reply("slips.check", values, [[*save, mend, drop]], edit=True)


def _said(question: Question, value: Any) -> str:
    if question.kind in ("date", "future"):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    return question.options.get(value, str(value))


def _mend(context: Context, draft: Draft, slug: str) -> Reply:
    questions = SLIPS[draft.slip].questions(context, draft)
    if not slug:
        send = f"/phieu {draft.number} mend"
        rows = [[Choice("short_name", f"{send} {q.slug}", {"name": capital(q.name)})] for q in questions]
        return Reply("filling.mend", {}, [*rows, [Choice("drop", f"/phieu {draft.number} drop")]], edit=True)
    _question(context, draft, slug)
    context.keep_form(values={name: value for name, value in draft.values.items() if name != slug})
    draft = _draft(context)
    return _ask(context, draft, _question(context, draft, slug))


def _save(context: Context, draft: Draft) -> Reply:
    """Saves what was said back, once everything is there and nothing stands against it."""
    slip = SLIPS[draft.slip]
    slip.title(context, draft)
    if any(question.slug not in draft.values for question in slip.questions(context, draft)):
        return _next(context, draft)
    if slip.against(context, draft):
        return _check(context, draft)
    context.close_form()
    return slip.save(context, draft)
