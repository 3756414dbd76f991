"""Who holds a position of the neighbourhood and is no member yet: the candidates among them, longest known first."""

from typing import Any

from bot.chat import Choice, Reply
from bot.rules.grouping import grouping
from handlers.commands import Context, command
from handlers.desk import Asked, read, stands_above
from handlers.dossiers import shown_name
from handlers.pages import Page
from handlers.shares import coming
from handlers.standing import may_open
from handlers.templates import templates
from storage import holding, standing_lists, units
from storage.units import Unit

SHOWN = 5
ALL = "tatca"


@command("giuvai", reads=True)
def holders(context: Context, words: str) -> Reply:
    """All positions ("tatca #2"), or one ("hamlet_head #2"); where one may not look at cases, counts by unit."""
    first, _, rest = words.strip().partition(" ")
    positions = grouping().positions
    label = first if first in positions else ALL
    asked = read(context, f"giuvai {label}", rest if first in (*positions, ALL) else words)
    labels = [label] if label != ALL else list(positions)
    shown = _cases if may_open(context, asked.of) else _counts
    return shown(context, asked, label, labels)


def _cases(context: Context, asked: Asked, label: str, labels: list[str]) -> Reply:
    wanted = holding.holding(labels, coming())
    found = standing_lists.page_of(context.connection, context.me, asked.of, wanted, asked.page * SHOWN, SHOWN)
    page = Page.of(range(found.count), asked.page, SHOWN)
    if asked.page > page.last:
        return _cases(context, Asked(asked.unit, asked.period, page.last), label, labels)
    rows = [
        {
            "name": shown_name(context, line.case),
            "code": line.case.code,
            "step": line.case.step,
            "unit": line.case.unit_name if line.case.unit_id != asked.of.id else None,
        }
        for line in found.lines
    ]
    cards = [Choice("card_of", f"/hoso {line.case.ref}", {"code": line.case.code}) for line in found.lines]
    kinds = [*cards[:3]], [*cards[3:]]
    values = _values(asked.of, label, found.count, page) | {"rows": rows}
    turn = page.turn(lambda to: f"/giuvai {label} #{asked.of.id} +{to}")
    return Reply("positions.holders", values, [*kinds, turn, _others(asked.of, label), _back(asked.of)], edit=True)


def _counts(context: Context, asked: Asked, label: str, labels: list[str]) -> Reply:
    committees = stands_above(context, asked.of) == "committees"
    counts = holding.by_unit(context.connection, asked.of, labels, coming(), committees=committees)
    there = sorted(units.by_ids(context.connection, list(counts)), key=lambda one: (-counts[one.id], one.ordered))
    page = Page.of(there, asked.page, SHOWN)
    # A branch has nothing below it: its number stands in the heading.
    below = [one for one in page.items if one.id != asked.of.id]
    rows = [{"name": one.name, "count": counts[one.id]} for one in below]
    values = _values(asked.of, label, sum(counts.values()), page) | {"rows": rows}
    turn = page.turn(lambda to: f"/giuvai {label} #{asked.of.id} +{to}")
    down = [[Choice("unit", f"/giuvai {label} #{one.id}", {"name": one.name})] for one in below]
    return Reply("positions.holders_below", values, [*down, turn, _back(asked.of)], edit=True)


def _values(unit: Unit, label: str, count: int, page: Page[Any]) -> dict[str, Any]:
    name = "" if label == ALL else templates().words["groups"][label]
    return {"unit": unit, "name": name, "count": count, "page": page.number + 1, "pages": page.last + 1}


def _others(unit: Unit, label: str) -> list[Choice]:
    """From one position back to all of them."""
    return [Choice("all_holders", f"/giuvai {ALL} #{unit.id}")] if label != ALL else []


def _back(unit: Unit) -> list[Choice]:
    return [Choice("to_positions", f"/vitri #{unit.id}"), Choice("to_help", f"/noicangiup #{unit.id}")]
