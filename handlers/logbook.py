"""Reading the history in words: of a case, a person, a unit, a day, a kind of thing; looking is written down, too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.dates import past_date
from bot.vietnamese.fold import clean, fold, initials
from bot.vietnamese.names import search_names
from handlers.commands import Context, command
from handlers.log_lines import changes
from handlers.pages import is_number
from handlers.templates import load
from handlers.unit_search import matching
from storage import admission, candidates, history, logbook, sight, units
from storage.logbook import Line, Names, Wanted
from storage.people import Person

SHOWN = 4
# Characters: of what changed, and of a name, so that a page stays on one screen.
CHANGES, NAME = 80, 40
FOUND = 6
DAYS = 6
LOOKING = ("history.",)
MARKS = {"c": "case", "p": "person", "u": "unit", "+": "page"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at, as buttons carry it: "c12 p40 u3 d2026-11-20 kcase +2", each part at most once."""

    case: int | None = None
    person: int | None = None
    unit: int | None = None
    day: date | None = None
    kind: str | None = None
    page: int = 0

    def send(self) -> str:
        """The command that shows it."""
        numbers = {"c": self.case, "p": self.person, "u": self.unit}
        parts = [f"{mark}{number}" for mark, number in numbers.items() if number]
        parts += [f"d{self.day.isoformat()}"] if self.day else []
        parts += [f"k{self.kind}"] if self.kind else []
        parts += [f"+{self.page}"] if self.page else []
        return " ".join(["/nhatky", *parts])

    @property
    def about(self) -> str | None:
        """The thing, as the history names it."""
        if self.case:
            return f"candidate:{self.case}"
        return f"person:{self.person}" if self.person else f"unit:{self.unit}" if self.unit else None


@command("nhatky")
def read(context: Context, words: str) -> Reply:
    """The newest lines, or those of a case, a person, a unit, a day; "ngay" and "loai" offer what to choose from."""
    if not context.me.may("see_history"):
        raise Refusal("access.not_your_role")
    choose, _, rest = words.partition(" ")
    if choose in ("chonngay", "chonloai"):
        asked = _parsed(rest) or Asked()
        return _choose_day(context, asked) if choose == "chonngay" else _choose_kind(asked)
    found = _parsed(words) or _named(context, clean(words)[:60])
    return _search(context, clean(words)[:60]) if found is None else _show(context, found)


def _parsed(words: str) -> Asked | None:
    """What a button carries; None for what somebody typed."""
    asked = Asked()
    for part in words.split():
        mark, value = part[0], part[1:]
        if mark in MARKS and is_number(value):
            numbers: dict[str, Any] = {MARKS[mark]: int(value)}
            asked = replace(asked, **numbers)
        elif mark == "d" and (day := _day(value)):
            asked = replace(asked, day=day)
        elif mark == "k" and value in load("history_words")["kinds"]:
            asked = replace(asked, kind=value)
        else:
            return None
    return asked


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _named(context: Context, words: str) -> Asked | None:
    """A case by its code, a unit by its code or name, a day; None: to be looked for among people."""
    if candidates.plain_code(words).startswith("QC-") or candidates.BY_NUMBER.fullmatch(words):
        return Asked(case=candidates.case_for(context.connection, context.me, words, "see_history").id)
    known = units.open_units(context.connection, sight.units_open_to(context.me, "see_history"))
    wanted = fold(words)
    found = [unit for unit in known if wanted in (fold(unit.code), fold(unit.name))]
    if len(found) == 1:
        return Asked(unit=found[0].id)
    day = past_date(words, context.today) if any(c.isdigit() for c in words) or wanted.startswith("hom") else None
    return Asked(day=day) if day else None


def _search(context: Context, words: str) -> Reply:
    known = logbook.people_in_sight(context.connection, context.me)
    names = set(search_names(words, list(known.values())))
    found = [(number, name) for number, name in known.items() if name in names]
    reached = sight.units_open_to(context.me, "see_history")
    places = matching(units.open_units(context.connection, reached), words)
    if len(found) + len(places) == 1:
        return _show(context, Asked(person=found[0][0]) if found else Asked(unit=places[0].id))
    if not found and not places:
        raise Refusal("logbook.none_found", [[Choice("all_history", "/nhatky")]], words=words)
    rows = [[Choice("short_name", Asked(person=number).send(), {"name": name})] for number, name in found[:FOUND]]
    rows += [[Choice("unit", Asked(unit=unit.id).send(), {"name": unit.name})] for unit in places[: FOUND - len(rows)]]
    return Reply("logbook.which", {"words": words, "count": len(found) + len(places)}, rows)


def _show(context: Context, asked: Asked) -> Reply:
    """One page, the newest first; the first page of each look is itself written into the history."""
    title, wanted = _title(context, asked), _wanted(context, asked)
    first = asked.page * SHOWN
    reading = (context.connection, wanted, first, SHOWN + 1)
    found = (
        logbook.of_case(*reading)
        if asked.case
        else logbook.read(context.connection, context.me, wanted, first, SHOWN + 1)
    )
    if not asked.page:
        _note(context, asked)
    names = logbook.names_in(context.connection, found)
    rows = [_told(context, line, names, with_subject=not asked.case) for line in found[:SHOWN]]
    kinds = load("history_words")["kinds"]
    kind = kinds[asked.kind]["name"] if asked.kind else None
    values = {"title": title, "day": asked.day, "kind": kind, "rows": rows, "page": asked.page + 1}
    return Reply("logbook.lines", values, _buttons(asked, more=len(found) > SHOWN), edit=True)


def _wanted(context: Context, asked: Asked) -> Wanted:
    kinds = load("history_words")["kinds"]
    since = until = None
    if asked.day:
        since = datetime.combine(asked.day, time(), context.now.tzinfo)
        until = datetime.combine(asked.day + timedelta(days=1), time(), context.now.tzinfo)
    return Wanted(
        subject=None if asked.unit else asked.about,
        actor=asked.person,
        unit=asked.unit,
        begins=tuple(kinds[asked.kind]["begins"]) if asked.kind else (),
        # Every look would else be told of first.
        without=() if asked.kind else LOOKING,
        since=since,
        until=until,
    )


def _title(context: Context, asked: Asked) -> str | None:
    """What is looked at, by name; the door to each."""
    if asked.case:
        case = candidates.case_by_id(context.connection, context.me, asked.case, "see_history")
        full = candidates.allowed(context.me, case, "see_full_name")
        return f"{case.code} {case.name if full else initials(case.name)}"
    if asked.person:
        name = logbook.person_in_sight(context.connection, context.me, asked.person)
        if name is None:
            raise Refusal("invitations.no_such_person")
        return name
    if asked.unit:
        reached = sight.units_open_to(context.me, "see_history")
        found = [unit for unit in units.open_units(context.connection, reached) if unit.id == asked.unit]
        if not found:
            raise Refusal("units.no_such_unit")
        return found[0].name
    return None


def _note(context: Context, asked: Asked) -> None:
    unit = _own_unit(context.me)
    said = {"kind": asked.kind, "day": asked.day}
    after = {name: value for name, value in said.items() if value}
    subject = asked.about or f"unit:{unit}"
    history.record(context.connection, context.now, context.me.id, "history.look", subject, unit, None, after)


def _own_unit(person: Person) -> int:
    """The committee by whose right the person reads."""
    return next(grant.unit_id for grant in person.grants if grant.role in ("office", "inspection"))


def _told(context: Context, line: Line, names: Names, *, with_subject: bool) -> dict[str, Any]:
    words: Mapping[str, Any] = load("history_words")
    kind = line.subject.partition(":")[0]
    book = admission.book_of(context.connection)
    about = names.subject(line.subject) or words["subjects"].get(kind)
    return {
        "at": line.at.astimezone(context.now.tzinfo),
        "who": (line.who or words["machine"])[:NAME],
        "what": words["actions"].get(line.action) or words["other"].format(action=line.action),
        "about": about[:NAME] if about and with_subject else None,
        "changes": _short("; ".join(changes(line, names, book, full=context.me.has("office")))),
    }


def _short(text: str) -> str:
    return text if len(text) <= CHANGES else text[: CHANGES - 1].rstrip() + "\u2026"


def _buttons(asked: Asked, *, more: bool) -> list[Sequence[Choice]]:
    turn = [Choice("later_lines", replace(asked, page=asked.page - 1).send())] if asked.page else []
    turn += [Choice("earlier_lines", replace(asked, page=asked.page + 1).send())] if more else []
    bare = replace(asked, page=0)
    rest = bare.send().removeprefix("/nhatky").strip()
    narrow = [Choice("by_day", f"/nhatky chonngay {rest}"), Choice("by_kind_of_line", f"/nhatky chonloai {rest}")]
    every = [Choice("all_history", "/nhatky")] if bare != Asked() else []
    return [turn, narrow, every]


def _choose_day(context: Context, asked: Asked) -> Reply:
    days = [context.today - timedelta(days=back) for back in range(DAYS)]
    choices = [Choice("day_on", replace(asked, day=day, page=0).send(), {"on": day}) for day in days]
    rows: list[Sequence[Choice]] = [choices[i : i + 3] for i in range(0, len(choices), 3)]
    every = [Choice("every_day", replace(asked, day=None, page=0).send())]
    return Reply("logbook.which_day", {}, [*rows, every], edit=True)


def _choose_kind(asked: Asked) -> Reply:
    kinds = load("history_words")["kinds"]
    choices = [
        Choice("short_name", replace(asked, kind=kind, page=0).send(), {"name": kinds[kind]["name"]}) for kind in kinds
    ]
    rows: list[Sequence[Choice]] = [choices[i : i + 2] for i in range(0, len(choices), 2)]
    every = [Choice("every_kind", replace(asked, kind=None, page=0).send())]
    return Reply("logbook.which_kind", {}, [*rows, every], edit=True)
