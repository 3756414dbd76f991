"""The invented province on PostgreSQL: every command of the lead is answered, from the same numbers as on SQLite."""

from collections.abc import AsyncIterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from benchmarks.desk import answered
from benchmarks.desk_numbers import ASKED, PLACES, WHERE, read_by, text_of
from bot.sample import province
from bot.sample.province import Size
from storage import units
from storage.database import Database, connect
from storage.migrations import upgrade
from tests.storage.cluster import Cluster, throwaway
from tests.storage.memory import empty_database

pytestmark = pytest.mark.postgresql

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
SMALL = Size(communes=2, branches=5, candidates=4, contacts=3)
PATH = {"branch": "1/2/4/", "commune": "1/2/", "province": "1/"}
LISTS = ("diaban", "capuy", "dangvienmoi", "giuvai", "xephang", "danhsach units", "khaosat", "chuanop", "luotgiup")

cluster = pytest.fixture(scope="module")(throwaway)


@pytest.fixture
async def database(cluster: Cluster) -> AsyncIterator[Database]:
    made = await connect(cluster.new_database())
    await made.write(upgrade)
    await made.write(lambda connection: province.fill(connection, NOW, SMALL))
    yield made
    await made.close()


def _asked() -> list[tuple[str, str]]:
    return [(name, place) for name in ASKED for place in WHERE.get(name, tuple(PLACES))]


def _numbers(connection: Connection) -> dict[str, object]:
    """What is read for the lists that leave no trace of the database they come from."""
    return {
        f"{name} {place}": read_by(connection, name, PLACES[place][1], PATH[place])
        for name, place in _asked()
        if name in LISTS
    }


async def test_a_branch_may_be_added_to_units_that_brought_their_numbers(database: Database) -> None:
    def add(connection: Connection) -> units.Unit:
        values = {"code": "MOI", "name": "Chi bộ mới lập", "kind": "branch"}
        return units.add(connection, NOW, None, units.by_id(connection, 2), values)

    highest = max([unit.id for unit in await database.read(units.open_units)])
    assert (await database.write(add)).id > highest


async def test_every_command_of_the_lead_is_answered(database: Database) -> None:
    def ask(connection: Connection) -> dict[str, int]:
        number = {place: int(path.split("/")[-2]) for place, path in PATH.items()}
        return {
            f"{name} {place}": answered(connection, PLACES[place][1], text_of(name, number[place]), 1)
            for name, place in _asked()
        }

    said = await database.write(ask)
    assert {name for name, length in said.items() if not 20 < length <= 900} == set()


async def test_the_numbers_are_those_of_the_embedded_database(database: Database) -> None:
    there = await database.read(_numbers)
    with empty_database() as embedded:
        province.fill(embedded, NOW, SMALL)
        here = _numbers(embedded)
    assert there == here
