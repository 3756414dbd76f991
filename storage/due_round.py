"""A round over the dates of cases: those whose look is due become notices, and get the day of their next look."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Date, and_, bindparam, select, update

from bot.rules.book import Rulebook
from bot.rules.reminder_entries import Recipient, ReminderKind
from bot.rules.reminders import HASTES, MOVED, Stage, is_off, kinds_by_rule, next_look, shift_of, stage_of
from bot.rules.road import DECIDED, road
from storage import notices, rulebook
from storage.counting import CONTACT
from storage.notices import Notice
from storage.prepared import Prepared
from storage.recipients import Helpers, Offices, Place, for_case
from storage.settings import locals_of
from storage.tables import candidates, dues, units, vettings

BATCH = 1000
# Sorts what costs the plan most first: of two cases the one that is further on.
STEPS = 99
_LOOKED_AT = (
    select(
        dues.c.id,
        dues.c.rule,
        dues.c.due_on,
        dues.c.candidate_id,
        candidates.c.step,
        units.c.path,
        units.c.committee_id,
        vettings.c.responsible_id,
    )
    .join_from(dues, candidates, candidates.c.id == dues.c.candidate_id)
    .join(units, units.c.id == candidates.c.unit_id)
    .outerjoin(
        vettings,
        and_(dues.c.subject != "", vettings.c.candidate_id == dues.c.candidate_id, vettings.c.ref == dues.c.subject),
    )
    .where(dues.c.closed_at.is_(None))
)
DUE = (
    _LOOKED_AT.where(dues.c.next_look_on <= bindparam("today"))
    .order_by(dues.c.next_look_on, dues.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=dues, skip_locked=True)
)
_DUE = Prepared(DUE)
_THESE = _LOOKED_AT.where(dues.c.id.in_(bindparam("wanted", expanding=True)))
_NEXT = (
    update(dues)
    .where(dues.c.id.in_(bindparam("rows", expanding=True)))
    .values(next_look_on=bindparam("next", type_=Date))
)


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of a look at one date: the stage that is reached (None: none yet), and who is told of it as whom.

    `concerns`: whoever is told at one stage or another.
    """

    kind: str
    stage: Stage | None
    told: Mapping[int, Recipient]
    concerns: Mapping[int, Recipient]


def look(connection: Connection, today: date, most: int = BATCH) -> int:
    """Looks at up to `most` dates whose look is due; how many there were."""
    rows = _DUE.rows(connection, {"today": today, "most": most})
    _take_up(connection, today, rows)
    return len(rows)


def look_at(connection: Connection, today: date, ids: Sequence[int]) -> None:
    """The same for these dates, whenever their look is due."""
    _take_up(connection, today, connection.execute(_THESE, {"wanted": list(ids)}).all())


def stale(connection: Connection, ids: Sequence[int], today: date) -> list[int]:
    """Which of these dates have a look that is due: something has changed since the last one."""
    waits = (dues.c.id.in_(ids), dues.c.closed_at.is_(None), dues.c.next_look_on <= today)
    return list(connection.execute(select(dues.c.id).where(*waits)).scalars()) if ids else []


def _take_up(connection: Connection, today: date, rows: Sequence[Any]) -> None:
    if not rows:
        return
    open_ = notices.of_dues(connection, [row.id for row in rows])
    nexts: dict[int, date | None] = {}
    looked = _looked(connection, today, rows, {notice.due_id for notice in open_}, nexts)
    gone = [notice.id for notice in open_ if not _stands(notice, looked.get(notice.due_id or 0))]
    notices.finish(connection, gone, "cleared")
    book = rulebook.book_of(connection)
    orders, coming = _orders(book), _coming(book)
    fresh = []
    for row in rows:
        found = looked.get(row.id)
        if found is not None and found.stage is not None:
            order = 0 if row.rule == CONTACT and row.step not in coming else orders.get(row.step, 0)
            rank = found.stage.rank * 100 + STEPS - order
            fresh += [_row(row, found, found.stage, person, role, rank, today) for person, role in found.told.items()]
    notices.add(connection, fresh)
    _set_next(connection, rows, nexts)


@lru_cache(maxsize=8)
def _orders(book: Rulebook) -> dict[str, int]:
    return {slug: step.order for slug, step in book.entries.steps.items()}


@lru_cache(maxsize=8)
def _coming(book: Rulebook) -> frozenset[str]:
    """Steps from which an admission may still come: there silence costs the plan something, as the radar has it.

    Where a case stands is in its row, so a round over a million dates asks for no plan.
    """
    return frozenset(step for step in book.entries.steps if len(road(step, DECIDED, False, book)) > 1)


def _set_next(connection: Connection, rows: Sequence[Any], nexts: Mapping[int, date | None]) -> None:
    """A few days have the next looks of many dates: one statement for each."""
    by_day: dict[date | None, list[int]] = defaultdict(list)
    for row in rows:
        by_day[nexts.get(row.id)].append(row.id)
    for day, ids in by_day.items():
        connection.execute(_NEXT, {"rows": ids, "next": day})


def _looked(
    connection: Connection,
    today: date,
    rows: Sequence[Any],
    told: Collection[int | None],
    nexts: dict[int, date | None],
) -> dict[int, Looked]:
    """What comes of a look at dates that have reached a stage or of which somebody was `told`; `nexts` is filled."""
    kinds = kinds_by_rule(rulebook.book_of(connection))
    local = locals_of(connection, {row.path for row in rows})
    # Many dates are the same day of the same rule.
    known: dict[tuple[str, date, int], tuple[Stage | None, date | None]] = {}
    wanted: list[tuple[Any, str, ReminderKind, Stage | None]] = []
    for row in rows:
        slug, kind = kinds.get(row.rule, ("", None))
        said = local[row.path]
        if kind is None or (said and is_off(slug, kind, said)):
            continue
        key = (slug, row.due_on, shift_of(slug, kind, said) if said else 0)
        if key not in known:
            known[key] = stage_of(kind, row.due_on, today, key[2]), next_look(kind, row.due_on, today, key[2])
        stage, nexts[row.id] = known[key]
        if stage is not None or row.id in told:
            wanted.append((row, slug, kind, stage))
    return _who(connection, wanted, told) if wanted else {}


def _who(
    connection: Connection,
    wanted: Sequence[tuple[Any, str, ReminderKind, Stage | None]],
    told: Collection[int | None],
) -> dict[int, Looked]:
    helpers = Helpers.of(connection, list({row.candidate_id for row, *_ in wanted}))
    places = {row.path: Place(row.path, row.committee_id) for row, *_ in wanted}
    offices = Offices(connection, places.values())
    looked: dict[int, Looked] = {}
    for row, slug, kind, stage in wanted:
        case, place, responsible = row.candidate_id, places[row.path], row.responsible_id
        now = for_case(kind, stage.to, case, place, helpers, offices, responsible) if stage else {}
        concerns: Mapping[int, Recipient] = now
        if row.id in told:
            last = list(kind.stages.values())[-1]
            concerns = for_case(kind, last, case, place, helpers, offices, responsible)
        looked[row.id] = Looked(slug, stage, now, concerns)
    return looked


def _stands(notice: Notice, found: Looked | None) -> bool:
    """Whether this person is still to be told: does not, who no longer helps, has lost the role, or has it off."""
    if notice.kind in notices.BY_PEOPLE:
        return True
    return found is not None and notice.person_id in (found.concerns if notice.stage == MOVED else found.told)


def _row(row: Any, found: Looked, stage: Stage, person: int, role: Recipient, rank: int, today: date) -> dict[str, Any]:
    return {
        "key": notices.key_of(found.kind, f"due:{row.id}", row.due_on, person, stage.name),
        "person_id": person,
        "role": role,
        "kind": found.kind,
        "stage": stage.name,
        "due_id": row.id,
        "candidate_id": row.candidate_id,
        "unit_id": None,
        "subject": "",
        "due_on": row.due_on,
        "was_on": None,
        "by_id": None,
        "rank": rank,
        "haste": HASTES.index(stage.haste),
        "created_on": today,
    }


def by_kind(book: Rulebook) -> dict[str, list[str]]:
    """The rules that each kind is about."""
    found: dict[str, list[str]] = defaultdict(list)
    for rule, (slug, _) in kinds_by_rule(book).items():
        found[slug].append(rule)
    return found
