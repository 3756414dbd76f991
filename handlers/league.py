"""Branches in order of their points, whom to commend, and whom to help: by rules that the office sees and sets."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.figures import Figures
from bot.rules.grouping import grouping
from bot.rules.ranking import WEIGHTS, commended, ranked
from bot.vietnamese.fold import fold
from handlers.commands import Context, command
from handlers.desk import Asked, may_set, own_units, read, up
from handlers.goals import local
from handlers.pages import Page
from handlers.positions import to_be_won
from handlers.templates import templates
from handlers.weak_branches import buttons, lines, noting, of_area, oversees
from storage import comparing, standing, weak_units
from storage.units import COMMITTEES, Unit
from storage.weak_units import Found

SHOWN = 6
HELP = ("barren", "hesitant", "nosource", "nomembers")


@command("xephang")
def league(context: Context, words: str) -> Reply:
    """The units directly below, by points for the period; "khen" shows only those to be commended."""
    parts = fold(words).split()
    praise = "khen" in parts
    asked = read(context, "xephang", " ".join(part for part in parts if part != "khen"), "year")
    mine = own_units(context) if asked.unit is None else []
    if any(unit.kind in COMMITTEES for unit in mine):
        choices = [[Choice("unit", f"/xephang #{unit.id}", {"name": unit.name})] for unit in mine]
        return Reply("league.which", {}, choices)
    below = _compared(context, asked, mine)
    if not below:
        raise Refusal("league.nothing_below", [[Choice("status", f"/tinhhinh #{asked.of.id}")]], unit=asked.of.name)
    if praise:
        return _praise(context, asked, below)
    weights = {name: local(context, asked.unit or mine[0], name) for name in WEIGHTS}
    known = {unit.id: (unit, figures) for unit, figures in below}
    found = ranked((figures for _, figures in below), weights)
    page = Page.of(found, asked.page, SHOWN)
    rows = [
        {"rank": one.rank, "points": one.points, "name": known[one.unit_id][0].name, "figures": known[one.unit_id][1]}
        for one in page.items
    ]
    values = {
        "unit": asked.unit,
        "period": asked.period,
        "rows": rows,
        "count": page.count,
        "most": sum(weights.values()),
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    number, of = _named(asked)
    turn = page.turn(lambda to: f"/xephang {of} +{to}")
    lists = [Choice("to_commend", f"/xephang khen {of}"), Choice("to_help", f"/noicangiup {number}".strip())]
    ways = [
        Choice("help_given", f"/luotgiup {of}"),
        Choice("way_of_counting", f"/cachtinh {number or f'#{mine[0].id}'}"),
    ]
    above = up(context, "xephang", asked.unit, asked.period) if asked.unit else [Choice("status", "/tinhhinh")]
    return Reply("league.table", values, [turn, lists, ways, above], edit=True)


def _compared(context: Context, asked: Asked, mine: Sequence[Unit]) -> list[tuple[Unit, Figures]]:
    """The units directly below; for whoever is in charge of several branches and named none, those."""
    if asked.unit is not None:
        return comparing.children(context.connection, asked.unit, asked.period, context.today, comparing.RANKED)
    return [(unit, standing.figures(context.connection, unit, asked.period, context.today)) for unit in mine]


def _named(asked: Asked) -> tuple[str, str]:
    """How buttons name the unit, and the unit with the period; without a unit only the period."""
    number = f"#{asked.unit.id}" if asked.unit else ""
    return number, f"{number} {asked.period.code}".strip()


def _praise(context: Context, asked: Asked, below: Sequence[tuple[Unit, Figures]]) -> Reply:
    found = [(unit, figures) for unit, figures in below if commended(figures)]
    found.sort(key=lambda pair: (-pair[1].admitted, -pair[1].new_sources, pair[0].ordered))
    page = Page.of(found, asked.page, SHOWN)
    first = page.number * SHOWN + 1
    rows = [{"number": at, "name": unit.name, "figures": one} for at, (unit, one) in enumerate(page.items, first)]
    note = [
        Choice("note_praise_of", noting(unit, "commendation", context), {"number": at})
        for at, (unit, _) in enumerate(page.items, first)
        if oversees(context, unit)
    ]
    values = {"unit": asked.unit, "period": asked.period, "rows": rows, "count": page.count}
    values |= {"page": page.number + 1, "pages": page.last + 1}
    of = _named(asked)[1]
    turn = page.turn(lambda to: f"/xephang khen {of} +{to}")
    back = [Choice("league", f"/xephang {of}")]
    return Reply("league.praise", values, [*(note[i : i + 3] for i in range(0, len(note), 3)), turn, back], edit=True)


@command("noicangiup", reads=True)
def help_needed(context: Context, words: str) -> Reply:
    """How many branches need help and why; with a kind ("/noicangiup barren #2") the branches themselves."""
    kind, _, rest = words.strip().partition(" ")
    asked = read(
        context, f"noicangiup {kind}" if kind in HELP else "noicangiup", rest if kind in HELP else words, "year"
    )
    if asked.unit is None:
        return of_area(context, asked.page)
    finders = _finders(context, asked.of)
    if kind in HELP:
        return _weak(context, asked, kind, finders[kind])
    counts = {name: find(0, 0)[1] for name, find in finders.items()}
    groups = templates().words["groups"]
    held = weak_units.holders(context.connection, asked.of, list(grouping().positions))
    values = {
        "unit": asked.of,
        "counts": counts,
        "years": local(context, asked.of, "barren_years"),
        "months": local(context, asked.of, "idle_months"),
        "positions": [{"name": groups[label], "count": held[label]} for label in grouping().positions if label in held],
    }
    more, doors = to_be_won(context, asked.of, sum(held.values()))
    values |= more
    choices = [
        Choice(f"weak_{name}", f"/noicangiup {name} #{asked.of.id}", {"count": count})
        for name, count in counts.items()
        if count
    ]
    shown = [choices[i : i + 2] for i in range(0, len(choices), 2)]
    ways = [Choice("way_of_counting", f"/cachtinh #{asked.of.id}")] if may_set(context, asked.of) else []
    back = [Choice("league", f"/xephang #{asked.of.id}"), Choice("help_given", f"/luotgiup #{asked.of.id}"), *ways]
    return Reply("league.help", values, [*shown, *doors, back], edit=True)


def _finders(context: Context, unit: Unit) -> dict[str, Callable[[int, int], Found]]:
    connection, today = context.connection, context.today
    by = standing.counted_by(connection, unit)
    years, months = local(context, unit, "barren_years"), local(context, unit, "idle_months")
    return {
        "barren": lambda skip, most: weak_units.barren(connection, unit, by, years, today, skip, most),
        "hesitant": lambda skip, most: weak_units.hesitant(connection, unit, months, today, skip, most),
        "nosource": lambda skip, most: weak_units.without_source(connection, unit, skip, most),
        "nomembers": lambda skip, most: weak_units.without_members(connection, unit, skip, most),
    }


def _weak(context: Context, asked: Asked, kind: str, find: Callable[[int, int], Found]) -> Reply:
    found, count = find(asked.page * SHOWN, SHOWN)
    last = max(0, (count - 1) // SHOWN)
    if asked.page > last:
        return _weak(context, Asked(asked.unit, asked.period, last), kind, find)
    page = Page.of(range(count), asked.page, SHOWN)
    first = page.number * SHOWN + 1
    values: dict[str, Any] = {"unit": asked.of, "kind": kind, "count": count, "rows": lines(context, found, first)}
    values |= {"page": page.number + 1, "pages": page.last + 1}
    values |= {"years": local(context, asked.of, "barren_years"), "months": local(context, asked.of, "idle_months")}
    turn = page.turn(lambda to: f"/noicangiup {kind} #{asked.of.id} +{to}")
    back = [Choice("to_help", f"/noicangiup #{asked.of.id}"), Choice("help_given", f"/luotgiup #{asked.of.id}")]
    return Reply("league.weak", values, [*buttons(context, found, first), turn, back], edit=True)
