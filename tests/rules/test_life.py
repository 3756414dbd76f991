"""Leaving, coming back, being away, moving: kinds and dates only, and the clocks kept."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.rules.changes import Change, apply
from bot.rules.deadlines import dues
from bot.rules.facts import CaseFacts
from bot.rules.life import arrive, come_back_to_pool, come_home, go_away, leave, move, transfer_entry, transfer_kind
from bot.rules.recording import Problem
from tests.rules.builders import BOOK, CALENDAR, TODAY, ready


def done(facts: CaseFacts, change: Change | Problem) -> CaseFacts:
    assert isinstance(change, Change), change
    return apply(facts, change)


def refused(found: Change | Problem) -> str:
    assert isinstance(found, Problem)
    assert found.text
    return found.key


def test_a_case_leaves_with_a_reason_and_comes_back_with_its_papers() -> None:
    gone = done(ready(), leave(ready(), "moved", TODAY, BOOK))
    assert gone.left == "moved"
    assert dues(gone, BOOK, CALENDAR) == []
    assert done(gone, come_back_to_pool(gone, TODAY, BOOK)) == ready()


def test_leaving_and_coming_back_have_their_bounds() -> None:
    assert refused(leave(ready(left="moved"), "moved", TODAY, BOOK)) == "left"
    assert refused(leave(ready(), "gossip", TODAY, BOOK)) == "no_choice"
    assert refused(leave(ready(), "warning", TODAY, BOOK)) == "no_choice"
    assert refused(come_back_to_pool(ready(), TODAY, BOOK)) == "not_left"
    assert refused(come_back_to_pool(ready(left="died"), TODAY, BOOK)) == "no_return"
    assert refused(come_back_to_pool(ready(left="expelled"), TODAY, BOOK)) == "no_return"


def test_a_member_is_removed_by_kind_and_date_alone() -> None:
    member = CaseFacts(step="probation", dates={"ceremony": date(2026, 2, 3)})
    change = leave(member, "struck_off", TODAY, BOOK)
    assert isinstance(change, Change)
    assert (change.reason, change.on) == ("struck_off", TODAY)


def test_away_nobody_is_reminded_and_back_the_clock_runs_again() -> None:
    facts = CaseFacts(dates={"last_contact": date(2026, 10, 1)})
    away = done(facts, go_away(facts, "military", date(2028, 2, 1), TODAY, BOOK))
    assert [due.rule for due in dues(away, BOOK, CALENDAR)] == ["away_return"]
    home = done(away, come_home(away, date(2028, 1, 20), BOOK))
    assert [due.rule for due in dues(home, BOOK, CALENDAR)] == ["contact_gap"]
    assert refused(come_home(facts, TODAY, BOOK)) == "not_away"
    assert refused(go_away(facts, "holiday", TODAY, TODAY, BOOK)) == "no_choice"
    assert refused(go_away(replace(facts, left="moved"), "military", TODAY, TODAY, BOOK)) == "left"


@pytest.mark.parametrize(
    ("step", "sent_up", "same", "kind"),
    [
        ("vetting", False, False, "helped"),
        ("branch_vote", False, False, "resolved"),
        ("branch_vote", True, False, "sent_up"),
        ("committee_vote", False, False, "sent_up"),
        ("decision", True, True, "decided_same"),
        ("decision", True, False, "decided_other"),
        ("probation", False, False, "probation"),
        ("recognition_decision", False, False, "probation"),
    ],
)
def test_a_move_is_one_of_the_cases_of_the_law(step: str, sent_up: bool, same: bool, kind: str) -> None:
    facts = CaseFacts(step=step)
    assert transfer_kind(facts, BOOK, sent_up, same) == kind
    moving = done(facts, move(facts, TODAY, sent_up, same, BOOK))
    entry = transfer_entry(moving, BOOK)
    assert entry is not None
    assert entry.gives
    assert step in entry.during


def test_a_move_keeps_every_date_and_the_new_unit_has_its_thirty_days() -> None:
    facts = ready(step="committee_vote", dates={"branch_resolution": date(2026, 10, 1)})
    moving = done(facts, move(facts, date(2026, 11, 2), True, False, BOOK))
    assert {rule: day for rule, day in moving.dates.items() if rule in facts.dates} == facts.dates
    assert [due.rule for due in dues(moving, BOOK, CALENDAR)] == ["transfer_handover"]
    there = done(moving, arrive(moving, date(2026, 11, 16), BOOK))
    assert [due.rule for due in dues(there, BOOK, CALENDAR)] == ["transfer_decision"]


def test_a_helped_candidate_and_a_probationer_simply_arrive() -> None:
    for step, event in [("vetting", "dossier_received"), ("probation", "membership_transferred")]:
        facts = CaseFacts(step=step)
        moving = done(facts, move(facts, date(2026, 11, 2), False, False, BOOK))
        there = done(moving, arrive(moving, date(2026, 11, 16), BOOK))
        assert there.transfer is None
        assert there.dates[event] == date(2026, 11, 16)
        assert transfer_entry(there, BOOK) is None


@pytest.mark.parametrize("facts", [ready(left="moved"), CaseFacts(step="recognized")])
def test_what_has_ended_does_not_move(facts: CaseFacts) -> None:
    assert refused(move(facts, TODAY, False, False, BOOK)) == "left"


def test_what_does_not_move_does_not_arrive() -> None:
    found: Any = arrive(ready(), TODAY, BOOK)
    assert refused(found) == "not_moving"
