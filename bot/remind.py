"""`chibot remind`: what would be said on a day, to whom and why; sends nothing, changes nothing."""

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.console import BadInput, out

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.database import Database
    from storage.notices import Notice


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """`remind`."""
    remind = commands.add_parser("remind", help="what would be said on a day")
    remind.add_argument("--on", metavar="DATE", help="the day, YYYY-MM-DD (default: today)")
    remind.add_argument("--json", action="store_true", help="print one JSON document")
    remind.set_defaults(run=_remind)


def _remind(options: argparse.Namespace) -> None:
    from bot.app import with_database
    from bot.clock import Clock
    from bot.settings import Settings

    settings = Settings()
    today = Clock(settings.zone).now().date()
    day = _day(options.on) if options.on else today
    found = with_database(settings, lambda database: preview(database, day, today))
    if options.json:
        return out(found, as_json=True)
    lines = [f"{one['person']} ({one['unit']}): {one['text']}" for one in found]
    return out("\n".join(lines) or f"nothing on {day}", as_json=False)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--on needs a day as YYYY-MM-DD, not {text}") from None


async def preview(database: "Database", day: date, today: date) -> list[dict[str, Any]]:
    """Every line of that day: person, unit, kind, subject, due_on, text."""
    from storage import preview

    try:
        await database.write(lambda connection: preview.on(connection, day, today, _told))
    except preview.Preview as seen:
        return [one for one in seen.found if isinstance(one, dict)]
    return []


def _told(connection: "Connection", day: date, notice: "Notice") -> dict[str, Any] | None:
    from handlers.told import line_of
    from storage import told_cases

    matter = line_of(connection, notice, day)
    if matter is None:
        return None
    unit = matter.case.unit_name if matter.case else told_cases.units_of(connection, [notice.unit_id or 0])
    return {
        "person": told_cases.names_of(connection, [notice.person_id])[notice.person_id],
        "unit": unit if isinstance(unit, str) else unit.get(notice.unit_id or 0, ""),
        "kind": notice.kind,
        "subject": matter.case.code if matter.case else notice.subject,
        "due_on": str(notice.due_on),
        "text": matter.text.striptags(),
    }
