"""The tables of questions: what was asked lately, what waits for an answer, and what the office has taught."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text, text

from storage.tables import Moment, metadata

# Every answer of the last weeks: what a follow-up leans on, and what a vote is about. Names and numbers are taken out.
asked = Table(
    "asked",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    # Whose question, as in forms: "p12", or "telegram:42" for a guest.
    Column("owner", String, nullable=False),
    Column("text", Text, nullable=False),
    # What was told; NULL for choices and refusals.
    Column("topic", String),
    Column("at", Moment, nullable=False, index=True),
    # up, down.
    Column("vote", String),
    # The question in the office's list that it was put to.
    Column("question_id", ForeignKey("questions.id"), index=True),
    Index("ix_asked_owner_id", "owner", "id"),
)

topic_counts = Table(
    "topic_counts",
    metadata,
    Column("topic", String, primary_key=True),
    Column("times", Integer, nullable=False),
)

# What found no answer, or one that was disliked: once a wording.
questions = Table(
    "questions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    # The folded wording: the same question with and without diacritics is one row.
    Column("key", String, nullable=False, unique=True),
    Column("text", Text, nullable=False),
    # What was told and disliked; NULL where nothing was.
    Column("topic", String),
    Column("times", Integer, nullable=False),
    Column("disliked", Integer, nullable=False, server_default=text("0")),
    Column("last_at", Moment, nullable=False),
    # open, linked (to a topic), answered (by the office), dismissed.
    Column("state", String, nullable=False, server_default="open", index=True),
    # The number of the wording that it was dealt with together, so that this can be taken back together.
    Column("dealt_with", Integer, index=True),
)

# Who wants to be told once there is an answer; the owner as in `asked`.
question_followers = Table(
    "question_followers",
    metadata,
    Column("question_id", ForeignKey("questions.id"), primary_key=True),
    Column("owner", String, primary_key=True),
)

# How people ask for a topic, or for an answer of the office; found by reading the office's list.
phrasings = Table(
    "phrasings",
    metadata,
    Column("question_id", ForeignKey("questions.id"), primary_key=True),
    Column("topic", String, nullable=False),
    Column("text", Text, nullable=False),
)

office_answers = Table(
    "office_answers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    # "office_3": the name of its file when it is exported.
    Column("slug", String, nullable=False, unique=True),
    Column("title", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("source_number", String, nullable=False),
    Column("source_date", Date, nullable=False),
    Column("source_article", String, nullable=False, server_default=""),
    Column("approved_by", ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    # approved, withdrawn.
    Column("state", String, nullable=False, server_default="approved"),
)

# One row, number 1: which lesson was the latest. Every process compares it with the index that it holds.
lessons = Table(
    "lessons",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)
