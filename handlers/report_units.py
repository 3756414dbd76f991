"""Which unit and which period a report is asked for: read from what was typed or pressed, within what one may see."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import Action, covers, rights
from bot.rules.periods import Period, containing
from bot.vietnamese.fold import clean
from handlers.commands import Context
from handlers.pages import Page, fitting, read_page
from handlers.periods import read_period
from handlers.templates import load
from handlers.unit_search import matching
from storage import reports, settings, units
from storage.units import COMMITTEES, Unit

SHOWN = 6
DAY = "report_day"
# The day of the month on which reports are heard, where the unit has set none (a custom, not a rule).
USUAL_DAY = 23
_NUMBERED = re.compile(r"u(\d{1,9})")
_REF = re.compile(r"\d{4}(?:-[QH]?\d{1,2})? u\d{1,9}(?!\w)")


@dataclass(frozen=True, slots=True)
class Asked:
    """One unit's report on one period, and the words that were left."""

    unit: Unit
    period: Period
    rest: str = ""

    @property
    def ref(self) -> str:
        """How buttons name it."""
        return f"{self.period.code} u{self.unit.id}"


def is_pressed(words: str) -> bool:
    """Whether these are the words of a button ("2026-11 u12 …") and not what somebody typed."""
    return _REF.match(words.strip()) is not None


def pressed(context: Context, words: str, action: Action = "see_counts") -> Asked:
    """What a button names ("2026-11 u12 …"); refuses what is not in sight."""
    period, rest = read_period(words.partition(" ")[0], context.today)
    token, _, more = words.partition(" ")[2].strip().partition(" ")
    found = _NUMBERED.fullmatch(token)
    if period is None or rest or found is None:
        raise Refusal("conversation.old_button")
    asked = Asked(_by_number(context, int(found.group(1))), period, more.strip())
    if action != "see_counts" and not covers(context.me.grants, action, asked.unit.path, asked.unit.committee_id):
        raise Refusal("reports.not_yours_to_write", unit=asked.unit.name)
    return asked


def asked_for(context: Context, words: str, again: str) -> Asked | Reply:
    """What was typed, or the units to choose from; `again` is the command that the buttons send."""
    page, text = read_page(words)
    period, rest = read_period(text, context.today)
    period = period or usual(context.today)
    found = _NUMBERED.fullmatch(rest)
    if found is not None:
        return Asked(_by_number(context, int(found.group(1))), period)
    seen = in_sight(context)
    known = matching(seen, clean(rest)[:40]) if rest else _own(context, seen)
    if not known:
        raise Refusal("reports.no_such_unit", query=clean(rest)[:40])
    if len(known) == 1:
        return Asked(known[0], period)
    return _choose(known, period, page, f"{again} {period.code}", rest, again)


def area_of(context: Context, words: str) -> tuple[list[Unit], Period, int] | None:
    """The branches that one person is in charge of, the period and the page, where several and no unit was named."""
    page, text = read_page(words)
    period, rest = read_period(text, context.today)
    own = [] if rest else _own(context, in_sight(context))
    if len(own) < 2 or any(unit.kind in COMMITTEES for unit in own):
        return None
    return own, period or usual(context.today), page


def _choose(known: Sequence[Unit], period: Period, number: int, send: str, rest: str, again: str) -> Reply:
    page = Page.of(known, number, SHOWN)
    rows = [[Choice("unit", f"{send} u{unit.id}", {"name": unit.name})] for unit in page.items]
    turn = page.turn(lambda to: fitting(f"{again} +{to} {period.code} {rest}"))
    return Reply("reports.which_unit", {"count": page.count}, [*rows, turn], edit=True)


def usual(today: date) -> Period:
    """The month that a report is about: in its first days people still write that of the month before."""
    month = containing("month", today)
    return month.previous if today.day <= 5 else month


def in_sight(context: Context, action: Action = "see_counts") -> list[Unit]:
    """Every open unit whose figures this person may see; nobody without such a right goes on."""
    if not context.me.may(action):
        raise Refusal("access.not_your_role")
    return units.open_to(context.connection, context.me, action)


def _own(context: Context, seen: Sequence[Unit]) -> list[Unit]:
    """The units of one's own roles, the highest first."""
    mine = {grant.unit_id for _, grant in rights(context.me.grants, "see_counts")}
    return [unit for unit in seen if unit.id in mine]


def _by_number(context: Context, number: int) -> Unit:
    """The door: another's unit and none at all read the same."""
    if not context.me.may("see_counts"):
        raise Refusal("access.not_your_role")
    found = units.open_to(context.connection, context.me, "see_counts", number)
    if not found:
        raise Refusal("reports.no_such_unit", query="")
    return found[0]


def may_write(context: Context, unit: Unit) -> bool:
    """Whether this person writes this unit's report."""
    return covers(context.me.grants, "write_report", unit.path, unit.committee_id)


def takes_in(context: Context, unit: Unit) -> bool:
    """Whether the unit's reports come to this person: to whoever takes them in for the unit above."""
    above = above_of(context, unit)
    return above is not None and covers(context.me.grants, "take_in_report", above.path, above.committee_id)


def above_of(context: Context, unit: Unit) -> Unit | None:
    """The committee to which the unit hands its reports in."""
    number = unit.parent_id if unit.kind in COMMITTEES else unit.committee_id
    return units.by_id(context.connection, number) if number else None


def due_on(context: Context, unit: Unit, period: Period) -> date:
    """By when the report is to be there: the unit's day of the period's last month."""
    day = settings.local_of(context.connection, unit).get(DAY, USUAL_DAY)
    return (period.last.replace(day=1)) + timedelta(days=day - 1)


def late_below(context: Context, asked: Asked) -> list[Unit]:
    """The units below whose report is not there."""
    return reports.not_handed_in(context.connection, asked.unit, asked.period.code)


@cache
def named() -> Mapping[str, Any]:
    """What commitments and findings are called, read once."""
    return load("reports")
