"""Requirements: met, unmet or unknown, each with words and source."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.eligibility import ADMISSION, CHECKS, assess, of_youth_age
from bot.rules.facts import Approval, CaseFacts, Recommender, Vetting
from bot.rules.life import readmission
from tests.rules.builders import BOOK, CALENDAR, TODAY, ready

LONG_AGO, LATELY = date(2024, 1, 15), date(2026, 3, 1)


def one(slug: str, facts: CaseFacts, on: date = TODAY) -> tuple[str, str]:
    (found,) = assess(facts, on, BOOK, CALENDAR, [slug])
    return found.state, found.text(BOOK)


def test_every_requirement_of_the_book_is_checked_and_no_other() -> None:
    assert set(CHECKS) == set(BOOK.entries.requirements)


def test_a_case_in_order_meets_everything_but_what_is_not_due_yet() -> None:
    found = {one.requirement: one.state for one in assess(ready(), TODAY, BOOK, CALENDAR)}
    assert found == dict.fromkeys(ADMISSION, "met") | {"history_certified": "unmet"}


def test_a_bare_case_says_what_is_missing_and_never_breaks() -> None:
    for found in assess(CaseFacts(), TODAY, BOOK, CALENDAR, CHECKS):
        assert found.state != "met" or found.requirement == "over_60_approval"
        assert found.text(BOOK)
        assert found.name(BOOK)
        assert found.assurance(BOOK)


@given(st.dates(date(1940, 1, 1), date(2012, 12, 31)), st.dates(date(2016, 8, 1), date(2030, 12, 31)))
def test_age_is_met_from_18_years_for_just_under_42_years_and_two_months(born: date, voted: date) -> None:
    state, _ = one("age", CaseFacts(born=born), voted)
    months = (voted.year - born.year) * 12 + voted.month - born.month
    if months < 216 or months > 721:
        assert state == "unmet"
    if 216 < months <= 720:
        assert state == "met"


def test_over_sixty_needs_the_special_case_and_then_the_consent() -> None:
    old = CaseFacts(born=date(1962, 5, 9))
    assert one("age", old)[0] == "unmet"
    special = replace(old, answers={"over_60_special": True})
    assert one("age", special)[0] == "met"
    assert one("over_60_approval", special)[0] == "unmet"
    late = replace(special, approvals={"over_60": Approval("12-CV/TU", TODAY + timedelta(days=1))})
    assert one("over_60_approval", late)[0] == "unmet"
    given_ = replace(old, approvals={"over_60": Approval("12-CV/TU", date(2026, 11, 2))})
    assert one("age", given_)[0] == "met"
    assert one("over_60_approval", given_) == ("met", "có văn bản 12-CV/TU ngày 02/11/2026")
    assert one("over_60_approval", CaseFacts())[0] == "unknown"


def test_turning_sixty_while_the_decision_is_awaited_does_no_harm() -> None:
    facts = CaseFacts(born=date(1966, 10, 20), dates={"branch_resolution": date(2026, 11, 3)})
    assert one("over_60_approval", facts, date(2027, 1, 5))[0] == "met"


@pytest.mark.parametrize(
    ("education", "answers", "approved", "state"),
    [
        ("upper_secondary", {}, None, "met"),
        ("primary", {"difficult_area": False}, None, "unmet"),
        ("primary", {"elder_or_fisher": True}, date(2026, 11, 2), "met"),
        ("literate", {"elder_or_fisher": True}, date(2026, 11, 2), "met"),
        ("literate", {"elder_or_fisher": True}, date(2026, 12, 2), "unmet"),
        ("literate", {"difficult_area": True}, None, "unmet"),
        ("unschooled", {"elder_or_fisher": True, "difficult_area": True}, None, "unmet"),
        ("something else", {}, None, "unknown"),
        (None, {}, None, "unknown"),
    ],
)
def test_schooling_and_its_exceptions(education: str | None, answers: Any, approved: date | None, state: str) -> None:
    approvals = {"education": Approval("7-CV/TU", approved, "elder")} if approved else {}
    assert one("education", CaseFacts(education=education, answers=answers, approvals=approvals))[0] == state


@pytest.mark.parametrize(
    ("born", "answers", "state"),
    [
        (date(2000, 1, 1), {"youth_member": True}, "met"),
        (date(2000, 1, 1), {"youth_union_here": False}, "met"),
        (date(1990, 1, 1), {}, "met"),
        (date(2000, 1, 1), {"youth_union_here": True, "youth_member": False}, "unmet"),
        (date(2000, 1, 1), {"youth_union_here": True}, "unknown"),
        (date(2000, 1, 1), {"youth_member": False}, "unknown"),
        (None, {}, "unknown"),
    ],
)
def test_the_young_belong_to_the_youth_union_where_there_is_one(born: date | None, answers: Any, state: str) -> None:
    assert one("youth_union", CaseFacts(born=born, answers=answers))[0] == state


def test_a_unit_may_set_the_last_age_of_the_youth_union() -> None:
    facts = CaseFacts(born=date(1993, 1, 1))
    assert not of_youth_age(facts, TODAY, BOOK)
    assert of_youth_age(replace(facts, local={"youth_until_years": 35}), TODAY, BOOK)


@pytest.mark.parametrize(
    ("who", "key"),
    [
        ((), "chưa ghi người giới thiệu"),
        ((Recommender("member", LONG_AGO), Recommender("member", LONG_AGO)), "hai đảng viên chính thức"),
        ((Recommender("trade_union"), Recommender("member", LONG_AGO)), "Ban chấp hành công đoàn cơ sở"),
        ((Recommender("youth_union"), Recommender("member", LONG_AGO)), "Ban chấp hành Đoàn cơ sở"),
        ((Recommender("member", LONG_AGO),), "mới có 1 đảng viên chính thức"),
        ((Recommender("youth_union"),), "mới có 0 đảng viên chính thức"),
        ((Recommender("member", LONG_AGO), Recommender("member", LATELY)), "chưa đủ 12 tháng"),
        ((Recommender("member", LONG_AGO), Recommender("member")), "chưa rõ người giới thiệu"),
        ((Recommender("member", LONG_AGO), Recommender("member", LATELY, replaces=True)), "hai đảng viên chính thức"),
        ((Recommender("youth_union"), Recommender("member", LATELY)), "đủ từ 01/03/2027"),
    ],
)
def test_who_may_introduce_an_applicant_past_the_age_of_youth(who: tuple[Recommender, ...], key: str) -> None:
    assert key in one("recommenders", CaseFacts(born=date(1985, 1, 1), recommenders=who))[1]


def test_a_member_of_the_youth_union_is_introduced_by_it() -> None:
    two = (Recommender("member", LONG_AGO), Recommender("member", LONG_AGO))
    young = CaseFacts(born=date(2000, 1, 1), answers={"youth_member": True}, recommenders=two)
    assert "Đoàn" in one("recommenders", young)[1]
    assert one("recommenders", young)[0] == "unmet"
    assert one("recommenders", replace(young, answers={"youth_member": True, "youth_union_here": False}))[0] == "met"
    assert one("recommenders", replace(young, born=date(1985, 1, 1)))[0] == "met"


BACK = {"sent_on": date(2026, 8, 3), "received_on": date(2026, 8, 5), "returned_on": date(2026, 9, 10)}


@pytest.mark.parametrize(
    ("place", "state", "said"),
    [
        ({}, "met", "đã có đủ 1 kết quả"),
        ({"returned_on": None}, "unmet", "còn 1 nơi chưa trả lời"),
        ({"returned_on": TODAY + timedelta(days=1)}, "unmet", "còn 1 nơi"),
        ({"carried_by": "applicant"}, "unmet", "mang lý lịch đi thẩm tra"),
        ({"carried_by": "relative"}, "unmet", "mang lý lịch đi thẩm tra"),
        ({"carried_by": "member"}, "met", "đã có đủ"),
        ({"carried_by": None}, "unknown", "chưa rõ ai mang"),
        ({"relative_is_member": True}, "unknown", "chưa rõ đã có xác nhận"),
        ({"relative_is_member": True, "membership_confirmed": False}, "unmet", "còn thiếu xác nhận"),
        ({"relative_is_member": True, "membership_confirmed": True}, "met", "đã có đủ"),
        # Exempt from the past only: the place must answer about the present all the same.
        ({"relative_is_member": True, "membership_confirmed": True, "returned_on": None}, "unmet", "còn 1 nơi"),
    ],
)
def test_vetting_is_complete_when_every_place_answered_and_nobody_carried_their_own(
    place: dict[str, Any], state: str, said: str
) -> None:
    found = one("vetting", CaseFacts(vettings=(Vetting("1", **(BACK | place)),)))
    assert found[0] == state
    assert said in found[1]


def test_a_family_known_at_home_needs_no_vetting_once_that_is_certified() -> None:
    known = CaseFacts(answers={"known_at_home": True})
    assert one("vetting", known)[0] == "unknown"
    assert one("vetting", replace(known, dates={"history_certified": date(2026, 9, 1)}))[0] == "met"
    assert one("vetting", replace(known, answers={}, dates={"history_certified": date(2026, 9, 1)}))[0] == "unknown"


def test_a_paper_counts_to_its_last_day_and_not_before_it_was_issued() -> None:
    facts = CaseFacts(dates={"certificate_issued": date(2021, 11, 30)})
    assert one("certificate", facts, date(2021, 11, 29))[0] == "unmet"
    assert one("certificate", facts, date(2026, 11, 30)) == ("met", "cấp ngày 30/11/2021, còn giá trị đến 30/11/2026")
    assert "phải học lại" in one("certificate", facts, date(2026, 12, 1))[1]


def test_the_four_papers_of_a_lapsed_dossier_are_named() -> None:
    assert len(BOOK.entries.remade_papers.papers) == 4


def test_too_fast_is_only_told() -> None:
    facts = CaseFacts(dates={"source_listed": date(2026, 10, 1)})
    assert one("trial_time", facts) == (
        "unmet",
        "mới theo dõi 50 ngày, đơn vị đặt tối thiểu 180 ngày: cân nhắc, không nôn nóng",
    )
    assert one("trial_time", replace(facts, local={"least_days_as_source": 30}))[0] == "met"


def test_a_ceremony_is_in_time_by_the_law_of_the_day_of_the_decision() -> None:
    decided = CaseFacts(dates={"admission_decided": date(2026, 11, 2)})
    assert one("ceremony_in_time", decided, date(2026, 12, 15))[0] == "met"
    assert one("ceremony_in_time", decided, date(2026, 12, 16))[0] == "unmet"
    old = CaseFacts(dates={"admission_decided": date(2026, 7, 20)})
    assert one("ceremony_in_time", old, date(2026, 12, 16))[0] == "unknown"
    assert one("ceremony_in_time", CaseFacts(dates={"admission_decided": date(2015, 7, 20)}))[0] == "unknown"


def test_probation_must_have_run_out() -> None:
    facts = CaseFacts(dates={"ceremony": date(2025, 12, 15)})
    assert one("probation_over", facts, date(2026, 12, 15))[0] == "met"
    assert one("probation_over", facts, date(2026, 12, 14)) == ("unmet", "đến 15/12/2026 mới hết 12 tháng dự bị")
    assert one("probation_over", CaseFacts(dates={"ceremony": date(2009, 1, 1)}))[0] == "unknown"


KINDS: Any = st.sampled_from(["member", "youth_union", "trade_union"])
CARRIERS: Any = st.sampled_from(["post", "member", "applicant", "relative", None])
SOME_DAY = st.dates(date(2017, 1, 1), date(2028, 12, 31))
MAYBE = st.none() | SOME_DAY
QUESTIONS = st.sampled_from(
    ["youth_union_here", "youth_member", "difficult_area", "elder_or_fisher", "over_60_special", "known_at_home"]
)
YES_OR_NO = st.booleans()
PLACES = st.builds(Vetting, st.just("1"), MAYBE, MAYBE, MAYBE, YES_OR_NO, CARRIERS, YES_OR_NO, st.none() | YES_OR_NO)
ANYBODY = st.builds(
    CaseFacts,
    born=st.none() | st.dates(date(1950, 1, 1), date(2012, 12, 31)),
    education=st.sampled_from([None, *BOOK.entries.education_levels]),
    answers=st.dictionaries(QUESTIONS, st.booleans()),
    approvals=st.dictionaries(
        st.sampled_from(["over_60", "education", "readmission"]), st.builds(Approval, st.just("1-CV/TU"), SOME_DAY)
    ),
    dates=st.dictionaries(st.sampled_from(sorted(BOOK.entries.events)), SOME_DAY, max_size=20),
    vettings=st.lists(
        st.builds(
            Vetting,
            st.just("1"),
            MAYBE,
            MAYBE,
            MAYBE,
            st.booleans(),
            CARRIERS,
            st.booleans(),
            st.none() | st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    recommenders=st.lists(st.builds(Recommender, KINDS, MAYBE, st.booleans()), max_size=3).map(tuple),
    left_reason=st.sampled_from([None, *BOOK.entries.left_reasons]),
)


@given(ANYBODY, SOME_DAY)
def test_whatever_is_known_of_somebody_every_requirement_says_where_it_stands(facts: CaseFacts, on: date) -> None:
    for found in assess(facts, on, BOOK, CALENDAR, CHECKS):
        text = found.text(BOOK)
        assert text
        assert "{" not in text
        assert found.state in ("met", "unmet", "unknown")
        assert found.version.since <= on or found.version is BOOK.entries.requirements[found.requirement].versions[0]


def back(reason: str | None, **more: Any) -> dict[str, str]:
    facts = CaseFacts(left_reason=reason, **more)
    return {
        found.requirement.removeprefix("readmission_"): found.state
        for found in readmission(facts, TODAY, BOOK, CALENDAR)
    }


def test_readmission_asks_for_time_reason_once_and_consent() -> None:
    consent = {"readmission": Approval("15-CV/TU", date(2026, 11, 1))}
    good = back(
        "struck_off", dates={"left_party": date(2023, 11, 20)}, answers={"readmitted_before": False}, approvals=consent
    )
    assert set(good.values()) == {"met"}
    assert back("struck_off", dates={"left_party": date(2023, 11, 21)})["time"] == "unmet"
    assert back("minor_crime", dates={"left_party": date(2010, 1, 1)})["time"] == "unknown"
    assert back("minor_crime", dates={"record_cleared": date(2021, 11, 20)})["time"] == "met"
    assert back("minor_crime", dates={"record_cleared": date(2021, 11, 21)})["time"] == "unmet"


@pytest.mark.parametrize("reason", ["quit_activities", "resigned", "disunity", "corruption", "serious_crime"])
def test_five_reasons_bar_readmission_for_good(reason: str) -> None:
    assert back(reason)["allowed"] == "unmet"


def test_what_is_not_known_of_a_former_member_is_asked_for() -> None:
    assert back(None) == {"time": "unknown", "allowed": "unknown", "once": "unknown", "approval": "unmet"}
    assert back("resigned_family")["allowed"] == "met"
    assert back("struck_off", answers={"readmitted_before": True})["once"] == "unmet"
    late = {"readmission": Approval("1", TODAY + timedelta(days=1))}
    assert back("struck_off", approvals=late)["approval"] == "unmet"
