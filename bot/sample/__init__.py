"""An invented ward to try the house with, the same every time: units, people, candidates, eight months of contacts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from random import Random

from sqlalchemy import Connection

from bot.sample import (
    cases,
    exchanges,
    goals,
    helping,
    meetings,
    neighbourhood,
    past,
    people,
    reports,
    troubles,
    visits,
)
from bot.sample.cases import Sample
from bot.sample.content import content
from bot.sample.crowd import many
from bot.sample.people import Settled, personas
from bot.sample.visits import Visit
from storage import bulk, history, units

__all__ = ["OPENS_ON", "fill", "many", "personas"]

# A Wednesday.
OPENS_ON = date(2026, 11, 18)
_SEED = 2026


def fill(connection: Connection, now: datetime) -> None:
    """Fills an empty database with the sample ward as it stands on the day of `now`, aware, in the office's zone."""
    chance = Random(_SEED)  # noqa: S311  (the same ward every time)
    today = now.date()
    unit = _units(connection, now)
    settled = people.settle(connection, now, unit, chance)
    samples = cases.imagine(settled, today, chance)
    paid = visits.imagine(samples, today, chance)
    cases.write(connection, samples, unit)
    bulk.add_contacts(connection, visits.rows(paid, now, chance))
    bulk.add_targets(connection, _targets(unit, today, chance))
    past.write(connection, samples, today)
    bulk.begin_cases(connection, now)
    meetings.write(connection, now, unit, settled, samples)
    exchanges.write(connection, now, unit, settled, samples)
    reports.write(connection, now, unit)
    troubles.fill(connection, settled, now)
    goals.write(connection, now, unit, samples)
    helping.write(connection, now, unit, settled, samples)
    neighbourhood.write(connection, now, unit)
    _note(connection, now, unit, settled, samples, paid)


def _units(connection: Connection, now: datetime) -> dict[str, int]:
    known: dict[str, units.Unit] = {}
    for entry in content("ward")["units"]:
        values = {
            name: entry[name] for name in ("code", "name", "kind", "area", "members", "meeting_day") if name in entry
        }
        if entry["kind"] == "branch":
            values["members"] = entry["people"] - 1 + len(known) % 3
        known[entry["code"]] = units.add(connection, now, None, known.get(entry.get("parent", "")), values)
    return {code: unit.id for code, unit in known.items()}


def _targets(unit: Mapping[str, int], today: date, chance: Random) -> list[dict[str, int]]:
    """For each branch of some size one admission a year, spread over the quarters; for the ward the sum."""
    rows = []
    for entry in content("ward")["units"]:
        if entry["kind"] != "branch":
            continue
        year = max(1, round(entry["people"] * 0.04))
        quarters = Counter(chance.choice((1, 2, 3, 4, 4, 4)) for _ in range(year))
        rows += [
            {"unit_id": unit[entry["code"]], "quarter": quarter, "admissions": quarters[quarter], "sources": 1}
            for quarter in (1, 2, 3, 4)
        ]
    ward = next(entry["code"] for entry in content("ward")["units"] if entry["kind"] == "committee")
    for quarter in (1, 2, 3, 4):
        mine = [row for row in rows if row["quarter"] == quarter]
        sums = {name: sum(row[name] for row in mine) for name in ("admissions", "sources")}
        rows.append({"unit_id": unit[ward], "quarter": quarter, **sums})
    return [{**row, "year": today.year} for row in rows]


def _note(
    connection: Connection,
    now: datetime,
    unit: Mapping[str, int],
    settled: Sequence[Settled],
    samples: Sequence[Sample],
    paid: Sequence[Visit],
) -> None:
    """One line in the history for each unit instead of one for each row."""
    members, listed = Counter(person.unit for person in settled), Counter(sample.unit for sample in samples)
    met = Counter(visit.sample.unit for visit in paid)
    lines = []
    for code, number in unit.items():
        filled = {"people": members[code], "candidates": listed[code], "contacts": met[code]}
        lines.append(history.Line("sample.fill", f"unit:{number}", number, None, filled))
    history.record_all(connection, now, None, lines)
