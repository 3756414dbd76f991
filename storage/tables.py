"""The tables. Dates are office dates, moments are UTC; there is no column for the content of a personal history."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, text

from storage.case_tables import (
    case_changes,
    case_dates,
    case_facts,
    dues,
    rule_files,
    rulebooks,
    swaps,
    unit_settings,
    vettings,
)
from storage.choice_tables import choices
from storage.class_tables import classes, enrolments
from storage.exchange_tables import announcement_readers, announcements, difficulties, source_surveys
from storage.helping_tables import help_visits, member_remarks, term_plans
from storage.meeting_tables import (
    attendance,
    charges,
    meeting_habits,
    meeting_items,
    meeting_reports,
    meetings,
    member_states,
)
from storage.notice_tables import notices, person_settings, unit_looks
from storage.outbox_tables import outbox
from storage.pace_tables import pace_days, paces
from storage.position_tables import places, positions, unit_marks
from storage.report_tables import commitments, oversight, report_parts, reports
from storage.schema import Moment, key, metadata, to
from storage.standing_tables import exits, more_targets, tallies

__all__ = [
    "Moment",
    "addresses",
    "announcement_readers",
    "announcements",
    "assignments",
    "attempts",
    "attendance",
    "candidate_groups",
    "candidates",
    "case_changes",
    "case_dates",
    "case_facts",
    "charges",
    "choices",
    "classes",
    "commitments",
    "contacts",
    "difficulties",
    "dues",
    "enrolments",
    "exits",
    "forms",
    "help_visits",
    "history",
    "invitations",
    "meeting_habits",
    "meeting_items",
    "meeting_reports",
    "meetings",
    "member_remarks",
    "member_states",
    "metadata",
    "more_targets",
    "notices",
    "outbox",
    "oversight",
    "pace_days",
    "paces",
    "people",
    "person_settings",
    "places",
    "positions",
    "report_parts",
    "reports",
    "roles",
    "rule_files",
    "rulebooks",
    "source_surveys",
    "swaps",
    "tallies",
    "targets",
    "term_plans",
    "unit_looks",
    "unit_marks",
    "unit_settings",
    "units",
    "vettings",
]

BYTES = String().with_variant(String(collation="C"), "postgresql")

units = Table(
    "units",
    metadata,
    key(),
    Column("code", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    # What lists by name go by, byte by byte: the name folded, with its numbers filled with zeros.
    Column("ordered", BYTES, nullable=False, server_default=""),
    Column("kind", String, nullable=False),
    Column("parent_id", ForeignKey("units.id"), index=True),
    # "3/17/" for unit 17 under unit 3: a subtree is one range of paths, byte by byte whatever the server's language.
    Column("path", BYTES, nullable=False, index=True),
    # The nearest committee at or above this unit; how deep a committee sees ends at the next committee.
    Column("committee_id", ForeignKey("units.id"), index=True),
    Column("area", String),
    # Members on 31 December of last year: the base of the yearly share.
    Column("members", Integer),
    Column("meeting_day", Integer),
    Column("closed_on", Date),
    Column("merged_into_id", ForeignKey("units.id")),
)

people = Table(
    "people",
    metadata,
    key(),
    Column("code", String, unique=True),
    Column("name", String, nullable=False),
    Column("folded", String, nullable=False, index=True),
    Column("phone", String, unique=True),
    Column("left_on", Date),
)

roles = Table(
    "roles",
    metadata,
    key(),
    to("people", index=True),
    to("units", index=True),
    Column("role", String, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
)

addresses = Table(
    "addresses",
    metadata,
    Column("channel", String, primary_key=True),
    Column("address", String, primary_key=True),
    to("people", index=True),
    Column("since", Moment, nullable=False),
    Column("reachable", Boolean, nullable=False, server_default=text("true")),
    # Since when nothing gets through there; None while it does.
    Column("lost_at", Moment),
    # When somebody last wrote from there, to the hour; null: not since that is kept.
    Column("used_at", Moment),
    # The command menu last shown there, so that it is sent again only when the roles change.
    Column("menu", String),
)

invitations = Table(
    "invitations",
    metadata,
    key(),
    to("people", index=True),
    # SHA-256 of the code: who reads the database cannot join with it.
    Column("secret", String, nullable=False, unique=True),
    Column("made_by", ForeignKey("people.id")),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
)

attempts = Table(
    "attempts",
    metadata,
    Column("sender", String, primary_key=True),
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
)

candidates = Table(
    "candidates",
    metadata,
    key(),
    Column("code", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("folded", String, nullable=False, index=True),
    Column("born_on", Date),
    Column("born_year", Integer),
    Column("sex", String),
    Column("phone", String, index=True),
    to("units", index=True),
    Column("education", String),
    Column("introduced_by", String),
    # proposed (waits for the branch), returned (sent back with a reason), open, closed.
    Column("state", String, nullable=False, index=True),
    Column("returned_why", String),
    Column("proposed_by", ForeignKey("people.id")),
    Column("step", String, nullable=False),
    Column("step_on", Date, nullable=False),
    Column("listed_on", Date, nullable=False),
    Column("last_contact_on", Date),
    Column("next_on", Date),
    # Every change of the case raises it: a move is compare-and-set.
    Column("version", Integer, nullable=False, server_default=text("1")),
)

candidate_groups = Table(
    "candidate_groups",
    metadata,
    Column("candidate_id", ForeignKey("candidates.id"), primary_key=True),
    Column("label", String, primary_key=True),
)

assignments = Table(
    "assignments",
    metadata,
    key(),
    to("candidates", index=True),
    to("people", index=True),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("assigned_by", ForeignKey("people.id")),
)

contacts = Table(
    "contacts",
    metadata,
    key(),
    to("candidates"),
    to("people", index=True),
    Column("how", String, nullable=False),
    # Why the person was not reached; only for how = not_reached.
    Column("reason", String),
    Column("on", Date, nullable=False),
    Column("note", Text),
    Column("next_on", Date),
    Column("needs_help", Boolean, nullable=False, server_default=text("false")),
    Column("written_at", Moment, nullable=False),
    # What makes one tap one contact: the menu it was pressed on, the form or the message it came from.
    Column("key", String, nullable=False, unique=True),
    # kept, undone (by the writer within 15 minutes), replaced (by a correction).
    Column("state", String, nullable=False, server_default="kept"),
    Column("replaced_by", ForeignKey("contacts.id")),
    Index("ix_contacts_candidate_on", "candidate_id", "on"),
)

forms = Table(
    "forms",
    metadata,
    # "p12" for person 12, or "telegram:42" for an address that nobody has joined from.
    Column("owner", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("data", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

targets = Table(
    "targets",
    metadata,
    Column("unit_id", ForeignKey("units.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    # 1 to 4; 0 is the whole year.
    Column("quarter", Integer, primary_key=True, autoincrement=False),
    Column("admissions", Integer),
    Column("sources", Integer),
)

history = Table(
    "history",
    metadata,
    key(),
    Column("at", Moment, nullable=False, index=True),
    Column("actor_id", ForeignKey("people.id")),
    Column("action", String, nullable=False),
    # "candidate:12", "unit:3", "person:40".
    Column("subject", String, nullable=False, index=True),
    Column("unit_id", ForeignKey("units.id"), index=True),
    Column("before", Text),
    Column("after", Text),
    Column("hash", String, nullable=False),
)
