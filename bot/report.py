"""`chibot report`: a paper from the command line, the same that people get in the chat."""

import argparse
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.console import BadInput, Fault, out

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.reports.paper import Ending, Paper, PaperKind
    from bot.rules.periods import Period

KINDS: Mapping[str, str] = {
    "monthly": "2026-11",
    "quarterly": "2026-Q4",
    "half-year": "2026-H2",
    "yearly": "2026",
    "composition": "2026-Q4",
}
ENDINGS: Mapping[str, "Ending"] = {".docx": "docx", ".xlsx": "xlsx", ".png": "png"}


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """`report`."""
    report = commands.add_parser("report", help="a report as .docx, .xlsx or .png")
    report.add_argument("kind", metavar="KIND", help=", ".join(KINDS))
    report.add_argument("--unit", metavar="CODE", required=True, help="the unit's code")
    report.add_argument("--period", metavar="PERIOD", required=True, help="2026-11, 2026-Q4, 2026-H2 or 2026")
    report.add_argument("--out", metavar="FILE", type=Path, required=True, help="where to; its ending chooses the form")
    report.add_argument("--json", action="store_true", help="print one JSON document")
    report.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> None:
    from bot.app import with_database
    from bot.clock import Clock
    from bot.reports.making import made
    from bot.settings import Settings

    settings = Settings()
    period, target = _period(options.kind, options.period), _target(options.out)
    today = Clock(settings.zone).now().date()
    if period.first > today:
        raise BadInput(f"the period {period.code} has not begun yet")

    def collect(connection: "Connection") -> "Paper":
        return _collected(connection, options.kind, options.unit, period, today)

    paper = with_database(settings, lambda database: database.read(collect))
    content = made(paper, ENDINGS[target.suffix.lower()])
    try:
        target.write_bytes(content)
    except OSError as problem:
        raise Fault(f"{target} cannot be written: {problem.strerror}") from problem
    if options.json:
        return out(_told(paper, options.unit, target, len(content)), as_json=True)
    return out(f"{target}: {len(content)} bytes", as_json=False)


def _period(kind: str, code: str) -> "Period":
    from bot.reports.paper import KIND_OF
    from bot.rules.periods import parse

    if kind not in KINDS:
        raise BadInput(f"there is no kind of report {kind}; kinds: {', '.join(KINDS)}")
    period = parse(code)
    if period is None:
        raise BadInput(f"{code} is no period; write it like {KINDS[kind]}")
    if kind not in ("composition", KIND_OF[period.kind]):
        raise BadInput(f"a {kind} report is on a period like {KINDS[kind]}, not {period.code}")
    return period


def _target(target: Path) -> Path:
    if target.suffix.lower() not in ENDINGS:
        raise BadInput(f"{target} ends in none of {', '.join(ENDINGS)}")
    if target.is_dir():
        raise BadInput(f"{target} is a folder; name a file")
    if not target.absolute().parent.is_dir():
        raise BadInput(f"there is no folder {target.absolute().parent}")
    return target


def _collected(connection: "Connection", kind: "PaperKind", code: str, period: "Period", today: date) -> "Paper":
    from handlers.papers import paper_of
    from storage import units

    unit = units.by_code(connection, code)
    if unit is None:
        raise BadInput(f"there is no unit {code}")
    return paper_of(connection, unit, period, today, "composition" if kind == "composition" else None)


def _told(paper: "Paper", code: str, target: Path, size: int) -> dict[str, Any]:
    """What was written, and its main figures."""
    figures = {
        measure.slug: {"now": measure.now, "before": measure.before, "target": measure.target}
        for measure in paper.measures
    }
    rows = [{"unit": row.code, "handed_in": row.handed_in, **row.figures} for row in paper.rows]
    return {
        "file": str(target),
        "bytes": size,
        "kind": paper.kind,
        "unit": code,
        "period": paper.period.code,
        "state": paper.state,
        "on": paper.on.isoformat(),
        "figures": figures,
        "units": rows,
    }
