"""The office's workbook: the empty one that goes out, and what is read of the one that comes back."""

import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bot.reports.cells import Bad, Cell
from bot.reports.cells import read as read_cell
from bot.reports.form import form
from bot.reports.lines import Birth
from bot.reports.template import template
from bot.reports.workbook import MOST_ROWS, read_workbook, said, worded
from storage.people import plain_phone
from tests.papers import WORDS, packed, paper, read, titles, ward

ROOT = Path(__file__).parent.parent.parent
EMPTY = template(WORDS)


def kinds(content: bytes) -> list[str]:
    return [problem.kind for problem in read_workbook(content, WORDS).problems]


def test_the_untouched_template_says_nothing() -> None:
    assert read_workbook(EMPTY, WORDS).empty


def test_the_template_has_the_four_sheets_with_frozen_headings_lists_and_an_example() -> None:
    book = load_workbook(io.BytesIO(EMPTY))
    assert [title for title in book.sheetnames if title in titles()] == titles()
    for title in titles():
        sheet = book[title]
        assert sheet.freeze_panes == "A2"
        assert str(sheet["A2"].value).startswith("Ví dụ")
        assert any(rule.type == "list" for rule in sheet.data_validations.dataValidation) or title == "Chỉ tiêu"
        assert all(len(rule.prompt) > 5 for rule in sheet.data_validations.dataValidation)
    roles = next(r for r in book["Con người"].data_validations.dataValidation if r.promptTitle == "Vai")
    sheet, cells = roles.formula1.replace("'", "").replace("$", "").split("!")
    offered = [cell.value for row in book[sheet][cells] for cell in row]
    assert offered == ["văn phòng", "ban tổ chức", "phụ trách địa bàn", "kiểm tra", "bí thư", "phó bí thư", "đảng viên"]


def test_every_example_line_is_right_once_it_has_codes_of_its_own() -> None:
    book = load_workbook(io.BytesIO(EMPTY))
    for title in titles():
        for cell in book[title][2]:
            if isinstance(cell.value, str):
                cell.value = cell.value.replace("Ví dụ ", "")
    found = read_workbook(packed(book), WORDS)
    assert found.problems == ()
    assert [len(found.units), len(found.people), len(found.candidates), len(found.targets)] == [1, 1, 1, 1]
    assert found.candidates[0].step == "awareness_class"
    assert found.candidates[0].born == Birth(1999, date(1999, 5, 15))
    assert found.people[0].charge == ("CB1", "CB2")


def test_everything_that_a_list_offers_is_understood() -> None:
    known = form()
    for of_list in ("kinds", "areas", "roles", "sexes", "groups", "steps", "education"):
        meanings = known.meanings(of_list, WORDS)
        column = next(c for page in known.pages.values() for c in page.columns if c.from_list == of_list)
        for slug, name in known.names(of_list, WORDS).items():
            for text in (name, name.upper(), slug):
                value = read_cell(Cell(text), column, meanings, {slug: name})
                assert value in (slug, (slug,)), text


def test_an_example_that_was_written_over_is_not_silently_dropped() -> None:
    book = load_workbook(io.BytesIO(EMPTY))
    book["Tổ chức"]["B2"] = "Chi bộ thật"
    found = read_workbook(packed(book), WORDS)
    assert [(p.kind, p.sheet, p.row) for p in found.problems] == [("example_changed", "units", 2)]


def test_headings_come_in_any_order_and_spelling_with_other_columns_between() -> None:
    found = read(
        {
            "TO CHUC": [
                {
                    "ghi chú": "x",
                    "THUỘC (MÃ)": None,
                    "loai": "DANG UY",
                    "  Mã  ": "DU",
                    "ten": "Phường",
                    "Ngày họp": 5.0,
                },
                {"loai": "Chi Bộ", "  Mã  ": 12, "ten": "Chi bộ 12", "THUỘC (MÃ)": "du"},
                {"loai": "Chi bo", "  Mã  ": 13.0, "ten": "Chi bộ 13", "THUỘC (MÃ)": "DU"},
            ]
        }
    )
    assert found.problems == ()
    assert [(unit.code, unit.kind, unit.parent) for unit in found.units] == [
        ("DU", "committee", None),
        ("12", "branch", "du"),
        ("13", "branch", "DU"),
    ]
    assert found.units[0].meeting_day == 5


def test_a_title_above_the_headings_and_blank_rows_do_not_disturb() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Chỉ tiêu"
    sheet["A1"] = "CHỈ TIÊU NĂM 2026"
    sheet.merge_cells("A1:E1")
    for column, heading in enumerate(("Đơn vị", "Năm", "Quý", "Kết nạp", "Tạo nguồn"), 1):
        sheet.cell(3, column, heading)
    for column, value in enumerate(("CB1", "2026", "Quý IV", 1, None), 1):
        sheet.cell(7, column, value)
    sheet["A8"] = "   "
    found = read_workbook(packed(book), WORDS)
    assert found.problems == ()
    assert [(t.row, t.unit, t.year, t.quarter, t.admissions, t.sources) for t in found.targets] == [
        (7, "CB1", 2026, 4, 1, None)
    ]


def test_a_number_that_shows_zeros_keeps_them_in_its_code() -> None:
    book = load_workbook(io.BytesIO(EMPTY))
    sheet = book["Tổ chức"]
    sheet.append([7, "Chi bộ 7", "chi bộ", "007"])
    sheet["A3"].number_format = "000"
    assert [unit.code for unit in read_workbook(packed(book), WORDS).units] == ["007"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("03/02/2026", date(2026, 2, 3)),
        ("3/2/2026", date(2026, 2, 3)),
        ("3-2-2026", date(2026, 2, 3)),
        ("03.02.2026", date(2026, 2, 3)),
        ("2026-02-03", date(2026, 2, 3)),
        (datetime(2026, 2, 3, 0, 0), date(2026, 2, 3)),  # noqa: DTZ001
        ("29/02/2028", date(2028, 2, 29)),
        ("29/02/2026", None),
        ("31/04/2026", None),
        ("3/2/26", None),
        ("02/2026", None),
        ("hôm qua", None),
        (46000, None),
    ],
)
def test_a_day_is_a_date_or_written_day_first(written: Any, meant: date | None) -> None:
    column = form().pages["candidates"].column("step_on")
    if meant is not None:
        assert read_cell(Cell(written), column, {}, {}) == meant
        return
    with pytest.raises(Bad) as bad:
        read_cell(Cell(written), column, {}, {})
    assert bad.value.kind == "not_date"


@given(st.dates(date(1930, 1, 1), date(2099, 12, 31)))
def test_any_day_written_day_first_is_read_as_that_day(day: date) -> None:
    pages = form().pages["candidates"]
    for text in (f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}", f" {day:%d-%m-%Y} "):
        assert read_cell(Cell(text), pages.column("step_on"), {}, {}) == day
        assert read_cell(Cell(text), pages.column("born"), {}, {}) == Birth(day.year, day)


@pytest.mark.parametrize("year", ["1999", 1999, 1999.0, "5/1999", "05-1999"])
def test_a_birth_may_be_only_a_year(year: Any) -> None:
    assert read_cell(Cell(year), form().pages["candidates"].column("born"), {}, {}) == Birth(1999)


@given(st.integers(100_000_000, 999_999_999), st.sampled_from(["0{}", "+84{}", "84 {}", "{}", "0{} ", "+84 (0){}"]))
def test_a_number_is_one_number_however_it_is_written(digits: int, shape: str) -> None:
    if shape == "{}" and str(digits).startswith("84"):
        return  # nine digits that begin like the country: the sheet took a zero away, and that reading wins
    cell = read_cell(Cell(shape.format(digits)), form().pages["people"].column("phone"), {}, {})
    assert plain_phone(cell) == f"0{digits}"


def test_a_number_that_lost_its_zero_in_the_sheet_gets_it_back() -> None:
    column = form().pages["people"].column("phone")
    assert read_cell(Cell(912345678, "n"), column, {}, {}) == "0912345678"
    assert read_cell(Cell(84912345678, "n"), column, {}, {}) == "0912345678"


BAD_CELLS = [
    ("Tổ chức", "Mã", None, "missing"),
    ("Tổ chức", "Mã", "CB1;CB2", "bad_code"),
    ("Tổ chức", "Mã", 1.5, "bad_code"),
    ("Tổ chức", "Mã", "C" * 33, "too_long"),
    ("Tổ chức", "Mã", datetime(2026, 2, 1), "date_for_text"),  # noqa: DTZ001
    ("Tổ chức", "Mã", True, "not_text"),
    ("Tổ chức", "Tên", "123", "not_a_name"),
    ("Tổ chức", "Tên", "A" * 121, "too_long"),
    ("Tổ chức", "Loại", "câu lạc bộ", "not_choice"),
    ("Tổ chức", "Loại", "chi bộo", "not_choice_near"),
    ("Tổ chức", "Khu vực", "sao Hỏa", "not_choice"),
    ("Tổ chức", "Số đảng viên", "nhiều", "not_number"),
    ("Tổ chức", "Số đảng viên", 12.5, "not_number"),
    ("Tổ chức", "Số đảng viên", -1, "out_of_range"),
    ("Tổ chức", "Ngày sinh hoạt", 29, "out_of_range"),
    ("Tổ chức", "Ngày sinh hoạt", 0, "out_of_range"),
    ("Con người", "Vai", None, "missing"),
    ("Con người", "Vai", "giám đốc", "not_choice"),
    ("Con người", "Điện thoại", "12345", "not_phone"),
    ("Con người", "Điện thoại", "0912345678 / 0987654321", "not_phone"),
    ("Con người", "Điện thoại", "không có", "not_phone"),
    ("Con người", "Phụ trách", "CB1;" + "C" * 40, "too_long"),
    ("Quần chúng", "Họ và tên", None, "missing"),
    ("Quần chúng", "Chi bộ", None, "missing"),
    ("Quần chúng", "Ngày sinh", "31/02/2000", "not_birth"),
    ("Quần chúng", "Giới tính", "không rõ", "not_choice"),
    ("Quần chúng", "Nhóm", "đoàn viên; phi hành gia", "not_choice"),
    ("Quần chúng", "Bước", "đang nghĩ", "not_choice"),
    ("Quần chúng", "Ngày của bước", "31/02/2026", "not_date"),
    ("Quần chúng", "Ngày của bước", 2026, "not_date"),
    ("Quần chúng", "Đơn vị giới thiệu", "x" * 201, "too_long"),
    ("Quần chúng", "Đơn vị giới thiệu", "=1+1", "formula"),
    ("Quần chúng", "Trình độ", "#REF!", "error_cell"),
    ("Chỉ tiêu", "Năm", "hai nghìn", "not_number"),
    ("Chỉ tiêu", "Năm", 1999, "out_of_range"),
    ("Chỉ tiêu", "Quý", 5, "not_quarter"),
    ("Chỉ tiêu", "Kết nạp", "một", "not_number"),
]


@pytest.mark.parametrize(("sheet", "column", "value", "kind"), BAD_CELLS)
def test_a_bad_cell_is_named_by_sheet_row_and_column(sheet: str, column: str, value: Any, kind: str) -> None:
    sheets = ward()
    sheets[sheet][0][column] = value
    found = read(sheets)
    assert [problem.kind for problem in found.problems] == [kind]
    told = worded(found.problems[0], WORDS)
    assert (told["sheet"], told["row"], told["column"]) == (sheet, 2, column)
    assert len(told["problem"]) > 15
    assert "{" not in told["problem"]
    assert said(told).startswith(f"{sheet}, dòng 2, cột {column}: ")


def test_the_small_ward_of_the_tests_has_no_mistake() -> None:
    assert read(ward()).problems == ()


def test_all_bad_rows_are_told_at_once_and_the_good_ones_are_read() -> None:
    sheets = ward()
    sheets["Tổ chức"][0]["Loại"] = "x"
    sheets["Con người"][1]["Vai"] = "x"
    sheets["Quần chúng"][2]["Ngày sinh"] = "x"
    found = read(sheets)
    assert [(p.sheet, p.row) for p in found.problems] == [("units", 2), ("people", 3), ("candidates", 4)]
    assert [unit.code for unit in found.units] == ["DU", "CB2"]
    assert found.dropped["units"] == {"cb1"}


def test_a_merged_cell_in_the_rows_is_refused_because_nobody_knows_whose_it_is() -> None:
    book = load_workbook(io.BytesIO(paper(ward())))
    book["Con người"].merge_cells("D4:D5")
    found = read_workbook(packed(book), WORDS)
    assert ("merged", "people", 4) in [(p.kind, p.sheet, p.row) for p in found.problems]
    assert "D4:D5" in worded(found.problems[0], WORDS)["problem"]


def test_a_formula_is_read_as_its_result() -> None:
    sheets = ward()
    sheets["Chỉ tiêu"][0]["Kết nạp"] = "=1+2"
    content = _rewritten(paper(sheets), "sheet4.xml", "<f>1+2</f><v></v>", "<f>1+2</f><v>3</v>")
    found = read_workbook(content, WORDS)
    assert found.problems == ()
    assert found.targets[0].admissions == 3


def _rewritten(content: bytes, name: str, old: str, new: str) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(result, "w") as after:
        for entry in before.namelist():
            text = before.read(entry)
            if entry.endswith(name):
                assert re.search(old.replace("+", r"\+").replace("<v></v>", "<v ?/?>(</v>)?"), text.decode())
                text = re.sub(old.replace("+", r"\+").replace("<v></v>", "<v ?/?>(</v>)?"), new, text.decode()).encode()
            after.writestr(entry, text)
    return result.getvalue()


def test_a_heading_that_is_missing_or_stands_twice_is_named() -> None:
    sheets = ward()
    sheets["Con người"] = [{"Mã": "A", "Họ và tên": "Lê A", "Họ tên": "Lê B"}]
    found = read(sheets)
    assert [(p.kind, p.column) for p in found.problems] == [("heading_twice", "name"), ("no_column", "role")]


def test_a_sheet_without_headings_and_one_that_stands_twice_are_named() -> None:
    sheets = {"Tổ chức": [{"a": 1, "b": 2}], "Chỉ tiêu": ward()["Chỉ tiêu"], "chi tieu": ward()["Chỉ tiêu"]}
    assert [p.kind for p in read(sheets).problems] == ["no_headings", "sheet_twice"]


def test_a_sheet_of_more_rows_than_can_be_is_refused() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Chỉ tiêu")
    for row in [("Đơn vị", "Năm"), *(("CB1", 2026) for _ in range(MOST_ROWS + 1))]:
        sheet.append(row)
    assert kinds(packed(book)) == ["too_many_rows"]


def _zip(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packing:
        for name in names:
            packing.writestr(name, b"x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "not_xlsx"),
        ("Mã;Tên\nCB1;Chi bộ".encode(), "not_xlsx"),
        (b"%PDF-1.7 ...", "not_xlsx"),
        (_zip("mimetype", "content.xml"), "not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (_zip("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "macros"),
        (_zip("[Content_Types].xml", "xl/workbook.xml"), "damaged"),
        (EMPTY[: len(EMPTY) // 2], "damaged"),
        (EMPTY[:-30], "damaged"),
        (b"PK" + b"\0" * (20 * 1024 * 1024), "too_large"),
    ],
)
def test_what_is_no_workbook_gets_one_clear_sentence(content: bytes, kind: str) -> None:
    found = read_workbook(content, WORDS)
    assert [problem.kind for problem in found.problems] == [kind]
    told = worded(found.problems[0], WORDS)
    assert (told["sheet"], told["row"], told["column"]) == (None, None, None)
    assert told["problem"].endswith(".")


def test_a_workbook_that_unpacks_to_a_mountain_is_refused_before_it_is_unpacked() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packing:
        packing.writestr("[Content_Types].xml", b"x")
        packing.writestr("xl/worksheets/sheet1.xml", b" " * (65 * 1024 * 1024))
    assert len(content.getvalue()) < 200_000
    assert kinds(content.getvalue()) == ["too_large"]


def test_a_workbook_with_other_sheets_only_says_which_are_wanted() -> None:
    found = read({"Sheet1": [{"a": 1}]})
    assert [problem.kind for problem in found.problems] == ["no_sheets"]
    assert "Quần chúng" in worded(found.problems[0], WORDS)["problem"]


def test_every_problem_has_a_sentence_and_every_sentence_a_problem() -> None:
    files = [*(ROOT / "bot/reports").glob("*.py"), *(ROOT / "storage/imports").glob("*.py")]
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    written = set(form().raw["problems"])
    assert {kind for kind in written if f'"{kind}"' not in code} == set()
    raised = set(re.findall(r'(?:Problem|Bad|Unreadable|problem)\(\s*"(\w+)"', code))
    assert len(raised) > 40
    assert raised <= written


def test_no_two_words_of_a_list_mean_two_things() -> None:
    raw = form().raw
    for of_list in ("kinds", "areas", "roles", "sexes", "groups", "steps", "education"):
        names = form().names(of_list, WORDS)
        own = raw["choices"].get(of_list) or {
            slug: [name, *raw["aliases"].get(of_list, {}).get(slug, [])] for slug, name in names.items()
        }
        seen: dict[str, str] = {}
        for slug, several in own.items():
            for word in several:
                assert seen.setdefault(str(word), slug) == slug, word
        assert set(raw["aliases"].get(of_list, {})) <= set(names)
