"""What becomes of a workbook in the database: all of it or nothing, every mistake named, only news written."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.reports.lines import UnitLine, Workbook
from bot.reports.workbook import worded
from storage import candidates, history, imports, invitations, people, roles, units
from storage.database import Database, connect
from storage.imports import Outcome
from storage.tables import assignments, candidate_groups, metadata, targets
from storage.tables import candidates as candidates_table
from storage.tables import people as people_table
from storage.tables import roles as roles_table
from storage.tables import units as units_table
from tests.office import tables
from tests.papers import STEPS, WORDS, read, ward
from tests.storage.memory import empty_database, undone

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
Sheets = dict[str, list[dict[str, Any]]]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    (tmp_path / "office.db").write_bytes(await asyncio.to_thread(tables))
    opened = await connect(f"sqlite+aiosqlite:///{tmp_path / 'office.db'}")
    try:
        yield opened
    finally:
        await opened.close()


async def take_in(database: Database, sheets: Sheets, at: datetime = NOW) -> Outcome:
    book = read(sheets)
    return await database.write(lambda connection: imports.take_in(connection, at, book, STEPS))


def everything(connection: Connection) -> dict[str, list[Any]]:
    """Every row of every table."""
    return {table.name: [tuple(row) for row in connection.execute(select(table))] for table in metadata.sorted_tables}


def told(outcome: Outcome) -> list[tuple[Any, ...]]:
    return [(p.sheet, p.row, p.column, p.kind) for p in outcome.problems]


async def test_a_workbook_becomes_a_ward(database: Database) -> None:
    outcome = await take_in(database, ward())
    assert outcome.ok
    assert outcome.created == {"units": 3, "people": 4, "candidates": 3, "targets": 2}
    assert outcome.updated == outcome.unchanged == dict.fromkeys(outcome.created, 0)

    def look(connection: Connection) -> None:
        branch = units.by_code(connection, "CB1")
        ward_unit = units.by_code(connection, "DU")
        assert branch
        assert ward_unit
        assert (branch.kind, branch.area, branch.parent_id) == ("branch", "residential", ward_unit.id)
        assert branch.committee_id == ward_unit.id
        assert (ward_unit.members, ward_unit.meeting_day) == (60, 5)
        helper = people.by_id(connection, people.by_phone(connection, "+84912345678") or 0)
        assert helper
        assert {(grant.role, grant.unit_name) for grant in helper.grants} == {
            ("member", "Chi bộ Tổ dân phố 1"),
            ("deputy", "Chi bộ Trường học"),
        }
        lan = candidates.case_for(connection, helper, "QC-0001", "log_contact")
        assert (lan.name, lan.born_on, lan.sex) == ("Nguyễn Ngọc Lan", date(2000, 5, 15), "female")
        assert (lan.step, lan.step_on, lan.listed_on) == ("awareness_class", date(2026, 3, 20), date(2026, 3, 20))
        assert (lan.education, lan.introduced_by, lan.state, lan.own) == ("university", "Chi đoàn", "open", True)
        assert candidates.groups_of(connection, lan.id) == ["teacher", "youth_union"]
        hoa = connection.execute(select(candidates_table).where(candidates_table.c.born_year == 1995)).one()
        assert (hoa.code, hoa.phone, hoa.step, hoa.step_on) == ("QC-0002", "0988777666", "source", NOW.date())
        assert candidates.case_for(connection, helper, "qc 100").name == "Võ Văn Sơn"
        goals = [tuple(row) for row in connection.execute(select(targets).order_by(targets.c.quarter))]
        assert goals == [(ward_unit.id, 2026, 0, 4, None), (branch.id, 2026, 4, 1, 2)]
        assert history.broken(connection) is None

    await database.read(look)


async def test_the_supervisor_reaches_the_branches_in_charge_and_no_others(database: Database) -> None:
    await take_in(database, ward())

    def held(connection: Connection) -> set[tuple[str, str]]:
        found = (
            select(units_table.c.code, roles_table.c.role)
            .join_from(roles_table, units_table, units_table.c.id == roles_table.c.unit_id)
            .join(people_table, people_table.c.id == roles_table.c.person_id)
            .where(people_table.c.code == "PT")
        )
        return {(row.code, row.role) for row in connection.execute(found)}

    assert await database.read(held) == {("CB1", "area_supervisor"), ("CB2", "area_supervisor")}


async def test_each_new_person_gets_one_invitation_that_works(database: Database) -> None:
    outcome = await take_in(database, ward())
    assert [(i.person, i.name) for i in outcome.invitations] == [
        ("VP", "Trần Văn Phòng"),
        ("PT", "Võ Minh Tâm"),
        ("BT", "Lê Thị Bí"),
        ("DV", "Lê Thị Hai"),
    ]
    code = outcome.invitations[3].code
    person = await database.write(lambda connection: invitations.use(connection, NOW, code))
    assert person == await database.read(lambda connection: people.by_phone(connection, "0912345678"))


async def test_reading_the_same_file_again_changes_nothing_at_all(database: Database) -> None:
    await take_in(database, ward())
    before = await database.read(everything)
    for days in (0, 1, 300):
        again = await take_in(database, ward(), NOW + timedelta(days=days))
        assert again.ok
        assert again.unchanged == {"units": 3, "people": 4, "candidates": 3, "targets": 2}
        assert again.created == again.updated == dict.fromkeys(again.created, 0)
        assert again.invitations == ()
    assert await database.read(everything) == before


async def test_a_check_changes_nothing_and_tells_what_would_happen(database: Database) -> None:
    before = await database.read(everything)
    book = read(ward())
    outcome = await database.read(lambda connection: imports.check(connection, NOW, book, STEPS))
    assert outcome.created == {"units": 3, "people": 4, "candidates": 3, "targets": 2}
    assert outcome.invitations == ()
    assert await database.read(everything) == before


async def test_one_bad_row_and_nothing_is_saved(database: Database) -> None:
    before = await database.read(everything)
    sheets = ward()
    sheets["Chỉ tiêu"][1]["Đơn vị"] = "CB9"
    outcome = await take_in(database, sheets)
    assert told(outcome) == [("targets", 3, "unit", "no_unit")]
    assert outcome.created == dict.fromkeys(outcome.created, 0)
    assert await database.read(everything) == before


async def test_what_breaks_on_the_way_leaves_nothing_behind(database: Database) -> None:
    before = await database.read(everything)
    book = read(ward())

    def work(connection: Connection) -> None:
        imports.take_in(connection, NOW, book, STEPS)
        raise RuntimeError("the power fails")

    with suppress(RuntimeError):
        await database.write(work)
    assert await database.read(everything) == before


Change = Callable[[Sheets], None]


def cell(sheet: str, row: int, column: str, value: Any) -> Change:
    """Changes one cell; `row` as the office counts, with the headings in row 1."""

    def change(sheets: Sheets) -> None:
        sheets[sheet][row - 2][column] = value

    return change


def row(sheet: str, **values: Any) -> Change:
    return lambda sheets: sheets[sheet].append({name.replace("_", " "): value for name, value in values.items()})


def both(*changes: Change) -> Change:
    def change(sheets: Sheets) -> None:
        for each in changes:
            each(sheets)

    return change


U, P, C, T = "Tổ chức", "Con người", "Quần chúng", "Chỉ tiêu"
BAD_ROWS: list[tuple[Change, list[tuple[Any, ...]]]] = [
    (row(U, Mã="cb1", Tên="Chi bộ khác", Loại="chi bộ", Thuộc="DU"), [("units", 5, "code", "code_twice")]),
    (row(U, Mã="CB3", Loại="chi bộ", Thuộc="DU"), [("units", 5, "name", "new_unit_needs")]),
    (row(U, Mã="CB3", Tên="Chi bộ 3", Thuộc="DU"), [("units", 5, "kind", "new_unit_needs")]),
    (cell(U, 2, "Thuộc", "XX"), [("units", 2, "parent", "no_unit")]),
    (cell(U, 2, "Thuộc", None), [("units", 2, "parent", "second_top")]),
    (cell(U, 2, "Thuộc", "CB1"), [("units", 2, "parent", "circle")]),
    (
        both(cell(U, 2, "Thuộc", "CB2"), cell(U, 4, "Thuộc", "CB1")),
        [("units", 2, "parent", "circle"), ("units", 4, "parent", "circle")],
    ),
    (row(U, Mã="X", Tên="Đảng ủy X", Loại="đảng ủy", Thuộc="CB1"), [("units", 5, "parent", "wrong_level")]),
    (cell(P, 2, "Đơn vị", "ĐU"), [("people", 2, "unit", "no_unit")]),
    (cell(P, 2, "Đơn vị", None), [("people", 2, "unit", "role_needs_unit")]),
    (cell(P, 2, "Đơn vị", "CB1"), [("people", 2, "unit", "role_at_committee")]),
    (cell(P, 3, "Phụ trách", None), [("people", 3, "charge", "supervisor_needs_units")]),
    (cell(P, 3, "Phụ trách", "CB1; CB7"), [("people", 3, "charge", "no_unit")]),
    (cell(P, 3, "Vai", "kiểm tra"), [("people", 3, "charge", "inspection_only_reads")]),
    (cell(P, 4, "Họ và tên", None), [("people", 4, "name", "new_person_needs_name")]),
    (cell(P, 6, "Họ và tên", "Lê Thị Ba"), [("people", 6, "name", "names_differ")]),
    (cell(P, 6, "Điện thoại", "0999888777"), [("people", 6, "phone", "phones_differ")]),
    (cell(P, 4, "Điện thoại", "+84 912 345 678"), [("people", 5, "phone", "phone_taken")]),
    (cell(C, 2, "Chi bộ", "CB9"), [("candidates", 2, "unit", "no_unit")]),
    (cell(C, 2, "Chi bộ", "DU"), [("candidates", 2, "unit", "not_a_branch")]),
    (cell(C, 2, "Người giúp", "DV9"), [("candidates", 2, "helper", "no_person")]),
    (cell(C, 2, "Ngày của bước", "21/11/2026"), [("candidates", 2, "step_on", "ahead")]),
    (cell(C, 2, "Ngày của bước", "20/03/1999"), [("candidates", 2, "step_on", "before_birth")]),
    (
        both(cell(C, 2, "Ngày sinh", "21/11/2026"), cell(C, 2, "Ngày của bước", None)),
        [("candidates", 2, "born", "ahead")],
    ),
    (cell(C, 3, "Ngày sinh", 2015), [("candidates", 3, "born", "too_young")]),
    (cell(C, 3, "Ngày sinh", 1915), [("candidates", 3, "born", "too_old")]),
    (row(C, Mã="QC 100", Họ_và_tên="Lê A", Chi_bộ="CB1"), [("candidates", 5, "code", "code_twice")]),
    (
        row(C, Họ_và_tên="nguyen ngoc LAN", Ngày_sinh="15/5/2000", Chi_bộ="CB2"),
        [("candidates", 5, "name", "same_candidate")],
    ),
    (
        row(C, Họ_và_tên="Trương Đình Hòa", Điện_thoại="0988777666", Chi_bộ="CB2"),
        [("candidates", 5, "name", "same_candidate")],
    ),
    (row(T, Đơn_vị="cb1", Năm="2026", Quý="IV", Kết_nạp=9), [("targets", 4, None, "line_twice")]),
    (row(T, Đơn_vị="CB2", Năm=2026), [("targets", 4, "admissions", "nothing_to_reach")]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "problems"), BAD_ROWS, ids=[str(expected[0][3]) for _, expected in BAD_ROWS])
def test_a_bad_row_is_named_with_what_would_be_right(change: Change, problems: list[tuple[Any, ...]]) -> None:
    sheets = ward()
    change(sheets)
    with empty_database() as connection:
        outcome = imports.take_in(connection, NOW, read(sheets), STEPS)
        assert told(outcome) == problems
        assert not any(everything(connection).values())
    for problem in outcome.problems:
        sentence = worded(problem, WORDS)["problem"]
        assert len(sentence) > 20
        assert "{" not in sentence
        assert "None" not in sentence


def test_who_names_a_row_that_is_bad_itself_is_not_blamed_for_it() -> None:
    sheets = ward()
    sheets["Tổ chức"][0]["Loại"] = "câu lạc bộ"
    sheets["Con người"][3]["Điện thoại"] = "12"
    with empty_database() as connection:
        outcome = imports.take_in(connection, NOW, read(sheets), STEPS)
    assert told(outcome) == [("units", 2, "kind", "not_choice"), ("people", 5, "phone", "not_phone")]


# What somebody changes in a file that was read before, and what of the database it changes.
async def changed(database: Database, change: Change, first: Change | None = None) -> Outcome:
    sheets = ward()
    if first:
        first(sheets)
    assert (await take_in(database, sheets)).ok
    change(sheets)
    return await take_in(database, sheets, NOW + timedelta(days=1))


async def of(database: Database, code: str) -> Any:
    found = select(candidates_table).where(candidates_table.c.code == code)
    return await database.read(lambda connection: connection.execute(found).one())


async def last(database: Database) -> list[tuple[str, Any, Any]]:
    """The last lines of the history, newest first."""
    table = metadata.tables["history"]
    found = select(table.c.action, table.c.before, table.c.after).order_by(table.c.id.desc()).limit(4)
    return await database.read(lambda connection: [tuple(row) for row in connection.execute(found)])


async def test_a_unit_is_renamed_and_moved_by_its_code(database: Database) -> None:
    more = row(U, Mã="TU", Tên="Tỉnh ủy", Loại="tỉnh ủy")
    outcome = await changed(database, both(more, cell(U, 2, "Tên", "Chi bộ Tổ dân phố 1A"), cell(U, 3, "Thuộc", "TU")))
    assert told(outcome) == []
    assert (outcome.created["units"], outcome.updated["units"], outcome.unchanged["units"]) == (1, 2, 1)

    def look(connection: Connection) -> None:
        top, middle, branch = (units.by_code(connection, code) for code in ("TU", "DU", "CB1"))
        assert top
        assert middle
        assert branch
        assert branch.path == f"{top.id}/{middle.id}/{branch.id}/"
        assert branch.name == "Chi bộ Tổ dân phố 1A"
        told = [(entry.action, entry.before) for entry in history.of(connection, f"unit:{branch.id}")]
        assert told[-1] == ("unit.change", {"name": "Chi bộ Tổ dân phố 1"})
        assert history.of(connection, f"unit:{middle.id}")[-1].action == "unit.move"

    await database.read(look)


async def test_parent_and_child_may_change_places(database: Database) -> None:
    first = both(row(U, Mã="A", Tên="A", Loại="chi bộ", Thuộc="DU"), row(U, Mã="B", Tên="B", Loại="chi bộ", Thuộc="A"))
    outcome = await changed(database, both(cell(U, 5, "Thuộc", "B"), cell(U, 6, "Thuộc", "DU")), first)
    assert outcome.updated["units"] == 2
    child = await database.read(lambda connection: units.by_code(connection, "A"))
    parent = await database.read(lambda connection: units.by_code(connection, "B"))
    assert child
    assert parent
    assert child.path.startswith(parent.path)


async def test_another_helper_is_a_handover(database: Database) -> None:
    outcome = await changed(database, cell(C, 2, "Người giúp", "BT"))
    assert (outcome.updated["candidates"], outcome.unchanged["candidates"]) == (1, 2)
    found = select(people_table.c.code, assignments.c.since, assignments.c.until).join_from(
        assignments, people_table, people_table.c.id == assignments.c.person_id
    )
    case = await of(database, "QC-0001")
    found = found.where(assignments.c.candidate_id == case.id).order_by(assignments.c.id)
    held = await database.read(lambda connection: [tuple(row) for row in connection.execute(found)])
    today = NOW.date()
    assert held == [("DV", today, today + timedelta(days=1)), ("BT", today + timedelta(days=1), None)]
    assert [action for action, _, _ in (await last(database))[:2]] == ["candidate.assign", "candidate.release"]


async def test_two_people_may_swap_their_numbers(database: Database) -> None:
    swap = both(cell(P, 2, "Điện thoại", "0912345678"), cell(P, 5, "Điện thoại", "0900000001"))
    outcome = await changed(database, swap)
    assert outcome.updated["people"] == 2
    owner = await database.read(lambda connection: people.by_phone(connection, "0912345678"))
    office = await database.read(
        lambda c: c.execute(select(people_table.c.id).where(people_table.c.code == "VP")).scalar()
    )
    assert owner == office


async def test_the_number_of_somebody_who_is_not_in_the_file_is_taken(database: Database) -> None:
    await take_in(database, ward())
    sheets = {
        "Con người": [
            {"Mã": "N1", "Họ và tên": "Lê Mới", "Điện thoại": "0912345678", "Vai": "đảng viên", "Đơn vị": "CB1"}
        ]
    }
    assert told(await take_in(database, sheets)) == [("people", 2, "phone", "phone_taken")]


async def test_a_role_that_is_not_in_the_file_any_more_stays(database: Database) -> None:
    def change(sheets: Sheets) -> None:
        del sheets["Con người"][4]

    outcome = await changed(database, change)
    assert outcome.unchanged["people"] == 4
    held = select(roles_table.c.id).where(roles_table.c.role == "deputy", roles_table.c.until.is_(None))
    assert await database.read(lambda connection: len(connection.execute(held).all())) == 1


async def test_empty_cells_leave_what_is_known(database: Database) -> None:
    def change(sheets: Sheets) -> None:
        for sheet in sheets.values():
            for line in sheet:
                keep = {"Mã", "Vai", "Đơn vị", "Năm", "Quý", "Họ và tên", "Chi bộ", "Kết nạp", "Phụ trách"}
                for column in [column for column in line if column not in keep]:
                    line[column] = None

    outcome = await changed(database, change)
    assert told(outcome) == []
    assert outcome.updated == dict.fromkeys(outcome.updated, 0)


STEP_CHANGES = [
    # step and day in the file, what the case then is; it was in the awareness class since 20 March
    ("application", "20/06/2026", ("application", date(2026, 6, 20))),
    ("application", "20/03/2026", ("application", date(2026, 3, 20))),
    ("source", "20/06/2026", ("source", date(2026, 6, 20))),
    ("source", "01/02/2026", ("awareness_class", date(2026, 3, 20))),
    ("source", None, ("awareness_class", date(2026, 3, 20))),
    (None, None, ("awareness_class", date(2026, 3, 20))),
    (None, "20/06/2026", ("awareness_class", date(2026, 3, 20))),
    ("awareness_class", "20/06/2026", ("awareness_class", date(2026, 6, 20))),
]


@pytest.mark.parametrize(("step", "on", "then"), STEP_CHANGES)
async def test_a_step_is_taken_in_only_when_it_is_news(
    database: Database, step: str | None, on: str | None, then: tuple[str, date]
) -> None:
    outcome = await changed(database, both(cell(C, 2, "Bước", step), cell(C, 2, "Ngày của bước", on)))
    assert told(outcome) == []
    case = await of(database, "QC-0001")
    assert (case.step, case.step_on) == then
    assert outcome.updated["candidates"] == (0 if then == ("awareness_class", date(2026, 3, 20)) else 1)


async def test_a_later_step_needs_its_day(database: Database) -> None:
    outcome = await changed(database, both(cell(C, 2, "Bước", "Thẩm tra lý lịch"), cell(C, 2, "Ngày của bước", None)))
    assert told(outcome) == [("candidates", 2, "step_on", "step_needs_date")]
    assert "Lớp bồi dưỡng" in worded(outcome.problems[0], WORDS)["problem"]


async def test_a_closed_case_stays_as_it_is(database: Database) -> None:
    await take_in(database, ward())
    closing = candidates_table.update().where(candidates_table.c.code == "QC-0001").values(state="closed")
    await database.write(lambda connection: connection.execute(closing).rowcount)
    before = await database.read(everything)
    sheets = ward()
    cell(C, 2, "Người giúp", "BT")(sheets)
    outcome = await take_in(database, sheets)
    assert outcome.unchanged["candidates"] == 3
    assert await database.read(everything) == before


MATCHES: list[tuple[Mapping[str, Any], str | None, str | None]] = [
    # what a line without a code says about Lan (15/05/2000, CB1) or Hòa (1995, phone): who is meant, or the problem
    ({"Họ và tên": "NGUYEN NGOC LAN", "Ngày sinh": "15/05/2000", "Chi bộ": "CB1"}, "QC-0001", None),
    ({"Họ và tên": "Nguyễn Ngọc Lan", "Ngày sinh": 2000, "Chi bộ": "CB1"}, "QC-0001", None),
    ({"Họ và tên": "Nguyễn Ngọc Lan", "Chi bộ": "CB1"}, "QC-0001", None),
    ({"Họ và tên": "Nguyễn Ngọc Lan", "Ngày sinh": 1999, "Chi bộ": "CB1"}, None, None),
    ({"Họ và tên": "Nguyễn Ngọc Lan", "Ngày sinh": 2000, "Chi bộ": "CB2"}, None, None),
    ({"Họ và tên": "Nguyễn Ngọc Lan", "Ngày sinh": "15/05/2000", "Chi bộ": "CB2"}, None, "candidate_elsewhere"),
    ({"Họ và tên": "Trương Đình Hòa", "Điện thoại": "+84988777666", "Chi bộ": "CB2"}, "QC-0002", None),
    ({"Họ và tên": "Trương Văn Hai", "Điện thoại": "0988777666", "Chi bộ": "CB1"}, None, None),
    ({"Mã": "qc1", "Họ và tên": "Nguyễn Thị Ngọc Lan", "Chi bộ": "CB1"}, "QC-0001", None),
    ({"Mã": "QC-0001", "Họ và tên": "Đỗ Văn Hùng", "Ngày sinh": 1980, "Chi bộ": "CB1"}, None, "same_code_other_name"),
]


@pytest.mark.parametrize(("line", "meant", "problem"), MATCHES)
async def test_a_line_without_a_code_finds_its_candidate(
    database: Database, line: dict[str, Any], meant: str | None, problem: str | None
) -> None:
    await take_in(database, ward())
    outcome = await take_in(database, {"Quần chúng": [line]})
    assert [p.kind for p in outcome.problems] == ([problem] if problem else [])
    count = len(await database.read(lambda connection: connection.execute(select(candidates_table)).all()))
    assert count == (3 if meant or problem else 4)
    if meant:
        case = await of(database, meant)
        assert case.name == line["Họ và tên"]
        branch = await database.read(lambda connection: units.by_code(connection, line["Chi bộ"]))
        assert branch
        assert case.unit_id == branch.id


async def test_of_two_who_are_alike_the_line_must_say_which(database: Database) -> None:
    await take_in(database, ward())
    twins: Sheets = {
        "Quần chúng": [
            {"Họ và tên": "Lê Thị Hoa", "Ngày sinh": 1990, "Chi bộ": "CB1"},
            {"Họ và tên": "Lê Thị Hoa", "Ngày sinh": 1995, "Chi bộ": "CB1"},
        ]
    }
    assert (await take_in(database, twins)).created["candidates"] == 2
    outcome = await take_in(database, {"Quần chúng": [{"Họ và tên": "Lê Thị Hoa", "Chi bộ": "CB1"}]})
    assert told(outcome) == [("candidates", 2, "name", "several_candidates")]
    assert (await take_in(database, twins)).unchanged["candidates"] == 2


async def test_groups_are_replaced_by_what_the_line_says(database: Database) -> None:
    outcome = await changed(database, cell(C, 2, "Nhóm", "phụ nữ; teacher"))
    assert outcome.updated["candidates"] == 1
    case = await of(database, "QC-0001")
    found = select(candidate_groups.c.label).where(candidate_groups.c.candidate_id == case.id)
    labels = await database.read(lambda connection: set(connection.execute(found).scalars()))
    assert labels == {"woman", "teacher"}


async def test_who_has_left_is_not_let_in_again_by_an_old_file(database: Database) -> None:
    await take_in(database, ward())

    def leave(connection: Connection) -> None:
        person = connection.execute(select(people_table.c.id).where(people_table.c.code == "DV")).scalar_one()
        roles.leave(connection, NOW, None, person, NOW.date())

    await database.write(leave)
    kinds = {p.kind for p in (await take_in(database, ward())).problems}
    assert kinds == {"person_left"}


async def test_the_account_of_the_first_set_up_is_the_one_in_the_workbook(database: Database) -> None:
    def first(connection: Connection) -> int:
        unit = units.add(connection, NOW, None, None, {"code": "DU", "name": "Phường", "kind": "committee"})
        person = people.add(connection, "Trần Văn Phòng")
        people.give_role(connection, person, unit.id, "office", NOW.date())
        return person

    person = await database.write(first)
    outcome = await take_in(database, ward())
    assert told(outcome) == []
    assert (outcome.created["people"], outcome.updated["people"]) == (3, 1)
    assert [invited.person for invited in outcome.invitations] == ["PT", "BT", "DV"]
    assert await database.read(lambda connection: people.by_phone(connection, "0900000001")) == person


async def test_an_office_reaches_only_its_own_tree(database: Database) -> None:
    sheets = ward()
    row(U, Mã="TU", Tên="Tỉnh ủy", Loại="tỉnh ủy")(sheets)
    cell(U, 3, "Thuộc", "TU")(sheets)
    sheets["Tổ chức"] += [
        {"Mã": "D2", "Tên": "Phường Hai", "Loại": "đảng ủy", "Thuộc": "TU"},
        {"Mã": "X1", "Tên": "Chi bộ X", "Loại": "chi bộ", "Thuộc": "D2"},
    ]
    sheets["Con người"].append(
        {"Mã": "XV", "Họ và tên": "Mai Văn Tư", "Điện thoại": "0977666555", "Vai": "đảng viên", "Đơn vị": "X1"}
    )
    row(C, Mã="QC-0500", Họ_và_tên="Lý Thị Xa", Chi_bộ="X1", Ngày_sinh="01/02/1990")(sheets)
    await take_in(database, sheets)
    number = await database.read(lambda connection: people.by_phone(connection, "0900000001"))
    sender = await database.read(lambda connection: people.by_id(connection, number or 0))
    assert sender

    async def sends(change: Change) -> list[tuple[Any, ...]]:
        mine: Sheets = {name: [] for name in sheets}
        change(mine)
        book = read({name: rows for name, rows in mine.items() if rows})
        return told(await database.write(lambda connection: imports.take_in(connection, NOW, book, STEPS, sender)))

    assert await sends(lambda mine: mine.update(ward())) == []
    assert await sends(row(U, Mã="CB3", Tên="Chi bộ 3", Loại="chi bộ", Thuộc="DU")) == []
    out, no = "out_of_reach", "no_unit"
    assert await sends(row(U, Mã="X1", Tên="Chi bộ của tôi")) == [("units", 2, "code", out)]
    assert await sends(row(U, Mã="N", Tên="N", Loại="chi bộ", Thuộc="D2")) == [("units", 2, "code", out)]
    assert await sends(row(U, Mã="N", Tên="N", Loại="chi bộ")) == [("units", 2, "code", out)]
    assert await sends(row(U, Mã="DU", Thuộc="D2")) == [("units", 2, "parent", out)]
    assert await sends(row(P, Mã="N1", Họ_và_tên="Lê N", Vai="văn phòng", Đơn_vị="TU")) == [("people", 2, "unit", out)]
    assert await sends(row(P, Mã="N1", Họ_và_tên="Lê N", Vai="đảng viên", Đơn_vị="CB1", Phụ_trách="X1")) == [
        ("people", 2, "charge", out)
    ]
    assert await sends(row(P, Mã="XV", Họ_và_tên="Lê N", Vai="đảng viên", Đơn_vị="CB1")) == [("people", 2, "code", out)]
    taken = row(P, Mã="N1", Họ_và_tên="Lê N", Điện_thoại="0977666555", Vai="đảng viên", Đơn_vị="CB1")
    assert await sends(taken) == [("people", 2, "phone", "phone_taken_unnamed")]
    assert await sends(row(C, Mã="QC-0500", Họ_và_tên="Lý Thị Xa", Chi_bộ="CB1")) == [("candidates", 2, "code", out)]
    assert await sends(row(C, Họ_và_tên="Lê Z", Chi_bộ="X1")) == [("candidates", 2, "unit", out)]
    assert await sends(row(C, Họ_và_tên="Lê Z", Chi_bộ="CB1", Người_giúp="XV")) == [
        ("candidates", 2, "helper", "no_person")
    ]
    assert await sends(row(T, Đơn_vị="D2", Năm=2026, Kết_nạp=0)) == [("targets", 2, "unit", out)]
    assert await sends(row(C, Họ_và_tên="Lê Z", Chi_bộ="X2")) == [("candidates", 2, "unit", no)]
    assert await sends(row(C, Họ_và_tên="Lý Thị Xa", Ngày_sinh="01/02/1990", Chi_bộ="CB1")) == []


def crowd(people_count: int, candidate_count: int) -> Sheets:
    branches = [{"Mã": f"B{i}", "Tên": f"Chi bộ {i}", "Loại": "chi bộ", "Thuộc": "DU"} for i in range(1, 9)]
    return {
        "Tổ chức": [*branches, {"Mã": "DU", "Tên": "Phường", "Loại": "đảng ủy"}],
        "Con người": [
            {
                "Mã": i,
                "Họ và tên": f"Lê Văn A{i}",
                "Điện thoại": f"09{i:08d}",
                "Vai": "đảng viên",
                "Đơn vị": f"B{i % 8 + 1}",
            }
            for i in range(1, people_count + 1)
        ],
        "Quần chúng": [
            {
                "Họ và tên": f"Trần Thị C{i}",
                "Ngày sinh": 1990 + i % 10,
                "Chi bộ": f"B{i % 8 + 1}",
                "Người giúp": f"{i % people_count + 1:03d}",
            }
            | {"Nhóm": "công nhân; phụ nữ", "Bước": random.Random(i).choice(STEPS[:5]), "Ngày của bước": "01/02/2026"}
            for i in range(candidate_count)
        ],
    }


async def test_a_large_workbook_is_taken_in_once_and_only_once(database: Database) -> None:
    sheets = crowd(60, 300)
    first = await take_in(database, sheets)
    assert told(first) == []
    assert first.created == {"units": 9, "people": 60, "candidates": 300, "targets": 0}
    assert len({invited.code for invited in first.invitations}) == 60
    before = await database.read(everything)
    random.Random(1).shuffle(sheets["Quần chúng"])
    again = await take_in(database, sheets)
    assert again.unchanged == {"units": 9, "people": 60, "candidates": 300, "targets": 0}
    assert await database.read(everything) == before
    assert await database.read(history.broken) is None


codes = st.integers(0, 7)
trees = st.lists(st.tuples(codes, st.none() | codes), min_size=1, max_size=8, unique_by=lambda pair: pair[0])


@settings(max_examples=60, deadline=None)
@given(st.lists(trees, min_size=1, max_size=3))
def test_whatever_trees_come_in_one_after_another_the_paths_stay_true(
    books: list[list[tuple[int, int | None]]],
) -> None:
    with empty_database() as connection, undone(connection):
        for tree in books:
            lines = [
                UnitLine(i, f"U{code}", f"Unit {code}", "branch", None if above is None else f"U{above}")
                for i, (code, above) in enumerate(tree, 2)
            ]
            book = Workbook(units=tuple(lines))
            before = everything(connection)
            outcome = imports.take_in(connection, NOW, book, STEPS)
            if not outcome.ok:
                assert everything(connection) == before
                continue
            _check_tree(connection)
            saved = everything(connection)
            again = imports.take_in(connection, NOW, book, STEPS)
            assert again.ok
            assert everything(connection) == saved
        assert history.broken(connection) is None


def _check_tree(connection: Connection) -> None:
    found = {row.id: row for row in connection.execute(select(units_table))}
    assert len([unit for unit in found.values() if unit.parent_id is None]) == 1
    for unit in found.values():
        above = found[unit.parent_id].path if unit.parent_id else ""
        assert unit.path == f"{above}{unit.id}/"
