"""One answer to one question about a case: how days, numbers, counts, choices and votes are read and kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Literal

from bot.chat import Refusal
from bot.rules.recording import NUMBER_LENGTH
from bot.vietnamese.dates import future_date, past_date
from bot.vietnamese.fold import clean, fold
from bot.vietnamese.hours import hour_in
from handlers import voting
from handlers.seats import read_seats, said
from handlers.templates import load
from handlers.ways import yes_and_no

LONGEST_PLACE = 60
# Days: what is as near as this ahead and as far as that behind was meant for the future.
SOON, LONG_AGO = 60, 180
Kind = Literal["date", "future", "number", "count", "choice", "ballot", "place", "time", "seats", "name"]
# A bare number may be an answer to these: of a document or how many, of votes, or the hour.
NUMERIC = ("number", "count", "ballot", "time", "seats")


@dataclass(frozen=True, slots=True)
class Question:
    """Something to be filled in. `name` is how it is called in a line; `options`: slug -> words, for buttons."""

    slug: str
    kind: Kind
    name: str
    required: bool = True
    options: Mapping[str, str] = field(default_factory=dict)


def read(today: date, question: Question, text: str, before: Any = None) -> Any:
    """An answer in the shape in which it is kept; None: left out. `before` holds the figures of a vote known so far."""
    chosen = _chosen(question, text) if question.kind == "choice" else None
    if chosen is None and (text == "-" or fold(text) in yes_and_no()["skip"]):
        if question.required:
            raise Refusal("filling.needed", name=question.name)
        return None
    if question.kind == "date":
        return _read_past(today, question, text)
    if question.kind == "future":
        return _read_coming(today, question, text)
    if question.kind == "choice":
        if chosen is None:
            raise Refusal("filling.no_choice", name=question.name, words=clean(text)[:30])
        return chosen
    if question.kind == "count":
        if not text.isdecimal() or len(text) > 6:
            raise Refusal("filling.no_count", name=question.name, words=clean(text)[:30])
        return int(text)
    if question.kind == "time":
        return _read_hour(text)
    if question.kind == "seats":
        return said(read_seats(text))
    if question.kind == "ballot":
        return voting.read(text, before or {})
    most = LONGEST_PLACE if question.kind in ("place", "name") else NUMBER_LENGTH
    if not 0 < len(clean(text)) <= most:
        raise Refusal("filling.too_long", name=question.name, most=most)
    return clean(text)


def _read_hour(text: str) -> str:
    found = hour_in(text)
    if found is None:
        raise Refusal("filling.no_hour", words=clean(text)[:30])
    return found[0]


def iso(text: str) -> date | None:
    """A day as a button carries it."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _read_past(today: date, question: Question, text: str) -> str:
    on = iso(text) or past_date(text, today)
    coming = None if iso(text) else future_date(text, today)
    if coming and coming > today and (on is None or _nearer(coming, on, today)):
        on = coming
    if on is None:
        raise Refusal("filling.no_date", words=clean(text)[:40])
    if on > today:
        raise Refusal("filling.not_yet", on=on, name=question.name)
    return on.isoformat()


def _nearer(coming: date, past: date, today: date) -> bool:
    """Whether a day without its year is rather the one soon to come than the one of last year."""
    return (coming - today).days <= SOON < LONG_AGO < (today - past).days


def _read_coming(today: date, question: Question, text: str) -> str:
    on = iso(text) or future_date(text, today) or past_date(text, today)
    if on is None:
        raise Refusal("filling.no_date", words=clean(text)[:40])
    if on <= today:
        raise Refusal("filling.already_past", on=on, name=question.name)
    return on.isoformat()


def _chosen(question: Question, text: str) -> str | None:
    wanted = fold(text)
    return next((slug for slug, said in question.options.items() if wanted in (fold(slug), fold(said))), None)


@cache
def yes_no() -> Mapping[str, str]:
    """The answers to a question that is a yes or a no."""
    return dict(load("fillings")["words"]["yes_no"])
