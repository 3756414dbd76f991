"""`chibot recount`: the summaries behind the figures, compared with all that is kept, and written anew."""

import argparse
from itertools import islice
from typing import TYPE_CHECKING, Any

from bot.console import Fault, out
from bot.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

SHOWN = 20


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """`recount`."""
    recount = commands.add_parser("recount", help="works the figures' summaries out anew, and says which were wrong")
    recount.add_argument("--check", action="store_true", help="only compare; change nothing")
    recount.add_argument("--json", action="store_true", help="print one JSON document")
    recount.set_defaults(run=_recount)


def _recount(options: argparse.Namespace) -> int:
    from bot.app import with_database
    from storage import tallying

    def compare(connection: "Connection") -> list[dict[str, Any]]:
        wrong = islice(tallying.check(connection), SHOWN)
        return [
            {"unit": one.unit_id, "what": one.what, "slot": one.slot, "kept": one.kept, "counted": one.counted}
            for one in wrong
        ]

    settings = Settings()
    wrong = with_database(settings, lambda database: database.read(compare))
    rows = None
    if wrong and not options.check:
        rows = with_database(settings, lambda database: database.write(tallying.rebuild))
    if options.json:
        out({"ok": not wrong, "wrong": wrong, "written": rows}, as_json=True)
    else:
        out(_said(wrong, rows), as_json=False)
    if wrong and options.check:
        raise Fault("summaries do not agree with what is kept; `chibot recount` writes them anew")
    return 0


def _said(wrong: list[dict[str, Any]], rows: int | None) -> str:
    if not wrong:
        return "every summary agrees with what is kept"
    lines = [f"unit {one['unit']}: {one['what']} {one['slot']} is {one['kept']}, not {one['counted']}" for one in wrong]
    return "\n".join([*lines, *([f"written anew: {rows} rows"] if rows is not None else [])])
