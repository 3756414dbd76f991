"""`chibot doctor`: looks at everything chibot needs, and says what is wrong and what to do about it."""

import argparse
import asyncio
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection

from bot.clock import Clock
from bot.console import out
from bot.settings import PREFIX, Settings, file_read, origins, unknown
from storage import copies, migrations
from storage.database import connect, file_of, shown
from storage.files import looking_at

REACH_SECONDS = 10.0
ROOM_LEFT = 200 * 1024 * 1024
"""Bytes on the disk below which it is time to act."""
BUILT = datetime(2025, 1, 1, tzinfo=UTC)
"""No clock is right that says it is earlier."""
AHEAD = timedelta(minutes=5)
"""How far the history may be ahead of the clock: the clocks of two machines differ a little."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `do` says what to do about it, and is None when nothing is wrong."""

    check: str
    says: str
    do: str | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.do is None


@dataclass(frozen=True, slots=True)
class Kept:
    """What a database that could be opened says of itself; None for what is not there."""

    revision: str | None
    newest: datetime | None


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """`doctor`."""
    doctor = commands.add_parser("doctor", help="what is wrong and what to do: settings, database, clock, messengers")
    doctor.add_argument("--json", action="store_true", help="print one JSON document")
    doctor.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    settings = Settings()
    found = list(examine(settings, Clock(settings.zone)))
    ok = all(finding.ok for finding in found)
    if options.json:
        checks = [{"check": f.check, "ok": f.ok, **asdict(f)} for f in found]
        out({"ok": ok, "settings": _values(settings), "checks": checks}, as_json=True)
        return 0 if ok else 1
    for name, value in _values(settings).items():
        out(f"{name} = {value['value'] or '(not set)'} from {value['from']}", as_json=False)
    for finding in found:
        out(f"{'ok   ' if finding.ok else 'WRONG'} {finding.check}: {finding.says}", as_json=False)
        if finding.do:
            out(f"      -> {finding.do}", as_json=False)
    return 0 if ok else 1


def examine(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Everything that is looked at, what others need first."""
    yield _settings()
    kept = None
    try:
        kept = _kept(settings.database_url)
    except Exception as fault:
        yield Finding("database", f"cannot be opened: {_brief(fault)}", _open_again(settings))
    else:
        yield from _database(settings, kept)
    yield _clock(settings, clock, kept.newest if kept else None)
    yield from _tokens(settings)
    yield from _channels(settings, clock)


def _settings() -> Finding:
    wrong, file = unknown(), file_read()
    if wrong:
        return Finding("settings", f"no such setting: {', '.join(wrong)}", "compare its spelling with .env.example")
    return Finding("settings", f"read from the environment and {file or 'no file: there is no .env in this folder'}")


def _values(settings: Settings) -> dict[str, dict[str, str | None]]:
    """Every setting with where it comes from; of a secret only whether it is set."""
    return {
        PREFIX + name.upper(): {"value": _value(getattr(settings, name)), "from": origin}
        for name, origin in origins().items()
    }


def _value(value: object) -> str | None:
    if isinstance(value, SecretStr):
        return "(set)"
    text = None if value is None else str(value)
    if text and "://" in text and "@" in text:
        return shown(text) if text.startswith("postgresql") else re.sub(r"//[^/@]*@", "//***@", text)
    return text


def _kept(url: str) -> Kept | None:
    """What the database says; None when there is none yet. Nothing is made and nothing is changed."""
    file = file_of(url)
    if file is None:
        return asyncio.run(_ask(url))
    if not file.exists():
        return None
    with looking_at(file) as connection:
        return _read(connection)


async def _ask(url: str) -> Kept:
    async with asyncio.timeout(REACH_SECONDS):
        database = await connect(url)
        try:
            return await database.read(_read)
        finally:
            await database.close()


def _read(connection: Connection) -> Kept:
    return Kept(migrations.current(connection), copies.newest_line(connection))


def _database(settings: Settings, kept: Kept | None) -> Iterator[Finding]:
    name = shown(settings.database_url)
    if kept is None:
        yield Finding("database", f"{name} is not there yet", "make it with `chibot init` or `chibot import`")
        return
    yield Finding("database", f"{name} can be read")
    file = file_of(settings.database_url)
    if file is not None:
        yield _room(file)
    yield _migrations(kept.revision)


def _room(file: Path) -> Finding:
    free = shutil.disk_usage(file.absolute().parent).free
    do = "make room, or move the database to a larger disk" if free < ROOM_LEFT else None
    return Finding("disk", f"{free // 2**20} MB free beside the database", do)


def _migrations(revision: str | None) -> Finding:
    newest = migrations.head()
    if revision == newest:
        return Finding("migrations", f"the tables are at {newest}, the newest")
    if revision is None:
        return Finding("migrations", "the database is empty", "fill it with `chibot init` or `chibot import`")
    if revision in migrations.known():
        says = f"the tables are at {revision}, the newest is {newest}"
        return Finding("migrations", says, "start `chibot run`: it brings them up to date")
    says = f"the tables are at {revision}, which this chibot does not know"
    return Finding("migrations", says, "install the chibot that wrote this database, or a newer one")


def _clock(settings: Settings, clock: Clock, newest: datetime | None) -> Finding:
    now = clock.now()
    says = f"{now:%Y-%m-%d %H:%M} in {settings.timezone}"
    late = "the system clock is behind: set it, and keep it right with NTP"
    if now < BUILT:
        return Finding("clock", f"{says}, which is before this chibot was written", late)
    if newest is not None and newest > now + AHEAD:
        last = newest.astimezone(settings.zone)
        return Finding("clock", f"{says}, but the history was last written at {last:%Y-%m-%d %H:%M}", late)
    return Finding("clock", says)


def _tokens(settings: Settings) -> Iterator[Finding]:
    tokens = {"Telegram": settings.telegram_token, "Zalo": settings.zalo_token}
    there = [name for name, token in tokens.items() if token is not None]
    if there:
        yield Finding("tokens", f"{' and '.join(there)} {'has' if len(there) == 1 else 'have'} a token")
    else:
        do = (
            "ask @BotFather on Telegram, or Zalo Bot Manager on Zalo, for one and set CHIBOT_TELEGRAM_TOKEN or "
            "CHIBOT_ZALO_TOKEN; `chibot demo` needs none"
        )
        yield Finding("tokens", "no messenger has a token", do)
    if settings.public_url is not None and settings.webhook_secret is None:
        do = "set CHIBOT_WEBHOOK_SECRET to 8 to 256 letters and digits"
        yield Finding("webhook", "there is a public address, but nothing proves who calls it", do)
    elif settings.public_url is not None and not settings.public_url.startswith("https://"):
        do = "put a proxy with a certificate in front, and set CHIBOT_PUBLIC_URL to its https:// address"
        yield Finding("webhook", "messengers call only https:// addresses", do)


def _channels(settings: Settings, clock: Clock) -> Iterator[Finding]:
    messengers = (("telegram", settings.telegram_token, _telegram), ("zalo", settings.zalo_token, _zalo))
    for name, token, reach in messengers:
        if token is not None:
            yield _reached(name, token.get_secret_value(), lambda reach=reach: reach(settings, clock))  # type: ignore[misc]


def _reached(name: str, token: str, reach: Callable[[], Any]) -> Finding:
    try:
        return Finding(name, f"answers as @{asyncio.run(_in_time(reach))}")
    except TimeoutError:
        says = f"did not answer within {REACH_SECONDS:g} s"
    except Exception as fault:
        says = f"cannot be used: {_brief(fault)}".replace(token, "(the token)")
    do = f"check the network, CHIBOT_PROXY, CHIBOT_{name.upper()}_API and CHIBOT_{name.upper()}_TOKEN"
    return Finding(name, says, do)


async def _in_time(reach: Callable[[], Any]) -> str:
    async with asyncio.timeout(REACH_SECONDS):
        return str(await reach())


async def _telegram(settings: Settings, clock: Clock) -> str:
    from bot.channels.telegram import Telegram

    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    telegram = Telegram(token, api=settings.telegram_api, proxy=settings.proxy, now=clock.now)
    try:
        return await telegram.username()
    finally:
        await telegram.close()


async def _zalo(settings: Settings, clock: Clock) -> str:
    """The bot's name, and how its updates come at present: `chibot run` sets it as the settings say."""
    from bot.channels.zalo import Zalo

    token = settings.zalo_token.get_secret_value() if settings.zalo_token else ""
    zalo = Zalo(token, settings.zalo_api, settings.proxy, now=clock.now)
    try:
        name, posts_to = await zalo.username(), await zalo.posts_to()
    finally:
        await zalo.close()
    return f"{name}; updates are {f'posted to {posts_to}' if posts_to else 'polled'}"


def _open_again(settings: Settings) -> str:
    if file_of(settings.database_url) is None:
        return "check that the server runs, that CHIBOT_DATABASE_URL is right, and that asyncpg is installed"
    return "check that chibot may read and write this file; if it is damaged, `chibot restore` brings back a copy"


def _brief(fault: BaseException) -> str:
    fault = getattr(fault, "orig", None) or fault
    return (str(fault).splitlines() or [""])[0] or type(fault).__name__
