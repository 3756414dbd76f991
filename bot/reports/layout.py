"""The layout of Party documents in .docx: page, heading, body, tables, recipients and signature.

Regulation 399 of the Secretariat (09/01/2026) and Guidance 05 of the Central Office (27/5/2026) are in force; their
texts could not be read when this was written, only their names, their dates and how a branch numbers its papers.
Margins, sizes and the order of the parts (paper.yaml) are those of Guidance 36 of the Central Office (03/4/2018), which
they follow: an office that has the texts at hand compares before it signs.
"""

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from bot.reports.wording import words

CENTER, LEFT, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
_BORDERS = ("top", "left", "bottom", "right", "insideH", "insideV")


class Sheet:
    """A document that is being written from the top down."""

    def __init__(self) -> None:
        self._docx: Docx = Document()
        self._layout = words()["layout"]
        self.sizes = self._layout["sizes"]
        self._last: Paragraph | None = None
        self._page()
        self._style()

    def packed(self) -> bytes:
        """The finished .docx."""
        content = io.BytesIO()
        self._docx.save(content)
        return content.getvalue()

    def _page(self) -> None:
        section, margins = self._docx.sections[0], self._layout["margins"]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(margins["top"]), Mm(margins["bottom"])
        section.left_margin, section.right_margin = Mm(margins["left"]), Mm(margins["right"])
        section.header_distance = Mm(self._layout["number_from_top"])
        # The first page bears no number; the others have it in the middle of the top.
        section.different_first_page_header_footer = True
        paragraph = section.header.paragraphs[0]
        paragraph.alignment = CENTER
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = paragraph.add_run()
            run.font.size = Pt(self.sizes["body"])
            run._r.append(_field(kind, text))

    def _style(self) -> None:
        """One style for everything: the font by its name, also for letters that Word takes for Asian ones."""
        style: Any = self._docx.styles["Normal"]
        style.font.name, style.font.size = self._layout["font"], Pt(self.sizes["body"])
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for name in ("w:eastAsia", "w:cs", "w:hAnsi"):
            fonts.set(qn(name), self._layout["font"])
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "vi-VN")
        style.element.rPr.append(language)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        self._docx.core_properties.author = ""
        self._docx.core_properties.language = "vi-VN"

    def named(self, title: str) -> None:
        """The title among the file's properties."""
        self._docx.core_properties.title = title

    def two(self, left: Sequence[Any], right: Sequence[Any], widths: tuple[int, int]) -> None:
        """Two columns without lines; each line is (text, size, bold, italic, underlined)."""
        table = self._docx.add_table(rows=1, cols=2)
        table.autofit = False
        _widths(table, widths)
        _no_margins(table)
        for cell, lines in zip(table.rows[0].cells, (left, right), strict=True):
            for place, line in enumerate(lines):
                paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
                paragraph.alignment = line.align
                _write(paragraph, line)
        _together(table)

    def centred(self, text: str, size: int, *, bold: bool = True, after: int = 0, before: int = 0) -> None:
        """A line in the middle."""
        paragraph = self._docx.add_paragraph()
        paragraph.alignment = CENTER
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
        run = paragraph.add_run(text)
        run.bold, run.font.size = bold, Pt(size)

    def gap(self) -> None:
        """An empty line before the signature, which does not stand on a page without a word of the text."""
        if self._last is not None:
            self._last.paragraph_format.keep_with_next = True
        self._docx.add_paragraph().paragraph_format.keep_with_next = True

    def rule(self) -> None:
        """The short line that parts the title from what follows."""
        paragraph = self._docx.add_paragraph()
        paragraph.alignment = CENTER
        paragraph.paragraph_format.space_after = Pt(8)
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(65)
        _underline(paragraph)
        paragraph.paragraph_format.line_spacing = Pt(4)
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY

    def heading(self, text: str, *, level: int = 1) -> None:
        """A heading, which never stands alone at the end of a page."""
        paragraph = self._body(LEFT)
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before = Pt(8 if level == 1 else 6)
        run = paragraph.add_run(text)
        run.bold, run.italic = True, level > 2

    def text(self, text: str, *, italic: bool = False, keep: bool = False) -> None:
        """A paragraph of the body; `keep`: on one page with what follows."""
        self._last = self._body(BOTH)
        self._last.paragraph_format.keep_with_next = keep
        self._last.add_run(text).italic = italic

    def _body(self, align: WD_ALIGN_PARAGRAPH) -> Paragraph:
        paragraph = self._docx.add_paragraph()
        paragraph.alignment = align
        form = paragraph.paragraph_format
        form.first_line_indent, form.space_after = Mm(self._layout["first_line"]), Pt(6)
        form.line_spacing, form.widow_control = 1.1, True
        return paragraph

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], *, last_bold: bool = False
    ) -> None:
        """A table with lines; its head comes again on every page. Widths in millimetres; text left, numbers right."""
        table = self._docx.add_table(rows=0, cols=len(heads))
        table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
        _lines(table)
        self._row(table, heads, head=True)
        for place, row in enumerate(rows):
            kind = not any(row[1:])
            self._row(table, row, bold=kind or (last_bold and place == len(rows) - 1), keep=kind)
        _widths(table, widths)
        if len(rows) <= 4:
            _together(table)
        gap = self._docx.add_paragraph()
        gap.paragraph_format.line_spacing = Pt(8)

    def _row(
        self, table: Table, texts: Sequence[str], *, head: bool = False, bold: bool = False, keep: bool = False
    ) -> None:
        row = table.add_row()  # type: ignore[no-untyped-call]
        row_form = row._tr.get_or_add_trPr()
        row_form.append(OxmlElement("w:cantSplit"))
        if head:
            row_form.append(OxmlElement("w:tblHeader"))
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            paragraph = cell.paragraphs[0]
            words_here = place == 0 or not _numeric(text)
            paragraph.alignment = CENTER if head or (place == 0 and text.isdecimal()) else LEFT if words_here else RIGHT
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
            paragraph.paragraph_format.keep_with_next = head or keep
            run = paragraph.add_run(text)
            run.bold, run.font.size = head or bold, Pt(self.sizes["table"])

    def picture(self, content: bytes, width: int = 150) -> None:
        """A picture in the middle; width in millimetres."""
        paragraph = self._docx.add_paragraph()
        paragraph.alignment = CENTER
        paragraph.add_run().add_picture(io.BytesIO(content), width=Mm(width))


class Line:
    """One line of a heading: its text, its size in points, and how it looks."""

    def __init__(
        self,
        text: str,
        size: int,
        *,
        bold: bool = False,
        italic: bool = False,
        ruled: bool = False,
        underlined: bool = False,
        align: WD_ALIGN_PARAGRAPH = CENTER,
    ) -> None:
        self.text, self.size, self.bold, self.italic = text, size, bold, italic
        # A line below that is as long as the text.
        self.ruled, self.underlined, self.align = ruled, underlined, align


def _write(paragraph: Paragraph, line: Line) -> None:
    run = paragraph.add_run(line.text)
    run.bold, run.italic, run.font.size = line.bold, line.italic, Pt(line.size)
    run.underline = line.underlined or line.ruled


def _field(kind: str, text: str) -> Any:
    if not kind:
        element = OxmlElement("w:instrText")
        element.set(qn("xml:space"), "preserve")
        element.text = text
        return element
    element = OxmlElement("w:fldChar")
    element.set(qn("w:fldCharType"), kind)
    return element


def _underline(paragraph: Paragraph) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _widths(table: Table, widths: Sequence[int]) -> None:
    """In the grid and in every cell: some programs read one, some the other. Millimetres."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def _lines(table: Table) -> None:
    borders = OxmlElement("w:tblBorders")
    for side in _BORDERS:
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _no_margins(table: Table) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _together(table: Table) -> None:
    """A short table, and the signature, stay on one page."""
    cells = [cell for row in table.rows[:-1] for cell in row.cells]
    for paragraph in (paragraph for cell in cells for paragraph in cell.paragraphs):
        paragraph.paragraph_format.keep_with_next = True
    for row in table.rows:
        if row._tr.trPr is None or row._tr.trPr.find(qn("w:cantSplit")) is None:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _numeric(text: str) -> bool:
    return bool(text) and all(letter in "0123456789.,%+-\u2013/ " for letter in text)
