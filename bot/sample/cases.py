"""The candidates of the sample ward: at every step, in every state, each with somebody who helps or nobody yet."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import Connection

from bot.sample.content import Names, between, by_weight, content, days_from
from bot.sample.people import Settled
from storage import bulk

MOST_HELPED = 4
# Of the newest in the list a few have nobody who helps them yet.
_UNHELPED = 0.12
_HANDED_OVER = 0.08


@dataclass(slots=True)
class Sample:
    """A candidate before it is written; `mood` says how things stand today, `earlier` who helped before."""

    name: str
    sex: str
    unit: str
    step: str
    mood: str | None
    listed_on: date
    step_on: date
    state: str = "open"
    year: int = 0
    helper: Settled | None = None
    earlier: Settled | None = None
    handed_on: date | None = None
    groups: Sequence[str] = ()
    more: dict[str, Any] = field(default_factory=dict)
    code: str = ""
    number: int = 0
    last_contact_on: date | None = None
    next_on: date | None = None


def imagine(people: Sequence[Settled], today: date, chance: Random) -> list[Sample]:
    """Everybody, the fixed ones first, in the order of their codes."""
    ward = content("ward")
    taken = [person.name for person in people] + [entry["name"] for entry in ward["fixed"]]
    names, helping = Names(chance, taken), Counter[int]()
    samples = [_fixed(entry, people, today, chance) for entry in ward["fixed"]]
    helping.update(sample.helper.number for sample in samples if sample.helper)
    samples += _others(ward, names, today, chance)
    for number, sample in enumerate(samples, 1):
        sample.code = f"QC-{number:04d}"
        _describe(sample, ward, today, chance)
        if sample.state in ("open", "closed") and sample.helper is None:
            _helped(sample, people, helping, chance)
        elif sample.state in ("proposed", "returned"):
            sample.more["proposed_by"] = chance.choice(_members(people, sample.unit)).number
    return samples


def _fixed(entry: Mapping[str, Any], people: Sequence[Settled], today: date, chance: Random) -> Sample:
    step_on, listed_on = _days(content("ward")["steps"][entry["step"]], today, chance)
    helper = next(person for person in people if person.address == entry["helper"])
    sample = Sample(
        **{name: entry[name] for name in ("name", "sex", "unit", "step", "mood", "year", "groups")},
        listed_on=min(listed_on, days_from(today, -150)),
        step_on=step_on,
        helper=helper,
    )
    if sample.step == "source":
        sample.step_on = sample.listed_on
    return sample


def _days(entry: Mapping[str, Any], today: date, chance: Random) -> tuple[date, date]:
    """The day of the step, and the day of the listing before it."""
    step_on = days_from(today, -between(chance, entry["days"]))
    return step_on, days_from(step_on, -between(chance, entry["listed"]))


def _others(ward: Mapping[str, Any], names: Names, today: date, chance: Random) -> Iterator[Sample]:
    """In the order in which they were listed, so that a higher code is a later one."""
    wanted = [
        (step, entry.get("state", "open"), "") for step, entry in ward["steps"].items() for _ in range(entry["count"])
    ]
    wanted += [(chance.choice(ward["ended"]["steps"]), "closed", "") for _ in range(ward["ended"]["count"])]
    wanted += [("source", "proposed", "") for _ in range(ward["proposed"]["count"])]
    wanted += [("source", "returned", why) for why in ward["returned"]["why"]]
    places = _places(ward, len(wanted), chance)
    weights = {mood: entry["weight"] for mood, entry in ward["moods"].items()}
    found = []
    for (step, state, why), unit in zip(wanted, places, strict=True):
        sex = chance.choice(("male", "female"))
        step_on, listed_on = _days(ward["steps"][step], today, chance)
        if state in ("proposed", "returned"):
            step_on = listed_on = days_from(today, -between(chance, (1, 12)))
        mood = by_weight(chance, weights) if state == "open" else None
        sample = Sample(names.give(sex), sex, unit, step, mood, listed_on, step_on, state)
        sample.more["returned_why"] = why or None
        found.append(sample)
    yield from sorted(found, key=lambda sample: sample.listed_on)


def _places(ward: Mapping[str, Any], count: int, chance: Random) -> list[str]:
    """A branch for each, in the branches' proportions."""
    branches = [unit["code"] for unit in ward["units"] if "cases" in unit for _ in range(unit["cases"])]
    places = (branches * (count // len(branches) + 1))[:count]
    chance.shuffle(places)
    return places


def _describe(sample: Sample, ward: Mapping[str, Any], today: date, chance: Random) -> None:
    area = ward["areas"][next(unit["area"] for unit in ward["units"] if unit["code"] == sample.unit)]
    sample.year = sample.year or today.year - between(chance, area["ages"])
    fitting = [label for label in area["groups"] if sample.sex == "female" or label != "woman"]
    if today.year - sample.year > 30:
        fitting = [label for label in fitting if label not in ("youth_union", "student")] or fitting
    sample.groups = sample.groups or sorted(chance.sample(fitting, min(len(fitting), chance.choice((1, 1, 2, 2, 3)))))
    day = date(sample.year, chance.randint(1, 12), chance.randint(1, 28))
    sample.more |= {
        "born_on": day if chance.random() < 0.7 else None,
        "born_year": sample.year,
        "education": chance.choice(area["education"]),
        "introduced_by": chance.choice(area["introduced_by"]),
        "phone": f"0901{int(sample.code[3:]):06d}" if chance.random() < 0.8 else None,
    }


def _members(people: Sequence[Settled], unit: str) -> list[Settled]:
    return [person for person in people if person.unit == unit]


def _helped(sample: Sample, people: Sequence[Settled], helping: Counter[int], chance: Random) -> None:
    """Somebody of the branch helps; nobody helps more than four, and now and then help was handed over."""
    if sample.step == "source" and sample.state == "open" and chance.random() < _UNHELPED:
        sample.mood = None
        return
    free = [person for person in _members(people, sample.unit) if helping[person.number] < MOST_HELPED]
    # Whoever helps already is asked again more often than not: one in three members helps somebody.
    busy = [person for person in free if 0 < helping[person.number] < MOST_HELPED - 1]
    sample.helper = chance.choice(busy if busy and chance.random() < 0.45 else free)
    helping[sample.helper.number] += 1
    before = [person for person in free if person is not sample.helper]
    if sample.step != "source" and sample.state == "open" and before and chance.random() < _HANDED_OVER:
        sample.earlier = chance.choice(before)


def write(connection: Connection, samples: Sequence[Sample], units: Mapping[str, int]) -> None:
    """Writes candidates with their groups and helpers; the contacts have been imagined by then."""
    rows = [_row(sample, units) for sample in samples]
    ids = bulk.add_candidates(connection, rows, {sample.code: sample.groups for sample in samples})
    helped = []
    for sample in samples:
        sample.number = ids[sample.code]
        handed = sample.handed_on
        if sample.earlier and handed:
            since = sample.listed_on
            helped.append(
                {"candidate_id": sample.number, "person_id": sample.earlier.number, "since": since, "until": handed}
            )
        if sample.helper:
            since, until = handed or sample.listed_on, sample.step_on if sample.state == "closed" else None
            helped.append(
                {"candidate_id": sample.number, "person_id": sample.helper.number, "since": since, "until": until}
            )
    bulk.add_assignments(connection, helped)


def _row(sample: Sample, units: Mapping[str, int]) -> dict[str, Any]:
    return {
        "code": sample.code,
        "name": sample.name,
        "sex": sample.sex,
        "unit_id": units[sample.unit],
        "state": sample.state,
        "step": sample.step,
        "step_on": sample.step_on,
        "listed_on": sample.listed_on,
        "last_contact_on": sample.last_contact_on,
        "next_on": sample.next_on,
        "returned_why": None,
        "proposed_by": None,
        **sample.more,
    }
