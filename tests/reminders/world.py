"""The sample ward lived through day by day, and a second, plain account of what people must be told."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import Connection, select

from bot.delivery import Delivery, Terms
from bot.reminding import Reminding
from bot.rules.quiet import Hours
from bot.sample import fill
from handlers import digest, losses
from storage import preferences
from storage.database import Database, connect
from storage.migrations import upgrade
from storage.tables import addresses, assignments, candidates, dues, roles, units, vettings
from tests.office import Recorder

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SHIPPED = Path(__file__).parents[2] / "bot/rules/data/reminders.yaml"
KINDS: dict[str, Any] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["reminders"]
BY_RULE = {rule: (slug, kind) for slug, kind in KINDS.items() for rule in kind.get("rules", ())}


class World:
    """The ward, its messenger and its clock; `starts_anew` is another process on the same database."""

    def __init__(self, database: Database, day: date, channel: Recorder | None = None) -> None:
        self.database = database
        self.channel = channel or Recorder("phone")
        self.now = datetime.combine(day, time(8), ZONE)
        self._slept = 0.0
        self.starts_anew()

    def starts_anew(self) -> None:
        terms = Terms(Hours.parse("21:00-06:30"), preferences.own_hours, digest.look, losses.tell)
        ticks = lambda: self.now.timestamp() + self._slept  # noqa: E731
        channels = {"phone": self.channel}
        self.delivery = Delivery(self.database, channels, lambda: self.now, terms=terms, ticks=ticks, sleep=self._sleep)
        self.reminding = Reminding(self.database, lambda: self.now, self.delivery.nudge)

    async def _sleep(self, seconds: float) -> None:
        self._slept += seconds
        await asyncio.sleep(0)

    async def do(self, work: Any) -> Any:
        return await self.database.write(work)

    async def reaches(self, day: date, hour: int = 7) -> None:
        """The rounds of one moment."""
        self.now = datetime.combine(day, time(hour), ZONE)
        await self.reminding.round()
        await self.delivery.round()
        await self.delivery.drain(5)


@asynccontextmanager
async def ward(folder: Path, day: date) -> AsyncIterator[World]:
    """The sample ward on this morning."""
    database = await connect(f"sqlite+aiosqlite:///{folder / 'ward.db'}")
    try:
        await database.write(upgrade)
        world = World(database, day)
        await database.write(lambda connection: fill(connection, world.now))
        yield world
        await world.delivery.drain(5)
    finally:
        await database.close()


@dataclass(frozen=True)
class Must:
    """That this person is told this stage of this date."""

    due: int
    kind: str
    due_on: date
    person: int
    stage: str


class Ledger:
    """Who holds which role, helps whom and can be reached; read plainly from the tables."""

    def __init__(self, connection: Connection) -> None:
        self.unit = {row.id: row for row in connection.execute(select(units))}
        self.case = {row.id: row for row in connection.execute(select(candidates))}
        self.helpers: dict[int, list[int]] = defaultdict(list)
        for row in connection.execute(select(assignments).where(assignments.c.until.is_(None))):
            self.helpers[row.candidate_id].append(row.person_id)
        self.holders: dict[tuple[int, str], list[int]] = defaultdict(list)
        for row in connection.execute(select(roles).where(roles.c.until.is_(None))):
            self.holders[row.unit_id, row.role].append(row.person_id)
        self.joined = {row.person_id for row in connection.execute(select(addresses))}
        self.dues = list(connection.execute(select(dues).where(dues.c.closed_at.is_(None))))
        self.asked = {(row.candidate_id, row.ref): row.responsible_id for row in connection.execute(select(vettings))}

    def above(self, unit: int) -> Iterator[int]:
        here: int | None = unit
        while here is not None:
            yield here
            here = self.unit[here].parent_id

    def leaders(self, unit: int) -> set[int]:
        committee = self.unit[unit].committee_id
        for here in self.above(unit):
            if here == committee:
                break
            found = {*self.holders[here, "secretary"], *self.holders[here, "deputy"]}
            if found:
                return found
        return set(self.holders[committee, "office"])

    def supervisors(self, unit: int) -> set[int]:
        return {person for here in self.above(unit) for person in self.holders[here, "area_supervisor"]}

    def told(self, role: str, case: Any, subject: str, kind: Any) -> set[int]:
        office = set(self.holders[self.unit[case.unit_id].committee_id, "office"])
        if role == "responsible" and (who := self.asked.get((case.id, subject))):
            return {who}
        if role in ("helper", "responsible"):
            mine = set(self.helpers[case.id])
            return mine if mine & self.joined else mine | self.leaders(case.unit_id)
        if role == "secretary":
            return self.leaders(case.unit_id)
        if role == "supervisor":
            return self.supervisors(case.unit_id) or (set() if kind.get("optional") else office)
        return office

    def may_see(self, person: int) -> set[str]:
        """The codes of the cases that a person may read of."""
        seen = set()
        for case in self.case.values():
            above = list(self.above(case.unit_id))
            committee = self.unit[case.unit_id].committee_id
            leads = any(
                person in self.holders[here, role]
                for here in above
                for role in ("secretary", "deputy", "area_supervisor")
            )
            office = any(person in self.holders[committee, role] for role in ("office", "organisation_board"))
            if leads or office or person in self.helpers[case.id]:
                seen.add(case.code)
        return seen

    def musts(self, today: date) -> set[Must]:
        """What must have been said by the evening of this day about every date that runs."""
        found = set()
        for due in self.dues:
            if due.rule not in BY_RULE:
                continue
            slug, kind = BY_RULE[due.rule]
            reached = [at for at in kind["stages"] if due.due_on + timedelta(days=at) <= today]
            if not reached:
                continue
            case = self.case[due.candidate_id]
            for role in kind["stages"][max(reached)]:
                for person in self.told(role, case, due.subject, kind):
                    found.add(Must(due.id, slug, due.due_on, person, str(max(reached))))
        return found
