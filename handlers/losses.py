"""People whom no chat reaches any more: who is told of it, once; and what waited for them when they write again."""

from datetime import datetime

from sqlalchemy import Connection

from bot.chat import Address, Choice, Message, Reply
from bot.rules.access import Role
from handlers.commands import Context, command
from handlers.templates import templates
from storage import chats, deliveries, outbox, people, units
from storage.people import Person

# At most so many are told of one loss.
MOST_TOLD = 5
BACK = [[Choice("get_waiting", "/tincho")]]


def tell(connection: Connection, person: int, now: datetime) -> None:
    """Whoever is responsible is told what to do: the secretary, for other leads the office; `now` is office time."""
    who, key = people.by_id(connection, person), _key(connection, person)
    if who is None or key is None:
        return
    unit = who.grants[0].unit_name if who.grants else ""
    reply = Reply("losses.lost", {"name": who.name, "unit": unit}, [[Choice("deliveries_today", "/nhac")]])
    message = templates().message(reply, now.date())
    for number, (lead, address) in enumerate(_responsible(connection, who)):
        outbox.add(connection, f"{key}:{number}", address, message, now, kind="notice", person=lead)


def back(context: Context, *, joined: bool) -> Reply | None:
    """Whoever writes again is offered what waited; those who were told of the loss learn that it is over."""
    person = context.person
    if person is None or (person.reachable and not joined):
        return None
    connection, key = context.connection, _key(context.connection, person.id)
    chats.find_again(connection, context.incoming.address)
    if key is not None:
        _over(context, person, key)
    count = deliveries.waiting_for(connection, person.id)
    return Reply("losses.waited", {"count": count}, BACK) if count else None


@command("tincho")
def get_waiting(context: Context, words: str) -> Reply:
    """Sends what could not be sent to whoever asks."""
    count = deliveries.bring(context.connection, context.me.id, context.now)
    return Reply("losses.brought" if count else "losses.nothing", {"count": count})


def _key(connection: Connection, person: int) -> str | None:
    """One loss of one person, "lost:12:1763600000000"; None where nothing is known to be lost."""
    theirs = chats.of(connection, [person]).get(person, [])
    since = [chat.lost_at for chat in theirs if chat.lost_at is not None]
    return f"lost:{person}:{int(max(since).timestamp() * 1000)}" if since else None


def _over(context: Context, person: Person, key: str) -> None:
    rows = outbox.states(context.connection, [f"{key}:{number}" for number in range(MOST_TOLD)])
    outbox.clear(context.connection, list(rows))
    message = templates().message(Reply("losses.found", {"name": person.name}), context.today)
    for row, state in rows.items():
        if state in ("sent", "seen"):
            outbox.edit(context.connection, row, Message(message.text), context.now)


def _responsible(connection: Connection, who: Person) -> list[tuple[int, Address]]:
    """Who can do something about it and can be reached; of several levels the nearest. For an office: nobody."""
    if who.has("office") or not who.grants:
        return []
    unit = units.by_id(connection, who.grants[0].unit_id)
    office = people.in_charge(connection, unit.committee_id, ("office",)) if unit.committee_id else []
    branch: tuple[Role, ...] = () if who.has("secretary", "deputy") else ("secretary", "deputy")
    levels = [*(people.in_charge(connection, unit.id, (role,)) for role in branch), office]
    return next((found for level in levels if (found := _reached(connection, level, who.id))), [])


def _reached(connection: Connection, level: list[int], but: int) -> list[tuple[int, Address]]:
    known = chats.of(connection, [person for person in level if person != but])
    working = {p: theirs[0].address for p, theirs in sorted(known.items()) if theirs and theirs[0].reachable}
    return list(working.items())[:MOST_TOLD]
