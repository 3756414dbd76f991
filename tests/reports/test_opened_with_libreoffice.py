"""Reports opened as an office opens them: LibreOffice lays out the .docx and works out the .xlsx."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Connection

from bot.reports.document import document
from bot.reports.spreadsheet import spreadsheet
from bot.rules.periods import Period
from handlers.papers import paper_of
from storage import standing
from tests.office import Office
from tests.reports.papers import ward

pytestmark = pytest.mark.libreoffice


@pytest.fixture
def office_programs() -> None:
    for program in ("soffice", "pdftotext", "pdfinfo"):
        if shutil.which(program) is None:
            pytest.skip("LibreOffice or poppler-utils is not installed")


def converted(folder: Path, name: str, content: bytes, to: str) -> Path:
    """The file in another form, as LibreOffice makes it; its settings lie in this folder too."""
    given, out = folder / name, folder / "out"
    given.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", to, "--outdir", str(out), str(given)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return out / f"{given.stem}.{to}"


def told(program: str, *arguments: str) -> str:
    return subprocess.run([program, *arguments], check=True, capture_output=True, timeout=30, text=True).stdout


@pytest.mark.usefixtures("office_programs")
def test_the_paper_s_pages_hold_what_was_put_on_them(tmp_path: Path) -> None:
    pdf = converted(tmp_path, "bao-cao.docx", document(ward(branches=40)), "pdf")
    pages = told("pdftotext", "-layout", str(pdf), "-").split("\f")[:-1]
    assert 4 <= len(pages) <= 8
    assert "A4" in told("pdfinfo", str(pdf))
    first, last = pages[0], pages[-1]
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in first, "on one line"
    assert "ĐẢNG ỦY PHƯỜNG THỬ" in first
    assert "Nơi nhận:" in last and "BÍ THƯ" in last
    assert "Rà soát." in last, "the signature does not stand alone"
    whole = "\n".join(pages)
    assert all(f"Chi bộ Tổ dân phố {number}" in whole for number in range(1, 41))
    assert whole.count("Quá") >= 2, "the head of the table comes again on the next page"
    headings = ("I- ", "II- ", "III- ", "1. ", "2. ", "3. ", "4. ")
    ends = [page.rstrip().splitlines()[-1].strip() for page in pages]
    assert not [end for end in ends if end.startswith(headings) and len(end) < 60], "no heading alone at a page's end"


@pytest.mark.usefixtures("office_programs")
async def test_the_sums_that_the_program_works_out_are_those_of_the_database(office: Office, tmp_path: Path) -> None:
    for number in range(9):
        await office.has_candidate(f"Nguyễn Văn {number}", "B2" if number % 3 else "B1", groups=["teacher"])
    await office.has_candidate("Trần Thị Trực Thuộc", "W")
    year = Period("year", 2026)

    def both(connection: Connection) -> Any:
        unit, today = office.unit["W"], office.now.date()
        return paper_of(connection, unit, year, today), standing.figures(connection, unit, year, today)

    paper, figures = await office.do(both)
    worked_out = load_workbook(converted(tmp_path, "so-lieu.xlsx", spreadsheet(paper), "xlsx"), data_only=True)
    cells = [[cell.value for cell in row] for sheet in worked_out.worksheets for row in sheet.iter_rows()]
    assert not [cell for row in cells for cell in row if isinstance(cell, str) and cell.startswith(("#", "Err:"))]
    told = {row[1]: row[2] for row in worked_out["Tổng hợp"].iter_rows(min_row=5, values_only=True)}
    assert told["Quần chúng đưa vào danh sách nguồn"] == figures.new_sources == 14
    assert told["Hồ sơ đang theo dõi"] == figures.open_cases == 14
    assert told["Quần chúng lâu chưa ai gặp"] == figures.silent
    units = [*worked_out["Theo đơn vị"].iter_rows(min_row=5, values_only=True)]
    head = [cell.value for cell in worked_out["Theo đơn vị"][4]]
    sources = head.index("Nguồn mới")
    assert [row[sources] for row in units] == [6, 7, 1, 14], "two branches, the ward itself, the sum"
    shares = [*worked_out["Cơ cấu"].iter_rows(min_row=5, values_only=True)]
    [teachers] = [row for row in shares if row[1] == "giáo viên"]
    assert (teachers[5], teachers[6], round(teachers[7], 4)) == (9, 14, 0.6429)
