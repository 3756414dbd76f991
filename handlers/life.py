"""The life of a case beside its steps: leaving, away, moving to another branch, coming back, discipline."""

from collections.abc import Callable

from bot.chat import Choice, Refusal, Reply
from bot.rules import life
from bot.rules.changes import Change, changed
from bot.rules.going_back import back_steps, extend
from bot.rules.recording import Problem
from handlers.answers import Question, yes_no
from handlers.commands import Context, command
from handlers.dossiers import (
    Dossier,
    dossier_for,
    due_lines,
    finding_line,
    of_case,
    office_decides,
    only_in_charge,
    pointed,
    problem_texts,
    shown_name,
    to_card,
)
from handlers.filling import FILLINGS, Filling, Paper, Told, begin, complete
from handlers.moves import keep, tell_office
from handlers.templates import load
from storage import candidates, people, sight, units
from storage.units import COMMITTEES, Unit

UNITS_SHOWN = 7
ELSEWHERE = "-1"
CEREMONY = "ceremony"


@command("khac")
def menu(context: Context, words: str) -> Reply:
    """What else may happen to a case, as far as it may happen now."""
    code, what = pointed(context, words)
    if not code:
        return Reply("steps.which_case", {}, [[Choice("my_candidates", "/nguon")]])
    dossier = only_in_charge(context, dossier_for(context, code, "record_step"))
    open_ = _open_to(context, dossier)
    if what in open_:
        return _extend(context, dossier) if what == "extend" else begin(context, dossier, "life", what)
    titles = load("fillings")["life"]
    choices = [Choice("short_name", f"/khac {dossier.code} {slug}", {"name": titles[slug]["title"]}) for slug in open_]
    rows = [choices[i : i + 2] for i in range(0, len(choices), 2)]
    if back_steps(dossier.facts, dossier.book) and not dossier.facts.left:
        rows.append([Choice("go_back", f"/trabuoc {dossier.code}")])
    values = {"case": dossier.case, "name": shown_name(context, dossier.case), "step": dossier.step.name}
    return Reply("life.menu", values, [*rows, to_card(dossier.code)])


def _open_to(context: Context, dossier: Dossier) -> list[str]:
    """What may be recorded of the case's life now."""
    facts, entries = dossier.facts, dossier.book.entries
    if facts.left:
        exit_ = entries.exits.get(facts.left)
        return ["return"] if exit_ and exit_.comes_back else []
    admitted = CEREMONY in facts.dates
    found = [] if admitted else ["leave"]
    found.append("home" if "expected_back" in facts.dates else "away")
    if not dossier.step.ending:
        found.append("arrive" if facts.transfer else "transfer")
    found += ["discipline"] if admitted else ["readmission"]
    if office_decides(context, dossier):
        return found
    running = {due.rule for due in dossier.dues()}
    longer = [rule for rule in running if dossier.book.rules[rule].longer and rule not in facts.extended]
    return [*found, *(["extend"] if longer else [])]


def _extend(context: Context, dossier: Dossier) -> Reply:
    running = [due.rule for due in dossier.dues() if dossier.book.rules[due.rule].longer]
    change = extend(dossier.facts, running[0], context.today, dossier.book, dossier.calendar)
    if isinstance(change, Problem):
        raise Refusal("life.refused", texts=problem_texts([change]))
    kept = keep(context, dossier, change, "case.extend")
    return _saved(context, dossier, load("fillings")["life"]["extend"]["title"], kept.undo)


def _names(paper: Paper) -> dict[str, str]:
    return dict(load("fillings")["life"][paper.about])


def _questions(context: Context, paper: Paper) -> list[Question]:
    names, entries = _names(paper), paper.dossier.book.entries
    on = [Question("on", "date", names["on"])] if "on" in names else []
    if paper.about == "leave":
        reasons = {slug: exit_.name for slug, exit_ in entries.exits.items()}
        return [Question("reason", "choice", names["reason"], options=reasons), *on]
    if paper.about == "away":
        kind = Question("kind", "choice", names["kind"], options=entries.absences)
        return [kind, Question("until", "future", names["until"])]
    if paper.about == "discipline":
        kinds = {slug: kind.name for slug, kind in entries.discipline.items()}
        return [Question("kind", "choice", names["kind"], options=kinds), *on]
    if paper.about == "transfer":
        return [*_of_transfer(context, paper, names), *on]
    if paper.about == "readmission":
        return _of_readmission(paper, names)
    return on


def _of_transfer(context: Context, paper: Paper, names: dict[str, str]) -> list[Question]:
    options = {str(unit.id): unit.name for unit in _reachable(context, paper.dossier)[:UNITS_SHOWN]}
    options[ELSEWHERE] = load("fillings")["life"]["elsewhere"]
    asked = [Question("unit", "choice", names["unit"], options=options)]
    if paper.said("unit") == ELSEWHERE and paper.dossier.facts.step == "decision":
        asked.append(Question("same", "choice", names["same"], options=yes_no()))
    if "sent_up" in _transfers_here(paper.dossier):
        asked.append(Question("sent_up", "choice", names["sent_up"], options=yes_no()))
    return asked


def _transfers_here(dossier: Dossier) -> list[str]:
    return [slug for slug, one in dossier.book.entries.transfers.items() if dossier.facts.step in one.during]


def _reachable(context: Context, dossier: Dossier) -> list[Unit]:
    """The other branches for which this person records steps as well."""
    found = units.open_units(context.connection, sight.units_open_to(context.me, "record_step"))
    return [unit for unit in found if unit.kind not in COMMITTEES and unit.id != dossier.case.unit_id]


def _of_readmission(paper: Paper, names: dict[str, str]) -> list[Question]:
    reasons = {slug: reason.name for slug, reason in paper.dossier.book.entries.left_reasons.items()}
    return [
        Question("left_reason", "choice", names["left_reason"], options=reasons),
        Question("left_party", "date", names["left_party"]),
        Question("readmitted_before", "choice", names["readmitted_before"], options=yes_no()),
    ]


def _change(context: Context, paper: Paper) -> Change | Problem:
    """The change that the rules make of what was filled in, or why they refuse it."""
    dossier = paper.dossier
    facts, book = dossier.facts, dossier.book
    on = paper.day("on") or context.today
    until = paper.day("until") or context.today
    makers: dict[str, Callable[[], Change | Problem]] = {
        "leave": lambda: life.leave(facts, paper.said("reason"), on, book),
        "return": lambda: life.come_back_to_pool(facts, on, book),
        "away": lambda: life.go_away(facts, paper.said("kind"), until, context.today, book),
        "home": lambda: life.come_home(facts, on, book),
        "transfer": lambda: life.move(facts, on, bool(paper.yes("sent_up")), _same_committee(context, paper), book),
        "arrive": lambda: life.arrive(facts, on, book),
        "discipline": lambda: _discipline(paper),
        "readmission": lambda: _readmission(context, paper),
    }
    return makers[paper.about]()


def _discipline(paper: Paper) -> Change | Problem:
    """A discipline that ends membership takes the case off the road; any other is a kind and a day, and no more."""
    facts, book, on = paper.dossier.facts, paper.dossier.book, paper.day("on")
    kind = paper.said("kind")
    if on is None:
        raise Refusal("conversation.old_button")
    if book.entries.discipline[kind].leaves:
        return life.leave(facts, kind, on, book)
    return changed(facts, "amend", on, {}, kind)


def _readmission(context: Context, paper: Paper) -> Change:
    facts = paper.dossier.facts
    answers = {**facts.answers, "readmitted_before": bool(paper.yes("readmitted_before"))}
    dates = {"left_party": paper.day("left_party")}
    return changed(facts, "amend", context.today, dates, left_reason=paper.said("left_reason"), answers=answers)


def _same_committee(context: Context, paper: Paper) -> bool:
    unit = _unit(context, paper)
    if unit is None:
        return bool(paper.yes("same"))
    return unit.committee_id == paper.dossier.case.committee_id


def _unit(context: Context, paper: Paper) -> Unit | None:
    """The branch that was chosen; None: one that this person does not reach."""
    chosen = paper.said("unit")
    found = [unit for unit in _reachable(context, paper.dossier) if str(unit.id) == chosen]
    return found[0] if found else None


def _told(context: Context, paper: Paper) -> Told:
    title = _names(paper)["title"]
    if not complete(paper, _questions(context, paper)):
        return Told(title)
    change = _change(context, paper)
    return Told(title, problems=problem_texts([change]) if isinstance(change, Problem) else ())


def _save(context: Context, paper: Paper) -> Reply | None:
    dossier = only_in_charge(context, paper.dossier)
    change = _change(context, paper)
    if isinstance(change, Problem):
        return None
    kept = keep(context, dossier, change, f"case.{change.kind}")
    if paper.about == "transfer":
        return _moved(context, paper, kept.undo)
    return _saved(context, dossier, _names(paper)["title"], kept.undo)


def _saved(context: Context, dossier: Dossier, title: str, undo: str) -> Reply:
    now = of_case(context, candidates.case_by_id(context.connection, context.me, dossier.case.id))
    findings = life.readmission(now.facts, context.today, now.book, now.calendar) if now.facts.left_reason else []
    pressing = [due for due in now.dues() if due.kind == "deadline"][:2]
    values = {
        "case": dossier.case,
        "name": shown_name(context, dossier.case),
        "title": title,
        "dues": due_lines(context, now, pressing),
        "findings": [finding_line(one, now) for one in findings],
        "moving": life.transfer_entry(now.facts, now.book),
    }
    return Reply("life.saved", values, [[Choice("undo", undo)], to_card(dossier.code)])


def _moved(context: Context, paper: Paper, undo: str) -> Reply:
    """Puts the case into the new branch, or asks the committee's office to do so."""
    dossier, unit = paper.dossier, _unit(context, paper)
    if unit is None:
        values = {"case": dossier.case, "by": context.me.name}
        move = [Choice("choose_unit", f"/chuyenve {dossier.code}"), *to_card(dossier.code)]
        tell_office(context, dossier.case, f"move:{context.incoming.id}", Reply("life.to_move", values, [move]))
        return _saved(context, dossier, _names(paper)["title"], undo)
    return _place(context, dossier, unit)


def _place(context: Context, dossier: Dossier, unit: Unit) -> Reply:
    """From here on the new branch sees the case, with every date kept; the old helpers no longer do."""
    connection, case = context.connection, candidates.case_by_id(context.connection, context.me, dossier.case.id)
    for helping in candidates.helpers_of(connection, case.id):
        candidates.release(connection, context.now, context.me.id, case, helping.person, context.today)
    if not candidates.change(connection, context.now, context.me.id, case, "candidate.move", {"unit_id": unit.id}):
        raise Refusal("candidates.changed_meanwhile", code=case.code)
    told = Reply("life.came", {"case": case, "unit": unit.name}, [to_card(case.code)])
    for person in people.leaders(connection, unit.id, unit.committee_id):
        context.tell(person, f"came:{case.id}:{context.incoming.id}:{person}", told)
    seen = candidates.case_by_id(connection, context.me, case.id)
    moving = life.transfer_entry(dossier.facts, dossier.book) or life.transfer_entry(
        of_case(context, seen).facts, dossier.book
    )
    values = {"case": case, "unit": unit.name, "moving": moving}
    return Reply("life.moved", values, [to_card(case.code)], edit=True)


@command("chuyenve")
def choose_unit(context: Context, words: str) -> Reply:
    """The office chooses the branch to which a case goes."""
    code, chosen = pointed(context, words)
    dossier = only_in_charge(context, dossier_for(context, code, "record_step"))
    if not dossier.facts.transfer:
        raise Refusal("life.not_moving", code=dossier.code)
    reachable = _reachable(context, dossier)
    found = [unit for unit in reachable if str(unit.id) == chosen]
    if found:
        return _place(context, dossier, found[0])
    rows = [
        [Choice("short_name", f"/chuyenve {dossier.code} {unit.id}", {"name": unit.name})]
        for unit in reachable[:UNITS_SHOWN]
    ]
    return Reply("life.ask_unit", {"case": dossier.case}, rows)


FILLINGS["life"] = Filling("record_step", _questions, _told, _save)
