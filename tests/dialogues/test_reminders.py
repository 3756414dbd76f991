"""Talks about reminders: the morning's list, what is done about each thing, and who is told what."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from bot.chat import Message
from storage import candidates, people
from storage.tables import notices, outbox
from tests.office import ZONE, Office


def at(day: str, time: str = "07:00") -> datetime:
    return datetime.fromisoformat(f"{day} {time}").replace(tzinfo=ZONE)


async def morning(office: Office, day: str, time: str = "07:00") -> None:
    office.now = at(day, time)
    await office.reminds()


async def test_the_morning_brings_one_list_and_no_second_one(office: Office) -> None:
    phone = office.phone("Lê Thị Hai")
    await morning(office, "2026-11-20")
    assert len(phone.messages) == 1
    assert "việc của đồng chí" in phone.last.text
    print(phone.last.text, phone.last.buttons)
    await office.reminds()
    await office.restarted().reminds()
    assert len(phone.messages) == 1
