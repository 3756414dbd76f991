"""One way of filling in: a question at a time, read, said back, mended, saved; all of it is in a row."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.fold import fold
from handlers.answers import NUMERIC, Question, read
from handlers.commands import Context
from handlers.dossiers import capital
from handlers.pages import Page, read_page
from handlers.ways import yes_and_no
from storage.forms import Form

OPTIONS = 8
WIDE = 18
# Kinds of questions whose answers can be pressed one by one.
LISTED = ("choice", "seats")
HOURS = ("07:30", "14:00", "19:00", "19:30")


@dataclass(frozen=True, slots=True)
class Filled:
    """What is filled in so far, in the form of that number."""

    number: int
    values: Mapping[str, Any]

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
class SaidBack:
    """What stands around the answers when all is said back; `stands_against`: it cannot be saved as it is."""

    template: str
    values: Mapping[str, Any]
    stands_against: bool
    more: Sequence[Choice] = ()


D = TypeVar("D", bound=Filled)


class Questionnaire(ABC, Generic[D]):
    """How questions are gone through; what is asked, and what becomes of it, is each kind's own.

    `form` is the kind of its forms, `command` what its buttons send, `dropped` the sentence after giving up. `edits`:
    whether each question takes the place of the one before.
    """

    form: str
    command: str
    dropped: str
    edits: bool

    @abstractmethod
    def filled(self, context: Context, form: Form) -> D:
        """What the row holds; refuses whoever may not see it."""

    @abstractmethod
    def questions(self, context: Context, filled: D) -> Sequence[Question]:
        """All that is asked, as far as the answers so far say."""

    @abstractmethod
    def asked(self, context: Context, filled: D, question: Question) -> tuple[str, dict[str, Any]]:
        """The sentence of a question and its values, but for the question's name."""

    @abstractmethod
    def said_back(self, context: Context, filled: D) -> SaidBack:
        """What is said when everything is there."""

    @abstractmethod
    def keep(self, context: Context, filled: D) -> Reply | None:
        """Saves; None: something stands against it by now, and everything is said back once more."""

    def meant(self, question: Question, text: str) -> str:
        """A typed answer as it is read."""
        return text

    def read(self, context: Context, filled: D, question: Question, text: str) -> Any:
        """An answer in the shape in which it is kept; None: left out."""
        return read(context.today, question, self.meant(question, text), filled.said(question.slug))

    def buttons(self, context: Context, filled: D, question: Question, page: int = 0) -> list[list[Choice]]:
        """What stands under a question."""
        send, drop = f"/{self.command} {filled.number} {question.slug}", self._button(filled, "drop")
        enough = [self._button(filled, "rest", "enough")] if question.kind == "seats" and filled.values else []
        last = [drop] if question.required else [Choice("skip", f"{send} -"), *enough, drop]
        return [*_options(context.today, question, send, page), last]

    def lacking(self, filled: D, question: Question) -> bool:
        """Whether a question is still to be asked."""
        return question.slug not in filled.values

    def shown(self, filled: D, question: Question) -> Any:
        """An answer as it is said back."""
        value = filled.values[question.slug]
        if question.kind in ("date", "future"):
            return f"{date.fromisoformat(value):%d/%m/%Y}"
        return question.options.get(value, value) if question.kind in LISTED else value

    def begin(self, context: Context, **data: Any) -> Reply:
        """Opens the form and asks the first question that has no answer."""
        context.begin_form(self.form, **data)
        return self.next(context)

    def pressed(self, context: Context, words: str) -> Reply:
        """A button under a question: the form's number, a slug and an answer; or save, mend, drop, rest, a page."""
        number, what, value = (*words.split(maxsplit=2), "", "", "")[:3]
        if not number.isdecimal():
            raise Refusal("conversation.old_button")
        if what == "save" and context.saved_before(int(number)):
            return Reply("filling.saved_before", {}, [])
        filled = self._open(context, int(number))
        if what == "save":
            return self._save(context, filled)
        if what == "mend":
            return self._mend(context, filled, value)
        if what == "rest":
            return self._leave_rest(context, filled)
        if what == "drop":
            return self._drop(context, edit=True)
        if value.startswith("+"):
            return self._ask(context, filled, self._question(context, filled, what), read_page(value)[0])
        return self._answer(context, filled, what, value)

    def typed(self, context: Context, text: str) -> Reply:
        """The answer to the open question; or yes, no, once everything is said back."""
        filled = self._open(context)
        asks = (context.form.data if context.form else {}).get("asks")
        said = fold(text).strip(" .!")
        if asks and said in yes_and_no()["enough"] and self._question(context, filled, asks).kind == "seats":
            return self._leave_rest(context, filled)
        if asks:
            return self._answer(context, filled, asks, text)
        if said in yes_and_no()["agree"]:
            return self._save(context, filled)
        if said in yes_and_no()["refuse"]:
            return self._drop(context)
        return self._check(context, filled)

    def next(self, context: Context) -> Reply:
        """The next question without an answer; everything is said back where there is none."""
        filled = self._open(context)
        for question in self.questions(context, filled):
            if self.lacking(filled, question):
                return self._ask(context, filled, question)
        return self._check(context, filled)

    def complete(self, filled: D, questions: Sequence[Question]) -> bool:
        """Whether nothing is to be asked any more."""
        return not any(self.lacking(filled, question) for question in questions)

    def _open(self, context: Context, number: int | None = None) -> D:
        return self.filled(context, context.the_form(self.form, number))

    def _question(self, context: Context, filled: D, slug: str) -> Question:
        found = next((question for question in self.questions(context, filled) if question.slug == slug), None)
        if found is None:
            raise Refusal("conversation.old_button")
        return found

    def _answer(self, context: Context, filled: D, slug: str, text: str) -> Reply:
        question = self._question(context, filled, slug)
        try:
            value = self.read(context, filled, question, text.strip())
        except Refusal as refusal:
            # What is wrong stands above the same buttons, so that nobody has to scroll back.
            rows = self._ask(context, filled, question).buttons
            raise Refusal(refusal.reply.template, rows, **refusal.reply.values) from None
        context.keep_form(values={**filled.values, slug: value}, asks=None)
        return self.next(context)

    def _leave_rest(self, context: Context, filled: D) -> Reply:
        """Leaves out every question that may be left out and is not answered yet."""
        asked = self.questions(context, filled)
        rest = {one.slug: None for one in asked if not one.required and self.lacking(filled, one)}
        context.keep_form(values={**filled.values, **rest}, asks=None)
        return self.next(context)

    def _ask(self, context: Context, filled: D, question: Question, page: int = 0) -> Reply:
        context.keep_form(asks=question.slug, bare_number=question.kind in NUMERIC)
        template, values = self.asked(context, filled, question)
        rows = self.buttons(context, filled, question, page)
        return Reply(template, {"name": capital(question.name), **values}, rows, edit=self.edits)

    def _button(self, filled: D, what: str, label: str = "") -> Choice:
        return Choice(label or what, f"/{self.command} {filled.number} {what}")

    def _check(self, context: Context, filled: D) -> Reply:
        context.keep_form(asks=None)
        back = self.said_back(context, filled)
        said = [
            {"name": capital(question.name), "value": self.shown(filled, question)}
            for question in self.questions(context, filled)
            if filled.said(question.slug) is not None
        ]
        save = [] if back.stands_against else [self._button(filled, "save")]
        last = [*save, self._button(filled, "mend", "correct"), self._button(filled, "drop")]
        return Reply(back.template, {**back.values, "said": said}, [last, list(back.more)], edit=self.edits)

    def _mend(self, context: Context, filled: D, slug: str) -> Reply:
        if not slug:
            send = f"/{self.command} {filled.number} mend"
            rows = [
                [Choice("short_name", f"{send} {question.slug}", {"name": capital(question.name)})]
                for question in self.questions(context, filled)
            ]
            return Reply("filling.mend", {}, [*rows, [self._button(filled, "drop")]], edit=self.edits)
        question = self._question(context, filled, slug)
        context.keep_form(values={name: value for name, value in filled.values.items() if name != slug})
        return self._ask(context, self._open(context), question)

    def _save(self, context: Context, filled: D) -> Reply:
        """Saves what was said back; where something is lacking or stands against it, that is said instead."""
        if not self.complete(filled, self.questions(context, filled)):
            return self.next(context)
        reply = self.keep(context, filled)
        if reply is None:
            return self._check(context, filled)
        if context.open_form(self.form) and context.form and context.form.number == filled.number:
            context.close_form()
        return reply

    def _drop(self, context: Context, *, edit: bool = False) -> Reply:
        context.close_form()
        return Reply(self.dropped, {}, edit=edit)


class AtOnce(Questionnaire[D]):
    """A few questions that are saved with the last answer: nothing is said back."""

    dropped, edits = "conversation.cancelled", False

    @abstractmethod
    def keep(self, context: Context, filled: D) -> Reply:
        """Saves; refuses whoever may not."""

    def said_back(self, context: Context, filled: D) -> SaidBack:
        """Nothing."""
        return SaidBack(self.dropped, {}, stands_against=True)

    def _check(self, context: Context, filled: D) -> Reply:
        return self._save(context, filled)


def _options(today: date, question: Question, send: str, number: int) -> list[list[Choice]]:
    """The answers that can be tapped."""
    if question.kind == "date":
        yesterday = today - timedelta(days=1)
        return [[Choice("today", f"{send} {today}"), Choice("yesterday", f"{send} {yesterday}")]]
    if question.kind == "time":
        return [[Choice("short_name", f"{send} {hour}", {"name": hour}) for hour in HOURS]]
    if question.kind not in LISTED:
        return []
    page = Page.of(list(question.options.items()), number, OPTIONS)
    choices = [Choice("short_name", f"{send} {slug}", {"name": capital(said)}) for slug, said in page.items]
    across = 1 if any(len(said) > WIDE for said in question.options.values()) else 2
    rows = [choices[i : i + across] for i in range(0, len(choices), across)]
    return [*rows, page.turn(lambda to: f"{send} +{to}")]
