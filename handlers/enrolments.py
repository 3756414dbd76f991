"""Who is sent to a class: chosen from those whose next step it is; and what came of it, up to the step itself."""

from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.admission import next_steps
from bot.rules.book import Rulebook
from bot.rules.facts import CaseFacts
from bot.vietnamese.fold import in_order
from handlers.classes import helpers, show, told_of
from handlers.commands import Context, command
from handlers.dossiers import capital, shown_name
from handlers.pages import Page, is_number, read_page
from handlers.sittings import words_of
from storage import candidates, classes, rulebook
from storage.candidates import Case
from storage.classes import RESULTS, Class, Enrolled
from storage.facts import known

SHOWN = 6
CERTIFICATE = "certificate_issued"


def _class(context: Context, number: str) -> Class:
    if not context.me.may("enrol"):
        raise Refusal("access.not_your_role")
    if not is_number(number):
        raise Refusal("classes.no_such_class")
    return classes.class_for(context.connection, context.me, int(number))


@command("ghidanh")
def enrol(context: Context, words: str) -> Reply:
    """Candidates for a class, page by page ("3 +1"); with a code ("3 QC-0012") on the list, or off it again."""
    number, _, rest = words.strip().partition(" ")
    one = _class(context, number)
    if one.state != "open" or one.ends_on < context.today:
        raise Refusal("classes.over", [[Choice("all_classes", "/lop")]])
    if rest and not rest.startswith("+"):
        code, _, page = rest.partition(" ")
        return _toggle(context, one, code, read_page(page)[0])
    return _offer(context, one, read_page(rest)[0])


def _toggle(context: Context, one: Class, code: str, page: int) -> Reply:
    connection, me = context.connection, context.me
    case = candidates.case_for(connection, me, code, "enrol")
    there = {row.candidate: row for row in classes.enrolled(connection, [one.id])}
    if case.id in there:
        if there[case.id].result is not None:
            raise Refusal("classes.has_result", [[Choice("see_class", f"/lop {one.id}")]], code=case.code)
        classes.withdraw(connection, context.now, me.id, one, case.id, case.unit_id)
        return _offer(context, classes.class_for(connection, me, one.id), page)
    if case.id not in _suited(context, one, [case]):
        raise Refusal("classes.not_for", [[Choice("card", f"/hoso {case.ref}", {"code": case.code})]], code=case.code)
    if one.full:
        raise Refusal("classes.full", [[Choice("see_class", f"/lop {one.id}")]])
    classes.enrol(connection, context.now, me.id, one, case.id, case.unit_id)
    notice = Reply(
        "classes.told_enrolled", {**told_of(context, one), "case": case}, [[Choice("see_class", f"/lop {one.id}")]]
    )
    for person in helpers(context, case.id):
        context.tell(person, f"class:{one.id}:enrolled:{case.id}:{person}", notice)
    return _offer(context, classes.class_for(connection, me, one.id), page)


def _suited(context: Context, one: Class, cases: list[Case]) -> set[int]:
    """Those whose next step the class is, and who are not on the list of another one."""
    book = rulebook.book_of(context.connection)
    open_ = [case.id for case in cases if case.state == "open"]
    elsewhere = classes.waiting_for(context.connection, one.kind, context.today)
    return {
        found.id
        for found in known(context.connection, open_)
        if found.id not in elsewhere and _step_or_paper(found.facts, one.kind, book)
    }


def _step_or_paper(facts: CaseFacts, kind: str, book: Rulebook) -> str | None:
    """What is still to be recorded of the class: the step, or only its certificate (the step was the sending there)."""
    if any(step.slug == kind for step in next_steps(facts, book)):
        return "step"
    return "paper" if facts.step == kind and CERTIFICATE not in facts.dates else None


def _offer(context: Context, one: Class, wanted: int) -> Reply:
    mine = candidates.listed(context.connection, context.me, "enrol")
    there = {row.candidate for row in classes.enrolled(context.connection, [one.id])}
    suited = _suited(context, one, mine)
    found = [case for case in mine if case.id in suited or case.id in there]
    page = Page.of(sorted(found, key=lambda case: (in_order(case.unit_name), case.name)), wanted, SHOWN)
    rows = [
        [
            Choice(
                "enrolled_one", f"/ghidanh {one.id} {case.ref} +{page.number}", _named(context, case, case.id in there)
            )
        ]
        for case in page.items
    ]
    turn = page.turn(lambda to: f"/ghidanh {one.id} +{to}")
    values = {
        **told_of(context, one),
        "count": len(found),
        "there": len([case for case in found if case.id in there]),
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    return Reply("classes.offer", values, [*rows, turn, [Choice("done", f"/lop {one.id}")]], edit=True)


def _named(context: Context, case: Case, on: bool) -> dict[str, Any]:
    return {"name": shown_name(context, case), "code": case.code, "on": on}


@command("kqlop")
def results(context: Context, words: str) -> Reply:
    """What came of a class: a list ("3 +1"), one of it ("3 QC-0012"), a result ("3 QC-0012 passed")."""
    number, _, rest = words.strip().partition(" ")
    one = _class(context, number)
    if one.starts_on > context.today:
        raise Refusal("classes.not_begun", [[Choice("see_class", f"/lop {one.id}")]], on=one.starts_on)
    if not rest or rest.startswith("+"):
        return _results(context, one, read_page(rest)[0])
    code, _, result = rest.partition(" ")
    case = candidates.case_for(context.connection, context.me, code, "enrol")
    row = next((row for row in classes.enrolled(context.connection, [one.id]) if row.candidate == case.id), None)
    if row is None:
        raise Refusal("classes.not_on_list", [[Choice("see_class", f"/lop {one.id}")]], code=case.code)
    if result in RESULTS:
        return _set(context, one, case, row, result)
    choices = [
        Choice("short_name", f"/kqlop {one.id} {case.ref} {slug}", {"name": capital(said)})
        for slug, said in words_of("results").items()
    ]
    values = {**told_of(context, one), "name": shown_name(context, case), "code": case.code}
    return Reply("classes.ask_result", values, [choices, [Choice("back", f"/kqlop {one.id}")]], edit=True)


def _results(context: Context, one: Class, wanted: int) -> Reply:
    there = {row.candidate: row for row in classes.enrolled(context.connection, [one.id])}
    seen = candidates.those(context.connection, context.me, there)
    mine = [case for case in seen.values() if candidates.allowed(context.me, case, "enrol")]
    if not mine:
        return show(context, one)
    ordered = sorted(mine, key=lambda case: (there[case.id].result is not None, in_order(case.unit_name), case.name))
    page = Page.of(ordered, wanted, SHOWN)
    rows = [
        [Choice("class_result_of", f"/kqlop {one.id} {case.ref}", _with_result(context, case, there[case.id]))]
        for case in page.items
    ]
    turn = page.turn(lambda to: f"/kqlop {one.id} +{to}")
    waiting = sum(there[case.id].result is None for case in mine)
    values = {**told_of(context, one), "count": len(mine), "waiting": waiting}
    return Reply("classes.results", values, [*rows, turn, [Choice("see_class", f"/lop {one.id}")]], edit=True)


def _with_result(context: Context, case: Case, row: Enrolled) -> dict[str, Any]:
    return {"name": shown_name(context, case), "result": words_of("results").get(row.result or "")}


def _set(context: Context, one: Class, case: Case, row: Enrolled, result: str) -> Reply:
    """Keeps the result; who has passed goes on to the step of the case, where the certificate is recorded."""
    classes.set_result(context.connection, context.now, context.me.id, row, case.unit_id, result)
    book = rulebook.book_of(context.connection)
    wants = _step_or_paper(known(context.connection, [case.id])[0].facts, one.kind, book)
    sends = {"step": f"/buoc {case.ref} {book.entries.steps[one.kind].label}", "paper": f"/bosung {case.ref} papers"}
    record = [Choice("record_certificate", sends[wants], {"code": case.code})] if wants else []
    values = {
        **told_of(context, one),
        "name": shown_name(context, case),
        "code": case.code,
        "result": words_of("results")[result],
        "record": result == "passed" and bool(record),
    }
    rows = [record if values["record"] else [], [Choice("more_class_results", f"/kqlop {one.id}")]]
    return Reply("classes.result_set", values, rows, edit=True)
