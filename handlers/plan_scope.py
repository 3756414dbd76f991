"""Which unit and period a plan or a picture is asked for, from what was typed or pressed, within what one may see."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import rights
from bot.rules.periods import Period, containing
from bot.vietnamese.fold import clean, fold
from handlers.commands import Context
from handlers.pages import Page, fitting, read_page
from handlers.periods import impossible, read_period
from handlers.templates import load
from handlers.unit_search import matching
from storage import units
from storage.units import Unit

SHOWN = 6
_PRESSED = re.compile(r"u(\d{1,9}) (\d{4}(?:-[QH]?\d{1,2})?)(?: (.*))?", re.DOTALL)


@cache
def words() -> Mapping[str, Any]:
    """Everything in plans.yaml."""
    return load("plans")


@dataclass(frozen=True, slots=True)
class Scope:
    """One unit and one period; `rest` is what else was said."""

    unit: Unit
    period: Period
    rest: str = ""

    @property
    def ref(self) -> str:
        """How buttons name both."""
        return f"u{self.unit.id} {self.period.code}"


def pressed(context: Context, said: str) -> Scope | None:
    """What a button names; None where somebody typed. A unit out of sight reads like none."""
    found = _PRESSED.fullmatch(said.strip())
    if found is None:
        return None
    period, left = read_coming(found.group(2), context.today)
    seen = in_sight(context, int(found.group(1)))
    if period is None or left or not seen:
        raise Refusal("plans.no_such_unit", [[Choice("plan", "/kehoach")]], query="", again="/kehoach")
    return Scope(seen[0], period, (found.group(3) or "").strip())


def typed(context: Context, said: str, again: str) -> Scope | Reply:
    """What was typed, in any order: a unit, a period; without them one's own unit and this quarter.

    Where several units fit there is a choice; `again` is the command that its buttons send.
    """
    page, text = read_page(said)
    period, rest = read_coming(text, context.today)
    period = period or containing("quarter", context.today)
    seen = in_sight(context)
    known = matching(seen, clean(rest)[:40]) if rest else _own(context, seen)
    if not known:
        way = Choice("charts" if again == "/bieudo" else "plan", again)
        raise Refusal("plans.no_such_unit", [[way]], query=clean(rest)[:40], again=again)
    if len(known) == 1:
        return Scope(known[0], period)
    shown = Page.of(known, page, SHOWN)
    rows = [[Choice("plan_of_unit", f"{again} u{one.id} {period.code}", {"name": one.name})] for one in shown.items]
    turn = shown.turn(lambda to: fitting(f"{again} +{to} {rest} {period.code}"))
    return Reply("plans.which_unit", {"count": shown.count}, [*rows, turn], edit=True)


def in_sight(context: Context, unit: int | None = None) -> list[Unit]:
    """Every open unit whose counts this person may see."""
    if not context.me.may("see_counts"):
        raise Refusal("access.not_your_role")
    return units.open_to(context.connection, context.me, "see_counts", unit)


def _own(context: Context, seen: Sequence[Unit]) -> list[Unit]:
    """The units of one's own roles; of those one below the other only the upper."""
    mine = {grant.unit_id for _, grant in rights(context.me.grants, "see_counts")}
    held = [unit for unit in seen if unit.id in mine]
    return [unit for unit in held if not any(one is not unit and unit.path.startswith(one.path) for one in held)]


def read_coming(text: str, today: date) -> tuple[Period | None, str]:
    """A period and the other words; "next quarter" too, which other commands do not know."""
    folded = f" {fold(text)} "
    for kind, ways in words()["coming"].items():
        for way in ways:
            if f" {way} " in folded:
                return containing(kind, today).next, " ".join(folded.replace(f" {way} ", " ").split())
    if impossible(text):
        raise Refusal("desk.no_such_period")
    return read_period(text, today, ahead=True)


def named(text: str, ways: Mapping[str, Sequence[str]]) -> tuple[str | None, str]:
    """Which of some things the words name ("than trong"), and the other words; the longest way of saying it counts."""
    folded = f" {fold(text)} "
    known = sorted(((way, name) for name, several in ways.items() for way in several), key=lambda one: -len(one[0]))
    for way, name in known:
        if f" {way} " in folded:
            return name, " ".join(folded.replace(f" {way} ", " ", 1).split())
    return None, text.strip()


def period_name(period: Period, *, short: bool = False) -> str:
    """As it is read: "quý IV/2026"; short for a title that stands over its year."""
    key = f"half_{period.number}" if period.kind == "half" else period.kind
    names = words()["short" if short else "periods"]
    roman = words()["roman"][period.number - 1] if period.number <= 4 else ""
    text: str = names[key]
    return text.format(number=period.number, year=period.year, roman=roman)
