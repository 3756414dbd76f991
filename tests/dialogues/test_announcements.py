"""Announcements: written by taps, seen before they go, read or not, told once more, corrected and withdrawn."""

from bot.chat import Button, Message
from handlers import announcements
from handlers.announcements import repeat
from storage import history
from tests.office import Office, Phone

TEXT = "Giao ban bí thư chi bộ 14 giờ ngày 01/12/2026, hội trường phường."


def labels(message: Message | None) -> list[str]:
    assert message is not None
    return [button.label for row in message.buttons for button in row]


async def rounds(office: Office) -> None:
    await office.delivery.round()
    await office.delivery.drain(5)


async def announced(office: Office, by: str = "Trần Văn Phòng", text: str = TEXT) -> Phone:
    phone = office.phone(by)
    await phone.says(f"/thongbao {text}")
    await phone.presses("Gửi")
    await rounds(office)
    return phone


async def counts(phone: Phone) -> str:
    await phone.says("/dagui")
    shown = await phone.presses("1")
    assert shown is not None
    return next(line for line in shown.text.splitlines() if line.startswith("Đã đọc"))


def numbers(line: str) -> list[int]:
    return [int(part) for part in line.replace("<b>", " ").replace("</b>", " ").split() if part.isdecimal()]


async def test_the_office_writes_sees_and_sends_with_document_and_link(office: Office) -> None:
    phone = office.phone("Trần Văn Phòng")
    asked = await phone.says("/thông báo")
    assert asked is not None and "một câu ngắn" in asked.text
    await phone.says(TEXT)
    await phone.presses("Số, ngày văn bản")
    await phone.says("15-CV/ĐU ngày 18/11/2026")
    await phone.presses("Đường dẫn")
    seen = await phone.says("vanban.example.vn/15-cv")
    assert seen is not None
    assert "<b>9 người</b> ở <b>3 đơn vị</b>" in seen.text
    assert "15-CV/ĐU ngày 18/11/2026" in seen.text and "vanban.example.vn" in seen.text
    assert not office.phone("Lê Thị Hai").messages
    sent = await phone.presses("Gửi")
    assert sent is not None and "<b>9 người</b>" in sent.text
    await rounds(office)
    received = office.phone("Lê Thị Hai").last
    assert TEXT in received.text and "Trần Văn Phòng" in received.text
    assert received.buttons[0][1] == Button("Mở văn bản", "https://vanban.example.vn/15-cv", "link")
    assert not any(TEXT in message.text and "Đọc xong" in message.text for message in phone.messages)


async def test_only_the_chosen_unit_and_roles_are_told(office: Office) -> None:
    phone = office.phone("Trần Văn Phòng")
    await phone.says(f"/thongbao {TEXT}")
    await phone.presses("Nơi nhận")
    await phone.presses("Chi bộ Tổ dân phố 1")
    assert "✓ Chi bộ Tổ dân phố 1" in labels(phone.last)
    await phone.presses("Xong")
    await phone.presses("Người nhận")
    await phone.presses("✓ Đảng viên")
    await phone.presses("✓ Cấp ủy")
    seen = await phone.presses("Xong")
    assert seen is not None and "<b>2 người</b> ở <b>1 đơn vị</b>: Chi bộ Tổ dân phố 1" in seen.text
    await phone.presses("Gửi")
    await rounds(office)
    told = {name for name in office.person if any(TEXT in m.text for m in office.phone(name).messages)}
    assert told == {"Lê Thị Bí", "Ngô Văn Phó", "Trần Văn Phòng"}


async def test_a_secretary_tells_the_own_branch_and_nobody_else(office: Office) -> None:
    await announced(office, "Lê Thị Bí")
    told = {name for name in office.person if any("Thông báo của" in m.text for m in office.phone(name).messages)}
    assert told == {"Ngô Văn Phó", "Lê Thị Hai", "Bùi Văn Ba", "Phan Văn Địa Bàn"}


async def test_members_inspection_and_strangers_announce_nothing(office: Office) -> None:
    for name in ("Lê Thị Hai", "Đỗ Văn Kiểm", "Lý Thị Tổ Chức", "Phan Văn Địa Bàn"):
        nothing = await office.phone(name).says(f"/thongbao {TEXT}")
        assert nothing is not None and "Chưa có thông báo nào" in nothing.text
        refused = await office.phone(name).says("/dagui")
        assert refused is not None and "không thuộc vai" in refused.text
    stranger = await office.phone("khách").says("/thongbao")
    assert stranger is not None and "mã mời" in stranger.text


async def test_who_has_read_is_counted_and_who_has_not_is_named(office: Office) -> None:
    await office.has_person("Đặng Thị Mới", "member", "B1", joined=False)
    phone = await announced(office, "Lê Thị Bí")
    read = await office.phone("Lê Thị Hai").presses("Đã đọc")
    assert read is not None
    assert read.edit == "1" and "✓ Đồng chí đã đọc lúc 09:00" in read.text
    await office.phone("Lê Thị Hai").says("/dadoc 1")
    assert numbers(await counts(phone)) == [1, 3, 1]
    who = await phone.presses("Ai chưa đọc")
    assert who is not None
    assert "Bùi Văn Ba" in who.text and "Lê Thị Hai" not in who.text
    assert "Đặng Thị Mới – Chi bộ Tổ dân phố 1 (không tới được)" in who.text


async def test_those_who_have_not_read_are_told_once_more_and_only_once(office: Office) -> None:
    phone = await announced(office, "Lê Thị Bí")
    await office.phone("Lê Thị Hai").presses("Đã đọc")
    office.passes(days=2)
    assert await office.do(lambda c: repeat(c, office.now)) == 0
    office.passes(days=1)
    assert await office.do(lambda c: repeat(c, office.now)) == 3
    office.passes(days=1)
    await rounds(office)
    assert "chưa chọn" in office.phone("Bùi Văn Ba").last.text
    assert "chưa bấm" not in office.phone("Lê Thị Hai").last.text
    office.passes(days=9)
    assert await office.do(lambda c: repeat(c, office.now)) == 0
    await office.phone("Bùi Văn Ba").presses("Đã đọc")
    assert numbers(await counts(phone)) == [2, 2, 0]


async def test_after_how_many_days_is_the_unit_s_to_set(office: Office) -> None:
    from storage import settings

    await office.do(
        lambda c: settings.set_local(c, office.now, None, office.unit["W"].id, "announcement_repeat_days", 7)
    )
    phone = office.phone("Lê Thị Bí")
    await phone.says(f"/thongbao {TEXT}")
    sent = await phone.presses("Gửi")
    assert sent is not None and "Sau 7 ngày" in sent.text


async def test_a_correction_edits_what_was_sent_and_must_be_read_anew(office: Office) -> None:
    await office.has_person("Đặng Thị Mới", "member", "B1", joined=False)
    phone = await announced(office, "Lê Thị Bí")
    await office.phone("Lê Thị Hai").presses("Đã đọc")
    before = len(office.phone("Bùi Văn Ba").messages)
    await counts(phone)
    await phone.presses("Đính chính")
    checked = await phone.says("Giao ban chuyển sang 15 giờ ngày 01/12/2026.")
    assert checked is not None and "15 giờ" in checked.text
    done = await phone.presses("Gửi đính chính")
    assert done is not None and "Đã đính chính" in done.text
    await rounds(office)
    new = office.phone("Bùi Văn Ba").messages[before:]
    assert len(new) == 1
    assert new[0].edit and new[0].only_edit and "Đính chính của" in new[0].text and "15 giờ" in new[0].text
    assert numbers(await counts(phone)) == [0, 4, 1]


async def test_what_still_waits_is_corrected_before_it_goes_out(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    await phone.says(f"/thongbao {TEXT}")
    await phone.presses("Gửi")
    await counts(phone)
    await phone.presses("Đính chính")
    await phone.says("Giao ban chuyển sang 15 giờ ngày 01/12/2026.")
    await phone.presses("Gửi đính chính")
    await rounds(office)
    messages = office.phone("Bùi Văn Ba").messages
    assert [m.edit for m in messages] == [None]
    assert "15 giờ" in messages[0].text


async def test_a_withdrawn_one_says_so_where_it_was_sent_and_is_not_repeated(office: Office) -> None:
    phone = await announced(office, "Lê Thị Bí")
    old = office.phone("Lê Thị Hai").last
    await counts(phone)
    asked = await phone.presses("Thu hồi")
    assert asked is not None and "Thu hồi thông báo này?" in asked.text
    await phone.presses("Thu hồi")
    await rounds(office)
    assert "<b>thu hồi</b>" in office.phone("Bùi Văn Ba").last.text
    late = await office.phone("Lê Thị Hai").presses("Đã đọc", old)
    assert late is not None and "thu hồi" in late.text
    office.passes(days=5)
    assert await office.do(lambda c: repeat(c, office.now)) == 0
    again = await phone.says("/dagui 1 withdraw yes")
    assert again is not None and "Đã thu hồi" in again.text


async def test_sending_twice_and_old_buttons_send_once(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    seen = await phone.says(f"/thongbao {TEXT}")
    await phone.presses("Gửi", seen)
    again = await phone.presses("Gửi", seen)
    assert again is not None and "đã cũ" in again.text
    listed = await phone.says("/dagui")
    assert listed is not None and listed.text.count(TEXT[:20]) == 1


async def test_another_unit_s_announcement_is_no_announcement(office: Office) -> None:
    await announced(office, "Lê Thị Bí")
    for words in ("/dagui 1", "/dagui 1 unread", "/dagui 1 withdraw yes", "/dagui 77", "/dadoc 1", "/xemthongbao 1"):
        refused = await office.phone("Hồ Thị Thư").says(words)
        assert refused is not None and "Không có thông báo này" in refused.text, words
    office_sees = await office.phone("Trần Văn Phòng").says("/dagui 1")
    assert office_sees is not None and TEXT in office_sees.text


async def test_odd_words_are_asked_for_again(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    await phone.says("/thongbao")
    for words in ("ok", "a" * 301):
        refused = await phone.says(words)
        assert refused is not None and "từ 5 đến 300" in refused.text
    await phone.says("Mai họp 😀 lúc 19 giờ 30")
    await phone.presses("Đường dẫn")
    for words in ("javascript:alert(1)", "https://a@b", "khong co dau cham", "https://ok.vn/<script>"):
        refused = await phone.says(words)
        assert refused is not None and "chưa phải đường dẫn" in refused.text, words
    await phone.presses("Bỏ qua", await phone.says("/soanthongbao 1 field link"))
    await phone.presses("Số, ngày")
    refused = await phone.says("không rõ nữa")
    assert refused is not None and "chưa đọc được số" in refused.text
    seen = await phone.says("bỏ qua")
    assert seen is not None and "😀" in seen.text
    dropped = await phone.says("không")
    assert dropped is not None and "Đã bỏ" in dropped.text


async def test_what_was_announced_to_me_can_be_read_again(office: Office) -> None:
    await announced(office, "Lê Thị Bí")
    phone = office.phone("Lê Thị Hai")
    listed = await phone.says("thông báo")
    assert listed is not None and "<b>chưa đọc</b>" in listed.text
    shown = await phone.presses("1")
    assert shown is not None and TEXT in shown.text
    await phone.presses("Đã đọc")
    listed = await phone.says("/thongbao")
    assert listed is not None and "chưa đọc" not in listed.text


async def test_the_history_knows_who_announced_and_not_the_words(office: Office) -> None:
    await announced(office, "Lê Thị Bí")
    lines = await office.do(lambda c: history.of(c, "announcement:1"))
    assert [(line.action, line.who) for line in lines] == [("announcement.send", "Lê Thị Bí")]
    assert "Giao ban" not in str(lines[0].after)


async def test_somebody_who_left_is_not_counted_and_not_told(office: Office) -> None:
    phone = await announced(office, "Lê Thị Bí")
    from storage import roles

    await office.do(lambda c: roles.leave(c, office.now, None, office.person["Bùi Văn Ba"], office.now.date()))
    assert numbers(await counts(phone)) == [0, 3, 0]
    office.passes(days=3)
    assert await office.do(lambda c: announcements.repeat(c, office.now)) == 3


async def test_the_longest_of_everything_fits_one_screen(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    for _ in range(5):
        await phone.says("/thongbao " + "dài " * 74)
        await phone.presses("Số, ngày")
        await phone.says("123456-NQ/ĐUPTHUNGHIEM ngày 18/11/2026")
        await phone.presses("Đường dẫn")
        await phone.says("https://" + "a" * 150 + ".vn")
        await phone.presses("Gửi")
    await rounds(office)
    await phone.says("/dagui")
    await phone.presses("Gửi đến tôi")
    await office.phone("Lê Thị Hai").says("/thongbao")
    told = [m.text for name in ("Lê Thị Bí", "Lê Thị Hai") for m in office.phone(name).messages]
    assert max(len(text) for text in told) <= 900
