"""The life of a case beside its steps, over the chat: leaving, away, moving, discipline, readmission."""

from datetime import date, timedelta

from tests.dialogues.journeys import (
    CLERK,
    CODE,
    HELPER,
    LINE,
    SECRETARY,
    facts_of,
    fills,
    records,
    step_of,
    text,
    to_application,
    to_vote,
)
from tests.office import Office


async def test_a_case_leaves_with_a_reason_that_is_data_and_comes_back_where_it_stood(office: Office) -> None:
    await to_application(office)
    secretary = office.phone(SECRETARY)
    await secretary.says(f"/hoso {CODE}")
    await secretary.presses("Khác…")
    await secretary.presses("Đưa ra khỏi danh sách")
    assert "chưa có lựa chọn" in text(await secretary.says("gia đình có chuyện riêng"))
    said = await fills(secretary, "=Đi nghĩa vụ", "=Hôm nay")
    assert "Đã ghi" in said
    card = text(await secretary.says(f"/hoso {CODE}"))
    assert "Đã đưa ra khỏi danh sách: đi nghĩa vụ" in card
    assert "đã đưa ra" in text(await secretary.says(f"/buoc {CODE}"))
    office.passes(days=400)
    await secretary.says(f"/khac {CODE}")
    await secretary.presses("Đưa trở lại")
    await fills(secretary, "=Hôm nay")
    assert await step_of(office) == "procedure_approved"
    assert (await facts_of(office)).left is None
    assert "chưa ghi ngày sinh" in text(await secretary.says(f"/hoso {CODE}"))


async def test_away_with_an_expected_return_and_back(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    await secretary.says(f"/khac {CODE} away")
    await secretary.presses("Đi làm ăn xa")
    assert "đã qua" in text(await secretary.says("hôm qua"))
    await fills(secretary, "20/03/2027")
    assert (await facts_of(office)).dates["expected_back"] == date(2027, 3, 20)
    assert "Đi vắng, dự kiến về 20/03/2027" in text(await secretary.says(f"/hoso {CODE}"))
    await secretary.says(f"/khac {CODE}")
    await secretary.presses("Đã về")
    await fills(secretary, "=Hôm nay")
    assert "expected_back" not in (await facts_of(office)).dates


async def test_a_case_moves_to_a_branch_within_reach_with_its_clocks(office: Office) -> None:
    await office.has_person(SECRETARY, "secretary", "B2")
    await to_application(office)
    secretary = office.phone(SECRETARY)
    before = (await facts_of(office)).dates["certificate_issued"]
    await secretary.says(f"/khac {CODE} transfer")
    said = await fills(secretary, "=Chi bộ Trường Tiểu học", "=Hôm nay")
    assert "Đã chuyển hồ sơ" in said
    assert "nơi đến" in said.lower()
    assert (await facts_of(office)).dates["certificate_issued"] == before
    assert f"{CODE} (N.N. Lan) chuyển về" in office.phone("Hồ Thị Thư").last.text
    assert "Không có hồ sơ" in text(await office.phone(HELPER).says(f"/hoso {CODE}"))
    thu = office.phone("Hồ Thị Thư")
    await thu.says(f"/khac {CODE}")
    await thu.presses("Nơi đến đã nhận")
    await fills(thu, "=Hôm nay")
    assert (await facts_of(office)).transfer is None


async def test_a_move_beyond_ones_reach_goes_to_the_office(office: Office) -> None:
    secretary, clerk = office.phone(SECRETARY), office.phone(CLERK)
    await secretary.says(f"/khac {CODE} transfer")
    labels = [button.label for row in secretary.last.buttons for button in row]
    assert not any("Tiểu học" in label for label in labels)
    await fills(secretary, "=Nơi khác", "=Hôm nay")
    assert "đề nghị chuyển hồ sơ QC-0001 (N.N. Lan)" in clerk.last.text
    await clerk.presses("Chọn chi bộ nơi đến")
    await clerk.presses("Chi bộ Trường Tiểu học")
    assert "chuyển về" in office.phone("Hồ Thị Thư").last.text
    assert "Không có hồ sơ" in text(await secretary.says(f"/hoso {CODE}"))


async def test_discipline_and_removal_after_admission_are_a_kind_and_a_day(office: Office) -> None:
    await to_vote(office)
    secretary, clerk = office.phone(SECRETARY), office.phone(CLERK)
    await records(secretary, "branch_vote", "=Hôm nay", "12-NQ/CB", LINE)
    await records(clerk, "committee_vote", "=Hôm nay", "7-NQ/ĐU", "-")
    await records(clerk, "decision", "=Hôm nay", "99-QĐ/ĐU", "=Hôm nay", "-")
    await records(secretary, "ceremony", "=Hôm nay")
    await secretary.says(f"/khac {CODE}")
    labels = [button.label for row in secretary.last.buttons for button in row]
    assert "Đưa ra khỏi danh sách" not in labels
    await secretary.presses("Kỷ luật")
    await fills(secretary, "=Khiển trách", "=Hôm nay")
    assert (await facts_of(office)).left is None
    await secretary.says(f"/khac {CODE} discipline")
    await fills(secretary, "=Xóa tên", "=Hôm nay")
    assert (await facts_of(office)).left == "struck_off"
    assert "Đã đưa ra khỏi danh sách: xóa tên" in text(await secretary.says(f"/hoso {CODE}"))
    assert "return" not in str(await secretary.says(f"/khac {CODE}"))


async def test_readmission_begins_with_when_why_and_whether_before(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    await secretary.says(f"/khac {CODE}")
    await secretary.presses("Xét kết nạp lại")
    said = await fills(secretary, "=Bị xóa tên", "01/03/2024", "=Không")
    assert "✗ Thời gian ra khỏi Đảng: đến 01/03/2027 mới đủ thời gian" in said
    assert "✓ Chưa từng được kết nạp lại" in said
    assert "✗ Văn bản đồng ý kết nạp lại" in said


async def test_a_decisions_deadline_is_extended_once(office: Office) -> None:
    await to_vote(office)
    secretary = office.phone(SECRETARY)
    await records(secretary, "branch_vote", "=Hôm nay", "12-NQ/CB", LINE)
    await secretary.says(f"/khac {CODE}")
    assert not any(button.label == "Gia hạn quyết định" for row in secretary.last.buttons for button in row)
    clerk = office.phone(CLERK)
    await clerk.says(f"/khac {CODE}")
    said = text(await clerk.presses("Gia hạn"))
    assert "còn 60 ngày làm việc" in said
    await clerk.says(f"/khac {CODE}")
    assert not any(button.label == "Gia hạn quyết định" for row in clerk.last.buttons for button in row)


async def test_what_the_committee_decided_is_not_taken_back_by_the_branch(office: Office) -> None:
    await to_application(office)
    said = text(await office.phone(SECRETARY).says(f"/trabuoc {CODE}"))
    assert "do cấp ủy quyết định" in said
    clerk = office.phone(CLERK)
    await clerk.says(f"/trabuoc {CODE}")
    await clerk.presses("Lớp bồi dưỡng")
    await clerk.presses("Giấy tờ quá hạn")
    await clerk.presses("Lưu")
    assert await step_of(office) == "awareness_class"
    assert "giấy tờ quá hạn" in office.phone(SECRETARY).last.text
    assert "Nguyễn" not in office.phone(SECRETARY).last.text


async def test_a_helper_has_no_say_in_the_life_of_a_case(office: Office) -> None:
    assert "không thuộc phần" in text(await office.phone(HELPER).says(f"/khac {CODE}"))
    office.now += timedelta(days=1)
    assert (await facts_of(office)).left is None
