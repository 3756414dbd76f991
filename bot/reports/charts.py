"""Pictures for a phone: a title that says what was found, numbers on the marks, colours that everybody tells apart."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.reports.canvas import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    INNER,
    MARGIN,
    PAPER,
    RED,
    SHADES,
    SKY,
    SMALL,
    TEXT,
    TITLE,
    WIDTH,
    Canvas,
    broken,
    line_height,
    width_of,
)
from bot.reports.pictures import Composition, Funnel, HeatMap, Picture, Progress

BAR, ROW_GAP, NUMBER = 46, 20, 120
PLOT, PLOT_GAP = 620, 30
CELL = 62
NAME, SUM = 310, 104
# From so large a number on, cells must be wider, and only half a year fits.
WIDE_FROM = 100
ON_DARK = 4


@cache
def words() -> Mapping[str, Any]:
    """Every word of the pictures."""
    read = yaml.safe_load(Path(__file__).with_name("charts.yaml").read_text(encoding="utf-8"))
    return dict(read)


def draw(picture: Picture) -> bytes:
    """The picture as a PNG, 1,080 pixels wide."""
    return laid_out(picture).png()


def laid_out(picture: Picture) -> Canvas:
    """Everything in its place, before it is drawn."""
    match picture:
        case Funnel():
            return _funnel(picture)
        case Progress():
            return _progress(picture)
        case HeatMap():
            return _heat_map(picture)
        case Composition():
            return _composition(picture)


def share(part: int, whole: int) -> str:
    """Per cent with two decimals, as the committee's papers write it."""
    number = f"{100 * part / whole:.2f}".replace(".", words()["decimal"]) if whole else "0"
    return str(words()["numbers"]).format(number=number)


def _titled(title: str, under: str) -> Canvas:
    canvas = Canvas()
    canvas.paragraph(title, TITLE, bold=True, lines=3, gap=6)
    canvas.paragraph(under, SMALL, ink="#555555", lines=3, gap=24)
    return canvas


def _signed(canvas: Canvas, picture: Picture) -> Canvas:
    canvas.height += 16
    canvas.paragraph(words()["footer"].format(unit=picture.unit, on=picture.on), SMALL, ink="#555555", lines=2, gap=0)
    return canvas


def _funnel(picture: Funnel) -> Canvas:
    said = words()["funnel"]
    count = sum(number for _, number in picture.rows)
    most = max(picture.rows, key=lambda row: row[1], default=("", 0))
    title = said["title"].format(count=count, most=most[0], number=most[1]) if count else said["none"]
    canvas = _titled(title, said["under"])
    _bars(canvas, [(name, number, str(number)) for name, number in picture.rows], [most[0]] if count else [])
    return _signed(canvas, picture)


def _bars(canvas: Canvas, rows: Sequence[tuple[str, int, str]], marked: Sequence[str] = ()) -> None:
    """One row each: its name above, the bar below, the number behind the bar."""
    most = max((number for _, number, _ in rows), default=0)
    room = INNER - max((width_of(told, TEXT, True) for _, _, told in rows), default=0) - 24
    for name, number, told in rows:
        for line in broken(name, INNER, TEXT, lines=2):
            canvas.text(MARGIN, canvas.height, line)
            canvas.height += line_height(TEXT)
        wide = max(room * number / most if most else 0, 6)
        canvas.bar(MARGIN, canvas.height, wide, BAR, (BLUE if name in marked else SKY) if number else FAINT)
        canvas.text(MARGIN + wide + 16, canvas.height + (BAR - line_height(TEXT)) / 2, told, bold=True)
        canvas.height += BAR + ROW_GAP


def _progress(picture: Progress) -> Canvas:
    said, over = words()["progress"], picture.now >= 1
    canvas = _titled(_found(picture), said["under_closed"] if over else said["under"])
    top, left, right = canvas.height + line_height(TEXT), MARGIN + 60, WIDTH - MARGIN
    most = max(picture.target or 0, picture.high, picture.done, 1)
    bottom = top + PLOT

    def at(moment: float, count: float) -> tuple[float, float]:
        return left + (right - left) * moment, bottom - (PLOT - 40) * count / most

    _axes(canvas, picture, at, most, bottom)
    if not over:
        now, end = at(picture.now, picture.done), 1.0
        canvas.area([now, at(end, picture.high), at(end, picture.low)], "#CFE3F0")
        canvas.line([now, at(end, picture.likely)], BLUE, 5, dash=True)
    _target(canvas, picture, at)
    _done(canvas, picture, at)
    _expected(canvas, picture, at, right)
    canvas.height = bottom + line_height(SMALL) + PLOT_GAP
    return _signed(canvas, picture)


def _found(picture: Progress) -> str:
    said, target, done = words()["progress"], picture.target, picture.done
    values = {"period": picture.period, "done": done, "target": target}
    if target is None:
        return str(said["without"].format(**values))
    if done >= target:
        return str(said["beyond" if done > target else "reached"].format(**values, over=done - target))
    key = "closed" if picture.now >= 1 else "ahead" if picture.likely >= target else "behind"
    return str(said[key].format(**values, needed=target - done))


def _axes(canvas: Canvas, picture: Progress, at: Any, most: int, bottom: float) -> None:
    step = max(1, -(-most // 5))
    for count in range(0, most + 1, step):
        _, high = at(0, count)
        canvas.line([at(0, count), at(1, count)], FAINT, 2)
        canvas.text(MARGIN + 44, high - line_height(SMALL) / 2, str(count), SMALL, ink="#555555", align="right")
    for moment, label in picture.ticks:
        canvas.text(at(moment, 0)[0], bottom + 8, label, SMALL, ink="#555555")


def _target(canvas: Canvas, picture: Progress, at: Any) -> None:
    if picture.target:
        canvas.line([at(0, 0), at(1, picture.target)], GREY, 3, dash=True)
        canvas.line([at(0, picture.target), at(1, picture.target)], GREY, 3)
        told = words()["progress"]["target"].format(target=picture.target)
        left, top = at(0, picture.target)
        canvas.text(left + 8, top - line_height(TEXT) - 2, told, ink="#555555", halo=True)


def _done(canvas: Canvas, picture: Progress, at: Any) -> None:
    points, count = [at(0, 0)], 0
    for moment, upto in picture.steps:
        points += [at(moment, count), at(moment, upto)]
        count = upto
    points.append(at(min(picture.now, 1), count))
    behind = picture.target is not None and picture.likely < picture.target
    ink = RED if behind else GREEN
    canvas.line(points, ink, 8)
    canvas.dot(points[-1], ink)
    told = words()["progress"]["now_closed" if picture.now >= 1 else "now"].format(done=count)
    (left, top), room, high = points[-1], width_of(told, TEXT, True), line_height(TEXT)
    # Beside the mark, first where the forecast does not go.
    places = [(side, level) for level in (top - high - 10, top + 14) for side in (left - 20 - room, left + 20)]
    inside = [place for place in places if place[0] > MARGIN + 60]
    where = next((place for place in inside if canvas.free(*place, told, bold=True)), inside[0])
    canvas.text(*where, told, bold=True, ink=ink, halo=True)


def _expected(canvas: Canvas, picture: Progress, at: Any, right: float) -> None:
    if picture.now >= 1:
        return
    key = "expected_one" if picture.low == picture.high else "expected"
    told = words()["progress"][key].format(low=picture.low, high=picture.high)
    # Below the band: its lower edge stands lowest at the left end of the words.
    moment = max(picture.now, 1 - width_of(told, TEXT, True) / (right - MARGIN - 60))
    low = picture.done + (picture.low - picture.done) * (moment - picture.now) / (1 - picture.now)
    top = min(at(1, low)[1] + 8, at(1, 0)[1] - line_height(TEXT) - 4)
    canvas.text(right, top, told, bold=True, ink=BLUE, align="right", halo=True)


def _heat_map(picture: HeatMap) -> Canvas:
    said = words()[picture.kind]
    canvas = _titled(_without(picture), said["under"])
    most = max((number for _, months in picture.rows for number in months), default=0)
    shown = _months_shown(most, picture.month)
    wide = (INNER - NAME - SUM) / len(shown)
    for at, number in enumerate(shown):
        middle = MARGIN + NAME + wide * (at + 0.5)
        canvas.text(middle, canvas.height, str(number), SMALL, ink="#555555", align="center")
    canvas.text(WIDTH - MARGIN, canvas.height, "\u03a3", SMALL, bold=True, ink="#555555", align="right")
    canvas.height += line_height(SMALL) + 6
    for name, months in _without_prefix(picture.rows):
        _heat_row(canvas, name, months, shown, picture.month, most)
    if picture.more[0]:
        canvas.paragraph(words()["more_rows"].format(count=picture.more[0], sum=picture.more[1]), SMALL)
    return _signed(canvas, picture)


def _without_prefix(rows: Sequence[tuple[str, Sequence[int]]]) -> list[tuple[str, Sequence[int]]]:
    """Where every row is a branch, the word need not stand in each of them."""
    prefix = f"{words()['branch']} "
    if len(rows) < 2 or not all(name.startswith(prefix) for name, _ in rows):
        return list(rows)
    return [(name.removeprefix(prefix), months) for name, months in rows]


def _without(picture: HeatMap) -> str:
    said = words()[picture.kind]
    total = sum(sum(months) for _, months in picture.rows) + picture.more[1]
    key = "none" if not total else "one" if picture.count < 2 else "some" if picture.without else "all"
    values = {"year": picture.year, "month": picture.month, "sum": total}
    return str(said[key].format(**values, without=picture.without, count=picture.count))


def _months_shown(most: int, current: int) -> range:
    """All of the year; the latest half of it where numbers of three digits need wider cells."""
    return range(1, 13) if most < WIDE_FROM else range(max(1, min(current, 12) - 5), max(6, min(current, 12)) + 1)


def _compact(count: int) -> str:
    """The number as it fits into a cell: 1,2k for 1234."""
    if count < 1000:
        return str(count)
    number = f"{count / 1000:.1f}" if count < 10_000 else str(round(count / 1000))
    return str(words()["thousand"]).format(number=number.replace(".", words()["decimal"]))


def _heat_row(canvas: Canvas, name: str, months: Sequence[int], shown: range, current: int, most: int) -> None:
    size, wide = SMALL, (INNER - NAME - SUM) / len(shown)
    lines = broken(name, NAME - 16, size, lines=2)
    high = max(CELL, len(lines) * line_height(size) + 8)
    for at, line in enumerate(lines):
        top = canvas.height + (high - len(lines) * line_height(size)) / 2 + at * line_height(size)
        canvas.text(MARGIN, top, line, size)
    for at, number in enumerate(shown):
        count = months[number - 1]
        shade, left = _shade(count, most), MARGIN + NAME + wide * at
        canvas.bar(left + 2, canvas.height + 2, wide - 4, high - 4, SHADES[shade] if number <= current else PAPER)
        if count:
            ink = PAPER if shade >= ON_DARK else INK
            middle = canvas.height + (high - line_height(size)) / 2
            canvas.text(left + wide / 2, middle, _compact(count), size, bold=True, ink=ink, align="center")
    middle = canvas.height + (high - line_height(TEXT)) / 2
    canvas.text(WIDTH - MARGIN, middle, _compact(sum(months)), TEXT, bold=True, align="right")
    canvas.height += high


def _shade(count: int, most: int) -> int:
    """0 for nothing; the darkest for the most."""
    return 0 if not count else 1 + min(len(SHADES) - 2, (count - 1) * (len(SHADES) - 1) // max(most, 1))


def _composition(picture: Composition) -> Canvas:
    said = words()["composition"]
    first = picture.rows[0] if picture.rows else ("", 0)
    under = said["under_new"].format(period=picture.period) if picture.period else said["under_open"]
    if not picture.count or not picture.rows:
        return _signed(_titled(said["none"], under), picture)
    title = said["title"].format(label=first[0], share=share(first[1], picture.count), count=picture.count)
    canvas = _titled(title, under)
    rows = [(name, number, f"{number} \u00b7 {share(number, picture.count)}") for name, number in picture.rows]
    _bars(canvas, rows, [first[0]])
    canvas.paragraph(said["several"].format(count=picture.count), SMALL, ink="#555555", gap=0)
    return _signed(canvas, picture)
