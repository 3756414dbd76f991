"""Pictures for a phone: their size, that no word is cut off or stands on another, and what their titles say."""

import re
import struct
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.ft2font import FT2Font

from bot.reports.canvas import SMALL, WIDTH, Canvas
from bot.reports.charts import draw, laid_out, share, words
from bot.reports.pictures import Composition, Funnel, HeatMap, Picture, Progress, packed, unpacked

WARD, ON = "Phường Thử Nghiệm", "18/11/2026"
LONG = "Chi bộ Trường Trung học cơ sở và Trung học phổ thông Nguyễn Bỉnh Khiêm, cơ sở hai"
STEPS = ("Nguồn", "Cảm tình Đảng", "Lớp nhận thức", "Thẩm tra lý lịch", "Chi bộ xét", "Quyết định kết nạp")
TICKS = [(0.0, "T10"), (0.34, "T11"), (0.66, "T12")]


def funnel(*counts: int) -> Funnel:
    return Funnel(WARD, ON, list(zip(STEPS, counts, strict=False)))


def progress(target: int | None, *steps: tuple[float, int], now: float = 0.5, **expected: int) -> Progress:
    done = max((count for _, count in steps), default=0)
    low, likely, high = (expected.get(name, done) for name in ("low", "likely", "high"))
    return Progress(WARD, ON, "Quý IV", target, steps, now, low, likely, high, TICKS)


def heat_map(names: list[str], months: list[int], kind: Any = "admissions", **more: Any) -> HeatMap:
    return HeatMap(WARD, ON, kind, 2026, 11, [(name, months) for name in names], len(names), len(names), **more)


def composition(count: int, *rows: tuple[str, int], period: str = "năm 2026") -> Composition:
    return Composition(WARD, ON, period, count, rows)


PICTURES: dict[str, Picture] = {
    "cases at every step": funnel(20, 12, 10, 6, 3, 0),
    "no case at all": funnel(0, 0, 0, 0, 0, 0),
    "no step": funnel(),
    "behind": progress(7, (0.1, 1), (0.3, 2), (0.45, 3), low=4, likely=5, high=6),
    "nothing done, nothing expected": progress(5),
    "no target": progress(None, (0.1, 1)),
    "on the first day": progress(5, now=0.0, low=0, likely=4, high=5),
    "on the last day": progress(5, (0.2, 4), now=0.99, low=4, likely=4, high=5),
    "reached early": progress(3, (0.01, 3), now=0.05, low=3, likely=4, high=9),
    "over": progress(3, (0.3, 2), (0.6, 4), now=1.0),
    "a province": progress(7000, (0.3, 1500), (0.6, 4800), low=5100, likely=6000, high=6900),
    "one branch": heat_map(["Chi bộ Tổ dân phố 1"], [0] * 12),
    "sixty branches": heat_map([f"Chi bộ Tổ dân phố {number}" for number in range(60)], [1, 0] * 6),
    "long names": heat_map([LONG] * 3, [12, 345, 0] * 4, "contacts"),
    "a busy ward": heat_map([WARD, LONG], [1234, 99999, 0] * 4, "contacts", more=(36, 12)),
    "no branch": heat_map([], []),
    "groups": composition(19, ("Đoàn viên", 14), ("Giáo viên", 9), ("Có đạo", 1)),
    "nobody": composition(0),
    "candidates of today": composition(3, (LONG, 3), period=""),
}


@pytest.fixture(params=list(PICTURES))
def picture(request: pytest.FixtureRequest) -> Picture:
    return PICTURES[request.param]


def outside(canvas: Canvas) -> list[str]:
    return [
        box.text
        for box in canvas.texts
        if box.left < 0 or box.right > WIDTH or box.top < 0 or box.bottom > canvas.height + 40
    ]


def overlapping(canvas: Canvas) -> Iterator[tuple[str, str]]:
    for one, other in combinations(canvas.texts, 2):
        across = min(one.right, other.right) - max(one.left, other.left)
        down = min(one.bottom, other.bottom) - max(one.top, other.top)
        # Lines have room above and below their letters, which may be shared.
        if across > 2 and down > 0.3 * SMALL:
            yield one.text, other.text


def test_a_picture_is_a_png_of_a_phones_width(picture: Picture) -> None:
    made = draw(picture)
    assert made.startswith(b"\x89PNG\r\n\x1a\n")
    wide, high = struct.unpack(">II", made[16:24])
    assert wide == WIDTH
    # Telegram takes no picture whose sides add up to more than 10,000, or of which one is twenty times the other.
    assert wide + high < 10_000 and high < 20 * wide


def test_no_word_is_cut_off_and_none_stands_on_another(picture: Picture) -> None:
    canvas = laid_out(picture)
    assert canvas.texts
    assert not outside(canvas)
    assert not list(overlapping(canvas))


def test_every_letter_is_in_the_font(picture: Picture) -> None:
    letters = {letter for box in laid_out(picture).texts for letter in box.text}
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
        known = FT2Font(str(folder / name)).get_charmap()
        assert not [letter for letter in letters if ord(letter) not in known]


def test_letters_are_large_enough_for_a_small_screen() -> None:
    # A phone of 360 pixels shows a third: nothing below ten pixels.
    assert SMALL / 3 >= 10


def title(picture: Picture) -> str:
    canvas = laid_out(picture)
    return " ".join(box.text for box in canvas.texts if box.bottom - box.top > 55)


def said(picture: Picture) -> str:
    return " ".join(box.text for box in laid_out(picture).texts)


def test_the_title_says_what_was_found() -> None:
    assert title(PICTURES["behind"]) == "Quý IV: 3/7, cần thêm 4 – chậm so với kế hoạch"
    assert title(progress(4, (0.2, 3), low=3, likely=4, high=5)) == "Quý IV: 3/4, cần thêm 1 – đúng tiến độ"
    assert title(PICTURES["over"]) == "Quý IV: 4/3, vượt 1"
    assert title(progress(5, (0.2, 4), now=1.0)) == "Quý IV: 4/5, thiếu 1"
    assert title(PICTURES["no target"]) == "Quý IV: đã kết nạp 1, không có chỉ tiêu"
    assert title(PICTURES["cases at every step"]) == "51 quần chúng trên đường, đông nhất: Nguồn (20)"
    assert title(PICTURES["no case at all"]) == "Chưa có quần chúng nào trên đường kết nạp"
    assert title(PICTURES["groups"]) == "Đoàn viên: 73,68 % của 19 người"
    assert title(PICTURES["nobody"]) == "Chưa có người nào để phân tích"
    assert title(PICTURES["one branch"]) == "2026: chưa kết nạp ai"


def test_the_numbers_stand_on_the_marks() -> None:
    assert {"20", "12", "10", "6", "3", "0"} <= set(said(PICTURES["cases at every step"]).split())
    assert "nay: 3" in said(PICTURES["behind"]) and "dự kiến 4–6" in said(PICTURES["behind"])
    assert "14 · 73,68 %" in said(PICTURES["groups"])


def test_the_word_for_a_branch_stands_only_where_something_else_stands_beside_it() -> None:
    assert "Chi bộ Tổ dân phố" not in said(PICTURES["sixty branches"])
    assert "Chi bộ Trường" in said(PICTURES["a busy ward"])


def test_a_share_is_written_as_the_committees_papers_write_it() -> None:
    assert (share(14, 19), share(0, 0), share(19, 19)) == ("73,68 %", "0 %", "100,00 %")


def test_a_picture_goes_to_the_other_process_and_comes_out_the_same(picture: Picture) -> None:
    import json

    again = unpacked(json.loads(json.dumps(packed(picture))))
    assert said(again) == said(picture)


def test_every_word_of_the_pictures_is_used() -> None:
    code = Path(__file__).parents[2].joinpath("bot", "reports", "charts.py").read_text(encoding="utf-8")
    told = yaml.safe_load(Path(__file__).parents[2].joinpath("bot", "reports", "charts.yaml").read_text("utf-8"))
    sections = {name for name, value in told.items() if isinstance(value, dict)}
    keys = {key for name in sections for key in told[name]} | set(told) - {"admissions", "contacts"}
    quoted = set(re.findall("['\"](\\w+)['\"]", code))
    assert not keys - quoted
    assert words() == told


COUNTS = st.integers(0, 3000)


@settings(max_examples=25, deadline=None)
@given(
    target=st.none() | st.integers(1, 3000),
    counts=st.lists(st.tuples(st.floats(0, 1), COUNTS), max_size=5),
    now=st.floats(0, 1),
    more=st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50)),
)
def test_whatever_the_figures_are_the_words_stay_on_the_picture(
    target: int | None, counts: list[tuple[float, int]], now: float, more: tuple[int, int, int]
) -> None:
    steps = list(zip(sorted(moment * now for moment, _ in counts), sorted(count for _, count in counts), strict=True))
    done = steps[-1][1] if steps else 0
    low, likely, high = (done + extra for extra in sorted(more))
    assert not outside(laid_out(progress(target, *steps, now=now, low=low, likely=likely, high=high)))
