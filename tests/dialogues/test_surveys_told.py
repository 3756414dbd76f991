"""What is told of the survey of sources: reminders to the branch, and its lines in the papers."""

from datetime import date

import pytest
from sqlalchemy import select

from bot.rules.periods import parse
from handlers.papers import paper_of
from storage import settings
from storage.tables import notices
from tests.dialogues.journeys import text
from tests.dialogues.test_reminders import looks, met_lately, morning
from tests.dialogues.test_reminders_and_figures import kinds_of
from tests.dialogues.test_surveys import surveyed
from tests.office import Office
from tests.reports.papers import ward as a_paper
from tests.reports.test_papers import lines

SECRETARY, OTHER, CLERK = "Lê Thị Bí", "Hồ Thị Thư", "Trần Văn Phòng"


async def stages(office: Office, name: str) -> list[str]:
    """At which stages somebody was reminded of the survey, open or over."""
    mine = (notices.c.person_id == office.person[name], notices.c.kind == "survey")
    found = select(notices.c.stage).where(*mine).order_by(notices.c.id)
    return list(await office.do(lambda c: c.execute(found).scalars().all()))


async def test_a_branch_that_has_not_finished_the_survey_is_reminded_on_the_tenth_and_once_more(office: Office) -> None:
    await met_lately(office, date(2026, 12, 1))
    await morning(office, "2026-12-09")
    assert "survey" not in await kinds_of(office, SECRETARY)
    await morning(office, "2026-12-10")
    phone = office.phone(SECRETARY)
    assert "Còn 3/3 nguồn chưa khảo sát trong quý 4; xong trước 31/12/2026" in text(await phone.says("/viec"))
    for day in ("2026-12-11", "2026-12-21", "2026-12-22", "2026-12-31"):
        await morning(office, day)
    assert await stages(office, SECRETARY) == ["0", "10"]
    assert "survey" not in await kinds_of(office, CLERK)


async def test_the_button_opens_the_survey_and_what_is_finished_is_gone_from_the_list(office: Office) -> None:
    await met_lately(office, date(2026, 12, 1))
    await morning(office, "2026-12-10")
    phone = office.phone(SECRETARY)
    listed = text(await phone.says("/viec"))
    number = next(line.partition(".")[0] for line in listed.splitlines() if "chưa khảo sát" in line)
    assert "người 1/3" in text(await phone.says(f"/viec xong {number}"))
    await surveyed(phone, "Chín muồi", "Chín muồi")
    assert "Còn 1/3 nguồn" in text(await phone.says("/viec"))
    await surveyed(phone, "Khó phát triển")
    assert "chưa khảo sát" not in text(await phone.says("/viec"))
    await morning(office, "2026-12-21")
    assert await stages(office, SECRETARY) == ["0"]


async def test_the_committee_sets_the_day_and_a_branch_switches_it_off(office: Office) -> None:
    await met_lately(office, date(2026, 12, 1))
    said = text(await office.phone(CLERK).says("/cachtinh = survey_day 20"))
    assert "ngày nhắc chi bộ chưa khảo sát xong nguồn" in said
    branch = office.unit["B2"].id
    await office.do(lambda c: settings.set_local(c, office.now, None, branch, "remind_off:survey", 1))
    await morning(office, "2026-12-19")
    assert not {"survey"} & await kinds_of(office, SECRETARY)
    await morning(office, "2026-12-21")
    assert "survey" in await kinds_of(office, SECRETARY)
    assert "survey" not in await kinds_of(office, OTHER)


async def test_with_its_quarter_it_is_over_and_not_told_as_done(office: Office) -> None:
    await met_lately(office, date(2026, 12, 1))
    await office.do(lambda c: settings.set_local(c, office.now, None, office.unit["W"].id, "survey_day", 20))
    await morning(office, "2026-12-21")
    await looks(office, "2027-01-02")
    mine = (notices.c.person_id == office.person[SECRETARY], notices.c.kind == "survey")
    assert await office.do(lambda c: c.execute(select(notices.c.state).where(*mine)).scalars().all()) == ["cleared"]


@pytest.mark.parametrize(
    ("code", "before", "figures"),
    [
        ("2027-Q1", "2026-Q4", {"surveyed": (1, 1), "survey_ready": (2, 1), "survey_unlikely": (0, 1)}),
        ("2027", "2026-Q4", {"surveyed": (1, 1), "survey_ready": (2, 1), "survey_developing": (0, 1)}),
        ("2026-Q4", "2026-Q3", {"surveyed": (1, 0), "survey_ready": (1, 0)}),
    ],
)
async def test_the_papers_tell_how_many_branches_surveyed_what_beside_the_last_quarter(
    office: Office, code: str, before: str, figures: dict[str, tuple[int, int]]
) -> None:
    phone, period = office.phone(SECRETARY), parse(code)
    await surveyed(phone, "Chín muồi", "Đang bồi dưỡng", "Khó phát triển")
    office.passes(days=60)
    await surveyed(phone, "Chín muồi", "Chín muồi")
    assert period is not None
    paper = await office.do(lambda c: paper_of(c, office.unit["W"], period, office.now.date()))
    told = {slug: paper.measure(slug) for slug in figures}
    assert {slug: (one.now, one.before) for slug, one in told.items()} == figures
    assert (paper.survey.before.quarter, paper.survey.of) == (before, 2 if code != "2026-Q4" else None)
    own = await office.do(lambda c: paper_of(c, office.unit["B1"], period, office.now.date()))
    assert own.measure("surveyed") is None and own.measure("survey_ready").now == figures["survey_ready"][0]
    other = await office.do(lambda c: paper_of(c, office.unit["B2"], period, office.now.date()))
    assert other.survey is None and other.measure("survey_ready") is None


async def test_a_month_s_paper_is_without_the_survey(office: Office) -> None:
    await surveyed(office.phone(SECRETARY), "Chín muồi")
    month = parse("2026-11")
    assert month is not None
    paper = await office.do(lambda c: paper_of(c, office.unit["W"], month, office.now.date()))
    assert paper.survey is None and paper.measure("survey_ready") is None


def test_the_text_of_a_paper_says_both_quarters() -> None:
    said = "\n".join(lines(a_paper()))
    assert "Khảo sát nguồn quý IV/2026: 12/14 chi bộ có nguồn đã khảo sát, 56 quần chúng, trong đó 20 chín muồi" in said
    assert "Quý III/2026: 11 chi bộ, 52 quần chúng, trong đó 18 chín muồi, 30 đang bồi dưỡng, 4 khó phát triển." in said
