"""The command line: what an operator types gives what was asked for, or one sentence; never a traceback."""

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli import parser
from bot.settings import Settings
from storage import history
from storage.database import connect
from storage.migrations import head
from tests.fakes.telegram_server import TOKEN, TelegramServer
from tests.terminal import Ran, Terminal
from tests.test_care import newer

ROOT = Path(__file__).parent.parent
COMMANDS = sorted(next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)).choices)


def findings(ran: Ran) -> dict[str, dict[str, Any]]:
    return {finding["check"]: finding for finding in ran.json["checks"]}


async def writes_history(file: Path, at: datetime) -> None:
    database = await connect(f"sqlite+aiosqlite:///{file}")
    await database.write(lambda c: history.record(c, at, None, "unit.add", "unit:1"))
    await database.close()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_how_it_is_used(terminal: Terminal, command: str) -> None:
    told = terminal.run(command, "--help")
    assert told.code == 0
    assert told.out.startswith(f"usage: chibot {command}")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("no-such-command",),
        ("init",),
        ("init", "--unit", "W"),
        ("init", "--unit", " ", "--admin", " "),
        ("backup",),
        ("verify", "--no-such-option"),
        ("demo", "--port", "many"),
        ("understand",),
        ("understand", "chào", "--on", "31/31/2026"),
        ("understand", "chào", "--on", "hôm nay"),
        ("run",),
        ("import", "no-such-file.xlsx"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(terminal: Terminal, words: tuple[str, ...]) -> None:
    refused = terminal.run(*words)
    assert refused.code == 2
    assert refused.sentence
    assert refused.out == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://localhost/chibot"),
        ("DATABASE_URL", "chibot.db"),
        ("DATABASE_URL", "sqlite+aiosqlite:///:memory:"),
        ("TIMEZONE", "Mars/Olympus"),
        ("LOG_LEVEL", "LOUD"),
        ("QUIET_HOURS", "at night"),
        ("WEBHOOK_PORT", "99999"),
        ("WEBHOOK_SECRET", "short"),
        ("TELEGRAM_API", "telegram"),
        ("PUBLIC_URL", "ftp://chibot.example"),
        ("PROXY", "proxy:3128"),
    ],
)
@pytest.mark.parametrize("where", ["environment", ".env"])
def test_a_setting_that_is_wrong_is_named(terminal: Terminal, name: str, value: str, where: str) -> None:
    if where == ".env":
        (terminal.folder / ".env").write_text(f"CHIBOT_{name}={value}\n")
    else:
        terminal.sets(**{name: value})
    for words in (("doctor", "--json"), ("verify",), ("init", "--unit", "W", "--admin", "A")):
        refused = terminal.run(*words)
        assert refused.code == 2
        assert f"CHIBOT_{name}" in refused.sentence
        assert refused.out == ""


def test_a_secret_that_is_wrong_is_not_repeated(terminal: Terminal) -> None:
    terminal.sets(WEBHOOK_SECRET="Pssst!!!!")
    assert "Pssst" not in terminal.run("doctor").err


def test_the_first_set_up_gives_one_invitation(terminal: Terminal) -> None:
    made = terminal.set_up()
    assert set(made) == {"unit", "person", "invitation"}
    assert set(made["invitation"]) == {"code", "link", "expires_at"}
    assert made["person"] == "Trần Văn Phòng"
    assert datetime.fromisoformat(made["invitation"]["expires_at"]).utcoffset() == timedelta(hours=7)


def test_a_database_is_set_up_once(terminal: Terminal) -> None:
    terminal.set_up()
    refused = terminal.run("init", "--unit", "W", "--admin", "A", "--json")
    assert refused.code == 2
    assert "units already" in refused.sentence
    assert refused.out == ""


def test_a_database_that_cannot_be_reached_is_one_sentence(terminal: Terminal) -> None:
    terminal.sets(DATABASE_URL="postgresql+asyncpg://chibot:geheim@127.0.0.1:1/chibot")
    for words in (("init", "--unit", "W", "--admin", "A"), ("verify",)):
        failed = terminal.run(*words)
        assert failed.code == 1
        assert "geheim" not in failed.sentence
    seen = terminal.run("doctor", "--json")
    assert seen.code == 1
    assert "geheim" not in seen.out
    assert not findings(seen)["database"]["ok"]


def test_a_database_file_that_cannot_be_opened_is_one_sentence_and_the_program_ends(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "rubbish").write_bytes(b"rubbish!" * 2000)
    for name in ("folder", "rubbish", "none/chibot.db"):
        failed = typed_in_a_shell(tmp_path, "init", "--unit", "W", "--admin", "A", database=tmp_path / name)
        assert (failed.returncode, failed.stdout) == (1, "")
        assert failed.stderr.count("\n") == 1
        assert "cannot be opened" in failed.stderr


def test_tables_from_a_newer_chibot_are_left_alone(terminal: Terminal) -> None:
    terminal.set_up()
    newer(terminal.database)
    refused = terminal.run("init", "--unit", "W", "--admin", "A")
    assert refused.code == 1
    assert "install a newer one" in refused.sentence


def test_a_settings_file_that_is_no_text_is_one_sentence(terminal: Terminal) -> None:
    (terminal.folder / ".env").write_bytes(b"\xff\xfeC\x00H\x00")
    refused = terminal.run("doctor")
    assert refused.code == 2
    assert "UTF-8" in refused.sentence


def test_a_reader_who_leaves_early_is_no_fault(tmp_path: Path) -> None:
    line = json.dumps({"text": "gặp chị Lan", "today": "2026-11-20", "known": []})
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "understand", "--json", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as asked:
        assert asked.stdin and asked.stdout and asked.stderr
        asked.stdin.write(f"{line}\n")
        asked.stdin.flush()
        assert asked.stdout.readline()
        asked.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            asked.stdin.write(f"{line}\n" * 100)
            asked.stdin.close()
        assert asked.stderr.read() == ""


def test_a_sentence_is_understood_on_the_day_that_is_given(terminal: Terminal) -> None:
    understood = terminal.run("understand", "hôm qua gọi điện cho chị Lan", "--on", "2026-11-20", "--json")
    assert understood.code == 0
    assert understood.json["kind"] == "contact"
    assert understood.json["how"] == "phoned"
    assert understood.json["on"] == "2026-11-19"


def test_many_sentences_are_understood_a_line_each(terminal: Terminal) -> None:
    known = ["Nguyễn Ngọc Lan", "Trương Đình Hòa"]
    lines = [
        {"id": 7, "text": "hom qua gap chi Lan", "today": "2026-11-20", "known": known},
        {"kind": "date", "text": "thứ 3 tuần trước", "today": "2026-11-20", "direction": "past"},
        {"kind": "name", "query": "hoa", "known": known},
    ]
    typed = "\n".join(json.dumps(line) for line in lines) + "\n\nrubbish\n[]\n"
    ran = terminal.run("understand", "--json", "-", typed=typed)
    assert ran.code == 0
    first, second, third, *wrong = [json.loads(line) for line in ran.out.splitlines()]
    assert (first["id"], first["who"]) == (7, "Nguyễn Ngọc Lan")
    assert second["on"] == "2026-11-10"
    assert third["matches"][0] == "Trương Đình Hòa"
    assert [set(line) for line in wrong] == [{"error"}, {"error"}]


def test_the_doctor_finds_nothing_where_nothing_is_wrong(terminal: Terminal) -> None:
    terminal.set_up()

    async def examined() -> Ran:
        async with TelegramServer() as telegram:
            terminal.sets(TELEGRAM_TOKEN=TOKEN, TELEGRAM_API=telegram.url)
            return await asyncio.to_thread(terminal.run, "doctor", "--json")

    seen = asyncio.run(examined())
    assert seen.code == 0, seen.out
    assert seen.json["ok"]
    assert findings(seen)["migrations"]["says"].startswith(f"the tables are at {head()}")
    assert findings(seen)["telegram"]["says"].startswith("answers as @")
    assert TOKEN not in seen.out
    assert seen.json["settings"]["CHIBOT_TELEGRAM_TOKEN"] == {"value": "(set)", "from": "environment"}
    assert seen.json["settings"]["CHIBOT_TIMEZONE"]["from"] == "default"
    assert {name.removeprefix("CHIBOT_").lower() for name in seen.json["settings"]} == set(Settings.model_fields)


def test_the_doctor_says_what_to_do_on_a_new_machine_and_makes_nothing(terminal: Terminal) -> None:
    seen = terminal.run("doctor", "--json")
    assert seen.code == 1
    assert "chibot init" in findings(seen)["database"]["do"]
    assert "BotFather" in findings(seen)["tokens"]["do"]
    assert not list(terminal.folder.iterdir())


def test_the_doctor_speaks_to_people_too(terminal: Terminal) -> None:
    seen = terminal.run("doctor")
    assert seen.code == 1
    assert "WRONG database" in seen.out
    assert "      -> " in seen.out
    assert seen.err == ""


def test_the_doctor_names_a_messenger_that_does_not_answer(terminal: Terminal) -> None:
    terminal.set_up()
    terminal.sets(TELEGRAM_TOKEN="4242:AAF-secret", TELEGRAM_API="http://127.0.0.1:9")
    seen = terminal.run("doctor", "--json")
    assert seen.code == 1
    assert "CHIBOT_PROXY" in findings(seen)["telegram"]["do"]
    assert "AAF-secret" not in seen.out


def test_the_doctor_names_a_token_that_telegram_does_not_know(terminal: Terminal) -> None:
    terminal.set_up()

    async def examined() -> Ran:
        async with TelegramServer() as telegram:
            terminal.sets(TELEGRAM_TOKEN="4242:AAF-secret", TELEGRAM_API=telegram.url)
            return await asyncio.to_thread(terminal.run, "doctor", "--json")

    seen = asyncio.run(examined())
    assert seen.code == 1
    assert not findings(seen)["telegram"]["ok"]
    assert "CHIBOT_TELEGRAM_TOKEN" in findings(seen)["telegram"]["do"]
    assert "AAF-secret" not in seen.out


def test_the_doctor_sees_a_clock_that_went_back(terminal: Terminal) -> None:
    expires = datetime.fromisoformat(terminal.set_up()["invitation"]["expires_at"])
    assert findings(terminal.run("doctor", "--json"))["clock"]["ok"]
    asyncio.run(writes_history(terminal.database, expires))
    clock = findings(terminal.run("doctor", "--json"))["clock"]
    assert "NTP" in clock["do"]


def test_the_doctor_sees_tables_that_are_too_new(terminal: Terminal) -> None:
    terminal.set_up()
    newer(terminal.database)
    seen = findings(terminal.run("doctor", "--json"))["migrations"]
    assert "install the chibot" in seen["do"]


def test_the_doctor_knows_where_a_setting_comes_from_and_which_is_misspelt(terminal: Terminal) -> None:
    (terminal.folder / ".env").write_text(
        "CHIBOT_LOG_LEVEL=DEBUG\nCHIBOT_PROXY=http://me:geheim@10.0.0.1:3128\nCHIBOT_TELEGRAM_TOKN=1:x\n"
    )
    terminal.sets(TIMEZONE="Asia/Bangkok")
    seen = terminal.run("doctor", "--json")
    values = seen.json["settings"]
    assert values["CHIBOT_LOG_LEVEL"] == {"value": "DEBUG", "from": ".env"}
    assert values["CHIBOT_TIMEZONE"] == {"value": "Asia/Bangkok", "from": "environment"}
    assert values["CHIBOT_PROXY"]["value"] == "http://***@10.0.0.1:3128"
    assert "CHIBOT_TELEGRAM_TOKN" in findings(seen)["settings"]["says"]
    assert "geheim" not in seen.out


def test_the_doctor_asks_for_what_a_webhook_needs(terminal: Terminal) -> None:
    terminal.sets(PUBLIC_URL="https://chibot.example")
    assert "CHIBOT_WEBHOOK_SECRET" in findings(terminal.run("doctor", "--json"))["webhook"]["do"]
    terminal.sets(PUBLIC_URL="http://chibot.example", WEBHOOK_SECRET="abcdefgh")
    assert "https://" in findings(terminal.run("doctor", "--json"))["webhook"]["do"]


def typed_in_a_shell(folder: Path, *words: str, database: Path | None = None) -> subprocess.CompletedProcess[str]:
    url = f"sqlite+aiosqlite:///{database or folder / 'shell.db'}"
    settings = {"CHIBOT_DATABASE_URL": url, "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(command, capture_output=True, text=True, env=settings, cwd=ROOT, timeout=20)


def test_a_shell_gets_the_document_the_sentence_and_the_code(tmp_path: Path) -> None:
    made = typed_in_a_shell(tmp_path, "init", "--unit", "Phường Thử Nghiệm", "--admin", "Trần Văn Phòng", "--json")
    assert (made.returncode, made.stderr) == (0, "")
    assert json.loads(made.stdout)["person"] == "Trần Văn Phòng"
    refused = typed_in_a_shell(tmp_path, "init", "--unit", "W", "--admin", "A")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("chibot: this database has units already")
