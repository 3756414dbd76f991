"""What somebody may take out as a workbook: the lines of the units in sight, as deep as the rights go."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection, select

from bot.reports.lines import Birth, CandidateLine, PersonLine, TargetLine, UnitLine, Workbook
from bot.rules.access import Role, covers
from bot.vietnamese.fold import initials
from storage import candidates, history, units
from storage.candidates import Case
from storage.imports.known import stand_in
from storage.people import Person
from storage.sight import units_open_to
from storage.tables import assignments, candidate_groups, people, roles, targets
from storage.tables import units as unit_rows

FIRST_ROW = 2


@dataclass(frozen=True, slots=True)
class Export:
    """A workbook to be written, whole. `shortened` names stand as initials; `sensitive` columns are filled."""

    book: Workbook
    shortened: int
    sensitive: bool


def of(connection: Connection, person: Person) -> Export:
    """The units in which this person may export, with their people, open cases and targets; changes nothing."""
    places = units.open_units(connection, units_open_to(person, "export"))
    codes = {unit.id: unit.code for unit in places}
    sensitive = any(covers(person.grants, "see_sensitive", unit.path, unit.committee_id) for unit in places)
    members = _people(connection, person)
    cases = candidates.listed(connection, person, "export")
    shortened = sum(not candidates.allowed(person, case, "see_full_name") for case in cases)
    book = Workbook(
        units=tuple(_units(places, codes)),
        people=tuple(members),
        candidates=tuple(_candidates(connection, person, cases, codes, {line.code for line in members})),
        targets=tuple(_targets(connection, codes)),
    )
    return Export(book, shortened, sensitive)


def made(connection: Connection, at: datetime, person: Person, export: Export) -> None:
    """Writes into the history who took what out, once for each role that let them."""
    counts = {name: len(getattr(export.book, name)) for name in ("units", "people", "candidates", "targets")}
    after = {**counts, "sensitive": export.sensitive}
    held = {grant.unit_id for grant in person.grants if covers([grant], "export", grant.path, grant.unit_id)}
    lines = [history.Line("export.make", f"unit:{unit}", unit, None, after) for unit in sorted(held)]
    history.record_all(connection, at, person.id, lines)


def _units(places: Iterable[units.Unit], codes: dict[int, str]) -> Iterable[UnitLine]:
    for row, unit in enumerate(places, FIRST_ROW):
        parent = codes.get(unit.parent_id or 0)
        yield UnitLine(row, unit.code, unit.name, unit.kind, parent, unit.area, unit.members, unit.meeting_day)


def _people(connection: Connection, person: Person) -> list[PersonLine]:
    """One line for each role; somebody in charge of several units has one for all of them."""
    found = (
        select(people.c.id, people.c.code, people.c.name, people.c.phone, roles.c.role)
        .add_columns(unit_rows.c.code.label("unit"), unit_rows.c.path, unit_rows.c.committee_id)
        .join_from(people, roles, roles.c.person_id == people.c.id)
        .join(unit_rows, unit_rows.c.id == roles.c.unit_id)
        .where(roles.c.until.is_(None), people.c.left_on.is_(None), unit_rows.c.closed_on.is_(None))
        .where(units_open_to(person, "export"))
        .order_by(people.c.folded, people.c.id, roles.c.id)
    )
    rows = connection.execute(found).all()
    charges: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        if row.role == "area_supervisor":
            charges[row.id].append(row.unit)
    lines: list[PersonLine] = []
    for row in rows:
        charge = row.role == "area_supervisor"
        if charge and row.id not in charges:
            continue
        sensitive = covers(person.grants, "see_sensitive", row.path, row.committee_id)
        line = PersonLine(
            row=FIRST_ROW + len(lines),
            code=row.code or stand_in(row.id),
            role=cast(Role, row.role),
            name=row.name,
            phone=row.phone if sensitive else None,
            unit=None if charge else row.unit,
            charge=tuple(charges.pop(row.id)) if charge else (),
        )
        lines.append(line)
    return lines


def _candidates(
    connection: Connection, person: Person, cases: Iterable[Case], codes: dict[int, str], known: set[str]
) -> Iterable[CandidateLine]:
    labels, helpers = _labels(connection, person), _helpers(connection, person)
    for row, case in enumerate(cases, FIRST_ROW):
        sensitive = candidates.allowed(person, case, "see_sensitive")
        full = candidates.allowed(person, case, "see_full_name")
        helping = [code for code in helpers[case.id] if code in known]
        yield CandidateLine(
            row=row,
            name=case.name if full else initials(case.name),
            unit=codes[case.unit_id],
            code=case.code,
            born=_born(case.born_on if sensitive else None, case.birth_year),
            sex=case.sex,
            phone=case.phone if sensitive else None,
            groups=tuple(labels[case.id]) if sensitive else (),
            education=case.education,
            helper=helping[0] if helping else None,
            introduced_by=case.introduced_by,
            step=case.step,
            step_on=case.step_on,
        )


def _born(on: date | None, year: int | None) -> Birth | None:
    return Birth(year, on) if year else None


def _labels(connection: Connection, person: Person) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    wanted = candidate_groups.c.candidate_id.in_(candidates.open_to(person, "export"))
    rows = connection.execute(select(candidate_groups).where(wanted).order_by(candidate_groups.c.label), _me(person))
    for row in rows:
        found[row.candidate_id].append(row.label)
    return found


def _me(person: Person) -> dict[str, int]:
    return {"me": person.id}


def _helpers(connection: Connection, person: Person) -> dict[int, list[str]]:
    """Codes of those who help now, the longest first."""
    found: dict[int, list[str]] = defaultdict(list)
    rows: Any = connection.execute(
        select(assignments.c.candidate_id, people.c.id, people.c.code)
        .join_from(assignments, people, people.c.id == assignments.c.person_id)
        .where(assignments.c.until.is_(None))
        .where(assignments.c.candidate_id.in_(candidates.open_to(person, "export")))
        .order_by(assignments.c.since, assignments.c.id),
        _me(person),
    )
    for row in rows:
        found[row.candidate_id].append(row.code or stand_in(row.id))
    return found


def _targets(connection: Connection, codes: dict[int, str]) -> Iterable[TargetLine]:
    found = select(targets).order_by(targets.c.year, targets.c.quarter, targets.c.unit_id)
    rows = [row for row in connection.execute(found) if row.unit_id in codes]
    told = [row for row in rows if row.admissions is not None or row.sources is not None]
    for at, row in enumerate(told, FIRST_ROW):
        yield TargetLine(at, codes[row.unit_id], row.year, row.quarter, row.admissions, row.sources)
