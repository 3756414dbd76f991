"""Chats that are blocked: the other chat, who is told of it and how often, and what waited."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.chat import Address, Message, Unreachable
from storage import chats, people
from storage import outbox as box
from storage.tables import outbox
from tests.office import Office, Recorder

HAI, SECRETARY, CLERK = "Lê Thị Hai", "Lê Thị Bí", "Trần Văn Phòng"


class Blocked(Recorder):
    """A messenger on which these addresses have blocked the bot."""

    def __init__(self, name: str = "test") -> None:
        super().__init__(name)
        self.blocked: set[str] = set()

    async def send(self, address: str, message: Message) -> str:
        if address in self.blocked:
            self.tries += 1
            raise Unreachable
        return await super().send(address, message)


def blocking(office: Office, *who: str) -> Blocked:
    channel = Blocked()
    channel.blocked, channel.sent = set(who), office.channel.sent
    office.channel = channel
    office.delivery = office.delivering({"test": channel})
    office.dispatcher._delivery = office.delivery
    return channel


async def owes(office: Office, key: str, who: str = HAI, text: str = "nhắc") -> None:
    def work(connection: Connection) -> None:
        to = chats.best(connection, office.person[who])
        assert to is not None
        box.add(connection, key, to, Message(text), office.now, kind="notice", person=office.person[who])

    await office.do(work)


async def rounds(office: Office) -> None:
    await office.delivery.round()
    await office.delivery.drain(5)


async def states(office: Office, start: str = "n:") -> Sequence[str]:
    rows = await office.do(lambda c: c.execute(select(outbox.c.key, outbox.c.state).order_by(outbox.c.id)).all())
    return [row.state for row in rows if row.key.startswith(start)]


async def test_several_failures_are_one_notice_to_the_secretary(office: Office) -> None:
    blocking(office, HAI)
    for number in range(4):
        await owes(office, f"n:{number}")
    for _ in range(3):
        await rounds(office)
        office.passes(seconds=3)
    assert await states(office) == ["unreachable"] * 4
    [told] = office.phone(SECRETARY).messages
    assert "L.T. Hai" in told.text
    assert "Lê Thị" not in told.text
    assert "gọi điện" in told.text
    assert not office.phone(CLERK).messages


async def test_for_a_secretary_the_office_is_told_and_for_the_office_nobody(office: Office) -> None:
    blocking(office, SECRETARY, CLERK)
    await owes(office, "n:1", SECRETARY)
    await rounds(office)
    # The only office is blocked as well: the notice about the secretary waits for it, and nobody is told of that.
    await owes(office, "n:2", CLERK)
    await rounds(office)
    assert [m for m in office.channel.sent.values() if m] == []
    assert await states(office) == ["unreachable"] * 2


async def test_where_the_secretary_is_lost_too_the_deputy_is_told(office: Office) -> None:
    blocking(office, SECRETARY, HAI)
    await owes(office, "n:1", SECRETARY)
    await rounds(office)
    assert "L.T. Bí" in office.phone(CLERK).last.text
    await owes(office, "n:2", HAI)
    await rounds(office)
    assert "L.T. Hai" in office.phone("Ngô Văn Phó").last.text


async def test_the_same_notice_goes_to_the_other_chat_and_never_to_both(office: Office) -> None:
    other = Recorder("other")
    channel = blocking(office, HAI)
    office.delivery = office.delivering({"test": channel, "other": other})

    def joins(connection: Connection) -> None:
        people.link(connection, Address("other", "hai"), office.person[HAI], office.now.replace(hour=1))

    await office.do(joins)
    await owes(office, "n:1")
    await owes(office, "n:2")
    for _ in range(2):
        await rounds(office)
    assert [m.text for m in other.sent["hai"]] == ["nhắc"] * 2
    assert not office.phone(HAI).messages
    assert await states(office) == ["sent"] * 2
    assert not office.phone(SECRETARY).messages


async def test_a_chat_that_became_somebody_elses_gets_nothing_of_the_first_person(office: Office) -> None:
    await owes(office, "n:1")
    await office.do(lambda c: people.link(c, Address("test", HAI), office.person["Bùi Văn Ba"], office.now))
    await rounds(office)
    assert not office.phone(HAI).messages
    assert await states(office) == ["unreachable"]


async def test_who_writes_again_is_offered_what_waited_and_the_secretary_learns_it(office: Office) -> None:
    channel = blocking(office, HAI)
    await owes(office, "n:1", text="một")
    await owes(office, "n:2", text="hai")
    await rounds(office)
    channel.blocked.clear()
    hai = office.phone(HAI)
    await hai.says("/nguon")
    assert "2 tin" in hai.last.text
    told = office.phone(SECRETARY).messages
    await rounds(office)
    assert "L.T. Hai</b> đã nhận được tin trở lại" in told[-1].text
    assert told[-1].only_edit
    assert "2 tin" in (await hai.presses("Xem các tin đã chờ")).text  # type: ignore[union-attr]
    await rounds(office)
    assert [m.text for m in hai.messages][-2:] == ["một", "hai"]
    assert await states(office) == ["sent"] * 2
    await hai.says("/nguon")
    assert "tin chưa đến" not in hai.last.text
    assert "Không còn tin nào" in (await hai.says("/tincho")).text  # type: ignore[union-attr]


async def test_a_second_loss_is_told_anew(office: Office) -> None:
    channel = blocking(office, HAI)
    await owes(office, "n:1")
    await rounds(office)
    channel.blocked.clear()
    await office.phone(HAI).says("/nguon")
    office.passes(days=3)
    channel.blocked.add(HAI)
    await owes(office, "n:2")
    await rounds(office)
    assert [m.only_edit for m in office.phone(SECRETARY).messages] == [False, True, False]


async def test_who_joins_from_another_phone_gets_what_waited_there(office: Office) -> None:
    blocking(office, HAI)
    await owes(office, "n:1", text="một")
    await rounds(office)
    code = await office.invite(HAI)
    new = office.phone("a new phone")
    await new.says(f"/start {code}")
    assert "1 tin" in new.last.text
    await new.presses("Xem các tin đã chờ")
    await rounds(office)
    assert new.last.text == "một"


async def test_an_answer_to_who_blocked_meanwhile_is_not_sent_elsewhere(office: Office) -> None:
    other = Recorder("other")
    channel = blocking(office, HAI)
    office.delivery = office.delivering({"test": channel, "other": other})
    await office.do(lambda c: people.link(c, Address("other", "hai"), office.person[HAI], office.now.replace(hour=1)))
    await office.do(lambda c: box.add(c, "answer:test:1", Address("test", HAI), Message("hồ sơ"), office.now))
    await rounds(office)
    assert other.sent == {}
    assert await states(office, "answer:") == ["unreachable"]
