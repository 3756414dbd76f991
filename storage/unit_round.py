"""A round over units: what stands before each on a day becomes notices; one daily look, or at once after a change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select

from bot.rules.book import Rulebook
from bot.rules.reminder_entries import Recipient, ReminderKind
from bot.rules.reminders import HASTES, MOVED, Stage, is_off, kinds_by_event, shift_of, stage_of
from bot.rules.unit_events import Event, events
from storage import notices, recipients, rulebook, units
from storage.database import insert
from storage.notices import Notice
from storage.recipients import Offices, Place
from storage.settings import local_of
from storage.tables import unit_looks
from storage.tables import units as unit_rows
from storage.unit_facts import facts_of
from storage.units import COMMITTEES, Unit

BATCH = 20
LOOKED_AT = ("branch", *COMMITTEES)
# Beside a case's own, so that of two things as urgent the one about a person comes first.
AFTER_CASES = 99


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit's event as one kind reminds of it. `stage` None: not yet, or not any more."""

    slug: str
    kind: ReminderKind
    event: Event
    stage: Stage | None


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
    for unit in ids:
        look_at(connection, today, unit)
    return len(ids)


def look_at(connection: Connection, today: date, number: int) -> list[Standing]:
    """What stands before this unit today becomes notices, and what no longer does is taken out."""
    unit = units.by_id(connection, number)
    found = standing(connection, unit, today) if unit.closed_on is None else []
    told = _told(connection, unit, found)
    _clear(connection, today, unit, found, told)
    rows = []
    for one in found:
        if one.stage is not None:
            for person, role in told[one.slug, one.event.subject].items():
                rows.append(_row(unit, one, one.stage, person, role, today))
    notices.add(connection, rows)
    _looks_on(connection, unit.id, today + timedelta(days=1))
    return found


def standing(connection: Connection, unit: Unit, today: date) -> list[Standing]:
    """Everything that stands before the unit, by every kind that it has not switched off."""
    book = rulebook.book_of(connection)
    local = local_of(connection, unit)
    return _standing(events(facts_of(connection, unit, today, book), today), local, today, book)


def _standing(found: Sequence[Event], local: Mapping[str, int], today: date, book: Rulebook) -> list[Standing]:
    kinds = kinds_by_event(book)
    return [
        Standing(slug, kind, event, stage_of(kind, event.due_on, today, shift_of(slug, kind, local)))
        for event in found
        for slug, kind in kinds.get(event.event, ())
        if not is_off(slug, kind, local)
    ]


def _told(connection: Connection, unit: Unit, found: Sequence[Standing]) -> dict[tuple[str, str], dict[int, Recipient]]:
    """For each kind and subject: person -> as whom."""
    place = Place(unit.path, unit.committee_id)
    offices = Offices(connection, [place])
    groups = {
        "members": recipients.members_of(connection, [unit.id]).get(unit.id, []),
        "assigned": recipients.assigned_in(connection, [unit.id]).get(unit.id, []),
    }
    told: dict[tuple[str, str], dict[int, Recipient]] = {}
    for one in found:
        people: dict[int, Recipient] = {}
        told[one.slug, one.event.subject] = people
        for role in one.stage.to if one.stage else ():
            group = one.event.people if role == "person" else groups.get(role)
            for person in offices.of(role, place, one.kind) if group is None else group:
                people.setdefault(person, role)
    return told


def _clear(
    connection: Connection,
    today: date,
    unit: Unit,
    found: Sequence[Standing],
    told: Mapping[tuple[str, str], Mapping[int, Recipient]],
) -> None:
    """Takes out what is done, what has passed, and who is not to be told any more; moved dates are news."""
    by_subject = {(one.slug, one.event.subject): one for one in found}
    kinds = rulebook.book_of(connection).entries.reminders
    done: list[int] = []
    gone: list[int] = []
    for notice in notices.of_unit(connection, unit.id):
        about = (notice.kind, notice.subject)
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
    return kind is not None and kind.lapses is not None and (today - notice.due_on).days > kind.lapses


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


def _looks_on(connection: Connection, unit: int, day: date) -> None:
    row = insert(connection, unit_looks).values(unit_id=unit, look_on=day)
    connection.execute(row.on_conflict_do_update(index_elements=["unit_id"], set_={"look_on": day}))
