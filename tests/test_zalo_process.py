"""`chibot run` on Zalo as a process: killed at any moment, beside Telegram, by itself; and what the doctor says."""

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.fakes.telegram_line import free_port
from tests.fakes.telegram_server import TOKEN as TELEGRAM_TOKEN
from tests.fakes.telegram_server import TelegramServer
from tests.fakes.zalo_server import ACCOUNT, TOKEN, ZaloServer
from tests.terminal import Ran, Terminal

ROOT = Path(__file__).parent.parent
AT = 1750316131602


@asynccontextmanager
async def chibot(folder: Path, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    named = {f"CHIBOT_{name}": value for name, value in settings.items()}
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("CHIBOT_")}
    env = {**kept, **named, "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=folder, env=env, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _marked(folder: Path) -> bool:
    with contextlib.closing(sqlite3.connect(folder / "chibot.db")) as database:
        return bool(database.execute("SELECT count(*) FROM outbox WHERE state = 'sent'").fetchone()[0])


async def given(zalo: ZaloServer, event: object) -> None:
    """Posts until it is confirmed, as a messenger does that gives again what was not."""
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                if await zalo.post(event) == 200:
                    return
            await asyncio.sleep(0.02)


async def test_a_killed_process_answers_what_was_posted_once_and_loses_nothing(tmp_path: Path) -> None:
    async with ZaloServer() as zalo:
        port = free_port()
        settings = {
            "ZALO_TOKEN": TOKEN,
            "ZALO_API": zalo.url,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "WEBHOOK_PORT": str(port),
            "WEBHOOK_SECRET": "a-long_secret-42",
        }
        first, second = zalo.write("khách", "/start", AT, "m-1"), zalo.write("khách", "/trogiup", AT, "m-2")
        async with chibot(tmp_path, **settings) as process:
            await zalo.until(lambda: bool(zalo.webhook), 30)
            await given(zalo, first)
            await zalo.until(lambda: len(zalo.said.get("khách", [])) == 1)
            process.send_signal(signal.SIGKILL)
            await process.wait()
        # Its mark that it was sent is a write of its own, which the kill may have come before: then it comes again.
        sure = _marked(tmp_path)
        waiting = asyncio.create_task(given(zalo, second))
        async with chibot(tmp_path, **settings) as process:
            await waiting
            await given(zalo, first)
            await given(zalo, second)
            await zalo.until(lambda: any("/hoi" in text for text in zalo.said["khách"]))
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(10):
                _, log = await process.communicate()
        assert process.returncode == 0
        welcomes = sum("Xin chào" in text for text in zalo.said["khách"])
        assert welcomes == 1 or (not sure and welcomes <= 3)
        assert zalo.said["khách"][0].endswith("3. Cách dùng")
        assert "fake-token" not in log.decode()
        assert zalo.problems == []


async def test_telegram_and_zalo_are_served_together(tmp_path: Path) -> None:
    async with ZaloServer() as zalo, TelegramServer() as telegram:
        settings = {
            "ZALO_TOKEN": TOKEN,
            "ZALO_API": zalo.url,
            "TELEGRAM_TOKEN": TELEGRAM_TOKEN,
            "TELEGRAM_API": telegram.url,
        }
        zalo.write("khách", "/start", AT)
        telegram.write(510001, "/start")
        async with chibot(tmp_path, **settings):
            await zalo.until(lambda: "khách" in zalo.said, 30)
            await telegram.until(lambda: bool(telegram.sent("sendMessage")), 30)
        assert "Nhắn số để chọn" in zalo.said["khách"][0]
        assert "reply_markup" in telegram.sent("sendMessage")[0]


def _findings(ran: Ran) -> dict[str, dict[str, object]]:
    return {check["check"]: check for check in json.loads(ran.out)["checks"]}


def test_the_doctor_asks_zalo_for_the_bot_and_its_webhook(terminal: Terminal) -> None:
    terminal.run("init", "--unit", "Phường Thử Nghiệm", "--admin", "Trần Văn Phòng")

    async def examined() -> Ran:
        async with ZaloServer() as zalo:
            terminal.sets(ZALO_TOKEN=TOKEN, ZALO_API=zalo.url)
            return await asyncio.to_thread(terminal.run, "doctor", "--json")

    seen = asyncio.run(examined())
    assert seen.code == 0, seen.out
    assert _findings(seen)["zalo"]["says"] == f"answers as @{ACCOUNT}; updates are polled"
    assert _findings(seen)["tokens"]["says"] == "Zalo has a token"
    assert "fake-token" not in seen.out


def test_the_doctor_names_a_token_that_zalo_does_not_know(terminal: Terminal) -> None:
    async def examined() -> Ran:
        async with ZaloServer() as zalo:
            terminal.sets(ZALO_TOKEN="4242:wrong-secret", ZALO_API=zalo.url)
            return await asyncio.to_thread(terminal.run, "doctor", "--json")

    seen = asyncio.run(examined())
    assert seen.code == 1
    assert "CHIBOT_ZALO_TOKEN" in str(_findings(seen)["zalo"]["do"])
    assert "wrong-secret" not in seen.out
