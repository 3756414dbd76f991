"""The card on one screen, why a date is what it is, and what moves if the branch meets on another day."""

from datetime import date

import pytest

from storage.forms import of as form_of
from tests.dialogues.journeys import CODE, HELPER, LINE, SECRETARY, facts_of, records, text, to_application, to_vote
from tests.office import Office


async def test_the_card_says_step_dates_what_is_missing_and_what_is_next(office: Office) -> None:
    await to_application(office)
    card = text(await office.phone(SECRETARY).says(f"/hoso {CODE}"))
    assert "Bước hiện tại: <b>Cấp ủy cho làm thủ tục xét kết nạp</b> (từ 10/12/2026)" in card
    assert "✓ Giấy chứng nhận bồi dưỡng nhận thức còn giá trị: <b>10/12/2031</b> – còn 60 tháng" in card
    assert "? Tuổi (chưa rõ): chưa ghi ngày sinh" in card
    assert "Việc tiếp theo: <b>Đơn xin vào Đảng</b> (người vào Đảng)" in card
    assert len(card) <= 900
    labels = [button.label for row in office.phone(SECRETARY).last.buttons for button in row]
    for wanted in ("Ghi bước", "Ghi tiếp xúc", "Vì sao?", "Nếu…", "Bổ sung", "Các lần tiếp xúc", "Khác…"):
        assert wanted in labels, wanted


async def test_everything_at_its_longest_still_fits_one_screen(office: Office) -> None:
    name = "Nguyễn Hoàng Phương Bảo Khánh Ngọc Thiên Kim Công Tằng"
    groups = ["youth_union", "teacher", "business_owner", "ethnic_minority"]
    code = await office.has_candidate(name, "B1", HELPER, groups=groups, introduced_by="Hội " + "Doanh nhân trẻ " * 5)
    hai, secretary = office.phone(HELPER), office.phone(SECRETARY)
    await hai.says(f"/tiepxuc {code} gặp")
    await hai.says(f"{hai.button('Thêm ghi chú').send} {'chuyện rất dài ' * 30}")
    await to_application(office, code)
    for person in ("source", "x"):
        said = text(await secretary.says(f"/hoso {code}"))
        assert len(said) <= 900, (person, len(said))
    await secretary.says(f"/buoc {code} branch_vote")
    needs = text(await secretary.says(f"/bosung {code}"))
    assert len(needs) <= 900


async def test_others_read_initials_and_no_notes(office: Office) -> None:
    for name in ("Đỗ Văn Kiểm", "Lý Thị Tổ Chức"):
        card = text(await office.phone(name).says(f"/hoso {CODE}"))
        assert "N.N. Lan" in card
        assert "Nguyễn" not in card
        assert not any(b.label == "Ghi bước" for row in office.phone(name).last.buttons for b in row)


async def test_a_date_explains_itself(office: Office) -> None:
    await to_vote(office)
    secretary = office.phone(SECRETARY)
    await records(secretary, "branch_vote", "=Hôm nay", "12-NQ/CB", LINE)
    said = text(await secretary.presses("Vì sao?"))
    assert "45 ngày làm việc" in said
    assert "đếm từ hôm sau" in said
    assert "Tết" in said
    assert "294-QĐ/TW" in said
    assert "26/5/2025" in said
    assert "mục 4.3.1" in said
    assert "theo bản 2025" in said.lower()
    assert len(said) <= 900
    assert "không có hạn nào tên" in text(await secretary.says(f"/visao {CODE} lễ hội"))


async def test_a_paper_that_lapses_explains_itself_too(office: Office) -> None:
    await to_application(office)
    said = text(await office.phone(SECRETARY).says(f"/visao {CODE} dossier"))
    assert "12 tháng" in said
    assert "06-HD/TW" in said
    assert "09/6/2025" in said


async def test_a_case_without_dates_says_so(office: Office) -> None:
    said = text(await office.phone(SECRETARY).says(f"/visao {CODE}"))
    assert "không có hạn nào" in said


@pytest.mark.parametrize(
    "typed", ["nếu chi bộ họp 05/12", "neu hop 05/12", "/neu QC-0001 họp 05/12", "nếu họp ngày 5/12"]
)
async def test_a_supposed_meeting_moves_the_chain_and_nothing_is_written(office: Office, typed: str) -> None:
    secretary = office.phone(SECRETARY)
    await secretary.says(f"/hoso {CODE}")
    said = text(await secretary.says(typed))
    assert "Nếu chi bộ ra nghị quyết đề nghị kết nạp <b>thứ Bảy 05/12/2026" in said
    assert "Chưa ghi gì vào hồ sơ" in said
    assert said.count("•") >= 5
    assert len(said) <= 900


async def test_a_supposition_without_a_day_that_is_near_asks_for_one(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    for typed in (f"/neu {CODE}", f"/neu {CODE} họp bữa nào", f"/neu {CODE} 9998-01-01"):
        assert "vào ngày nào?" in text(await secretary.says(typed)), typed
    said = text(await secretary.says(f"/neu {CODE} làm lễ 05/12"))
    assert "Nếu lễ kết nạp" in said
    assert "Không có hồ sơ" not in text(await secretary.says("/neu họp 05/12"))


async def test_a_supposition_by_taps(office: Office) -> None:
    await to_vote(office)
    secretary = office.phone(SECRETARY)
    await records(secretary, "branch_vote", "=Hôm nay", "12-NQ/CB", LINE)
    await secretary.says(f"/hoso {CODE}")
    await secretary.presses("Nếu…")
    said = text(await secretary.presses("Họp"))
    assert "(trước:" in said


async def test_a_card_does_not_push_aside_what_is_being_filled_in(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    await secretary.says(f"/buoc {CODE} assign_helper")
    await secretary.says("/hoso QC-0002")
    form = await office.do(lambda c: form_of(c, f"p{office.person[SECRETARY]}"))
    assert form
    assert form.kind == "fill"
    assert "Số nghị quyết" in text(await secretary.says("hôm qua"))


async def test_after_a_card_other_words_mean_what_they_always_mean(office: Office) -> None:
    hai = office.phone(HELPER)
    await hai.says(f"/hoso {CODE}")
    said = text(await hai.says("hôm qua gặp chị Ngọc Lan ở nhà văn hóa"))
    assert "Tôi hiểu thế này" in said
    await hai.says("bỏ")
    await hai.says(f"/hoso {CODE}")
    assert "Không có việc gì đang ghi dở" in text(await hai.says("/huy"))


async def test_what_no_step_records_is_filled_in_by_taps(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    said = text(await secretary.says(f"/bosung {CODE}"))
    assert "chưa ghi ngày sinh" in said
    assert "(chưa rõ)" in said
    await secretary.presses("Ngày sinh")
    await secretary.says("02/04/2000")
    await secretary.presses("Lưu")
    await secretary.presses("Bổ sung")
    await secretary.presses("Học vấn")
    await secretary.presses("Hoàn thành tiểu học")
    await secretary.presses("Không")
    await secretary.presses("Có")
    await secretary.presses("Lưu")
    said = text(await secretary.says(f"/bosung {CODE}"))
    assert "cần văn bản đồng ý trước" in said
    await secretary.presses("Văn bản đồng ý")
    for answer in ("=Vận dụng học vấn", "12-CV/TU", "=Hôm nay", "=Ban thường vụ", "=Già làng"):
        await (secretary.presses(answer[1:]) if answer.startswith("=") else secretary.says(answer))
    await secretary.presses("Lưu")
    said = text(await secretary.says(f"/bosung {CODE}"))
    assert "✓ Tuổi · ✓ Học vấn" in said
    assert (await facts_of(office)).born == date(2000, 4, 2)
