"""The history is read through its indexes, however long it has grown."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from storage import history, logbook, people, units
from storage.logbook import Wanted
from tests.storage.memory import empty_database

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
DAY = Wanted(since=AT, until=AT + timedelta(days=1))


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    with empty_database() as opened:
        ward = units.add(opened, AT, None, None, {"code": "W", "name": "Phường", "kind": "committee"})
        person = people.add(opened, "Trần Văn Phòng")
        people.give_role(opened, person, ward.id, "office", AT.date())
        for days in range(40):
            history.record(opened, AT - timedelta(days=39 - days), person, "unit.edit", f"unit:{ward.id}", ward.id)
        yield opened


def test_a_day_is_found_by_its_moment_and_not_by_reading_all(connection: Connection) -> None:
    office = people.by_id(connection, 1)
    assert office is not None
    raw = connection.connection.dbapi_connection
    assert raw is not None
    said: list[str] = []
    raw.set_trace_callback(said.append)  # type: ignore[attr-defined]
    try:
        found = logbook.read(connection, office, DAY, 0, 10)
    finally:
        raw.set_trace_callback(None)  # type: ignore[attr-defined]
    assert [line.action for line in found] == ["unit.edit", "unit.add"]
    [read] = [one for one in said if "FROM history" in one]
    plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {read}")]
    assert not [step for step in plan if step.startswith("SCAN history")]
    assert any("lines USING COVERING INDEX ix_history_at" in step for step in plan), plan
