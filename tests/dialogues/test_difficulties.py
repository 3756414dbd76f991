"""Difficulties: raised by taps and one sentence, seen by those whom they are for, answered, handed up, settled."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.chat import Message
from storage import difficulties, history, units
from tests.office import Office, Phone

WORDS = "Anh ấy làm ca đêm nên khó hẹn gặp."


def labels(message: Message | None) -> list[str]:
    assert message is not None
    return [button.label for row in message.buttons for button in row]


async def raised(office: Office, by: str = "Lê Thị Hai", to: str = "chi ủy", about: str = "Trương Đình Hòa") -> Phone:
    phone = office.phone(by)
    asked = await phone.says("/vuongmac")
    if asked is not None and "loại nào" not in asked.text:
        await phone.presses("Nêu vướng mắc mới")
    await phone.presses("Đi xa")
    await phone.presses(about)
    if "ở chi bộ nào" in phone.last.text:
        await phone.presses("Chi bộ")
    await phone.says(WORDS)
    await phone.presses(f"Gửi {to}")
    return phone


async def opened(office: Office, name: str) -> Message:
    shown = await office.phone(name).says("/xemvuongmac 1")
    assert shown is not None
    return shown


async def test_a_member_raises_one_about_a_candidate_and_the_secretary_answers(office: Office) -> None:
    phone = await raised(office)
    assert "gửi <b>chi ủy</b>" in phone.last.text
    told = office.phone("Lê Thị Bí").last
    assert "đi xa" in told.text and "QC-0002" in told.text and "Hòa" not in told.text
    secretary = office.phone("Lê Thị Bí")
    await secretary.presses("Xem vướng mắc")
    assert WORDS in secretary.last.text
    await secretary.presses("Tôi nhận xử lý")
    assert "đã nhận xử lý" in phone.last.text
    await secretary.presses("Trả lời")
    await secretary.says("Chi ủy giao đồng chí Ba gặp sáng Chủ nhật.")
    assert "giao đồng chí Ba" in phone.last.text
    await phone.presses("Xem vướng mắc")
    await phone.presses("Đã gỡ được")
    assert "Đã xong" in phone.last.text
    lines = await office.do(lambda c: history.of(c, "difficulty:1"))
    assert [line.action.split(".")[1] for line in lines] == ["raise", "take", "answer", "close"]
    assert "ca đêm" not in str([line.after for line in lines])


async def test_it_is_seen_where_it_was_meant_for_and_above_and_nowhere_else(office: Office) -> None:
    await raised(office, to="cấp ủy viên")
    for name in ("Lê Thị Hai", "Phan Văn Địa Bàn", "Trần Văn Phòng"):
        assert WORDS in (await opened(office, name)).text, name
    # The branch does not see what was sent past it; nor do others, inspection or strangers.
    for name in ("Lê Thị Bí", "Ngô Văn Phó", "Bùi Văn Ba", "Hồ Thị Thư", "Đỗ Văn Kiểm", "Lý Thị Tổ Chức"):
        assert "Không có vướng mắc này" in (await opened(office, name)).text, name
    assert "mã mời" in (await opened(office, "khách")).text


async def test_it_is_handed_up_level_by_level_and_stays_in_sight_below(office: Office) -> None:
    phone = await raised(office)
    secretary = office.phone("Lê Thị Bí")
    await secretary.says("/xemvuongmac 1")
    await secretary.presses("Chuyển lên cấp ủy viên")
    assert "chuyển lên <b>cấp ủy viên phụ trách</b>" in phone.last.text
    supervisor = office.phone("Phan Văn Địa Bàn")
    assert "chuyển lên đồng chí" in supervisor.last.text
    assert "Trả lời" not in labels(await opened(office, "Lê Thị Bí"))
    late = await secretary.says("/xemvuongmac 1 answer")
    assert late is not None and "không thuộc phần" in late.text
    await supervisor.presses("Xem vướng mắc")
    await supervisor.presses("Chuyển lên văn phòng")
    boss = office.phone("Trần Văn Phòng")
    await boss.presses("Xem vướng mắc")
    assert not any("Chuyển lên" in label for label in labels(boss.last))
    higher = await boss.says("/xemvuongmac 1 up")
    assert higher is not None and "cấp cuối" in higher.text


async def test_where_nobody_is_at_a_level_the_next_one_is_told(office: Office) -> None:
    await raised(office, "Mai Văn Tư", "cấp ủy viên", "Võ Văn Sơn")
    assert "cần xử lý" in office.phone("Trần Văn Phòng").last.text


async def test_one_answer_counts_and_the_other_handler_is_told_so(office: Office) -> None:
    await raised(office)
    for name in ("Lê Thị Bí", "Ngô Văn Phó"):
        await office.phone(name).says("/xemvuongmac 1 answer")
    await office.phone("Lê Thị Bí").says("Đã giao người gặp.")
    second = await office.phone("Ngô Văn Phó").says("Tôi sẽ gặp.")
    assert second is not None and "vừa có người trả lời" in second.text


async def test_what_is_not_settled_waits_again(office: Office) -> None:
    phone = await raised(office)
    await office.phone("Lê Thị Bí").says("/xemvuongmac 1 answer")
    await office.phone("Lê Thị Bí").says("Đã giao người gặp.")
    await phone.presses("Xem vướng mắc")
    await phone.presses("Chưa gỡ được")
    assert "Chờ xử lý" in phone.last.text
    assert "cần xử lý" in office.phone("Lê Thị Bí").last.text


async def test_a_sentence_after_the_command_is_kept_and_only_the_taps_are_asked(office: Office) -> None:
    phone = office.phone("Lê Thị Hai")
    asked = await phone.says("/vướng mắc giấy xác nhận cư trú phải xin hai lần")
    assert asked is not None and "hai lần" in asked.text
    await phone.says("thu tuc")
    await phone.presses("Việc chung")
    await phone.says("van phong")
    assert "gửi <b>văn phòng đảng ủy</b>" in phone.last.text
    assert "Bùi" not in phone.last.text


async def test_members_see_their_own_only(office: Office) -> None:
    await raised(office)
    mine = await office.phone("Lê Thị Hai").says("/vuongmaccuatoi")
    assert mine is not None and "1 vướng mắc" in mine.text
    other = await office.phone("Bùi Văn Ba").says("/vuongmaccuatoi")
    assert other is not None and "chưa nêu" in other.text
    listed = await office.phone("Bùi Văn Ba").says("/cacvuongmac")
    assert listed is not None and "không thuộc vai" in listed.text
    inspection = await office.phone("Đỗ Văn Kiểm").says("/vuongmac")
    assert inspection is not None and "không thuộc vai" in inspection.text


async def test_nobody_names_another_branch_s_candidate(office: Office) -> None:
    phone = office.phone("Lê Thị Hai")
    await phone.says("/vuongmac")
    await phone.presses("Giấy tờ")
    refused = await phone.says("QC-0004")
    assert refused is not None and "Không có hồ sơ" in refused.text
    refused = await phone.says("😀😀")
    assert refused is not None and "Không có hồ sơ" in refused.text
    await phone.presses("Việc chung", await phone.says("/ghivuongmac 1 kind papers"))
    assert "một câu" in phone.last.text


async def test_the_lead_s_list_is_by_age_kind_and_state_and_turns_its_pages(office: Office) -> None:
    for _ in range(6):
        await raised(office)
        office.passes(days=2)
    secretary = office.phone("Lê Thị Bí")
    listed = await secretary.says("/vuongmac")
    assert listed is not None
    assert "<b>6 vướng mắc</b> chờ xử lý (trang 1/2)" in listed.text
    assert "1. ⚠ 12 ngày" in listed.text and "4. 6 ngày" in listed.text
    second = await secretary.presses("Sau")
    assert second is not None and "6. 2 ngày" in second.text
    await secretary.presses("Theo loại")
    none = await secretary.presses("Doanh nghiệp")
    assert none is not None and "Không có vướng mắc nào chờ xử lý, loại doanh nghiệp" in none.text
    await secretary.says("/xemvuongmac 3 answer")
    await secretary.says("Đã giao người gặp.")
    everything = await secretary.says("/cacvuongmac all")
    assert everything is not None and "<b>6 vướng mắc</b> (trang 1/2)" in everything.text
    assert all(len(b.send.encode()) <= 64 for row in everything.buttons for b in row)


async def test_old_buttons_raise_nothing_twice(office: Office) -> None:
    phone = office.phone("Lê Thị Hai")
    await phone.says("/vuongmac")
    await phone.presses("Đi xa")
    await phone.presses("Việc chung")
    check = await phone.says(WORDS)
    await phone.presses("Gửi chi ủy", check)
    again = await phone.presses("Gửi chi ủy", check)
    assert again is not None and "đã cũ" in again.text
    assert len(await office.do(lambda c: difficulties.of_person(c, office.person["Lê Thị Hai"]))) == 1


@pytest.mark.parametrize("words", ["abc", "x" * 301])
async def test_too_short_and_too_long_sentences_are_asked_for_again(office: Office, words: str) -> None:
    refused = await office.phone("Lê Thị Hai").says(f"/vuongmac {words}")
    assert refused is not None and "từ 5 đến 300" in refused.text


async def test_what_waits_is_told_with_its_days_and_counted_by_kind(office: Office) -> None:
    await raised(office)
    office.passes(days=8)
    await raised(office, "Mai Văn Tư", "chi ủy", "Võ Văn Sơn")
    today = office.now.date()
    ward, here = office.unit["W"].path, [office.unit["W"].id]
    waiting = await office.do(lambda c: difficulties.waiting_in(c, here))
    assert [(one.unit_name, (today - one.since).days) for one in waiting] == [
        ("Chi bộ Tổ dân phố 1", 8),
        ("Chi bộ Trường Tiểu học", 0),
    ]
    handlers = await office.do(lambda c: difficulties.handlers_of(c, waiting[0]))
    assert set(handlers) == {office.person["Lê Thị Bí"], office.person["Ngô Văn Phó"]}
    await office.phone("Lê Thị Bí").says("/xemvuongmac 1 answer")
    await office.phone("Lê Thị Bí").says("Đã giao người gặp.")
    branch = office.unit["B1"].path
    waiting = await office.do(lambda c: difficulties.waiting_in(c, here))
    assert [one.unit_name for one in waiting] == ["Chi bộ Trường Tiểu học"]
    first = today - timedelta(days=10)
    (row,) = await office.do(lambda c: difficulties.counts(c, ward, first, today))
    assert (row.kind, row.raised, row.answered, row.waiting) == ("away", 2, 1, 1)
    (row,) = await office.do(lambda c: difficulties.counts(c, branch, first, today - timedelta(days=1)))
    assert (row.raised, row.answered, row.waiting) == (1, 0, 1)


async def test_what_waits_goes_along_when_branches_merge(office: Office) -> None:
    await raised(office)

    def merge(connection: Connection) -> None:
        into = units.by_id(connection, office.unit["B2"].id)
        units.merge(connection, office.now, None, office.unit["B1"], into, office.now.date())

    await office.do(merge)
    listed = await office.phone("Hồ Thị Thư").says("/vuongmac")
    assert listed is not None and "<b>1 vướng mắc</b>" in listed.text
    waiting = await office.do(lambda c: difficulties.waiting_in(c, [office.unit["W"].id]))
    assert [one.unit_name for one in waiting] == ["Chi bộ Trường Tiểu học"]


async def test_the_longest_of_everything_fits_one_screen(office: Office) -> None:
    def rename(connection: Connection) -> None:
        unit = units.by_id(connection, office.unit["B1"].id)
        units.change(connection, office.now, None, unit, {"name": "Chi bộ " + "Trường Trung học " * 4})

    await office.do(rename)
    for _ in range(4):
        phone = office.phone("Lê Thị Hai")
        await phone.says("/vuongmac " + "dài " * 74)
        await phone.presses("Doanh nghiệp")
        await phone.presses("Trương Đình Hòa")
        await phone.presses("Gửi chi ủy")
    await office.phone("Lê Thị Bí").says("/xemvuongmac 1 answer")
    await office.phone("Lê Thị Bí").says("lời " * 74)
    told = [message.text for name in ("Lê Thị Hai", "Lê Thị Bí") for message in office.phone(name).messages]
    for words in ("/cacvuongmac all", "/xemvuongmac 1", "/vuongmac"):
        shown = await office.phone("Lê Thị Bí").says(words)
        told.append(shown.text if shown else "")
    history_ = await office.phone("Trần Văn Phòng").says("/nhatky")
    assert history_ is not None
    assert max(len(text) for text in (*told, history_.text)) <= 900
