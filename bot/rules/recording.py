"""What is recorded with a step: dates, paper numbers, counts and choices, checked before they are kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.rules.book import Rulebook
from bot.rules.entries import Step, StepField
from bot.rules.why import day_text

NUMBER_LENGTH = 40
FieldValue = str | int | date


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something cannot be done: a key, and the sentence for the user. `about` names the field or requirement."""

    key: str
    text: str
    about: str = ""


def problem(book: Rulebook, key: str, about: str = "", **values: FieldValue) -> Problem:
    """The problem with its sentence filled in."""
    words = {name: day_text(value) if isinstance(value, date) else value for name, value in values.items()}
    return Problem(key, book.entries.wording.problems[key].format(**words), about)


def field_problems(step: Step, values: Mapping[str, FieldValue], today: date, book: Rulebook) -> list[Problem]:
    """Everything wrong with the fields given for a step; empty when they may be kept."""
    known = {field.slug for field in step.fields}
    found = [problem(book, "field_unknown", slug, name=slug) for slug in values if slug not in known]
    for field in step.fields:
        if field.slug in values:
            found.extend(_wrong(field, values[field.slug], today, book))
        elif field.required:
            found.append(problem(book, "field_missing", field.slug, name=field.name))
    return found


def field_dates(step: Step, values: Mapping[str, FieldValue]) -> dict[str, date | None]:
    """The events that the fields of a step record."""
    events = {field.slug: field.event for field in step.fields if field.event}
    return {events[slug]: day for slug, day in values.items() if slug in events and isinstance(day, date)}


def _wrong(field: StepField, value: FieldValue, today: date, book: Rulebook) -> Iterator[Problem]:
    if field.kind == "date":
        if not isinstance(value, date):
            yield problem(book, "field_date", field.slug, name=field.name)
        elif value > today:
            yield problem(book, "field_future", field.slug, name=field.name, when=value)
    elif field.kind == "count":
        if not isinstance(value, int) or not field.least <= value <= field.most:
            limits = {"least": field.least, "most": field.most}
            yield problem(book, "field_count", field.slug, name=field.name, **limits)
    elif field.kind == "choice":
        if value not in field.options:
            yield problem(book, "field_choice", field.slug, name=field.name, value=str(value))
    elif not isinstance(value, str) or not 0 < len(value.strip()) <= NUMBER_LENGTH:
        yield problem(book, "field_number", field.slug, name=field.name, most=NUMBER_LENGTH)
