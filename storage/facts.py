"""What is known of cases, as the rules are told it: read for many at once, and kept field by field."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import TypeAdapter
from sqlalchemy import BindParameter, Connection, bindparam, delete, func, select, update
from sqlalchemy import insert as plain_insert

from bot.rules.admission import taken_over
from bot.rules.book import Rulebook
from bot.rules.facts import CaseFacts, Vetting
from storage.database import insert
from storage.settings import locals_of, profile_of
from storage.tables import assignments, candidates, case_dates, case_facts, units, vettings

if TYPE_CHECKING:
    from storage.candidates import Case

BATCH = 500
FIRST_STEP = "source"
# Fields that stand in columns or rows of their own, or follow from others.
IN_COLUMNS = {"step": "step", "step_on": "step_on", "born": "born_on", "education": "education"}
CODECS: Mapping[str, TypeAdapter[Any]] = {name: TypeAdapter(hint) for name, hint in get_type_hints(CaseFacts).items()}
_EMPTY = {field.name: getattr(CaseFacts(), field.name) for field in fields(CaseFacts)}
_VETTING = [field.name for field in fields(Vetting) if field.name != "id"]


@dataclass(frozen=True, slots=True)
class Known:
    """A case with its place in the tables. `facts.local` holds what its unit has set."""

    id: int
    unit_id: int
    state: str
    version: int
    facts: CaseFacts
    path: str


_assigned = select(func.max(assignments.c.since)).where(assignments.c.candidate_id == candidates.c.id).scalar_subquery()
_helped = select(func.min(assignments.c.since)).where(assignments.c.candidate_id == candidates.c.id).scalar_subquery()
_ROWS = select(
    candidates.c.id,
    candidates.c.code,
    candidates.c.unit_id,
    candidates.c.state,
    candidates.c.version,
    candidates.c.step,
    candidates.c.step_on,
    candidates.c.born_on,
    candidates.c.education,
    candidates.c.listed_on,
    candidates.c.last_contact_on,
    units.c.path,
    _assigned.label("assigned_on"),
    _helped.label("helped_since"),
).join_from(candidates, units, units.c.id == candidates.c.unit_id)
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_BY_IDS = _ROWS.where(candidates.c.id.in_(_WANTED)).order_by(candidates.c.id)
_PLACES = select(candidates.c.id, candidates.c.unit_id).where(candidates.c.id.in_(_WANTED))
_DATES = select(case_dates.c.candidate_id, case_dates.c.event, case_dates.c.on).where(
    case_dates.c.candidate_id.in_(_WANTED)
)
_FACTS = select(case_facts).where(case_facts.c.candidate_id.in_(_WANTED))
_VETTINGS = select(vettings).where(vettings.c.candidate_id.in_(_WANTED)).order_by(vettings.c.id)


def facts_of(connection: Connection, case: "Case") -> CaseFacts:
    """All that is known of a case, as it is stored now."""
    return known(connection, [case.id])[0].facts


def known(connection: Connection, ids: Sequence[int]) -> list[Known]:
    """These cases with all that is known of them, in the order of their numbers."""
    if not ids:
        return []
    wanted = {"wanted": list(ids)}
    rows = connection.execute(_BY_IDS, wanted).all()
    dates: dict[int, dict[str, date]] = defaultdict(dict)
    for candidate, event, on in connection.execute(_DATES, wanted):
        dates[candidate][event] = on
    more: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in connection.execute(_FACTS, wanted):
        more[row.candidate_id][row.name] = CODECS[row.name].validate_json(row.value)
    asked: dict[int, list[Vetting]] = defaultdict(list)
    for row in connection.execute(_VETTINGS, wanted):
        asked[row.candidate_id].append(Vetting(row.ref, *(getattr(row, name) for name in _VETTING)))
    local = locals_of(connection, {row.path for row in rows})
    return [_known(row, dates[row.id], more[row.id], tuple(asked[row.id]), local[row.path]) for row in rows]


def _known(
    row: Any, dates: dict[str, date], more: dict[str, Any], asked: tuple[Vetting, ...], local: Mapping[str, int]
) -> Known:
    dates["last_contact"] = max(filter(None, (row.last_contact_on, row.assigned_on, row.listed_on)))
    if row.helped_since and row.step != FIRST_STEP:
        # Cases that came with a later step do not tell when the branch assigned whom they have.
        dates.setdefault("helper_assigned", row.helped_since)
    facts = CaseFacts(
        id=row.code,
        step=row.step,
        step_on=row.step_on,
        dates=dates,
        born=row.born_on,
        education=row.education,
        vettings=asked,
        # What a unit has set for its reminders moves no date.
        local={name: value for name, value in local.items() if not name.startswith("remind_")},
        profile=profile_of(local),
        **more,
    )
    return Known(row.id, row.unit_id, row.state, row.version, facts, row.path)


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of CaseFacts as plain JSON values."""
    return {name: CODECS[name].dump_python(value, mode="json") for name, value in values.items()}


def from_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields again."""
    return {name: CODECS[name].validate_python(value) for name, value in values.items()}


def keep(connection: Connection, candidate: int, after: Mapping[str, Any]) -> None:
    """Keeps fields that have no column of their own; what is as in a new case needs no row."""
    for name, value in after.items():
        if name == "vettings":
            _keep_vettings(connection, candidate, value)
        elif name not in IN_COLUMNS:
            held = (case_facts.c.candidate_id == candidate, case_facts.c.name == name)
            connection.execute(delete(case_facts).where(*held))
            if value != _EMPTY[name]:
                text = CODECS[name].dump_json(value).decode()
                connection.execute(plain_insert(case_facts).values(candidate_id=candidate, name=name, value=text))


def _keep_vettings(connection: Connection, candidate: int, asked: Iterable[Vetting]) -> None:
    """Rows that stay keep what is noted beside them: the place, the letter, who sees to it."""
    mine = vettings.c.candidate_id == candidate
    rows = {row.ref: row.id for row in connection.execute(select(vettings.c.ref, vettings.c.id).where(mine))}
    for vetting in asked:
        values = {name: getattr(vetting, name) for name in _VETTING}
        if vetting.id in rows:
            connection.execute(update(vettings).where(vettings.c.id == rows.pop(vetting.id)).values(**values))
        else:
            connection.execute(plain_insert(vettings).values(candidate_id=candidate, ref=vetting.id, **values))
    if rows:
        connection.execute(delete(vettings).where(vettings.c.id.in_(rows.values())))


def columns_of(after: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that stand in columns of `candidates`."""
    columns = {IN_COLUMNS[name]: value for name, value in after.items() if name in IN_COLUMNS}
    return {name: value for name, value in columns.items() if name != "step_on" or value is not None}


def keep_dates(connection: Connection, candidate: int, dates: Mapping[str, date | None]) -> None:
    """Keeps the days of events; None takes one away. The number of its paper stays until it is set anew."""
    gone = [event for event, on in dates.items() if on is None]
    if gone:
        of_case = case_dates.c.candidate_id == candidate
        connection.execute(delete(case_dates).where(of_case, case_dates.c.event.in_(gone)))
    rows = [
        {"candidate_id": candidate, "event": event, "on": on}
        for event, on in dates.items()
        if on is not None and event != "last_contact"
    ]
    _put_dates(connection, rows)


def _put_dates(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Each day counts for the unit where the case is when it is first written."""
    statement = insert(connection, case_dates)
    kept = statement.on_conflict_do_update(index_elements=["candidate_id", "event"], set_={"on": statement.excluded.on})
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        found = connection.execute(_PLACES, {"wanted": list({row["candidate_id"] for row in some})})
        places = {row.id: row.unit_id for row in found}
        connection.execute(kept, [{**row, "unit_id": places[row["candidate_id"]]} for row in some])


def numbers_of(connection: Connection, candidate: int) -> dict[str, str]:
    """The numbers of papers by event."""
    found = select(case_dates.c.event, case_dates.c.number).where(
        case_dates.c.candidate_id == candidate, case_dates.c.number.is_not(None)
    )
    return {row.event: row.number for row in connection.execute(found)}


def keep_numbers(connection: Connection, candidate: int, numbers: Mapping[str, str | None]) -> None:
    """Keeps numbers of papers whose day is known; None takes one away."""
    for event, number in numbers.items():
        of_event = (case_dates.c.candidate_id == candidate, case_dates.c.event == event)
        connection.execute(update(case_dates).where(*of_event).values(number=number))


def take_over(connection: Connection, rows: Iterable[tuple[int, str, date]], book: Rulebook) -> None:
    """Cases that come with their step and the day of it: (candidate, step, day); the events that go with it."""
    steps = book.entries.steps
    dated = [
        {"candidate_id": candidate, "event": event, "on": on}
        for candidate, step, step_on in rows
        if step in steps
        for event, on in taken_over(steps[step], step_on).items()
    ]
    _put_dates(connection, dated)
