"""Updates that Telegram posts: who may, how much, and when they are confirmed."""

import asyncio
import logging
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.channels.door import LARGEST, Door
from bot.channels.telegram import Telegram, Webhook
from tests.fakes.telegram_line import LAN, NOW, QUICK, Line, free_port, line
from tests.fakes.telegram_rules import ApiError
from tests.fakes.telegram_server import TOKEN, Fault

SECRET = "a-long_secret-42"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
PERSON = {"id": LAN, "first_name": "Lan"}
MESSAGE = {"message_id": 1, "date": 1, "chat": {**PERSON, "type": "private"}, "from": PERSON, "text": "Chào"}
PRESS = {"id": "4382", "from": {**PERSON, "is_bot": False}, "chat_instance": "-77", "data": "/toi"}


def _webhook() -> Webhook:
    port = free_port()
    return Webhook(f"http://127.0.0.1:{port}/", port, SECRET)


@pytest.fixture
async def webhook() -> Webhook:
    return _webhook()


@pytest.fixture
async def at(webhook: Webhook) -> AsyncIterator[Line]:
    async with line(webhook) as connected, connected.open():
        await connected.telegram.until(lambda: bool(connected.telegram.methods.webhook))
        yield connected


async def _post(webhook: Webhook, body: object, secret: str | None = SECRET) -> int:
    headers = {} if secret is None else {HEADER: secret}
    async with aiohttp.ClientSession() as session:
        data = body if isinstance(body, bytes) else None
        json = None if isinstance(body, bytes) else body
        async with session.post(webhook.at("/telegram"), headers=headers, data=data, json=json) as response:
            return response.status


async def test_telegram_is_told_where_to_post_with_which_secret_and_what(at: Line, webhook: Webhook) -> None:
    assert at.telegram.sent("setWebhook") == [
        {
            "url": f"http://127.0.0.1:{webhook.port}/telegram",
            "secret_token": SECRET,
            "allowed_updates": ["message", "edited_message", "callback_query"],
            "max_connections": 100,
        }
    ]


async def test_updates_are_posted_in_order(at: Line) -> None:
    for number in range(20):
        at.telegram.write(LAN, str(number))
    await at.until_done(20)
    assert at.texts == [str(number) for number in range(20)]


async def test_a_post_is_answered_only_after_its_work_is_done(at: Line, webhook: Webhook) -> None:
    work = at.hold("Chào")
    posted = asyncio.create_task(_post(webhook, {"update_id": 1, "message": MESSAGE}))
    await at.until_arrived(1)
    await asyncio.sleep(0.005)
    assert not posted.done()
    work.set()
    assert await posted == 200
    assert len(at.done) == 1


async def test_a_stop_lets_a_post_in_hand_finish(webhook: Webhook) -> None:
    async with line(webhook) as at:
        work = at.hold("Chào")
        async with at.open():
            at.telegram.write(LAN, "Chào")
            await at.until_arrived(1)
            assert len(at.telegram.queue.waiting) == 1
            asyncio.get_running_loop().call_later(0.005, work.set)
        assert len(at.done) == 1


@pytest.mark.parametrize("secret", [None, "", "a-long_secret-43", "a-long_secret-4", SECRET + "2", "\u1ec7"])
async def test_nobody_posts_without_the_secret(at: Line, webhook: Webhook, secret: str | None) -> None:
    assert await _post(webhook, {"update_id": 1, "message": MESSAGE}, secret) == 403
    assert at.arrived == []


async def test_a_post_has_a_largest_size(at: Line, webhook: Webhook) -> None:
    assert await _post(webhook, b"x" * (LARGEST + 1)) == 413
    assert at.arrived == []


async def test_what_cannot_be_read_is_confirmed_so_that_it_does_not_come_again(
    at: Line, webhook: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    bodies: list[object] = [b"no json", [], "a text", {}, {"update_id": 7, "message": {"text": "of nobody"}}]
    assert [await _post(webhook, body) for body in bodies] == [200] * 5
    assert at.arrived == []
    assert caplog.records[-1].getMessage() == "update 7 cannot be read and is passed over"


async def test_a_press_stops_spinning_by_the_answer_to_the_post(at: Line) -> None:
    at.telegram.put(callback_query=PRESS)
    await at.telegram.until(lambda: bool(at.telegram.sent("answerCallbackQuery")))
    assert at.telegram.sent("answerCallbackQuery") == [{"callback_query_id": "4382"}]
    assert [incoming.text for incoming in at.done] == ["/toi"]


async def test_only_posts_to_its_own_path_are_taken(at: Line, webhook: Webhook) -> None:
    base = f"http://127.0.0.1:{webhook.port}"
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{base}/telegram", headers={HEADER: SECRET}) as got:
            assert got.status == 405
        async with session.post(f"{base}/other", headers={HEADER: SECRET}) as got:
            assert got.status == 404


async def test_setting_the_webhook_is_tried_until_it_is_set(webhook: Webhook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with line(webhook) as at:
        at.telegram.fail("setWebhook", *[Fault(ApiError(500, "Internal Server Error"))] * 3)
        at.telegram.write(LAN, "Chào")
        async with at.open():
            await at.until_done(1)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def test_two_messengers_share_one_door(webhook: Webhook) -> None:
    door = Door(webhook.port)
    async with line() as at:
        channel = Telegram(TOKEN, at.telegram.url, webhook=webhook, now=lambda: NOW, door=door, pauses=QUICK)

        async def other(request: web.BaseRequest) -> web.Response:
            return web.Response(text="other")

        running = asyncio.create_task(channel.run(at.receive))
        async with door.opened("/other", other):
            at.telegram.write(LAN, "Chào")
            await at.until_done(1)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            async with aiohttp.ClientSession() as session:
                async with session.post(f"http://127.0.0.1:{webhook.port}/other") as response:
                    assert await response.text() == "other"
                assert await _post(webhook, {"update_id": 2, "message": MESSAGE}) == 404
        with pytest.raises(aiohttp.ClientConnectionError):
            await _post(webhook, {"update_id": 3, "message": MESSAGE})
        await channel.close()
