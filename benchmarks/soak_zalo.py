"""Kills chibot at random moments while people write on Zalo, and counts what is lost and what comes twice.

`python -m benchmarks.soak_zalo [--polling] [--people 400] [--kills 15]`: each of the people writes once, a few at a
time; a post that is not answered 200 is given again, as a careful messenger does.
"""

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

import aiohttp

from tests.fakes.telegram_line import free_port
from tests.fakes.zalo_server import TOKEN, ZaloServer

AT_ONCE = 8
SETTLE = 20.0
# Seconds until a process answers.
BEGINS = 1.5
AT = 1_793_000_000_000


async def start(folder: str, settings: dict[str, str]) -> asyncio.subprocess.Process:
    """One process of chibot."""
    env = {**os.environ, **{f"CHIBOT_{name}": value for name, value in settings.items()}}
    env["PYTHONPATH"] = str(Path.cwd())
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=folder, env=env, stderr=asyncio.subprocess.DEVNULL
    )


async def write(zalo: ZaloServer, people: int, seconds: float, *, polling: bool) -> None:
    """Everybody writes once, in about so many seconds; returns when everything has been taken."""
    pause = 2 * seconds * AT_ONCE / people
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with turns:
            await asyncio.sleep(random.random() * pause)
            event = zalo.write(f"c{number}", "/start", AT + number)
            while not polling:
                with contextlib.suppress(aiohttp.ClientError, KeyError):
                    if await zalo.post(event) == 200:
                        return
                await asyncio.sleep(0.05)

    await asyncio.gather(*(one(number) for number in range(people)))
    while polling and zalo.waiting:
        await asyncio.sleep(0.1)


async def kill_often(folder: str, settings: dict[str, str], kills: int, done: asyncio.Event) -> int:
    """Starts it and kills it a moment after it answers, while people write; how often. The last one goes on."""
    killed = 0
    while killed < kills and not done.is_set():
        process = await start(folder, settings)
        await asyncio.sleep(BEGINS + random.random())
        process.send_signal(signal.SIGKILL)
        await process.wait()
        killed += 1
    last = await start(folder, settings)
    await done.wait()
    # What was left over goes out at five a second.
    await asyncio.sleep(SETTLE)
    last.terminate()
    await last.wait()
    return killed


async def soak(people: int, kills: int, *, polling: bool) -> str:
    """One run; a row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        async with ZaloServer() as zalo:
            settings = {"ZALO_TOKEN": TOKEN, "ZALO_API": zalo.url}
            if not polling:
                port = str(free_port())
                webhook = {"PUBLIC_URL": f"http://127.0.0.1:{port}", "WEBHOOK_PORT": port}
                settings |= {**webhook, "WEBHOOK_SECRET": "a-long_secret-42"}
            done = asyncio.Event()
            killing = asyncio.create_task(kill_often(folder, settings, kills, done))
            await write(zalo, people, kills * (BEGINS + 0.5), polling=polling)
            done.set()
            killed = await killing
            times = Counter(len(zalo.said.get(f"c{number}", [])) for number in range(people))
    way = "long polling" if polling else "webhook"
    more = sum(count for answers, count in times.items() if answers > 1)
    return f"| {way} | {people} | {killed} | {times[0]} | {times[1]} | {more} |"


def main() -> None:
    parser = argparse.ArgumentParser("soak_zalo", description=__doc__)
    parser.add_argument("--polling", action="store_true")
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--kills", type=int, default=15)
    given = parser.parse_args()
    print("| way | messages | kills | never answered | answered once | answered more often |")
    print(asyncio.run(soak(given.people, given.kills, polling=given.polling)))


if __name__ == "__main__":
    main()
