"""Reminders of targets and reports say what the desk and the reports say, and open what records it."""

import re
from datetime import date, datetime

import pytest
from sqlalchemy import Connection, select

from bot.rules.book import load
from bot.rules.periods import Period
from handlers.commands import ROUTES
from handlers.told import matters_of
from storage import candidates, reports, settings, standing, targets
from storage.facts import keep_dates
from storage.tables import notices
from storage.unit_facts import facts_of
from tests.dialogues.journeys import text
from tests.dialogues.test_reminders import looks, met_lately
from tests.office import ZONE, Office

SECRETARY, CLERK = "Lê Thị Bí", "Trần Văn Phòng"
KINDS = load().entries.reminders
DOING = {slug: kind for slug, kind in KINDS.items() if kind.does}


async def kinds_of(office: Office, name: str) -> set[str]:
    """What stands open for somebody."""
    person = office.person[name]
    open_ = (notices.c.person_id == person, notices.c.state.in_(["owed", "said"]))
    return set(await office.do(lambda c: c.execute(select(notices.c.kind).where(*open_)).scalars().all()))


async def has_admissions(office: Office) -> None:
    """One was decided in September and taken in at a ceremony in October; the year is to bring eight, 12 sources."""
    more = {"step": "ceremony", "step_on": date(2026, 10, 3), "listed_on": date(2026, 8, 1)}
    code = await office.has_candidate("Đinh Văn Mới", "B1", **more)
    dates = {"admission_decided": date(2026, 9, 25), "ceremony": date(2026, 10, 3)}

    def work(connection: Connection) -> None:
        case = candidates.by_code(connection, code)
        assert case is not None
        keep_dates(connection, case.id, dates)
        values = {"admissions": 8, "sources": 12}
        targets.set_target(connection, office.now, None, office.unit["B1"].id, 2026, 0, values)

    await office.do(work)


@pytest.mark.parametrize("way", [0, 1])
async def test_reminders_and_the_desk_count_alike_whichever_date_counts(office: Office, way: int) -> None:
    await has_admissions(office)
    today, book = office.now.date(), load()
    places = [office.unit["W"], office.unit["B1"], office.unit["B2"]]

    def same(connection: Connection) -> None:
        settings.set_local(connection, office.now, None, office.unit["W"].id, "admission_counts_from", way)
        facts = facts_of(connection, places, today, book)
        for unit in places:
            for period in (Period("quarter", 2026, 4), Period("quarter", 2026, 3), Period("year", 2026)):
                seen, told = standing.figures(connection, unit, period, today), facts[unit.id].count(period)
                asked = (told.admissions, told.new_sources)
                assert (told.admitted, told.sources) == (seen.admitted, seen.new_sources)
                assert asked == (seen.admitted_target, seen.sources_target)

    await office.do(same)


@pytest.mark.parametrize(
    ("day", "kind", "quarter"),
    [
        ("2026-10-08", "quarter_begins", "2026-Q4"),
        ("2026-11-20", "quarter_middle", "2026-Q4"),
        ("2026-12-20", "quarter_ends", "2026-Q4"),
        ("2027-01-05", "quarter_over", "2026-Q4"),
        ("2026-10-05", "quarter_over", "2026-Q3"),
    ],
)
@pytest.mark.parametrize("way", [0, 1])
async def test_the_sentence_of_a_quarter_has_the_numbers_of_status_and_targets(
    office: Office, day: str, kind: str, quarter: str, way: int
) -> None:
    await has_admissions(office)
    await met_lately(office)
    unit = office.unit["W"].id
    await office.do(lambda c: settings.set_local(c, office.now, None, unit, "admission_counts_from", way))
    await looks(office, day)
    person = office.person[SECRETARY]
    matters = await office.do(lambda c: matters_of(c, person, office.now.date()))
    [told] = [one for one in matters if one.notice.kind == kind and one.notice.subject == quarter]
    phone = office.phone(SECRETARY)
    shown = re.sub("<.*?>", "", text(await phone.says(f"/tinhhinh {quarter}")))
    reached = re.search(r"[Kk]ết nạp (\d+)/(\d+)", shown)
    assert reached is not None
    done, asked = reached.groups()
    sentence = told.text.striptags()
    assert (f"kết nạp {asked}" if kind == "quarter_begins" else f"kết nạp {done}/{asked}") in sentence, sentence
    assert f"{done}/{asked}" in re.sub("<.*?>", "", text(await phone.says(f"/chitieu {quarter}")))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"admissions": None, "sources": 8}, "Giữa quý IV: nguồn mới 0/2."),
        ({"admissions": 4, "sources": None}, "Giữa quý IV: kết nạp 0/1."),
        ({"admissions": 4, "sources": 8}, "Giữa quý IV: kết nạp 0/1, nguồn mới 0/2."),
    ],
)
async def test_what_nobody_asked_for_is_not_held_against_a_branch(
    office: Office, asked: dict[str, int | None], said: str
) -> None:
    await met_lately(office)
    branch = office.unit["B2"].id
    await office.do(lambda c: targets.set_target(c, office.now, None, branch, 2026, 0, asked))
    await looks(office, "2026-11-20")
    person = office.person["Hồ Thị Thư"]
    matters = await office.do(lambda c: matters_of(c, person, office.now.date()))
    [told] = [one for one in matters if one.notice.kind == "quarter_middle"]
    assert told.text.striptags() == said


async def test_the_office_hears_that_no_target_was_set_and_sets_it(office: Office) -> None:
    await met_lately(office)
    await looks(office, "2026-10-02")
    clerk = office.phone(CLERK)
    assert "Quý IV đảng bộ chưa có chỉ tiêu" in text(await clerk.says("/viec"))
    assert "no_target" not in await kinds_of(office, SECRETARY)
    await clerk.says(f"/datchitieu #{office.unit['W'].id} 2026-Q4 = 2/4")
    assert "đảng bộ chưa có chỉ tiêu" not in text(await clerk.says("/viec"))
    assert "no_target" not in await kinds_of(office, CLERK)


async def test_a_branch_that_has_handed_in_is_not_reminded_and_the_office_hears_of_the_others(office: Office) -> None:
    await met_lately(office)
    await looks(office, "2026-11-20")
    assert "monthly_report" in await kinds_of(office, SECRETARY)
    clerk = office.phone(CLERK)
    before = text(await clerk.says("/viec"))
    assert "đơn vị chưa nộp: " in before and "Chi bộ Tổ dân phố 1" in before

    def hands_in(connection: Connection) -> None:
        draft = reports.draft(connection, office.now, None, office.unit["B1"].id, "2026-11")
        assert reports.hand_in(connection, office.now, None, draft, "{}", {})

    await office.do(hands_in)
    assert "Báo cáo tháng" not in text(await office.phone(SECRETARY).says("/viec"))
    assert "monthly_report" not in await kinds_of(office, SECRETARY)
    after = text(await clerk.says("/viec"))
    assert "đơn vị chưa nộp: " in after and "Chi bộ Tổ dân phố 1" not in after

    def back(connection: Connection) -> None:
        given = reports.latest(connection, office.unit["B1"].id, "2026-11")
        assert given and reports.send_back(connection, office.now, None, given, "thiếu số liệu")

    await office.do(back)
    assert "Báo cáo tháng" in text(await office.phone(SECRETARY).says("/viec"))
    assert "Chi bộ Tổ dân phố 1" in text(await clerk.says("/viec"))


@pytest.mark.parametrize("slug", sorted(DOING))
async def test_done_opens_the_command_that_records_it(office: Office, slug: str) -> None:
    kind, unit = DOING[slug], office.unit["B1"].id
    office.now = datetime(2026, 11, 30, 9, tzinfo=ZONE)
    subject = {
        "monthly_report": "2026-11",
        "report_collected": "2026-11",
        "review": "2026",
        "none_this_year": "2026",
        "january": "2026",
    }.get(slug, "2026-Q4")
    month = "202611" if slug == "meeting_unrecorded" else "202612"
    who = CLERK if {*kind.stages[min(kind.stages)]} == {"office"} else SECRETARY
    if who == CLERK and kind.event:
        unit = office.unit["W"].id
    said = (kind.does or "").format(case="QC-0001", meeting=f"{unit}-{month}", unit=unit, subject=subject)
    assert said.partition(" ")[0] in ROUTES
    if slug == "difficulty":
        return
    shown = text(await office.phone(who).says(f"/{said}"))
    assert not any(bad in shown for bad in _REFUSED), shown


_REFUSED = ("Nút này đã cũ", "không dành cho", "Không có đơn vị", "chưa hiểu", "Không tìm thấy", "không có cuộc họp")
