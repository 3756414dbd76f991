"""Who holds the positions of the neighbourhood: entered by taps and short numbers, summed up, honest about gaps."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.chat import Message
from bot.reports.paper import Paper
from bot.rules.periods import Period
from handlers.papers import paper_of
from storage import history, marks, positions, roles, tallying, units
from storage.tables import positions as rows
from tests.dialogues.test_desk import province  # noqa: F401  (a fixture)
from tests.office import Office

SECRETARY, OTHER, CLERK = "Lê Thị Bí", "Hồ Thị Thư", "Trần Văn Phòng"


def text(message: Message | None) -> str:
    assert message is not None
    return re.sub(r"</?[bi]>", "", message.text).replace("\u00a0", " ")


def labels(message: Message | None) -> list[str]:
    assert message is not None
    return [button.label for row in message.buttons for button in row]


async def says(office: Office, who: str, line: str) -> None:
    phone = office.phone(who)
    await phone.says(line)
    assert "Đã ghi" in text(await phone.presses("Lưu"))


async def test_a_secretary_enters_numbers_by_taps_and_may_take_them_back(office: Office) -> None:
    phone = office.phone(SECRETARY)
    assert "Chưa có số liệu" in text(await phone.says("/vi tri"))
    assert "Trưởng thôn, tổ trưởng dân phố?" in text(await phone.presses("Ghi khu dân cư"))
    assert "Phó trưởng thôn" in text(await phone.says("4/9"))
    assert "Trưởng ban công tác Mặt trận?" in text(await phone.presses("Không có ở đây"))
    assert "Bí thư chi đoàn?" in text(await phone.says("1/1/2"))
    await phone.presses("Bỏ qua")
    said = text(await phone.presses("Đủ rồi"))
    assert "• Trưởng thôn, tổ trưởng dân phố: 4/9" in said
    assert "• Trưởng ban công tác Mặt trận: 1/1/2" in said
    shown = text(await phone.presses("Lưu"))
    assert "trưởng thôn, tổ trưởng dân phố: 4/9 (44,44 %)" in shown
    assert "trưởng ban công tác Mặt trận: 1/1 (100,00 %), trống 1" in shown
    assert "Ghi 20/11/2026, đ/c L.T. Bí" in text(await phone.says("/vitri"))
    await says(office, SECRETARY, "/vitri tổ trưởng 5/9")
    assert "trở lại" in text(await phone.presses("Hoàn tác"))
    assert "4/9 (44,44 %)" in text(await phone.says("/vitri"))
    assert "Không còn gì để hoàn tác" in text(await phone.says("/boghivitri #2"))


async def test_undo_is_for_what_one_has_just_said_oneself(office: Office) -> None:
    await says(office, SECRETARY, "/vitri to truong 4/9")
    clerk = office.phone(CLERK)
    assert "Không còn gì để hoàn tác" in text(await clerk.says("/boghivitri #2"))
    office.passes(minutes=16)
    assert "Không còn gì để hoàn tác" in text(await office.phone(SECRETARY).says("/boghivitri #2"))
    await says(office, SECRETARY, "/vitri to truong 4/9")
    assert "Hoàn tác" not in labels(office.phone(SECRETARY).last)


async def test_what_cannot_be_is_answered_with_what_would_be_right(office: Office) -> None:
    phone = office.phone(SECRETARY)
    await phone.says("/ghivitri hamlet_head #2")
    assert "9 đảng viên trong 4 người" in text(await phone.says("9/4"))
    assert "9 người đang giữ mà chỉ có 8 vị trí" in text(await phone.says("4/9/8"))
    assert "chưa hiểu “🙂”" in text(await phone.says("🙂"))
    assert "Bỏ qua" in labels(phone.last)
    await phone.says("9 vị trí, 4 đảng viên")
    assert "4/9" in text(await phone.presses("Lưu"))


async def test_a_half_filled_form_survives_a_restart(office: Office) -> None:
    await office.phone(SECRETARY).says("/ghivitri forces #2")
    await office.phone(SECRETARY).says("12/28")
    phone = office.restarted().phone(SECRETARY)
    assert "Trung đội trưởng" in text(await phone.says("7/20"))
    for _ in range(4):
        await phone.presses("Bỏ qua")
    shown = text(await phone.presses("Lưu"))
    assert "cơ động và tại chỗ: 19/48 (39,58 %)" in shown


async def test_sums_say_of_whom_they_are_and_who_has_said_nothing(office: Office) -> None:
    await says(office, SECRETARY, "/vitri to truong 1/3")
    clerk = office.phone(CLERK)
    shown = text(await clerk.says("/vitri"))
    assert "trưởng thôn, tổ trưởng dân phố: 1/3 (33,33 %)" in shown
    assert "Tính trên 1/2 chi bộ đã ghi" in shown
    assert "Chi bộ Trường Tiểu học" in text(await clerk.presses("Chi bộ chưa ghi (1)"))
    await clerk.presses("Chi bộ Trường Tiểu học")
    assert "Không có vị trí nào ở đây" in text(await clerk.presses("Không có vị trí nào"))
    assert "Tính trên 2/2 chi bộ đã ghi" in text(await clerk.says("/vitri"))
    await says(office, CLERK, "/vitri truong tieu hoc to truong 2/3")
    shown = text(await clerk.says("/vitri to truong"))
    assert "3 đảng viên/6 người đang giữ (50,00 %)" in shown
    assert shown.index("Tổ dân phố 1") < shown.index("Trường Tiểu học")
    own = await office.do(lambda c: positions.of_unit(c, office.unit["B2"].id))
    assert set(own) == {"hamlet_head"}
    assert "vẫn" not in text(await office.phone(OTHER).says("/vitri")).lower()
    assert "đang ghi là có vị trí" in text(await clerk.says("/ghivitri none #3"))
    assert await office.do(lambda c: list(tallying.check(c))) == []


async def test_the_office_counts_what_no_branch_counts(office: Office) -> None:
    clerk = office.phone(CLERK)
    await clerk.says("/vitri cơ động 19/48")
    assert "chỉ ghi vị trí mà các chi bộ chưa ghi" in text(clerk.last)
    shown = text(await clerk.presses("Lưu"))
    assert "19/48 (39,58 %)" in shown
    assert "Tính trên 0/2 chi bộ đã ghi" in text(await clerk.says("/vitri"))


async def test_old_numbers_say_so_and_the_branch_is_reminded_once_a_year(office: Office) -> None:
    await says(office, SECRETARY, "/vitri to truong 4/9")
    for _ in range(12):
        office.passes(days=30)
        await office.reminds()
    assert "Số liệu đã quá" not in text(await office.phone(SECRETARY).says("/vitri"))
    assert "giữ vị trí" not in text(await office.phone(SECRETARY).says("/viec"))
    office.passes(days=7)
    assert "Số liệu đã quá 12 tháng" in text(await office.phone(SECRETARY).says("/vitri"))
    assert "⚠ 1 chi bộ ghi đã quá 12 tháng" in text(await office.phone(CLERK).says("/vitri"))
    await office.reminds()
    kinds = "số liệu đảng viên giữ vị trí ở khu dân cư ghi từ 20/11/2026"
    found = text(await office.phone(SECRETARY).says("/viec"))
    while kinds not in found.lower():
        found = text(await office.phone(SECRETARY).presses("Sau"))
    await says(office, SECRETARY, "/vitri to truong 4/9")
    await office.reminds()
    assert kinds not in text(await office.phone(SECRETARY).says("/viec")).lower()


@pytest.mark.parametrize("who", ["Lê Thị Hai", "khách"])
async def test_members_and_guests_neither_see_nor_write(office: Office, who: str) -> None:
    phone = office.phone(who)
    for line in ("/vitri", "/vitri to truong 4/9", "/ghivitri hamlet_head #2", "/boghivitri #2", "/diaban", "/giuvai"):
        said = text(await phone.says(line))
        assert "dành cho" in said or "mã mời" in said, said
    assert not await office.do(lambda c: c.execute(rows.select()).all())


@pytest.mark.parametrize("who", [OTHER, "Phan Văn Địa Bàn", "Lý Thị Tổ Chức", "Đỗ Văn Kiểm"])
async def test_nobody_writes_for_a_branch_that_is_not_theirs(office: Office, who: str) -> None:
    phone = office.phone(who)
    for line in ("/vitri to dan pho 1 to truong 4/9", "/ghivitri hamlet_head #2", "/ghivitri none #2"):
        said = text(await phone.says(line))
        assert "Không có đơn vị" in said or "Đồng chí chỉ xem được" in said, said
    assert not await office.do(lambda c: c.execute(rows.select()).all())


async def test_whoever_loses_the_office_cannot_save_a_form_that_is_open(office: Office) -> None:
    phone = office.phone(SECRETARY)
    await phone.says("/vitri to truong 4/9")
    unit, person = office.unit["B1"].id, office.person[SECRETARY]
    await office.do(lambda c: roles.end(c, office.now, None, person, unit, "secretary", office.now.date()))
    await phone.presses("Lưu")
    assert not await office.do(lambda c: c.execute(rows.select()).all())


@pytest.mark.parametrize(
    "line",
    [
        "/vitri chuaghi #99999 +3", "/vitri hamlet_head +99", "/vitri militia", "/ghivitri", "/ghivitri x",
        "/boghivitri",
        "/diaban priority +50", "/diaban dau x #1", "/diaban dau", "/diaban unknown", "/danhdau priority 2", "/danhdau",
        "/danhdau priority 99 #1 +1", "/diabantrang p99", "/diabantrang p1 drop", "/diabantrang xong +9", "/giuvai x",
        "/giuvai youth_head +9", "/vitri 4/9", "/vitri to truong 4/9/9/9", "/diabantrang place",
        "/ghivitri residential",
    ],
)  # fmt: skip
async def test_odd_lines_and_old_buttons_get_a_sentence(office: Office, line: str) -> None:
    for who in (CLERK, SECRETARY, "Phan Văn Địa Bàn"):
        assert "Có lỗi ở phía tôi" not in text(await office.phone(who).says(line))


async def test_candidates_who_hold_a_position_stand_behind_their_number(office: Office) -> None:
    await office.has_candidate("Vũ Văn Tổ Trưởng", "B1", groups=["hamlet_head"])
    await office.has_candidate("Võ Thị Chi Đoàn", "B2", groups=["youth_head"])
    clerk = office.phone(CLERK)
    await clerk.says("/noicangiup")
    shown = text(await clerk.presses("Giữ vai, chưa vào Đảng (2)"))
    assert "Vũ Văn Tổ Trưởng" in shown and "Võ Thị Chi Đoàn" in shown
    assert "bí thư chi đoàn" in text(await clerk.says("/giuvai youth_head"))
    assert "Vũ Văn" not in text(clerk.last)
    assert "Vũ Văn Tổ Trưởng" in text(await office.phone(SECRETARY).says("/giuvai"))
    assert "Vũ Văn" not in text(await office.phone(OTHER).says("/giuvai"))


async def test_the_lowest_shares_stand_where_help_is_looked_for(office: Office) -> None:
    await says(office, SECRETARY, "/vitri to truong 1/3")
    await says(office, SECRETARY, "/vitri mat tran 1/1")
    shown = text(await office.phone(CLERK).says("/noicangiup"))
    assert "trưởng thôn, tổ trưởng dân phố: 1/3 (33,33 %)" in shown
    assert "Mặt trận: 1/1" not in shown


async def test_a_province_sees_numbers_of_its_communes(province: Office) -> None:  # noqa: F811
    office = province
    await says(office, SECRETARY, "/vitri to truong 1/3")
    await office.has_candidate("Vũ Văn Tổ Trưởng", "B1", groups=["hamlet_head"])
    phone = office.phone("Vũ Thị Tỉnh")
    shown = await phone.says("/vitri")
    assert "1/3 (33,33 %)" in text(shown)
    assert not [label for label in labels(shown) if label.startswith("Ghi")]
    assert "Phường Thử Nghiệm: 1/3" in text(await phone.presses("Trưởng thôn"))
    assert "Phường Khác: 1" in text(await phone.says("/vitri chuaghi"))
    below = text(await phone.says("/giuvai"))
    assert "Phường Thử Nghiệm: 1" in below
    assert "Vũ Văn" not in below


async def test_a_place_without_members_is_noted_solved_and_opened_again(office: Office) -> None:
    clerk = office.phone(CLERK)
    assert "không ghi địa bàn trắng nào" in text(await clerk.says("/địa bàn trắng"))
    await clerk.presses("Ghi địa bàn trắng")
    await clerk.says("Công ty Gỗ Mẫu")
    await clerk.says("doanh nghiep")
    assert "Chưa có đảng viên" in text(await clerk.presses("Lưu"))
    assert "Địa bàn trắng, chưa thuộc chi bộ nào: 1" in text(await clerk.says("/noicangiup"))
    await clerk.says("/diabantrang place #1")
    await clerk.says("công ty gỗ mẫu")
    assert "đã có trong danh sách" in text(await clerk.says("doanh nghiệp"))
    await clerk.says("/huy")
    await clerk.says("/diabantrang")
    await clerk.presses("Công ty Gỗ")
    await clerk.presses("Đã có chi bộ")
    await clerk.says("truong tieu hoc")
    assert "✓ Chi bộ Trường Tiểu học, từ 20/11/2026" in text(await clerk.presses("Lưu"))
    assert "chưa thuộc chi bộ nào: 0" in text(await clerk.says("/noicangiup"))
    await clerk.says("/diabantrang xong")
    await clerk.presses("Công ty Gỗ")
    assert "Chưa có đảng viên" in text(await clerk.presses("Chưa có, mở lại"))
    assert "Đã có đảng viên, từ" in text(await clerk.presses("Đã có đảng viên"))
    await clerk.presses("Chưa có, mở lại")
    assert "Đã bỏ" in text(await clerk.presses("Bỏ, ghi nhầm"))
    for who in (SECRETARY, "Lý Thị Tổ Chức"):
        assert "chỉ xem được" in text(await office.phone(who).says("/diabantrang place"))


async def test_the_office_marks_branches_and_looks_at_each_sort(office: Office) -> None:
    clerk = office.phone(CLERK)
    await clerk.says("/dia ban")
    await clerk.presses("Đánh dấu chi bộ")
    assert "☑ Chi bộ Trường Tiểu học" in labels(await clerk.presses("☐ Chi bộ Trường"))
    shown = text(await clerk.says("/diaban"))
    assert "địa bàn ưu tiên: 1 · 0 · 1" in shown and "trường học: 1 · 0 · 1" in shown
    listed = text(await clerk.presses("Địa bàn ưu tiên"))
    assert "Chi bộ Trường Tiểu học: kết nạp 0" in listed and "Tổ dân phố" not in listed
    await clerk.says("/diaban to dan pho 1")
    await clerk.presses("Đặt khu vực")
    await clerk.says("nông thôn")
    assert "Khu vực: nông thôn" in text(await clerk.presses("Lưu"))
    await clerk.presses("☐ Vùng có đạo")
    shown = text(await clerk.says("/diaban"))
    assert shown.count("nông thôn: 1") == 1 and "vùng có đạo: 1" in shown
    assert "Tổ dân phố 1" in text(await clerk.says("/diaban rural"))
    secretary = office.phone(SECRETARY)
    assert "Đánh dấu: vùng có đạo" in text(await secretary.says("/diaban"))
    assert "chỉ xem được" in text(await secretary.says("/diaban dau priority #2"))
    assert "chỉ xem được" in text(await secretary.says("/danhdau priority 2 #2"))
    assert await office.do(lambda c: marks.of_unit(c, office.unit["B1"].id)) == ["religious"]


async def test_the_yearly_paper_has_the_shares(office: Office) -> None:
    def made(period: Period) -> Callable[[Connection], Paper]:
        return lambda c: paper_of(c, office.unit["W"], period, office.now.date())

    assert (await office.do(made(Period("year", 2026)))).seating is None
    await says(office, SECRETARY, "/vitri to truong 4/9")
    seating = (await office.do(made(Period("year", 2026)))).seating
    assert [(row.name, row.members, row.held) for row in seating.rows] == [("Trưởng thôn, tổ trưởng dân phố", 4, 9)]
    assert (seating.said, seating.branches, seating.on) == (1, 2, date(2026, 11, 20))
    assert (await office.do(made(Period("month", 2026, 11)))).seating is None


async def test_a_merged_branch_takes_its_marks_along(office: Office) -> None:
    one, two = office.unit["B1"], office.unit["B2"]
    for branch, mark in ((one, "priority"), (one, "religious"), (two, "religious"), (two, "border")):
        await office.do(lambda c, branch=branch, mark=mark: marks.turn(c, office.now, None, branch.id, mark))
    await office.do(lambda c: units.merge(c, office.now, None, one, two, office.now.date()))
    assert await office.do(lambda c: marks.of_unit(c, two.id)) == ["border", "priority", "religious"]
    lines = await office.do(lambda c: history.of(c, f"unit:{two.id}"))
    assert [line.after for line in lines if line.action == "branch.mark"][-1] == {"mark": "priority"}


async def test_the_yearly_paper_groups_by_the_marks_of_branches(office: Office) -> None:
    def made(period: Period) -> Callable[[Connection], Paper]:
        return lambda c: paper_of(c, office.unit["W"], period, office.now.date())

    def groups(paper: Paper) -> list[Any]:
        return [one for one in paper.breakdowns if one.slug == "mark"]

    assert groups(await office.do(made(Period("year", 2026)))) == []
    branch = office.unit["B1"]
    await office.do(lambda c: marks.turn(c, office.now, None, branch.id, "priority"))
    await office.do(lambda c: units.change(c, office.now, None, office.unit["B2"], {"area": "rural"}))
    (found,) = groups(await office.do(made(Period("year", 2026))))
    assert found.rows == (("địa bàn ưu tiên", 0, 3), ("nông thôn", 0, 1))
    assert found.sources == 4
    assert groups(await office.do(made(Period("quarter", 2026, 4)))) == []


async def test_a_merged_branch_takes_its_numbers_along(office: Office) -> None:
    await says(office, SECRETARY, "/vitri to truong 4/9")
    office.passes(days=1)
    await says(office, OTHER, "/vitri to truong 1/2")
    one, two = office.unit["B1"], office.unit["B2"]
    await office.do(lambda c: units.merge(c, office.now, None, one, two, office.now.date()))
    own = await office.do(lambda c: positions.of_unit(c, two.id))
    assert (own["hamlet_head"].seats.members, own["hamlet_head"].seats.held) == (5, 11)
    assert own["hamlet_head"].on == office.now.date() - timedelta(days=1)
    assert await office.do(lambda c: list(tallying.check(c))) == []
