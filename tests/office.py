"""A small committee in a fresh database, with phones to chat from: what most tests of the house begin with."""

import asyncio
import itertools
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import handlers.everything  # noqa: F401
from bot.chat import Address, Button, Channel, Document, Incoming, Message, NotSent
from bot.delivery import Delivery, Terms
from bot.reminding import Reminding
from bot.rules.access import Role
from bot.rules.quiet import Hours
from handlers import digest, losses
from handlers.dispatcher import Dispatcher
from handlers.templates import templates
from storage import candidates, invitations, people, preferences, units
from storage.database import Database, connect
from storage.migrations import upgrade

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
QUIET = Hours.parse("21:00-06:30")
TODAY = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)


class Recorder:
    """A messenger that keeps what it is given."""

    has_buttons = has_files = has_pictures = True
    text_limit = 4096
    a_second = 30

    def __init__(self, name: str = "test") -> None:
        self.name = name
        self.sent: dict[str, list[Message]] = {}
        self.menus: dict[str, Sequence[tuple[str, str]]] = {}
        # What goes wrong with the next messages, one each.
        self.problems: list[Exception] = []
        self.tries = 0
        self.refusing = False
        self._ids = itertools.count(1)

    async def send(self, address: str, message: Message) -> str:
        self.tries += 1
        if self.problems:
            raise self.problems.pop(0)
        if self.refusing:
            raise NotSent
        self.sent.setdefault(address, []).append(message)
        return str(next(self._ids))

    async def run(self, receive: Any) -> None:
        await asyncio.Event().wait()

    async def fetch(self, document: Document) -> bytes:
        return Path(document.handle).read_bytes()

    async def link(self) -> str | None:
        return "https://t.me/thu_bot?start="

    async def close(self) -> None:
        return None

    async def menu(self, address: str, commands: Sequence[tuple[str, str]]) -> None:
        self.menus[address] = commands


class Phone:
    """One chat. `says` and `presses` give the answer to it, or None when there was none."""

    def __init__(self, office: "Office", address: str) -> None:
        self._office = office
        self.address = address

    @property
    def messages(self) -> list[Message]:
        """Everything that came here."""
        return self._office.channel.sent.setdefault(self.address, [])

    @property
    def last(self) -> Message:
        """The latest message."""
        return self.messages[-1]

    async def says(self, text: str, **more: Any) -> Message | None:
        return await self._send(text=text, **more)

    async def presses(self, label: str, message: Message | None = None) -> Message | None:
        """Presses the button whose label begins so, under the last message or the given one."""
        return await self._send(text=self.button(label, message).send, pressed="1")

    def button(self, label: str, message: Message | None = None) -> Button:
        """A button by the beginning of its label."""
        rows = (message or self.last).buttons
        found = [button for row in rows for button in row if button.label.startswith(label)]
        assert found, f"no button {label!r} under {(message or self.last).text!r}: {rows}"
        return found[0]

    async def shares(self, phone: str) -> Message | None:
        return await self._send(phone=phone)

    async def sends(self, attachment: Any) -> Message | None:
        return await self._send(attachment=attachment)

    async def sends_file(self, path: Path) -> Message | None:
        """Sends a workbook; gives the first of the answers."""
        document = Document(path.name, path.stat().st_size, str(path))
        return await self._send(attachment="file", document=document)

    async def _send(self, **what: Any) -> Message | None:
        before = len(self.messages)
        await self._office.receive(self.address, **what)
        new = self.messages[before:]
        return new[0] if new else None


class Office:
    """Ward W with branches B1 and B2: an office, a supervisor, inspection; in each branch a secretary and members."""

    def __init__(self, database: Database, channel: Recorder | None = None) -> None:
        self.database = database
        self.now = TODAY
        self.channel = channel or Recorder()
        # Seconds that pauses of the delivery have taken: nobody sleeps in a test.
        self._slept = 0.0
        self.delivery = self.delivering({"test": self.channel})
        self.reminding = Reminding(database, lambda: self.now, self.delivery.nudge)
        self.dispatcher = Dispatcher(
            database,
            templates(),
            lambda: self.now,
            self.delivery,
            lambda _: "https://t.me/thu_bot?start=",
            fetch=lambda _, document: self.channel.fetch(document),
        )
        self._ids = itertools.count(1)
        self.unit: dict[str, units.Unit] = {}
        self.person: dict[str, int] = {}

    def delivering(self, channels: Mapping[str, Channel], terms: Terms | None = None) -> Delivery:
        """Another pair of hands on this office's outbox, on the office's clock."""
        terms = terms or Terms(QUIET, preferences.own_hours, digest.look, losses.tell)
        ticks = lambda: self.now.timestamp() + self._slept  # noqa: E731
        return Delivery(self.database, channels, lambda: self.now, terms=terms, ticks=ticks, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self._slept += seconds
        await asyncio.sleep(0)

    def restarted(self) -> "Office":
        """The same database and messenger under a process that has just started."""
        other = Office(self.database, self.channel)
        other.now, other.unit, other.person = self.now, self.unit, self.person
        other._ids = itertools.count(10_000)
        return other

    async def do(self, work: Any) -> Any:
        """Runs one unit of work on the database."""
        return await self.database.write(work)

    async def receive(self, address: str, **what: Any) -> None:
        """One message comes in; waits until everything it led to has been sent."""
        identity = what.pop("id", None) or str(next(self._ids))
        # Nobody writes twice within a second.
        self._slept += 1
        incoming = Incoming(Address("test", address), identity, self.now, **what)
        await self.dispatcher.receive(incoming)
        await self.dispatcher.finish(30)
        await self.delivery.drain(5)

    def passes(self, **time: float) -> None:
        """The office clock moves on."""
        self.now += timedelta(**time)

    async def reminds(self) -> None:
        """The rounds of this moment: of the reminders, and of what is sent."""
        await self.reminding.round()
        await self.delivery.round()
        await self.delivery.drain(5)

    def phone(self, name: str) -> Phone:
        """The phone of somebody (joined when the person was made), or a stranger's."""
        return Phone(self, name)

    async def has_unit(
        self, code: str, name: str, kind: str = "branch", parent: str | None = None, **more: Any
    ) -> None:
        def work(connection: Connection) -> None:
            values = {"code": code, "name": name, "kind": kind, **more}
            above = units.by_code(connection, parent) if parent else None
            self.unit[code] = units.add(connection, self.now, None, above, values)

        await self.do(work)

    async def has_person(
        self, name: str, role: Role, unit: str, phone: str | None = None, *, joined: bool = True
    ) -> int:
        """Somebody with a role in a unit; joined from the phone that bears the name."""

        def work(connection: Connection) -> int:
            known = self.person.get(name)
            person = known or people.add(connection, name, phone)
            people.give_role(connection, person, self.unit[unit].id, role, date(2026, 1, 1))
            if joined and not known:
                people.link(connection, Address("test", name), person, self.now)
            return person

        self.person[name] = await self.do(work)
        return self.person[name]

    async def has_candidate(self, name: str, unit: str, helper: str | None = None, **more: Any) -> str:
        """A candidate, with a helper if one is named; gives the code."""

        def work(connection: Connection) -> str:
            values: dict[str, Any] = {
                "name": name,
                "unit_id": self.unit[unit].id,
                "state": "open",
                "step": "source",
                "step_on": date(2026, 3, 1),
                "listed_on": date(2026, 3, 1),
                **more,
            }
            groups = values.pop("groups", [])
            code = candidates.add(connection, self.now, None, values, groups)
            if helper:
                boss = people.by_id(connection, self.person["Trần Văn Phòng"])
                case = candidates.case_for(connection, boss, code)
                on = values["listed_on"]
                candidates.assign(connection, self.now, self.person["Trần Văn Phòng"], case, self.person[helper], on)
            return code

        return str(await self.do(work))

    async def invite(self, name: str) -> str:
        """A fresh invitation code for somebody."""
        made = await self.do(lambda c: invitations.make(c, self.now, self.person[name], None))
        return str(made.code)


@dataclass(frozen=True, slots=True)
class Usual:
    """Who is who in the usual committee, and the file that it is in; no content where it is in a server."""

    unit: dict[str, units.Unit]
    person: dict[str, int]
    content: bytes = b""


@cache
def tables() -> bytes:
    """An empty file with all tables: they are made once for a test run."""
    return asyncio.run(_made(lambda office: office.do(upgrade))).content


@cache
def usual() -> Usual:
    """The usual committee: it is made once for all the offices of a test run."""
    return asyncio.run(_made(fill))


async def _made(work: Callable[["Office"], Awaitable[object]]) -> Usual:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made.db"
        database = await connect(f"sqlite+aiosqlite:///{file}", along=0)
        office = Office(database)
        await work(office)
        await database.close()
        return Usual(office.unit, office.person, file.read_bytes())


async def fill(office: Office) -> None:
    """Makes the tables where there are none, and the usual committee in them."""
    await office.do(upgrade)
    await office.has_unit("W", "Phường Thử Nghiệm", "committee")
    await office.has_unit("B1", "Chi bộ Tổ dân phố 1", parent="W", area="residential")
    await office.has_unit("B2", "Chi bộ Trường Tiểu học", parent="W", area="school")
    await office.has_person("Trần Văn Phòng", "office", "W", "0900000001")
    await office.has_person("Lý Thị Tổ Chức", "organisation_board", "W")
    await office.has_person("Đỗ Văn Kiểm", "inspection", "W")
    await office.has_person("Phan Văn Địa Bàn", "area_supervisor", "B1")
    await office.has_person("Lê Thị Bí", "secretary", "B1", "0900000002")
    await office.has_person("Ngô Văn Phó", "deputy", "B1")
    await office.has_person("Lê Thị Hai", "member", "B1", "0912345678")
    await office.has_person("Bùi Văn Ba", "member", "B1")
    await office.has_person("Hồ Thị Thư", "secretary", "B2")
    await office.has_person("Mai Văn Tư", "member", "B2")
    await office.has_candidate("Nguyễn Ngọc Lan", "B1", "Lê Thị Hai", sex="female", born_year=2000)
    await office.has_candidate("Trương Đình Hòa", "B1", "Lê Thị Hai", sex="male", born_year=1995)
    await office.has_candidate("Trần Thị Lan", "B1", "Bùi Văn Ba", sex="female", born_year=1996)
    await office.has_candidate("Võ Văn Sơn", "B2", "Mai Văn Tư", sex="male", born_year=1999)


@asynccontextmanager
async def open_office(folder: Path, url: str | None = None, there: Usual | None = None) -> AsyncIterator[Office]:
    """The committee with its usual people; branch B1 has candidates Lan (2) and Hòa, branch B2 has Sơn.

    In a file of this folder, or in the database at `url`; `there`: it is in that database already.
    """
    if url is None:
        there = await asyncio.to_thread(usual)
        (folder / "office.db").write_bytes(there.content)
    # Nobody else writes meanwhile: what may wait for company need not.
    database = await connect(url or f"sqlite+aiosqlite:///{folder / 'office.db'}", along=0)
    office = Office(database)
    if there is None:
        await fill(office)
    else:
        office.unit, office.person = dict(there.unit), dict(there.person)
    try:
        yield office
    finally:
        await office.delivery.drain(5)
        await database.close()
