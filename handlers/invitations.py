"""Inviting: who may be invited and who is in, a code that is shown once, and taking it back."""

from collections.abc import Sequence

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import may_let_in
from bot.vietnamese.fold import clean
from bot.vietnamese.names import search_names
from handlers.commands import Context, command
from handlers.pages import Page, fitting, is_number, read_page
from storage import invitations, people
from storage.people import Listed

SHOWN = 6
LONGEST_QUERY = 40


@command("moi")
def invite(context: Context, words: str) -> Reply:
    """A page of people ("+2", with part of a name), one person ("12"), "12 new 7" or "12 revoke"."""
    if not context.me.may("invite"):
        raise Refusal("access.not_your_role")
    number, _, rest = words.partition(" ")
    if not is_number(number):
        return _list(context, words)
    person = _in_sight(context, int(number))
    verb, _, last = rest.strip().partition(" ")
    if verb == "new":
        return _make(context, person, last.strip())
    if verb == "revoke":
        return _revoke(context, person)
    return show(context, person)


def _list(context: Context, words: str) -> Reply:
    page_number, query = read_page(words)
    query = clean(query)[:LONGEST_QUERY]
    everybody = people.listed(context.connection, context.me, "invite")
    found = sorted(_named(everybody, query), key=lambda person: person.joined_at is not None)
    add = [Choice("new_member", "/themnguoi")]
    if not found:
        return Reply("invitations.none_found", {"query": query}, [add, [Choice("all_people", "/moi")]])
    page = Page.of(found, page_number, SHOWN)
    waiting = invitations.open_until(context.connection, context.now, [person.id for person in page.items])
    rows = [[_line(person, coded=person.id in waiting)] for person in page.items]
    values = {
        "query": query,
        "count": page.count,
        "joined": sum(person.joined_at is not None for person in found),
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    turn = page.turn(lambda to: fitting(f"/moi +{to} {query}"))
    return Reply("invitations.list", values, [*rows, turn, add], edit=True)


def _named(everybody: Sequence[Listed], query: str) -> list[Listed]:
    if not query:
        return list(everybody)
    names = set(search_names(query, [person.name for person in everybody]))
    return [person for person in everybody if person.name in names]


def _line(person: Listed, *, coded: bool) -> Choice:
    state = "joined" if person.joined_at else "coded" if coded else "absent"
    return Choice("invitee", f"/moi {person.id}", {"name": person.name, "state": state})


def _in_sight(context: Context, person: int) -> Listed:
    found = people.listed(context.connection, context.me, "invite", only=person)
    if not found:
        raise Refusal("invitations.no_such_person")
    return found[0]


def show(context: Context, person: Listed, template: str = "invitations.person") -> Reply:
    """One person: in since when, or until when there is a code, and what can be done."""
    until = invitations.open_until(context.connection, context.now, [person.id]).get(person.id)
    allowed = _may_let_in(context, person)
    values = {
        "name": person.name,
        "roles": person.roles,
        "joined_at": person.joined_at and person.joined_at.astimezone(context.now.tzinfo),
        "until": until and until.astimezone(context.now.tzinfo),
        "allowed": allowed,
    }
    make = [_make_button(context, person, again=until is not None)] if allowed else []
    revoke = [Choice("revoke_code", f"/moi {person.id} revoke")] if until and allowed else []
    return Reply(template, values, [make, revoke, [Choice("all_people", "/moi")]], edit=True)


def _make_button(context: Context, person: Listed, *, again: bool) -> Choice:
    """Carries the number of the latest code: a button pressed twice makes one code."""
    label = "new_code" if again else "code_for_new_phone" if person.joined_at else "make_code"
    return Choice(label, f"/moi {person.id} new {invitations.last_number(context.connection, person.id)}")


def _may_let_in(context: Context, person: Listed) -> bool:
    theirs = people.by_id(context.connection, person.id)
    return theirs is not None and may_let_in(context.me.grants, theirs.grants)


def _make(context: Context, person: Listed, last: str) -> Reply:
    if not _may_let_in(context, person):
        raise Refusal("invitations.not_yours_to_let_in", name=person.name)
    if last and last != str(invitations.last_number(context.connection, person.id)):
        return show(context, person, "invitations.made_before")
    made = invitations.make(context.connection, context.now, person.id, context.me.id)
    _tell_of_new_code(context, person)
    known = [context.link, *context.links.values()]
    deep = next((link for link in known if link and link.endswith("=")), None)
    values = {
        "name": person.name,
        "unit": person.roles[0][1],
        "code": made.code,
        "link": f"{deep}{made.code}" if deep else None,
        "typed_on": [(channel, context.links.get(channel)) for channel in sorted(context.plain)],
        "until": made.expires_at,
    }
    buttons = [[Choice("revoke_code", f"/moi {person.id} revoke"), Choice("all_people", "/moi")]]
    return Reply("invitations.made", values, buttons, edit=True)


def _tell_of_new_code(context: Context, person: Listed) -> None:
    """Who is in already learns that a further phone may come in under the same name."""
    if person.joined_at:
        key = f"code:{person.id}:{invitations.last_number(context.connection, person.id)}"
        context.tell(person.id, key, Reply("invitations.told", {"by": context.me.name}, [[Choice("me", "/toi")]]))


def _revoke(context: Context, person: Listed) -> Reply:
    if not _may_let_in(context, person):
        raise Refusal("invitations.not_yours_to_let_in", name=person.name)
    ended = invitations.revoke(context.connection, context.now, person.id, context.me.id)
    return show(context, person, "invitations.revoked" if ended else "invitations.nothing_to_revoke")
