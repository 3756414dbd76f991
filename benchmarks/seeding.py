"""A branch whose members are all at the fake Telegram, each helping one candidate: person n helps QC-000n."""

import asyncio
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from bot.chat import Address
from storage import candidates, people, units
from storage.database import connect
from storage.migrations import upgrade
from tests.fakes.telegram_people import FIRST_PERSON

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ON = date(2026, 3, 1)


def fill(connection: Connection, count: int) -> None:
    """The ward, the branch, the members and their candidates."""
    ward = units.add(connection, AT, None, None, {"code": "W", "name": "Ward", "kind": "committee"})
    branch = units.add(connection, AT, None, ward, {"code": "B1", "name": "Branch", "kind": "branch"})
    office = people.add(connection, "Office One")
    people.give_role(connection, office, ward.id, "office", ON)
    boss = people.by_id(connection, office)
    for number in range(count):
        person = people.add(connection, f"Member {number + 1}")
        people.give_role(connection, person, branch.id, "member", ON)
        people.link(connection, Address("telegram", str(FIRST_PERSON + number)), person, AT)
        new = {"name": f"Candidate {number + 1}", "unit_id": branch.id, "state": "open", "step": "source"}
        code = candidates.add(connection, AT, office, {**new, "step_on": ON, "listed_on": ON}, [])
        case = candidates.case_for(connection, boss, code)
        candidates.assign(connection, AT, office, case, person, ON)


def seed(database_url: str, people_: int) -> None:
    """Fills an empty database for so many people."""

    async def run() -> None:
        database = await connect(database_url)
        try:
            await database.write(upgrade)
            await database.write(lambda connection: fill(connection, people_))
        finally:
            await database.close()

    asyncio.run(run())
