"""Opens an .xlsx file that somebody sent and gives its sheets as rows of cells; refuses what is no such file."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook

from bot.reports.cells import Cell

MEGABYTE = 1024 * 1024
MOST_BYTES = 20 * MEGABYTE
MOST_UNPACKED = 64 * MEGABYTE
MOST_COLUMNS = 100
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z0-9:]+)\"")
_ZEROS = re.compile(r"0+")


class Unreadable(Exception):  # noqa: N818  (becomes a sentence)
    """The file is not a workbook that can be read; `kind` names the sentence that says so."""

    def __init__(self, kind: str, **values: Any) -> None:
        super().__init__(kind)
        self.kind = kind
        self.values = values


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. `rows` can be gone through once; `merged` are the ranges of more than one cell, by name."""

    title: str
    rows: Iterator[tuple[int, Sequence[Cell]]]
    merged: Mapping[str, tuple[int, int, int, int]]


def tables(content: bytes) -> Iterator[Table]:
    """The sheets in order; raises Unreadable before the first or, for a damaged sheet, on the way."""
    _check(content)
    try:
        written = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        worked_out = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except Exception as fault:
        raise Unreadable("damaged") from fault
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for title in written.sheetnames:
                if hasattr(written[title], "iter_rows"):
                    yield Table(title, _rows(written, worked_out, title), _merged(packed, written[title]))
    finally:
        written.close()
        worked_out.close()


def _check(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise Unreadable("too_large", size=len(content) // MEGABYTE, most=MOST_BYTES // MEGABYTE)
    if content.startswith(_OLD_OR_LOCKED):
        raise Unreadable("encrypted" if _LOCKED in content else "old_excel")
    if not content.startswith(b"PK"):
        raise Unreadable("not_xlsx")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
            unpacked = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile as fault:
        raise Unreadable("damaged") from fault
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unreadable("macros")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Unreadable("not_xlsx")
    if unpacked > MOST_UNPACKED:
        raise Unreadable("too_large", size=unpacked // MEGABYTE, most=MOST_UNPACKED // MEGABYTE)


def _rows(written: Workbook, worked_out: Workbook, title: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Rows that hold anything. A formula is read as what its program last made of it."""
    sheet: Any = written[title]
    results: Any = worked_out[title]
    for each in (sheet, results):
        each.reset_dimensions()  # files lie about their size
    try:
        values = results.iter_rows(values_only=True)
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
            result = next(values, ())
            cells = [_cell(cell, result[i] if i < len(result) else None) for i, cell in enumerate(row)]
            if any(not cell.blank for cell in cells):
                yield number, cells
    except Exception as fault:
        raise Unreadable("damaged") from fault


def _cell(raw: Any, result: Any) -> Cell:
    if raw.value is None:
        return Cell(None)
    if raw.data_type == "f":
        return Cell(raw.value, "f") if result is None else _worked_out(result)
    if raw.data_type == "n" and _ZEROS.fullmatch(raw.number_format or ""):
        return Cell(raw.value, "n", len(raw.number_format))
    return Cell(raw.value, raw.data_type)


def _worked_out(result: Any) -> Cell:
    fault = isinstance(result, str) and result.startswith("#") and result.endswith(("!", "?", "A"))
    return Cell(result, "e" if fault else "s")


def _merged(packed: zipfile.ZipFile, sheet: Any) -> dict[str, tuple[int, int, int, int]]:
    """Merged ranges as (first column, first row, last column, last row), which a streamed sheet does not tell."""
    try:
        found = _MERGED.findall(packed.read(sheet._worksheet_path))
    except KeyError:
        return {}
    return {name.decode(): _boundaries(name.decode()) for name in found}


def _boundaries(name: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(name)
    return left or 1, top or 1, right or MOST_COLUMNS, bottom or 1_048_576
