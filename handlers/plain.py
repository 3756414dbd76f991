"""Words that are no command, and things that are no words: what the house makes of them."""

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.fold import clean
from handlers import questions, start, taking_in
from handlers.commands import Context
from handlers.sentences import sentence
from storage import invitations

LONGEST = 2000


def readable(text: str) -> None:
    """Refuses what holds no letter to be seen, and what is too long to be read."""
    if len(text) > LONGEST:
        raise Refusal("conversation.too_long", most=LONGEST, length=len(text))
    if not clean(text):
        raise Refusal("conversation.empty")


def words(context: Context, text: str) -> Reply | None:
    """An invitation code, a sentence about a contact, or else a question."""
    # Eight letters may be a name as well: from somebody who has joined only what no name holds is taken for a code.
    if invitations.looks_like_one(text) and (context.person is None or any(c.isdigit() or c == "-" for c in text)):
        return start.join(context, text)
    if not any(letter.isalnum() for letter in text):
        return _not_understood(context)
    told = sentence(context, text) if context.person is not None else None
    return told or questions.answered(context, text)


def _not_understood(context: Context) -> Reply:
    if context.person is None:
        return start.welcome(context)
    return Reply("conversation.not_understood", {"logs": start.logs(context)}, start.first_steps(context))


def shared_phone(context: Context, phone: str) -> Reply | None:
    """The messenger vouches that the number is the sender's own."""
    return start.join_by_phone(context, phone)


def attached(context: Context) -> Reply:
    """Photos and files are not taken in, with the reason, nor fetched; but the office's workbook is."""
    if context.incoming.document is not None and context.person is not None and context.person.may("import_workbook"):
        return taking_in.arrived(context, context.incoming.document)
    kind = context.incoming.attachment or "file"
    logs = context.person is not None and context.person.may("log_contact")
    buttons = [[Choice("log_contact", "/tiepxuc")]] if logs else [[Choice("help", "/trogiup")]]
    return Reply(f"conversation.attached_{kind}", {"nominates": logs}, buttons)
