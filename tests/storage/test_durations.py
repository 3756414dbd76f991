"""How long cases stayed in each step, gathered from the days of their events."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.rules.durations import FEW
from bot.rules.periods import Period
from bot.rules.road import HELD, pairs
from bot.sample import OPENS_ON, fill
from storage import durations, facts, plan_parts, plans, units
from storage.rulebook import book_of
from storage.tables import candidates, pace_days, paces
from tests.dialogues.test_plans import (  # noqa: F401  (they run here on this file's office)
    test_a_glance_says_the_same_as_the_plan,
    test_a_plan_that_is_only_read_writes_nothing,
    test_how_long_each_step_takes_is_told_honestly,
    test_whom_nobody_has_met_is_ordered_by_what_it_costs,
    with_plan,
)
from tests.office import ZONE, Office, open_office
from tests.storage.cluster import Cluster, programs, running
from tests.storage.memory import empty_database, undone

NOW = datetime(OPENS_ON.year, OPENS_ON.month, OPENS_ON.day, 9, tzinfo=ZONE)
VETTING = ("vetting", "opinions")


@pytest.fixture(scope="module")
def filled() -> Iterator[Connection]:
    with empty_database() as connection:
        fill(connection, NOW)
        yield connection


@pytest.fixture
def ward(filled: Connection) -> Iterator[Connection]:
    with undone(filled):
        yield filled


def unit(connection: Connection, code: str) -> units.Unit:
    found = units.by_code(connection, code)
    assert found
    return found


def test_what_is_gathered_is_what_the_cases_tell_one_by_one(ward: Connection) -> None:
    book = book_of(ward)
    gathered = durations.gather(ward, unit(ward, "PTN"), OPENS_ON, book).days
    ids = list(ward.execute(select(candidates.c.id)).scalars())
    plain: dict[tuple[str, str], list[int]] = {}
    for case in facts.known(ward, ids):
        dates = case.facts.dates
        for step, following in pairs(HELD, book):
            since = dates.get(book.entries.steps[step].event)
            until = dates.get(book.entries.steps[following].event)
            skipped = following == "decision" and step != "committee_vote" and "committee_resolution" in dates
            if since and until and not skipped:
                plain.setdefault((step, following), []).append((until - since).days)
    assert {pair: sorted(days) for (area, pair), days in gathered.items() if not area} == {
        pair: sorted(days) for pair, days in plain.items()
    }
    assert len(gathered["", VETTING]) > FEW
    assert sum(len(days) for (area, pair), days in gathered.items() if area and pair == VETTING) == len(
        gathered["", VETTING]
    )


def test_a_large_unit_looks_only_at_its_latest_cases_and_finds_the_same(ward: Connection) -> None:
    book, small = book_of(ward), unit(ward, "PTN")
    one = durations.gather(ward, small, OPENS_ON, book)
    other = durations.gather(ward, replace(small, kind="province"), OPENS_ON, book)
    found, latest = ({key: sorted(days) for key, days in which.days.items()} for which in (one, other))
    assert found == latest


def test_a_branch_with_few_cases_goes_by_those_of_its_kind_then_by_all(ward: Connection) -> None:
    book = book_of(ward)
    found = durations.paces_for(ward, unit(ward, "TDP1"), OPENS_ON, book)
    assert found["source", "assign_helper"].circle == "own"
    late = found["committee_vote", "decision"]
    assert late.circle in ("area", "committee") and 0 < late.own < FEW <= late.known
    assert {pace.circle for pace in durations.paces_for(ward, unit(ward, "PTN"), OPENS_ON, book).values()} <= {
        "own",
        "rulebook",
    }


def test_what_was_gathered_is_kept_for_a_week_at_most_and_then_gathered_anew(ward: Connection) -> None:
    book, ptn = book_of(ward), unit(ward, "PTN")
    first = durations.paces_for(ward, ptn, OPENS_ON, book, write=lambda work: work(ward))
    kept = {row.unit_id for row in ward.execute(select(pace_days))}
    assert ptn.id in kept
    ward.execute(paces.update().where(paces.c.step == "vetting").values(days=json.dumps([500] * 9)))
    assert durations.paces_for(ward, ptn, OPENS_ON, book)[VETTING].part("usual") == 500
    assert durations.paces_for(ward, ptn, OPENS_ON + timedelta(days=7), book) == first
    assert durations.paces_for(ward, ptn, OPENS_ON + timedelta(days=6), book)[VETTING].part("usual") == 500
    durations.forget(ward)
    assert durations.paces_for(ward, ptn, OPENS_ON, book) == first


def test_a_plan_of_the_sample_ward_says_something(ward: Connection) -> None:
    found = plans.plan_for(ward, unit(ward, "PTN"), Period("year", 2026), OPENS_ON)
    assert found.range and found.done < found.range.likely
    assert found.target and found.state == "enough"
    assert found.those("likely") and found.those("cannot")
    assert {pace.circle for pace in found.paces} == {"own"}


def test_the_parts_of_a_plan_come_to_about_the_whole(ward: Connection) -> None:
    ptn = unit(ward, "PTN")
    for period in (Period("quarter", 2026, 4), Period("quarter", 2027, 1), Period("year", 2026)):
        whole = plans.plan_for(ward, ptn, period, OPENS_ON, many=1)
        parts = plan_parts.parts_of(ward, ptn, period, OPENS_ON)
        assert whole.range and sum(part.done for part in parts) == whole.done
        assert sum(part.range.low for part in parts) <= whole.range.likely <= sum(part.range.high for part in parts)
        assert [part.short for part in parts] == sorted((part.short for part in parts), reverse=True)
        assert all(part.range.low <= part.range.likely <= part.range.high for part in parts)
        assert {part.unit.parent_id for part in parts} == {ptn.id}


def test_counted_roughly_a_unit_has_about_the_same_outlook(ward: Connection) -> None:
    ptn, period = unit(ward, "PTN"), Period("quarter", 2027, 1)
    exact = plans.plan_for(ward, ptn, period, OPENS_ON)
    rough = plans.plan_for(ward, ptn, period, OPENS_ON, many=10)
    assert rough.rough and not rough.prospects and rough.range and exact.range
    assert (rough.done, rough.open, rough.stages) == (exact.done, exact.open, exact.stages)
    # Without meeting days and waits it hopes for no fewer, and for few more.
    assert exact.range.likely <= rough.range.likely <= exact.range.likely + 5


@pytest.mark.parametrize("period", [Period("quarter", 2026, 4), Period("quarter", 2027, 1), Period("year", 2027)])
def test_in_a_larger_unit_only_those_are_left_out_who_would_not_make_it(ward: Connection, period: Period) -> None:
    ptn = unit(ward, "PTN")
    all_, some = (plans.plan_for(ward, ptn, period, OPENS_ON, several=several) for several in (1000, 10))
    assert (some.range, some.stages, some.those("likely")) == (all_.range, all_.stages, all_.those("likely"))
    assert some.those("hurry") == all_.those("hurry")
    assert len(some.those("cannot")) + some.far == len(all_.those("cannot"))


def test_sample_cases_passed_their_steps_in_order(ward: Connection) -> None:
    book = book_of(ward)
    ids = list(ward.execute(select(candidates.c.id)).scalars())
    for case in facts.known(ward, ids):
        events = [book.entries.steps[step].event for step, _ in pairs(HELD, book)]
        days = [case.facts.dates[event] for event in dict.fromkeys(events) if event in case.facts.dates]
        assert days == sorted(days)
        assert all(day <= OPENS_ON for day in case.facts.dates.values() if day != date.max)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    pytest.importorskip("asyncpg", reason="asyncpg is not installed")
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    with running(found) as started:
        yield started


@pytest.fixture(params=[pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def office(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """The committee of the plans' dialogues, on PostgreSQL."""
    cluster: Cluster = request.getfixturevalue("cluster")
    async with open_office(tmp_path, *await cluster.usual(tmp_path)) as office:
        await with_plan(office)
        yield office
