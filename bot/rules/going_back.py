"""Going back: where a case may be sent back to, what falls with it, and the one extension of a decision's deadline."""

from datetime import date

from bot.rules.admission import Move
from bot.rules.book import Rulebook
from bot.rules.changes import Change, changed
from bot.rules.deadlines import dues
from bot.rules.entries import Step
from bot.rules.facts import CaseFacts
from bot.rules.recording import Problem, problem
from bot.rules.workdays import WorkCalendar


def back_steps(facts: CaseFacts, book: Rulebook) -> list[Step]:
    """The steps to which the case may be sent back from where it stands."""
    return [book.entries.steps[slug] for slug in book.entries.steps[facts.step].back.to]


def send_back(facts: CaseFacts, to: str, reason: str, on: date, today: date, book: Rulebook) -> Move:
    """Send the case back to a step; decisions after it fall, papers stay good. `reason` is a slug of back_reasons."""
    current = book.entries.steps[facts.step]
    target = book.entries.steps.get(to)
    if facts.left:
        return Move(to, None, (problem(book, "left"),))
    if target is None or to not in current.back.to:
        name = target.name if target else to
        return Move(to, None, (problem(book, "not_back", step=name, current=current.name),))
    if reason not in book.entries.back_reasons:
        return Move(to, None, (problem(book, "no_choice", "reason", value=reason),))
    if on > today:
        return Move(to, None, (problem(book, "field_future", "on", name=target.name, when=on),))
    fallen: dict[str, date | None] = dict.fromkeys(_falling(target, book))
    change = changed(facts, "back", on, fallen, reason, at=to, step=to, step_on=on, extended=frozenset())
    return Move(to, change)


def _falling(target: Step, book: Rulebook) -> list[str]:
    """The events of decisions after that step, with what was noted beside them and belongs to no earlier step."""
    steps = book.entries.steps.values()
    earlier = {event for step in steps if step.order <= target.order for event in step.events}
    later = [event for step in steps if step.order > target.order and not step.keeps for event in step.events]
    return [event for event in later if event not in earlier]


def extend(facts: CaseFacts, rule: str, on: date, book: Rulebook, calendar: WorkCalendar) -> Change | Problem:
    """Grant the one extension of a decision's deadline while that deadline runs."""
    found = book.rules.get(rule)
    if found is None or found.longer is None:
        return problem(book, "not_running", rule)
    if rule in facts.extended:
        return problem(book, "extended", rule)
    if all(due.rule != rule for due in dues(facts, book, calendar)):
        return problem(book, "not_running", rule)
    return changed(facts, "extend", on, {}, extended=facts.extended | {rule})
