"""Nominating a candidate, a question at a time; the branch approves or sends back with a reason."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import covers
from bot.vietnamese.fold import clean, fold
from handlers.candidates import to_card
from handlers.commands import Context, command, form
from handlers.dossiers import shown_name
from handlers.pages import Page, read_page
from handlers.templates import load
from handlers.unit_search import matching
from handlers.ways import branches, yes_and_no
from storage import candidates, people, units
from storage.candidates import Case
from storage.units import Unit

FORM = "nominate"
LONGEST_NAME, LONGEST_BY = 60, 80
OLDEST, YOUNGEST = 90, 14
UNITS_SHOWN, GROUPS_SHOWN = 6, 10
INTRODUCERS = ("youth_union", "trade_union", "women", "farmers", "veterans", "front", "branch")
ORDER = ("name", "year", "unit", "groups", "by")


@command("them")
def nominate(context: Context, words: str) -> Reply:
    """Begins with a name or asks for it; buttons carry the form's number and what was chosen."""
    if not context.me.may("nominate"):
        raise Refusal("access.not_your_role")
    number, _, rest = words.partition(" ")
    if number.isdecimal():
        return _pressed(context, int(number), rest.strip())
    if not branches(context, "nominate"):
        raise Refusal("nominations.no_branch")
    context.begin_form(FORM, groups=[], done=[])
    return _set(context, "name", words) if words else _next(context)


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """The answer to the question that is open."""
    data = context.the_form(FORM).data
    asks = data.get("asks") or ""
    if not asks:
        if fold(text) in yes_and_no()["agree"]:
            return _save(context, {})
        if fold(text) in yes_and_no()["refuse"]:
            context.close_form()
            return Reply("conversation.cancelled")
        return _next(context)
    skipped = asks != "name" and fold(text) in yes_and_no()["skip"]
    return _set(context, asks, "-" if skipped else text)


def _pressed(context: Context, number: int, rest: str) -> Reply:
    context.the_form(FORM, number)
    what, _, value = rest.partition(" ")
    if what == "save":
        return _save(context, {})
    if what == "anyway":
        return _save(context, {"alike": True})
    if what == "mend" and value in ORDER:
        context.keep_form(done=[name for name in context.the_form(FORM).data["done"] if name != value])
        return _next(context)
    if what in ("unit", "groups") and value.startswith("+"):
        return _next(context, edit=True, wanted=read_page(value)[0])
    if what in (*ORDER, "phone"):
        return _set(context, what, value) if value else _ask_phone(context)
    raise Refusal("conversation.old_button")


def _ask_phone(context: Context) -> Reply:
    number = context.keep_form(asks="phone").number
    return Reply("nominations.ask_phone", {}, [[Choice("skip", f"/them {number} phone -")]])


def _set(context: Context, name: str, value: str) -> Reply:
    readers: dict[str, Callable[[Context, str], dict[str, Any]]] = {
        "name": _read_name,
        "year": _read_year,
        "unit": _read_unit,
        "groups": _read_groups,
        "by": _read_by,
        "phone": _read_phone,
    }
    context.keep_form(**readers[name](context, value))
    done = context.the_form(FORM).data["done"]
    if name != "groups" or value in ("-", "done"):
        context.keep_form(done=[*done, name])
    edit = name == "groups" and value not in ("-", "done")
    return _next(context, edit=edit, wanted=_groups_page(value) if edit else 0)


def _groups_page(value: str) -> int:
    """On which page the label stands that was just chosen."""
    labels = load("words")["groups"]
    return next((at for at, (slug, said) in enumerate(labels.items()) if fold(value) in (slug, fold(said))), 0) // (
        GROUPS_SHOWN
    )


def _read_name(context: Context, value: str) -> dict[str, Any]:
    name = clean(value)
    letters = name.replace(" ", "").replace("'", "").replace("-", "").replace("\u2019", "")
    if not letters.isalpha() or len(name.split()) < 2 or len(name) > LONGEST_NAME:
        raise Refusal("nominations.no_name", words=name[:40])
    return {"name": name.title() if name in (name.lower(), name.upper()) else name}


def _read_year(context: Context, value: str) -> dict[str, Any]:
    if value == "-":
        return {"year": None}
    digits = value.strip()[-4:]
    if not digits.isdecimal() or not context.today.year - OLDEST <= int(digits) <= context.today.year - YOUNGEST:
        raise Refusal("nominations.no_year", words=clean(value)[:20])
    return {"year": int(digits)}


def _read_unit(context: Context, value: str) -> dict[str, Any]:
    """A unit by its number (which buttons carry), its code, its name, or a part of the name that only it has."""
    known = branches(context, "nominate")
    found = [unit for unit in known if value == f"#{unit.id}"] or matching(known, value)
    if len(found) != 1:
        buttons = _unit_buttons(found[:UNITS_SHOWN], context.the_form(FORM).number)
        raise Refusal("nominations.no_unit", buttons, words=clean(value)[:40], count=len(found))
    return {"unit": found[0].id, "unit_name": found[0].name}


def _unit_buttons(known: Sequence[Unit], number: int) -> list[list[Choice]]:
    return [[Choice("unit", f"/them {number} unit #{unit.id}", {"name": unit.name})] for unit in known]


def _read_groups(context: Context, value: str) -> dict[str, Any]:
    chosen = list(context.the_form(FORM).data["groups"])
    labels = load("words")["groups"]
    wanted = [slug for slug, said in labels.items() if fold(value) in (slug, fold(said))]
    if value in ("-", "done"):
        return {"groups": chosen}
    if not wanted:
        raise Refusal("nominations.no_group", words=clean(value)[:40])
    return {"groups": [g for g in chosen if g not in wanted] + [w for w in wanted if w not in chosen]}


def _read_by(context: Context, value: str) -> dict[str, Any]:
    if value == "-":
        return {"by": None}
    known = load("words")["introducers"]
    return {"by": str(known.get(value, clean(value)))[:LONGEST_BY]}


def _read_phone(context: Context, value: str) -> dict[str, Any]:
    phone = people.plain_phone(value)
    if value != "-" and not 9 <= len(phone) <= 11:
        raise Refusal("nominations.no_phone", words=clean(value)[:20])
    return {"phone": phone or None}


def _next(context: Context, *, edit: bool = False, wanted: int = 0) -> Reply:
    """Asks for the first thing that is still open, or says everything back."""
    form_ = context.the_form(FORM)
    for name in ORDER:
        if name not in form_.data["done"]:
            if name == "unit" and len(known := branches(context, "nominate")) == 1:
                context.keep_form(unit=known[0].id, unit_name=known[0].name, done=[*form_.data["done"], "unit"])
                return _next(context)
            number = context.keep_form(asks=name).number
            return Reply(f"nominations.ask_{name}", _shown(context), _options(context, name, number, wanted), edit=edit)
    number = context.keep_form(asks=None).number
    rows = [
        [Choice("save", f"/them {number} save"), Choice("drop", "/huy")],
        [Choice(f"mend_{name}", f"/them {number} mend {name}") for name in ("name", "year", "groups")],
        [Choice("add_phone", f"/them {number} phone")],
    ]
    return Reply("nominations.check", _shown(context), rows)


def _shown(context: Context) -> dict[str, Any]:
    data = context.the_form(FORM).data
    names = ("name", "year", "unit_name", "groups", "by", "phone", "again")
    return {name: data.get(name) for name in names} | {"direct": _direct(context, data.get("unit"))}


def _options(context: Context, name: str, number: int, wanted: int) -> list[list[Choice]]:
    send, chosen = f"/them {number} {name}", context.the_form(FORM).data["groups"]
    if name == "year":
        return [[Choice("skip", f"{send} -")]]
    if name == "unit":
        units_ = Page.of(branches(context, "nominate"), wanted, UNITS_SHOWN)
        return [*_unit_buttons(units_.items, number), units_.turn(lambda to: f"{send} +{to}")]
    if name == "groups":
        page = Page.of(list(load("words")["groups"]), wanted, GROUPS_SHOWN)
        labels = [Choice("group", f"{send} {g}", {"slug": g, "on": g in chosen}) for g in page.items]
        turn = page.turn(lambda to: f"{send} +{to}")
        return [*(labels[i : i + 2] for i in range(0, len(labels), 2)), turn, [Choice("done", f"{send} done")]]
    if name == "by":
        known = load("words")["introducers"]
        rows = [Choice("short_name", f"{send} {slug}", {"name": known[slug]}) for slug in INTRODUCERS]
        return [*(rows[i : i + 2] for i in range(0, len(rows), 2)), [Choice("skip", f"{send} -")]]
    return [[Choice("cancel", "/huy")]]


def _direct(context: Context, unit: int | None) -> bool:
    """Whether the nominator is the one who would approve it."""
    if unit is None:
        return False
    place = units.by_id(context.connection, unit)
    return covers(context.me.grants, "decide_nomination", place.path, place.committee_id)


def _save(context: Context, sure: dict[str, Any]) -> Reply:
    data = context.the_form(FORM).data | sure
    if any(name not in data["done"] for name in ORDER):
        return _next(context)
    if not data.get("alike") and not data.get("again"):
        same = candidates.alike(context.connection, context.me, data["name"], data["year"], data.get("phone"))
        if same:
            return _ask_alike(context, same)
    code = _write_again(context, data) if data.get("again") else _write(context, data)
    context.close_form()
    case = candidates.case_for(context.connection, context.me, code)
    if case.state == "open":
        rows = [[Choice("assign", f"/phancong {case.ref}")], [to_card(case)]]
        return Reply("nominations.listed", {"case": case}, rows)
    _ask_branch(context, case)
    return Reply("nominations.proposed", {"case": case}, [[to_card(case)]])


def _ask_alike(context: Context, same: Sequence[Case]) -> Reply:
    number = context.keep_form(asks=None).number
    rows = [
        {"name": shown_name(context, case), "code": case.code, "unit": case.unit_name, "year": case.birth_year}
        for case in same
    ]
    buttons = [[Choice("anyway", f"/them {number} anyway"), Choice("drop", "/huy")]]
    return Reply("nominations.alike", {"rows": rows}, buttons)


def _values(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": data["name"],
        "born_year": data["year"],
        "phone": data.get("phone"),
        "unit_id": data["unit"],
        "introduced_by": data["by"],
        "state": "open" if _direct(context, data["unit"]) else "proposed",
    }


def _write(context: Context, data: dict[str, Any]) -> str:
    today = {"step": "source", "step_on": context.today, "listed_on": context.today}
    values = _values(context, data) | today | {"proposed_by": context.me.id}
    return candidates.add(context.connection, context.now, context.me.id, values, data["groups"])


def _write_again(context: Context, data: dict[str, Any]) -> str:
    case = candidates.case_for(context.connection, context.me, data["again"])
    values = _values(context, data) | {"folded": fold(data["name"]), "returned_why": None}
    if case.state != "returned" or not candidates.change(
        context.connection, context.now, context.me.id, case, "candidate.propose_again", values
    ):
        raise Refusal("candidates.changed_meanwhile", code=case.code)
    candidates.set_groups(context.connection, case.id, data["groups"])
    return case.code


def _ask_branch(context: Context, case: Case) -> None:
    buttons = [
        [Choice("approve", f"/duyet {case.ref}"), Choice("send_back", f"/tralai {case.ref}")],
        [to_card(case)],
    ]
    notice = Reply("nominations.waiting", {"case": case, "by": context.me.name}, buttons)
    for person in people.leaders(context.connection, case.unit_id, case.committee_id):
        context.tell(person, f"nominated:{case.id}:{case.version}:{person}", notice)


@command("guilai")
def again(context: Context, words: str) -> Reply:
    """Opens a returned nomination again, with everything that was filled in."""
    case = candidates.case_for(context.connection, context.me, words)
    if case.state != "returned" or case.proposed_by != context.me.id:
        raise Refusal("conversation.old_button")
    context.begin_form(
        FORM,
        name=case.name,
        year=case.birth_year,
        phone=case.phone,
        unit=case.unit_id,
        unit_name=case.unit_name,
        groups=candidates.groups_of(context.connection, case.id),
        by=case.introduced_by,
        done=list(ORDER),
        again=case.code,
    )
    return _next(context)
