"""Who holds which role in a unit, for the office: given, ended, and everything ended when somebody has left."""

from collections.abc import Sequence
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import Role, covers
from bot.vietnamese.fold import clean, fold
from bot.vietnamese.names import search_names
from handlers.commands import Context, command, form
from handlers.pages import Page, fitting, is_number, read_page
from handlers.units import changes, office_only, to_unit
from handlers.ways import yes_and_no
from storage import people, roles, units
from storage.people import Listed
from storage.units import COMMITTEES, Unit

FORM = "role"
SHOWN = 6
IN_COMMITTEE: tuple[Role, ...] = (
    "office",
    "organisation_board",
    "area_supervisor",
    "inspection",
    "secretary",
    "deputy",
)
IN_BRANCH: tuple[Role, ...] = ("secretary", "deputy", "member", "area_supervisor")
_CANCEL = [Choice("cancel", "/huy")]


@command("vai")
def roles_in(context: Context, words: str) -> Reply:
    """Holders in unit 12 ("12", "12 +2"), whom to give a role ("12 give lan"), person 40 there ("12 40 end deputy").

    "ok 7" agrees to form 7, "ok 7 member" with the role of a plain member in place of the one that ends.
    """
    office_only(context)
    number, _, rest = words.partition(" ")
    if number == "ok":
        return _agreed(context, rest.split())
    if not is_number(number):
        raise Refusal("conversation.old_button")
    unit = _unit(context, int(number))
    first, _, rest = rest.strip().partition(" ")
    if first == "give":
        return _choose(context, unit, rest)
    if not is_number(first):
        return _holders(context, unit, read_page(first)[0])
    verb, _, role = rest.strip().partition(" ")
    return _of_person(context, unit, int(first), verb, role.strip())


def _unit(context: Context, number: int) -> Unit:
    unit = units.unit_for(context.connection, context.me, number)
    if unit.closed_on is not None:
        raise Refusal("units.closed", unit=unit.name)
    return unit


def _held(context: Context, unit: Unit) -> list[Listed]:
    """Everybody with a role there; of a committee below only its office, for the rest is its own business."""
    everybody = people.holders(context.connection, unit.id)
    if covers(context.me.grants, "see_people", unit.path, unit.committee_id):
        return everybody
    return [person for person in everybody if any(role == "office" for role, _ in person.roles)]


def _holders(context: Context, unit: Unit, page_number: int) -> Reply:
    page = Page.of(_held(context, unit), page_number, SHOWN)
    send = f"/vai {unit.id}"
    rows = [[_holder(unit, person)] for person in page.items]
    turn = page.turn(lambda to: f"{send} +{to}")
    values = {"unit": unit, "count": page.count, "page": page.number + 1, "pages": page.last + 1}
    more = [Choice("new_member", f"/themnguoi in {unit.id}")] if unit.kind not in COMMITTEES else []
    buttons = [*rows, turn, [Choice("give_role", f"{send} give"), *more], [to_unit(unit)]]
    return Reply("roles.holders", values, buttons, edit=True)


def _holder(unit: Unit, person: Listed) -> Choice:
    values = {"name": person.name, "roles": [role for role, _ in person.roles]}
    return Choice("holder", f"/vai {unit.id} {person.id}", values)


def _choose(context: Context, unit: Unit, words: str) -> Reply:
    page_number, query = read_page(words)
    known = _in_sight(context)
    names = set(search_names(query, [person.name for person in known])) if query else None
    found = [person for person in known if names is None or person.name in names]
    context.begin_form(FORM, verb="choose", unit=unit.id)
    if not found:
        raise Refusal("roles.nobody_found", query=clean(query)[:40])
    page, send = Page.of(found, page_number, SHOWN), f"/vai {unit.id}"
    rows = [
        [Choice("known_person", f"{send} {p.id} give", {"name": p.name, "unit": p.roles[0][1]})] for p in page.items
    ]
    turn = page.turn(lambda to: fitting(f"{send} give +{to} {query}"))
    return Reply("roles.choose", {"unit": unit}, [*rows, turn, _CANCEL], edit=True)


def _in_sight(context: Context) -> list[Listed]:
    return people.listed(context.connection, context.me, "change_units")


def _of_person(context: Context, unit: Unit, number: int, verb: str, role: str) -> Reply:
    here = next((person for person in _held(context, unit) if person.id == number), None)
    person = here or next(iter(people.listed(context.connection, context.me, "change_units", only=number)), None)
    if person is None:
        raise Refusal("invitations.no_such_person")
    held = [role for role, _ in here.roles] if here else []
    if verb == "give":
        return _give(context, unit, person, held, role)
    if verb == "end":
        return _end(context, unit, person, held, role)
    if verb == "left":
        return _left(context, unit, person)
    return _person(context, unit, person, held)


def _person(context: Context, unit: Unit, person: Listed, held: Sequence[Role]) -> Reply:
    send = f"/vai {unit.id} {person.id}"
    rows = [[Choice("end_role", f"{send} end {role}", {"role": role})] for role in held]
    left = [Choice("has_left", f"{send} left")] if person.id != context.me.id else []
    back = [Choice("holders", f"/vai {unit.id}")]
    values = {"name": person.name, "unit": unit, "held": held, "joined": person.joined_at is not None}
    return Reply("roles.person", values, [*rows, [Choice("give_role", f"{send} give")], left, back], edit=True)


def _grantable(context: Context, unit: Unit, person: int) -> Sequence[Role]:
    """Roles of this sort of unit; to a committee below only its office is appointed, and never oneself."""
    if not changes(context, unit):
        return ("office",) if person != context.me.id else ()
    return IN_COMMITTEE if unit.kind in COMMITTEES else IN_BRANCH


def _give(context: Context, unit: Unit, person: Listed, held: Sequence[Role], wanted: str) -> Reply:
    free = [role for role in _grantable(context, unit, person.id) if role not in held]
    if not free:
        raise Refusal("roles.none_to_give", name=person.name, unit=unit.name)
    values = {"name": person.name, "unit": unit}
    if not wanted:
        rows = [[Choice("role", f"/vai {unit.id} {person.id} give {role}", {"role": role})] for role in free]
        return Reply("roles.ask_role", values, [*rows, _CANCEL], edit=True)
    if wanted not in free:
        raise Refusal("conversation.old_button")
    number = context.begin_form(FORM, verb="give", unit=unit.id, person=person.id, role=wanted).number
    others = [p.name for p in _held(context, unit) if any(role == wanted for role, _ in p.roles)]
    others = others if wanted in ("secretary", "office") else []
    agree = [Choice("agree", f"/vai ok {number}"), *_CANCEL]
    return Reply("roles.check_give", {**values, "role": wanted, "others": others}, [agree])


def _end(context: Context, unit: Unit, person: Listed, held: Sequence[Role], role: str) -> Reply:
    if role not in held:
        raise Refusal("conversation.old_button")
    _keep_an_office(context, unit, role)
    number = context.begin_form(FORM, verb="end", unit=unit.id, person=person.id, role=role).number
    stays = role in ("secretary", "deputy") and unit.kind not in COMMITTEES and "member" not in held
    agree = [Choice("agree", f"/vai ok {number}")]
    rows = [[Choice("stays_member", f"/vai ok {number} member")]] if stays else []
    return Reply("roles.check_end", {"name": person.name, "unit": unit, "role": role}, [*rows, [*agree, *_CANCEL]])


def _keep_an_office(context: Context, unit: Unit, role: str) -> None:
    if role == "office" and len(people.in_charge(context.connection, unit.id, ["office"])) < 2:
        raise Refusal("roles.last_office", unit=unit.name)


def _left(context: Context, unit: Unit, person: Listed) -> Reply:
    _wholly_in_reach(context, person.id)
    number = context.begin_form(FORM, verb="left", unit=unit.id, person=person.id).number
    agree = [Choice("agree", f"/vai ok {number}"), *_CANCEL]
    return Reply("roles.check_left", {"name": person.name}, [agree])


def _wholly_in_reach(context: Context, person: int) -> None:
    """Refuses for oneself, and for whoever holds a role that is not this office's to end."""
    if person == context.me.id:
        raise Refusal("roles.not_yourself")
    theirs = people.by_id(context.connection, person)
    mine = people.listed(context.connection, context.me, "change_units", only=person)
    if theirs is None or not mine or len(mine[0].roles) < len(theirs.grants):
        raise Refusal("roles.elsewhere", name=theirs.name if theirs else "")


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """A name to give a role to, or yes and no."""
    form_ = context.the_form(FORM)
    if form_.data["verb"] == "choose":
        return _choose(context, _unit(context, form_.data["unit"]), text)
    if fold(text) in yes_and_no()["agree"]:
        return _agreed(context, [str(form_.number)])
    context.close_form()
    return Reply("conversation.cancelled")


def _agreed(context: Context, words: Sequence[str]) -> Reply:
    form_ = context.the_form(FORM)
    if not words or str(form_.number) != words[0] or "person" not in form_.data:
        raise Refusal("conversation.old_button")
    data, unit = form_.data, _unit(context, form_.data["unit"])
    context.close_form()
    if data["verb"] == "give":
        return _given(context, unit, data)
    if data["verb"] == "end":
        return _ended(context, unit, data, stays="member" in words[1:])
    return _gone(context, unit, data["person"])


def _given(context: Context, unit: Unit, data: dict[str, Any]) -> Reply:
    person, role = data["person"], data["role"]
    if role not in _grantable(context, unit, person):
        raise Refusal("conversation.old_button")
    roles.give(context.connection, context.now, context.me.id, person, unit.id, role, context.today)
    _tell(context, "roles.told_given", unit, person, role)
    return _done(context, "roles.given", unit, person, role=role)


def _ended(context: Context, unit: Unit, data: dict[str, Any], *, stays: bool) -> Reply:
    person, role = data["person"], data["role"]
    _keep_an_office(context, unit, role)
    if stays:
        roles.give(context.connection, context.now, context.me.id, person, unit.id, "member", context.today)
    released = roles.end(context.connection, context.now, context.me.id, person, unit.id, role, context.today)
    if released is None:
        raise Refusal("conversation.old_button")
    _tell(context, "roles.told_ended", unit, person, role)
    return _done(context, "roles.ended", unit, person, role=role, released=released, stays=stays)


def _gone(context: Context, unit: Unit, person: int) -> Reply:
    _wholly_in_reach(context, person)
    left = roles.leave(context.connection, context.now, context.me.id, person, context.today)
    for place, count in left.cases.items():
        for boss in people.in_charge(context.connection, place, ("secretary", "deputy")):
            key = f"left:{person}:{place}:{boss}"
            context.tell(boss, key, Reply("roles.told_left", {"count": count}, [[Choice("assign", "/phancong")]]))
    return _done(context, "roles.left", unit, person, released=left.cases.total())


def _tell(context: Context, template: str, unit: Unit, person: int, role: str) -> None:
    key = f"role:{person}:{unit.id}:{role}:{context.incoming.address.channel}:{context.incoming.id}"
    context.tell(person, key, Reply(template, {"role": role, "unit": unit.name}, [[Choice("me", "/toi")]]))


def _done(context: Context, template: str, unit: Unit, person: int, **values: Any) -> Reply:
    theirs = people.by_id(context.connection, person)
    shown = {"name": theirs.name if theirs else "", "unit": unit, **values}
    return Reply(template, shown, [[Choice("holders", f"/vai {unit.id}")], [to_unit(unit)]], edit=True)
