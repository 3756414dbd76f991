"""Taking the list out as a workbook: within one's rights, into the history, and back in without a change."""

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Connection, select

from bot.chat import Message
from bot.reports.filled import filled
from bot.reports.lines import UnitLine, Workbook
from bot.reports.workbook import read_workbook
from handlers.workbooks import words_of_workbook
from storage import candidates, exports, history, imports, people, units
from storage.tables import history as history_rows
from storage.tables import targets
from tests.office import Office

WORDS = words_of_workbook()
STEPS = list(WORDS["steps"])
TAKERS = ("Trần Văn Phòng", "Lý Thị Tổ Chức", "Đỗ Văn Kiểm", "Phan Văn Địa Bàn", "Lê Thị Bí", "Ngô Văn Phó")


async def furnished(office: Office) -> None:
    """More of everything that a workbook holds."""
    await office.has_candidate(
        "Phạm Minh Quân",
        "B1",
        "Lê Thị Hai",
        sex="male",
        born_on=date(1993, 4, 5),
        born_year=1993,
        phone="0911222333",
        education="university",
        introduced_by="Chi đoàn",
        groups=["youth_union", "religious"],
    )
    await office.has_candidate("Đinh Thị Mơ", "B2", education="sơ cấp nghề", step="vetting")
    await office.has_candidate("Cao Văn Cũ", "B2", state="closed")

    def work(connection: Connection) -> None:
        connection.execute(
            targets.insert(),
            [
                {"unit_id": office.unit["B1"].id, "year": 2026, "quarter": 4, "admissions": 1, "sources": None},
                {"unit_id": office.unit["W"].id, "year": 2026, "quarter": 0, "admissions": 7, "sources": 12},
            ],
        )
        connection.execute(people.people.update().where(people.people.c.name == "Lê Thị Bí").values(code="DV-007"))

    await office.do(work)


async def taken(office: Office, name: str) -> bytes:
    phone = office.phone(name)
    await phone.says("/xuất")
    await phone.presses("Lấy tệp")
    file = phone.last.file
    assert file is not None and file.name == "chibot-20261120.xlsx"
    return file.content


def sheets(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


async def lines(office: Office) -> int:
    return len(await office.do(lambda c: c.execute(select(history_rows.c.id)).all()))


@pytest.mark.parametrize("name", TAKERS)
async def test_reading_an_exported_file_in_again_changes_nothing(office: Office, name: str) -> None:
    await furnished(office)
    book = read_workbook(await taken(office, name), WORDS)
    assert book.problems == ()
    assert book.units and book.people and book.candidates and book.targets
    before = await lines(office)
    boss = await office.do(lambda c: people.by_id(c, office.person["Trần Văn Phòng"]))
    outcome = await office.do(lambda c: imports.take_in(c, office.now, book, STEPS, boss))
    assert outcome.problems == ()
    assert not any((*outcome.created.values(), *outcome.updated.values())), outcome
    assert sum(outcome.unchanged.values()) > 4
    assert await lines(office) == before


async def test_the_office_gets_full_names_and_sensitive_columns(office: Office) -> None:
    await furnished(office)
    found = sheets(await taken(office, "Trần Văn Phòng"))
    assert list(found) == ["Về tệp này", "Tổ chức", "Con người", "Quần chúng", "Chỉ tiêu"]
    quan = next(row for row in found["Quần chúng"] if row[1] == "Phạm Minh Quân")
    assert quan[2].date() == date(1993, 4, 5) and quan[4] == "0911222333"
    assert quan[6] == "người có đạo; đoàn viên" or quan[6] == "đoàn viên; người có đạo"
    assert any("0912345678" in row for row in found["Con người"])
    assert "số điện thoại, ngày sinh và nhóm" in str(found["Về tệp này"])
    assert "id-12" in str(found["Về tệp này"])


@pytest.mark.parametrize(
    ("name", "full", "own_branch_only"),
    [("Lê Thị Bí", True, True), ("Lý Thị Tổ Chức", False, False), ("Phan Văn Địa Bàn", False, True)],
)
async def test_others_get_as_much_as_they_may_read_and_the_file_says_so(
    office: Office, name: str, full: bool, own_branch_only: bool
) -> None:
    await furnished(office)
    found = sheets(await taken(office, name))
    said = str(found)
    assert "0911222333" not in said and "0912345678" not in said and "người có đạo;" not in said
    assert "1993-04-05" not in said and "datetime.datetime(1993" not in said
    assert ("Phạm Minh Quân" in said) is full and ("P.M. Quân" in said) is not full
    assert ("Trường Tiểu học" in said) is not own_branch_only
    about = str(found["Về tệp này"])
    assert "KHÔNG có số điện thoại" in about
    assert ("chữ cái đầu" in about) is not full
    assert "Cao Văn Cũ" not in said


async def test_members_and_strangers_take_nothing_out(office: Office) -> None:
    refused = await office.phone("Lê Thị Hai").says("/xuat lay")
    assert refused is not None and "không thuộc vai" in refused.text and refused.file is None
    stranger = await office.phone("khách").says("/xuat lay")
    assert stranger is not None and "mã mời" in stranger.text


async def test_looking_writes_nothing_and_taking_is_written_down(office: Office) -> None:
    before = await lines(office)
    looked = await office.phone("Lê Thị Bí").says("xuất danh sách")
    assert looked is not None and "<b>3 quần chúng</b>" in looked.text
    assert await lines(office) == before
    await taken(office, "Lê Thị Bí")
    entries = await office.do(lambda c: history.of(c, f"unit:{office.unit['B1'].id}"))
    assert (entries[-1].action, entries[-1].who) == ("export.make", "Lê Thị Bí")
    assert entries[-1].after == {"units": 1, "people": 5, "candidates": 3, "targets": 0, "sensitive": False}


async def test_what_looks_like_a_formula_stays_text(office: Office) -> None:
    name = '=HYPERLINK("http://x.vn","bấm")'

    def work(connection: Connection) -> None:
        unit = units.by_id(connection, office.unit["B1"].id)
        units.change(connection, office.now, None, unit, {"name": name})
        case = candidates.by_code(connection, "QC-0001")
        assert case is not None
        candidates.change(connection, office.now, None, case, "candidate.change", {"introduced_by": "@SUM(1+1)"})

    await office.do(work)
    content = await taken(office, "Trần Văn Phòng")
    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    risky = [cell for cell in cells if str(cell.value).startswith(("=", "@"))]
    assert len(risky) == 2 and all(cell.quotePrefix for cell in risky)
    again = read_workbook(content, WORDS)
    assert again.problems == () and name in [unit.name for unit in again.units]


async def test_a_name_of_another_office_is_not_taken_for_somebody_without_a_code(office: Office) -> None:
    """A file from elsewhere may hold id-1 as well: another name is another person."""
    book = read_workbook(await taken(office, "Lê Thị Bí"), WORDS)
    stranger = next(line for line in book.people if line.name == "Lê Thị Hai")
    renamed = Workbook(people=(type(stranger)(2, stranger.code, "member", "Vũ Thị Khác", unit="B1"),))
    outcome = await office.do(lambda c: imports.check(c, office.now, renamed, STEPS))
    assert outcome.created["people"] == 1 and outcome.updated["people"] == 0


def test_what_is_written_is_what_is_read() -> None:
    book = Workbook(units=(UnitLine(2, "007", "Chi bộ +1", "branch", None, "school", 12, 3),))
    read = read_workbook(filled(book, WORDS, ["về tệp"]), WORDS)
    assert read.units == book.units


async def test_nobody_waits_for_somebody_else_s_file(office: Office) -> None:
    """The words are committed at once; the file follows when it is made, on a message of its own chat."""
    phone = office.phone("Lê Thị Bí")
    await phone.says("/xuat lay")
    answer: Message = phone.last
    assert answer.file is not None and "ghi vào nhật ký" in answer.text
    exported = await office.do(lambda c: exports.of(c, people.by_id(c, office.person["Lê Thị Bí"])))
    assert len(exported.book.candidates) == 3
