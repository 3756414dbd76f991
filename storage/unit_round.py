"""A round over units: what stands before each becomes notices; a look when something comes, or after a change."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select

from bot.rules.book import Rulebook
from bot.rules.periods import containing
from bot.rules.reminder_entries import Recipient, ReminderKind
from bot.rules.reminders import HASTES, MOVED, Stage, is_off, kinds_by_event, next_look, shift_of, stage_of
from bot.rules.unit_events import Event, events
from storage import notices, recipients, rulebook, units
from storage.database import insert
from storage.notices import Notice
from storage.recipients import Offices, Place
from storage.settings import locals_of
from storage.tables import unit_looks
from storage.tables import units as unit_rows
from storage.unit_facts import facts_of
from storage.units import COMMITTEES, Unit

BATCH = 50
A_WEEK = timedelta(days=7)
LOOKED_AT = ("branch", *COMMITTEES)
# Beside a case's own, so that of two things as urgent the one about a person comes first.
AFTER_CASES = 99


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit's event as one kind reminds of it. `stage` None: not yet, or not any more.

    `next_on`: when the next stage is reached, or what was said has lapsed; None: neither comes.
    """

    slug: str
    kind: ReminderKind
    event: Event
    stage: Stage | None
    next_on: date | None


def look(connection: Connection, today: date, most: int = BATCH) -> int:
    """Looks at up to `most` units whose look is due; how many there were."""
    found = (
        select(unit_rows.c.id)
        .outerjoin(unit_looks, unit_looks.c.unit_id == unit_rows.c.id)
        .where(unit_rows.c.closed_on.is_(None), unit_rows.c.kind.in_(LOOKED_AT))
        .where(or_(unit_looks.c.look_on.is_(None), unit_looks.c.look_on <= today))
        .order_by(unit_rows.c.id)
        .limit(most)
    )
    ids = list(connection.execute(found).scalars())
    look_at(connection, today, ids)
    return len(ids)


def stale(connection: Connection, ids: Sequence[int], today: date) -> list[int]:
    """Which of these units have a look that is due: something has changed since the last one."""
    waits = (unit_looks.c.unit_id.in_(ids), unit_looks.c.look_on <= today)
    return list(connection.execute(select(unit_looks.c.unit_id).where(*waits)).scalars()) if ids else []


def look_at(connection: Connection, today: date, ids: Sequence[int]) -> dict[int, list[Standing]]:
    """What stands before these units today becomes notices, and what no longer does is taken out."""
    if not ids:
        return {}
    those = units.by_ids(connection, ids)
    found: dict[int, list[Standing]] = {unit.id: [] for unit in those}
    found |= standing(connection, [unit for unit in those if unit.closed_on is None], today)
    told = _told(connection, those, found)
    _clear(connection, today, those, found, told)
    rows = []
    for unit in those:
        for one in found[unit.id]:
            if one.stage is not None:
                people = told[unit.id, one.slug, one.event.subject]
                rows += [_row(unit, one, one.stage, person, role, today) for person, role in people.items()]
    notices.add(connection, rows)
    _look_next(connection, {unit: _next_day(ones, today) for unit, ones in found.items()})
    return found


def standing(
    connection: Connection, those: Sequence[Unit], today: date, kinds: Collection[str] | None = None
) -> dict[int, list[Standing]]:
    """What stands before these units by these kinds (None: all), as far as they have not switched them off."""
    book = rulebook.book_of(connection)
    local = locals_of(connection, [unit.path for unit in those])
    there = book.entries.reminders
    wanted = None if kinds is None else {there[slug].event or "" for slug in kinds if slug in there}
    facts = facts_of(connection, those, today, book, wanted)
    return {unit.id: _standing(events(facts[unit.id], today), local[unit.path], today, book) for unit in those}


def _standing(found: Sequence[Event], local: Mapping[str, int], today: date, book: Rulebook) -> list[Standing]:
    kinds = kinds_by_event(book)
    return [
        _one(slug, kind, event, today, shift_of(slug, kind, local))
        for event in found
        for slug, kind in kinds.get(event.event, ())
        if not is_off(slug, kind, local)
    ]


def _one(slug: str, kind: ReminderKind, event: Event, today: date, shift: int) -> Standing:
    stage = stage_of(kind, event.due_on, today, shift)
    next_on = next_look(kind, event.due_on, today, shift)
    if stage is not None and kind.lapses is not None:
        over = event.due_on + timedelta(days=kind.lapses + 1)
        next_on = min(next_on or over, over)
    return Standing(slug, kind, event, stage, next_on)


Told = Mapping[tuple[int, str, str], Mapping[int, Recipient]]


def _told(connection: Connection, those: Sequence[Unit], found: Mapping[int, Sequence[Standing]]) -> Told:
    """For each unit, kind and subject: person -> as whom."""
    places = {unit.id: Place(unit.path, unit.committee_id) for unit in those}
    offices = Offices(connection, places.values())
    ids = list(places)
    groups = {
        "members": recipients.members_of(connection, ids),
        "assigned": recipients.assigned_in(connection, ids),
        "charged": recipients.charged_in(connection, ids),
    }
    told: dict[tuple[int, str, str], Mapping[int, Recipient]] = {}
    for unit, ones in found.items():
        for one in ones:
            people: dict[int, Recipient] = {}
            for role in one.stage.to if one.stage else ():
                if role == "person":
                    group: Sequence[int] = one.event.people
                elif role in groups:
                    group = groups[role].get(unit, ())
                else:
                    group = offices.of(role, places[unit], one.kind)
                people |= {person: role for person in group if person not in people}
            told[unit, one.slug, one.event.subject] = people
    return told


def _clear(
    connection: Connection, today: date, those: Sequence[Unit], found: Mapping[int, Sequence[Standing]], told: Told
) -> None:
    """Takes out what is done, what has passed, and who is not to be told any more; moved dates are news."""
    by_subject = {(unit, one.slug, one.event.subject): one for unit, ones in found.items() for one in ones}
    kinds = rulebook.book_of(connection).entries.reminders
    done: list[int] = []
    gone: list[int] = []
    for notice in notices.of_units(connection, [unit.id for unit in those]):
        about = (notice.unit_id or 0, notice.kind, notice.subject)
        one = by_subject.get(about)
        if notice.kind in notices.BY_PEOPLE:
            continue
        if one is None:
            (gone if _over(notice, kinds.get(notice.kind), today) else done).append(notice.id)
        elif one.event.due_on != notice.due_on:
            gone.append(notice.id)
            if one.kind.news:
                notices.moved(connection, notice, one.event.due_on, today)
        elif notice.stage == MOVED:
            if _over(notice, one.kind, today):
                gone.append(notice.id)
        elif one.stage is None or notice.person_id not in told[about]:
            gone.append(notice.id)
    notices.finish(connection, done, "done")
    notices.finish(connection, gone, "cleared", edited=False)


def _over(notice: Notice, kind: ReminderKind | None, today: date) -> bool:
    """Whether its time has passed, so that it is not done only because nothing stands there any more."""
    if kind is None:
        return False
    if kind.ends is not None and containing(kind.ends, notice.due_on).last < today:
        return True
    return kind.lapses is not None and (today - notice.due_on).days > kind.lapses


def _row(unit: Unit, one: Standing, stage: Stage, person: int, role: Recipient, today: date) -> dict[str, Any]:
    event = one.event
    subject = f"unit:{unit.id}/{event.subject}"
    return {
        "key": notices.key_of(one.slug, subject, event.due_on, person, stage.name),
        "person_id": person,
        "role": role,
        "kind": one.slug,
        "stage": stage.name,
        "due_id": None,
        "candidate_id": None,
        "unit_id": unit.id,
        "subject": event.subject,
        "due_on": event.due_on,
        "was_on": None,
        "by_id": None,
        "rank": stage.rank * 100 + AFTER_CASES,
        "haste": HASTES.index(stage.haste),
        "created_on": today,
    }


def _next_day(ones: Sequence[Standing], today: date) -> date:
    """When there is something to see again; once a week in any case, and when a month begins."""
    month = containing("month", today).next.first
    days = [one.next_on for one in ones if one.next_on is not None and one.next_on > today]
    return min([month, today + A_WEEK, *days])


def _look_next(connection: Connection, days: Mapping[int, date]) -> None:
    row = insert(connection, unit_looks)
    there = row.on_conflict_do_update(index_elements=["unit_id"], set_={"look_on": row.excluded.look_on})
    connection.execute(there, [{"unit_id": unit, "look_on": day} for unit, day in days.items()])
