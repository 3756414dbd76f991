"""Places without any member that no branch stands for: the office notes them, and what has become of them."""

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import covers
from bot.rules.positions import catalogue
from bot.vietnamese.fold import clean
from handlers.answers import Question
from handlers.commands import Context, command
from handlers.desk import Asked, in_sight, own_units, read
from handlers.pages import Page, is_number
from handlers.seats import words
from handlers.slips import SLIPS, Draft, Slip, begin
from storage import places, sight, units
from storage.places import Place
from storage.sight import within
from storage.units import COMMITTEES, Unit

SHOWN = 6
NEW, BRANCH = "place", "place_branch"
DONE, MEMBER, REOPEN, DROP = "xong", "member", "reopen", "drop"


@command("diabantrang")
def empty_places(context: Context, said: str) -> Reply:
    """Those of a unit and below, or ("xong") those that are solved; "new #2" notes one; "p7 member" and the like."""
    first, _, rest = said.strip().partition(" ")
    if first.startswith("p") and is_number(first[1:]):
        return _one(context, int(first[1:]), rest.strip())
    asked = read(context, f"diabantrang {first}" if first in (NEW, DONE) else "diabantrang", _rest(first, said, rest))
    if asked.unit is None:
        mine = [Choice("unit", f"/diabantrang #{unit.id}", {"name": unit.name}) for unit in own_units(context)]
        return Reply("places.which", {}, [[one] for one in mine[:SHOWN]])
    if first == NEW:
        return begin(context, NEW, str(_door(context, asked.unit).id))
    return _list(context, asked, solved=first == DONE)


def _rest(first: str, said: str, rest: str) -> str:
    return rest if first in (NEW, DONE) else said


def may_note(context: Context, unit: Unit) -> bool:
    """Whether this person notes places of a unit: whoever changes its units."""
    return unit.kind == "committee" and covers(context.me.grants, "change_units", unit.path, unit.committee_id)


def _door(context: Context, unit: Unit) -> Unit:
    if not may_note(context, unit):
        raise Refusal("places.not_yours", [[Choice("empty_places", f"/diabantrang #{unit.id}")]], unit=unit.name)
    return unit


def _list(context: Context, asked: Asked, *, solved: bool) -> Reply:
    unit, connection = asked.of, context.connection
    count = places.count(connection, unit, solved=solved)
    page = Page.of(range(count), asked.page, SHOWN)
    found = places.listed(connection, unit, page.number * SHOWN, SHOWN, solved=solved)
    values = {
        "unit": unit,
        "solved": solved,
        "count": count,
        "rows": [_told(one, unit) for one in found],
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    what = f"{DONE} " if solved else ""
    each = [Choice("place", f"/diabantrang p{one.id}", {"name": one.name}) for one in found]
    turn = page.turn(lambda to: f"/diabantrang {what}#{unit.id} +{to}")
    add = [Choice("note_place", f"/diabantrang {NEW} #{unit.id}")] if may_note(context, unit) else []
    other = places.count(connection, unit, solved=not solved)
    turned = (
        Choice("empty_places", f"/diabantrang #{unit.id}")
        if solved
        else Choice("solved_places", f"/diabantrang {DONE} #{unit.id}", {"count": other})
    )
    last = [*([turned] if other or solved else []), Choice("to_help", f"/noicangiup #{unit.id}")]
    rows = [each[i : i + 2] for i in range(0, len(each), 2)]
    return Reply("places.listed", values, [*rows, turn, add, last], edit=True)


def _told(place: Place, unit: Unit) -> dict[str, object]:
    return {
        "name": place.name,
        "kind": catalogue().places.get(place.kind, place.kind),
        "noted_on": place.noted_on,
        "solved_on": place.solved_on,
        "branch": place.branch,
        "unit": place.unit_name if place.unit_id != unit.id else None,
    }


def _one(context: Context, number: int, verb: str) -> Reply:
    place = places.by_number(context.connection, number)
    unit = units.by_id(context.connection, place.unit_id) if place else None
    if place is None or unit is None or not in_sight(context, unit):
        raise Refusal("places.no_such_place", [[Choice("empty_places", "/diabantrang")]])
    if not verb:
        return _card(context, place, unit)
    _door(context, unit)
    if verb == BRANCH:
        return begin(context, BRANCH, str(place.id))
    if verb == MEMBER:
        places.solve(context.connection, context.now, context.me.id, place, None)
    elif verb == REOPEN:
        places.reopen(context.connection, context.now, context.me.id, place)
    elif verb == DROP:
        places.drop(context.connection, context.now, context.me.id, place)
        return Reply("places.dropped", {"name": place.name}, [_back(unit)], edit=True)
    return _one(context, number, "")


def _card(context: Context, place: Place, unit: Unit) -> Reply:
    send, rows = f"/diabantrang p{place.id}", [_back(unit)]
    if may_note(context, unit):
        open_ = [Choice("place_has_branch", f"{send} {BRANCH}"), Choice("place_has_member", f"{send} {MEMBER}")]
        more = [Choice("place_dropped", f"{send} {DROP}")]
        rows = [[Choice("place_reopen", f"{send} {REOPEN}")], _back(unit)] if place.solved_on else [open_, more, *rows]
    return Reply("places.one", _told(place, unit) | {"unit": unit.name}, rows, edit=True)


def _back(unit: Unit) -> list[Choice]:
    return [Choice("empty_places", f"/diabantrang #{unit.id}")]


def _new_title(context: Context, draft: Draft) -> str:
    unit = _door(context, units.by_id(context.connection, int(draft.about)))
    return words("place_title").format(unit=unit.name)


def _new_questions(context: Context, draft: Draft) -> list[Question]:
    kind = Question("kind", "choice", words("place_kind"), options=catalogue().places)
    return [Question("name", "name", words("place_name")), kind]


def _new_against(context: Context, draft: Draft) -> str | None:
    twice = places.alike(context.connection, int(draft.about), clean(str(draft.said("name"))))
    return words("place_twice") if twice else None


def _new_save(context: Context, draft: Draft) -> Reply:
    unit = units.by_id(context.connection, int(draft.about))
    number = places.note(
        context.connection, context.now, context.me.id, unit.id, draft.said("name"), draft.said("kind")
    )
    return _one(context, number, "")


def _place(context: Context, draft: Draft) -> Place:
    found = places.by_number(context.connection, int(draft.about))
    if found is None:
        raise Refusal("places.no_such_place", [[Choice("empty_places", "/diabantrang")]])
    _door(context, units.by_id(context.connection, found.unit_id))
    return found


def _branch_title(context: Context, draft: Draft) -> str:
    return words("branch_title").format(place=_place(context, draft).name)


def _branch_questions(context: Context, draft: Draft) -> list[Question]:
    unit = units.by_id(context.connection, _place(context, draft).unit_id)
    reached = sight.units_open_to(context.me, "change_units")
    open_ = units.open_units(context.connection, within(unit.path) & reached)
    branches = {str(one.id): one.name for one in open_ if one.kind not in COMMITTEES}
    return [Question("branch", "choice", words("branch_name"), options=branches)]


def _branch_save(context: Context, draft: Draft) -> Reply:
    place = _place(context, draft)
    places.solve(context.connection, context.now, context.me.id, place, int(draft.said("branch")))
    return _one(context, place.id, "")


SLIPS[NEW] = Slip(_new_title, _new_questions, _new_save, _new_against)
SLIPS[BRANCH] = Slip(_branch_title, _branch_questions, _branch_save)
