"""What goes wrong in a day at the office: slips of the thumb, the wrong person, the wrong moment."""

from collections.abc import Iterable
from datetime import date

import pytest
from sqlalchemy import func, select

from bot.chat import Message
from storage.tables import candidates, contacts, forms
from storage.tables import history as lines
from tests.office import Office

BIG = "9" * 30


def text(message: Message | None) -> str:
    assert message is not None
    return message.text


async def written(office: Office) -> int:
    """How many changes the history holds."""
    return int(await office.do(lambda c: c.execute(select(func.count()).select_from(lines)).scalar()))


@pytest.mark.parametrize(
    "typed",
    [
        *(f"/{name} {BIG}" for name in ("hoantac", "sua", "ghichu", "hen", "cangiup", "luu", "bo", "chinh", "them")),
        *(f"/{name} {BIG}" for name in ("toi yes", "hoso", "moi", "vai", "donvi", "sapxep", "vai ok", "duyet")),
        *(f"/{name} +{BIG}" for name in ("nguon", "phancong", "moi", "duyet", "phancong QC-0001", "lichsu QC-0001")),
        f"/tiepxuc QC-0001 met ~{'z' * 40}",
        f"/ghichu {BIG} x",
        "/lichsu QC-0001 +\u0663",
    ],
)
async def test_a_number_that_no_row_can_have_is_no_fault(
    office: Office, typed: str, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("Lê Thị Hai", "Lê Thị Bí", "Trần Văn Phòng"):
        said = await office.phone(name).says(typed)
        assert "Có lỗi ở phía tôi" not in text(said)
    assert not caplog.records


GUEST_SAYS = ["/start", "/trogiup", "/toi", "/huy", "/khongco", "/nguon", "/luu 1", "/bo 1", "/hoantac 1", "chào", "🙂"]


@pytest.mark.parametrize("typed", [*GUEST_SAYS, "x" * 3000, "", "AAAA-AAAA"])
async def test_a_guest_is_never_called_comrade(office: Office, typed: str) -> None:
    assert "đồng chí" not in text(await office.phone("khách").says(typed)).lower()


@pytest.mark.parametrize(
    "kind", ["photo", "file", "video", "voice", "sticker", "place", "foreign_contact", "other", "edited"]
)
async def test_a_guest_who_sends_something_odd_is_spoken_to_as_a_guest(office: Office, kind: str) -> None:
    guest = office.phone("khách")
    said = await (guest.says("abc", edited=True) if kind == "edited" else guest.sends(kind))
    assert "đồng chí" not in text(said).lower()
    assert "/them" not in text(said)


PEOPLE = ["Lê Thị Hai", "Lê Thị Bí", "Ngô Văn Phó", "Phan Văn Địa Bàn", "Lý Thị Tổ Chức", "Đỗ Văn Kiểm"]
REFUSED = ("không thuộc vai", "không thuộc phần", "Nút này đã cũ", "Có lỗi", "không có lệnh")


def sends(messages: Iterable[Message]) -> list[str]:
    return [b.send for m in messages for row in m.buttons for b in row if b.kind == "send"]


@pytest.mark.parametrize("name", [*PEOPLE, "Trần Văn Phòng"])
async def test_no_button_offers_what_is_then_refused(office: Office, name: str) -> None:
    phone, seen = office.phone(name), set()
    for beginning in ("/start", "/trogiup", "/huy", "/nguon", "/hoso QC-0001", "/tiepxuc", "xyz abc", "/toi"):
        first = await phone.says(beginning)
        assert first is not None
        for send in sends([first]):
            assert len(send.encode()) <= 64
            if send in seen:
                continue
            seen.add(send)
            said = await phone.says(send, pressed="1")
            assert not [words for words in REFUSED if words in text(said)], (beginning, send)


async def test_a_province_that_has_no_branches_of_its_own_is_told_so_at_once(office: Office) -> None:
    await office.has_unit("T", "Tỉnh ủy Mẫu", "province")
    await office.has_person("Hà Văn Tỉnh", "office", "T")
    province = office.phone("Hà Văn Tỉnh")
    assert "chưa có chi bộ nào" in text(await province.says("/them"))
    assert "chưa được phân công giúp" not in text(await province.says("/tiepxuc QC-0001 gặp"))


@pytest.mark.parametrize("note", ["quần chúng chưa muốn gặp", "hồ sơ đã nộp đủ", "giới thiệu quần chúng vào lớp"])
async def test_a_note_that_begins_like_a_command_is_a_note(office: Office, note: str) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0002 gặp")
    await hai.presses("Thêm ghi chú")
    assert note in text(await hai.says(note))
    assert await office.do(lambda c: c.execute(select(contacts.c.note).where(contacts.c.state == "kept")).scalar())


async def test_a_command_with_a_slash_is_a_command_even_where_a_note_is_awaited(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0002 gặp")
    await hai.presses("Thêm ghi chú")
    assert "Đã bỏ" in text(await hai.says("hủy"))
    await hai.says("/tiepxuc QC-0002 gặp")
    await hai.presses("Thêm ghi chú")
    assert "Đồng chí đang giúp" in text(await hai.says("/nguon"))


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b"])
async def test_an_empty_message_fills_in_nothing(office: Office, nothing: str) -> None:
    ba, secretary = office.phone("Bùi Văn Ba"), office.phone("Lê Thị Bí")
    for line in ("/them Nguyễn Văn An", "1999"):
        await ba.says(line)
    for label in ("Xong", "Bỏ qua", "Lưu"):
        await ba.presses(label)
    await secretary.presses("Trả lại")
    assert "chưa thấy nội dung" in text(await secretary.says(nothing))
    state = select(candidates.c.state).where(candidates.c.code == "QC-0005")
    assert await office.do(lambda c: c.execute(state).scalar()) == "proposed"


async def test_a_question_of_yesterday_about_a_unit_is_not_answered_by_a_yes_of_today(office: Office) -> None:
    boss = office.phone("Trần Văn Phòng")
    await boss.says(f"/sapxep {office.unit['B1'].id} rename")
    await boss.says("Chi bộ Tên Khác")
    office.passes(days=1)
    await boss.says("có")
    assert "Chi bộ Tên Khác" not in text(await boss.says("/donvi"))


async def test_a_note_added_later_does_not_lose_the_next_meeting(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("hôm qua gặp chị Ngọc Lan ở chợ, hẹn thứ 5 tuần sau")
    await hai.presses("Lưu")
    await hai.says("/tiepxuc QC-0001 gọi điện")
    await hai.presses("Thêm ghi chú")
    await hai.says("chị vẫn bận")
    assert "Hẹn: thứ Năm 26/11/2026" in text(await hai.says("/hoso QC-0001"))


async def test_a_contact_written_late_does_not_put_an_older_meeting_first(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0001 gặp")
    await hai.says(f"{hai.button('Hẹn lần sau').send} 30/11/2026")
    await hai.says("ngày 1/11 gặp chị Ngọc Lan ở chợ, hẹn 25/11")
    await hai.presses("Lưu")
    assert "Hẹn: thứ Hai 30/11/2026" in text(await hai.says("/hoso QC-0001"))


async def test_a_members_call_for_help_reaches_the_branch_and_nobody_above(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0002 gặp")
    assert "Đã báo chi ủy" in text(await hai.presses("Cần cấp trên giúp"))
    await office.reminds()
    assert "Cần giúp</b>: đ/c L.T. Hai nhờ – <b>QC-0002</b>" in office.phone("Lê Thị Bí").last.text
    assert not [told for told in office.phone("Trần Văn Phòng").messages if "Cần giúp" in told.text]


async def test_a_secretarys_call_for_help_reaches_who_is_above(office: Office) -> None:
    secretary = office.phone("Lê Thị Bí")
    await secretary.says("/tiepxuc QC-0002 gặp")
    assert "Đã báo văn phòng" in text(await secretary.presses("Cần cấp trên giúp"))
    await office.reminds()
    for name in ("Trần Văn Phòng", "Phan Văn Địa Bàn"):
        assert "QC-0002</b> (T.Đ. Hòa)" in office.phone(name).last.text
        assert "Trương" not in office.phone(name).last.text
    assert not [told for told in office.phone("Ngô Văn Phó").messages if "Cần giúp" in told.text]


async def test_not_reached_is_asked_about_when_it_is_typed_too(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    assert "vì sao" in text(await hai.says("/tiepxuc qc2 chưa gặp được"))
    said = text(await hai.says("anh đang bận"))
    assert "chưa gặp được (đang bận)" in said
    office.passes(minutes=1)
    await hai.says("/tiepxuc qc2")
    await hai.says("không gặp được")
    assert "(không nghe máy)" in text(await hai.presses("không nghe máy"))


async def test_an_undone_entry_is_not_said_to_be_written(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0002")
    menu = hai.last
    await hai.presses("Gặp", menu)
    await hai.presses("Hoàn tác")
    office.passes(minutes=1)
    assert "chưa ghi" in text(await hai.presses("Gọi điện", menu))
    assert "Đã ghi: gọi điện" in text(await hai.presses("Gọi điện"))


@pytest.mark.parametrize("name", ["Đỗ Văn Kiểm", "Lý Thị Tổ Chức", "Phan Văn Địa Bàn"])
async def test_a_search_does_not_confirm_a_name_that_one_may_not_read(office: Office, name: str) -> None:
    phone = office.phone(name)
    assert "Không có ai" in text(await phone.says("/nguon nguyen ngoc lan"))
    assert "Không có ai" in text(await phone.says("/hoso truong dinh hoa"))
    assert "N.N. Lan" in text(await phone.says("/nguon lan"))


async def nominated(office: Office, name: str) -> None:
    phone = office.phone(name)
    await phone.says("/them Nguyễn Văn An")
    for label in ("Bỏ qua", "Xong", "Bỏ qua", "Lưu"):
        await phone.presses(label)


async def test_a_supervisor_who_nominates_does_not_become_the_helper(office: Office) -> None:
    await nominated(office, "Phan Văn Địa Bàn")
    said = text(await office.phone("Lê Thị Bí").presses("Duyệt"))
    assert "phân công người giúp" in said
    assert "đã duyệt QC-0005" in office.phone("Phan Văn Địa Bàn").last.text
    card = text(await office.phone("Phan Văn Địa Bàn").says("/hoso QC-0005"))
    assert "Chưa có người giúp" in card
    assert "Nguyễn" not in card


async def test_nominations_that_wait_are_found_without_the_notice(office: Office) -> None:
    await nominated(office, "Bùi Văn Ba")
    secretary = office.phone("Lê Thị Bí")
    await secretary.says("/nguon")
    assert "1 quần chúng" in text(await secretary.presses("Chờ duyệt (1)"))
    assert "Đang chờ chi ủy duyệt" in text(await secretary.presses("Nguyễn Văn An"))
    await secretary.presses("Duyệt")
    assert "Không có ai đang chờ" in text(await secretary.says("/duyệt"))
    assert "không thuộc vai" in text(await office.phone("Bùi Văn Ba").says("/duyet"))


async def test_a_new_helper_who_has_not_joined_is_not_said_to_have_the_card(office: Office) -> None:
    number = await office.has_person("Đào Thị Mới", "member", "B1", joined=False)
    said = await office.phone("Lê Thị Bí").says(f"/phancong QC-0001 {number} thay")
    assert "chưa vào chibot" in text(said)
    assert said and f"/moi {number}" in sends([said])


async def test_a_likely_duplicate_of_one_that_is_not_ones_own_is_shown_by_initials(office: Office) -> None:
    await office.has_candidate("Đoàn Thị Giấu", "B1", "Lê Thị Hai", phone="0977000111")
    ba = office.phone("Bùi Văn Ba")
    await ba.says("/them Nguyễn Văn An")
    for label in ("Bỏ qua", "Xong", "Bỏ qua", "Thêm điện thoại"):
        await ba.presses(label)
    await ba.says("0977 000 111")
    said = text(await ba.presses("Lưu"))
    assert "Đ.T. Giấu" in said
    assert "Đoàn" not in said


async def test_a_branch_is_chosen_by_its_name_though_another_begins_alike(office: Office) -> None:
    await office.has_unit("B10", "Chi bộ Tổ dân phố 10", parent="W", area="residential")
    boss = office.phone("Trần Văn Phòng")
    await boss.says("/them Nguyễn Văn An")
    await boss.presses("Bỏ qua")
    refused = await boss.says("tổ dân phố")
    assert "2 chi bộ" in text(refused)
    assert boss.button("Chi bộ Tổ dân phố 10")
    assert "thuộc nhóm nào" in text(await boss.says("chi bo to dan pho 1"))


OTHERS = [
    "/duyet QC-0005",
    "/tralai QC-0005 không được",
    "/guilai QC-0005",
    "/phancong QC-0001 1 thay",
    "/ghichu 1 lời của người khác",
    "/hen 1 mai",
    "/cangiup 1",
    "/sua 1",
    "/hoantac 1",
    "/luu 1",
    "/bo 1",
    "/chinh 1 note lạ",
    "/tiepxuc QC-0001 met ~abc",
    "/lichsu QC-0001",
    "/them 1 save",
    "/themnguoi 1 save",
    "/moi 7 new 0",
    "/moi 7 revoke",
    "/vai 2 7 end member",
    "/vai ok 1",
    "/sapxep 2 close",
    "/sapxep ok 1",
    "/toi yes 1",
]


@pytest.mark.parametrize("name", ["Mai Văn Tư", "Đỗ Văn Kiểm", "khách"])
async def test_what_others_buttons_send_does_nothing_when_somebody_else_types_it(office: Office, name: str) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0001 gặp")
    await hai.says("hôm qua gặp anh Hòa ở nhà")
    await nominated(office, "Bùi Văn Ba")
    before = await written(office)
    half_filled = await office.do(lambda c: c.execute(select(forms.c.owner, forms.c.kind, forms.c.data)).all())
    for typed in OTHERS:
        said = text(await office.phone(name).says(typed))
        assert "Lan" not in said, typed
        assert "Nguyễn" not in said, typed
    assert await written(office) == before
    assert await office.do(lambda c: c.execute(select(forms.c.owner, forms.c.kind, forms.c.data)).all()) == half_filled


async def test_two_phones_of_one_person_share_the_half_filled_form(office: Office) -> None:
    code = await office.invite("Lê Thị Hai")
    other = office.phone("máy thứ hai")
    await other.says(code)
    await office.phone("Lê Thị Hai").says("hôm qua gặp anh Hòa ở nhà")
    assert "Đã ghi" in text(await other.says("lưu"))
    assert "đã ghi rồi" in text(await office.phone("Lê Thị Hai").presses("Lưu"))
    day = await office.do(lambda c: c.execute(select(contacts.c.on)).scalars().all())
    assert list(day) == [date(2026, 11, 19)]


@pytest.mark.parametrize("code", ["HS 01/ĐU CHI BỘ TỔ DÂN PHỐ SỐ 01", "KHÔNG SỐ", "QC-2026-CHIBO-0000000000000001"])
async def test_a_case_whose_code_fits_no_button_is_worked_on_all_the_same(office: Office, code: str) -> None:
    await office.has_candidate("Đinh Văn Dài", "B1", "Lê Thị Hai", code=code)
    hai, secretary = office.phone("Lê Thị Hai"), office.phone("Lê Thị Bí")
    await hai.says("/tiepxuc")
    await hai.presses("Đinh Văn Dài")
    await hai.presses("Chưa gặp được")
    assert "(không nghe máy)" in text(await hai.presses("không nghe máy"))
    assert code in text(await hai.says(f"/hoso {code}" if any(c.isdigit() for c in code) else "/hoso dinh van dai"))
    await hai.says("hôm qua gặp anh Dài ở nhà")
    assert "Đã ghi" in text(await hai.presses("Lưu"))
    await secretary.says("/nguon văn dài")
    await secretary.presses("Văn Dài")
    await secretary.presses("Phân công")
    await secretary.says("bùi văn ba")
    await secretary.presses("Bùi Văn Ba")
    assert "Đã phân công" in text(await secretary.presses("Thay"))
    assert all(len(send.encode()) <= 64 for phone in (hai, secretary) for send in sends(phone.messages))
    refused = text(await office.phone("Mai Văn Tư").says("/hoso #5"))
    assert refused.replace("#5", "X") == text(await office.phone("Mai Văn Tư").says("/hoso #99")).replace("#99", "X")
