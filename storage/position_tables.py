"""The tables of the neighbourhood: positions and how many are members, marks of branches, places without members."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table

from storage.schema import key, metadata, to

# What a unit said last of one kind of position; "none" stands for: there are no positions here. No names.
positions = Table(
    "positions",
    metadata,
    Column("unit_id", ForeignKey("units.id"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("posts", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("members", Integer, nullable=False),
    Column("said_on", Date, nullable=False),
    Column("said_by", ForeignKey("people.id")),
)

# What sort of place a branch stands in, besides its area; it may bear several marks (marks in positions.yaml).
unit_marks = Table(
    "unit_marks",
    metadata,
    Column("unit_id", ForeignKey("units.id"), primary_key=True),
    Column("mark", String, primary_key=True),
    Index("ix_unit_marks_mark", "mark", "unit_id"),
)

# Places of a commune in which there is no member and which no branch stands for.
places = Table(
    "places",
    metadata,
    key(),
    to("units", index=True),
    Column("name", String, nullable=False),
    # places in positions.yaml.
    Column("kind", String, nullable=False),
    Column("noted_on", Date, nullable=False),
    Column("noted_by", ForeignKey("people.id")),
    # Since when there is a member or a branch, and which branch; None: a member alone, or not yet.
    Column("solved_on", Date),
    Column("branch_id", ForeignKey("units.id")),
)
