"""What the bot knows of whoever asks: roles, chats, what is kept; and the way out of a chat."""

from dataclasses import replace

from bot.chat import Choice, Reply
from handlers.commands import Context, command
from storage import history, people, preferences, rulebook
from storage.people import Chat

FORM = "leaving"


@command("toi")
def myself(context: Context, words: str) -> Reply:
    """Shows it; "leave" and "others" ask before chats are unlinked, "yes 7" agrees."""
    if context.person is None:
        return Reply("myself.guest", {}, [[Choice("share_phone", "", kind="contact")]])
    verb, _, number = words.partition(" ")
    if verb in ("leave", "others"):
        return _ask(context, verb)
    if verb == "yes":
        return _agreed(context, number)
    return _show(context)


def _show(context: Context) -> Reply:
    me, chats = context.me, people.chats_of(context.connection, context.me.id)
    phone = people.phone_of(context.connection, me.id)
    values = {
        "name": me.name,
        "roles": [(grant.role, grant.unit_name) for grant in me.grants],
        "chats": [_chat(context, chat) for chat in chats],
        "phone": phone[-3:] if phone else None,
        **_hours(context),
    }
    others = [Choice("leave_others", "/toi others")] if len(chats) > 1 else []
    own = [Choice("digest_hour", "/gionhac"), Choice("quiet_hours", "/gioyen")] if me.grants else []
    return Reply("myself.show", values, [own, [Choice("leave_here", "/toi leave")], others])


def _hours(context: Context) -> dict[str, object]:
    """When this person is reminded."""
    mine = preferences.of_person(context.connection, context.me.id)
    usual = rulebook.book_of(context.connection).entries.a_day.digest_hour
    return {"hour": usual if mine.digest_hour is None else mine.digest_hour, "quiet": mine.quiet}


def _chat(context: Context, chat: Chat) -> dict[str, object]:
    since = chat.since.astimezone(context.now.tzinfo)
    return {"channel": chat.address.channel, "since": since, "here": chat.address == context.incoming.address}


def _ask(context: Context, verb: str) -> Reply:
    number = context.begin_form(FORM, verb=verb).number
    others = _others(context)
    if verb == "others" and not others:
        return _show(context)
    agree = Choice("leave_here" if verb == "leave" else "leave_others", f"/toi yes {number}")
    values = {"count": len(others)}
    return Reply(f"myself.ask_{verb}", values, [[agree, Choice("cancel", "/huy")]])


def _others(context: Context) -> list[Chat]:
    chats = people.chats_of(context.connection, context.me.id)
    return [chat for chat in chats if chat.address != context.incoming.address]


def _agreed(context: Context, number: str) -> Reply:
    form = context.the_form(FORM, number.strip())
    here = form.data["verb"] == "leave"
    gone = [context.incoming.address] if here else [chat.address for chat in _others(context)]
    for address in gone:
        people.unlink(context.connection, address)
        before = {"channel": address.channel}
        subject = f"person:{context.me.id}"
        history.record(context.connection, context.now, context.me.id, "person.unlink", subject, None, before, None)
    context.close_form()
    if not here:
        return Reply("myself.left_others", {"count": len(gone)}, edit=True)
    # Nobody's roles any more: the chat gets the menu of a guest.
    context.person = replace(context.me, grants=(), menu=None)
    return Reply("myself.left_here", {}, [[Choice("share_phone", "", kind="contact")]])
