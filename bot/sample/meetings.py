"""Meetings of the sample ward: three held in every branch with who came, the next one planned, a class to come."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection

from bot.rules.meetings import meeting_day
from bot.rules.workdays import add_months
from bot.sample.cases import Sample
from bot.sample.content import content
from bot.sample.people import Settled
from storage import bulk, classes, meeting_reports, membership, rulebook

_SEED = 12
MONTHS = 3
# The branch that the guide tells of.
SHOWN = "TDP1"


def write(
    connection: Connection, now: datetime, unit: Mapping[str, int], people: Sequence[Settled], samples: Sequence[Sample]
) -> None:
    """Everything about meetings and classes, as it stands on the day of `now`."""
    chance, today = Random(_SEED), now.date()  # noqa: S311  (the same ward every time)
    branches = [entry for entry in content("ward")["units"] if entry["kind"] == "branch"]
    words = content("meetings")
    bulk.add_habits(
        connection,
        [
            {
                "unit_id": unit[entry["code"]],
                "time": words["times"][entry["area"]],
                "place": words["places"][entry["area"]],
            }
            for entry in branches
        ],
    )
    held = [row for entry in branches for row in _held(connection, entry, unit[entry["code"]], today, words)]
    numbers = bulk.add_meetings(connection, held)
    bulk.add_attendance(connection, list(_lists(held, numbers, unit, people, chance)))
    _states(connection, now, unit[SHOWN], [one for one in people if one.unit == SHOWN])
    _class(connection, now, unit, samples)


def _held(
    connection: Connection, entry: Mapping[str, Any], number: int, today: date, words: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The last three meetings, the oldest first; the conclusions of the last one wait in the branch of the guide."""
    calendar = rulebook.rules_of(connection).calendar
    months = [add_months(today.replace(day=1), -back) for back in range(MONTHS, -1, -1)]
    days = [meeting_day(month.year, month.month, entry.get("meeting_day"), calendar) for month in months]
    past = [day for day in days if day < today][-MONTHS:]
    for day in past:
        waits = entry["code"] == SHOWN and day == past[-1]
        yield {
            "unit_id": number,
            "month": day.replace(day=1),
            "kind": "regular",
            "on": day,
            "time": words["times"][entry["area"]],
            "place": words["places"][entry["area"]],
            "state": "held",
            "held_on": day,
            "resolution": f"{day.month + 1}-NQ/CB",
            "resolution_on": day,
            "conclusions_on": None if waits else day + timedelta(days=1),
            "version": 2,
        }


def _lists(
    held: Sequence[Mapping[str, Any]],
    numbers: Mapping[tuple[int, date], int],
    unit: Mapping[str, int],
    people: Sequence[Settled],
    chance: Random,
) -> Iterator[dict[str, Any]]:
    """Most come; now and then one stays away; one member of the branch of the guide has not come for long."""
    for row in held:
        here = [one for one in people if one.unit is not None and unit[one.unit] == row["unit_id"]]
        for at, person in enumerate(here):
            state = chance.choices(("present", "excused", "unexcused", "online"), (88, 8, 2, 2))[0]
            if person.unit == SHOWN and at in (0, len(here) - 1):
                state = "unexcused" if at else "present"
            yield {
                "meeting_id": numbers[row["unit_id"], row["month"]],
                "person_id": person.number,
                "state": state,
                "reason": None,
            }


def _states(connection: Connection, now: datetime, branch: int, people: Sequence[Settled]) -> None:
    """In the branch of the guide: one is exempt, one at sea, one in charge of the women's association."""
    today = now.date()
    plain = [one for one in people if one.address is None]
    exempt = {
        "kind": "exempt",
        "reason": "age",
        "since": today - timedelta(days=340),
        "until": today + timedelta(days=25),
    }
    membership.begin(connection, now, None, branch, plain[1].number, {**exempt, "resolution": "3-NQ/CB"})
    away = {"kind": "away", "reason": "at_sea", "introduced": True, "since": today - timedelta(days=60)}
    membership.begin(connection, now, None, branch, plain[2].number, {**away, "until": today + timedelta(days=12)})
    meeting_reports.give_charge(connection, now, None, branch, "women", plain[3].number, today)


def _class(connection: Connection, now: datetime, unit: Mapping[str, int], samples: Sequence[Sample]) -> None:
    """An awareness class on a weekend in about two weeks, with two who are sent there."""
    today = now.date()
    saturday = today + timedelta(days=(5 - today.weekday()) % 7 + 14)
    ward = next(entry["code"] for entry in content("ward")["units"] if entry["kind"] == "committee")
    values = {
        "kind": "awareness_class",
        "starts_on": saturday,
        "ends_on": saturday + timedelta(days=1),
        "time": "07:30",
        "place": content("meetings")["class_place"],
        "places": 30,
    }
    number = classes.add(connection, now, None, unit[ward], values)
    suited = [one for one in samples if one.step == "assign_helper" and one.state == "open" and one.unit != SHOWN]
    bulk.add_enrolments(connection, [{"class_id": number, "candidate_id": one.number, "at": now} for one in suited[:2]])
