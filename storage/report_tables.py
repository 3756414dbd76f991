"""The tables of reports: what was written and handed in, yearly commitments, and what a committee found and decided."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.schema import Moment, key, metadata, to

# One row for each version of a unit's report on a period; a corrected one stands beside the one it takes the place of.
reports = Table(
    "reports",
    metadata,
    key(),
    to("units"),
    # "2026-11", "2026-Q4", "2026-H2", "2026".
    Column("period", String, nullable=False),
    Column("version", Integer, nullable=False),
    # draft, handed_in, returned (sent back by the unit above, with a reason).
    Column("state", String, nullable=False),
    # As the office numbers it: "05" of 05-BC/CB.
    Column("number", String),
    Column("begun_at", Moment, nullable=False),
    Column("handed_in_at", Moment),
    Column("handed_in_by", ForeignKey("people.id")),
    # The figures as they were handed in, as JSON: the paper can be made from them again.
    Column("figures", Text),
    Column("returned_at", Moment),
    Column("returned_by", ForeignKey("people.id")),
    Column("returned_why", String),
    UniqueConstraint("unit_id", "period", "version"),
    Index("ix_reports_period_unit", "period", "unit_id"),
)

# The parts in words: strengths, shortcomings, causes, lessons, measures.
report_parts = Table(
    "report_parts",
    metadata,
    Column("report_id", ForeignKey("reports.id"), primary_key=True),
    Column("part", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("written_by", ForeignKey("people.id")),
    Column("written_at", Moment, nullable=False),
)

# What a unit has put its name to for a year.
commitments = Table(
    "commitments",
    metadata,
    Column("unit_id", ForeignKey("units.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("admissions", Integer, nullable=False),
    Column("sources", Integer, nullable=False),
    Column("signed_on", Date, nullable=False),
)

# Inspections, commendations and reminders to put something right, each with its day and the number of its paper.
oversight = Table(
    "oversight",
    metadata,
    key(),
    to("units", index=True),
    # inspection, commendation, reminder.
    Column("kind", String, nullable=False),
    # unit: the organisation; head: whoever leads it.
    Column("about", String, nullable=False),
    Column("on", Date, nullable=False),
    Column("number", String),
    Column("words", String, nullable=False),
    # What is to be put right: until when, and the day on which it was.
    Column("due_on", Date),
    Column("mended_on", Date),
    Column("written_by", ForeignKey("people.id")),
    # An inspection that was written down before its day, and in short what came of it.
    Column("planned", Boolean, nullable=False, server_default=text("false")),
    Column("result", String),
)
