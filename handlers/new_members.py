"""New members on probation and in the year after it: when each was remarked upon, never what was said."""

from datetime import date, timedelta
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.workdays import add_months
from handlers.answers import Question, read
from handlers.commands import Context, command, form
from handlers.desk import Asked, stands_above
from handlers.desk import read as asked_for
from handlers.dossiers import shown_name, to_card
from handlers.goals import local
from handlers.helped import names
from handlers.pages import Page, is_number, read_page
from handlers.standing import may_open
from storage import candidates, new_members, people, units
from storage.candidates import Case
from storage.new_members import Remarked

FORM = "remark"
SHOWN = 5
A_PAGE = 6
MONTHS = "remark_months"
PROBATION = 12
_CANCEL = [Choice("cancel", "/huy")]
_LIST = [Choice("new_members", "/dangvienmoi")]


@command("dangvienmoi", reads=True)
def listed(context: Context, words: str) -> Reply:
    """New members in sight, whoever waits longest for a remark first; above the committees numbers of each."""
    if not context.me.may("see_counts"):
        return _page(context, None, read_page(words)[0], own=True)
    asked = asked_for(context, "dangvienmoi", words, "year")
    if asked.unit is not None and not may_open(context, asked.unit):
        return _numbers(context, asked)
    return _page(context, asked, asked.page)


def _numbers(context: Context, asked: Asked) -> Reply:
    counts = new_members.by_unit(context.connection, asked.of, context.today)
    below = [(one.name, counts[one.id]) for one in units.below(context.connection, asked.of) if one.id in counts]
    below.sort(key=lambda pair: -pair[1])
    page = Page.of(below, asked.page, SHOWN)
    values = {
        "unit": asked.of.name,
        "count": sum(counts.values()),
        "rows": [{"name": name, "count": count} for name, count in page.items],
        "committees": stands_above(context, asked.of) == "committees",
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    turn = page.turn(lambda to: f"/dangvienmoi #{asked.of.id} +{to}")
    return Reply("members.numbers", values, [turn, [Choice("status", f"/tinhhinh #{asked.of.id}")]], edit=True)


def _page(context: Context, asked: Asked | None, wanted: int, *, own: bool = False) -> Reply:
    unit = asked.unit if asked else None
    found = new_members.listed(context.connection, context.me, unit, context.today, own=own)
    page = Page.of(found, wanted, SHOWN)
    known = candidates.those(context.connection, context.me, [one.candidate for one in page.items])
    rows = [
        {"number": at, **_row(context, known[one.candidate], one, inside=unit is not None)}
        for at, one in enumerate(page.items, page.number * SHOWN + 1)
    ]
    marks = [
        Choice("remark_one", f"/nhanxet {known[one.candidate].ref}", {"number": row["number"]})
        for row, one in zip(rows, page.items, strict=True)
        if candidates.allowed(context.me, known[one.candidate], "record_step")
    ]
    of = f"#{unit.id} " if unit else ""
    turn = page.turn(lambda to: f"/dangvienmoi {of}+{to}")
    values = {
        "unit": unit.name if unit else None,
        "rows": rows,
        "count": page.count,
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    back = [Choice("my_candidates", "/nguon")] if own else [Choice("status", f"/tinhhinh {of}".strip())]
    return Reply("members.list", values, [*(marks[i : i + 3] for i in range(0, len(marks), 3)), turn, back], edit=True)


def _row(context: Context, case: Case, one: Remarked, *, inside: bool) -> dict[str, Any]:
    unit = units.by_id(context.connection, case.unit_id)
    due_on = one.due_on(local(context, unit, MONTHS))
    until = add_months(one.recognised_on or one.admitted_on, PROBATION)
    return {
        "code": case.code,
        "name": shown_name(context, case),
        "unit": case.unit_name,
        "inside": inside and unit.kind == "branch",
        "probation": one.recognised_on is None,
        "until": until,
        "last": one.last_on,
        "due": due_on,
        "over": until < context.today,
        "late": due_on < context.today,
    }


@command("nhanxet")
def begin(context: Context, words: str) -> Reply:
    """A new member was remarked upon: the day by a tap; `CODE day` notes it at once."""
    code, _, rest = words.strip().partition(" ")
    if not code:
        return listed(context, "")
    case = _case(context, code)
    if rest.strip():
        return _note(context, case, rest)
    context.begin_form(FORM, code=case.ref)
    one = _still_new(context, case)
    values = _row(context, case, one, inside=False)
    values["months"] = local(context, units.by_id(context.connection, case.unit_id), MONTHS)
    return Reply("members.ask_day", values, _days(context, case), edit=True)


def _case(context: Context, code: str) -> Case:
    """The door: a new member whose steps this person records, or whom the person helps."""
    case = candidates.case_for(context.connection, context.me, code, "record_step")
    _still_new(context, case)
    return case


def _still_new(context: Context, case: Case) -> Remarked:
    one = new_members.is_new(context.connection, case, context.today)
    if one is None:
        raise Refusal("members.not_new", [to_card(case.ref), _LIST], code=case.code)
    return one


def _days(context: Context, case: Case) -> list[list[Choice]]:
    send, today = f"/nhanxet {case.ref}", context.today
    days = [Choice("today", f"{send} {today}"), Choice("yesterday", f"{send} {today - timedelta(days=1)}")]
    return [[*days, *_CANCEL]]


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """The day."""
    found = context.the_form(FORM)
    return _note(context, _case(context, str(found.data["code"])), text)


def _note(context: Context, case: Case, text: str) -> Reply:
    said = read(context.today, Question("on", "date", names()["asks"]["remark"]), text.strip())
    on = date.fromisoformat(said)
    one = _still_new(context, case)
    if on < one.admitted_on:
        raise Refusal("members.too_early", _days(context, case), code=case.code, on=one.admitted_on)
    number = new_members.note(context.connection, context.now, context.me.id, case, context.me.id, on)
    if context.open_form(FORM):
        context.close_form()
    if number is None:
        raise Refusal("members.noted_before", [to_card(case.ref), _LIST], code=case.code, on=on)
    return _noted(context, case, number)


def _noted(context: Context, case: Case, number: int) -> Reply:
    one = new_members.remark(context.connection, number)
    if one is None:
        raise Refusal("conversation.old_button")
    months = local(context, units.by_id(context.connection, case.unit_id), MONTHS)
    last = _still_new(context, case)
    values = {
        "code": case.code,
        "name": shown_name(context, case),
        "on": one.on,
        "who": one.name,
        "next": last.due_on(months),
    }
    send = f"/suanhanxet {number}"
    rows = [[Choice("remarked_by", f"{send} ai"), Choice("undo", f"{send} bo")], [*to_card(case.ref), *_LIST]]
    return Reply("members.noted", values, rows, edit=True)


@command("suanhanxet")
def mend(context: Context, words: str) -> Reply:
    """`NUMBER ai [person]`: somebody else made the remark; `NUMBER bo`: it was noted by mistake."""
    number, what, value = (*words.split(maxsplit=2), "", "", "")[:3]
    one = new_members.remark(context.connection, int(number)) if is_number(number) else None
    if one is None or one.state != "kept":
        raise Refusal("conversation.old_button")
    case = _case(context, f"#{one.candidate}")
    if what == "bo":
        new_members.take_back(context.connection, context.now, context.me.id, case, one)
        return Reply("members.undone", {"code": case.code, "on": one.on}, [_LIST], edit=True)
    members = people.members_of(context.connection, case.unit_id)
    if value in {str(member.id) for member in members}:
        new_members.hand_to(context.connection, context.now, context.me.id, case, one, int(value))
        return _noted(context, case, one.id)
    page = Page.of(sorted(members, key=lambda member: member.name), read_page(value)[0], A_PAGE)
    rows = [[Choice("short_name", f"/suanhanxet {one.id} ai {m.id}", {"name": m.name})] for m in page.items]
    turn = page.turn(lambda to: f"/suanhanxet {one.id} ai +{to}")
    return Reply("members.ask_who", {"code": case.code}, [*rows, turn, _CANCEL], edit=True)
