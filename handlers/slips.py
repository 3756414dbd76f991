"""Short forms that are about no case: a meeting, somebody excused, a class."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.chat import Reply
from bot.vietnamese.fold import clean
from bot.vietnamese.names import search_names
from handlers.answers import Question
from handlers.commands import Context, command, form
from handlers.questionnaires import HOURS, Filled, Questionnaire, SaidBack
from storage.forms import Form

__all__ = ["FORM", "HOURS", "SLIPS", "Draft", "Slip", "begin"]

FORM = "slip"


@dataclass(frozen=True, slots=True)
class Draft(Filled):
    """A slip in the filling. `about` is what it concerns: a meeting, a branch, a class."""

    slip: str
    about: str


@dataclass(frozen=True, slots=True)
class Slip:
    """A kind of short form. `title` also asks whether this person may (it refuses); `against`: why not to save it."""

    title: Callable[[Context, Draft], str]
    questions: Callable[[Context, Draft], Sequence[Question]]
    save: Callable[[Context, Draft], Reply]
    against: Callable[[Context, Draft], str | None] = lambda context, draft: None


SLIPS: dict[str, Slip] = {}


class _Slips(Questionnaire[Draft]):
    """Slips: each question takes the place of the one before, and part of a name will do."""

    form, command, dropped, edits = FORM, "phieu", "conversation.cancelled", True

    def filled(self, context: Context, form: Form) -> Draft:
        return Draft(form.number, form.data["values"], form.data["slip"], form.data["about"])

    def questions(self, context: Context, filled: Draft) -> Sequence[Question]:
        return SLIPS[filled.slip].questions(context, filled)

    def asked(self, context: Context, filled: Draft, question: Question) -> tuple[str, dict[str, Any]]:
        return "slips.ask", {"title": SLIPS[filled.slip].title(context, filled), "kind": question.kind}

    def said_back(self, context: Context, filled: Draft) -> SaidBack:
        slip = SLIPS[filled.slip]
        against = slip.against(context, filled)
        return SaidBack("slips.check", {"title": slip.title(context, filled), "against": against}, bool(against))

    def keep(self, context: Context, filled: Draft) -> Reply | None:
        slip = SLIPS[filled.slip]
        slip.title(context, filled)
        if slip.against(context, filled):
            return None
        context.close_form()
        return slip.save(context, filled)

    def meant(self, question: Question, text: str) -> str:
        if question.kind != "choice" or text in question.options:
            return text
        found = set(search_names(clean(text), list(question.options.values())))
        slugs = [slug for slug, name in question.options.items() if name in found]
        return slugs[0] if len(slugs) == 1 else text


_SLIPS = _Slips()
pressed = command("phieu")(_SLIPS.pressed)
typed = form(FORM)(_SLIPS.typed)


def begin(context: Context, slip: str, about: str, **values: Any) -> Reply:
    """Opens the form and asks the first question that has no answer."""
    return _SLIPS.begin(context, slip=slip, about=about, values=values)
