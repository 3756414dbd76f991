"""The steps of an admission: which may follow, what is missing before it, and the change that recording it makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.rules.ballots import Ballot, Outcome, misfits, outcome
from bot.rules.book import Rulebook
from bot.rules.changes import Change, apply, changed
from bot.rules.eligibility import assess
from bot.rules.entries import After, Step
from bot.rules.facts import CaseFacts
from bot.rules.findings import Finding
from bot.rules.recording import FieldValue, Problem, field_dates, field_problems, problem
from bot.rules.workdays import WorkCalendar


@dataclass(frozen=True, slots=True)
class Move:
    """What comes of recording a step, or of sending a case back.

    `change` None: refused, for the `problems`; `missing` are the requirements among them. A vote short of what it
    needs is recorded (a change of kind short) and the case stays. `confirm`: it counts once the committee's office
    confirms it.
    """

    step: str
    change: Change | None
    problems: tuple[Problem, ...] = ()
    missing: tuple[Finding, ...] = ()
    outcome: Outcome | None = None
    confirm: bool = False


def next_steps(facts: CaseFacts, book: Rulebook) -> list[Step]:
    """The steps that may be recorded now, main ones first; none once the case has ended or left the road."""
    found = [step for step in book.entries.steps.values() if not _out_of_order(facts, step, book)]
    return sorted(found, key=lambda step: (step.track == "side", step.order))


def missing(facts: CaseFacts, step: Step, on: date, book: Rulebook, calendar: WorkCalendar) -> list[Finding]:
    """The requirements that keep a step from being recorded on that day: unmet, or not known."""
    return [found for found in assess(facts, on, book, calendar, step.needs) if found.state != "met"]


def shown(facts: CaseFacts, step: Step, on: date, book: Rulebook, calendar: WorkCalendar) -> list[Finding]:
    """All there is to tell about a step beforehand: what it needs, and what only calls for care (too fast, late)."""
    return assess(facts, on, book, calendar, (*step.needs, *step.shows))


def record(
    facts: CaseFacts,
    slug: str,
    on: date,
    values: Mapping[str, FieldValue],
    today: date,
    book: Rulebook,
    calendar: WorkCalendar,
    ballot: Ballot | None = None,
) -> Move:
    """Record a step dated `on`; `today` is the office's day. No step is skipped; no day is ahead or before the last."""
    step = book.entries.steps.get(slug)
    if step is None:
        return Move(slug, None, (problem(book, "unknown_step", step=slug),))
    if out := _out_of_order(facts, step, book):
        return Move(slug, None, (out,))
    found = [*_wrong_day(facts, step, on, today, book), *field_problems(step, values, today, book)]
    found += [*_wrong_ballot(step, ballot, book), *_wrong_proposal(facts, values, book)]
    if found:
        return Move(slug, None, tuple(found))
    dates = {step.event: on, **field_dates(step, values)}
    lacking = missing(apply(facts, changed(facts, "side", on, dates)), step, on, book, calendar)
    if lacking:
        texts = ((one.requirement, one.name(book), one.text(book)) for one in lacking)
        told = tuple(problem(book, "missing", slug, name=name, text=text) for slug, name, text in texts)
        return Move(slug, None, told, tuple(lacking))
    return _recorded(facts, step, on, dates, book, ballot)


def _recorded(
    facts: CaseFacts, step: Step, on: date, dates: Mapping[str, date | None], book: Rulebook, ballot: Ballot | None
) -> Move:
    result = outcome(ballot, step.ballot, on, book) if step.ballot and ballot else None
    if result and not result.passed:
        return Move(step.slug, _short(facts, step, on), outcome=result)
    confirm = step.confirm and bool(set_by_unit(facts, "office_confirms", book))
    if step.track == "side":
        return Move(step.slug, changed(facts, "side", on, dates, at=step.slug), outcome=result, confirm=confirm)
    change = changed(facts, "forward", on, dates, at=step.slug, step=step.slug, step_on=on)
    return Move(step.slug, change, outcome=result, confirm=confirm)


def _short(facts: CaseFacts, step: Step, on: date) -> Change:
    """A vote on recognition (or on striking off) that fell short is counted; one on a first admission is only dated."""
    if step.event == "branch_resolution":
        return changed(facts, "short", on, {"branch_vote_short": on}, at=step.slug)
    votes = facts.failed_votes + (step.ballot == "branch")
    return changed(facts, "short", on, {}, at=step.slug, failed_votes=votes)


def taken_over(step: Step, on: date) -> dict[str, date]:
    """What is known of a case that comes from a list with its step and the day of it, and nothing else."""
    return dict.fromkeys((step.event, *step.implies), on)


def amend(
    facts: CaseFacts, values: Mapping[str, FieldValue], on: date, today: date, book: Rulebook
) -> tuple[Change | None, list[Problem]]:
    """Add or correct the dated fields of the step where the case stands (the day the decision was received, …)."""
    step = book.entries.steps[facts.step]
    found = [one for one in field_problems(step, values, today, book) if one.key != "field_missing"]
    return (None, found) if found else (changed(facts, "amend", on, field_dates(step, values)), [])


def set_by_unit(facts: CaseFacts, name: str, book: Rulebook) -> int:
    """What the unit has set, else the default."""
    return facts.local.get(name, book.entries.local[name].value)


def _out_of_order(facts: CaseFacts, step: Step, book: Rulebook) -> Problem | None:
    current = book.entries.steps[facts.step]
    if facts.left:
        return problem(book, "left")
    if current.ending:
        return problem(book, "ended", current=current.name)
    if step.track == "side" and facts.step in step.during:
        when = facts.dates.get(step.event)
        return problem(book, "already", step=step.name, when=when) if when else None
    if step.track == "main" and any(_leads(after, facts) for after in step.after):
        return None
    return problem(book, "not_next", step=step.name, current=current.name)


def _leads(after: After, facts: CaseFacts) -> bool:
    wanted = after.when is None or facts.answers.get(after.when, False)
    unwanted = after.unless is not None and facts.answers.get(after.unless, False)
    return after.step == facts.step and wanted and not unwanted


def _wrong_day(facts: CaseFacts, step: Step, on: date, today: date, book: Rulebook) -> list[Problem]:
    if on > today:
        return [problem(book, "field_future", "on", name=step.name, when=on)]
    since = facts.dates.get(step.not_before) if step.not_before else facts.step_on
    if step.track == "main" and since and on < since:
        current = book.entries.steps[facts.step].name
        return [problem(book, "field_before", "on", name=step.name, when=on, current=current, since=since)]
    return []


def _wrong_ballot(step: Step, ballot: Ballot | None, book: Rulebook) -> list[Problem]:
    if ballot is None:
        if not step.ballot_required or step.ballot is None:
            return []
        return [problem(book, "ballot_missing", "ballot", body=book.entries.ballots.bodies[step.ballot].name)]
    if step.ballot is None:
        return [problem(book, "ballot_unasked", "ballot")]
    return [problem(book, "ballot", one.key, text=one.text) for one in misfits(ballot, step.ballot, book)]


def _wrong_proposal(facts: CaseFacts, values: Mapping[str, FieldValue], book: Rulebook) -> list[Problem]:
    times = book.entries.ballots.failed_recognitions.times
    if values.get("proposal") != "refer_up" or facts.failed_votes >= times:
        return []
    return [problem(book, "too_few_votes", "proposal", votes=facts.failed_votes, times=times)]
