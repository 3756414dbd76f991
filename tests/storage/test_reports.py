"""Who owes a report to whom, and how people are counted for it."""

from datetime import date

from sqlalchemy import Connection

from bot.rules.periods import Period
from storage import history, makeup, reports, units
from storage.reports import Report
from tests.office import TODAY, Office

MONTH = Period("month", 2026, 11)


async def test_a_committee_waits_for_its_branches_and_the_committees_directly_below(office: Office) -> None:
    await office.has_unit("P", "Tỉnh ủy Mẫu", "province")
    await office.has_unit("V", "Xã Khác", "committee", parent="P")
    await office.has_unit("V1", "Chi bộ của xã", parent="V")
    await office.has_unit("S", "Đảng ủy bộ phận", "section", parent="W")
    await office.has_unit("S1", "Chi bộ của bộ phận", parent="S")
    await office.has_unit("G", "Tổ đảng", "group", parent="B1")
    await office.do(lambda c: units.move(c, TODAY, None, office.unit["W"], office.unit["P"]))

    def owing(connection: Connection) -> list[list[str]]:
        top, ward = (units.by_code(connection, code) for code in ("P", "W"))
        assert top is not None and ward is not None
        return [[unit.code for unit in reports.not_handed_in(connection, one, MONTH.code)] for one in (top, ward)]

    assert await office.do(owing) == [["W", "V"], ["B1", "B2", "S1"]]


async def test_of_two_who_hand_in_at_once_one_does(office: Office) -> None:
    def twice(connection: Connection) -> tuple[bool, bool, Report]:
        unit = office.unit["B1"].id
        draft = reports.draft(connection, TODAY, None, unit, MONTH.code)
        first = reports.hand_in(connection, TODAY, None, draft, "{}", {"admitted": 1})
        second = reports.hand_in(connection, TODAY, None, draft, "{}", {"admitted": 2})
        return first, second, reports.versions(connection, unit, MONTH.code)[0]

    first, second, report = await office.do(twice)
    assert (first, second, report.state) == (True, False, "handed_in")
    lines = await office.do(lambda c: history.of(c, f"unit:{office.unit['B1'].id}"))
    assert [line.after for line in lines if line.action == "report.hand_in"] == [
        {"admitted": 1, "period": "2026-11", "version": 1}
    ]


async def test_people_are_counted_in_each_of_their_groups_and_what_is_not_known_is_said(office: Office) -> None:
    await office.has_candidate(
        "Một", "B1", groups=["teacher", "woman"], education="university", born_on=date(1990, 5, 1)
    )
    await office.has_candidate("Hai", "B2", groups=["woman"], state="closed")
    found = await office.do(lambda c: makeup.of_sources(c, office.unit["W"].path, ["source"]))
    assert found.count == 5
    assert found.by["group"] == {"teacher": 1, "woman": 1}
    assert found.by["education"] == {None: 4, "university": 1}
    assert found.by["area"] == {"residential": 4, "school": 1}
    assert found.by["born"] == {1990: 1, 1995: 1, 1996: 1, 1999: 1, 2000: 1}
