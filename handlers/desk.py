"""The lead's desk: which unit and period a command is about, found as people type them, and who may see it."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.chat import Choice, Refusal
from bot.rules.access import covers
from bot.rules.periods import Period, PeriodKind, containing
from bot.vietnamese.fold import clean
from handlers.commands import Context
from handlers.pages import fitting, is_number
from handlers.periods import impossible, read_period
from handlers.unit_search import matching
from storage import sight, units
from storage.units import COMMITTEES, Unit

# Units offered where several fit.
OFFERED = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command is about. `unit` None: the person has several and named none; `choices` lead to them."""

    unit: Unit | None
    period: Period
    page: int = 0
    choices: tuple[Choice, ...] = ()

    @property
    def of(self) -> Unit:
        """The unit, where one must be named."""
        if self.unit is None:
            raise Refusal("desk.which_unit", [[choice] for choice in self.choices])
        return self.unit


def read(context: Context, command: str, words: str, kind: PeriodKind = "quarter") -> Asked:
    """The unit ("#12", a code, part of a name), the period and the page ("+2") that the words name.

    Refuses whoever may see no counts, and a unit out of sight like one that does not exist; several that fit are
    offered as buttons of the same command.
    """
    if not context.me.may("see_counts"):
        raise Refusal("desk.not_for_members", [[Choice("my_candidates", "/nguon"), Choice("my_late", "/quahan")]])
    page, rest = _page(words)
    if impossible(rest):
        raise Refusal("desk.no_such_period")
    period, query = read_period(rest, context.today, ahead=True)
    period = period or containing(kind, context.today)
    unit = _unit(context, command, query, period)
    return Asked(unit, period, page, _to_own(context, command) if unit is None else ())


def _to_own(context: Context, command: str) -> tuple[Choice, ...]:
    return tuple(Choice("unit", f"/{command} #{unit.id}", {"name": unit.name}) for unit in own_units(context)[:OFFERED])


def _page(words: str) -> tuple[int, str]:
    parts = words.split()
    pages = [part for part in parts if part.startswith("+") and is_number(part[1:])]
    rest = " ".join(part for part in parts if part not in pages)
    return (int(pages[-1][1:]) if pages else 0), rest


def _unit(context: Context, command: str, query: str, period: Period) -> Unit | None:
    if not query:
        return own_unit(context)
    found = _found(context, query)
    if not found:
        # What a button sends is no name that somebody could have typed.
        typed = "" if query.startswith("#") else clean(query)[:40]
        raise Refusal("desk.no_such_unit", [[Choice("status", "/tinhhinh")]], query=typed)
    if len(found) > 1:
        rows = [
            [Choice("unit", fitting(f"/{command} #{unit.id} {period.code}"), {"name": unit.name})]
            for unit in found[:OFFERED]
        ]
        raise Refusal("desk.several_units", rows, query=clean(query)[:40], count=len(found), shown=len(rows))
    return found[0]


def _found(context: Context, query: str) -> list[Unit]:
    """By number as buttons send it, else as people type it; only units in sight.

    The whole code is asked of the database first: a country has 100,000 units.
    """
    if query.startswith("#"):
        numbered = units.by_number(context.connection, int(query[1:])) if is_number(query[1:]) else None
        return [numbered] if numbered and in_sight(context, numbered) else []
    reached = sight.units_open_to(context.me, "see_counts")
    coded = units.one_of(context.connection, reached, code=query)
    if coded:
        return coded
    return matching(units.open_units(context.connection, reached), query)


def own_unit(context: Context) -> Unit | None:
    """The one unit whose counts this person sees; None: several, none above the others."""
    grants = [grant for grant in context.me.grants if covers([grant], "see_counts", grant.path, grant.unit_id)]
    tops = {
        grant.unit_id
        for grant in grants
        if not any(grant.path != other.path and grant.path.startswith(other.path) for other in grants)
    }
    return units.by_id(context.connection, tops.pop()) if len(tops) == 1 else None


def own_units(context: Context) -> list[Unit]:
    """Every unit in which this person has a role that sees counts, by name."""
    numbers = {grant.unit_id for grant in context.me.grants if covers([grant], "see_counts", grant.path, grant.unit_id)}
    return sorted((units.by_id(context.connection, number) for number in numbers), key=lambda unit: unit.ordered)


def in_sight(context: Context, unit: Unit) -> bool:
    """Whether this person may see the counts of a unit."""
    return covers(context.me.grants, "see_counts", unit.path, unit.committee_id)


def sees_cases(context: Context, unit: Unit) -> bool:
    """Whether the person may look at the cases of a unit, and not only at their number."""
    return covers(context.me.grants, "see_case", unit.path, unit.committee_id)


def may_set(context: Context, unit: Unit) -> bool:
    """Whether this person sets a unit's targets: the office of its committee, or of the unit above it."""
    places = [unit] if unit.parent_id is None else [unit, units.by_id(context.connection, unit.parent_id)]
    return any(covers(context.me.grants, "set_target", place.path, place.committee_id) for place in places)


def stands_above(context: Context, unit: Unit) -> str:
    """What the units directly below are: "committees", whose cases are theirs to know; "branches"; "" where none is."""
    kind = units.kind_below(context.connection, unit)
    return "" if kind is None else "committees" if kind in COMMITTEES else "branches"


def with_committees(context: Context, unit: Unit | None, found: Iterable[tuple[str, int | None]]) -> list[str]:
    """Names of units, as (name, number of its committee), in a list of `unit`.

    Above the committees with the committee's name: every commune has its branch of the first hamlet.
    """
    rows = list(found)
    numbers = {committee for _, committee in rows if committee is not None}
    if unit is None or not numbers or stands_above(context, unit) != "committees":
        return [name for name, _ in rows]
    named = {one.id: one.name for one in units.by_ids(context.connection, sorted(numbers))}
    return [f"{name} ({named[at]})" if at is not None and at in named else name for name, at in rows]


def up(context: Context, command: str, unit: Unit, period: Period) -> list[Choice]:
    """The button to the unit above, where it is in sight."""
    if unit.parent_id is None:
        return []
    above = units.by_id(context.connection, unit.parent_id)
    if not in_sight(context, above):
        return []
    return [Choice("upwards", f"/{command} #{above.id} {period.code}", {"name": above.name})]
