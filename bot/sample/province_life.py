"""What the offices of the invented province have done: help, remarks, surveys, difficulties, reports, places, terms."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection

from bot.rules.periods import Period, containing
from bot.sample.content import content
from storage import bulk

_SEED = 81
Rows = Iterator[dict[str, Any]]
# (number, unit, step, day of that step) of an open or ended case.
Case = tuple[int, int, str, date]


def fill(connection: Connection, now: datetime, helper: Mapping[int, int], cases: Sequence[Case]) -> None:
    """All of it as it stands at `now`; `helper` is the secretary of each branch. Summaries are the caller's to count.

    With chances of its own, so that everything else stays as it was.
    """
    chance = Random(_SEED)  # noqa: S311  (the same province every time)
    today, told = now.date(), content("province")["life"]
    communes = _communes(helper)
    rows: dict[str, Iterable[dict[str, Any]]] = {
        "help_visits": _visits(communes, helper, told, chance, today),
        "member_remarks": _remarks(cases, helper, told, chance, today),
        "source_surveys": _surveys(cases, helper, told, chance, now),
        "difficulties": _difficulties(helper, told, chance, today),
        "reports": _reports(communes, chance, now),
        "places": _places(communes, told, chance, today),
        "term_plans": _terms(communes),
        "more_targets": _organisations(communes, told, today),
        "exits": _exits(cases, helper, told, chance, today),
    }
    for table, some in rows.items():
        bulk.add_rows(connection, table, list(some))


def _communes(helper: Mapping[int, int]) -> dict[int, list[int]]:
    """The branches of each commune: the province is 1, the communes follow, then the branches in the same order."""
    branches = sorted(helper)
    count = branches[0] - 2
    each = len(branches) // count
    return {commune: branches[at * each : (at + 1) * each] for at, commune in enumerate(range(2, count + 2))}


def _visits(
    communes: Mapping[int, Sequence[int]], helper: Mapping[int, int], told: Any, chance: Random, today: date
) -> Rows:
    """Two branches of three were helped within a year and a half, by somebody of their commune."""
    for branches in communes.values():
        by = helper[branches[0]]
        for unit in branches:
            for _ in range(chance.choice((0, 1, 2))):
                on = today - timedelta(days=chance.randint(0, 500))
                next_on = on + timedelta(days=30) if chance.random() < 0.2 else None
                row = {"unit_id": unit, "person_id": by, "kind": chance.choice(told["kinds"]), "on": on}
                yield row | {"words": None, "next_on": next_on, "state": "kept", "written_by": by}


def _remarks(cases: Iterable[Case], helper: Mapping[int, int], told: Any, chance: Random, today: date) -> Rows:
    for number, unit, step, step_on in cases:
        if step in told["members"] and chance.random() < 0.6:
            on = step_on + timedelta(days=chance.randint(0, max(0, (today - step_on).days)))
            yield {"candidate_id": number, "person_id": helper[unit], "on": on, "written_by": helper[unit]}


def _surveys(cases: Iterable[Case], helper: Mapping[int, int], told: Any, chance: Random, now: datetime) -> Rows:
    """This quarter six sources of ten were looked at so far, in the last one nearly all."""
    quarter = containing("quarter", now.date())
    for number, unit, step, _ in cases:
        if step not in told["sources"]:
            continue
        for surveyed, part in ((quarter, 0.6), (quarter.previous, 0.85)):
            if chance.random() < part:
                yield _found(surveyed, number, unit, helper[unit], chance.choice(told["ripeness"]), now)


def _found(quarter: Period, number: int, unit: int, by: int, ripeness: str, now: datetime) -> dict[str, Any]:
    key = {"candidate_id": number, "year": quarter.year, "quarter": quarter.number}
    return key | {"unit_id": unit, "ripeness": ripeness, "note": None, "person_id": by, "at": now}


def _difficulties(helper: Mapping[int, int], told: Any, chance: Random, today: date) -> Rows:
    for unit, person in helper.items():
        if chance.random() > 0.1:
            continue
        on, state = today - timedelta(days=chance.randint(0, 120)), chance.choice(told["states"])
        row = {"key": f"sample:{unit}", "kind": chance.choice(told["difficulties"]), "words": told["words"]}
        row |= {"candidate_id": None, "unit_id": unit, "person_id": person, "asked_level": "office", "level": "office"}
        answered = {"answer": told["answer"], "answered_on": min(today, on + timedelta(days=5))}
        nothing = dict.fromkeys(answered)
        yield row | {"state": state, "raised_on": on, "since": on} | (answered if state == "answered" else nothing)


def _reports(communes: Mapping[int, Sequence[int]], chance: Random, now: datetime) -> Rows:
    """Reports of this month and of the last: most of the last are there, a good half of this one's."""
    month = containing("month", now.date())
    for commune, branches in communes.items():
        for unit in (commune, *branches):
            for period, part in ((month, 0.55), (month.previous, 0.95)):
                if (luck := chance.random()) < part + 0.04:
                    state = "handed_in" if luck < part else "draft"
                    row = {"unit_id": unit, "period": period.code, "version": 1, "state": state, "begun_at": now}
                    yield row | {"handed_in_at": now if state == "handed_in" else None, "figures": None}


def _places(communes: Mapping[int, Sequence[int]], told: Any, chance: Random, today: date) -> Rows:
    for commune in communes:
        for number in range(1, 6):
            solved_on = today - timedelta(days=chance.randint(1, 200)) if number == 5 else None
            row = {"unit_id": commune, "name": told["place"].format(number=number), "kind": "hamlet"}
            yield row | {"noted_on": today - timedelta(days=300), "noted_by": None, "solved_on": solved_on}


def _terms(communes: Mapping[int, Sequence[int]]) -> Rows:
    each = max(1, sum(map(len, communes.values())) // len(communes))
    for unit, branches in ((1, each * len(communes)), *((commune, each) for commune in communes)):
        term = {"unit_id": unit, "first_year": 2025, "last_year": 2030, "admissions": branches * 2}
        yield term | {"sources": branches * 6, "admissions_before": branches, "sources_before": branches * 4}


def _organisations(communes: Mapping[int, Sequence[int]], told: Any, today: date) -> Rows:
    everywhere = sum(map(len, communes.values()))
    for unit in (1, *communes):
        for slug in told["organisations"]:
            row = {"unit_id": unit, "whose": f"organisation:{slug}", "year": today.year, "quarter": 0}
            yield row | {"admissions": None, "sources": len(communes[unit]) if unit in communes else everywhere}


def _exits(cases: Iterable[Case], helper: Mapping[int, int], told: Any, chance: Random, today: date) -> Rows:
    """A few new members have left again, and members whom nobody knew as candidates."""
    for number, unit, step, step_on in cases:
        if step in told["members"] and chance.random() < 0.01:
            yield {"unit_id": unit, "candidate_id": number, "kind": "struck_off", "on": step_on, "count": 1}
    for unit in helper:
        if chance.random() < 0.02:
            on = today - timedelta(days=chance.randint(0, 500))
            yield {"unit_id": unit, "candidate_id": None, "kind": "expelled", "on": on, "count": 1}
