"""Writing an announcement: its words, the document it is about, whom it goes to; seen before it is sent."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import Role, rights
from bot.vietnamese.dates import past_date
from bot.vietnamese.fold import clean, fold
from handlers.commands import Context, command, form
from handlers.pages import Page, read_page
from handlers.templates import templates
from handlers.ways import yes_and_no
from storage import admission, announcement_messages, announcements, settings, sight, units
from storage.announcements import Announcement, Audience
from storage.units import Unit

FORM = "announce"
SHORTEST, LONGEST, LONGEST_LINK = 5, 300, 200
SHOWN = 6
REPEAT = "announcement_repeat_days"
# Whom one tap chooses.
GROUPS: Mapping[str, tuple[Role, ...]] = {
    "leaders": ("secretary", "deputy"),
    "members": ("member",),
    "above": ("office", "organisation_board", "area_supervisor", "inspection"),
}
_NUMBER = re.compile(r"\d[\w.]*-[^\s,;]+(?:/[^\s,;]+)?|\d+/[^\s,;/]+-[^\s,;]+")
_LINK = re.compile(r"https?://[^\s<>\"'@]+\.[^\s<>\"'@]+")


@command("soanthongbao")
def pressed(context: Context, words: str) -> Reply:
    """A button of form 7: "7 send", "7 field link", "7 units +1", "7 unit 12", "7 groups", "7 group members"."""
    number, _, rest = words.partition(" ")
    _form(context, number)
    what, _, value = rest.partition(" ")
    if what == "send":
        return _send(context)
    if what == "field" and value in _READ:
        return _ask(context, value)
    if what == "skip" and value in ("document", "link"):
        return _keep(context, value, "-")
    if what == "units":
        return _units(context, read_page(value)[0])
    if what == "unit":
        return _toggle_unit(context, value)
    if what == "group":
        return _toggle_group(context, value)
    return _groups(context) if what == "groups" else preview(context)


def begin(context: Context, text: str) -> Reply:
    """Opens the form, with the words if they came with the command."""
    context.begin_form(FORM, units=[], groups=list(GROUPS))
    return _keep(context, "text", text) if text else _ask(context, "text")


def _form(context: Context, number: str | None = None) -> Any:
    found = context.the_form(FORM, number)
    if not context.me.may("announce"):
        raise Refusal("conversation.old_button")
    return found


def _ask(context: Context, field: str) -> Reply:
    form_ = context.keep_form(asks="note", field=field)
    leave = [Choice("skip", f"/soanthongbao {form_.number} skip {field}")] if field != "text" else []
    sent = [Choice("sent_announcements", "/dagui")] if field == "text" and not form_.data.get("text") else []
    return Reply(f"announcements.ask_{field}", {"most": LONGEST}, [[*leave, Choice("cancel", "/huy")], sent])


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """The field that was asked for; under the preview yes or no."""
    data = _form(context).data
    if data.get("asks"):
        skipped = data["field"] != "text" and fold(text) in yes_and_no()["skip"]
        return _keep(context, data["field"], "-" if skipped else text)
    if fold(text) in yes_and_no()["agree"]:
        return _send(context)
    if fold(text) in yes_and_no()["refuse"]:
        context.close_form()
        return Reply("conversation.cancelled")
    return preview(context)


def _keep(context: Context, field: str, text: str) -> Reply:
    context.keep_form(**_READ[field](context, text), asks=None)
    return preview(context)


def line_of(text: str) -> str:
    """The words of an announcement: one line, short."""
    words = clean(text)
    if not SHORTEST <= len(words) <= LONGEST:
        raise Refusal("announcements.bad_text", least=SHORTEST, most=LONGEST, length=len(words))
    return words


def _read_document(context: Context, text: str) -> dict[str, Any]:
    """A number, a date, or both: "15-CV/DU, 20/11/2026"."""
    if text == "-":
        return {"number": None, "document_on": None}
    words = clean(text)
    number = _NUMBER.search(words)
    on = past_date(words.replace(number.group(), " ") if number else words, context.today)
    if (number is None and on is None) or len(words) > LONGEST_LINK:
        raise Refusal("announcements.bad_document")
    return {"number": number.group() if number else None, "document_on": on.isoformat() if on else None}


def _read_link(context: Context, text: str) -> dict[str, Any]:
    words = "".join(clean(text).split())
    link = words if "://" in words else f"https://{words}"
    if text != "-" and (not _LINK.fullmatch(link) or len(link) > LONGEST_LINK):
        raise Refusal("announcements.bad_link")
    return {"link": None if text == "-" else link}


_READ: Mapping[str, Any] = {
    "text": lambda _, text: {"text": line_of(text)},
    "document": _read_document,
    "link": _read_link,
}


def open_units(context: Context) -> list[Unit]:
    """The units in which this person may announce, the higher ones first, then by name."""
    found = units.open_units(context.connection, sight.units_open_to(context.me, "announce"))
    return sorted(found, key=lambda unit: (unit.path.count("/"), unit.ordered))


def _audience(context: Context) -> Audience:
    data = _form(context).data
    chosen = set(data["units"])
    paths = [unit.path for unit in open_units(context) if not chosen or unit.id in chosen]
    wanted = [role for group in data["groups"] for role in GROUPS[group]]
    if not paths or not wanted:
        return Audience({})
    return announcements.audience(context.connection, context.me, paths, wanted, context.me.id)


def preview(context: Context) -> Reply:
    """The announcement as it will be read, with how many people it goes to."""
    form_ = _form(context)
    if not form_.data.get("text"):
        return _ask(context, "text")
    to = _audience(context)
    chosen = set(form_.data["units"])
    values = {
        "people": to.count,
        "places": to.places,
        "chosen": [unit.name for unit in open_units(context) if unit.id in chosen][:3],
        "count": len(chosen),
        "groups": form_.data["groups"],
        "all": set(form_.data["groups"]) == set(GROUPS),
        **told(form_.data, _in_name_of(context).unit_name),
    }
    send = f"/soanthongbao {form_.number}"
    rows = [
        [Choice("send", f"{send} send")] if to.count else [],
        [Choice("where_to", f"{send} units"), Choice("who_to", f"{send} groups")],
        [Choice("add_document", f"{send} field document"), Choice("add_link", f"{send} field link")],
        [Choice("mend_words", f"{send} field text"), Choice("drop", "/huy")],
    ]
    return Reply("announcements.preview", values, rows)


def told(data: Mapping[str, Any], unit: str) -> dict[str, Any]:
    """What a sentence needs to tell of an announcement."""
    on = data.get("document_on")
    link = data.get("link")
    return {
        "text": data["text"],
        "number": data.get("number"),
        "on": date.fromisoformat(on) if isinstance(on, str) else on,
        "host": urlsplit(link).hostname if link else None,
        "unit": unit,
    }


def _in_name_of(context: Context) -> Any:
    """The role in whose name it is sent: the one that reaches the first unit chosen."""
    held = [grant for _, grant in rights(context.me.grants, "announce")]
    chosen = set(_form(context).data["units"])
    path = next((unit.path for unit in open_units(context) if unit.id in chosen), held[0].path)
    return next((grant for grant in held if path.startswith(grant.path)), held[0])


def _units(context: Context, wanted: int) -> Reply:
    form_ = _form(context)
    chosen = set(form_.data["units"])
    page = Page.of(open_units(context), wanted, SHOWN)
    send = f"/soanthongbao {form_.number}"
    rows = [
        [Choice("ticked", f"{send} unit {unit.id}", {"name": unit.name, "on": unit.id in chosen})]
        for unit in page.items
    ]
    turn = page.turn(lambda to: f"{send} units +{to}")
    done = [Choice("every_unit", f"{send} unit all"), Choice("done", f"{send} done")]
    values = {"count": len(chosen), "people": _audience(context).count}
    return Reply("announcements.which_units", values, [*rows, turn, done], edit=True)


def _toggle_unit(context: Context, value: str) -> Reply:
    form_, known = _form(context), [unit.id for unit in open_units(context)]
    chosen = list(form_.data["units"])
    if value == "all":
        context.keep_form(units=[])
        return preview(context)
    if not value.isdecimal() or int(value) not in known:
        raise Refusal("conversation.old_button")
    unit = int(value)
    context.keep_form(units=[u for u in chosen if u != unit] if unit in chosen else [*chosen, unit])
    return _units(context, known.index(unit) // SHOWN)


def _groups(context: Context) -> Reply:
    form_ = _form(context)
    send = f"/soanthongbao {form_.number}"
    above = any(grant.committee for _, grant in rights(context.me.grants, "announce"))
    offered = [group for group in GROUPS if group != "above" or above]
    rows = [
        [Choice("ticked_group", f"{send} group {group}", {"group": group, "on": group in form_.data["groups"]})]
        for group in offered
    ]
    values = {"people": _audience(context).count}
    return Reply("announcements.which_groups", values, [*rows, [Choice("done", f"{send} done")]], edit=True)


def _toggle_group(context: Context, value: str) -> Reply:
    chosen = list(_form(context).data["groups"])
    if value not in GROUPS:
        raise Refusal("conversation.old_button")
    context.keep_form(groups=[g for g in chosen if g != value] if value in chosen else [*chosen, value])
    return _groups(context)


def _send(context: Context) -> Reply:
    form_, to, grant = _form(context), _audience(context), _in_name_of(context)
    if not form_.data.get("text") or not to.count:
        return preview(context)
    unit = units.by_id(context.connection, grant.unit_id)
    data = told(form_.data, unit.name)
    values = {"text": data["text"], "number": data["number"], "document_on": data["on"]}
    values |= {"link": form_.data.get("link"), "repeat_on": repeat_on(context, unit)}
    key = f"{context.owner}:{form_.number}"
    made = announcements.write(context.connection, context.now, key, context.me.id, unit.id, values, to)
    if made is None:
        raise Refusal("conversation.old_button")
    context.close_form()
    reached = send_out(context, made)
    shown = {
        "people": to.count,
        "places": to.places,
        "reached": reached,
        "days": (made_repeat(made) - context.today).days,
    }
    return Reply("announcements.sent", shown, [[Choice("who_has_read", f"/dagui {made.id}")]])


def made_repeat(announcement: Announcement) -> date:
    """The day on which those who have not read it are told once more."""
    return announcement.repeat_on or announcement.at.date()


def repeat_on(context: Context, unit: Unit) -> date:
    """So many days from today as the unit has set."""
    default = admission.rules_of(context.connection).book.entries.local[REPEAT].value
    return context.today + timedelta(days=settings.local_of(context.connection, unit).get(REPEAT, default))


def send_out(context: Context, announcement: Announcement, but: Collection[int] = ()) -> int:
    """Puts its messages into the outbox, to be sent in paced rounds; how many people a chat reaches.

    `but` are left out.
    """
    message = templates().message(received(announcement), context.today)
    return announcement_messages.carry(
        context.connection, context.now, announcement, announcement_messages.FIRST, message, but
    )


def received(announcement: Announcement, template: str = "announcements.received", **more: Any) -> Reply:
    """The announcement as those read it whom it is for."""
    data = {"text": announcement.text, "number": announcement.number, "document_on": announcement.document_on}
    values = {**told({**data, "link": announcement.link}, announcement.unit_name), "by": announcement.person_name}
    values |= {"corrected": announcement.version > 1, "read_at": None, **more}
    read = [Choice("have_read", f"/dadoc {announcement.id}")] if values["read_at"] is None else []
    return Reply(template, values, buttons(announcement, read), edit=True)


def buttons(announcement: Announcement, first: Sequence[Choice]) -> list[list[Choice]]:
    """The first button, and the way to the document."""
    link = [Choice("open_document", announcement.link, kind="link")] if announcement.link else []
    return [[*first, *link]]
