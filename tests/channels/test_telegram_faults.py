"""What can go wrong on the way to Telegram, and which of the five states it leaves a message in."""

import logging
import traceback
from collections.abc import AsyncIterator

import pytest
from telegram.error import BadRequest

from bot.channels.telegram import Telegram
from bot.channels.telegram_request import LostAnswerError, TelegramRequest
from bot.chat import Document, File, Message, NotSent, Unclear, Unreachable, Unsendable, Wait
from tests.fakes.telegram_line import HOA, LAN, NOW, QUICK, Line, free_port, line
from tests.fakes.telegram_rules import ApiError, bad
from tests.fakes.telegram_server import TOKEN, Fault, TelegramServer

# python-telegram-bot warns of its own next version whenever a limit is read.
pytestmark = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
HELLO = Message("Chào")
SECRET = TOKEN.partition(":")[2]
INTERNAL = ApiError(500, "Internal Server Error")


@pytest.fixture
async def at() -> AsyncIterator[Line]:
    async with line() as connected:
        yield connected


def _limit(seconds: int) -> Fault:
    return Fault(ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds))


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (Fault(INTERNAL), NotSent),
        (Fault(ApiError(503, "Service Unavailable")), NotSent),
        (Fault(ApiError(401, "Unauthorized")), NotSent),
        (Fault(page=(403, "<html>no way</html>")), NotSent),
        (Fault(page=(302, "<html>moved</html>")), NotSent),
        (Fault(page=(502, "<html>Bad Gateway</html>")), Unclear),
        (Fault(page=(504, "<html>Gateway Time-out</html>")), Unclear),
        (Fault(page=(200, "<html>Please log in to this network</html>")), Unclear),
        (Fault(drop="before"), Unclear),
        (Fault(drop="after"), Unclear),
        (Fault(ApiError(403, "Forbidden: user is deactivated")), Unreachable),
        (Fault(ApiError(403, "Forbidden: bot was kicked from the group chat")), Unreachable),
        (Fault(ApiError(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1001)), Unreachable),
        (Fault(bad("PEER_ID_INVALID")), Unreachable),
        (Fault(bad("BUTTON_URL_INVALID")), Unsendable),
        (Fault(ApiError(413, "Request Entity Too Large")), Unsendable),
    ],
    ids=lambda value: repr(value)[:70],
)
async def test_a_fault_has_its_state(at: Line, fault: Fault, state: type[Exception]) -> None:
    at.telegram.fail("sendMessage", fault)
    with pytest.raises(state) as caught:
        await at.channel.send(str(LAN), HELLO)
    assert type(caught.value) is state


async def test_a_limit_is_obeyed_to_the_second(at: Line) -> None:
    at.telegram.fail("sendMessage", _limit(37))
    with pytest.raises(Wait) as caught:
        await at.channel.send(str(LAN), HELLO)
    assert caught.value.seconds == 37


async def test_the_thirty_first_message_of_a_second_has_to_wait() -> None:
    async with TelegramServer(rate=30) as telegram:
        channel = Telegram(telegram.token, telegram.url, now=lambda: NOW)
        for _ in range(30):
            await channel.send(str(LAN), HELLO)
        with pytest.raises(Wait):
            await channel.send(str(HOA), HELLO)
        await channel.close()


async def test_who_blocked_the_bot_or_was_never_there_cannot_be_reached(at: Line) -> None:
    at.telegram.methods.blocked.add(LAN)
    at.telegram.methods.unknown.add(HOA)
    for person in (LAN, HOA):
        with pytest.raises(Unreachable):
            await at.channel.send(str(person), HELLO)


async def test_a_broken_connection_may_have_delivered(at: Line) -> None:
    at.telegram.fail("sendMessage", Fault(drop="before"), Fault(drop="after"))
    for arrived in (0, 1):
        with pytest.raises(Unclear):
            await at.channel.send(str(LAN), HELLO)
        assert len(at.telegram.methods.messages) == arrived


async def test_a_tag_left_open_is_refused_for_good(at: Line) -> None:
    with pytest.raises(Unsendable):
        await at.channel.send(str(LAN), Message("<b>QC-0001"))


async def test_nobody_listening_means_not_sent() -> None:
    channel = Telegram(TOKEN, f"http://127.0.0.1:{free_port()}", now=lambda: NOW)
    with pytest.raises(NotSent) as caught:
        await channel.send(str(LAN), HELLO)
    assert type(caught.value) is NotSent
    await channel.close()


async def test_a_proxy_that_is_not_there_means_not_sent(at: Line) -> None:
    channel = Telegram(TOKEN, at.telegram.url, f"http://127.0.0.1:{free_port()}", now=lambda: NOW)
    with pytest.raises(NotSent) as caught:
        await channel.send(str(LAN), HELLO)
    assert type(caught.value) is NotSent
    assert at.telegram.calls == []
    await channel.close()


async def test_a_proxy_passes_the_request_on(at: Line) -> None:
    # A plain HTTP proxy is asked for the whole address; the fake reads only its path, so it can stand in for one.
    channel = Telegram(TOKEN, "http://telegram.invalid", at.telegram.url, now=lambda: NOW)
    await channel.send(str(LAN), HELLO)
    assert len(at.telegram.calls) == 1
    await channel.close()


async def test_an_answer_that_does_not_come_is_lost(at: Line) -> None:
    at.telegram.latency = 0.2
    request = TelegramRequest(TOKEN, None, 10)
    with pytest.raises(LostAnswerError):
        await request.do_request(f"{at.telegram.url}/bot{TOKEN}/sendMessage", "POST", read_timeout=0.005)
    await request.shutdown()
    at.telegram.problems.clear()


async def test_a_download_stops_at_its_limit(at: Line) -> None:
    at.telegram.methods.documents["a"] = b"x" * 11
    request = TelegramRequest(TOKEN, None, 10)
    with pytest.raises(BadRequest, match="too big"):
        await request.do_request(f"{at.telegram.url}/file/bot{TOKEN}/documents/a", "GET")
    await request.shutdown()


async def test_after_a_fault_the_next_message_goes_out(at: Line) -> None:
    at.telegram.fail("sendMessage", Fault(drop="after"), Fault(INTERNAL))
    for _ in range(2):
        with pytest.raises(NotSent):
            await at.channel.send(str(LAN), HELLO)
    assert await at.channel.send(str(LAN), HELLO)


async def test_the_token_and_what_is_said_are_in_no_log_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    async with line() as at:
        repeats = f'{{"ok":false,"error_code":400,"description":"Bad Request: /bot{TOKEN}/x"}}'
        at.telegram.fail(
            "sendMessage",
            *(Fault(page=(status, f"<a href='/bot{TOKEN}/sendMessage'>")) for status in (200, 302, 404, 502, 400)),
            Fault(page=(400, repeats)),
            Fault(ApiError(401, "Unauthorized")),
            Fault(drop="before"),
            Fault(ApiError(500, f"Internal Server Error {TOKEN}")),
        )
        at.telegram.fail("getUpdates", Fault(page=(500, f"/bot{TOKEN}/getUpdates")), Fault(drop="before"))
        at.telegram.queue.put({"message": f"malformed {TOKEN}"})
        at.telegram.write(LAN, "Chào")
        async with at.open():
            await at.until_done(1)
        gone = Telegram(TOKEN, f"http://127.0.0.1:{free_port()}", now=lambda: NOW, pauses=QUICK)
        wrong = Telegram("1:wrong" + SECRET, at.telegram.url, now=lambda: NOW)
        nowhere = [
            Telegram(TOKEN, address, now=lambda: NOW) for address in ("http://[here", "http://", "here", "ftp://x")
        ]
        for channel in (*[at.channel] * 9, gone, wrong, *nowhere):
            with pytest.raises((NotSent, Unsendable, Unreachable)) as caught:
                await channel.send(str(LAN), HELLO)
            said += traceback.format_exception(caught.value)
        for channel in (at.channel, gone, wrong):
            with pytest.raises((NotSent, Unsendable)) as caught:
                await channel.fetch(Document("a.xlsx", 1, "none"))
            said += traceback.format_exception(caught.value)
            said += [repr(channel), repr(vars(channel))]
        with pytest.raises((NotSent, Unsendable)) as caught:
            await wrong.send(str(LAN), Message("", file=File("a.txt", b"x", "text/plain")))
        said += traceback.format_exception(caught.value)
        for channel in (gone, wrong, *nowhere):
            await channel.close()
        at.telegram.problems.clear()
    assert len(said) > 20
    assert "cannot be asked" in caplog.text
    assert "Chào" not in caplog.text
    assert SECRET not in caplog.text + "".join(said)
