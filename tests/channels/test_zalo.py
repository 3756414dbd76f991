"""The Zalo channel over real HTTP to a fake of the Bot Platform: what comes in, what goes out, what goes wrong."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.channels.door import Door
from bot.channels.plain_text import parts, plain
from bot.channels.telegram import Telegram
from bot.channels.webhook import Webhook
from bot.channels.zalo import Zalo
from bot.channels.zalo_pictures import KEPT
from bot.channels.zalo_updates import read, unwrapped
from bot.chat import Button, File, Incoming, Message, NotSent, Unclear, Unreachable, Unsendable, Wait
from tests.fakes.telegram_line import free_port
from tests.fakes.telegram_server import TOKEN as TELEGRAM_TOKEN
from tests.fakes.telegram_server import TelegramServer
from tests.fakes.zalo_office import QUICK
from tests.fakes.zalo_server import ACCOUNT, TOKEN, Fault, ZaloServer

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PAYLOADS = Path(__file__).parent / "payloads" / "zalo"
SECRET = "a-long_secret-42"
PNG = File("chart.png", b"\x89PNG\r\n\x1a\n and so on", "image/png")
LAN = "6ede9afa66b88fe6d6a9"


def payload(name: str) -> Incoming | None:
    return read(unwrapped(json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))), lambda: NOW)


class Line:
    """The channel with somebody at its end who notes what arrives; `broken` makes the next ones go wrong there."""

    def __init__(self, zalo: ZaloServer, webhook: Webhook | None = None, door: Door | None = None) -> None:
        self.zalo, self.webhook, self.now = zalo, webhook, NOW
        self.channel = Zalo(TOKEN, zalo.url, webhook=webhook, now=lambda: self.now, pauses=QUICK, door=door)
        self.arrived: list[Incoming] = []
        self.broken = 0
        self.free = asyncio.Event()
        self.free.set()
        self.came = asyncio.Event()

    async def receive(self, incoming: Incoming) -> None:
        await self.free.wait()
        if self.broken:
            self.broken -= 1
            self.came.set()
            raise RuntimeError("Pssst " + incoming.text)
        self.arrived.append(incoming)
        self.came.set()

    async def gets(self, texts: Sequence[str]) -> None:
        async with asyncio.timeout(5):
            while [one.text for one in self.arrived] != list(texts):
                self.came.clear()
                await self.came.wait()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Line"]:
        running = asyncio.create_task(self.channel.run(self.receive))
        try:
            if self.webhook is not None:
                await self.zalo.until(lambda: bool(self.zalo.webhook))
            yield self
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            await self.channel.close()


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloServer]:
    async with ZaloServer() as server:
        yield server


@pytest.fixture
async def at(zalo: ZaloServer) -> AsyncIterator[Line]:
    line = Line(zalo)
    yield line
    await line.channel.close()


@pytest.fixture
async def hook(zalo: ZaloServer) -> AsyncIterator[Line]:
    port = free_port()
    async with Line(zalo, Webhook(f"http://127.0.0.1:{port}", port, SECRET)).running() as line:
        yield line


# What comes in


def test_a_text_is_known_by_its_chat_and_number_and_dated_in_milliseconds() -> None:
    said = payload("text")
    assert said is not None
    assert (said.address.channel, said.address.id, said.text) == ("zalo", LAN, "Xin chào")
    assert said.id == f"{LAN}/2d758cb5e222177a4e35"
    assert said.at == datetime(2025, 6, 19, 6, 55, 31, 602000, tzinfo=UTC)
    assert not said.group
    assert payload("flat") == said


def test_a_poll_gives_the_message_without_naming_the_event() -> None:
    assert (said := payload("poll")) is not None
    assert (said.text, said.attachment) == ("Xin chào", None)


@pytest.mark.parametrize(
    ("name", "kind"), [("image", "photo"), ("sticker", "sticker"), ("voice", "voice"), ("unsupported", "other")]
)
def test_what_is_no_text_is_known_by_its_kind_only(name: str, kind: str) -> None:
    assert (came := payload(name)) is not None
    assert came.attachment == kind


def test_a_group_is_known_as_one_and_an_event_of_later_times_is_passed_over() -> None:
    assert (said := payload("group")) is not None
    assert said.group
    assert payload("later") is None


async def test_updates_are_polled_one_at_a_time_and_come_in_order(zalo: ZaloServer) -> None:
    for word in ("một", "hai", "ba"):
        zalo.write(LAN, word, 1750316131602)
    async with Line(zalo).running() as line:
        await line.gets(["một", "hai", "ba"])
    assert zalo.asked("deleteWebhook") == [{}]
    assert {len(values) for values in zalo.asked("getUpdates")} == {1}
    assert zalo.problems == []


async def test_nothing_is_fetched_ahead_of_what_is_not_kept_yet(zalo: ZaloServer) -> None:
    async with Line(zalo).running() as line:
        line.free.clear()
        zalo.write(LAN, "một", 1750316131602)
        zalo.write(LAN, "hai", 1750316131602)
        await zalo.until(lambda: len(zalo.waiting) == 1)
        await asyncio.sleep(0)
        assert len(zalo.waiting) == 1
        line.free.set()
        await line.gets(["một", "hai"])


async def test_one_message_that_fails_and_one_that_cannot_be_read_stop_nothing(
    zalo: ZaloServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with Line(zalo).running() as line:
        line.broken = 1
        zalo.write(LAN, "Pssst", 1750316131602)
        zalo.waiting.append({"event_name": "message.text.received", "message": {"text": "Pssst"}})
        zalo.write(LAN, "   ", 1750316131602)
        zalo.write(LAN, "còn đây", 1750316131602)
        await line.gets(["", "còn đây"])
    assert "Pssst" not in caplog.text
    assert "RuntimeError" in caplog.text


async def test_polling_goes_on_after_errors_pages_and_broken_lines_and_logs_no_token(
    zalo: ZaloServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    faults = [Fault(code=500), Fault(page=(502, "<html>")), Fault(drop="before"), Fault(code=401, says=f"bot{TOKEN}")]
    zalo.fail("getUpdates", *faults)
    zalo.write(LAN, "bí mật", 1750316131602)
    async with Line(zalo).running() as line:
        await line.gets(["bí mật"])
    assert "fake-token" not in caplog.text
    assert "bí mật" not in caplog.text


# Posted


async def test_zalo_is_told_where_to_post_and_a_post_is_answered_when_it_is_kept(hook: Line) -> None:
    assert hook.webhook is not None
    assert hook.zalo.asked("setWebhook") == [{"url": hook.webhook.at("/zalo"), "secret_token": SECRET}]
    hook.free.clear()
    event = hook.zalo.write(LAN, "một", 1750316131602)
    posting = asyncio.create_task(hook.zalo.post(event))
    done, _ = await asyncio.wait({posting}, timeout=0.05)
    assert not done
    hook.free.set()
    assert await posting == 200
    assert [one.text for one in hook.arrived] == ["một"]


async def test_what_could_not_be_kept_is_not_confirmed(hook: Line) -> None:
    hook.broken = 1
    event = hook.zalo.write(LAN, "một", 1750316131602)
    assert await hook.zalo.post(event) == 500
    assert await hook.zalo.post(event) == 200


async def test_a_post_without_the_secret_is_turned_away_unread(hook: Line) -> None:
    assert await hook.zalo.post({"event_name": "x"}, secret="wrong-secret") == 403
    assert hook.arrived == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b'{"ok": true, "result": {"message": 7}}'])
async def test_a_post_that_is_no_update_is_confirmed_so_that_it_does_not_come_again(hook: Line, body: bytes) -> None:
    assert await hook.zalo.post(body) == 200
    assert hook.arrived == []


async def test_both_messengers_stand_behind_one_door(zalo: ZaloServer) -> None:
    port = free_port()
    door, webhook = Door(port), Webhook(f"http://127.0.0.1:{port}", port, SECRET)
    async with TelegramServer() as telegram, Line(zalo, webhook, door).running() as line:
        other = Telegram(TELEGRAM_TOKEN, telegram.url, webhook=webhook, now=lambda: NOW, door=door)
        running = asyncio.create_task(other.run(line.receive))
        await telegram.until(lambda: bool(telegram.methods.webhook))
        telegram.write(510001, "từ Telegram")
        await line.gets(["từ Telegram"])
        assert await zalo.post(zalo.write(LAN, "từ Zalo", 1750316131602)) == 200
        assert {one.address.channel for one in line.arrived} == {"telegram", "zalo"}
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await other.close()


# What goes out


async def test_a_message_goes_out_as_plain_text_and_edits_as_new_ones_or_not_at_all(at: Line) -> None:
    number = await at.channel.send(LAN, Message("<b>QC-0001</b> đã ghi &amp; lưu", edit="7"))
    assert number.startswith("out-")
    assert await at.channel.send(LAN, Message("xong", edit="7", only_edit=True)) == "7"
    assert at.zalo.asked("sendMessage") == [{"chat_id": LAN, "text": "QC-0001 đã ghi & lưu"}]


def test_a_long_text_is_cut_after_a_paragraph_a_line_a_sentence_or_a_word() -> None:
    paragraph = "Câu một dài hơn. Câu hai."
    for between in ("\n\n", "\n", " "):
        long = between.join([paragraph] * 100)
        found = parts(long, 200)
        assert all(0 < len(part) <= 200 for part in found)
        assert "".join("".join(found).split()) == "".join(long.split())
        assert all(part.endswith(".") for part in found)
    assert parts("x" * 450, 200) == ["x" * 200, "x" * 200, "x" * 50]
    assert parts(plain("<b> </b>"), 200) == []


async def test_a_picture_is_fetched_at_an_address_that_ends_after_minutes(hook: Line) -> None:
    await hook.channel.send(LAN, Message("Tiến độ", file=PNG))
    [sent] = hook.zalo.asked("sendPhoto")
    assert sent["caption"] == "Tiến độ"
    assert hook.zalo.shown == [(200, PNG.content)]
    assert len(sent["photo"].rsplit("/", 1)[1]) > 40
    assert sent["photo"].endswith(".png")
    async with aiohttp.ClientSession() as session:
        async with session.head(sent["photo"]) as response:
            assert (response.status, response.content_type) == (200, "image/png")
        hook.now += KEPT + timedelta(seconds=1)
        for url, status in ((sent["photo"], 404), (sent["photo"] + "x", 404)):
            async with session.get(url) as response:
                assert response.status == status
        async with session.post(sent["photo"]) as response:
            assert response.status == 405


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (Fault(code=400, says="Bad Request: text is invalid"), Unsendable),
        (Fault(code=400, says="chat not found"), Unreachable),
        (Fault(code=403, says="Forbidden"), Unreachable),
        (Fault(code=500), NotSent),
        (Fault(code=-999, says="nobody knows"), NotSent),
        (Fault(code=401), NotSent),
        (Fault(code=408), Unclear),
        (Fault(page=(502, "<html>")), Unclear),
        (Fault(page=(503, "<html>")), NotSent),
        (Fault(page=(200, "<html>")), Unclear),
        (Fault(drop="before"), Unclear),
        (Fault(drop="after"), Unclear),
    ],
)
async def test_every_failure_is_one_of_the_states(at: Line, fault: Fault, state: type[Exception]) -> None:
    at.zalo.fail("sendMessage", fault)
    with pytest.raises(state) as raised:
        await at.channel.send(LAN, Message("chào"))
    assert type(raised.value) is state
    assert "fake-token" not in str(raised.value)


async def test_forbidden_with_a_refused_token_is_nobodys_block(at: Line) -> None:
    at.zalo.fail("sendMessage", Fault(code=403, says="Forbidden"))
    at.zalo.fail("getMe", Fault(code=401, says="Unauthorized"))
    with pytest.raises(NotSent):
        await at.channel.send(LAN, Message("chào"))


async def test_nothing_goes_out_where_nobody_listens() -> None:
    channel = Zalo(TOKEN, "http://127.0.0.1:9", now=lambda: NOW)
    with pytest.raises(NotSent) as raised:
        await channel.send(LAN, Message("chào"))
    assert type(raised.value) is NotSent
    await channel.close()


async def test_too_fast_means_a_pause_for_everybody_twice_as_long_each_time_until_one_goes_through(at: Line) -> None:
    at.zalo.fail("sendMessage", *[Fault(code=429)] * 3)
    pauses = []
    for _ in range(2):
        with pytest.raises(Wait) as raised:
            await at.channel.send(LAN, Message("chào"))
        pauses.append(raised.value.seconds)
    # Those that were on their way together count as one.
    assert 0.5 < pauses[1] <= pauses[0] == 1.0


async def test_the_bot_tells_its_name_its_address_and_where_zalo_posts(at: Line) -> None:
    assert await at.channel.username() == ACCOUNT
    assert await at.channel.link() == f"https://zalo.me/{ACCOUNT}"
    assert await at.channel.posts_to() == ""


async def test_buttons_that_nobody_numbered_are_left_out(at: Line) -> None:
    await at.channel.send(LAN, Message("chào", ((Button("Xem", "/nguon"),),)))
    assert at.zalo.said[LAN] == ["chào"]
