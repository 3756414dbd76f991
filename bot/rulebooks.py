"""`chibot rules`: what a changed law would move, switching it on, decreed days off, what a unit sets."""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.console import BadInput, day_of, out

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.rules.replay import Shift


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """`rules` with `replay`, `day-off` and `set`."""
    rules = commands.add_parser("rules", help="a changed law, days off by decree, what a unit sets")
    kinds = rules.add_subparsers(dest="kind", required=True, metavar="COMMAND")
    replay = kinds.add_parser("replay", help="open cases whose dates or requirements a changed rulebook would move")
    replay.add_argument("--at", metavar="DATE", help="the day on which requirements are judged (default today)")
    replay.add_argument("--changes", metavar="FILE", type=Path, help="a data file to lay over the rulebook")
    replay.add_argument("--apply", action="store_true", help="switch it on: date all open cases anew, all or nothing")
    replay.add_argument("--json", action="store_true", help="print one JSON document")
    replay.set_defaults(run=_replay)
    day = kinds.add_parser("day-off", help="adds a day off by decree, a day worked instead, or both")
    day.add_argument("--rest", metavar="DATE", help="a day off that would else be worked")
    day.add_argument("--work", metavar="DATE", help="a day worked that would else be off")
    day.add_argument("--name", required=True, help="what it is called where dates are explained")
    day.add_argument("--document", help="number and date of the decree")
    day.add_argument("--json", action="store_true", help="print one JSON document")
    day.set_defaults(run=_day_off)
    setting = kinds.add_parser("set", help="sets something for a unit and the units below it")
    setting.add_argument("name", metavar="NAME", help="for example contact_every_days; a wrong one lists them")
    setting.add_argument("value", metavar="VALUE", help="a whole number, or `default` to leave it to the units above")
    setting.add_argument("--unit", metavar="CODE", required=True, help="the unit's code")
    setting.add_argument("--json", action="store_true", help="print one JSON document")
    setting.set_defaults(run=_set)


def _replay(options: argparse.Namespace) -> None:
    from bot.app import with_database
    from bot.clock import Clock
    from bot.rules.book import load
    from bot.settings import Settings

    text = _changes(options.changes)
    settings = Settings()
    now = Clock(settings.zone).now()
    at = day_of(options.at, load()) if options.at else now.date()

    async def work(database: Any) -> None:
        told = await database.read(lambda connection: _tell(connection, text, at, as_json=options.json))
        moved = None
        if options.apply:
            moved = await database.write(lambda connection: _apply(connection, now, text))
        _end(told, moved, as_json=options.json)

    with_database(settings, work)


def _changes(file: Path | None) -> bytes | None:
    """The text of a changed data file, known to make a sound rulebook."""
    from bot.rules.book import BookError, load

    if file is None:
        return None
    try:
        text = file.read_bytes()
        load(laid_over=[text])
    except OSError as fault:
        raise BadInput(f"{file}: {fault.strerror or 'cannot be read'}") from None
    except (BookError, UnicodeDecodeError) as fault:
        raise BadInput(f"{file}: {fault}") from None
    return text


def _tell(connection: "Connection", text: bytes | None, at: date, *, as_json: bool) -> int:
    """Prints every shift as it is found, however many cases there are; gives their number."""
    from storage.replaying import compared, shifts

    if as_json:
        sys.stdout.write(f'{{"at": "{at.isoformat()}", "moved": [')
    elif not compared(connection):
        sys.stderr.write("chibot: the rulebook of before can no longer be read; only dates are compared\n")
    count = 0
    for count, shift in enumerate(shifts(connection, text, at), 1):
        line = json.dumps(shift_json(shift), ensure_ascii=False) if as_json else _said(shift)
        sys.stdout.write(f"{', ' if as_json and count > 1 else ''}{line}{'' if as_json else chr(10)}")
    return count


def _apply(connection: "Connection", now: Any, text: bytes | None) -> int:
    from bot.rules.book import BookError
    from storage import dues, rulebook

    if text is not None:
        rulebook.switch_on(connection, now, None, text)
    try:
        return dues.refresh_all(connection, now)
    except BookError as fault:
        raise BadInput(f"laid over what was switched on before, the file does not fit: {fault}") from None


def _end(told: int, moved: int | None, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(f'], "applied": {json.dumps(moved)}}}\n')
        return
    lines = [f"{told} dates or requirements would move" if moved is None else f"{moved} cases were dated anew"]
    out("\n".join(lines), as_json=False)


def shift_json(shift: "Shift") -> dict[str, Any]:
    """One shift as plain JSON values."""
    from dataclasses import asdict

    found = asdict(shift)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def _said(shift: "Shift") -> str:
    found = shift_json(shift)
    what = found.get("requirement") or ":".join(filter(None, (found["rule"], found["subject"])))
    return f"{found['case']}  {what}: {found['old'] or '-'} -> {found['new'] or '-'}"


def _day_off(options: argparse.Namespace) -> None:
    from bot.app import with_database
    from bot.clock import Clock
    from bot.rules.book import load
    from bot.rules.lists import Swap
    from bot.settings import Settings

    book, settings = load(), Settings()
    rest, work = (day_of(text, book) if text else None for text in (options.rest, options.work))
    if rest is None and work is None:
        raise BadInput("give --rest DATE, --work DATE or both")
    swap = Swap(rest=rest, work=work, name=options.name, document=options.document)
    now = Clock(settings.zone).now()
    added, moved = with_database(settings, lambda db: db.write(lambda c: _add_day(c, now, swap)))
    said = f"added; {moved} cases were dated anew" if added else "it is there already"
    out({"added": added, "moved": moved} if options.json else said, as_json=options.json)


def _add_day(connection: "Connection", now: Any, swap: Any) -> tuple[bool, int]:
    from storage import dues, rulebook

    touched = dues.touched_by(connection, swap)
    if not rulebook.add_swap(connection, now, None, swap):
        return False, 0
    rules = rulebook.rules_of(connection)
    return True, dues.refresh(connection, now, touched, rules.book, rules.calendar)


def _set(options: argparse.Namespace) -> None:
    from bot.app import with_database
    from bot.clock import Clock
    from bot.rules.book import load
    from bot.settings import Settings

    settings = Settings()
    value, now = _value(options.name, options.value, load()), Clock(settings.zone).now()
    changed, moved = with_database(
        settings, lambda db: db.write(lambda c: _set_for(c, now, options.unit, options.name, value))
    )
    said = f"set; {moved} cases were dated anew" if changed else "it was so already"
    out({"changed": changed, "moved": moved} if options.json else said, as_json=options.json)


def _value(name: str, text: str, book: Any) -> int | None:
    """The value within the bounds of the rulebook; None: the default."""
    known = dict(_bounds(book))
    if name not in known:
        raise BadInput(f"there is no setting {name}; settings: {', '.join(known)}")
    if text == "default":
        return None
    least, most = known[name]
    if not text.lstrip("-").isdecimal() or not least <= int(text) <= most:
        raise BadInput(f"{name} is a whole number from {least} to {most}, or `default`")
    return int(text)


def _bounds(book: Any) -> Iterator[tuple[str, tuple[int, int]]]:
    yield from ((name, (entry.least, entry.most)) for name, entry in book.entries.local.items())
    yield from ((f"profile:{name}", (0, 1)) for name in book.entries.profiles)


def _set_for(connection: "Connection", now: Any, code: str, name: str, value: int | None) -> tuple[bool, int]:
    from storage import dues, rulebook, settings, units

    unit = units.by_code(connection, code)
    if unit is None:
        raise BadInput(f"there is no unit {code}")
    if not settings.set_local(connection, now, None, unit.id, name, value):
        return False, 0
    rules = rulebook.rules_of(connection)
    below = dues.below(connection, unit.path)
    return True, dues.refresh(connection, now, below, rules.book, rules.calendar)
