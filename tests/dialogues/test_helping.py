"""Looking after weak branches: help noted in two taps, seen beside each place that needs it, and by the branch."""

from datetime import date

import pytest

from bot.rules.periods import parse
from handlers.papers import paper_of
from storage import helping, history, oversight, units
from tests.dialogues.journeys import text
from tests.dialogues.test_reminders_and_figures import kinds_of
from tests.office import Office, Phone

BOSS, LEAD, SECRETARY, OTHER, MEMBER = (
    "Trần Văn Phòng",
    "Phan Văn Địa Bàn",
    "Lê Thị Bí",
    "Hồ Thị Thư",
    "Lê Thị Hai",
)


NAMED = "branch_unhelped"


async def place_in_list(phone: Phone, line: str) -> int:
    """The number under which a line stands in somebody's list of tasks."""
    for page in range(5):
        for shown in text(await phone.says(f"/viec +{page}")).splitlines():
            if line in shown:
                return int(shown.partition(".")[0])
    raise AssertionError(line)


async def helped(office: Office, unit: str, who: str, on: date, **more: object) -> int:
    """Somebody helped a branch on that day."""
    number = office.unit[unit].id
    person = office.person[who]
    return int(
        await office.do(lambda c: helping.note(c, office.now, person, number, person, "meeting", on, **more))  # type: ignore[arg-type]
    )


async def test_whoever_is_in_charge_notes_help_in_two_taps_and_the_branch_sees_it(office: Office) -> None:
    lead = office.phone(LEAD)
    assert "Giúp <b>Chi bộ Tổ dân phố 1</b> việc gì" in text(await lead.says("ghi luot giup tdp 1"))
    done = text(await lead.says("/ghiluotgiup #2"))
    assert "Bấm là ghi cho hôm nay" in done
    done = text(await lead.presses("Cùng rà nguồn"))
    assert "thứ Sáu 20/11/2026: cùng rà nguồn" in done
    assert "Người giúp: Phan Văn Địa Bàn" in done
    assert "Năm nay 1 lượt" in done
    branch = office.phone(SECRETARY)
    seen = text(await branch.says("/luotgiup"))
    assert "1 lượt" in seen
    assert "20/11: cùng rà nguồn (Phan Văn Địa Bàn)" in seen
    assert "Chưa ghi lượt giúp nào" in text(await office.phone(OTHER).says("lượt giúp"))


async def test_the_list_of_those_who_need_help_tells_when_each_was_helped_last(office: Office) -> None:
    await helped(office, "B1", LEAD, date(2026, 11, 12))
    await helped(office, "B1", LEAD, date(2026, 3, 2))
    await helped(office, "B1", LEAD, date(2025, 12, 30))
    boss = office.phone(BOSS)
    shown = await boss.says("/noicangiup barren #1")
    assert "Chi bộ Tổ dân phố 1 – giúp lần cuối 12/11, 2 lượt năm nay" in text(shown)
    line = next(line for line in text(shown).splitlines() if "Chi bộ Trường Tiểu học – chưa ai giúp" in line)
    await boss.presses(f"Ghi giúp {line[0]}")
    assert "Ai giúp <b>Chi bộ Trường Tiểu học</b>" in boss.last.text
    await boss.presses("Lý Thị Tổ Chức")
    await boss.presses("Việc khác")
    assert "Người giúp: Lý Thị Tổ Chức" in text(await boss.says("Giúp lập kế hoạch"))
    assert "việc khác – Giúp lập kế hoạch" in boss.last.text
    shown = await boss.says("/noicangiup barren #1")
    assert "Chi bộ Trường Tiểu học – giúp lần cuối 20/11, 1 lượt năm nay" in text(shown)


async def test_day_appointment_line_and_person_are_mended_and_everything_taken_back(office: Office) -> None:
    boss = office.phone(BOSS)
    await boss.says(f"/ghiluotgiup #{office.unit['B1'].id}")
    await boss.presses("Phan Văn Địa Bàn · phụ trách")
    await boss.presses("Dự sinh hoạt")
    await boss.presses("Ngày khác")
    assert "chưa tới" in text(await boss.says("25/11"))
    assert "thứ Năm 12/11/2026: dự sinh hoạt" in text(await boss.says("12/11"))
    await boss.presses("Hẹn lần sau")
    assert "đã qua" in text(await boss.says("hôm qua")) or "qua" in boss.last.text
    assert "Hẹn lần sau: thứ Năm 10/12/2026" in text(await boss.says("10/12"))
    await boss.presses("Thêm một dòng")
    assert "120" in text(await boss.says("dài " * 60))
    await boss.says("Cùng chi ủy xem lại danh sách")
    await boss.presses("Người khác giúp")
    assert "Người giúp: Đỗ Văn Kiểm" in text(await boss.presses("Đỗ Văn Kiểm"))
    kept = boss.last
    assert "Đã bỏ lượt giúp" in text(await boss.presses("Hoàn tác"))
    assert "Nút này đã cũ" in text(await boss.presses("Hoàn tác", kept))
    assert "Chưa ghi lượt giúp nào" in text(await boss.says("/luotgiup"))
    lines = await office.do(lambda c: history.of(c, f"unit:{office.unit['B1'].id}"))
    assert [line.action for line in lines if line.action.startswith("help.")] == [
        "help.give",
        *["help.change"] * 4,
        "help.undo",
    ]


async def test_who_helped_and_what_is_understood_when_typed(office: Office) -> None:
    boss = office.phone(BOSS)
    await boss.says("ghi luot giup tdp 1")
    assert "Không rõ “😀 abc”" in text(await boss.says("😀 abc"))
    assert "việc gì" in text(await boss.says("phan van dia ban"))
    done = text(await boss.says("huong dan ho so"))
    assert "hướng dẫn hồ sơ" in done
    assert "Người giúp: Phan Văn Địa Bàn" in done


async def test_a_tap_twice_notes_once_and_an_old_button_says_so(office: Office) -> None:
    lead = office.phone(LEAD)
    asked = await lead.says("/ghiluotgiup #2")
    await lead.presses("Dự sinh hoạt", asked)
    assert "Nút này đã cũ" in text(await lead.presses("Dự sinh hoạt", asked))
    for odd in (
        "/lgiup",
        "/lgiup 1 viec",
        "/lgiup 9 ai 1",
        "/sualuotgiup 1",
        "/sualuotgiup 77 on",
        "/bogiup x",
        "/bogiup 77",
    ):
        assert "Nút này đã cũ" in text(await lead.says(odd)), odd
    assert "1 lượt" in text(await lead.says("/luotgiup"))


async def test_help_is_noted_only_where_one_answers_for_it(office: Office) -> None:
    number = await helped(office, "B1", LEAD, date(2026, 11, 12))
    other = office.phone(OTHER)
    assert "Không có đơn vị này" in text(await other.says(f"/ghiluotgiup #{office.unit['B1'].id}"))
    for command in (f"/bogiup {number}", f"/sualuotgiup {number} on hôm qua"):
        assert "Nút này đã cũ" in text(await other.says(command))
    for name in (MEMBER, "Đỗ Văn Kiểm"):
        assert "không thuộc vai" in text(await office.phone(name).says("/ghiluotgiup"))
    assert "dành cho bí thư" in text(await office.phone(MEMBER).says("/luotgiup"))
    assert "1 lượt" in text(await office.phone("Đỗ Văn Kiểm").says("/luotgiup"))


async def test_a_province_reads_how_often_and_what_but_neither_names_nor_lines(office: Office) -> None:
    await office.has_unit("P", "Tỉnh Thử Nghiệm", "province")
    await office.do(lambda c: units.move(c, office.now, None, office.unit["W"], office.unit["P"]))
    await office.has_person("Vũ Thị Tỉnh", "office", "P")
    await helped(office, "B1", LEAD, date(2026, 11, 12), words="Gặp gia đình chị Lan")
    phone = office.phone("Vũ Thị Tỉnh")
    shown = await phone.says("/luotgiup")
    assert "dự sinh hoạt chi bộ" in text(shown)
    assert "Lan" not in text(shown)
    assert "Phan Văn" not in text(shown)
    assert "Ghi lượt giúp" not in [button.label for row in phone.last.buttons for button in row]
    assert "không có chi bộ nào" in text(await phone.says("/ghiluotgiup"))


async def test_somebody_with_several_branches_sees_them_as_one_area(office: Office) -> None:
    await office.has_person(LEAD, "area_supervisor", "B2")
    await helped(office, "B2", LEAD, date(2026, 11, 1))
    lead = office.phone(LEAD)
    assert "2 đơn vị đồng chí phụ trách" in text(await lead.says("/tinhhinh"))
    needy = text(await lead.presses("Cần giúp"))
    assert "2 chi bộ trong 2" in needy
    assert "<b>Tổ dân phố 1</b>: nhiều năm không kết nạp – chưa ai giúp" in needy
    assert "<b>Trường Tiểu học</b>: nhiều năm không kết nạp – giúp lần cuối 01/11, 1 lượt năm nay" in needy
    goals = text(await lead.says("/chitieu"))
    assert "2 đơn vị đồng chí phụ trách" in goals
    assert "Cộng: kết nạp <b>0</b> · nguồn mới <b>4</b>" in goals
    assert "địa bàn đồng chí phụ trách" in text(await lead.says("/luotgiup"))
    assert "Quá hạn" in text(await lead.says("/quahan")) or "quá hạn" in lead.last.text
    assert "Ghi lượt giúp cho chi bộ nào" in text(await lead.says("/ghiluotgiup"))
    assert "Tổ dân phố 1 · chưa ai giúp" in lead.last.buttons[0][0].label


async def test_who_needs_help_and_has_none_is_named_to_whoever_is_in_charge_until_it_is_given(office: Office) -> None:
    await helped(office, "B1", LEAD, date(2026, 8, 18))
    await office.reminds()
    lead = office.phone(LEAD)
    assert NAMED in await kinds_of(office, LEAD)
    assert NAMED not in await kinds_of(office, BOSS)
    line = "Tổ dân phố 1: trong danh sách cần giúp, lần giúp cuối 18/08/2026"
    number = await place_in_list(lead, line)
    await lead.says(f"/viec xong {number}")
    assert "Giúp <b>Chi bộ Tổ dân phố 1</b> việc gì" in lead.last.text
    await lead.presses("Dự sinh hoạt")
    await office.reminds()
    assert NAMED not in await kinds_of(office, LEAD)


async def test_the_office_hears_of_it_two_weeks_later_and_sets_how_long_is_too_long(office: Office) -> None:
    await helped(office, "B1", LEAD, date(2026, 8, 4))
    await office.reminds()
    assert NAMED in await kinds_of(office, BOSS)
    boss = office.phone(BOSS)
    await boss.says("/cachtinh #1 = help_months 12")
    assert "số tháng chưa ai giúp thì nhắc về chi bộ cần giúp" in boss.last.text
    await office.reminds()
    assert NAMED not in await kinds_of(office, BOSS)


async def test_a_day_agreed_on_is_told_to_whoever_helps_the_day_before(office: Office) -> None:
    await helped(office, "B2", LEAD, date(2026, 11, 10), next_on=date(2026, 11, 21))
    await office.reminds()
    assert await place_in_list(office.phone(LEAD), "Hẹn giúp Chi bộ Trường Tiểu học: thứ Bảy 21/11/2026")


@pytest.mark.parametrize("code", ["2026-11", "2026-Q4", "2026"])
async def test_reports_count_the_help_of_their_period(office: Office, code: str) -> None:
    await helped(office, "B1", LEAD, date(2026, 11, 12))
    await helped(office, "B2", LEAD, date(2026, 11, 1))
    period = parse(code)
    assert period is not None
    paper = await office.do(lambda c: paper_of(c, office.unit["W"], period, office.now.date()))
    assert paper.measure("helped").now == 2


async def test_every_list_is_turned_page_by_page_and_fits_a_phone(office: Office) -> None:
    line = "Cùng chi ủy, đoàn thể rà từng hộ, thấy thêm ba đoàn viên có thể bồi dưỡng trong năm nay."
    for day in range(1, 13):
        await helped(office, "B1", LEAD, date(2026, 11, day), words=line, next_on=date(2026, 12, day))
    for number in range(9):
        await office.has_unit(f"N{number}", f"Chi bộ Trường Trung học cơ sở Nguyễn Thị Minh Khai {number}", parent="W")
    boss = office.phone(BOSS)
    assert "(trang 1/3)" in text(await boss.says("/luotgiup"))
    assert "(trang 2/3)" in text(await boss.presses("Sau ›"))
    assert "(trang 3/3)" in text(await boss.says("/luotgiup +99"))
    await boss.says("/noicangiup nosource #1")
    await boss.presses("Sau ›")
    await boss.says("/ghiluotgiup")
    await boss.presses("Sau ›")
    await boss.says("/xephang khen")
    assert [one.text for one in boss.messages if len(one.text) > 900] == []


async def test_praise_and_reminders_begin_with_the_unit_filled_in(office: Office) -> None:
    boss = office.phone(BOSS)
    await boss.says("/noicangiup barren #1")
    await boss.presses("Nhắc 2")
    assert "Chi bộ Trường Tiểu học" in boss.last.text
    await boss.presses("người đứng đầu")
    for words in ("hôm nay", "Hai năm chưa kết nạp ai.", "12-TB/ĐU", "31/12"):
        await boss.says(words)
    assert "Nhắc nhở, phê bình</b>, người đứng đầu" in boss.last.text
    assert "khắc phục trước 31/12" in boss.last.text


async def test_a_button_of_an_earlier_question_mends_that_answer(office: Office) -> None:
    clerk = office.phone("Đỗ Văn Kiểm")
    await clerk.says(f"/ghikiemtra 2026 u{office.unit['B1'].id} day reminder")
    first = clerk.last
    await clerk.presses("tập thể", first)
    await clerk.says("hôm nay")
    await clerk.presses("người đứng đầu", first)
    for words in ("Hai năm chưa kết nạp ai.", "-", "-"):
        await clerk.says(words)
    assert "Nhắc nhở, phê bình</b>, người đứng đầu" in clerk.last.text
    assert "Nút này đã cũ" in text(await clerk.presses("tập thể", first))


async def test_an_inspection_is_planned_told_before_its_day_and_concluded(office: Office) -> None:
    clerk, branch = office.phone("Đỗ Văn Kiểm"), office.phone(SECRETARY)
    await clerk.says(f"/ghikiemtra 2026 u{office.unit['B1'].id} day inspection")
    await clerk.presses("tập thể")
    for words in ("23/11", "Giám sát việc tạo nguồn.", "07-KH/UBKT", "-"):
        await clerk.says(words)
    assert "📅 sắp tới" in clerk.last.text
    assert "Ghi kết quả việc 1" not in [b.label for row in clerk.last.buttons for b in row]
    await office.reminds()
    assert "inspection" in await kinds_of(office, SECRETARY)
    assert await place_in_list(branch, "Sắp được kiểm tra, giám sát thứ Hai 23/11/2026")
    office.passes(days=4)
    assert "⚠ chưa ghi kết quả" in text(await clerk.says("/kiemtra"))
    asked = await clerk.presses("Ghi kết quả việc 1")
    assert "Nút này đã cũ" in text(
        await branch.says(clerk.messages[-1].buttons[0][0].send.replace("/huy", "/ketquakiemtra 1"))
    )
    assert asked is not None
    await clerk.says("Có kế hoạch, chưa phân công đủ người giúp.")
    assert "→ Có kế hoạch" in text(await clerk.says("30/11"))
    assert "khắc phục trước 30/11" in clerk.last.text
    assert "Nút này đã cũ" in text(await clerk.says("/ketquakiemtra 1"))


async def test_what_is_to_be_put_right_is_told_before_its_day_then_above_until_it_is_done(office: Office) -> None:
    number = office.unit["B1"].id
    day = date(2026, 11, 24)
    await office.do(
        lambda c: oversight.note(c, office.now, None, number, "reminder", "head", date(2026, 11, 2), "Chậm.", None, day)
    )
    await office.reminds()
    assert "mend" in await kinds_of(office, SECRETARY)
    assert "mend" not in await kinds_of(office, LEAD)
    assert await place_in_list(office.phone(SECRETARY), "Việc phải khắc phục sau nhắc nhở ngày 02/11: hạn 24/11/2026")
    office.passes(days=14)
    await office.reminds()
    assert "mend" in await kinds_of(office, LEAD)
    boss = office.phone(BOSS)
    await boss.says("/kiemtra")
    await boss.presses("Đã khắc phục")
    await office.reminds()
    assert "mend" not in await kinds_of(office, SECRETARY) | await kinds_of(office, LEAD)
