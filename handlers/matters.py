"""What can be done about each thing that somebody is told: the buttons under a list, and under one thing alone."""

from collections.abc import Sequence

from bot.chat import Choice
from handlers.commands import ROUTES
from handlers.told import FROM_ABOVE, Matter

# Beside the lines there are a head and a foot; a screen holds about 900 characters.
ROOM = 760
# Rows of buttons under a list: the others are behind "all tasks".
ROWS = 4
# The fewest days that something is put off by; what may not wait so long has no button for it.
SOONEST = 1
# Of what a unit has before it, what whoever is in charge of the area does as well as hears of.
BY_SUPERVISOR = ("branch_unhelped",)


def ref(one: Matter) -> str:
    """How buttons name a thing, whatever its place in the list by then."""
    return f"v{one.notice.id}"


def fitting(matters: Sequence[Matter], most: int) -> list[Matter]:
    """The first ones, as many as fit on a screen."""
    shown: list[Matter] = []
    room = ROOM
    for one in matters[:most]:
        room -= len(one.text.striptags()) + 6
        if room < 0 and shown:
            break
        shown.append(one)
    return shown


def rows_of(shown: Sequence[Matter], first: int = 1) -> list[list[Choice]]:
    """A row for each of the first things; all that can be done where there is only one."""
    open_ = [(number, one) for number, one in enumerate(shown, first) if not one.over]
    if len(shown) == 1 and open_:
        return item_buttons(shown[0])
    return [_row(number, one) for number, one in open_[:ROWS]]


def _row(number: int, one: Matter) -> list[Choice]:
    n = {"number": number}
    done = Choice(f"item_{_done(one)}", f"/viec xong {ref(one)}", n)
    later = [Choice("item_snooze", f"/viec hoan {ref(one)}", n)] if one.may_wait(SOONEST) else []
    return [done, *later, Choice("item_more", f"/viec {ref(one)}", n)]


def item_buttons(one: Matter) -> list[list[Choice]]:
    """Done, put off, help, why: two in a row, so that they can be read and hit on a small phone."""
    number = ref(one)
    later = [Choice("snooze", f"/viec hoan {number}")] if one.may_wait(SOONEST) else []
    rows = [
        [Choice(f"task_{_done(one)}", f"/viec xong {number}"), *later],
        [Choice("task_help", f"/viec giup {number}"), Choice("why_told", f"/viec visao {number}")],
    ]
    if one.notice.kind == "help" and one.case is not None:
        rows.insert(0, [Choice("task_look_at_case", f"/hoso {one.case.ref}")])
    meeting = meeting_of(one)
    if one.notice.kind == "meeting_report" and meeting:
        rows.insert(
            0,
            [
                Choice("report_as_is", f"/baocaohop {meeting} system"),
                Choice("report_line", f"/baocaohop {meeting} line"),
            ],
        )
    if one.notice.kind == "meeting_tomorrow" and meeting:
        rows.insert(1, [Choice("cannot_come", f"/toivang {meeting}")])
    return rows


def _done(one: Matter) -> str:
    """Whether the person records that it is done, looks at it from above, or only takes note."""
    if one.notice.kind == "help":
        return "done"
    if one.case is not None and (one.notice.role in FROM_ABOVE and one.notice.kind != "admission_decision"):
        return "look_at_case"
    if one.case is None and one.notice.role == "supervisor" and one.notice.kind not in BY_SUPERVISOR:
        return "noted"
    return "done" if one.kind.does else "noted"


def meeting_of(one: Matter) -> str | None:
    """How the commands of meetings name the one that this is about."""
    if one.notice.unit_id is None or not one.notice.kind.startswith("meeting_"):
        return None
    return f"{one.notice.unit_id}-{one.notice.subject.replace('-', '')}"


def does(one: Matter) -> tuple[str, str] | None:
    """The command that records it, and its words; None where saying so is all there is."""
    if _done(one) == "look_at_case" and one.case is not None:
        return "hoso", one.case.ref
    if one.kind.does is None or _done(one) == "noted":
        return None
    said = one.kind.does.format(
        case=one.case.ref if one.case else "",
        meeting=meeting_of(one) or "",
        unit=one.notice.unit_id or "",
        subject=one.notice.subject,
    )
    name, _, words = said.partition(" ")
    return (name, words.strip()) if name in ROUTES else None
