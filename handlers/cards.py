"""The card of a case: everything that matters on one screen, and what can be done with it."""

from typing import Any

from bot.chat import Choice, Reply
from bot.rules.admission import next_steps
from bot.rules.eligibility import assess
from bot.rules.entries import Step
from bot.vietnamese.fold import clean
from handlers.candidates import attention_of, found_among, my_candidates
from handlers.commands import Context, command
from handlers.dossiers import (
    LAST,
    Dossier,
    due_lines,
    finding_line,
    fitting_lines,
    in_charge,
    may_record,
    of_case,
    shown_name,
)
from storage import admission, candidates, contacts
from storage.candidates import Case

ALL = "tat"
# So that a card stays on one screen: dates, characters of what is missing, and of a note.
DUES, ROOM, NOTE = 2, 190, 80
# What no step records, so that it can be lacking unnoticed until the branch votes.
UNRECORDED = ("age", "education", "youth_union", "recommenders")


@command("hoso")
def card(context: Context, words: str) -> Reply:
    """The card of one case; without a code the list, and by a name the one it fits."""
    if not words:
        return my_candidates(context, "")
    code = words
    if not any(c.isdigit() for c in words):
        found = found_among(context, candidates.listed(context.connection, context.me), clean(words))
        if len(found) != 1:
            return my_candidates(context, f"{ALL} {words}")
        code = found[0].code
    case = candidates.case_for(context.connection, context.me, code)
    if context.form is None or context.form.kind in ("", LAST):
        context.begin_form(LAST, code=case.code)
    return card_of(context, case)


def card_of(context: Context, case: Case) -> Reply:
    """One screen: who, where, which step, what is due, what is missing, what comes next."""
    dossier = of_case(context, case)
    waiting = admission.pending_of(context.connection, case)
    following = _following(dossier) if case.state == "open" else None
    values = {
        "case": case,
        "name": shown_name(context, case),
        "helpers": [helping.name for helping in candidates.helpers_of(context.connection, case.id)][:2],
        **_contacts(context, case),
        **_life(dossier),
        **_dues(context, dossier),
        **_missing(context, dossier, following),
        "waiting": dossier.book.entries.steps[waiting[0].change.step].name if waiting else None,
        "following": following.name if following else None,
        "by": dossier.book.entries.roles[following.by] if following else None,
    }
    return Reply("candidates.card", values, _buttons(context, dossier, following, bool(values["late_vetting"])))


def _following(dossier: Dossier) -> Step | None:
    main = [step for step in next_steps(dossier.facts, dossier.book) if step.track == "main"]
    return main[0] if main else None


def _contacts(context: Context, case: Case) -> dict[str, Any]:
    looked = attention_of(context, case)
    may_read = candidates.allowed(context.me, case, "log_contact")
    told = contacts.latest(context.connection, case.id, 1) if may_read else []
    note = (told[0].note or "") if told else ""
    return {
        "groups": candidates.groups_of(context.connection, case.id)[:4],
        "need": looked.need,
        "days": looked.days,
        "count": contacts.count(context.connection, case.id),
        "told": told,
        "note": note if len(note) <= NOTE else note[: NOTE - 1].rstrip() + "\u2026",
    }


def _life(dossier: Dossier) -> dict[str, Any]:
    """What became of a case off its road: why it left, until when somebody is away, which way it is moving."""
    entries, facts = dossier.book.entries, dossier.facts
    left = entries.exits.get(facts.left or "") or entries.discipline.get(facts.left or "")
    return {
        "left": left.name if left else None,
        "away_until": facts.dates.get("expected_back"),
        "moving": entries.transfers[facts.transfer].takes if facts.transfer else None,
    }


def _dues(context: Context, dossier: Dossier) -> dict[str, Any]:
    """The nearest dates by which somebody must act or a paper lapses; the others only where these are few."""
    running = dossier.dues()
    pressing = [due for due in running if due.kind in ("deadline", "local")]
    rest = [due for due in running if due not in pressing]
    shown = sorted([*pressing, *rest][:DUES], key=lambda due: due.due_on)
    late = [due for due in pressing if due.subject and due.due_on < context.today]
    return {"dues": due_lines(context, dossier, shown), "late_vetting": bool(late)}


def _missing(context: Context, dossier: Dossier, following: Step | None) -> dict[str, Any]:
    if following is None:
        return {"lines": [], "more": 0, "met": []}
    wanted = [*following.needs]
    early = dossier.step.order < dossier.book.entries.steps["branch_vote"].order
    if early:
        wanted += [slug for slug in UNRECORDED if slug not in wanted]
    found = assess(dossier.facts, context.today, dossier.book, dossier.calendar, wanted)
    lines = [finding_line(one, dossier, source=False) for one in found]
    against = [line for line in lines if line["state"] != "met"]
    told, more = fitting_lines(against, ROOM)
    return {"lines": told, "more": len(more), "met": [line["name"] for line in lines if line["state"] == "met"][:4]}


def _buttons(context: Context, dossier: Dossier, following: Step | None, late: bool) -> list[list[Choice]]:
    me, case, code = context.me, dossier.case, dossier.code
    if case.state == "proposed" and candidates.allowed(me, case, "decide_nomination"):
        return [[Choice("approve", f"/duyet {code}"), Choice("send_back", f"/tralai {code}")]]
    if case.state in candidates.WAITING:
        return []
    logs = case.state == "open" and candidates.allowed(me, case, "log_contact")
    records = candidates.allowed(me, case, "record_step")
    charge = in_charge(context, case)
    recording = records and following is not None and (charge or may_record(context, case, following))
    asked = [Choice("got_result", f"/thamtra {code} co"), Choice("ask_committee", f"/thamtra {code} nho")]
    do = [Choice("record_step", f"/buoc {code}")] if recording else []
    do += [Choice("log", f"/tiepxuc {code}")] if logs else []
    ask = [Choice("why_date", f"/visao {code}"), Choice("what_if", f"/neu {code}")] if case.state == "open" else []
    more = [Choice("supplement", f"/bosung {code}"), Choice("vetting", f"/thamtra {code}")] if records else []
    rows = [asked if late and records else [], do, ask, more if case.state == "open" else []]
    rows.append([Choice("all_contacts", f"/lichsu {code}")] if logs else [])
    if case.state == "open" and candidates.allowed(me, case, "assign_helper"):
        rows[-1].append(Choice("assign", f"/phancong {code}"))
    rows.append([Choice("more", f"/khac {code}")] if charge else [])
    return rows
