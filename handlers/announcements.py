"""Announcements that were sent: who has read them, who has not; corrected, withdrawn, told once more."""

from datetime import date, datetime

from sqlalchemy import Connection

from bot.chat import Choice, Message, Refusal, Reply
from bot.rules.access import covers
from bot.vietnamese.fold import fold
from handlers import announcing
from handlers.announcing import line_of, received, repeat_on, send_out
from handlers.commands import Context, command, form
from handlers.pages import Page, is_number, number_in, read_page
from handlers.templates import templates
from handlers.ways import yes_and_no
from storage import announcement_messages, announcements, units
from storage.announcements import Announcement

FORM = "correct_announcement"
SHOWN, NAMES = 5, 10


@command("thongbao")
def announce(context: Context, words: str) -> Reply:
    """Writes an announcement, for those who may; for all others, what was announced to them."""
    if not context.me.may("announce"):
        return mine(context, words)
    return announcing.begin(context, words)


@command("thongbaodennoi")
def mine(context: Context, words: str) -> Reply:
    """What was announced to this person, a page at a time."""
    page = Page.of(announcements.received(context.connection, context.me.id), read_page(words)[0], SHOWN)
    rows = [
        {"text": one.text, "unit": one.unit_name, "on": _day(context, one.at), "read": read_at is not None, "at": at}
        for at, (one, read_at) in enumerate(page.items, page.number * SHOWN + 1)
    ]
    opened = [
        Choice("question", f"/xemthongbao {one.id}", {"number": row["at"]})
        for row, (one, _) in zip(rows, page.items, strict=True)
    ]
    values = {"rows": rows, "count": page.count, "page": page.number + 1, "pages": page.last + 1}
    return Reply("announcements.mine", values, [opened, page.turn(lambda to: f"/thongbaodennoi +{to}")], edit=True)


def _day(context: Context, at: datetime) -> date:
    return at.astimezone(context.now.tzinfo).date()


@command("xemthongbao")
def look(context: Context, words: str) -> Reply:
    """One announcement, for those whom it is for."""
    return received(announcements.read_by(context.connection, context.me.id, number_in(words)))


@command("dadoc")
def have_read(context: Context, words: str) -> Reply:
    """The person has read it; its message says so from then on."""
    found = announcements.read_by(context.connection, context.me.id, number_in(words))
    if found.state == "withdrawn":
        return _withdrawn(found)
    announcements.mark_read(context.connection, context.now, context.me.id, found)
    return received(found, read_at=context.now)


@command("dagui")
def sent(context: Context, words: str) -> Reply:
    """Announcements sent ("+1"), one of them ("12"), its unread ("12 unread +1"), "12 correct", "12 withdraw yes"."""
    if not context.me.may("announce"):
        raise Refusal("access.not_your_role")
    number, _, rest = words.partition(" ")
    if not is_number(number):
        return _list(context, read_page(words)[0])
    found = announcements.sent_by(context.connection, context.me, int(number))
    what, _, more = rest.strip().partition(" ")
    if what == "unread":
        return _unread(context, found, read_page(more)[0])
    if what == "correct":
        return _ask_words(context, found)
    if what == "withdraw":
        return _withdraw(context, found, agreed=more == "yes")
    return _show(context, found)


def _list(context: Context, wanted: int) -> Reply:
    page = Page.of(announcements.listed(context.connection, context.me), wanted, SHOWN)
    rows = [
        {
            "at": at,
            "text": one.text,
            "on": _day(context, one.at),
            "withdrawn": one.state == "withdrawn",
            "receipts": announcements.receipts(context.connection, one.id),
        }
        for at, one in enumerate(page.items, page.number * SHOWN + 1)
    ]
    opened = [
        Choice("question", f"/dagui {one.id}", {"number": row["at"]}) for row, one in zip(rows, page.items, strict=True)
    ]
    values = {"rows": rows, "count": page.count, "page": page.number + 1, "pages": page.last + 1}
    new = [Choice("new_announcement", "/thongbao"), Choice("announced_to_me", "/thongbaodennoi")]
    return Reply("announcements.list", values, [opened, page.turn(lambda to: f"/dagui +{to}"), new], edit=True)


def _show(context: Context, found: Announcement, template: str = "announcements.receipts") -> Reply:
    counted = announcements.receipts(context.connection, found.id)
    values = {
        "text": found.text,
        "number": found.number,
        "on": _day(context, found.at),
        "unit": found.unit_name,
        "corrected": found.version > 1,
        "withdrawn": found.state == "withdrawn",
        "repeat_on": found.repeat_on if counted.unread else None,
        "receipts": counted,
    }
    send = f"/dagui {found.id}"
    who = [Choice("who_has_not", f"{send} unread")] if counted.unread or counted.unreachable else []
    change = [Choice("correct_it", f"{send} correct"), Choice("withdraw_it", f"{send} withdraw")]
    open_ = found.state == "sent"
    rows = [who if open_ else [], change if open_ else [], [Choice("sent_announcements", "/dagui")]]
    return Reply(template, values, rows, edit=True)


def _unread(context: Context, found: Announcement, wanted: int) -> Reply:
    """By name only where this person may see people; of others their unit."""
    grants = context.me.grants
    everybody = announcements.unread(context.connection, found.id)
    page = Page.of(everybody, wanted, NAMES)
    rows = [
        {
            "name": one.name if covers(grants, "see_people", one.path, one.committee_id) else None,
            "unit": one.unit_name,
            "reached": one.reached,
        }
        for one in page.items
    ]
    send = f"/dagui {found.id}"
    values = {"rows": rows, "count": page.count, "page": page.number + 1, "pages": page.last + 1}
    return Reply(
        "announcements.unread",
        values,
        [page.turn(lambda to: f"{send} unread +{to}"), [Choice("back", send)]],
        edit=True,
    )


def _ask_words(context: Context, found: Announcement) -> Reply:
    if found.state != "sent":
        return _show(context, found)
    context.begin_form(FORM, announcement=found.id, version=found.version, asks="note")
    return Reply("announcements.ask_correction", {"text": found.text}, [[Choice("cancel", "/huy")]])


@form(FORM)
def corrected(context: Context, text: str) -> Reply:
    """The words in the place of the old ones, said back before they go out; then yes or no."""
    data = context.the_form(FORM).data
    if data.get("asks"):
        number = context.keep_form(text=line_of(text), asks=None).number
        rows = [[Choice("send_correction", f"/dinhchinh {number}"), Choice("drop", "/huy")]]
        return Reply("announcements.check_correction", {"text": line_of(text)}, rows)
    if fold(text) in yes_and_no()["agree"]:
        return _correct(context)
    context.close_form()
    return Reply("conversation.cancelled")


@command("dinhchinh")
def agreed(context: Context, words: str) -> Reply:
    """The button under the new words."""
    if str(context.the_form(FORM).number) != words.strip() or not context.the_form(FORM).data.get("text"):
        raise Refusal("conversation.old_button")
    return _correct(context)


def _correct(context: Context) -> Reply:
    """What was sent is edited, what waits is replaced, and those whom nothing has reached yet get the new words."""
    data = context.the_form(FORM).data
    found = announcements.sent_by(context.connection, context.me, data["announcement"])
    if found.version != data["version"] or found.state != "sent":
        raise Refusal("announcements.changed_meanwhile")
    unit = units.by_id(context.connection, found.unit_id)
    values = {"text": data["text"], "repeat_on": repeat_on(context, unit)}
    new = announcements.correct(context.connection, context.now, context.me.id, found, values)
    context.close_form()
    edited = _put_in_place(context, found, received(new))
    send_out(context, new, but=edited)
    return _show(context, new, "announcements.corrected")


def _put_in_place(context: Context, sent_as: Announcement, reply: Reply) -> set[int]:
    """Edits what was sent, or says it anew where nothing can be edited; gives whose messages those were."""
    said = templates().message(reply, context.today)

    def there(number: str | None) -> Message:
        return Message(said.text, said.buttons, edit=number, only_edit=number is not None)

    return announcement_messages.replace_sent(context.connection, context.now, sent_as, there, context.plain)


def _withdraw(context: Context, found: Announcement, *, agreed: bool) -> Reply:
    if found.state != "sent":
        return _show(context, found)
    if not agreed:
        send = f"/dagui {found.id}"
        rows = [[Choice("withdraw_it", f"{send} withdraw yes"), Choice("back", send)]]
        return Reply("announcements.check_withdrawal", {"text": found.text}, rows, edit=True)
    new = announcements.withdraw(context.connection, context.now, context.me.id, found)
    _put_in_place(context, found, _withdrawn(new))
    return _show(context, new)


def _withdrawn(found: Announcement) -> Reply:
    return Reply("announcements.withdrawn", {"unit": found.unit_name, "text": found.text}, edit=True)


def repeat(connection: Connection, now: datetime) -> int:
    """Tells those once more who have not read what was announced some days ago; how many messages.

    `now` is aware, in the office's zone. For a round.
    """
    told = 0
    for found in announcements.to_repeat(connection, now.date()):
        if announcements.repeated(connection, found):
            message = templates().message(received(found, "announcements.again"), now.date())
            told += announcement_messages.carry(connection, now, found, announcement_messages.AGAIN, message)
    return told
