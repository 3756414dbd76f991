"""What a branch takes along when it is merged into another one and is not moved with its cases: its marks."""

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy import insert as plain_insert

from storage import history
from storage.tables import unit_marks


def marks(connection: Connection, at: datetime, actor: int | None, unit: int, into: int) -> None:
    """The branch that takes another one in bears the marks of both."""
    held = {
        number: set(connection.execute(select(unit_marks.c.mark).where(unit_marks.c.unit_id == number)).scalars())
        for number in (unit, into)
    }
    for mark in sorted(held[unit] - held[into]):
        connection.execute(plain_insert(unit_marks).values(unit_id=into, mark=mark))
        history.record(connection, at, actor, "branch.mark", f"unit:{into}", into, None, {"mark": mark})
