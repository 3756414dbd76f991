"""Getting in: by a code, by the deep link that carries one, or by one's own phone number."""

from collections.abc import Iterable

from bot.chat import Choice, Refusal, Reply
from bot.rules.attention import attention
from handlers.commands import Context, command
from storage import candidates, history, invitations, people
from storage.candidates import Case

_GUEST = [
    [Choice("often_asked", "/hoi"), Choice("steps", "/cacbuoc")],
    [Choice("share_phone", "", kind="contact")],
    [Choice("help", "/trogiup")],
]


@command("start")
def start(context: Context, words: str) -> Reply | None:
    """Joins with the code after the command; without one says what the bot is, or what waits for the person."""
    if words:
        return join(context, words)
    return welcome(context) if context.person is None else at_home(context)


def welcome(context: Context) -> Reply:
    """What a stranger is told: what this is, and how to join; nothing about who exists."""
    return Reply("start.welcome", {}, _GUEST)


def at_home(context: Context, template: str = "start.at_home") -> Reply:
    """Greets a person with what waits for them: those one helps, and those one watches over."""
    me = context.me
    seen = candidates.listed(context.connection, me)
    mine = [case for case in seen if case.own]
    values = {
        "name": me.name,
        "roles": [(grant.role, grant.unit_name) for grant in me.grants],
        "helping": len(mine),
        "urgent": _urgent(context, mine),
        "seen": len(seen) if len(seen) > len(mine) else 0,
        "seen_urgent": _urgent(context, seen),
        "logs": logs(context),
    }
    return Reply(template, values, first_steps(context))


def _urgent(context: Context, cases: Iterable[Case]) -> int:
    return sum(attention(c.last_contact_on, c.next_on, c.listed_on, context.today).urgent for c in cases)


def logs(context: Context) -> bool:
    """Whether logging contacts is this person's daily work, and not only allowed now and then."""
    return context.me.has("member", "secretary", "deputy")


def first_steps(context: Context, *, with_help: bool = True) -> list[list[Choice]]:
    """The two or three buttons that this person begins with most often, by role."""
    if context.person is None:
        return [[Choice("help", "/trogiup")]] if with_help else []
    me = context.person
    sees, helps = me.may("see_case"), logs(context)
    rows = [
        [Choice("my_candidates" if helps else "everybody", "/nguon")] if sees else [],
        [Choice("log_contact", "/tiepxuc")] if helps else [],
        [Choice("manage_units", "/donvi"), Choice("manage_people", "/moi")] if me.may("change_units") else [],
        [Choice("help", "/trogiup")] if with_help else [],
    ]
    return [row for row in rows if row]


def join(context: Context, code: str) -> Reply | None:
    """Links this chat to the person whom the code invites. Beyond the limit of wrong codes a right one is not heard."""
    connection, sender = context.connection, _sender(context)
    if invitations.tried(connection, context.now, sender) >= invitations.WRONG_A_MINUTE:
        return None
    person = invitations.use(connection, context.now, code)
    if person is None:
        if context.person is not None and invitations.used_by(connection, code, context.person.id):
            return at_home(context)
        invitations.wrong(connection, context.now, sender)
        return Reply("start.wrong_code", {}, _GUEST)
    return _welcome_in(context, person, "code")


def join_by_phone(context: Context, phone: str) -> Reply | None:
    """Links this chat to the person with this number; the messenger vouches that it is the sender's own."""
    connection, sender = context.connection, _sender(context)
    if invitations.tried(connection, context.now, sender) >= invitations.WRONG_A_MINUTE:
        return None
    person = people.by_phone(connection, phone)
    if person is None:
        invitations.wrong(connection, context.now, sender)
        return Reply("start.unknown_phone", {}, [[Choice("help", "/trogiup")]])
    if context.person is not None and context.person.id == person:
        return at_home(context)
    return _welcome_in(context, person, "phone")


def _welcome_in(context: Context, person: int, by: str) -> Reply:
    people.link(context.connection, context.incoming.address, person, context.now)
    context.person = people.by_id(context.connection, person)
    if context.person is None:
        raise Refusal("start.members_only")
    after = {"channel": context.incoming.address.channel, "by": by}
    history.record(context.connection, context.now, person, "person.join", f"person:{person}", None, None, after)
    return at_home(context, "start.joined")


def _sender(context: Context) -> str:
    return f"{context.incoming.address.channel}:{context.incoming.address.id}"
