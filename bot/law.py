"""`chibot due`, `chibot why`: what the rulebook says of a date, and how a case's dates were worked out."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.console import BadInput, day_of, out

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.rules.book import Rulebook
    from bot.rules.facts import CaseFacts
    from bot.rules.replay import Rules


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """`due` and `why`."""
    due = commands.add_parser("due", help="works out one deadline")
    due.add_argument("rule", metavar="RULE", nargs="?", help="name of the rule; with --json, - reads lines")
    due.add_argument("--from", dest="start", metavar="DATE", help="the day that starts it, YYYY-MM-DD or DD/MM/YYYY")
    due.add_argument("--unit", metavar="CODE", help="with what this unit has set and the days off the office has added")
    due.add_argument("--list", action="store_true", help="name the rules")
    due.add_argument("--json", action="store_true", help="print JSON")
    due.set_defaults(run=_due)
    why = commands.add_parser("why", help="how the dates of a case were worked out")
    why.add_argument("case", metavar="CASE", help="the code of a case, for example QC-0012")
    why.add_argument("step", metavar="STEP", nargs="?", help="a step by name or number, or a rule (default: what runs)")
    why.add_argument("--json", action="store_true", help="print one JSON document")
    why.set_defaults(run=_why)


def stale_lines(on: date | None = None) -> list[str]:
    """For each replaced document that the shipped rulebook still cites: which, replaced by what, where. None: today."""
    from bot.rules.book import load
    from bot.rules.lines import stale_text

    return stale_text(load(), on or today())


def today() -> date:
    """The office's day."""
    from bot.clock import Clock
    from bot.settings import Settings

    return Clock(Settings().zone).now().date()


def _due(options: argparse.Namespace) -> None:
    from bot.rules.book import load
    from bot.rules.lines import Unanswerable, due_result

    book = load()
    if options.list:
        return _list(book, as_json=options.json)
    if options.rule in (None, "-"):
        if not options.json or options.start:
            raise BadInput("give a rule and --from DATE, or --list, or `--json -` to read one JSON document a line")
        return _lines(_rules(options.unit))
    if options.start is None:
        raise BadInput("--from DATE is missing: the day that starts the deadline")
    rules, local = _rules(options.unit)
    try:
        found = due_result(options.rule, day_of(options.start, rules.book), rules.book, rules.calendar, local)
    except Unanswerable as problem:
        raise BadInput(str(problem)) from None
    return out(found if options.json else f"{found['due_on']}\n{found['why']}", as_json=options.json)


def _rules(unit: str | None) -> "tuple[Rules, dict[str, int]]":
    """The shipped rulebook; for a unit the one in use in the database, with what the unit has set."""
    from bot.rules.book import load
    from bot.rules.lines import calendar_of
    from bot.rules.replay import Rules

    if unit is None:
        book = load()
        return Rules(book, calendar_of(book)), {}
    found: tuple[Rules, dict[str, int]] = _looked_up(lambda connection: _rules_of_unit(connection, unit))
    return found


def _rules_of_unit(connection: "Connection", code: str) -> "tuple[Rules, dict[str, int]]":
    from storage import rulebook, settings, units

    unit = units.by_code(connection, code)
    if unit is None:
        raise BadInput(f"there is no unit {code}")
    return rulebook.rules_of(connection), settings.local_of(connection, unit)


def _looked_up(work: Any) -> Any:
    from bot.app import with_database
    from bot.settings import Settings

    return with_database(Settings(), lambda database: database.read(work))


def _list(book: "Rulebook", *, as_json: bool) -> None:
    from bot.rules.lines import rule_list

    rules = rule_list(book, today())
    if as_json:
        return out(rules, as_json=True)
    words = book.entries.wording.units
    rows = [(rule["rule"], _length(rule, words), rule["name"]) for rule in rules]
    wide = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"{name.ljust(wide[0])}  {length.ljust(wide[1])}  {said}" for name, length, said in rows]
    return out("\n".join(lines), as_json=False)


def _length(rule: Mapping[str, Any], words: Mapping[Any, str]) -> str:
    return "-" if rule["amount"] is None else f"{rule['amount']} {words[rule['unit']]}"


def _lines(given: "tuple[Rules, dict[str, int]]") -> None:
    """One answer for each line, as soon as it is read."""
    from bot.rules.lines import answer_line

    rules, local = given
    for line in sys.stdin:
        if line.strip():
            read = _read(line)
            out(read if "error" in read else answer_line(read, rules.book, rules.calendar, local), as_json=True)
            sys.stdout.flush()


def _read(line: str) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except (ValueError, RecursionError):
        return {"error": "not a JSON document"}
    return (
        {name: value for name, value in read.items() if name != "error"}
        if isinstance(read, dict)
        else {"error": "not a JSON object"}
    )


def _why(options: argparse.Namespace) -> None:
    found = _looked_up(lambda connection: explained(connection, options.case, options.step))
    if options.json:
        return out(found, as_json=True)
    head = f"{found['case']}: {found['step_name']} ({found['step_on']})"
    told = [f"{due['name']}: {due['due_on']}\n  {due['why']}" for due in found["dues"]]
    return out("\n".join([head, *(told or ["no date runs"])]), as_json=False)


def explained(connection: "Connection", code: str, asked: str | None) -> dict[str, Any]:
    """A case's dates with how each was worked out. `asked`: a step or a rule instead of what runs now."""
    from bot.rules.deadlines import explain_due
    from bot.rules.lines import as_json
    from storage import candidates, rulebook
    from storage.facts import facts_of

    case = candidates.by_code(connection, code)
    if case is None:
        raise BadInput(f"there is no case {code}")
    rules, facts = rulebook.rules_of(connection), facts_of(connection, case)
    book = rules.book
    found = [
        as_json(explain_due(due, as_of, book, rules.calendar), book)
        | {"name": book.rules[due.rule].name, "subject": due.subject, "start": book.entries.events[due.start_event]}
        for due, as_of in _dues(facts, asked, rules)
    ]
    step = book.entries.steps[facts.step]
    where = {"case": facts.id, "step": step.slug, "step_name": step.name, "step_on": case.step_on.isoformat()}
    return where | {"dues": found}


def _dues(facts: "CaseFacts", asked: str | None, rules: "Rules") -> "Iterator[tuple[Any, CaseFacts]]":
    from bot.rules.deadlines import dues

    book = rules.book
    if asked is None:
        yield from ((due, facts) for due in dues(facts, book, rules.calendar))
        return
    wanted = [asked] if asked in book.rules else [rule.slug for rule in book.running[_step(asked, book)]]
    for slug in wanted:
        for step in book.rules[slug].during[:1]:
            supposed = _while_it_ran(facts, slug, step, book)
            for due in dues(supposed, book, rules.calendar):
                if due.rule == slug or book.rules[slug].longer is book.rules[due.rule]:
                    yield due, supposed


def _while_it_ran(facts: "CaseFacts", slug: str, step: str, book: "Rulebook") -> "CaseFacts":
    """The case as it was while a deadline ran: at a step where it can run, before what ended it."""
    from dataclasses import replace

    ends = book.rules[slug].ends
    dates = {event: day for event, day in facts.dates.items() if event not in ends}
    return replace(facts, step=step, left=None, dates=dates)


def _step(asked: str, book: "Rulebook") -> str:
    from bot.vietnamese.fold import fold

    wanted = fold(asked)
    for slug, step in book.entries.steps.items():
        if wanted in (slug, step.label, fold(step.name)):
            return slug
    raise BadInput(f"there is no step or rule {asked}; steps: {', '.join(book.entries.steps)}")
