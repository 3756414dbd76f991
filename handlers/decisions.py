"""What the branch decides about those who were nominated: taken onto the list, or sent back with a reason."""

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.fold import clean
from handlers.candidates import to_card, waiting_button
from handlers.commands import Context, command, form
from handlers.pages import Page, read_page
from storage import candidates, people
from storage.candidates import Case

LONGEST_REASON = 200
SHOWN = 6


@command("duyet")
def approve(context: Context, words: str) -> Reply:
    """Takes a nominated candidate onto the branch's list; a nominator of the branch becomes the helper."""
    if not words or words.startswith("+"):
        return _all_waiting(context, read_page(words)[0])
    case = _waiting(context, words)
    values = {"state": "open", "listed_on": context.today, "step_on": context.today}
    if not candidates.change(context.connection, context.now, context.me.id, case, "candidate.approve", values):
        raise Refusal("candidates.changed_meanwhile", code=case.code)
    helps = any(member.id == case.proposed_by for member in people.members_of(context.connection, case.unit_id))
    if case.proposed_by is not None and helps:
        candidates.assign(context.connection, context.now, context.me.id, case, case.proposed_by, context.today)
    if case.proposed_by is not None:
        send = Choice("log", f"/tiepxuc {case.ref}") if helps else to_card(case)
        told = Reply("nominations.approved_yours", {"case": case, "helps": helps}, [[send]])
        context.tell(case.proposed_by, f"approved:{case.id}:{case.version}", told)
    rows = [[Choice("assign", f"/phancong {case.ref}")], [to_card(case)], *waiting_button(context)]
    return Reply("nominations.approved", {"case": case, "helps": helps}, rows, edit=True)


def _all_waiting(context: Context, wanted: int) -> Reply:
    if not context.me.may("decide_nomination"):
        raise Refusal("access.not_your_role")
    waiting = candidates.listed(context.connection, context.me, "decide_nomination", states=("proposed",))
    if not waiting:
        return Reply("nominations.none_waiting", {}, [[Choice("everybody", "/nguon tat")]])
    page = Page.of(waiting, wanted, SHOWN)
    rows = [[Choice("person", f"/hoso {c.ref}", {"name": c.name, "year": c.birth_year})] for c in page.items]
    turn = page.turn(lambda to: f"/duyet +{to}")
    return Reply("nominations.all_waiting", {"count": page.count}, [*rows, turn], edit=True)


@command("tralai")
def send_back(context: Context, words: str) -> Reply:
    """Asks for the reason, or takes the one that is there."""
    code, _, reason = words.partition(" ")
    case = _waiting(context, code)
    if reason:
        return _send_back(context, case, reason)
    context.begin_form("send_back", code=case.ref)
    return Reply("nominations.ask_reason", {"case": case}, [[Choice("cancel", "/huy")]])


@form("send_back")
def reason_typed(context: Context, text: str) -> Reply:
    """The reason for sending a nomination back."""
    reply = _send_back(context, _waiting(context, context.form.data["code"] if context.form else ""), text)
    context.close_form()
    return reply


def _send_back(context: Context, case: Case, reason: str) -> Reply:
    reason = clean(reason)
    if not reason:
        raise Refusal("conversation.empty")
    if len(reason) > LONGEST_REASON:
        raise Refusal("nominations.reason_too_long", most=LONGEST_REASON, length=len(reason))
    values = {"state": "returned", "returned_why": reason}
    if not candidates.change(context.connection, context.now, context.me.id, case, "candidate.send_back", values):
        raise Refusal("candidates.changed_meanwhile", code=case.code)
    if case.proposed_by is not None:
        told = Reply(
            "nominations.returned_yours", {"case": case, "reason": reason}, [[Choice("again", f"/guilai {case.ref}")]]
        )
        context.tell(case.proposed_by, f"returned:{case.id}:{case.version}", told)
    return Reply("nominations.returned", {"case": case, "reason": reason}, waiting_button(context))


def _waiting(context: Context, words: str) -> Case:
    case = candidates.case_for(context.connection, context.me, words, "decide_nomination")
    if case.state != "proposed":
        raise Refusal("nominations.decided", code=case.code, state=case.state)
    return case
