"""Planning meetings: another day, hour or place for one month or for every month, a thematic one, calling one off."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.meetings import LAST_DAY, USUAL_DAY, meeting_day, working_days
from bot.vietnamese.fold import clean, fold
from bot.vietnamese.hours import hour_in
from handlers.answers import iso
from handlers.commands import Context, command, form
from handlers.dossiers import capital
from handlers.meetings import of_sitting
from handlers.plan_sentences import LONGEST_PLACE, coming, read
from handlers.sittings import Sitting, led, ref_of, shown, to_meeting, words_of
from handlers.slips import HOURS
from handlers.ways import yes_and_no
from storage import forms, meetings, membership, rulebook
from storage.meetings import Habits, Meeting

FORM = "plan"
DAYS_SHOWN = 6
USUAL_DAYS = (1, 3, 5, 10, 15, 25)


@command("hopdoi")
def change(context: Context, words: str) -> Reply:
    """Begins changing a meeting: "month" is understood; "always" the habits, "theme" a thematic one, "off", "again"."""
    ref, _, what = words.strip().partition(" ")
    sitting = led(context, ref)
    if what == "again":
        return _call(context, sitting, "planned")
    if what == "off":
        return Reply("plans.ask_off", shown(sitting), [[Choice("call_off", f"/hopdoi {ref} off yes")], to_meeting(ref)])
    if what == "off yes":
        return _call(context, sitting, "cancelled")
    if sitting.meeting.state != "planned" and what not in ("always", "theme"):
        raise Refusal("plans.not_planned", [to_meeting(ref)], **shown(sitting))
    scope = what if what in ("always", "theme") else "month"
    context.begin_form(FORM, ref=ref, scope=scope, values={}, version=sitting.meeting.version)
    return _ask(context, "theme") if what == "theme" else _show(context)


@command("hopdat")
def pressed(context: Context, words: str) -> Reply:
    """A button of the open plan: its number, and "on 2026-12-05", "time 19:30", "save"; a bare name asks."""
    number, what, value = (*words.split(maxsplit=2), "", "", "")[:3]
    if what == "save" and context.saved_before(number):
        return Reply("filling.saved_before", {}, [])
    context.the_form(FORM, number)
    if what == "save":
        return _save(context)
    if what == "show":
        return _show(context)
    if what not in ("on", "day", "time", "place", "theme"):
        raise Refusal("conversation.old_button")
    return _take(context, what, value) if value else _ask(context, what)


@form(FORM, numbers=("day", "time"))
def typed(context: Context, text: str) -> Reply:
    """An answer to what is asked; or a sentence with a day, an hour, a place in it; or yes."""
    asks = _plan(context).data.get("asks")
    told = read(text, context.today, monthly=_plan(context).data["scope"] == "always") if asks == "place" else {}
    if told.keys() >= {"time", "place"}:
        _keep(context, **told)
        return _show(context)
    if asks in ("place", "theme", "day"):
        return _take(context, asks, text)
    if fold(text).strip(" .!") in yes_and_no()["agree"]:
        return _save(context)
    found = read(text, context.today, monthly=_plan(context).data["scope"] == "always")
    if not found:
        raise Refusal("plans.not_read", [[Choice("back", f"/hopdat {_plan(context).number} show")]], words=_short(text))
    _keep(context, **found)
    return _show(context)


def _take(context: Context, what: str, value: str) -> Reply:
    if what == "on":
        on = coming(value, context.today)
        if on is None or on < context.today:
            raise Refusal("plans.no_day", _days(context), words=_short(value))
        kept = on.isoformat()
    elif what == "day":
        if not value.isdecimal() or not 1 <= int(value) <= LAST_DAY:
            raise Refusal("plans.no_usual_day", words=_short(value), last=LAST_DAY)
        kept = str(int(value))
    elif what == "time":
        hour = hour_in(value)
        if hour is None:
            raise Refusal("filling.no_hour", words=_short(value))
        kept = hour[0]
    elif what == "theme":
        kept = _theme(value)
    else:
        kept = clean(value)
        if not 0 < len(kept) <= LONGEST_PLACE:
            raise Refusal("filling.too_long", name=words_of("slips")["class"]["place"], most=LONGEST_PLACE)
    _keep(context, **{what: kept})
    return _show(context)


def _theme(value: str) -> str:
    named = {fold(said): slug for slug, said in words_of("themes").items()}
    slug = value if value in words_of("themes") else named.get(fold(value))
    return slug or "other"


def _short(text: str) -> str:
    return clean(text)[:40]


def _plan(context: Context) -> forms.Form:
    return context.the_form(FORM)


def _keep(context: Context, **values: str) -> None:
    context.keep_form(values={**_plan(context).data["values"], **values}, asks=None)


def _ask(context: Context, what: str) -> Reply:
    number = context.keep_form(asks=what).number
    send = f"/hopdat {number} {what}"
    options: dict[str, Sequence[str]] = {"time": HOURS, "day": [str(day) for day in USUAL_DAYS]}
    if what == "on":
        rows = _days(context)
    elif what == "theme":
        rows = [
            [Choice("short_name", f"{send} {slug}", {"name": capital(said)})]
            for slug, said in words_of("themes").items()
        ]
    else:
        row = [Choice("short_name", f"{send} {one}", {"name": one}) for one in options.get(what, [])]
        rows = [row[:3], row[3:]]
    return Reply(f"plans.ask_{what}", {}, [*rows, [Choice("back", f"/hopdat {number} show")]], edit=True)


def _days(context: Context) -> list[list[Choice]]:
    """The next working days around the planned one."""
    data = _plan(context).data
    sitting = led(context, data["ref"])
    calendar = rulebook.rules_of(context.connection).calendar
    first = max(context.today, sitting.meeting.month)
    days = working_days(calendar, first, DAYS_SHOWN)
    row = [Choice("day_on", f"/hopdat {_plan(context).number} on {day}", {"on": day}) for day in days]
    return [row[:2], row[2:4], row[4:]]


def _show(context: Context) -> Reply:
    """What the plan is so far, and what can be changed."""
    found = _plan(context)
    data, sitting = found.data, led(context, found.data["ref"])
    context.keep_form(asks=None)
    plan = _planned(context, sitting, data)
    number = found.number
    fields = ("day" if data["scope"] == "always" else "on", "time", "place")
    choices = [Choice(f"plan_{field}", f"/hopdat {number} {field}") for field in fields]
    changed = bool(data["values"])
    save = [Choice("save_and_tell", f"/hopdat {number} save")] if changed else []
    more = (
        []
        if data["scope"] != "month"
        else [
            Choice("usual_plan", f"/hopdoi {data['ref']} always"),
            Choice("call_off", f"/hopdoi {data['ref']} off"),
        ]
    )
    values = {**shown(Sitting(sitting.unit, plan, True)), "scope": data["scope"], "changed": changed}
    values["day"] = data["values"].get("day") or sitting.unit.meeting_day or USUAL_DAY
    return Reply("plans.show", values, [choices, [*save, Choice("cancel", "/huy")], more], edit=True)


def _planned(context: Context, sitting: Sitting, data: dict[str, Any]) -> Meeting:
    """The meeting as it would be."""
    said = data["values"]
    habits = meetings.habits_of(context.connection, sitting.unit)
    on = iso(said["on"]) if "on" in said else None
    if data["scope"] == "month":
        old = sitting.meeting
        time, place = said.get("time") or old.time, said.get("place") or old.place
        return replace(old, on=on or old.on, time=time, place=place)
    first = (on or context.today).replace(day=1)
    time, place = said.get("time") or habits.time, said.get("place") or habits.place
    if data["scope"] == "theme":
        day = on or context.today + timedelta(days=7)
        return Meeting(None, sitting.unit.id, day.replace(day=1), "thematic", day, time, place, theme=said.get("theme"))
    day_of_month = int(said["day"]) if "day" in said else habits.day
    calendar = rulebook.rules_of(context.connection).calendar
    day = meeting_day(first.year, first.month, day_of_month, calendar)
    return Meeting(None, sitting.unit.id, first, "regular", day, time, place)


def _save(context: Context) -> Reply:
    found = _plan(context)
    data, sitting = found.data, led(context, found.data["ref"])
    plan = _planned(context, sitting, data)
    if not data["values"]:
        return _show(context)
    if data["scope"] == "month" and data["version"] != sitting.meeting.version:
        raise Refusal("meetings.changed_meanwhile", [[Choice("change_plan", f"/hopdoi {sitting.ref}")]])
    if data["scope"] == "month" and plan.on.replace(day=1) != plan.month:
        raise Refusal("plans.other_month", _days(context), on=plan.on, month=plan.month)
    connection, now, me = context.connection, context.now, context.me.id
    context.close_form()
    if data["scope"] == "always":
        said = data["values"]
        day = int(said["day"]) if "day" in said else sitting.unit.meeting_day
        meetings.set_habits(connection, now, me, sitting.unit, Habits(day, plan.time, plan.place))
        fresh = meetings.next_of(connection, sitting.unit.id, context.today)
        return _told(context, Sitting(_again(context, sitting), fresh or plan, True), "usual")
    if data["scope"] == "theme":
        _only_one_theme(context, sitting, plan)
        old = meetings.plan_of(connection, sitting.unit.id, plan.month, "thematic") or plan
        values = {"on": plan.on, "time": plan.time, "place": plan.place, "theme": plan.theme, "state": "planned"}
        done = meetings.change(connection, now, me, old, "meeting.change", **values)
        return _told(context, Sitting(sitting.unit, done, True), "theme")
    values = {"on": plan.on, "time": plan.time, "place": plan.place}
    done = meetings.change(connection, now, me, sitting.meeting, "meeting.change", **values)
    return _told(context, Sitting(sitting.unit, done, True), "moved")


def _again(context: Context, sitting: Sitting) -> Any:
    return led(context, sitting.ref).unit


def _only_one_theme(context: Context, sitting: Sitting, plan: Meeting) -> None:
    there = meetings.plan_of(context.connection, sitting.unit.id, plan.month, "thematic")
    if there is not None and there.state == "held":
        raise Refusal("plans.theme_held", [to_meeting(ref_of(there))], on=there.day)


def _call(context: Context, sitting: Sitting, state: str) -> Reply:
    """Calls a meeting off, or holds it after all."""
    if sitting.meeting.state == "held":
        raise Refusal("plans.not_planned", [to_meeting(sitting.ref)], **shown(sitting))
    if sitting.meeting.state == state:
        return of_sitting(context, sitting)
    action = "meeting.cancel" if state == "cancelled" else "meeting.again"
    done = meetings.change(context.connection, context.now, context.me.id, sitting.meeting, action, state=state)
    return _told(context, Sitting(sitting.unit, done, True), "off" if state == "cancelled" else "again")


def _told(context: Context, sitting: Sitting, what: str) -> Reply:
    """Tells the other members once, and shows the leader how it is now."""
    ref = sitting.ref
    exempt = {
        one.person for one in membership.open_states(context.connection, sitting.unit.id, context.today, ("exempt",))
    }
    notice = Reply(f"plans.told_{what}", shown(sitting), [to_meeting(ref)])
    everybody = membership.members_of(context.connection, sitting.unit.id)
    for person in (one.id for one in everybody if one.id not in exempt):
        context.tell(person, f"meeting:{ref}:{what}:{context.incoming.id}:{person}", notice)
    return Reply("plans.done", {**shown(sitting), "what": what}, [to_meeting(ref)], edit=True)
