"""What would be said on a day if nothing changed until then: worked out in a transaction that is taken back."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, delete, func, literal, select, update

from storage import due_round, notices, unit_round
from storage.looks import LOOK_NOW
from storage.notices import Notice
from storage.tables import dues, unit_looks
from storage.tables import notices as notice_rows

_DAY = timedelta(days=1)


class Preview(Exception):  # noqa: N818  (it carries a result out of a transaction that is taken back)
    """Raised with what was found, so that nothing of the work is kept."""

    def __init__(self, found: Sequence[object]) -> None:
        super().__init__()
        self.found = found


def on(connection: Connection, day: date, today: date, tell: Callable[[Connection, date, Notice], object]) -> None:
    """Ends with Preview: what `tell` makes of each notice of that day, by person and urgency.

    Everything before it has been said by then; for today, what was said today is among it.
    """
    _forget_since(connection, day)
    if day > today:
        _rounds(connection, day - _DAY)
    waits = notice_rows.c.snoozed_until >= day
    earlier = (notices.OWED, notice_rows.c.created_on < day, ~func.coalesce(waits, literal(False)))
    connection.execute(update(notice_rows).where(*earlier).values(state="said"))
    _rounds(connection, day)
    owed = connection.execute(
        select(notice_rows.c.id).where(notices.ready(day)).order_by(notice_rows.c.person_id, notice_rows.c.rank)
    )
    found = [notices.by_id(connection, number) for number in owed.scalars()]
    raise Preview([tell(connection, day, notice) for notice in found if notice is not None])


def _forget_since(connection: Connection, day: date) -> None:
    """Back to how it stood before that day."""
    later = notice_rows.c.created_on >= day
    about = select(notice_rows.c.due_id).where(later, notice_rows.c.due_id.is_not(None))
    connection.execute(update(dues).where(dues.c.id.in_(about)).values(next_look_on=LOOK_NOW))
    connection.execute(delete(notice_rows).where(later))
    connection.execute(update(unit_looks).values(look_on=LOOK_NOW))


def _rounds(connection: Connection, day: date) -> None:
    while due_round.look(connection, day) >= due_round.BATCH:
        pass
    connection.execute(update(unit_looks).values(look_on=LOOK_NOW))
    while unit_round.look(connection, day) >= unit_round.BATCH:
        pass
