"""My candidates, cards, nominations and handing over."""

from datetime import date

import pytest
from sqlalchemy import select, update

from storage import history
from storage.tables import candidates, people
from tests.office import Office


async def set_dates(office: Office, code: str, **values: date | None) -> None:
    await office.do(lambda c: c.execute(update(candidates).where(candidates.c.code == code).values(**values)))


async def test_who_needs_me_most_comes_first(office: Office) -> None:
    for name, last, following in (
        ("Đã Gặp Gần", date(2026, 11, 15), None),
        ("Lâu Chưa Gặp", date(2026, 10, 1), None),
        ("Lỡ Hẹn Rồi", date(2026, 11, 1), date(2026, 11, 18)),
        ("Hẹn Hôm Nay", date(2026, 11, 1), date(2026, 11, 20)),
    ):
        code = await office.has_candidate(name, "B1", "Bùi Văn Ba")
        await set_dates(office, code, last_contact_on=last, next_on=following)
    said = await office.phone("Bùi Văn Ba").says("/nguon")
    assert said is not None
    places = [
        said.text.index(name) for name in ("Lỡ Hẹn Rồi", "Hẹn Hôm Nay", "Lâu Chưa Gặp", "Trần Thị Lan", "Đã Gặp Gần")
    ]
    assert places == sorted(places)
    assert "<b>4</b> người cần gặp ngay" in said.text


async def test_a_long_list_pages_by_editing_and_is_searched_without_diacritics(office: Office) -> None:
    for number in range(12):
        await office.has_candidate(f"Nguyễn Văn {'ABCDEGHIKLMN'[number]}n", "B1", "Bùi Văn Ba")
    ba = office.phone("Bùi Văn Ba")
    said = await ba.says("/nguon")
    assert said and "Trang 1/3" in said.text
    turned = await ba.presses("Sau")
    assert turned and "Trang 2/3" in turned.text
    assert turned.edit
    back = await ba.presses("‹")
    assert back and "Trang 1/3" in back.text
    found = await ba.says("/nguon nguyen van an")
    assert found and "1 người" in found.text
    assert "Nguyễn Văn An" in found.text
    found = await ba.says("/nguon Lan")
    assert found and "Trần Thị Lan" in found.text
    found = await ba.says("/nguon zzz")
    assert found and "Không có ai" in found.text


async def test_a_member_sees_only_those_they_help(office: Office) -> None:
    said = await office.phone("Lê Thị Hai").says("/nguon")
    assert said and "Trần Thị Lan" not in said.text
    for code in ("QC-0003", "QC-0004", "QC-9999"):
        refused = await office.phone("Lê Thị Hai").says(f"/hoso {code}")
        assert refused and refused.text == f"Không có hồ sơ <b>{code}</b> trong phần đồng chí được xem."


async def test_the_supervisor_sees_initials_in_the_area_only(office: Office) -> None:
    said = await office.phone("Phan Văn Địa Bàn").says("/nguon")
    assert said and "N.N. Lan" in said.text
    assert "Nguyễn" not in said.text
    refused = await office.phone("Phan Văn Địa Bàn").says("/hoso QC-0004")
    assert refused and "Không có hồ sơ" in refused.text


async def test_the_secretary_sees_the_whole_branch_by_name(office: Office) -> None:
    said = await office.phone("Lê Thị Bí").says("/nguon")
    assert said is not None
    assert all(name in said.text for name in ("Nguyễn Ngọc Lan", "Trương Đình Hòa", "Trần Thị Lan"))
    assert "Sơn" not in said.text


async def test_the_card_is_found_by_code_however_typed_and_by_name(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    for typed in ("/hoso QC-0001", "/hoso qc1", "/hoso QC 0001", "hồ sơ qc-1", "/hoso ngoc lan"):
        said = await hai.says(typed)
        assert said and "<b>Nguyễn Ngọc Lan</b> (2000) · QC-0001" in said.text


async def test_a_card_fits_one_screen_after_many_long_notes(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    for _ in range(4):
        await hai.says("/tiepxuc QC-0001 gặp")
        await hai.says(f"{hai.button('Thêm ghi chú').send} {'chuyện dài ' * 40}")
    said = await hai.says("/hoso QC-0001")
    assert said and len(said.text) < 900
    said = await hai.presses("Các lần tiếp xúc")
    assert said and said.text.count("gặp trực tiếp") == 4


async def nominated(office: Office, name: str = "nguyễn văn an", year: str = "1999") -> None:
    ba = office.phone("Bùi Văn Ba")
    await ba.says("/them")
    await ba.says(name)
    await ba.says(year)
    await ba.presses("giáo viên")
    await ba.presses("đoàn viên")
    await ba.presses("Xong")
    await ba.presses("Chi đoàn")
    await ba.presses("Lưu")


async def test_a_nomination_is_approved_and_its_nominator_helps(office: Office) -> None:
    await nominated(office)
    ba, secretary = office.phone("Bùi Văn Ba"), office.phone("Lê Thị Bí")
    assert "QC-0005 (N.V. An)" in secretary.last.text
    assert "Nguyễn" not in secretary.last.text
    pending = await ba.says("/tiepxuc QC-0005 gặp")
    assert pending and "chờ chi ủy duyệt" in pending.text
    await secretary.presses("Duyệt")
    assert "đã duyệt QC-0005" in ba.last.text
    said = await ba.says("/tiepxuc QC-0005 gặp")
    assert said and "Đã ghi" in said.text
    card = await secretary.says("/hoso 5")
    card = await secretary.says("/hoso QC-0005")
    assert (card and "giáo viên, đoàn viên" in card.text) or (card and "đoàn viên" in card.text)


async def test_a_nomination_is_sent_back_with_a_reason_and_comes_again(office: Office) -> None:
    await nominated(office, year="1998")
    ba, secretary = office.phone("Bùi Văn Ba"), office.phone("Lê Thị Bí")
    await secretary.presses("Trả lại")
    await secretary.says("năm sinh chưa đúng")
    assert "năm sinh chưa đúng" in ba.last.text
    await ba.presses("Sửa và gửi lại")
    await ba.presses("Sửa năm sinh")
    await ba.says("1999")
    await ba.presses("Lưu")
    assert "giới thiệu một quần chúng mới: QC-0005" in secretary.last.text
    await secretary.presses("Duyệt")
    assert "đã duyệt" in ba.last.text


async def test_two_who_decide_at_once_one_is_told(office: Office) -> None:
    await nominated(office)
    secretary, deputy = office.phone("Lê Thị Bí"), office.phone("Ngô Văn Phó")
    await secretary.presses("Duyệt")
    late = await deputy.presses("Trả lại")
    assert late and "đã được duyệt rồi" in late.text


async def test_a_secretarys_own_nomination_is_listed_at_once(office: Office) -> None:
    secretary = office.phone("Lê Thị Bí")
    await secretary.says("/them Phạm Thị Hoa")
    await secretary.presses("Bỏ qua")
    await secretary.presses("Xong")
    await secretary.presses("Bỏ qua")
    said = await secretary.presses("Lưu")
    assert said and "Đã đưa" in said.text
    said = await secretary.presses("Phân công")
    assert said and "Ai sẽ giúp" in said.text


async def test_a_likely_duplicate_is_shown_first(office: Office) -> None:
    ba = office.phone("Bùi Văn Ba")
    await ba.says("/them nguyen ngoc lan")
    await ba.says("2000")
    await ba.presses("Xong")
    await ba.presses("Bỏ qua")
    said = await ba.presses("Lưu")
    assert said and "QC-0001" in said.text
    said = await ba.presses("Vẫn là người khác")
    assert said and "QC-0005" in said.text


async def test_a_duplicate_in_another_branch_stays_unseen(office: Office) -> None:
    ba = office.phone("Bùi Văn Ba")
    await ba.says("/them Võ Văn Sơn")
    await ba.says("1999")
    await ba.presses("Xong")
    await ba.presses("Bỏ qua")
    said = await ba.presses("Lưu")
    assert said and "Đã gửi chi ủy duyệt" in said.text


@pytest.mark.parametrize(
    ("asked", "wrong"), [("name", "Zoong"), ("name", "Nguyễn 123"), ("year", "99"), ("year", "2030")]
)
async def test_bad_input_in_a_nomination_is_named(office: Office, asked: str, wrong: str) -> None:
    ba = office.phone("Bùi Văn Ba")
    await ba.says("/them")
    if asked == "year":
        await ba.says("Nguyễn Văn An")
    said = await ba.says(wrong)
    assert said and wrong in said.text
    said = await ba.says("Nguyễn Văn An" if asked == "name" else "1999")
    assert said and wrong not in said.text


async def test_a_half_filled_nomination_survives_a_restart(office: Office) -> None:
    ba = office.phone("Bùi Văn Ba")
    await ba.says("/them Nguyễn Văn An")
    said = await office.restarted().phone("Bùi Văn Ba").says("1999")
    assert said and "thuộc nhóm nào" in said.text


async def test_handing_over_gives_the_card_and_ends_the_old_access(office: Office) -> None:
    hai, ba, secretary = office.phone("Lê Thị Hai"), office.phone("Bùi Văn Ba"), office.phone("Lê Thị Bí")
    await hai.says("/tiepxuc QC-0001 gặp")
    await secretary.says("/phancong QC-0001")
    await secretary.presses("Bùi Văn Ba")
    said = await secretary.presses("Thay")
    assert said and "người cũ không còn xem được nữa" in said.text
    assert "Nguyễn Ngọc Lan" in ba.last.text
    assert "Đã tiếp xúc 1 lần" in ba.last.text
    assert "bàn giao" in hai.last.text
    refused = await hai.says("/hoso QC-0001")
    assert refused and "Không có hồ sơ" in refused.text
    allowed = await ba.says("/hoso QC-0001")
    assert allowed and "QC-0001" in allowed.text
    actions = [entry.action for entry in await office.do(lambda c: history.of(c, "candidate:1"))]
    assert actions[-2:] == ["candidate.release", "candidate.assign"]


async def test_two_may_help_one_candidate(office: Office) -> None:
    hai, secretary = office.phone("Lê Thị Hai"), office.phone("Lê Thị Bí")
    await secretary.says("/phancong QC-0001")
    await secretary.presses("Bùi Văn Ba")
    await secretary.presses("Cùng giúp")
    said = await hai.says("/hoso QC-0001")
    assert said and "đ/c Lê Thị Hai, đ/c Bùi Văn Ba" in said.text


async def test_a_member_cannot_assign(office: Office) -> None:
    said = await office.phone("Lê Thị Hai").says("/phancong QC-0001")
    assert said and "không thuộc vai" in said.text


async def test_somebody_of_another_branch_cannot_be_given_a_case(office: Office) -> None:
    number = await office.do(lambda c: c.execute(select(people.c.id).where(people.c.name == "Mai Văn Tư")).scalar())
    said = await office.phone("Lê Thị Bí").says(f"/phancong QC-0001 {number} thay")
    assert said and "không thuộc" in said.text


async def test_the_whole_history_is_chained(office: Office) -> None:
    await nominated(office)
    await office.phone("Lê Thị Bí").presses("Duyệt")
    assert await office.do(history.broken) is None
