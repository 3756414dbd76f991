"""What can still be admitted within a period, and the plan backwards: by the rulebook, not by hope."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.deadlines import due_on
from bot.rules.durations import VIEWS, Pace, Stays, paces
from bot.rules.facts import CaseFacts, Recommender, Vetting
from bot.rules.forecast import Prospect, Way, Ways, prospect, ways
from bot.rules.periods import Period, containing
from bot.rules.plan import Group, Outlook, Range, reckon, roughly, stages
from bot.rules.road import DECIDED, HELD, MeetingDays, Pair, pairs, road
from tests.rules.builders import BOOK, CALENDAR, TODAY, ready

Q4, Q1 = Period("quarter", 2026, 4), Period("quarter", 2027, 1)
ROAD = road("source", DECIDED, False, BOOK)


def fifth(year: int, month: int) -> date:
    return date(year, month, 5)


MEETS = MeetingDays(fifth).on_or_after


def known(**days: int) -> dict[Pair, Pace]:
    """Seven cases that all took so many days; where nothing is said, the rulebook counts."""
    told = {pair: [days[pair[0]]] * 7 for pair in pairs(HELD, BOOK) if pair[0] in days}
    return paces([("own", Stays(told))], pairs(HELD, BOOK), TODAY, BOOK)


def usual(counted: str = DECIDED, **days: int) -> Ways:
    return ways(known(**days), counted, BOOK, CALENDAR, MEETS)


def look(facts: CaseFacts, period: Period = Q4, among: Ways | None = None, today: date = TODAY) -> Prospect:
    found = prospect(1, facts, period, today, among or usual(), BOOK, CALENDAR)
    assert found
    return found


def test_a_case_voted_in_december_may_be_decided_by_new_year_when_the_committee_is_quick() -> None:
    found = look(ready(), Q4, usual(recommendation=45, branch_vote=10, committee_vote=7))
    assert found.following == "branch_vote"
    assert found.following_on["usual"] == date(2026, 12, 5)
    assert found.expected["usual"] == date(2026, 12, 22)
    assert found.verdict("usual", Q4.last) == "likely"


def test_by_the_statutory_length_the_same_case_is_for_the_next_quarter() -> None:
    found = look(ready(), Q4, usual(recommendation=45))
    assert found.verdict("usual", Q4.last) == "cannot"
    assert found.earliest is not None and found.earliest <= Q4.last
    assert found.verdict("usual", Q1.last) == "likely"
    assert found.why is not None and (found.why.kind, found.why.about) == ("pace", "branch_vote")


def test_nobody_is_promised_before_the_eighteenth_birthday() -> None:
    found = look(ready(born=date(2009, 1, 10)))
    assert found.verdict("usual", Q4.last) == "cannot"
    assert found.why is not None and (found.why.kind, found.why.about) == ("wait", "age")
    assert found.why.on == date(2027, 1, 10) and not found.why.custom
    assert found.earliest is not None and found.earliest >= date(2027, 2, 5)


def test_twelve_months_together_with_the_recommender_are_waited_for() -> None:
    facts = ready(recommenders=(Recommender("youth_union"), Recommender("member", date(2026, 3, 15))))
    found = look(facts)
    assert found.why is not None and (found.why.about, found.why.on) == ("recommenders", date(2027, 3, 15))
    assert found.verdict("usual", Q4.last) == "cannot"


def test_time_on_the_list_is_the_units_own_custom_and_said_to_be() -> None:
    found = look(ready(dates={"source_listed": date(2026, 9, 1)}))
    assert found.why is not None
    assert (found.why.about, found.why.on, found.why.custom) == ("trial_time", date(2027, 2, 28), True)


def test_over_sixty_without_consent_from_above_never() -> None:
    found = look(ready(born=date(1960, 1, 1)))
    assert found.earliest is None
    assert found.verdict("fast", date(2030, 12, 31)) == "cannot"
    assert found.why is not None and (found.why.kind, found.why.about) == ("barred", "age")


def test_where_only_the_day_of_the_meeting_is_in_the_way_it_is_said() -> None:
    today = date(2026, 12, 7)
    found = look(ready(), Q4, today=today)
    assert found.why is not None and (found.why.kind, found.why.on) == ("meeting", date(2027, 1, 5))
    assert found.verdict("usual", Q4.last) == "cannot"


def test_a_certificate_that_lapses_on_the_way_is_made_anew_first() -> None:
    facts = ready(dates={"certificate_issued": date(2021, 11, 30)})
    among = usual(recommendation=45, branch_vote=10, committee_vote=7, awareness_class=60)
    found = look(facts, Q1, among)
    assert found.lapsing == ("certificate",)
    assert found.following_on["usual"] == date(2027, 2, 5)


def test_who_is_away_is_expected_back_first() -> None:
    facts = ready(dates={"expected_back": date(2027, 1, 20)})
    found = look(facts, Q1, usual(recommendation=45, branch_vote=10, committee_vote=7))
    assert found.following_on["usual"] == date(2027, 2, 5)
    assert found.earliest is not None and found.earliest < date(2027, 1, 1)


def test_an_answer_from_abroad_has_ninety_working_days() -> None:
    asked = Vetting("1", date(2026, 10, 1), date(2026, 10, 5), abroad=True)
    facts = ready(step="vetting", step_on=date(2026, 10, 1), vettings=(asked,), dates={"recommended": None})
    found = look(facts, Q1, usual(vetting=20))
    assert found.following_on["usual"] >= CALENDAR.after(date(2026, 10, 5), 90)


def test_who_is_past_the_decision_or_off_the_road_has_no_forecast() -> None:
    for facts in (ready(step="probation"), ready(step="decision"), ready(left="moved")):
        assert prospect(1, facts, Q4, TODAY, usual(), BOOK, CALENDAR) is None
    assert prospect(1, ready(step="decision"), Q4, TODAY, usual(HELD), BOOK, CALENDAR) is not None


def test_the_plan_says_how_many_must_be_where_by_when() -> None:
    way = usual(vetting=30, opinions=10, recommendation=20, branch_vote=10, committee_vote=7).by_view["usual"]
    found = {one.step: one for one in stages(way, "source", {"cv": 4, "vetting": 1, "opinions": 1}, 3, Q4.last, BOOK)}
    assert found["branch_vote"].last_on == date(2026, 12, 5)
    assert found["vetting"].last_on == date(2026, 10, 6)
    assert (found["vetting"].needed, found["vetting"].have, found["vetting"].lacking) == (3, 2, 1)
    assert found["recommendation"].have == 0


def test_the_first_thing_to_do_is_the_nearest_day_that_lacks_cases() -> None:
    way = usual(recommendation=20, branch_vote=10, committee_vote=7).by_view["usual"]
    planned = stages(way, "source", {"cv": 4, "recommendation": 1}, 3, Q4.last, BOOK)
    found = outlook(planned, target=5, done=2)
    assert found.next_stage is not None
    assert (found.next_stage.step, found.next_stage.last_on) == ("branch_vote", date(2026, 12, 5))
    assert found.state == "lacking"
    assert outlook(planned, target=None, done=2).state == "no_target"


def test_how_things_stand_is_told_by_who_has_come_far_enough() -> None:
    way = usual(recommendation=20, branch_vote=10, committee_vote=7).by_view["usual"]

    def state(today: date, **by_step: int) -> str:
        planned = stages(way, "source", by_step, 2, Q4.last, BOOK)
        return outlook(planned, target=3, done=1, today=today).state

    assert state(TODAY, branch_vote=2) == "enough"
    assert state(TODAY, branch_vote=1) == "lacking"
    assert state(TODAY, recommendation=2) == "lacking"
    assert state(date(2026, 12, 30), recommendation=2) == "closed"
    assert state(date(2026, 12, 30), committee_vote=2) == "enough"
    assert outlook((), target=3, done=3).state == "reached"


def test_only_the_quickest_make_it() -> None:
    pairs_known = {pair: [3, 4, 40, 50, 60] for pair in pairs(DECIDED, BOOK)}
    among = ways(
        paces([("own", Stays(pairs_known))], pairs(DECIDED, BOOK), TODAY, BOOK), DECIDED, BOOK, CALENDAR, MEETS
    )
    found = look(ready(step_on=TODAY), Q4, among)
    assert found.verdict("usual", Q4.last) == "hurry"


def outlook(planned: Any, target: int | None, done: int, **more: Any) -> Outlook:
    today = more.pop("today", TODAY)
    return Outlook(Q4, today, "usual", DECIDED, target, done, 5, Range(0, 0, 0), planned, **more)


STEPS = st.sampled_from(ROAD[:-1])
AGO = st.integers(0, 700)
TODAYS = st.dates(date(2026, 1, 1), date(2027, 6, 30))
LENGTHS = st.dictionaries(STEPS, st.integers(0, 200), max_size=10)
BORN = st.dates(date(1950, 1, 1), date(2012, 12, 31))


def at(step: str, today: date, ago: int, born: date | None = date(1998, 4, 2)) -> CaseFacts:
    """A case of which no more is known than its step and the day of it."""
    day = today - timedelta(days=ago)
    return replace(CaseFacts(step=step, step_on=day), born=born, dates={"source_listed": day})


@settings(max_examples=60)
@given(step=STEPS, today=TODAYS, ago=AGO, born=BORN, days=LENGTHS, later=st.integers(1, 5))
def test_no_view_promises_what_the_rules_do_not_let(
    step: str, today: date, ago: int, born: date, days: dict[str, int], later: int
) -> None:
    facts, period = at(step, today, ago, born), containing("quarter", today)
    for _ in range(later):
        found = prospect(1, facts, period, today, usual(**days), BOOK, CALENDAR)
        assert found
        for view in VIEWS:
            expected = found.expected[view]
            if found.earliest is None:
                assert expected is None
            if expected is not None and found.earliest is not None:
                assert expected >= found.earliest >= today
        assert 0 <= found.chance <= 1
        if found.verdict("fast", period.last) == "cannot" and (found.earliest is None or found.earliest > period.last):
            assert found.chance == 0
        if "branch_vote" in road(step, DECIDED, False, BOOK)[1:] and found.earliest is not None:
            assert (found.earliest - born).days >= 18 * 365
        period = period.next


@settings(max_examples=60)
@given(cases=st.lists(st.tuples(STEPS, AGO), max_size=8), today=TODAYS, days=LENGTHS, view=st.sampled_from(VIEWS))
def test_more_time_never_brings_fewer(
    cases: list[tuple[str, int]], today: date, days: dict[str, int], view: Any
) -> None:
    among, ends = usual(**days), [today + timedelta(days=ahead) for ahead in (0, 20, 60, 120, 300, 900)]
    period = containing("year", today)
    found = [prospect(1, at(step, today, ago), period, today, among, BOOK, CALENDAR) for step, ago in cases]
    prospects = [one for one in found if one]
    counts = [sum(one.verdict(view, end) == "likely" for one in prospects) for end in ends]
    assert counts == sorted(counts)
    told = reckon(prospects, 2)
    assert 2 <= told.low <= told.likely <= told.high <= 2 + len(prospects)
    groups = [Group(step, today - timedelta(days=ago), 1) for step, ago in cases]
    rough = [roughly(groups, among.chances, today, end, 0).likely for end in ends]
    assert rough == sorted(rough)


@settings(max_examples=60)
@given(days=LENGTHS, end=TODAYS, view=st.sampled_from(VIEWS))
def test_the_last_days_are_the_last_and_fall_on_days_that_the_step_can_have(
    days: dict[str, int], end: date, view: Any
) -> None:
    way = usual(**days).by_view[view]
    before = date.min
    for step in ROAD:
        last = way.latest(step, end)
        assert last is not None and before <= last <= end
        assert way.arrives(step, last) <= end
        assert way.arrives(step, way.falls(step, last + timedelta(days=1))) > end
        falls = BOOK.entries.pace[step].falls
        assert falls != "working_day" or CALENDAR.works(last)
        assert falls != "meeting" or last.day == 5
        before = last


@given(end=TODAYS)
def test_by_the_rulebook_alone_a_vote_on_its_last_day_is_decided_within_the_law(end: date) -> None:
    way: Way = usual().by_view["usual"]
    last = way.latest("branch_vote", end)
    assert last is not None
    clock = BOOK.clock("admission_decision", TODAY)
    assert clock is not None
    assert way.arrives("branch_vote", last) == due_on(clock, last, CALENDAR) <= end


@settings(max_examples=40)
@given(step=STEPS, ago=AGO, days=LENGTHS, view=st.sampled_from(VIEWS))
def test_whoever_makes_it_takes_the_next_step_before_its_last_day(
    step: str, ago: int, days: dict[str, int], view: Any
) -> None:
    found = look(at(step, TODAY, ago), Q1, usual(**days))
    if found.verdict(view, Q1.last) == "likely":
        last = found.next_by[view]
        assert last is not None and found.following_on[view] <= last


@given(days=LENGTHS)
def test_a_case_alone_and_counted_roughly_are_one(days: dict[str, int]) -> None:
    among, facts = usual(**days), at("opinions", TODAY, 400)
    found = look(facts, Q1, among)
    rough = roughly([Group("opinions", facts.step_on or TODAY, 1)], among.chances, TODAY, Q1.last, 0)
    assert rough == reckon([found], 0)
