"""After the meeting: who was there, the minutes, the conclusions; members who stay away, are exempt, are far away."""

from datetime import date, datetime, timedelta

import pytest

from storage import history, meetings, membership
from tests.dialogues.journeys import CODE, at, records, text, to_vote
from tests.office import ZONE, Office, Phone

SECRETARY, DEPUTY, MEMBER, OTHER = "Lê Thị Bí", "Ngô Văn Phó", "Lê Thị Hai", "Bùi Văn Ba"


def ref(office: Office, month: str = "202612") -> str:
    return f"{office.unit['B1'].id}-{month}"


@pytest.fixture
async def secretary(office: Office) -> Phone:
    """The secretary, on the evening of the December meeting."""
    at(office, "03/12/2026")
    return office.phone(SECRETARY)


async def meets(office: Office, month: str, day: str, *missing: str) -> None:
    """A meeting is recorded: "Ba" excused, "-Ba" without reason."""
    at(office, day)
    phone = office.phone(SECRETARY)
    await phone.says(f"/diemdanh {ref(office, month)}")
    for name in missing:
        await phone.says(f"vắng không lý do {name[1:]}" if name.startswith("-") else f"vắng {name}")
    await phone.presses("Lưu")


async def test_everybody_is_present_but_those_who_are_tapped(office: Office, secretary: Phone) -> None:
    await office.phone(MEMBER).says(f"/toivang {ref(office)} work")
    await secretary.says("/hop")
    await secretary.presses("Điểm danh")
    assert "Triệu tập 4: có mặt <b>3</b>, vắng có lý do 1, không lý do 0" in secretary.last.text
    await secretary.presses("✓ Bùi Văn Ba")
    await secretary.presses("✗ Vắng không lý do")
    assert "có mặt <b>2</b>, vắng có lý do 1, không lý do 1" in secretary.last.text
    assert "chưa đủ người để xét kết nạp" in secretary.last.text
    await secretary.presses("P Lê Thị Hai")
    await secretary.presses("📱 Dự trực tuyến")
    assert "có mặt <b>3</b> (trực tuyến 1)" in secretary.last.text
    said = text(await secretary.presses("Lưu"))
    assert "có mặt 3/4 (trực tuyến 1), vắng có lý do 0, không lý do 1" in said
    assert "đồng chí có mặt" in text(await office.phone(MEMBER).says(f"/hop {ref(office)}"))
    assert "đồng chí vắng" in text(await office.phone(OTHER).says(f"/hop {ref(office)}"))


async def test_names_are_typed_and_a_restart_keeps_them(office: Office, secretary: Phone) -> None:
    await secretary.says(f"/diemdanh {ref(office)}")
    await secretary.says("vang ba, hai")
    fresh = office.restarted().phone(SECRETARY)
    await fresh.says("không phép Phó")
    assert "vắng có lý do 2, không lý do 1" in fresh.last.text
    assert "chưa rõ “vắng Tèo”" in text(await fresh.says("vắng Tèo"))
    await fresh.presses("Có mặt đủ")
    assert "có mặt <b>4</b>" in fresh.last.text


@pytest.mark.parametrize(
    ("typed", "arithmetic"),
    [
        ("4 4 1 0", "Có mặt 4 + vắng có lý do 1 + vắng không lý do 0 = 5, triệu tập 4: chưa khớp"),
        ("triệu tập 4, có mặt 4, vắng có lý do 0, không lý do 0", "Có mặt gõ 4, theo danh sách 3: chưa khớp"),
        ("có mặt 9", "Có mặt gõ 9, theo danh sách 3: chưa khớp"),
    ],
)
async def test_figures_that_do_not_fit_the_names_are_refused_with_the_arithmetic(
    office: Office, secretary: Phone, typed: str, arithmetic: str
) -> None:
    await secretary.says(f"/diemdanh {ref(office)}")
    await secretary.says("vắng Ba")
    said = text(await secretary.says(typed))
    assert arithmetic in said
    assert "có mặt <b>3</b>" in text(await secretary.says("4 3 1 0"))


async def test_nobody_present_is_no_meeting(office: Office, secretary: Phone) -> None:
    await secretary.says(f"/diemdanh {ref(office)}")
    await secretary.says("vắng Ba, Hai, Phó, Bí")
    assert "chưa có ai được ghi là có mặt" in text(await secretary.presses("Lưu"))


async def test_what_has_not_been_held_is_not_recorded_unless_it_is_held_today(office: Office) -> None:
    at(office, "01/12/2026")
    secretary = office.phone(SECRETARY)
    for words in ("diemdanh", "bienban"):
        assert "chưa tới" in text(await secretary.says(f"/{words} {ref(office)}"))
    await secretary.presses("Hôm nay đang họp")
    assert "Điểm danh 01/12" in secretary.last.text
    assert "chưa ghi là đã họp" in text(await secretary.says(f"/ketluan {ref(office)}"))


async def test_minutes_conclusions_and_a_correction_that_keeps_the_old(office: Office, secretary: Phone) -> None:
    await meets(office, "202612", "03/12/2026", "Ba")
    await secretary.presses("Biên bản")
    await secretary.presses("✓ Tự phê bình")
    await secretary.presses("Số nghị quyết")
    assert "chưa đọc được số" in text(await secretary.says("chưa có"))
    await secretary.says("nghị quyết số 12-NQ/CB")
    said = text(await secretary.presses("Lưu"))
    assert "12-NQ/CB ngày 03/12/2026" in said
    assert "Tự phê bình" not in said
    said = text(await secretary.says(f"/hop {ref(office)}"))
    assert "đăng trước hết ngày <b>05/12/2026</b>" in said
    assert "HD 42-HD/BTCTW, 28/10/2025" in said
    await secretary.says(f"/bienban {ref(office)}")
    await secretary.presses("Sửa biên bản")
    await secretary.says("13-NQ/CB")
    await secretary.presses("Lưu")
    assert "13-NQ/CB" in secretary.last.text
    await secretary.presses("Đã đăng kết luận")
    assert "Kết luận đăng ngày 03/12/2026" in secretary.last.text
    unit = office.unit["B1"].id
    meeting = await office.do(lambda c: meetings.plan_of(c, unit, office.now.date()))
    kept = await office.do(lambda c: history.of(c, meeting.subject))
    assert [entry.before for entry in kept if entry.after == {"resolution": "13-NQ/CB"}] == [{"resolution": "12-NQ/CB"}]
    assert await office.do(history.broken) is None


async def test_a_meeting_recorded_by_mistake_is_to_come_again(office: Office, secretary: Phone) -> None:
    await meets(office, "202612", "03/12/2026")
    await secretary.says(f"/bienban {ref(office)}")
    await secretary.presses("Lưu")
    await secretary.presses("Ghi nhầm, chưa họp")
    assert "chưa họp" in secretary.last.text
    assert "Hôm nay" in text(await secretary.says("/hop"))


async def test_days_and_items_that_cannot_be_are_refused(office: Office, secretary: Phone) -> None:
    await secretary.says(f"/bienban {ref(office)}")
    await secretary.presses("Ngày họp")
    assert "không nằm trong tháng 12/2026" in text(await secretary.says("20/11"))
    await secretary.says("2/12")
    assert "Biên bản 02/12/2026" in secretary.last.text
    await secretary.says("12-NQ/CB 30/11")
    assert "phải từ ngày họp 02/12/2026" in text(await secretary.presses("Lưu"))
    await secretary.says("12-NQ/CB 3/12")
    for label in ("Thông tin", "Công tác", "Xét", "Nghe", "Kiểm điểm", "Tự phê", "Đảng phí"):
        await secretary.presses(f"✓ {label}")
    assert "Chưa có mục nào" in text(await secretary.presses("Lưu"))


async def test_what_another_leader_recorded_meanwhile_is_not_overwritten(office: Office, secretary: Phone) -> None:
    deputy = office.phone(DEPUTY)
    await secretary.says(f"/diemdanh {ref(office)}")
    await deputy.says(f"/diemdanh {ref(office)}")
    await deputy.says("vắng Ba")
    await deputy.presses("Lưu")
    assert "chưa được lưu" in text(await secretary.presses("Lưu"))
    await secretary.presses("Điểm danh")
    assert "P Bùi Văn Ba" in [button.label for row in secretary.last.buttons for button in row]


async def test_old_buttons_and_saves_pressed_twice_write_nothing_new(office: Office, secretary: Phone) -> None:
    await secretary.says(f"/diemdanh {ref(office)}")
    old = secretary.button("✓ Bùi Văn Ba")
    save = secretary.button("Lưu")
    await secretary.says(save.send, pressed="1")
    assert "đã ghi rồi" in text(await secretary.says(save.send, pressed="1"))
    assert "cũ" in text(await secretary.says(old.send, pressed="1"))
    for words in ("/dd x 1", "/bb 1 save", "/hopdat 1 save", "/phieu 1 save", "/dd"):
        assert text(await secretary.says(words))


async def test_a_vote_with_more_present_than_were_marked_is_pointed_out(office: Office) -> None:
    await to_vote(office)
    secretary = office.phone(SECRETARY)
    month = f"{office.now:%Y%m}"
    await secretary.says(f"/hop {ref(office, month)}")
    await records(
        secretary, "branch_vote", "=Hôm nay", "12-NQ/CB", "4 chính thức, 4 có mặt, phát 4 thu 4 hợp lệ 4 tán thành 4"
    )
    await secretary.says(f"/hopdoi {ref(office, month)}")
    meeting = await office.do(lambda c: meetings.plan_of(c, office.unit["B1"].id, office.now.date()))
    if meeting.on > office.now.date():
        await secretary.says(f"/hopnay {ref(office, month)}")
    else:
        await secretary.says(f"/diemdanh {ref(office, month)}")
    await secretary.says("vắng Ba")
    await secretary.presses("Lưu")
    await secretary.presses("Biên bản")
    await secretary.presses("Ngày họp")
    said = text(await secretary.says(f"{office.now:%d/%m}"))
    assert f"({CODE}): Chi bộ xét, ra nghị quyết" in said
    assert "biểu quyết ghi có mặt 4, điểm danh có mặt 3: chưa khớp" in said


async def test_absent_two_meetings_running_is_seen_before_the_third(office: Office) -> None:
    secretary = office.phone(SECRETARY)
    await meets(office, "202610", "05/10/2026", "-Ba", "Hai")
    await meets(office, "202611", "03/11/2026", "-Ba", "Hai")
    at(office, "20/11/2026")
    assert "2 đảng viên vắng từ hai kỳ liền" in text(await secretary.says("/hop"))
    said = text(await secretary.presses("Vắng, miễn, đi xa"))
    assert "Bùi Văn Ba</b>: vắng 2 kỳ liền, 2 không lý do" in said
    assert "đủ 3 tháng là phải xem xét xóa tên" in said
    assert "Lê Thị Hai</b>: vắng 2 kỳ liền." in said
    await meets(office, "202612", "03/12/2026", "Hai")
    said = text(await secretary.says(f"/sinhhoat {office.unit['B1'].id}"))
    assert "Lê Thị Hai</b>: vắng 3 kỳ liền" in said


async def test_who_is_exempt_or_elsewhere_is_out_of_the_count_unless_present(office: Office) -> None:
    secretary, branch = office.phone(SECRETARY), office.unit["B1"].id
    for words, answers in (
        ("exempt", ("ba", "=Tuổi cao", "=Hôm nay", "10/12", "5-NQ/CB", "=Lưu")),
        ("away", ("=Lê Thị Hai", "=Đi biển", "=Có", "=Hôm nay", "2 tuần nữa", "=Lưu")),
    ):
        await secretary.says(f"/sinhhoat {branch} {words}")
        for answer in answers:
            await (secretary.presses(answer[1:]) if answer.startswith("=") else secretary.says(answer))
    said = secretary.last.text
    assert "Bùi Văn Ba: miễn sinh hoạt (tuổi cao) đến 10/12/2026 – <b>còn 20 ngày</b>" in said
    assert "Lê Thị Hai: đi biển, sinh hoạt tạm thời nơi khác, dự kiến về 04/12/2026" in said
    assert "tính trên 2 người: cần <b>2</b> phiếu" in text(await secretary.says("/hop"))
    at(office, "03/12/2026")
    await secretary.says(f"/diemdanh {ref(office)}")
    assert "Triệu tập 2: có mặt <b>2</b>, vắng có lý do 0, không lý do 0; không triệu tập 2" in secretary.last.text
    await secretary.presses("– Lê Thị Hai")
    await secretary.presses("✓ Có mặt")
    assert "Được biểu quyết 3/3; cần 2 phiếu" in secretary.last.text
    await secretary.says("/huy")
    await secretary.says(f"/sinhhoat {branch}")
    await secretary.presses("Lê Thị Hai")
    await secretary.presses("Đã về")
    assert "đã về từ hôm nay" in secretary.last.text
    assert "tính trên 3 người" in text(await secretary.says(f"/hop {ref(office)}"))
    assert "Không còn mục này" in text(await secretary.says(f"/sinhhoat {branch} one 99"))


async def test_a_member_on_probation_comes_and_has_no_vote(office: Office, secretary: Phone) -> None:
    await secretary.says(f"/sinhhoat {office.unit['B1'].id} probation")
    await secretary.says("hai")
    await secretary.presses("Hôm nay")
    await secretary.presses("Lưu")
    assert "3 đảng viên chính thức" in text(await secretary.says("/hop"))
    await secretary.says(f"/diemdanh {ref(office)}")
    assert "có mặt <b>4</b>" in secretary.last.text
    assert "Được biểu quyết 3/3" in secretary.last.text


async def test_history_does_not_tell_why_somebody_is_exempt(office: Office, secretary: Phone) -> None:
    await secretary.says(f"/sinhhoat {office.unit['B1'].id} exempt")
    for answer in ("ba", "=Sức khỏe", "=Hôm nay", "-", "5-NQ/CB", "=Lưu"):
        await (secretary.presses(answer[1:]) if answer.startswith("=") else secretary.says(answer))
    kept = await office.do(lambda c: history.of(c, f"person:{office.person[OTHER]}"))
    assert "health" not in str(kept)


async def test_a_member_who_is_to_be_back_is_asked_after_once_on_that_day(office: Office, secretary: Phone) -> None:
    branch, ba = office.unit["B1"].id, office.person["Bùi Văn Ba"]
    values = {"reason": "at_sea", "introduced": False, "since": date(2026, 11, 1), "until": date(2026, 12, 1)}
    values |= {"kind": "away", "resolution": None}
    await office.do(lambda c: membership.begin(c, office.now, office.person["Lê Thị Bí"], branch, ba, values))
    told = []
    for day in (30, 31, 32, 33):
        office.now = datetime(2026, 11, 1, 7, tzinfo=ZONE) + timedelta(days=day - 1)
        before = len(secretary.messages)
        await office.reminds()
        told += [(office.now.day, one) for one in secretary.messages[before:] if "dự kiến về 01/12/2026" in one.text]
    [(day, message)] = told
    assert day == 1
    assert "Đ/c B.V. Ba đi xa" in message.text
    state = await office.do(lambda c: membership.open_states(c, branch, office.now.date(), ("away",))[0].id)
    await secretary.says(f"/sinhhoat {branch} one {state}")
    await secretary.presses("Đã về")
    assert "đi xa, dự kiến về" not in text(await secretary.says("/viec"))
