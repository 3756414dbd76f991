"""Reads the office's workbook into plain lines, and says in words what is wrong with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from openpyxl.utils import get_column_letter

from bot.reports.cells import Bad, Cell, read, shown
from bot.reports.form import Column, Form, Page, Words, form, plain
from bot.reports.lines import (
    CandidateLine,
    PersonLine,
    Problem,
    Sheet,
    TargetLine,
    UnitLine,
    Workbook,
    code_key,
)
from bot.reports.sheets import Table, Unreadable, tables
from bot.vietnamese.fold import fold

HEADINGS_WITHIN = 15
MOST_ROWS = 10_000
_LINES: Mapping[Sheet, Callable[..., Any]] = {
    "units": UnitLine,
    "people": PersonLine,
    "candidates": CandidateLine,
    "targets": TargetLine,
}


def read_workbook(content: bytes, words: Words) -> Workbook:
    """Every line that could be read, and what is wrong with the others. `words` name groups, steps and education."""
    reading = _Reading(form(), words)
    try:
        for table in tables(content):
            page = reading.form.page(table.title)
            if page:
                reading.read(page, table)
    except Unreadable as fault:
        return Workbook(problems=(Problem(fault.kind, values=fault.values),))
    if not reading.seen:
        names = ", ".join(page.name for page in reading.form.pages.values())
        return Workbook(problems=(Problem("no_sheets", values={"names": names}),))
    lines = {slug: tuple(reading.lines.get(slug, ())) for slug in _LINES}
    dropped = {slug: frozenset(keys) for slug, keys in reading.dropped.items()}
    return Workbook(**lines, problems=tuple(reading.problems), dropped=dropped)


def worded(problem: Problem, words: Words) -> dict[str, Any]:
    """The problem in words: sheet, row and column as the office sees them, and a sentence."""
    known = form()
    page = known.pages.get(problem.sheet) if problem.sheet else None
    column = page.column(problem.column) if page and problem.column else None
    values = {name: _shown_value(name, value, known, words) for name, value in problem.values.items()}
    hint = {"hint": column.hint} if column else {"hint": ""}
    sentence = known.raw["problems"][problem.kind].format(**hint | values).strip()
    return {
        "sheet": page.name if page else None,
        "row": problem.row,
        "column": column.name if column else None,
        "problem": sentence,
    }


def said(problem: Mapping[str, Any]) -> str:
    """A worded problem on one line."""
    sentences = form().raw["said"]
    if problem["sheet"] is None:
        return str(problem["problem"])
    if problem["row"] is None:
        name = "whole_sheet" if problem["column"] is None else "whole_column"
    else:
        name = "whole_row" if problem["column"] is None else "row"
    return str(sentences[name].format(**problem))


def _shown_value(name: str, value: Any, known: Form, words: Words) -> Any:
    if name in ("kind", "above"):
        return known.raw["choices"]["kinds"].get(value, [value])[0]
    if name == "step":
        return words["steps"].get(value, value)
    if name == "what":
        return known.raw["kind_of_same"][value]
    if name == "like":
        return known.raw["like"].format(code=value) if value else ""
    return f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else value


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    form: Form
    words: Words
    problems: list[Problem] = field(default_factory=list)
    lines: dict[Sheet, list[Any]] = field(default_factory=dict)
    dropped: dict[Sheet, set[str]] = field(default_factory=dict)
    seen: set[Sheet] = field(default_factory=set)

    def read(self, page: Page, table: Table) -> None:
        """Takes in one sheet."""
        if page.slug in self.seen:
            self.problems.append(Problem("sheet_twice", page.slug, values={"name": page.name}))
            return
        self.seen.add(page.slug)
        found = self._headings(page, table)
        if found is None:
            return
        first, columns, rest = found
        self._merged(page, table, first, columns)
        lists = {column.slug: self._list(column) for column in page.columns}
        count = 0
        for number, cells in rest:
            mine = {column: cells[i] for i, column in columns.items() if i < len(cells) and not cells[i].blank}
            if not mine or self._example(page, number, mine):
                continue
            count += 1
            if count > MOST_ROWS:
                self.problems.append(Problem("too_many_rows", page.slug, values={"most": MOST_ROWS}))
                return
            self._line(page, number, mine, columns.values(), lists)

    def _headings(
        self, page: Page, table: Table
    ) -> tuple[int, dict[int, Column], Iterator[tuple[int, Sequence[Cell]]]] | None:
        """The row of headings, which column stands where, and the rows below; None when there is no such row."""
        passed: list[tuple[int, Sequence[Cell]]] = []
        for number, cells in table.rows:
            if number > HEADINGS_WITHIN:
                passed.append((number, cells))
                break
            passed.append((number, cells))
        scored = [(len(self._known(page, cells)), -number) for number, cells in passed]
        if not passed:
            return None
        most, at = max(scored)
        if most < 2:
            names = ", ".join(column.name for column in page.columns)
            values = {"rows": HEADINGS_WITHIN, "columns": names}
            self.problems.append(Problem("no_headings", page.slug, values=values))
            return None
        cells = next(cells for number, cells in passed if number == -at)
        columns = self._once(page, -at, cells)
        for column in page.columns:
            if column.must and column not in columns.values():
                self.problems.append(Problem("no_column", page.slug, -at, column.slug, {"name": column.name}))
        below = ((number, cells) for number, cells in passed if number > -at)
        return -at, columns, chain(below, table.rows)

    def _known(self, page: Page, cells: Sequence[Cell]) -> dict[int, Column]:
        headings = {i: page.heading(shown(cell)) for i, cell in enumerate(cells) if isinstance(cell.value, str)}
        return {i: column for i, column in headings.items() if column}

    def _once(self, page: Page, row: int, cells: Sequence[Cell]) -> dict[int, Column]:
        columns: dict[int, Column] = {}
        at: dict[str, int] = {}
        for i, column in self._known(page, cells).items():
            if column.slug in at:
                values = {
                    "name": column.name,
                    "first": get_column_letter(at[column.slug] + 1),
                    "second": get_column_letter(i + 1),
                }
                self.problems.append(Problem("heading_twice", page.slug, row, column.slug, values))
                continue
            at[column.slug] = i
            columns[i] = column
        return columns

    def _merged(self, page: Page, table: Table, first: int, columns: Mapping[int, Column]) -> None:
        for name, (left, top, right, bottom) in table.merged.items():
            touched = [column for i, column in columns.items() if left <= i + 1 <= right]
            if bottom > first and touched:
                row = max(top, first + 1)
                self.problems.append(Problem("merged", page.slug, row, touched[0].slug, {"range": name}))

    def _list(self, column: Column) -> tuple[Mapping[str, str], Mapping[str, str]]:
        if column.read == "quarter":
            typed = self.form.raw["quarters"].items()
            return {plain(str(said)): str(quarter) for quarter, several in typed for said in (quarter, *several)}, {}
        if column.from_list is None:
            return {}, {}
        return self.form.meanings(column.from_list, self.words), self.form.names(column.from_list, self.words)

    def _example(self, page: Page, number: int, cells: Mapping[Column, Cell]) -> bool:
        """Whether this is the template's example; one that was written over but kept its code is a problem."""
        mark = next((cell for column, cell in cells.items() if column.slug == page.columns[0].slug), None)
        if mark is None or not fold(shown(mark)).startswith(fold(self.form.raw["example_mark"])):
            return False
        if any(fold(shown(cell)) != fold(str(page.example.get(column.slug, ""))) for column, cell in cells.items()):
            values = {"code": shown(mark)}
            self.problems.append(Problem("example_changed", page.slug, number, page.columns[0].slug, values))
        return True

    def _line(
        self,
        page: Page,
        number: int,
        cells: Mapping[Column, Cell],
        columns: Iterable[Column],
        lists: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]],
    ) -> None:
        values: dict[str, Any] = {}
        bad = [Problem("missing", page.slug, number, c.slug) for c in columns if c.must and c not in cells]
        for column, cell in cells.items():
            try:
                values[column.slug] = read(cell, column, *lists[column.slug])
            except Bad as fault:
                bad.append(Problem(fault.kind, page.slug, number, column.slug, fault.values))
        self.problems += bad
        if bad or any(column.slug not in values for column in page.columns if column.must):
            self.dropped.setdefault(page.slug, set()).add(code_key(str(values.get("code", ""))))
            return
        self.lines.setdefault(page.slug, []).append(_LINES[page.slug](row=number, **values))
