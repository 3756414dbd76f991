"""What all tables are made with: how a moment is kept, and how keys and references are named."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, TypeDecorator, text
from sqlalchemy.engine import Dialect


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as whole milliseconds since 1970 UTC: every database orders it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Milliseconds; a naive datetime is a fault of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return int(value.timestamp() * 1000)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The moment in UTC."""
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key() -> Column[int]:
    """The number by which other rows refer to a row."""
    return Column("id", Integer, primary_key=True, autoincrement=True)


def to(table: str, *, null: bool = False, index: bool = False) -> Column[int]:
    """A reference to a unit, a person or a candidate."""
    name = {"units": "unit_id", "people": "person_id", "candidates": "candidate_id"}[table]
    return Column(name, ForeignKey(f"{table}.id"), nullable=null, index=index)


def part_index(name: str, *columns: str, where: str) -> Index:
    """An index of some rows only. A statement that repeats the words of `where` is read through it.

    PostgreSQL has the same one from the migrations; to name its dialect here costs every process 3 MB.
    """
    return Index(name, *columns, sqlite_where=text(where))
