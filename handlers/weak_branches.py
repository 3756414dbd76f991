"""Branches that need help, each with how it has been helped lately, and the buttons that note help or a reminder."""

from collections.abc import Sequence
from typing import Any

from bot.chat import Choice, Reply
from bot.rules.access import covers
from bot.rules.periods import containing
from handlers.commands import Context
from handlers.desk import own_units
from handlers.goals import local
from handlers.helped import told
from handlers.helping import may_help
from handlers.pages import Page
from storage import helping, standing, units, weak_units
from storage.units import COMMITTEES, Unit

SHOWN = 5


def lines(context: Context, found: Sequence[Unit], first: int = 1) -> list[dict[str, Any]]:
    """A line for each branch: when it was helped last, and how often this year."""
    year = containing("year", context.today)
    done = helping.helped(context.connection, [one.id for one in found], year.first)
    return [
        {"number": at, "name": one.name, "year": year.year, **told(done.get(one.id))}
        for at, one in enumerate(found, first)
    ]


def buttons(context: Context, found: Sequence[Unit], first: int = 1) -> list[list[Choice]]:
    """To each branch; beside it, for whoever may, help and a reminder with the branch filled in."""
    if not any(may_help(context, one) or oversees(context, one) for one in found):
        down = [_down(one) for one in found]
        return [down[i : i + 2] for i in range(0, len(down), 2)]
    return [[_down(one), *_notes(context, one, number)] for number, one in enumerate(found, first)]


def _down(one: Unit) -> Choice:
    return Choice("unit", f"/tinhhinh #{one.id}", {"name": one.name})


def _notes(context: Context, one: Unit, number: int) -> list[Choice]:
    said = {"number": number}
    help_ = [Choice("note_help_of", f"/ghiluotgiup #{one.id}", said)] if may_help(context, one) else []
    remind = [Choice("note_reminder_of", noting(one, "reminder", context), said)] if oversees(context, one) else []
    return help_ + remind


def oversees(context: Context, unit: Unit) -> bool:
    """Whether this person writes down inspections, commendations and reminders of a unit."""
    return covers(context.me.grants, "oversee", unit.path, unit.committee_id)


def noting(unit: Unit, kind: str, context: Context) -> str:
    """The command that begins to write one down, with the unit and its kind filled in."""
    return f"/ghikiemtra {context.today.year} u{unit.id} day {kind}"


def of_area(context: Context, wanted: int) -> Reply:
    """Of all branches that one person is in charge of: those that need help, why, and how they have been helped."""
    kinds: dict[int, tuple[str, ...]] = {}
    for unit in own_units(context):
        by = standing.counted_by(context.connection, unit)
        years, months = local(context, unit, "barren_years"), local(context, unit, "idle_months")
        kinds |= weak_units.kinds_within(context.connection, unit, by, years, months, context.today)
    there = sorted(units.by_ids(context.connection, list(kinds)), key=lambda one: one.ordered)
    page = Page.of(there, wanted, SHOWN)
    first = page.number * SHOWN + 1
    rows = [
        {**line, "kinds": kinds[one.id]}
        for line, one in zip(lines(context, page.items, first), page.items, strict=True)
    ]
    values = {"rows": rows, "count": page.count, "all": _branches(context), "page": page.number + 1}
    turn = page.turn(lambda to: f"/noicangiup +{to}")
    back = [Choice("help_given", "/luotgiup"), Choice("status", "/tinhhinh")]
    shown = [*buttons(context, page.items, first), turn, back]
    return Reply("area.help", {**values, "pages": page.last + 1}, shown, edit=True)


def _branches(context: Context) -> int:
    return sum(unit.kind not in COMMITTEES for unit in own_units(context))
