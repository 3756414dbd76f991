"""`chibot ask` and `chibot answers`: answers without a chat, and the office's own answers as files."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from bot.console import BadInput, Fault, out
from bot.settings import Settings


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """`ask` and `answers`."""
    ask = commands.add_parser("ask", help="one answer with its source")
    ask.add_argument("question", metavar="QUESTION", nargs="?", help="the question; with --json, - reads lines")
    ask.add_argument("--json", action="store_true", help="print JSON")
    ask.set_defaults(run=_ask)
    answers = commands.add_parser("answers", help="the answers that the office has written")
    what = answers.add_subparsers(dest="what", required=True, metavar="WHAT")
    export = what.add_parser("export", help="writes them as article files")
    export.add_argument("folder", metavar="DIR", type=Path, help="where to; made if it is not there")
    export.add_argument("--json", action="store_true", help="print one JSON document")
    export.set_defaults(run=_export)


def _ask(options: argparse.Namespace) -> None:
    from bot.clock import Clock
    from bot.knowledge.facts import numbers
    from bot.knowledge.lines import line_of
    from bot.knowledge.taught import know

    many = options.question in (None, "-")
    if many and not options.json:
        raise BadInput("give a question, or `--json -` to read one question a line")
    if not many and not options.question.strip():
        raise BadInput("the question is empty")
    settings = Settings()
    lessons, book = _kept(settings)
    known = know(lessons, numbers(book, Clock(settings.zone).now().date()))
    if many:
        for line in sys.stdin:
            if question := line.strip():
                out(line_of(question, known.answer(question)), as_json=True)
                sys.stdout.flush()
        return
    found = known.answer(options.question)
    if options.json:
        out(line_of(options.question, found), as_json=True)
    else:
        out(_said(found, known), as_json=False)


def _said(found: Any, known: Any) -> str:
    """The answer as lines: its text, its sources, and what may be asked next."""
    sources = [
        f"[{source.number}, {source.date:%d/%m/%Y}{', ' if source.article else ''}{source.article}]"
        for source in found.citations
    ]
    return "\n".join([found.text, *sources, *(f"> {known.title(topic)}" for topic in found.suggestions)])


def _kept(settings: Settings) -> Any:
    """The office's lessons and rulebook, if there is a database with them; nothing is made or brought up to date."""
    from storage.database import file_of

    file = file_of(settings.database_url)
    if file is None:
        return asyncio.run(_on_server(settings.database_url))
    return _in_file(file) if file.is_file() else _shipped()


def _shipped() -> Any:
    from bot.knowledge.taught import Lessons
    from bot.rules.book import load

    return Lessons(), load()


def _read(connection: Any) -> Any:
    from storage import lessons, rulebook

    return (lessons.learnt(connection), rulebook.book_of(connection)) if lessons.there(connection) else _shipped()


def _in_file(file: Path) -> Any:
    from storage.files import looking_at

    try:
        with looking_at(file) as connection:
            return _read(connection)
    except Exception as error:
        raise Fault(f"the database {file} cannot be read: {type(error).__name__}; see `chibot doctor`") from error


async def _on_server(url: str) -> Any:
    from storage.database import connect

    database = await connect(url)
    try:
        return await database.read(_read)
    except Exception as error:
        raise Fault(f"the database cannot be reached: {type(error).__name__}; see `chibot doctor`") from error
    finally:
        await database.close()


def _export(options: argparse.Namespace) -> None:
    from bot.knowledge.exports import files

    settings, folder = Settings(), options.folder
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file; give a folder")
    written = []
    for name, content in files(_kept(settings)[0]):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
        written.append(name)
    words = "\n".join(written) or "the office has taught nothing yet"
    out({"folder": str(folder), "files": written} if options.json else words, as_json=options.json)
