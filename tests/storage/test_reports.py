"""Who owes a report to whom, and how people are counted for it."""

from datetime import date

from sqlalchemy import Connection

from bot.rules.periods import Period
from handlers import shares
from handlers.papers import paper_of
from storage import composing, history, reports, units
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

    assert await office.do(owing) == [["W", "V"], ["S1", "B1", "B2"]]


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
    found = await office.do(lambda c: composing.sources(c, office.unit["W"], ["source"], TODAY.date()))
    assert found.total == 5
    assert found.groups == {"teacher": 1, "woman": 1}
    assert found.education == {None: 4, "university": 1}
    assert found.areas == {"residential": 4, "school": 1}
    assert found.ages == {36: 1, 31: 1, 30: 1, 27: 1, 26: 1}


async def test_the_paper_and_the_screen_tell_the_same_composition(office: Office) -> None:
    more = {"step": "decision", "step_on": date(2026, 10, 5)}
    for name, by, born in (("Một", "Công đoàn phường", 1960), ("Hai", "chi đoàn 3", 1999), ("Ba", None, None)):
        kept = {"introduced_by": by, "born_year": born, "groups": ["woman"], "education": "university", "sex": "female"}
        await office.has_candidate(name, "B1", **more, **{k: value for k, value in kept.items() if value})
    unit, quarter = office.unit["W"], Period("quarter", 2026, 4)

    def both(connection: Connection) -> None:
        paper = paper_of(connection, unit, quarter, TODAY.date(), "composition")
        screens = (
            shares.tables(composing.admitted(connection, unit, quarter, "admission_decided")),
            shares.tables(composing.sources(connection, unit, shares.coming(), TODAY.date())),
        )
        assert paper.breakdowns[0].members == 3
        for breakdown, kind in zip(paper.breakdowns, ORDER, strict=True):
            for at, shown in enumerate(screens, 1):
                told = {row[0]: row[at] for row in breakdown.rows if row[at]}
                assert told == {part.name: part.count for part in shown[kind]}

    await office.do(both)


ORDER = ("groups", "education", "areas", "ages", "sexes", "introduced")
