"""The outbox holds every answer that was ever given: what looks into it for work must not read through it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from bot.chat import Address
from bot.rules.access import Grant
from storage import deliveries, outbox, sending
from storage.people import Person
from tests.storage.memory import empty_database

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
CLERK = Person(1, "Trần Văn Phòng", (Grant("office", 1, "Phường", "1/", committee=True),))
LOOKS = {
    "answers that are due": lambda c: sending.due_answers(c, "test", NOW, 30, NOW),
    "notices that are due": lambda c: sending.due_notices(c, "test", NOW, 30),
    "what an ended process had in hand": lambda c: outbox.release(c, NOW),
    "a button that was pressed": lambda c: outbox.pressed(c, 1, Address("test", "1"), "7", NOW),
    "what waited for a form": lambda c: outbox.let_go(c, 1, NOW),
    "what waits for somebody": lambda c: deliveries.waiting_for(c, 1),
    "what went out today": lambda c: deliveries.told(c, CLERK, NOW),
    "what failed": lambda c: deliveries.failed(c, CLERK, NOW),
    "what is held": lambda c: deliveries.held(c, CLERK),
    "who is lost": lambda c: deliveries.gone(c, CLERK),
    "what is on its way": lambda c: deliveries.waiting(c, CLERK, NOW),
}


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    with empty_database() as opened:
        yield opened


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_no_look_reads_through_all_answers(connection: Connection, look: str) -> None:
    raw = connection.connection.dbapi_connection
    assert raw is not None
    said: list[str] = []
    raw.set_trace_callback(said.append)  # type: ignore[attr-defined]
    try:
        LOOKS[look](connection)
    finally:
        raw.set_trace_callback(None)  # type: ignore[attr-defined]
    statements = [one for one in said if "outbox" in one]
    assert statements
    for one in statements:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}")]
        # A scan of an index that holds notices only is none.
        assert "SCAN outbox" not in plan, (one, plan)


def test_what_is_told_of_a_look_is_true(connection: Connection) -> None:
    """Without an index of its own a look does read through them: the plan says so."""
    plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT * FROM outbox WHERE problem = 'x'")
    assert [row[3] for row in plan] == ["SCAN outbox"]
