"""The survey of sources: by taps, kept over a restart, beside the last quarter; counts for those above."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Message
from bot.rules.periods import Period
from storage import surveys
from storage.surveys import RIPENESS, Source
from tests.office import Office, Phone


def said(message: Message | None) -> str:
    assert message is not None
    return message.text


async def surveyed(phone: Phone, *findings: str) -> str:
    await phone.says("/khaosat")
    for finding in findings:
        await phone.presses(finding)
    return phone.last.text


async def test_the_secretary_goes_through_the_list_by_taps(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    first = await phone.says("/khảo sát")
    assert "quý IV/2026 – người 1/3" in said(first) and "Nguyễn Ngọc Lan" in said(first)
    second = await phone.presses("Chín muồi")
    assert "Đã ghi N.N. Lan: chín muồi" in said(second) and "người 2/3" in said(second)
    assert second is not None and second.edit == "1"
    await phone.presses("Đang bồi dưỡng")
    result = await phone.presses("Khó phát triển")
    assert "Đã xem <b>3/3</b>: chín muồi 1, đang bồi dưỡng 1, khó phát triển 1" in said(result)
    assert "+ Mới khảo sát: 3 (N.N. Lan, T.Đ. Hòa, T.T. Lan)" in said(result)
    assert "Đã xem hết danh sách" in said(result)


async def test_it_goes_on_after_a_restart_where_it_stopped(office: Office) -> None:
    await surveyed(office.phone("Lê Thị Bí"), "Chín muồi")
    later = office.restarted()
    assert "người 2/3" in said(await later.phone("Lê Thị Bí").says("/khaosat"))
    # The deputy goes on with the same list.
    assert "người 2/3" in said(await later.phone("Ngô Văn Phó").says("/khaosat"))


async def test_a_source_may_be_passed_over_and_found_later(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    await phone.says("/khaosat")
    passed = await phone.presses("Để sau")
    assert "Trương Đình Hòa" in said(passed)
    result = await phone.presses("Kết quả")
    assert "Chưa xem: 3" in said(result)
    assert "Nguyễn Ngọc Lan" in said(await phone.presses("Khảo sát tiếp"))


async def test_a_note_is_kept_beside_the_finding_and_a_finding_can_be_mended(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    await surveyed(phone, "Chín muồi")
    await phone.presses("Ghi chú: Lan")
    too_long = await phone.says("x" * 121)
    assert "đến 120 ký tự" in said(too_long)
    await phone.says("học lớp nhận thức tháng 12")
    await phone.presses("Kết quả")
    listed = await phone.presses("Xem lại từng người")
    assert "1. Nguyễn Ngọc Lan – chín muồi: học lớp nhận thức tháng 12" in said(listed)
    await phone.presses("1")
    await phone.presses("Đang bồi dưỡng")
    assert "đang bồi dưỡng 1" in said(await phone.presses("Kết quả"))


async def test_the_next_quarter_stands_beside_the_last(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    old = await phone.says("/khaosat")
    await surveyed(phone, "Đang bồi dưỡng", "Chín muồi", "Khó phát triển")
    office.now = office.now.replace(year=2027, month=1, day=15)
    stale = await phone.presses("Chín muồi", old)
    assert "đã cũ" in said(stale)
    again = await phone.says("/khaosat")
    assert "quý I/2027 – người 1/3" in said(again) and "Quý trước: đang bồi dưỡng" in said(again)
    await surveyed(phone, "Chín muồi", "Đang bồi dưỡng")
    result = await phone.presses("Kết quả")
    assert "↑ Tiến bộ: 1 (N.N. Lan)" in said(result)
    assert "↓ Lùi lại: 1 (T.Đ. Hòa)" in said(result)
    assert "Chưa xem: 1 (T.T. Lan)" in said(result)


async def test_those_above_see_counts_and_who_has_not_done_it_and_no_names(office: Office) -> None:
    await surveyed(office.phone("Lê Thị Bí"), "Chín muồi", "Chín muồi", "Khó phát triển")
    for name in ("Trần Văn Phòng", "Lý Thị Tổ Chức", "Đỗ Văn Kiểm"):
        listed = await office.phone(name).says("/khaosat")
        assert "<b>1/2</b> chi bộ làm xong" in said(listed)
        assert "✗ Trường Tiểu học: 0/1" in said(listed)
        assert "✓ Tổ dân phố 1: 3/3 · chín muồi 2, bồi dưỡng 0, khó 1" in said(listed)
        one = await office.phone(name).presses("Chi bộ Tổ dân phố 1")
        assert "mới khảo sát 3" in said(one) and "Lan" not in said(one)
    supervisor = await office.phone("Phan Văn Địa Bàn").says("/khaosat")
    assert "<b>1/1</b>" in said(supervisor) and "Tiểu học" not in said(supervisor)


async def test_a_ward_sees_its_sums_beside_the_last_quarter_and_its_year(office: Office) -> None:
    secretary, lead = office.phone("Lê Thị Bí"), office.phone("Trần Văn Phòng")
    await surveyed(secretary, "Chín muồi", "Đang bồi dưỡng", "Khó phát triển")
    office.passes(days=60)
    await surveyed(secretary, "Chín muồi", "Chín muồi")
    assert "Chín muồi <b>2</b>, bồi dưỡng 0, khó 0 · quý trước 1, 1, 1." in said(await lead.says("/khaosat"))
    year = await lead.presses("Cả năm")
    assert "Quý IV/2026: xem <b>3</b> · chín muồi 1, bồi dưỡng 1, khó 1" in said(year)
    assert "Quý I/2027: xem <b>2</b> · chín muồi 2, bồi dưỡng 0, khó 0" in said(year)
    assert "làm xong" in said(await lead.presses("‹ Quý này"))
    assert "Khảo sát nguồn năm 2027" in said(await lead.says("khao sat nam"))
    assert not [name for name in ("Lan", "Hòa", "Sơn") if name in said(year)]


async def test_a_province_sees_its_communes_worst_first_and_goes_down_without_a_name(office: Office) -> None:
    await office.has_unit("T", "Tỉnh ủy", "province")
    for code, name in (("W2", "Phường Hai"), ("W3", "Phường Ba")):
        await office.has_unit(code, name, "committee", parent="T")
        await office.has_unit(f"B{code}", f"Chi bộ {name}", parent=code)
    await office.has_person("Hà Văn Tỉnh", "office", "T")
    await office.has_person("Cao Thị Y", "secretary", "BW2")
    await office.has_candidate("Ngô Văn Kín", "BW2")
    await office.has_candidate("Vũ Thị Mật", "BW3")
    await surveyed(office.phone("Cao Thị Y"), "Chín muồi")
    phone = office.phone("Hà Văn Tỉnh")
    told = said(await phone.says("/khaosat"))
    assert "Đã xem <b>1/2</b> nguồn: chín muồi <b>1</b>, bồi dưỡng 0, khó 0." in told
    assert "✗ Phường Ba: 0/1 chi bộ xong" in told and "✓ Phường Hai: 1/1 chi bộ xong · chín muồi 1" in told
    assert told.index("Phường Ba") < told.index("Phường Hai")
    commune = await phone.presses("Phường Hai")
    assert "<b>1/1</b> chi bộ làm xong" in said(commune)
    branch = await phone.presses("Chi bộ Phường Hai")
    assert "mới khảo sát 1" in said(branch)
    back = await phone.presses("Phường Hai")
    up = await phone.presses("Tỉnh ủy")
    assert "nguồn quý IV/2026" in said(up)
    assert not [
        name for name in ("Kín", "Mật") for one in (told, said(commune), said(branch), said(back)) if name in one
    ]
    other = office.unit["W3"].id
    assert "Không có chi bộ này" in said(await office.phone("Trần Văn Phòng").says(f"/khaosat {other} nam"))
    for words in (f"/khaosat {office.unit['T'].id} +9", f"/khaosat {office.unit['T'].id} 😀", "/khaosat năm"):
        assert "nguồn" in said(await phone.says(words))


async def test_members_strangers_and_other_branches_survey_nothing(office: Office) -> None:
    refused = await office.phone("Lê Thị Hai").says("/khaosat")
    assert "không thuộc vai" in said(refused)
    assert "mã mời" in said(await office.phone("khách").says("/khaosat"))
    branch = office.unit["B1"].id
    for words in (f"/khaosat {branch}", f"/khaosat {branch} ketqua", "/khaosat 999999"):
        assert "Không có chi bộ này" in said(await office.phone("Hồ Thị Thư").says(words))
    for words in ("/danhgianguon #1 2026-Q4 ready", "/ghichunguon #1", "/xetlainguon #1"):
        assert "Không có hồ sơ" in said(await office.phone("Hồ Thị Thư").says(words))
        assert "không thuộc phần" in said(await office.phone("Trần Văn Phòng").says(words))
    for words in ("/danhgianguon", "/danhgianguon #1 2026-Q4 perfect", "/danhgianguon #1 2026-Q3 ready"):
        assert "đã cũ" in said(await office.phone("Lê Thị Bí").says(words))


async def test_who_is_being_admitted_is_no_source_any_more(office: Office) -> None:
    code = await office.has_candidate("Phạm Minh Quân", "B1", step="branch_vote")
    assert "người 1/3" in said(await office.phone("Lê Thị Bí").says("/khaosat"))
    refused = await office.phone("Lê Thị Bí").says(f"/xetlainguon {code}")
    assert "không còn ở danh sách nguồn" in said(refused)


async def test_a_branch_without_sources_is_told_how_to_begin(office: Office) -> None:
    await office.has_unit("B3", "Chi bộ Trạm Y tế", parent="W")
    await office.has_person("Cao Thị Y", "secretary", "B3")
    assert "chưa có quần chúng nào" in said(await office.phone("Cao Thị Y").says("/khaosat"))


async def test_a_finding_of_the_quarter_takes_the_place_of_an_earlier_one(office: Office) -> None:
    phone = office.phone("Lê Thị Bí")
    first = await phone.says("/khaosat")
    await phone.presses("Chín muồi", first)
    await phone.presses("Chín muồi", first)
    await phone.presses("Khó phát triển", first)
    found = await office.do(lambda c: surveys.sources(c, office.unit["B1"].id, ["source"], Period("quarter", 2026, 4)))
    assert [source.now for source in found] == ["unlikely", None, None]


ripe = st.none() | st.sampled_from(RIPENESS)


@given(st.lists(st.tuples(ripe, ripe), max_size=12))
def test_everybody_is_in_exactly_one_part_of_the_comparison(
    pairs: list[tuple[surveys.Ripeness, surveys.Ripeness]],
) -> None:
    day = date(2026, 1, 1)
    everybody = [Source(at, f"QC-{at}", "A B", "source", day, None, now, None, b) for at, (now, b) in enumerate(pairs)]
    beside = surveys.compared(everybody)
    parts = [beside.up, beside.down, beside.same, beside.new, beside.waiting]
    assert sorted(source.id for part in parts for source in part) == list(range(len(pairs)))
    assert {source.id for source in beside.waiting} == {s.id for s in everybody if s.now is None}
