"""The tables of branch meetings and of who comes to them: plans, what was held, reports, exemptions, absences."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from storage.schema import Moment, key, metadata, to

# How a branch usually meets; its day stands in units.meeting_day.
meeting_habits = Table(
    "meeting_habits",
    metadata,
    Column("unit_id", ForeignKey("units.id"), primary_key=True),
    # "19:30".
    Column("time", String),
    Column("place", String),
)

# A row once something was planned or recorded; an untouched month follows from the habits alone.
meetings = Table(
    "meetings",
    metadata,
    key(),
    to("units"),
    # The first day of the month that it counts for.
    Column("month", Date, nullable=False),
    # regular, thematic.
    Column("kind", String, nullable=False, server_default="regular"),
    Column("on", Date, nullable=False),
    Column("time", String),
    Column("place", String),
    # planned, held, cancelled.
    Column("state", String, nullable=False, server_default="planned"),
    # What a thematic meeting is about: a slug of meetings.yaml.
    Column("theme", String),
    # The day on which the materials were put up.
    Column("materials_on", Date),
    Column("held_on", Date),
    Column("resolution", String),
    Column("resolution_on", Date),
    # The day on which the conclusions were posted.
    Column("conclusions_on", Date),
    # Every change raises it: what was said back and what is saved are of one version.
    Column("version", Integer, nullable=False, server_default=text("1")),
    UniqueConstraint("unit_id", "month", "kind"),
)

# Who came and who did not; before the meeting, who has said that they will not.
attendance = Table(
    "attendance",
    metadata,
    Column("meeting_id", ForeignKey("meetings.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True, index=True),
    # announced (before the meeting), present, online, excused, unexcused.
    Column("state", String, nullable=False),
    # A slug of meetings.yaml; never words of one's own.
    Column("reason", String),
)

# What was discussed: slugs of meetings.yaml.
meeting_items = Table(
    "meeting_items",
    metadata,
    Column("meeting_id", ForeignKey("meetings.id"), primary_key=True),
    Column("kind", String, primary_key=True),
)

# What was reported for a meeting: by whoever helps candidates, and by whoever is in charge of an organisation.
meeting_reports = Table(
    "meeting_reports",
    metadata,
    Column("meeting_id", ForeignKey("meetings.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    # One short line; NULL: "as in the system".
    Column("line", String),
    Column("at", Moment, nullable=False),
)

# Who is in charge of admission work, or of a mass organisation, in a branch.
charges = Table(
    "charges",
    metadata,
    key(),
    to("units", index=True),
    to("people"),
    # A slug of meetings.yaml.
    Column("charge", String, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
)

# What keeps a member from meetings or from voting for a time.
member_states = Table(
    "member_states",
    metadata,
    key(),
    to("units"),
    to("people"),
    # exempt (from work and activities), away, probation (a member without a vote).
    Column("kind", String, nullable=False),
    # Why exempt, or how away: a slug of meetings.yaml.
    Column("reason", String),
    # Away with papers to another branch for a time: only such leave the count of votes.
    Column("introduced", Boolean, nullable=False, server_default=text("false")),
    Column("since", Date, nullable=False),
    # When it ends by the resolution, or when the member is expected back; NULL: not known.
    Column("until", Date),
    Column("resolution", String),
    # The day on which it really ended; NULL: it goes on.
    Column("ended_on", Date),
    Index("ix_member_states_unit_open", "unit_id", "ended_on"),
)
