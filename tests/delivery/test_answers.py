"""Answers are sent: retried, waited for, given up with the reason, never twice when they may have arrived."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from bot.chat import Address, Message, NotSent, Unclear, Unreachable, Unsendable, Wait
from storage import outbox as box
from storage import people
from storage.tables import outbox
from tests.office import Office

TO = Address("test", "Lê Thị Hai")


async def owes(office: Office, key: str = "a:1", text: str = "chào") -> None:
    await office.do(lambda c: box.add(c, key, TO, Message(text), office.now))


async def states(office: Office) -> Sequence[tuple[str, str | None]]:
    return [tuple(row) for row in await office.do(lambda c: c.execute(select(outbox.c.state, outbox.c.problem)).all())]


async def rounds(office: Office, *, after: timedelta = timedelta()) -> None:
    office.now += after
    await office.delivery.round()
    await office.delivery.drain(5)


async def test_what_waits_is_sent_once(office: Office) -> None:
    await owes(office)
    await owes(office)
    await rounds(office)
    await rounds(office, after=timedelta(hours=1))
    assert [m.text for m in office.phone("Lê Thị Hai").messages] == ["chào"]
    assert await states(office) == [("sent", None)]


async def test_a_message_that_did_not_arrive_is_tried_again_later(office: Office) -> None:
    office.channel.problems = [NotSent(), NotSent()]
    await owes(office)
    await rounds(office)
    await rounds(office)
    assert not office.phone("Lê Thị Hai").messages
    await rounds(office, after=timedelta(seconds=30))
    await rounds(office, after=timedelta(seconds=30))
    assert await states(office) == [("sent", None)]


async def test_everybody_waits_as_long_as_the_messenger_asks(office: Office) -> None:
    office.channel.problems = [Wait(40)]
    await owes(office, "a:1", "một")
    await rounds(office)
    await owes(office, "a:2", "hai")
    await rounds(office, after=timedelta(seconds=39))
    assert not office.phone("Lê Thị Hai").messages
    await rounds(office, after=timedelta(seconds=2))
    assert [m.text for m in office.phone("Lê Thị Hai").messages] == ["một", "hai"]


async def test_a_message_that_may_have_arrived_is_repeated_once_and_no_more(office: Office) -> None:
    office.channel.problems = [Unclear(), Unclear(), Unclear()]
    await owes(office)
    for _ in range(4):
        await rounds(office, after=timedelta(minutes=20))
    assert office.channel.tries == 2
    assert await states(office) == [("failed", "unclear")]


async def test_a_blocked_bot_is_remembered(office: Office) -> None:
    office.channel.problems = [Unreachable()]
    await owes(office)
    await rounds(office)
    assert (await states(office))[0] == ("unreachable", "")
    assert not await office.do(lambda c: people.reachable_at(c, office.person["Lê Thị Hai"]))


async def test_who_writes_again_is_reachable_again(office: Office) -> None:
    office.channel.problems = [Unreachable()]
    await owes(office)
    await rounds(office)
    await office.phone("Lê Thị Hai").says("/nguon")
    assert await office.do(lambda c: people.reachable_at(c, office.person["Lê Thị Hai"]))


async def test_what_the_messenger_refuses_for_good_is_kept_with_the_reason(office: Office) -> None:
    office.channel.problems = [Unsendable()]
    await owes(office)
    await rounds(office)
    await rounds(office, after=timedelta(hours=1))
    assert office.channel.tries == 1
    assert await states(office) == [("failed", "Unsendable")]


async def test_one_address_gets_its_messages_in_order(office: Office) -> None:
    for number in range(20):
        await owes(office, f"a:{number}", str(number))
    await rounds(office)
    assert [m.text for m in office.phone("Lê Thị Hai").messages] == [str(number) for number in range(20)]
