"""Eight months of contacts: how often, how, what was noted, what was agreed next, and where it fell silent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random
from typing import Any

from bot.sample.cases import Sample
from bot.sample.content import between, by_weight, content, days_from
from bot.sample.people import Settled

EIGHT_MONTHS = 245
_NOTED = 0.45
_AGREED = 0.6
_NEEDS_HELP = 0.02
_EARLY = ("source", "assign_helper", "awareness_class")


@dataclass(frozen=True, slots=True)
class Visit:
    """One contact before it is written."""

    sample: Sample
    by: Settled
    on: date
    next_on: date | None
    how: str


def imagine(samples: Sequence[Sample], today: date, chance: Random) -> list[Visit]:
    """All contacts, and with them when each candidate was last met and what comes next."""
    return [visit for sample in samples if sample.helper for visit in _of(sample, today, chance)]


def _of(sample: Sample, today: date, chance: Random) -> Iterator[Visit]:
    ward = content("ward")
    mood = ward["moods"].get(sample.mood or "")
    first = max(days_from(sample.listed_on, chance.randint(1, 6)), days_from(today, -EIGHT_MONTHS))
    last = days_from(today, between(chance, mood["last"])) if mood else sample.step_on
    coming = days_from(today, between(chance, mood["next"])) if mood and mood["next"] else None
    rhythm = chance.choices(ward["rhythms"], [each["weight"] for each in ward["rhythms"]])[0]
    days = _days(first, last, rhythm["every"], chance)
    if sample.earlier and len(days) > 3:
        sample.handed_on = days[len(days) // 2]
    for number, on in enumerate(days):
        final = number == len(days) - 1
        agreed = coming if final else _agreed(on, days[number + 1], chance)
        how = "met" if final else by_weight(chance, ward["how"])
        by = sample.earlier if sample.earlier and sample.handed_on and on < sample.handed_on else sample.helper
        if how != "not_reached":
            sample.last_contact_on = on
        sample.next_on = agreed
        if by:
            yield Visit(sample, by, on, agreed, how)


def _days(first: date, last: date, every: Sequence[int], chance: Random) -> list[date]:
    """Days of contact from the last one back to the first; none when the listing is newer than the last would be."""
    days = []
    while last >= first:
        days.append(last)
        last = days_from(last, -between(chance, every))
    return days[::-1]


def _agreed(on: date, following: date, chance: Random) -> date | None:
    """What had been agreed: the day on which they met again, or a little before it."""
    if chance.random() > _AGREED:
        return None
    return max(days_from(on, 1), days_from(following, -chance.choice((0, 0, 0, 1, 2))))


def rows(visits: Sequence[Visit], now: datetime, chance: Random) -> list[dict[str, Any]]:
    """The entries as they are written, in the order of their days."""
    ward = content("ward")
    ordered = sorted(visits, key=lambda visit: visit.on)
    return [_row(number, visit, ward, now, chance) for number, visit in enumerate(ordered, 1)]


def _row(number: int, visit: Visit, ward: Mapping[str, Any], now: datetime, chance: Random) -> dict[str, Any]:
    missed = visit.how == "not_reached"
    evening = time(chance.randint(16, 20), chance.randint(0, 59))
    noted = not missed and chance.random() < _NOTED
    return {
        "candidate_id": visit.sample.number,
        "person_id": visit.by.number,
        "how": visit.how,
        "reason": chance.choice(ward["reasons"]) if missed else None,
        "on": visit.on,
        "note": chance.choice(ward["notes"][_phase(visit)]) if noted else None,
        "next_on": visit.next_on,
        "needs_help": chance.random() < _NEEDS_HELP,
        "written_at": datetime.combine(visit.on, evening, now.tzinfo),
        "key": f"sample:{number}",
    }


def _phase(visit: Visit) -> str:
    """What there is to talk about: a note speaks of papers only once the step has come."""
    sample = visit.sample
    if sample.step in _EARLY or visit.on < sample.step_on:
        return "early" if sample.step != "probation" else "dossier"
    late = ("ceremony", "probation", "recogni", "failed")
    return "probation" if sample.step.startswith(late) else "dossier"
