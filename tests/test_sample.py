"""The sample ward: the same every time, shaped like a real one, and true in itself."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select

from bot.chat import Address
from bot.rules.attention import attention
from bot.sample import OPENS_ON, fill, many, personas
from handlers.templates import load
from storage import announcements, candidates, contacts, history, people, units
from storage.database import Database, connect
from storage.migrations import upgrade
from storage.tables import announcements as announcements_table
from storage.tables import assignments, metadata, source_surveys
from storage.tables import candidates as candidates_table
from storage.tables import contacts as contacts_table
from storage.tables import difficulties as difficulties_table
from storage.tables import people as people_table
from storage.tables import targets as targets_table
from storage.tables import units as units_table
from tests.storage.memory import empty_database

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = datetime.combine(OPENS_ON, datetime.min.time(), ZONE) + timedelta(hours=8)
WORDS = load("words")


@pytest.fixture(scope="module")
def ward() -> Iterator[Connection]:
    """The ward on the morning on which the demo opens; nobody here writes."""
    with empty_database() as connection:
        fill(connection, MORNING)
        yield connection


def rows(connection: Connection, table: Any, *conditions: Any) -> list[Any]:
    return list(connection.execute(select(table).where(*conditions)))


def everything(connection: Connection) -> list[tuple[str, Any]]:
    return [(table.name, tuple(row)) for table in metadata.sorted_tables for row in connection.execute(select(table))]


def test_it_opens_on_a_wednesday() -> None:
    assert date(2026, 11, 18) == OPENS_ON
    assert OPENS_ON.weekday() == 2


def test_it_is_the_same_every_time(ward: Connection) -> None:
    with empty_database() as another:
        fill(another, MORNING)
        assert everything(another) == everything(ward)


def test_it_has_the_size_and_the_branches_of_a_ward(ward: Connection) -> None:
    found = rows(ward, units_table)
    branches = Counter(unit.area for unit in found if unit.kind == "branch")
    assert branches == {
        "residential": 5, "school": 3, "agency": 1, "health": 1, "enterprise": 2, "armed_forces": 2,
    }  # fmt: skip
    committee = next(unit for unit in found if unit.kind == "committee")
    assert committee.name.startswith("Phường Thử Nghiệm")
    assert "mẫu" in committee.name
    province = next(unit for unit in found if unit.kind == "province")
    person = people.at(ward, Address("phone", "tinh"))
    assert person
    assert person.grants[0].unit_id == province.id
    assert len(rows(ward, people_table)) - 1 == 300
    assert 60 <= len(rows(ward, candidates_table, candidates_table.c.state != "closed")) <= 120
    assert 1500 <= len(rows(ward, contacts_table)) <= 2500


def test_candidates_stand_at_every_step_and_in_every_state(ward: Connection) -> None:
    found = rows(ward, candidates_table)
    assert {case.state for case in found} == {"open", "closed", "proposed", "returned"}
    # Two steps happen beside the road, two need a committee between branch and ward, which this ward has not.
    elsewhere = {"member_history", "new_member_class", "section_review", "recognition_section_review"}
    assert {case.step for case in found} == set(WORDS["steps"]) - elsewhere
    for case in found:
        assert case.listed_on <= case.step_on <= OPENS_ON
        assert case.education in WORDS["education"]
        assert set(candidates.groups_of(ward, case.id)) <= set(WORDS["groups"])
        assert candidates.groups_of(ward, case.id)
        assert 18 <= OPENS_ON.year - case.born_year <= 50
        assert case.born_on is None or case.born_on.year == case.born_year
        assert (case.proposed_by is not None) == (case.state in ("proposed", "returned"))
        assert (case.returned_why is not None) == (case.state == "returned")


def test_nobody_helps_more_than_four_and_only_in_the_own_branch(ward: Connection) -> None:
    held = rows(ward, assignments, assignments.c.until.is_(None))
    assert max(Counter(row.person_id for row in held).values()) <= 4
    assert Counter(Counter(row.person_id for row in held).values()).keys() >= {1, 2, 3}
    case_unit = {case.id: case.unit_id for case in rows(ward, candidates_table)}
    for row in held:
        person = people.by_id(ward, row.person_id)
        assert person
        assert case_unit[row.candidate_id] in {grant.unit_id for grant in person.grants}
    assert any(row.until for row in rows(ward, assignments))


def test_the_dates_of_each_candidate_are_those_of_the_contacts(ward: Connection) -> None:
    for case in rows(ward, candidates_table):
        logged = sorted(
            rows(ward, contacts_table, contacts_table.c.candidate_id == case.id), key=lambda c: (c.on, c.id)
        )
        reached = [contact.on for contact in logged if contact.how != "not_reached"]
        assert case.last_contact_on == (reached[-1] if reached else None)
        assert case.next_on == (logged[-1].next_on if logged else None)
        for contact in logged:
            assert case.listed_on <= contact.on < OPENS_ON
            assert contact.next_on is None or contact.next_on > contact.on
            assert (contact.reason is not None) == (contact.how == "not_reached")
            assert contact.written_at.astimezone(ZONE).date() == contact.on
            assert contact.how in WORDS["how"]


def test_contacts_are_written_by_who_helped_then(ward: Connection) -> None:
    helped = {(row.candidate_id, row.person_id): row for row in rows(ward, assignments)}
    for contact in rows(ward, contacts_table):
        held = helped[contact.candidate_id, contact.person_id]
        assert held.since <= contact.on
        assert held.until is None or contact.on <= held.until


def test_some_are_well_looked_after_and_some_are_not(ward: Connection) -> None:
    found = rows(ward, candidates_table, candidates_table.c.state == "open")
    needs = Counter(attention(c.last_contact_on, c.next_on, c.listed_on, OPENS_ON).need for c in found)
    assert set(needs) == {"missed", "today", "silent", "never", "soon", "fine"}
    assert needs["missed"] >= 5
    assert needs["silent"] >= 8
    assert needs["fine"] + needs["soon"] > len(found) / 2


def test_the_contacts_of_eight_months_have_notes_that_recur_little(ward: Connection) -> None:
    logged = rows(ward, contacts_table)
    assert OPENS_ON - timedelta(days=245) <= min(contact.on for contact in logged)
    months = Counter(contact.on.month for contact in logged)
    assert min(months[month] for month in range(4, 12)) > 100
    noted = [contact.note for contact in logged if contact.note]
    assert 0.3 < len(noted) / len(logged) < 0.6
    assert len(set(noted)) > 15


def test_the_phone_plays_every_role_and_one_guest(ward: Connection) -> None:
    found = personas(ward)
    assert 11 <= len(found) <= 14
    assert len({persona.address for persona in found}) == len(found)
    held: set[str] = set()
    for persona in found:
        person = people.at(ward, Address("phone", persona.address))
        if person:
            assert person.name == persona.name
            assert persona.phone
            assert people.by_phone(ward, persona.phone) == person.id
            held |= {grant.role for grant in person.grants}
    guests = [persona for persona in found if people.at(ward, Address("phone", persona.address)) is None]
    assert [persona.role for persona in guests] == ["Khách"]
    assert held == {
        "member", "secretary", "deputy", "area_supervisor", "office", "organisation_board", "inspection",
    }  # fmt: skip


def test_two_people_called_lan_are_helped_in_one_branch(ward: Connection) -> None:
    secretary, helper = (people.at(ward, Address("phone", address)) for address in ("an", "hai"))
    assert secretary
    assert helper
    lans = [case for case in candidates.listed(ward, secretary) if case.name.endswith(" Lan")]
    assert len(lans) == 2
    own = [case for case in candidates.listed(ward, helper, only_own=True) if case.name.endswith(" Lan")]
    assert [case.code for case in own] == ["QC-0001"]


def test_every_quarter_of_every_branch_has_a_target_and_the_ward_their_sum(ward: Connection) -> None:
    found = rows(ward, targets_table)
    assert {goal.year for goal in found} == {OPENS_ON.year}
    committee = next(unit.id for unit in rows(ward, units_table) if unit.kind == "committee")
    for quarter in (1, 2, 3, 4):
        mine = [goal for goal in found if goal.quarter == quarter]
        assert len(mine) == 15
        total = next(goal.admissions for goal in mine if goal.unit_id == committee)
        assert total == sum(goal.admissions for goal in mine if goal.unit_id != committee)


def test_the_history_holds_and_says_how_the_ward_came_to_be(ward: Connection) -> None:
    assert history.broken(ward) is None
    told = {unit.id: history.of(ward, f"unit:{unit.id}")[-1] for unit in rows(ward, units_table)}
    assert {entry.action for entry in told.values()} == {"sample.fill"}
    counted = [entry.after for entry in told.values() if entry.after]
    assert sum(after["contacts"] for after in counted) == len(rows(ward, contacts_table))
    assert sum(after["candidates"] for after in counted) == len(rows(ward, candidates_table))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await connect(f"sqlite+aiosqlite:///{tmp_path / 'sample.db'}")
    try:
        await opened.write(upgrade)
        yield opened
    finally:
        await opened.close()


async def test_it_lives_in_a_real_database_and_goes_on_from_there(database: Database) -> None:
    await database.write(lambda connection: fill(connection, MORNING))

    def work(connection: Connection) -> None:
        helper = people.at(connection, Address("phone", "hai"))
        assert helper
        case = candidates.case_for(connection, helper, "QC-0001", "log_contact")
        contacts.log(connection, MORNING, helper.id, case, "now", {"how": "met", "on": OPENS_ON})
        top = units.by_code(connection, "PTN")
        assert top
        values = {"name": "Lê Thị Mới", "unit_id": top.id, "state": "open", "step": "source"}
        days = {"step_on": OPENS_ON, "listed_on": OPENS_ON}
        assert candidates.add(connection, MORNING, None, values | days, ["woman"]) == "QC-0108"

    await database.write(work)
    assert await database.read(history.broken) is None


async def test_a_crowd_has_as_many_members_and_candidates_as_wanted(database: Database) -> None:
    cases = await database.write(lambda connection: many(connection, 65, 3))
    assert list(cases) == [str(1000 + number) for number in range(65)]

    def look(connection: Connection) -> None:
        for address, codes in cases.items():
            person = people.at(connection, Address("telegram", address))
            assert person
            assert person.has("member")
            assert [case.code for case in candidates.listed(connection, person, "log_contact")] == codes
        assert len({row.name for row in rows(connection, candidates_table)}) == 195

    await database.read(look)
    assert await database.read(history.broken) is None


def test_units_and_committee_have_told_each_other_something(ward: Connection) -> None:
    waiting = rows(ward, difficulties_table)
    assert {row.state for row in waiting} == {"open", "handling", "answered"}
    assert {row.level for row in waiting} == {"branch", "supervisor", "office"}
    (announced,) = rows(ward, announcements_table)
    counted = announcements.receipts(ward, announced.id)
    assert counted.read and counted.unread
    assert announced.repeat_on > OPENS_ON
    found = rows(ward, source_surveys)
    assert {(row.year, row.quarter) for row in found} == {(2026, 3), (2026, 4)}
    branch = {row.candidate_id: row.unit_id for row in found}
    assert all(case.unit_id == branch.get(case.id, case.unit_id) for case in rows(ward, candidates_table))
