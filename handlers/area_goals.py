"""Targets of the area that one person is in charge of, several units at once: one sum, then a line for each."""

from bot.chat import Choice, Reply
from bot.rules.goals import Reached
from bot.rules.periods import Period
from handlers.commands import Context
from handlers.desk import own_units
from handlers.pages import Page
from storage import standing

SHOWN = 6


def goals_of_area(context: Context, period: Period, wanted: int) -> Reply:
    """What the units reached of their targets: together, then each, those that lack most first."""
    found = [(unit, standing.figures(context.connection, unit, period, context.today)) for unit in own_units(context)]
    lines = [
        (unit, Reached(one.admitted, one.admitted_target), Reached(one.new_sources, one.sources_target))
        for unit, one in found
    ]
    lines.sort(key=lambda line: (-line[1].missing, -line[2].missing, line[0].ordered))
    page = Page.of(lines, wanted, SHOWN)
    values = {
        "period": period,
        "count": page.count,
        "reached": _sum([line[1] for line in lines]),
        "sources": _sum([line[2] for line in lines]),
        "rows": [{"name": unit.name, "reached": reached, "sources": sources} for unit, reached, sources in page.items],
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    down = [Choice("unit", f"/chitieu #{unit.id} {period.code}", {"name": unit.name}) for unit, _, _ in page.items]
    turn = page.turn(lambda to: f"/chitieu {period.code} +{to}")
    rows = [down[i : i + 2] for i in range(0, len(down), 2)]
    return Reply("area.goals", values, [*rows, turn, [Choice("status", "/tinhhinh")]], edit=True)


def _sum(several: list[Reached]) -> Reached:
    """The sum; what is wanted counts as far as it was set."""
    wanted = [one.wanted for one in several if one.wanted is not None]
    return Reached(sum(one.number for one in several), sum(wanted) if wanted else None)
