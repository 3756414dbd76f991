"""A year of the sample ward, day by day: everybody is told what they must be told, once, and nobody else."""

import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, select

from bot.rules.lists import Swap
from bot.sample import OPENS_ON
from storage import candidates, contacts, dues, rulebook
from storage.tables import addresses, notices, outbox
from tests.reminders.world import KINDS, ZONE, Ledger, Must, World, ward

CODE = re.compile(r"QC-\d{4}")
SUNDAY = 6
JOINED = ("hai", "an", "tam", "phong")
HOLIDAY, RULE = date(2027, 1, 25), date(2027, 4, 5)
OUTAGE = {date(2027, 2, 20) + timedelta(days=ahead) for ahead in range(11)}


def at(day: date, hour: int = 16) -> datetime:
    return datetime.combine(day, time(hour), ZONE)


def live(connection: Connection, day: date, chance: Random) -> None:
    """What people do on a day: some are met; now and then help is handed over, or a case ends."""
    ledger = Ledger(connection)
    open_ = [case for case in ledger.case.values() if case.state == "open" and ledger.helpers[case.id]]
    for row in chance.sample(open_, 2):
        helper = ledger.helpers[row.id][0]
        case = candidates.by_number(connection, row.id)
        contacts.log(connection, at(day), helper, case, f"lived:{day}:{row.id}", {"how": "met", "on": day})
    if day.day == 9:
        row = chance.choice(open_)
        case, old = candidates.by_number(connection, row.id), ledger.helpers[row.id][0]
        others = [p for p in ledger.holders[row.unit_id, "member"] if p not in ledger.helpers[row.id]]
        candidates.release(connection, at(day), None, case, old, day)
        candidates.assign(connection, at(day), None, case, chance.choice(others), day)
    if day.day == 21:
        case = candidates.by_number(connection, chance.choice(open_).id)
        candidates.change(connection, at(day), None, case, "candidate.close", {"state": "closed"})


def told_of_old_dates(connection: Connection) -> dict[int, set[int]]:
    """Date -> who has been told of it as it stands now."""
    found = select(notices.c.due_id, notices.c.person_id, notices.c.kind).where(
        notices.c.state == "said", notices.c.due_id.is_not(None)
    )
    told: dict[int, set[int]] = {}
    for row in connection.execute(found):
        if KINDS[row.kind].get("news", True):
            told.setdefault(row.due_id, set()).add(row.person_id)
    return told


def late_holiday(connection: Connection, day: date) -> None:
    swap = Swap(rest=date(2027, 2, 1), name="nghỉ thêm")
    rulebook.add_swap(connection, at(day), None, swap)
    rules = rulebook.rules_of(connection)
    dues.refresh(connection, at(day), dues.touched_by(connection, swap), rules.book, rules.calendar)


def changed_rule(connection: Connection, day: date) -> None:
    version = "{from: 2025-06-09, start: ceremony, amount: 14, unit: months, document: hd_06_2025, mark: unit}"
    text = f"deadlines:\n  new_member_class:\n    versions:\n      - {version}\n"
    rulebook.switch_on(connection, at(day), None, text.encode())
    dues.refresh_all(connection, at(day))


async def changes(world: World, day: date, change: Any) -> int:
    """Makes a change; whoever had been told a date that moves is told the new one, once. How many were."""
    before = await world.do(lambda c: {d.id: d.due_on for d in Ledger(c).dues})
    told = await world.do(told_of_old_dates)
    await world.do(lambda connection: change(connection, day))
    moved = await world.do(lambda c: {d.id for d in Ledger(c).dues if before.get(d.id, d.due_on) != d.due_on})
    assert moved
    expected = Counter((due, person) for due in moved for person in told.get(due, ()))
    rows = await world.do(lambda c: list(c.execute(select(notices).where(notices.c.stage == "moved"))))
    assert Counter((r.due_id, r.person_id) for r in rows if r.created_on == day) == expected
    await world.do(lambda connection: change(connection, day))
    again = await world.do(lambda c: list(c.execute(select(notices.c.id).where(notices.c.stage == "moved"))))
    assert len(again) == len(rows)
    return len(expected)


def new_today(connection: Connection, day: date) -> set[Must]:
    about_cases = (notices.c.created_on == day, notices.c.due_id.is_not(None), notices.c.stage != "moved")
    rows = connection.execute(select(notices).where(*about_cases))
    return {Must(r.due_id, r.kind, r.due_on, r.person_id, r.stage) for r in rows}


def still_owed(connection: Connection) -> set[int]:
    return set(connection.execute(select(notices.c.person_id).where(notices.c.state == "owed")).scalars())


async def test_in_a_year_everybody_is_told_what_they_must_be_told_once_and_nobody_else(tmp_path: Path) -> None:
    chance = Random(7)
    async with ward(tmp_path, OPENS_ON) as world:
        # A member, a secretary, a supervisor and the office; the others have not joined.
        await world.do(lambda c: c.execute(addresses.delete().where(addresses.c.address.not_in(JOINED))))
        whose = {r.address: r.person_id for r in await world.do(lambda c: list(c.execute(select(addresses))))}
        said, news = 0, 0
        known: set[Must] = set()
        for ahead in range(365):
            day = OPENS_ON + timedelta(days=ahead)
            if day in OUTAGE or chance.random() < 0.2:
                continue
            if chance.random() < 0.05:
                world.starts_anew()
            counted = {address: len(messages) for address, messages in world.channel.sent.items()}
            await world.reaches(day)
            ledger, new = await world.do(lambda c, day=day: (Ledger(c), new_today(c, day)))
            musts = ledger.musts(day)
            assert new == musts - known, day
            known |= new
            if day.weekday() != SUNDAY:
                assert not await world.do(still_owed) & ledger.joined, day
            for address, messages in world.channel.sent.items():
                fresh = [message for message in messages[counted.get(address, 0) :] if message.edit is None]
                assert len(fresh) <= 1, (day, address)
                codes = {code for message in messages[counted.get(address, 0) :] for code in CODE.findall(message.text)}
                assert codes <= ledger.may_see(whose[address]), (day, address)
                said += len(fresh)
            await world.do(lambda connection, day=day: live(connection, day, chance))
            if day == HOLIDAY:
                news += await changes(world, day, late_holiday)
            if day == RULE:
                news += await changes(world, day, changed_rule)
        assert said > 200
        assert news
        sent = await world.do(
            lambda c: Counter(c.execute(select(outbox.c.kind).where(outbox.c.state == "sent")).scalars())
        )
        assert sent["digest"] + sent["notice"] + sent["urgent"] == said
