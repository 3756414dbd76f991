"""/nhac: what went out today, what failed, who cannot be reached, what is held; for those who answer for it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from bot.chat import Message, Unreachable, Unsendable
from handlers import deliveries
from handlers.commands import Context
from storage import chats, history
from storage import outbox as box
from storage.outbox import Kind
from storage.tables import addresses
from tests.office import Office

CLERK, SECRETARY, HAI, TU = "Trần Văn Phòng", "Lê Thị Bí", "Lê Thị Hai", "Mai Văn Tư"


def text(message: Message | None) -> str:
    assert message is not None
    return message.text


async def owes(office: Office, key: str, who: str, kind: Kind = "notice") -> None:
    def work(connection: Connection) -> None:
        person = office.person[who]
        to = chats.best(connection, person)
        assert to is not None
        box.add(connection, key, to, Message("lời riêng của người nhận"), office.now, kind=kind, person=person)

    await office.do(work)


async def rounds(office: Office) -> None:
    await office.delivery.round()
    await office.delivery.drain(5)


async def fails(office: Office, *who: str) -> None:
    """A notice for each that the messenger refuses."""
    office.channel.problems = [Unsendable() for _ in who]
    for number, name in enumerate(who):
        await owes(office, f"f:{number}:{name}", name)
        await rounds(office)


async def test_a_quiet_day(office: Office) -> None:
    said = text(await office.phone(CLERK).says("/nhac"))
    assert "Hôm nay chưa gửi tin nào" in said
    assert "Không có tin nào hỏng" in said
    assert not office.phone(CLERK).last.buttons


@pytest.mark.parametrize("typed", ["nhac", "nhắc", "/nhắc", "tin nhan hom nay"])
async def test_it_is_typed_as_people_type(office: Office, typed: str) -> None:
    assert "Tin nhắn thứ Sáu 20/11/2026" in text(await office.phone(CLERK).says(typed))


async def test_what_went_out_is_counted_and_not_shown(office: Office) -> None:
    for who in (HAI, SECRETARY, TU):
        await owes(office, f"d:{who}", who, "digest")
    await owes(office, "n:1", HAI)
    await rounds(office)
    office.passes(seconds=2)
    await rounds(office)
    said = text(await office.phone(CLERK).says("/nhac"))
    assert "4 tin</b> cho 3 người" in said
    assert "bản nhắc việc: 3 tin, 3 người" in said
    assert "lời riêng" not in said
    office.passes(days=1)
    assert "chưa gửi tin nào" in text(await office.phone(CLERK).says("/nhac"))


async def test_a_secretary_sees_the_own_branch_only(office: Office) -> None:
    await owes(office, "n:1", HAI)
    await owes(office, "n:2", TU)
    await rounds(office)
    assert "1 tin</b> cho 1 người" in text(await office.phone(SECRETARY).says("/nhac"))
    await fails(office, TU)
    assert "Không có tin nào hỏng" in text(await office.phone(SECRETARY).says("/nhac"))
    assert "Không có tin nào hỏng" in text(await office.phone(SECRETARY).says("/nhac loi"))


@pytest.mark.parametrize("part", ["", " loi", " mat", " giu", " gui", " gui 1"])
async def test_members_and_inspectors_see_none_of_it(office: Office, part: str) -> None:
    await fails(office, TU)
    for who in (HAI, "Đỗ Văn Kiểm", "Lý Thị Tổ Chức", "Phan Văn Địa Bàn", "a stranger"):
        said = text(await office.phone(who).says(f"/nhac{part}"))
        assert "M.V. Tư" not in said
        assert "<b>Tin nhắn" not in said


async def test_what_failed_is_named_with_its_reason_and_sent_again(office: Office) -> None:
    await fails(office, HAI, TU)
    clerk = office.phone(CLERK)
    assert "Chưa gửi được: <b>2 tin" in text(await clerk.says("/nhac"))
    said = text(await clerk.presses("Chưa gửi được (2)"))
    assert "M.V. Tư" in said
    assert "Mai Văn" not in said
    assert "không nhận tin này" in said
    listed = clerk.last
    assert "1 tin" in text(await clerk.presses("Gửi lại · L.T. Hai"))
    await rounds(office)
    assert office.phone(HAI).last.text == "lời riêng của người nhận"
    assert not office.phone(TU).messages
    assert "đã được gửi lại rồi" in text(await clerk.presses("Gửi lại · L.T. Hai", listed))
    assert "1 tin" in text(await clerk.presses("Gửi lại cả", listed))
    await rounds(office)
    assert office.phone(TU).last.text == "lời riêng của người nhận"
    assert "Không có tin nào hỏng" in text(await clerk.says("/nhac loi"))
    assert await office.do(history.broken) is None


async def test_what_failed_long_ago_is_not_sent_again(office: Office) -> None:
    await fails(office, HAI)
    office.passes(days=8)
    assert "đã được gửi lại rồi" in text(await office.phone(CLERK).says("/nhac gui"))


@pytest.mark.parametrize("words", ["gui abc", "gui 999999", "gui -1", "gui 99999999999999999999", "loi +99", "mat +x"])
async def test_wrong_numbers_do_nothing(office: Office, words: str) -> None:
    await fails(office, HAI)
    said = text(await office.phone(CLERK).says(f"/nhac {words}"))
    assert "Có lỗi" not in said
    await rounds(office)
    assert not office.phone(HAI).messages


async def test_who_cannot_be_reached_is_named_with_what_to_do(office: Office) -> None:
    office.channel.problems = [Unreachable()]
    await owes(office, "n:1", HAI)
    await rounds(office)
    clerk = office.phone(CLERK)
    await clerk.says("/nhac")
    said = text(await clerk.presses("Không liên lạc được (1)"))
    assert "L.T. Hai</b> – Tổ dân phố 1, từ 20/11/2026; 1 tin đang chờ" in said
    assert "gọi điện" in said
    assert "Lê Thị Hai" in text(await clerk.presses("Mã mời mới · L.T. Hai"))


async def test_what_is_held_is_told_with_its_end(office: Office) -> None:
    office.now = office.now.replace(hour=22)
    for who in (HAI, TU):
        await owes(office, f"n:{who}", who)
    await rounds(office)
    clerk = office.phone(CLERK)
    assert "Giữ lại: 2 tin, sớm nhất đến 06:30 thứ Bảy 21/11/2026" in text(await clerk.says("/nhac"))
    said = text(await clerk.presses("Đang giữ lại (2)"))
    assert "đến 06:30 thứ Bảy 21/11/2026: 2 tin, 2 người (giờ nghỉ)" in said
    await clerk.presses("Tin nhắn hôm nay")
    assert "Giữ lại" in clerk.last.text


async def test_long_lists_are_paged(office: Office) -> None:
    names = [f"Người Thứ {chr(65 + n)}" for n in range(9)]
    for name in names:
        await office.has_person(name, "member", "B1")
    await fails(office, *names)
    await office.do(_all_lost(office, names))
    clerk, seen = office.phone(CLERK), set[str]()
    for start in ("/nhac loi", "/nhac mat"):
        message = await clerk.says(start)
        seen.clear()
        for _ in range(3):
            assert message is not None
            seen |= {name for name in names if f"N.T. {name[-1]}" in message.text}
            assert len(message.text) <= 900
            more = [b for row in message.buttons for b in row if b.label.startswith("Sau")]
            message = await clerk.presses("Sau") if more else message
        assert seen == set(names)


def _all_lost(office: Office, names: Sequence[str]) -> object:
    ids = [office.person[name] for name in names]
    lost = {"reachable": False, "lost_at": office.now - timedelta(days=2)}
    return lambda c: c.execute(update(addresses).where(addresses.c.person_id.in_(ids)).values(**lost))


async def test_an_office_does_not_see_what_a_committee_below_was_told(office: Office) -> None:
    await office.has_unit("X", "Đảng ủy Trường", "committee", parent="W")
    await office.has_unit("X1", "Chi bộ Khoa", parent="X")
    await office.has_person("Vũ Thị Khoa", "member", "X1")
    await office.has_person("Cao Văn Trường", "office", "X")
    await fails(office, "Vũ Thị Khoa")
    assert "Không có tin nào hỏng" in text(await office.phone(CLERK).says("/nhac"))
    assert "1 tin" in text(await office.phone("Cao Văn Trường").says("/nhac"))


async def test_other_parts_answer_under_their_own_word(office: Office) -> None:
    @deliveries.part("thu")
    def trial(context: Context, words: str) -> None:
        assert words == "một hai"

    try:
        assert await office.phone(CLERK).says("/nhac thu một hai") is None
    finally:
        del deliveries.PARTS["thu"]


async def test_nonsense_after_the_command_shows_the_day(office: Office) -> None:
    for words in ("🎉", "xyz", "QC-0001", "loi loi"):
        assert "tin" in text(await office.phone(CLERK).says(f"/nhac {words}")).lower()
