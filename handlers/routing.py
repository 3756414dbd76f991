"""Which handler answers a message: what it is decides before what it says, a command before the open form."""

from dataclasses import replace
from datetime import timedelta

from bot.chat import Choice, Incoming, Refusal, Reply
from handlers import choosing, plain, questions
from handlers.commands import FORMS, Context, LongReading, Route, explained, find, is_command
from storage import forms

# Questions of one line, and how long they wait for their answer; longer forms wait for ever.
ONE_LINE = (
    "who",
    "how",
    "note",
    "next",
    "send_back",
    "assign",
    "unit",
    "role",
    "meeting_report",
    "report_back",
    "report_number",
)
NOTHING_NAMED = "desk.no_such_unit"
FREE = ("note", "send_back", "meeting_report")
WAITS = timedelta(hours=12)


def answer(context: Context) -> Reply | None:
    """Finds the handler: what a message is decides before what it says."""
    incoming = context.incoming
    if incoming.group:
        return Reply("conversation.only_private") if is_command(incoming.text) else None
    if incoming.edited:
        return Reply("conversation.edited")
    if incoming.phone:
        return plain.shared_phone(context, incoming.phone)
    if incoming.attachment or incoming.document:
        return plain.attached(context)
    context.incoming = choosing.chosen(context)
    return said(context, context.incoming.text)


def said(context: Context, text: str) -> Reply | None:
    """A command, words for the open form, or plain words; in this order. Raises LongReading instead of reading long."""
    plain.readable(text)
    form = context.form if context.form is not None and not _forgotten(context, context.form) else None
    found = find(text, whole=form is not None and _free(form))
    if found is not None and (is_command(text) or _for_them(context, found[0])):
        route, words = found
        # Many a question begins with words that are a command as well: "the papers of …".
        bare = bool(words) and not is_command(text)
        asked = questions.meant(context, text) if bare else None
        if asked is not None:
            return asked
        if bare and questions.asks(context, text):
            return _or_asked(context, route, words, text)
        if route.reads_long(words):
            raise LongReading(route, words, context.incoming)
        return route.handler(context, words)
    if is_command(text):
        raise Refusal("conversation.no_such_command")
    if form is not None and form.kind in FORMS:
        return FORMS[form.kind](context, text)
    return plain.words(context, text)


def _or_asked(context: Context, route: Route, words: str, text: str) -> Reply | None:
    """The command, unless the words after it name nothing: then all of it was a question."""
    try:
        return route.handler(context, words)
    except Refusal as refusal:
        if refusal.reply.template != NOTHING_NAMED:
            raise
        return plain.words(context, text)


def _free(form: forms.Form) -> bool:
    """Whether words of one's own are awaited: a note that begins like a command is still a note."""
    return form.kind in FREE or form.data.get("asks") == "note"


def _for_them(context: Context, route: Route) -> bool:
    """Whether words without a slash may mean this command: a guest who uses a member's words only asks."""
    return context.person is not None or "guest" in explained()[route.name].roles


def _forgotten(context: Context, form: forms.Form) -> bool:
    """Whether a question of one line was asked so long ago that what is typed now is no answer to it."""
    return form.kind in ONE_LINE and context.now - form.at > WAITS


def with_a_way_on(refused: Reply, begun: bool, incoming: Incoming) -> Reply:
    """A refusal without a button gets one: out of the form that was being filled in, or to the help."""
    if refused.buttons or incoming.group:
        return refused
    typed_in = begun and not incoming.pressed
    return replace(refused, buttons=[[Choice("cancel", "/huy") if typed_in else Choice("help", "/trogiup")]])
