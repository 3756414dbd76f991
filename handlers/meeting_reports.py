"""Reports for a meeting: each helper and whoever is in charge of an organisation, in one tap or one line."""

from collections.abc import Sequence
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.fold import clean, fold
from handlers.answers import Question
from handlers.commands import Context, command, form
from handlers.pages import Page, read_page
from handlers.sittings import (
    Sitting,
    belongs,
    led_unit,
    listed_words,
    ref_of,
    shown,
    sitting_for,
    to_meeting,
    words_of,
)
from handlers.slips import SLIPS, Draft, Slip, begin
from storage import candidates, meetings, membership
from storage import meeting_reports as reports
from storage.units import Unit

FORM = "meeting_report"
LONGEST = 160
SHOWN = 5
CASES = 4
NOBODY = "0"


def of_own_branch(context: Context, known: Sequence[Unit]) -> Reply:
    """My report for the next meeting of my branch."""
    mine = [unit for unit in known if belongs(context, unit)]
    coming = meetings.next_of(context.connection, mine[0].id, context.today) if mine else None
    if coming is None:
        raise Refusal("branch_reports.nothing_to_report")
    return _own(context, sitting_for(context, ref_of(coming)))


@command("baocaohop")
def reported(context: Context, words: str) -> Reply:
    """What is reported: all of it to the leaders ("+2"), one's own to a member ("own", "system", "line")."""
    ref, _, rest = words.strip().partition(" ")
    sitting = sitting_for(context, ref)
    if rest == "system":
        return _save(context, sitting, None)
    if rest == "line":
        _expected(context, sitting)
        context.begin_form(FORM, ref=ref)
        return Reply("branch_reports.ask_line", {"most": LONGEST}, [[Choice("cancel", "/huy")]])
    if sitting.leads and rest != "own":
        return _all(context, sitting, read_page(rest)[0])
    return _own(context, sitting)


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """The line of one's own; "as in the system" is understood too."""
    found = context.the_form(FORM)
    sitting = sitting_for(context, found.data["ref"])
    line = clean(text)
    if fold(line).strip(" .!") in {fold(said) for said in listed_words("as_system")}:
        return _save(context, sitting, None)
    if len(line) > LONGEST:
        raise Refusal("branch_reports.too_long", most=LONGEST, length=len(line))
    return _save(context, sitting, line)


def _expected(context: Context, sitting: Sitting) -> None:
    if context.me.id not in reports.reporters(context.connection, sitting.unit.id):
        raise Refusal("branch_reports.nothing_to_report", [to_meeting(sitting.ref)])
    if sitting.meeting.state != "planned":
        raise Refusal("branch_reports.too_late", [to_meeting(sitting.ref)], **shown(sitting))


def _own(context: Context, sitting: Sitting) -> Reply:
    """What the system has on the person's own candidates, to be sent as it stands or with a line added."""
    _expected(context, sitting)
    given = [one for one in reports.reports_of(context.connection, sitting.meeting) if one.person == context.me.id]
    mine = candidates.listed(context.connection, context.me, only_own=True)
    here = [case for case in mine if case.unit_id == sitting.unit.id]
    charges = [
        one.charge for one in reports.charges_of(context.connection, sitting.unit.id) if one.person == context.me.id
    ]
    values = {
        **shown(sitting),
        "cases": [{"name": case.name, "step": case.step, "last": case.last_contact_on} for case in here[:CASES]],
        "more": len(here) - len(here[:CASES]),
        "charges": [words_of("charges")[charge] for charge in charges],
        "given": bool(given),
        "line": given[0].line if given else None,
    }
    send = f"/baocaohop {sitting.ref}"
    rows = [[Choice("as_system", f"{send} system")], [Choice("own_line", f"{send} line")], to_meeting(sitting.ref)]
    return Reply("branch_reports.own", values, rows, edit=True)


def _save(context: Context, sitting: Sitting, line: str | None) -> Reply:
    _expected(context, sitting)
    meeting = meetings.kept(context.connection, context.now, context.me.id, sitting.meeting)
    reports.report(context.connection, context.now, context.me.id, meeting, line)
    if context.open_form(FORM):
        context.close_form()
    return Reply("branch_reports.saved", {**shown(sitting), "line": line}, [to_meeting(sitting.ref)], edit=True)


def _all(context: Context, sitting: Sitting, wanted: int) -> Reply:
    """Who has reported what, page by page, those who have not yet first; and who is in charge of what."""
    connection, unit = context.connection, sitting.unit.id
    names = reports.reporters(connection, unit)
    given = {one.person: one for one in reports.reports_of(connection, sitting.meeting)}
    charges = reports.charges_of(connection, unit)
    ordered = sorted(names, key=lambda person: (person in given, names[person]))
    page = Page.of(ordered, wanted, SHOWN)
    lines = [_line(person, names[person], given, charges) for person in page.items]
    values = {
        **shown(sitting),
        "lines": lines,
        "given": len([person for person in names if person in given]),
        "count": len(names),
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    turn = page.turn(lambda to: f"/baocaohop {sitting.ref} +{to}")
    mine = [Choice("my_report", f"/baocaohop {sitting.ref} own")] if context.me.id in names else []
    rows = [turn, [*mine, Choice("who_in_charge", f"/phutrach {unit}")], to_meeting(sitting.ref)]
    return Reply("branch_reports.all", values, rows, edit=True)


def _line(person: int, name: str, given: dict[int, Any], charges: Sequence[reports.Charge]) -> dict[str, Any]:
    roles = [words_of("charges")[one.charge] for one in charges if one.person == person]
    return {
        "name": name,
        "charge": roles[0] if roles else None,
        "given": person in given,
        "line": given[person].line if person in given else None,
    }


@command("phutrach")
def charges(context: Context, words: str) -> Reply:
    """Who is in charge of admission work and of the mass organisations: a list, and a charge to give ("12 women")."""
    number, _, charge = words.strip().partition(" ")
    unit = led_unit(context, number)
    if charge in words_of("charges"):
        return begin(context, "charge", f"{unit.id} {charge}")
    held = {one.charge: one.name for one in reports.charges_of(context.connection, unit.id)}
    names = words_of("charges")
    choices = [Choice("charge_of", f"/phutrach {unit.id} {slug}", {"name": said}) for slug, said in names.items()]
    rows = [choices[i : i + 2] for i in range(0, len(choices), 2)]
    lines = [{"charge": said, "name": held.get(slug)} for slug, said in names.items()]
    return Reply(
        "branch_reports.charges",
        {"unit": unit.name, "lines": lines},
        [*rows, [Choice("next_meeting", "/hop")]],
        edit=True,
    )


def _charge_title(context: Context, draft: Draft) -> str:
    number, _, charge = draft.about.partition(" ")
    led_unit(context, number)
    return str(words_of("slips")["charge"]["title"]).format(charge=words_of("charges")[charge])


def _charge_questions(context: Context, draft: Draft) -> list[Question]:
    unit = led_unit(context, draft.about.partition(" ")[0])
    named = words_of("slips")["charge"]
    options = {str(one.id): one.name for one in membership.members_of(context.connection, unit.id)}
    return [Question("person", "choice", named["person"], options={**options, NOBODY: named["nobody"]})]


def _give_charge(context: Context, draft: Draft) -> Reply:
    number, _, charge = draft.about.partition(" ")
    unit, person = led_unit(context, number), int(draft.said("person")) or None
    reports.give_charge(context.connection, context.now, context.me.id, unit.id, charge, person, context.today)
    return charges(context, str(unit.id))


SLIPS["charge"] = Slip(_charge_title, _charge_questions, _give_charge)
