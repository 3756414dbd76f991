"""Talks about reminders: the morning's list, what is done about each thing, who is told what and who is not."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.chat import Message
from bot.reminding import Reminding
from bot.rules.periods import Period
from storage import candidates, meeting_reports, people, roles
from storage.difficulties import raise_one
from storage.dues import refresh_all, rework
from storage.notices import open_of
from storage.plans import plan_for, silent
from storage.tables import candidates as case_rows
from storage.tables import notices, outbox, vettings
from tests.dialogues.journeys import text
from tests.office import ZONE, Office

HELPER, OTHER, SECRETARY, DEPUTY = "Lê Thị Hai", "Bùi Văn Ba", "Lê Thị Bí", "Ngô Văn Phó"
CLERK, AREA, ELSEWHERE = "Trần Văn Phòng", "Phan Văn Địa Bàn", "Mai Văn Tư"


async def morning(office: Office, day: str, time: str = "07:00") -> None:
    """The rounds of a moment."""
    office.now = datetime.fromisoformat(f"{day} {time}").replace(tzinfo=ZONE)
    await office.reminds()


async def looks(office: Office, day: str, time: str = "07:00") -> None:
    """Only what is owed is worked out; nothing is sent yet."""
    office.now = datetime.fromisoformat(f"{day} {time}").replace(tzinfo=ZONE)
    await Reminding(office.database, lambda: office.now, lambda: None).round()


async def met_lately(office: Office, on: date = date(2026, 11, 19)) -> None:
    """Everybody has been met by then: nothing is owed of that."""

    def work(connection: Connection) -> None:
        connection.execute(update(case_rows).values(last_contact_on=on))
        refresh_all(connection, office.now)

    await office.do(work)


async def has_vetting(office: Office, code: str, received: date) -> None:
    """A request that was received on that day, thirty working days before its answer is due."""

    def work(connection: Connection) -> None:
        case = candidates.by_code(connection, code)
        assert case is not None
        connection.execute(update(case_rows).where(case_rows.c.id == case.id).values(step="vetting"))
        connection.execute(
            vettings.insert().values(candidate_id=case.id, ref="1", sent_on=received, received_on=received)
        )
        rework(connection, office.now, [case.id])

    await office.do(work)


def labels(message: Message) -> list[str]:
    return [button.label for row in message.buttons for button in row]


async def rows(office: Office, *where: Any) -> list[Any]:
    return list(await office.do(lambda c: list(c.execute(select(notices).where(*where)))))


async def test_the_morning_brings_one_list_and_no_second_one(office: Office) -> None:
    phone = office.phone(HELPER)
    await morning(office, "2026-11-20")
    assert len(phone.messages) == 1
    assert "2 việc của đồng chí – thứ Sáu 20/11/2026" in phone.last.text
    assert "QC-0001</b> (N.N. Lan): 264 ngày chưa có ai ghi tiếp xúc" in phone.last.text
    assert "Nguyễn Ngọc" not in phone.last.text
    assert labels(phone.last)[:3] == ["1. Đã làm", "1. Hoãn", "1. Khác…"]
    await office.reminds()
    await office.restarted().reminds()
    assert len(phone.messages) == 1


async def test_before_the_hour_nothing_comes_and_everybody_has_an_hour_of_ones_own(office: Office) -> None:
    phone = office.phone(HELPER)
    assert "7 giờ" in text(await phone.says("/gionhac"))
    await phone.presses("11 giờ")
    assert "Bản nhắc việc hằng ngày: 11 giờ" in text(await phone.says("/toi"))
    told = len(phone.messages)
    await morning(office, "2026-11-21", "08:00")
    assert len(phone.messages) == told
    assert len(office.phone(OTHER).messages) == 1
    await morning(office, "2026-11-21", "11:00")
    assert len(phone.messages) == told + 1


@pytest.mark.parametrize(
    "said", ["/gionhac 3", "/gionhac 25", "/gionhac abc", "/gionhac 😀", "/gioyen 5-5", "/gioyen x"]
)
async def test_an_hour_that_is_none_is_asked_for_again(office: Office, said: str) -> None:
    assert "ví dụ" in text(await office.phone(HELPER).says(said))


async def test_own_quiet_hours_hold_the_list_back(office: Office) -> None:
    phone = office.phone(HELPER)
    await phone.says("/gioyen 20:00-09:30")
    told = len(phone.messages)
    await morning(office, "2026-11-21")
    assert len(phone.messages) == told
    await morning(office, "2026-11-21", "09:31")
    assert len(phone.messages) == told + 1


async def test_done_takes_to_what_records_it_and_the_list_that_was_sent_is_struck_through(office: Office) -> None:
    phone = office.phone(HELPER)
    await morning(office, "2026-11-20")
    told = phone.last
    await phone.presses("1. Đã làm", told)
    await phone.presses("Gọi điện")
    assert "Đã ghi" in phone.last.text
    await office.reminds()
    assert phone.last.only_edit
    assert "✓ QC-0001 (N.N. Lan): Lâu chưa gặp quần chúng – đã xong" in phone.last.text
    assert "1 việc của đồng chí" in phone.last.text
    assert labels(phone.last)[0] == "2. Đã làm"
    count = len(phone.messages)
    await office.reminds()
    assert len(phone.messages) == count
    assert "chưa" in text(await phone.says("việc của tôi"))
    assert "QC-0001" not in phone.last.text


async def test_what_is_done_between_the_round_and_the_sending_is_not_sent(office: Office) -> None:
    phone = office.phone(OTHER)
    await looks(office, "2026-11-20")
    await phone.says("/tiepxuc QC-0003 gap")
    told = len(phone.messages)
    await office.reminds()
    assert len(phone.messages) == told
    states = await office.do(
        lambda c: list(c.execute(select(outbox.c.state).where(outbox.c.kind == "digest")).scalars())
    )
    assert states.count("cleared") == 1


async def test_a_case_handed_over_between_the_round_and_the_sending_is_told_to_the_new_helper(office: Office) -> None:
    await looks(office, "2026-11-20")

    def hand_over(connection: Connection) -> None:
        case = candidates.by_code(connection, "QC-0003")
        assert case is not None
        candidates.release(connection, office.now, None, case, office.person[OTHER], date(2026, 11, 20))
        candidates.assign(connection, office.now, None, case, office.person[HELPER], date(2026, 10, 1))

    await office.do(hand_over)
    await office.reminds()
    assert office.phone(OTHER).messages == []
    await morning(office, "2026-11-21")
    assert any("QC-0003" in message.text for message in office.phone(HELPER).messages)
    assert not any("QC-0003" in message.text for message in office.phone(OTHER).messages)


async def test_a_case_that_was_closed_is_told_to_nobody(office: Office) -> None:
    await looks(office, "2026-11-20")

    def close(connection: Connection) -> None:
        case = candidates.by_code(connection, "QC-0003")
        assert case is not None
        candidates.change(connection, office.now, None, case, "candidate.close", {"state": "closed"})

    await office.do(close)
    await office.reminds()
    assert office.phone(OTHER).messages == []


async def test_an_overdue_vetting_goes_up_and_each_level_is_told_who_was_told_before(office: Office) -> None:
    await met_lately(office, date(2026, 12, 20))
    await has_vetting(office, "QC-0001", date(2026, 10, 2))
    await morning(office, "2026-11-13")
    assert "Trả lời thẩm tra lý lịch (trong nước) – hết hạn hôm nay, 13/11" in office.phone(HELPER).last.text
    assert not any("thẩm tra" in message.text for message in office.phone(SECRETARY).messages)
    await morning(office, "2026-11-14")
    assert "quá hạn 1 ngày, 13/11. Đã nhắc: người phụ trách thẩm tra 13/11" in office.phone(SECRETARY).last.text
    await morning(office, "2026-11-20")
    assert "bí thư 14/11" in office.phone(AREA).last.text
    assert "Tổ dân phố 1" in office.phone(AREA).last.text
    await morning(office, "2026-11-27")
    assert "phụ trách địa bàn 20/11" in office.phone(CLERK).last.text
    assert office.phone(ELSEWHERE).messages == [] or "QC-0001" not in office.phone(ELSEWHERE).last.text


async def test_what_fell_due_while_off_is_said_once_and_the_latest_only(office: Office) -> None:
    await met_lately(office, date(2026, 12, 20))
    await has_vetting(office, "QC-0001", date(2026, 10, 2))
    await morning(office, "2026-11-23")
    told = await rows(office, notices.c.kind == "vetting", notices.c.person_id == office.person[HELPER])
    assert [row.stage for row in told] == ["7"]
    await morning(office, "2026-11-10")
    await morning(office, "2026-11-24")
    again = await rows(office, notices.c.kind == "vetting", notices.c.person_id == office.person[HELPER])
    assert [row.id for row in again] == [row.id for row in told]


async def test_a_date_that_moved_is_told_once_to_those_who_knew_the_old_one(office: Office) -> None:
    await met_lately(office, date(2026, 12, 20))
    await has_vetting(office, "QC-0001", date(2026, 10, 2))
    await morning(office, "2026-11-13")

    def received_later(connection: Connection) -> None:
        connection.execute(update(vettings).values(received_on=date(2026, 10, 12)))
        rework(connection, office.now, [1])

    await office.do(received_later)
    await morning(office, "2026-11-14")
    assert "23/11 (trước báo 13/11)" in office.phone(HELPER).last.text
    assert not any("trước báo" in message.text for message in office.phone(SECRETARY).messages)
    count = len(office.phone(HELPER).messages)
    await morning(office, "2026-11-15")
    assert len(office.phone(HELPER).messages) == count


async def test_a_thing_put_off_comes_again_and_the_secretary_sees_it(office: Office) -> None:
    phone = office.phone(OTHER)
    await morning(office, "2026-11-20")
    await phone.presses("Hoãn")
    assert labels(phone.last)[:3] == ["1 ngày", "3 ngày", "7 ngày"]
    await phone.presses("3 ngày")
    assert "Sẽ nhắc lại vào thứ Hai 23/11/2026" in phone.last.text
    await morning(office, "2026-11-21")
    assert "hoãn việc “Lâu chưa gặp quần chúng” – QC-0003" in office.phone(SECRETARY).last.text
    assert "Sẽ nhắc lại" in phone.last.text
    assert "hoãn đến 23/11" in text(await phone.says("viec hom nay"))
    told = len(phone.messages)
    await morning(office, "2026-11-23")
    assert len(phone.messages) == told + 1
    assert "QC-0003" in phone.last.text
    await morning(office, "2026-11-24")
    assert len(phone.messages) == told + 1


async def test_the_law_s_date_is_not_put_off(office: Office) -> None:
    await met_lately(office, date(2026, 12, 20))
    await has_vetting(office, "QC-0001", date(2026, 10, 2))
    phone = office.phone(HELPER)
    await morning(office, "2026-11-06")
    await phone.presses("Hoãn")
    assert labels(phone.last)[:3] == ["1 ngày", "3 ngày", "7 ngày"]
    await morning(office, "2026-11-11")
    await phone.says("/viec")
    await phone.presses("Hoãn")
    assert labels(phone.last)[0] == "1 ngày"
    assert "7 ngày" not in labels(phone.last)
    await morning(office, "2026-11-14")
    await phone.says("/viec")
    # Where nothing may wait any more there is no button for it; an old one still gets the reason.
    assert "Hoãn" not in labels(phone.last)
    late = phone.button("Vì sao?").send.replace("visao", "hoan")
    assert "không hoãn được: hạn là 13/11/2026" in text(await phone.says(late))


async def test_help_goes_up_a_level_at_once_with_who_asks(office: Office) -> None:
    await morning(office, "2026-11-20")
    phone = office.phone(OTHER)
    said = text(await phone.presses("Cần giúp"))
    assert "Đã nhờ bí thư giúp (2 người nhận tin)" in said
    office.passes(minutes=1)
    await office.reminds()
    for leader in (SECRETARY, DEPUTY):
        assert "Cần giúp</b>: đ/c B.V. Ba nhờ việc “Lâu chưa gặp quần chúng”" in office.phone(leader).last.text
    await office.phone(SECRETARY).presses("Cần giúp")
    office.passes(minutes=1)
    await office.reminds()
    assert "Cần giúp" in office.phone(AREA).last.text
    assert "phụ trách địa bàn" in office.phone(SECRETARY).last.text


async def test_asked_twice_in_a_day_it_is_said_once(office: Office) -> None:
    await morning(office, "2026-11-20")
    phone = office.phone(OTHER)
    told = phone.last
    for _ in range(3):
        await phone.presses("Cần giúp", told)
        await office.reminds()
    assert sum("Cần giúp</b>" in message.text for message in office.phone(SECRETARY).messages) == 1


async def test_nobody_stands_above_the_office(office: Office) -> None:
    await met_lately(office, date(2026, 12, 20))
    await has_vetting(office, "QC-0001", date(2026, 10, 2))
    await morning(office, "2026-11-27")
    clerk = office.phone(CLERK)
    number = next(b.send.split()[-1] for row in clerk.last.buttons for b in row if "/viec" in b.send)
    assert "không còn cấp nào" in text(await clerk.says(f"/viec giup {number}"))


async def test_why_is_answered_by_the_rule_or_by_the_custom(office: Office) -> None:
    await morning(office, "2026-11-20")
    phone = office.phone(OTHER)
    said = text(await phone.presses("Vì sao?"))
    assert "Lần tiếp xúc gần nhất ngày 01/03/2026. Tính 30 ngày" in said
    await morning(office, "2026-11-28")
    secretary = office.phone(SECRETARY)
    await secretary.says("/viec")
    found = await rows(office, notices.c.kind == "meeting_prepare", notices.c.person_id == office.person[SECRETARY])
    said = text(await secretary.says(f"/viec visao v{found[0].id}"))
    assert "42-HD/BTCTW" in said
    assert "28/10/2025" in said


async def test_another_s_thing_and_one_that_there_is_not_read_alike(office: Office) -> None:
    await morning(office, "2026-11-20")
    theirs = (await rows(office, notices.c.person_id == office.person[OTHER]))[0].id
    phone = office.phone(HELPER)
    said = {
        text(await phone.says(f"/viec {verb} {number}"))
        for verb in ("xong", "hoan", "giup", "visao")
        for number in (f"v{theirs}", "v99999", "99", "vv")
    }
    said |= {
        text(await phone.says("/viec xong")),
        text(await phone.says("/viec xong ba 😀")),
        text(await phone.says("/viec 0")),
    }
    assert len(said) == 1
    assert "không còn là việc của đồng chí" in said.pop()


async def test_an_old_button_of_a_thing_that_is_done_leads_on(office: Office) -> None:
    await morning(office, "2026-11-20")
    phone = office.phone(OTHER)
    told = phone.last
    await phone.says("/tiepxuc QC-0003 gap")
    assert "đã xong" in text(await phone.presses("Hoãn", told))
    assert labels(phone.last) == ["Các việc của tôi"]
    assert "không có việc nào" in text(await phone.presses("Các việc"))


async def test_a_guest_has_no_tasks(office: Office) -> None:
    assert text(await office.phone("người lạ").says("/viec"))


async def test_a_sunday_is_kept_and_monday_has_one_list(office: Office) -> None:
    await morning(office, "2026-11-22")
    phone = office.phone(OTHER)
    assert phone.messages == []
    await morning(office, "2026-11-23")
    assert len(phone.messages) == 1


async def test_a_list_of_the_night_comes_once_in_the_morning(office: Office) -> None:
    await looks(office, "2026-11-20", "20:59")
    phone = office.phone(OTHER)
    await morning(office, "2026-11-20", "22:00")
    assert phone.messages == []
    await morning(office, "2026-11-21", "06:45")
    assert phone.messages == []
    await morning(office, "2026-11-21")
    assert len(phone.messages) == 1


async def test_what_cannot_wait_is_said_by_itself_up_to_a_few_a_day_and_the_rest_with_the_next_list(
    office: Office,
) -> None:
    await morning(office, "2026-11-20")
    secretary = office.phone(SECRETARY)
    for number in range(6):
        await office.has_candidate(f"Trần Văn Số {number}", "B1", OTHER)
    await office.reminds()
    await morning(office, "2026-11-21")
    before = len(secretary.messages)
    mine = await rows(office, notices.c.person_id == office.person[OTHER], notices.c.state == "said")
    for row in mine:
        await office.phone(OTHER).says(f"/viec giup v{row.id}")
        office.passes(seconds=5)
    await office.reminds()
    for _ in range(3):
        office.passes(seconds=5)
        await office.reminds()
    assert len(secretary.messages) - before == 4
    await morning(office, "2026-11-23")
    assert "Cần giúp" in secretary.last.text
    left = await rows(office, notices.c.person_id == office.person[SECRETARY], notices.c.state == "owed")
    assert left == []


async def test_the_branch_meeting_is_prepared_reported_for_and_announced(office: Office) -> None:
    await met_lately(office, date(2026, 12, 1))
    await morning(office, "2026-11-28")
    assert "Họp chi bộ <b>thứ Năm 03/12/2026</b>: chuẩn bị nội dung" in office.phone(SECRETARY).last.text
    await morning(office, "2026-11-30")
    helper = office.phone(HELPER)
    assert "Báo cáo trước họp chi bộ" in helper.last.text
    await helper.presses("Như trên hệ thống")
    await morning(office, "2026-12-02")
    assert "Họp chi bộ: <b>thứ Năm 03/12/2026</b>" in office.phone(OTHER).last.text
    await morning(office, "2026-12-04")
    assert "Chưa ghi cuộc họp chi bộ thứ Năm 03/12/2026" in office.phone(SECRETARY).last.text


async def test_a_meeting_that_was_moved_is_told_with_both_days(office: Office) -> None:
    await met_lately(office, date(2026, 12, 1))
    await morning(office, "2026-12-02")
    secretary = office.phone(SECRETARY)
    await secretary.says("/hop")
    await secretary.presses("Đổi lịch")
    await secretary.says("5/12 19h30 tại nhà văn hóa tổ 1")
    await secretary.presses("Lưu")
    await morning(office, "2026-12-03")
    assert "thứ Bảy 05/12/2026</b>, 19:30, nhà văn hóa tổ 1 (trước báo 03/12)" in office.phone(OTHER).last.text
    count = len(office.phone(OTHER).messages)
    await morning(office, "2026-12-04")
    assert len(office.phone(OTHER).messages) == count + 1
    assert "05/12/2026" in office.phone(OTHER).last.text


async def test_a_unit_switches_off_what_it_does_not_want_but_not_the_law(office: Office) -> None:
    await morning(office, "2026-11-20")
    secretary = office.phone(SECRETARY)
    said = text(await secretary.says("/nhac loai"))
    assert "Trả lời thẩm tra lý lịch: bật (bắt buộc)" in said
    unit = office.unit["B1"].id
    assert "Đang tắt" in text(await secretary.says(f"/nhac loai u{unit} contact_gap off"))
    assert "không tắt được" in text(await secretary.says(f"/nhac loai u{unit} vetting off"))
    assert "tối đa 14 ngày" in text(await secretary.says(f"/nhac loai u{unit} vetting 15"))
    assert "sớm hơn 3 ngày" in text(await secretary.says(f"/nhac loai u{unit} vetting 3"))
    other = office.unit["B2"].id
    assert "Không" in text(await secretary.says(f"/nhac loai u{other} vetting 3"))
    await office.reminds()
    assert (
        await rows(
            office,
            notices.c.kind == "contact_gap",
            notices.c.person_id == office.person[HELPER],
            notices.c.state == "said",
        )
        == []
    )
    assert "không có việc" in text(await office.phone(HELPER).says("/viec"))
    await secretary.says(f"/nhac loai u{unit} contact_gap on")
    await office.reminds()
    assert "QC-0001" in text(await office.phone(HELPER).says("/viec"))
    assert "QC-0004" in text(await office.phone(ELSEWHERE).says("/viec"))


async def test_where_no_helper_has_a_chat_the_leaders_are_told_in_their_place(office: Office) -> None:
    await office.has_person("Cao Thị Giấy", "member", "B1", joined=False)
    code = await office.has_candidate("Vũ Văn Kính", "B1", "Cao Thị Giấy")
    await morning(office, "2026-11-20")
    mine = await rows(office, notices.c.person_id == office.person[SECRETARY], notices.c.role == "stand_in")
    assert len(mine) == 1
    assert code in text(await office.phone(SECRETARY).says(f"/viec v{mine[0].id}"))
    theirs = await rows(office, notices.c.person_id == office.person["Cao Thị Giấy"])
    assert [row.state for row in theirs] == ["owed"]


async def test_whoever_loses_a_role_is_told_nothing_of_it_any_more(office: Office) -> None:
    await looks(office, "2026-11-20")

    def ends(connection: Connection) -> None:
        roles.end(
            connection, office.now, None, office.person[OTHER], office.unit["B1"].id, "member", date(2026, 11, 20)
        )
        assert people.by_id(connection, office.person[OTHER])

    await office.do(ends)
    await office.reminds()
    assert office.phone(OTHER).messages == []


async def test_a_difficulty_that_nobody_answers_goes_before_the_office(office: Office) -> None:
    await met_lately(office, date(2026, 12, 20))
    unit = office.unit["B1"]

    def raised(connection: Connection) -> None:
        values = {"kind": "procedure", "words": "Chờ lâu quá", "level": "branch", "candidate_id": None}
        raise_one(connection, office.now, "once", office.person[HELPER], unit.id, values)

    await morning(office, "2026-11-20")
    await office.do(raised)
    await morning(office, "2026-11-27")
    assert any("Vướng mắc của Chi bộ Tổ dân phố 1 từ 20/11/2026" in m.text for m in office.phone(SECRETARY).messages)
    assert not any("Vướng mắc" in message.text for message in office.phone(CLERK).messages)
    await morning(office, "2026-12-04")
    assert any("Vướng mắc" in message.text for message in office.phone(CLERK).messages)


async def test_a_number_that_is_typed_is_the_place_in_the_list(office: Office) -> None:
    await morning(office, "2026-11-20")
    phone = office.phone(HELPER)
    await phone.says("/viec")
    assert "QC-0002" in text(await phone.says("/viec 2"))
    assert "QC-0002" in text(await phone.says("/viec hoan 2"))
    assert "QC-0001" in text(await phone.says("/viec 1"))


async def test_who_is_in_charge_of_an_organisation_is_asked_to_report_before_the_meeting(office: Office) -> None:
    await met_lately(office)
    await office.has_person("Đỗ Thị Đoàn", "member", "B1")
    person, unit = office.person["Đỗ Thị Đoàn"], office.unit["B1"].id
    day = date(2026, 11, 1)
    await office.do(lambda c: meeting_reports.give_charge(c, office.now, None, unit, "youth_union", person, day))
    await looks(office, "2026-11-30")
    asked = {row.person_id for row in await rows(office, notices.c.kind == "meeting_report", notices.c.unit_id == unit)}
    assert asked == {person, office.person[HELPER], office.person[OTHER]}
    phone = office.phone("Đỗ Thị Đoàn")
    told = await phone.says("/viec")
    assert "phần việc mình phụ trách" in text(told)
    assert "Đoàn Thanh niên" in text(await phone.presses("✓ Đã làm"))


async def test_a_call_for_help_with_a_contact_is_the_leaders_to_see_to_until_the_next_contact(office: Office) -> None:
    await met_lately(office)
    helper, secretary = office.phone(HELPER), office.phone(SECRETARY)
    await morning(office, "2026-11-20", "09:00")
    await helper.says("/tiepxuc QC-0001 gap")
    await helper.says("/cangiup 1")
    await office.reminds()
    assert "Cần giúp</b>: đ/c L.T. Hai nhờ – <b>QC-0001</b> (N.N. Lan)" in secretary.last.text
    assert "Nguyễn Ngọc" not in secretary.last.text
    assert "Cần giúp</b>: đ/c L.T. Hai" in text(await secretary.says("/viec"))
    opened = await secretary.says("/viec 1")
    assert opened is not None and "Xem hồ sơ" in labels(opened)
    office.now = datetime(2026, 11, 21, 9, tzinfo=ZONE)
    await helper.says("/tiepxuc QC-0001 goi")
    assert "Cần giúp" not in text(await secretary.says("/viec"))


async def test_a_leader_answers_a_call_for_help_by_saying_so(office: Office) -> None:
    await met_lately(office)
    helper, secretary = office.phone(HELPER), office.phone(SECRETARY)
    await helper.says("/tiepxuc QC-0001 gap")
    await helper.says("/cangiup 1")
    await secretary.says("/viec")
    await secretary.says("/viec xong 1")
    assert "Cần giúp" not in text(await secretary.says("/viec"))


async def test_a_contact_that_is_undone_takes_its_call_for_help_along(office: Office) -> None:
    await met_lately(office)
    helper = office.phone(HELPER)
    await helper.says("/tiepxuc QC-0001 gap")
    await helper.says("/cangiup 1")
    assert "Cần giúp" in text(await office.phone(SECRETARY).says("/viec"))
    await helper.presses("Hoàn tác")
    assert "Cần giúp" not in text(await office.phone(SECRETARY).says("/viec"))


async def test_silence_is_told_in_the_order_of_what_it_costs_the_plan(office: Office) -> None:
    steps = {"Cao Văn Nguồn": "source", "Cao Văn Sơ": "application", "Cao Văn Xét": "committee_vote"}
    steps["Cao Văn Mới"] = "decision"
    codes = {}
    for name, step in steps.items():
        codes[step] = await office.has_candidate(name, "B1", step=step, step_on=date(2026, 6, 1), helper=HELPER)
    await met_lately(office, date(2026, 6, 1))
    await looks(office, "2026-11-20")
    unit, person = office.unit["B1"], office.person[HELPER]

    def orders(connection: Connection) -> tuple[list[str], list[str]]:
        told = [one for one in open_of(connection, person) if one.kind == "contact_gap"]
        by_id = {candidates.by_code(connection, code).id: code for code in codes.values()}  # type: ignore[union-attr]
        today, quarter = office.now.date(), Period("quarter", 2026, 4)
        radar = silent(connection, unit, plan_for(connection, unit, quarter, today), set(by_id))
        return [by_id[one.candidate_id] for one in told if one.candidate_id in by_id], [one.code for one in radar]

    told, radar = await office.do(orders)
    assert told == [codes[step] for step in ("committee_vote", "application", "source", "decision")]
    assert (radar[0], radar[-1]) == (told[0], told[-1])
