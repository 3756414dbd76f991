"""Who was at a meeting: the leader marks it by taps, names or figures; what does not add up is not saved."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.meetings import CAME, State, counted_of, lacking, votes_needed
from bot.vietnamese.fold import fold
from bot.vietnamese.names import search_names
from handlers import counts
from handlers.commands import Context, command, form
from handlers.pages import Page, is_number, read_page
from handlers.sittings import Sitting, led, shown, to_meeting
from handlers.ways import yes_and_no
from storage import attendance, forms, meetings, membership, rulebook
from storage.attendance import Mark
from storage.membership import BranchMember

FORM = "roll"
SHOWN = 8
# Not on the list of those called, unless they came.
LEFT_OUT = "left_out"
STATES: tuple[State, ...] = ("present", "excused", "unexcused", "online")


@command("diemdanh")
def roll(context: Context, words: str) -> Reply:
    """Begins the attendance of a meeting: everybody present but those who have said otherwise, or as recorded."""
    sitting = led(context, words)
    refuse_early(context, sitting)
    context.begin_form(FORM, ref=sitting.ref, marks=_first_marks(context, sitting), version=sitting.meeting.version)
    return _show(context, 0)


def refuse_early(context: Context, sitting: Sitting) -> None:
    """What has not been held cannot be recorded, and what was called off neither."""
    if sitting.meeting.state == "cancelled":
        raise Refusal("plans.not_planned", [to_meeting(sitting.ref)], **shown(sitting))
    if sitting.meeting.state == "planned" and sitting.meeting.on > context.today:
        rows = [[Choice("held_today", f"/hopnay {sitting.ref}")], to_meeting(sitting.ref)]
        raise Refusal("attendance.not_yet", rows, **shown(sitting))


@command("hopnay")
def held_today(context: Context, words: str) -> Reply:
    """The meeting is held today and not on the planned day."""
    sitting = led(context, words)
    meeting = sitting.meeting
    if meeting.state != "planned" or meeting.month != context.today.replace(day=1):
        raise Refusal("plans.other_month", [to_meeting(words)], on=context.today, month=meeting.month)
    meetings.change(context.connection, context.now, context.me.id, meeting, "meeting.change", on=context.today)
    return roll(context, words)


def _first_marks(context: Context, sitting: Sitting) -> dict[str, list[str | None]]:
    known = attendance.marks_of(context.connection, sitting.meeting)
    day = sitting.meeting.day
    out = {
        one.person
        for one in membership.open_states(context.connection, sitting.unit.id, day, ("exempt", "away"))
        if one.kind == "exempt" or one.introduced
    }
    held = sitting.meeting.state == "held"
    marks: dict[str, list[str | None]] = {}
    for member in membership.members_of(context.connection, sitting.unit.id):
        mark = known.get(member.id)
        if mark is None:
            state: str = LEFT_OUT if member.id in out or (held and known) else "present"
            marks[str(member.id)] = [state, None]
        else:
            marks[str(member.id)] = ["excused" if mark.state == "announced" else mark.state, mark.reason]
    return marks


@command("dd")
def pressed(context: Context, words: str) -> Reply:
    """A button of the open list: its number, and a person ("12"), a mark ("12 excused"), "+2", "all", "save"."""
    number, what, value = (*words.split(maxsplit=2), "", "", "")[:3]
    if what == "save" and context.saved_before(number):
        return Reply("filling.saved_before", {}, [])
    form_ = context.the_form(FORM, number)
    if what == "save":
        return _save(context)
    if what == "all":
        marks = {person: ["present", None] if mark[0] != LEFT_OUT else mark for person, mark in _marks(form_).items()}
        context.keep_form(marks=marks)
        return _show(context, 0)
    if is_number(what) and what in _marks(form_):
        return _mark(context, what, value)
    return _show(context, read_page(what)[0])


@form(FORM, numbers=True)
def typed(context: Context, text: str) -> Reply:
    """Names of who is missing; figures, which must fit the list; or yes."""
    if fold(text).strip(" .!") in yes_and_no()["agree"]:
        return _save(context)
    form_, sitting = _open(context)
    figures = counts.read(text)
    if figures:
        wrong = counts.misfits(figures, _roll(form_), _names_short(context, form_, sitting))
        if wrong:
            raise Refusal("attendance.misfit", _rows(context, form_, sitting, 0), texts=wrong)
        return _show(context, 0)
    return _named(context, text)


def _named(context: Context, text: str) -> Reply:
    """One name opens the choice for it; several, parted by commas, are all marked as absent."""
    form_, sitting = _open(context)
    members = _members(context, sitting, form_)
    said = fold(text)
    state: State = "unexcused" if any(fold(cue) in said for cue in counts.cues("unexcused")) else "excused"
    asked = [counts.without_cues(part) for part in text.replace(";", ",").split(",")]
    asked = [part for part in asked if part]
    names = [member.name for member in members]
    found = [search_names(part, names) for part in asked]
    if not asked or not all(len(some) == 1 for some in found):
        raise Refusal("attendance.no_name", _rows(context, form_, sitting, 0), words=text[:40])
    people = [str(member.id) for member in members if member.name in {some[0] for some in found}]
    if len(asked) == 1 and said == fold(asked[0]):
        return _mark(context, people[0], "")
    context.keep_form(marks={**_marks(form_), **{person: [state, None] for person in people}})
    return _show(context, 0)


def _open(context: Context) -> tuple[forms.Form, Sitting]:
    form_ = context.the_form(FORM)
    return form_, led(context, form_.data["ref"])


def _marks(form_: forms.Form) -> dict[str, list[Any]]:
    return dict(form_.data["marks"])


def _members(context: Context, sitting: Sitting, form_: forms.Form) -> Sequence[BranchMember]:
    members = membership.members_of(context.connection, sitting.unit.id)
    return [member for member in members if str(member.id) in _marks(form_)]


def _mark(context: Context, person: str, state: str) -> Reply:
    form_, sitting = _open(context)
    if state in (*STATES, LEFT_OUT):
        context.keep_form(marks={**_marks(form_), person: [state, None]})
        at = [str(member.id) for member in _members(context, sitting, form_)].index(person)
        return _show(context, at // SHOWN)
    name = next(member.name for member in _members(context, sitting, form_) if str(member.id) == person)
    send = f"/dd {form_.number} {person}"
    choices = [Choice(f"mark_{one}", f"{send} {one}") for one in (*STATES, LEFT_OUT)]
    rows = [choices[:2], choices[2:4], choices[4:]]
    return Reply("attendance.ask_mark", {"name": name}, rows, edit=True)


def _roll(form_: forms.Form) -> Any:
    return attendance.roll_of(_as_marks(_marks(form_)))


def _as_marks(marks: Mapping[str, Sequence[Any]]) -> dict[int, Mark]:
    return {int(person): Mark(mark[0], mark[1]) for person, mark in marks.items() if mark[0] != LEFT_OUT}


def _names_short(context: Context, form_: forms.Form, sitting: Sitting) -> list[str]:
    marks = _as_marks(_marks(form_))
    missing = {person for person, mark in marks.items() if mark.state not in CAME}
    return [member.name for member in _members(context, sitting, form_) if member.id in missing]


def _show(context: Context, page: int) -> Reply:
    form_, sitting = _open(context)
    marks = _as_marks(_marks(form_))
    present = [person for person, mark in marks.items() if mark.state in CAME]
    strength = membership.strength_of(context.connection, sitting.unit.id, sitting.meeting.day, present)
    book = rulebook.book_of(context.connection)
    voters = len(present) - len(set(present) & _probation(context, sitting))
    need = votes_needed(strength, sitting.meeting.day, book)
    values = {
        **shown(sitting),
        "roll": _roll(form_),
        "missing": _names_short(context, form_, sitting)[:6],
        "out": sum(mark[0] == LEFT_OUT for mark in _marks(form_).values()),
        "voters": voters,
        "counted": counted_of(strength, book),
        "need": need,
        "enough": voters >= need,
    }
    return Reply("attendance.show", values, _rows(context, form_, sitting, page), edit=True)


def _probation(context: Context, sitting: Sitting) -> set[int]:
    states = membership.open_states(context.connection, sitting.unit.id, sitting.meeting.day, ("probation",))
    return {one.person for one in states}


def _rows(context: Context, form_: forms.Form, sitting: Sitting, number: int) -> list[list[Choice]]:
    page = Page.of(_members(context, sitting, form_), number, SHOWN)
    marks = _marks(form_)
    choices = [
        Choice("marked_as", f"/dd {form_.number} {one.id}", {"name": one.name, "state": marks[str(one.id)][0]})
        for one in page.items
    ]
    rows = [choices[i : i + 2] for i in range(0, len(choices), 2)]
    turn = page.turn(lambda to: f"/dd {form_.number} +{to}")
    last = [
        Choice("save", f"/dd {form_.number} save"),
        Choice("all_present", f"/dd {form_.number} all"),
        Choice("cancel", "/huy"),
    ]
    return [*rows, turn, last]


def _save(context: Context) -> Reply:
    """Writes the list; the meeting counts as held from then on. What was recorded before stays in the history."""
    form_, sitting = _open(context)
    connection, meeting = context.connection, sitting.meeting
    if form_.data["version"] != meeting.version:
        raise Refusal("meetings.changed_meanwhile", [[Choice("attendance_roll", f"/diemdanh {sitting.ref}")]])
    marks = _as_marks(_marks(form_))
    if not any(mark.state in CAME for mark in marks.values()) or lacking(attendance.roll_of(marks)):
        raise Refusal("attendance.nobody", _rows(context, form_, sitting, 0))
    if meeting.state != "held":
        done = {"state": "held", "held_on": meeting.on}
        meeting = meetings.change(connection, context.now, context.me.id, meeting, "meeting.record", **done)
    else:
        meeting = meetings.kept(connection, context.now, context.me.id, meeting)
    attendance.keep(connection, context.now, context.me.id, meeting, marks)
    context.close_form()
    now = Sitting(sitting.unit, meeting, sitting.leads)
    values = {**shown(now), "roll": attendance.roll_of(marks), "written": bool(meeting.resolution)}
    rows = [[Choice("meeting_minutes", f"/bienban {now.ref}")], to_meeting(now.ref)]
    return Reply("attendance.saved", values, rows, edit=True)
