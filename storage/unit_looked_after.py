"""What looking after brings up for branches: who needs help and has none, what was agreed on, remarks that are due."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from bot.rules.admission import set_by_unit
from bot.rules.book import Rulebook
from bot.rules.facts import CaseFacts
from bot.rules.unit_events import Concerning, help_due
from storage import helping, new_members, standing, units, weak_units
from storage.oversight import Finding
from storage.settings import local_of, locals_of
from storage.units import Unit

Known = Mapping[int, Sequence[Concerning]]
# A unit is looked at once a week; what comes is known before the earliest stage that a unit may shift it to.
REMARKS_WITHIN, VISITS_WITHIN, VISITS_BACK = timedelta(days=30), timedelta(days=14), timedelta(days=7)


def of(
    connection: Connection, branches: Sequence[Unit], today: date, book: Rulebook, wanted: Collection[str] | None
) -> dict[str, Known]:
    """By the name that the facts of a unit have for it, what the `wanted` events hang on (None: all)."""
    readers = {
        "unhelped": ("branch_unhelped", _unhelped),
        "visits": ("help_visit", _visits),
        "remarks": ("remark", _remarks),
    }
    return {
        name: read(connection, branches, today, book)
        for name, (event, read) in readers.items()
        if wanted is None or event in wanted
    }


def _unhelped(connection: Connection, branches: Sequence[Unit], today: date, book: Rulebook) -> Known:
    """Branches on a list of those that need help: since when nobody has been there for too long."""
    needing = _needing(connection, branches, today, book)
    last = helping.helped(connection, list(needing), date(today.year, 1, 1))
    local = locals_of(connection, [unit.path for unit in branches])
    found: dict[int, list[Concerning]] = {}
    for unit in branches:
        if unit.id in needing:
            months = set_by_unit(CaseFacts(local=local[unit.path]), "help_months", book)
            last_on = last[unit.id].last_on if unit.id in last else None
            values = {"last": last_on, "kinds": needing[unit.id]}
            found[unit.id] = [Concerning(unit.id, help_due(last_on, months, today), values)]
    return found


def _needing(
    connection: Connection, branches: Sequence[Unit], today: date, book: Rulebook
) -> dict[int, tuple[str, ...]]:
    """By branch: the lists on which it stands, as its committee sees them; a ward's lists are read once."""
    committees = sorted({unit.committee_id for unit in branches if unit.committee_id})
    over = {unit.id: unit for unit in units.by_ids(connection, committees)}
    places: dict[int, Unit] = {}
    for unit in branches:
        above = over.get(unit.committee_id or 0)
        place = above if above is not None and above.kind == "committee" else unit
        places[place.id] = place
    here = {unit.id for unit in branches}
    found: dict[int, tuple[str, ...]] = {}
    for place in places.values():
        facts = CaseFacts(local=local_of(connection, place))
        years, months = set_by_unit(facts, "barren_years", book), set_by_unit(facts, "idle_months", book)
        by = standing.counted_by(connection, place)
        found |= weak_units.kinds_within(connection, place, by, years, months, today)
    return {unit: kinds for unit, kinds in found.items() if unit in here}


def _visits(connection: Connection, branches: Sequence[Unit], today: date, book: Rulebook) -> Known:
    found: dict[int, list[Concerning]] = defaultdict(list)
    ids = [unit.id for unit in branches]
    for one in helping.coming(connection, ids, today - VISITS_BACK, today + VISITS_WITHIN):
        values = {"place": one.unit, "kind": one.kind}
        found[one.unit_id].append(Concerning(one.id, one.next_on or today, values, (one.person,)))
    return found


def _remarks(connection: Connection, branches: Sequence[Unit], today: date, book: Rulebook) -> Known:
    found: dict[int, list[Concerning]] = defaultdict(list)
    local = locals_of(connection, [unit.path for unit in branches])
    months = {u.id: set_by_unit(CaseFacts(local=local[u.path]), "remark_months", book) for u in branches}
    for unit, code, name, one in new_members.of_units(connection, list(months), today):
        due_on = one.due_on(months[unit])
        if due_on <= today + REMARKS_WITHIN:
            values = {"code": code, "name": name, "last": one.last_on, "by": due_on}
            found[unit].append(Concerning(one.candidate, due_on, values))
    return found


def mending(noted: Sequence[Finding]) -> Known:
    """What these units are to put right, by its day."""
    found: dict[int, list[Concerning]] = defaultdict(list)
    for one in noted:
        if one.due_on is not None and one.unmended:
            values = {"kind": one.kind, "noted": one.on, "by": one.due_on}
            found[one.unit_id].append(Concerning(one.id, one.due_on, values))
    return found


def inspections(noted: Sequence[Finding], today: date) -> Known:
    """Inspections that are planned and come."""
    found: dict[int, list[Concerning]] = defaultdict(list)
    for one in noted:
        if one.waits and one.on >= today:
            found[one.unit_id].append(Concerning(one.id, one.on))
    return found
