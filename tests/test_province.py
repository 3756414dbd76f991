"""The invented province, made small: the same every time, its summaries right, and the benchmark's SQL runs on it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, func, select, text

from benchmarks.desk import answered, by_hand_for, figures_of, statements
from benchmarks.desk_numbers import ASKED, PLACES, WHERE, read_by, text_of
from bot.sample import province
from bot.sample.province import Size
from storage import standing, tallying, units
from storage.tables import candidates, contacts, tallies
from tests.storage.memory import empty_database

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
SMALL = Size(communes=2, branches=5, candidates=4, contacts=3)


@pytest.fixture(scope="module")
def small() -> Iterator[Connection]:
    with empty_database() as connection:
        province.fill(connection, NOW, SMALL)
        yield connection


def test_the_province_has_what_it_says_and_its_summaries_are_right(small: Connection) -> None:
    assert units.count_open(small) == 1 + 2 + 2 * 5
    assert small.execute(select(func.count()).select_from(candidates)).scalar() == 40
    assert small.execute(select(func.count()).select_from(contacts)).scalar() == 120
    assert list(tallying.check(small)) == []


def test_the_province_is_the_same_every_time(small: Connection) -> None:
    with empty_database() as again:
        province.fill(again, NOW, SMALL)
        for table in (candidates, contacts, tallies):
            found: list[list[Any]] = [sorted(map(tuple, c.execute(select(table)))) for c in (small, again)]
            assert found[0] == found[1]


@pytest.mark.parametrize("name", ASKED)
def test_every_command_of_the_benchmark_is_answered_and_has_its_numbers(small: Connection, name: str) -> None:
    path = {"branch": "1/2/4/", "commune": "1/2/", "province": "1/"}
    for place in WHERE.get(name, tuple(PLACES)):
        unit, who = int(path[place].split("/")[-2]), PLACES[place][1]
        assert 20 < answered(small, who, text_of(name, unit), 1) <= 900, (name, place)
        assert read_by(small, name, who, path[place]) is not None


def test_the_sql_by_hand_finds_the_same_numbers(small: Connection) -> None:
    found = statements()
    assert all(by_hand_for(found, name, place) for name in ASKED for place in PLACES)
    for path in ("1/", "1/2/", "1/2/4/"):
        values = {"low": path, "high": path[:-1] + "0", "unit": int(path.split("/")[-2])}
        rows = {name: [small.execute(text(one), values).all() for one in some] for name, some in found.items()}
        figures: Any = figures_of(small, values["unit"])
        counted = rows["tinhhinh"]
        assert dict(map(tuple, counted[0])) == dict(figures.by_stage)
        assert tuple(counted[1][0]) == (figures.admitted, figures.previous.admitted, figures.year.admitted)
        assert counted[2][0][0] == figures.new_sources
        late = {bool(gap): count for gap, count in counted[3]}
        assert (late.get(False, 0), late.get(True, 0)) == (figures.overdue, figures.silent)
        assert counted[5][0][0] == figures.without_admission
        unit = units.by_id(small, values["unit"])
        month = standing.containing("month", NOW.date())
        assert counted[4][0][0] == standing.contacts_in(small, unit, month)[0]
        assert rows["quahan"][0][0][0] == figures.overdue
