"""The plan of a term: set by eight questions, kept with its document and its history, told beside what is there."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.goals import Term
from bot.rules.terms import TermPlan, TermStanding
from bot.rules.unit_events import help_due
from storage import terms
from tests.dialogues.journeys import text
from tests.office import Office, Phone

BOSS, SECRETARY = "Trần Văn Phòng", "Lê Thị Bí"


async def sets(phone: Phone, *answers: str) -> str:
    await phone.says("/datnhiemky #1")
    for answer in answers:
        await phone.says(answer)
    return phone.last.text


FULL = ("2030", "60", "250", "03-NQ/ĐU", "15/10/2025", "Nghị quyết về phát triển đảng viên", "38", "-")


async def test_the_office_sets_a_term_and_everybody_sees_how_far_it_is(office: Office) -> None:
    await office.has_candidate("Đinh Văn Mới", "B1", step="decision", step_on=date(2026, 10, 5))
    boss = office.phone(BOSS)
    assert "Chưa ghi kế hoạch nhiệm kỳ" in text(await boss.says("/nhiệm kỳ"))
    shown = await sets(boss, *FULL)
    assert "✓ Đã ghi" in shown
    assert "Nhiệm kỳ 2025–2030 – Phường Thử Nghiệm" in shown
    assert "Nghị quyết về phát triển đảng viên, số 03-NQ/ĐU ngày 15/10/2025" in shown
    assert "<b>1/60 (2 %, thiếu 59)</b>" in shown
    assert "kế hoạch 12,0/năm" in shown
    assert "Còn 37 tháng: từ nay cần <b>19,1/năm</b>" in shown
    assert "Nhiệm kỳ trước: kết nạp 38 (bình quân 7,6/năm)" in shown
    goals = text(await boss.says("/chitieu"))
    assert "Nhiệm kỳ 2025–2030: 1/60 (2 %, thiếu 59), bình quân 0,5/năm (nhiệm kỳ trước 7,6)" in goals


async def test_what_stands_is_kept_or_changed_one_by_one_and_the_history_has_both(office: Office) -> None:
    boss = office.phone(BOSS)
    await sets(boss, *FULL)
    await boss.says("/datnhiemky #1")
    await boss.presses("2030")
    assert "Đang ghi: 60" in boss.last.text
    await boss.says("70")
    for _ in range(5):
        await boss.presses("Giữ nguyên")
    await boss.presses("Bỏ qua")
    assert "<b>0/70" in boss.last.text
    past = text(await boss.presses("Ai đặt"))
    assert "chỉ tiêu kết nạp cả nhiệm kỳ 70" in past
    assert "chỉ tiêu kết nạp cả nhiệm kỳ 60" in past
    assert past.index("nhiệm kỳ 70") < past.index("nhiệm kỳ 60")
    plan = await office.do(lambda c: terms.plan_of(c, office.unit["W"].id, 2025))
    assert (plan.admissions, plan.on, plan.sources_before) == (70, date(2025, 10, 15), None)


async def test_nonsense_is_answered_and_nobody_else_sets_it(office: Office) -> None:
    boss, bi = office.phone(BOSS), office.phone(SECRETARY)
    await boss.says("/datnhiemky #1")
    assert "Năm cuối phải sau 2025" in text(await boss.says("2020"))
    await boss.says("2030")
    assert "😀" in text(await boss.says("😀"))
    assert "chắc là gõ nhầm" in text(await boss.says("999999"))
    assert "Nút này đã cũ" in text(await boss.says("/sonhiemky 99 5"))
    assert "Nút này đã cũ" in text(await boss.says("/giunhiemky 99"))
    await boss.says("/huy")
    assert "Nút này đã cũ" in text(await boss.says("/giunhiemky 1"))
    assert "chỉ xem được" in text(await bi.says("/datnhiemky"))
    assert "Chưa ghi kế hoạch" in text(await bi.says("/nhiemky"))
    assert "Không có đơn vị này" in text(await bi.says("/nhiemky #1"))
    assert "dành cho bí thư" in text(await office.phone("Lê Thị Hai").says("/nhiemky"))


COUNTS = st.integers(0, 10_000)


@given(COUNTS, st.integers(1, 60), st.none() | COUNTS, st.integers(1, 10))
def test_what_is_needed_a_year_makes_the_plan_in_the_time_that_is_left(
    admitted: int, months: int, wanted: int | None, years: int
) -> None:
    found = TermStanding(Term(2025, admitted, months), TermPlan(2025, 2025 + years, admissions=wanted))
    assert found.months_left == max(0, years * 12 - months)
    if found.yearly_needed is None:
        assert wanted is None or admitted >= wanted or not found.months_left
    else:
        assert wanted is not None
        assert abs(admitted + found.yearly_needed * found.months_left / 12 - wanted) < 1e-6


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(st.none() | DAYS, st.integers(1, 24), DAYS)
def test_a_branch_is_to_be_helped_again_after_some_months_and_each_quarter_that_is_due(
    last: date | None, months: int, today: date
) -> None:
    due_on = help_due(last, months, today)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    assert due_on >= quarter
    assert due_on == quarter or due_on > (last or date(today.year, 1, 1))
    assert help_due(last, months, quarter) == due_on
