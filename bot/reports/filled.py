"""Writes a workbook that is filled: the sheets and headings that are read back, and a sheet about the file itself."""

import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from openpyxl import Workbook as Book
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from bot.reports.form import Column, Form, Page, Words, form
from bot.reports.lines import Birth, Workbook

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DAY = "dd/mm/yyyy"
_HEADING = PatternFill("solid", fgColor="9B1C1C")
_WHITE, _TITLE = Font(bold=True, color="FFFFFF"), Font(bold=True, size=14)
_WRAP = Alignment(wrap_text=True, vertical="top")
# What a sheet, or a file of commas made from it, may take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@cache
def sayings() -> Mapping[str, Any]:
    """What is said about an exported file."""
    return dict(yaml.safe_load((Path(__file__).parent / "export.yaml").read_text(encoding="utf-8")))


def filled(book: Workbook, words: Words, about: Sequence[str]) -> bytes:
    """The workbook as .xlsx; `about` are the lines of its first sheet, `words` name groups, steps and education."""
    known = form()
    file = Book(write_only=True)
    first = file.create_sheet(sayings()["sheet"])
    first.column_dimensions["A"].width = 110
    for number, line in enumerate((sayings()["title"], *about)):
        cell = _text(first, line)
        cell.font, cell.alignment = _TITLE if number == 0 else Font(), _WRAP
        first.append([cell])
    for page in known.pages.values():
        _page(file, known, page, getattr(book, page.slug), words)
    content = io.BytesIO()
    file.save(content)
    return content.getvalue()


def _page(file: Book, known: Form, page: Page, lines: Iterable[Any], words: Words) -> None:
    sheet = file.create_sheet(page.name)
    for number, column in enumerate(page.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = "A2"
    headings = [_text(sheet, column.name) for column in page.columns]
    for heading in headings:
        heading.font, heading.fill = _WHITE, _HEADING
    sheet.append(headings)
    lists = {column.slug: known.names(column.from_list, words) for column in page.columns if column.from_list}
    count = 1
    for count, line in enumerate(lines, 2):  # noqa: B007  (how many there were is told below)
        sheet.append([_cell(sheet, column, getattr(line, column.slug), lists) for column in page.columns])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(page.columns))}{count}"


def _cell(sheet: Any, column: Column, value: Any, lists: Mapping[str, Mapping[str, str]]) -> Any:
    if isinstance(value, Birth):
        value = value.on or value.year
    if value is None or value == () or (column.read == "quarter" and value == 0):
        return None
    if column.read in ("number", "quarter") or isinstance(value, int):
        return value
    if column.read in ("date", "birth"):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = _DAY
        return cell
    several = value if isinstance(value, tuple) else (value,)
    names = lists.get(column.slug, {})
    return _text(sheet, "; ".join(str(names.get(part, part)) for part in several))


def _text(sheet: Any, text: str) -> Any:
    """A cell that is text whatever it begins with: what somebody typed is never run as a formula."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type, cell.number_format = "s", "@"
    if text.startswith(_FORMULA):
        cell.quotePrefix = True
    return cell
