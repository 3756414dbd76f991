"""Whoever runs chibot can copy the database while it works, get it back, and knows whether it is whole."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from storage import copies, history
from storage.database import connect
from storage.migrations import head, upgrade
from tests.office import TODAY
from tests.terminal import Terminal


def change(file: Path, statement: str, *values: object) -> None:
    """What a hand in the file does, past chibot."""
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute(statement, values)


def names(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as raw:
        return [row[0] for row in raw.execute("SELECT name FROM people ORDER BY id")]


def break_pages(file: Path) -> None:
    """Rubbish over the pages after the first."""
    content = bytearray(file.read_bytes())
    content[4096:40960] = b"\x5a" * (40960 - 4096)
    file.write_bytes(content)


def test_a_copy_is_one_whole_file_that_only_its_owner_may_read(terminal: Terminal) -> None:
    terminal.set_up()
    made = terminal.run("backup", "copy.db", "--json")
    assert made.code == 0
    assert made.json["ok"]
    assert made.json["revision"] == head()
    assert made.json["bytes"] == (terminal.folder / "copy.db").stat().st_size
    assert (terminal.folder / "copy.db").stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in terminal.folder.iterdir()) == ["chibot.db", "copy.db"]
    assert terminal.run("verify", "copy.db").code == 0


async def test_a_copy_made_while_the_office_works_holds_one_moment(tmp_path: Path) -> None:
    database = await connect(f"sqlite+aiosqlite:///{tmp_path / 'busy.db'}")
    await database.write(upgrade)
    done, written = asyncio.Event(), 0

    def line(connection: Connection) -> None:
        history.record(connection, TODAY + timedelta(seconds=written), None, "unit.add", "unit:1")

    async def work() -> None:
        nonlocal written
        while not done.is_set():
            await asyncio.gather(*(database.write(line) for _ in range(5)))
            written += 5

    writing = asyncio.create_task(work())
    for number in range(5):
        copy = tmp_path / f"{number}.db"
        await asyncio.to_thread(copies.backup, tmp_path / "busy.db", copy)
        found = copies.examine(copy)
        assert found.problems == ()
        assert found.chain is not None
        assert found.chain.lines <= written + 5
    done.set()
    await writing
    await database.close()
    assert written > 25
    whole = copies.examine(tmp_path / "busy.db").chain
    assert whole is not None
    assert whole.lines == written


def test_an_older_copy_is_written_over_only_when_told_so(terminal: Terminal) -> None:
    terminal.set_up()
    (terminal.folder / "copy.db").write_text("mine")
    refused = terminal.run("backup", "copy.db")
    assert refused.code == 2
    assert "--force" in refused.sentence
    assert (terminal.folder / "copy.db").read_text() == "mine"
    assert terminal.run("backup", "copy.db", "--force").code == 0
    assert terminal.run("verify", "copy.db").code == 0


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("chibot.db", "the database itself"),
        ("none/copy.db", "no folder"),
        (".", "is a folder"),
    ],
)
def test_a_copy_goes_only_where_a_copy_can_go(terminal: Terminal, target: str, says: str) -> None:
    terminal.set_up()
    refused = terminal.run("backup", target, "--force")
    assert refused.code == 2
    assert says in refused.sentence
    assert terminal.run("verify").code == 0


def test_what_is_not_there_is_neither_copied_nor_made(terminal: Terminal) -> None:
    for words in (("backup", "copy.db"), ("verify",), ("restore", "copy.db"), ("verify", "copy.db")):
        refused = terminal.run(*words)
        assert refused.code == 2
        assert "there is no" in refused.sentence
    assert not list(terminal.folder.iterdir())


def test_a_copy_comes_back_and_what_it_replaces_is_kept(terminal: Terminal) -> None:
    terminal.set_up()
    terminal.run("backup", "copy.db")
    change(terminal.database, "UPDATE people SET name = 'Lê Thị Hai'")
    terminal.database.chmod(0o640)
    back = terminal.run("restore", "copy.db", "--json")
    assert back.code == 0
    assert names(terminal.database) == ["Trần Văn Phòng"]
    assert names(Path(back.json["before"])) == ["Lê Thị Hai"]
    assert terminal.database.stat().st_mode & 0o777 == 0o640
    again = terminal.run("restore", "copy.db", "--json").json["before"]
    assert again != back.json["before"]
    assert names(Path(again)) == ["Trần Văn Phòng"]
    assert terminal.run("verify").code == 0


def test_a_copy_can_be_put_where_nothing_is(terminal: Terminal) -> None:
    terminal.set_up()
    terminal.run("backup", "copy.db")
    terminal.database.unlink()
    assert terminal.run("restore", "copy.db", "--json").json["before"] is None
    assert names(terminal.database) == ["Trần Văn Phòng"]


def test_a_copy_takes_the_place_of_a_database_that_cannot_be_read(terminal: Terminal) -> None:
    terminal.set_up()
    terminal.run("backup", "copy.db")
    terminal.database.write_bytes(b"not a database at all" * 1000)
    terminal.database.with_name("chibot.db-wal").write_bytes(b"left behind")
    assert terminal.run("verify").code == 1
    assert terminal.run("restore", "copy.db").code == 0
    assert terminal.run("verify").code == 0
    assert terminal.database.with_name("chibot.db.before-restore").read_bytes().startswith(b"not a database")
    assert not terminal.database.with_name("chibot.db-wal").exists()


def short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:20_000])


def other(file: Path) -> None:
    file.unlink()
    change(file, "CREATE TABLE things (id INTEGER)")


def text(file: Path) -> None:
    file.write_text("Quần chúng\n" * 500)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def newer(file: Path) -> None:
    change(file, "UPDATE alembic_version SET version_num = '9999'")


def tampered(file: Path) -> None:
    change(file, "UPDATE history SET after = '{}' WHERE id = 2")


def taken_out(file: Path) -> None:
    change(file, "DELETE FROM history WHERE id = 1")


def strange(file: Path) -> None:
    change(file, "UPDATE history SET at = 'yesterday' WHERE id = 2")


def loose(file: Path) -> None:
    change(file, "INSERT INTO roles (person_id, unit_id, role, since) VALUES (99, 99, 'member', '2026-01-01')")


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (break_pages, ""),
        (short, "malformed"),
        (other, "not a database of chibot"),
        (text, "not a database"),
        (empty, "not a database of chibot"),
        (newer, "a newer chibot"),
        (tampered, "line 2 of the history"),
        (taken_out, "line 2 of the history"),
        (strange, "the history holds"),
        (loose, "a row of roles points to a missing row"),
    ],
)
def test_a_damaged_copy_is_named_and_never_put_back(terminal: Terminal, harm: object, says: str) -> None:
    terminal.set_up()
    terminal.run("backup", "copy.db")
    harm(terminal.folder / "copy.db")  # type: ignore[operator]
    told = terminal.run("verify", "copy.db", "--json")
    assert told.code == 1
    assert not told.json["ok"]
    assert says in told.sentence
    refused = terminal.run("restore", "copy.db")
    assert refused.code == 1
    assert "nothing was changed" in refused.sentence
    assert names(terminal.database) == ["Trần Văn Phòng"]
    assert sorted(file.name for file in terminal.folder.iterdir()) == ["chibot.db", "copy.db"]


def test_the_first_line_that_was_changed_by_hand_is_named(terminal: Terminal) -> None:
    terminal.set_up()
    before = terminal.run("verify", "--json").json["history"]
    assert before["broken"] is None
    change(terminal.database, "UPDATE history SET action = 'person.leave' WHERE id = 2")
    told = terminal.run("verify", "--json")
    assert told.code == 1
    broken = told.json["history"]["broken"]
    assert broken["line"] == 2
    assert broken["action"] == "person.leave"
    assert told.json["history"]["lines"] == 1
    assert "line 2" in told.sentence
    assert "Trần" not in told.sentence


def test_a_line_taken_off_the_end_shows_in_the_last_seal(terminal: Terminal) -> None:
    terminal.set_up()
    noted = terminal.run("verify", "--json").json["history"]
    change(terminal.database, "DELETE FROM history WHERE id = (SELECT max(id) FROM history)")
    now = terminal.run("verify", "--json").json["history"]
    assert (now["lines"], now["broken"]) == (noted["lines"] - 1, None)
    assert now["seal"] != noted["seal"]


def test_a_damaged_database_is_still_copied_but_not_in_silence(terminal: Terminal) -> None:
    terminal.set_up()
    tampered(terminal.database)
    told = terminal.run("backup", "copy.db")
    assert told.code == 1
    assert "line 2" in told.sentence
    assert (terminal.folder / "copy.db").exists()


HOLD = """
import sqlite3, sys
raw = sqlite3.connect(sys.argv[1])
raw.execute("SELECT * FROM units").fetchall()
print("open", flush=True)
input()
"""


def test_a_database_in_use_is_not_replaced(terminal: Terminal) -> None:
    terminal.set_up()
    terminal.run("backup", "copy.db")
    change(terminal.database, "UPDATE people SET name = 'Lê Thị Hai'")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(terminal.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other_process:
        assert other_process.stdout is not None
        assert other_process.stdout.readline() == "open\n"
        refused = terminal.run("restore", "copy.db")
        other_process.communicate("\n")
    assert refused.code == 1
    assert "another process" in refused.sentence
    assert names(terminal.database) == ["Lê Thị Hai"]
    assert not list(terminal.folder.glob("*before*"))
    assert terminal.run("restore", "copy.db").code == 0


def test_a_name_with_signs_in_it_is_a_name(terminal: Terminal) -> None:
    terminal.set_up()
    name = "bản sao #1 50%?.db"
    assert terminal.run("backup", name).code == 0
    assert terminal.run("verify", name).code == 0
    shutil.move(terminal.folder / name, terminal.folder / "b.db")
    assert terminal.run("restore", "b.db").code == 0


def test_postgresql_is_left_to_its_own_tools(terminal: Terminal) -> None:
    terminal.sets(DATABASE_URL="postgresql+asyncpg://chibot:geheim@127.0.0.1:1/chibot")
    for words in (("backup", "copy.db"), ("restore", "copy.db")):
        refused = terminal.run(*words)
        assert refused.code == 2
        assert "pg_dump" in refused.sentence
        assert "geheim" not in refused.err
