"""A report as an .xlsx: one sheet a table; sums, shares and differences are formulas that the program works out."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from bot.reports.paper import Paper
from bot.reports.wording import about, dated, issuing, period_name, words

Row = Sequence[Any]
# Rows above the headings: who reports, and what about.
TOP = 4
_FONT = "Times New Roman"
_HEAD = PatternFill("solid", fgColor="9B1C1C")
_SUM = PatternFill("solid", fgColor="F3E5E5")
_THIN = Side("thin", color="999999")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WHITE = Font(name=_FONT, bold=True, color="FFFFFF", size=12)
_PLAIN, _BOLD = Font(name=_FONT, size=12), Font(name=_FONT, size=12, bold=True)
_MIDDLE = Alignment(wrap_text=True, vertical="center", horizontal="center")
_WRAP = Alignment(wrap_text=True, vertical="center")
NUMBER, CHANGE, SHARE, DAY = "#,##0", "+#,##0;-#,##0;0", "0.00%", "dd/mm/yyyy"
# Figures that are added up over the units below; the others are the unit's own.
SUMMED = ("admitted", "new_sources", "proposals", "recognised", "exits", "contacts", "sources", "overdue", "silent")


def spreadsheet(paper: Paper) -> bytes:
    """The whole workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    if paper.kind != "composition":
        _figures(book, paper)
        if paper.rows:
            _units(book, paper)
        _stages(book, paper)
    if paper.breakdowns:
        _composition(book, paper)
    if paper.evidence:
        _evidence(book, paper)
    if paper.introduced:
        _introduced(book, paper)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _figures(book: Workbook, paper: Paper) -> None:
    """This period beside the one before; what the units below add up to is taken from their sheet."""
    heads = _named("number", "measure", "now", "before", "delta", "change", "target", "reached")
    rows = [
        [at, words()["measures"][measure.slug]["name"], _now(paper, measure.slug, measure.now), measure.before]
        + [_if(measure.before, f"=C{r}-D{r}"), _if(measure.before, f'=IF(D{r}=0,"–",(C{r}-D{r})/D{r})')]
        + [measure.target, _if(measure.target, f'=IF(G{r}=0,"–",C{r}/G{r})')]
        for at, measure in enumerate(paper.measures, 1)
        for r in (TOP + at,)
    ]
    forms = (NUMBER, None, NUMBER, NUMBER, CHANGE, SHARE, NUMBER, SHARE)
    _table(book, "figures", paper, heads, rows, (6, 46, 12, 12, 12, 14, 12, 14), forms)


def _now(paper: Paper, slug: str, count: int) -> Any:
    """A formula that adds up the units below where that is this figure."""
    columns = _columns(paper)
    if not paper.rows or slug not in columns or slug not in SUMMED:
        return count
    column = letter(4 + columns.index(slug))
    return f"='{words()['tabs']['units']}'!{column}{TOP + len(_with_rest(paper)) + 1}"


def _columns(paper: Paper) -> list[str]:
    """The figures of the units below, with their targets."""
    known = [slug for slug in words()["short"] if any(slug in row.figures for row in paper.rows)]
    return [slug for slug in known if any(row.figures.get(slug) is not None for row in paper.rows)]


def _with_rest(paper: Paper) -> list[tuple[str, str, Mapping[str, int | None], str]]:
    """The units below, and what hangs on the unit itself, so that the sums are the unit's."""
    heads = words()["heads"]
    rows = [(row.code, row.name, row.figures, heads["yes"] if row.handed_in else heads["no"]) for row in paper.rows]
    rest = {
        measure.slug: measure.now - sum(row.figures.get(measure.slug) or 0 for row in paper.rows)
        for measure in paper.measures
        if measure.slug in SUMMED
    }
    return [*rows, ("", heads["rest"], rest, "")] if any(rest.values()) else list(rows)


def _units(book: Workbook, paper: Paper) -> None:
    columns, rows = _columns(paper), _with_rest(paper)
    short = words()["short"]
    targets = {"admitted": "admitted_target", "new_sources": "sources_target"}
    shares = [slug for slug, target in targets.items() if slug in columns and target in columns]
    heads = [*_named("number", "code", "unit"), *(short[slug] for slug in columns)]
    heads += [f"% {short[targets[slug]].lower()}" for slug in shares] + _named("handed_in")
    first, last = TOP + 1, TOP + len(rows)

    def reached(row: int) -> list[str]:
        found = [(letter(4 + columns.index(slug)), letter(4 + columns.index(targets[slug]))) for slug in shares]
        return [f'=IF(N({target}{row})=0,"–",{done}{row}/{target}{row})' for done, target in found]

    lines = [
        [at, code, name, *(figures.get(slug) for slug in columns), *reached(TOP + at), handed]
        for at, (code, name, figures, handed) in enumerate(rows, 1)
    ]
    sums = [f"=SUM({letter(4 + at)}{first}:{letter(4 + at)}{last})" for at in range(len(columns))]
    total = ["", "", words()["heads"]["total"], *sums, *reached(last + 1), ""]
    forms = [NUMBER, None, None, *([NUMBER] * len(columns)), *([SHARE] * len(shares)), None]
    widths = [6, 12, 38, *([13] * len(columns)), *([13] * len(shares)), 10]
    _table(book, "units", paper, heads, lines, widths, forms, total)


def _stages(book: Workbook, paper: Paper) -> None:
    last = TOP + len(paper.stages)
    lines = [
        [at, stage.name, stage.count, f'=IF(C${last + 1}=0,"–",C{TOP + at}/C${last + 1})']
        for at, stage in enumerate(paper.stages, 1)
    ]
    span = f"C{TOP + 1}:C{last}"
    sums = f"=SUM({span})" if lines else 0
    total = ["", words()["heads"]["total"], sums, f'=IF(C{last + 1}=0,"–",C{last + 1}/C{last + 1})']
    heads = _named("number", "step", "count", "share")
    _table(book, "stages", paper, heads, lines, (6, 56, 14, 14), (NUMBER, None, NUMBER, SHARE), total)


def _composition(book: Workbook, paper: Paper) -> None:
    """One list with a filter by kind; each share says of how many."""
    heads = _named(
        "kind", "name", "members", "members_of", "members_share", "sources", "sources_of", "sources_share"
    )
    flat = [
        (words()["breakdowns"][part.slug], name, members, part.members, sources, part.sources)
        for part in paper.breakdowns
        for name, members, sources in part.rows
    ]
    lines = [
        [kind, name, members, of, f'=IF(D{r}=0,"–",C{r}/D{r})', sources, all_sources, f'=IF(G{r}=0,"–",F{r}/G{r})']
        for r, (kind, name, members, of, sources, all_sources) in enumerate(flat, TOP + 1)
    ]
    forms = (None, None, NUMBER, NUMBER, SHARE, NUMBER, NUMBER, SHARE)
    _table(book, "composition", paper, heads, lines, (26, 36, 13, 13, 15, 13, 13, 13), forms)


def _evidence(book: Workbook, paper: Paper) -> None:
    """For each unit below what it shows at the review of the year, beside what it had committed itself to."""
    short = words()["short"]
    columns = [slug for slug in short if any(slug in one.figures for one in paper.evidence)]
    heads = [*_named("number", "code", "unit"), *(short[slug] for slug in columns), *_named("signed_on", "kept")]
    done, wanted = (_place(columns, slug) for slug in ("admitted", "committed_admissions"))
    lines = [
        [at, one.code, one.name, *(one.figures.get(slug) for slug in columns), one.signed_on]
        + [f'=IF(N({wanted}{TOP + at})=0,"–",{done}{TOP + at}/{wanted}{TOP + at})' if wanted and done else None]
        for at, one in enumerate(paper.evidence, 1)
    ]
    first, last = TOP + 1, TOP + len(lines)
    sums = [f"=SUM({letter(4 + at)}{first}:{letter(4 + at)}{last})" for at in range(len(columns))]
    kept = f'=IF(N({wanted}{last + 1})=0,"–",{done}{last + 1}/{wanted}{last + 1})' if wanted and done else None
    forms = [NUMBER, None, None, *([NUMBER] * len(columns)), DAY, SHARE]
    widths = [6, 12, 36, *([12] * len(columns)), 14, 14]
    _table(book, "evidence", paper, heads, lines, widths, forms, ["", "", words()["heads"]["total"], *sums, "", kept])


def _place(columns: Sequence[str], slug: str) -> str | None:
    return letter(4 + columns.index(slug)) if slug in columns else None


def _introduced(book: Workbook, paper: Paper) -> None:
    """For each mass organisation whom it introduced."""
    lines = [
        [at, name, count, admitted, f'=IF(C{TOP + at}=0,"–",D{TOP + at}/C{TOP + at})']
        for at, (name, count, admitted) in enumerate(paper.introduced, 1)
    ]
    first, last = TOP + 1, TOP + len(lines)
    sums = [f"=SUM({column}{first}:{column}{last})" for column in "CD"]
    total = ["", words()["heads"]["total"], *sums, f'=IF(C{last + 1}=0,"–",D{last + 1}/C{last + 1})']
    heads = _named("number", "organisation", "introduced", "introduced_admitted", "share")
    _table(book, "introduced", paper, heads, lines, (6, 44, 16, 18, 14), (NUMBER, None, NUMBER, NUMBER, SHARE), total)


def _table(
    book: Workbook,
    name: str,
    paper: Paper,
    heads: Sequence[str],
    rows: Sequence[Row],
    widths: Sequence[int],
    forms: Sequence[str | None],
    total: Row | None = None,
) -> None:
    """One sheet: a title, headings that stay, a filter, the rows, their sum; ready to be printed on A4."""
    sheet = book.create_sheet(words()["tabs"][name])
    _title(sheet, paper, sheet.title)
    for at, (head, width) in enumerate(zip(heads, widths, strict=True), 1):
        cell = sheet.cell(TOP, at, head)
        cell.font, cell.fill, cell.alignment, cell.border = _WHITE, _HEAD, _MIDDLE, _BOX
        sheet.column_dimensions[letter(at)].width = width
    sheet.row_dimensions[TOP].height = 48
    for at, row in enumerate([*rows, *([total] if total else [])], TOP + 1):
        _write(sheet, at, row, forms, bold=at > TOP + len(rows))
    sheet.freeze_panes = sheet.cell(TOP + 1, min(4, len(heads)))
    sheet.auto_filter.ref = f"A{TOP}:{letter(len(heads))}{TOP + max(1, len(rows))}"
    _print(sheet, len(heads))


def _title(sheet: Worksheet, paper: Paper, name: str) -> None:
    sheet["A1"], sheet["A2"] = issuing(paper.issuer.name, paper.issuer.kind), f"{name}: {about(paper)}"
    sheet["A3"] = dated(paper) if paper.dated else f"{words()['draft'].capitalize()} · {paper.on:%d/%m/%Y}"
    sheet["A1"].font, sheet["A2"].font = _BOLD, Font(name=_FONT, size=14, bold=True)
    sheet["A3"].font = Font(name=_FONT, size=12, italic=True)


def _write(sheet: Worksheet, at: int, row: Row, forms: Sequence[str | None], *, bold: bool) -> None:
    for column, (value, form) in enumerate(zip(row, forms, strict=True), 1):
        cell = sheet.cell(at, column, _safe(value))
        cell.font, cell.border = _BOLD if bold else _PLAIN, _BOX
        cell.alignment = _WRAP if form is None else Alignment(vertical="center", horizontal="right")
        if form:
            cell.number_format = form
        if bold:
            cell.fill = _SUM


def _safe(value: Any) -> Any:
    """Words that people typed are words, also where they begin like a formula; ours begin with "=" and a letter."""
    if isinstance(value, str) and value[:1] in "=+-@" and not _ours(value):
        return f"'{value}"
    return value


def _ours(value: str) -> bool:
    return value.startswith(("=SUM(", "=IF(", "='")) or (value[:2] in ("=C",) and "-D" in value)


def _print(sheet: Worksheet, columns: int) -> None:
    sheet.page_setup.orientation = "landscape" if columns > 5 else "portrait"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{TOP}:{TOP}"
    sheet.oddFooter.center.text = "&P/&N"
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top = margins.bottom = 0.7


def _named(*names: str) -> list[str]:
    return [words()["heads"][name] for name in names]


def _if(known: int | None, formula: str) -> str | None:
    return None if known is None else formula


