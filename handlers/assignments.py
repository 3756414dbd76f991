"""Who helps whom: assigning, and handing over with everything the next one must know in one message."""

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.fold import clean
from bot.vietnamese.names import search_names
from handlers.candidates import only_open, to_card
from handlers.commands import Context, command, form
from handlers.pages import Page, read_page
from handlers.templates import given
from storage import candidates, contacts, leading, people
from storage.candidates import Case

FORM = "assign"
SHOWN = 6


@command("phancong")
def assign(context: Context, words: str) -> Reply:
    """A case, a person, and whether the new one comes in the place of the old ones ("thay") or beside ("cung")."""
    if not context.me.may("assign_helper"):
        raise Refusal("access.not_your_role")
    code, _, rest = words.partition(" ")
    if not code or code.startswith("+"):
        return _without_helper(context, read_page(code)[0])
    case = only_open(candidates.case_for(context.connection, context.me, code, "assign_helper"))
    chosen, _, way = rest.strip().partition(" ")
    if not chosen or chosen.startswith("+"):
        return _choose(context, case, read_page(chosen)[0])
    return _assign(context, case, chosen, way)


def _without_helper(context: Context, wanted: int) -> Reply:
    alone = candidates.without_helper(context.connection, context.me, "assign_helper")
    if not alone:
        return Reply("assignments.all_have", {}, [[Choice("everybody", "/nguon tat")]])
    page = Page.of(alone, wanted, SHOWN)
    rows = [[Choice("person", f"/phancong {c.ref}", {"name": c.name, "year": c.birth_year})] for c in page.items]
    turn = page.turn(lambda to: f"/phancong +{to}")
    return Reply("assignments.without", {"count": page.count}, [*rows, turn], edit=True)


def _choose(context: Context, case: Case, wanted: int, words: str = "") -> Reply:
    context.begin_form(FORM, code=case.ref)
    helpers = candidates.helpers_of(context.connection, case.id)
    helping = {helper.person for helper in helpers}
    members = [m for m in people.members_of(context.connection, case.unit_id) if m.id not in helping]
    if words:
        names = set(search_names(words, [member.name for member in members]))
        members = [member for member in members if member.name in names]
    if not members:
        raise Refusal("assignments.no_such_member", words=clean(words)[:40], unit=case.unit_name)
    page, send = Page.of(members, wanted, SHOWN), f"/phancong {case.ref}"
    rows = [[Choice("helper", f"{send} {m.id}", {"name": m.name, "helping": m.helping})] for m in page.items]
    turn = [] if words else page.turn(lambda to: f"{send} +{to}")
    values = {"case": case, "helpers": [helper.name for helper in helpers], "count": page.count}
    return Reply("assignments.choose", values, [*rows, turn], edit=True)


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """A member's name, while the question "who will help?" is open."""
    code = context.form.data["code"] if context.form else ""
    case = only_open(candidates.case_for(context.connection, context.me, code, "assign_helper"))
    return _choose(context, case, 0, text)


def _assign(context: Context, case: Case, chosen: str, way: str) -> Reply:
    member = next((m for m in people.members_of(context.connection, case.unit_id) if str(m.id) == chosen), None)
    member = member or leading.above(context.connection, case, chosen)
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
    said = {"replaced": [h.name for h in before] if way == "thay" else [], "told": "none"}
    if member.id != context.me.id:
        said["told"] = "card" if people.reachable_at(context.connection, member.id) else "no_phone"
    invite = [[Choice("make_code", f"/moi {member.id}")]] if said["told"] == "no_phone" else []
    return Reply("assignments.done", {"case": case, "name": member.name, **said}, [*invite, *_to_card(case)], edit=True)


def _to_card(case: Case) -> list[list[Choice]]:
    return [[to_card(case)]]


def _ask_way(case: Case, member: int, name: str, before: list[str]) -> Reply:
    send = f"/phancong {case.ref} {member}"
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
    return Reply("candidates.handed_over", values, [[Choice("log", f"/tiepxuc {case.ref}"), *_to_card(case)[0]]])
