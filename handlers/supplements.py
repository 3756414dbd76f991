"""What no step records: birthday, schooling, the Youth Union, who introduces, written consents; taken by taps."""

from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.changes import Change, changed
from bot.rules.eligibility import ADMISSION, assess
from bot.rules.facts import Approval, CaseFacts, Recommender
from handlers.answers import Question, yes_no
from handlers.commands import Context, command
from handlers.dossiers import (
    Dossier,
    dossier_for,
    finding_line,
    fitting_lines,
    only_in_charge,
    pointed,
    shown_name,
    to_card,
)
from handlers.filling import FILLINGS, Filling, Paper, Told, begin
from handlers.moves import keep
from handlers.templates import load

ROOM = 700
ANSWERS = (
    "difficult_area",
    "elder_or_fisher",
    "youth_union_here",
    "youth_member",
    "known_at_home",
    "direct_to_standing",
)
# Which requirements each of these can fill in.
FILLS = {
    "age": "born",
    "education": "education",
    "youth_union": "youth",
    "recommenders": "recommender",
    "certificate": "papers",
    "dossier": "papers",
    "history_certified": "papers",
}
FURTHER = ("papers", "approval", "home", "standing", "received")


@command("bosung")
def supplement(context: Context, words: str) -> Reply:
    """What is not met or not known, and what of it can be filled in here."""
    code, about = pointed(context, words)
    if not code:
        return Reply("steps.which_case", {}, [[Choice("my_candidates", "/nguon")]])
    dossier = dossier_for(context, code, "record_step")
    if about in load("fillings")["supplement"]:
        return begin(context, dossier, "supplement", about)
    return _overview(context, dossier)


def _overview(context: Context, dossier: Dossier) -> Reply:
    found = assess(dossier.facts, context.today, dossier.book, dossier.calendar, ADMISSION)
    lines = [finding_line(one, dossier) for one in found]
    # The unknown first: these can be settled here.
    against = sorted((line for line in lines if line["state"] != "met"), key=lambda line: str(line["state"]))
    met = [line["name"] for line in lines if line["state"] == "met"]
    told, more = fitting_lines(against, ROOM - len(" \u00b7 \u2713 ".join(met)))
    values = {
        "case": dossier.case,
        "name": shown_name(context, dossier.case),
        "lines": told,
        "more": len(more),
        "met": met,
    }
    wanted = [FILLS[one.requirement] for one in found if one.state != "met" and one.requirement in FILLS]
    slugs = list(dict.fromkeys([*wanted, *FURTHER]))
    titles = load("fillings")["supplement"]
    send = f"/bosung {dossier.code}"
    choices = [Choice("short_name", f"{send} {slug}", {"name": titles[slug]["title"]}) for slug in slugs]
    rows = [choices[i : i + 2] for i in range(0, len(choices), 2)]
    return Reply("supplements.overview", values, [*rows, to_card(dossier.code)])


def _words(paper: Paper) -> dict[str, Any]:
    return dict(load("fillings")["supplement"][paper.about])


def _questions(context: Context, paper: Paper) -> list[Question]:
    names = _words(paper)
    if paper.about == "born":
        return [Question("born", "date", names["born"])]
    if paper.about == "education":
        return _of_education(paper, names)
    if paper.about == "recommender":
        return _of_recommender(paper, names)
    if paper.about == "approval":
        return _of_approval(names)
    if paper.about in ("papers", "received"):
        return [Question(slug, "date", said, required=False) for slug, said in names.items() if slug != "title"]
    return [Question(slug, "choice", said, options=yes_no()) for slug, said in names.items() if slug != "title"]


def _of_education(paper: Paper, names: dict[str, str]) -> list[Question]:
    """Exceptions are asked about only below the level that everybody needs."""
    levels = paper.dossier.book.entries.education_levels
    asked = [Question("education", "choice", names["education"], options={k: v.name for k, v in levels.items()})]
    level = levels.get(paper.said("education") or "")
    if level and level.rank < levels["lower_secondary_diploma"].rank:
        for slug in ("difficult_area", "elder_or_fisher"):
            asked.append(Question(slug, "choice", names[slug], required=False, options=yes_no()))
    return asked


def _of_recommender(paper: Paper, names: dict[str, str]) -> list[Question]:
    asked = [Question("kind", "choice", names["kind"], options=load("fillings")["introducers"])]
    if paper.said("kind") == "member":
        asked.append(Question("together_since", "date", names["together_since"], required=False))
        asked.append(Question("replaces", "choice", names["replaces"], options=yes_no()))
    return asked


def _of_approval(names: dict[str, str]) -> list[Question]:
    words = load("fillings")
    return [
        Question("about", "choice", names["about"], options=words["approvals"]),
        Question("number", "number", names["number"]),
        Question("approved_on", "date", names["approved_on"]),
        Question("approver", "choice", names["approver"], options=words["approvers"]),
        Question("basis", "choice", names["basis"], options=words["bases"]),
    ]


def _told(context: Context, paper: Paper) -> Told:
    return Told(_words(paper)["title"])


def _change(context: Context, paper: Paper) -> Change:
    facts, today = paper.dossier.facts, context.today
    if paper.about in ("papers", "received"):
        days = {slug: paper.day(slug) for slug in _words(paper) if slug != "title" and paper.day(slug)}
        return changed(facts, "amend", today, days)
    if paper.about == "born":
        return changed(facts, "amend", today, {}, born=paper.day("born"))
    if paper.about == "recommender":
        return changed(facts, "amend", today, {}, recommenders=(*facts.recommenders, _recommender(paper)))
    if paper.about == "approval":
        return changed(facts, "amend", today, {}, approvals={**facts.approvals, paper.said("about"): _approval(paper)})
    after: dict[str, Any] = {"answers": _answers(facts, paper)}
    if paper.about == "education":
        after["education"] = paper.said("education")
    return changed(facts, "amend", today, {}, **after)


def _answers(facts: CaseFacts, paper: Paper) -> dict[str, bool]:
    said = {slug: paper.yes(slug) for slug in ANSWERS if slug in paper.values}
    return {**facts.answers, **{slug: answer for slug, answer in said.items() if answer is not None}}


def _recommender(paper: Paper) -> Recommender:
    return Recommender(paper.said("kind"), paper.day("together_since"), bool(paper.yes("replaces")))


def _approval(paper: Paper) -> Approval:
    approved_on = paper.day("approved_on")
    if approved_on is None:
        raise Refusal("conversation.old_button")
    return Approval(paper.said("number"), approved_on, f"{paper.said('basis')}/{paper.said('approver')}")


def _save(context: Context, paper: Paper) -> Reply | None:
    dossier = only_in_charge(context, paper.dossier) if paper.about in ("approval", "standing") else paper.dossier
    change = _change(context, paper)
    if not change.after and not change.dates_after:
        return Reply("supplements.nothing", {"case": dossier.case}, [to_card(dossier.code)])
    kept = keep(context, dossier, change, "case.amend")
    values = {"case": dossier.case, "title": _words(paper)["title"]}
    further = Choice("supplement", f"/bosung {dossier.code}")
    return Reply("supplements.saved", values, [[further, Choice("undo", kept.undo)], to_card(dossier.code)])


FILLINGS["supplement"] = Filling("record_step", _questions, _told, _save)
