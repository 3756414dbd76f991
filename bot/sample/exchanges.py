"""What the sample ward has told each other: difficulties, one announcement, the survey of sources of two quarters."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection

from bot.rules.book import load as load_rulebook
from bot.rules.periods import Period, containing
from bot.sample.cases import Sample
from bot.sample.content import by_weight, content, days_from
from bot.sample.people import Settled
from storage import bulk

_SEED = 50
_UNTIL = "branch_vote"


def write(
    connection: Connection,
    now: datetime,
    unit: Mapping[str, int],
    people: Sequence[Settled],
    samples: Sequence[Sample],
) -> None:
    """Writes all of it as it stands at `now`."""
    told, chance = content("exchanges"), Random(_SEED)  # noqa: S311  (the same ward every time)
    known = {person.address: person for person in people if person.address}
    difficulties = [_difficulty(at, entry, known, unit, samples, now.date()) for at, entry in _numbered(told)]
    bulk.add_difficulties(connection, difficulties)
    _announce(connection, now, told["announcement"], unit, people, known)
    bulk.add_surveys(connection, list(_surveys(now, told, unit, people, samples, chance)))


def _numbered(told: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    return enumerate(told["difficulties"], 1)


def _difficulty(
    at: int,
    entry: Mapping[str, Any],
    known: Mapping[str, Settled],
    unit: Mapping[str, int],
    samples: Sequence[Sample],
    today: date,
) -> dict[str, Any]:
    by = known[entry["by"]]
    helped = [sample.number for sample in samples if sample.helper is by and sample.state == "open"]
    on, answer = days_from(today, -entry["days"]), entry.get("answer")
    return {
        "key": f"sample:{at}",
        "kind": entry["kind"],
        "words": entry["words"],
        "candidate_id": helped[0] if entry.get("case") and helped else None,
        "unit_id": unit[by.unit or ""],
        "person_id": by.number,
        "asked_level": entry["level"],
        "level": entry["level"],
        "state": entry.get("state", "open"),
        "raised_on": on,
        "since": on,
        "answer": answer,
        "answered_on": days_from(on, 4) if answer else None,
    }


def _announce(
    connection: Connection,
    now: datetime,
    entry: Mapping[str, Any],
    unit: Mapping[str, int],
    people: Sequence[Settled],
    known: Mapping[str, Settled],
) -> None:
    at = now - timedelta(days=entry["days"])
    top = next(code["code"] for code in content("ward")["units"] if code["kind"] == "committee")
    row = {
        "key": "sample",
        "text": entry["text"],
        "number": entry["number"],
        "document_on": at.date(),
        "person_id": known[entry["by"]].number,
        "unit_id": unit[top],
        "at": at,
        "state": "sent",
        "repeat_on": at.date() + timedelta(days=entry["repeat"]),
    }
    leads = [person for person in people if person.unit and person.role in entry["roles"]]
    readers = [
        {
            "person_id": lead.number,
            "unit_id": unit[lead.unit or ""],
            "read_at": None if number % entry["unread"] == 0 else at + timedelta(minutes=7 * number),
        }
        for number, lead in enumerate(leads)
    ]
    bulk.add_announcement(connection, row, readers)


def _surveys(
    now: datetime,
    told: Mapping[str, Any],
    unit: Mapping[str, int],
    people: Sequence[Settled],
    samples: Sequence[Sample],
    chance: Random,
) -> Iterator[dict[str, Any]]:
    """Everybody who was in the lists of the last quarter; of this quarter only some branches."""
    quarter = containing("quarter", now.date())
    steps = load_rulebook().entries.steps
    sources = [s for s in samples if s.state == "open" and steps[s.step].order < steps[_UNTIL].order]
    secretaries = {person.unit: person.number for person in people if person.role == "secretary"}
    finished = list(dict.fromkeys(sample.unit for sample in sources if sample.unit != "TDP1"))[: told["finished"]]
    for sample in sources:
        wanted: list[Period] = [quarter.previous] if sample.listed_on <= quarter.previous.last else []
        wanted += [quarter] if sample.unit in finished else []
        for period in wanted:
            at = min(now - timedelta(days=3), datetime.combine(period.last, now.timetz()))
            yield {
                "candidate_id": sample.number,
                "year": period.year,
                "quarter": period.number,
                "unit_id": unit[sample.unit],
                "ripeness": by_weight(chance, told["ripeness"]),
                "note": None,
                "person_id": secretaries[sample.unit],
                "at": at,
            }
