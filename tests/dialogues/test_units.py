"""The office keeps its tree of units and the roles in it."""

from datetime import date

import pytest

from bot.chat import Message
from storage import candidates, history, people, units
from tests.office import Office

BOSS = "Trần Văn Phòng"


def text(message: Message | None) -> str:
    assert message is not None
    return message.text


def labels(message: Message | None) -> list[str]:
    assert message is not None
    return [button.label for row in message.buttons for button in row]


async def unit(office: Office, code: str) -> units.Unit:
    found = await office.do(lambda c: units.by_code(c, code))
    assert found is not None
    return found  # type: ignore[no-any-return]


async def actions(office: Office, subject: str) -> list[str]:
    return [entry.action for entry in await office.do(lambda c: history.of(c, subject))]


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


async def test_only_the_office_sees_the_tree(office: Office) -> None:
    for name in ("Lê Thị Bí", "Đỗ Văn Kiểm", "Lý Thị Tổ Chức", "Lê Thị Hai"):
        for words in ("/donvi", f"/sapxep {office.unit['B1'].id} rename X1", f"/vai {office.unit['B1'].id}"):
            assert "không thuộc vai" in text(await office.phone(name).says(words))
    shown = await office.phone(BOSS).says("/đơn vị")
    assert "<b>Phường Thử Nghiệm</b>" in text(shown)
    assert "Chi bộ Tổ dân phố 1" in labels(shown)


async def test_a_branch_that_begins_a_sentence_is_no_command(office: Office) -> None:
    assert "Chi bộ Tổ dân phố 1" not in labels(await office.phone(BOSS).says("chi bộ tổ dân phố 1"))


async def test_units_are_found_by_part_of_a_name_or_by_code(office: Office) -> None:
    phone = office.phone(BOSS)
    assert "<b>Chi bộ Trường Tiểu học</b> (B2)" in text(await phone.says("/donvi truong tieu"))
    assert "<b>Chi bộ Trường Tiểu học</b> (B2)" in text(await phone.says("/donvi b2"))
    assert "Có 2 đơn vị" in text(await phone.says("/donvi chi bo"))
    assert "Không có đơn vị nào" in text(await phone.says("/donvi sao hỏa"))


async def test_a_code_that_is_a_number_is_typed_and_buttons_still_mean_the_row(office: Office) -> None:
    phone, row = office.phone(BOSS), office.unit["B1"].id
    await office.has_unit(str(row), "Chi bộ Mã Số", parent="W")
    assert "Chi bộ Mã Số" in text(await phone.says(f"/donvi {row}"))
    await phone.says("/donvi")
    assert "<b>Chi bộ Tổ dân phố 1</b>" in text(await phone.presses("Chi bộ Tổ dân phố 1"))


async def test_a_unit_shows_counts_and_no_names_of_candidates(office: Office) -> None:
    shown = text(await office.phone(BOSS).says("/donvi B1"))
    assert "5 người giữ vai · 3 hồ sơ" in shown
    assert "Lan" not in shown


async def test_a_unit_is_renamed_after_a_second_look_and_the_old_name_is_kept(office: Office) -> None:
    phone = office.phone(BOSS)
    await phone.says("/donvi B1")
    await phone.presses("Đổi tên")
    asked = await phone.says("Chi bộ Tổ dân phố 1 và 2")
    assert "thành <b>Chi bộ Tổ dân phố 1 và 2</b>" in text(asked)
    assert (await unit(office, "B1")).name == "Chi bộ Tổ dân phố 1"
    assert "Đã đổi tên" in text(await phone.presses("Đồng ý"))
    assert (await unit(office, "B1")).name == "Chi bộ Tổ dân phố 1 và 2"
    entry = (await office.do(lambda c: history.of(c, f"unit:{office.unit['B1'].id}")))[-1]
    assert (entry.who, entry.before) == (BOSS, {"name": "Chi bộ Tổ dân phố 1"})
    assert "đã cũ" in text(await phone.presses("Đồng ý", asked))


async def test_a_name_without_letters_is_asked_for_again(office: Office) -> None:
    phone = office.phone(BOSS)
    await phone.says("/donvi B1")
    await phone.presses("Đổi tên")
    assert "cần có chữ" in text(await phone.says("123"))
    assert "thành <b>Chi bộ Ba</b>" in text(await phone.says("Chi bộ Ba"))


async def test_no_leaves_everything_as_it_was(office: Office) -> None:
    phone = office.phone(BOSS)
    await phone.says(f"/sapxep {office.unit['B1'].id} rename Chi bộ Mới")
    await phone.says("không")
    assert (await unit(office, "B1")).name == "Chi bộ Tổ dân phố 1"


async def test_a_party_group_is_added_below_a_branch(office: Office) -> None:
    phone = office.phone(BOSS)
    await phone.says("/donvi B1")
    await phone.presses("Thêm đơn vị")
    asked = await phone.says("Tổ đảng 3")
    assert [label for label in labels(asked) if label != "Thôi"] == ["Tổ đảng"]
    await phone.presses("Tổ đảng")
    assert "Đã thêm <b>Tổ đảng 3</b> (mã B1-1)" in text(await phone.presses("Đồng ý"))
    added = await unit(office, "B1-1")
    assert (added.kind, added.parent_id, added.committee_id) == ("group", office.unit["B1"].id, office.unit["W"].id)


async def test_a_branch_moves_with_its_people_and_cases(office: Office) -> None:
    await office.has_unit("S", "Đảng ủy bộ phận Trường học", "section", parent="W")
    phone = office.phone(BOSS)
    await phone.says("/donvi B2")
    asked = await phone.presses("Chuyển")
    assert "Chi bộ Tổ dân phố 1" not in labels(asked)
    assert "Phường Thử Nghiệm" not in labels(asked)
    await phone.presses("Đảng ủy bộ phận")
    assert "Đã chuyển" in text(await phone.presses("Đồng ý"))
    moved = await unit(office, "B2")
    assert moved.path == f"{office.unit['W'].id}/{office.unit['S'].id}/{moved.id}/"
    assert "Sơn" in text(await office.phone("Hồ Thị Thư").says("/nguon"))


async def test_a_merged_branch_brings_people_and_cases_and_is_closed(office: Office) -> None:
    phone = office.phone(BOSS)
    await phone.says("/donvi B2")
    await phone.presses("Nhập vào")
    check = await phone.presses("Chi bộ Tổ dân phố 1")
    assert "2 người, 1 hồ sơ" in text(check)
    done = await phone.presses("Đồng ý")
    assert "nay có 7 người giữ vai, 4 hồ sơ" in text(done)
    assert "2 bí thư" in text(done)
    old = await unit(office, "B2")
    assert old.closed_on == date(2026, 11, 20)
    assert "Võ Văn Sơn" in text(await office.phone("Lê Thị Bí").says("/nguon tat"))
    assert "Sơn" in text(await office.phone("Mai Văn Tư").says("/nguon"))
    assert (await actions(office, "candidate:4"))[-1] == "candidate.move"
    assert (await office.do(history.chain)).broken is None
    assert "đã đóng, không sửa" in text(await phone.says(f"/sapxep {old.id} rename X Y"))


async def test_a_branch_with_cases_is_not_closed_and_an_empty_one_is(office: Office) -> None:
    await office.has_unit("B3", "Chi bộ Trống", parent="W")
    phone = office.phone(BOSS)
    await phone.says("/donvi B1")
    assert "còn hồ sơ" in text(await phone.presses("Đóng"))
    await phone.says("/donvi B3")
    await phone.presses("Đóng")
    assert "Đã đóng" in text(await phone.presses("Đồng ý"))
    assert "Chi bộ Trống" not in labels(await phone.says("/donvi"))


async def test_what_became_impossible_since_the_question_is_refused(office: Office) -> None:
    await office.has_unit("B3", "Chi bộ Trống", parent="W")
    phone = office.phone(BOSS)
    await phone.says("/donvi B3")
    asked = await phone.presses("Đóng")
    await office.has_candidate("Hà Thị Muộn", "B3")
    assert "còn hồ sơ" in text(await phone.presses("Đồng ý", asked))
    assert (await unit(office, "B3")).closed_on is None


async def test_a_unit_is_never_put_below_itself(office: Office) -> None:
    await office.has_unit("S", "Đảng ủy bộ phận", "section", parent="W")
    await office.has_unit("S1", "Chi bộ Con", parent="S")
    refused = await office.phone(BOSS).says(f"/sapxep {office.unit['S'].id} move {office.unit['S1'].id}")
    assert "chính nó" in text(refused)


async def test_where_the_own_committee_stands_is_decided_above(province: Office) -> None:
    ward = province.unit["W"].id
    for verb in ("move", "merge", "close"):
        assert "cấp trên" in text(await province.phone(BOSS).says(f"/sapxep {ward} {verb}"))
    shown = await province.phone(BOSS).says("/donvi")
    assert "Nhập vào…" not in labels(shown)
    assert "Đổi tên" in labels(shown)


async def test_a_province_merges_wards_without_reading_their_files(province: Office) -> None:
    phone = province.phone("Vũ Thị Tỉnh")
    shown = await phone.says(f"/donvi {province.unit['W2'].id}")
    assert "1 đơn vị bên dưới" in text(shown)
    assert "Chi bộ Chợ" not in labels(shown)
    await phone.presses("Nhập vào")
    await phone.presses("Phường Thử Nghiệm")
    assert "Đã nhập" in text(await phone.presses("Đồng ý"))
    moved = await unit(province, "C1")
    assert moved.committee_id == province.unit["W"].id
    assert "Cao Văn Chợ" in text(await province.phone(BOSS).says("/nguon chợ"))
    assert "Không có hồ sơ" in text(await phone.says("/hoso QC-0005"))


async def test_a_province_sees_of_a_ward_only_its_office_and_appoints_no_one_else(province: Office) -> None:
    phone = province.phone("Vũ Thị Tỉnh")
    shown = await phone.says(f"/vai {province.unit['W'].id}")
    assert any(BOSS in label for label in labels(shown))
    assert not any("Kiểm" in label for label in labels(shown))
    assert "Không có đơn vị này" in text(await phone.says(f"/vai {province.unit['B1'].id}"))
    me = province.person["Vũ Thị Tỉnh"]
    own = await phone.says(f"/vai {province.unit['W'].id} {me} give office")
    assert "Không còn vai nào" in text(own)


async def test_another_ward_s_unit_and_none_at_all_read_the_same(province: Office) -> None:
    phone = province.phone(BOSS)
    for words in ("/donvi {}", "/donvi {} +1", "/sapxep {} move", "/sapxep {} close", "/vai {}", "/vai {} 3 left"):
        foreign = await phone.says(words.format(province.unit["C1"].id))
        missing = await phone.says(words.format(987654))
        assert text(foreign) == text(missing)
        assert "Không có đơn vị này" in text(foreign)


async def test_somebody_is_made_secretary_and_learns_of_it(office: Office) -> None:
    phone = office.phone(BOSS)
    await phone.says("/donvi B1")
    await phone.presses("Người và vai")
    await phone.presses("Bùi Văn Ba")
    await phone.presses("Giao vai")
    check = await phone.presses("Bí thư")
    assert "Đang giữ vai này: Lê Thị Bí" in text(check)
    assert "Đã giao vai <b>bí thư</b>" in text(await phone.presses("Đồng ý"))
    told = office.phone("Bùi Văn Ba")
    assert "được giao vai <b>bí thư</b>" in told.last.text
    assert "Sơn" not in text(await told.says("/nguon tat"))
    assert "Trương Đình Hòa" in told.last.text
    assert ("moi", "Mời đảng viên dùng chibot") in office.channel.menus["Bùi Văn Ba"]
    assert (await actions(office, f"person:{office.person['Bùi Văn Ba']}"))[-1] == "role.give"


async def test_somebody_from_another_branch_is_found_by_name_and_given_a_role(office: Office) -> None:
    phone = office.phone(BOSS)
    await phone.says(f"/vai {office.unit['B1'].id} give")
    await phone.says("mai van")
    await phone.presses("Mai Văn Tư")
    await phone.presses("Đảng viên")
    await phone.says("đồng ý")
    held = await office.do(lambda c: people.holders(c, office.unit["B1"].id))
    assert "Mai Văn Tư" in [person.name for person in held]


async def test_a_secretary_who_steps_down_may_stay_a_member(office: Office) -> None:
    phone = office.phone(BOSS)
    await phone.says(f"/vai {office.unit['B1'].id} {office.person['Lê Thị Bí']}")
    await phone.presses("Thôi vai bí thư")
    assert "vẫn là đảng viên chi bộ" in text(await phone.presses("Thôi vai này, vẫn là"))
    stays = await office.do(lambda c: people.by_id(c, office.person["Lê Thị Bí"]))
    assert [grant.role for grant in stays.grants] == ["member"]


async def test_the_last_role_ended_ends_the_help_and_the_sight(office: Office) -> None:
    phone = office.phone(BOSS)
    await phone.says(f"/vai {office.unit['B1'].id} {office.person['Lê Thị Hai']}")
    await phone.presses("Thôi vai đảng viên")
    assert "2 quần chúng cần người giúp mới" in text(await phone.presses("Đồng ý"))
    assert "Không có hồ sơ" in text(await office.phone("Lê Thị Hai").says("/hoso QC-0001"))
    assert (await actions(office, "candidate:1"))[-1] == "candidate.release"


async def test_who_has_left_is_out_at_once_and_everything_of_theirs_ends(office: Office) -> None:
    code = await office.invite("Lê Thị Hai")
    phone = office.phone(BOSS)
    await phone.says(f"/vai {office.unit['B1'].id} {office.person['Lê Thị Hai']}")
    await phone.presses("Đã rời tổ chức")
    assert "2 quần chúng" in text(await phone.presses("Đồng ý"))
    gone = office.phone("Lê Thị Hai")
    assert "dành cho người đã tham gia" in text(await gone.says("/hoso QC-0001"))
    assert "không dùng được" in text(await gone.says(code))
    assert "chưa nhận ra số này" in text(await gone.shares("0912345678"))
    assert "2 quần chúng cần người giúp mới" in office.phone("Lê Thị Bí").last.text
    assert "Hai" not in " ".join(labels(await phone.says(f"/vai {office.unit['B1'].id}")))
    helpers = await office.do(lambda c: candidates.helpers_of(c, 1))
    assert helpers == []
    assert (await actions(office, f"person:{office.person['Lê Thị Hai']}"))[-1] == "person.leave"
    assert (await office.do(history.chain)).broken is None


async def test_the_office_does_not_remove_itself_nor_its_last_one(office: Office) -> None:
    phone, me, ward = office.phone(BOSS), office.person[BOSS], office.unit["W"].id
    assert "Đã rời tổ chức" not in labels(await phone.says(f"/vai {ward} {me}"))
    assert "không tự ghi" in text(await phone.says(f"/vai {ward} {me} left"))
    assert "người cuối cùng" in text(await phone.says(f"/vai {ward} {me} end office"))


async def test_who_also_serves_elsewhere_is_not_removed_by_one_office(province: Office) -> None:
    await province.has_person("Bùi Văn Ba", "member", "C1")
    phone = province.phone(BOSS)
    refused = await phone.says(f"/vai {province.unit['B1'].id} {province.person['Bùi Văn Ba']} left")
    assert "ở nơi khác" in text(refused)
    assert "Bùi Văn Ba" in text(await province.phone("Bùi Văn Ba").says("/toi"))
