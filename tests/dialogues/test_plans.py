"""Plans and pictures in the chat: what a lead sees of a period, and what nobody else does."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.rules.periods import Period
from storage import candidates, meetings, people, standing, targets
from storage.facts import keep_dates
from storage.plans import glance, plan_for
from tests.office import Office, open_office

Q4 = Period("quarter", 2026, 4)
SECRETARY, OFFICE, SUPERVISOR = "Lê Thị Bí", "Trần Văn Phòng", "Phan Văn Địa Bàn"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as office:
        await with_plan(office)
        yield office


async def with_plan(office: Office) -> None:
    """Branch B1 has to admit two this quarter; one case is with the committee, one before the vote."""
    unit, wanted = office.unit["B1"].id, {"admissions": 2}
    await office.do(lambda c: targets.set_target(c, office.now, None, unit, 2026, 4, wanted))
    await on_the_way(office, "Nguyễn Thị Xa", "committee_vote", date(2026, 11, 12))
    await on_the_way(office, "Đỗ Văn Gần", "recommendation", date(2026, 11, 10))


async def on_the_way(office: Office, name: str, step: str, on: date, unit: str = "B1", **dates: date) -> str:
    born = date(1998, 4, 2)
    more = {"step": step, "step_on": on, "listed_on": date(2025, 11, 1), "born_on": born, "education": "university"}
    code = await office.has_candidate(name, unit, **more)

    def past(connection: Connection) -> None:
        case = candidates.by_code(connection, code)
        assert case
        keep_dates(connection, case.id, {"source_listed": date(2025, 11, 1), **dates})

    await office.do(past)
    return code


def screen(text: str) -> str:
    assert len(text) <= 900
    return re.sub("</?[bi]>", "", text)


async def test_the_secretary_sees_target_range_and_what_is_needed_by_when(office: Office) -> None:
    phone = office.phone(SECRETARY)
    said = await phone.says("/kehoach")
    assert said
    told = screen(said.text)
    assert "Kế hoạch quý IV/2026 – Chi bộ Tổ dân phố 1" in told
    assert "Chỉ tiêu 2 · đã kết nạp 0" in told
    assert re.search(r"Để đạt 2 cần 2 hồ sơ được đảng ủy xét trước \d\d/\d\d; hiện có 1", told)
    assert "tạm tính theo hạn quy định" in told


@pytest.mark.parametrize(
    "text", ["kế hoạch", "du bao", "/kehoach quy nay", "/dự kiến B1", "ke hoach to dan pho 1 quy 4"]
)
async def test_it_is_found_however_it_is_typed(office: Office, text: str) -> None:
    said = await office.phone(SECRETARY).says(text)
    assert said and "Kế hoạch quý IV/2026 – Chi bộ Tổ dân phố 1" in said.text


async def test_who_makes_it_and_who_does_not_is_listed_with_reasons(office: Office) -> None:
    phone = office.phone(SECRETARY)
    await phone.says("/kehoach")
    made = await phone.presses("Kịp (1)")
    assert (
        made
        and "Xa" in made.text
        and "Quyết định, chậm nhất" in screen(made.text).replace("Quyết định kết nạp", "Quyết định")
    )
    await phone.presses("‹ Kế hoạch")
    missed = await phone.presses("Không kịp")
    assert missed
    told = screen(missed.text)
    assert "QC-" in told and ("lâu nhất ở" in told or "theo dõi" in told or "họp chi bộ" in told)
    card = await phone.presses("QC-")
    assert card and "Bước hiện tại" in card.text


async def test_the_next_quarter_and_the_cautious_view_are_a_tap_away(office: Office) -> None:
    phone = office.phone(SECRETARY)
    await phone.says("/kehoach")
    cautious = await phone.presses("Tính thận trọng")
    assert cautious and "nhịp thận trọng" in cautious.text
    later = await phone.presses("Quý I/2027 ›")
    assert later and "Kế hoạch quý I/2027" in later.text and "nhịp thận trọng" in later.text
    assert "không có chỉ tiêu" in later.text
    typed = await phone.says("/kehoach quý sau")
    assert typed and "quý I/2027" in typed.text
    past = await phone.says("/kehoach quý 3")
    assert past and "Đã hết kỳ" in past.text


async def test_how_long_each_step_takes_is_told_honestly(office: Office) -> None:
    for number in range(6):
        dates = {"history_declared": date(2026, 3, 1), "vetting_started": date(2026, 3, 21)}
        await on_the_way(office, f"Trần Văn Số {number}", "vetting", date(2026, 3, 21), **dates)
    phone = office.phone(SECRETARY)
    await phone.says("/kehoach")
    first = await phone.presses("Mỗi bước bao lâu")
    assert first and "Khai lý lịch: 20 ngày (nhanh 20, chậm 20) – 6 hồ sơ của đơn vị" in screen(first.text)
    second = await phone.presses("Sau ›")
    assert second and "mới có 0 hồ sơ, tạm tính theo hạn luật định" in screen(second.text)


async def test_a_lead_above_the_branch_sees_codes_and_no_names(office: Office) -> None:
    phone = office.phone(SUPERVISOR)
    await phone.says("/kehoach")
    made = await phone.presses("Kịp (1)")
    assert made and "QC-" in made.text
    assert not re.search("Xa|Nguyễn", made.text)


async def test_a_province_sees_counts_and_no_case(office: Office) -> None:
    await office.has_unit("T", "Tỉnh ủy", "province")
    await office.has_unit("W2", "Phường Hai", "committee", parent="T")
    await office.has_unit("B9", "Chi bộ Chín", parent="W2")
    await office.has_person("Hà Văn Tỉnh", "office", "T")
    await on_the_way(office, "Lý Văn Kín", "committee_vote", date(2026, 11, 12), "B9")
    phone = office.phone("Hà Văn Tỉnh")
    said = await phone.says("/kehoach")
    assert said and "1 hồ sơ đang đi" in screen(said.text)
    assert not [b.label for row in said.buttons for b in row if re.match("Kịp|Không kịp|Nếu làm|Lâu chưa", b.label)]
    unit = office.unit["T"].id
    typed = await phone.says(f"/kehoach u{unit} 2026-Q4 thuong kip")
    assert typed and "QC-" not in typed.text and "Kín" not in typed.text
    await phone.says("/kehoach")
    below = await phone.presses("Từng đơn vị")
    assert below and next(b.label for row in below.buttons for b in row) == "Phường Hai"
    down = await phone.presses("Phường Hai")
    assert down and "Kế hoạch quý IV/2026 – Phường Hai" in down.text


async def test_who_has_no_unit_to_answer_for_is_told_so(office: Office) -> None:
    for text in ("/kehoach", "/bieudo", "/bieudo B1"):
        said = await office.phone("Lê Thị Hai").says(text)
        assert said and "không thuộc vai" in said.text
    stranger = await office.phone("ai").says("/kehoach")
    assert stranger and "Kế hoạch" not in stranger.text


async def test_another_unit_reads_like_none(office: Office) -> None:
    phone = office.phone(SECRETARY)
    for text in (
        "/kehoach B2",
        "/kehoach không có",
        f"/kehoach u{office.unit['B2'].id} 2026-Q4",
        "/kehoach u999 2026-Q4",
    ):
        said = await phone.says(text)
        assert said and "trong phần đồng chí được xem" in said.text
    for text in ("/kehoach u1 2026-Q9", "/kehoach 😀", "/bieudo u3 1899", "/kehoach " + "x" * 3000):
        said = await phone.says(text)
        assert said and len(said.text) <= 900


async def test_several_units_of_ones_own_are_a_choice(office: Office) -> None:
    await office.has_person(SUPERVISOR, "area_supervisor", "B2")
    phone = office.phone(SUPERVISOR)
    said = await phone.says("/kehoach quy sau")
    assert said and "2 đơn vị" in said.text
    chosen = await phone.presses("Chi bộ Trường Tiểu học")
    assert chosen and "Kế hoạch quý I/2027 – Chi bộ Trường Tiểu học" in chosen.text


async def test_whom_nobody_has_met_is_ordered_by_what_it_costs(office: Office) -> None:
    phone = office.phone(SECRETARY)
    await phone.says("/kehoach")
    silent = await phone.presses("Lâu chưa ai gặp")
    assert silent
    told = screen(silent.text)
    first = next(line for line in told.splitlines() if "QC-" in line)
    assert first.startswith("⚠") and "Xa" in first
    assert "nếu không sẽ lỡ kỳ này" in told
    assert "Sau ›" in [b.label for row in silent.buttons for b in row]


@pytest.mark.parametrize(
    ("text", "kind", "file"),
    [
        ("/bieudo", "Tiến độ kết nạp quý IV/2026", "tien-do-B1-2026-Q4.png"),
        ("biểu đồ các bước", "Quần chúng theo từng bước", "cac-buoc-B1-2026-Q4.png"),
        ("/bieudo ket nap nam nay", "Kết nạp theo tháng", "ket-nap-B1-2026.png"),
        ("/bieudo tiep xuc", "Tiếp xúc theo tháng", "tiep-xuc-B1-2026-Q4.png"),
        ("/bieudo co cau B1", "Cơ cấu", "co-cau-B1-2026-Q4.png"),
    ],
)
async def test_every_picture_is_asked_for_by_its_name(office: Office, text: str, kind: str, file: str) -> None:
    said = await office.phone(SECRETARY).says(text)
    assert said and kind in said.text
    assert said.file and said.file.name == file
    assert said.file.content.startswith(b"\x89PNG") and said.file.media_type == "image/png"


async def test_from_the_plan_to_its_picture_and_back(office: Office) -> None:
    phone = office.phone(OFFICE)
    await phone.says("/kehoach")
    picture = await phone.presses("Biểu đồ")
    assert picture and picture.file
    other = await phone.presses("Kết nạp theo tháng")
    assert other and other.file and "Phường Thử Nghiệm" in other.text
    plan = await phone.presses("Kế hoạch")
    assert plan and "Kế hoạch quý IV/2026 – Phường Thử Nghiệm" in plan.text


async def test_a_glance_says_the_same_as_the_plan(office: Office) -> None:
    def both(connection: Connection) -> None:
        unit, today = office.unit["B1"], office.now.date()
        figures = standing.figures(connection, unit, Q4, today)
        seen, planned = glance(connection, unit, figures, today), plan_for(connection, unit, Q4, today)
        assert (seen.state, seen.next_stage, seen.needed) == (planned.state, planned.next_stage, planned.needed)
        assert seen.range is None and not seen.prospects
        again = plan_for(connection, unit, Q4, today)
        assert again == planned

    await office.do(both)


async def test_a_plan_that_is_only_read_writes_nothing(office: Office) -> None:
    def read(connection: Connection) -> int:
        return len(plan_for(connection, office.unit["B1"], Q4, office.now.date()).prospects)

    assert await office.database.read(read) == 5


async def test_no_case_is_promised_that_the_vote_would_refuse(office: Office) -> None:
    await on_the_way(office, "Hồ Văn Trẻ", "recommendation", date(2026, 11, 10))

    def young(connection: Connection) -> None:
        boss = people.by_id(connection, office.person[OFFICE])
        assert boss
        case = candidates.listed(connection, boss)[-1]
        assert candidates.change(connection, office.now, None, case, "candidate.change", {"born_on": date(2009, 1, 1)})
        found = plan_for(connection, office.unit["B1"], Q4, office.now.date())
        one = next(prospect for prospect in found.prospects if prospect.code == case.code)
        assert one.verdict("fast", Q4.last) == "cannot"
        assert one.why and one.why.about == "age"

    await office.do(young)


async def test_a_branch_that_has_moved_its_meeting_is_reckoned_with_by_that_day(office: Office) -> None:
    unit, code = office.unit["B1"], await on_the_way(office, "Bùi Văn Chờ", "recommendation", date(2026, 10, 20))

    def vote_on(connection: Connection) -> date:
        found = plan_for(connection, unit, Period("quarter", 2027, 1), office.now.date())
        return next(one for one in found.prospects if one.code == code).following_on["usual"]

    by_habit = await office.do(vote_on)
    assert by_habit in (date(2026, 12, 3), date(2027, 1, 4))

    def moved(connection: Connection, **values: Any) -> None:
        planned = meetings.plan_of(connection, unit.id, by_habit)
        assert planned is not None and planned.on == by_habit
        meetings.change(connection, office.now, None, planned, "meeting.plan", **values)

    later = by_habit + timedelta(days=7)
    await office.do(lambda c: moved(c, on=later))
    assert await office.do(vote_on) == later
    await office.do(
        lambda c: meetings.change(c, office.now, None, meetings.plan_of(c, unit.id, later), "x", state="cancelled")
    )
    assert (await office.do(vote_on)).month == by_habit.month % 12 + 1


async def test_a_plan_goes_down_to_the_units_below_who_falls_short_most_first(office: Office) -> None:
    wanted = {"admissions": 1}
    await office.do(lambda c: targets.set_target(c, office.now, None, office.unit["B2"].id, 2026, 4, wanted))
    phone = office.phone(OFFICE)
    await phone.says("/kehoach W")
    said = await phone.presses("Từng đơn vị")
    assert said
    told = screen(said.text)
    assert re.search(r"dự kiến đạt, \d có thể đạt, \d khó đạt", told)
    assert "• Chi bộ Tổ dân phố 1: " in told and "• Chi bộ Trường Tiểu học: 0 / 1 · hụt 1" in told
    one = await phone.presses("Chi bộ Trường Tiểu học")
    assert one and "Kế hoạch quý IV/2026 – Chi bộ Trường Tiểu học" in one.text
    for page in ("+9", "+0", "x"):
        again = await phone.says(f"/kehoach u{office.unit['W'].id} 2026-Q4 thuong donvi {page}")
        assert again and "theo đơn vị" in again.text
    past = await phone.says(f"/kehoach u{office.unit['W'].id} 2026-Q3 thuong donvi")
    assert past and "không đơn vị nào có chỉ tiêu" in past.text
    nobody = [name for name in ("Xa", "Gần", "Lan", "Hòa") if name in told]
    assert not nobody
