"""Reports of the sample: last month's of some branches, this month's of one begun, and what branches committed to."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot.reports.keeping import kept
from bot.rules.periods import containing
from bot.sample.content import content
from handlers.papers import handed_in_paper
from storage import oversight, people, reports, units
from storage.oversight import Commitment

# The day of the month before on which the branches handed in.
HANDED_IN = 22


def write(connection: Connection, now: datetime, unit: Mapping[str, int]) -> None:
    """As if the secretaries had written them in the chat."""
    told, month = content("reports"), containing("month", now.date())
    at = now - timedelta(days=(now.date() - month.previous.first.replace(day=HANDED_IN)).days)
    for code, parts in told["last"].items():
        _write(connection, at, unit[code], month.previous.code, parts)
        _hand_in(connection, at, unit[code], month.previous.code)
    for code, parts in told["now"].items():
        _write(connection, now, unit[code], month.code, parts)
    for code, (admissions, sources, day) in told["commitments"].items():
        signed = Commitment(unit[code], now.year, admissions, sources, date(now.year, 1, day))
        oversight.commit(connection, now, None, signed)


def _write(connection: Connection, at: datetime, unit: int, period: str, parts: Mapping[str, str]) -> None:
    report = reports.draft(connection, at, None, unit, period)
    for part, text in parts.items():
        reports.write(connection, at, None, report, part, text)


def _hand_in(connection: Connection, at: datetime, unit: int, period: str) -> None:
    report = reports.draft(connection, at, None, unit, period)
    paper = handed_in_paper(connection, units.by_id(connection, unit), containing("month", at.date()), at.date())
    secretary = next(iter(people.in_charge(connection, unit, ("secretary",))), None)
    reports.hand_in(connection, at, secretary, report, kept(paper), {})
