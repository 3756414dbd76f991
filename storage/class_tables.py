"""The tables of classes: the awareness class and the class for new members, who goes to which, with what result."""

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table

from storage.schema import Moment, key, metadata, to

classes = Table(
    "classes",
    metadata,
    key(),
    # The committee that holds it: its branches may send people.
    to("units", index=True),
    # The step that it serves: awareness_class, new_member_class.
    Column("kind", String, nullable=False),
    Column("starts_on", Date, nullable=False, index=True),
    Column("ends_on", Date, nullable=False, index=True),
    # "07:30".
    Column("time", String),
    Column("place", String),
    Column("places", Integer),
    # open, cancelled.
    Column("state", String, nullable=False, server_default="open"),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("class_id", ForeignKey("classes.id"), primary_key=True),
    Column("candidate_id", ForeignKey("candidates.id"), primary_key=True, index=True),
    Column("enrolled_by", ForeignKey("people.id")),
    Column("at", Moment, nullable=False),
    # passed, failed, missed; NULL: not known yet.
    Column("result", String),
)
