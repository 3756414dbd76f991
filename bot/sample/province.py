"""An invented province for measurements, the same every time: communes, branches, candidates, contacts, all bulk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection

from bot.chat import Address
from bot.sample import province_life
from bot.sample.content import content
from storage import bulk, history, people

CHANNEL = "phone"
_SEED = 208
_MANY = 20_000
_ADMITTED = ("ceremony", "probation", "recognized")


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is: branches in each commune, candidates in each branch, contacts with each candidate."""

    communes: int = 125
    branches: int = 400
    candidates: int = 4
    contacts: int = 10


PROVINCE = Size()


def fill(connection: Connection, now: datetime, size: Size = PROVINCE) -> None:
    """Fills an empty database with the province as it stands on the day of `now`.

    The offices of the province, of the first commune and the secretary of its first branch can chat on the channel
    "phone" as "tinh", "xa" and "chibo".
    """
    chance = Random(_SEED)  # noqa: S311  (the same province every time)
    today = now.date()
    branches = _units(connection, size, chance)
    helper = _people(connection, now, branches, today)
    cases = _candidates(connection, branches, size, chance, today)
    bulk.add_assignments(
        connection,
        [{"candidate_id": one.id, "person_id": helper[one.unit], "since": one.listed_on} for one in cases],
    )
    _contacts(connection, cases, helper, size, chance, now)
    _targets(connection, branches, chance, today)
    _positions(connection, branches, today)
    province_life.fill(connection, now, helper, [(one.id, one.unit, one.step, one.step_on) for one in cases])
    bulk.begin_cases(connection, now)
    filled = {"branches": len(branches), "candidates": len(cases)}
    history.record(connection, now, None, "sample.fill", "unit:1", 1, None, filled)


def _units(connection: Connection, size: Size, chance: Random) -> list[int]:
    """The tree: the province is 1, the communes follow, then the branches. Gives the branches."""
    told = content("province")
    none: dict[str, Any] = {"parent_id": None, "area": None, "members": None, "meeting_day": None}
    rows: list[dict[str, Any]] = [
        {**none, "id": 1, "code": "TINH", "name": told["province"], "kind": "province", "path": "1/", "committee_id": 1}
    ]
    for commune in range(2, size.communes + 2):
        place = {
            "id": commune,
            "code": f"X{commune - 1:03d}",
            "name": told["commune"].format(number=commune - 1),
            "kind": "committee",
        }
        rows.append({**none, **place, "parent_id": 1, "path": f"1/{commune}/", "committee_id": commune})
    branches = []
    for commune in range(2, size.communes + 2):
        for number in range(1, size.branches + 1):
            unit = len(rows) + 1
            branches.append(unit)
            rows.append(
                {
                    "id": unit,
                    "code": f"X{commune - 1:03d}-{number}",
                    "name": told["branch"].format(number=number),
                    "kind": "branch",
                    "parent_id": commune,
                    "path": f"1/{commune}/{unit}/",
                    "committee_id": commune,
                    "area": chance.choice(told["areas"]),
                    "members": chance.randint(5, 45),
                    "meeting_day": chance.randint(1, 12),
                }
            )
    bulk.add_units(connection, rows)
    return branches


def _people(connection: Connection, now: datetime, branches: list[int], today: date) -> dict[int, int]:
    """An office for the province and the first commune, and a secretary for each branch, who helps everybody there."""
    told = content("province")
    names = content("names")
    families, given = names["families"], names["male"]["given"]
    rows = [
        {
            "code": f"DV{number}",
            "name": told["member"].format(family=families[number % len(families)], given=given[number % len(given)]),
            "phone": None,
        }
        for number in range(len(branches) + 2)
    ]
    ids = bulk.add_people(connection, rows)
    held = [(ids["DV0"], 1, "office"), (ids["DV1"], 2, "office")]
    helper = {unit: ids[f"DV{number}"] for number, unit in enumerate(branches, 2)}
    held += [(person, unit, "secretary") for unit, person in helper.items()]
    since = today.replace(month=1, day=1)
    bulk.add_roles(
        connection, [{"person_id": p, "unit_id": unit, "role": role, "since": since} for p, unit, role in held]
    )
    for address, person in (("tinh", ids["DV0"]), ("xa", ids["DV1"]), ("chibo", helper[branches[0]])):
        people.link(connection, Address(CHANNEL, address), person, now)
    return helper


@dataclass(frozen=True, slots=True)
class _Case:
    id: int
    unit: int
    step: str
    step_on: date
    listed_on: date
    last_on: date


def _candidates(connection: Connection, branches: list[int], size: Size, chance: Random, today: date) -> list[_Case]:
    told = content("province")
    names = content("names")
    steps = chance.choices(list(told["steps"]), list(told["steps"].values()), k=len(branches) * size.candidates)
    cases: list[_Case] = []
    rows: list[dict[str, Any]] = []
    groups: dict[str, list[str]] = {}
    dates: list[dict[str, Any]] = []
    for number, step in enumerate(steps, 1):
        unit = branches[(number - 1) // size.candidates]
        row = _row(number, unit, step, names, chance, today)
        rows.append(row)
        groups[row["code"]] = chance.sample(told["groups"], 2)
        cases.append(_Case(number, unit, step, row["step_on"], row["listed_on"], row["last_contact_on"]))
        dates += _dates(number, unit, step, row["step_on"])
    for start in range(0, len(rows), _MANY):
        some = rows[start : start + _MANY]
        bulk.add_candidates(connection, some, {row["code"]: groups[row["code"]] for row in some})
    for start in range(0, len(dates), _MANY):
        bulk.add_dates(connection, dates[start : start + _MANY])
    return cases


def _row(number: int, unit: int, step: str, names: Mapping[str, Any], chance: Random, today: date) -> dict[str, Any]:
    told = content("province")
    sex = chance.choice(("male", "female"))
    parts = (names["families"], names[sex]["middles"], names[sex]["given"])
    step_on = today - timedelta(days=chance.randint(1, 340 if step != "recognized" else 700))
    gone = step == "recognized" or chance.random() < 0.04
    return {
        "code": f"QC-{number:04d}",
        "name": " ".join(chance.choice(part) for part in parts),
        "sex": sex,
        "unit_id": unit,
        "state": "closed" if gone else "open",
        "step": step,
        "step_on": step_on,
        "listed_on": step_on - timedelta(days=0 if step == "source" else chance.randint(60, 700)),
        "last_contact_on": today - timedelta(days=chance.randint(0, 45)),
        "born_on": None,
        "born_year": today.year - chance.randint(19, 50),
        "education": chance.choice(told["education"]),
        "introduced_by": chance.choice(told["introduced_by"]),
    }


def _dates(candidate: int, unit: int, step: str, step_on: date) -> Iterator[dict[str, Any]]:
    """The days of those who are admitted already: resolution, decision, and for the recognised the end."""
    if step not in _ADMITTED:
        return
    joined = step_on - timedelta(days={"ceremony": 0, "probation": 10, "recognized": 400}[step])
    days = {"branch_resolution": joined - timedelta(days=70), "admission_decided": joined - timedelta(days=15)}
    if step == "recognized":
        days |= {"ceremony": joined, "recognition_decided": step_on - timedelta(days=5)}
    for event, on in days.items():
        yield {"candidate_id": candidate, "event": event, "on": on, "unit_id": unit}


def _contacts(
    connection: Connection, cases: list[_Case], helper: Mapping[int, int], size: Size, chance: Random, now: datetime
) -> None:
    told = content("province")
    rows: list[dict[str, Any]] = []
    for case in cases:
        for number in range(size.contacts):
            on = case.last_on - timedelta(days=number * chance.randint(12, 30))
            rows.append(
                {
                    "candidate_id": case.id,
                    "person_id": helper[case.unit],
                    "how": "met" if number == 0 else chance.choice(told["hows"]),
                    "on": on,
                    "written_at": now,
                    "key": f"sample:{case.id}:{number}",
                }
            )
        if len(rows) >= _MANY:
            bulk.add_contacts(connection, rows)
            rows.clear()
    bulk.add_contacts(connection, rows)


def _positions(connection: Connection, branches: list[int], today: date) -> None:
    """Nine branches of ten have said who holds their positions, some of them a long time ago; a few bear a mark."""
    chance = Random(_SEED)  # noqa: S311  (of their own, so that all the rest stays as it was)
    rows: list[dict[str, Any]] = []
    marked: list[dict[str, Any]] = []
    for unit in branches:
        if chance.random() < 0.2:
            marked.append({"unit_id": unit, "mark": chance.choice(content("province")["marks"])})
        if chance.random() < 0.1:
            continue
        said_on = today - timedelta(days=chance.randint(0, 450))
        for kind, most in content("province")["positions"].items():
            posts = chance.randint(1, most)
            held = posts - (chance.random() < 0.1)
            row = {"posts": posts, "held": held, "members": chance.randint(0, held), "said_on": said_on}
            rows.append({"unit_id": unit, "kind": kind, **row})
    for start in range(0, len(rows), _MANY):
        bulk.add_positions(connection, rows[start : start + _MANY])
    bulk.add_marks(connection, marked)


def _targets(connection: Connection, branches: list[int], chance: Random, today: date) -> None:
    """Every branch has a year's target, and every commune one by quarters."""
    rows: list[dict[str, Any]] = [
        {"unit_id": unit, "year": today.year, "quarter": 0, "admissions": chance.choice((0, 1, 1)), "sources": 1}
        for unit in branches
    ]
    communes = branches[0] - 2
    each = len(branches) // communes
    rows += [
        {"unit_id": commune, "year": today.year, "quarter": quarter, "admissions": each // 8, "sources": each // 4}
        for commune in range(2, communes + 2)
        for quarter in (1, 2, 3, 4)
    ]
    bulk.add_targets(connection, rows)
