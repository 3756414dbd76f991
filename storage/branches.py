"""Pages of open branches that fulfil a condition, by name; the statements are prepared once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from storage.prepared import Prepared
from storage.sight import WITHIN, place
from storage.tables import units
from storage.units import COLUMNS, Unit

# More branches than there are.
_ALL = 1_000_000


class Branches:
    """The open branches at or below a unit that fulfil a condition with named parameters, by name."""

    def __init__(self, condition: ColumnElement[bool]) -> None:
        wanted = (units.c.closed_on.is_(None), units.c.kind == "branch", WITHIN, condition)
        self._count = Prepared(select(func.count().label("number")).select_from(units).where(*wanted))
        page = select(*COLUMNS).where(*wanted).order_by(units.c.ordered, units.c.id)
        self._page = Prepared(page.limit(bindparam("most")).offset(bindparam("skip")))

    def page(
        self, connection: Connection, unit: Unit, values: Mapping[str, Any], skip: int = 0, most: int = 5
    ) -> tuple[list[Unit], int]:
        """A page of them, and how many there are; `most` 0 only counts."""
        given = {**values, **place(unit.path)}
        count = int(self._count.first(connection, given)[0])
        if not count or not most:
            return [], count
        return [Unit(*row) for row in self._page.rows(connection, {**given, "most": most, "skip": skip})], count

    def every(self, connection: Connection, unit: Unit, values: Mapping[str, Any]) -> list[Unit]:
        """All of them, in one statement."""
        given = {**values, **place(unit.path), "most": _ALL, "skip": 0}
        return [Unit(*row) for row in self._page.rows(connection, given)]
