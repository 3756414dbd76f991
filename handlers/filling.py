"""Filling in, one question at a time: what is asked, how an answer is read, said back, saved; all of it is in a row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import Action
from bot.vietnamese.fold import fold
from handlers import voting
from handlers.answers import NUMERIC, Question, read
from handlers.commands import Context, command, form
from handlers.dossiers import Dossier, capital, dossier_for, shown_name
from handlers.ways import yes_and_no
from storage.forms import Form

FORM = "fill"


@dataclass(frozen=True, slots=True)
class Paper:
    """What is filled in so far. `about` is what it concerns (a step, a place asked); `version`: the case when begun."""

    dossier: Dossier
    filling: str
    about: str
    version: int
    values: Mapping[str, Any]
    number: int

    def day(self, slug: str) -> date | None:
        """A day that was filled in; None: left out."""
        said = self.values.get(slug)
        return date.fromisoformat(said) if said else None

    def said(self, slug: str) -> Any:
        """An answer as it is kept; None: left out, or not asked yet."""
        return self.values.get(slug)

    def yes(self, slug: str) -> bool | None:
        """A yes or no; None: left out."""
        said = self.values.get(slug)
        return None if said is None else bool(said == "yes")


@dataclass(frozen=True, slots=True)
class Told:
    """What is said back before saving: a title, more lines, and what stands against it."""

    title: str
    lines: Sequence[str] = ()
    problems: Sequence[str] = ()
    more: Sequence[Choice] = ()


@dataclass(frozen=True, slots=True)
class Filling:
    """A kind of thing that is filled in."""

    action: Action
    questions: Callable[[Context, Paper], Sequence[Question]]
    told: Callable[[Context, Paper], Told]
    # None: not saved, because something stands against it by now; everything is said back once more.
    save: Callable[[Context, Paper], Reply | None]


FILLINGS: dict[str, Filling] = {}


def begin(context: Context, dossier: Dossier, filling: str, about: str = "", **values: Any) -> Reply:
    """Opens the paper and asks the first question."""
    version = dossier.case.version
    context.begin_form(FORM, code=dossier.code, filling=filling, about=about, version=version, values=values)
    return _next(context, _paper(context))


@command("dien")
def pressed(context: Context, words: str) -> Reply:
    """A button under a question: the paper's number, a question's slug, and an answer; or save, mend, drop."""
    number, what, value = (*words.split(maxsplit=2), "", "", "")[:3]
    if not number.isdecimal():
        raise Refusal("conversation.old_button")
    if context.form is not None and not context.form.kind and context.form.number == int(number) and what == "save":
        return Reply("filling.saved_before", {}, [])
    paper = _paper(context, int(number))
    if what == "save":
        return _save(context, paper)
    if what == "mend":
        return _mend(context, paper, value)
    if what == "drop":
        return _drop(context)
    return _answer(context, paper, what, value)


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """The answer to the open question; or yes, no, once everything is said back."""
    paper = _paper(context)
    asks = (context.form.data if context.form else {}).get("asks")
    if asks:
        return _answer(context, paper, asks, text)
    said = fold(text).strip(" .!")
    if said in yes_and_no()["agree"]:
        return _save(context, paper)
    if said in yes_and_no()["refuse"]:
        return _drop(context)
    return _check(context, paper)


def _paper(context: Context, number: int | None = None) -> Paper:
    found: Form | None = context.open_form(FORM)
    if found is None or (number is not None and found.number != number):
        raise Refusal("conversation.old_button")
    data = found.data
    dossier = dossier_for(context, data["code"], FILLINGS[data["filling"]].action)
    return Paper(dossier, data["filling"], data["about"], data["version"], data["values"], found.number)


def _answer(context: Context, paper: Paper, slug: str, text: str) -> Reply:
    questions = {question.slug: question for question in _questions(context, paper)}
    if slug not in questions:
        raise Refusal("conversation.old_button")
    try:
        value = read(context.today, questions[slug], text.strip(), paper.said(slug))
    except Refusal as refusal:
        # What is wrong stands above the same buttons, so that nobody has to scroll back.
        rows = _ask(context, paper, questions[slug]).buttons
        raise Refusal(refusal.reply.template, rows, **refusal.reply.values) from None
    context.keep_form(values={**paper.values, slug: value}, asks=None)
    return _next(context, _paper(context))


def _questions(context: Context, paper: Paper) -> Sequence[Question]:
    return FILLINGS[paper.filling].questions(context, paper)


def _next(context: Context, paper: Paper) -> Reply:
    for question in _questions(context, paper):
        if question.slug not in paper.values:
            return _ask(context, paper, question)
        if question.kind == "ballot" and (said := paper.said(question.slug)) and voting.lacking(said):
            return _ask(context, paper, question)
    return _check(context, paper)


def _ask(context: Context, paper: Paper, question: Question) -> Reply:
    context.keep_form(asks=question.slug, bare_number=question.kind in NUMERIC)
    send = f"/dien {paper.number} {question.slug}"
    ballot = paper.said(question.slug) if question.kind == "ballot" else None
    values = {
        "title": FILLINGS[paper.filling].told(context, paper).title,
        "code": paper.dossier.code,
        "name": capital(question.name),
        "required": question.required,
        "counts": voting.named(ballot or {}, paper.dossier.book),
        "lacking": voting.lacking_names(ballot, paper.dossier.book) if ballot else [],
    }
    rows = [*_options(context, question, send), _leave_out(question, send, paper)]
    return Reply(f"filling.ask_{question.kind}", values, rows)


def _leave_out(question: Question, send: str, paper: Paper) -> list[Choice]:
    drop = Choice("drop", f"/dien {paper.number} drop")
    return [drop] if question.required else [Choice("skip", f"{send} -"), drop]


def _options(context: Context, question: Question, send: str) -> list[list[Choice]]:
    if question.kind == "date":
        yesterday = context.today - timedelta(days=1)
        return [[Choice("today", f"{send} {context.today}"), Choice("yesterday", f"{send} {yesterday}")]]
    if question.kind == "choice":
        choices = [
            Choice("short_name", f"{send} {slug}", {"name": capital(said)}) for slug, said in question.options.items()
        ]
        wide = any(len(said) > 18 for said in question.options.values())
        return [choices[i : i + (1 if wide else 2)] for i in range(0, len(choices), 1 if wide else 2)]
    return []


def _check(context: Context, paper: Paper) -> Reply:
    context.keep_form(asks=None)
    told = FILLINGS[paper.filling].told(context, paper)
    values = {
        "title": told.title,
        "code": paper.dossier.code,
        "who": shown_name(context, paper.dossier.case),
        "said": [_said(context, paper, question) for question in _questions(context, paper) if _kept(paper, question)],
        "lines": told.lines,
        "problems": told.problems,
    }
    mend, drop = Choice("correct", f"/dien {paper.number} mend"), Choice("drop", f"/dien {paper.number} drop")
    save = [] if told.problems else [Choice("save", f"/dien {paper.number} save")]
    return Reply("filling.check", values, [[*save, mend, drop], list(told.more)])


def _kept(paper: Paper, question: Question) -> bool:
    return paper.values.get(question.slug) is not None


def _said(context: Context, paper: Paper, question: Question) -> dict[str, Any]:
    value = paper.values[question.slug]
    said: Any = value
    if question.kind in ("date", "future"):
        said = f"{date.fromisoformat(value):%d/%m/%Y}"
    elif question.kind == "choice":
        said = question.options.get(value, value)
    elif question.kind == "ballot":
        said = ", ".join(voting.named(value, paper.dossier.book))
    return {"name": capital(question.name), "value": said}


def _mend(context: Context, paper: Paper, slug: str) -> Reply:
    questions = _questions(context, paper)
    if not slug:
        send = f"/dien {paper.number} mend"
        rows = [[Choice("short_name", f"{send} {q.slug}", {"name": capital(q.name)})] for q in questions]
        return Reply("filling.mend", {}, [*rows, [Choice("drop", f"/dien {paper.number} drop")]])
    wanted = next((question for question in questions if question.slug == slug), None)
    if wanted is None:
        raise Refusal("conversation.old_button")
    context.keep_form(values={name: value for name, value in paper.values.items() if name != slug})
    return _ask(context, _paper(context), wanted)


def _save(context: Context, paper: Paper) -> Reply:
    """Saves what was said back; should something stand against it by now, that is said instead."""
    if not complete(paper, _questions(context, paper)):
        return _next(context, paper)
    reply = FILLINGS[paper.filling].save(context, paper)
    if reply is None:
        return _check(context, paper)
    if context.open_form(FORM) and context.form and context.form.number == paper.number:
        context.close_form()
    return reply


def complete(paper: Paper, questions: Sequence[Question]) -> bool:
    """Whether every question has its answer, and the vote all its figures."""
    for question in questions:
        said = paper.values.get(question.slug)
        if question.slug not in paper.values or (question.kind == "ballot" and said and voting.lacking(said)):
            return False
    return True


def _drop(context: Context) -> Reply:
    context.close_form()
    return Reply("contacts.dropped", {}, edit=True)
