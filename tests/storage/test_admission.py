"""The moves of a case as they are kept: who was first, what is undone, what waits, which dates run."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.chat import Refusal
from bot.reports.lines import CandidateLine, Workbook
from bot.rules import life
from bot.rules.admission import record
from bot.rules.book import load
from bot.rules.changes import changed
from bot.rules.facts import Vetting
from bot.rules.lists import Swap
from storage import admission, candidates, contacts, history, imports, people, rulebook, units, vettings
from storage import dues as kept
from storage.tables import candidates as rows
from tests.office import Office
from tests.rules.builders import BOOK, CALENDAR
from tests.storage.casework import ACTIONS, IN_ORDER, LISTED, START, Desk, act, desk
from tests.storage.memory import empty_database, undone

MAIN = ("assign_helper", "awareness_class", "procedure_approved", "application", "cv", "vetting", "opinions")
TO_VOTE = (*MAIN, "recommendation", "branch_vote")


@pytest.fixture(scope="module")
def tables() -> Iterator[Connection]:
    with empty_database() as connection:
        yield connection


@pytest.fixture
def at(tables: Connection) -> Iterator[Desk]:
    with undone(tables) as connection:
        yield desk(connection)


def go(at: Desk, *steps: str) -> None:
    for slug in steps:
        at.passes(days=1)
        change = at.step(slug)
        assert change, slug
        assert at.write(change, f"{slug}-1")


def refused(key: str) -> "pytest.RaisesExc[Refusal]":
    return pytest.raises(Refusal, match=key)


def test_a_new_case_is_known_as_listed_and_its_first_meeting_is_due(at: Desk) -> None:
    assert at.facts.dates == {"source_listed": LISTED, "last_contact": LISTED}
    assert [(due.rule, due.due_on) for due in admission.dues_of(at.connection, at.case)] == [
        ("contact_gap", LISTED + timedelta(days=30))
    ]


def test_a_step_moves_the_case_its_dates_and_its_history(at: Desk) -> None:
    at.prepare()
    go(at, *TO_VOTE)
    assert at.case.step == "branch_vote"
    voted = at.facts.dates["branch_resolution"]
    assert at.case.step_on == voted
    due = next(due for due in admission.dues_of(at.connection, at.case) if due.rule == "admission_decision")
    assert (due.start_on, due.due_on) == (voted, CALENDAR.after(voted, 45))
    assert due.version == "admission_decision@2025-07-01"
    line = history.of(at.connection, at.case.subject)[-1]
    assert line.after
    assert line.after["due"]["admission_decision"] == due.due_on.isoformat()
    assert line.after["due"]["dossier"] is None
    assert line.after["numbers"] == {"branch_resolution": "branch_vote-1"}
    assert line.before
    assert line.before["facts"]["step"] == "recommendation"


def test_everything_that_is_written_is_read_again(at: Desk) -> None:
    at.prepare()
    for name, value in IN_ORDER.items():
        assert getattr(at.facts, name) == value
    assert at.write(changed(at.facts, "amend", START.date(), {}, answers={}, recommenders=(), vettings=()))
    assert (at.facts.answers, at.facts.recommenders, at.facts.vettings) == ({}, (), ())


def test_of_two_who_write_the_first_wins(at: Desk) -> None:
    change, case = at.step("assign_helper"), at.case
    assert change
    first = admission.write(at.connection, at.now, at.secretary, case, change, "admission.step", BOOK, CALENDAR)
    second = admission.write(at.connection, at.now, at.office, case, change, "admission.step", BOOK, CALENDAR)
    assert (first, second) == (True, False)
    assert at.case.version == case.version + 1
    assert len(admission.history_of_changes(at.connection, at.case)) == 1


async def test_two_at_once_on_a_real_database_one_wins(office: Office) -> None:
    secretary, deputy = office.person["Lê Thị Bí"], office.person["Ngô Văn Phó"]
    case = await office.do(lambda c: candidates.by_code(c, "QC-0001"))
    facts = await office.do(lambda c: admission.facts_of(c, case))
    today = office.now.date()
    change = record(facts, "assign_helper", today, {}, today, BOOK, CALENDAR).change
    assert change

    def writing(actor: int) -> object:
        return office.do(
            lambda c: admission.write(c, office.now, actor, case, change, "admission.step", BOOK, CALENDAR)
        )

    won = await asyncio.gather(writing(secretary), writing(deputy))  # type: ignore[call-overload]
    assert sorted(won) == [False, True]
    assert await office.do(history.broken) is None


def test_the_writer_takes_a_step_back_with_its_number_and_its_dates(at: Desk) -> None:
    go(at, "assign_helper", "awareness_class")
    facts, running, numbers = at.facts, at.running(), kept_numbers(at)
    go(at, "procedure_approved")
    at.passes(minutes=15)
    assert at.undo().kind == "undo"
    assert (at.facts, at.running(), kept_numbers(at)) == (facts, running, numbers)
    states = [noted.state for noted in admission.history_of_changes(at.connection, at.case)]
    assert states == ["done", "done", "undone"]


def kept_numbers(at: Desk) -> dict[str, str]:
    from storage.facts import numbers_of

    return numbers_of(at.connection, at.case.id)


def test_after_a_quarter_of_an_hour_it_is_too_late(at: Desk) -> None:
    go(at, "assign_helper")
    at.passes(minutes=16)
    with refused("too_late_to_undo"):
        at.undo()


def test_how_long_one_may_undo_is_set_by_the_unit_above(at: Desk) -> None:
    top = units.by_code(at.connection, "W")
    assert top
    assert admission.set_local(at.connection, at.now, at.office, top.id, "undo_minutes", 60)
    assert not admission.set_local(at.connection, at.now, at.office, top.id, "undo_minutes", 60)
    assert admission.local_of(at.connection, at.unit) == {"undo_minutes": 60}
    admission.set_local(at.connection, at.now, at.office, at.unit.id, "undo_minutes", 5)
    assert admission.local_of(at.connection, at.case) == {"undo_minutes": 5}
    go(at, "assign_helper")
    at.passes(minutes=6)
    with refused("too_late_to_undo"):
        at.undo()
    admission.set_local(at.connection, at.now, at.office, at.unit.id, "undo_minutes", None)
    at.undo()


def test_nobody_undoes_what_another_wrote(at: Desk) -> None:
    with refused("nothing_to_undo"):
        at.undo()
    go(at, "assign_helper")
    with refused("nothing_to_undo"):
        at.undo(at.office)


def test_steps_are_undone_one_after_the_other_but_not_past_what_changed_beside(at: Desk) -> None:
    start = at.facts
    for slug in ("assign_helper", "awareness_class"):
        change = at.step(slug)
        assert change
        at.write(change)
    at.undo()
    at.undo()
    assert at.facts == start
    go(at, "assign_helper")
    candidates.change(at.connection, at.now, at.office, at.case, "candidate.change", {"phone": "0900000009"})
    with refused("nothing_to_undo"):
        at.undo()


def test_what_the_office_confirms_waits_until_then(at: Desk) -> None:
    at.prepare()
    go(at, "assign_helper", "awareness_class")
    change = at.step("procedure_approved")
    assert change
    before = at.facts
    number = admission.pend(
        at.connection, at.now, at.secretary, at.case, change, "admission.step", {"procedure_approved": "7-CV"}
    )
    assert at.facts == before
    office, secretary = people.by_id(at.connection, at.office), people.by_id(at.connection, at.secretary)
    assert office
    assert secretary
    assert [noted.id for noted in admission.pending_for(at.connection, office)] == [number]
    assert admission.pending_for(at.connection, secretary) == []
    assert admission.pending_by_id(at.connection, office, number)[1].change == change
    with refused("not_pending"):
        admission.pending_by_id(at.connection, secretary, number)
    done = admission.confirm(at.connection, at.now, at.office, number, BOOK, CALENDAR)
    assert (done.state, done.person, done.decided_by) == ("done", at.secretary, at.office)
    assert at.case.step == "procedure_approved"
    assert kept_numbers(at)["procedure_approved"] == "7-CV"
    with refused("not_pending"):
        admission.confirm(at.connection, at.now, at.office, number, BOOK, CALENDAR)
    with refused("not_pending"):
        admission.send_back_pending(at.connection, at.now, at.office, number, "procedure")
    assert at.undo(at.office).step == "procedure_approved"


def test_the_office_sends_back_and_the_case_stays(at: Desk) -> None:
    change = at.step("assign_helper")
    assert change
    number = admission.pend(at.connection, at.now, at.secretary, at.case, change, "admission.step")
    back = admission.send_back_pending(at.connection, at.now, at.office, number, "papers_missing")
    assert (back.state, back.decided_why, at.case.step) == ("returned", "papers_missing", "source")
    assert admission.pending_of(at.connection, at.case) == []


def test_what_waits_is_withdrawn_by_its_writer_and_overtaken_by_a_newer_one(at: Desk) -> None:
    change = at.step("assign_helper")
    assert change
    first = admission.pend(at.connection, at.now, at.secretary, at.case, change, "admission.step")
    second = admission.pend(at.connection, at.now, at.secretary, at.case, change, "admission.step")
    assert [noted.id for noted in admission.pending_of(at.connection, at.case)] == [second] != [first]
    at.undo()
    assert admission.pending_of(at.connection, at.case) == []
    assert at.case.step == "source"


def test_what_waits_is_not_confirmed_once_its_ground_has_moved(at: Desk) -> None:
    change = at.step("assign_helper")
    assert change
    number = admission.pend(at.connection, at.now, at.secretary, at.case, change, "admission.step")
    go(at, "assign_helper")
    with refused("changed_meanwhile"):
        admission.confirm(at.connection, at.now, at.office, number, BOOK, CALENDAR)


def test_leaving_closes_the_case_and_its_dates_and_coming_back_opens_them(at: Desk) -> None:
    running = at.running()
    leaving = life.leave(at.facts, "moved", START.date(), BOOK)
    assert at.write(leaving)  # type: ignore[arg-type]
    assert (at.case.state, at.facts.left, at.running()) == ("closed", "moved", [])
    coming = life.come_back_to_pool(at.facts, START.date(), BOOK)
    assert at.write(coming)  # type: ignore[arg-type]
    assert (at.case.state, at.facts.left, at.running()) == ("open", None, running)


def test_what_is_late_is_told_to_those_who_may_see_the_case(at: Desk) -> None:
    office = people.by_id(at.connection, at.office)
    stranger = people.by_id(at.connection, people.add(at.connection, "Nguoi La"))
    assert office
    assert stranger
    due = LISTED + timedelta(days=30)
    assert admission.overdue(at.connection, office, due) == []
    late = admission.overdue(at.connection, office, due + timedelta(days=1))
    assert [(one.case.code, one.due.rule, one.due.due_on) for one in late] == [(at.code, "contact_gap", due)]
    assert admission.overdue(at.connection, stranger, due + timedelta(days=1)) == []


def test_a_place_that_was_asked_keeps_its_name_when_the_answer_comes(at: Desk) -> None:
    asked = Vetting("1", date(2026, 1, 2), date(2026, 1, 5))
    at.write(changed(at.facts, "amend", START.date(), {}, vettings=(asked,)))
    assert vettings.describe(at.connection, at.now, at.secretary, at.case, "1", "Xa A", "4-CV", at.secretary)
    assert not vettings.describe(at.connection, at.now, at.secretary, at.case, "9", "Xa B")
    assert ("vetting_reply", "1") in {(rule, subject) for rule, subject, *_ in at.running()}
    answered = Vetting("1", asked.sent_on, asked.received_on, date(2026, 1, 30))
    at.write(changed(at.facts, "amend", START.date(), {}, vettings=(answered,)))
    found = vettings.asked(at.connection, at.case)[0]
    assert (found.place, found.letter, found.responsible, found.returned_on) == (
        "Xa A", "4-CV", at.secretary, date(2026, 1, 30),
    )  # fmt: skip
    assert all(rule != "vetting_reply" for rule, *_ in at.running())


def test_a_decreed_day_off_moves_the_dates_counted_over_it_once(at: Desk) -> None:
    at.prepare()
    go(at, *TO_VOTE)
    before = next(due for due in admission.dues_of(at.connection, at.case) if due.rule == "admission_decision")
    rest = before.start_on + timedelta(days=2 + (7 - before.start_on.weekday()) % 7)
    swap = Swap(rest=rest, name="bao lu")
    touched = kept.touched_by(at.connection, swap)
    assert touched == [at.case.id]
    assert rulebook.add_swap(at.connection, at.now, at.office, swap)
    assert not rulebook.add_swap(at.connection, at.now, at.office, swap)
    calendar = rulebook.calendar_of(at.connection, BOOK)
    assert calendar is rulebook.calendar_of(at.connection, BOOK)
    assert rulebook.swaps_of(at.connection) == [swap]
    assert admission.refresh(at.connection, at.now, touched, BOOK, calendar) == 1
    after = next(due for due in admission.dues_of(at.connection, at.case) if due.rule == "admission_decision")
    assert after.due_on == CALENDAR.after(before.start_on, 46)
    line = history.of(at.connection, at.case.subject)[-1]
    assert (line.action, line.before, line.after) == (
        "due.move",
        {"admission_decision": before.due_on.isoformat()},
        {"admission_decision": after.due_on.isoformat()},
    )
    lines = len(history.of(at.connection, at.case.subject))
    assert admission.refresh(at.connection, at.now, touched, BOOK, calendar) == 0
    assert len(history.of(at.connection, at.case.subject)) == lines


def test_a_case_that_moves_to_another_unit_follows_what_is_set_there(at: Desk) -> None:
    top = units.by_code(at.connection, "W")
    other = units.add(at.connection, START, None, top, {"code": "B9", "name": "B9", "kind": "branch"})
    admission.set_local(at.connection, at.now, at.office, other.id, "contact_every_days", 10)
    admission.set_local(at.connection, at.now, at.office, other.id, "profile:hanoi", 1)
    units.merge(at.connection, at.now, at.office, at.unit, other, START.date())
    assert at.facts.profile == "hanoi"
    assert at.running() == at.worked_out()
    assert admission.dues_of(at.connection, at.case)[0].due_on == LISTED + timedelta(days=10)


SERIES = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 40)), min_size=1, max_size=25)
REACHED = st.sampled_from((0, 3, len(TO_VOTE)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SERIES, REACHED)
def test_whatever_is_done_the_rows_say_what_the_rules_say(
    tables: Connection, series: list[tuple[str, int]], reached: int
) -> None:
    with undone(tables) as connection:
        at = desk(connection)
        at.prepare()
        go(at, *TO_VOTE[:reached])
        for action, choice in series:
            act(at, action, choice)
            expected = at.worked_out() if at.case.state == "open" else []
            assert at.running() == expected, (action, choice)
        assert history.broken(connection) is None
        assert admission.refresh(connection, at.now, kept.open_cases(connection), BOOK, CALENDAR) == 0
        step = connection.execute(select(rows.c.step).where(rows.c.id == at.case.id)).scalar()
        assert step == at.facts.step


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 40), max_size=6))
def test_what_is_undone_leaves_no_trace_but_the_history(tables: Connection, choices: list[int]) -> None:
    with undone(tables) as connection:
        at = desk(connection)
        at.prepare()
        for choice in choices:
            act(at, "step", choice)
        lines = len(history.of(connection, at.case.subject))
        facts, running, done = at.facts, at.running(), 0
        for action in ("step", "vetting", "away"):
            version = at.case.version
            act(at, action, 3)
            done += at.case.version != version
        for _ in range(done):
            at.undo()
        assert (at.facts, at.running()) == (facts, running)
        assert len(history.of(connection, at.case.subject)) == lines + 2 * done


def test_a_changed_file_is_switched_on_once_and_for_every_process(at: Desk) -> None:
    text = b"local: {contact_every_days: {value: 20}}"
    with pytest.raises(ValueError, match="contact_every_days"):
        load(laid_over=[b"local: {contact_every_days: {value: x}}"])
    assert rulebook.switch_on(at.connection, at.now, at.office, text)
    assert not rulebook.switch_on(at.connection, at.now, at.office, text)
    assert rulebook.book_of(at.connection).entries.local["contact_every_days"].value == 20
    assert rulebook.worked_out(at.connection) is None
    rulebook.note_in_use(at.connection, at.now)
    known = rulebook.in_use(at.connection)
    assert known
    assert known.book is rulebook.book_of(at.connection)


def test_a_contact_moves_the_next_meeting_and_withdrawing_it_moves_it_back(at: Desk) -> None:
    def due() -> date:
        return next(due.due_on for due in admission.dues_of(at.connection, at.case) if due.rule == "contact_gap")

    met = START.date() - timedelta(days=3)
    number = contacts.log(at.connection, at.now, at.secretary, at.case, "k1", {"how": "met", "on": met})
    assert due() == met + timedelta(days=30)
    earlier = {"how": "met", "on": met - timedelta(days=9)}
    contacts.log(at.connection, at.now, at.secretary, at.case, "k2", earlier)
    contacts.log(at.connection, at.now, at.secretary, at.case, "k3", {"how": "not_reached", "on": START.date()})
    assert due() == met + timedelta(days=30)
    entry = contacts.own(at.connection, number, at.secretary)
    contacts.correct(at.connection, at.now, at.case, entry, {"on": met - timedelta(days=2)})
    assert due() == met + timedelta(days=28)
    contacts.withdraw(at.connection, at.now, at.case, contacts.own(at.connection, number, at.secretary))
    assert due() == met - timedelta(days=9) + timedelta(days=30)


def test_a_case_from_a_workbook_comes_with_what_follows_from_its_step(at: Desk) -> None:
    steps = list(BOOK.entries.steps)

    def take_in(step: str, on: date) -> None:
        line = CandidateLine(2, "Vo Thi Moi", "B", "MOI-1", step=step, step_on=on)
        assert imports.take_in(at.connection, at.now, Workbook(candidates=(line,)), steps).ok

    take_in("branch_vote", date(2025, 12, 1))
    new = Desk(at.connection, at.secretary, at.office, "MOI-1", at.unit, at.now)
    assert new.facts.dates["branch_resolution"] == date(2025, 12, 1)
    assert new.running() == new.worked_out()
    assert {rule for rule, *_ in new.running()} == {"admission_decision", "contact_gap"}
    take_in("probation", date(2025, 12, 30))
    assert {"ceremony", "probation_helper_assigned"} <= new.facts.dates.keys()
    assert "probation_end" in {rule for rule, *_ in new.running()}
    assert new.running() == new.worked_out()
    take_in("probation", date(2025, 12, 30))
    assert history.broken(at.connection) is None


def test_a_nomination_has_no_dates_until_it_is_approved(at: Desk) -> None:
    values = {"name": "Vo Thi Moi", "unit_id": at.unit.id, "state": "proposed", "step": "source"}
    code = candidates.add(
        at.connection, at.now, at.secretary, {**values, "step_on": LISTED, "listed_on": LISTED}, []
    )  # fmt: skip
    new = Desk(at.connection, at.secretary, at.office, code, at.unit, at.now)
    assert new.running() == []
    approved = {"state": "open", "listed_on": START.date(), "step_on": START.date()}
    assert candidates.change(at.connection, at.now, at.secretary, new.case, "candidate.approve", approved)
    assert new.facts.dates["source_listed"] == START.date()
    assert [(rule, start) for rule, _, _, start, *_ in new.running()] == [("contact_gap", START.date())]
