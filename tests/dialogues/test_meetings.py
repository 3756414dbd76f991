"""The branch meeting over the chat: planned, prepared, read out; who sees what of it, and who is told."""

import pytest

from storage import history, meetings, units
from tests.dialogues.journeys import at, text
from tests.office import Office, Phone

SECRETARY, DEPUTY, MEMBER, OTHER = "Lê Thị Bí", "Ngô Văn Phó", "Lê Thị Hai", "Bùi Văn Ba"
CLERK, INSPECTOR, AREA, ELSEWHERE = "Trần Văn Phòng", "Đỗ Văn Kiểm", "Phan Văn Địa Bàn", "Mai Văn Tư"


def ref(office: Office, month: str = "202612", unit: str = "B1") -> str:
    return f"{office.unit[unit].id}-{month}"


def labels(phone: Phone) -> list[str]:
    return [button.label for row in phone.last.buttons for button in row]


async def told(office: Office, name: str) -> int:
    return len(office.phone(name).messages)


@pytest.fixture
async def planned(office: Office) -> Office:
    """The December meeting of B1 is moved to Saturday, with hour and place, and everybody is told."""
    secretary = office.phone(SECRETARY)
    await secretary.says("/hop")
    await secretary.presses("Đổi lịch")
    await secretary.says("5/12 19h30 tại nhà văn hóa tổ 1")
    await secretary.presses("Lưu và báo")
    return office


async def test_the_next_meeting_is_on_the_third_with_the_votes_it_needs(office: Office) -> None:
    said = text(await office.phone(SECRETARY).says("hop chi bo"))
    assert "Thứ Năm 03/12/2026" in said
    assert "4 đảng viên chính thức. Biểu quyết tính trên 4 người: cần <b>3</b> phiếu" in said
    assert "Còn 13 ngày" in said
    assert "chậm nhất 02/12" in said


async def test_a_change_in_one_sentence_is_told_once_to_the_branch_and_to_nobody_else(planned: Office) -> None:
    assert "thứ Bảy 05/12/2026, 19:30, nhà văn hóa tổ 1" in planned.phone(SECRETARY).last.text
    for name in (DEPUTY, MEMBER, OTHER):
        assert await told(planned, name) == 1
        assert "đổi lịch" in planned.phone(name).last.text
    for name in (CLERK, INSPECTOR, AREA, ELSEWHERE):
        assert await told(planned, name) == 0
    said = text(await planned.phone(MEMBER).says("/họp"))
    assert "Thứ Bảy 05/12/2026, <b>19:30</b>, nhà văn hóa tổ 1" in said


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("5/12 19h30 tai nha van hoa to 1", "Thứ Bảy 05/12/2026, 19:30, nha van hoa to 1"),
        ("doi sang thu 7 tuan sau nua luc 7 gio toi o truong hoc", ", 19:00, truong hoc"),
        ("14h ngày 8 tháng 12", "Thứ Ba 08/12/2026, 14:00"),
        ("tại trường mầm non", "Thứ Năm 03/12/2026, <i>chưa đặt giờ</i>, trường mầm non"),
    ],
)
async def test_a_sentence_is_read_with_and_without_diacritics(office: Office, typed: str, shown: str) -> None:
    secretary = office.phone(SECRETARY)
    await secretary.says(f"/hopdoi {ref(office)}")
    assert shown in text(await secretary.says(typed))


async def test_taps_alone_plan_a_meeting_and_a_second_save_tells_nobody_again(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    await secretary.says(f"/hopdoi {ref(office)}")
    await secretary.presses("Ngày")
    await secretary.presses("thứ Sáu 04/12")
    await secretary.presses("Giờ")
    await secretary.presses("14:00")
    await secretary.presses("Nơi họp")
    await secretary.says("Trường học")
    save = secretary.button("Lưu và báo")
    await secretary.says(save.send, pressed="1")
    await secretary.says(save.send, pressed="1")
    assert "đã ghi rồi" in secretary.last.text
    assert await told(office, MEMBER) == 1
    assert "14:00, Trường học" in office.phone(MEMBER).last.text


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("hôm nào đó", "chưa đọc được ngày"),
        ("😀", "chưa đọc được ngày"),
        ("hôm qua", "chưa đọc được ngày"),
    ],
)
async def test_what_names_no_coming_day_is_said_back(office: Office, typed: str, answer: str) -> None:
    secretary = office.phone(SECRETARY)
    await secretary.says(f"/hopdoi {ref(office)}")
    assert answer in text(await secretary.says(typed))
    await secretary.presses("Quay lại")
    assert "Đổi gì?" in secretary.last.text


async def test_a_meeting_stays_in_its_month(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    await secretary.says(f"/hopdoi {ref(office)}")
    await secretary.says("4/1")
    assert "không nằm trong tháng 12/2026" in text(await secretary.presses("Lưu và báo"))
    assert await told(office, MEMBER) == 0


async def test_the_monthly_day_moves_every_month_that_was_not_changed_on_its_own(planned: Office) -> None:
    secretary = planned.phone(SECRETARY)
    await secretary.says(f"/hopdoi {ref(planned)}")
    await secretary.presses("Lịch hằng tháng")
    await secretary.says("ngày 10, 20h tại nhà văn hóa")
    said = text(await secretary.presses("Lưu và báo"))
    assert "Kỳ tới: thứ Bảy 05/12/2026" in said
    assert "Thứ Hai 11/01/2027, 20:00, nhà văn hóa" in text(await secretary.says(f"/hop {ref(planned, '202701')}"))
    assert "Thứ Bảy 05/12/2026, 19:30" in text(await secretary.says(f"/hop {ref(planned)}"))


async def test_a_meeting_is_called_off_and_held_after_all(planned: Office) -> None:
    secretary = planned.phone(SECRETARY)
    await secretary.says(f"/hopdoi {ref(planned)}")
    await secretary.presses("Hủy kỳ này")
    assert "nếu chỉ dời ngày" in secretary.last.text
    await secretary.presses("Hủy kỳ này")
    assert "hủy họp chi bộ" in planned.phone(MEMBER).last.text
    assert "Kỳ này không họp" in text(await planned.phone(MEMBER).says(f"/hop {ref(planned)}"))
    await secretary.presses("‹ Kỳ họp")
    await secretary.presses("Vẫn họp")
    assert "vẫn họp" in planned.phone(MEMBER).last.text
    unit, december = planned.unit["B1"].id, planned.now.date().replace(month=12)
    plan = await planned.do(lambda c: meetings.plan_of(c, unit, december))
    kept = [entry.action for entry in await planned.do(lambda c: history.of(c, plan.subject))]
    assert kept == ["meeting.plan", "meeting.change", "meeting.cancel", "meeting.again"]


async def test_a_thematic_meeting_stands_beside_the_monthly_one(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    await secretary.says(f"/kyhop {ref(office)}")
    assert "quý này 0 ⚠; năm nay về phát triển đảng viên 0 ⚠" in secretary.last.text
    await secretary.presses("Thêm sinh hoạt chuyên đề")
    await secretary.presses("Công tác phát triển")
    await secretary.says("10/12 lúc 8h")
    await secretary.presses("Lưu và báo")
    assert "chuyên đề về công tác phát triển đảng viên" in office.phone(MEMBER).last.text
    said = text(await secretary.says(f"/kyhop {ref(office)}"))
    assert "⏳ 10/12/2026 – sinh hoạt chuyên đề" in said
    assert "quý này 1; năm nay về phát triển đảng viên 1" in said
    assert "⏳ 03/12/2026 – họp chi bộ" in said


async def test_reports_come_in_one_tap_or_one_line_and_the_secretary_reads_them(office: Office) -> None:
    await office.phone(OTHER).says("/hop baocao")
    assert "Trần Thị Lan: Nguồn; chưa gặp lần nào" in office.phone(OTHER).last.text
    await office.phone(OTHER).presses("Như trên hệ thống")
    member = office.phone(MEMBER)
    await member.says("/hop báo cáo")
    await member.presses("Viết một dòng")
    assert "tối đa 160" in text(await member.says("x" * 161))
    await member.says("Hội kết nạp 2 hội viên <mới>")
    secretary = office.phone(SECRETARY)
    assert "Đã báo cáo: 2/2" in text(await secretary.says("/hop"))
    said = text(await secretary.presses("Báo cáo trước họp"))
    assert "✓ Bùi Văn Ba: như trên hệ thống" in said
    assert "“Hội kết nạp 2 hội viên &lt;mới&gt;”" in said
    await member.says("/hop baocao")
    await member.presses("Viết một dòng")
    await member.says("nhu tren he thong")
    assert "✓ Lê Thị Hai: như trên hệ thống" in text(await secretary.says(f"/baocaohop {ref(office)}"))


async def test_somebody_in_charge_of_an_organisation_reports_as_well(office: Office) -> None:
    secretary, deputy = office.phone(SECRETARY), office.phone(DEPUTY)
    assert "không phải báo cáo" in text(await deputy.says("/hop baocao"))
    await secretary.says(f"/phutrach {office.unit['B1'].id}")
    await secretary.presses("Hội Phụ nữ")
    await secretary.says("phó")
    await secretary.presses("Lưu")
    assert "Hội Phụ nữ: Ngô Văn Phó" in secretary.last.text
    assert "Phụ trách: Hội Phụ nữ" in text(await deputy.says(f"/baocaohop {ref(office)} own"))
    await secretary.says(f"/phutrach {office.unit['B1'].id}")
    await secretary.presses("Hội Phụ nữ")
    await secretary.presses("Không có ai")
    await secretary.presses("Lưu")
    assert "Hội Phụ nữ: chưa phân công" in secretary.last.text


async def test_the_agenda_is_read_out_screen_by_screen(planned: Office) -> None:
    await planned.phone(MEMBER).says(f"/toivang {ref(planned)} sick")
    secretary = planned.phone(SECRETARY)
    said = text(await secretary.says(f"/noidung {ref(planned)}"))
    assert "2. Công tác phát triển đảng viên" in said
    assert "Chờ chi bộ quyết: 3 hồ sơ, đủ điều kiện 3" in said
    assert "Báo vắng: Lê Thị Hai (ốm)" in said
    screens = [said]
    while "Sau ›" in labels(secretary):
        screens.append(text(await secretary.presses("Sau ›")))
    assert len(screens) == 4
    assert "Nguyễn Ngọc Lan</b> (QC-0001): Công nhận cảm tình Đảng" in screens[1]
    assert "Đ/c <b>Lê Thị Hai</b>: giúp 2, đã gặp 0 lần" in screens[2]
    assert "<i>chưa gửi</i>" in screens[3]
    assert all(len(screen) <= 900 for screen in screens)
    await secretary.says(f"/noidung {ref(planned)} +1")
    assert "Công nhận cảm tình" in text(await secretary.presses("Ghi kết quả QC-0001"))


async def test_a_member_says_beforehand_that_they_will_not_come_and_takes_it_back(planned: Office) -> None:
    member, secretary = planned.phone(MEMBER), planned.phone(SECRETARY)
    await member.says("/hop")
    await member.presses("Tôi sẽ vắng")
    await member.presses("Trực ca")
    assert "trực ca" in member.last.text
    assert "Báo vắng: 1 người" in text(await secretary.says("/hop"))
    await member.presses("Tôi dự được")
    assert "Báo vắng" not in text(await secretary.says("/hop"))
    at(planned, "06/12/2026")
    assert "đã qua hoặc đã hủy" in text(await member.says(f"/toivang {ref(planned)} sick"))


async def test_whoever_only_looks_sees_the_day_and_changes_nothing(planned: Office) -> None:
    for name in (AREA, INSPECTOR):
        phone = planned.phone(name)
        said = text(await phone.says("/hop to dan pho 1"))
        assert "Thứ Bảy 05/12/2026" in said
        assert labels(phone) == ["Các kỳ họp", "Chi bộ khác"]
    for name in (AREA, INSPECTOR, MEMBER):
        for words in ("hopdoi", "diemdanh", "bienban", "noidung", "tailieu", "ketluan", "hopnay"):
            assert "không thuộc vai" in text(await planned.phone(name).says(f"/{words} {ref(planned)}"))
        for words in ("sinhhoat", "phutrach"):
            answer = await planned.phone(name).says(f"/{words} {planned.unit['B1'].id}")
            assert "không thuộc vai" in text(answer)


async def test_another_branch_s_meeting_and_one_that_there_is_not_read_the_same(planned: Office) -> None:
    said = set()
    phone = planned.phone(ELSEWHERE)
    theirs, number = ref(planned), planned.unit["B1"].id
    for words in ("hop", "kyhop", "diemdanh", "bienban", "noidung", "hopdoi", "toivang", "baocaohop", "tailieu"):
        for wanted in (theirs, "999-202612", f"{number}-999912", "x"):
            if words != "hop" or wanted != "x":
                said.add(text(await phone.says(f"/{words} {wanted}")))
    for words in ("sinhhoat", "phutrach"):
        for wanted in (str(number), "999", "x"):
            said.add(text(await phone.says(f"/{words} {wanted}")))
    assert {one for one in said if "Không có kỳ họp này" not in one and "Không có chi bộ nào" not in one} == set()


async def test_a_guest_is_asked_in(office: Office) -> None:
    for words in ("/hop", "/lop", f"/hop {ref(office)}", f"/diemdanh {ref(office)}"):
        assert "dành cho người đã tham gia" in text(await office.phone("người lạ").says(words))


async def test_the_office_chooses_a_branch_and_may_record_for_it(office: Office) -> None:
    clerk = office.phone(CLERK)
    assert "2 chi bộ" in text(await clerk.says("/hop"))
    await clerk.presses("Chi bộ Trường Tiểu học")
    assert "Chi bộ Trường Tiểu học" in clerk.last.text
    assert "Đổi lịch" in labels(clerk)
    assert "Không có chi bộ nào hợp" in text(await clerk.says("/hop tổ 99"))


async def test_whoever_is_in_a_party_group_meets_with_the_branch(office: Office) -> None:
    await office.has_unit("G", "Tổ đảng số 1", "group", parent="B1")
    await office.has_person("Cao Thị Nhóm", "member", "G")
    phone = office.phone("Cao Thị Nhóm")
    assert "Chi bộ Tổ dân phố 1" in text(await phone.says("/hop"))
    assert "Tôi sẽ vắng" in labels(phone)
    assert "5 đảng viên chính thức" in text(await office.phone(SECRETARY).says("/hop"))


async def test_a_closed_branch_meets_no_more(office: Office) -> None:
    await office.has_unit("B3", "Chi bộ Chợ", parent="W")
    await office.has_person("Vũ Văn Chợ", "secretary", "B3")
    await office.do(lambda c: units.close(c, office.now, None, office.unit["B3"], office.now.date()))
    assert "không thuộc vai" in text(await office.phone("Vũ Văn Chợ").says(f"/hop {ref(office, unit='B3')}"))
    assert "Không có kỳ họp này" in text(await office.phone(CLERK).says(f"/hop {ref(office, unit='B3')}"))


async def test_materials_are_noted_once_and_members_see_it(planned: Office) -> None:
    secretary = planned.phone(SECRETARY)
    await secretary.says("/hop")
    await secretary.presses("Đã đăng tài liệu")
    assert "đã đăng 20/11" in secretary.last.text
    assert "Đã đăng tài liệu" not in labels(secretary)
    assert "Tài liệu đã đăng" in text(await planned.phone(MEMBER).says("/hop"))
    await secretary.says(f"/tailieu {ref(planned)}")
    assert "đã đăng 20/11" in secretary.last.text


async def test_a_plan_that_somebody_else_changed_is_not_overwritten(office: Office) -> None:
    secretary, deputy = office.phone(SECRETARY), office.phone(DEPUTY)
    await secretary.says(f"/hopdoi {ref(office)}")
    await secretary.says("4/12")
    await deputy.says(f"/hopdoi {ref(office)}")
    await deputy.says("7/12 lúc 20h")
    await deputy.presses("Lưu và báo")
    await secretary.says("12h")
    assert "chưa được lưu" in text(await secretary.presses("Lưu và báo"))
    await secretary.presses("Đổi lịch")
    assert "Thứ Hai 07/12/2026, 20:00" in secretary.last.text


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("họp chi bộ gặp chị Lan, chị đã viết đơn", "Nguyễn Ngọc Lan"),
        ("sinh hoạt chi bộ hôm qua gặp anh Hòa", "Trương Đình Hòa"),
        ("hop chi bo khi nao", "mỗi tháng một lần"),
        ("lớp học nhận thức mở ở đâu", "giấy chứng nhận"),
        ("lịch họp tháng 12", "Thứ Năm 03/12/2026"),
        ("họp chi bộ tháng sau", "Thứ Năm 03/12/2026"),
        ("kỳ họp sau", "Thứ Năm 03/12/2026"),
        ("lịch họp tháng 1", "Thứ Hai 04/01/2027"),
        ("/hop 😀", "Không có chi bộ nào hợp"),
    ],
)
async def test_words_that_only_begin_like_a_command_are_read_as_what_they_are(
    office: Office, typed: str, answer: str
) -> None:
    assert answer in text(await office.phone(MEMBER).says(typed))


async def test_a_sentence_typed_where_a_place_is_asked_is_read_whole(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    await secretary.says(f"/hopdoi {ref(office)}")
    await secretary.presses("Nơi họp")
    await secretary.says("20/12 lúc 8 giờ tối ở trường tiểu học số 1")
    assert "Chủ nhật 20/12/2026, 20:00, trường tiểu học số 1" in secretary.last.text


async def test_a_report_may_begin_like_a_command_and_its_question_is_forgotten_in_half_a_day(office: Office) -> None:
    member = office.phone(MEMBER)
    await member.says(f"/baocaohop {ref(office)} line")
    await member.says("họp chi đoàn đủ, 2 đoàn viên ưu tú")
    assert "“họp chi đoàn đủ, 2 đoàn viên ưu tú”" in member.last.text
    await member.says(f"/baocaohop {ref(office)} line")
    office.passes(hours=13)
    assert "mỗi tháng một lần" in text(await member.says("chi bộ họp mấy tháng một lần"))
