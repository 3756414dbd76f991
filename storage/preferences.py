"""What people have set for themselves: the hour of their morning's list, and their own quiet hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import Connection, delete, select
from sqlalchemy import insert as plain_insert

from bot.rules.quiet import Hours
from storage import history
from storage.tables import person_settings

DIGEST_HOUR, QUIET_FROM, QUIET_UNTIL = "digest_hour", "quiet_from", "quiet_until"


@dataclass(frozen=True, slots=True)
class Preferences:
    """None: as the office has it."""

    digest_hour: int | None = None
    quiet: Hours | None = None


def of(connection: Connection, people: Sequence[int]) -> dict[int, Preferences]:
    """What these people have set; who has set nothing is missing."""
    said: dict[int, dict[str, int]] = {}
    for row in connection.execute(select(person_settings).where(person_settings.c.person_id.in_(people))):
        said.setdefault(row.person_id, {})[row.name] = row.value
    return {person: _read(values) for person, values in said.items()}


def of_person(connection: Connection, person: int) -> Preferences:
    """What one person has set."""
    return of(connection, [person]).get(person, Preferences())


def _read(values: Mapping[str, int]) -> Preferences:
    start, until = values.get(QUIET_FROM), values.get(QUIET_UNTIL)
    quiet = Hours(_time(start), _time(until)) if start is not None and until is not None else None
    return Preferences(values.get(DIGEST_HOUR), quiet)


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def own_hours(connection: Connection, people: Sequence[int]) -> dict[int, Hours]:
    """The quiet hours that people have set themselves; who has set none is missing."""
    return {person: said.quiet for person, said in of(connection, people).items() if said.quiet is not None}


def digest_hours(connection: Connection) -> set[int]:
    """Every hour at which somebody wants the morning's list, apart from the office's own."""
    found = select(person_settings.c.value).distinct().where(person_settings.c.name == DIGEST_HOUR)
    return set(connection.execute(found).scalars())


def set_digest_hour(connection: Connection, at: datetime, person: int, hour: int | None) -> None:
    """At which hour the list comes; None: the office's."""
    _set(connection, at, person, {DIGEST_HOUR: hour})


def set_quiet(connection: Connection, at: datetime, person: int, hours: Hours | None) -> None:
    """When this person is not to be disturbed; None: the office's hours."""
    start, until = (hours.start, hours.until) if hours else (None, None)
    _set(connection, at, person, {QUIET_FROM: _minutes(start), QUIET_UNTIL: _minutes(until)})


def _minutes(at: time | None) -> int | None:
    return None if at is None else at.hour * 60 + at.minute


def _set(connection: Connection, at: datetime, person: int, values: Mapping[str, int | None]) -> None:
    mine = (person_settings.c.person_id == person, person_settings.c.name.in_(list(values)))
    found = select(person_settings.c.name, person_settings.c.value).where(*mine)
    before = {row.name: row.value for row in connection.execute(found)}
    after = {name: value for name, value in values.items() if value is not None}
    if before == after:
        return
    connection.execute(delete(person_settings).where(*mine))
    if after:
        rows = [{"person_id": person, "name": name, "value": value} for name, value in after.items()]
        connection.execute(plain_insert(person_settings), rows)
    history.record(connection, at, person, "person_setting.change", f"person:{person}", None, before, after)
