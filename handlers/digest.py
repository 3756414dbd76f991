"""The morning's list and what is said by itself: put into words when they are sent, struck through when done."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from bot.chat import Choice, Message, Reply
from handlers.matters import fitting, item_buttons, rows_of
from handlers.templates import templates
from handlers.told import Matter, in_message, matters_for
from storage import notices, outbox, people, rulebook
from storage.digests import DIGEST, ONCE
from storage.outbox import Owed

# Messages that are struck through at a time; and for how many days after they were sent.
EDITS = 50


def look(connection: Connection, owed: Owed, now: datetime, plain: Collection[str] = ()) -> Message | datetime | None:
    """What a reminder says now; None when nothing of it is left. Other messages are as they were owed.

    `plain` names the messengers without buttons.
    """
    typed = owed.address.channel in plain
    what, _, rest = owed.key.partition(":")
    if what == DIGEST and owed.person is not None:
        reply = _list(connection, owed, owed.person, date.fromisoformat(rest.split(":")[1]), now.date())
        return templates().message(reply, now.date(), typed=typed) if reply else None
    if what == ONCE and owed.person is not None:
        reply = _once(connection, owed, owed.person, int(rest.split(":")[2]), now.date())
        return templates().message(reply, now.date(), typed=typed) if reply else None
    return owed.message


def _list(connection: Connection, owed: Owed, person: int, day: date, today: date) -> Reply | None:
    if day != today:
        # Held until another day: that day's list has it all.
        notices.unsaid(connection, owed.id)
        return None
    if people.by_id(connection, person) is None:
        return None
    mine, others = matters_for(connection, person, today, lambda n: n.outbox_id == owed.id or n.ready(today))
    if not mine:
        return None
    notices.said_in(connection, [number for one in mine for number in one.ids], owed.id)
    return list_reply(connection, mine, today, others)


def _once(connection: Connection, owed: Owed, person: int, notice: int, today: date) -> Reply | None:
    found, _ = matters_for(connection, person, today, lambda n: n.id == notice)
    if not found or not (found[0].owed or any(n.outbox_id == owed.id for n in found[0].held)):
        return None
    notices.said_in(connection, found[0].ids, owed.id)
    return once_reply(found[0])


def list_reply(connection: Connection, matters: Sequence[Matter], day: date, others: int = 0) -> Reply:
    """The list of a day; `others` stand since earlier days and are only counted."""
    shown = fitting(matters, rulebook.book_of(connection).entries.a_day.shown)
    left = len(matters) - len(shown) + others
    values = {
        "day": day,
        "lines": [{"text": one.text, "over": one.over} for one in shown],
        "count": len(matters),
        "left": sum(not one.over for one in matters),
        "more": len(matters) - len(shown),
        "others": others,
    }
    rows = rows_of(shown)
    if left:
        rows.append([Choice("see_all_tasks", "/viec", {"count": left})])
    return Reply("reminders.digest", values, rows)


def once_reply(matter: Matter) -> Reply:
    """One thing by itself, with all that can be done about it."""
    values = {"text": matter.text, "over": matter.over}
    return Reply("reminders.once", values, [] if matter.over else item_buttons(matter))


def strike(connection: Connection, now: datetime) -> int:
    """Edits messages in which something has been done since they were sent; how many."""
    there = notices.to_edit(connection, EDITS)
    for row in there:
        matters = in_message(connection, row, now.date())
        reply = _struck(connection, row, matters)
        if reply is not None:
            outbox.edit(connection, row, templates().message(reply, now.date()), now)
    notices.edited(connection, there)
    return len(there)


def _struck(connection: Connection, row: int, matters: Sequence[Matter]) -> Reply | None:
    if not matters:
        return None
    what, _, rest = (outbox.key_of(connection, row) or "").partition(":")
    if what == DIGEST:
        return list_reply(connection, matters, date.fromisoformat(rest.split(":")[1]))
    return once_reply(matters[0])
