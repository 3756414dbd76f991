"""A member who cannot come to a meeting says so beforehand, with one of a few reasons."""

from bot.chat import Choice, Refusal, Reply
from handlers.commands import Context, command
from handlers.dossiers import capital
from handlers.sittings import Sitting, belongs, shown, sitting_for, to_meeting, words_of
from storage import attendance, meetings


@command("toivang")
def absent(context: Context, words: str) -> Reply:
    """A member says beforehand that they will not come and why; "-" takes it back."""
    ref, _, reason = words.strip().partition(" ")
    sitting = sitting_for(context, ref)
    if not belongs(context, sitting.unit):
        raise Refusal("meetings.no_such_meeting")
    if sitting.meeting.state != "planned" or sitting.meeting.on < context.today:
        raise Refusal("attendance.too_late", [to_meeting(ref)], **shown(sitting))
    if reason == "-":
        attendance.take_back(context.connection, context.now, context.me.id, _kept(context, sitting))
        return Reply("attendance.i_come", shown(sitting), [to_meeting(ref)], edit=True)
    if reason not in words_of("absence"):
        choices = [
            Choice("short_name", f"/toivang {ref} {slug}", {"name": capital(said)})
            for slug, said in words_of("absence").items()
        ]
        rows = [choices[i : i + 2] for i in range(0, len(choices), 2)]
        return Reply("attendance.why", shown(sitting), [*rows, to_meeting(ref)], edit=True)
    attendance.announce(context.connection, context.now, context.me.id, _kept(context, sitting), reason)
    values = {**shown(sitting), "reason": words_of("absence")[reason]}
    return Reply("attendance.announced", values, [[Choice("i_come", f"/toivang {ref} -")], to_meeting(ref)], edit=True)


def _kept(context: Context, sitting: Sitting) -> meetings.Meeting:
    return meetings.kept(context.connection, context.now, context.me.id, sitting.meeting)
