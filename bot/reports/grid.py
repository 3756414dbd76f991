"""One table on one sheet of an .xlsx: headings that stay, a filter, formulas that live, ready for printing on A4."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

# The row of the headings; above it stands who reports, what about, and when.
TOP = 4
NUMBER, CHANGE, SHARE, DAY = "#,##0", "+#,##0;-#,##0;0", "0.00%", "dd/mm/yyyy"
NOTHING = "\u2013"
_FONT = "Times New Roman"
_HEAD, _SUM = PatternFill("solid", fgColor="9B1C1C"), PatternFill("solid", fgColor="F3E5E5")
_THIN = Side("thin", color="999999")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WHITE = Font(name=_FONT, bold=True, color="FFFFFF", size=12)
_PLAIN, _BOLD = Font(name=_FONT, size=12), Font(name=_FONT, size=12, bold=True)
_TITLE, _ASIDE = Font(name=_FONT, size=14, bold=True), Font(name=_FONT, size=12, italic=True)
_MIDDLE = Alignment(wrap_text=True, vertical="center", horizontal="center")
_WRAP, _RIGHT = Alignment(wrap_text=True, vertical="center"), Alignment(vertical="center", horizontal="right")
# Columns that stay where a wide sheet is moved sideways; up to how many columns a page stays upright.
FIXED, _PORTRAIT = 3, 5


@dataclass(frozen=True, slots=True)
class Formula:
    """What the program that opens the file works out."""

    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, its width in letters, and how its numbers are shown (None: words)."""

    head: str
    width: int
    shown: str | None = NUMBER


@dataclass(frozen=True, slots=True)
class Grid:
    """One table. A row has a cell for each column; `total` is the row that adds up."""

    tab: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    total: Sequence[Any] | None = None


def at(column: int, row: int) -> str:
    """The name of a cell; both count from 1."""
    return f"{get_column_letter(column)}{row}"


def share(part: str, of: str) -> Formula:
    """One cell as a part of another; a dash where there is nothing to divide by."""
    return Formula(f'=IF(N({of})=0,"{NOTHING}",{part}/{of})')


def sums(columns: Sequence[int], rows: int) -> list[Formula | int]:
    """What each of these columns adds up to, over the rows of the table."""
    return [Formula(f"=SUM({at(c, TOP + 1)}:{at(c, TOP + rows)})") if rows else 0 for c in columns]


def packed(grids: Sequence[Grid], top: Sequence[str]) -> bytes:
    """The workbook with one sheet a table; `top` are the three lines above each."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for grid in grids:
        _sheet(book.create_sheet(grid.tab), grid, top)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _sheet(sheet: Worksheet, grid: Grid, top: Sequence[str]) -> None:
    who, what, when = top
    for place, (text, font) in enumerate(((who, _BOLD), (f"{grid.tab}: {what}", _TITLE), (when, _ASIDE)), 1):
        sheet.cell(place, 1, text).font = font
    for number, column in enumerate(grid.columns, 1):
        cell = sheet.cell(TOP, number, column.head)
        cell.font, cell.fill, cell.alignment, cell.border = _WHITE, _HEAD, _MIDDLE, _BOX
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.row_dimensions[TOP].height = 48
    for number, row in enumerate(grid.rows, TOP + 1):
        _row(sheet, number, row, grid.columns, _PLAIN)
    if grid.total is not None:
        _row(sheet, TOP + len(grid.rows) + 1, grid.total, grid.columns, _BOLD, _SUM)
    sheet.freeze_panes = at(FIXED + 1 if len(grid.columns) > _PORTRAIT else 1, TOP + 1)
    sheet.auto_filter.ref = f"A{TOP}:{at(len(grid.columns), TOP + max(1, len(grid.rows)))}"
    _print(sheet, len(grid.columns))


def _row(
    sheet: Worksheet,
    number: int,
    row: Sequence[Any],
    columns: Sequence[Column],
    font: Font,
    fill: PatternFill | None = None,
) -> None:
    for place, (value, column) in enumerate(zip(row, columns, strict=True), 1):
        cell = sheet.cell(number, place, value.text if isinstance(value, Formula) else value)
        if isinstance(value, str):
            # Words that begin like a formula are still words.
            cell.data_type = "s"
        cell.font, cell.border, cell.alignment = font, _BOX, _RIGHT if column.shown else _WRAP
        cell.number_format = column.shown or "General"
        if fill is not None:
            cell.fill = fill


def _print(sheet: Worksheet, columns: int) -> None:
    sheet.page_setup.orientation = "landscape" if columns > _PORTRAIT else "portrait"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{TOP}:{TOP}"
    if sheet.oddFooter is not None:
        sheet.oddFooter.center.text = "&P/&N"
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top = sheet.page_margins.bottom = 0.7
