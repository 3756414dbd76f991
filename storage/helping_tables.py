"""The tables of looking after: help given to branches, remarks upon new members, and the plan of a term."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table

from storage.schema import key, metadata, to

# Each time that somebody of the committee helped a branch.
help_visits = Table(
    "help_visits",
    metadata,
    key(),
    to("units"),
    # Who helped.
    to("people"),
    # meeting, sources, dossiers, secretary, other.
    Column("kind", String, nullable=False),
    Column("on", Date, nullable=False),
    # One short line; needed for other.
    Column("words", String),
    Column("next_on", Date),
    # kept, undone.
    Column("state", String, nullable=False, server_default="kept"),
    Column("written_by", ForeignKey("people.id")),
    Index("ix_help_visits_unit_on", "unit_id", "on"),
    Index("ix_help_visits_on", "on"),
)

# That a new member was remarked upon, when and by whom; never what was said.
member_remarks = Table(
    "member_remarks",
    metadata,
    key(),
    to("candidates", index=True),
    to("people"),
    Column("on", Date, nullable=False),
    # kept, undone.
    Column("state", String, nullable=False, server_default="kept"),
    Column("written_by", ForeignKey("people.id")),
)

# What a unit has set out to reach in a term of several years, and what it reached in the term before.
term_plans = Table(
    "term_plans",
    metadata,
    Column("unit_id", ForeignKey("units.id"), primary_key=True),
    Column("first_year", Integer, primary_key=True, autoincrement=False),
    Column("last_year", Integer, nullable=False),
    # The document: its number, day and title.
    Column("number", String),
    Column("on", Date),
    Column("title", String),
    Column("admissions", Integer),
    Column("sources", Integer),
    # In the term before.
    Column("admissions_before", Integer),
    Column("sources_before", Integer),
)
