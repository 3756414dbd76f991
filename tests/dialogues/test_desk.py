"""The lead's desk: status, what is overdue, targets, ranking and composition, for each role."""

from datetime import date
from typing import Any

import pytest

from bot.chat import Message
from bot.rules.periods import parse
from handlers.unit_search import matching
from storage import candidates, exits, history, people, standing, tallying, units
from storage.units import Unit
from tests.office import Office

BOSS, LEAD, BRANCH, MEMBER = "Trần Văn Phòng", "Phan Văn Địa Bàn", "Lê Thị Bí", "Lê Thị Hai"


def text(message: Message | None) -> str:
    assert message is not None
    return message.text


def labels(message: Message | None) -> list[str]:
    assert message is not None
    return [button.label for row in message.buttons for button in row]


async def admitted(office: Office, name: str, unit: str, on: date, **more: Any) -> str:
    """Somebody who was admitted by a decision of that day."""
    code = await office.has_candidate(name, unit, step="decision", step_on=on, **more)
    return str(code)


@pytest.fixture
async def province(office: Office) -> Office:
    """A province above the ward, with an office of its own, and a second ward."""
    await office.has_unit("P", "Tỉnh Thử Nghiệm", "province")
    await office.has_unit("W2", "Phường Khác", "committee", parent="P")
    await office.has_unit("C1", "Chi bộ Chợ", parent="W2")
    await office.do(lambda c: units.move(c, office.now, None, office.unit["W"], office.unit["P"]))
    await office.has_person("Vũ Thị Tỉnh", "office", "P")
    await office.has_candidate("Cao Văn Chợ", "C1")
    return office


async def test_the_office_sees_the_ward_on_one_screen(office: Office) -> None:
    await admitted(office, "Đinh Văn Mới", "B1", date(2026, 10, 5))
    await admitted(office, "Đinh Văn Cũ", "B1", date(2026, 7, 5))
    phone = office.phone(BOSS)
    await phone.says("/datchitieu #1 quy 4 = 4/6")
    shown = text(await phone.says("tình hình"))
    assert "<b>Phường Thử Nghiệm – quý IV/2026</b> (còn 41 ngày)" in shown
    assert "Kết nạp <b>1/4</b> ▮▯▯▯ (quý III: 1)" in shown
    assert "Lâu chưa ai gặp: <b>" in shown
    assert "Chưa kết nạp ai năm 2026: <b>Trường Tiểu học</b>" in shown
    assert "Tính theo ngày quyết định kết nạp" in shown
    for label in ("Kết nạp (1)", "Nguồn mới", "Theo bước", "Từng đơn vị", "Lâu chưa gặp", "Chỉ tiêu"):
        phone.button(label)
    assert "Đinh Văn Mới" in text(await phone.presses("Kết nạp (1)"))
    assert "Phường Thử Nghiệm" in text(await phone.presses("‹ Phường"))


async def test_every_number_leads_to_its_list_and_every_unit_up_and_down(office: Office) -> None:
    phone = office.phone(BOSS)
    first = await phone.says("/tinhhinh")
    assert "Nguyễn Ngọc Lan" in text(await phone.presses("Lâu chưa gặp", first))
    assert "Nguồn: 4" in text(await phone.presses("Theo bước", first))
    assert "Võ Văn Sơn" in text(await phone.presses("Nguồn (4)"))
    assert "Tổ dân phố 1" in text(await phone.presses("Từng đơn vị", first))
    below = await phone.presses("Chi bộ Tổ dân phố 1")
    assert "Chi bộ Tổ dân phố 1" in text(below)
    assert "‹ Phường Thử Nghiệm" in labels(below)
    assert "quý III/2026" in text(await phone.presses("‹ Kỳ trước"))


async def test_long_lists_are_turned_page_by_page(office: Office) -> None:
    for number in range(7):
        await office.has_candidate(f"Người Thứ {number}", "B1", listed_on=date(2026, 10, 1 + number))
    phone = office.phone(BOSS)
    shown = await phone.says("/danhsach sources #1 2026-Q4")
    assert "(trang 1/2)" in text(shown)
    assert "(trang 2/2)" in text(await phone.presses("Sau ›"))
    assert "(trang 2/2)" in text(await phone.says("/danhsach sources #1 2026-Q4 +99"))


async def test_a_member_sees_only_what_is_late_for_those_one_helps(office: Office) -> None:
    code = await office.has_candidate("Bùi Thị Trễ", "B1", MEMBER, step="probation", step_on=date(2026, 3, 2))
    await office.has_candidate("Hồ Văn Khác", "B1", "Bùi Văn Ba", step="probation", step_on=date(2026, 3, 2))
    phone = office.phone(MEMBER)
    shown = await phone.says("quá hạn")
    assert f"{code} (B.T. Trễ)" in text(shown)
    assert "Khác" not in text(shown)
    assert "Việc của đ/c Hai" in text(shown)
    assert phone.button("Ghi bước").send == f"/buoc {code}"
    for command in ("/tinhhinh", "/chitieu", "/xephang", "/coccau", "/danhsach late #1", "/noicangiup"):
        assert "dành cho bí thư" in text(await phone.says(command)), command
    assert "không có việc nào quá hạn" in text(await office.phone("Mai Văn Tư").says("/quahan"))


async def test_what_is_overdue_stands_oldest_first_with_who_should_act(office: Office) -> None:
    await office.has_candidate("Bùi Thị Trễ", "B1", MEMBER, step="probation", step_on=date(2026, 5, 4))
    older = await office.has_candidate("Hồ Văn Lâu", "B2", "Mai Văn Tư", step="probation", step_on=date(2026, 3, 2))
    shown = text(await office.phone(BOSS).says("/quahan"))
    assert shown.index("H.V. Lâu") < shown.index("B.T. Trễ")
    assert "Hồ Văn Lâu" not in shown
    assert "Trường Tiểu học" in shown
    only = text(await office.phone(BRANCH).says("/quahan"))
    assert "B.T. Trễ" in only
    assert older not in only
    assert "Không có đơn vị này" in text(await office.phone(BRANCH).says(f"/quahan #{office.unit['B2'].id}"))


async def test_a_secretary_sees_the_branch_and_nothing_beside_or_above(office: Office) -> None:
    phone = office.phone(BRANCH)
    shown = await phone.says("/tinhhinh")
    assert "Chi bộ Tổ dân phố 1" in text(shown)
    assert not [label for label in labels(shown) if label.startswith("‹ Phường")]
    for other in ("#1", "B2", "truong tieu hoc", "W", "Phường Thử Nghiệm", "#99999999999"):
        for command in ("/tinhhinh", "/quahan", "/chitieu", "/coccau", "/danhsach silent"):
            said = text(await phone.says(f"{command} {other}"))
            assert "Không có đơn vị" in said and "trong phần đồng chí được xem" in said, (command, other)


async def test_a_supervisor_of_several_branches_sees_a_line_for_each(office: Office) -> None:
    await office.has_person(LEAD, "area_supervisor", "B2")
    phone = office.phone(LEAD)
    shown = await phone.says("/tinhhinh")
    assert "2 đơn vị đồng chí phụ trách" in text(shown)
    assert "Tổ dân phố 1" in text(shown)
    assert "Trường Tiểu học" in text(shown)
    assert "Chi bộ Trường Tiểu học – quý IV/2026" in text(await phone.presses("Chi bộ Trường Tiểu học", shown))
    assert "Xếp hạng – địa bàn đồng chí phụ trách" in text(await phone.says("/xephang"))


async def test_a_province_sees_counts_of_wards_and_no_name(province: Office) -> None:
    phone = province.phone("Vũ Thị Tỉnh")
    ward = province.unit["W"].id
    first = await phone.says("/tinhhinh")
    assert "Tỉnh Thử Nghiệm" in text(first)
    lists = [
        *(f"/danhsach {kind} #{ward}" for kind in ("silent", "sources", "admitted", "contacts", "stage:source")),
        *(f"/danhsach {kind}" for kind in ("silent", "sources", "stage:source", "late")),
        "/quahan",
        f"/quahan #{ward}",
        f"/quahan #{province.unit['B1'].id}",
        "/coccau nguon",
        f"/tinhhinh #{province.unit['B1'].id}",
    ]
    for command in lists:
        said = text(await phone.says(command))
        assert "QC-" not in said, command
        assert not [name for name in ("Lan", "Hòa", "Sơn", "Chợ:") if name in said], command
    assert "Phường Thử Nghiệm: <b>4</b>" in text(await phone.says("/danhsach silent"))
    assert "Hai" not in text(await phone.says("/chitieunguoi"))
    assert "không thuộc vai" in text(await phone.says(f"/chitieunguoi #{province.unit['B1'].id}"))


async def test_inspection_and_the_board_look_and_the_board_sees_initials(office: Office) -> None:
    assert "Phường Thử Nghiệm" in text(await office.phone("Đỗ Văn Kiểm").says("/tinhhinh"))
    shown = text(await office.phone("Lý Thị Tổ Chức").says("/danhsach silent #1"))
    assert "N.N. Lan" in shown
    assert "Nguyễn Ngọc Lan" not in shown
    assert "do văn phòng cấp ủy đặt" in text(await office.phone("Đỗ Văn Kiểm").says("/datchitieu #1 2026 = 5"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/tinhhinh quý 7", "Không có kỳ này"),
        ("/tinhhinh tháng 13", "Không có kỳ này"),
        ("/tinhhinh quý 4 9999", "Không có kỳ này"),
        ("/tinhhinh 😀", "Không có đơn vị nào"),
        ("/tinhhinh tổ 99", "Không có đơn vị nào"),
        ("/tinhhinh chi bo", "Có 2 đơn vị"),
        ("/tinh hinh to dan pho 1", "Chi bộ Tổ dân phố 1 – quý IV/2026"),
        ("/tinhhinh b2 quy truoc", "Chi bộ Trường Tiểu học – quý III/2026"),
        ("/tinhhinh 6 tháng đầu năm", "6 tháng đầu năm 2026"),
        ("/tinhhinh thang 10", "tháng 10/2026"),
        ("/tinhhinh nam ngoai", "năm 2025"),
        ("/tinhhinh Q3/2025", "quý III/2025"),
        ("noi nao can giup", "Cần giúp"),
        ("con bao nhieu nguoi nua dat chi tieu", "Chỉ tiêu – Phường Thử Nghiệm"),
        ("chỉ tiêu quý này", "quý IV/2026"),
        ("/danhsach linh tinh", "không có danh sách này"),
        ("/danhsach", "không có danh sách này"),
        ("/coccau", "chưa kết nạp ai"),
        ("/chitieu b1 = 5", "Không có đơn vị nào"),
        ("/xephang b1", "không có đơn vị bên dưới"),
        ("/cachtinh #1 = rank_target 101", "từ 0 đến 100"),
        ("/cachtinh #1 = rank_target abc", "từ 0 đến 100"),
        ("/cachtinh #1 = contact_every_days 8", "Cách tính số liệu"),
        ("/rakhoidang #1 = struck_off x", "chưa đọc được"),
        ("/rakhoidang #1 = reprimand 1", "Chọn loại"),
        ("/datchitieu #1 2026 = bảy", "chưa đọc được"),
        ("/datchitieu #1 tháng 10 = 7", "cả năm hoặc từng quý"),
        ("/datnguoi b1 2026 = 999", "chọn từ danh sách"),
        ("/datdoanthe #1 2026 = youth_union x", "chưa đọc được"),
    ],
)
async def test_what_is_typed_is_understood_or_answered_with_a_way_on(office: Office, typed: str, said: str) -> None:
    shown = await office.phone(BOSS).says(typed)
    assert said in text(shown)
    assert labels(shown)


async def test_the_office_sets_targets_in_the_chat_and_the_history_tells_who(office: Office) -> None:
    phone = office.phone(BOSS)
    await phone.says("/chitieu")
    assert "ví dụ <b>7/12</b>" in text(await phone.presses("Đặt chỉ tiêu"))
    shown = await phone.says("7/12")
    assert "✓ Đã ghi" in text(shown)
    assert "Kết nạp <b>0/7 (0 %, thiếu 7)</b>" in text(shown)
    split = text(await phone.presses("Chia đều bốn quý", shown))
    assert "I: 0/2 · II: 0/2 · III: 0/2 · IV: 0/1" in split
    told = text(await phone.presses("Ai đặt, lúc nào"))
    assert "Trần Văn Phòng: cả năm – kết nạp 7 – nguồn 12" in told
    assert "quý IV – kết nạp 1 – nguồn 3" in told
    again = text(await phone.says("/datchitieu #1 quý 4 = 3"))
    assert "Bốn quý cộng lại hơn cả năm 2" in again
    assert "✓ Đã ghi" in text(await phone.says("/datchitieu #1 2026 = xóa"))
    entries = await office.do(lambda c: history.of(c, f"unit:{office.unit['W'].id}"))
    assert [entry.action for entry in entries].count("target.set") == 7


async def test_targets_follow_the_year_the_branches_and_three_per_cent(office: Office) -> None:
    await office.do(lambda c: units.change(c, office.now, None, office.unit["W"], {"members": 70}))
    await admitted(office, "Đinh Văn Mới", "B1", date(2026, 10, 5))
    await admitted(office, "Đinh Văn Xưa", "B2", date(2025, 12, 5))
    await office.do(lambda c: exits.enter(c, office.now, None, office.unit["W"], "struck_off", date(2026, 2, 1), 1))
    phone = office.phone(BOSS)
    await phone.says(f"/datchitieu #{office.unit['B1'].id} 2026 = 0/1")
    shown = text(await phone.says("/chitieu"))
    assert "Tỷ lệ 3 % của 70 đảng viên" in shown
    assert "cần 3, đạt 1,43 %, <b>còn thiếu 2</b>" in shown
    assert "Cộng từ các đơn vị bên dưới" in shown
    assert "vượt 1" in shown
    assert "còn 1/2 chưa có" in shown
    assert "Nhiệm kỳ từ 2025: 2 người, bình quân 1,0/năm" in shown
    assert "xóa tên 1 → tăng thực 0" in shown


async def test_a_branch_gives_members_their_part_and_the_office_the_unions(office: Office) -> None:
    await office.has_candidate(
        "Hồ Thị Đoàn", "B1", MEMBER, introduced_by="Chi đoàn tổ dân phố", listed_on=date(2026, 5, 1)
    )
    secretary = office.phone(BRANCH)
    await secretary.says("/chitieunguoi #2 2026")
    assert "Lê Thị Hai" in text(await secretary.presses("Giao đ/c Hai"))
    assert "2 người được kết nạp" in text(await secretary.says("2"))
    assert "Lê Thị Hai: đang giúp 3, nguồn mới 3, kết nạp 0/2" in text(await secretary.says("/chitieunguoi"))
    boss = office.phone(BOSS)
    await boss.says("/datdoanthe #1 2026")
    await boss.presses("Đoàn Thanh niên")
    assert "giới thiệu 5 nguồn" in text(await boss.says("5"))
    assert "Đoàn Thanh niên: <b>1/5 (20 %, thiếu 4)</b>" in text(await boss.says("/chitieudoanthe"))
    assert "chưa giúp quần chúng nào" in text(await boss.says("/chitieunguoi"))


async def test_the_office_chooses_which_day_counts_and_it_is_shown(office: Office) -> None:
    await office.has_candidate("Đinh Văn Lễ", "B1", step="ceremony", step_on=date(2026, 10, 20))
    phone = office.phone(BOSS)
    assert "Kết nạp <b>0</b>" in text(await phone.says("/tinhhinh"))
    await phone.says("/cachtinh")
    await phone.presses("Sửa 1")
    await phone.presses("1")
    shown = text(await phone.says("/tinhhinh"))
    assert "Kết nạp <b>1</b>" in shown
    assert "Tính theo ngày lễ kết nạp" in shown
    assert "chỉ xem được" in text(await office.phone(BRANCH).says("/cachtinh = admission_counts_from 0"))


async def test_branches_are_ranked_fairly_and_the_weak_are_named(office: Office) -> None:
    await office.has_unit("B3", "Chi bộ Không Người", parent="W")
    await admitted(office, "Đinh Văn Mới", "B1", date(2026, 10, 5))
    await admitted(office, "Đinh Văn Mai", "B2", date(2026, 10, 6))
    phone = office.phone(BOSS)
    shown = text(await phone.says("/xephang"))
    assert shown.count("\n1. ") == 2
    assert "\n3. <b>Không Người</b>" in shown
    await phone.says("/xephang khen")
    assert "Cần giúp" in text(await phone.says("/noicangiup"))
    assert "Chi bộ Không Người" in text(await phone.presses("Nhiều năm không kết nạp"))
    needy = text(await phone.says("/noicangiup"))
    assert "Không có nguồn: <b>1</b>" in needy
    assert "Địa bàn chưa có đảng viên: <b>1</b>" in needy
    await office.has_candidate("Vũ Văn Tổ Trưởng", "B1", groups=["hamlet_head"])
    assert "trưởng thôn, tổ trưởng dân phố: <b>1</b>" in text(await phone.says("/noicangiup"))


async def test_a_branch_that_has_sources_and_proposes_nobody_is_named(office: Office) -> None:
    await office.has_candidate("Lý Văn Chờ", "B1", step_on=date(2024, 3, 1), listed_on=date(2024, 3, 1))
    phone = office.phone(BOSS)
    assert "12 tháng chưa đề nghị ai: <b>1</b>" in text(await phone.says("/noicangiup"))
    assert "Chi bộ Tổ dân phố 1" in text(await phone.says("/noicangiup hesitant #1"))


async def test_the_composition_gives_numbers_and_per_cent_of_a_named_whole(office: Office) -> None:
    more = {"sex": "female", "education": "university", "introduced_by": "Chi đoàn 1", "born_year": 2000}
    await admitted(office, "Đinh Thị Một", "B1", date(2026, 10, 5), groups=["youth_union", "teacher"], **more)
    await admitted(office, "Đinh Thị Hai", "B2", date(2026, 10, 5), groups=["youth_union"], **(more | {"sex": None}))
    await admitted(office, "Đinh Văn Ba", "B1", date(2026, 3, 5), sex="male", born_year=1980)
    phone = office.phone(BOSS)
    shown = text(await phone.says("/coccau"))
    assert "3 đảng viên mới năm 2026" in shown
    assert "đoàn viên: 2 (66,67 %)" in shown
    assert "giáo viên: 1 (33,33 %)" in shown
    assert "đại học: 2 (66,67 %)" in shown
    assert "18–30: 2 (66,67 %)" in shown
    assert "nữ: 1 (33,33 %)" in shown
    assert "khu dân cư: 2 (66,67 %)" in shown
    assert "Đoàn Thanh niên: 2 (66,67 %)" in shown
    assert "Tỷ lệ tính trên 3 đảng viên mới; một người có thể thuộc nhiều nhóm" in shown
    assert "2 đảng viên mới quý IV/2026" in text(await phone.says("/coccau quý 4"))
    assert "trường học" in text(await phone.presses("Khu vực"))
    assert "nguồn hiện có" in text(await phone.says("/coccau nguồn"))


async def test_what_else_there_is_of_a_unit_is_one_tap_away(office: Office) -> None:
    boss = office.phone(BOSS)
    await boss.says("/tinhhinh")
    further = await boss.presses("Xem thêm…")
    assert {"Cần giúp", "Xếp hạng", "Cấp ủy viên", "Đảng viên mới", "Cơ cấu", "Khảo sát nguồn", "Báo cáo"} <= set(
        labels(further)
    )
    for label in labels(further):
        assert "Có lỗi" not in text(await boss.presses(label, further)), label


@pytest.mark.parametrize(
    "asked",
    ["vị trí tổ trưởng dân phố có cần là đảng viên không?", "lượt giúp là gì?", "tình hình thế giới hôm nay ra sao?"],
)
async def test_a_question_that_begins_like_a_command_is_no_unit_that_is_missing(office: Office, asked: str) -> None:
    assert "Không có đơn vị nào" not in text(await office.phone(BOSS).says(asked))
    assert "Không có đơn vị nào" in text(await office.phone(BOSS).says("tình hình tổ dân phố 99"))


async def test_an_admission_stays_with_the_branch_that_admitted(office: Office) -> None:
    code = await admitted(office, "Đinh Văn Mới", "B1", date(2026, 10, 5))
    boss = await office.do(lambda c: people.by_id(c, office.person[BOSS]))
    case = await office.do(lambda c: candidates.case_for(c, boss, code))
    moved = {"unit_id": office.unit["B2"].id}
    assert await office.do(lambda c: candidates.change(c, office.now, None, case, "candidate.move", moved))
    quarter = parse("2026-Q4")
    assert quarter is not None
    figures = {
        code: await office.do(lambda c, code=code: standing.figures(c, office.unit[code], quarter, office.now.date()))
        for code in ("B1", "B2", "W")
    }
    assert [figures[code].admitted for code in ("B1", "B2", "W")] == [1, 0, 1]
    assert [figures[code].open_cases for code in ("B1", "B2", "W")] == [3, 2, 5]
    phone = office.phone(BOSS)
    listed = {unit: text(await phone.says(f"/danhsach admitted #{office.unit[unit].id}")) for unit in ("B1", "B2")}
    assert "Đinh Văn Mới" in listed["B1"]
    assert "Đinh Văn Mới" not in listed["B2"]


async def test_leaving_the_party_is_counted_and_taken_back(office: Office) -> None:
    code = await office.has_candidate("Đinh Văn Rời", "B1", step="probation", step_on=date(2026, 3, 2))
    phone = office.phone(BOSS)
    await phone.says(f"/khac {code} discipline")
    await phone.presses("Xóa tên")
    await phone.says("hôm nay")
    saved = await phone.presses("Lưu")
    assert "xóa tên 1" in text(await phone.says("/chitieu"))
    await phone.presses("Hoàn tác", saved)
    assert "xóa tên" not in text(await phone.says("/chitieu"))
    assert await office.do(lambda c: list(tallying.check(c))) == []


async def test_the_figures_move_with_every_contact(office: Office) -> None:
    phone = office.phone(MEMBER)
    silent = text(await office.phone(BOSS).says("/tinhhinh"))
    assert "Lâu chưa ai gặp: <b>4</b>" in silent
    await phone.says("/tiepxuc QC-0001 gặp")
    shown = text(await office.phone(BOSS).says("/tinhhinh"))
    assert "Lâu chưa ai gặp: <b>3</b>" in shown
    assert "Tiếp xúc tháng 11: 1 (tháng trước 0)" in shown
    await phone.presses("Hoàn tác")
    assert "Lâu chưa ai gặp: <b>4</b>" in text(await office.phone(BOSS).says("/tinhhinh"))


async def test_half_filled_numbers_give_way_to_another_command(office: Office) -> None:
    phone = office.phone(BOSS)
    await phone.says("/datchitieu #1 2026")
    assert "quý IV/2026" in text(await phone.says("/tinhhinh"))
    assert "chưa đọc được" in text(await phone.says("/datchitieu #1 2026 = 7/12/3/4"))
    await phone.says("/datchitieu #1 2026")
    await phone.says("/huy")
    assert "Kết nạp <b>0</b>" in text(await phone.says("/chitieu"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("TDP2", ["Tổ dân phố 2"]),
        ("tdp 2", ["Tổ dân phố 2"]),
        ("tdp", ["Tổ dân phố 2", "Tổ dân phố 21", "Chi bộ Tổ dân phố 3"]),
        ("td", ["Tổ dân phố 2", "Tổ dân phố 21", "Chi bộ Tổ dân phố 3"]),
        ("tdp 21", ["Tổ dân phố 21"]),
        ("cb tdp 3", ["Chi bộ Tổ dân phố 3"]),
        ("cbtdp3", ["Chi bộ Tổ dân phố 3"]),
        ("to dan pho 2", ["Tổ dân phố 2"]),
        ("Tổ dân phố 3", ["Chi bộ Tổ dân phố 3"]),
        ("y te tram", ["Trạm Y tế"]),
        ("tram", ["Trạm Y tế"]),
        ("tdp 9", []),
        ("😀", []),
        ("", []),
    ],
)
def test_a_unit_is_found_by_its_code_its_beginning_or_its_name_made_short(typed: str, found: list[str]) -> None:
    names = {"TDP2": "Tổ dân phố 2", "TDP21": "Tổ dân phố 21", "TD-P3": "Chi bộ Tổ dân phố 3", "TYT": "Trạm Y tế"}
    known = [
        Unit(number, code, name, "branch", 1, f"1/{number}/", 1) for number, (code, name) in enumerate(names.items(), 2)
    ]
    assert [unit.name for unit in matching(known, typed)] == found


@pytest.mark.parametrize("command", ["/tinhhinh", "/chitieu", "/coccau", "/kehoach", "/baocao", "/hop", "/donvi"])
async def test_every_command_finds_the_same_units_by_the_same_words(office: Office, command: str) -> None:
    for number in (2, 3):
        await office.has_unit(f"TDP{number}", f"Chi bộ Khu {number}", parent="W")
    phone = office.phone(BOSS)
    several = labels(await phone.says(f"{command} tdp"))
    assert [label for label in several if "Chi bộ Khu" in label]
    assert "Chi bộ Khu 2" in text(await phone.says(f"{command} tdp 2"))
