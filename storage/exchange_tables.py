"""The tables of what units and their committee tell each other: announcements, difficulties, the survey of sources."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text, text

from storage.schema import Moment, key, metadata, part_index, to

announcements = Table(
    "announcements",
    metadata,
    key(),
    # The form it was written in: a button pressed twice announces once.
    Column("key", String, nullable=False, unique=True),
    Column("text", Text, nullable=False),
    # The document that it is about: number, date and address; each may be missing.
    Column("number", String),
    Column("document_on", Date),
    Column("link", String),
    to("people", index=True),
    # In whose name, and how many units below were chosen.
    to("units", index=True),
    Column("at", Moment, nullable=False),
    # sent, withdrawn.
    Column("state", String, nullable=False),
    # Every correction raises it; the messages of each version have keys of their own.
    Column("version", Integer, nullable=False, server_default=text("1")),
    # When those who have not read it are told once more; None: they have been, or everybody has read.
    Column("repeat_on", Date),
    part_index("ix_announcements_repeat_on", "repeat_on", where="repeat_on IS NOT NULL"),
)

# Whom an announcement was for, by the unit through which each was reached.
announcement_readers = Table(
    "announcement_readers",
    metadata,
    Column("announcement_id", ForeignKey("announcements.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    to("units"),
    Column("read_at", Moment),
)

difficulties = Table(
    "difficulties",
    metadata,
    key(),
    Column("key", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("words", Text, nullable=False),
    Column("candidate_id", ForeignKey("candidates.id"), index=True),
    to("units", index=True),
    # Who raised it.
    to("people", index=True),
    # branch, supervisor, office: whom it was meant for, and with whom it is now.
    Column("asked_level", String, nullable=False),
    Column("level", String, nullable=False),
    # open, handling, answered, closed, handed_up (waits one level higher).
    Column("state", String, nullable=False),
    Column("raised_on", Date, nullable=False),
    # Since when it waits at its level.
    Column("since", Date, nullable=False),
    Column("handled_by", ForeignKey("people.id")),
    Column("answer", Text),
    Column("answered_on", Date),
    Column("closed_on", Date),
    part_index("ix_difficulties_waiting", "unit_id", "since", where="state IN ('open', 'handling', 'handed_up')"),
)

# How ripe each source was found in a quarter: one row for each that was looked at.
source_surveys = Table(
    "source_surveys",
    metadata,
    Column("candidate_id", ForeignKey("candidates.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("quarter", Integer, primary_key=True, autoincrement=False),
    # The branch it belonged to then.
    to("units"),
    # ready, developing, unlikely.
    Column("ripeness", String, nullable=False),
    Column("note", Text),
    to("people"),
    Column("at", Moment, nullable=False),
    Index("ix_source_surveys_unit", "unit_id", "year", "quarter"),
)
