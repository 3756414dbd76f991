"""kill -9 during rounds of reminders, and while they go out: `python -m benchmarks.soak_reminders`.

As `benchmarks.soak_notices`, but only half of the messages are in the outbox at the start: the other half are people
who help somebody whom nobody has met for months. Their lists come from the rounds of the chibot that is killed. Run it
with CHIBOT_TIMEZONE set to a zone where it is a weekday after seven: on Sundays, and earlier, nobody gets a list.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from benchmarks.notices import AT, fill
from benchmarks.soak_notices import soak
from bot.chat import Address
from storage import candidates, people, units
from storage.database import connect
from storage.migrations import upgrade
from tests.fakes.telegram_people import FIRST_PERSON

ON = date(2026, 3, 1)


def fill_both(connection: Connection, count: int) -> None:
    """Half of the people are owed a notice, the other half help somebody in a section, which has no meetings."""
    half = count // 2
    fill(connection, half)
    ward = units.by_code(connection, "W")
    section = units.add(connection, AT, None, ward, {"code": "S", "name": "Section", "kind": "section"})
    boss = people.add(connection, "Office One")
    people.give_role(connection, boss, ward.id if ward else 0, "office", ON)
    office = people.by_id(connection, boss)
    for number in range(half, count):
        person = people.add(connection, f"Helper {number + 1}")
        people.give_role(connection, person, section.id, "member", ON)
        people.link(connection, Address("telegram", str(FIRST_PERSON + number)), person, AT)
        new = {"name": f"Candidate {number + 1}", "unit_id": section.id, "state": "open", "step": "source"}
        code = candidates.add(connection, AT, boss, {**new, "step_on": ON, "listed_on": ON}, [])
        candidates.assign(connection, AT, boss, candidates.case_for(connection, office, code), person, ON)


def seed(url: str, count: int) -> None:
    """Fills an empty database."""

    async def run() -> None:
        database = await connect(url)
        try:
            await database.write(upgrade)
            await database.write(lambda connection: fill_both(connection, count))
        finally:
            await database.close()

    asyncio.run(run())


def main() -> None:
    """Prints what was lost and what came twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--count", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=2026, help="makes the random moments the same again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = soak(given.kills, given.count, random.Random(given.seed), Path(folder), seed)
    print(json.dumps(figures, indent=2))
    within = figures["sent_twice"] <= figures["in_flight_at_the_kills"]
    sys.exit(0 if figures["lost"] == 0 and within else 1)


if __name__ == "__main__":
    main()
