"""Leaders help candidates themselves: who helps how many, who helps nobody, and giving one of them somebody."""

from datetime import date

from bot.rules.access import Role
from storage import candidates, units
from tests.dialogues.journeys import text
from tests.office import Office

BOSS, LEAD, SECRETARY, OTHER, MEMBER = (
    "Trần Văn Phòng",
    "Phan Văn Địa Bàn",
    "Lê Thị Bí",
    "Hồ Thị Thư",
    "Lê Thị Hai",
)


async def test_those_who_help_nobody_stand_first_and_the_others_with_what_they_do(office: Office) -> None:
    code = await office.has_candidate("Đỗ Thị Nguồn", "B1", SECRETARY)
    await office.phone(SECRETARY).says(f"/tiepxuc {code} gọi điện")
    shown = text(await office.phone(BOSS).says("/cấp ủy"))
    assert "6 người, đang giúp 1 lượt quần chúng; chưa giúp quần chúng nào: <b>5</b>" in shown
    lines = shown.splitlines()[2:]
    assert lines[-1] == "• <b>Lê Thị Bí</b>, bí thư Tổ dân phố 1: giúp 1, tháng 11 tiếp xúc 1 lần"
    assert all("chưa nhận giúp ai" in line for line in lines[:-1])
    assert not [line for line in lines if "Lê Thị Hai" in line or "Nguồn" in line]


async def test_the_secretary_sees_the_leaders_of_the_branch_and_no_others(office: Office) -> None:
    shown = text(await office.phone(SECRETARY).says("/capuy"))
    assert "Ngô Văn Phó" in shown
    assert "Phan Văn Địa Bàn" in shown
    assert "Hồ Thị Thư" not in shown
    assert "Trần Văn Phòng" not in shown
    assert "dành cho bí thư" in text(await office.phone(MEMBER).says("/capuy"))
    assert "Không có đơn vị nào" in text(await office.phone(OTHER).says("/capuy tdp 1"))


async def test_one_in_charge_of_an_area_is_given_a_source_of_it_and_may_then_log_contacts(office: Office) -> None:
    code = await office.has_candidate("Đỗ Thị Nguồn", "B1")
    boss, lead = office.phone(BOSS), office.phone(LEAD)
    await boss.says("/capuy")
    assert "Giao ai cho đ/c <b>Phan Văn Địa Bàn</b>" in text(await boss.presses("Giao đ/c Bàn"))
    first = boss.last.buttons[0][0]
    assert first.label == "Đỗ Thị Nguồn – Tổ dân phố 1"
    assert not [b for row in boss.last.buttons for b in row if "Sơn" in b.label]
    await boss.presses("Đỗ Thị Nguồn")
    assert "Phan Văn Địa Bàn" in boss.last.text
    assert "Đỗ Thị Nguồn" in text(await lead.says(f"/hoso {code}"))
    assert "Đã ghi" in text(await lead.says(f"/tiepxuc {code} gọi điện"))
    shown = text(await boss.says("/capuy"))
    assert (
        "<b>Phan Văn Địa Bàn</b>, cấp ủy viên phụ trách địa bàn Tổ dân phố 1: giúp 1, tháng 11 tiếp xúc 1 lần" in shown
    )


async def test_nobody_is_given_a_candidate_of_another_place(office: Office) -> None:
    code = await office.has_candidate("Đỗ Thị Nguồn", "B2")
    boss = office.phone(BOSS)
    for who in (LEAD, SECRETARY):
        assert "Chi bộ Trường Tiểu học" in text(await boss.says(f"/phancong {code} {office.person[who]}"))
    helpers = await office.do(lambda c: candidates.helpers_of(c, candidates.by_code(c, code).id))  # type: ignore[union-attr]
    assert helpers == []
    assert "Không có cấp ủy viên ấy" in text(await boss.says(f"/giaocapuy {office.person[MEMBER]}"))
    assert "Không có cấp ủy viên ấy" in text(await office.phone(SECRETARY).says(f"/giaocapuy {office.person[OTHER]}"))
    for name in (LEAD, MEMBER, "Đỗ Văn Kiểm"):
        assert "không thuộc vai" in text(await office.phone(name).says(f"/giaocapuy {office.person[LEAD]}"))
    for odd in ("/giaocapuy", "/giaocapuy x", "/giaocapuy 999999999"):
        assert "Không có cấp ủy viên ấy" in text(await boss.says(odd))


async def test_a_secretary_gives_only_candidates_of_the_own_branch(office: Office) -> None:
    bi = office.phone(SECRETARY)
    await bi.says("/capuy")
    await bi.presses("Giao đ/c Phó")
    offered = [b.label for row in bi.last.buttons for b in row]
    assert any("Nguyễn Ngọc Lan" in label for label in offered)
    assert not any("Sơn" in label for label in offered)


async def test_above_the_committees_there_are_numbers_only(office: Office) -> None:
    await office.has_unit("P", "Tỉnh Thử Nghiệm", "province")
    await office.has_unit("W2", "Phường Khác", "committee", parent="P")
    await office.do(lambda c: units.move(c, office.now, None, office.unit["W"], office.unit["P"]))
    await office.has_person("Vũ Thị Tỉnh", "office", "P")
    await office.has_candidate("Đỗ Thị Nguồn", "B1", SECRETARY)
    phone = office.phone("Vũ Thị Tỉnh")
    shown = text(await phone.says("/capuy"))
    assert "<b>Phường Thử Nghiệm</b>: 6 người, giúp 1, chưa giúp ai 5" in shown
    assert "Cộng: 6 người, giúp 1 lượt quần chúng; chưa nhận giúp ai: <b>5</b>" in shown
    assert "Lê Thị" not in shown
    below = text(await phone.says(f"/capuy #{office.unit['W'].id}"))
    assert "cấp trên chỉ xem số lượng" in below
    assert "Lê Thị" not in below


async def test_one_person_with_two_roles_counts_once_and_ended_roles_not_at_all(office: Office) -> None:
    roles: tuple[tuple[str, Role], ...] = ((LEAD, "area_supervisor"), (SECRETARY, "area_supervisor"))
    for name, role in roles:
        await office.has_person(name, role, "B2")
    shown = text(await office.phone(BOSS).says("/capuy"))
    assert "6 người" in shown
    assert (
        "<b>Phan Văn Địa Bàn</b>, cấp ủy viên phụ trách địa bàn Tổ dân phố 1 và 1 nơi khác: chưa nhận giúp ai" in shown
    )


async def test_a_closed_case_is_no_longer_helped(office: Office) -> None:
    await office.has_candidate("Đỗ Thị Xong", "B1", SECRETARY, state="closed", step_on=date(2026, 5, 1))
    assert "đang giúp 0 lượt" in text(await office.phone(BOSS).says("/capuy"))
