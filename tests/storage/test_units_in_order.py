"""Lists of units go by name as people count: 2 before 10, marks of letters aside, the same on both databases."""

from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.rules.periods import Period
from bot.vietnamese.fold import fold, in_order
from storage import migrations, standing, units, weak_units
from storage.database import connect
from storage.tables import units as unit_rows
from tests.office import Office

NAMES = ["Chi bộ 10", "Chi bộ Đa", "Chi bộ 2", "Chi bộ Ủy ban", "Chi bộ tổ 03", "Chi bộ-cũ 1", "Chi bộ Tổ 1"]
RIGHT = ["Chi bộ 2", "Chi bộ 10", "Chi bộ Đa", "Chi bộ Tổ 1", "Chi bộ tổ 03", "Chi bộ Ủy ban", "Chi bộ-cũ 1"]


async def test_lists_of_branches_go_by_their_numbers(office: Office) -> None:
    await office.has_unit("W9", "Phường Chín", "committee")
    for number, name in enumerate(NAMES):
        await office.has_unit(f"N{number}", name, parent="W9")
    ward, today = office.unit["W9"], date(2026, 11, 20)
    children = await office.do(lambda c: standing.children(c, ward, Period("year", 2026), today))
    assert [unit.name for unit, _ in children] == RIGHT
    listed: list[str] = []
    for skip in range(0, len(NAMES), 3):
        page, count = await office.do(lambda c, skip=skip: weak_units.without_source(c, ward, skip, 3))
        assert count == len(NAMES)
        listed += [unit.name for unit in page]
    assert listed == RIGHT


async def test_a_renamed_branch_stands_where_its_new_name_belongs(office: Office) -> None:
    branch = office.unit["B2"]
    await office.do(lambda c: units.change(c, office.now, None, branch, {"name": "Chi bộ Ấp 7"}))
    below = await office.do(lambda c: units.below(c, office.unit["W"]))
    assert below[0].name == "Chi bộ Ấp 7"


async def test_units_of_an_older_database_get_their_places(tmp_path: Path) -> None:
    database = await connect(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
    await database.write(lambda connection: migrations.upgrade(connection, "0015"))
    await database.write(_older_units)
    await database.write(migrations.upgrade)
    kept = select(unit_rows.c.name, unit_rows.c.ordered)
    rows = await database.read(lambda connection: connection.execute(kept).all())
    assert {row.name: row.ordered for row in rows} == {name: in_order(name) for name in NAMES}
    await database.close()


def _older_units(connection: Connection) -> None:
    for number, name in enumerate(NAMES, 1):
        connection.exec_driver_sql(
            "INSERT INTO units (id, code, name, kind, path) VALUES (?, ?, ?, 'branch', ?)",
            (number, f"U{number}", name, f"{number}/"),
        )


async def test_every_unit_of_an_office_has_its_place(office: Office) -> None:
    await office.do(lambda c: units.change(c, office.now, None, office.unit["B1"], {"members": 30}))
    rows = await office.do(lambda c: c.execute(select(unit_rows.c.name, unit_rows.c.ordered)).all())
    assert rows and all(row.ordered == in_order(row.name) for row in rows)


@given(st.integers(0, 10**9 - 1), st.integers(0, 10**9 - 1))
def test_numbers_in_names_are_counted_and_not_spelled(one: int, two: int) -> None:
    assert (in_order(f"Chi bộ {one}") < in_order(f"Chi bộ {two}")) == (one < two)


@given(st.text(st.characters(exclude_categories=("Nd",))), st.text(st.characters(exclude_categories=("Nd",))))
def test_without_numbers_the_order_is_that_of_the_folded_names(one: str, two: str) -> None:
    assert (in_order(one) < in_order(two)) == (fold(one) < fold(two))
