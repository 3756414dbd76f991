"""Where branches stand: their area and marks, which the office sets, and the figures of each sort of place."""

from collections.abc import Callable
from functools import partial

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import covers
from bot.rules.grouping import grouping
from bot.rules.periods import containing
from bot.rules.positions import catalogue
from handlers.answers import Question
from handlers.commands import Context, command
from handlers.desk import Asked, own_units, read, stands_above, up, with_committees
from handlers.pages import Page
from handlers.seats import words
from handlers.slips import SLIPS, Draft, Slip, begin
from storage import marks, standing, units
from storage.units import Unit

SHOWN = 6
SLIP = "area"
MARK, AREA = "dau", "khuvuc"
UNKNOWN = "unknown"


def only_reads(said: str) -> bool:
    """Whether these words set nothing."""
    return said.strip().partition(" ")[0] not in (AREA, MARK)


@command("diaban", reads=only_reads)
def places_of_branches(context: Context, said: str) -> Reply:
    """A unit by sorts of places; a branch with its own; "priority #2", "school #2": its branches of that sort.

    What buttons send: "khuvuc #3" sets the area, "dau priority #3" turns a mark, "dau priority #2 +1" goes through
    the branches of a committee.
    """
    first, _, rest = said.strip().partition(" ")
    if first == AREA:
        return begin(context, SLIP, str(_door(context, read(context, f"diaban {AREA}", rest).of).id))
    if first == MARK:
        mark, _, of = rest.partition(" ")
        return _mark(context, mark, read(context, f"diaban {MARK} {mark}", of, "year"))
    if first in (*catalogue().marks, *grouping().areas, UNKNOWN):
        return _of_sort(context, first, read(context, f"diaban {first}", rest, "year"))
    asked = read(context, "diaban", said, "year")
    if asked.unit is None:
        mine = [[Choice("unit", f"/diaban #{unit.id}", {"name": unit.name})] for unit in own_units(context)[:SHOWN]]
        return Reply("areas.which", {}, mine)
    return _table(context, asked) if stands_above(context, asked.unit) else _branch(context, asked.unit)


def _may_set(context: Context, unit: Unit) -> bool:
    return unit.closed_on is None and covers(context.me.grants, "change_units", unit.path, unit.committee_id)


def _door(context: Context, unit: Unit) -> Unit:
    if not _may_set(context, unit):
        raise Refusal("areas.not_yours", [[Choice("areas_of", f"/diaban #{unit.id}")]], unit=unit.name)
    return unit


def _name(sort: str | None) -> str:
    return catalogue().marks.get(sort or "") or grouping().areas.get(sort or "") or grouping().unknown


def _table(context: Context, asked: Asked) -> Reply:
    unit, year = asked.of, asked.period.last.year
    by = standing.counted_by(context.connection, unit)
    areas, marked = marks.sorts(context.connection, unit, by, year, list(catalogue().marks))
    # What is an area and a mark as well is told once, among the marks.
    order = [*(area for area in grouping().areas if area not in catalogue().marks), None]
    shown_areas = [sort for sort in order if sort in areas]
    shown_marks = [mark for mark in catalogue().marks if mark in marked]
    values = {
        "unit": unit,
        "year": year,
        "areas": [{"name": _name(sort), "sort": areas[sort]} for sort in shown_areas],
        "marks": [{"name": _name(mark), "sort": marked[mark]} for mark in shown_marks],
        "settable": _may_set(context, unit),
    }
    sorts = [*shown_marks, *(sort or UNKNOWN for sort in shown_areas)]
    each = [Choice("sort_of_place", f"/diaban {sort} #{unit.id} {year}", {"name": _name(sort)}) for sort in sorts]
    turns = [Choice("go_marking", f"/diaban {MARK} priority #{unit.id}")] if _may_set(context, unit) else []
    last = [Choice("empty_places", f"/diabantrang #{unit.id}"), *up(context, "diaban", unit, asked.period)]
    rows = [each[i : i + 2] for i in range(0, len(each), 2)]
    return Reply("areas.table", values, [*rows, turns, last], edit=True)


def _branch(context: Context, unit: Unit) -> Reply:
    held = marks.of_unit(context.connection, unit.id)
    named = [name for mark, name in catalogue().marks.items() if mark in held]
    values = {"unit": unit, "area": _name(unit.area), "marks": named}
    rows: list[list[Choice]] = []
    if _may_set(context, unit):
        each = [
            Choice("turn_mark", f"/diaban {MARK} {mark} #{unit.id}", {"name": name, "set": mark in held})
            for mark, name in catalogue().marks.items()
        ]
        rows = [*(each[i : i + 2] for i in range(0, len(each), 2)), [Choice("set_area", f"/diaban {AREA} #{unit.id}")]]
    back = up(context, "diaban", unit, containing("year", context.today))
    return Reply("areas.branch", values, [*rows, [Choice("to_positions", f"/vitri #{unit.id}"), *back]], edit=True)


def _mark(context: Context, mark: str, asked: Asked) -> Reply:
    """Turns a branch's mark; of a committee it shows all branches to go through."""
    if mark not in catalogue().marks:
        raise Refusal("conversation.old_button")
    unit = _door(context, asked.of)
    if stands_above(context, unit):
        return _go_through(context, mark, asked)
    marks.turn(context.connection, context.now, context.me.id, unit.id, mark)
    return _branch(context, unit)


@command("danhdau")
def turn_in_list(context: Context, said: str) -> Reply:
    """A tap in the list of branches: "priority 12 #2 +1" turns the mark of branch 12 and shows the page again."""
    mark, _, rest = said.strip().partition(" ")
    number, _, of = rest.partition(" ")
    asked = read(context, f"danhdau {mark}", of, "year")
    unit = units.by_number(context.connection, int(number)) if number.isdecimal() and len(number) < 10 else None
    if mark not in catalogue().marks or unit is None or not unit.path.startswith(asked.of.path):
        raise Refusal("conversation.old_button")
    marks.turn(context.connection, context.now, context.me.id, _door(context, unit).id, mark)
    return _go_through(context, mark, asked)


def _go_through(context: Context, mark: str, asked: Asked) -> Reply:
    unit = asked.of
    found, count = _page(partial(marks.of_committee, context.connection, unit), asked.page)
    page = Page.of(range(count), asked.page, SHOWN)
    held = marks.of_units(context.connection, [one.id for one in found], mark)
    rows = [
        [
            Choice(
                "turn_mark",
                f"/danhdau {mark} {one.id} #{unit.id} +{page.number}",
                {"name": one.name, "set": one.id in held},
            )
        ]
        for one in found
    ]
    others = [
        Choice("sort_of_place", f"/diaban {MARK} {other} #{unit.id}", {"name": name})
        for other, name in catalogue().marks.items()
        if other != mark
    ]
    turn = page.turn(lambda to: f"/diaban {MARK} {mark} #{unit.id} +{to}")
    values = {"unit": unit, "mark": _name(mark), "count": count, "page": page.number + 1, "pages": page.last + 1}
    more = [others[i : i + 2] for i in range(0, len(others), 2)]
    return Reply("areas.marking", values, [*rows, turn, *more, [Choice("areas_of", f"/diaban #{unit.id}")]], edit=True)


def _page(find: Callable[[int, int], marks.Page], number: int) -> marks.Page:
    """The wanted page, or the last one when the list has become shorter."""
    found, count = find(number * SHOWN, SHOWN)
    return find((count - 1) // SHOWN * SHOWN, SHOWN) if count and not found else (found, count)


def _of_sort(context: Context, sort: str, asked: Asked) -> Reply:
    """The branches of one sort of place, each with what it has reached in the year."""
    unit, period = asked.of, asked.period
    known = sort in catalogue().marks
    bearing = partial(marks.bearing, context.connection, unit, sort)
    standing_in = partial(marks.standing_in, context.connection, unit, None if sort == UNKNOWN else sort)
    found, count = _page(bearing if known else standing_in, asked.page)
    page = Page.of(range(count), asked.page, SHOWN)
    flows = standing.flows_of(context.connection, found, [period]) if found else {}
    names = with_committees(context, unit, ((one.name, one.committee_id) for one in found))
    values = {
        "unit": unit,
        "sort": _name(sort),
        "period": period,
        "count": count,
        "rows": [{"name": name, "flow": flows[one.id][period.code]} for name, one in zip(names, found, strict=True)],
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    down = [
        Choice("unit", f"/tinhhinh #{one.id} {period.code}", {"name": name})
        for name, one in zip(names, found, strict=True)
    ]
    turn = page.turn(lambda to: f"/diaban {sort} #{unit.id} {period.code} +{to}")
    rows = [down[i : i + 2] for i in range(0, len(down), 2)]
    return Reply("areas.of_sort", values, [*rows, turn, [Choice("areas_of", f"/diaban #{unit.id}")]], edit=True)


def _area_title(context: Context, draft: Draft) -> str:
    unit = _door(context, units.by_id(context.connection, int(draft.about)))
    return words("area_title").format(unit=unit.name)


def _area_questions(context: Context, draft: Draft) -> list[Question]:
    return [Question("area", "choice", words("area_name"), options=grouping().areas)]


def _area_save(context: Context, draft: Draft) -> Reply:
    unit = units.by_id(context.connection, int(draft.about))
    changed = units.change(context.connection, context.now, context.me.id, unit, {"area": draft.said("area")})
    return _branch(context, changed)


SLIPS[SLIP] = Slip(_area_title, _area_questions, _area_save)
