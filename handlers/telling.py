"""What a message leads to for others: notices into the outbox, and what waited for the end of a half-filled form."""

from bot.chat import Address
from bot.rules.quiet import filling
from handlers.commands import Context, Notice
from handlers.templates import Templates
from storage import chats, outbox


def tell_others(context: Context, templates: Templates) -> bool:
    """Puts the notices of this message into the outbox, for the next round; whether there are any."""
    return sum(_tell(context, templates, notice) for notice in context.notices) > 0


def _tell(context: Context, templates: Templates, notice: Notice) -> bool:
    person = None if isinstance(notice.to, Address) else notice.to
    to = notice.to if isinstance(notice.to, Address) else chats.best(context.connection, notice.to)
    if to is None:
        return False
    message = templates.message(notice.reply, context.today, typed=to.channel in context.plain)
    outbox.add(context.connection, notice.key, to, message, context.now, kind=notice.kind, person=person)
    return True


def let_go(context: Context, begun: bool) -> bool:
    """Lets what waited for a half-filled form go once that is closed; whether there was anything."""
    if not begun or context.person is None or (context.form is not None and filling(context.form.kind)):
        return False
    return bool(outbox.let_go(context.connection, context.person.id, context.now))
