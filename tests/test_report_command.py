"""`chibot report` as an operator types it."""

import asyncio
import io

import pytest
from docx import Document
from openpyxl import load_workbook

from tests.office import open_office
from tests.terminal import Terminal


@pytest.fixture
def ward(terminal: Terminal) -> Terminal:
    """A terminal beside the database of the usual committee."""

    async def fill() -> None:
        async with open_office(terminal.folder):
            pass

    asyncio.run(fill())
    terminal.sets(DATABASE_URL=f"sqlite+aiosqlite:///{terminal.folder / 'office.db'}")
    return terminal


def test_the_ending_chooses_the_form_and_json_says_the_main_figures(ward: Terminal) -> None:
    ran = ward.run("report", "yearly", "--unit", "W", "--period", "2026", "--out", "nam.docx", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["figures"]["new_sources"] == {"now": 4, "before": 0, "target": None}
    assert [unit["unit"] for unit in ran.json["units"]] == ["B1", "B2"]
    assert ran.json["state"] == "draft"
    words = [p.text for p in Document(io.BytesIO((ward.folder / "nam.docx").read_bytes())).paragraphs]
    assert "kết quả công tác phát triển đảng viên năm 2026" in words
    assert ward.run("report", "quarterly", "--unit", "B1", "--period", "2026-q1", "--out", "quy.xlsx").code == 0
    assert load_workbook(ward.folder / "quy.xlsx").sheetnames == ["Tổng hợp", "Các bước", "Cơ cấu"]
    assert ward.run("report", "composition", "--unit", "W", "--period", "2026", "--out", "co.PNG").code == 0
    assert (ward.folder / "co.PNG").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("kind", "unit", "period", "out", "says"),
    [
        ("weekly", "W", "2026-11", "a.docx", "no kind of report weekly"),
        ("monthly", "W", "2026-Q4", "a.docx", "like 2026-11, not 2026-Q4"),
        ("monthly", "W", "November", "a.docx", "November is no period"),
        ("yearly", "W", "2099", "a.docx", "has not begun"),
        ("yearly", "NO", "2026", "a.docx", "no unit NO"),
        ("yearly", "W", "2026", "a.pdf", "ends in none of"),
        ("yearly", "W", "2026", "no/such/a.docx", "no folder"),
        ("yearly", "W", "2026", "folder.docx", "is a folder"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    ward: Terminal, kind: str, unit: str, period: str, out: str, says: str
) -> None:
    (ward.folder / "folder.docx").mkdir()
    ran = ward.run("report", kind, "--unit", unit, "--period", period, "--out", out)
    assert ran.code == 2
    assert says in ran.sentence
    assert ran.out == ""
