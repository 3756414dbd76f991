"""Reports over the chat: written in pieces, handed in, sent back, corrected; who sees what, and the files."""

import io
from datetime import date
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from bot.chat import Message
from bot.rules.periods import Period
from storage import history, people, reports
from storage.reports import Report
from tests.office import Office, Phone

SECRETARY, OTHER_SECRETARY, CLERK = "Lê Thị Bí", "Hồ Thị Thư", "Trần Văn Phòng"
SUPERVISOR, INSPECTOR, MEMBER = "Phan Văn Địa Bàn", "Đỗ Văn Kiểm", "Lê Thị Hai"
NOVEMBER = Period("month", 2026, 11)


def text(message: Message | None) -> str:
    assert message is not None
    return message.text


def labels(message: Message | None) -> list[str]:
    assert message is not None
    return [button.label for row in message.buttons for button in row]


async def writes(phone: Phone, part: str, *pieces: str) -> str:
    """Writes one part of the month's report and saves it."""
    await phone.says("/baocao")
    await phone.presses("Các phần viết")
    await phone.presses(f"Viết: {part}")
    for piece in pieces:
        await phone.says(piece)
    return text(await phone.presses("Lưu"))


async def hands_in(phone: Phone, words: str = "/baocao") -> str:
    await phone.says(words)
    await phone.presses("Nộp báo cáo")
    return text(await phone.presses("Nộp"))


async def versions(office: Office, unit: str = "B1", period: Period = NOVEMBER) -> list[Report]:
    found: list[Report] = await office.do(lambda c: reports.versions(c, office.unit[unit].id, period.code))
    return found


async def test_a_report_is_written_in_pieces_and_handed_in_once(office: Office) -> None:
    bi = office.phone(SECRETARY)
    said = text(await bi.says("bao cao"))
    assert "Báo cáo tháng 11/2026" in said
    assert "nộp trước 23/11" in said
    assert "✗ Ưu điểm" in said
    saved = await writes(bi, "Ưu điểm", "Đã phân công đảng viên giúp đỡ.", "Sinh hoạt chuyên đề đều.")
    assert "Hạn chế, khuyết điểm · Nguyên nhân" in saved
    await bi.says("/baocao")
    asked = text(await bi.presses("Nộp báo cáo"))
    assert "⚠ Chưa viết: Hạn chế" in asked
    assert "Phường Thử Nghiệm" in asked
    check = bi.last
    assert "Đã nộp lên Phường Thử Nghiệm" in text(await bi.presses("Nộp", check))
    assert "đã nộp rồi" in text(await bi.presses("Nộp", check))
    [report] = await versions(office)
    assert (report.state, report.version, report.handed_in_by) == ("handed_in", 1, office.person[SECRETARY])
    assert report.parts["strengths"] == "Đã phân công đảng viên giúp đỡ.\nSinh hoạt chuyên đề đều."
    told = office.phone(CLERK).messages
    assert [m.text for m in told] == ["<b>Chi bộ Tổ dân phố 1</b> đã nộp báo cáo tháng 11/2026."]
    assert await office.do(history.broken) is None


async def test_a_part_half_typed_is_there_after_a_restart(office: Office) -> None:
    bi = office.phone(SECRETARY)
    await bi.says("/baocao")
    await bi.presses("Viết: Ưu điểm")
    await bi.says("Câu thứ nhất.")
    again = office.restarted()
    office.passes(days=2)
    phone = again.phone(SECRETARY)
    assert "Câu thứ nhất." in text(await phone.says("Câu thứ hai."))
    assert "Đã lưu" in text(await phone.says("lưu"))
    [report] = await versions(office)
    assert report.parts["strengths"] == "Câu thứ nhất.\nCâu thứ hai."


async def test_words_that_begin_like_a_command_are_still_words_of_the_part(office: Office) -> None:
    bi = office.phone(SECRETARY)
    await bi.says("/baocao")
    await bi.presses("Viết: Ưu điểm")
    await bi.says("Tiếp xúc quần chúng đều đặn, báo cáo đúng hạn 🙂")
    assert "Đã lưu" in text(await bi.presses("Lưu"))
    [report] = await versions(office)
    assert report.parts["strengths"].startswith("Tiếp xúc quần chúng")


async def test_what_was_written_last_time_stands_beside_and_can_be_taken_over(office: Office) -> None:
    bi = office.phone(SECRETARY)
    office.passes(days=-30)
    await writes(bi, "Ưu điểm", "Tháng Mười làm tốt việc phân công.")
    office.passes(days=30)
    await bi.says("/baocao")
    asked = text(await bi.presses("Viết: Ưu điểm"))
    assert "Kỳ trước (tháng 10/2026): <i>Tháng Mười làm tốt" in asked
    assert "Tháng Mười" in text(await bi.presses("Chép kỳ trước"))
    await bi.presses("Lưu")
    assert (await versions(office))[0].parts["strengths"] == "Tháng Mười làm tốt việc phân công."
    asked = text(await bi.says(f"/phanbaocao 2026-11 u{office.unit['B1'].id} strengths"))
    assert "Đang có: Tháng Mười" in asked
    await bi.presses("Giữ bài cũ")
    await bi.says("Thêm một ý.")
    await bi.presses("Viết lại")
    await bi.says("Viết lại từ đầu.")
    await bi.presses("Lưu")
    assert (await versions(office))[0].parts["strengths"] == "Viết lại từ đầu."


async def test_a_report_sent_back_is_corrected_and_no_version_is_lost(office: Office) -> None:
    bi, clerk = office.phone(SECRETARY), office.phone(CLERK)
    await writes(bi, "Ưu điểm", "Bản đầu.")
    await hands_in(bi)
    await clerk.says("/chuanop")
    await clerk.presses("✓ Chi bộ Tổ dân phố 1")
    await clerk.presses("Trả lại")
    assert "200" in text(await clerk.says("x" * 201))
    assert "Đã trả lại" in text(await clerk.says("Chưa nêu nguyên nhân."))
    assert "được trả lại: Chưa nêu nguyên nhân." in bi.last.text
    assert "Bị trả lại" in text(await bi.says("/baocao"))
    assert [u.code for u in await office.do(_late(office))] == ["B1", "B2"]
    await writes(bi, "Nguyên nhân", "Do đi làm ca.")
    assert "Bản sửa" in text(await bi.says("/baocao"))
    await hands_in(bi)
    newest, first = await versions(office)
    assert (newest.state, newest.version, newest.parts.keys()) == ("handed_in", 2, {"strengths", "causes"})
    assert (first.state, first.returned_why, first.parts.keys()) == ("returned", "Chưa nêu nguyên nhân.", {"strengths"})
    assert "nộp lại bản sửa" in clerk.last.text
    assert [u.code for u in await office.do(_late(office))] == ["B2"]


def _late(office: Office) -> Any:
    return lambda c: reports.not_handed_in(c, office.unit["W"], NOVEMBER.code)


async def test_what_is_handed_in_keeps_its_figures_and_is_corrected_in_a_version_of_its_own(office: Office) -> None:
    bi = office.phone(SECRETARY)
    await hands_in(bi)
    assert "Lần tiếp xúc" not in text(await bi.says("/baocao"))
    await office.phone(MEMBER).says("/tiepxuc QC-0001 gặp")
    assert "Lần tiếp xúc" not in text(await bi.says("/baocao")), "as it was handed in"
    refused = text(await bi.says(f"/phanbaocao 2026-11 u{office.unit['B1'].id} causes"))
    assert "Lập bản sửa" in refused
    corrected = text(await bi.presses("Lập bản sửa"))
    assert "bản trước vẫn được giữ" in corrected
    assert "Lần tiếp xúc quần chúng: <b>1</b>" in corrected
    assert [u.code for u in await office.do(_late(office))] == ["B2"], "the first one counts until then"
    await hands_in(bi)
    assert [report.state for report in await versions(office)] == ["handed_in", "replaced"]


async def test_the_ward_takes_in_what_its_branches_wrote(office: Office) -> None:
    await writes(office.phone(SECRETARY), "Ưu điểm", "Tổ dân phố phân công rõ người.")
    await writes(office.phone(OTHER_SECRETARY), "Ưu điểm", "Trường có hai giáo viên trẻ.")
    clerk = office.phone(CLERK)
    said = text(await clerk.says("/baocao"))
    assert "Đơn vị đã nộp: <b>0/2</b>" in said
    await clerk.presses("Viết: Ưu điểm")
    assert "2 đơn vị đã viết" in text(await clerk.presses("Xem các chi bộ viết"))
    await clerk.presses("Đưa tất cả")
    await clerk.presses("Lưu")
    [report] = await versions(office, "W")
    assert report.parts["strengths"].splitlines() == [
        "Chi bộ Tổ dân phố 1: Tổ dân phố phân công rõ người.",
        "Chi bộ Trường Tiểu học: Trường có hai giáo viên trẻ.",
    ]


@pytest.mark.parametrize(
    ("who", "words", "hears"),
    [
        (SECRETARY, "/baocao TDP9", "Không có đơn vị"),
        (SECRETARY, "/baocao 2026-11 u{B2}", "Không có đơn vị"),
        (SECRETARY, "/baocao 2026-11 u99999", "Không có đơn vị"),
        (SECRETARY, "/nopbaocao 2026-11 u{W} ok", "Không có đơn vị"),
        (SUPERVISOR, "/nopbaocao 2026-11 u{B1} ok", "Đồng chí xem được, không sửa được"),
        (SUPERVISOR, "/phanbaocao 2026-11 u{B1}", "còn là bản nháp"),
        (SUPERVISOR, "/trabaocao 2026-11 u{B1}", "chỉ nơi nhận"),
        (INSPECTOR, "/phanbaocao 2026-11 u{B1} causes", "do bí thư"),
        (CLERK, "/trabaocao 2026-11 u{B1}", "chưa có báo cáo"),
        (CLERK, "/nopbaocao 2027-01 u{B1} ok", "chưa bắt đầu"),
        (MEMBER, "/baocao", "không thuộc vai"),
        (MEMBER, "/tepbaocao 2026-11 u{B1} docx", "không thuộc vai"),
        ("a stranger", "/baocao", "mã mời"),
        (SECRETARY, "/tepbaocao 2026-11 u{B1} exe", "Nút này đã cũ"),
        (SECRETARY, "/phanbaocao xyz", "Nút này đã cũ"),
        (SECRETARY, "/vietphan 99 luu", "Nút này đã cũ"),
        (SECRETARY, "/nopbaocao", "Nút này đã cũ"),
        (SECRETARY, "/baocao 🙂", "Không có đơn vị"),
    ],
)
async def test_what_is_not_theirs_or_is_no_report_is_said_clearly(
    office: Office, who: str, words: str, hears: str
) -> None:
    numbers = {code: unit.id for code, unit in office.unit.items()}
    said = await office.phone(who).says(words.format(**numbers))
    assert hears in text(said)
    assert labels(said), "there is a way on"


async def test_anothers_unit_and_none_at_all_read_the_same(office: Office) -> None:
    bi = office.phone(SECRETARY)
    theirs = text(await bi.says(f"/baocao 2026-11 u{office.unit['B2'].id}"))
    assert theirs == text(await bi.says("/baocao 2026-11 u424242"))


async def test_a_draft_s_words_stay_with_its_writers_and_the_paper_of_others_has_none(office: Office) -> None:
    await writes(office.phone(SECRETARY), "Ưu điểm", "Chữ của chi ủy.")
    for who, read in ((CLERK, True), (SUPERVISOR, False)):
        said = await office.phone(who).says(f"/tepbaocao 2026-11 u{office.unit['B1'].id} docx")
        assert said is not None and said.file is not None
        words = "\n".join(p.text for p in Document(io.BytesIO(said.file.content)).paragraphs)
        assert ("Chữ của chi ủy." in words) == read, who
        assert "Nguyễn Ngọc Lan" not in words


async def test_the_files_of_a_ward_come_with_their_names(office: Office) -> None:
    clerk = office.phone(CLERK)
    await clerk.says("/baocao năm")
    sheet = await clerk.presses("Bảng Excel")
    assert sheet is not None and sheet.file is not None
    assert sheet.file.name == "bao-cao-nam-w-2026.xlsx"
    assert {"Tổng hợp", "Theo đơn vị", "Chứng cứ"} <= set(load_workbook(io.BytesIO(sheet.file.content)).sheetnames)
    picture = await clerk.presses("Ảnh tóm tắt")
    assert picture is not None and picture.file is not None
    assert picture.file.content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("typed", "period"),
    [
        ("/baocao quý 4", "quý IV/2026"),
        ("báo cáo quý trước", "quý III/2026"),
        ("/baocao thang 12", "tháng 12/2025"),
        ("/baocao 6 tháng đầu năm", "6 tháng đầu năm 2026"),
        ("/baocao nam 2025 to dan pho 1", "năm 2025"),
        ("/baocao B1 10/2026", "tháng 10/2026"),
        ("/baocao q3", "quý III/2026"),
    ],
)
async def test_periods_are_understood_as_they_are_typed(office: Office, typed: str, period: str) -> None:
    said = text(await office.phone(SECRETARY).says(typed))
    assert f"Báo cáo {period}" in said
    assert "Chi bộ Tổ dân phố 1" in said


async def test_in_the_first_days_of_a_month_the_report_is_that_of_the_month_before(office: Office) -> None:
    office.passes(days=13)
    said = text(await office.phone(SECRETARY).says("/baocao"))
    assert "Báo cáo tháng 11/2026" in said
    assert "quá hạn nộp (23/11)" in said


async def test_who_leads_several_units_is_asked_which(office: Office) -> None:
    await office.has_person(SUPERVISOR, "area_supervisor", "B2")
    supervisor = office.phone(SUPERVISOR)
    asked = await supervisor.says("/baocao quý 4")
    assert labels(asked)[:2] == ["Chi bộ Tổ dân phố 1", "Chi bộ Trường Tiểu học"]
    assert "quý IV/2026" in text(await supervisor.presses("Chi bộ Trường"))


async def test_the_list_of_who_has_not_handed_in_turns_its_pages(office: Office) -> None:
    for number in range(20):
        await office.has_unit(f"N{number}", f"Chi bộ số {number}", parent="W")
    await hands_in(office.phone(SECRETARY))
    clerk = office.phone(CLERK)
    said = await clerk.says("chua nop")
    assert "<b>1/22</b>" in text(said)
    seen = [label for label in labels(said) if "Chi bộ" in label]
    while "Sau ›" in labels(clerk.last):
        seen += [label for label in labels(await clerk.presses("Sau ›")) if "Chi bộ" in label]
    assert len(seen) == len(set(seen)) == 22
    assert seen[-1] == "✓ Chi bộ Tổ dân phố 1"


async def test_the_number_of_a_paper_is_kept(office: Office) -> None:
    bi = office.phone(SECRETARY)
    await bi.says("/baocao")
    await bi.presses("Ghi số")
    assert "Tôi không thấy số" in text(await bi.says("chưa có"))
    assert "Đã ghi số <b>05</b>" in text(await bi.says("5-BC/CB"))
    said = await bi.presses("Bản Word")
    assert said is not None and said.file is not None
    head = Document(io.BytesIO(said.file.content)).tables[0].cell(0, 0).text
    assert "Số 05-BC/CB" in head


async def test_a_commitment_is_kept_for_the_year_and_compared(office: Office) -> None:
    bi, clerk = office.phone(SECRETARY), office.phone(CLERK)
    assert "Chưa ghi cam kết" in text(await bi.says("cam ket"))
    await bi.presses("Ghi cam kết")
    assert "chưa phải một số" in text(await bi.says("nhiều"))
    await bi.presses("1")
    await bi.says("2")
    assert "chưa tới" in text(await bi.says("31/12/2026"))
    said = text(await bi.says("15/1"))
    assert "Ký ngày 15/01/2026" in said
    assert "Nguồn mới: đạt <b>3/2</b>" in said
    assert "✓ 1+2 · Chi bộ Tổ dân phố 1" in labels(await clerk.says("/camket"))
    found = await office.do(lambda c: history.of(c, f"unit:{office.unit['B1'].id}"))
    assert found[-1].action == "unit.commit"


async def test_what_is_to_be_put_right_is_noted_with_its_day_and_ticked_off(office: Office) -> None:
    clerk = office.phone(CLERK)
    await clerk.says("/kiemtra")
    await clerk.presses("Ghi kiểm tra")
    await clerk.presses("Chi bộ Trường")
    await clerk.presses("Nhắc nhở")
    await clerk.presses("người đứng đầu")
    for words in ("hôm qua", "Chưa có kế hoạch tạo nguồn.", "-", "31/12"):
        await clerk.says(words)
    assert "Nhắc nhở, phê bình</b>, người đứng đầu" in clerk.last.text
    assert "khắc phục trước 31/12" in clerk.last.text
    theirs = office.phone(OTHER_SECRETARY)
    seen = await theirs.says("/kiemtra")
    assert "Chưa có kế hoạch" in text(seen)
    assert "Đã khắc phục việc 1" not in labels(seen)
    assert "Chưa ghi việc nào" in text(await office.phone(SECRETARY).says("/kiemtra"))
    assert "Nút này đã cũ" in text(await theirs.says("/khacphuc 1"))
    assert "✓ đã khắc phục 20/11" in text(await clerk.presses("Đã khắc phục"))


async def test_rights_that_end_while_a_part_is_typed_end_the_writing(office: Office) -> None:
    bi = office.phone(SECRETARY)
    await bi.says("/baocao")
    await bi.presses("Viết: Ưu điểm")
    await bi.says("Một câu.")
    today = date(2026, 11, 20)
    await office.do(lambda c: people.end_role(c, office.person[SECRETARY], office.unit["B1"].id, "secretary", today))
    assert "không thuộc vai" in text(await bi.presses("Lưu"))
    assert await versions(office) == []


async def test_every_screen_of_a_large_ward_fits_a_phone(office: Office) -> None:
    clerk = office.phone(CLERK)
    long_name = "Chi bộ Trường Trung học cơ sở Nguyễn Thị Minh Khai khu vực"
    for number in range(8):
        await office.has_unit(f"N{number}", f"{long_name} {number}", parent="W")
    for part in ("Ưu điểm", "Hạn chế", "Nguyên nhân", "Nhiệm vụ"):
        await writes(clerk, part, "Một đoạn dài. " * 60)
    await clerk.says("/baocao năm")
    await clerk.says("/chuanop")
    await clerk.says("/baocao")
    await clerk.presses("Các phần viết")
    assert all(len(message.text) <= 900 for message in clerk.messages)
