"""Who may see and do what: the table a person reads, and that every door lets in exactly what it says."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.chat import Address, Refusal
from bot.rules.access import (
    ROLES,
    TABLE,
    Action,
    Grant,
    Reach,
    Role,
    covers,
    document,
    may_let_in,
    printed,
    reach,
)
from storage import candidates, people, sight, units
from storage.candidates import Case
from storage.people import Person
from storage.tables import units as unit_rows
from storage.units import KINDS, Unit
from tests.storage.memory import empty_database, undone

DOCS = Path(__file__).parent.parent / "docs" / "access.md"
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
STATES = ("open", "proposed", "returned", "closed")
# What each door is asked for: things that are done to a case.
ON_A_CASE: tuple[Action, ...] = (
    "see_case",
    "see_full_name",
    "log_contact",
    "decide_nomination",
    "assign_helper",
    "see_history",
)
WRITES: tuple[Action, ...] = (
    "log_contact",
    "nominate",
    "decide_nomination",
    "assign_helper",
    "invite",
    "change_units",
    "import_workbook",
    "hold_meeting",
    "hold_class",
    "enrol",
)


@pytest.fixture(scope="module")
def tables() -> Iterator[Connection]:
    with empty_database() as connection:
        yield connection


def test_the_documents_hold_the_table_of_the_code() -> None:
    assert DOCS.read_text(encoding="utf-8") == document()
    assert printed() in document()


def test_the_table_has_every_action_and_every_role_once() -> None:
    assert set(TABLE) == set(get_args(Action))
    assert set(ROLES) == set(get_args(Role))
    assert len(set(ROLES)) == len(ROLES)
    assert {len(line) for line in TABLE.values()} == {len(ROLES)}


def test_inspection_reads_and_writes_nothing() -> None:
    assert [action for action in WRITES if reach("inspection", action) != Reach.NONE] == []
    assert reach("inspection", "see_case") == Reach.COMMITTEE


def test_a_guest_may_only_ask() -> None:
    assert [action for action in TABLE if reach("guest", action) != Reach.NONE] == ["ask"]


def test_nobody_does_to_a_case_what_they_do_not_also_see() -> None:
    """Reaches are compared as sets of cases: own ones are not contained in those of a unit."""
    for role, action in product(ROLES, ON_A_CASE):
        if reach(role, action) > Reach.OWN:
            assert reach(role, "see_case") >= reach(role, action), (role, action)


def test_a_province_counts_what_it_does_not_read() -> None:
    province = Grant("office", 1, "P", "1/", committee=True)
    ward, branch = ("1/2/", 2), ("1/2/3/", 2)
    for place in (ward, branch):
        assert covers([province], "see_counts", *place)
        for action in ON_A_CASE:
            assert not covers([province], action, *place)
    assert covers([province], "see_case", "1/9/", 1)


# --- The usual committee, by name: role x action x whose case. ---------------------------------------------------


class Town:
    """Province P with ward W (branches B1, B2; B1 has group G) and ward V (branch B3); one candidate in each."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.unit: dict[str, Unit] = {}
        for code, kind, above in (
            ("P", "province", None),
            ("W", "committee", "P"),
            ("V", "committee", "P"),
            ("S", "section", "W"),
            ("B1", "branch", "S"),
            ("B2", "branch", "W"),
            ("B3", "branch", "V"),
            ("B4", "branch", "P"),
            ("G", "group", "B1"),
        ):
            values = {"code": code, "name": code, "kind": kind}
            self.unit[code] = units.add(connection, NOW, None, self.unit.get(above or ""), values)
        self.code = {unit: self.candidate(unit) for unit in ("B1", "B2", "B3", "B4", "G")}

    def candidate(self, unit: str, state: str = "open", proposed_by: int | None = None) -> str:
        dates = {"step_on": TODAY, "listed_on": TODAY}
        values = {"name": "A B", "unit_id": self.unit[unit].id, "state": state, "step": "source", **dates}
        return candidates.add(self.connection, NOW, None, values | {"proposed_by": proposed_by}, [])

    def person(self, role: Role, unit: str) -> Person:
        key = people.add(self.connection, "A B")
        people.give_role(self.connection, key, self.unit[unit].id, role, TODAY)
        found = people.by_id(self.connection, key)
        assert found is not None
        return found


def enters(connection: Connection, person: Person, code: str, action: Action) -> bool:
    try:
        candidates.case_for(connection, person, code, action)
    except Refusal:
        return False
    return True


# For a role in this unit: the units whose cases are reached by each reach.
REACHED = {
    ("committee", "W"): {"B1", "B2", "G"},
    ("committee", "P"): {"B4"},
    ("unit", "B1"): {"B1", "G"},
    ("unit", "S"): {"B1", "G"},
    ("unit", "W"): {"B1", "B2", "G"},
    ("committee", "B1"): {"B1", "G"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("place", ["W", "P", "B1"])
def test_every_door_lets_each_role_in_to_what_the_table_says(tables: Connection, role: Role, place: str) -> None:
    with undone(tables) as connection:
        town = Town(connection)
        me = town.person(role, place)
        helped = town.code["B2"] if place == "B1" else town.code["B3"]
        case = candidates.case_by_id(connection, _all_seeing(town), int(helped[3:]))
        candidates.assign(connection, NOW, None, case, me.id, TODAY)
        for action in ON_A_CASE:
            expected = _expected(town, role, place, action, helped) & _expected(town, role, place, "see_case", helped)
            door = {code for code in town.code.values() if enters(connection, me, code, action)}
            listed = {case.code for case in candidates.listed(connection, me, action)}
            assert door == expected, (role, place, action)
            assert listed == expected, (role, place, action)


def _all_seeing(town: Town) -> Person:
    grants = [Grant("secretary", unit.id, unit.name, unit.path) for unit in town.unit.values()]
    return Person(0, "all", tuple(grants))


def _expected(town: Town, role: Role, place: str, action: Action, helped: str) -> set[str]:
    far = reach(role, action)
    if far == Reach.NONE:
        return set()
    if far == Reach.OWN:
        return {helped}
    if far == Reach.UNIT and place == "P":
        return set(town.code.values())
    return {town.code[unit] for unit in REACHED[far.name.lower(), place]}


def test_a_stranger_s_case_and_a_missing_one_read_the_same(tables: Connection) -> None:
    with undone(tables) as connection:
        town = Town(connection)
        me = town.person("secretary", "B2")
        said = []
        actions: tuple[Action, ...] = ("see_case", "log_contact", "assign_helper")
        for code in (town.code["B1"], "QC-9999"):
            for asks, action in product((me, None), actions):
                with pytest.raises(Refusal) as refusal:
                    candidates.case_for(connection, asks, code, action)
                said.append((refusal.value.reply.template, set(refusal.value.reply.values)))
        assert said == [("candidates.no_such_case", {"code"})] * 12


def test_who_proposed_sees_the_nomination_until_the_branch_has_decided(tables: Connection) -> None:
    with undone(tables) as connection:
        town = Town(connection)
        me, other = town.person("member", "B1"), town.person("member", "B1")
        codes = {state: town.candidate("B1", state, me.id) for state in STATES}
        for person, seen in ((me, {"proposed", "returned"}), (other, set())):
            assert {state for state, code in codes.items() if enters(connection, person, code, "see_case")} == seen
            found = candidates.listed(connection, person, states=STATES)
            assert {case.state for case in found} == seen
        assert not enters(connection, me, codes["proposed"], "decide_nomination")


def test_ended_roles_and_left_people_open_nothing(tables: Connection) -> None:
    with undone(tables) as connection:
        town = Town(connection)
        me = town.person("member", "B1")
        case = candidates.case_by_id(connection, _all_seeing(town), int(town.code["B1"][3:]))
        candidates.assign(connection, NOW, None, case, me.id, TODAY)
        assert enters(connection, me, case.code, "see_case")
        people.end_role(connection, me.id, town.unit["B1"].id, "member", TODAY)
        after = people.by_id(connection, me.id)
        assert after is not None
        assert not enters(connection, after, case.code, "see_case")
        assert candidates.listed(connection, after) == []
        assert candidates.listed(connection, after, only_own=True) == []


def test_somebody_who_has_left_is_nobody_at_any_address(tables: Connection) -> None:
    from storage import roles

    with undone(tables) as connection:
        town = Town(connection)
        me = town.person("office", "W")
        address = Address("test", "1")
        people.link(connection, address, me.id, NOW)
        assert people.at(connection, address) is not None
        roles.leave(connection, NOW, None, me.id, TODAY)
        people.link(connection, address, me.id, NOW)
        assert people.at(connection, address) is None


# --- Random trees: the conditions in SQL and the pure rule say the same. -----------------------------------------

tree = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(KINDS)), min_size=1, max_size=9)
held = st.lists(st.tuples(st.sampled_from(ROLES), st.integers(0, 9)), max_size=4)
cases = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(STATES), st.booleans(), st.booleans()), max_size=6)


def grow(connection: Connection, shape: list[tuple[int, str]]) -> list[Unit]:
    grown: list[Unit] = []
    for at, (above, kind) in enumerate(shape):
        parent = grown[above % len(grown)] if grown else None
        values = {"code": f"U{at}", "name": f"U{at}", "kind": kind}
        grown.append(units.add(connection, NOW, None, parent, values))
    return grown


def somebody(connection: Connection, grown: list[Unit], roles: list[tuple[Role, int]]) -> Person:
    key = people.add(connection, "A B")
    for role, at in roles:
        people.give_role(connection, key, grown[at % len(grown)].id, role, TODAY)
    found = people.by_id(connection, key)
    assert found is not None
    return found


@settings(max_examples=60, deadline=None)
@given(tree, held)
def test_units_open_to_a_person_are_those_that_the_rule_covers(
    tables: Connection, shape: list[tuple[int, str]], roles: list[tuple[Role, int]]
) -> None:
    with undone(tables) as connection:
        grown = grow(connection, shape)
        me = somebody(connection, grown, roles)
        for action in TABLE:
            found = set(connection.execute(select(unit_rows.c.id).where(sight.units_open_to(me, action))).scalars())
            assert found == {u.id for u in grown if covers(me.grants, action, u.path, u.committee_id)}, action


@settings(max_examples=60, deadline=None)
@given(tree, held, cases)
def test_lists_show_exactly_the_cases_that_the_door_lets_in(
    tables: Connection, shape: list[tuple[int, str]], roles: list[tuple[Role, int]], wanted: list[tuple[Any, ...]]
) -> None:
    with undone(tables) as connection:
        grown = grow(connection, shape)
        me = somebody(connection, grown, roles)
        made = {}
        for at, state, helps, proposed in wanted:
            unit = grown[at % len(grown)]
            case = _case(connection, unit, state, me.id if proposed else None)
            if helps:
                candidates.assign(connection, NOW, None, case, me.id, TODAY)
            made[case.code] = (unit, helps or (proposed and state in ("proposed", "returned")))
        for action in ON_A_CASE:
            ruled = {code for code, (unit, own) in made.items() if _ruled(me, action, unit, own=own)}
            door = {code for code in made if enters(connection, me, code, action)}
            listed = {case.code for case in candidates.listed(connection, me, action, states=STATES)}
            assert ruled == door == listed, action


def _case(connection: Connection, unit: Unit, state: str, proposed_by: int | None) -> Case:
    dates = {"step_on": TODAY, "listed_on": TODAY}
    values = {"name": "A B", "unit_id": unit.id, "state": state, "step": "source", "proposed_by": proposed_by, **dates}
    code = candidates.add(connection, NOW, None, values, [])
    everywhere = Person(0, "all", (Grant("secretary", unit.id, unit.name, unit.path),))
    return candidates.case_for(connection, everywhere, code)


def _ruled(me: Person, action: Action, unit: Unit, *, own: bool) -> bool:
    seen, done = (covers(me.grants, a, unit.path, unit.committee_id, own=own) for a in ("see_case", action))
    return seen and done


@settings(max_examples=60, deadline=None)
@given(tree, held)
def test_the_door_to_units_opens_to_one_s_own_and_to_committees_right_below(
    tables: Connection, shape: list[tuple[int, str]], roles: list[tuple[Role, int]]
) -> None:
    with undone(tables) as connection:
        grown = grow(connection, shape)
        me = somebody(connection, grown, roles)
        known = {unit.id: unit for unit in grown}
        for unit in grown:
            above = known.get(unit.parent_id or 0)
            mine = covers(me.grants, "change_units", unit.path, unit.committee_id)
            placed = above is not None and covers(me.grants, "change_units", above.path, above.committee_id)
            assert _opens(connection, me, unit.id) is (mine or placed)
            assert units.may_place(connection, me, unit) is placed


def _opens(connection: Connection, me: Person, unit: int) -> bool:
    try:
        return units.unit_for(connection, me, unit).id == unit
    except Refusal:
        return False


@settings(max_examples=100, deadline=None)
@given(tree, held, held)
def test_a_code_gives_nobody_more_than_whoever_made_it_holds(
    tables: Connection, shape: list[tuple[int, str]], mine: list[tuple[Role, int]], theirs: list[tuple[Role, int]]
) -> None:
    """Short of the office, which appoints: all that the invited one may do, the inviter may do in the same place."""
    with undone(tables) as connection:
        grown = grow(connection, shape)
        me, other = somebody(connection, grown, mine), somebody(connection, grown, theirs)
        if not may_let_in(me.grants, other.grants):
            return
        if any(grant.role == "office" for grant in me.grants):
            assert all(any(g.path.startswith(m.path) for m in me.grants) for g in other.grants)
            return
        for action, unit in product(TABLE, grown):
            if covers(other.grants, action, unit.path, unit.committee_id):
                assert covers(me.grants, action, unit.path, unit.committee_id), (action, unit.code)


@pytest.mark.parametrize(
    ("mine", "theirs", "lets"),
    [
        (("secretary", "B1"), ("member", "B1"), True),
        (("deputy", "B1"), ("secretary", "B1"), True),
        (("secretary", "B1"), ("member", "G"), True),
        (("secretary", "B1"), ("area_supervisor", "B1"), True),
        (("secretary", "B1"), ("member", "B2"), False),
        (("secretary", "G"), ("secretary", "B1"), False),
        (("secretary", "W"), ("office", "W"), False),
        (("secretary", "W"), ("inspection", "W"), False),
        (("office", "W"), ("office", "W"), True),
        (("office", "W"), ("inspection", "W"), True),
        (("office", "W"), ("office", "P"), False),
        (("office", "W"), ("member", "B3"), False),
        (("member", "B1"), ("member", "B1"), False),
        (("inspection", "W"), ("member", "B1"), False),
    ],
)
def test_who_may_let_whom_in(tables: Connection, mine: tuple[Role, str], theirs: tuple[Role, str], lets: bool) -> None:
    with undone(tables) as connection:
        town = Town(connection)
        assert may_let_in(town.person(*mine).grants, town.person(*theirs).grants) is lets
