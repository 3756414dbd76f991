"""The table of what is owed to be said; its indexes hold little: answers, most of the rows, stand in one of them."""

from sqlalchemy import Column, Integer, String, Table, Text, text

from storage.schema import Moment, key, metadata, part_index, to

# Conditions of the indexes.
ANSWER_WAITS = "kind = 'answer' AND state = 'queued'"
NOTICE_WAITS = "kind <> 'answer' AND state IN ('queued', 'held', 'sending')"
NOTICES = "kind <> 'answer'"


outbox = Table(
    "outbox",
    metadata,
    key(),
    # "answer:telegram:7001" or "kind:subject:due date:recipient:step": the same thing is never said twice.
    Column("key", String, nullable=False, unique=True),
    Column("channel", String, nullable=False),
    Column("address", String, nullable=False),
    # The message as JSON; emptied once it is sent, so that no text stays behind.
    Column("body", Text),
    # queued, held, sending, sent, seen (a button pressed), cleared, failed, unreachable.
    Column("state", String, nullable=False),
    # answer, notice, urgent, digest, announcement, edit: what each waits for is in bot/rules/data/quiet.yaml.
    Column("kind", String, nullable=False, server_default="answer"),
    # Whom it is for; an answer goes to whoever asked, at that address only.
    to("people", null=True),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    # When a round may take it up; whoever has it in hand sets this a little ahead.
    Column("due_at", Moment, nullable=False),
    # The process that has a notice in hand.
    Column("holder", String),
    Column("tried_at", Moment),
    Column("sent_at", Moment),
    Column("seen_at", Moment),
    # The messenger's own number of it.
    Column("message", String),
    # Why it waits, or why it was given up.
    Column("problem", String),
    # Every index costs an answer time, even one that it does not stand in: so there are few.
    part_index("ix_outbox_waiting", "due_at", where=ANSWER_WAITS),
    part_index("ix_outbox_due", "channel", "due_at", where=NOTICE_WAITS),
    part_index("ix_outbox_person", "person_id", "state", "sent_at", where=NOTICES),
)
