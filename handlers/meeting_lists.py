"""The meetings of a branch in order: planned, waiting for their record, held; and how many were thematic."""

from typing import Any

from bot.chat import Choice, Reply
from bot.rules.periods import containing
from bot.rules.workdays import add_months
from handlers.commands import Context, command
from handlers.pages import Page, read_page
from handlers.sittings import leads, ref_of, sitting_for, words_of
from storage import attendance, meetings
from storage.meetings import Meeting
from storage.units import Unit

MEETINGS = 6
MONTHS_BACK = 12
ADMISSION = "admission"


@command("kyhop")
def all_meetings(context: Context, words: str) -> Reply:
    """The meetings of a branch, those planned and those of the last year, page by page."""
    ref, _, page = words.strip().partition(" ")
    return of_unit(context, sitting_for(context, ref).unit, read_page(page)[0])


def of_unit(context: Context, unit: Unit, wanted: int) -> Reply:
    """Those planned, those that wait for their record, those held, the latest first."""
    connection, today = context.connection, context.today
    past = meetings.held_between(connection, unit.id, add_months(today, -MONTHS_BACK), today)
    coming = meetings.planned_from(connection, unit.id, today, 2)
    found = [*reversed(coming), *meetings.unrecorded(connection, unit.id, today)[::-1], *reversed(past)]
    page = Page.of(found, wanted, MEETINGS)
    lines = [_line(context, one) for one in page.items]
    rows = [
        [
            Choice("meeting_on", f"/hop {ref_of(one)}", {"on": one.day, "kind": one.kind})
            for one in page.items[i : i + 3]
        ]
        for i in range(0, len(page.items), 3)
    ]
    ref = f"{unit.id}-{today:%Y%m}"
    turn = page.turn(lambda to: f"/kyhop {ref} +{to}")
    add = [Choice("add_thematic", f"/hopdoi {ref} theme")] if leads(context, unit) else []
    values = {
        "unit": unit.name,
        "lines": lines,
        "page": page.number + 1,
        "pages": page.last + 1,
        **_thematic(context, unit),
    }
    return Reply("meetings.all", values, [*rows, turn, add], edit=True)


def _line(context: Context, one: Meeting) -> dict[str, Any]:
    marks = attendance.marks_of(context.connection, one) if one.state == "held" else {}
    roll = attendance.roll_of(marks) if marks else None
    return {
        "on": one.day,
        "kind": words_of("kinds")[one.kind],
        "state": one.state if one.state != "planned" or one.on >= context.today else "unrecorded",
        "came": roll.came if roll else None,
        "called": roll.called if roll else None,
        "resolution": one.resolution,
        "posted": one.conclusions_on is not None,
    }


def _thematic(context: Context, unit: Unit) -> dict[str, Any]:
    """Thematic meetings of this quarter, and those of this year that are about admission work.

    One a quarter: HD 12-HD/BTCTW (2018); one a year on admission work is what the ward asks for.
    """
    quarter, year = containing("quarter", context.today), containing("year", context.today)
    this_year = meetings.thematic_in(context.connection, unit.id, year.first, year.last)
    return {
        "thematic": sum(one.on in quarter for one in this_year),
        "on_admission": sum(one.theme == ADMISSION for one in this_year),
    }
