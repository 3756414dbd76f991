"""Who helps whom: assigning, and handing over with everything the next one must know in one message."""

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.fold import clean
from bot.vietnamese.names import search_names
from handlers.candidates import PAGE, only_open
from handlers.commands import Context, command, form
from handlers.templates import given
from storage import candidates, contacts, people
from storage.candidates import Case

FORM = "assign"
SHOWN = 8


@command("phancong")
def assign(context: Context, words: str) -> Reply:
    """A case, a person, and whether the new one comes in the place of the old ones ("thay") or beside ("cung")."""
    if not context.me.may("assign_helper"):
        raise Refusal("access.not_your_role")
    code, _, rest = words.partition(" ")
    if not code or code.startswith("+"):
        return _without_helper(context, _page(code))
    case = only_open(candidates.case_for(context.connection, context.me, code, "assign_helper"))
    chosen, _, way = rest.strip().partition(" ")
    if not chosen or chosen.startswith("+"):
        return _choose(context, case, _page(chosen))
    return _assign(context, case, chosen, way)


def _page(words: str) -> int:
    return int(words[1:]) if words[1:].isdecimal() else 0


def _without_helper(context: Context, page: int) -> Reply:
    alone = candidates.without_helper(context.connection, context.me, "assign_helper")
    if not alone:
        return Reply("assignments.all_have", {}, [[Choice("everybody", "/nguon tat")]])
    shown = alone[page * PAGE : page * PAGE + PAGE]
    rows = [[Choice("person", f"/phancong {c.code}", {"name": c.name, "year": c.birth_year})] for c in shown]
    return Reply(
        "assignments.without", {"count": len(alone)}, [*rows, _turn("/phancong", page, len(alone), PAGE)], edit=True
    )


def _turn(send: str, page: int, count: int, size: int) -> list[Choice]:
    earlier = [Choice("earlier", f"{send} +{page - 1}")] if page else []
    later = [Choice("later", f"{send} +{page + 1}")] if (page + 1) * size < count else []
    return earlier + later


def _choose(context: Context, case: Case, page: int, words: str = "") -> Reply:
    context.begin_form(FORM, code=case.code)
    helpers = candidates.helpers_of(context.connection, case.id)
    helping = {helper.person for helper in helpers}
    members = [m for m in people.members_of(context.connection, case.unit_id) if m.id not in helping]
    if words:
        names = set(search_names(words, [member.name for member in members]))
        members = [member for member in members if member.name in names]
    if not members:
        raise Refusal("assignments.no_such_member", words=clean(words)[:40], unit=case.unit_name)
    shown = members[page * SHOWN : page * SHOWN + SHOWN]
    choices = [Choice("helper", f"/phancong {case.code} {m.id}", {"name": m.name, "helping": m.helping}) for m in shown]
    rows = [[choice] for choice in choices]
    turn = [] if words else _turn(f"/phancong {case.code}", page, len(members), SHOWN)
    values = {"case": case, "helpers": [helper.name for helper in helpers], "count": len(members)}
    return Reply("assignments.choose", values, [*rows, turn], edit=True)


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """A member's name, while the question "who will help?" is open."""
    code = context.form.data["code"] if context.form else ""
    case = only_open(candidates.case_for(context.connection, context.me, code, "assign_helper"))
    return _choose(context, case, 0, text)


def _assign(context: Context, case: Case, chosen: str, way: str) -> Reply:
    member = next((m for m in people.members_of(context.connection, case.unit_id) if str(m.id) == chosen), None)
    if member is None:
        raise Refusal("assignments.not_a_member", unit=case.unit_name)
    before = candidates.helpers_of(context.connection, case.id)
    if any(helping.person == member.id for helping in before):
        return Reply("assignments.already", {"case": case, "name": member.name})
    if before and way not in ("thay", "cung"):
        return _ask_way(case, member.id, member.name, [h.name for h in before])
    if way != "cung":
        for helping in before:
            candidates.release(context.connection, context.now, context.me.id, case, helping.person, context.today)
            told = Reply("assignments.handed_on", {"case": case, "to": member.name})
            context.tell(helping.person, f"released:{case.id}:{helping.person}:{context.incoming.id}", told)
    candidates.assign(context.connection, context.now, context.me.id, case, member.id, context.today)
    if context.open_form(FORM):
        context.close_form()
    context.tell(member.id, f"assigned:{case.id}:{member.id}:{context.incoming.id}", _hand_over(context, case, before))
    replaced = [h.name for h in before] if way == "thay" else []
    return Reply(
        "assignments.done", {"case": case, "name": member.name, "replaced": replaced}, _to_card(case), edit=True
    )


def _to_card(case: Case) -> list[list[Choice]]:
    return [[Choice("card", f"/hoso {case.code}", {"code": case.code})]]


def _ask_way(case: Case, member: int, name: str, before: list[str]) -> Reply:
    send = f"/phancong {case.code} {member}"
    rows = [
        [Choice("replace", f"{send} thay", {"name": given(" ".join(before[:1]))})],
        [Choice("beside", f"{send} cung")],
    ]
    return Reply("assignments.ask_way", {"case": case, "name": name, "before": before}, rows, edit=True)


def _hand_over(context: Context, case: Case, before: list[candidates.Helping]) -> Reply:
    """The card in one message: what the new helper must know, none of what only the old one wrote for the branch."""
    values = {
        "case": case,
        "name": case.name,
        "before": [helping.name for helping in before],
        "count": contacts.count(context.connection, case.id),
        "told": contacts.latest(context.connection, case.id, 3),
    }
    return Reply("candidates.handed_over", values, [[Choice("log", f"/tiepxuc {case.code}"), *_to_card(case)[0]]])
