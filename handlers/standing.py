"""Where a lead's units stand, on one screen; every number leads to its list, every unit to those below and above it."""

from collections.abc import Sequence
from typing import Any

from bot.chat import Choice, Reply
from bot.rules.figures import Figures
from bot.rules.grouping import grouping, stage_counts
from bot.rules.periods import Period, containing
from handlers.commands import Context, command
from handlers.desk import own_units, read, sees_cases, stands_above, up
from handlers.pages import Page
from handlers.plans import plan_line
from storage import standing
from storage.units import Unit

SHOWN = 5
NAMED = 3
# Boxes of the bar; a target of fewer has a box for each person.
BOXES = 10


@command("tinhhinh")
def status(context: Context, words: str) -> Reply:
    """One unit and period; whoever has several units and names none sees a line for each."""
    asked = read(context, "tinhhinh", words)
    if asked.unit is None:
        return _several(context, own_units(context), asked.period, asked.page)
    return screen(context, asked.unit, asked.period)


def screen(context: Context, unit: Unit, period: Period) -> Reply:
    """The one screen of a unit."""
    figures = standing.figures(context.connection, unit, period, context.today)
    month = containing("month", min(context.today, period.last))
    monthly = standing.contacts_in(context.connection, unit, month)
    values = {
        "unit": unit,
        **told(figures, context),
        "stages": _stages(figures),
        "contacts": {"month": month, "now": monthly[0], "before": monthly[1]},
        "lacking": _lacking(context, unit, figures),
        "branch": figures.branches <= 1 and unit.kind == "branch",
        "plan": plan_line(context, unit, figures),
    }
    return Reply("desk.status", values, _buttons(context, unit, figures), edit=True)


def told(figures: Figures, context: Context) -> dict[str, Any]:
    """What every screen says of figures: the period, what was reached of what, a small bar, the period before."""
    period, target = figures.period, figures.admitted_target
    return {
        "figures": figures,
        "period": period,
        "left": (period.last - context.today).days if context.today in period else None,
        "bar": bar(figures.admitted, target),
    }


def bar(number: int, target: int | None) -> str:
    """How much of a target is reached, in boxes that need no colour; empty without a target."""
    if not target:
        return ""
    boxes = min(target, BOXES)
    full = min(boxes, number * boxes // target)
    return "\u25ae" * full + "\u25af" * (boxes - full)


def _stages(figures: Figures) -> list[dict[str, Any]]:
    names = grouping().stages
    counts = stage_counts(figures.by_stage)
    return [{"name": names[slug][0], "count": count} for slug, count in counts.items() if count]


def _lacking(context: Context, unit: Unit, figures: Figures) -> dict[str, Any]:
    """Branches without an admission this year; names only where one committee has them all on one screen."""
    count = figures.without_admission
    names: Sequence[Unit] = ()
    if count > 0 and figures.branches > 1 and stands_above(context, unit) == "branches":
        year = figures.period.last.year
        names, _ = standing.branches_without(context.connection, unit, figures.counted_by, year, most=NAMED)
    return {"count": count, "names": [one.name for one in names], "more": count - len(names)}


def _buttons(context: Context, unit: Unit, figures: Figures) -> list[list[Choice]]:
    period = figures.period
    of = f"#{unit.id} {period.code}"
    below = stands_above(context, unit)
    late = [Choice("late", f"/quahan #{unit.id}", {"count": figures.overdue})] if figures.overdue else []
    quiet = [Choice("silent", f"/danhsach silent {of}", {"count": figures.silent})] if figures.silent else []
    numbers = [
        Choice("admitted", f"/danhsach admitted {of}", {"count": figures.admitted}),
        Choice("new_sources", f"/danhsach sources {of}", {"count": figures.new_sources}),
    ]
    lacking = [Choice("lacking", f"/danhsach none {of}")] if figures.without_admission and below else []
    down = [Choice("units_below", f"/danhsach units {of}")] if below else []
    return [
        late + quiet,
        numbers,
        [Choice("by_stage", f"/danhsach stages {of}"), Choice("contacts_of", f"/danhsach contacts {of}")],
        lacking + down,
        [Choice("plan", f"/kehoach u{unit.id} {period.code}"), Choice("charts", f"/bieudo u{unit.id} {period.code}")],
        [Choice("targets", f"/chitieu #{unit.id} {period.last.year}"), Choice("before", _before(unit, period))],
        [Choice("more_about", f"/tinhhinhthem {of}"), *up(context, "tinhhinh", unit, period)],
    ]


@command("tinhhinhthem")
def further(context: Context, words: str) -> Reply:
    """What else there is to see of a unit: who leads and helps, who holds what, reports and papers."""
    asked = read(context, "tinhhinhthem", words)
    unit, period = asked.of, asked.period
    of, below = f"#{unit.id} {period.code}", stands_above(context, unit)
    ranks = [Choice("to_help", f"/noicangiup #{unit.id}"), Choice("league", f"/xephang #{unit.id} {period.last.year}")]
    areas = [Choice("areas_of", f"/diaban #{unit.id}")] if below else []
    rows = [
        ranks if below else ranks[:1],
        [Choice("leaders", f"/capuy #{unit.id}"), Choice("new_members", f"/dangvienmoi #{unit.id}")],
        [Choice("help_given", f"/luotgiup #{unit.id}"), Choice("composition_of", f"/coccau {of}")],
        [Choice("to_positions", f"/vitri #{unit.id}"), *areas],
        [Choice("survey_of", f"/khaosat {unit.id}"), Choice("papers_of", f"/baocao {period.code} u{unit.id}")],
        [Choice("status", f"/tinhhinh {of}")],
    ]
    return Reply("desk.further", {"unit": unit, "period": period, "below": below}, rows, edit=True)


def _before(unit: Unit, period: Period) -> str:
    return f"/tinhhinh #{unit.id} {period.previous.code}"


def _several(context: Context, mine: Sequence[Unit], period: Period, wanted: int) -> Reply:
    """A line for each of the units that somebody supervises."""
    found = [(unit, standing.figures(context.connection, unit, period, context.today)) for unit in mine]
    page = Page.of(found, wanted, SHOWN)
    values = {
        "period": period,
        "count": page.count,
        "admitted": sum(figures.admitted for _, figures in found),
        "sources": sum(figures.new_sources for _, figures in found),
        "overdue": sum(figures.overdue for _, figures in found),
        "silent": sum(figures.silent for _, figures in found),
        "rows": [{"name": unit.name, "figures": figures} for unit, figures in page.items],
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    rows = [[Choice("unit", f"/tinhhinh #{unit.id} {period.code}", {"name": unit.name})] for unit, _ in page.items]
    turn = page.turn(lambda to: f"/tinhhinh {period.code} +{to}")
    late = [Choice("late", "/quahan", {"count": values["overdue"]})] if values["overdue"] else []
    area = [Choice("targets", f"/chitieu {period.last.year}"), Choice("to_help", "/noicangiup")]
    more = [Choice("leaders", "/capuy"), Choice("new_members", "/dangvienmoi"), Choice("help_given", "/luotgiup")]
    return Reply("desk.several", values, [*rows, turn, late, area, more], edit=True)


def may_open(context: Context, unit: Unit) -> bool:
    """Whether lists of cases are shown for a unit, and not only the numbers of the units below."""
    return sees_cases(context, unit) and stands_above(context, unit) != "committees"
