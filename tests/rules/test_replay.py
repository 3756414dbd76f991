"""A changed rule, replayed over the open cases before it is switched on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.deadlines import cases
from bot.rules.book import Rulebook
from bot.rules.deadlines import dues
from bot.rules.facts import CaseFacts, Vetting
from bot.rules.lists import Swap
from bot.rules.replay import MovedDate, MovedRequirement, Rules, kept, moved_dates, replay
from bot.rules.workdays import WorkCalendar
from tests.rules.builders import BOOK, CALENDAR, TODAY, changed_book, ready

NOW = Rules(BOOK, CALENDAR)
SHORTER = """
deadlines:
  admission_decision:
    versions:
      - from: 2025-07-01
        start: branch_resolution
        amount: 40
        unit: working_days
        document: qd_294_2025
        mark: memory
  dossier:
    versions: [{start: dossier_opened, amount: 3, unit: months, document: hd_06_2025, mark: memory}]
"""


def rules(book: Rulebook) -> Rules:
    return Rules(book, WorkCalendar(book.entries.holidays))


@pytest.fixture
def shorter(tmp_path: Path) -> Rules:
    return rules(changed_book(tmp_path, SHORTER))


def test_a_shorter_deadline_moves_the_open_cases_it_governs_and_no_other(shorter: Rules) -> None:
    governed = CaseFacts("QC-0001", "branch_vote", dates={"branch_resolution": date(2026, 3, 2)})
    older = CaseFacts("QC-0002", "branch_vote", dates={"branch_resolution": date(2025, 3, 3)})
    found = list(replay([governed, older], NOW, shorter, TODAY))
    version = "admission_decision@2025-07-01"
    assert found == [
        MovedDate("QC-0001", "admission_decision", "", date(2026, 5, 7), date(2026, 4, 28), version, version)
    ]


def test_a_paper_that_would_lapse_is_told_as_date_and_as_requirement(shorter: Rules) -> None:
    found = list(replay([ready()], NOW, shorter, TODAY))
    assert MovedRequirement("QC-0001", "dossier", "met", "unmet") in found
    assert [shift.old for shift in found if isinstance(shift, MovedDate)] == [date(2027, 6, 1)]
    assert list(replay([ready(left="moved")], NOW, shorter, TODAY)) == []


def test_what_has_been_voted_on_is_not_judged_again(shorter: Rules) -> None:
    facts = ready(step="branch_vote", dates={"branch_resolution": date(2026, 11, 3)})
    assert not [shift for shift in replay([facts], NOW, shorter, TODAY) if isinstance(shift, MovedRequirement)]


def test_a_requirement_that_changes_by_itself_is_told(tmp_path: Path) -> None:
    version = "{from: 2026-07-26, set: {least_months: 240, most_months: 720}, document: qd_208_2026, mark: memory}"
    text = f"requirements: {{age: {{versions: [{version}]}}}}"
    new = rules(changed_book(tmp_path, text))
    young = ready(born=date(2007, 5, 5))
    assert list(replay([young, ready()], NOW, new, TODAY)) == [MovedRequirement("QC-0001", "age", "met", "unmet")]


def test_a_setting_of_the_book_is_followed(tmp_path: Path) -> None:
    new = rules(changed_book(tmp_path, "local: {youth_until_years: {value: 22}}"))
    young = ready(answers={"youth_union_here": True, "youth_member": False})
    assert MovedRequirement("QC-0001", "youth_union", "unmet", "met") in list(replay([young], NOW, new, TODAY))


def test_a_rule_that_is_new_or_gone_is_told_as_such(tmp_path: Path) -> None:
    text = "deadlines: {contact_gap: {during: [source]}, probation_end: {during: [source, probation]}}"
    new = rules(changed_book(tmp_path, text))
    facts = CaseFacts("QC-0003", "cv", dates={"last_contact": date(2026, 11, 1)})
    (gone,) = replay([facts], NOW, new, TODAY)
    (come,) = replay([facts], new, NOW, TODAY)
    assert isinstance(gone, MovedDate)
    assert (gone.old, gone.new, gone.new_version) == (date(2026, 12, 1), None, None)
    assert isinstance(come, MovedDate)
    assert (come.old, come.new, come.old_version) == (None, date(2026, 12, 1), None)


def test_a_holiday_added_late_moves_dates(tmp_path: Path) -> None:
    calendar = WorkCalendar(BOOK.entries.holidays, [Swap(rest=date(2026, 11, 23))])
    facts = CaseFacts("QC-0001", "vetting", vettings=(Vetting("7", received_on=date(2026, 11, 2)),))
    (found,) = replay([facts], NOW, Rules(BOOK, calendar), TODAY)
    assert isinstance(found, MovedDate)
    assert (found.subject, found.old, found.new) == ("7", date(2026, 12, 15), date(2026, 12, 16))


def test_the_same_rules_move_nothing() -> None:
    assert list(replay(cases(200), NOW, NOW, TODAY)) == []
    assert list(replay(cases(200), NOW, rules(BOOK), TODAY)) == []


@given(st.integers(0, 1000))
def test_a_replay_is_the_same_twice_and_once_switched_on_moves_nothing(seed: int) -> None:
    longer = BOOK.entries.deadlines["dossier"]
    facts = list(cases(5, seed))
    calendar = WorkCalendar(BOOK.entries.holidays, [Swap(rest=date(2026, 11, 25)), Swap(rest=date(2026, 3, 10))])
    new = Rules(BOOK, calendar)
    assert longer
    first = list(replay(facts, NOW, new, TODAY))
    assert list(replay(facts, NOW, new, TODAY)) == first
    assert list(replay(facts, new, new, TODAY)) == []
    for one in facts:
        switched = [kept(due) for due in dues(one, BOOK, calendar)]
        assert moved_dates(one.id, switched, dues(one, BOOK, calendar)) == []


def test_cases_are_taken_one_by_one_as_they_come(shorter: Rules) -> None:
    taken = []

    def stream() -> Iterator[CaseFacts]:
        for facts in cases(50):
            taken.append(facts.id)
            yield replace(facts, step="branch_vote", dates={"branch_resolution": date(2026, 3, 2)})

    shifts = replay(stream(), NOW, shorter, TODAY)
    next(shifts)
    assert len(taken) == 1
