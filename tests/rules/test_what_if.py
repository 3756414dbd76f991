"""What follows if the branch meets on another day."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.deadlines import dues
from bot.rules.facts import CaseFacts
from bot.rules.what_if import CHAIN, forecast, what_if
from tests.rules.builders import BOOK, CALENDAR, TODAY, ready
from tests.rules.official_days import nth_working_day


def test_if_the_branch_meets_on_the_fifth_of_december_the_whole_chain_follows() -> None:
    found = what_if(ready(), {"branch_resolution": date(2026, 12, 5)}, TODAY, BOOK, CALENDAR)
    days = {moved.rule: moved.after.due_on for moved in found.chain}
    assert [moved.rule for moved in found.chain] == list(CHAIN)
    assert days["admission_decision"] == date(2027, 2, 15)
    assert days["ceremony"] == nth_working_day(date(2027, 2, 15), 30)
    assert days["probation_end"] == days["ceremony"].replace(year=2028)
    assert days["recognition_decision"] > days["recognition_review"] > days["probation_end"]
    assert all(moved.before is None for moved in found.chain)
    assert [moved.after.assumed for moved in found.chain][:2] == [False, True]
    assert found.findings == ()


def test_what_would_lapse_by_then_is_told() -> None:
    facts = ready(dates={"dossier_opened": date(2025, 12, 1)})
    found = what_if(facts, {"branch_resolution": date(2026, 12, 5)}, TODAY, BOOK, CALENDAR)
    assert [(now.requirement, now.state, then.state) for now, then in found.findings] == [("dossier", "met", "unmet")]


def test_a_later_meeting_moves_what_followed_before() -> None:
    facts = CaseFacts(step="branch_vote", dates={"branch_resolution": date(2026, 11, 3)})
    found = what_if(facts, {"branch_resolution": date(2026, 12, 5)}, TODAY, BOOK, CALENDAR)
    first = found.chain[0]
    assert first.before == nth_working_day(date(2026, 11, 3), 45)
    assert first.after.due_on == date(2027, 2, 15)


def test_what_was_recorded_of_anything_later_is_left_out() -> None:
    dates = {
        "branch_resolution": date(2026, 9, 3),
        "admission_decided": date(2026, 9, 30),
        "ceremony": date(2026, 10, 20),
    }
    facts = CaseFacts(step="ceremony", dates=dates)
    found = what_if(facts, {"admission_decided": date(2026, 10, 15)}, TODAY, BOOK, CALENDAR)
    links = {moved.rule: moved.after for moved in found.chain}
    assert links["ceremony"].start_on == date(2026, 10, 15)
    assert links["probation_end"].start_on == links["ceremony"].due_on
    assert found.findings == ()


def test_a_ceremony_under_the_old_law_is_counted_from_issue_while_receipt_is_not_known() -> None:
    facts = CaseFacts(step="decision", dates={"admission_decided": date(2026, 7, 20)})
    (ceremony, *_) = forecast(facts, BOOK, CALENDAR)
    assert (ceremony.version, ceremony.start_on) == ("ceremony@2025-07-01", date(2026, 7, 20))


def test_an_extension_granted_is_in_the_chain() -> None:
    facts = CaseFacts(step="branch_vote", dates={"branch_resolution": date(2026, 3, 2)})
    granted = replace(facts, extended=frozenset({"admission_decision"}))
    assert forecast(granted, BOOK, CALENDAR)[0].due_on == date(2026, 5, 28)


def test_a_case_of_which_nothing_is_known_has_no_chain() -> None:
    assert forecast(CaseFacts(), BOOK, CALENDAR) == []
    assert forecast(CaseFacts(dates={"branch_resolution": date(2012, 1, 1)}), BOOK, CALENDAR) == []
    found = what_if(CaseFacts(), {"last_contact": TODAY}, TODAY, BOOK, CALENDAR)
    assert (found.chain, found.findings) == ((), ())


@given(st.dates(date(2025, 7, 1), date(2029, 12, 31)))
def test_the_first_link_is_the_deadline_that_would_run(voted: date) -> None:
    facts = CaseFacts(step="branch_vote", dates={"branch_resolution": voted})
    (due,) = dues(facts, BOOK, CALENDAR)
    assert forecast(facts, BOOK, CALENDAR)[0].due_on == due.due_on
