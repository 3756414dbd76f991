"""Which deadlines run for a case, and that saying and computing are one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.deadlines import Due, dues, explain, explain_due
from bot.rules.facts import CaseFacts, Vetting
from bot.rules.lines import due_result
from bot.rules.lists import Swap
from bot.rules.workdays import WorkCalendar
from tests.rules.builders import BOOK, CALENDAR, changed_book, ready
from tests.rules.official_days import nth_working_day

DAYS = st.dates(date(2017, 1, 1), date(2040, 12, 31))
STEPS = sorted(BOOK.entries.steps)
EVENTS = sorted(BOOK.entries.events)


def running(facts: CaseFacts) -> dict[str, Due]:
    return {due.rule: due for due in dues(facts, BOOK, CALENDAR)}


def at(step: str, **dates: date) -> CaseFacts:
    return CaseFacts(step=step, dates=dates)


@given(st.sampled_from(sorted(BOOK.rules)), DAYS)
def test_a_deadline_in_working_days_never_falls_on_a_day_off(rule: str, start: date) -> None:
    clock = BOOK.clock(rule, start)
    if clock is None:
        return
    found = explain(clock, start, BOOK, CALENDAR)
    assert found.due_on == date.fromisoformat(due_result(rule, start, BOOK, CALENDAR)["due_on"])
    if clock.unit == "working_days":
        assert CALENDAR.works(found.due_on)
        # What the explanation says was passed over, counted again, gives the very same day.
        days = [start + timedelta(days=n) for n in range(1, (found.due_on - start).days + 1)]
        passed = {day for day, _ in found.skipped}
        assert sum((day.weekday() < 5 and day not in passed) or day in found.made_up for day in days) == found.amount


@given(
    st.sampled_from(STEPS),
    st.dictionaries(st.sampled_from(EVENTS), DAYS, max_size=12),
    st.lists(st.tuples(st.booleans(), st.none() | DAYS, st.none() | DAYS), max_size=3),
    st.sampled_from([frozenset(), frozenset({"admission_decision"}), frozenset({"recognition_decision"})]),
    st.sampled_from([{}, {"contact_every_days": 14}]),
    st.sampled_from([None, *sorted(BOOK.entries.transfers)]),
)
def test_every_date_of_a_case_explains_itself_to_the_same_day(
    step: str,
    dates: Mapping[str, date],
    asked: list[tuple[bool, date | None, date | None]],
    extended: frozenset[str],
    local: dict[str, int],
    transfer: str | None,
) -> None:
    vettings = tuple(
        Vetting(str(n), received_on=received, returned_on=back, abroad=abroad)
        for n, (abroad, received, back) in enumerate(asked)
    )
    facts = CaseFacts(
        step=step, dates=dates, vettings=vettings, extended=extended, local=local, transfer=transfer, profile="hanoi"
    )
    found = dues(facts, BOOK, CALENDAR)
    assert len({(due.rule, due.subject) for due in found}) == len(found)
    for due in found:
        said = explain_due(due, facts, BOOK, CALENDAR)
        assert (said.start_on, said.due_on) == (due.start_on, due.due_on)
        assert due.clock.since <= due.start_on or due.rule == "ceremony"
        assert due.binds in BOOK.entries.roles
        assert due.start_event in BOOK.entries.events


def test_the_law_of_the_day_of_the_resolution_governs_however_late_it_is_asked() -> None:
    before = running(at("branch_vote", branch_resolution=date(2025, 6, 30)))["admission_decision"]
    after = running(at("branch_vote", branch_resolution=date(2025, 7, 1)))["admission_decision"]
    assert (before.version, before.due_on) == ("admission_decision@2025-01-20", date(2025, 9, 24))
    assert (after.version, after.due_on) == ("admission_decision@2025-07-01", date(2025, 9, 4))


def test_a_case_can_be_held_to_the_version_of_another_day() -> None:
    facts = replace(
        at("branch_vote", branch_resolution=date(2025, 7, 1)), governed={"admission_decision": date(2025, 6, 1)}
    )
    assert running(facts)["admission_decision"].version == "admission_decision@2025-01-20"


def test_a_ceremony_is_counted_from_issue_since_the_new_decision_and_from_receipt_before() -> None:
    new = running(at("decision", admission_decided=date(2026, 7, 27), decision_received=date(2026, 8, 5)))["ceremony"]
    assert (new.start_event, new.due_on) == ("admission_decided", nth_working_day(date(2026, 7, 27), 30))
    old = running(at("decision", admission_decided=date(2026, 7, 24), decision_received=date(2026, 8, 5)))["ceremony"]
    assert (old.start_event, old.due_on) == ("decision_received", nth_working_day(date(2026, 8, 5), 30))
    assert "ceremony" not in running(at("decision", admission_decided=date(2026, 7, 24)))


def test_the_one_extension_takes_the_place_of_the_first_deadline() -> None:
    facts = at("committee_vote", branch_resolution=date(2026, 3, 2))
    assert running(facts)["admission_decision"].due_on == date(2026, 5, 7)
    longer = running(replace(facts, extended=frozenset({"admission_decision"})))
    assert longer["admission_decision_extended"].due_on == date(2026, 5, 28)
    assert "admission_decision" not in longer


def test_the_review_is_counted_from_the_end_of_probation_even_if_nobody_recorded_it() -> None:
    due = running(at("probation", ceremony=date(2025, 12, 15)))["recognition_review"]
    assert (due.start_on, due.due_on) == (date(2026, 12, 15), date(2027, 1, 27))
    told = running(at("probation", ceremony=date(2025, 12, 15), probation_ended=date(2026, 12, 14)))[
        "recognition_review"
    ]
    assert told.start_on == date(2026, 12, 14)
    assert "recognition_review" not in running(at("probation"))
    assert "recognition_review" not in running(at("probation", ceremony=date(2010, 5, 3)))


def test_what_is_done_no_longer_runs() -> None:
    facts = at("probation", ceremony=date(2026, 2, 3), member_history_filed=date(2026, 2, 20))
    assert "personal_history_form" not in running(facts)
    assert set(running(facts)) == {"probation_end", "new_member_class", "recognition_review"}
    assert dues(replace(facts, left="moved"), BOOK, CALENDAR) == []


def test_each_place_that_was_asked_has_its_own_clock() -> None:
    asked = (
        Vetting("a", received_on=date(2026, 10, 2)),
        Vetting("b", received_on=date(2026, 10, 2), abroad=True),
        Vetting("c", received_on=date(2026, 10, 2), returned_on=date(2026, 10, 9)),
        Vetting("d", sent_on=date(2026, 10, 2)),
        Vetting("e", received_on=date(2012, 10, 2)),
    )
    found = {due.subject: due for due in dues(CaseFacts(step="vetting", vettings=asked), BOOK, CALENDAR)}
    assert {subject: due.rule for subject, due in found.items()} == {"a": "vetting_reply", "b": "vetting_reply_abroad"}
    assert found["a"].due_on == date(2026, 11, 13)


def test_a_unit_sets_how_often_a_candidate_is_met_and_nobody_is_reminded_while_away() -> None:
    facts = at("source", last_contact=date(2026, 11, 1))
    assert running(facts)["contact_gap"].due_on == date(2026, 12, 1)
    assert running(replace(facts, local={"contact_every_days": 14}))["contact_gap"].due_on == date(2026, 11, 15)
    away = at("source", last_contact=date(2026, 11, 1), expected_back=date(2027, 2, 20))
    assert set(running(away)) == {"away_return"}
    assert running(away)["away_return"].due_on == date(2027, 2, 20)


def test_a_provinces_own_marks_run_only_there() -> None:
    facts = at("branch_vote", branch_resolution=date(2026, 11, 3))
    assert set(running(facts)) == {"admission_decision"}
    assert set(running(replace(facts, profile="hanoi"))) == {
        "admission_decision",
        "branch_sends_dossier",
        "committee_forwards",
    }


def test_a_move_starts_the_laws_own_clocks_and_stops_the_old_one() -> None:
    facts = at("committee_vote", branch_resolution=date(2026, 10, 2), transfer_decided=date(2026, 11, 2))
    moving = replace(facts, transfer="sent_up", extended=frozenset({"admission_decision"}))
    assert set(running(moving)) == {"transfer_handover"}
    arrived = replace(moving, dates={**moving.dates, "dossier_received": date(2026, 11, 10)})
    assert set(running(arrived)) == {"transfer_decision"}
    assert running(replace(facts, transfer="resolved")).keys() == {"admission_decision"}


def test_a_swap_added_late_moves_the_date() -> None:
    facts = at("branch_vote", branch_resolution=date(2026, 10, 3))
    assert running(facts)["admission_decision"].due_on == date(2026, 12, 7)
    calendar = WorkCalendar(BOOK.entries.holidays, [Swap(rest=date(2026, 11, 23), work=date(2026, 11, 28))])
    (due,) = dues(facts, BOOK, calendar)
    assert due.due_on == date(2026, 12, 7)
    calendar = WorkCalendar(BOOK.entries.holidays, [Swap(rest=date(2026, 11, 23))])
    (due,) = dues(facts, BOOK, calendar)
    assert due.due_on == date(2026, 12, 8)


def test_dates_follow_the_rulebook_that_is_asked(tmp_path: Path) -> None:
    book = changed_book(
        tmp_path,
        "deadlines: {admission_decision: {versions: [{from: 2025-07-01, start: branch_resolution, amount: 40,"
        " unit: working_days, document: qd_294_2025, mark: memory}]}}",
    )
    facts = at("branch_vote", branch_resolution=date(2026, 3, 2))
    assert dues(facts, book, CALENDAR)[0].due_on == nth_working_day(date(2026, 3, 2), 40)
    assert dues(facts, BOOK, CALENDAR)[0].due_on == date(2026, 5, 7)


@pytest.mark.parametrize("step", STEPS)
def test_a_bare_imported_case_breaks_nothing(step: str) -> None:
    assert dues(CaseFacts(step=step, step_on=date(2026, 10, 1)), BOOK, CALENDAR) == []


def test_a_case_in_order_has_its_papers_validity_running() -> None:
    assert {rule: due.due_on for rule, due in running(ready()).items()} == {
        "awareness_certificate": date(2030, 9, 12),
        "dossier": date(2027, 6, 1),
    }
    assert running(ready())["dossier"].kind == "validity"
