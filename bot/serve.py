"""`chibot demo` and `chibot run`: the commands that serve chats."""

import argparse
import logging
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.channels.webhook import Webhook
from bot.chat import Channel
from bot.clock import Clock
from bot.console import BadInput, until_stopped
from bot.memory import one_pool
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.channels.door import Door

DEMO_FOLDER = "chibot-demo"


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """`demo` and `run`."""
    demo = commands.add_parser("demo", help="the local phone with a sample ward")
    demo.add_argument("--port", type=int, default=8080, help="where the page is served on this machine (default 8080)")
    demo.add_argument("--no-browser", action="store_true", help="do not open a browser")
    demo.set_defaults(run=_demo)
    run = commands.add_parser("run", help="serves the messengers that have a token, until stopped")
    run.set_defaults(run=_run)


def quiet_logs(level: str) -> None:
    """Our own lines at this level; the libraries' from WARNING on, since theirs may hold addresses with tokens."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in (
        "httpx",
        "httpcore",
        "aiohttp.access",
        "apscheduler",
        "telegram",
        "sqlalchemy",
        "alembic",
        "aiosqlite",
    ):
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns whenever a round takes longer than the pause between two, which is what rounds may do.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _run(_: argparse.Namespace) -> None:
    one_pool()
    settings = Settings()
    quiet_logs(settings.log_level)
    clock = Clock(settings.zone)
    channels = messengers(settings, clock)
    if not channels:
        raise BadInput("no messenger has a token: set CHIBOT_TELEGRAM_TOKEN or CHIBOT_ZALO_TOKEN, or try `chibot demo`")

    async def work() -> None:
        from bot.app import build

        await (await build(settings, channels, clock)).run()

    until_stopped(work)


def messengers(settings: Settings, clock: Clock) -> list[Channel]:
    """The channels whose token is set; where messengers call, they all come through one door."""
    found: list[Channel] = []
    webhook = _webhook(settings)
    door = _door(webhook) if webhook else None
    if settings.telegram_token is not None:
        from bot.channels.telegram import Telegram

        token, api = settings.telegram_token.get_secret_value(), settings.telegram_api
        found.append(Telegram(token, api, settings.proxy, webhook, now=clock.now, door=door))
    if settings.zalo_token is not None:
        from bot.channels.zalo import Zalo

        token, api = settings.zalo_token.get_secret_value(), settings.zalo_api
        found.append(Zalo(token, api, settings.proxy, webhook, now=clock.now, door=door))
    return found


def _door(webhook: Webhook) -> "Door":
    from bot.channels.door import Door  # the server's part, which bots that poll have no use for

    return Door(webhook.port)


def _webhook(settings: Settings) -> Webhook | None:
    if not settings.public_url:
        return None
    if settings.webhook_secret is None:
        raise BadInput("CHIBOT_PUBLIC_URL needs CHIBOT_WEBHOOK_SECRET: 8 to 256 letters and digits")
    return Webhook(settings.public_url, settings.webhook_port, settings.webhook_secret.get_secret_value())


def _demo(options: argparse.Namespace) -> None:
    one_pool()
    quiet_logs("WARNING")
    # Where the page is, and nothing that only an office must know.
    logging.getLogger("bot.channels.web").setLevel("INFO")
    logging.getLogger("bot.app").setLevel("ERROR")
    with tempfile.TemporaryDirectory(prefix=DEMO_FOLDER, ignore_cleanup_errors=True) as folder:
        _play(options, Settings(database_url=f"sqlite+aiosqlite:///{Path(folder) / 'demo.db'}"))


def _play(options: argparse.Namespace, settings: Settings) -> None:
    from storage.migrations import upgraded_apart

    # The tables are made while this process loads the house.
    with upgraded_apart(settings.database_url):
        from bot.app import build, open_database
        from bot.channels.web import LocalPhone
        from bot.sample import OPENS_ON, fill, personas
        from bot.walking import Walk

    async def work() -> None:
        clock = Clock(
            settings.zone, datetime.combine(OPENS_ON, datetime.min.time(), settings.zone) + timedelta(hours=8)
        )
        database = await open_database(settings)
        await database.write(lambda connection: fill(connection, clock.now()))

        walk = Walk(clock, database)
        phone = LocalPhone(
            port=options.port,
            now=clock.now,
            advance=walk.advance,
            personas=lambda: database.read(personas),
            open_browser=not options.no_browser,
        )
        await (await build(settings, [phone], clock, database, walk)).run()

    until_stopped(work)
