"""The operator compares the figures' summaries with what is kept, and fills an empty database with invented people."""

import json
import sqlite3
from contextlib import closing

from tests.terminal import Terminal


def test_an_invented_ward_is_made_once_and_its_summaries_are_right(terminal: Terminal) -> None:
    made = terminal.run("sample")
    assert (made.code, made.out) == (0, "an invented ward: 16 units\n")
    again = terminal.run("sample")
    assert again.code == 2
    assert "needs an empty one" in again.err
    assert terminal.run("recount", "--check").out == "every summary agrees with what is kept\n"


def test_a_summary_that_was_changed_by_hand_is_named_and_written_anew(terminal: Terminal) -> None:
    terminal.run("sample")
    with closing(sqlite3.connect(terminal.folder / "chibot.db")) as raw:
        raw.execute("UPDATE tallies SET count = count + 3 WHERE unit_id = 1 AND what = 'branches'")
        raw.commit()
    found = terminal.run("recount", "--check", "--json")
    assert found.code == 1
    assert json.loads(found.out)["wrong"] == [{"unit": 1, "what": "branches", "slot": 0, "kept": 17, "counted": 14}]
    assert "unit 1: branches 0 is 17, not 14" in terminal.run("recount").out
    assert json.loads(terminal.run("recount", "--check", "--json").out) == {"ok": True, "wrong": [], "written": None}
