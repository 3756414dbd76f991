"""Help by role, leaving a half-filled form, and what the bot knows of the person."""

from bot.chat import Choice, Reply
from handlers.commands import Context, command, menu
from handlers.dossiers import LAST
from handlers.pages import Page, read_page
from handlers.start import first_steps, logs

# So that a page of help stays on one screen.
COMMANDS = 12


@command("trogiup")
def help_(context: Context, words: str) -> Reply:
    """What this person can do here, by role, a page at a time."""
    if context.person is None:
        return Reply("conversation.help_guest", {}, [[Choice("share_phone", "", kind="contact")]])
    page = Page.of(menu(grant.role for grant in context.person.grants), read_page(words)[0], COMMANDS)
    values = {"commands": page.items, "logs": logs(context), "page": page.number + 1, "pages": page.last + 1}
    turn = page.turn(lambda to: f"/trogiup +{to}")
    return Reply("conversation.help", values, [turn, *first_steps(context, with_help=False)], edit=bool(words))


@command("huy")
def cancel(context: Context, words: str) -> Reply:
    """Leaves a half-filled form."""
    if context.form is None or context.form.kind in ("", LAST):
        return Reply("conversation.nothing_open", {}, first_steps(context))
    context.close_form()
    return Reply("conversation.cancelled", {}, first_steps(context))
