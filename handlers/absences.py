"""Members and the meetings: who has stayed away, who is exempt, who is away for a time, who has no vote yet."""

from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.meetings import STRUCK_OFF_AFTER
from handlers.answers import Question, yes_no
from handlers.commands import Context, command
from handlers.pages import Page, is_number, read_page
from handlers.sittings import led_unit, words_of
from handlers.slips import SLIPS, Draft, Slip, begin
from storage import attendance, membership
from storage.membership import KINDS, MemberState
from storage.units import Unit

SHOWN = 5


@command("sinhhoat")
def standing(context: Context, words: str) -> Reply:
    """A branch's members as its meetings see them ("12", "12 +1"); "12 exempt" records, "12 one 7" looks at one."""
    number, _, rest = words.strip().partition(" ")
    unit = led_unit(context, number)
    if rest in KINDS:
        return begin(context, rest, str(unit.id))
    what, _, state = rest.partition(" ")
    if what in ("one", "end") and is_number(state):
        return _one(context, unit, int(state), ended=what == "end")
    return _list(context, unit, read_page(rest)[0])


def _list(context: Context, unit: Unit, wanted: int) -> Reply:
    connection, today = context.connection, context.today
    missing = attendance.absent_twice(connection, unit.id, today)
    states = membership.open_states(connection, unit.id, today)
    page = Page.of([*missing, *states], wanted, SHOWN)
    lines = [_line(context, one) for one in page.items]
    choices = [
        Choice("short_name", f"/sinhhoat {unit.id} one {one.id}", {"name": one.name})
        for one in page.items
        if isinstance(one, MemberState)
    ]
    rows = [choices[i : i + 2] for i in range(0, len(choices), 2)]
    turn = page.turn(lambda to: f"/sinhhoat {unit.id} +{to}")
    record = [Choice(f"record_{kind}", f"/sinhhoat {unit.id} {kind}") for kind in KINDS]
    values = {"unit": unit.name, "lines": lines, "page": page.number + 1, "pages": page.last + 1}
    return Reply(
        "absences.list", values, [*rows, turn, record[:2], record[2:], [Choice("next_meeting", "/hop")]], edit=True
    )


def _line(context: Context, one: Any) -> dict[str, Any]:
    if not isinstance(one, MemberState):
        return {
            "kind": "absent",
            "name": one.name,
            "in_a_row": one.in_a_row,
            "without_reason": one.without_reason,
            "this_year": one.without_reason_this_year,
            "limit": STRUCK_OFF_AFTER,
        }
    return {
        "kind": one.kind,
        "name": one.name,
        "reason": _reasons(one.kind).get(one.reason or ""),
        "since": one.since,
        "until": one.until,
        "left": (one.until - context.today).days if one.until else None,
        "resolution": one.resolution,
        "introduced": one.introduced,
    }


def _reasons(kind: str) -> dict[str, Any]:
    return words_of(kind) if kind in ("exempt", "away") else {}


def _one(context: Context, unit: Unit, number: int, *, ended: bool) -> Reply:
    """One exemption or absence; `ended`: it ends today (a member is back)."""
    state = membership.by_number(context.connection, number)
    if state is None or state.unit_id != unit.id:
        raise Refusal("absences.no_such", [[Choice("standing_of_members", f"/sinhhoat {unit.id}")]])
    back = [Choice("standing_of_members", f"/sinhhoat {unit.id}")]
    values = {**_line(context, state), "ended_on": state.ended_on}
    if state.ended_on is not None:
        return Reply("absences.one", values, [back], edit=True)
    if ended:
        membership.end(context.connection, context.now, context.me.id, state, context.today)
        return Reply("absences.ended", values, [back], edit=True)
    end = [Choice(f"end_{state.kind}", f"/sinhhoat {unit.id} end {number}")]
    renew = [] if state.kind == "probation" else [Choice("renew_state", f"/sinhhoat {unit.id} {state.kind}")]
    return Reply("absences.one", values, [end, renew, back], edit=True)


def _title(context: Context, draft: Draft) -> str:
    led_unit(context, draft.about)
    return str(words_of("slips")[draft.slip]["title"])


def _questions(context: Context, draft: Draft) -> list[Question]:
    unit, named = led_unit(context, draft.about), words_of("slips")[draft.slip]
    people = {str(one.id): one.name for one in membership.members_of(context.connection, unit.id)}
    asked = [Question("person", "choice", named["person"], options=people)]
    if draft.slip == "probation":
        return [*asked, Question("since", "date", named["since"])]
    asked.append(Question("reason", "choice", named["reason"], options=_reasons(draft.slip)))
    if draft.slip == "away":
        asked.append(Question("introduced", "choice", named["introduced"], options=yes_no()))
    asked += [Question("since", "date", named["since"]), Question("until", "future", named["until"], required=False)]
    if draft.slip == "exempt":
        asked.append(Question("resolution", "number", named["resolution"]))
    return asked


def _save(context: Context, draft: Draft) -> Reply:
    unit = led_unit(context, draft.about)
    values = {
        "kind": draft.slip,
        "reason": draft.said("reason"),
        "introduced": draft.said("introduced") == "yes",
        "since": draft.day("since") or context.today,
        "until": draft.day("until"),
        "resolution": draft.said("resolution"),
    }
    person = int(draft.said("person"))
    membership.begin(context.connection, context.now, context.me.id, unit.id, person, values)
    return _list(context, unit, 0)


for _kind in KINDS:
    SLIPS[_kind] = Slip(_title, _questions, _save)
