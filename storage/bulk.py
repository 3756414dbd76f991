"""Many rows at once, for the sample ward and for benchmarks; whoever calls writes the line in the history."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from bot.vietnamese.fold import fold
from storage import dues, rulebook, tallying
from storage.tables import (
    addresses,
    assignments,
    candidate_groups,
    candidates,
    case_dates,
    case_facts,
    contacts,
    people,
    roles,
    targets,
    units,
)

Row = Mapping[str, Any]


def add_people(connection: Connection, rows: Sequence[Row]) -> dict[str, int]:
    """People by their codes; every row has code, name and phone. Gives the ids."""
    _add(connection, people, [{**row, "folded": fold(row["name"])} for row in rows])
    return {row.code: row.id for row in connection.execute(select(people.c.code, people.c.id)) if row.code}


def add_roles(connection: Connection, rows: Sequence[Row]) -> None:
    """Roles that are held: person_id, unit_id, role, since."""
    _add(connection, roles, rows)


def add_addresses(connection: Connection, rows: Sequence[Row]) -> None:
    """Chats that are linked: channel, address, person_id, since."""
    _add(connection, addresses, rows)


def add_candidates(connection: Connection, rows: Sequence[Row], groups: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Candidates, all with the same columns, and their group labels by code. Gives the ids by code."""
    _add(connection, candidates, [{**row, "folded": fold(row["name"])} for row in rows])
    ids = {row.code: row.id for row in connection.execute(select(candidates.c.code, candidates.c.id))}
    labels = [{"candidate_id": ids[code], "label": label} for code, several in groups.items() for label in several]
    _add(connection, candidate_groups, labels)
    return ids


def add_labels(connection: Connection, rows: Sequence[Row]) -> None:
    """Group labels: candidate_id, label."""
    _add(connection, candidate_groups, rows)


def add_assignments(connection: Connection, rows: Sequence[Row]) -> None:
    """Who helps whom: candidate_id, person_id, since, until."""
    _add(connection, assignments, rows)


def add_contacts(connection: Connection, rows: Sequence[Row]) -> None:
    """Entries of the contact log; the candidates' own dates are the caller's to keep in step."""
    _add(connection, contacts, rows)


def add_dates(connection: Connection, rows: Sequence[Row]) -> None:
    """Days of events: candidate_id, event, on, unit_id."""
    _add(connection, case_dates, rows)


def add_units(connection: Connection, rows: Sequence[Row]) -> None:
    """Units with their ids and paths, all with the same columns."""
    _add(connection, units, rows)


def add_targets(connection: Connection, rows: Sequence[Row]) -> None:
    """Targets: unit_id, year, quarter, admissions, sources."""
    _add(connection, targets, rows)


def begin_cases(connection: Connection, at: datetime) -> None:
    """What follows from step and day of every candidate written here: events, exits, deadlines; and all summaries."""
    rows = connection.execute(
        select(candidates.c.id, candidates.c.state, candidates.c.step, candidates.c.step_on)
    ).all()
    ended = [{"candidate_id": row.id, "name": "left", "value": '"other"'} for row in rows if row.state == "closed"]
    _add(connection, case_facts, ended)
    dues.begin(connection, at, [(row.id, row.step, row.step_on) for row in rows])
    rulebook.note_in_use(connection, at)
    tallying.rebuild(connection)


def _add(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        connection.execute(insert(table), [dict(row) for row in rows])
