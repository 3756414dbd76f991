"""Classes: which are held when and where, opened and moved by the office."""

from datetime import date, timedelta
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import covers
from bot.vietnamese.fold import in_order
from handlers import plain
from handlers.answers import Question
from handlers.commands import Context, command, is_command
from handlers.dossiers import shown_name
from handlers.pages import Page, is_number, read_page
from handlers.sittings import word, words_of
from handlers.slips import SLIPS, Draft, Slip, begin
from storage import candidates, classes, sight, units
from storage.classes import Class
from storage.units import COMMITTEES, Unit

SHOWN, NAMES = 4, 8
AHEAD, BACK = timedelta(days=365), timedelta(days=60)
NEW = ("moi", "mo")


@command("lop")
def show_classes(context: Context, words: str) -> Reply | None:
    """The classes that one may send people to; one of them ("3"); for the office "moi" opens, "3 off" calls off.

    Its name is how people begin a sentence, too: other words are read as plain ones.
    """
    if not context.me.may("see_meeting"):
        raise Refusal("access.not_your_role")
    number, _, what = words.strip().partition(" ")
    if number in NEW:
        return begin(context, "class", str(_holding(context).id))
    if words and not is_number(number) and not words.startswith("+") and not is_command(context.incoming.text):
        return plain.words(context, context.incoming.text)
    if not is_number(number):
        return _list(context, read_page(words)[0])
    one = classes.class_for(context.connection, context.me, int(number))
    if what in ("change", "off", "off yes"):
        return _change(context, one, what)
    return show(context, one, read_page(what)[0])


def _holding(context: Context) -> Unit:
    """The committee for which this person holds classes."""
    reached = units.open_units(context.connection, sight.units_open_to(context.me, "hold_class"))
    found = [unit for unit in reached if unit.kind in COMMITTEES]
    if not found:
        raise Refusal("access.not_your_role")
    return found[0]


def in_sight(context: Context) -> list[Class]:
    """Classes of the last weeks and to come that this person may see, the next first."""
    first, last = context.today - BACK, context.today + AHEAD
    found = {
        one.id: one
        for grant in context.me.grants
        for one in classes.for_unit(context.connection, grant.path, first, last)
    }
    return sorted(found.values(), key=lambda one: (one.ends_on < context.today, one.starts_on, one.id))


def _list(context: Context, wanted: int) -> Reply:
    page = Page.of(in_sight(context), wanted, SHOWN)
    rows = [
        [Choice("class_on", f"/lop {one.id}", {"kind": words_of("classes")[one.kind], "on": one.starts_on})]
        for one in page.items
    ]
    holds = context.me.may("hold_class")
    add = [Choice("open_class", f"/lop {NEW[0]}")] if holds else []
    values = {
        "lines": [told_of(context, one) for one in page.items],
        "page": page.number + 1,
        "pages": page.last + 1,
        "holds": holds,
        "enrols": context.me.may("enrol"),
    }
    return Reply("classes.list", values, [*rows, page.turn(lambda to: f"/lop +{to}"), add], edit=True)


def told_of(context: Context, one: Class) -> dict[str, Any]:
    """What every sentence says of a class."""
    return {
        "kind": words_of("classes")[one.kind],
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "weekend": word("weekend") if one.weekend else None,
        "time": one.time,
        "place": one.place,
        "places": one.places,
        "left": max(0, one.places - one.enrolled) if one.places is not None else None,
        "enrolled": one.enrolled,
        "state": one.state if one.ends_on >= context.today or one.state != "open" else "over",
    }


def show(context: Context, one: Class, wanted: int = 0) -> Reply:
    """One class with those who are sent there, as far as this person may see them."""
    there = {row.candidate: row for row in classes.enrolled(context.connection, [one.id])}
    seen = candidates.those(context.connection, context.me, there)
    mine = [case for case in seen.values() if candidates.allowed(context.me, case, "see_case")]
    page = Page.of(sorted(mine, key=lambda case: (in_order(case.unit_name), case.name)), wanted, NAMES)
    lines = [
        {
            "name": shown_name(context, case),
            "code": case.code,
            "unit": case.unit_name,
            "result": words_of("results").get(there[case.id].result or ""),
        }
        for case in page.items
    ]
    values = {
        **told_of(context, one),
        "lines": lines,
        "mine": len(mine),
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    turn = page.turn(lambda to: f"/lop {one.id} +{to}")
    rows = [turn, *_buttons(context, one, bool(mine)), [Choice("all_classes", "/lop")]]
    return Reply("classes.one", values, rows, edit=True)


def _buttons(context: Context, one: Class, anybody: bool) -> list[list[Choice]]:
    if one.state != "open":
        return []
    enrols = context.me.may("enrol")
    enrol = [Choice("enrol_for_class", f"/ghidanh {one.id}")] if enrols and one.ends_on >= context.today else []
    result = (
        [Choice("class_results", f"/kqlop {one.id}")] if enrols and anybody and one.starts_on <= context.today else []
    )
    hold = []
    if classes.may_hold(context.connection, context.me, one) and one.ends_on >= context.today:
        hold = [Choice("change_class", f"/lop {one.id} change"), Choice("call_class_off", f"/lop {one.id} off")]
    return [enrol + result, hold]


def _change(context: Context, one: Class, what: str) -> Reply:
    if not classes.may_hold(context.connection, context.me, one):
        raise Refusal("access.not_your_role")
    if what == "change":
        kept = {name: getattr(one, name) for name in ("time", "place", "places")}
        days = {name: getattr(one, name).isoformat() for name in ("starts_on", "ends_on")}
        return begin(context, "class_change", str(one.id), **days, **kept)
    if what == "off":
        rows = [[Choice("call_class_off", f"/lop {one.id} off yes")], [Choice("back", f"/lop {one.id}")]]
        return Reply("classes.ask_off", told_of(context, one), rows, edit=True)
    if classes.change(context.connection, context.now, context.me.id, one, {"state": "cancelled"}):
        _tell(context, one, "off")
    return show(context, classes.class_for(context.connection, context.me, one.id))


def helpers(context: Context, candidate: int) -> list[int]:
    """Who helps a candidate."""
    return [helping.person for helping in candidates.helpers_of(context.connection, candidate)]


def _tell(context: Context, one: Class, what: str) -> None:
    """Tells the helpers of everybody on the list, each once, that the class has moved or is off."""
    told = {
        person for row in classes.enrolled(context.connection, [one.id]) for person in helpers(context, row.candidate)
    }
    for person in sorted(told):
        notice = Reply(f"classes.told_{what}", told_of(context, one), [[Choice("see_class", f"/lop {one.id}")]])
        context.tell(person, f"class:{one.id}:{what}:{context.incoming.id}:{person}", notice)


def _title(context: Context, draft: Draft) -> str:
    if draft.slip == "class_change":
        one = classes.class_for(context.connection, context.me, int(draft.about))
        if not classes.may_hold(context.connection, context.me, one):
            raise Refusal("access.not_your_role")
    else:
        unit = units.by_id(context.connection, int(draft.about))
        if not covers(context.me.grants, "hold_class", unit.path, unit.committee_id):
            raise Refusal("access.not_your_role")
    return str(words_of("slips")[draft.slip]["title"])


def _questions(context: Context, draft: Draft) -> list[Question]:
    named = words_of("slips")[draft.slip]
    kind = (
        [] if draft.slip == "class_change" else [Question("kind", "choice", named["kind"], options=words_of("classes"))]
    )
    return [
        *kind,
        Question("starts_on", "future", named["starts_on"]),
        Question("ends_on", "future", named["ends_on"], required=False),
        Question("time", "time", named["time"], required=False),
        Question("place", "place", named["place"]),
        Question("places", "count", named["places"], required=False),
    ]


def _days(draft: Draft) -> tuple[date | None, date | None]:
    starts = draft.day("starts_on")
    return starts, draft.day("ends_on") or starts


def _against(context: Context, draft: Draft) -> str | None:
    starts, ends = _days(draft)
    said, places = words_of("slips")["against"], draft.said("places")
    if starts is not None and ends is not None and ends < starts:
        return str(said["ends_before"])
    if draft.slip == "class_change" and places is not None:
        there = len(classes.enrolled(context.connection, [int(draft.about)]))
        if there > places:
            return str(said["too_few_places"]).format(places=places, there=there)
    return None


def _save(context: Context, draft: Draft) -> Reply:
    starts, ends = _days(draft)
    values = {"starts_on": starts, "ends_on": ends, **{name: draft.said(name) for name in ("time", "place", "places")}}
    connection, now, me = context.connection, context.now, context.me
    if draft.slip == "class":
        values = {**values, "kind": draft.said("kind")}
        number = classes.add(connection, now, me.id, int(draft.about), values)
    else:
        number = int(draft.about)
        if classes.change(connection, now, me.id, classes.class_for(connection, me, number), values):
            _tell(context, classes.class_for(connection, me, number), "moved")
    return show(context, classes.class_for(connection, me, number))


SLIPS["class"] = SLIPS["class_change"] = Slip(_title, _questions, _save, _against)
