"""What people hand on to one another by a reminder: help that somebody asks for, and things that are put off."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, select

from bot.rules.reminder_entries import Recipient
from storage import notices
from storage.candidates import Case
from storage.notices import Notice
from storage.recipients import Offices, Place
from storage.tables import candidates, units

HELP, SNOOZED = "help", "snoozed"
# Help is wanted now; before everything else.
HELP_RANK, SNOOZED_RANK = 0, 6000


def ask(connection: Connection, today: date, person: int, notice: Notice) -> dict[int, Recipient]:
    """Tells the level above whoever asks, once a day for one thing: person -> as whom. Empty: nobody is above."""
    asked = above(connection, person, notice)
    rows = [_row(HELP, notice, who, role, person, today, today) for who, role in asked.items()]
    notices.add(connection, rows)
    return asked


def ask_with_contact(
    connection: Connection, today: date, person: int, case: Case, contact: int, above: Mapping[int, Recipient]
) -> None:
    """Tells these people that somebody wants help with a candidate; a later contact takes it away."""
    subject = f"contact:{contact}"
    rows = [
        {
            "key": notices.key_of(HELP, f"{subject}/{case.id}", today, who, "0"),
            "person_id": who,
            "role": role,
            "kind": HELP,
            "stage": "0",
            "due_id": None,
            "candidate_id": case.id,
            "unit_id": case.unit_id,
            "subject": subject,
            "due_on": today,
            "was_on": None,
            "by_id": person,
            "rank": HELP_RANK,
            "haste": 2,
            "created_on": today,
        }
        for who, role in above.items()
    ]
    notices.add(connection, rows)


def tell_put_off(connection: Connection, today: date, person: int, notice: Notice, until: date) -> int:
    """Whoever leads the branch sees that something was put off, with the next list; how many are told."""
    if notice.role in ("secretary", "supervisor", "office"):
        return 0
    place = _place(connection, notice)
    told = [who for who in Offices(connection, [place]).leaders(place) if who != person]
    notices.add(connection, [_row(SNOOZED, notice, who, "secretary", person, until, today) for who in told])
    return len(told)


def above(connection: Connection, person: int, notice: Notice) -> dict[int, Recipient]:
    """Who can help somebody who is told of this as what the notice says."""
    place = _place(connection, notice)
    return _next(Offices(connection, [place]), place, notice.role, person)


def _next(offices: Offices, place: Place, role: str, person: int) -> dict[int, Recipient]:
    """The nearest level above that has somebody else in it."""
    leaders: Mapping[int, Recipient] = dict.fromkeys(offices.leaders(place), "secretary")
    levels: list[Mapping[int, Recipient]] = [
        leaders,
        dict.fromkeys(offices.supervisors(place), "supervisor"),
        dict.fromkeys(offices.office(place), "office"),
    ]
    start = {"secretary": 1, "stand_in": 1, "supervisor": 2, "office": 3}.get(role, 0)
    for level in levels[start:]:
        others = {who: as_whom for who, as_whom in level.items() if who != person}
        if others and person not in level:
            return others
    return {}


def _place(connection: Connection, notice: Notice) -> Place:
    if notice.candidate_id is not None:
        return _place_of_case(connection, notice.candidate_id)
    row = connection.execute(select(units.c.path, units.c.committee_id).where(units.c.id == notice.unit_id)).one()
    return Place(row.path, row.committee_id)


def _place_of_case(connection: Connection, candidate: int) -> Place:
    found = select(units.c.path, units.c.committee_id).join_from(candidates, units, units.c.id == candidates.c.unit_id)
    row = connection.execute(found.where(candidates.c.id == candidate)).one()
    return Place(row.path, row.committee_id)


def _row(kind: str, notice: Notice, who: int, role: Recipient, by: int, due_on: date, today: date) -> dict[str, object]:
    about = f"{notice.kind}:{notice.id}"
    return {
        "key": notices.key_of(kind, about, due_on, who, "0"),
        "person_id": who,
        "role": role,
        "kind": kind,
        "stage": "0",
        "due_id": notice.due_id,
        "candidate_id": notice.candidate_id,
        "unit_id": notice.unit_id,
        "subject": about,
        "due_on": due_on,
        "was_on": None,
        "by_id": by,
        "rank": HELP_RANK if kind == HELP else SNOOZED_RANK,
        "haste": 2 if kind == HELP else 0,
        "created_on": today,
    }
