"""Pictures are drawn in a process of their own, which may end at any time."""

import subprocess
import sys

import pytest

from bot.reports.charts import draw
from bot.reports.drawing import Draughtsman, NotDrawn
from bot.reports.pictures import Composition, Funnel

PICTURE = Funnel("Phường Thử Nghiệm", "18/11/2026", [("Thẩm tra lý lịch", 3)])


@pytest.fixture
def draughtsman() -> "Draughtsman":
    return Draughtsman()


def test_what_is_drawn_over_there_is_what_would_be_drawn_here(draughtsman: Draughtsman) -> None:
    try:
        assert draughtsman.drawn(PICTURE) == draw(PICTURE)
        assert draughtsman.running
        assert draughtsman._process is not None
        draughtsman._process.kill()
        draughtsman._process.wait()
        assert draughtsman.drawn(PICTURE).startswith(b"\x89PNG"), "a process that ended is started again"
        with pytest.raises(NotDrawn, match="TypeError"):
            draughtsman.drawn(Composition("W", "1", "", 3, [("a", "b")]))  # type: ignore[list-item]
        assert draughtsman.drawn(PICTURE).startswith(b"\x89PNG"), "after a fault it goes on"
    finally:
        draughtsman.end()
    assert not draughtsman.running


def test_the_process_ends_with_the_one_that_asks() -> None:
    done = subprocess.run([sys.executable, "-m", "bot.reports.drawing"], input=b"", capture_output=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, b"")


def test_nobody_who_only_chats_loads_what_draws() -> None:
    code = "import sys, bot.app, bot.reports.drawing, bot.reports.charts; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
