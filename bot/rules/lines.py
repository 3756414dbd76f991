"""`chibot due` without the terminal: one deadline asked for by name and day, answered as plain JSON values."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from bot.rules.book import Rulebook
from bot.rules.deadlines import Explanation, explain
from bot.rules.why import day_text, reason
from bot.rules.workdays import FIRST_YEAR, LAST_YEAR, OutOfRange, WorkCalendar

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_LOCAL = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class Unanswerable(ValueError):  # noqa: N818  (it is an answer, not an error)
    """The question has no answer; the text says why in a sentence for the user."""


def due_result(
    rule: str, start_on: date, book: Rulebook, calendar: WorkCalendar, local: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """One deadline worked out, as `chibot due RULE --from DATE` prints it. `local`: what the unit has set."""
    words = book.entries.wording
    if rule not in book.rules:
        raise Unanswerable(words.no_rule.format(rule=rule))
    clock = book.clock(rule, start_on)
    if clock is None:
        raise Unanswerable(words.no_version.format(name=book.rules[rule].name, on=day_text(start_on)))
    try:
        found = explain(clock, start_on, book, calendar, (local or {}).get(clock.local or ""))
    except (OutOfRange, OverflowError):
        raise Unanswerable(words.out_of_range.format(first=FIRST_YEAR, last=LAST_YEAR)) from None
    return as_json(found, book)


def answer_line(
    line: Mapping[str, Any],
    book: Rulebook,
    calendar: WorkCalendar | None = None,
    local: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """One line of `chibot due --json -`: {"rule", "from"} -> the answer, or {"error": why not}. An "id" comes back.

    `calendar` None: the book's own, without what the office has added.
    """
    back = {"id": line["id"]} if "id" in line else {}
    try:
        rule, text = line.get("rule"), line.get("from")
        if not isinstance(rule, str) or not isinstance(text, str):
            raise Unanswerable(book.entries.wording.bad_line)
        return back | due_result(rule, read_day(text, book), book, calendar or calendar_of(book), local)
    except Unanswerable as why:
        return back | {"rule": line.get("rule"), "from": line.get("from"), "error": str(why)}


@lru_cache(maxsize=8)
def calendar_of(book: Rulebook) -> WorkCalendar:
    """The calendar of the book's own table of days off."""
    return WorkCalendar(book.entries.holidays)


def read_day(text: str, book: Rulebook) -> date:
    """A day written 2026-03-02 or 02/03/2026."""
    try:
        if found := _ISO.fullmatch(text.strip()):
            return date(*(int(part) for part in found.groups()))
        if found := _LOCAL.fullmatch(text.strip()):
            day, month, year = (int(part) for part in found.groups())
            return date(year, month, day)
    except ValueError:
        pass
    raise Unanswerable(book.entries.wording.bad_date.format(text=text))


def rule_list(book: Rulebook, on: date) -> list[dict[str, Any]]:
    """The rules as `chibot due --list` names them, with their version in force on that day (None: none was)."""
    return [_listed(slug, book, on) for slug in book.rules]


def _listed(slug: str, book: Rulebook, on: date) -> dict[str, Any]:
    rule, clock = book.rules[slug], book.clock(slug, on)
    head = {"rule": slug, "name": rule.name, "kind": rule.kind, "binds": book.entries.roles[rule.binds]}
    if clock is None:
        return head | {"starts": None, "amount": None, "unit": None, "document": None, "confidence": None}
    standing = book.standing(clock.source, on)
    starts = book.entries.events[clock.start]
    return head | {
        "starts": starts,
        "amount": clock.amount,
        "unit": clock.unit,
        "document": document_of(clock.source, book),
        "confidence": standing.mark,
    }


def document_of(source: Any, book: Rulebook) -> dict[str, str | None] | None:
    """Number, date and article of a source; None where no document stands behind it."""
    if source.document is None:
        return None
    document = book.document(source.document)
    return {"number": document.number, "date": document.issued_on.isoformat(), "article": source.article}


def as_json(found: Explanation, book: Rulebook) -> dict[str, Any]:
    """How a date was worked out, as plain JSON values: what `chibot due` and `chibot why` print."""
    clock = found.clock
    return {
        "rule": clock.rule,
        "from": found.start_on.isoformat(),
        "due_on": found.due_on.isoformat(),
        "document": document_of(clock.source, book),
        "counted": found.amount,
        "unit": clock.unit,
        "skipped": [day.isoformat() for day, _ in found.skipped],
        "holidays": {day.isoformat(): name for day, name in found.skipped},
        "made_up": [day.isoformat() for day in found.made_up],
        "provisional": found.provisional,
        "version": clock.id,
        "confidence": found.standing.mark,
        "why": reason(found, book),
    }
