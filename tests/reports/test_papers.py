"""Reports as files: what stands where in the .docx, what the .xlsx works out, and the same again from what was kept."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bot.reports import wording
from bot.reports.document import document
from bot.reports.grid import TOP
from bot.reports.keeping import again, kept
from bot.reports.making import made
from bot.reports.paper import PARTS, Count, Issuer, Paper, UnitRow
from bot.reports.press import NotMade, printed
from bot.reports.spreadsheet import spreadsheet
from bot.reports.wording import opening, period_name
from bot.rules.periods import Period
from tests.reports.papers import BRANCH, ward


def docx(paper: Paper) -> Any:
    return Document(io.BytesIO(document(paper)))


def lines(paper: Paper) -> list[str]:
    return [paragraph.text for paragraph in docx(paper).paragraphs if paragraph.text]


def xlsx(paper: Paper) -> Workbook:
    return load_workbook(io.BytesIO(spreadsheet(paper)))


def test_the_page_is_laid_out_as_party_documents_are() -> None:
    paper = docx(ward())
    page = paper.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert [round(edge.mm) for edge in (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)] == [
        20,
        20,
        30,
        15,
    ]
    assert (paper.styles["Normal"].font.name, paper.styles["Normal"].font.size.pt) == ("Times New Roman", 14)
    left, right = (cell.text.splitlines() for cell in paper.tables[0].rows[0].cells)
    assert left == ["ĐẢNG BỘ TỈNH MẪU", "ĐẢNG ỦY PHƯỜNG THỬ NGHIỆM", "*", "Số      -BC/ĐU"]
    assert right[0] == "ĐẢNG CỘNG SẢN VIỆT NAM"
    assert right[-1] == "Thử Nghiệm, ngày      tháng 11 năm 2026"
    who, signs = (cell.text.splitlines() for cell in paper.tables[-1].rows[0].cells)
    assert who == [
        "Nơi nhận:",
        "- Tỉnh ủy Mẫu (báo cáo),",
        "- Các đơn vị trực thuộc,",
        "- Lưu Đảng ủy phường Thử Nghiệm.",
    ]
    assert signs[:2] == ["T/M ĐẢNG ỦY", "BÍ THƯ"]


def test_a_branch_s_paper_once_handed_in_has_its_day_and_number() -> None:
    handed_in = replace(ward(), issuer=BRANCH, rows=(), state="handed_in", dated=date(2026, 2, 5), number="05")
    left, right = (cell.text.splitlines() for cell in docx(handed_in).tables[0].rows[0].cells)
    assert left == ["ĐẢNG BỘ PHƯỜNG THỬ NGHIỆM", "CHI BỘ TỔ DÂN PHỐ 1", "*", "Số 05-BC/CB"]
    assert right[-1] == "Thử Nghiệm, ngày 05 tháng 02 năm 2026"
    assert "DỰ THẢO" not in lines(handed_in)
    assert "(Chưa viết)" not in lines(handed_in), "what was not written is left out"


def test_the_text_says_figures_as_the_third_seed_does() -> None:
    said = "\n".join(lines(ward(branches=2)))
    assert "theo nhóm đối tượng: " in said and "; theo trình độ: " in said, "each way of dividing them has its name"
    assert "đoàn viên: 28 (73,68%)" in said
    assert "theo số liệu của 9/14 chi bộ đã báo cáo" in said
    assert "giáo viên: 18 (47,37%)" in said
    assert "trung học phổ thông: 35 (92,11%)" in said
    assert "1/2 đơn vị trực thuộc đã nộp báo cáo. Chưa nộp: Chi bộ Tổ dân phố 1." in said
    assert "tiếp xúc, giúp đỡ quần chúng 2.003 lần" in said
    assert [line for line in said.splitlines() if line.startswith(("I- ", "II- ", "III- "))] == [
        "I- KẾT QUẢ THỰC HIỆN",
        "II- ĐÁNH GIÁ CHUNG",
        "III- NHIỆM VỤ, GIẢI PHÁP TRONG THỜI GIAN TỚI",
    ]
    assert said.index("(Chưa viết)") > said.index("Nguyên nhân")


def test_an_empty_report_is_a_report_too() -> None:
    empty = Paper("monthly", Period("month", 2026, 11), BRANCH, date(2026, 11, 20))
    for ending in ("docx", "xlsx", "png"):
        assert made(empty, ending)  # type: ignore[arg-type]
    assert any("chưa kết nạp đảng viên mới" in line for line in lines(empty))


def test_the_sheets_stay_readable_and_printable() -> None:
    book = xlsx(ward())
    assert book.sheetnames == ["Tổng hợp", "Theo đơn vị", "Các bước", "Cơ cấu", "Vị trí", "Chứng cứ", "Đoàn thể"]
    for sheet in book.worksheets:
        assert sheet.freeze_panes in (f"A{TOP + 1}", f"D{TOP + 1}")
        assert sheet.auto_filter.ref and sheet.auto_filter.ref.startswith(f"A{TOP}:")
        assert sheet.print_title_rows == f"${TOP}:${TOP}"
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToHeight == 0


def test_every_sum_and_share_is_a_formula() -> None:
    book = xlsx(ward(branches=3))
    figures, units = book["Tổng hợp"], book["Theo đơn vị"]
    assert figures["C5"].value == "='Theo đơn vị'!D9"
    assert figures["E5"].value == "=C5-D5"
    rest = [cell.value for cell in units[TOP + 4]]
    assert rest[2] == "Trực thuộc trực tiếp"
    assert book["Vị trí"]["F6"].value.startswith("=IF(")
    total = [cell.value for cell in units[TOP + 5]]
    assert total[3].startswith("=SUM(D5:D8)")
    assert units.cell(TOP + 4, 4).value == 0


def test_words_that_begin_like_a_formula_stay_words() -> None:
    evil = UnitRow("=1+1", '=HYPERLINK("http://x")', {"admitted": 1}, handed_in=False)
    book = xlsx(replace(ward(), rows=(evil,), stages=(Count("+cmd", 1),)))
    cells = [cell for sheet in book.worksheets for line in sheet.iter_rows() for cell in line]
    found = [cell for cell in cells if cell.value in (evil.code, evil.name, "+cmd")]
    assert len(found) == 3
    assert all(cell.data_type == "s" for cell in found)


def test_what_is_kept_makes_the_same_paper_again() -> None:
    for paper in (ward(), ward(kind="composition"), replace(ward(), dated=date(2026, 12, 31), number="7")):
        assert again(kept(paper)) == paper


def test_the_file_made_in_the_other_process_is_the_one_made_here() -> None:
    paper = ward(branches=2)
    there = load_workbook(io.BytesIO(printed(paper, "xlsx")))
    here = xlsx(paper)
    assert [[c.value for c in row] for row in there["Theo đơn vị"].iter_rows()] == [
        [c.value for c in row] for row in here["Theo đơn vị"].iter_rows()
    ]
    with pytest.raises(NotMade, match="code 2"):
        printed(paper, "exe")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "kind", "issues", "over"),
    [
        ("Phường Thử Nghiệm (dữ liệu mẫu)", "committee", "Đảng ủy phường Thử Nghiệm", "Đảng bộ phường Thử Nghiệm"),
        ("Đảng ủy phường Hương Hồ", "committee", "Đảng ủy phường Hương Hồ", "Đảng bộ phường Hương Hồ"),
        ("Xã Hải Lăng", "committee", "Đảng ủy xã Hải Lăng", "Đảng bộ xã Hải Lăng"),
        ("Tỉnh ủy Quảng Trị", "province", "Tỉnh ủy Quảng Trị", "Đảng bộ tỉnh Quảng Trị"),
        ("Thành ủy Huế", "province", "Thành ủy Huế", "Đảng bộ thành phố Huế"),
        ("Trường Tiểu học số 1", "branch", "Chi bộ Trường Tiểu học số 1", "Chi bộ Trường Tiểu học số 1"),
        ("chi bộ 5", "branch", "Chi bộ 5", "Chi bộ 5"),
    ],
)
def test_units_are_called_by_their_office(name: str, kind: str, issues: str, over: str) -> None:
    assert wording.issuing(name, kind) == issues
    assert wording.above(name, kind) == over


@pytest.mark.parametrize("committee", ["Phường Hương Hồ", "Đảng ủy phường Hương Hồ", "Hương Hồ (mẫu)"])
def test_the_place_is_the_commune_s_own_name(committee: str) -> None:
    assert wording.place(Issuer("Chi bộ 1", "branch", committee=committee)) == "Hương Hồ"


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_numbers_and_shares_are_vietnamese(part: int, of: int) -> None:
    said = wording.share(part, of)
    if not of:
        assert said == "–"
        return
    whole, _, cents = said.removesuffix("%").partition(",")
    assert len(cents) == 2
    assert abs(int(whole.replace(".", "")) + int(cents) / 100 - 100 * part / of) <= 0.0051
    assert wording.number(part).replace(".", "") == str(part)


def test_every_part_and_figure_has_its_words() -> None:
    words = wording.words()
    assert set(PARTS) == set(words["parts"]) == set(words["hints"])
    assert {measure.slug for measure in ward().measures} <= set(words["measures"])
    assert set(words["columns"]) <= set(words["short"])


def test_a_roman_quarter_stays_large_where_a_title_begins_with_it() -> None:
    assert opening(period_name(Period("quarter", 2026, 4))) == "Quý IV/2026"
