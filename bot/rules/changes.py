"""A change to a case as a value: what was before and what is after, so that a history can be told and undone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from bot.rules.facts import CaseFacts

ChangeKind = Literal[
    "forward", "side", "short", "amend", "extend", "back", "leave", "return", "away", "transfer", "arrive", "undo"
]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a case's history.

    `dates_before` and `dates_after` hold only the events that changed; None: not recorded. `before` and `after` hold
    the other facts that changed, by name. `reason` is a slug (a reason for sending back, an exit), never a text.
    """

    kind: ChangeKind
    step: str
    on: date
    dates_before: Mapping[str, date | None]
    dates_after: Mapping[str, date | None]
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def changed(
    facts: CaseFacts,
    kind: ChangeKind,
    on: date,
    dates: Mapping[str, date | None],
    reason: str = "",
    at: str | None = None,
    **after: Any,
) -> Change:
    """The change that sets these dates (None: takes them away) and these facts; `at`: the step it is about."""
    dates_after = {event: day for event, day in dates.items() if facts.dates.get(event) != day}
    dates_before = {event: facts.dates.get(event) for event in dates_after}
    before = {name: getattr(facts, name) for name in after}
    return Change(kind, at or facts.step, on, dates_before, dates_after, before, after, reason)


def apply(facts: CaseFacts, change: Change) -> CaseFacts:
    """The case after the change."""
    dates = {event: day for event, day in {**facts.dates, **change.dates_after}.items() if day is not None}
    return replace(facts, dates=dates, **change.after)


def undone(change: Change, on: date) -> Change:
    """The change that takes this one back; it is a line of the history of its own."""
    swapped = replace(change, dates_before=change.dates_after, dates_after=change.dates_before)
    return replace(swapped, kind="undo", on=on, before=change.after, after=change.before)


def told(start: CaseFacts, history: Iterable[Change]) -> CaseFacts:
    """Where a case stands once its whole history has been told."""
    for change in history:
        start = apply(start, change)
    return start
