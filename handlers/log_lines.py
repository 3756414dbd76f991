"""What a line of the history changed, in words: from what to what; what is private is said to be there, and no more."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.rules.book import Rulebook
from bot.rules.periods import parse
from bot.vietnamese.fold import initials
from handlers.log_values import UNTOLD, words_of
from handlers.templates import load
from storage.logbook import PEOPLE, UNITS, Line, Names

# Told as kept, and not what: words that somebody wrote, birth and groups.
PRIVATE = ("note", "born_on", "born_year", "groups")
# What a number was set for; it stays, and is told all the same. A quarter of 0 is the whole year.
SPANS = ("year", "quarter")
TAIL = 3


def changes(line: Line, names: Names, book: Rulebook, *, full: bool) -> list[str]:
    """Each named thing with what it was and what it is; `full`: names of candidates may be read in full."""
    words: Mapping[str, Any] = load("history_words")
    told = []
    for name, said in _fields(line, book).items():
        before, after = line.before.get(name), line.after.get(name)
        if name in SPANS and (after or before):
            told.append(f"{said} {value_of(line, name, after or before, names, book, full=full)}")
        elif name not in SPANS and before != after and (_there(before) or _there(after)):
            was = value_of(line, name, before, names, book, full=full)
            now = value_of(line, name, after, names, book, full=full) or words["gone"]
            told.append(f"{said} {was} \u2192 {now}" if was else f"{said} {now}")
    return told


def _fields(line: Line, book: Rulebook) -> dict[str, str]:
    """What is told of a line, by the name under which it is kept; what a unit sets is called as in the rulebook."""
    words: Mapping[str, Any] = load("history_words")
    topic = line.action.partition(".")[0]
    if line.action == "unit.set":
        return {name: entry.name for name, entry in book.entries.local.items()}
    named = {**words["fields"], **words["fields_of"].get(topic, {})}
    return {name: said for name, said in named.items() if name not in UNTOLD.get(topic, ())}


def _there(value: Any) -> bool:
    return value is not None and not isinstance(value, dict) and value not in ([], "")


def value_of(line: Line, name: str, value: Any, names: Names, book: Rulebook, *, full: bool) -> str | None:
    """In words; None: it was not there, or nothing is said of it."""
    if not _there(value):
        return None
    words: Mapping[str, Any] = load("history_words")
    if name in PRIVATE:
        return str(words["kept"])
    if name == "phone":
        return f"\u2026{str(value)[-TAIL:]}"
    if name in PEOPLE:
        return names.people.get(int(value))
    if name in UNITS:
        return names.units.get(int(value))
    if name == "name" and line.subject.startswith("candidate:") and not full:
        return initials(str(value))
    return _word(line, name, value, book)


def _word(line: Line, name: str, value: Any, book: Rulebook) -> str:
    if isinstance(value, list):
        return str(len(value))
    if isinstance(value, bool):
        return str(load("history_words")["values"][str(value).lower()])
    for meanings in words_of(line.action, name, book):
        if value in meanings:
            return str(meanings[value])
    return _period(name, value) or _date(value) or str(value)


def _period(name: str, value: Any) -> str | None:
    """A quarter of a survey ("2026-Q4"), or of a target, where 0 is the whole year."""
    if name != "quarter":
        return None
    period, roman = parse(str(value)), load("plans")["roman"]
    if period and period.kind == "quarter":
        return f"{roman[period.number - 1]}/{period.year}"
    return str(roman[int(value) - 1]) if str(value) in ("1", "2", "3", "4") else None


def _date(value: Any) -> str | None:
    try:
        return f"{date.fromisoformat(str(value)[:10]):%d/%m/%Y}" if str(value)[4:5] == "-" else None
    except ValueError:
        return None
