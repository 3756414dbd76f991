"""Inviting in the chat: who may, for whom, one code shown once, and a history without codes."""

import re
from datetime import date

from bot.chat import Message
from handlers.dispatcher import Dispatcher
from handlers.templates import templates
from storage import history, invitations, people
from tests.office import Office

CODE = re.compile(r"\b([2-9A-HJ-NP-TV-Z]{4}-[2-9A-HJ-NP-TV-Z]{4})\b")


def code_in(message: Message | None) -> str:
    assert message is not None
    found = CODE.findall(message.text)
    assert found, message.text
    return str(found[0])


def labels(message: Message | None) -> list[str]:
    assert message is not None
    return [button.label for row in message.buttons for button in row]


async def lines(office: Office, name: str) -> list[tuple[str, str | None]]:
    subject = f"person:{office.person[name]}"
    return [(entry.action, entry.who) for entry in await office.do(lambda c: history.of(c, subject))]


async def test_a_secretary_sees_only_the_people_of_the_own_branch_and_who_is_in(office: Office) -> None:
    await office.has_person("Đặng Thị Mới", "member", "B1", joined=False)
    listed = await office.phone("Lê Thị Bí").says("/moi")
    assert labels(listed)[0] == "Đặng Thị Mới · chưa vào"
    assert "Lê Thị Hai · đã vào" in labels(listed)
    assert not any("Mai Văn Tư" in label for label in labels(listed))
    assert listed is not None
    assert "<b>5/6 người</b>" in listed.text


async def test_a_member_an_inspector_and_a_stranger_invite_nobody(office: Office) -> None:
    for name in ("Lê Thị Hai", "Đỗ Văn Kiểm", "Lý Thị Tổ Chức", "Phan Văn Địa Bàn"):
        for words in ("/moi", f"/moi {office.person['Bùi Văn Ba']} new", "/themnguoi"):
            refused = await office.phone(name).says(words)
            assert refused is not None
            assert "không thuộc vai" in refused.text
    stranger = await office.phone("khách").says("/moi")
    assert stranger is not None
    assert "mã mời" in stranger.text
    assert "Lê Thị" not in stranger.text


async def test_a_name_is_found_without_diacritics(office: Office) -> None:
    found = await office.phone("Trần Văn Phòng").says("/moi le thi")
    assert found is not None
    assert {"Lê Thị Hai · đã vào", "Lê Thị Bí · đã vào"} <= set(labels(found))
    assert not any("Bùi" in label for label in labels(found))
    nobody = await office.phone("Trần Văn Phòng").says("/mời không ai cả")
    assert nobody is not None
    assert "Không có ai" in nobody.text


async def test_a_long_list_turns_its_pages_in_the_same_message(office: Office) -> None:
    for number in range(9):
        await office.has_person(f"Cao Thị {'ABCDEGHIK'[number]}n", "member", "B1", joined=False)
    phone = office.phone("Lê Thị Bí")
    await phone.says("/moi cao thi")
    second = await phone.presses("Sau")
    assert second is not None
    assert second.edit == "1"
    assert "Trang 2/2" in second.text
    assert sum("Cao Thị" in label for label in labels(second)) == 3
    assert any("Trước" in label for label in labels(second))
    assert all(len(b.send.encode()) <= 64 for row in second.buttons for b in row)


async def test_a_code_is_shown_once_with_a_link_and_lets_the_person_in(office: Office) -> None:
    await office.has_person("Đặng Thị Mới", "member", "B1", joined=False)
    phone = office.phone("Lê Thị Bí")
    await phone.says("/moi")
    await phone.presses("Đặng Thị Mới")
    made = await phone.presses("Tạo mã mời")
    code = code_in(made)
    assert made is not None
    assert f"https://t.me/thu_bot?start={code}" in made.text
    again = await phone.says(f"/moi {office.person['Đặng Thị Mới']}")
    assert again is not None
    assert "Đang có mã" in again.text
    assert not CODE.search(again.text)
    assert "Đặng Thị Mới · đã có mã" in labels(await phone.says("/moi moi"))
    welcome = await office.phone("máy mới").says(f"/start {code}")
    assert welcome is not None
    assert "Chào đồng chí <b>Đặng Thị Mới</b>" in welcome.text


async def test_without_deep_links_the_code_alone_is_forwarded(office: Office) -> None:
    office.dispatcher = Dispatcher(office.database, templates(), lambda: office.now, office.delivery)
    made = await office.phone("Lê Thị Bí").says(f"/moi {office.person['Lê Thị Hai']} new")
    assert code_in(made)
    assert made is not None
    assert "t.me" not in made.text


async def test_a_button_pressed_twice_makes_one_code(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    card = await phone.says(f"/moi {office.person['Bùi Văn Ba']}")
    code = code_in(await phone.presses("Tạo mã", card))
    twice = await phone.presses("Tạo mã", card)
    assert twice is not None
    assert "chưa tạo thêm" in twice.text
    assert not CODE.search(twice.text)
    joined = await office.phone("máy khác").says(code)
    assert joined is not None
    assert "Bùi Văn Ba" in joined.text


async def test_a_new_code_ends_the_older_one_and_who_is_in_already_is_told(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    card = await phone.says(f"/moi {office.person['Bùi Văn Ba']}")
    assert card is not None
    assert "Đã vào chibot từ 20/11/2026" in card.text
    first = code_in(await phone.presses("Tạo mã cho máy mới"))
    told = office.phone("Bùi Văn Ba").last
    assert "Lê Thị Bí" in told.text
    assert "máy mới" in told.text
    assert first not in told.text
    await phone.says(f"/moi {office.person['Bùi Văn Ba']}")
    second = code_in(await phone.presses("Tạo mã khác"))
    refused = await office.phone("máy A").says(first)
    assert refused is not None
    assert "không dùng được" in refused.text
    joined = await office.phone("máy B").says(second)
    assert joined is not None
    assert "Bùi Văn Ba" in joined.text


async def test_a_revoked_code_lets_nobody_in(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    code = code_in(await phone.says(f"/moi {office.person['Bùi Văn Ba']} new"))
    revoked = await phone.presses("Thu hồi mã")
    assert revoked is not None
    assert "Đã thu hồi" in revoked.text
    refused = await office.phone("máy A").says(code)
    assert refused is not None
    assert "không dùng được" in refused.text
    again = await phone.says(f"/moi {office.person['Bùi Văn Ba']} revoke")
    assert again is not None
    assert "không có mã mời nào" in again.text


async def test_the_history_tells_of_codes_and_never_holds_one(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    codes = [code_in(await phone.says(f"/moi {office.person['Bùi Văn Ba']} new")) for _ in range(2)]
    await phone.presses("Thu hồi mã")
    told = await lines(office, "Bùi Văn Ba")
    assert told == [("invitation.make", "Lê Thị Bí")] * 2 + [("invitation.revoke", "Lê Thị Bí")]
    everything = await office.do(lambda c: str(c.exec_driver_sql("SELECT before, after FROM history").all()))
    everything += await office.do(lambda c: str(c.exec_driver_sql("SELECT * FROM invitations").all()))
    assert not any(invitations.plain(code) in everything or code in everything for code in codes)
    assert (await office.do(history.chain)).broken is None


async def test_another_branch_s_person_and_nobody_read_the_same(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    for verb in ("", " new", " revoke"):
        foreign = await phone.says(f"/moi {office.person['Mai Văn Tư']}{verb}")
        missing = await phone.says(f"/moi 987654{verb}")
        assert foreign is not None
        assert missing is not None
        assert foreign.text == missing.text


async def test_a_secretary_makes_no_code_for_somebody_who_also_belongs_to_the_office(office: Office) -> None:
    await office.has_person("Trần Văn Phòng", "member", "B1")
    phone = office.phone("Lê Thị Bí")
    card = await phone.says(f"/moi {office.person['Trần Văn Phòng']}")
    assert card is not None
    assert "văn phòng đảng ủy tạo mã" in card.text
    assert not any("Tạo mã" in label for label in labels(card))
    refused = await phone.says(f"/moi {office.person['Trần Văn Phòng']} new")
    assert refused is not None
    assert not CODE.search(refused.text)
    assert await office.do(lambda c: invitations.last_number(c, office.person["Trần Văn Phòng"])) == 0


async def test_the_office_invites_everybody_of_its_committee(office: Office) -> None:
    phone = office.phone("Trần Văn Phòng")
    for name in ("Lê Thị Bí", "Đỗ Văn Kiểm", "Mai Văn Tư", "Lý Thị Tổ Chức"):
        assert code_in(await phone.says(f"/moi {office.person[name]} new"))


async def test_a_new_member_is_added_by_the_secretary_and_invited_at_once(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    await phone.says("/moi")
    asked = await phone.presses("Thêm đảng viên mới")
    assert asked is not None
    assert "Chi bộ Tổ dân phố 1" in asked.text
    await phone.says("đặng thị mới")
    check = await phone.says("+84 987 654 321")
    assert check is not None
    assert "<b>Đặng Thị Mới</b>" in check.text
    assert "…321" in check.text
    await phone.presses("Lưu")
    code_in(await phone.presses("Tạo mã mời"))
    joined = await office.phone("máy mới").shares("0987654321")
    assert joined is not None
    assert "Đặng Thị Mới" in joined.text
    assert "đảng viên, Chi bộ Tổ dân phố 1" in joined.text


async def test_a_save_button_pressed_twice_adds_one_member(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    for words in ("/themnguoi", "Đặng Thị Mới", "bỏ qua"):
        check = await phone.says(words)
    await phone.presses("Lưu", check)
    twice = await phone.presses("Lưu", check)
    assert twice is not None
    assert "đã cũ" in twice.text
    secretary = await office.do(lambda c: people.by_id(c, office.person["Lê Thị Bí"]))
    listed = await office.do(lambda c: people.listed(c, secretary, "invite"))
    assert [person.name for person in listed].count("Đặng Thị Mới") == 1


async def test_somebody_of_the_same_name_is_shown_before_another_is_made(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    await phone.says("/themnguoi")
    asked = await phone.says("Le thi hai")
    assert asked is not None
    assert "Đã có người tên" in asked.text
    assert any("Lê Thị Hai" in label and "Chi bộ Tổ dân phố 1" in label for label in labels(asked))
    known = await phone.presses("Lê Thị Hai", asked)
    assert known is not None
    assert "Đã vào chibot" in known.text
    other = await phone.presses("Là người khác", asked)
    assert other is not None
    assert "Số điện thoại" in other.text


async def test_somebody_of_another_branch_with_the_same_name_is_not_given_away(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    await phone.says("/themnguoi")
    asked = await phone.says("Mai Văn Tư")
    assert asked is not None
    assert "Số điện thoại" in asked.text


async def test_a_phone_of_somebody_else_and_a_wrong_one_are_refused_and_asked_again(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    await phone.says("/themnguoi")
    await phone.says("Đặng Thị Mới")
    taken = await phone.says("0912345678")
    assert taken is not None
    assert "đã được ghi cho một người" in taken.text
    assert "Hai" not in taken.text
    wrong = await phone.says("12 34")
    assert wrong is not None
    assert "chưa phải số điện thoại" in wrong.text
    check = await phone.says("bỏ qua")
    assert check is not None
    assert "không ghi" in check.text


async def test_the_office_chooses_the_branch_by_a_button_or_by_its_name(office: Office) -> None:
    phone = office.phone("Trần Văn Phòng")
    await phone.says("/themnguoi")
    chosen = await phone.presses("Chi bộ Trường Tiểu học")
    assert chosen is not None
    assert "Họ và tên" in chosen.text
    await phone.says("/themnguoi")
    typed = await phone.says("to dan pho")
    assert typed is not None
    assert "Chi bộ Tổ dân phố 1" in typed.text
    await phone.says("Đặng Thị Mới")
    await phone.says("không có")
    saved = await phone.says("ok")
    assert saved is not None
    assert "Đã thêm" in saved.text


async def test_an_expired_invitation_is_no_invitation(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    await phone.says(f"/moi {office.person['Bùi Văn Ba']} new")
    office.passes(days=7)
    card = await phone.says(f"/moi {office.person['Bùi Văn Ba']}")
    assert card is not None
    assert "Đang có mã" not in card.text
    assert office.now.date() == date(2026, 11, 27)
