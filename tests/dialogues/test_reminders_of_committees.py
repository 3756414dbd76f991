"""What a committee itself is reminded of: what it is to put right, inspections, branches without a target."""

from datetime import date

from sqlalchemy import Connection

from storage import oversight, targets
from tests.dialogues.journeys import text
from tests.dialogues.test_reminders import looks, met_lately, morning
from tests.dialogues.test_reminders_and_figures import kinds_of
from tests.office import Office

SECRETARY, CLERK = "Lê Thị Bí", "Trần Văn Phòng"


async def test_a_committee_is_reminded_of_what_it_is_to_put_right_itself(office: Office) -> None:
    ward, noted, by = office.unit["W"].id, date(2026, 11, 2), date(2026, 11, 24)

    def remark(connection: Connection) -> int:
        return oversight.note(connection, office.now, None, ward, "reminder", "unit", noted, "Chậm.", None, by)

    number = await office.do(remark)
    await met_lately(office)
    await morning(office, "2026-11-20")
    clerk = office.phone(CLERK)
    assert "Việc phải khắc phục sau nhắc nhở ngày 02/11: hạn 24/11/2026" in text(await clerk.says("/viec"))
    assert "mend" not in await kinds_of(office, SECRETARY)
    await office.do(
        lambda c: oversight.mend(c, office.now, None, oversight.finding(c, number), date(2026, 11, 20))  # type: ignore[arg-type]
    )
    assert "khắc phục" not in text(await clerk.says("/viec"))


async def test_a_committee_hears_of_an_inspection_before_its_day(office: Office) -> None:
    ward = office.unit["W"].id
    await office.do(
        lambda c: oversight.note(
            c, office.now, None, ward, "inspection", "unit", date(2026, 11, 23), "Giám sát.", None, None
        )
    )
    await morning(office, "2026-11-20")
    assert "inspection" in await kinds_of(office, CLERK)
    assert "inspection" not in await kinds_of(office, SECRETARY)


async def test_the_office_hears_once_a_quarter_how_many_branches_have_no_target(office: Office) -> None:
    await met_lately(office)
    ward, branch = office.unit["W"].id, office.unit["B1"].id
    given = {"admissions": 4, "sources": 8}
    await office.do(lambda c: targets.set_target(c, office.now, None, ward, 2026, 0, given))
    await looks(office, "2026-10-02")
    clerk = office.phone(CLERK)
    assert "Quý 4: 2/2 chi bộ chưa có chỉ tiêu" in text(await clerk.says("/viec"))
    assert "untargeted" not in await kinds_of(office, SECRETARY)
    await office.do(lambda c: targets.set_target(c, office.now, None, branch, 2026, 0, given))
    assert "Quý 4: 1/2 chi bộ chưa có chỉ tiêu" in text(await clerk.says("/viec"))
    quarter = {"admissions": 1, "sources": None}
    other = office.unit["B2"].id
    await office.do(lambda c: targets.set_target(c, office.now, None, other, 2026, 4, quarter))
    assert "chưa có chỉ tiêu" not in text(await clerk.says("/viec"))


async def test_where_the_committee_has_none_either_only_that_is_said(office: Office) -> None:
    await met_lately(office)
    await looks(office, "2026-10-02")
    told = await kinds_of(office, CLERK)
    assert "no_target" in told and "untargeted" not in told
