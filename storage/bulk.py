"""Many rows at once, for the sample ward and for benchmarks; whoever calls writes the line in the history."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from bot.vietnamese.fold import fold, in_order
from storage import dues, rulebook, tallies, tallying
from storage.database import after_import
from storage.tables import (
    addresses,
    announcement_readers,
    announcements,
    assignments,
    attendance,
    candidate_groups,
    candidates,
    case_dates,
    case_facts,
    contacts,
    difficulties,
    enrolments,
    meeting_habits,
    meetings,
    metadata,
    people,
    positions,
    roles,
    source_surveys,
    targets,
    unit_marks,
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
    _add(connection, units, [{**row, "ordered": in_order(row["name"])} for row in rows])


def add_targets(connection: Connection, rows: Sequence[Row]) -> None:
    """Targets: unit_id, year, quarter, admissions, sources."""
    _add(connection, targets, rows)


def add_positions(connection: Connection, rows: Sequence[Row]) -> None:
    """What units said of their positions: unit_id, kind, posts, held, members, said_on."""
    _add(connection, positions, rows)


def add_marks(connection: Connection, rows: Sequence[Row]) -> None:
    """Marks of branches: unit_id, mark."""
    _add(connection, unit_marks, rows)


def add_rows(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    """Rows of a table by its name, all with the same columns; the summaries are the caller's to count."""
    _add(connection, metadata.tables[table], rows)


def add_habits(connection: Connection, rows: Sequence[Row]) -> None:
    """When and where branches usually meet: unit_id, time, place."""
    _add(connection, meeting_habits, rows)


def add_meetings(connection: Connection, rows: Sequence[Row]) -> dict[tuple[int, date], int]:
    """Meetings, all with the same columns. Gives the ids by unit and month."""
    _add(connection, meetings, rows)
    found = select(meetings.c.unit_id, meetings.c.month, meetings.c.id).where(meetings.c.kind == "regular")
    return {(row.unit_id, row.month): row.id for row in connection.execute(found)}


def add_attendance(connection: Connection, rows: Sequence[Row]) -> None:
    """Who was at meetings: meeting_id, person_id, state, reason."""
    _add(connection, attendance, rows)


def add_enrolments(connection: Connection, rows: Sequence[Row]) -> None:
    """Who is sent to a class: class_id, candidate_id, at."""
    _add(connection, enrolments, rows)


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
        if "id" in rows[0]:
            after_import(connection, [table])


def add_surveys(connection: Connection, rows: Sequence[Row]) -> None:
    """How ripe sources were found, as in the table."""
    _add(connection, source_surveys, rows)
    path = {row.id: row.path for row in connection.execute(select(units.c.id, units.c.path))}
    counted: dict[str, Counter[tuple[str, int]]] = defaultdict(Counter)
    for row in rows:
        counted[path[row["unit_id"]]][f"survey:{row['ripeness']}", row["year"] * 100 + row["quarter"] * 3] += 1
    tallies.spread(connection, counted)


def add_difficulties(connection: Connection, rows: Sequence[Row]) -> None:
    """Difficulties, all with the same columns as in the table."""
    _add(connection, difficulties, rows)


def add_announcement(connection: Connection, row: Row, readers: Sequence[Row]) -> None:
    """An announcement, and whom it was for: person_id, unit_id, read_at."""
    made = connection.execute(insert(announcements).values(**row)).inserted_primary_key
    number = made[0] if made else 0
    _add(connection, announcement_readers, [{**reader, "announcement_id": number} for reader in readers])
