"""The table of choices: what a number means in a chat on a messenger without buttons."""

from sqlalchemy import Column, Integer, String, Table, Text

from storage.schema import Moment, metadata

choices = Table(
    "choices",
    metadata,
    Column("channel", String, primary_key=True),
    Column("address", String, primary_key=True),
    # The row of the outbox that offered them last. Whoever answers takes up the same row as its message.
    Column("outbox_id", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    # [[mark, what it sends, hash of its label], …] as JSON: labels may hold names, so they are not kept.
    Column("marks", Text, nullable=False),
    # What was on offer before this, in the same shape with its row and moment; null: nothing.
    Column("before", Text),
)
