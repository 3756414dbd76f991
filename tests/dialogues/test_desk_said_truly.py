"""What screens of the desk say is true: over a year's end, of ended periods, above the committees, typed as spoken."""

from datetime import date, datetime

import pytest

from bot.rules.periods import Period
from storage import targets, units
from tests.dialogues.journeys import text
from tests.office import ZONE, Office

BOSS, LEAD, BRANCH = "Trần Văn Phòng", "Phan Văn Địa Bàn", "Lê Thị Bí"


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)


@pytest.fixture
async def province(office: Office) -> Office:
    """A province above the ward, with an office of its own."""
    await office.has_unit("P", "Tỉnh Thử Nghiệm", "province")
    await office.do(lambda c: units.move(c, office.now, None, office.unit["W"], office.unit["P"]))
    await office.has_person("Vũ Thị Tỉnh", "office", "P")
    return office


async def test_a_province_is_told_a_branchs_own_number_and_nobodys_name(province: Office) -> None:
    await province.has_candidate("Đinh Văn Mới", "B1", step="decision", step_on=date(2026, 10, 5))
    above = province.phone("Vũ Thị Tỉnh")
    branch = f"#{province.unit['B1'].id}"
    assert "Kết nạp <b>1</b>" in text(await above.says(f"/tinhhinh {branch}"))
    shown = text(await above.presses("Kết nạp (1)"))
    assert "kết nạp quý IV/2026 – <b>1</b>" in shown
    assert "Mới" not in shown
    new = text(await above.says(f"/dangvienmoi {branch}"))
    assert "1 người" in new
    assert "Đinh" not in new


async def test_a_province_counts_holders_of_positions_down_to_the_branch(province: Office) -> None:
    await province.has_candidate("Cao Thị Trưởng", "B1", groups=["hamlet_head"])
    above = province.phone("Vũ Thị Tỉnh")
    assert "<b>Phường" not in text(await above.says("/giuvai")).split("\n", 1)[1]
    ward = text(await above.presses("Phường Thử Nghiệm"))
    assert "1 quần chúng giữ vai" in ward and "Chi bộ Tổ dân phố 1: <b>1</b>" in ward
    branch = text(await above.presses("Chi bộ Tổ dân phố 1"))
    assert "1 quần chúng giữ vai" in branch
    assert "Trưởng" not in branch


async def test_on_new_years_day_no_branch_has_been_without_an_admission_for_two_years_at_once(office: Office) -> None:
    await office.has_candidate("Đinh Văn Mới", "B1", step="decision", step_on=date(2025, 12, 20))
    boss = office.phone(BOSS)
    for day, weak in ((date(2026, 12, 31), "B2"), (date(2027, 1, 1), "B2"), (date(2027, 9, 30), "B2")):
        office.now = at(day)
        shown = text(await boss.says("/noicangiup barren #1"))
        assert "<b>1</b> chi bộ" in shown and office.unit[weak].name in shown
    office.now = at(date(2027, 10, 1))
    assert "<b>2</b> chi bộ" in text(await boss.says("/noicangiup barren #1"))


async def test_what_is_counted_today_is_called_so_under_a_period_that_is_over(office: Office) -> None:
    boss = office.phone(BOSS)
    assert "Đang theo dõi 4" in text(await boss.says("/tinhhinh quy 4"))
    over = text(await boss.says("/tinhhinh quy 3"))
    assert "Hiện nay đang theo dõi 4" in over and "Quá hạn hiện nay" in over
    assert "Hồ sơ đang theo dõi: <b>3</b>" in text(await office.phone(BRANCH).says("/baocao"))
    report = text(await office.phone(BRANCH).says("/baocao thang 12"))
    assert "Hồ sơ đang theo dõi hiện nay: <b>3</b>" in report
    assert "quá hạn nộp (23/12/2025)" in report


async def test_whoever_has_a_decision_is_no_source_any_more(office: Office) -> None:
    await office.has_candidate("Đinh Văn Mới", "B1", step="decision", step_on=date(2026, 11, 5))
    boss = office.phone(BOSS)
    shown = text(await boss.says("/tinhhinh"))
    assert "Kết nạp <b>1</b>" in shown and "chờ lễ, dự bị 1" in shown
    assert "chờ xét" not in shown
    assert "4 nguồn hiện có" in text(await boss.says("/coccau nguon"))
    assert "4 hồ sơ đang đi" in text(await boss.says("/kehoach"))


async def test_a_term_that_is_over_takes_nothing_more_and_says_so(office: Office) -> None:
    await office.has_candidate("Đinh Văn Mới", "B1", step="decision", step_on=date(2026, 10, 5))
    await office.has_candidate("Đinh Văn Sau", "B1", step="decision", step_on=date(2030, 10, 5))
    boss = office.phone(BOSS)
    assert "đã hết" not in text(await boss.says("/nhiemky"))
    office.now = at(date(2031, 1, 5))
    shown = text(await boss.says("/nhiemky"))
    assert "đầu nhiệm kỳ: <b>1</b>" in shown and "Bình quân 0,2/năm" in shown
    assert "Nhiệm kỳ này đã hết" in shown
    assert "năm đầu nhiệm kỳ" in text(await boss.presses("Cách tính"))


async def test_a_target_of_nobody_is_no_missing_target(office: Office) -> None:
    boss = office.phone(BOSS)
    await boss.says("/datchitieu B1 quy 4 = 0/2")
    assert "kỳ này không giao" in text(await boss.says("/tinhhinh B1"))
    plan = text(await boss.says("/kehoach B1"))
    assert "không có chỉ tiêu kết nạp" in plan
    assert "chưa giao" not in plan


async def test_whoever_sets_a_year_hears_what_its_quarters_make(office: Office) -> None:
    boss = office.phone(BOSS)
    assert "chưa đặt." in text(await boss.says("/datchitieu B1"))
    for quarter in range(1, 5):
        await boss.says(f"/datchitieu B1 quy {quarter} = 1/2")
    shown = text(await boss.says("/datchitieu B1"))
    assert "đang tính từ các quý hoặc đơn vị bên dưới: kết nạp 4, nguồn 8" in shown
    await boss.says("/huy")
    held = await office.do(lambda c: targets.target_of(c, office.unit["B1"], Period("year", 2026)))
    assert held.admissions == 4


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("nơi nào cần giúp", "Cần giúp"),
        ("chi bo nao can giup?", "Cần giúp"),
        ("con bao nhieu nguoi nua dat chi tieu?", "Chỉ tiêu – Phường"),
        ("ai chua nop bao cao", "Báo cáo tháng 11/2026"),
        ("ai chua nop bao cao quy 3", "Báo cáo quý III/2026"),
        ("chi bo nao chua ket nap ai?", "quý IV/2026"),
        ("quy nay ket nap duoc may nguoi", "quý IV/2026"),
        ("cap uy vien nao chua giup ai", "Cấp ủy viên giúp"),
        ("nhiem ky nay ket nap duoc bao nhieu", "Nhiệm kỳ 2025–2030"),
    ],
)
async def test_a_lead_asks_as_one_speaks_and_gets_the_screen(office: Office, words: str, title: str) -> None:
    assert title in text(await office.phone(BOSS).says(words))


async def test_who_has_several_branches_sees_them_ranked(office: Office) -> None:
    await office.has_person(LEAD, "area_supervisor", "B2")
    await office.has_candidate("Đinh Văn Mới", "B2", step="decision", step_on=date(2026, 10, 5))
    phone = office.phone(LEAD)
    shown = text(await phone.says("xep hang"))
    assert "Xếp hạng – địa bàn đồng chí phụ trách" in shown
    assert shown.index("1. <b>Trường Tiểu học") < shown.index("2. <b>Tổ dân phố 1")
    assert "địa bàn đồng chí phụ trách" in text(await phone.presses("Đề nghị khen")).casefold()


async def test_a_secretary_who_asks_who_is_late_sees_the_branchs_own_report(office: Office) -> None:
    phone = office.phone(BRANCH)
    assert "Bản nháp" in text(await phone.says("/chuanop"))
    phone.button("Nộp báo cáo")
    await phone.says("/kiemtra")
    assert "Chi bộ Tổ dân phố 1 – quý IV" in text(await phone.presses("Tình hình"))


async def test_a_button_to_a_unit_out_of_sight_reads_like_one_to_none(office: Office) -> None:
    phone = office.phone(BRANCH)
    hidden, none = text(await phone.says("/tinhhinh #3")), text(await phone.says("/tinhhinh #99"))
    assert hidden == none
    assert "#" not in hidden and "Không có đơn vị này" in hidden
    assert "Không có đơn vị này" in text(await phone.says("/camket 2026 u3"))
    phone.button("Cách dùng")


async def test_the_branch_that_was_helped_may_be_typed(office: Office) -> None:
    await office.has_person(LEAD, "area_supervisor", "B2")
    phone = office.phone(LEAD)
    await phone.says("/ghiluotgiup B1")
    await phone.says("/ghiluotgiup")
    assert "Giúp <b>Chi bộ Trường Tiểu học</b> việc gì?" in text(await phone.says("tieu hoc"))


async def test_enough_may_be_typed_as_well_as_pressed(office: Office) -> None:
    phone = office.phone(BRANCH)
    await phone.says("/vitri")
    await phone.presses("Ghi khu dân cư")
    await phone.says("1/2")
    shown = text(await phone.says("du roi"))
    assert "đúng không" in shown and "1/2" in shown


async def test_a_unit_that_no_picture_has_is_asked_for_with_the_same_command(office: Office) -> None:
    phone = office.phone(BOSS)
    assert "/bieudo TDP1" in text(await phone.says("/bieudo xyz"))
    phone.button("Biểu đồ")


async def test_whoever_tells_a_difficulty_before_its_kind_need_not_tell_it_again(office: Office) -> None:
    phone = office.phone("Lê Thị Hai")
    await phone.says("/vuongmac")
    asked = text(await phone.says("chi ay ban ca dem 😀"))
    assert "“chi ay ban ca dem 😀”" in asked and "loại nào" in asked
    await phone.says("di xa")
    assert "chi ay ban ca dem" in text(await phone.presses("Việc chung"))


async def test_the_history_says_for_which_year_and_quarter_a_target_was_set(office: Office) -> None:
    boss = office.phone(BOSS)
    await boss.says("/datchitieu B1 = 4/8")
    await boss.says("/datchitieu B1 quy 4 = 2/3")
    shown = text(await boss.says("/nhatky B1"))
    assert "năm 2026; quý IV; kết nạp 2; nguồn mới 3" in shown
    assert "năm 2026; kết nạp 4; nguồn mới 8" in shown


async def test_province_and_ward_count_the_same_members(province: Office) -> None:
    for code, members in (("W", 296), ("B1", 36), ("B2", 25)):
        unit = await province.do(lambda c, code=code: units.by_code(c, code))
        await province.do(
            lambda c, unit=unit, members=members: units.change(c, province.now, None, unit, {"members": members})
        )
    await province.has_unit("W2", "Phường Khác", "committee", parent="P")
    await province.has_unit("C1", "Chi bộ Chợ", parent="W2", members=10)
    assert "3 % của 296 đảng viên" in text(await province.phone(BOSS).says("/chitieu"))
    assert "3 % của 306 đảng viên" in text(await province.phone("Vũ Thị Tỉnh").says("/chitieu"))


async def test_who_has_several_branches_sees_which_have_not_handed_in_and_is_offered_them_elsewhere(
    office: Office,
) -> None:
    await office.has_person(LEAD, "area_supervisor", "B2")
    phone = office.phone(LEAD)
    shown = text(await phone.says("ai chua nop bao cao"))
    assert "địa bàn đồng chí phụ trách" in shown and "<b>0/2</b>" in shown
    assert "Báo cáo tháng 11/2026" in text(await phone.presses("✗ Chi bộ Trường Tiểu học"))
    assert "Báo cáo tháng 10/2026" in text(await phone.says("/chuanop +9 thang 10"))
    for command in ("/giuvai", "/cachtinh", "/danhsach silent"):
        assert "chọn một" in text(await phone.says(command))
        assert "Trường Tiểu học" in text(await phone.presses("Chi bộ Trường Tiểu học"))


async def test_a_question_of_branches_is_not_about_somebody_called_so(office: Office) -> None:
    code = await office.has_candidate("Võ Thị Thu Chi", "B1")
    phone = office.phone(BOSS)
    assert code not in text(await phone.says("chi bo nao hay tre nhat"))
    assert code in text(await phone.says("chi Chi the nao roi"))
