"""What somebody sees of themselves, and the way out of a chat."""

import re

from bot.chat import Message
from storage import history, people
from tests.office import Office


def text(message: Message | None) -> str:
    assert message is not None
    return message.text


async def test_a_person_sees_roles_chats_and_only_the_end_of_the_number(office: Office) -> None:
    await office.has_person("Lê Thị Hai", "deputy", "B2")
    said = text(await office.phone("Lê Thị Hai").says("/toi"))
    assert re.search("Đảng viên . Chi bộ Tổ dân phố 1", said)
    assert re.search("Phó bí thư . Chi bộ Trường Tiểu học", said)
    assert "…678" in said
    assert "0912345678" not in said
    assert "5678" not in said
    assert "từ 20/11/2026 (máy này)" in said


async def test_somebody_without_a_number_is_not_told_of_one(office: Office) -> None:
    assert "số điện thoại" not in text(await office.phone("Bùi Văn Ba").says("tôi là ai"))


async def test_a_guest_is_told_what_is_kept_and_how_to_join(office: Office) -> None:
    said = text(await office.phone("khách").says("/toi"))
    assert "mã sai" in said
    assert "mã mời" in said
    assert "anh/chị" in said


async def test_leaving_a_phone_asks_first_and_then_it_is_a_stranger_s(office: Office) -> None:
    phone = office.phone("Lê Thị Hai")
    await phone.says("/toi")
    asked = await phone.presses("Rời khỏi máy này")
    assert "mã mời mới" in text(asked)
    assert "Lê Thị Hai" in text(await phone.says("/toi"))
    assert "Đã rời" in text(await phone.presses("Rời khỏi máy này", asked))
    assert "chưa biết anh/chị" in text(await phone.says("/toi"))
    assert "dành cho người đã tham gia" in text(await phone.says("/nguon"))
    assert ("start", "Bắt đầu, hoặc tham gia bằng mã mời") in office.channel.menus["Lê Thị Hai"]
    assert not any(name == "tiepxuc" for name, _ in office.channel.menus["Lê Thị Hai"])
    entries = await office.do(lambda c: history.of(c, f"person:{office.person['Lê Thị Hai']}"))
    assert (entries[-1].action, entries[-1].who) == ("person.unlink", "Lê Thị Hai")


async def test_what_was_begun_elsewhere_stays_and_an_old_agreement_does_nothing(office: Office) -> None:
    phone = office.phone("Lê Thị Hai")
    await phone.says("/toi")
    asked = await phone.presses("Rời khỏi máy này")
    await phone.says("/huy")
    assert "đã cũ" in text(await phone.presses("Rời khỏi máy này", asked))
    assert "Lê Thị Hai" in text(await phone.says("/toi"))


async def test_the_other_phones_are_unlinked_and_this_one_stays(office: Office) -> None:
    lost = office.phone("máy mất")
    await lost.says(await office.invite("Lê Thị Hai"))
    phone = office.phone("Lê Thị Hai")
    assert text(await phone.says("/toi")).count("• test") == 2
    await phone.presses("Gỡ các máy khác")
    assert "Đã gỡ 1 máy" in text(await phone.presses("Gỡ các máy khác"))
    assert "chưa biết" in text(await lost.says("/toi"))
    assert [c.address.id for c in await office.do(lambda c: people.chats_of(c, office.person["Lê Thị Hai"]))] == [
        "Lê Thị Hai"
    ]


async def test_leaving_one_phone_keeps_the_others(office: Office) -> None:
    second = office.phone("máy hai")
    await second.says(await office.invite("Lê Thị Hai"))
    await second.says("/toi leave")
    assert "1 máy khác" in second.last.text
    await second.presses("Rời khỏi")
    assert "Lê Thị Hai" in text(await office.phone("Lê Thị Hai").says("/toi"))
