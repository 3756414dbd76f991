"""`chibot remind`: what a day will bring, and that looking at it changes nothing."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot.remind import preview
from bot.sample import OPENS_ON
from storage.tables import dues, notices, outbox, unit_looks
from tests.reminders.world import Ledger, ward
from tests.terminal import Terminal


def untouched(connection: Connection) -> list[object]:
    counts = [connection.execute(select(func.count()).select_from(table)).scalar() for table in (notices, outbox)]
    looks = list(connection.execute(select(dues.c.id, dues.c.next_look_on).order_by(dues.c.id)))
    return [*counts, looks, list(connection.execute(select(unit_looks).order_by(unit_looks.c.unit_id)))]


async def test_a_day_to_come_is_told_as_it_will_be_and_nothing_is_changed(tmp_path: Path) -> None:
    async with ward(tmp_path, OPENS_ON) as world:
        await world.reaches(OPENS_ON)
        before = await world.do(untouched)
        for ahead in (1, 9, 17):
            day = OPENS_ON + timedelta(days=ahead)
            ledger = await world.do(Ledger)
            wanted = ledger.musts(day) - ledger.musts(day - timedelta(days=1))
            told = await preview(world.database, day, OPENS_ON)
            cases = [one for one in told if one["subject"].startswith("QC-")]
            assert len(cases) == len(wanted), day
            assert {one["kind"] for one in cases} == {must.kind for must in wanted}
            assert all(one["person"] and one["unit"] and one["text"] for one in told)
        assert await world.do(untouched) == before


async def test_what_was_previewed_is_what_the_day_brings(tmp_path: Path) -> None:
    async with ward(tmp_path, OPENS_ON) as world:
        day = OPENS_ON + timedelta(days=1)
        await world.reaches(OPENS_ON)
        told = await preview(world.database, day, OPENS_ON)
        await world.reaches(day)
        rows = await world.do(lambda c: list(c.execute(select(notices).where(notices.c.created_on == day))))
        assert sorted((one["kind"], one["due_on"]) for one in told) == sorted((r.kind, str(r.due_on)) for r in rows)
        again = await preview(world.database, day, day)
        assert len(again) == len(told)


def test_the_command_line_prints_one_document(terminal: Terminal) -> None:
    terminal.set_up()
    said = terminal.run("remind", "--on", "2026-12-28", "--json")
    assert said.code == 0
    found = said.json
    assert isinstance(found, list)
    assert all(set(one) == {"person", "unit", "kind", "subject", "due_on", "text"} for one in found)
    assert terminal.run("remind", "--on", "28/12").code == 2
