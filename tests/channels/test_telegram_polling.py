"""Updates that are polled: confirmed only when their work is done, in order, and whatever happens on the way."""

import asyncio
import logging
from dataclasses import replace

import pytest

from bot.chat import Incoming
from tests.fakes.telegram_line import HOA, LAN, QUICK, Line, line
from tests.fakes.telegram_rules import ApiError
from tests.fakes.telegram_server import Fault, TelegramServer

# python-telegram-bot warns of its own next version whenever a limit is read.
pytestmark = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
PERSON = {"id": LAN, "first_name": "Lan"}
SENDER, CHAT = {**PERSON, "is_bot": False}, {**PERSON, "type": "private"}
PRESS = {
    "id": "4382",
    "from": SENDER,
    "message": {"message_id": 66, "chat": CHAT, "date": 0},
    "chat_instance": "-77",
    "data": "/toi",
}


def _waiting(telegram: TelegramServer) -> list[str]:
    return [update["message"]["text"] for _, update in sorted(telegram.queue.waiting.items())]


async def _confirmed(at: Line, left: int = 0) -> None:
    await at.telegram.until(lambda: len(at.telegram.queue.waiting) == left)


async def test_an_update_is_confirmed_only_after_its_work_is_done() -> None:
    async with line() as at:
        work = at.hold("một")
        at.telegram.write(LAN, "một")
        async with at.open():
            await at.until_arrived(1)
            polls = len(at.telegram.queue.offsets)
            await at.telegram.until(lambda: len(at.telegram.queue.offsets) > polls + 2)
            assert _waiting(at.telegram) == ["một"]
            work.set()
            await _confirmed(at)
    assert at.texts == ["một"]


async def test_work_cut_off_is_given_again_and_finished_work_is_not() -> None:
    async with line() as at:
        at.hold("hai")
        for text in ("một", "hai", "ba"):
            at.telegram.write(LAN, text)
        async with at.open():
            await at.until_done(2)
        assert _waiting(at.telegram) == ["hai", "ba"]
        restarted = Line(at.telegram)
        async with restarted.open():
            await restarted.until_done(2)
            await _confirmed(restarted)
        assert restarted.texts == ["hai", "ba"]
        await restarted.channel.close()


async def test_a_stop_lets_work_in_hand_finish_and_confirms_it() -> None:
    async with line(pauses=replace(QUICK, finish=5.0)) as at:
        work = at.hold("một")
        at.telegram.write(LAN, "một")
        async with at.open():
            await at.until_arrived(1)
            asyncio.get_running_loop().call_later(0.005, work.set)
        assert (len(at.done), _waiting(at.telegram)) == (1, [])


async def test_a_dead_process_leaves_everything_unfinished_at_telegram() -> None:
    async with line() as at:
        for number in range(50):
            at.hold(str(number))
            at.telegram.write(LAN + number, str(number))
        running = asyncio.create_task(at.channel.run(at.receive))
        await at.until_arrived(50)
        assert len(at.telegram.queue.waiting) == 50
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert len(at.telegram.queue.waiting) == 50


async def test_updates_begin_in_the_order_they_were_sent() -> None:
    async with line() as at:
        said = [str(number) for number in range(230)]
        for number, text in enumerate(said):
            at.telegram.write(LAN + number % 3, text)
        async with at.open():
            await at.until_done(230)
            await _confirmed(at)
        assert at.texts == said


async def test_somebody_whose_message_hangs_holds_up_nobody_else() -> None:
    async with line() as at:
        work = at.hold("một")
        first = at.telegram.write(LAN, "một")
        async with at.open():
            await at.until_arrived(1)
            for number in range(60):
                at.telegram.write(HOA, str(number))
                await at.until_done(number + 1)
            offsets = [offset for offset in at.telegram.queue.offsets if offset is not None]
            assert set(offsets) == {first}
            assert len(at.telegram.queue.waiting) == 61
            work.set()
            await _confirmed(at)
        assert len(at.arrived) == 61


async def test_no_more_than_a_hundred_are_in_hand() -> None:
    async with line() as at:
        held = [at.hold(str(number)) for number in range(250)]
        for number in range(250):
            at.telegram.write(LAN + number, str(number))
        async with at.open():
            await at.until_arrived(100)
            polls = len(at.telegram.queue.offsets)
            await at.telegram.until(lambda: len(at.telegram.queue.offsets) > polls + 2)
            assert len(at.arrived) == 100
            for work in held:
                work.set()
            await at.until_done(250)
            await _confirmed(at)
        assert at.texts == [str(number) for number in range(250)]


async def test_while_something_hangs_telegram_is_not_asked_without_a_break() -> None:
    pauses = replace(QUICK, look=0.005, longest_look=10.0)
    async with line(pauses=pauses) as at:
        at.hold("một")
        at.telegram.write(LAN, "một")
        async with at.open():
            await at.until_arrived(1)
            before = asyncio.get_running_loop().time()
            await at.telegram.until(lambda: len(at.telegram.queue.offsets) == 5)
            assert asyncio.get_running_loop().time() - before > 0.05


async def test_what_cannot_be_read_is_passed_over_by_its_number(caplog: pytest.LogCaptureFixture) -> None:
    async with line() as at:
        broken = at.telegram.put(message={"text": "of nobody"})
        at.telegram.queue.put({"channel_post": {"text": "of a channel"}})
        at.telegram.write(LAN, "Chào")
        async with at.open():
            await at.until_done(1)
            await _confirmed(at)
        at.telegram.problems.clear()
    assert at.texts == ["Chào"]
    assert [record.getMessage() for record in caplog.records] == [f"update {broken} cannot be read and is passed over"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(ApiError(500, "Internal Server Error")),
        Fault(page=(502, "<html>")),
        Fault(page=(200, "<html>")),
        Fault(page=(200, "[]")),
        Fault(page=(200, '{"ok": true}')),
        Fault(ApiError(401, "Unauthorized")),
        Fault(drop="before"),
        Fault(drop="after"),
    ],
    ids=lambda fault: repr(fault)[:60],
)
async def test_trouble_is_said_once_and_polling_goes_on(fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with line() as at:
        at.telegram.fail("getUpdates", *[fault] * 4)
        at.telegram.write(LAN, "Chào")
        async with at.open():
            await at.until_done(1)
            await _confirmed(at)
    levels = [record.levelname for record in caplog.records]
    assert (at.texts, levels) == (["Chào"], ["WARNING", "INFO"])


async def test_a_limit_on_polling_is_waited_out() -> None:
    async with line() as at:
        at.telegram.fail("getUpdates", Fault(ApiError(429, "Too Many Requests", retry_after=0.05)))
        at.telegram.write(LAN, "Chào")
        before = asyncio.get_running_loop().time()
        async with at.open():
            await at.until_done(1)
        assert asyncio.get_running_loop().time() - before >= 0.05


async def test_a_second_poller_is_said_once_and_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    async with line() as at:
        conflict = Fault(ApiError(409, "Conflict: terminated by other getUpdates request"))
        at.telegram.fail("getUpdates", conflict, Fault(), conflict, conflict)
        async with at.open():
            for number in range(3):
                at.telegram.write(LAN, str(number))
                await at.until_done(number + 1)
    assert sum("Conflict" in record.getMessage() for record in caplog.records) == 1


async def test_two_pollers_take_turns_and_no_update_is_lost() -> None:
    async with line() as at:
        other = Line(at.telegram)
        async with at.open(), other.open():
            for number in range(20):
                at.telegram.write(LAN, str(number))
            await at.telegram.until(lambda: not at.telegram.queue.waiting)
        assert set(at.texts) | set(other.texts) == {str(number) for number in range(20)}
        await other.channel.close()


async def test_a_webhook_left_over_is_taken_down_and_what_waited_is_kept() -> None:
    async with line() as at:
        at.telegram.methods.webhook = {"url": "http://127.0.0.1:9/telegram"}
        at.telegram.write(LAN, "Chào")
        async with at.open():
            await at.until_done(1)
        assert at.telegram.methods.webhook == {}
        assert at.telegram.sent("deleteWebhook") == [{}]


async def test_only_what_is_read_is_asked_for() -> None:
    async with line() as at:
        async with at.open():
            await at.telegram.until(lambda: bool(at.telegram.sent("getUpdates")))
        kinds = ["message", "edited_message", "callback_query"]
        assert at.telegram.sent("getUpdates")[0] == {"timeout": 30, "allowed_updates": kinds}


async def test_a_press_stops_spinning_before_its_work_is_done() -> None:
    async with line() as at:
        work = at.hold("/toi")
        at.telegram.put(callback_query=PRESS)
        async with at.open():
            await at.telegram.until(lambda: bool(at.telegram.sent("answerCallbackQuery")))
            await at.until_arrived(1)
            assert at.done == []
            work.set()
            await at.until_done(1)
        assert at.telegram.sent("answerCallbackQuery") == [{"callback_query_id": "4382"}]


async def test_the_work_of_a_press_does_not_wait_for_its_spinner() -> None:
    async with line() as at:
        slow = asyncio.Event()
        at.telegram.fail("answerCallbackQuery", Fault(hold=slow))
        at.telegram.put(callback_query=PRESS)
        async with at.open():
            await at.until_done(1)
            assert at.telegram.sent("answerCallbackQuery") == []
            slow.set()
            await at.telegram.until(lambda: bool(at.telegram.sent("answerCallbackQuery")))


async def test_a_press_counts_even_if_its_spinner_cannot_be_stopped(caplog: pytest.LogCaptureFixture) -> None:
    async with line() as at:
        at.telegram.fail("answerCallbackQuery", Fault(ApiError(400, "Bad Request: query is too old")))
        at.telegram.put(callback_query=PRESS)
        async with at.open():
            await at.until_done(1)
            await at.telegram.until(lambda: bool(at.telegram.sent("answerCallbackQuery")))
    assert caplog.records == []


async def test_work_that_breaks_its_promise_not_to_raise_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async with line() as at:
        done: list[str] = []

        async def receive(incoming: Incoming) -> None:
            done.append(incoming.text)
            if incoming.text == "một":
                raise ValueError("chị Lan")

        for text in ("một", "hai"):
            number = at.telegram.write(LAN, text)
        running = asyncio.create_task(at.channel.run(receive))
        await _confirmed(at)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert done == ["một", "hai"]
    assert [record.getMessage() for record in caplog.records] == [f"update {number - 1} failed: ValueError"]
