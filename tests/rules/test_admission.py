"""The steps: in order, with their papers, forward and back; the history stays whole."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.admission import Move, amend, missing, next_steps, record, shown, taken_over
from bot.rules.ballots import Ballot
from bot.rules.changes import Change, apply, told, undone
from bot.rules.deadlines import dues
from bot.rules.facts import CaseFacts, Recommender, Vetting
from bot.rules.going_back import back_steps, extend, send_back
from bot.rules.recording import Problem
from tests.rules.builders import BOOK, CALENDAR, TODAY, full_vote, ready

STEPS = BOOK.entries.steps
MAIN = [slug for slug, step in STEPS.items() if step.track == "main"]
VOTED = date(2026, 11, 3)


def vote(facts: CaseFacts, on: date = VOTED, ballot: Ballot | None = None, **values: Any) -> Move:
    ballot = full_vote() if ballot is None else ballot
    return record(facts, "branch_vote", on, {"resolution_number": "05-NQ/CB"} | values, TODAY, BOOK, CALENDAR, ballot)


def keys(move: Move) -> list[str]:
    return [problem.key for problem in move.problems]


def after(facts: CaseFacts, move: Move) -> CaseFacts:
    assert move.change is not None, move.problems
    return apply(facts, move.change)


def test_a_case_in_order_is_put_to_the_vote_and_moves() -> None:
    move = vote(ready())
    assert move.outcome is not None
    assert (move.outcome.need, move.outcome.passed, move.confirm) == (14, True, False)
    moved = after(ready(), move)
    assert (moved.step, moved.step_on, moved.dates["branch_resolution"]) == ("branch_vote", VOTED, VOTED)
    assert [due.rule for due in dues(moved, BOOK, CALENDAR)] == ["admission_decision"]


def test_a_vote_short_of_two_thirds_is_recorded_and_the_case_stays() -> None:
    move = vote(ready(), ballot=full_vote(20, 13))
    assert move.outcome is not None
    assert not move.outcome.passed
    moved = after(ready(), move)
    assert (moved.step, moved.dates["branch_vote_short"]) == ("recommendation", VOTED)
    assert "branch_resolution" not in moved.dates


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({"dates": {"dossier_opened": date(2025, 11, 2)}}, "dossier"),
        ({"dates": {"certificate_issued": date(2021, 11, 2)}}, "certificate"),
        ({"dates": {"opinions_collected": None}}, "opinions"),
        ({"dates": {"procedure_approved": None}}, "procedure"),
        ({"born": None}, "age"),
        ({"education": None}, "education"),
        ({"vettings": (Vetting("1", date(2026, 8, 3), date(2026, 8, 5)),)}, "vetting"),
        ({"recommenders": (Recommender("youth_union"),)}, "recommenders"),
    ],
)
def test_the_vote_waits_for_what_is_missing_and_says_it(changes: dict[str, Any], lacking: str) -> None:
    move = vote(ready(**changes))
    assert move.change is None
    assert [found.requirement for found in move.missing] == [lacking]
    assert keys(move) == ["missing"]
    assert BOOK.entries.requirements[lacking].name in move.problems[0].text


def test_no_step_is_skipped() -> None:
    move = record(
        ready(step="cv"), "branch_vote", VOTED, {"resolution_number": "5"}, TODAY, BOOK, CALENDAR, full_vote()
    )
    assert keys(move) == ["not_next"]
    assert move.problems[0].text == "“Chi bộ xét, ra nghị quyết” không đi ngay sau “Khai lý lịch”"
    assert keys(record(ready(), "no_step", VOTED, {}, TODAY, BOOK, CALENDAR)) == ["unknown_step"]


def test_what_may_follow_is_listed_main_steps_first() -> None:
    assert [step.slug for step in next_steps(CaseFacts(), BOOK)] == ["assign_helper"]
    assert [step.slug for step in next_steps(CaseFacts(step="branch_vote"), BOOK)] == [
        "section_review",
        "committee_vote",
    ]
    assert [step.slug for step in next_steps(CaseFacts(step="ceremony"), BOOK)] == [
        "probation",
        "member_history",
        "new_member_class",
    ]
    assert next_steps(CaseFacts(step="recognized"), BOOK) == []
    assert next_steps(CaseFacts(left="moved"), BOOK) == []


def test_a_branch_under_a_ward_goes_straight_to_the_standing_committee_where_the_unit_is_built_so() -> None:
    facts = CaseFacts(step="branch_vote", answers={"direct_to_standing": True})
    assert [step.slug for step in next_steps(facts, BOOK)] == ["section_review", "decision"]


def test_days_to_come_and_days_before_the_last_step_are_refused() -> None:
    assert keys(vote(ready(), TODAY + timedelta(days=1))) == ["field_future"]
    assert keys(vote(ready(), date(2026, 10, 19))) == ["field_before"]
    assert keys(record(ready(step="opinions"), "recommendation", date(2026, 5, 19), {}, TODAY, BOOK, CALENDAR)) == [
        "field_before"
    ]
    early = record(ready(step="opinions"), "recommendation", date(2026, 6, 19), {}, TODAY, BOOK, CALENDAR)
    assert early.change is not None


@pytest.mark.parametrize(
    ("step", "at", "values", "key"),
    [
        ("opinions", "vetting", {"union_asked": -1}, "field_count"),
        ("opinions", "vetting", {"union_asked": "nhiều"}, "field_count"),
        ("opinions", "vetting", {"thoughts": "…"}, "field_unknown"),
        ("recommendation", "opinions", {"union_resolution": "hôm qua"}, "field_date"),
        ("recommendation", "opinions", {"union_resolution": TODAY + timedelta(days=2)}, "field_future"),
        ("awareness_class", "assign_helper", {"certificate_from": "bạn bè"}, "field_choice"),
        ("awareness_class", "assign_helper", {"certificate_number": " "}, "field_number"),
        ("awareness_class", "assign_helper", {"certificate_number": "x" * 41}, "field_number"),
        ("committee_vote", "branch_vote", {}, "field_missing"),
    ],
)
def test_what_is_recorded_is_dates_numbers_counts_and_choices(step: str, at: str, values: Any, key: str) -> None:
    move = record(ready(step=at), step, date(2026, 11, 10), values, TODAY, BOOK, CALENDAR)
    assert keys(move) == [key]
    assert move.problems[0].text


def test_fields_with_a_date_become_events() -> None:
    values: dict[str, Any] = {
        "certificate_issued": date(2026, 10, 30),
        "certificate_number": "12/GCN",
        "certificate_from": "political_centre",
    }
    facts = CaseFacts(step="assign_helper", step_on=date(2026, 5, 4))
    moved = after(facts, record(facts, "awareness_class", date(2026, 10, 30), values, TODAY, BOOK, CALENDAR))
    assert moved.dates["certificate_issued"] == date(2026, 10, 30)
    counted: dict[str, Any] = {"union_asked": 12, "union_agree": 12, "residence_asked": 5, "residence_agree": 5}
    facts = ready(step="vetting")
    assert record(facts, "opinions", date(2026, 11, 1), counted, TODAY, BOOK, CALENDAR).change is not None


def test_a_vote_without_figures_or_where_nobody_votes_is_refused() -> None:
    bare = record(ready(), "branch_vote", VOTED, {"resolution_number": "5"}, TODAY, BOOK, CALENDAR)
    assert keys(bare) == ["ballot_missing"]
    unasked = record(ready(step="vetting"), "opinions", VOTED, {}, TODAY, BOOK, CALENDAR, full_vote())
    assert keys(unasked) == ["ballot_unasked"]
    wrong = vote(ready(), ballot=Ballot(20, 14, 14, 15, 14, 14))
    assert [problem.text for problem in wrong.problems] == ["phát ra 14, thu về 15: chưa khớp"]


def test_the_office_confirms_what_the_committee_decides_unless_the_unit_has_switched_it_off() -> None:
    facts = after(ready(), vote(ready()))
    values = {"resolution_number": "7"}
    move = record(facts, "committee_vote", date(2026, 11, 10), values, TODAY, BOOK, CALENDAR)
    assert move.confirm
    assert move.outcome is None
    off = replace(facts, local={"office_confirms": 0})
    assert not record(off, "committee_vote", date(2026, 11, 10), values, TODAY, BOOK, CALENDAR).confirm


def test_a_committee_vote_that_falls_short_is_noted_and_nothing_moves() -> None:
    facts = after(ready(), vote(ready()))
    ballot = full_vote(15, 9)
    move = record(
        facts, "committee_vote", date(2026, 11, 10), {"resolution_number": "7"}, TODAY, BOOK, CALENDAR, ballot
    )
    assert move.change is not None
    assert move.change.kind == "short"
    assert apply(facts, move.change) == facts


def probationer(**changes: Any) -> CaseFacts:
    dates = {"ceremony": date(2025, 10, 1), "new_member_class": date(2026, 5, 5), "self_review": date(2026, 10, 2)}
    facts = CaseFacts(step="recognition_dossier", step_on=date(2026, 10, 2), dates=dates)
    return replace(facts, **changes)


def recognition(facts: CaseFacts, in_favour: int) -> Move:
    ballot, values = full_vote(9, in_favour), {"resolution_number": "9"}
    return record(facts, "recognition_vote", date(2026, 10, 6), values, TODAY, BOOK, CALENDAR, ballot)


def test_three_votes_short_of_recognition_go_up() -> None:
    facts = probationer()
    for votes in (1, 2, 3):
        refer = record(facts, "failed_recognition", TODAY, {"proposal": "refer_up"}, TODAY, BOOK, CALENDAR)
        assert keys(refer) == ["too_few_votes"]
        facts = after(facts, recognition(facts, 5))
        assert (facts.step, facts.failed_votes) == ("recognition_dossier", votes)
    refer = record(facts, "failed_recognition", TODAY, {"proposal": "refer_up"}, TODAY, BOOK, CALENDAR)
    assert refer.confirm
    assert next_steps(after(facts, refer), BOOK) == []


def test_striking_off_can_be_proposed_by_two_thirds() -> None:
    values = {"proposal": "strike_off"}
    short = record(probationer(), "failed_recognition", TODAY, values, TODAY, BOOK, CALENDAR, full_vote(9, 5))
    assert short.change is not None
    assert (short.change.kind, short.change.after) == ("short", {"failed_votes": 1})
    done = record(probationer(), "failed_recognition", TODAY, values, TODAY, BOOK, CALENDAR, full_vote(9, 6))
    assert after(probationer(), done).step == "failed_recognition"


def test_recognition_needs_the_whole_probation_and_the_new_members_class() -> None:
    assert after(probationer(), recognition(probationer(), 6)).step == "recognition_vote"
    bare = probationer(dates={"ceremony": date(2025, 10, 7), "self_review": date(2026, 10, 2)})
    assert [found.requirement for found in recognition(bare, 6).missing] == ["probation_over", "new_member_class"]


def test_a_side_step_is_noted_once_and_the_case_stays() -> None:
    facts = CaseFacts(step="probation", step_on=date(2026, 2, 10), dates={"ceremony": date(2026, 2, 3)})
    moved = after(facts, record(facts, "new_member_class", date(2026, 9, 9), {}, TODAY, BOOK, CALENDAR))
    assert (moved.step, moved.step_on) == ("probation", date(2026, 2, 10))
    assert keys(record(moved, "new_member_class", TODAY, {}, TODAY, BOOK, CALENDAR)) == ["already"]
    assert keys(record(ready(), "new_member_class", TODAY, {}, TODAY, BOOK, CALENDAR)) == ["not_next"]


def test_a_case_that_has_ended_or_left_takes_no_more_steps() -> None:
    ended = CaseFacts(step="recognized")
    assert keys(record(ended, "source", TODAY, {}, TODAY, BOOK, CALENDAR)) == ["ended"]
    assert keys(vote(ready(left="moved"))) == ["left"]


def test_what_is_missing_can_be_asked_beforehand_and_what_calls_for_care_is_told_with_it() -> None:
    step = STEPS["branch_vote"]
    assert missing(ready(), step, VOTED, BOOK, CALENDAR) == []
    told_ = {found.requirement: found.state for found in shown(ready(), step, VOTED, BOOK, CALENDAR)}
    assert told_["trial_time"] == "met"
    assert told_["history_certified"] == "unmet"


def test_a_date_of_the_step_where_the_case_stands_can_be_added_later() -> None:
    facts = CaseFacts(step="decision", dates={"admission_decided": date(2026, 7, 20)})
    change, problems = amend(facts, {"decision_received": date(2026, 7, 30)}, TODAY, TODAY, BOOK)
    assert change is not None
    assert problems == []
    assert apply(facts, change).dates["decision_received"] == date(2026, 7, 30)
    refused, problems = amend(facts, {"decision_received": TODAY + timedelta(days=3)}, TODAY, TODAY, BOOK)
    assert refused is None
    assert [problem.key for problem in problems] == ["field_future"]


def test_a_case_from_a_list_has_the_clocks_of_its_step() -> None:
    for step, rules in [("branch_vote", {"admission_decision"}), ("probation", {"probation_end", "new_member_class"})]:
        on = date(2026, 9, 15)
        facts = CaseFacts(step=step, step_on=on, dates=taken_over(STEPS[step], on))
        assert rules <= {due.rule for due in dues(facts, BOOK, CALENDAR)}


def test_sent_back_decisions_fall_and_papers_stay() -> None:
    facts = replace(after(ready(), vote(ready())), extended=frozenset({"admission_decision"}))
    move = send_back(facts, "vetting", "papers_unclear", TODAY, TODAY, BOOK)
    back = after(facts, move)
    assert (back.step, back.step_on, back.extended) == ("vetting", TODAY, frozenset())
    assert "branch_resolution" not in back.dates
    assert back.dates["opinions_collected"] == facts.dates["opinions_collected"]
    assert move.change is not None
    assert apply(back, undone(move.change, TODAY)) == facts


def test_from_the_ceremony_back_to_the_decision_keeps_the_day_it_was_received() -> None:
    dates = {
        "admission_decided": date(2026, 7, 20),
        "decision_received": date(2026, 7, 30),
        "ceremony": date(2026, 8, 20),
    }
    facts = CaseFacts(step="ceremony", dates=dates)
    back = after(facts, send_back(facts, "decision", "procedure", TODAY, TODAY, BOOK))
    assert set(back.dates) == {"admission_decided", "decision_received"}
    further = after(back, send_back(back, "vetting", "procedure", TODAY, TODAY, BOOK))
    assert further.dates == {}


@pytest.mark.parametrize(
    ("facts", "to", "reason", "on", "key"),
    [
        (ready(), "cv", "bad_reason", TODAY, "no_choice"),
        (ready(), "source", "vote", TODAY, "not_back"),
        (ready(), "nowhere", "vote", TODAY, "not_back"),
        (ready(left="moved"), "cv", "vote", TODAY, "left"),
        (ready(), "cv", "vote", TODAY + timedelta(days=1), "field_future"),
    ],
)
def test_going_back_has_its_bounds(facts: CaseFacts, to: str, reason: str, on: date, key: str) -> None:
    assert keys(send_back(facts, to, reason, on, TODAY, BOOK)) == [key]


def test_where_a_case_may_be_sent_back_to_is_listed_with_what_it_means() -> None:
    assert [step.slug for step in back_steps(ready(), BOOK)] == ["opinions", "vetting", "cv"]
    assert STEPS["recommendation"].back.means


def test_one_extension_and_no_more() -> None:
    facts = after(ready(), vote(ready()))
    change = extend(facts, "admission_decision", TODAY, BOOK, CALENDAR)
    assert isinstance(change, Change)
    longer = apply(facts, change)
    (due,) = dues(longer, BOOK, CALENDAR)
    assert due.rule == "admission_decision_extended"
    again = extend(longer, "admission_decision", TODAY, BOOK, CALENDAR)
    assert isinstance(again, Problem)
    assert again.key == "extended"


@pytest.mark.parametrize("rule", ["no_rule", "ceremony", "admission_decision"])
def test_only_a_running_decision_can_be_extended(rule: str) -> None:
    found = extend(ready(), rule, TODAY, BOOK, CALENDAR)
    assert isinstance(found, Problem)
    assert found.key == "not_running"


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["next", "next", "next", *MAIN, "member_history", "new_member_class", "back", "back", "undo"]),
        st.integers(-3, 12),
        st.integers(5, 9),
    ),
    min_size=12,
    max_size=40,
)
NUMBERS = {"resolution_number": "1", "decision_number": "1"}
LATER = date(2035, 1, 1)


def act(facts: CaseFacts, history: list[Change], name: str, on: date, number: int) -> Change | None:
    """One thing that somebody might try: a step in its turn or out of it, sending back, undoing the last."""
    if name == "undo":
        return undone(history[-1], on) if history else None
    if name == "back":
        return send_back(facts, MAIN[number * 2], "vote", on, LATER, BOOK).change
    if name == "next":
        following = next_steps(facts, BOOK)
        if not following:
            return None
        name = following[number % len(following)].slug
    known = {field.slug for field in STEPS[name].fields}
    values: dict[str, Any] = {slug: text for slug, text in NUMBERS.items() if slug in known}
    values |= {"proposal": "strike_off"} if "proposal" in known else {}
    ballot = full_vote(9, number) if STEPS[name].ballot else None
    return record(facts, name, on, values, LATER, BOOK, CALENDAR, ballot).change


def in_order(before: CaseFacts, change: Change, after_: CaseFacts) -> None:
    if change.kind == "forward":
        assert before.step in {leads.step for leads in STEPS[after_.step].after}
    elif change.kind == "back":
        assert after_.step in {step.slug for step in back_steps(before, BOOK)}
        assert STEPS[after_.step].order < STEPS[before.step].order
    elif change.kind != "undo":
        assert after_.step == before.step


@given(ACTIONS, st.sampled_from(["recommendation", "source", "branch_vote", "ceremony", "recognition_dossier"]))
@settings(max_examples=150, deadline=None)
def test_no_order_of_actions_skips_a_step_and_the_history_tells_the_whole_case(
    actions: list[tuple[str, int, int]], start: str
) -> None:
    first = ready(step=start, step_on=None, dates={"ceremony": date(2025, 1, 6), "new_member_class": date(2025, 5, 5)})
    history: list[Change] = []
    facts, on = first, date(2026, 10, 25)
    for name, days, number in actions:
        on += timedelta(days=days)
        change = act(facts, history, name, on, number)
        if change is None:
            continue
        before, facts = facts, apply(facts, change)
        in_order(before, change, facts)
        assert apply(facts, undone(change, TODAY)) == before
        history.append(change)
    assert told(first, history) == facts
    for change in reversed(history):
        facts = apply(facts, undone(change, TODAY))
    assert facts == first


def test_every_main_step_can_be_reached_and_leads_on_or_ends() -> None:
    reached = {"source"}
    for _ in MAIN:
        reached |= {slug for slug in MAIN if {after.step for after in STEPS[slug].after} & reached}
    assert reached == set(MAIN)
    followed = {after.step for slug in MAIN for after in STEPS[slug].after}
    assert {slug for slug in MAIN if slug not in followed} == {slug for slug, step in STEPS.items() if step.ending}


def test_the_steps_stand_as_the_law_numbers_them() -> None:
    labels = [step.label for step in STEPS.values()]
    assert labels[:4] == ["0", "1", "2", "2b"]
    assert {str(n) for n in range(16)} | {"2b", "8b", "11b", "16", "17", "17b"} <= set(labels)
