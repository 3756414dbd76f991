"""Notices: once, when people may be disturbed, with the words of the day, and never lost."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.chat import Message, NotSent, Unclear, Unsendable, Wait
from bot.delivery import Look, Terms
from bot.delivery.claim import LEASE
from bot.delivery.outcome import MOST_TRIES
from bot.rules.quiet import Hours
from handlers import losses
from storage import chats, forms, sending
from storage import outbox as box
from storage.outbox import New, Owed
from storage.tables import outbox
from tests.office import QUIET, Office

HAI, BA = "Lê Thị Hai", "Bùi Văn Ba"


async def owes(office: Office, key: str = "n:1", text: str = "nhắc", who: str = HAI, **more: Any) -> int:
    """A notice for somebody, due now."""
    more.setdefault("kind", "notice")

    def work(connection: Connection) -> int:
        person = office.person[who]
        to = chats.best(connection, person)
        assert to is not None
        owed = box.add(connection, key, to, Message(text), more.pop("due_at", office.now), person=person, **more)
        return owed.id if owed else 0

    return int(await office.do(work))


async def states(office: Office) -> Sequence[tuple[str, str | None]]:
    told = select(outbox.c.state, outbox.c.problem).where(outbox.c.kind != "answer").order_by(outbox.c.id)
    return [tuple(row) for row in await office.do(lambda c: c.execute(told).all())]


async def rounds(office: Office, *, after: timedelta = timedelta()) -> None:
    office.now += after
    await office.delivery.round()
    await office.delivery.drain(5)


def texts(office: Office, who: str = HAI) -> list[str]:
    return [message.text for message in office.phone(who).messages]


def looking(office: Office, look: Look) -> None:
    office.delivery = office.delivering({"test": office.channel}, Terms(QUIET, look=look, lost=losses.tell))


async def test_a_notice_is_sent_once_and_its_words_are_not_kept(office: Office) -> None:
    assert await owes(office)
    assert not await owes(office)
    await rounds(office)
    await rounds(office, after=timedelta(hours=1))
    assert texts(office) == ["nhắc"]
    row = await office.do(lambda c: c.execute(select(outbox)).one())
    assert (row.state, row.body, row.holder) == ("sent", None, None)
    assert row.tried_at == row.sent_at


async def test_a_thousand_are_owed_with_one_statement_and_none_twice(office: Office) -> None:
    to = await office.do(lambda c: chats.best(c, office.person[HAI]))
    rows = [New(f"n:{n}", to, Message(str(n)), office.now, "digest", office.person[HAI]) for n in range(1000)]
    assert await office.do(lambda c: box.add_many(c, rows[:400])) == 400
    assert await office.do(lambda c: box.add_many(c, rows)) == 600
    assert await office.do(lambda c: box.add_many(c, [])) == 0


async def test_at_night_and_on_sundays_nobody_is_disturbed(office: Office) -> None:
    office.now = office.now.replace(hour=21)
    await owes(office)
    await rounds(office)
    assert await states(office) == [("held", "quiet")]
    await rounds(office, after=timedelta(hours=9, minutes=29))
    assert texts(office) == []
    await rounds(office, after=timedelta(minutes=1))
    assert texts(office) == ["nhắc"]
    office.now += timedelta(days=1)
    await owes(office, "n:2", "Chủ nhật")
    await owes(office, "n:3", "gấp", kind="urgent")
    await rounds(office)
    assert texts(office) == ["nhắc", "gấp"]
    await rounds(office, after=timedelta(days=1, minutes=30))
    assert texts(office) == ["nhắc", "gấp", "Chủ nhật"]


async def test_a_persons_own_quiet_hours_count(office: Office) -> None:
    noon = {office.person[HAI]: Hours.parse("08:00-13:00")}
    terms = Terms(QUIET, own_hours=lambda _, people: {p: noon[p] for p in people if p in noon})
    office.delivery = office.delivering({"test": office.channel}, terms)
    await owes(office)
    await owes(office, "n:2", "chào", BA)
    await rounds(office)
    assert (texts(office), texts(office, BA)) == ([], ["chào"])
    await rounds(office, after=timedelta(hours=4))
    assert texts(office) == ["nhắc"]


async def test_a_notice_does_not_come_into_a_half_filled_form_but_right_after_it(office: Office) -> None:
    hai = office.phone(HAI)
    await hai.says("/tiepxuc")
    await owes(office)
    await rounds(office)
    assert await states(office) == [("held", "form")]
    await hai.says("/huy")
    assert texts(office)[-1] == "nhắc"


async def test_a_form_that_nobody_goes_on_with_keeps_nothing_back_for_ever(office: Office) -> None:
    await office.phone(HAI).says("/tiepxuc")
    await owes(office)
    await rounds(office, after=timedelta(minutes=9))
    assert await states(office) == [("held", "form")]
    await rounds(office, after=timedelta(minutes=1))
    assert texts(office)[-1] == "nhắc"


async def test_what_one_does_is_told_to_the_other_at_once(office: Office) -> None:
    code = await office.has_candidate("Phạm Thị Mới", "B1", state="proposed", proposed_by=office.person[HAI])
    await office.phone("Lê Thị Bí").says(f"/duyet {code}")
    assert "P.T. Mới" in texts(office)[-1]
    assert await states(office) == [("sent", None)]


async def test_the_words_are_those_of_the_moment_it_is_sent(office: Office) -> None:
    looking(office, lambda _, owed, now: Message(f"{owed.key} lúc {now:%H:%M}"))
    await owes(office, due_at=office.now + timedelta(hours=2))
    await rounds(office)
    await rounds(office, after=timedelta(hours=2))
    assert texts(office) == ["n:1 lúc 11:00"]


async def test_what_is_done_meanwhile_is_cleared_and_what_can_wait_is_held(office: Office) -> None:
    later = office.now + timedelta(hours=3)
    said: dict[str, Message | datetime | None] = {"n:1": None, "n:2": later}
    looking(office, lambda _, owed, now: said[owed.key] if now < later else owed.message)
    await owes(office)
    await owes(office, "n:2", "để sau")
    await rounds(office)
    assert await states(office) == [("cleared", None), ("held", "look")]
    await rounds(office, after=timedelta(hours=3))
    assert texts(office) == ["để sau"]


async def test_one_that_cannot_be_put_into_words_does_not_stop_the_others(office: Office) -> None:
    def look(connection: Connection, owed: Owed, now: datetime) -> Message:
        if owed.key == "n:1":
            raise ZeroDivisionError
        return owed.message

    looking(office, look)
    await owes(office)
    await owes(office, "n:2", "chào")
    await rounds(office)
    assert texts(office) == ["chào"]
    assert await states(office) == [("held", "look"), ("sent", None)]


async def test_what_is_cleared_while_it_waits_is_not_sent(office: Office) -> None:
    row = await owes(office)
    assert await office.do(lambda c: box.clear(c, [row])) == 1
    await rounds(office)
    assert texts(office) == []
    assert await office.do(lambda c: box.clear(c, [row])) == 0


async def test_what_is_cleared_while_it_is_in_hand_is_not_sent(office: Office) -> None:
    row = await owes(office)

    def taken(connection: Connection) -> list[bool]:
        sending.take(connection, [row], "me", office.now + LEASE)
        box.clear(connection, [row])
        return [sending.begin(connection, row, "me", office.now, office.now + LEASE)]

    assert await office.do(taken) == [False]


async def test_a_pressed_button_is_seen_once(office: Office) -> None:
    await owes(office)
    await rounds(office)
    number = await office.do(lambda c: c.execute(select(outbox.c.message)).scalar())
    await office.phone(HAI).says("/nguon", pressed=number)
    assert await states(office) == [("seen", None)]
    at = await office.do(lambda c: c.execute(select(outbox.c.seen_at)).scalar())
    await office.phone(HAI).says("/nguon", pressed=number)
    assert at == await office.do(lambda c: c.execute(select(outbox.c.seen_at)).scalar())


async def test_many_for_one_person_come_one_a_second_in_order(office: Office) -> None:
    for number in range(7):
        await owes(office, f"n:{number}", str(number))
    slept = office._slept
    for _ in range(4):
        await rounds(office, after=timedelta(seconds=3))
    assert texts(office) == [str(number) for number in range(7)]
    assert office._slept > slept
    assert len(await states(office)) == 7


async def test_everybody_waits_as_long_as_the_messenger_says_and_no_longer(office: Office) -> None:
    office.channel.problems = [Wait(40)]
    for number, who in enumerate((HAI, BA, "Lê Thị Bí")):
        await owes(office, f"n:{number}", str(number), who)
    await rounds(office)
    tries = office.channel.tries
    await office.phone(HAI).says("/trogiup")
    await rounds(office, after=timedelta(seconds=30))
    assert office.channel.tries == tries <= 3
    await rounds(office, after=timedelta(seconds=8))
    assert office.channel.tries == tries
    await rounds(office, after=timedelta(seconds=3))
    assert len(texts(office)) == 2
    assert texts(office, BA) == ["1"]
    assert {state for state, _ in await states(office)} == {"sent"}


async def test_what_did_not_arrive_is_tried_again_later_each_time(office: Office) -> None:
    office.channel.problems = [NotSent(), NotSent()]
    await owes(office)
    await rounds(office)
    assert await states(office) == [("queued", "not sent")]
    await rounds(office, after=timedelta(seconds=2))
    await rounds(office, after=timedelta(seconds=3))
    assert texts(office) == ["nhắc"]


async def test_what_never_gets_through_is_given_up_after_a_day(office: Office) -> None:
    await owes(office)
    office.channel.refusing = True
    await office.do(lambda c: c.execute(outbox.update().values(tries=MOST_TRIES - 1)))
    for _ in range(3):
        await rounds(office, after=timedelta(minutes=11))
    assert await states(office) == [("failed", "not sent")]


async def test_what_waited_for_the_morning_comes_one_a_second_too(office: Office) -> None:
    office.now = office.now.replace(hour=22)
    for number in range(7):
        await owes(office, f"n:{number}", str(number))
    await rounds(office)
    assert {state for state, _ in await states(office)} == {"held"}
    await rounds(office, after=timedelta(hours=9))
    assert len(texts(office)) == 3
    for _ in range(3):
        await rounds(office, after=timedelta(seconds=3))
    assert texts(office) == [str(number) for number in range(7)]


async def test_what_may_have_arrived_is_repeated_once_even_after_a_pause_in_between(office: Office) -> None:
    office.channel.problems = [Unclear(), Wait(5), NotSent(), Unclear()]
    await owes(office)
    for _ in range(6):
        await rounds(office, after=timedelta(minutes=12))
    assert office.channel.tries == 4
    assert await states(office) == [("failed", "unclear")]


async def test_what_is_refused_for_good_is_kept_with_the_reason(office: Office) -> None:
    office.channel.problems = [Unsendable()]
    row = await owes(office)
    await rounds(office)
    await rounds(office, after=timedelta(hours=1))
    assert office.channel.tries == 1
    assert await states(office) == [("failed", "Unsendable")]
    assert (await office.do(lambda c: box.find(c, "n:1")))[1].id == row


@pytest.mark.parametrize("kind", ["notice", "digest"])
async def test_what_was_being_sent_when_the_process_ended_comes_once_more(office: Office, kind: box.Kind) -> None:
    row = await owes(office, kind=kind)

    def interrupted(connection: Connection) -> bool:
        sending.take(connection, [row], "ended", office.now + LEASE)
        return sending.begin(connection, row, "ended", office.now, office.now + LEASE)

    assert await office.do(interrupted)
    await rounds(office)
    assert texts(office) == []
    await rounds(office, after=LEASE)
    assert texts(office) == ["nhắc"]
    await rounds(office, after=LEASE)
    assert texts(office) == ["nhắc"]


async def test_a_message_with_which_every_process_ends_is_given_up(office: Office) -> None:
    row = await owes(office)
    for number in range(sending.MOST_INTERRUPTIONS + 2):
        await office.do(lambda c, who=str(number): _dies(c, row, who, office.now))
        await office.do(lambda c: box.release(c, office.now))
    await office.do(lambda c: sending.due_notices(c, "test", office.now, 10))
    assert await states(office) == [("failed", "interrupted")]


def _dies(connection: Connection, row: int, who: str, now: datetime) -> None:
    if sending.due_notices(connection, "test", now, 10):
        sending.take(connection, [row], who, now + LEASE)
        sending.begin(connection, row, who, now, now + LEASE)


async def test_an_edit_takes_the_place_of_what_was_sent_and_the_latest_counts(office: Office) -> None:
    row = await owes(office)
    assert await office.do(lambda c: box.edit(c, row, Message("xong"), office.now)) is None
    await rounds(office)
    number = await office.do(lambda c: c.execute(select(outbox.c.message)).scalar())
    office.now = office.now.replace(hour=23)
    await office.do(lambda c: box.edit(c, row, Message("một"), office.now))
    await office.do(lambda c: box.edit(c, row, Message("xong"), office.now))
    await rounds(office)
    last = office.phone(HAI).last
    assert (last.text, last.edit, last.only_edit) == ("xong", number, True)
    await office.do(lambda c: box.edit(c, row, Message("xong thật"), office.now))
    await rounds(office, after=timedelta(seconds=2))
    assert texts(office) == ["nhắc", "xong", "xong thật"]


async def test_an_edit_that_is_refused_is_dropped(office: Office) -> None:
    row = await owes(office)
    await rounds(office)
    await office.do(lambda c: box.edit(c, row, Message("xong"), office.now))
    office.channel.problems = [Unsendable()]
    await rounds(office, after=timedelta(seconds=2))
    assert await states(office) == [("sent", None), ("cleared", None)]


async def test_a_process_that_stops_gives_back_what_it_has_in_hand(office: Office) -> None:
    for number, who in enumerate((HAI, BA)):
        await owes(office, f"n:{number}", str(number), who)
    await office.delivery.stop(5)
    await rounds(office)
    assert texts(office) == []
    office.delivery = office.delivering({"test": office.channel})
    await rounds(office)
    assert texts(office) == ["0"]


async def test_who_has_left_gets_nothing_more(office: Office) -> None:
    from storage.tables import people

    await owes(office)
    gone = people.update().where(people.c.id == office.person[HAI]).values(left_on=office.now.date())
    await office.do(lambda c: c.execute(gone))
    await rounds(office)
    assert texts(office) == []
    assert await states(office) == [("cleared", None)]


async def test_forms_of_others_keep_nothing_back(office: Office) -> None:
    await office.phone(BA).says("/tiepxuc")
    assert await office.do(lambda c: forms.open_of(c, [office.person[BA], office.person[HAI]]))
    await owes(office)
    await rounds(office)
    assert texts(office) == ["nhắc"]
