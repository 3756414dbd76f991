"""The tables of the reminders: what is owed to whom, when a unit is looked at next, what a person has set."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table, UniqueConstraint, text

from storage.schema import key, metadata, part_index, to

_OPEN = "state IN ('owed', 'said')"
_OF_UNIT = f"unit_id IS NOT NULL AND {_OPEN}"
_OWED = "state = 'owed'"
_SENT = "outbox_id IS NOT NULL"

# One thing that one person is to be told. No name and no words: the line is written when it is sent.
notices = Table(
    "notices",
    metadata,
    key(),
    # "kind:subject:due date:recipient:stage": said once, whatever happens.
    Column("key", String, nullable=False),
    to("people"),
    # As whom the person is told: helper, secretary, …
    Column("role", String, nullable=False),
    Column("kind", String, nullable=False),
    # Days after the date as in the data, or "moved": the date is another one now.
    Column("stage", String, nullable=False),
    Column("due_id", ForeignKey("dues.id")),
    # Whom it is about, where it is about somebody.
    to("candidates", null=True),
    Column("unit_id", ForeignKey("units.id")),
    # Within the unit: "2026-12" of a meeting, the number of a person.
    Column("subject", String, nullable=False, server_default=""),
    Column("due_on", Date, nullable=False),
    # The date that was told before, where it has moved.
    Column("was_on", Date),
    # Who asked, or put it off; only where somebody did.
    Column("by_id", ForeignKey("people.id")),
    # Smaller is more urgent.
    Column("rank", Integer, nullable=False),
    # 0 with the morning's list, 1 the same day, 2 at once.
    Column("haste", Integer, nullable=False, server_default=text("0")),
    Column("created_on", Date, nullable=False),
    Column("snoozed_until", Date),
    # owed, said, done (somebody has done it), cleared (it no longer concerns this person).
    Column("state", String, nullable=False, server_default="owed"),
    # The message that it was said in; kept, so that this can be edited when the thing is done.
    Column("outbox_id", Integer),
    Column("edit_due", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("key"),
    part_index("ix_notices_person", "person_id", where=_OPEN),
    part_index("ix_notices_due", "due_id", where=_OPEN),
    part_index("ix_notices_unit", "unit_id", where=_OF_UNIT),
    part_index("ix_notices_owed", "person_id", "haste", where=_OWED),
    part_index("ix_notices_outbox", "outbox_id", where=_SENT),
    part_index("ix_notices_edit", "outbox_id", where="edit_due"),
)

# When what stands before a unit is worked out next; a unit without a row is looked at by the next round.
unit_looks = Table(
    "unit_looks",
    metadata,
    Column("unit_id", ForeignKey("units.id"), primary_key=True),
    Column("look_on", Date, nullable=False, index=True),
)

# What a person has set: digest_hour, quiet_from, quiet_until (minutes of the office's day).
person_settings = Table(
    "person_settings",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", Integer, nullable=False),
)
