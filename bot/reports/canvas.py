"""A sheet to draw on, made for a phone: 1,080 pixels wide, so that a third of it is still read on a small screen.

matplotlib is loaded only when a sheet is made: it takes half a second and 70 MB, and most processes never draw.
"""

from dataclasses import dataclass, field
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

WIDTH = 1080
MARGIN = 40
INNER = WIDTH - 2 * MARGIN
_DPI = 100
# Sizes of letters in pixels; a third of them is what a phone of 360 pixels shows.
TITLE, TEXT, SMALL = 46, 36, 31
# Okabe and Ito's colours, which people who do not tell red from green tell apart.
BLUE, SKY, ORANGE, GREEN, RED, GREY = "#0072B2", "#56B4E9", "#E69F00", "#009E73", "#D55E00", "#8A8A8A"
INK, PAPER, FAINT = "#1B1B1B", "#FFFFFF", "#E6E6E6"
# Light to dark of one hue: more is darker, also in black and white.
SHADES = ("#F2F6F9", "#CFE3F0", "#9CC7E1", "#5EA5CD", "#2480B5", "#0B5C8E")
# Where letters stand within their line.
BASELINE = 0.78
_MORE = "\u2026"


@dataclass(frozen=True, slots=True)
class Box:
    """Where a piece of text stands, in pixels from the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(slots=True)
class Canvas:
    """Things to draw, put down in pixels from the top left; `height` grows with what is put down."""

    height: float = MARGIN
    texts: list[Box] = field(default_factory=list)
    _shapes: list[tuple[str, Any]] = field(default_factory=list)
    _words: list[tuple[float, float, str, int, bool, str, bool]] = field(default_factory=list)

    def text(
        self, left: float, top: float, words: str, size: int = TEXT, *, bold: bool = False, ink: str = INK,
        align: str = "left", halo: bool = False,
    ) -> None:  # fmt: skip
        """One line of text; `left` is its left edge, its middle or its right edge, as `align` says.

        `halo` keeps it readable across lines.
        """
        wide = width_of(words, size, bold)
        at = left - {"left": 0.0, "center": wide / 2, "right": wide}[align]
        self._words.append((at, top, words, size, bold, ink, halo))
        self.texts.append(Box(words, at, top, at + wide, top + line_height(size)))

    def free(self, left: float, top: float, words: str, size: int = TEXT, *, bold: bool = False) -> bool:
        """Whether a line of text could stand there without leaving the sheet or touching another."""
        right, bottom = left + width_of(words, size, bold), top + line_height(size)
        if left < 0 or right > WIDTH or top < 0:
            return False
        return all(
            left >= box.right or right <= box.left or top >= box.bottom or bottom <= box.top for box in self.texts
        )

    def paragraph(
        self, words: str, size: int = TEXT, *, bold: bool = False, ink: str = INK, lines: int = 3, gap: float = 8
    ) -> None:
        """Lines of text at the end of the sheet, broken where they do not fit."""
        for line in broken(words, INNER, size, bold, lines):
            self.text(MARGIN, self.height, line, size, bold=bold, ink=ink)
            self.height += line_height(size)
        self.height += gap

    def bar(self, left: float, top: float, wide: float, high: float, fill: str) -> None:
        """A filled rectangle."""
        self._shapes.append(("bar", (left, top, wide, high, fill)))

    def line(self, points: list[tuple[float, float]], ink: str, wide: float = 4, dash: bool = False) -> None:
        """A line through points."""
        self._shapes.append(("line", (points, ink, wide, dash)))

    def area(self, points: list[tuple[float, float]], fill: str) -> None:
        """A filled shape."""
        self._shapes.append(("area", (points, fill)))

    def dot(self, middle: tuple[float, float], fill: str, size: float = 14) -> None:
        """A round mark."""
        self._shapes.append(("dot", (middle, fill, size)))

    def png(self) -> bytes:
        """The finished picture."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        high = round(self.height + MARGIN)
        figure = Figure(figsize=(WIDTH / _DPI, high / _DPI), dpi=_DPI, facecolor=PAPER)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(high, 0)
        for kind, what in self._shapes:
            _draw(axes, kind, what)
        for word in self._words:
            _write(axes, *word)
        made = BytesIO()
        figure.savefig(made, format="png", dpi=_DPI)
        return made.getvalue()


def _write(axes: Any, left: float, top: float, words: str, size: int, bold: bool, ink: str, halo: bool) -> None:
    from matplotlib.patheffects import withStroke

    around = [withStroke(linewidth=6, foreground=PAPER)] if halo else None
    below = top + line_height(size) * BASELINE
    font = _font(size, bold)
    axes.text(
        left, below, words, fontproperties=font, color=ink, va="baseline", parse_math=False, path_effects=around,
        clip_on=False,
    )  # fmt: skip


def _draw(axes: Any, kind: str, what: Any) -> None:
    from matplotlib.patches import Circle, Polygon, Rectangle

    if kind == "bar":
        left, top, wide, high, fill = what
        axes.add_artist(Rectangle((left, top), wide, high, facecolor=fill, linewidth=0))
    elif kind == "area":
        points, fill = what
        axes.add_artist(Polygon(points, closed=True, facecolor=fill, linewidth=0))
    elif kind == "dot":
        middle, fill, size = what
        axes.add_artist(Circle(middle, size, facecolor=fill, edgecolor=PAPER, linewidth=2))
    else:
        points, ink, wide, dash = what
        style = (0, (4, 3)) if dash else "solid"
        axes.plot(*zip(*points, strict=True), color=ink, linewidth=wide * 72 / _DPI, linestyle=style)


def line_height(size: int) -> float:
    """How much room a line of that size takes: accents above capital letters are high in Vietnamese."""
    return size * 1.34


def broken(words: str, wide: float, size: int, bold: bool = False, lines: int = 2) -> list[str]:
    """The text in lines that fit; what is too long for the last one is cut with three dots."""
    found, line = [], ""
    for word in words.split():
        longer = f"{line} {word}".strip()
        if width_of(longer, size, bold) <= wide or not line:
            line = longer
            continue
        found.append(line)
        line = word
    found.append(line)
    if len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [cut(one, wide, size, bold) for one in found]


def cut(words: str, wide: float, size: int, bold: bool = False) -> str:
    """The text, or as much of it as fits with three dots behind."""
    if width_of(words, size, bold) <= wide:
        return words
    low, high = 0, len(words)
    while high - low > 1:
        middle = (low + high) // 2
        fits = width_of(words[:middle].rstrip() + _MORE, size, bold) <= wide
        low, high = (middle, high) if fits else (low, middle)
    return words[:low].rstrip() + _MORE


@lru_cache(maxsize=4096)
def width_of(words: str, size: int, bold: bool = False) -> float:
    """How wide a line of text is drawn."""
    wide, _, _ = _measure().get_text_width_height_descent(words, _font(size, bold), ismath=False)
    return float(wide)


@cache
def _measure() -> Any:
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(10, 10, _DPI)  # type: ignore[no-untyped-call]


@cache
def _font(size: int, bold: bool) -> Any:
    """DejaVu Sans as matplotlib brings it along: it has every letter of Vietnamese, whatever the machine has."""
    import matplotlib
    from matplotlib.font_manager import FontProperties

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return FontProperties(fname=str(Path(matplotlib.get_data_path(), "fonts", "ttf", name)), size=size * 72 / _DPI)
