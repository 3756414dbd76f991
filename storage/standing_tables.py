"""The tables of figures: summaries that every write keeps right, exits from the Party, more targets."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, text

from storage.schema import key, metadata, to

# How much of what there is in a unit and everything below it; rows of 0 need not be there.
# slot: 0 for what is so today, else the year 2026, the month 202611 or the day 20261118.
tallies = Table(
    "tallies",
    metadata,
    Column("unit_id", ForeignKey("units.id"), primary_key=True),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("what", String, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Members who left the Party: of a case, or a number that the office entered for a unit.
exits = Table(
    "exits",
    metadata,
    key(),
    to("units", index=True),
    Column("candidate_id", ForeignKey("candidates.id"), unique=True),
    # A kind of discipline that ends membership (discipline in life.yaml).
    Column("kind", String, nullable=False),
    Column("on", Date, nullable=False),
    Column("count", Integer, nullable=False, server_default=text("1")),
    Column("person_id", ForeignKey("people.id")),
)

# What one member, or one mass organisation of a unit, is to reach. quarter 0: the whole year.
more_targets = Table(
    "more_targets",
    metadata,
    to("units"),
    # "person:40", or "organisation:youth_union".
    Column("whose", String, nullable=False),
    Column("year", Integer, nullable=False),
    Column("quarter", Integer, nullable=False),
    Column("admissions", Integer),
    Column("sources", Integer),
    Index("uq_more_targets", "unit_id", "whose", "year", "quarter", unique=True),
)
