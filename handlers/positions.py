"""Who holds the positions of the neighbourhood: shares of members, of a branch and up the tree, in numbers only."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.chat import Choice, Reply
from bot.rules.access import covers
from bot.rules.periods import containing
from bot.rules.positions import NONE, Seats, catalogue, lowest, total
from bot.rules.workdays import add_months
from handlers.commands import Context
from handlers.desk import Asked, own_units, stands_above, up
from handlers.goals import local
from handlers.pages import Page
from handlers.seats import said
from storage import places, positions, units
from storage.branches import Branches
from storage.positions import Said, Totals
from storage.units import Unit

SHOWN = 6
# Kinds with a button of their own; the others are typed.
MOST_KINDS = 10
_UNHEARD = Branches(positions.silent())
SILENT = "chuaghi"


def which(context: Context) -> Reply:
    """Asks for the unit, where somebody has several."""
    rows = [[Choice("unit", f"/vitri #{unit.id}", {"name": unit.name})] for unit in own_units(context)[:SHOWN]]
    return Reply("positions.which", {}, rows)


def may_note(context: Context, unit: Unit) -> bool:
    """Whether this person says how many positions there are in a unit."""
    if unit.closed_on is not None or unit.kind in ("central", "province"):
        return False
    return covers(context.me.grants, "note_positions", unit.path, unit.committee_id)


def old_before(context: Context, unit: Unit) -> date:
    """What was said before this day is old."""
    return add_months(context.today, -local(context, unit, "positions_months"))


def screen(context: Context, unit: Unit, template: str = "positions.status", **more: Any) -> Reply:
    """The one screen of a unit: its own numbers, or the sums of all below it."""
    above = bool(stands_above(context, unit))
    cutoff = old_before(context, unit)
    own = positions.of_unit(context.connection, unit.id)
    sums = positions.totals(context.connection, unit, cutoff)
    told = sums.by_kind if above else {kind: one.seats for kind, one in own.items() if kind != NONE}
    values = {
        "unit": unit,
        "groups": _groups(told, {} if above else own, cutoff),
        "above": above,
        "sums": sums,
        "nothing": NONE in own and not above,
        "on": min((one.on for one in own.values()), default=None),
        "by": next((one.by for one in own.values() if one.by), None),
        "months": local(context, unit, "positions_months"),
        **more,
    }
    buttons = _buttons(context, unit, told, sums, own, above=above)
    return Reply(template, values, buttons, edit=template == "positions.status")


def _groups(told: Mapping[str, Seats], own: Mapping[str, Said], cutoff: date) -> list[dict[str, Any]]:
    known, found = catalogue(), []
    for group, name in known.groups.items():
        rows = [
            {**row(known.kinds[kind].name, told[kind]), "old": kind in own and own[kind].on < cutoff}
            for kind in known.of_group(group)
            if kind in told
        ]
        for one in known.sums.values():
            if one.group == group and all(kind in told for kind in one.of):
                rows.append({**row(one.name, total(told[kind] for kind in one.of)), "old": False})
        if rows:
            found.append({"name": name, "rows": rows})
    return found


def row(name: str, seats: Seats) -> dict[str, Any]:
    """A line as the sentences say it."""
    return {
        "name": name,
        "members": seats.members,
        "held": seats.held,
        "percent": seats.percent,
        "vacant": seats.vacant,
    }


def _buttons(
    context: Context, unit: Unit, told: Mapping[str, Seats], sums: Totals, own: Mapping[str, Said], *, above: bool
) -> list[list[Choice]]:
    note = "ghivitri" if may_note(context, unit) and not above else "vitri"
    kinds = [_to_kind(note, kind, told[kind], unit) for kind in catalogue().kinds if kind in told]
    rows = _pairs(kinds[:MOST_KINDS])
    if above:
        silent = [Choice("silent_positions", f"/vitri {SILENT} #{unit.id}", {"count": sums.silent})]
        rows.append(silent if sums.silent else [])
    if may_note(context, unit):
        rows.append([Choice(f"note_{group}", f"/ghivitri {group} #{unit.id}") for group in catalogue().groups])
        rows.append([Choice("no_positions", f"/ghivitri {NONE} #{unit.id}")] if not above and not own else [])
    period = containing("quarter", context.today)
    return [*rows, [Choice("status", f"/tinhhinh #{unit.id}"), *up(context, "vitri", unit, period)]]


def _to_kind(command: str, kind: str, seats: Seats, unit: Unit) -> Choice:
    values = {"name": catalogue().kinds[kind].short, "said": said(seats)}
    return Choice("kind_of_position", f"/{command} {kind} #{unit.id}", values)


def of_kind(context: Context, slug: str, asked: Asked) -> Reply:
    """One kind in a unit, and in the units directly below it: the lowest share first."""
    if asked.unit is None:
        return which(context)
    unit, known = asked.unit, catalogue()
    kinds = known.sums[slug].of if slug in known.sums else (slug,)
    name = known.sums[slug].name if slug in known.sums else known.kinds[slug].name
    sums = positions.totals(context.connection, unit, old_before(context, unit))
    whole = total(sums.by_kind.get(kind, Seats()) for kind in kinds)
    found = positions.below(context.connection, unit, kinds)
    there = {one.id: one for one in units.by_ids(context.connection, list(found))}
    lines = sorted(
        ((there[number], seats) for number, seats in found.items() if seats.posts),
        key=lambda pair: (pair[1].percent if pair[1].percent is not None else 101, -pair[1].outside, pair[0].ordered),
    )
    page = Page.of(lines, asked.page, SHOWN)
    values = {
        "unit": unit,
        **row(name, whole),
        "rows": [row(one.name, seats) for one, seats in page.items],
        "sums": sums,
        "below": bool(stands_above(context, unit)),
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    down = [Choice("unit", f"/vitri #{one.id}", {"name": one.name}) for one, _ in page.items]
    note = [Choice("note_this_kind", f"/ghivitri {slug} #{unit.id}")] if _notes(context, unit, slug) else []
    turn = page.turn(lambda to: f"/vitri {slug} #{unit.id} +{to}")
    return Reply("positions.kind", values, [*_pairs(down), turn, note, _back(unit)], edit=True)


def _notes(context: Context, unit: Unit, slug: str) -> bool:
    return slug in catalogue().kinds and may_note(context, unit)


def _pairs(choices: Sequence[Choice]) -> list[list[Choice]]:
    return [list(choices[i : i + 2]) for i in range(0, len(choices), 2)]


def _back(unit: Unit) -> list[Choice]:
    return [Choice("to_positions", f"/vitri #{unit.id}")]


def unheard(context: Context, asked: Asked) -> Reply:
    """The branches that have said nothing: no share counts them."""
    unit = asked.of
    if stands_above(context, unit) == "committees":
        return _unheard_below(context, asked)
    found, count = _UNHEARD.page(context.connection, unit, {}, asked.page * SHOWN, SHOWN)
    page = Page.of(range(count), asked.page, SHOWN)
    if not found and count:
        found, _ = _UNHEARD.page(context.connection, unit, {}, page.number * SHOWN, SHOWN)
    values = {"unit": unit, "count": count, "rows": [one.name for one in found]}
    values |= {"page": page.number + 1, "pages": page.last + 1}
    down = [Choice("unit", f"/vitri #{one.id}", {"name": one.name}) for one in found]
    turn = page.turn(lambda to: f"/vitri {SILENT} #{unit.id} +{to}")
    return Reply("positions.silent", values, [*_pairs(down), turn, _back(unit)], edit=True)


def _unheard_below(context: Context, asked: Asked) -> Reply:
    """The same for whoever stands above committees: how many each of them has."""
    found = positions.silent_below(context.connection, asked.of)
    page = Page.of(found, asked.page, SHOWN)
    values = {"unit": asked.of, "count": sum(count for *_, count in found)}
    values |= {"rows": [{"name": name, "count": count} for _, name, count in page.items]}
    values |= {"page": page.number + 1, "pages": page.last + 1}
    down = [Choice("unit", f"/vitri {SILENT} #{number}", {"name": name}) for number, name, _ in page.items]
    turn = page.turn(lambda to: f"/vitri {SILENT} #{asked.of.id} +{to}")
    return Reply("positions.silent_below", values, [*_pairs(down), turn, _back(asked.of)], edit=True)


def to_be_won(context: Context, unit: Unit, outside: int) -> tuple[dict[str, Any], list[list[Choice]]]:
    """For the list of what needs help: the kinds with the lowest shares, places without members, and their doors.

    `outside`: how many candidates hold a position and are no members yet.
    """
    sums = positions.totals(context.connection, unit, context.today)
    empty = places.count(context.connection, unit)
    rows = [row(catalogue().kinds[kind].name, seats) for kind, seats in lowest(sums.by_kind)]
    held = [Choice("holders_outside", f"/giuvai tatca #{unit.id}", {"count": outside})] if outside else []
    bare = [Choice("empty_places_count", f"/diabantrang #{unit.id}", {"count": empty})]
    return {"lowest": rows, "empty": empty}, [held, [Choice("to_positions", f"/vitri #{unit.id}"), *bare]]
