"""A committee on Zalo: choices by number, forms that want numbers, joining, two messengers, restarts."""

import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from bot.chat import Address, Button, File, Message
from handlers.commands import explained
from storage import chats, outbox, people
from storage.tables import case_dates, choices, contacts
from tests.fakes.zalo_office import ZaloOffice, zalo_office
from tests.fakes.zalo_server import ZaloServer
from tests.office import Office

HAI, BI, PHONG = "Lê Thị Hai", "Lê Thị Bí", "Trần Văn Phòng"


@pytest.fixture
async def zalo(office: Office) -> AsyncIterator[ZaloOffice]:
    async with zalo_office(office) as opened:
        for name in (HAI, BI, PHONG):
            await opened.joins(name)
        yield opened


async def logged(zalo: ZaloOffice) -> int:
    return int(await zalo.office.do(lambda c: c.execute(select(func.count()).select_from(contacts)).scalar()))


async def owes(zalo: ZaloOffice, key: str, *buttons: Button, text: str = "Nhắc việc.", who: str = HAI) -> None:
    """A notice of this moment goes out."""
    message, to = Message(text, (buttons,)), Address("zalo", who)
    person = zalo.office.person[who]
    await zalo.office.do(lambda c: outbox.add(c, key, to, message, zalo.office.now, kind="notice", person=person))
    await zalo.sends()


async def test_a_member_logs_a_contact_in_three_numbers(zalo: ZaloOffice) -> None:
    who = await zalo.says(HAI, "tiep xuc")
    assert "Nhắn số để chọn:\n1. Nguyễn Ngọc Lan" in who
    assert "Chọn tên, hoặc gõ tên" in who
    how = await zalo.says(HAI, "1")
    assert "1. Gặp · 2. Gọi điện" in how
    assert "Đã ghi: gặp trực tiếp – Nguyễn Ngọc Lan" in await zalo.says(HAI, " 1. ")
    assert await logged(zalo) == 1


async def test_the_same_number_given_twice_logs_once(zalo: ZaloOffice) -> None:
    await zalo.says(HAI, "tiep xuc")
    await zalo.says(HAI, "1")
    assert await zalo.says(HAI, "2", number="m-1")
    assert await zalo.says(HAI, "2", number="m-1") == ""
    assert await logged(zalo) == 1


async def test_a_choice_is_typed_by_its_label_without_diacritics(zalo: ZaloOffice) -> None:
    await zalo.says(HAI, "tiep xuc")
    await zalo.says(HAI, "1")
    assert "gọi điện – Nguyễn Ngọc Lan" in await zalo.says(HAI, "goi dien")


async def test_a_number_that_was_not_offered_says_which_were(zalo: ZaloOffice) -> None:
    await zalo.says(BI, "/buoc QC-0001")
    refused = await zalo.says(BI, "7")
    assert "không có số 7: chỉ có từ 1 đến 2" in refused


async def test_a_secretary_records_a_step_with_a_typed_day_and_number(zalo: ZaloOffice) -> None:
    await zalo.says(BI, "/buoc QC-0001")
    assert "1. Hôm nay · 2. Hôm qua" in await zalo.says(BI, "1")
    number = await zalo.says(BI, "18/11")
    assert "a. Bỏ qua · b. Bỏ" in number
    # The form waits for a number: it is the resolution's, and no choice.
    check = await zalo.says(BI, "2")
    while "a. " in check:
        check = await zalo.says(BI, "a")
    assert "1. Lưu" in check
    assert "Đã ghi" in await zalo.says(BI, "1")
    found = await zalo.office.do(lambda c: c.execute(select(case_dates.c.number, case_dates.c.on)).all())
    assert ("2", "2026-11-18") in [(row[0], str(row[1])) for row in found]


async def test_choices_go_by_letters_while_a_form_waits_for_a_number(zalo: ZaloOffice) -> None:
    asked = await zalo.says(PHONG, "/datchitieu B1")
    assert "Nhắn chữ cái để chọn (số là câu trả lời):\na. Quý I · b. Quý II" in asked
    assert "Kết nạp 0/2" in await zalo.says(PHONG, "2")
    await zalo.says(PHONG, "/datchitieu B1")
    assert "quý II/2026" in await zalo.says(PHONG, "b")


async def test_the_office_reads_its_figures_and_pages_a_list(zalo: ZaloOffice) -> None:
    figures = await zalo.says(PHONG, "/tinhhinh")
    assert "Phường Thử Nghiệm" in figures
    assert "1. Lâu chưa gặp" in figures
    assert "/tinhhinh" in await zalo.says(PHONG, "/trogiup")
    assert "trang 2/" in await zalo.says(PHONG, "1")
    people_ = await zalo.says(PHONG, "/moi")
    assert "7. Sau ›" in people_
    assert "Trang 2/2" in await zalo.says(PHONG, "7")


async def test_a_guest_asks_and_chooses_a_further_question(zalo: ZaloOffice) -> None:
    answer = await zalo.says("khách", "điều kiện vào đảng là gì")
    assert "📖" in answer
    assert "<b>" not in answer
    assert "📖" in await zalo.says("khách", "1")
    welcome = await zalo.says("khách", "/start")
    assert "mã mời" in welcome
    assert "số điện thoại" not in welcome


async def test_an_old_number_after_a_newer_message_does_nothing_of_the_old_one(zalo: ZaloOffice) -> None:
    assert "2. Đình Hòa" in await zalo.says(HAI, "/nguon")
    await owes(zalo, "n:1", Button("Xem", "/toi"))
    assert "không có số 2: chỉ có từ 1 đến 1" in await zalo.says(HAI, "2", after=3600)
    assert "Tôi giữ về đồng chí" in await zalo.says(HAI, "1")


async def test_a_number_sent_while_another_message_was_coming_is_asked_about(zalo: ZaloOffice) -> None:
    await zalo.says(HAI, "/nguon")
    zalo.office.passes(seconds=60)
    await owes(zalo, "n:1", Button("Xem", "/toi"))
    asked = await zalo.says(HAI, "1", after=1)
    assert "Số 1 có ở cả hai tin" in asked
    assert "1. Tin trước đó · 2. Tin mới nhất" in asked
    assert "QC-0001" in await zalo.says(HAI, "1")


async def test_nothing_comes_between_a_form_and_its_numbers(zalo: ZaloOffice) -> None:
    await zalo.says(HAI, "/tiepxuc QC-0001")
    await owes(zalo, "n:1", Button("Xem", "/toi"))
    assert "Đã ghi: gọi điện" in await zalo.says(HAI, "2")
    assert await logged(zalo) == 1


async def test_a_message_that_did_not_arrive_leaves_the_choices_before_it(zalo: ZaloOffice) -> None:
    await zalo.says(HAI, "/nguon")
    zalo.server.blocked.add(HAI)
    await owes(zalo, "n:1", Button("Xem", "/toi"), Button("Để sau", "/viec"))
    zalo.server.blocked.clear()
    assert "QC-0002" in await zalo.says(HAI, "2")


async def test_numbers_mean_the_same_after_a_restart(office: Office) -> None:
    async with ZaloServer() as server:
        async with ZaloOffice(office, server).running() as before:
            await before.joins(HAI)
            await before.says(HAI, "tiep xuc")
        async with ZaloOffice(office, server).running() as after:
            assert "1. Gặp" in await after.says(HAI, "1")


async def test_what_is_on_offer_holds_no_names(zalo: ZaloOffice) -> None:
    await zalo.says(HAI, "tiep xuc")
    kept = await zalo.office.do(lambda c: c.execute(select(choices.c.marks)).scalar())
    assert "QC-0001" in kept
    assert "Lan" not in kept


async def test_a_person_joins_with_a_code_typed_alone_or_after_start(zalo: ZaloOffice) -> None:
    for chat, opening in (("z-ba", ""), ("z-phó", "/start ")):
        name = "Bùi Văn Ba" if chat == "z-ba" else "Ngô Văn Phó"
        code = await zalo.office.invite(name)
        assert f"đồng chí {name}" in await zalo.says(chat, opening + code)
        assert "Telegram" in (shown := await zalo.says(chat, "/toi")) or "Zalo" in shown


async def test_an_invitation_says_how_to_join_on_each_messenger(zalo: ZaloOffice) -> None:
    await zalo.says(PHONG, "/moi Ba")
    await zalo.says(PHONG, "1")
    made = await zalo.says(PHONG, "1")
    assert "Mở đường dẫn: https://t.me/thu_bot?start=" in made
    assert "Trên Zalo: mở https://zalo.me/bot.VDKyGxQvc (hoặc tìm tên bot), nhắn mã" in made


async def test_one_person_on_two_messengers_gets_notices_where_they_wrote_last(zalo: ZaloOffice) -> None:
    office = zalo.office
    shown = await zalo.says(HAI, "/toi", after=7200)
    assert "Zalo" in shown
    assert await office.do(lambda c: chats.best(c, office.person[HAI])) == Address("zalo", HAI)
    office.passes(hours=3)
    await office.phone(HAI).says("/nguon")
    assert await office.do(lambda c: chats.best(c, office.person[HAI])) == Address("test", HAI)


async def test_a_notice_blocked_on_zalo_comes_on_the_other_messenger_with_buttons_and_back(zalo: ZaloOffice) -> None:
    office = zalo.office
    zalo.server.blocked.add(HAI)
    await owes(zalo, "n:1", Button("Xem", "/nguon"))
    await zalo.sends()
    assert office.phone(HAI).last.buttons[0][0].label == "Xem"
    assert HAI not in zalo.server.said
    zalo.server.blocked.clear()
    await office.do(lambda c: people.unlink(c, Address("test", HAI)))
    await zalo.says(HAI, "/nguon")
    await owes(zalo, "n:2", Button("Xem", "/nguon"))
    assert zalo.server.said[HAI][-1].endswith("Nhắn số để chọn:\n1. Xem")


async def test_the_list_of_the_day_is_numbered_and_its_correction_is_not_sent_anew(zalo: ZaloOffice) -> None:
    office = zalo.office
    await owes(zalo, "n:1", Button("Xem", "/nguon"))
    sent = len(zalo.server.said[HAI])
    row = await office.do(lambda c: outbox.states(c, ["n:1"]))
    await office.do(lambda c: outbox.edit(c, next(iter(row)), Message("<s>Nhắc việc.</s>"), office.now))
    await zalo.reminds()
    assert len(zalo.server.said[HAI]) == sent


async def test_the_morning_list_speaks_of_numbers_and_not_of_buttons(zalo: ZaloOffice) -> None:
    zalo.office.passes(days=3)
    await zalo.says(HAI, "/toi")
    zalo.office.passes(hours=22)
    await zalo.reminds()
    listed = zalo.server.said[HAI][-1]
    assert "Nhắn số" in listed
    assert "Bấm" not in listed


async def test_a_picture_and_a_file_say_where_they_can_be_had(zalo: ZaloOffice) -> None:
    picture = await zalo.says(PHONG, "/bieudo")
    assert "Hình này không gửi được qua Zalo. Đồng chí hỏi lại trên Telegram" in picture
    assert "1. Các bước" in picture
    await zalo.says(PHONG, "/xuat")
    refused = await zalo.says(PHONG, "1")
    assert "Zalo không chuyển được tệp" in refused
    assert "Zalo không chuyển được tệp" in await zalo.says(PHONG, "/nhap")


async def test_an_announcement_is_read_by_number_and_its_correction_comes_anew(zalo: ZaloOffice) -> None:
    await zalo.says(HAI, "/toi", after=7200)
    await zalo.says(PHONG, "/thongbao Chi bộ họp lúc 19h30 ngày mai")
    await zalo.says(PHONG, "gui")
    await zalo.sends()
    assert "chọn Đã đọc" in zalo.server.said[HAI][-1]
    assert "✓ Đồng chí đã đọc" in await zalo.says(HAI, "1")
    await zalo.says(PHONG, "/dagui")
    assert "Đã đọc: 1 · Chưa đọc: 8" in await zalo.says(PHONG, "1")
    await zalo.says(PHONG, "dinh chinh")
    await zalo.says(PHONG, "Chi bộ họp lúc 20h ngày mai")
    await zalo.says(PHONG, "gui dinh chinh")
    await zalo.sends()
    assert "20h ngày mai" in zalo.server.said[HAI][-1]
    assert "1. Đã đọc" in zalo.server.said[HAI][-1]


@pytest.mark.parametrize("who", [HAI, BI, PHONG, "khách"])
async def test_every_command_is_answered_and_speaks_of_no_button(zalo: ZaloOffice, who: str) -> None:
    for name in explained():
        said = await zalo.says(who, f"/{name}")
        assert said, name
        assert len(said) <= 1500, name
        assert "Bấm" not in said and "bấm" not in said and "<b>" not in said, name
        offered = re.findall(r"(?:^|· )(\d+|[a-z])\. ", said.partition("để chọn")[2], re.MULTILINE)
        assert len(offered) == len(set(offered)), name
        await zalo.says(who, "/huy")


async def test_a_long_text_is_cut_at_a_line_and_the_choices_come_last(zalo: ZaloOffice) -> None:
    await owes(
        zalo, "n:1", Button("Xem", "/nguon"), text="\n".join(f"Dòng {number}: việc cần làm" for number in range(120))
    )
    sent = zalo.server.said[HAI]
    assert len(sent) == 2
    assert sent[1].startswith("Dòng ")
    assert sent[1].endswith("1. Xem")


async def test_notices_go_out_on_zalo_at_five_a_second(zalo: ZaloOffice) -> None:
    office, said = zalo.office, Message("Nhắc việc.")
    for number in range(11):
        to = Address("zalo", f"c{number}")
        await office.do(lambda c, to=to: outbox.add(c, f"n:{to.id}", to, said, office.now, kind="notice"))
    slept = office._slept
    await zalo.sends()
    assert sum(chat.startswith("c") for chat in zalo.server.said) == 11
    assert 1.9 <= office._slept - slept <= 6


async def test_a_link_stands_as_an_address_and_is_no_choice(zalo: ZaloOffice) -> None:
    paper = Button("Mở văn bản", "https://vanban.example.vn/15-cv", "link")
    await owes(zalo, "n:1", Button("Đã đọc", "/toi"), paper)
    assert zalo.server.said[HAI][-1].endswith(
        "Mở văn bản: https://vanban.example.vn/15-cv\n\nNhắn số để chọn:\n1. Đã đọc"
    )


async def test_a_file_is_never_given_to_zalo(zalo: ZaloOffice) -> None:
    await zalo.channel.send(HAI, Message("Báo cáo", file=File("a.docx", b"x", "application/msword")))
    assert zalo.server.said[HAI] == ["Báo cáo"]


async def test_photos_and_stickers_are_answered_in_words(zalo: ZaloOffice) -> None:
    assert "không nhận ảnh" in await zalo.says(HAI, None) or "chỉ đọc được chữ" in zalo.server.said[HAI][-1]
