"""The summaries agree with what is kept, whatever is written in whatever order."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Connection, select

from bot.chat import Refusal
from bot.rules.changes import changed
from bot.rules.life import leave
from bot.rules.periods import Period
from bot.rules.positions import NONE, Seats
from bot.rules.recording import Problem
from storage import admission, candidates, contacts, dues, exits, facts, people, positions, surveys, tallying, units
from storage.candidates import Case
from storage.settings import set_local
from storage.tables import candidates as case_rows
from storage.tables import contacts as contact_rows
from storage.tables import tallies
from tests.storage.memory import empty_database, undone

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DAYS = st.integers(0, 400).map(lambda back: TODAY - timedelta(days=back))
STEPS = ("source", "assign_helper", "vetting", "branch_vote", "decision", "ceremony", "probation")
EVENTS = ("branch_resolution", "admission_decided", "ceremony", "recognition_decided", "application_written")


@pytest.fixture(scope="module")
def tables() -> Iterator[Connection]:
    with empty_database() as connection:
        yield connection


def test_summaries_agree_after_any_sequence_of_writes(tables: Connection) -> None:
    class Writes(RuleBasedStateMachine):
        """Everything that the office, branches and members write, in any order."""

        def __init__(self) -> None:
            super().__init__()
            self._undone = undone(tables)
            self.connection = self._undone.__enter__()
            self.at = AT
            self.writer = people.add(self.connection, "Lê Thị Hai")

        def teardown(self) -> None:
            self._undone.__exit__(None, None, None)

        def cases(self) -> list[int]:
            return list(self.connection.execute(select(case_rows.c.id).order_by(case_rows.c.id)).scalars())

        def case(self, pick: int) -> Case:
            found = self.cases()
            return candidates.by_number(self.connection, found[pick % len(found)])

        def unit(self, pick: int, *, branch: bool = False) -> units.Unit:
            found = units.open_units(self.connection)
            found = [unit for unit in found if not branch or unit.kind in ("branch", "group")]
            return found[pick % len(found)]

        @initialize()
        def tree(self) -> None:
            self.units = 0
            top = self.new_unit(None, "province", None)
            wards = [self.new_unit(top, "committee", None) for _ in range(2)]
            branches = [self.new_unit(ward, "branch", 20) for ward in wards for _ in range(2)]
            self.new_unit(branches[0], "group", None)

        def new_unit(self, parent: units.Unit | None, kind: str, members: int | None) -> units.Unit:
            self.units += 1
            values = {"code": f"U{self.units}", "name": f"U{self.units}", "kind": kind, "members": members}
            return units.add(self.connection, AT, None, parent, values)

        @rule(pick=st.integers(0, 9), on=DAYS, step=st.sampled_from(STEPS), waits=st.booleans())
        def lists(self, pick: int, on: date, step: str, waits: bool) -> None:
            row = {"name": "Võ Văn Sơn", "unit_id": self.unit(pick, branch=True).id, "step": step}
            state = "proposed" if waits else "open"
            days = {"step_on": on, "listed_on": on - timedelta(days=30), "state": state}
            candidates.add(self.connection, self.at, None, row | days, [])

        @precondition(lambda self: self.cases())
        @rule(pick=st.integers(0, 20), on=DAYS, how=st.sampled_from(("met", "phoned", "not_reached")))
        def logs(self, pick: int, on: date, how: str) -> None:
            case = self.case(pick)
            key = f"k{len(list(self.connection.execute(select(contact_rows.c.id))))}"
            contacts.log(self.connection, self.at, self.writer, case, key, {"how": how, "on": on})

        @precondition(lambda self: self.cases())
        @rule(pick=st.integers(0, 20), on=DAYS, how=st.sampled_from(("met", "not_reached")), drop=st.booleans())
        def mends(self, pick: int, on: date, how: str, drop: bool) -> None:
            kept = select(contact_rows.c.id).where(contact_rows.c.state == "kept").order_by(contact_rows.c.id)
            found = list(self.connection.execute(kept).scalars())
            if not found:
                return
            entry = contacts.own(self.connection, found[pick % len(found)], self.writer)
            case = candidates.by_number(self.connection, entry.candidate_id)
            if drop:
                contacts.withdraw(self.connection, self.at, case, entry)
            else:
                contacts.correct(self.connection, self.at, case, entry, {"how": how, "on": on})

        @precondition(lambda self: self.cases())
        @rule(pick=st.integers(0, 20), on=DAYS, event=st.sampled_from(EVENTS), step=st.sampled_from(STEPS))
        def records(self, pick: int, on: date, event: str, step: str) -> None:
            case = self.case(pick)
            known = facts.facts_of(self.connection, case)
            change = changed(known, "forward", on, {event: on}, at=step, step=step, step_on=on)
            self.write(case, change)

        @precondition(lambda self: self.cases())
        @rule(pick=st.integers(0, 20), on=DAYS, why=st.sampled_from(("moved", "struck_off", "expelled")))
        def leaves(self, pick: int, on: date, why: str) -> None:
            case = self.case(pick)
            book = admission.book_of(self.connection)
            change = leave(facts.facts_of(self.connection, case), why, on, book)
            if not isinstance(change, Problem):
                self.write(case, change)

        def write(self, case: Case, change: Any) -> None:
            rules = admission.rules_of(self.connection)
            admission.write(
                self.connection, self.at, self.writer, case, change, "admission.forward", rules.book, rules.calendar
            )

        @precondition(lambda self: self.cases())
        @rule(pick=st.integers(0, 20))
        def undoes(self, pick: int) -> None:
            rules, case = admission.rules_of(self.connection), self.case(pick)
            try:
                admission.undo_last(self.connection, self.at, self.writer, case, rules.book, rules.calendar)
            except Refusal:
                return

        @precondition(lambda self: self.cases())
        @rule(pick=st.integers(0, 20), ripe=st.sampled_from(surveys.RIPENESS), number=st.integers(1, 4))
        def looks_at_sources(self, pick: int, ripe: surveys.Ripeness, number: int) -> None:
            quarter = Period("quarter", 2026, number)
            surveys.find(self.connection, self.at, self.writer, self.case(pick), quarter, ripe)

        @precondition(lambda self: self.cases())
        @rule(pick=st.integers(0, 20), to=st.integers(0, 9))
        def moves_a_case(self, pick: int, to: int) -> None:
            values = {"unit_id": self.unit(to, branch=True).id}
            candidates.change(self.connection, self.at, None, self.case(pick), "candidate.move", values)

        @precondition(lambda self: self.cases())
        @rule(pick=st.integers(0, 20), state=st.sampled_from(("open", "closed", "returned")))
        def decides(self, pick: int, state: str) -> None:
            candidates.change(self.connection, self.at, None, self.case(pick), "candidate.change", {"state": state})

        @precondition(lambda self: self.cases())
        @rule(pick=st.integers(0, 20))
        def assigns(self, pick: int) -> None:
            candidates.assign(self.connection, self.at, None, self.case(pick), self.writer, TODAY)

        @rule(pick=st.integers(0, 9), to=st.integers(0, 9), merge=st.booleans())
        def rearranges(self, pick: int, to: int, merge: bool) -> None:
            unit, other = self.unit(pick), self.unit(to)
            if unit.parent_id is None or unit.id == other.id:
                return
            try:
                if merge and unit.kind == other.kind:
                    units.merge(self.connection, self.at, None, unit, other, TODAY)
                elif not merge and units.fits(unit.kind, other.kind):
                    units.move(self.connection, self.at, None, unit, other)
            except Refusal:
                return

        @rule(pick=st.integers(0, 9), members=st.integers(1, 90), kind=st.booleans())
        def changes_a_unit(self, pick: int, members: int, kind: bool) -> None:
            unit = self.unit(pick, branch=True)
            turned = "group" if unit.kind == "branch" and not units.below(self.connection, unit) else "branch"
            above = units.by_id(self.connection, unit.parent_id or 0)
            more = {"kind": turned} if kind and units.fits(turned, above.kind) else {}
            units.change(self.connection, self.at, None, unit, {"members": members, **more})

        @rule(pick=st.integers(0, 9))
        def closes_a_unit(self, pick: int) -> None:
            if len([one for one in units.open_units(self.connection) if one.kind == "branch"]) < 3:
                return
            try:
                units.close(self.connection, self.at, None, self.unit(pick, branch=True), TODAY)
            except Refusal:
                return

        @rule(pick=st.integers(0, 9), on=DAYS, count=st.integers(1, 3))
        def enters_exits(self, pick: int, on: date, count: int) -> None:
            exits.enter(self.connection, self.at, None, self.unit(pick), "struck_off", on, count)

        @rule(
            pick=st.integers(0, 9),
            kind=st.sampled_from((NONE, "hamlet_head", "militia_local")),
            numbers=st.lists(st.integers(0, 9), min_size=3, max_size=3),
            back=st.integers(0, 500),
        )
        def says_positions(self, pick: int, kind: str, numbers: list[int], back: int) -> None:
            members, held, posts = sorted(numbers)
            seats = Seats() if kind == NONE else Seats(posts, held, members)
            at = self.at - timedelta(days=back)
            positions.say(self.connection, at, self.writer, self.unit(pick), {kind: seats})

        @rule(pick=st.integers(0, 9))
        def takes_positions_back(self, pick: int) -> None:
            long_ago = AT - timedelta(days=1000)
            positions.undo(self.connection, self.at, self.writer, self.unit(pick), long_ago)

        @rule(pick=st.integers(0, 9), days=st.sampled_from((7, 30, 60)))
        def sets_how_often(self, pick: int, days: int) -> None:
            unit = self.unit(pick)
            set_local(self.connection, self.at, None, unit.id, "contact_every_days", days)
            rules = admission.rules_of(self.connection)
            below = dues.below(self.connection, unit.path)
            dues.refresh(self.connection, self.at, below, rules.book, rules.calendar)

        @invariant()
        def agree(self) -> None:
            assert list(tallying.check(self.connection)) == []

    few = settings(
        max_examples=15,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    case: Any = Writes.TestCase
    case.settings = few
    case("runTest").runTest()


def test_what_was_spoilt_is_named_and_put_right(tables: Connection) -> None:
    with undone(tables) as connection:
        ward = units.add(connection, AT, None, None, {"code": "W", "name": "W", "kind": "committee"})
        branch = units.add(connection, AT, None, ward, {"code": "B", "name": "B", "kind": "branch"})
        row = {"name": "Võ Văn Sơn", "unit_id": branch.id, "state": "open", "step": "source"}
        candidates.add(connection, AT, None, row | {"step_on": TODAY, "listed_on": TODAY}, [])
        this = (tallies.c.unit_id == ward.id, tallies.c.what == "listed")
        connection.execute(tallies.update().where(*this).values(count=7))
        assert list(tallying.check(connection)) == [tallying.Wrong(ward.id, "listed", 202611, 7, 1)]
        tallying.rebuild(connection)
        assert list(tallying.check(connection)) == []
