"""How long cases stayed in each step, from the days of their events: gathered once a day for each unit asked about."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, select

from bot.rules.book import Rulebook
from bot.rules.durations import Circle, Pace, Stays, thinned
from bot.rules.durations import paces as chosen
from bot.rules.road import HELD, Pair, pairs
from storage import units as tree
from storage.database import insert
from storage.sight import units_within, within
from storage.tables import candidates, case_dates, pace_days, paces, units
from storage.units import COMMITTEES, Unit

# Older cases went by other habits and other rules.
LOOK_BACK = timedelta(days=3 * 365)
# Of large units only the latest cases are looked at, for each step.
LATEST = 400
ALL = ""
_WIDE = ("central", "province")

# Where a row would name the next step, for those who left at this one; it has no days but how many went on.
LEFT = ""
# So old they may be: a median of three years hardly moves in a week.
KEPT = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a unit knows: the days of stays by area and pair of steps; by step how many left there, how many went on."""

    days: dict[tuple[str, Pair], list[int]] = field(default_factory=dict)
    left: dict[str, tuple[int, int]] = field(default_factory=dict)

    def of(self, area: str) -> Stays:
        """The stays of branches of an area; who left is counted for all of them together."""
        return Stays({pair: days for (of, pair), days in self.days.items() if of == area}, self.left)


# Takes what is to be written, now or after a reading.
Write = Callable[[Callable[[Connection], None]], None]


def paces_for(
    connection: Connection, unit: Unit, today: date, book: Rulebook, *, write: Write | None = None
) -> dict[Pair, Pace]:
    """How long each step takes in this unit: by its own cases, else by the nearest wider circle that has enough.

    `write`: with it what had to be gathered is kept for the rest of the day; None: nothing is written.
    """
    chain = _chain(connection, unit)
    known = _known(connection, [one.id for one in chain], today)
    for one in chain:
        if one.id not in known:
            known[one.id] = gather(connection, one, today, book)
            if write:
                write(partial(keep, unit=one.id, found=known[one.id], today=today))
    return chosen(_circles(unit, chain, known), pairs(HELD, book), today, book)


def _chain(connection: Connection, unit: Unit) -> list[Unit]:
    """The unit, its committee, and the committee above that."""
    found = [unit]
    while len(found) < 3 and (found[-1].parent_id is not None):
        committee = _committee_above(connection, found[-1])
        if committee is None:
            break
        found.append(committee)
    return found


def _committee_above(connection: Connection, unit: Unit) -> Unit | None:
    above = unit.committee_id
    if above == unit.id:
        above = tree.by_id(connection, unit.parent_id).committee_id if unit.parent_id else None
    return tree.by_id(connection, above) if above else None


def _circles(unit: Unit, chain: Sequence[Unit], known: Mapping[int, Gathered]) -> list[tuple[Circle, Stays]]:
    branch = unit.committee_id != unit.id
    names: list[tuple[Circle, int, str]] = [("own", unit.id, ALL)]
    wider: tuple[tuple[Circle, Circle], ...] = (("area", "committee"), ("area_above", "above"))
    for above, (of_area, of_all) in zip(chain[1:], wider if branch else wider[1:], strict=False):
        names += [(of_area, above.id, unit.area)] if branch and unit.area else []
        names.append((of_all, above.id, ALL))
    return [(circle, known[number].of(area)) for circle, number, area in names]


def _known(connection: Connection, ids: Sequence[int], today: date) -> dict[int, Gathered]:
    fresh = select(pace_days.c.unit_id).where(pace_days.c.unit_id.in_(ids), _is_fresh(today))
    found = {unit: Gathered() for unit in connection.execute(fresh).scalars()}
    for row in connection.execute(select(paces).where(paces.c.unit_id.in_(list(found)))):
        days = json.loads(row.days)
        if row.following == LEFT:
            found[row.unit_id].left[row.step] = (row.cases, days[0])
        else:
            found[row.unit_id].days[row.area, (row.step, row.following)] = days
    return found


def _is_fresh(today: date) -> ColumnElement[bool]:
    return pace_days.c.worked_out_on.between(today - KEPT, today)


def keep(connection: Connection, *, unit: int, found: Gathered, today: date) -> None:
    """Keeps what was gathered for a unit in the place of what was."""
    connection.execute(delete(paces).where(paces.c.unit_id == unit))
    rows = [
        {"unit_id": unit, "area": area, "step": step, "following": following, "cases": len(days)}
        | {"days": json.dumps(thinned(days))}
        for (area, (step, following)), days in found.days.items()
    ]
    rows += [
        {"unit_id": unit, "area": ALL, "step": step, "following": LEFT, "cases": left, "days": json.dumps([on])}
        for step, (left, on) in found.left.items()
    ]
    if rows:
        statement = insert(connection, paces)
        connection.execute(statement.on_conflict_do_nothing(), rows)
    day = insert(connection, pace_days).values(unit_id=unit, worked_out_on=today)
    connection.execute(day.on_conflict_do_update(index_elements=["unit_id"], set_={"worked_out_on": today}))


def gather(connection: Connection, unit: Unit, today: date, book: Rulebook) -> Gathered:
    """The days of every stay that ended within three years, for all branches below and for each area; and who left."""
    wide = unit.kind in _WIDE
    stays = _latest(connection, unit, today, book) if wide else _all(connection, unit, today, book)
    found: dict[tuple[str, Pair], list[int]] = defaultdict(list)
    for area, pair, days in stays:
        for wanted in {ALL, area or ALL}:
            found[wanted, pair].append(days)
    on = _gone_on(connection, unit, today, book) if wide else Counter[str]()
    if not wide:
        for (area, pair), several in found.items():
            on[pair[0]] += len(several) if area == ALL else 0
    left = connection.execute(_LEFT.where(_here(unit), candidates.c.step_on >= today - LOOK_BACK)).all()
    return Gathered(found, {step: (count, on[step]) for step, count in left if on[step]})


_LEFT = select(candidates.c.step, func.count()).where(candidates.c.state == "closed").group_by(candidates.c.step)


def _here(unit: Unit) -> ColumnElement[bool]:
    return candidates.c.unit_id.in_(units_within(unit.path))


def _gone_on(connection: Connection, unit: Unit, today: date, book: Rulebook) -> Counter[str]:
    """How many went on from each step within three years."""
    counted = (
        select(case_dates.c.event, func.count())
        .join_from(case_dates, candidates, candidates.c.id == case_dates.c.candidate_id)
        .where(_here(unit), case_dates.c.on.between(today - LOOK_BACK, today))
        .group_by(case_dates.c.event)
    )
    came, events, found = Counter(dict(map(tuple, connection.execute(counted)))), _events(book), Counter[str]()
    for step, following in pairs(HELD, book):
        found[step] = max(found[step], came[events[following]])
    return found


def _events(book: Rulebook) -> dict[str, str]:
    steps = book.entries.steps
    return {step: steps[step].event for pair in pairs(HELD, book) for step in pair}


def _all(connection: Connection, unit: Unit, today: date, book: Rulebook) -> Iterable[tuple[str | None, Pair, int]]:
    events = _events(book)
    # Without a condition on the event: the index by event would lead through all the cases of the province.
    found = (
        select(case_dates.c.candidate_id, case_dates.c.event, case_dates.c.on, candidates.c.unit_id)
        .join_from(candidates, case_dates, case_dates.c.candidate_id == candidates.c.id)
        .where(_here(unit))
    )
    area_of = {
        row.id: row.area for row in connection.execute(select(units.c.id, units.c.area).where(within(unit.path)))
    }
    dates: dict[int, dict[str, date]] = defaultdict(dict)
    areas: dict[int, str | None] = {}
    for candidate, event, on, place in connection.execute(found):
        dates[candidate][event] = on
        areas[candidate] = area_of[place]
    for candidate, days in dates.items():
        for pair in pairs(HELD, book):
            stay = _stay(days, events[pair[0]], events[pair[1]], today)
            if stay is not None and not _passed_over(pair, days, events):
                yield areas[candidate], pair, stay


def _stay(days: Mapping[str, date], entered: str, left: str, today: date) -> int | None:
    since, until = days.get(entered), days.get(left)
    if since is None or until is None or until < since or not today - LOOK_BACK <= until <= today:
        return None
    return (until - since).days


def _passed_over(pair: Pair, days: Mapping[str, date], events: Mapping[str, str]) -> bool:
    """A stay up to the decision is not one where the committee voted in between."""
    voted = events["committee_vote"]
    return pair[1] == "decision" and pair[0] != "committee_vote" and voted in days


_BEFORE, _AFTER = case_dates.alias("before"), case_dates.alias("after")
_VOTED = case_dates.alias("voted")


def _latest(connection: Connection, unit: Unit, today: date, book: Rulebook) -> Iterable[tuple[str | None, Pair, int]]:
    """The latest stays of each step; the index by event and day gives them without looking at every case."""
    events = _events(book)
    found = (
        select(_BEFORE.c.on.label("since"), _AFTER.c.on.label("until"), units.c.area)
        .join_from(
            _AFTER,
            _BEFORE,
            and_(_BEFORE.c.candidate_id == _AFTER.c.candidate_id, _BEFORE.c.event == bindparam("entered")),
        )
        .join(candidates, candidates.c.id == _AFTER.c.candidate_id)
        .join(units, units.c.id == candidates.c.unit_id)
        .where(_AFTER.c.event == bindparam("left"), _AFTER.c.on <= today, _AFTER.c.on >= today - LOOK_BACK)
        .where(within(unit.path))
        .order_by(_AFTER.c.on.desc())
        .limit(LATEST)
    )
    voted = select(_VOTED.c.candidate_id).where(
        _VOTED.c.candidate_id == _AFTER.c.candidate_id, _VOTED.c.event == events["committee_vote"]
    )
    for pair in pairs(HELD, book):
        skips = pair[1] == "decision" and pair[0] != "committee_vote"
        query = found.where(~voted.exists()) if skips else found
        for row in connection.execute(query, {"entered": events[pair[0]], "left": events[pair[1]]}):
            if row.until >= row.since:
                yield row.area, pair, (row.until - row.since).days


def behind(connection: Connection, today: date, most: int) -> list[Unit]:
    """Some of the open committees for which nothing was gathered today, the highest first."""
    fresh = select(pace_days.c.unit_id).where(pace_days.c.worked_out_on == today)
    wanted = (
        select(units.c.id)
        .where(units.c.kind.in_(COMMITTEES), units.c.closed_on.is_(None), units.c.id.not_in(fresh))
        .order_by(units.c.id)
        .limit(most)
    )
    return [tree.by_id(connection, number) for number in connection.execute(wanted).scalars()]


def forget(connection: Connection) -> None:
    """What was gathered is gathered anew when it is asked for: after many dates were written at once."""
    connection.execute(delete(pace_days))
