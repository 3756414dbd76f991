"""The rulebook as tables in Markdown, for the documentation: what the data says, so that the pages cannot go stale."""

from collections.abc import Iterable
from datetime import date

from bot.rules.book import Rulebook
from bot.rules.clocks import Clock
from bot.rules.entries import FOREVER_BACK
from bot.rules.why import cite


def rules_table(book: Rulebook, on: date) -> str:
    """Every version of every deadline, oldest first, with its source and how sure it is as of that day."""
    head = ("rule", "since", "counts from", "length", "binds", "source", "confidence")
    clocks = (clock for rule in book.rules.values() for clock in rule.clocks)
    return _table(head, (_row(clock, book, on) for clock in clocks))


def steps_table(book: Rulebook) -> str:
    """The steps with what they need."""
    head = ("no.", "step", "who acts", "follows", "needs", "forms", "confirmed by the office")
    rows = []
    for step in book.entries.steps.values():
        follows = step.during if step.track == "side" else tuple(after.step for after in step.after)
        papers = (book.entries.forms[form].number or "" for form in step.forms)
        row = (step.label, f"`{step.slug}` {step.name}", book.entries.roles[step.by], _list(follows), _list(step.needs))
        rows.append((*row, ", ".join(paper for paper in papers if paper), "yes" if step.confirm else ""))
    return _table(head, rows)


def _row(clock: Clock, book: Rulebook, on: date) -> tuple[str, ...]:
    since = "" if clock.since == FOREVER_BACK else clock.since.isoformat()
    amount = f"{clock.amount} {clock.unit.replace('_', ' ')}"
    mark = book.standing(clock.source, on).mark if _current(clock, book, on) else clock.source.mark
    binds = book.entries.roles[clock.binds]
    return (f"`{clock.rule}`", since, book.entries.events[clock.start], amount, binds, cite(clock.source, book), mark)


def _current(clock: Clock, book: Rulebook, on: date) -> bool:
    return book.clock(clock.rule, on) is clock


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [" | ".join(row) for row in [head, ("---",) * len(head), *rows]]
    return "\n".join(f"| {line} |" for line in lines)
