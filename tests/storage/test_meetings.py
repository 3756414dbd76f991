"""What is kept of meetings: plans from habits, changes, lists of who came, exemptions, classes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.chat import Refusal
from bot.rules.meetings import Strength
from storage import attendance, candidates, classes, history, meetings, membership, people, units
from storage.attendance import Mark
from storage.meetings import Habits, Meeting
from tests.storage.memory import empty_database, undone

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
NAMES = ("An", "Bảy", "Cúc", "Dũng")


class Branch:
    """Ward W with branch B and its party group G; four members, the last of them in the group."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.ward = units.add(connection, NOW, None, None, {"code": "W", "name": "W", "kind": "committee"})
        self.unit = units.add(connection, NOW, None, self.ward, {"code": "B", "name": "B", "kind": "branch"})
        group = units.add(connection, NOW, None, self.unit, {"code": "G", "name": "G", "kind": "group"})
        self.people = [people.add(connection, f"Lê Văn {name}") for name in NAMES]
        for person, unit in zip(self.people, (self.unit, self.unit, self.unit, group), strict=True):
            people.give_role(connection, person, unit.id, "member", TODAY)

    def plan(self, month: date = TODAY) -> Meeting:
        found = meetings.plan_of(self.connection, self.unit.id, month)
        assert found
        return found

    def held(self, month: int, *states: str) -> Meeting:
        """The meeting of a month of 2026, with what the list says of everybody in turn."""
        plan = self.plan(date(2026, month, 1))
        meeting = meetings.change(self.connection, NOW, None, plan, "meeting.record", state="held", held_on=plan.on)
        marks: dict[int, Any] = {
            person: Mark(state)
            for person, state in zip(self.people, states, strict=True)  # type: ignore[arg-type]
        }
        attendance.keep(self.connection, NOW, None, meeting, marks)
        return meeting


@pytest.fixture(scope="module")
def tables() -> Iterator[Connection]:
    with empty_database() as connection:
        yield connection


@pytest.fixture
def branch(tables: Connection) -> Iterator[Branch]:
    with undone(tables) as connection:
        yield Branch(connection)


def test_an_untouched_month_follows_the_habits_and_a_changed_one_does_not(branch: Branch) -> None:
    connection = branch.connection
    assert (branch.plan().on, branch.plan().id) == (date(2026, 11, 3), None)
    december = meetings.change(
        connection, NOW, None, branch.plan(date(2026, 12, 9)), "meeting.change", on=date(2026, 12, 4)
    )
    meetings.set_habits(connection, NOW, None, branch.unit, Habits(9, "19:30", "Nhà văn hóa"))
    assert branch.plan(date(2026, 12, 1)) == december
    january = branch.plan(date(2027, 1, 31))
    assert (january.on, january.time, january.place) == (date(2027, 1, 11), "19:30", "Nhà văn hóa")
    assert [entry.action for entry in history.of(connection, december.subject)] == ["meeting.plan", "meeting.change"]


def test_a_committee_and_a_closed_branch_hold_no_branch_meeting(branch: Branch) -> None:
    assert meetings.plan_of(branch.connection, branch.ward.id, TODAY) is None
    group = units.by_code(branch.connection, "G")
    assert group
    assert meetings.next_of(branch.connection, group.id, TODAY) is None


def test_whoever_changes_an_older_plan_is_refused(branch: Branch) -> None:
    untouched = branch.plan()
    meetings.change(branch.connection, NOW, None, untouched, "meeting.change", place="Trường học")
    for old in (untouched, replace(branch.plan(), version=1)):
        with pytest.raises(Refusal):
            meetings.change(branch.connection, NOW, None, old, "meeting.change", place="Nhà văn hóa")


def test_what_is_owed_after_a_meeting_is_its_record_and_then_its_conclusions(branch: Branch) -> None:
    connection, unit = branch.connection, branch.unit.id
    assert [plan.on for plan in meetings.unrecorded(connection, unit, TODAY)] == [date(2026, 11, 3)]
    meeting = branch.held(11, "present", "present", "online", "excused")
    assert meetings.unrecorded(connection, unit, TODAY) == []
    assert meetings.unrecorded(connection, unit, date(2026, 12, 3)) == []
    assert [plan.on for plan in meetings.unrecorded(connection, unit, date(2027, 1, 2))] == [date(2026, 12, 3)]
    assert meetings.conclusions_owed(connection, unit, TODAY) == [(meeting, date(2026, 11, 5))]
    meetings.change(connection, NOW, None, meeting, "meeting.conclusions", conclusions_on=date(2026, 11, 4))
    assert meetings.conclusions_owed(connection, unit, TODAY) == []


def test_who_missed_two_meetings_is_found_and_who_is_exempt_is_not(branch: Branch) -> None:
    connection, unit = branch.connection, branch.unit.id
    branch.held(8, "unexcused", "present", "present", "present")
    branch.held(9, "unexcused", "excused", "unexcused", "present")
    branch.held(10, "unexcused", "excused", "unexcused", "unexcused")
    found = meetings.absent_twice(connection, unit, TODAY)
    assert [(one.name, one.in_a_row, one.without_reason) for one in found] == [
        ("Lê Văn An", 3, 3),
        ("Lê Văn Cúc", 2, 2),
        ("Lê Văn Bảy", 2, 0),
    ]
    assert found[0].without_reason_this_year == 3
    values = {"kind": "exempt", "reason": "health", "since": date(2026, 10, 9), "until": date(2026, 12, 31)}
    membership.begin(connection, NOW, None, unit, branch.people[0], values)
    assert [one.name for one in meetings.absent_twice(connection, unit, TODAY)] == ["Lê Văn Cúc", "Lê Văn Bảy"]


def test_an_exemption_that_ends_soon_is_told_until_somebody_ends_or_renews_it(branch: Branch) -> None:
    connection, unit, person = branch.connection, branch.unit.id, branch.people[0]
    values = {"kind": "exempt", "reason": "age", "since": date(2026, 1, 1), "until": date(2026, 12, 10)}
    number = membership.begin(connection, NOW, None, unit, person, values)
    ending = meetings.exemptions_ending(connection, unit, TODAY, 30)
    assert [state.id for state in ending] == [number]
    assert meetings.exemptions_ending(connection, unit, TODAY, 15) == []
    assert meetings.exemptions_ending(connection, unit, date(2027, 3, 1)) == ending
    again = {**values, "since": date(2026, 12, 1), "until": date(2027, 12, 1)}
    membership.begin(connection, NOW, None, unit, person, again)
    assert meetings.exemptions_ending(connection, unit, date(2026, 12, 2)) == []
    assert len(membership.open_states(connection, unit, date(2026, 12, 2))) == 1


def test_who_is_exempt_or_elsewhere_counts_only_when_present(branch: Branch) -> None:
    connection, unit = branch.connection, branch.unit.id
    an, bay, cuc, dung = branch.people
    assert membership.strength_of(connection, unit, TODAY) == Strength(4)
    for person, kind, introduced in ((an, "exempt", False), (bay, "away", True), (cuc, "away", False)):
        values = {"kind": kind, "introduced": introduced, "since": TODAY}
        membership.begin(connection, NOW, None, unit, person, values)
    membership.begin(connection, NOW, None, unit, dung, {"kind": "probation", "since": TODAY})
    assert membership.strength_of(connection, unit, TODAY) == Strength(3, away=1, exempt=1, probation=1)
    came = membership.strength_of(connection, unit, TODAY, [an, bay])
    assert (came.away_present, came.exempt_present) == (1, 1)


def test_exemptions_go_along_when_branches_merge_and_stay_behind_when_somebody_leaves(branch: Branch) -> None:
    connection, unit = branch.connection, branch.unit
    an, bay, *_ = branch.people
    for person in (an, bay):
        values = {"kind": "exempt", "reason": "age", "since": TODAY, "until": date(2026, 12, 10)}
        membership.begin(connection, NOW, None, unit.id, person, values)
    people.end_role(connection, an, unit.id, "member", TODAY)
    assert [state.person for state in meetings.exemptions_ending(connection, unit.id, TODAY)] == [bay]
    other = units.add(connection, NOW, None, branch.ward, {"code": "B9", "name": "B9", "kind": "branch"})
    units.merge(connection, NOW, None, unit, other, TODAY)
    assert [state.person for state in meetings.exemptions_ending(connection, other.id, TODAY)] == [bay]
    assert membership.strength_of(connection, other.id, TODAY).exempt == 1


def test_a_class_takes_no_more_than_it_has_places(branch: Branch) -> None:
    connection = branch.connection
    values = {"kind": "awareness_class", "starts_on": date(2026, 12, 5), "ends_on": date(2026, 12, 6), "places": 1}
    number = classes.add(connection, NOW, None, branch.ward.id, values)
    day = {"step": "source", "step_on": TODAY, "listed_on": TODAY, "state": "open", "unit_id": branch.unit.id}
    for name in ("Hoa", "Lan"):
        candidates.add(connection, NOW, None, {"name": f"Lê Thị {name}", **day}, [])
    boss = people.by_id(connection, branch.people[0])
    assert boss
    one = classes.class_for(connection, boss, number)
    assert one.weekend
    assert classes.enrol(connection, NOW, boss.id, one, 1, branch.unit.id)
    assert not classes.enrol(connection, NOW, boss.id, one, 1, branch.unit.id)
    with pytest.raises(Refusal):
        classes.enrol(connection, NOW, boss.id, one, 2, branch.unit.id)
    found = meetings.classes_on(connection, branch.unit.id, date(2026, 12, 6))
    assert [(there.id, ids) for there, ids in found] == [(number, [1])]
    assert meetings.classes_on(connection, branch.unit.id, date(2026, 12, 7)) == []
