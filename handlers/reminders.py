"""/viec: what I have to do, on demand; and what can be done about each thing: done, put off, help, why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.chat import Choice, Refusal, Reply
from bot.rules.deadlines import dues, explain_due
from bot.rules.why import assurance, cite, reason
from handlers.commands import ROUTES, Context, command
from handlers.dossiers import CONTACT, dossier_for, due_lines, to_card
from handlers.matters import does, fitting, item_buttons, ref, rows_of
from handlers.pages import Page, is_number, read_page
from handlers.told import Matter, matters_of
from storage import asking, notices, rulebook

SNOOZES = (1, 3, 7)
ALL = [Choice("all_tasks", "/viec")]


@command("viec")
def tasks(context: Context, words: str) -> Reply | None:
    """My list; a number is the thing in that place of it, and a verb before the number does something about it."""
    if not context.me.grants:
        raise Refusal("access.not_your_role")
    verb, _, rest = words.strip().partition(" ")
    number, _, more = rest.strip().partition(" ")
    if verb in VERBS:
        return VERBS[verb](context, _mine(context, number), more.strip())
    if is_number(verb) or (verb[:1] == "v" and is_number(verb[1:])):
        return _one(context, _mine(context, verb))
    return _list(context, read_page(words)[0])


def _list(context: Context, wanted: int) -> Reply:
    matters = matters_of(context.connection, context.me.id, context.today)
    size = rulebook.book_of(context.connection).entries.a_day.shown
    page = Page.of(matters, wanted, size)
    shown = fitting(page.items, size)
    first = page.number * size + 1
    values = {
        "lines": [{"text": one.text, "put_off": one.notice.snoozed_until} for one in shown],
        "first": first,
        "count": page.count,
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    rows = [*rows_of(shown, first), page.turn(lambda to: f"/viec +{to}")]
    if not matters:
        return Reply("reminders.nothing", {}, [[Choice("my_candidates", "/nguon")]])
    return Reply("reminders.mine", values, rows, edit=wanted > 0 or page.number > 0)


def _mine(context: Context, number: str) -> Matter:
    """The door: one of my things, as it stands now; another's, an ended and a missing one read alike."""
    matters = matters_of(context.connection, context.me.id, context.today)
    if number[:1] == "v":
        found = [one for one in matters if is_number(number[1:]) and int(number[1:]) in one.ids]
    else:
        found = matters[int(number) - 1 : int(number)] if is_number(number) and int(number) else []
    if not found:
        raise Refusal("reminders.over_or_not_yours", [ALL])
    return found[0]


def _one(context: Context, one: Matter) -> Reply:
    return Reply("reminders.once", {"text": one.text, "over": False}, [*item_buttons(one), ALL])


def _done(context: Context, one: Matter, words: str) -> Reply | None:
    """Opens what records it; where nothing does, saying so is enough."""
    route = does(one)
    if route is not None:
        reply = ROUTES[route[0]].handler(context, route[1])
        # The list may hold other things as well: it stays where it is, and is struck through once this one is done.
        return replace(reply, edit=False) if reply is not None else None
    notices.finish(context.connection, one.ids, "ticked")
    return Reply("reminders.ticked", {"text": one.text}, [ALL])


def _snooze(context: Context, one: Matter, words: str) -> Reply:
    days = [day for day in SNOOZES if one.may_wait(day)]
    if not days:
        raise Refusal("reminders.cannot_wait", item_buttons(one), on=one.last_day)
    if not is_number(words) or int(words) not in days:
        choices = [Choice("snooze_days", f"/viec hoan {ref(one)} {day}", {"days": day}) for day in days]
        return Reply("reminders.how_long", {"text": one.text, "last": one.last_day}, [choices, ALL])
    until = context.today + timedelta(days=int(words))
    notices.snooze(context.connection, one.ids, until)
    told = asking.tell_put_off(context.connection, context.today, context.me.id, one.notice, until)
    return Reply("reminders.put_off", {"text": one.text, "until": until, "told": told}, [ALL])


def _help(context: Context, one: Matter, words: str) -> Reply:
    """Goes up a level, at once, with who asks."""
    asked = asking.ask(context.connection, context.today, context.me.id, one.notice)
    if not asked:
        raise Refusal("reminders.nobody_above", [ALL])
    values = {"text": one.text, "roles": sorted(set(asked.values())), "count": len(asked)}
    return Reply("reminders.asked", values, [ALL])


def _why(context: Context, one: Matter, words: str) -> Reply | None:
    """A date explains itself; for what the unit plans, the source of the reminder, or that it is a custom."""
    if one.due is not None and one.case is not None and one.due.rule == CONTACT:
        return _why_silent(context, one.case.ref)
    if one.due is not None and one.case is not None:
        return ROUTES["visao"].handler(context, f"{one.case.ref} {one.due.rule} {one.due.subject}".strip())
    book = rulebook.book_of(context.connection)
    source = cite(one.kind, book)
    values = {
        "name": one.kind.name,
        "before": [-at for at in one.kind.stages if at < 0],
        "after": [at for at in one.kind.stages if at > 0],
        "source": source,
        "mark": assurance(book.standing(one.kind, context.today), book) if source else "",
    }
    return Reply("reminders.why", values, [ALL])


def _why_silent(context: Context, code: str) -> Reply:
    """How long nobody has been met is counted like any other date, but a card does not show it among these."""
    dossier = dossier_for(context, code)
    found = next((due for due in dues(dossier.facts, dossier.book, dossier.calendar) if due.rule == CONTACT), None)
    if found is None:
        raise Refusal("reminders.over_or_not_yours", [ALL])
    told = reason(explain_due(found, dossier.facts, dossier.book, dossier.calendar), dossier.book)
    line = due_lines(context, dossier, [found])[0]
    return Reply("reasons.why", {"case": dossier.case, "due": line, "reason": told}, [ALL, to_card(dossier.code)])


VERBS: dict[str, Callable[[Context, Matter, str], Reply | None]] = {
    "xong": _done,
    "hoan": _snooze,
    "giup": _help,
    "visao": _why,
}
