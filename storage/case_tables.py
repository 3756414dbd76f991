"""The tables of the rulebook at work: what is known of a case, what changed, when it is due, what a unit has set."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from storage.schema import Moment, key, metadata, part_index, to

# Days of events (events of steps.yaml), each with the number of the paper that stands behind it.
case_dates = Table(
    "case_dates",
    metadata,
    Column("candidate_id", ForeignKey("candidates.id"), primary_key=True),
    Column("event", String, primary_key=True),
    Column("on", Date, nullable=False),
    Column("number", String),
    # The unit that it counts for: where the case was when the day was written. A case that moves leaves it behind.
    Column("unit_id", ForeignKey("units.id")),
    Index("ix_case_dates_event_on", "event", "on"),
    Index("ix_case_dates_unit_event_on", "unit_id", "event", "on"),
)

# The other fields of CaseFacts by name, as JSON: answers, approvals, recommenders, extended, left, …
case_facts = Table(
    "case_facts",
    metadata,
    Column("candidate_id", ForeignKey("candidates.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

# One row for each place that was asked about somebody: dates and who sees to it; never what it answered.
vettings = Table(
    "vettings",
    metadata,
    key(),
    to("candidates"),
    # The number of the request within the case: the subject of its deadline.
    Column("ref", String, nullable=False),
    Column("sent_on", Date),
    Column("received_on", Date),
    Column("returned_on", Date),
    Column("abroad", Boolean, nullable=False, server_default=text("false")),
    Column("carried_by", String),
    Column("relative_is_member", Boolean, nullable=False, server_default=text("false")),
    Column("membership_confirmed", Boolean),
    Column("place", String),
    Column("letter", String),
    Column("responsible_id", ForeignKey("people.id")),
    UniqueConstraint("candidate_id", "ref"),
)

# Every change of a case in order, so that it can be undone; and changes that wait for the committee's office.
case_changes = Table(
    "case_changes",
    metadata,
    key(),
    to("candidates", index=True),
    # done, undone; pending, returned (sent back), withdrawn, overtaken (the case had changed by then).
    Column("state", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("step", String, nullable=False),
    Column("on", Date, nullable=False),
    # Dates, facts and paper numbers that changed, as JSON.
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", String, nullable=False, server_default=""),
    Column("action", String, nullable=False),
    Column("person_id", ForeignKey("people.id")),
    Column("at", Moment, nullable=False),
    Column("decided_by", ForeignKey("people.id")),
    Column("decided_at", Moment),
    Column("decided_why", String),
    # The case's version before and after; the latter moves on when a later change is undone.
    Column("from_version", Integer),
    Column("to_version", Integer),
    part_index("ix_case_changes_waiting", "candidate_id", where="state = 'pending'"),
)

dues = Table(
    "dues",
    metadata,
    key(),
    to("candidates"),
    Column("rule", String, nullable=False),
    # Empty, or the number of the vetting request.
    Column("subject", String, nullable=False, server_default=""),
    Column("kind", String, nullable=False),
    Column("start_event", String, nullable=False),
    Column("start_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("binds", String, nullable=False),
    # Which version of the rule, and which rulebook, gave the date.
    Column("version", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("opened_at", Moment, nullable=False),
    # None while it runs.
    Column("closed_at", Moment),
    # When the reminders look at it again; None: nothing more is to be said of it.
    Column("next_look_on", Date),
    UniqueConstraint("candidate_id", "rule", "subject"),
    part_index("ix_dues_due_on", "due_on", where="closed_at IS NULL"),
    part_index("ix_dues_next_look_on", "next_look_on", where="closed_at IS NULL"),
)

# What a unit has set for itself and the units below it; names are those of `local` in life.yaml.
unit_settings = Table(
    "unit_settings",
    metadata,
    Column("unit_id", ForeignKey("units.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", Integer, nullable=False),
)

# Days off and days worked instead that the office has added to the rulebook's own.
swaps = Table(
    "swaps",
    metadata,
    key(),
    Column("rest", Date),
    Column("work", Date),
    Column("name", String, nullable=False),
    Column("document", String),
    Column("person_id", ForeignKey("people.id")),
    Column("at", Moment, nullable=False),
)

# Changed data files that were switched on, laid over the rulebook's own in this order.
rule_files = Table(
    "rule_files",
    metadata,
    key(),
    Column("digest", String, nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

# Which rulebook the stored dates were worked out by; its texts tell later what has changed since.
rulebooks = Table(
    "rulebooks",
    metadata,
    key(),
    Column("digest", String, nullable=False),
    Column("texts", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
