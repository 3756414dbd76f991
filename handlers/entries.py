"""What may be added to a contact that is written: a note, the next date, a call for help, a correction, undo."""

from datetime import date, timedelta

from bot.chat import Choice, Refusal, Reply
from bot.rules.reminder_entries import Recipient
from handlers.commands import Context, command, form
from handlers.pages import is_number
from handlers.sentences import FORM, _read_next, check
from handlers.ways import after, note_of
from storage import asking, candidates, contacts, people
from storage.candidates import Case
from storage.contacts import Contact

NEXT_DAYS = (1, 3, 7, 14)


@command("ghichu")
def add_note(context: Context, words: str) -> Reply:
    """Asks for a note, or takes the one that is there."""
    number, _, text = words.partition(" ")
    case, entry = _entry(context, number)
    if text:
        return _note(context, case, entry, text)
    context.begin_form("note", contact=entry.id)
    return Reply("contacts.ask_note", {}, [[Choice("cancel", "/huy")]])


@form("note")
def note_typed(context: Context, text: str) -> Reply:
    """The words after "add a note"."""
    case, entry = _entry(context, str(context.form.data["contact"] if context.form else ""))
    reply = _note(context, case, entry, text)
    context.close_form()
    return reply


def _note(context: Context, case: Case, entry: Contact, text: str) -> Reply:
    note = note_of(f"{entry.note}; {text}" if entry.note else text)
    new = contacts.correct(context.connection, context.now, case, entry, {"note": note})
    return Reply("contacts.noted", {"case": case, "note": note}, after(new))


@command("hen")
def next_time(context: Context, words: str) -> Reply:
    """Asks for the day of the next meeting, or takes the one that is there."""
    number, _, text = words.partition(" ")
    case, entry = _entry(context, number)
    if text:
        return _next(context, case, entry, text)
    context.begin_form("next", contact=entry.id)
    days = [context.today + timedelta(days=days) for days in NEXT_DAYS]
    choices = [Choice("day_on", f"/hen {entry.id} {on.isoformat()}", {"on": on}) for on in days]
    return Reply("contacts.ask_next", {}, [choices[0:2], choices[2:4], [Choice("cancel", "/huy")]])


@form("next")
def next_typed(context: Context, text: str) -> Reply:
    """The words after "next time"."""
    case, entry = _entry(context, str(context.form.data["contact"] if context.form else ""))
    return _next(context, case, entry, text)


def _next(context: Context, case: Case, entry: Contact, text: str) -> Reply:
    read = _read_next(context, text)["next_on"]
    on = date.fromisoformat(read) if read else None
    new = contacts.correct(context.connection, context.now, case, entry, {"next_on": on})
    if context.open_form("next"):
        context.close_form()
    still = candidates.case_by_id(context.connection, context.me, case.id, "log_contact").next_on
    return Reply("contacts.appointed", {"case": case, "on": on, "still": still}, after(new))


@command("cangiup")
def need_help(context: Context, words: str) -> Reply:
    """Marks the entry and tells those in charge of the branch, by code and initials: it is theirs to see to."""
    case, entry = _entry(context, words)
    whom, above = _above(context, case)
    said = {"case": case, "whom": whom if above else None}
    if entry.needs_help:
        return Reply("contacts.help_asked", said, after(entry.id))
    new = contacts.correct(context.connection, context.now, case, entry, {"needs_help": True})
    asking.ask_with_contact(context.connection, context.today, context.me.id, case, new, above)
    return Reply("contacts.help_asked", said, after(new))


def _above(context: Context, case: Case) -> tuple[str, dict[int, Recipient]]:
    """Who is above the writer: the branch's leaders; for one of them the committee's office and who supervises."""
    branch = people.in_charge(context.connection, case.unit_id, ("secretary", "deputy"))
    if branch and context.me.id not in branch:
        return "branch", dict.fromkeys(branch, "secretary")
    supervisors = people.in_charge(context.connection, case.unit_id, ("area_supervisor",))
    offices = people.in_charge(context.connection, case.committee_id, ("office",)) if case.committee_id else []
    found: dict[int, Recipient] = dict.fromkeys(supervisors, "supervisor")
    found |= dict.fromkeys(offices, "office")
    return "committee", {person: role for person, role in found.items() if person != context.me.id}


@command("sua")
def correct(context: Context, words: str) -> Reply:
    """Opens the entry again as a draft; saving it puts a new entry in its place."""
    case, entry = _entry(context, words)
    context.begin_form(
        FORM,
        code=case.code,
        codes=[case.code],
        how=entry.how,
        reason=entry.reason,
        on=entry.on.isoformat(),
        next_on=entry.next_on.isoformat() if entry.next_on else None,
        note=entry.note,
        corrects=entry.id,
    )
    return check(context)


@command("hoantac")
def undo(context: Context, words: str) -> Reply:
    """Withdraws one's own entry within 15 minutes."""
    case, entry = _entry(context, words)
    contacts.undo(context.connection, context.now, case, entry)
    send = f"/tiepxuc {case.ref}"
    return Reply("contacts.undone", {"case": case, "how": entry.how, "on": entry.on}, [[Choice("log", send)]])


def _entry(context: Context, words: str) -> tuple[Case, Contact]:
    if not is_number(words.strip()):
        raise Refusal("conversation.old_button")
    entry = contacts.own(context.connection, int(words), context.me.id)
    return candidates.case_by_id(context.connection, context.me, entry.candidate_id, "log_contact"), entry
