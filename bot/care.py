"""`chibot backup`, `chibot restore` and `chibot verify`: keeping a database, getting it back, knowing it is whole."""

import argparse
import asyncio
from pathlib import Path
from typing import Any

from bot.console import BadInput, Fault, out
from bot.settings import Settings
from storage import copies
from storage.copies import Examined
from storage.database import connect, file_of, shown

_DUMP = "this database is on PostgreSQL, which brings its own tools: use pg_dump and pg_restore"


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """`backup`, `restore` and `verify`."""
    backup = commands.add_parser("backup", help="a consistent copy of the database, while it is in use")
    backup.add_argument("file", metavar="FILE", type=Path, help="where the copy is written")
    backup.add_argument("--force", action="store_true", help="put the copy in the place of an older FILE")
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="puts a copy in the place of the database")
    restore.add_argument("file", metavar="FILE", type=Path, help="a copy that `chibot backup` wrote")
    restore.set_defaults(run=_restore)
    verify = commands.add_parser("verify", help="whether the database is whole and its history untouched")
    verify.add_argument("file", metavar="FILE", type=Path, nargs="?", help="a copy to look through instead")
    verify.set_defaults(run=_verify)
    for command in (backup, restore, verify):
        command.add_argument("--json", action="store_true", help="print one JSON document")


def _backup(options: argparse.Namespace) -> int:
    database, target = _embedded(Settings()), options.file
    if not database.exists():
        raise BadInput(f"there is no database at {database} yet")
    _folder_of(target)
    if target.is_dir():
        raise BadInput(f"{target} is a folder; name a file")
    if target.exists() and target.samefile(database):
        raise BadInput(f"{target} is the database itself")
    if target.exists() and not options.force:
        raise BadInput(f"{target} is there already; --force writes over it")
    try:
        found = copies.backup(database, target)
    except copies.Damaged as damage:
        raise Fault(f"the database cannot be copied: {damage}") from damage
    _show(options, {"file": str(target)}, found, f"{target}: {found.bytes} bytes")
    if found.problems:
        raise Fault(f"the copy was written, but so is the damage of the database: {found.problems[0]}")
    return 0


def _restore(options: argparse.Namespace) -> int:
    database, source = _embedded(Settings()), options.file
    _readable(source)
    _folder_of(database)
    if database.exists() and source.samefile(database):
        raise BadInput(f"{source} is the database itself")
    try:
        found, before = copies.restore(database, source)
    except copies.Damaged as damage:
        raise Fault(f"{source} is damaged, so nothing was changed: {damage}") from damage
    except copies.InUse as use:
        raise Fault("another process holds the database; stop `chibot run` first, nothing was changed") from use
    kept = {"database": str(database), "before": str(before) if before else None}
    words = f"{database} is now what {source} was" + (f"; what it was before is in {before}" if before else "")
    _show(options, kept, found, words)
    return 0


def _verify(options: argparse.Namespace) -> int:
    settings = Settings()
    file = options.file or file_of(settings.database_url)
    if file is None:
        name, found = shown(settings.database_url), asyncio.run(_ask(settings.database_url))
    else:
        if options.file is None and not file.exists():
            raise BadInput(f"there is no database at {file} yet")
        _readable(file)
        name, found = str(file), copies.examine(file)
    _show(options, {"database": name}, found, f"{name} is whole" if not found.problems else "")
    if found.problems:
        more = f" (and {len(found.problems) - 1} more)" if len(found.problems) > 1 else ""
        raise Fault(f"{name}: {found.problems[0]}{more}")
    return 0


async def _ask(url: str) -> Examined:
    """A server keeps its own pages and keys whole; what it cannot know is whether the history is untouched."""
    database = await connect(url)
    try:
        return await database.read(copies.look_through)
    finally:
        await database.close()


def _show(options: argparse.Namespace, head: dict[str, Any], found: Examined, words: str) -> None:
    """One JSON document, or a sentence with the count and the last seal of the history."""
    if options.json:
        out(head | _plain(found), as_json=True)
    elif words and found.chain:
        out(f"{words}\nhistory: {found.chain.lines} lines, last seal {found.chain.seal}", as_json=False)


def _plain(found: Examined) -> dict[str, Any]:
    chain = found.chain
    broken = chain.broken if chain else None
    history = None
    if chain is not None:
        first = broken and {
            "line": broken.id,
            "at": broken.at.isoformat(),
            "action": broken.action,
            "subject": broken.subject,
        }
        history = {"lines": chain.lines, "seal": chain.seal, "broken": first}
    return {
        "ok": not found.problems,
        "problems": list(found.problems),
        "revision": found.revision,
        "bytes": found.bytes,
        "history": history,
    }


def _embedded(settings: Settings) -> Path:
    file = file_of(settings.database_url)
    if file is None:
        raise BadInput(_DUMP)
    return file


def _readable(file: Path) -> None:
    if not file.is_file():
        raise BadInput(f"there is no file {file}")


def _folder_of(file: Path) -> None:
    if not file.absolute().parent.is_dir():
        raise BadInput(f"there is no folder {file.absolute().parent}")
