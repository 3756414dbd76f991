"""Recording the steps of an admission over the chat: the whole road, refusals, two at once, undo, two tiers."""

import asyncio
from datetime import date

import pytest

from storage import admission, history
from storage.settings import set_local
from tests.dialogues.journeys import (
    CLERK,
    CODE,
    HELPER,
    LINE,
    SECRETARY,
    at,
    case,
    confirms,
    facts_of,
    fills,
    records,
    step_of,
    text,
    to_application,
    to_vote,
)
from tests.office import Office


async def test_the_whole_road_from_the_list_to_full_membership(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    await to_vote(office)
    said = await records(secretary, "branch_vote", "=Hôm nay", "12-NQ/CB", LINE)
    assert "11/14 tán thành, cần 10: đủ" in said
    assert "ngày làm việc" in said
    said = await records(secretary, "committee_vote", "=Hôm nay", "7-NQ/ĐU", "-")
    assert "Đã gửi văn phòng đảng ủy xác nhận" in said
    assert await step_of(office) == "branch_vote"
    await confirms(office)
    assert await step_of(office) == "committee_vote"
    office.passes(days=3)
    clerk = office.phone(CLERK)
    await records(clerk, "decision", "=Hôm nay", "99-QĐ/ĐU", "=Hôm nay", "-")
    assert await step_of(office) == "decision"
    office.passes(days=4)
    said = await records(secretary, "ceremony", "=Hôm nay")
    assert "Đã ghi: <b>Lễ kết nạp</b>" in said
    held = office.now
    await records(secretary, "member_history", "=Hôm nay")
    await records(secretary, "probation", "=Hôm nay", "-")
    early = text(await secretary.says(f"/buoc {CODE} recognition_dossier"))
    assert "Chưa ghi được" in early
    assert "mới hết 12 tháng dự bị" in early
    at(office, f"{held:%d/%m}/{held.year + 1}")
    await records(secretary, "new_member_class", "=Hôm nay", "-")
    await records(secretary, "recognition_dossier", "=Hôm nay", "-")
    await records(secretary, "recognition_vote", "=Hôm nay", "20-NQ/CB", LINE)
    await records(clerk, "recognition_committee", "=Hôm nay", "9-NQ/ĐU", "-")
    await records(clerk, "recognition_decision", "=Hôm nay", "120-QĐ/ĐU", "-")
    await records(secretary, "recognized", "=Hôm nay")
    assert await step_of(office) == "recognized"
    card = text(await secretary.says(f"/hoso {CODE}"))
    assert "Đảng viên chính thức" in card
    assert len(card) <= 900


@pytest.mark.parametrize("step", ["application", "cv", "vetting", "branch_vote", "decision", "ceremony", "recognized"])
async def test_no_step_is_skipped(office: Office, step: str) -> None:
    said = text(await office.phone(SECRETARY).says(f"/buoc {CODE} {step}"))
    assert "không đi ngay sau" in said
    assert "không bỏ qua bước nào" in said
    assert office.phone(SECRETARY).button("1. Công nhận cảm tình")
    assert await step_of(office) == "source"


async def test_a_step_is_found_by_its_name_and_the_next_ones_are_buttons(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    said = text(await secretary.says(f"ghi bước {CODE}"))
    assert "Đưa vào danh sách nguồn" in said
    said = text(await secretary.presses("1. Công nhận cảm tình"))
    assert "Ngày thực hiện?" in said
    said = text(await secretary.says(f"/bước {CODE} cảm tình"))
    assert "Ngày thực hiện?" in said


async def test_a_day_ahead_or_before_the_last_step_is_refused(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    await secretary.says(f"/buoc {CODE} assign_helper")
    for ahead in ("25/11/2026", "25/11", "mai"):
        assert "chưa tới" in text(await secretary.says(ahead)), ahead
    await secretary.says("01/02/2026")
    said = text(await secretary.says("bỏ qua"))
    assert "Chưa ghi được" in said
    assert "trước bước" in said
    await secretary.presses("Sửa")
    await secretary.presses("Ngày thực hiện")
    said = await fills(secretary, "hôm qua")
    assert "Đã ghi" in said
    assert "19/11/2026" in said


async def test_a_form_survives_a_restart_in_its_middle(office: Office) -> None:
    await office.phone(SECRETARY).says(f"/buoc {CODE} assign_helper")
    await office.phone(SECRETARY).presses("Hôm qua")
    fresh = office.restarted()
    said = text(await fresh.phone(SECRETARY).says("5-NQ/CB"))
    assert "5-NQ/CB" in said
    assert "19/11/2026" in said
    assert "Đã ghi" in text(await fresh.phone(SECRETARY).presses("Lưu"))
    assert await step_of(office) == "assign_helper"


async def test_save_pressed_twice_writes_once(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    await secretary.says(f"/buoc {CODE} assign_helper")
    await secretary.presses("Hôm nay")
    await secretary.says("-")
    check = secretary.last
    await secretary.presses("Lưu", check)
    said = text(await secretary.presses("Lưu", check))
    assert "đã ghi rồi" in said


async def test_of_two_at_once_one_wins_and_the_other_is_told(office: Office) -> None:
    secretary, deputy = office.phone(SECRETARY), office.phone("Ngô Văn Phó")
    for phone in (secretary, deputy):
        await phone.says(f"/buoc {CODE} assign_helper")
        await phone.presses("Hôm nay")
        await phone.says("-")
    assert "Đã ghi" in text(await deputy.presses("Lưu"))
    said = text(await secretary.presses("Lưu"))
    assert "chưa được lưu" in said
    assert "đ/c Ngô Văn Phó vừa ghi" in said
    noted = await office.do(lambda c: admission.history_of_changes(c, case(c)))
    assert len(noted) == 1


async def test_the_writer_may_undo_for_fifteen_minutes(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    await records(secretary, "assign_helper", "=Hôm nay", "-")
    saved = secretary.last
    said = text(await office.phone("Ngô Văn Phó").says(secretary.button("Hoàn tác", saved).send))
    assert "Không còn gì để hoàn tác" in said
    assert "Đã hoàn tác" in text(await secretary.presses("Hoàn tác", saved))
    assert await step_of(office) == "source"
    await records(secretary, "assign_helper", "=Hôm nay", "-")
    office.passes(minutes=16)
    assert "quá thời gian" in text(await secretary.presses("Hoàn tác"))
    assert await step_of(office) == "assign_helper"
    told = await office.do(lambda c: [e.action for e in history.of(c, "candidate:1")])
    assert told.count("case.record") == 2


async def test_what_the_committee_decides_waits_for_its_office(office: Office) -> None:
    secretary, clerk = office.phone(SECRETARY), office.phone(CLERK)
    await records(secretary, "assign_helper", "=Hôm nay", "-")
    await records(secretary, "awareness_class", "=Hôm nay", "=Hôm nay", "11/GCN", "=Trung tâm")
    said = await records(secretary, "procedure_approved", "=Hôm nay", "30-TB/ĐU", "=Hôm nay")
    assert "Đã gửi văn phòng" in said
    assert f"hồ sơ {CODE} (N.N. Lan)" in clerk.last.text
    assert "Nguyễn" not in clerk.last.text
    assert "đang chờ văn phòng xác nhận" in text(await secretary.says(f"/hoso {CODE}"))
    assert await step_of(office) == "awareness_class"
    assert "1 bước" in text(await clerk.says("/xacnhan"))
    notice = clerk.messages[-2]
    await clerk.presses("Trả lại", notice)
    assert "Đã trả lại" in text(await clerk.presses("Thiếu giấy tờ"))
    assert "thiếu giấy tờ" in secretary.last.text
    again = text(await clerk.presses("Xác nhận", notice))
    assert "không còn chờ" in again
    await records(secretary, "procedure_approved", "=Hôm nay", "30-TB/ĐU", "=Hôm nay")
    await confirms(office)
    assert "đã xác nhận" in secretary.last.text
    assert await step_of(office) == "procedure_approved"


async def test_what_waits_is_withdrawn_by_its_writer_and_not_sent_twice(office: Office) -> None:
    secretary, deputy = office.phone(SECRETARY), office.phone("Ngô Văn Phó")
    await records(secretary, "assign_helper", "=Hôm nay", "-")
    await records(secretary, "awareness_class", "=Hôm nay", "=Hôm nay", "11/GCN", "=Trung tâm")
    await records(secretary, "procedure_approved", "=Hôm nay", "30-TB/ĐU", "=Hôm nay")
    sent = secretary.last
    said = await records(deputy, "procedure_approved", "=Hôm nay", "31-TB/ĐU", "=Hôm nay")
    assert "đ/c Lê Thị Bí vừa ghi" in said
    assert "Đã hoàn tác" in text(await secretary.presses("Hoàn tác", sent))
    assert "không còn chờ" in text(await office.phone(CLERK).presses("Xác nhận"))
    await records(deputy, "procedure_approved", "=Hôm nay", "31-TB/ĐU", "=Hôm nay")
    await confirms(office)
    assert "Đã hoàn tác" in text(await office.phone(CLERK).presses("Hoàn tác"))
    assert await step_of(office) == "awareness_class"


async def test_a_unit_may_switch_the_second_tier_off(office: Office) -> None:
    await office.do(lambda c: set_local(c, office.now, None, office.unit["W"].id, "office_confirms", 0))
    secretary = office.phone(SECRETARY)
    await records(secretary, "assign_helper", "=Hôm nay", "-")
    await records(secretary, "awareness_class", "=Hôm nay", "=Hôm nay", "11/GCN", "=Trung tâm")
    said = await records(secretary, "procedure_approved", "=Hôm nay", "30-TB/ĐU", "=Hôm nay")
    assert "Đã ghi" in said
    assert await step_of(office) == "procedure_approved"


async def test_every_button_fits_a_messenger_however_long_the_code(office: Office) -> None:
    code = await office.has_candidate("Hồ Thị Mã Dài", "B1", HELPER, code="HS-2026-PHUONG-THU-NGHIEM-00001X")
    await to_vote(office, code)
    secretary, clerk = office.phone(SECRETARY), office.phone(CLERK)
    await records(secretary, "branch_vote", "=Hôm nay", "12-NQ/CB", LINE, code=code)
    await secretary.presses("Vì sao?")
    for command in ("neu", "khac", "bosung", "thamtra", "hoso"):
        await secretary.says(f"/{command} {code}")
    await secretary.says(f"/trabuoc {code}")
    await secretary.presses("Giới thiệu")
    await secretary.presses("Thiếu giấy tờ")
    sends = [b.send for phone in (secretary, clerk) for m in phone.messages for row in m.buttons for b in row]
    assert len(sends) > 200
    assert [send for send in sends if len(send.encode()) > 64] == []


async def test_a_code_without_a_number_is_a_code_too(office: Office) -> None:
    await office.has_candidate("Hồ Thị Không Số", "B1", HELPER, code="KHONGSO")
    secretary = office.phone(SECRETARY)
    assert "Đưa vào danh sách nguồn" in text(await secretary.says("/buoc KHONGSO"))
    assert "Ngày thực hiện?" in text(await secretary.presses("1. Công nhận"))


async def test_presses_at_the_same_moment_write_once(office: Office) -> None:
    secretary, deputy = office.phone(SECRETARY), office.phone("Ngô Văn Phó")
    for phone in (secretary, deputy):
        await phone.says(f"/buoc {CODE} assign_helper")
        await phone.presses("Hôm nay")
        await phone.says("-")
    await asyncio.gather(secretary.presses("Lưu"), deputy.presses("Lưu"))
    answers = sorted([secretary.last.text, deputy.last.text], key=lambda said: "chưa được lưu" in said)
    assert "Đã ghi" in answers[0]
    assert "chưa được lưu" in answers[1]
    noted = await office.do(lambda c: admission.history_of_changes(c, case(c)))
    assert len(noted) == 1


async def test_a_case_is_sent_back_with_a_reason_that_is_data(office: Office) -> None:
    await to_application(office)
    secretary = office.phone(SECRETARY)
    await records(secretary, "application", "=Hôm nay")
    await secretary.says(f"/buoc {CODE}")
    await secretary.presses("Trả về bước trước")
    await secretary.presses("Cấp ủy cho làm thủ tục")
    said = text(await secretary.presses("Giấy tờ chưa rõ"))
    assert "Đúng không ạ?" in said
    check = secretary.last
    assert "Đã trả hồ sơ" in text(await secretary.presses("Lưu", check))
    assert await step_of(office) == "procedure_approved"
    await secretary.presses("Lưu", check)
    assert await step_of(office) == "procedure_approved"


async def test_strangers_codes_read_like_missing_ones_and_inspection_writes_nothing(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    for command in ("buoc", "visao", "neu", "bosung", "thamtra", "khac", "trabuoc", "lui"):
        stranger = text(await secretary.says(f"/{command} QC-0004 x"))
        missing = text(await secretary.says(f"/{command} QC-0099 x"))
        assert stranger.replace("QC-0004", "QC-0099") == missing, command
        assert "Không có hồ sơ" in missing
    before = await office.do(lambda c: history.chain(c).lines)
    inspector = office.phone("Đỗ Văn Kiểm")
    for command in ("buoc", "bosung", "thamtra", "khac", "trabuoc"):
        assert "không thuộc phần" in text(await inspector.says(f"/{command} {CODE}")), command
    assert "không thuộc vai" in text(await inspector.says("/xacnhan 1"))
    assert "N.N. Lan" in text(await inspector.says(f"/hoso {CODE}"))
    assert before == await office.do(lambda c: history.chain(c).lines)


async def test_a_helper_records_what_the_applicant_does_and_nothing_else(office: Office) -> None:
    hai = office.phone(HELPER)
    said = text(await hai.says(f"/buoc {CODE} assign_helper"))
    assert "phần của chi bộ" in said
    await to_application(office)
    said = await records(hai, "application", "=Hôm nay")
    assert "Đã ghi" in said
    assert await step_of(office) == "application"


async def test_a_contact_that_tells_of_a_step_offers_to_record_it(office: Office) -> None:
    hai = office.phone(HELPER)
    await hai.says("hôm nay gặp chị Ngọc Lan ở nhà văn hóa, chị đã viết đơn")
    await hai.presses("Lưu")
    assert "ghi bước" not in hai.last.text
    await to_application(office)
    await hai.says("hôm nay gặp chị Ngọc Lan ở nhà văn hóa, chị chưa viết đơn")
    await hai.presses("Lưu")
    assert "ghi bước" not in hai.last.text
    await hai.says("hôm nay gặp chị Ngọc Lan ở nhà văn hóa, chị đã viết đơn")
    said = text(await hai.presses("Lưu"))
    assert "ghi bước “Đơn xin vào Đảng” luôn không?" in said
    await hai.presses("Ghi bước")
    assert "Đã ghi" in await fills(hai, "=Hôm nay")
    dated = (await facts_of(office)).dates["application_written"]
    assert dated == date(2026, 12, 10)
