"""New members: on probation and in the year after it, when each was last remarked upon, and who is reminded."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.workdays import add_months
from storage import candidates, history, new_members, units
from storage.facts import keep_dates
from storage.new_members import Remarked
from tests.dialogues.journeys import text
from tests.dialogues.test_reminders_and_figures import kinds_of
from tests.office import Office

BOSS, LEAD, SECRETARY, OTHER, HELPER, MEMBER = (
    "Trần Văn Phòng",
    "Phan Văn Địa Bàn",
    "Lê Thị Bí",
    "Hồ Thị Thư",
    "Lê Thị Hai",
    "Bùi Văn Ba",
)
DUE = "remark"


async def admitted(
    office: Office, name: str, on: date, unit: str = "B1", helper: str | None = None, **more: Any
) -> str:
    """Somebody who was taken in at a ceremony on that day."""
    code = await office.has_candidate(name, unit, helper, step="ceremony", step_on=on, **more)
    await dated(office, code, admission_decided=on - timedelta(days=10), ceremony=on)
    return code


async def dated(office: Office, code: str, **days: date) -> None:
    await office.do(lambda c: keep_dates(c, candidates.by_code(c, code).id, days))  # type: ignore[union-attr]


async def test_new_members_stand_with_their_stage_and_the_longest_without_a_remark_first(office: Office) -> None:
    fresh = await admitted(office, "Đinh Văn Mới", date(2026, 10, 5))
    old = await admitted(office, "Đinh Văn Lâu", date(2026, 3, 2))
    full = await admitted(office, "Đinh Văn Đủ", date(2025, 3, 3))
    past = await admitted(office, "Đinh Văn Qua", date(2023, 3, 3))
    await dated(office, full, recognition_decided=date(2026, 3, 20))
    await dated(office, past, recognition_decided=date(2024, 3, 20))
    shown = text(await office.phone(SECRETARY).says("/dangvienmoi"))
    assert "3 người" in shown
    assert past not in shown
    assert shown.index(full) < shown.index(old) < shown.index(fresh)
    assert f"⚠ <b>Đinh Văn Lâu</b> ({old}): dự bị đến 02/03/2027; chưa nhận xét, quá hạn từ 02/09" in shown
    assert f"<b>Đinh Văn Đủ</b> ({full}): chính thức, theo dõi đến 20/03/2027" in shown
    assert f"<b>Đinh Văn Mới</b> ({fresh}): dự bị đến 05/10/2027; chưa nhận xét, lần tới 05/04/2027" in shown


async def test_a_remark_is_noted_by_its_day_and_by_whom_and_taken_back(office: Office) -> None:
    code = await admitted(office, "Đinh Văn Lâu", date(2026, 3, 2))
    bi = office.phone(SECRETARY)
    await bi.says("/dangvienmoi")
    asked = await bi.presses("Nhận xét 1")
    assert "Nội dung nhận xét giữ trong hồ sơ giấy" in text(asked)
    assert "chưa tới" in text(await bi.says("25/11"))
    assert "chưa đọc được ngày" in text(await bi.says("😀 rất tốt"))
    assert "phải từ ngày ấy" in text(await bi.says("1/2/2026"))
    done = text(await bi.presses("Hôm nay", asked))
    assert "ngày 20/11/2026, người nhận xét: Lê Thị Bí" in done
    assert "Lần tới trước 20/05/2027" in done
    kept = bi.last
    assert "đã ghi rồi" in text(await bi.presses("Hôm nay", asked))
    await bi.presses("Người khác nhận xét", kept)
    assert "người nhận xét: Ngô Văn Phó" in text(await bi.presses("Ngô Văn Phó"))
    assert f"({code})" in text(await bi.says("/dangvienmoi"))
    assert "⚠" not in bi.last.text
    assert "Đã bỏ lần nhận xét" in text(await bi.presses("Hoàn tác", kept))
    assert "Nút này đã cũ" in text(await bi.presses("Hoàn tác", kept))
    assert "⚠" in text(await bi.says("/dangvienmoi"))
    lines = await office.do(lambda c: history.of(c, candidates.by_code(c, code).subject))  # type: ignore[union-attr]
    assert [one.action for one in lines if one.action.startswith("remark")] == [
        "remark.note",
        "remark.change",
        "remark.undo",
    ]


async def test_who_may_note_it_is_who_records_the_steps_or_helps(office: Office) -> None:
    code = await admitted(office, "Đinh Văn Lâu", date(2026, 3, 2), helper=HELPER)
    for name in (OTHER, MEMBER):
        assert "Không có hồ sơ" in text(await office.phone(name).says(f"/nhanxet {code} hôm nay"))
    for name in (LEAD, "Đỗ Văn Kiểm"):
        assert "Đã ghi" not in text(await office.phone(name).says(f"/nhanxet {code} hôm nay"))
    helper = office.phone(HELPER)
    assert f"({code})" in text(await helper.says("/dangvienmoi"))
    assert "Đã ghi" in text(await helper.says(f"ghi nhan xet {code} hom qua"))
    assert "Chưa có ai" in text(await office.phone(MEMBER).says("/dangvienmoi"))
    assert "Nút này đã cũ" in text(await helper.says("/suanhanxet 99 bo"))


async def test_who_is_a_source_or_has_left_is_no_new_member(office: Office) -> None:
    source = await office.has_candidate("Đỗ Thị Nguồn", "B1")
    boss = office.phone(BOSS)
    assert "không phải đảng viên mới" in text(await boss.says(f"/nhanxet {source}"))
    gone = await admitted(office, "Đinh Văn Thôi", date(2026, 3, 2), state="closed")
    assert "không phải đảng viên mới" in text(await boss.says(f"/nhanxet {gone}"))
    assert "Chưa có ai" in text(await boss.says("/dangvienmoi"))


async def test_the_supervisor_reads_initials_and_the_province_a_number(office: Office) -> None:
    await admitted(office, "Đinh Văn Lâu", date(2026, 3, 2))
    assert "Đ.V. Lâu" in text(await office.phone(LEAD).says("/dangvienmoi"))
    assert "Nhận xét 1" not in [b.label for row in office.phone(LEAD).last.buttons for b in row]
    await office.has_unit("P", "Tỉnh Thử Nghiệm", "province")
    await office.do(lambda c: units.move(c, office.now, None, office.unit["W"], office.unit["P"]))
    await office.has_person("Vũ Thị Tỉnh", "office", "P")
    for words in ("/dangvienmoi", f"/dangvienmoi #{office.unit['W'].id}"):
        shown = text(await office.phone("Vũ Thị Tỉnh").says(words))
        assert "1 người" in shown
        assert "Lâu" not in shown


async def test_an_overdue_remark_is_told_to_the_secretary_then_above_until_it_is_noted(office: Office) -> None:
    code = await admitted(office, "Đinh Văn Lâu", date(2026, 5, 18))
    await office.reminds()
    assert DUE in await kinds_of(office, SECRETARY)
    assert DUE not in await kinds_of(office, LEAD)
    office.passes(days=21)
    await office.reminds()
    assert DUE in await kinds_of(office, LEAD)
    assert not any("Đinh Văn Lâu" in one.text for one in office.phone(LEAD).messages)
    await office.phone(SECRETARY).says(f"/nhanxet {code} hôm nay")
    await office.reminds()
    assert DUE not in await kinds_of(office, SECRETARY) | await kinds_of(office, LEAD)


async def test_a_unit_sets_how_often(office: Office) -> None:
    await admitted(office, "Đinh Văn Lâu", date(2026, 5, 18))
    await office.phone(BOSS).says("/cachtinh #1 = remark_months 12")
    await office.reminds()
    assert DUE not in await kinds_of(office, SECRETARY)
    assert "lần tới 18/05/2027" in text(await office.phone(SECRETARY).says("/dangvienmoi"))


async def test_long_lists_turn_and_fit_a_phone(office: Office) -> None:
    for number in range(12):
        await admitted(office, f"Nguyễn Thị Hồng Ngọc Phương {number}", date(2026, 3, 1 + number))
    boss = office.phone(BOSS)
    assert "(trang 1/3)" in text(await boss.says("/dangvienmoi"))
    assert "(trang 2/3)" in text(await boss.presses("Sau ›"))
    assert "(trang 3/3)" in text(await boss.says("/dangvienmoi +99"))
    assert all(len(one.text) <= 900 for one in boss.messages)


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(DAYS, st.none() | DAYS, st.integers(1, 12))
def test_the_next_remark_is_due_so_many_months_after_the_last(on: date, last: date | None, months: int) -> None:
    found = Remarked(1, on, None, last).due_on(months)
    assert found == add_months(last or on, months)
    assert found > (last or on)


async def test_the_year_after_the_recognition_ends_on_its_day(office: Office) -> None:
    code = await admitted(office, "Đinh Văn Đủ", date(2024, 11, 1))
    await dated(office, code, recognition_decided=date(2025, 11, 20))

    async def there(today: date) -> bool:
        return bool(await office.do(lambda c: new_members.is_new(c, candidates.by_code(c, code), today)))  # type: ignore[arg-type]

    assert await there(date(2026, 11, 19))
    assert not await there(date(2026, 11, 20))
