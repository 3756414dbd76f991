"""The table of paces: how long cases stayed in each step, gathered once a day for each unit that was asked about."""

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, Text

from storage.schema import metadata

paces = Table(
    "paces",
    metadata,
    Column("unit_id", ForeignKey("units.id"), primary_key=True),
    # Of branches of this area only; empty for all.
    Column("area", String, primary_key=True),
    Column("step", String, primary_key=True),
    Column("following", String, primary_key=True),
    # How many cases stand behind it, and their days, shortest first, thinned out to at most 99, as JSON.
    Column("cases", Integer, nullable=False),
    Column("days", Text, nullable=False),
)

# The day on which a unit's rows were last gathered; there may be no rows.
pace_days = Table(
    "pace_days",
    metadata,
    Column("unit_id", ForeignKey("units.id"), primary_key=True),
    Column("worked_out_on", Date, nullable=False),
)
