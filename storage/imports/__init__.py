"""Takes in the office's workbook within one unit of work: all of it or nothing, and only what is news.

An empty cell says nothing. A line that is missing says nothing either: roles, help and cases are ended in the chat.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.reports.lines import SHEETS, Problem, Sheet, Workbook
from storage import invitations
from storage.imports import candidates, people, targets, units
from storage.imports.candidates import Listings
from storage.imports.known import load
from storage.imports.people import Members
from storage.imports.targets import Goals
from storage.imports.units import Places
from storage.people import Person


@dataclass(frozen=True, slots=True)
class Invited:
    """A new person's invitation code; shown once and kept nowhere."""

    person: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a workbook. With any problem nothing was saved, and all numbers are 0."""

    created: Mapping[Sheet, int]
    updated: Mapping[Sheet, int]
    unchanged: Mapping[Sheet, int]
    problems: tuple[Problem, ...]
    invitations: tuple[Invited, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything could be taken in."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Plan:
    """The four sheets, each compared with what is known."""

    places: Places
    members: Members
    listings: Listings
    goals: Goals
    problems: tuple[Problem, ...]


def check(
    connection: Connection, at: datetime, book: Workbook, steps: Sequence[str], sender: Person | None = None
) -> Outcome:
    """What `take_in` would do; changes nothing."""
    return _outcome(_plan(connection, at, book, steps, sender))


def take_in(
    connection: Connection,
    at: datetime,
    book: Workbook,
    steps: Sequence[str],
    sender: Person | None = None,
    *,
    invite: bool = True,
) -> Outcome:
    """Takes in the whole workbook, or nothing of it when there is a problem.

    `at` is aware, in the office's zone. `steps` are the slugs in the order in which a case takes them. `sender` reaches
    no further than the right to import does; None is the operator at the command line, who reaches everything. Without
    `invite` the new people get no codes: these are made one by one, where they can be handed over.
    """
    plan = _plan(connection, at, book, steps, sender)
    if plan.problems:
        return _outcome(plan)
    actor = sender.id if sender else None
    units.apply(connection, at, actor, plan.places)
    new = people.apply(connection, at, actor, plan.places, plan.members)
    candidates.apply(connection, at, actor, plan.places, plan.members, plan.listings)
    targets.apply(connection, at, actor, plan.places, plan.goals)
    coded = new if invite else []
    made = [(member, invitations.make(connection, at, plan.members.ids[member.key], actor)) for member in coded]
    return _outcome(plan, tuple(Invited(member.code, member.name or "", made.code) for member, made in made))


def _plan(connection: Connection, at: datetime, book: Workbook, steps: Sequence[str], sender: Person | None) -> Plan:
    known = load(connection, sender)
    places = units.plan(known, book)
    members = people.plan(known, book, places)
    listings = candidates.plan(known, book, places, members, steps, at.date())
    goals = targets.plan(known, book, places)
    found = (*book.problems, *places.problems, *members.problems, *listings.problems, *goals.problems)
    return Plan(places, members, listings, goals, _sorted(found))


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By sheet and row, as somebody goes through the file to mend it."""

    def place(problem: Problem) -> tuple[int, int]:
        return SHEETS.index(problem.sheet) if problem.sheet else -1, problem.row or 0

    return tuple(sorted(problems, key=place))


def _outcome(plan: Plan, invited: tuple[Invited, ...] = ()) -> Outcome:
    told: Mapping[Sheet, list[str]] = {
        "units": [units.outcome(plan.places, place) for place in plan.places.by_key.values() if place.line],
        "people": [member.outcome for member in plan.members.by_key.values()],
        "candidates": [listing.outcome for listing in plan.listings.listings],
        "targets": [goal.outcome for goal in plan.goals.goals],
    }
    counts = {sheet: Counter(() if plan.problems else outcomes) for sheet, outcomes in told.items()}
    created, updated, unchanged = (
        {sheet: counts[sheet][outcome] for sheet in SHEETS} for outcome in ("created", "updated", "unchanged")
    )
    return Outcome(created, updated, unchanged, plan.problems, invited)
