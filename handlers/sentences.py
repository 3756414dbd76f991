"""The contact log by one sentence: what was understood is said back, and saved only when the writer agrees."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.contacts import Understood, understand
from bot.vietnamese.dates import future_date, past_date
from bot.vietnamese.fold import clean, fold
from bot.vietnamese.names import search_names
from handlers.commands import Context, command, form
from handlers.offers import offered
from handlers.questions import obvious
from handlers.ways import HOWS, SHOWN, after, anybody, how_of, mine, nobody, note_of, saved, yes_and_no
from storage import candidates, contacts
from storage.candidates import Case

FORM = "contact"
FIELDS = ("who", "how", "on", "note", "next")


def sentence(context: Context, text: str) -> Reply | None:
    """The answer to a sentence that tells of a contact; None when it tells of none."""
    known = mine(context)
    understood = understand(text, context.today, [case.name for case in known])
    if understood.kind != "contact":
        return None
    if not known:
        return nobody(context)
    waiting = context.open_form(FORM)
    if waiting and waiting.data.get("on"):
        context.keep_form(then=text)
        return Reply("contacts.unsaved", {"name": _name(context, waiting.data)}, _one_of_two(waiting.number))
    context.begin_form(FORM, **_draft(understood, known))
    return check(context)


def _draft(understood: Understood, known: Sequence[Case]) -> dict[str, Any]:
    names = [understood.who] if isinstance(understood.who, str) else list(understood.who or ())
    codes = [case.code for case in known if case.name in names]
    return {
        "code": codes[0] if len(codes) == 1 else None,
        "codes": codes,
        "how": understood.how,
        "on": understood.on.isoformat() if understood.on else None,
        "next_on": understood.next_on.isoformat() if understood.next_on else None,
        "note": understood.note,
        "ahead": understood.ahead.isoformat() if understood.ahead else None,
    }


def _one_of_two(number: int) -> Sequence[Sequence[Choice]]:
    return [[Choice("save_first", f"/luu {number}")], [Choice("drop_first", f"/bo {number}")]]


def _name(context: Context, data: Mapping[str, Any]) -> str:
    return _case(context, data).name if data.get("code") else ""


def _case(context: Context, data: Mapping[str, Any]) -> Case:
    return candidates.case_for(context.connection, context.me, data["code"], "log_contact")


def check(context: Context) -> Reply:
    """Asks for what is still unclear, one thing at a time; says everything back when nothing is."""
    form = _mine(context)
    data, number = form.data, form.number
    if not data.get("code"):
        return _ask_who(context, data, number)
    case = _case(context, data)
    if data.get("ahead"):
        return _ask_when(context, case, data, number)
    on = date.fromisoformat(data["on"])
    if on < case.listed_on:
        context.keep_form(asks="on")
        values = {"case": case, "on": on, "listed_on": case.listed_on}
        return Reply("contacts.before_listed", values, [[Choice("drop", f"/bo {number}")]])
    context.keep_form(asks=None)
    return Reply("contacts.understood", {"case": case, **_values(data), "corrects": data.get("corrects")}, _on(number))


def _on(number: int) -> Sequence[Sequence[Choice]]:
    """How to go on with a draft."""
    return [[Choice("save", f"/luu {number}"), Choice("correct", f"/chinh {number}"), Choice("drop", f"/bo {number}")]]


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    coming = data.get("next_on")
    return {
        "how": data["how"],
        "reason": data.get("reason"),
        "on": date.fromisoformat(data["on"]),
        "note": data.get("note") or None,
        "next_on": date.fromisoformat(coming) if coming else None,
    }


def _ask_who(context: Context, data: Mapping[str, Any], number: int) -> Reply:
    known = mine(context)
    chosen = [case for case in known if case.code in data["codes"]] or known[:SHOWN]
    context.keep_form(asks="who")
    rows = [[Choice("person", f"/chinh {number} who {c.ref}", {"name": c.name, "year": c.birth_year})] for c in chosen]
    template = "contacts.which_said" if data["codes"] else "contacts.who_said"
    return Reply(template, {"count": len(chosen), "given": _given(chosen)}, [*rows, [Choice("drop", f"/bo {number}")]])


def _given(cases: Sequence[Case]) -> str | None:
    givens = {case.name.split()[-1] for case in cases}
    return givens.pop() if len(givens) == 1 else None


def _ask_when(context: Context, case: Case, data: Mapping[str, Any], number: int) -> Reply:
    ahead = date.fromisoformat(data["ahead"])
    context.keep_form(asks="on")
    back = past_date(f"{ahead:%d/%m}", context.today)
    back = back if back and back >= case.listed_on else None
    send = f"/chinh {number}"
    row = [Choice("date_on", f"{send} on {back.isoformat()}", {"on": back})] if back else []
    row.append(Choice("appointment_on", f"{send} next {ahead.isoformat()}", {"on": ahead}))
    return Reply("contacts.ahead", {"case": case, "on": ahead, "back": back}, [row, [Choice("drop", f"/bo {number}")]])


@command("luu")
def save(context: Context, words: str) -> Reply:
    """Saves the draft; a second press finds it saved."""
    return _save(context, _number(words))


def _save(context: Context, number: int) -> Reply:
    key = f"form:{context.owner}:{number}"
    done = contacts.by_key(context.connection, key)
    if done is not None and done.state != "undone":
        case = candidates.case_by_id(context.connection, context.me, done.candidate_id, "log_contact")
        return Reply("contacts.saved_before", {"case": case, "contact": done}, after(done.id))
    form = _mine(context, number)
    if not form.data.get("code") or form.data.get("ahead"):
        return check(context)
    case, values = _case(context, form.data), _values(form.data)
    if values["on"] > context.today or values["on"] < case.listed_on:
        return check(context)
    reply = offered(context, case, values["note"], _write(context, case, form.data, key, values))
    context.close_form()
    return _then(context, form.data, reply)


def _write(context: Context, case: Case, data: Mapping[str, Any], key: str, values: Mapping[str, Any]) -> Reply:
    if data.get("corrects"):
        old = contacts.own(context.connection, data["corrects"], context.me.id)
        if old.candidate_id == case.id:
            new = contacts.correct(context.connection, context.now, case, old, values)
            return saved(case, new, values, "contacts.corrected")
        before = candidates.case_by_id(context.connection, context.me, old.candidate_id, "log_contact")
        contacts.withdraw(context.connection, context.now, before, old)
    contact = contacts.log(context.connection, context.now, context.me.id, case, key, values)
    return saved(case, contact, values, time=contacts.count(context.connection, case.id))


def _then(context: Context, data: Mapping[str, Any], reply: Reply) -> Reply:
    """Goes on with a sentence that was sent while this draft was still open."""
    if not data.get("then"):
        return reply
    following = sentence(context, data["then"])
    return following or reply


@command("bo")
def drop(context: Context, words: str) -> Reply:
    """Throws the draft away."""
    return _drop(context, _number(words))


def _drop(context: Context, number: int) -> Reply:
    form = _mine(context, number)
    context.close_form()
    return _then(context, form.data, Reply("contacts.dropped", {}, [[Choice("log_contact", "/tiepxuc")]], edit=True))


@command("chinh")
def mend(context: Context, words: str) -> Reply:
    """Changes one field of the draft: shows the fields, asks for one, or takes the value a button carries."""
    number, field, value = (*words.split(maxsplit=2), "", "")[:3]
    form = _mine(context, _number(number))
    if not field:
        send = f"/chinh {form.number}"
        choices = [Choice(f"field_{name}", f"{send} {name}") for name in FIELDS]
        rows = [choices[0:3], choices[3:5], [Choice("back", f"{send} back"), Choice("drop", f"/bo {form.number}")]]
        return Reply("contacts.mend", {}, rows)
    if field == "back":
        return check(context)
    if field not in FIELDS:
        raise Refusal("conversation.old_button")
    return _set(context, field, value) if value else _ask(context, field, form.number)


def _ask(context: Context, field: str, number: int) -> Reply:
    context.keep_form(asks=field)
    send = f"/chinh {number} {field}"
    rows: list[list[Choice]] = []
    if field == "who":
        shown = mine(context)[:SHOWN]
        rows = [[Choice("person", f"{send} {c.ref}", {"name": c.name, "year": c.birth_year})] for c in shown]
    if field == "how":
        choices = [Choice(f"how_{how}", f"{send} {how}") for how in HOWS]
        rows = [choices[0:2], choices[2:4], choices[4:6], choices[6:7]]
    if field == "next":
        rows = [[Choice("no_date", f"{send} -")]]
    return Reply(f"contacts.ask_{field}", {}, [*rows, [Choice("back", f"/chinh {number} back")]])


def _set(context: Context, field: str, value: str) -> Reply:
    changed = {"who": _read_who, "how": _read_how, "on": _read_on, "note": _read_note, "next": _read_next}[field](
        context, value
    )
    context.keep_form(**changed)
    return check(context)


def _read_who(context: Context, value: str) -> dict[str, Any]:
    known = mine(context)
    wanted = candidates.plain_code(value)
    found = [case for case in known if wanted in (case.code, case.ref)]
    found = found or [
        case for name in search_names(value, [c.name for c in known]) for case in known if case.name == name
    ]
    if not found:
        raise Refusal("contacts.unknown_name", anybody(context), words=clean(value)[:40])
    return {"code": found[0].code if len(found) == 1 else None, "codes": [case.code for case in found]}


def _read_how(context: Context, value: str) -> dict[str, Any]:
    how, reason = how_of(value)
    if how is None:
        raise Refusal("contacts.no_such_way")
    return {"how": how, "reason": reason}


def _read_on(context: Context, value: str) -> dict[str, Any]:
    on = _iso(value) or past_date(value, context.today)
    if on is None:
        raise Refusal("contacts.no_date", words=clean(value)[:40], coming=False)
    if on > context.today:
        raise Refusal("contacts.not_yet", on=on)
    return {"on": on.isoformat(), "ahead": None}


def _read_note(context: Context, value: str) -> dict[str, Any]:
    return {"note": note_of(value)}


def _read_next(context: Context, value: str) -> dict[str, Any]:
    if value == "-" or fold(value) in yes_and_no()["skip"]:
        return {"next_on": None, "ahead": None}
    on = _iso(value) or future_date(value, context.today) or past_date(value, context.today)
    if on is None:
        raise Refusal("contacts.no_date", words=clean(value)[:40], coming=True)
    if on <= context.today:
        raise Refusal("contacts.already_past", on=on)
    return {"next_on": on.isoformat(), "ahead": None}


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """What is typed while a draft is open: yes, no, the field that was asked for, or something else altogether."""
    form = _mine(context)
    said = fold(text).strip(" .!")
    asks = form.data.get("asks")
    aside = None if asks == "note" else obvious(context, text)
    if aside is not None:
        return replace(aside, buttons=[*aside.buttons, [Choice("back_to_draft", f"/chinh {form.number} back")]])
    if asks:
        return _set(context, asks, text)
    if said in yes_and_no()["agree"]:
        return _save(context, form.number)
    if said in yes_and_no()["refuse"]:
        return _drop(context, form.number)
    return sentence(context, text) or Reply("contacts.unsaved", {"name": _name(context, form.data)}, _on(form.number))


def _iso(value: str) -> date | None:
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return None


def _number(words: str) -> int:
    if not words.strip().isdecimal():
        raise Refusal("conversation.old_button")
    return int(words)


def _mine(context: Context, number: int | None = None) -> Any:
    return context.the_form(FORM, number)
