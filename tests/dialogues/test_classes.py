"""Classes over the chat: the office opens and moves them, secretaries send people, results lead on to the step."""

import pytest

from storage import history
from tests.dialogues.journeys import at, fills, records, step_of, text
from tests.office import Office, Phone

SECRETARY, MEMBER, CLERK, ELSEWHERE = "Lê Thị Bí", "Lê Thị Hai", "Trần Văn Phòng", "Mai Văn Tư"


async def opens(office: Office, places: str = "40", kind: str = "Lớp bồi dưỡng") -> Phone:
    """The office opens a class for the first weekend of December."""
    clerk = office.phone(CLERK)
    await clerk.says("/lop moi")
    for answer in (f"={kind}", "5/12", "6/12", "7h30", "Trung tâm chính trị", places):
        await (clerk.presses(answer[1:]) if answer.startswith("=") else clerk.says(answer))
    await clerk.presses("Lưu")
    return clerk


@pytest.fixture
async def ready(office: Office) -> Office:
    """A class is open, and Lan and Hòa have come to the step before it."""
    secretary = office.phone(SECRETARY)
    for code in ("QC-0001", "QC-0002"):
        await records(secretary, "assign_helper", "=Hôm nay", "-", code=code)
    await opens(office)
    return office


async def test_the_office_opens_a_class_on_a_weekend_and_everybody_sees_it(office: Office) -> None:
    clerk = await opens(office)
    assert "thứ Bảy 05/12/2026 đến Chủ nhật 06/12/2026, 07:30 (cuối tuần), Trung tâm chính trị" in clerk.last.text
    for name in (SECRETARY, MEMBER, ELSEWHERE):
        assert "05/12/2026" in text(await office.phone(name).says("lớp học"))
    for name in (SECRETARY, MEMBER, "Đỗ Văn Kiểm", "Phan Văn Địa Bàn"):
        for words in ("/lop moi", "/lop 1 off", "/lop 1 change"):
            assert "không thuộc vai" in text(await office.phone(name).says(words)), (name, words)


async def test_days_the_wrong_way_round_are_refused_until_they_are_mended(office: Office) -> None:
    clerk = office.phone(CLERK)
    await clerk.says("/lop moi")
    for answer in ("=Lớp bồi dưỡng", "5/12", "4/12", "-", "nhà văn hóa", "-"):
        await (clerk.presses(answer[1:]) if answer.startswith("=") else clerk.says(answer))
    assert "Ngày kết thúc trước ngày bắt đầu" in clerk.last.text
    assert "Lưu" not in [button.label for row in clerk.last.buttons for button in row]
    await clerk.presses("Sửa")
    await clerk.presses("Ngày kết thúc")
    await clerk.presses("Bỏ qua")
    await clerk.presses("Lưu")
    assert "thứ Bảy 05/12/2026 (cuối tuần), nhà văn hóa" in clerk.last.text


async def test_only_those_whose_next_step_it_is_are_offered_and_helpers_are_told_once(ready: Office) -> None:
    secretary, helper = ready.phone(SECRETARY), ready.phone(MEMBER)
    await secretary.says("/lop 1")
    await secretary.presses("Ghi tên")
    assert "2 người hợp" in secretary.last.text
    before = len(helper.messages)
    await secretary.presses("☐ Nguyễn Ngọc Lan")
    await secretary.presses("✓ Nguyễn Ngọc Lan")
    await secretary.presses("☐ Nguyễn Ngọc Lan")
    assert len(helper.messages) == before + 1
    assert "N.N. Lan (QC-0001) được cử học" in helper.last.text
    assert "Nguyễn Ngọc" not in helper.last.text
    assert "chưa đến bước" in text(await secretary.says("/ghidanh 1 QC-0003"))
    assert "Không có hồ sơ" in text(await secretary.says("/ghidanh 1 QC-0004"))
    assert "không thuộc vai" in text(await helper.says("/ghidanh 1"))
    assert "QC-0001" in text(await helper.says("/lop 1"))
    assert "QC-0001" not in text(await ready.phone(ELSEWHERE).says("/lop 1"))
    assert "N.N. Lan (QC-0001)" in text(await ready.phone("Đỗ Văn Kiểm").says("/lop 1"))


async def test_nobody_is_sent_to_two_classes_of_a_kind_or_to_a_full_one(ready: Office) -> None:
    await opens(ready, places="1")
    secretary = ready.phone(SECRETARY)
    await secretary.says("/ghidanh 2 QC-0001")
    assert "đã đủ chỗ" in text(await secretary.says("/ghidanh 2 QC-0002"))
    assert "đã ghi tên ở lớp khác" in text(await secretary.says("/ghidanh 1 QC-0001"))


async def test_a_result_leads_on_to_the_certificate(ready: Office) -> None:
    secretary = ready.phone(SECRETARY)
    await secretary.says("/ghidanh 1 QC-0001")
    await secretary.says("/ghidanh 1 QC-0002")
    assert "chưa có kết quả để ghi" in text(await secretary.says("/kqlop 1"))
    at(ready, "07/12/2026")
    await secretary.says("/lop 1")
    await secretary.presses("Ghi kết quả")
    await secretary.presses("Nguyễn Ngọc Lan")
    await secretary.presses("Đạt")
    await secretary.presses("Ghi giấy chứng nhận")
    await fills(secretary, "=Hôm qua", "=Hôm nay", "15/GCN", "-")
    assert await step_of(ready) == "awareness_class"
    await secretary.says("/kqlop 1 QC-0002 missed")
    assert "không dự" in secretary.last.text
    assert "Ghi giấy chứng nhận" not in str(secretary.last.buttons)
    assert "đã có kết quả" in text(await secretary.says("/ghidanh 1 QC-0002")) or "đã xong" in secretary.last.text
    assert "không có tên" in text(await secretary.says("/kqlop 1 QC-0003"))
    assert await ready.do(history.broken) is None


async def test_a_class_that_moves_or_is_off_is_told_to_the_helpers(ready: Office) -> None:
    secretary, clerk, helper = ready.phone(SECRETARY), ready.phone(CLERK), ready.phone(MEMBER)
    await secretary.says("/ghidanh 1 QC-0001")
    await secretary.says("/ghidanh 1 QC-0002")
    before = len(helper.messages)
    await clerk.says("/lop 1")
    await clerk.presses("Đổi lịch lớp")
    await clerk.presses("Sửa")
    await clerk.presses("Số chỗ")
    await clerk.says("1")
    assert "2 người đã ghi tên, chỉ còn 1 chỗ: chưa khớp" in clerk.last.text
    for label, answer in (("Số chỗ", "30"), ("Ngày bắt đầu", "12/12"), ("Ngày kết thúc", "13/12")):
        await clerk.presses("Sửa")
        await clerk.presses(label)
        await clerk.says(answer)
    await clerk.presses("Lưu")
    assert len(helper.messages) == before + 1
    assert "đổi lịch: <b>thứ Bảy 12/12/2026</b>" in helper.last.text
    await clerk.presses("Hủy lớp")
    await clerk.presses("Hủy lớp")
    assert len(helper.messages) == before + 2
    assert "đã hủy" in helper.last.text
    assert "đã xong hoặc đã hủy" in text(await secretary.says("/ghidanh 1"))


async def test_another_ward_s_class_and_one_that_there_is_not_read_the_same(ready: Office) -> None:
    await ready.has_unit("W2", "Phường Khác", "committee")
    await ready.has_unit("C1", "Chi bộ Chợ", parent="W2")
    await ready.has_person("Vũ Thị Khác", "secretary", "C1")
    phone = ready.phone("Vũ Thị Khác")
    said = {text(await phone.says(words)) for words in ("/lop 1", "/lop 99", "/ghidanh 1", "/kqlop 1", "/ghidanh x")}
    assert said == {"Không có lớp này trong phần đồng chí được xem."}
    assert "Chưa có lớp nào" in text(await phone.says("/lop"))
