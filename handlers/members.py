"""A new member of a branch, a question at a time: the unit where there are several, the name, the phone."""

from collections.abc import Sequence

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.fold import clean, fold
from handlers.commands import Context, command, form
from handlers.pages import Page, is_number, read_page
from handlers.unit_search import matching
from handlers.ways import branches, yes_and_no
from storage import history, people, roles
from storage.people import Listed
from storage.units import Unit

FORM = "member"
SHOWN = 6
LONGEST_NAME = 60
SHORTEST_PHONE, LONGEST_PHONE = 9, 11


@command("themnguoi")
def add(context: Context, words: str) -> Reply:
    """Begins, in a unit ("in 5"), with a name or without; buttons carry the form's number and what was chosen."""
    if not context.me.may("invite"):
        raise Refusal("access.not_your_role")
    number, _, rest = words.partition(" ")
    if is_number(number):
        return _pressed(context, int(number), rest.strip())
    known = branches(context, "invite")
    if not known:
        raise Refusal("members.no_unit")
    wanted = rest.strip() if number == "in" else str(known[0].id) if len(known) == 1 else ""
    unit = next((unit for unit in known if str(unit.id) == wanted), None)
    context.begin_form(FORM, **({"unit": unit.id, "unit_name": unit.name} if unit else {}))
    return _take_name(context, words) if words and number != "in" else _next(context)


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """The answer to the question that is open."""
    asks, answer = context.the_form(FORM).data.get("asks"), fold(text)
    if asks == "unit":
        return _unit_named(context, text)
    if asks == "phone":
        return _take_phone(context, "" if answer in yes_and_no()["skip"] else text)
    if asks == "check" and answer in yes_and_no()["agree"]:
        return _save(context)
    if asks == "check" and answer in yes_and_no()["refuse"]:
        context.close_form()
        return Reply("conversation.cancelled")
    return _take_name(context, text)


def _pressed(context: Context, number: int, rest: str) -> Reply:
    context.the_form(FORM, number)
    verb, _, value = rest.partition(" ")
    if verb == "save":
        return _save(context)
    if verb == "other":
        context.keep_form(other=True)
    elif verb == "skip":
        context.keep_form(phone=None)
    elif verb == "name":
        context.keep_form(name=None, other=False)
    elif verb == "phone":
        context.keep_form(phone="")
    elif verb == "unit":
        return _take_unit(context, value)
    return _next(context, read_page(rest)[0])


def _next(context: Context, page: int = 0) -> Reply:
    data = context.the_form(FORM).data
    if not data.get("unit"):
        return _ask_unit(context, branches(context, "invite"), page)
    values = {"unit": data["unit_name"], "name": data.get("name")}
    if not data.get("name"):
        context.keep_form(asks="name")
        return Reply("members.ask_name", values, [[Choice("cancel", "/huy")]])
    same = [] if data.get("other") else _same_name(context, data["name"])
    number = context.keep_form(asks="same").number
    if same:
        rows = [[_known(person)] for person in same[:SHOWN]]
        return Reply("members.same_name", values, [*rows, [Choice("another_person", f"/themnguoi {number} other")]])
    if data.get("phone", "") == "":
        context.keep_form(asks="phone")
        return Reply("members.ask_phone", values, [[Choice("skip", f"/themnguoi {number} skip")]])
    context.keep_form(asks="check")
    return Reply("members.check", {**values, "phone": data["phone"]}, _check_buttons(number))


def _check_buttons(number: int) -> list[list[Choice]]:
    send = f"/themnguoi {number}"
    return [
        [Choice("save", f"{send} save"), Choice("cancel", "/huy")],
        [Choice("mend_name", f"{send} name"), Choice("mend_phone", f"{send} phone")],
    ]


def _ask_unit(context: Context, known: Sequence[Unit], page_number: int) -> Reply:
    number = context.keep_form(asks="unit").number
    page = Page.of(known, page_number, SHOWN)
    rows = [[Choice("unit", f"/themnguoi {number} unit {unit.id}", {"name": unit.name})] for unit in page.items]
    turn = page.turn(lambda to: f"/themnguoi {number} +{to}")
    return Reply("members.ask_unit", {}, [*rows, turn, [Choice("cancel", "/huy")]], edit=True)


def _unit_named(context: Context, text: str) -> Reply:
    found = matching(branches(context, "invite"), text)
    if not found:
        raise Refusal("units.none_found", query=clean(text)[:40])
    return _take_unit(context, str(found[0].id)) if len(found) == 1 else _ask_unit(context, found, 0)


def _take_unit(context: Context, value: str) -> Reply:
    unit = next((unit for unit in branches(context, "invite") if str(unit.id) == value), None)
    if unit is None:
        raise Refusal("units.no_such_unit")
    context.keep_form(unit=unit.id, unit_name=unit.name)
    return _next(context)


def _take_name(context: Context, text: str) -> Reply:
    name = clean(text)
    letters = "".join(c for c in name if c not in " '-\u2019")
    if not letters.isalpha() or len(name.split()) < 2 or len(name) > LONGEST_NAME:
        raise Refusal("members.no_name", words=name[:40])
    context.keep_form(name=name.title() if name in (name.lower(), name.upper()) else name, other=False)
    return _next(context)


def _take_phone(context: Context, text: str) -> Reply:
    if text:
        phone = people.plain_phone(text)
        if not (phone.startswith("0") and SHORTEST_PHONE <= len(phone) <= LONGEST_PHONE):
            raise Refusal("members.no_phone", words=clean(text)[:20])
        if people.phone_taken(context.connection, phone):
            raise Refusal("members.phone_taken")
        context.keep_form(phone=phone)
    else:
        context.keep_form(phone=None)
    return _next(context)


def _same_name(context: Context, name: str) -> list[Listed]:
    everybody = people.listed(context.connection, context.me, "invite")
    return [person for person in everybody if fold(person.name) == fold(name)]


def _known(person: Listed) -> Choice:
    return Choice("known_person", f"/moi {person.id}", {"name": person.name, "unit": person.roles[0][1]})


def _save(context: Context) -> Reply:
    connection, data = context.connection, context.the_form(FORM).data
    if not data.get("name") or data.get("phone", "") == "":
        return _next(context)
    unit = next((unit for unit in branches(context, "invite") if unit.id == data["unit"]), None)
    if unit is None:
        raise Refusal("units.no_such_unit")
    if data["phone"] and people.phone_taken(connection, data["phone"]):
        raise Refusal("members.phone_taken")
    person = people.add(connection, data["name"], data["phone"])
    history.record(connection, context.now, context.me.id, "person.add", f"person:{person}", unit.id)
    roles.give(connection, context.now, context.me.id, person, unit.id, "member", context.today)
    context.close_form()
    buttons = [[Choice("make_code", f"/moi {person} new 0")], [Choice("one_more", f"/themnguoi in {unit.id}")]]
    return Reply("members.added", {"name": data["name"], "unit": unit.name}, buttons)
