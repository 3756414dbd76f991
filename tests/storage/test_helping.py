"""What is counted of looking after agrees with counting by hand, whatever was noted and taken back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from bot.rules.access import ROLES, Role
from bot.rules.periods import Period
from storage import candidates, helping, leading, new_members, people, units
from storage.facts import keep_dates
from tests.storage.memory import empty_database, undone

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
YEAR = Period("year", 2026)
DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@pytest.fixture(scope="module")
def tables() -> Iterator[Connection]:
    with empty_database() as connection:
        yield connection


class Ward:
    """A province with a ward of two branches."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.of: dict[str, units.Unit] = {}
        kinds = {"P": "province", "W": "committee", "B1": "branch", "B2": "branch"}
        above = {"P": None, "W": "P", "B1": "W", "B2": "W"}
        for code, kind in kinds.items():
            over = self.of[above[code] or ""] if above[code] else None
            self.of[code] = units.add(connection, NOW, None, over, {"code": code, "name": code, "kind": kind})

    def person(self, role: Role, place: str) -> people.Person:
        made = people.add(self.connection, f"{role} {place}")
        people.give_role(self.connection, made, self.of[place].id, role, TODAY)
        found = people.by_id(self.connection, made)
        assert found is not None
        return found


VISITS = st.lists(st.tuples(st.sampled_from(["B1", "B2"]), DAYS, st.booleans()), max_size=8)


@settings(max_examples=40, deadline=None)
@given(VISITS)
def test_help_is_counted_as_often_as_it_was_noted_and_not_taken_back(
    tables: Connection, noted: list[tuple[str, date, bool]]
) -> None:
    with undone(tables) as connection:
        ward = Ward(connection)
        who = ward.person("area_supervisor", "B1").id
        for place, on, taken_back in noted:
            number = helping.note(connection, NOW, who, ward.of[place].id, who, "meeting", on)
            one = helping.visit(connection, number)
            if taken_back and one:
                assert helping.take_back(connection, NOW, who, one)
                assert not helping.take_back(connection, NOW, who, one)
        kept = [(place, on) for place, on, taken_back in noted if not taken_back]
        this_year = [place for place, on in kept if on in YEAR]
        for code in ("P", "W", "B1", "B2"):
            mine = [place for place in this_year if code in ("P", "W", place)]
            assert helping.times_in(connection, ward.of[code], [YEAR]) == [(len(mine), len(set(mine)))]
            assert helping.visits(connection, [ward.of[code].path], YEAR)[1] == len(mine)
        found = helping.helped(connection, [ward.of["B1"].id, ward.of["B2"].id], YEAR.first)
        for code in ("B1", "B2"):
            days = [on for place, on in kept if place == code]
            one_ = found.get(ward.of[code].id)
            assert (one_.last_on if one_ else None) == max(days, default=None)
            assert (one_.count if one_ else 0) == sum(on >= YEAR.first for on in days)


CASES = st.lists(
    st.tuples(st.none() | DAYS, st.none() | DAYS, st.none() | DAYS, st.booleans(), st.lists(DAYS, max_size=3)),
    max_size=4,
)


@settings(max_examples=40, deadline=None)
@given(CASES)
def test_new_members_are_those_admitted_and_not_yet_a_year_past_their_recognition(
    tables: Connection, said: list[tuple[date | None, date | None, date | None, bool, list[date]]]
) -> None:
    with undone(tables) as connection:
        ward = Ward(connection)
        secretary = ward.person("secretary", "B1")
        wanted: dict[str, tuple[date, date | None]] = {}
        for number, (decided, held, recognised, closed, remarks) in enumerate(said):
            values = {"name": f"N {number}", "unit_id": ward.of["B1"].id, "state": "closed" if closed else "open"}
            values |= {"step": "probation", "step_on": TODAY, "listed_on": date(2025, 1, 1)}
            code = candidates.add(connection, NOW, None, values, [])
            case = candidates.by_code(connection, code)
            assert case is not None
            days = {"admission_decided": decided, "ceremony": held, "recognition_decided": recognised}
            keep_dates(connection, case.id, days)
            for on in remarks:
                new_members.note(connection, NOW, secretary.id, case, secretary.id, on)
            past = [on for on in (held, decided) if on is not None and on <= TODAY]
            full = recognised if recognised and recognised <= TODAY else None
            if past and (full is None or full > date(2025, 11, 20)) and (not closed or full):
                wanted[code] = (past[0], max(remarks, default=None))
        found = new_members.listed(connection, secretary, ward.of["W"], TODAY)
        codes = {one.candidate: candidates.by_number(connection, one.candidate).code for one in found}
        assert {codes[one.candidate]: (one.admitted_on, one.last_on) for one in found} == wanted
        assert sum(new_members.by_unit(connection, ward.of["W"], TODAY).values()) == len(wanted)
        told = new_members.of_units(connection, [ward.of["B1"].id], TODAY)
        assert {code for _, code, _, _ in told} == set(wanted)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "guest"])
@pytest.mark.parametrize("place", ["P", "W", "B1", "B2"])
def test_leaders_are_named_only_where_people_may_be_seen(tables: Connection, role: Role, place: str) -> None:
    with undone(tables) as connection:
        ward = Ward(connection)
        led = {code: ward.person("secretary", code).id for code in ("B1", "B2")}
        me = ward.person(role, place)
        seen = {one.id for one in leading.leaders(connection, me, None, Period("month", 2026, 11))}
        allowed = {one.id for one in people.listed(connection, me, "see_people")}
        assert seen & set(led.values()) == allowed & set(led.values())
        for who in led.values():
            assert (leading.leader(connection, me, who) is not None) == (who in allowed)
            assert (leading.for_leader(connection, me, who)[1] == 0) or me.may("assign_helper")


def test_help_goes_along_when_branches_are_merged(tables: Connection) -> None:
    with undone(tables) as connection:
        ward = Ward(connection)
        who = ward.person("area_supervisor", "B1").id
        helping.note(connection, NOW, who, ward.of["B1"].id, who, "meeting", TODAY)
        units.merge(connection, NOW, None, ward.of["B1"], ward.of["B2"], TODAY)
        assert helping.helped(connection, [ward.of["B2"].id], YEAR.first)[ward.of["B2"].id].count == 1
