"""A report in one picture for a phone: what was reached, the period before beside it, and where the cases stand."""

from collections.abc import Sequence

from bot.reports.canvas import (
    BLUE,
    FAINT,
    INNER,
    MARGIN,
    SKY,
    SMALL,
    TEXT,
    TITLE,
    WIDTH,
    Canvas,
    cut,
    line_height,
    width_of,
)
from bot.reports.paper import Count, Measure, Paper
from bot.reports.wording import issuing, number, opening, period_name, share, words

BAR, GAP = 34, 14
MOST_BARS = 12
_GREY = "#555555"


def picture(paper: Paper) -> bytes:
    """A PNG, 1,080 pixels wide."""
    canvas = Canvas()
    canvas.paragraph(_title(paper), TITLE, bold=True, lines=3, gap=6)
    canvas.paragraph(issuing(paper.issuer.name, paper.issuer.kind), SMALL, ink=_GREY, lines=2, gap=20)
    if paper.kind != "composition":
        _figures(canvas, paper.measures)
    for head, rows in _bars_of(paper):
        canvas.height += GAP
        canvas.paragraph(head, TEXT, bold=True, lines=2, gap=8)
        _bars(canvas, rows)
    canvas.height += GAP
    canvas.paragraph(words()["picture"]["until"].format(on=f"{paper.on:%d/%m/%Y}"), SMALL, ink=_GREY, gap=0)
    return canvas.png()


def _title(paper: Paper) -> str:
    said, period = words()["picture"], opening(period_name(paper.period))
    admitted = paper.measure("admitted")
    if admitted is None or paper.kind == "composition":
        return str(said["composition"].format(period=period))
    if admitted.target:
        values = {"done": admitted.now, "target": admitted.target, "share": share(admitted.now, admitted.target)}
        return str(said["target"].format(period=period, **values))
    return str(said["title"].format(period=period, done=admitted.now))


def _figures(canvas: Canvas, measures: Sequence[Measure]) -> None:
    """A line each: its name, the figure, and in grey what it was before."""
    for measure in measures:
        now = number(measure.now) + (f"/{number(measure.target)}" if measure.target else "")
        before = "" if measure.before is None else words()["picture"]["before"].format(count=number(measure.before))
        right = float(WIDTH - MARGIN)
        room = INNER - width_of(now, TEXT, True) - width_of(before, SMALL) - 40
        canvas.text(MARGIN, canvas.height, cut(words()["measures"][measure.slug]["name"], room, SMALL), SMALL)
        if before:
            canvas.text(right, canvas.height + 4, before, SMALL, ink=_GREY, align="right")
            right -= width_of(before, SMALL) + 16
        canvas.text(right, canvas.height - 2, now, TEXT, bold=True, align="right")
        canvas.height += line_height(TEXT) + 6


def _bars_of(paper: Paper) -> list[tuple[str, Sequence[Count]]]:
    said = words()["picture"]
    if paper.kind == "composition":
        return [
            (words()["breakdowns"][part.slug], [Count(name, sources) for name, _, sources in part.rows])
            for part in paper.breakdowns[:3]
        ]
    units = [Count(row.name, row.figures.get("admitted") or 0) for row in paper.rows]
    shown = sorted((one for one in units if one.count), key=lambda one: -one.count)[:MOST_BARS]
    if not units:
        return [(said["stages"], paper.stages)]
    without = Count(said["without"].format(count=sum(not one.count for one in units), all=len(units)), 0)
    return [(said["units"], [*shown, *([without] if len(shown) < len(units) else [])])]


def _bars(canvas: Canvas, rows: Sequence[Count]) -> None:
    most = max((row.count for row in rows), default=0)
    for row in rows:
        told = number(row.count)
        canvas.text(MARGIN, canvas.height, cut(row.name, INNER, SMALL), SMALL)
        canvas.height += line_height(SMALL)
        room = INNER - width_of(told, SMALL, True) - 24
        wide = max(room * row.count / most if most else 0, 6)
        fill = FAINT if not row.count else BLUE if row.count == most else SKY
        canvas.bar(MARGIN, canvas.height, wide, BAR, fill)
        canvas.text(MARGIN + wide + 14, canvas.height - 3, told, SMALL, bold=True)
        canvas.height += BAR + GAP
