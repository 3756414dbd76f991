"""Filling in a paper about a case: a step and its papers, a place asked, what becomes of a case."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.chat import Choice, Reply
from bot.rules.access import Action
from handlers import voting
from handlers.answers import Question
from handlers.commands import Context, command, form
from handlers.dossiers import Dossier, dossier_for, shown_name
from handlers.questionnaires import Filled, Questionnaire, SaidBack
from storage.forms import Form

FORM = "fill"


@dataclass(frozen=True, slots=True)
class Paper(Filled):
    """A paper in the filling. `about` is what it concerns (a step, a place asked); `version`: the case when begun."""

    dossier: Dossier
    filling: str
    about: str
    version: int


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


class _Papers(Questionnaire[Paper]):
    """Papers about cases; a vote is asked for until all its figures are there."""

    form, command, dropped, edits = FORM, "dien", "contacts.dropped", False

    def filled(self, context: Context, form: Form) -> Paper:
        data = form.data
        dossier = dossier_for(context, data["code"], FILLINGS[data["filling"]].action)
        return Paper(form.number, data["values"], dossier, data["filling"], data["about"], data["version"])

    def questions(self, context: Context, filled: Paper) -> Sequence[Question]:
        return FILLINGS[filled.filling].questions(context, filled)

    def asked(self, context: Context, filled: Paper, question: Question) -> tuple[str, dict[str, Any]]:
        book = filled.dossier.book
        ballot = filled.said(question.slug) if question.kind == "ballot" else None
        return f"filling.ask_{question.kind}", {
            "title": FILLINGS[filled.filling].told(context, filled).title,
            "code": filled.dossier.code,
            "required": question.required,
            "counts": voting.named(ballot or {}, book),
            "lacking": voting.lacking_names(ballot, book) if ballot else [],
        }

    def said_back(self, context: Context, filled: Paper) -> SaidBack:
        told = FILLINGS[filled.filling].told(context, filled)
        values = {
            "title": told.title,
            "code": filled.dossier.code,
            "who": shown_name(context, filled.dossier.case),
            "lines": told.lines,
            "problems": told.problems,
        }
        return SaidBack("filling.check", values, bool(told.problems), told.more)

    def keep(self, context: Context, filled: Paper) -> Reply | None:
        return FILLINGS[filled.filling].save(context, filled)

    def lacking(self, filled: Paper, question: Question) -> bool:
        said = filled.said(question.slug)
        unfinished = bool(question.kind == "ballot" and said and voting.lacking(said))
        return unfinished or question.slug not in filled.values

    def shown(self, filled: Paper, question: Question) -> Any:
        if question.kind == "ballot":
            return ", ".join(voting.named(filled.said(question.slug), filled.dossier.book))
        return super().shown(filled, question)


_PAPERS = _Papers()
pressed = command("dien")(_PAPERS.pressed)
typed = form(FORM)(_PAPERS.typed)
complete = _PAPERS.complete


def begin(context: Context, dossier: Dossier, filling: str, about: str = "", **values: Any) -> Reply:
    """Opens the paper and asks the first question."""
    version = dossier.case.version
    return _PAPERS.begin(context, code=dossier.code, filling=filling, about=about, version=version, values=values)
