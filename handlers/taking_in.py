"""Importing in the chat: the office sends its workbook, sees what would change, and has it taken in, all or nothing."""

import hashlib
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from bot.chat import Choice, Document, File, Reading, Refusal, Reply
from bot.reports.lines import SHEETS, Workbook
from bot.vietnamese.fold import fold
from handlers.commands import Context, command, form
from handlers.ways import yes_and_no
from handlers.workbooks import words_of_workbook
from storage import imports
from storage.imports import Outcome

FORM = "import"
MOST_BYTES = 10 * 1024 * 1024
TEMPLATE = "mau"
SHOWN, LINE = 4, 150


@dataclass(frozen=True, slots=True)
class Read:
    """A workbook as read, and a mark of the file: the one that is taken in must be the one that was looked at."""

    book: Workbook
    mark: str


@command("nhap")
def take_in(context: Context, words: str) -> Reply:
    """How to send the workbook; "mau" gives the empty one; "7 ghi" takes in the file of form 7."""
    if not context.me.may("import_workbook"):
        raise Refusal("access.not_your_role")
    number, _, verb = words.partition(" ")
    if context.typed:
        # A messenger without buttons carries no files either.
        raise Refusal("imports.not_here", channel=context.incoming.address.channel)
    if words == TEMPLATE:
        return Reply("imports.template", {}, _ways(), later=_template)
    if verb == "ghi":
        return _agreed(context, number)
    return Reply("imports.how", {}, _ways())


def _ways() -> list[list[Choice]]:
    return [[Choice("empty_workbook", f"/nhap {TEMPLATE}"), Choice("filled_workbook", "/xuat")]]


def _template() -> File:
    from bot.reports.filled import MEDIA_TYPE
    from bot.reports.template import template

    return File("mau-danh-sach.xlsx", template(words_of_workbook()), MEDIA_TYPE)


def arrived(context: Context, document: Document) -> Reply:
    """A workbook has come: it is fetched and read once this is said, and then shown."""
    if document.size > MOST_BYTES:
        raise Refusal("imports.too_large", _ways(), most=MOST_BYTES // 1024 // 1024)
    return Reply("imports.reading", {}, reading=Reading(document, _read, partial(_look, document=document)))


def _read(content: bytes) -> Read:
    from bot.reports.workbook import read_workbook

    return Read(read_workbook(content, words_of_workbook()), hashlib.sha256(content).hexdigest())


def _steps() -> list[str]:
    return list(words_of_workbook()["steps"])


def _look(context: Context, found: Read, document: Document) -> Reply:
    """What taking it in would do, or what is wrong with it; nothing is written."""
    if not context.me.may("import_workbook"):
        raise Refusal("access.not_your_role")
    outcome = imports.check(context.connection, context.now, found.book, _steps(), context.me)
    if outcome.problems:
        return _problems(outcome)
    values = _counts(outcome)
    if not values["new"] and not values["changed"]:
        return Reply("imports.nothing_new", values, _ways())
    number = context.begin_form(FORM, document=asdict(document), mark=found.mark).number
    return Reply("imports.check", values, [[Choice("take_in", f"/nhap {number} ghi"), Choice("drop", "/huy")]])


def _counts(outcome: Outcome) -> dict[str, Any]:
    from bot.reports.form import form as workbook_form

    pages = workbook_form().pages
    rows = [
        {
            "sheet": pages[sheet].name,
            "created": outcome.created[sheet],
            "updated": outcome.updated[sheet],
            "unchanged": outcome.unchanged[sheet],
        }
        for sheet in SHEETS
    ]
    told = [row for row in rows if any(row[name] for name in ("created", "updated", "unchanged"))]
    return {"rows": told, "new": sum(outcome.created.values()), "changed": sum(outcome.updated.values())}


def _problems(outcome: Outcome) -> Reply:
    from bot.reports.workbook import said, worded

    words = words_of_workbook()
    lines = [said(worded(problem, words)) for problem in outcome.problems[:SHOWN]]
    short = [line if len(line) <= LINE else line[: LINE - 1].rstrip() + "\u2026" for line in lines]
    values = {"lines": short, "count": len(outcome.problems), "more": len(outcome.problems) - len(short)}
    return Reply("imports.problems", values, _ways())


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """Yes or no under what would change."""
    found = context.open_form(FORM)
    if found is not None and fold(text) in yes_and_no()["agree"]:
        return _agreed(context, str(found.number))
    context.close_form()
    return Reply("conversation.cancelled")


def _agreed(context: Context, number: str) -> Reply:
    """Fetches the file once more, for it was not kept, and takes it in."""
    found = context.open_form(FORM)
    if found is None or str(found.number) != number or not context.me.may("import_workbook"):
        raise Refusal("conversation.old_button")
    document = Document(**found.data["document"])
    then = partial(_write, number=found.number)
    return Reply("imports.writing", {}, reading=Reading(document, _read, then))


def _write(context: Context, found: Read, number: int) -> Reply:
    waiting = context.open_form(FORM)
    if waiting is None or waiting.number != number or not context.me.may("import_workbook"):
        raise Refusal("conversation.old_button")
    if waiting.data["mark"] != found.mark:
        raise Refusal("imports.another_file")
    context.close_form()
    outcome = imports.take_in(context.connection, context.now, found.book, _steps(), context.me, invite=False)
    if outcome.problems:
        return _problems(outcome)
    rows = [[Choice("manage_people", "/moi")]] if outcome.created["people"] else []
    return Reply("imports.done", {**_counts(outcome), "people": outcome.created["people"]}, rows)
