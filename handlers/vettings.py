"""Vetting: which places were asked, when it was sent, received, answered, who sees to it; never what was answered."""

from dataclasses import replace
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.changes import changed
from bot.rules.facts import CARRIED_BY_FAMILY, Vetting
from handlers.answers import Question, yes_no
from handlers.commands import Context, command
from handlers.dossiers import Dossier, dossier_for, due_lines, of_case, pointed, shown_name, to_card
from handlers.filling import FILLINGS, Filling, Paper, Told, begin
from handlers.moves import keep, tell_office
from handlers.templates import load
from storage import candidates, people, vettings
from storage.candidates import Case
from storage.vettings import Asked

SHOWN, RESPONSIBLE = 6, 6
BEGUN = "vetting"
EVENTS = {"nhan": "received_on", "co": "returned_on", "mang": "carried_by", "xacnhan": "membership_confirmed"}


@command("thamtra")
def vetting(context: Context, words: str) -> Reply:
    """The places asked; or with "them" one more, "nhan 1" it got there, "co 1" it came back, "nho" a call for help."""
    code, rest = pointed(context, words)
    if not code:
        return Reply("steps.which_case", {}, [[Choice("my_candidates", "/nguon")]])
    dossier = dossier_for(context, code, "record_step")
    what, _, ref = rest.partition(" ")
    if what == "nho":
        return _ask_committee(context, dossier)
    if what == "them":
        return _add(context, dossier)
    if what in EVENTS:
        return _note(context, dossier, what, ref)
    return _list(context, dossier)


def _list(context: Context, dossier: Dossier) -> Reply:
    places = vettings.asked(context.connection, dossier.case)
    running = {due.subject: due for due in dossier.dues() if due.subject}
    lines = []
    for one in places[:SHOWN]:
        due = running.get(one.ref)
        lines.append({"asked": one, "due": due_lines(context, dossier, [due])[0] if due else None})
    values = {
        "case": dossier.case,
        "name": shown_name(context, dossier.case),
        "lines": lines,
        "more": max(0, len(places) - SHOWN),
        "back": sum(one.returned_on is not None for one in places),
        "count": len(places),
    }
    return Reply("vetting.list", values, _buttons(dossier, places))


def _buttons(dossier: Dossier, places: list[Asked]) -> list[list[Choice]]:
    send = f"/thamtra {dossier.code}"
    rows = []
    for one in [place for place in places if place.returned_on is None][:SHOWN]:
        received = [] if one.received_on else [Choice("got_there", f"{send} nhan {one.ref}", _named(one))]
        rows.append([*received, Choice("got_back", f"{send} co {one.ref}", _named(one))])
    facts = {one.id: one for one in dossier.facts.vettings}
    for place in places:
        if facts[place.ref].relative_is_member and facts[place.ref].membership_confirmed is not True:
            rows.append([Choice("membership", f"{send} xacnhan {place.ref}", _named(place))])
        if facts[place.ref].carried_by is None or facts[place.ref].carried_by in CARRIED_BY_FAMILY:
            rows.append([Choice("carrier", f"{send} mang {place.ref}", _named(place))])
    waiting = any(one.returned_on is None for one in places)
    help_ = [Choice("ask_committee", f"{send} nho")] if waiting else []
    return [*rows, [Choice("add_place", f"{send} them"), *help_], to_card(dossier.code)]


def _named(one: Asked) -> dict[str, Any]:
    return {"place": (one.place or one.ref)[:30]}


def _add(context: Context, dossier: Dossier) -> Reply:
    steps = dossier.book.entries.steps
    if dossier.step.order < steps[BEGUN].order:
        raise Refusal("vetting.too_early", step=steps[BEGUN].name, current=dossier.step.name)
    return begin(context, dossier, "vetting")


def _note(context: Context, dossier: Dossier, what: str, ref: str) -> Reply:
    places = vettings.asked(context.connection, dossier.case)
    open_ = [one for one in places if one.ref == ref] if ref else [one for one in places if one.returned_on is None]
    if not open_:
        raise Refusal("vetting.none_open", [to_card(dossier.code)], code=dossier.code)
    if len(open_) > 1:
        rows = [[Choice("got_back", f"/thamtra {dossier.code} {what} {one.ref}", _named(one))] for one in open_[:SHOWN]]
        return Reply("vetting.which", {"case": dossier.case, "count": len(open_)}, rows)
    return begin(context, dossier, "vetting_day", f"{EVENTS[what]}:{open_[0].ref}")


def _ask_committee(context: Context, dossier: Dossier) -> Reply:
    """Puts it before the office, by code and initials: which place, and since when it is late."""
    waiting = [one for one in vettings.asked(context.connection, dossier.case) if one.returned_on is None]
    late = [due for due in dossier.dues() if due.subject and due.due_on < context.today]
    chosen = {due.subject for due in late} or {one.ref for one in waiting}
    if not waiting:
        raise Refusal("vetting.none_open", [to_card(dossier.code)], code=dossier.code)
    values = {
        "case": dossier.case,
        "by": context.me.name,
        "places": [one.place or one.ref for one in waiting if one.ref in chosen][:SHOWN],
        "dues": due_lines(context, dossier, late)[:SHOWN],
    }
    told = tell_office(
        context,
        dossier.case,
        f"vetting:{context.today}",
        Reply("vetting.help_wanted", values, [to_card(dossier.code)]),
    )
    return Reply("vetting.help_asked", {"case": dossier.case, "count": told}, [to_card(dossier.code)])


def _words() -> dict[str, Any]:
    return dict(load("fillings")["vetting"])


def _questions(context: Context, paper: Paper) -> list[Question]:
    words = _words()
    names, case = words["names"], paper.dossier.case
    members = people.members_of(context.connection, case.unit_id)[:RESPONSIBLE]
    asked = [
        Question("place", "place", names["place"]),
        Question("abroad", "choice", names["abroad"], options=words["where"]),
        Question("sent_on", "date", names["sent_on"]),
        Question("letter", "number", names["letter"], required=False),
        Question("carried_by", "choice", names["carried_by"], options=words["carriers"]),
        Question("relative", "choice", names["relative"], options=yes_no()),
    ]
    people_ = {str(member.id): member.name for member in members}
    return [*asked, Question("responsible", "choice", names["responsible"], required=False, options=people_)]


def _told(context: Context, paper: Paper) -> Told:
    return Told(_words()["title"], problems=_carried_wrongly(paper))


def _carried_wrongly(paper: Paper) -> list[str]:
    """The applicant and relatives never carry the papers of a vetting."""
    return [_words()["not_by_family"]] if paper.said("carried_by") in CARRIED_BY_FAMILY else []


def _save(context: Context, paper: Paper) -> Reply | None:
    if _carried_wrongly(paper):
        return None
    dossier, connection = paper.dossier, context.connection
    asked = dossier.facts.vettings
    ref = str(max((int(one.id) for one in asked if one.id.isdecimal()), default=0) + 1)
    new = Vetting(
        ref,
        sent_on=paper.day("sent_on"),
        abroad=paper.said("abroad") == "abroad",
        carried_by=paper.said("carried_by"),
        relative_is_member=bool(paper.yes("relative")),
    )
    change = changed(dossier.facts, "amend", context.today, {}, vettings=(*asked, new))
    kept = keep(context, dossier, change, "case.vetting_send")
    responsible = paper.said("responsible")
    vettings.describe(
        connection,
        context.now,
        context.me.id,
        dossier.case,
        ref,
        place=paper.said("place"),
        letter=paper.said("letter"),
        responsible=int(responsible) if responsible else None,
    )
    values = {"case": dossier.case, "place": paper.said("place"), "on": paper.day("sent_on")}
    again = Choice("add_place", f"/thamtra {dossier.code} them")
    return Reply("vetting.sent", values, [[again, Choice("undo", kept.undo)], to_card(dossier.code)])


def _one_question(context: Context, paper: Paper) -> list[Question]:
    words, (field, _) = _words(), _about(paper)
    if field == "carried_by":
        return [Question(field, "choice", words["names"][field], options=words["carriers"])]
    if field == "membership_confirmed":
        return [Question(field, "choice", words["names"][field], options=yes_no())]
    return [Question(field, "date", words["names"][field])]


def _about(paper: Paper) -> tuple[str, str]:
    field, _, ref = paper.about.partition(":")
    return field, ref


def _day_told(context: Context, paper: Paper) -> Told:
    field, ref = _about(paper)
    places = {one.ref: one.place for one in vettings.asked(context.connection, paper.dossier.case)}
    one = next((one for one in paper.dossier.facts.vettings if one.id == ref), None)
    title = places.get(ref) or _words()["title"]
    if one is None:
        raise Refusal("conversation.old_button")
    on, words, problems = (paper.day(field) if field.endswith("_on") else None), _words(), _carried_wrongly(paper)
    before = one.received_on if field == "returned_on" and one.received_on else one.sent_on
    if on and before and on < before:
        problems = [words["before_sent"].format(before=f"{before:%d/%m/%Y}")]
    return Told(title, problems=problems)


def _save_day(context: Context, paper: Paper) -> Reply | None:
    if _day_told(context, paper).problems:
        return None
    dossier, (field, ref) = paper.dossier, _about(paper)
    value: Any = paper.day(field) if field.endswith("_on") else paper.said(field)
    if field == "membership_confirmed":
        value = paper.yes(field)
    after = tuple(replace(one, **{field: value}) if one.id == ref else one for one in dossier.facts.vettings)
    change = changed(dossier.facts, "amend", context.today, {}, vettings=after)
    kept = keep(context, dossier, change, "case.vetting_note")
    now = of_case(context, _again(context, dossier.case))
    due = [due for due in now.dues() if due.subject == ref]
    open_ = [one for one in now.facts.vettings if one.returned_on is None]
    values = {
        "case": dossier.case,
        "title": _day_told(context, paper).title,
        "what": _words()["names"][field],
        "on": paper.day(field) if field.endswith("_on") else None,
        "dues": due_lines(context, now, due),
        "open": len(open_),
    }
    rest = [Choice("vetting", f"/thamtra {dossier.code}")] if open_ else []
    return Reply("vetting.noted", values, [[*rest, Choice("undo", kept.undo)], to_card(dossier.code)])


def _again(context: Context, case: Case) -> Case:
    return candidates.case_by_id(context.connection, context.me, case.id)


FILLINGS["vetting"] = Filling("record_step", _questions, _told, _save)
FILLINGS["vetting_day"] = Filling("record_step", _one_question, _day_told, _save_day)
