"""`chibot template` and `chibot import`: the office's workbook, out empty and in filled."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.console import BadInput, out

BAD_INPUT = 2


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """`template` and `import`."""
    template = commands.add_parser("template", help="writes the empty workbook for `import`")
    template.add_argument("file", metavar="FILE.xlsx", type=Path, help="where to write it")
    template.set_defaults(run=_template)
    taking = commands.add_parser("import", help="reads units, people and roles, candidates, targets from a workbook")
    taking.add_argument("file", metavar="FILE.xlsx", type=Path, help="the filled workbook")
    taking.add_argument("--check", action="store_true", help="only say what would happen; change nothing")
    taking.add_argument("--json", action="store_true", help="print one JSON document")
    taking.set_defaults(run=_import)


def _template(options: argparse.Namespace) -> None:
    from bot.reports.template import template
    from bot.reports.workbook import read_workbook
    from handlers.workbooks import words_of_workbook

    file: Path = options.file
    words = words_of_workbook()
    if file.suffix.lower() != ".xlsx":
        raise BadInput(f"{file.name}: the name must end in .xlsx")
    if not file.parent.is_dir():
        raise BadInput(f"{file.parent}: there is no such folder")
    if file.exists() and not read_workbook(file.read_bytes(), words).empty:
        raise BadInput(f"{file.name} exists and is not an empty workbook; choose another name")
    file.write_bytes(template(words))
    out(f"{file}", as_json=False)


def _import(options: argparse.Namespace) -> int:
    from bot.app import with_database
    from bot.clock import Clock
    from bot.reports.workbook import read_workbook
    from bot.settings import Settings
    from handlers.workbooks import words_of_workbook
    from storage import imports

    words = words_of_workbook()
    book = read_workbook(_content(options.file), words)
    settings = Settings()
    now, steps = Clock(settings.zone).now(), list(words["steps"])
    if options.check:
        outcome = with_database(settings, lambda db: db.read(lambda c: imports.check(c, now, book, steps)))
    else:
        outcome = with_database(settings, lambda db: db.write(lambda c: imports.take_in(c, now, book, steps)))
    told = as_json(outcome, words)
    out(told if options.json else _human(told, checked=options.check), as_json=options.json)
    return 0 if outcome.ok else BAD_INPUT


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise BadInput(f"{file}: {fault.strerror or 'cannot be read'}") from fault


def as_json(outcome: Any, words: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """What became of a workbook, for a program; a code's link needs the name of a bot, which a file has not."""
    from bot.reports.form import form
    from bot.reports.workbook import worded

    names = {sheet: page.name for sheet, page in form().pages.items()}
    counts = {
        kind: {names[sheet]: number for sheet, number in getattr(outcome, kind).items()}
        for kind in ("created", "updated", "unchanged")
    }
    return {
        "ok": outcome.ok,
        **counts,
        "problems": [worded(problem, words) for problem in outcome.problems],
        "invitations": [
            {"person": i.person, "name": i.name, "code": i.code, "link": None} for i in outcome.invitations
        ],
    }


def _human(told: Mapping[str, Any], *, checked: bool) -> str:
    from bot.reports.workbook import said

    if not told["ok"]:
        lines = [said(problem) for problem in told["problems"]]
        return "\n".join([*lines, f"{len(lines)} problem(s): nothing was saved"])
    lines = [
        f"{sheet}: {told['created'][sheet]} new, {told['updated'][sheet]} changed, {told['unchanged'][sheet]} as before"
        for sheet in told["created"]
    ]
    if not any(sum(told[kind].values()) for kind in ("created", "updated", "unchanged")):
        lines = ["the workbook holds no lines of its own (the grey examples are not read)"]
    codes = [f"{i['person']}\t{i['name']}\t{i['code']}" for i in told["invitations"]]
    return "\n".join([*lines, *codes, *(["checked only: nothing was saved"] if checked else [])])
