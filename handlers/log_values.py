"""The words of slugs in the history: which list a value belongs to, by the first word of the action and the field."""

from collections.abc import Mapping

from bot.rules.book import Rulebook
from bot.rules.grouping import grouping
from bot.rules.positions import catalogue
from handlers.templates import load

Words = Mapping[str, str]
# What an action says by itself: its kind is not told once more.
UNTOLD = {"case": ("kind",), "oversight": ("kind",)}


def words_of(action: str, name: str, book: Rulebook) -> list[Words]:
    """Where a slug of this field is looked up, the nearest list first."""
    topic, said = action.partition(".")[0], load("history_words")
    return [*_own(topic, name, book), *_everywhere(name), said["states_of"].get(topic, {}), said["values"]]


def _everywhere(name: str) -> list[Words]:
    house = load("words")
    known: dict[str, Words] = {
        "step": house["steps"],
        "role": house["roles"],
        "how": house["how"],
        "reason": house["reasons"],
        "education": house["education"],
        "introduced_by": house["introducers"],
        "channel": house["channels"],
        "mark": catalogue().marks,
        "sort": catalogue().places,
        "area": {**grouping().areas, **catalogue().marks},
        "kind": house["kinds"],
    }
    return [known[name]] if name in known else []


def _own(topic: str, name: str, book: Rulebook) -> list[Words]:
    """Fields that mean something else from topic to topic."""
    said, meetings, reports = load("history_words"), load("meetings"), load("reports")
    exchanges, entries = load("exchange_words"), book.entries
    own: dict[tuple[str, str], list[Words]] = {
        ("admission", "kind"): [_changes(said["actions"])],
        ("unit", "kind"): [{slug: one.name for slug, one in entries.discipline.items()}],
        ("class", "kind"): [meetings["classes"]],
        ("class", "result"): [meetings["results"]],
        ("meeting", "kind"): [meetings["kinds"]],
        ("meeting", "reason"): [meetings["absence"]],
        ("member", "kind"): [meetings["states"]],
        ("branch", "charge"): [meetings["charges"]],
        ("oversight", "about"): [reports["about"]],
        ("history", "kind"): [{slug: one["name"] for slug, one in said["kinds"].items()}],
    }
    if topic == "difficulty":
        return [exchanges[part] for part in ("states", "levels", "difficulties")]
    if topic in ("case", "admission") and name == "reason":
        return _reasons(book)
    return own.get((topic, name), [])


def _changes(actions: Words) -> Words:
    """What kinds of changes of a case are called."""
    return {action.partition(".")[2]: words for action, words in actions.items() if action.startswith("case.")}


def _reasons(book: Rulebook) -> list[Words]:
    """Why a case was sent back, left, is away or goes elsewhere."""
    entries = book.entries
    named = (entries.exits, entries.discipline, entries.transfers)
    return [
        entries.back_reasons,
        entries.absences,
        *({slug: one.name for slug, one in several.items()} for several in named),
    ]
