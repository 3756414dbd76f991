"""What a changed rulebook would move: stored dates against those it gives, read piece by piece."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection, bindparam, select

from bot.rules.book import load
from bot.rules.deadlines import dues as running
from bot.rules.replay import KeptDue, MovedRequirement, Rules, Shift, moved_dates, replay
from storage import dues, rulebook
from storage.facts import known
from storage.tables import dues as rows

_KEPT = select(rows.c.candidate_id, rows.c.rule, rows.c.subject, rows.c.due_on, rows.c.version).where(
    rows.c.candidate_id.in_(bindparam("wanted", expanding=True)), rows.c.closed_at.is_(None)
)


def compared(connection: Connection) -> bool:
    """Whether requirements can be compared: the rulebook that the stored dates go by can still be read."""
    before = rulebook.in_use(connection)
    return before is not None and before.book is not None


def shifts(connection: Connection, changes: bytes | None, at: date) -> Iterator[Shift]:
    """All that would move in open cases, some hundred cases at a time: dates first, then requirements.

    `changes`: a data file that is not switched on yet.

    `at`: the day requirements are judged on. Memory does not grow with the cases.
    """
    laid_over = [*rulebook.switched_on(connection), *([changes] if changes else [])]
    book = load(laid_over=laid_over)
    new = Rules(book, rulebook.calendar_of(connection, book))
    before = rulebook.in_use(connection)
    old = Rules(before.book, rulebook.calendar_of(connection, before.book)) if before and before.book else new
    for ids in dues.pieces(dues.open_cases(connection)):
        cases = known(connection, ids)
        kept = _kept(connection, ids)
        for case in cases:
            yield from moved_dates(case.facts.id, kept[case.id], running(case.facts, new.book, new.calendar))
        if old is not new:
            moved = replay((case.facts for case in cases), old, new, at)
            yield from (shift for shift in moved if isinstance(shift, MovedRequirement))


def _kept(connection: Connection, ids: list[int]) -> dict[int, list[KeptDue]]:
    found: dict[int, list[KeptDue]] = defaultdict(list)
    for row in connection.execute(_KEPT, {"wanted": ids}):
        found[row.candidate_id].append(KeptDue(row.rule, row.subject, row.due_on, row.version))
    return found
