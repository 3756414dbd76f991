"""The rulebook and the calendar in use: the data files, with what the office has switched on or added since."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Connection, select
from sqlalchemy import insert as plain_insert

from bot.rules.book import Rulebook, load, load_texts, texts_of
from bot.rules.lists import Swap
from bot.rules.replay import Rules
from bot.rules.workdays import WorkCalendar
from storage import history
from storage.prepared import Prepared
from storage.tables import rule_files, rulebooks, swaps

# Counted when a calendar is made, so that threads which share it find it whole. Other years are counted when asked for.
COUNTED = (date(2010, 1, 1), date(2045, 1, 1))
_FILES = Prepared(select(rule_files.c.digest).order_by(rule_files.c.id))
_SWAPS = Prepared(select(swaps.c.rest, swaps.c.work, swaps.c.name, swaps.c.document).order_by(swaps.c.id))
_BOOKS: dict[tuple[str, ...], Rulebook] = {}


def book_of(connection: Connection) -> Rulebook:
    """The rulebook in use; read anew only when a changed file has been switched on."""
    digests = tuple(row.digest for row in _FILES.rows(connection, {}))
    if digests not in _BOOKS:
        _BOOKS[digests] = load(laid_over=switched_on(connection))
    return _BOOKS[digests]


def calendar_of(connection: Connection, book: Rulebook) -> WorkCalendar:
    """The working days by the rulebook and the office's own swaps; counted anew only when these have changed."""
    return _calendar(book, tuple(tuple(row) for row in _SWAPS.rows(connection, {})))


def rules_of(connection: Connection) -> Rules:
    """Rulebook and calendar in use."""
    book = book_of(connection)
    return Rules(book, calendar_of(connection, book))


@lru_cache(maxsize=8)
def _calendar(book: Rulebook, rows: tuple[tuple[date | None, date | None, str, str | None], ...]) -> WorkCalendar:
    extra = [Swap(rest=rest, work=work, name=name, document=document) for rest, work, name, document in rows]
    calendar = WorkCalendar(book.entries.holidays, extra)
    calendar.between(*COUNTED)
    return calendar


def switched_on(connection: Connection) -> list[bytes]:
    """The changed data files that were switched on, in order."""
    found = connection.execute(select(rule_files.c.text).order_by(rule_files.c.id)).scalars()
    return [text.encode() for text in found]


def switch_on(connection: Connection, at: datetime, actor: int | None, text: bytes) -> bool:
    """Keeps a changed data file as part of the rulebook; False when it is part of it already."""
    digest = hashlib.sha256(text).hexdigest()
    if connection.execute(select(rule_files.c.id).where(rule_files.c.digest == digest)).first():
        return False
    connection.execute(plain_insert(rule_files).values(digest=digest, text=text.decode(), at=at))
    history.record(connection, at, actor, "rules.switch_on", "rules", None, None, {"file": digest[:16]})
    return True


@dataclass(frozen=True, slots=True)
class InUse:
    """The rulebook by which the stored dates were worked out. `book` None: its texts can no longer be read."""

    digest: str
    book: Rulebook | None


def in_use(connection: Connection) -> InUse | None:
    """By which rulebook the stored dates were worked out; None: nothing was worked out yet."""
    row = connection.execute(select(rulebooks).order_by(rulebooks.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    try:
        return InUse(row.digest, load_texts(tuple(text.encode() for text in json.loads(row.texts))))
    except ValueError:
        return InUse(row.digest, None)


def worked_out(connection: Connection) -> str | None:
    """The digest of the rulebook by which the stored dates were worked out; None: nothing was worked out yet."""
    return connection.execute(select(rulebooks.c.digest).order_by(rulebooks.c.id.desc()).limit(1)).scalar()


def note_in_use(connection: Connection, at: datetime) -> None:
    """From now on the stored dates are those of the rulebook in use."""
    book = book_of(connection)
    if worked_out(connection) != book.digest:
        texts = [text.decode() for text in texts_of(laid_over=switched_on(connection))]
        values = {"digest": book.digest, "texts": json.dumps(texts, ensure_ascii=False), "at": at}
        connection.execute(plain_insert(rulebooks).values(**values))


def add_swap(connection: Connection, at: datetime, actor: int | None, swap: Swap) -> bool:
    """Adds a decreed day; False when it is there already. `dues.touched_by` says whose dates it moves."""
    known = select(swaps.c.id).where(swaps.c.rest == swap.rest, swaps.c.work == swap.work)
    if connection.execute(known).first():
        return False
    values = {"rest": swap.rest, "work": swap.work, "name": swap.name, "document": swap.document}
    connection.execute(plain_insert(swaps).values(**values, person_id=actor, at=at))
    history.record(connection, at, actor, "calendar.add", "calendar", None, None, values)
    return True


def swaps_of(connection: Connection) -> Sequence[Swap]:
    """The decreed days that the office has added."""
    return [Swap(rest=r.rest, work=r.work, name=r.name, document=r.document) for r in _SWAPS.rows(connection, {})]
