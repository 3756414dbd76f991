"""Reports of units: written part by part, handed in with their figures, sent back, corrected; no version is lost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update
from sqlalchemy import insert as plain_insert

from storage import history
from storage.database import insert
from storage.prepared import Prepared, among
from storage.tables import report_parts, reports, units
from storage.units import COLUMNS, COMMITTEES, Unit

State = Literal["draft", "handed_in", "returned", "replaced"]


@dataclass(frozen=True, slots=True)
class Report:
    """One version of a unit's report on a period; `period` is its code ("2026-11"), `parts` are by name.

    `returned` was sent back by the unit above; `replaced` was handed in before a corrected one was.
    """

    id: int
    unit_id: int
    period: str
    version: int
    state: State
    number: str | None
    handed_in_at: datetime | None
    handed_in_by: int | None
    returned_at: datetime | None
    returned_why: str | None
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether it may still be written in."""
        return self.state == "draft"


_COLUMNS = (
    reports.c.id,
    reports.c.unit_id,
    reports.c.period,
    reports.c.version,
    reports.c.state,
    reports.c.number,
    reports.c.handed_in_at,
    reports.c.handed_in_by,
    reports.c.returned_at,
    reports.c.returned_why,
)


def latest(connection: Connection, unit: int, period: str) -> Report | None:
    """The newest version; None: nothing has been written yet."""
    return next(iter(versions(connection, unit, period)), None)


def versions(connection: Connection, unit: int, period: str) -> list[Report]:
    """Every version, the newest first."""
    mine = (reports.c.unit_id == unit, reports.c.period == period)
    found = connection.execute(select(*_COLUMNS).where(*mine).order_by(reports.c.version.desc()))
    return _with_parts(connection, found.all())


def _with_parts(connection: Connection, rows: Sequence[Any]) -> list[Report]:
    found = select(report_parts.c.report_id, report_parts.c.part, report_parts.c.text)
    parts: dict[int, dict[str, str]] = {}
    for row in connection.execute(found.where(report_parts.c.report_id.in_([row.id for row in rows]))):
        parts.setdefault(row.report_id, {})[row.part] = row.text
    return [replace(Report(*row), parts=parts.get(row.id, {})) for row in rows]


def draft(connection: Connection, at: datetime, actor: int | None, unit: int, period: str) -> Report:
    """The version that may be written in: the open one, or a new one with what the last one says."""
    last = latest(connection, unit, period)
    if last is not None and last.open:
        return last
    version = last.version + 1 if last else 1
    row = {"unit_id": unit, "period": period, "version": version, "state": "draft", "begun_at": at}
    row["number"] = last.number if last else None
    key = connection.execute(plain_insert(reports).values(**row)).inserted_primary_key
    copied = [
        {"report_id": int(key[0]) if key else 0, "part": part, "text": text, "written_by": actor, "written_at": at}
        for part, text in (last.parts if last else {}).items()
    ]
    if copied:
        connection.execute(plain_insert(report_parts), copied)
    _note(connection, at, actor, "report.begin", unit, None, {"period": period, "version": version})
    return versions(connection, unit, period)[0]


def write(connection: Connection, at: datetime, actor: int | None, report: Report, part: str, text: str) -> None:
    """Puts a part in the place of what it said. The history keeps who, when and how long, not the words."""
    values = {"text": text, "written_by": actor, "written_at": at}
    statement = insert(connection, report_parts).values(report_id=report.id, part=part, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["report_id", "part"], set_=values))
    before = {"part": part, "letters": len(report.parts.get(part, ""))}
    after = {"period": report.period, "version": report.version, "part": part, "letters": len(text)}
    _note(connection, at, actor, "report.write", report.unit_id, before, after)


def set_number(connection: Connection, at: datetime, actor: int | None, report: Report, number: str | None) -> None:
    """Notes the number under which the office keeps the paper."""
    connection.execute(update(reports).where(reports.c.id == report.id).values(number=number))
    before, after = {"number": report.number}, {"period": report.period, "number": number}
    _note(connection, at, actor, "report.number", report.unit_id, before, after)


def hand_in(
    connection: Connection, at: datetime, actor: int | None, report: Report, figures: str, told: Mapping[str, int]
) -> bool:
    """Hands a draft in with its figures as they are now; False when somebody has meanwhile.

    `figures` is what the paper can be made from again; `told` are the main ones, for the history.
    """
    values = {"state": "handed_in", "handed_in_at": at, "handed_in_by": actor, "figures": figures}
    if not _move(connection, report, "draft", values):
        return False
    earlier = (reports.c.unit_id == report.unit_id, reports.c.period == report.period, reports.c.id != report.id)
    connection.execute(update(reports).where(*earlier, reports.c.state == "handed_in").values(state="replaced"))
    after = {"period": report.period, "version": report.version, **told}
    _note(connection, at, actor, "report.hand_in", report.unit_id, None, after)
    return True


def figures_of(connection: Connection, report: Report) -> str | None:
    """The figures with which a report was handed in."""
    return connection.execute(select(reports.c.figures).where(reports.c.id == report.id)).scalar()


def send_back(connection: Connection, at: datetime, actor: int | None, report: Report, why: str) -> bool:
    """Sends a report back with a reason; False when it is no longer handed in."""
    values = {"state": "returned", "returned_at": at, "returned_by": actor, "returned_why": why}
    if not _move(connection, report, "handed_in", values):
        return False
    after = {"period": report.period, "version": report.version, "why": why}
    _note(connection, at, actor, "report.send_back", report.unit_id, None, after)
    return True


def _move(connection: Connection, report: Report, state: State, values: Mapping[str, Any]) -> bool:
    mine = (reports.c.id == report.id, reports.c.state == state)
    return bool(connection.execute(update(reports).where(*mine).values(**values)).rowcount)


def _note(
    connection: Connection,
    at: datetime,
    actor: int | None,
    action: str,
    unit: int,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
) -> None:
    history.record(connection, at, actor, action, f"unit:{unit}", unit, before, after)


def owing(connection: Connection, committee: Unit) -> list[Unit]:
    """The units that hand their reports in to this committee: its branches, and the committees directly below."""
    return [Unit(*row) for row in _OWING.plain(connection, {"committee": committee.id})]


_BRANCHES = and_(units.c.kind == "branch", units.c.committee_id == bindparam("committee"))
_COMMITTEES = and_(among(units.c.kind, COMMITTEES), units.c.parent_id == bindparam("committee"))
_OWES = (units.c.closed_on.is_(None), or_(_BRANCHES, _COMMITTEES))
_OWING = Prepared(select(*COLUMNS).where(*_OWES).order_by(units.c.ordered, units.c.id))
_ON_PERIOD = and_(reports.c.unit_id == units.c.id, reports.c.period == bindparam("of_period"))
_STATES = Prepared(
    select(units.c.id, units.c.name, reports.c.state)
    .select_from(units.outerjoin(reports, _ON_PERIOD))
    .where(*_OWES)
    .order_by(units.c.ordered, units.c.id, reports.c.version)
)


# By the number of a unit: its name, and how its report stands; None: nothing is written.
Stands = Mapping[int, tuple[str, State | None]]


def stands_of(connection: Connection, those: Sequence[Unit], period: str) -> Stands:
    """How the reports of some units stand: what was handed in counts, else the newest version."""
    numbers = [unit.id for unit in those]
    newest, there = written(connection, numbers, period), handed_in(connection, numbers, period)
    found = {unit.id: there.get(unit.id) or newest.get(unit.id) for unit in those}
    return {unit.id: (unit.name, report.state if (report := found[unit.id]) else None) for unit in those}


def states(connection: Connection, committee: Unit, period: str) -> dict[int, tuple[str, State | None]]:
    """The units that hand in to a committee, by number: the name, and how the report stands; None: nothing is written.

    What was handed in counts, whatever has been begun since; else the newest version.
    """
    found: dict[int, tuple[str, State | None]] = {}
    for unit, name, state in _STATES.plain(connection, {"committee": committee.id, "of_period": period}):
        if unit not in found or found[unit][1] != "handed_in":
            found[unit] = (name, state)
    return found


def handed_in(connection: Connection, numbers: Iterable[int], period: str) -> dict[int, Report]:
    """By unit: the report that is handed in for the period."""
    mine = (reports.c.unit_id.in_(list(numbers)), reports.c.period == period, reports.c.state == "handed_in")
    rows = connection.execute(select(*_COLUMNS).where(*mine).order_by(reports.c.version)).all()
    return {report.unit_id: report for report in _with_parts(connection, rows)}


def not_handed_in(connection: Connection, committee: Unit, period: str) -> list[Unit]:
    """The units below a committee whose report on the period ("2026-11") it does not have, or has sent back."""
    there = states(connection, committee, period)
    return [unit for unit in owing(connection, committee) if there[unit.id][1] != "handed_in"]


def written(connection: Connection, numbers: Iterable[int], period: str) -> dict[int, Report]:
    """By unit: the newest version for the period, whatever its state."""
    newest = (
        select(reports.c.unit_id, func.max(reports.c.version).label("version"))
        .where(reports.c.unit_id.in_(list(numbers)), reports.c.period == period)
        .group_by(reports.c.unit_id)
        .subquery()
    )
    same = (newest.c.unit_id == reports.c.unit_id) & (newest.c.version == reports.c.version)
    found = select(*_COLUMNS).join_from(reports, newest, same).where(reports.c.period == period)
    return {report.unit_id: report for report in _with_parts(connection, connection.execute(found).all())}


def count_handed_in(connection: Connection, numbers: Iterable[int], periods: Iterable[str]) -> dict[int, int]:
    """By unit: for how many of these periods its report is handed in."""
    mine = (reports.c.unit_id.in_(list(numbers)), reports.c.period.in_(list(periods)), reports.c.state == "handed_in")
    found = select(reports.c.unit_id, func.count(reports.c.period.distinct())).where(*mine).group_by(reports.c.unit_id)
    return {row[0]: row[1] for row in connection.execute(found)}
