"""Writes the empty workbook of the office: instructions, four sheets with lists to choose from, one example each."""

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from bot.reports.form import Column, Form, Page, Words, form
from bot.reports.lines import Sheet

ROWS = 5000
_HEADING = PatternFill("solid", fgColor="9B1C1C")
_MUST = PatternFill("solid", fgColor="7A1414")
_LINE = Border(bottom=Side("thin", color="999999"))
_WHITE = Font(bold=True, color="FFFFFF")
_GREY = Font(italic=True, color="808080")
_TITLE = Font(bold=True, size=14)
_WRAP = Alignment(wrap_text=True, vertical="top")
_MIDDLE = Alignment(wrap_text=True, vertical="center")
_DATES = ("date", "birth")
_PLAIN = ("number", "quarter", *_DATES)
_DAY = "dd/mm/yyyy"


def template(words: Words) -> bytes:
    """The workbook as an .xlsx file; `words` name groups, steps and education."""
    known = form()
    book = Workbook()
    _instructions(book, known)
    lists = _places(known, words)
    for page in known.pages.values():
        _page(book.create_sheet(page.name), page, lists, known)
    _lists(book.create_sheet(known.raw["lists"]), known, words)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _instructions(book: Workbook, known: Form) -> None:
    sheet = book.worksheets[0]
    sheet.title = known.raw["instructions"]
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 100
    sheet.sheet_view.showGridLines = False
    lines: list[tuple[str | None, str]] = [("", text) for text in (*known.raw["guide"], known.raw["example_note"])]
    for page in known.pages.values():
        lines += [(None, ""), (page.name, page.about), *((column.name, column.hint) for column in page.columns)]
    for row, (name, text) in enumerate(lines, 1):
        sheet.cell(row, 1, name or None).font = Font(bold=True)
        sheet.cell(row, 2, text or None).alignment = _WRAP
    sheet["B1"].font = _TITLE


def _page(sheet: Worksheet, page: Page, lists: Mapping[str, str], known: Form) -> None:
    for number, column in enumerate(page.columns, 1):
        letter = get_column_letter(number)
        heading = sheet.cell(1, number, column.name)
        heading.font, heading.fill, heading.alignment = _WHITE, _MUST if column.must else _HEADING, _MIDDLE
        heading.border = _LINE
        sheet.column_dimensions[letter].width = column.width
        # Codes and numbers of telephones stay text: a sheet takes the zeros away before them otherwise.
        shape = _DAY if column.read in _DATES else "General" if column.read in _PLAIN else "@"
        sheet.column_dimensions[letter].number_format = shape
        example = sheet.cell(2, number, _example(column, page.example.get(column.slug)))
        example.font, example.number_format = _GREY, shape
        rule = _rule(column, lists, known)
        rule.add(f"{letter}2:{letter}{ROWS}")
        sheet.add_data_validation(rule)
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(page.columns))}{ROWS}"


def _example(column: Column, value: Any) -> Any:
    if column.read in _DATES and value:
        return datetime.strptime(value, "%d/%m/%Y").date()  # noqa: DTZ007  (a day has no zone)
    return value


def _rule(column: Column, lists: Mapping[str, str], known: Form) -> DataValidation:
    """What the sheet tells about the column, and the list to choose from; other spellings may be typed all the same."""
    source = _source(column, lists, known)
    rule = DataValidation(type="list" if source else None, formula1=source, allow_blank=True, showDropDown=False)
    rule.promptTitle, rule.prompt = column.name[:32], column.hint[:255]
    rule.showInputMessage, rule.showErrorMessage = True, False
    return rule


def _source(column: Column, lists: Mapping[str, str], known: Form) -> str | None:
    """The cells that hold the list: that of the column, or the codes of another sheet."""
    if column.read in ("choice", "level"):
        return lists[column.from_list or ""]
    sheet: Sheet | None = {"parent": "units", "unit": "units", "helper": "people"}.get(column.slug)  # type: ignore[assignment]
    return f"'{known.pages[sheet].name}'!$A$2:$A${ROWS}" if sheet else None


def _listed(known: Form) -> list[Column]:
    columns = [column for page in known.pages.values() for column in page.columns if column.from_list]
    return list({column.from_list: column for column in columns}.values())


def _places(known: Form, words: Words) -> dict[str, str]:
    """Where each list stands on the sheet of lists."""
    title = known.raw["lists"]
    places = {}
    for number, column in enumerate(_listed(known), 1):
        letter = get_column_letter(number)
        last = len(known.names(column.from_list or "", words)) + 1
        places[column.from_list or ""] = f"'{title}'!${letter}$2:${letter}${last}"
    return places


def _lists(sheet: Worksheet, known: Form, words: Words) -> None:
    for number, column in enumerate(_listed(known), 1):
        heading = sheet.cell(1, number, column.name)
        heading.font, heading.fill = _WHITE, _HEADING
        names = list(known.names(column.from_list or "", words).values())
        for row, name in enumerate(names, 2):
            sheet.cell(row, number, name)
        sheet.column_dimensions[get_column_letter(number)].width = max(12, *(len(name) + 2 for name in names))
    sheet.freeze_panes = "A2"
