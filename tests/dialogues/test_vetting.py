"""Vetting over the chat: where, when, by whom, whether it is back; never what was answered."""

from datetime import date

from sqlalchemy import select

from storage import history
from storage.tables import vettings
from tests.dialogues.journeys import CLERK, CODE, HELPER, SECRETARY, facts_of, fills, records, text, to_application
from tests.office import Office, Phone


async def at_vetting(office: Office) -> Phone:
    secretary = office.phone(SECRETARY)
    await to_application(office)
    await records(secretary, "application", "=Hôm nay")
    await records(secretary, "cv", "=Hôm nay")
    await records(secretary, "vetting", "=Hôm nay", "15-CV/ĐU", "1")
    return secretary


async def asks(secretary: Phone, place: str = "xã Hải Lăng", carrier: str = "=Đảng viên được cử đi") -> str:
    await secretary.says(f"/thamtra {CODE} them")
    for answer in (place, "=Trong nước", "=Hôm nay", "22-CV/ĐU", carrier, "=Không", "=Lê Thị Hai"):
        await (secretary.presses(answer[1:]) if answer.startswith("=") else secretary.says(answer))
    return secretary.last.text


async def test_a_place_is_asked_received_and_answered(office: Office) -> None:
    secretary = await at_vetting(office)
    assert "xã Hải Lăng" in await asks(secretary)
    await secretary.presses("Lưu")
    said = text(await secretary.says(f"/thamtra {CODE}"))
    assert "chưa rõ ngày nhận" in said
    assert "đ/c Hai" in said
    await secretary.presses("Đã nhận: xã Hải Lăng")
    said = await fills(secretary, "=Hôm nay")
    assert "còn 30 ngày làm việc" in said
    office.passes(days=60)
    card = text(await secretary.says(f"/hoso {CODE}"))
    assert "xã Hải Lăng" in card
    assert "quá hạn" in card
    assert "hỏi lại nơi chưa trả lời" in card
    await secretary.presses("Ghi đã có kết quả")
    said = await fills(secretary, "=Hôm nay")
    assert "✓ Các nơi đã trả lời đủ" in said
    assert "1/1 nơi" in text(await secretary.says(f"/thamtra {CODE}"))


async def test_the_applicant_and_relatives_never_carry_the_papers(office: Office) -> None:
    secretary = await at_vetting(office)
    for carrier in ("=Người vào Đảng", "=Người thân"):
        said = await asks(secretary, carrier=carrier)
        assert "không được mang lý lịch" in said
        assert not any(button.label == "Lưu" for row in secretary.last.buttons for button in row)
        assert "không được mang" in text(await secretary.says("lưu"))
    assert not await office.do(lambda c: c.execute(select(vettings)).all())


async def test_the_office_is_asked_for_help_by_code_and_initials(office: Office) -> None:
    secretary, clerk = await at_vetting(office), office.phone(CLERK)
    assert "không có nơi nào" in text(await secretary.says(f"/thamtra {CODE} nho"))
    await asks(secretary)
    await secretary.presses("Lưu")
    await secretary.says(f"/thamtra {CODE} nhan 1")
    await fills(secretary, "=Hôm nay")
    office.passes(days=70)
    await secretary.says(f"/hoso {CODE}")
    said = text(await secretary.presses("Nhờ đảng ủy"))
    assert "Đã nhờ văn phòng" in said
    assert f"{CODE} (N.N. Lan)" in clerk.last.text
    assert "xã Hải Lăng" in clerk.last.text
    assert "Nguyễn Ngọc" not in clerk.last.text


async def test_an_answer_before_the_question_is_refused(office: Office) -> None:
    secretary = await at_vetting(office)
    await asks(secretary)
    await secretary.presses("Lưu")
    office.passes(days=3)
    await secretary.says(f"/thamtra {CODE} co 1")
    said = text(await secretary.says("01/11/2026"))
    assert "trước ngày" in said
    assert not any(button.label == "Lưu" for row in secretary.last.buttons for button in row)


async def test_a_place_is_not_asked_before_its_step(office: Office) -> None:
    said = text(await office.phone(SECRETARY).says(f"/thamtra {CODE} them"))
    assert "Thẩm tra lý lịch" in said
    assert "trước rồi mới" in said


async def test_the_history_holds_days_and_no_content(office: Office) -> None:
    secretary = await at_vetting(office)
    await asks(secretary)
    await secretary.presses("Lưu")
    told = await office.do(lambda c: [entry.action for entry in history.of(c, "candidate:1")])
    assert "case.vetting_send" in told
    facts = await facts_of(office)
    assert [one.sent_on for one in facts.vettings] == [date(2026, 12, 10)]


async def test_a_helper_sees_and_notes_the_answer_too(office: Office) -> None:
    secretary, hai = await at_vetting(office), office.phone(HELPER)
    await asks(secretary)
    await secretary.presses("Lưu")
    await hai.says(f"/thamtra {CODE} co 1")
    assert "Đã ghi" in await fills(hai, "=Hôm nay")


async def test_a_mistaken_place_is_undone(office: Office) -> None:
    secretary = await at_vetting(office)
    await asks(secretary)
    await secretary.presses("Lưu")
    await secretary.presses("Hoàn tác")
    assert "Chưa ghi nơi nào" in text(await secretary.says(f"/thamtra {CODE}"))
