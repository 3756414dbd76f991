"""Workbooks as an office fills them, made for tests."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from bot.reports.form import form
from bot.reports.lines import Workbook as Book
from bot.reports.workbook import read_workbook
from handlers.templates import load

WORDS = load("words")
STEPS = list(WORDS["steps"])
Rows = Sequence[Mapping[str, Any]]


def paper(sheets: Mapping[str, Rows]) -> bytes:
    """An .xlsx with these sheets; a row is a cell by heading."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        headings = list(dict.fromkeys(heading for row in rows for heading in row))
        sheet.append(headings)
        for row in rows:
            sheet.append([row.get(heading) for heading in headings])
    return packed(book)


def packed(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read(sheets: Mapping[str, Rows]) -> Book:
    return read_workbook(paper(sheets), WORDS)


def ward() -> dict[str, list[dict[str, Any]]]:
    """A small ward without a mistake; tests change what they need."""
    return {
        "Tổ chức": [
            {"Mã": "CB1", "Tên": "Chi bộ Tổ dân phố 1", "Loại": "chi bộ", "Thuộc": "DU", "Khu vực": "khu dân cư"},
            {"Mã": "DU", "Tên": "Phường Thử Nghiệm", "Loại": "đảng ủy", "Số đảng viên": 60, "Ngày sinh hoạt": 5},
            {"Mã": "CB2", "Tên": "Chi bộ Trường học", "Loại": "chi bộ", "Thuộc": "DU", "Khu vực": "trường học"},
        ],
        "Con người": [
            {"Mã": "VP", "Họ và tên": "Trần Văn Phòng", "Điện thoại": "0900000001", "Vai": "văn phòng", "Đơn vị": "DU"},
            {
                "Mã": "PT",
                "Họ và tên": "Võ Minh Tâm",
                "Vai": "phụ trách địa bàn",
                "Đơn vị": "DU",
                "Phụ trách": "CB1; CB2",
            },
            {"Mã": "BT", "Họ và tên": "Lê Thị Bí", "Vai": "bí thư", "Đơn vị": "CB1"},
            {"Mã": "DV", "Họ và tên": "Lê Thị Hai", "Điện thoại": "0912345678", "Vai": "đảng viên", "Đơn vị": "CB1"},
            {"Mã": "DV", "Vai": "phó bí thư", "Đơn vị": "CB2"},
        ],
        "Quần chúng": [
            {"Họ và tên": "Nguyễn Ngọc Lan", "Ngày sinh": "15/05/2000", "Giới tính": "nữ", "Chi bộ": "CB1"}
            | {
                "Nhóm": "đoàn viên; giáo viên",
                "Trình độ": "đại học",
                "Người giúp": "DV",
                "Đơn vị giới thiệu": "Chi đoàn",
            }
            | {"Bước": "Lớp bồi dưỡng nhận thức về Đảng", "Ngày của bước": "20/03/2026"},
            {"Họ và tên": "Trương Đình Hòa", "Ngày sinh": 1995, "Điện thoại": "0988 777 666", "Chi bộ": "CB1"},
            {"Mã": "QC-0100", "Họ và tên": "Võ Văn Sơn", "Chi bộ": "CB2", "Người giúp": "DV"},
        ],
        "Chỉ tiêu": [
            {"Đơn vị": "CB1", "Năm": 2026, "Quý": 4, "Kết nạp": 1, "Tạo nguồn": 2},
            {"Đơn vị": "DU", "Năm": 2026, "Kết nạp": 4},
        ],
    }


def titles() -> list[str]:
    return [page.name for page in form().pages.values()]
