"""Files that take long to make: nobody waits for them, and what goes wrong is said."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace

from bot.chat import Address, File, Message
from handlers.workbench import Workbench
from storage.outbox import Owed

FILE = File("so-lieu.xlsx", b"x", "application/zip")


class Desk:
    """Keeps what is delivered."""

    def __init__(self) -> None:
        self.delivered: list[Message] = []
        self.bench = Workbench(self.deliver, lambda owed, _: replace(owed, message=Message("not made")))

    def deliver(self, owed: Sequence[Owed]) -> None:
        self.delivered += [one.message for one in owed]


def words(text: str) -> Owed:
    return Owed(1, Address("test", "lan"), Message(text))


async def test_others_are_answered_while_a_file_is_made() -> None:
    desk, may_end = Desk(), threading.Event()

    def slowly() -> File:
        may_end.wait(10)
        return FILE

    desk.bench.begin(words("report"), slowly)
    await asyncio.sleep(0)
    desk.deliver([words("answer")])
    assert [message.text for message in desk.delivered] == ["answer"]
    may_end.set()
    await desk.bench.finish(10)
    assert desk.delivered[1] == Message("report", file=FILE)


async def test_two_files_are_made_one_after_the_other() -> None:
    desk, together, most = Desk(), threading.Semaphore(1), []

    def alone() -> File:
        most.append(together.acquire(blocking=False))
        together.release()
        return FILE

    for name in ("first", "second", "third"):
        desk.bench.begin(words(name), alone)
    await desk.bench.finish(10)
    assert [message.text for message in desk.delivered] == ["first", "second", "third"]
    assert most == [True, True, True]


async def test_a_file_that_cannot_be_made_is_said() -> None:
    desk = Desk()

    def fails() -> File:
        raise OSError("no room")

    desk.bench.begin(words("report"), fails)
    await desk.bench.finish(10)
    assert [message.text for message in desk.delivered] == ["not made"]


async def test_what_is_not_ready_when_the_office_closes_is_left_to_the_outbox() -> None:
    desk, may_end = Desk(), threading.Event()

    def slowly() -> File:
        may_end.wait(10)
        return FILE

    desk.bench.begin(words("report"), slowly)
    await desk.bench.finish(0)
    may_end.set()
    await desk.bench.finish(10)
    assert not desk.delivered
