"""Help by role, leaving a half-filled form, and what the bot knows of the person."""

from bot.chat import Choice, Reply
from handlers.commands import Context, command, menu
from handlers.dossiers import LAST
from handlers.start import first_steps, logs


@command("trogiup")
def help_(context: Context, words: str) -> Reply:
    """What this person can do here, by role."""
    if context.person is None:
        return Reply("conversation.help_guest", {}, [[Choice("share_phone", "", kind="contact")]])
    commands = menu(grant.role for grant in context.person.grants)
    return Reply(
        "conversation.help", {"commands": commands, "logs": logs(context)}, first_steps(context, with_help=False)
    )


@command("huy")
def cancel(context: Context, words: str) -> Reply:
    """Leaves a half-filled form."""
    if context.form is None or context.form.kind in ("", LAST):
        return Reply("conversation.nothing_open", {}, first_steps(context))
    context.close_form()
    return Reply("conversation.cancelled", {}, first_steps(context))
