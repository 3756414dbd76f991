"""Situations of reminders: which stage is reached, what is owed once, and what the kinds in the data say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.rules.book import load
from bot.rules.reminder_entries import ReminderKind
from bot.rules.reminders import (
    OFF,
    SHIFT,
    Said,
    is_off,
    kinds_by_event,
    kinds_by_rule,
    next_look,
    owed,
    shift_of,
    stage_of,
)
from bot.rules.unit_events import Concerning, Count, Meeting, UnitFacts, events

BOOK = load()
KINDS = BOOK.entries.reminders
VETTING = KINDS["vetting"]
DUE = date(2026, 11, 13)


def day(ahead: int) -> date:
    return DUE + timedelta(days=ahead)


@pytest.mark.parametrize(
    ("ahead", "stage", "last"),
    [
        (-8, None, None),
        (-7, "-7", "responsible"),
        (0, "0", "responsible"),
        (1, "1", "secretary"),
        (6, "1", "secretary"),
        (7, "7", "supervisor"),
        (14, "14", "office"),
        (400, "14", "office"),
    ],
)
def test_an_overdue_vetting_climbs_from_the_helper_to_the_office(ahead: int, stage: str | None, last: str) -> None:
    found = stage_of(VETTING, DUE, day(ahead))
    assert (found.name if found else None) == stage
    assert found is None or found.to[-1] == last


def test_each_next_level_is_told_beside_those_before_it() -> None:
    assert [to for _, to in owed(VETTING, DUE, day(20))] == ["responsible", "secretary", "supervisor", "office"]


def test_after_two_weeks_off_only_the_latest_stage_is_owed() -> None:
    said = {Said(DUE, "-7", "responsible")}
    assert {stage.name for stage, _ in owed(VETTING, DUE, day(8), said)} == {"7"}


def test_a_unit_may_have_it_earlier_and_the_stage_keeps_its_name() -> None:
    found = stage_of(VETTING, DUE, day(-10), shift=3)
    assert found is not None
    assert (found.name, found.since) == ("-7", day(-10))


def test_what_the_law_asks_for_is_never_off_and_never_later() -> None:
    for slug, kind in KINDS.items():
        statutory = any(BOOK.rules[rule].kind in ("deadline", "validity") for rule in kind.rules)
        if statutory and slug != "province_marks":
            assert not is_off(slug, kind, {OFF + slug: 1})
            assert shift_of(slug, kind, {SHIFT + slug: -30}) == 0
            assert shift_of(slug, kind, {SHIFT + slug: 99}) == kind.earlier


def test_an_invitation_to_a_meeting_is_not_sent_once_the_meeting_is_over() -> None:
    kind = KINDS["meeting_tomorrow"]
    assert stage_of(kind, DUE, DUE) is not None
    assert stage_of(kind, DUE, day(1)) is None
    assert next_look(kind, DUE, day(-1)) is None


def test_a_class_on_a_monday_is_announced_on_the_saturday_before() -> None:
    kind, monday = KINDS["class_tomorrow"], date(2026, 11, 23)
    assert stage_of(kind, monday, date(2026, 11, 20)) is None
    assert next_look(kind, monday, date(2026, 11, 20)) == date(2026, 11, 21)
    stage = stage_of(kind, monday, date(2026, 11, 21))
    assert stage is not None and stage.name == "-1" and stage.since == date(2026, 11, 21)
    # On any other day it is the day before.
    assert stage_of(kind, monday + timedelta(days=1), date(2026, 11, 22)) is None


def test_every_deadline_that_can_run_has_a_kind() -> None:
    running = {rule.slug for rules in BOOK.running.values() for rule in rules}
    running |= {rule.longer.slug for rule in BOOK.rules.values() if rule.longer}
    running |= {rule for transfer in BOOK.entries.transfers.values() for rule in transfer.rules}
    assert running <= set(kinds_by_rule(BOOK))


def test_probation_is_reminded_of_ninety_to_seven_days_ahead() -> None:
    assert [at for at in KINDS["probation"].stages if at < 0] == [-90, -60, -30, -15, -7]


def test_every_kind_is_about_something_that_happens() -> None:
    facts = UnitFacts(
        1,
        False,
        meetings=(
            Meeting(date(2026, 1, 1), date(2026, 1, 5)),
            Meeting(date(2025, 12, 1), date(2025, 12, 3), held_on=date(2025, 12, 3)),
        ),
        counts={"2026-Q1": Count(0, 1, 0, 2), "2025-Q4": Count(1, 1, 2, 2)},
        absent=(Concerning(3, DUE),),
        exemptions=(Concerning(4, DUE),),
        returns=(Concerning(7, DUE),),
        classes=(Concerning(5, DUE),),
        positions=(Concerning(7, DUE),),
        surveys=(Concerning(7, DUE),),
        difficulties=(Concerning(6, DUE),),
        unhelped=(Concerning(7, DUE),),
        visits=(Concerning(8, DUE),),
        remarks=(Concerning(9, DUE),),
        mending=(Concerning(10, DUE),),
        inspections=(Concerning(11, DUE),),
    )
    found = {event.event for event in events(facts, date(2026, 1, 6))}
    found |= {event.event for event in events(UnitFacts(2, True), date(2026, 1, 6))}
    some = UnitFacts(3, True, counts={"2026-Q1": Count(0, 1)}, untargeted=2, branches=9)
    found |= {event.event for event in events(some, date(2026, 1, 6))}
    assert set(kinds_by_event(BOOK)) == found


def test_a_kind_whose_stages_forget_somebody_is_refused() -> None:
    with pytest.raises(ValidationError, match="told at the later ones"):
        ReminderKind.model_validate(
            {"name": "x", "stages": {0: ["helper"], 1: ["secretary"]}, "says": "due", "rank": 1, "mark": "unit"}
        )


# A due date that moves about (a holiday added late, a rule replayed), and days on which a round is run: forward,
# backward, with gaps; 29 February is among them.
DAYS = st.integers(min_value=0, max_value=220).map(lambda n: date(2027, 12, 1) + timedelta(days=n))


@given(st.sampled_from(sorted(KINDS)), st.lists(st.tuples(DAYS, st.integers(-40, 40)), min_size=1, max_size=60))
def test_whatever_the_clock_and_the_dates_do_each_stage_is_said_once_and_the_latest_always(
    slug: str, walk: list[tuple[date, int]]
) -> None:
    kind = KINDS[slug]
    said: set[Said] = set()
    for today, moved in walk:
        due_on = date(2028, 2, 29) + timedelta(days=moved if moved > 20 else 0)
        for stage, to in owed(kind, due_on, today, said):
            one = Said(due_on, stage.name, to)
            assert one not in said
            said.add(one)
        latest = stage_of(kind, due_on, today)
        assert latest is None or {Said(due_on, latest.name, to) for to in latest.to} <= said


@given(st.sampled_from(sorted(KINDS)), DAYS, DAYS, st.integers(-5, 5))
def test_no_stage_comes_before_the_next_look(slug: str, due_on: date, today: date, shift: int) -> None:
    kind = KINDS[slug]
    now, then = stage_of(kind, due_on, today, shift), next_look(kind, due_on, today, shift)
    for ahead in range(1, 130):
        later = today + timedelta(days=ahead)
        found = stage_of(kind, due_on, later, shift)
        if then is not None and later >= then:
            assert found is not None
            assert found != now
            return
        assert found is None or (now is not None and found.name == now.name)
