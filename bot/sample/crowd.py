"""A crowd for benchmarks: as many members as wanted, each with a chat and candidates of their own."""

from datetime import UTC, datetime
from random import Random

from sqlalchemy import Connection

from bot.sample.content import Names
from storage import bulk, history, units

FIRST_ADDRESS = 1000
_BRANCH = 30
_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def many(connection: Connection, people: int, candidates_each: int) -> dict[str, list[str]]:
    """Fills an empty database; the case codes of each address of the channel "telegram", "1000" and up."""
    chance = Random(people)  # noqa: S311  (the same crowd every time)
    names, today = Names(chance), _SINCE.date()
    top = units.add(connection, _SINCE, None, None, {"code": "CROWD", "name": "Crowd", "kind": "committee"})
    branches = [
        units.add(connection, _SINCE, None, top, {"code": f"CROWD{i}", "name": f"Crowd {i}", "kind": "branch"}).id
        for i in range(1, (people - 1) // _BRANCH + 2)
    ]
    unit = [branches[i // _BRANCH] for i in range(people)]
    rows = [{"code": f"CROWD-{i}", "name": names.give("male"), "phone": f"0902{i:06d}"} for i in range(people)]
    ids = bulk.add_people(connection, rows)
    member = [ids[row["code"]] for row in rows]
    held = [{"person_id": member[i], "unit_id": unit[i], "role": "member", "since": today} for i in range(people)]
    bulk.add_roles(connection, held)
    chats = [
        {"channel": "telegram", "address": str(FIRST_ADDRESS + i), "person_id": member[i], "since": _SINCE}
        for i in range(people)
    ]
    bulk.add_addresses(connection, chats)
    cases = {
        str(FIRST_ADDRESS + i): [f"QC-{i * candidates_each + j + 1:04d}" for j in range(candidates_each)]
        for i in range(people)
    }
    listed = [
        {"code": code, "name": names.give("female"), "sex": "female", "unit_id": unit[i], "state": "open"}
        | {"step": "source", "step_on": today, "listed_on": today}
        for i, codes in enumerate(cases.values())
        for code in codes
    ]
    numbers = bulk.add_candidates(connection, listed, {})
    helped = [
        {"candidate_id": numbers[code], "person_id": member[i], "since": today}
        for i, codes in enumerate(cases.values())
        for code in codes
    ]
    bulk.add_assignments(connection, helped)
    bulk.begin_cases(connection, _SINCE)
    filled = {"people": people, "candidates": len(listed)}
    history.record(connection, _SINCE, None, "sample.fill", f"unit:{top.id}", top.id, None, filled)
    return cases
