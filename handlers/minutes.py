"""The minutes of a meeting at their least: day, what was discussed, the resolution's number and day, the votes."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.dates import find_dates
from bot.vietnamese.fold import clean, fold
from handlers.agenda import decided_by_branch, decisions_of, discussed, dossiers_of
from handlers.answers import iso
from handlers.attendance import refuse_early
from handlers.commands import Context, command, form
from handlers.dossiers import Dossier, shown_name
from handlers.sittings import Sitting, led, shown, to_meeting, words_of
from handlers.ways import yes_and_no
from storage import admission, attendance, meeting_reports, meetings

FORM = "minutes"
LONGEST_NUMBER = 30
VOTES = 4
PRESENT = "ballot.present"


@command("bienban")
def minutes(context: Context, words: str) -> Reply:
    """The minutes as they are written down; where there are none yet, or with "edit", they are filled in."""
    ref, _, rest = words.strip().partition(" ")
    sitting = led(context, ref)
    refuse_early(context, sitting)
    if rest == "not_held":
        return _not_held(context, sitting)
    items = meeting_reports.items_of(context.connection, sitting.meeting)
    if items and rest != "edit":
        return _written(context, sitting, items)
    meeting = sitting.meeting
    context.begin_form(
        FORM,
        ref=ref,
        version=meeting.version,
        items=sorted(items) or discussed(context, sitting),
        resolution=meeting.resolution,
        resolution_on=_plain(meeting.resolution_on),
        held_on=_plain(meeting.day),
    )
    return _show(context)


def _not_held(context: Context, sitting: Sitting) -> Reply:
    """Recorded by mistake: the meeting is to come again; the list and the items stay as a draft, and in the history."""
    meeting = sitting.meeting
    if meeting.state == "held":
        undone = {
            "state": "planned",
            "held_on": None,
            "resolution": None,
            "resolution_on": None,
            "conclusions_on": None,
        }
        meetings.change(context.connection, context.now, context.me.id, meeting, "meeting.not_held", **undone)
    return Reply("minutes.not_held", shown(sitting), [to_meeting(sitting.ref)], edit=True)


def _plain(day: date | None) -> str | None:
    return day.isoformat() if day else None


@command("bb")
def pressed(context: Context, words: str) -> Reply:
    """A button of the open minutes: their number, and "item news", "number", "day", "save"."""
    number, what, value = (*words.split(maxsplit=2), "", "", "")[:3]
    if what == "save" and context.saved_before(number):
        return Reply("filling.saved_before", {}, [])
    form_ = context.the_form(FORM, number)
    if what == "save":
        return _save(context)
    if what in ("number", "day"):
        context.keep_form(asks=what)
        return Reply(f"minutes.ask_{what}", {}, [[Choice("back", f"/bb {number} show")]], edit=True)
    if what == "item" and value in words_of("items"):
        items = set(form_.data["items"]) ^ {value}
        context.keep_form(items=sorted(items), asks=None)
    return _show(context)


@form(FORM, numbers=("number",))
def typed(context: Context, text: str) -> Reply:
    """The resolution's number, with its day if it has another one than the meeting; or the day; or yes."""
    form_ = context.the_form(FORM)
    asks = form_.data.get("asks")
    if asks is None and fold(text).strip(" .!") in yes_and_no()["agree"]:
        return _save(context)
    if asks == "day":
        return _take_day(context, text)
    return _take_number(context, text)


def _take_day(context: Context, text: str) -> Reply:
    on = iso(text) or _past(text, context.today)
    sitting = led(context, context.the_form(FORM).data["ref"])
    if on is None:
        raise Refusal("filling.no_date", words=clean(text)[:40])
    if on > context.today or on.replace(day=1) != sitting.meeting.month:
        raise Refusal("minutes.wrong_day", on=on, month=sitting.meeting.month)
    context.keep_form(held_on=on.isoformat(), asks=None)
    return _show(context)


def _past(text: str, today: date) -> date | None:
    found = [one for one in find_dates(text, today) if one.past is not None]
    return found[0].past if found else None


def _take_number(context: Context, text: str) -> Reply:
    rest, on = clean(text), None
    for found in reversed(find_dates(rest, context.today)):
        if found.past is not None:
            on, rest = found.past, (rest[: found.start] + rest[found.end :]).strip()
    number = _without_day_word(rest)
    if not number and on is None:
        raise Refusal("minutes.no_number", words=clean(text)[:40])
    if len(number) > LONGEST_NUMBER or (number and not any(c.isdigit() for c in number)):
        raise Refusal("minutes.no_number", words=clean(text)[:40])
    kept = {"resolution_on": on.isoformat()} if on else {}
    context.keep_form(**kept, **({"resolution": number} if number else {}), asks=None)
    return _show(context)


def _without_day_word(text: str) -> str:
    words = text.strip(" ,;").split()
    while words and fold(words[-1]) in ("ngay", "so", "ky"):
        words.pop()
    while words and fold(words[0]) in ("so", "nghi", "quyet"):
        words.pop(0)
    return " ".join(words)


def _show(context: Context) -> Reply:
    form_ = context.the_form(FORM)
    sitting = led(context, form_.data["ref"])
    data = form_.data
    held_on = iso(data["held_on"]) or sitting.meeting.day
    values = {
        **_values(context, sitting, set(data["items"]), held_on),
        "resolution": data["resolution"],
        "resolution_on": _day_of_resolution(data, held_on),
        "writing": True,
    }
    send = f"/bb {form_.number}"
    toggles = [
        Choice("meeting_item", f"{send} item {kind}", {"name": name, "on": kind in data["items"]})
        for kind, name in words_of("items").items()
        if kind in discussed(context, sitting)
    ]
    fields = [Choice("resolution_number", f"{send} number"), Choice("held_on", f"{send} day")]
    last = [Choice("save", f"{send} save"), Choice("cancel", "/huy")]
    return Reply("minutes.show", values, [*([one] for one in toggles), fields, last], edit=True)


def _day_of_resolution(data: dict[str, Any], held_on: date) -> date | None:
    if not data["resolution"]:
        return None
    return iso(data["resolution_on"]) if data["resolution_on"] else held_on


def _values(context: Context, sitting: Sitting, items: set[str], held_on: date) -> dict[str, Any]:
    marks = attendance.marks_of(context.connection, sitting.meeting)
    roll = attendance.roll_of(marks) if marks and sitting.meeting.state == "held" else None
    names = words_of("items")
    return {
        **shown(sitting),
        "on": held_on,
        "roll": roll,
        "items": [name for kind, name in names.items() if kind in items],
        **_votes(context, sitting, held_on, roll.came if roll else None),
    }


def _votes(context: Context, sitting: Sitting, held_on: date, came: int | None) -> dict[str, Any]:
    """What the branch decided on that day as its cases tell it, and what waits for its result."""
    dossiers = dossiers_of(context, sitting)
    done = [line for one in dossiers for line in _decided(context, one, held_on)]
    wrong = [line for line in done if came is not None and line["present"] is not None and line["present"] > came]
    waiting = [one.dossier for one in decisions_of(dossiers, held_on) if one.step.ballot and not one.lacking]
    return {
        "votes": done[:VOTES],
        "wrong": [{**line, "came": came} for line in wrong[:2]],
        "waiting": [{"name": shown_name(context, one.case), "code": one.case.code} for one in waiting[:VOTES]],
    }


def _decided(context: Context, dossier: Dossier, held_on: date) -> list[dict[str, Any]]:
    steps = [step for step in dossier.book.entries.steps.values() if decided_by_branch(step)]
    found = [step for step in steps if dossier.facts.dates.get(step.event) == held_on]
    return [
        {
            "name": shown_name(context, dossier.case),
            "code": dossier.case.code,
            "step": step.name,
            "present": _present_at(context, dossier, step.slug) if step.ballot else None,
        }
        for step in found
    ]


def _present_at(context: Context, dossier: Dossier, step: str) -> int | None:
    """How many were present by the figures of the vote."""
    noted = admission.history_of_changes(context.connection, dossier.case)
    said = [one.numbers.get(PRESENT) for one in noted if one.change.step == step and one.state == "done"]
    return int(said[-1]) if said and said[-1] else None


def _written(context: Context, sitting: Sitting, items: set[str]) -> Reply:
    meeting = sitting.meeting
    values = {
        **_values(context, sitting, items, meeting.day),
        "resolution": meeting.resolution,
        "resolution_on": meeting.resolution_on,
        "writing": False,
    }
    record = [_result(line) for line in values["waiting"]]
    roll = [] if values["roll"] else [Choice("attendance_roll", f"/diemdanh {sitting.ref}")]
    post = [] if meeting.conclusions_on else [Choice("post_conclusions", f"/ketluan {sitting.ref}")]
    edit = [
        Choice("edit_minutes", f"/bienban {sitting.ref} edit"),
        Choice("not_held", f"/bienban {sitting.ref} not_held"),
    ]
    rows = [*record, [*edit, *roll], post, to_meeting(sitting.ref)]
    return Reply("minutes.show", values, rows, edit=True)


def _result(line: dict[str, Any]) -> Sequence[Choice]:
    return [Choice("record_result", f"/buoc {line['code']}", {"code": line["code"]})]


def _save(context: Context) -> Reply:
    """Writes the minutes; the meeting counts as held. What stood before stays in the history."""
    form_ = context.the_form(FORM)
    data, sitting = form_.data, led(context, form_.data["ref"])
    connection, now, me, meeting = context.connection, context.now, context.me.id, sitting.meeting
    if data["version"] != meeting.version:
        raise Refusal("meetings.changed_meanwhile", [[Choice("meeting_minutes", f"/bienban {sitting.ref}")]])
    held_on = iso(data["held_on"]) or meeting.day
    resolution_on = _day_of_resolution(data, held_on)
    if held_on > context.today:
        raise Refusal("minutes.wrong_day", on=held_on, month=meeting.month)
    if resolution_on is not None and not held_on <= resolution_on <= context.today:
        raise Refusal("minutes.wrong_resolution_day", on=resolution_on, held_on=held_on)
    if not data["items"]:
        raise Refusal("minutes.no_items")
    values = {"state": "held", "held_on": held_on, "resolution": data["resolution"], "resolution_on": resolution_on}
    meeting = meetings.change(connection, now, me, meeting, "meeting.record", **values)
    meeting_reports.keep_items(connection, now, me, meeting, data["items"])
    context.close_form()
    return _written(context, Sitting(sitting.unit, meeting, sitting.leads), set(data["items"]))
