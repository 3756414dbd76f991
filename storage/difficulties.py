"""Difficulties that somebody has raised: who handles each, what became of it, what waits, and how many there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, and_, case, func, or_, select, update

from bot.chat import Refusal
from bot.rules.access import Grant, Role, covers, rights
from storage import history
from storage.database import insert
from storage.people import Person, in_charge
from storage.sight import within
from storage.tables import candidates, difficulties, people, units

Level = Literal["branch", "supervisor", "office"]
LEVELS: tuple[Level, ...] = ("branch", "supervisor", "office")
# Nobody has answered these yet.
WAITING = ("open", "handling", "handed_up")
# The level at which each role handles what is raised.
OF_ROLE: Mapping[Role, Level] = {
    "secretary": "branch",
    "deputy": "branch",
    "area_supervisor": "supervisor",
    "office": "office",
}


@dataclass(frozen=True, slots=True)
class Difficulty:
    """One difficulty. `asked_level`: whom it was first meant for; `since`: how long it has waited at its level."""

    id: int
    kind: str
    words: str
    case_code: str | None
    unit_id: int
    unit_name: str
    path: str
    committee_id: int | None
    person_id: int
    person_name: str
    asked_level: Level
    level: Level
    state: str
    raised_on: date
    since: date
    handled_by: int | None
    answer: str | None
    answered_on: date | None
    closed_on: date | None

    @property
    def subject(self) -> str:
        """How the history names it."""
        return f"difficulty:{self.id}"


# How one is read.
FOUND = (
    select(
        difficulties.c.id,
        difficulties.c.kind,
        difficulties.c.words,
        candidates.c.code.label("case_code"),
        difficulties.c.unit_id,
        units.c.name.label("unit_name"),
        units.c.path,
        units.c.committee_id,
        difficulties.c.person_id,
        people.c.name.label("person_name"),
        *(
            difficulties.c[name]
            for name in (
                "asked_level",
                "level",
                "state",
                "raised_on",
                "since",
                "handled_by",
                "answer",
                "answered_on",
                "closed_on",
            )
        ),
    )
    .join_from(difficulties, units, units.c.id == difficulties.c.unit_id)
    .join(people, people.c.id == difficulties.c.person_id)
    .join(candidates, candidates.c.id == difficulties.c.candidate_id, isouter=True)
)


def _one(row: Any) -> Difficulty:
    return Difficulty(*row)


def raise_one(
    connection: Connection, at: datetime, key: str, person: int, unit: int, values: Mapping[str, Any]
) -> int | None:
    """Writes a difficulty: kind, words, level, candidate_id. Gives its number; None when the key was used before."""
    day = at.date()
    row = {
        **values,
        "key": key,
        "person_id": person,
        "unit_id": unit,
        "asked_level": values["level"],
        "state": "open",
        "raised_on": day,
        "since": day,
    }
    made = connection.execute(insert(connection, difficulties).values(**row).on_conflict_do_nothing())
    number = made.inserted_primary_key[0] if made.rowcount and made.inserted_primary_key else None
    if number is None:
        return None
    # The words are in the table and not in the history, from where they could not be taken out.
    told = {"kind": values["kind"], "level": values["level"], "candidate_id": values.get("candidate_id")}
    history.record(connection, at, person, "difficulty.raise", f"difficulty:{number}", unit, None, told)
    return int(number)


def seen_by(connection: Connection, person: Person, number: int) -> Difficulty:
    """The door: one's own, or one that this person handles at its level or above; else there is no such."""
    found = _read(connection, difficulties.c.id == number)
    if not found or (found[0].person_id != person.id and not handles(person, found[0], "asked_level")):
        raise Refusal("difficulties.no_such")
    return found[0]


def handles(person: Person, difficulty: Difficulty, by: Literal["asked_level", "level"] = "level") -> bool:
    """Whether the person may answer it where it is now; by "asked_level" whether it was ever within sight."""
    level = LEVELS.index(getattr(difficulty, by))
    held = [grant for _, grant in rights(person.grants, "handle_difficulty") if rank(grant) >= level]
    return covers(held, "handle_difficulty", difficulty.path, difficulty.committee_id)


def rank(grant: Grant) -> int:
    """How high a role stands among those who handle difficulties; -1 for others."""
    level = OF_ROLE.get(grant.role)
    return LEVELS.index(level) if level else -1


def of_person(connection: Connection, person: int) -> list[Difficulty]:
    """What somebody has raised, the newest first."""
    return _read(connection, difficulties.c.person_id == person)


def _read(connection: Connection, *conditions: Any) -> list[Difficulty]:
    found = FOUND.where(*conditions).order_by(difficulties.c.id.desc())
    return [_one(row) for row in connection.execute(found)]


def handlers_of(connection: Connection, difficulty: Difficulty) -> list[int]:
    """Who answers for it at its level; where there is nobody at that level, who does at the next."""
    for level in LEVELS[LEVELS.index(difficulty.level) :]:
        if found := [p for p in _at_level(connection, difficulty, level) if p != difficulty.person_id]:
            return found
    return []


def _at_level(connection: Connection, difficulty: Difficulty, level: Level) -> list[int]:
    if level == "branch":
        return in_charge(connection, difficulty.unit_id, ("secretary", "deputy"))
    if level == "office":
        return in_charge(connection, difficulty.committee_id or 0, ("office",))
    above = [int(part) for part in difficulty.path.split("/") if part]
    return [p for unit in reversed(above) for p in in_charge(connection, unit, ("area_supervisor",))]


def take(connection: Connection, at: datetime, actor: int, difficulty: Difficulty) -> Difficulty:
    """Somebody sees to it."""
    return _change(connection, at, actor, difficulty, "difficulty.take", state="handling", handled_by=actor)


def answer(connection: Connection, at: datetime, actor: int, difficulty: Difficulty, words: str) -> Difficulty:
    """The answer that goes back to whoever raised it."""
    values = {"state": "answered", "handled_by": actor, "answer": words, "answered_on": at.date()}
    return _change(connection, at, actor, difficulty, "difficulty.answer", **values)


def hand_up(connection: Connection, at: datetime, actor: int, difficulty: Difficulty) -> Difficulty:
    """Gives it to the next level; refuses at the highest."""
    at_now = LEVELS.index(difficulty.level)
    if at_now + 1 == len(LEVELS):
        raise Refusal("difficulties.nobody_above")
    values = {"level": LEVELS[at_now + 1], "state": "handed_up", "since": at.date(), "handled_by": None}
    return _change(connection, at, actor, difficulty, "difficulty.hand_up", **values)


def close(connection: Connection, at: datetime, actor: int, difficulty: Difficulty) -> Difficulty:
    """It is settled."""
    return _change(connection, at, actor, difficulty, "difficulty.close", state="closed", closed_on=at.date())


def reopen(connection: Connection, at: datetime, actor: int, difficulty: Difficulty) -> Difficulty:
    """It is not settled after all: it waits again, from today on."""
    values = {"state": "open", "since": at.date(), "answered_on": None, "closed_on": None}
    return _change(connection, at, actor, difficulty, "difficulty.reopen", **values)


def _change(
    connection: Connection, at: datetime, actor: int, difficulty: Difficulty, action: str, **values: Any
) -> Difficulty:
    table = difficulties.c
    same = and_(table.id == difficulty.id, table.state == difficulty.state, table.level == difficulty.level)
    if not connection.execute(update(difficulties).where(same).values(**values)).rowcount:
        raise Refusal("difficulties.changed_meanwhile")
    before: dict[str, Any] = {"state": difficulty.state, "level": difficulty.level}
    after: dict[str, Any] = {name: values.get(name, said) for name, said in before.items()}
    history.record(connection, at, actor, action, difficulty.subject, difficulty.unit_id, before, after)
    return replace(difficulty, **values)


def waiting_in(connection: Connection, committees: Iterable[int]) -> list[Difficulty]:
    """What waits in the branches of these committees' own, the longest first."""
    found = FOUND.where(units.c.committee_id.in_(list(committees)), difficulties.c.state.in_(WAITING))
    return [_one(row) for row in connection.execute(found.order_by(difficulties.c.since, difficulties.c.id))]


@dataclass(frozen=True, slots=True)
class Counts:
    """Difficulties of one kind: raised and answered in a period, and still waiting at its end."""

    kind: str
    raised: int
    answered: int
    waiting: int


def counts(connection: Connection, path: str, first: date, last: date) -> Sequence[Counts]:
    """By kind, the most raised first, at or below this place from `first` to `last`; kinds without any are left out."""

    def among(condition: Any) -> Any:
        return func.count(case((condition, 1)))

    table = difficulties.c
    answered = func.coalesce(table.answered_on, table.closed_on)
    waits = and_(table.raised_on <= last, or_(answered.is_(None), answered > last))
    found = (
        select(
            table.kind,
            among(table.raised_on.between(first, last)).label("raised"),
            among(answered.between(first, last)).label("answered"),
            among(waits).label("waiting"),
        )
        .join_from(difficulties, units, units.c.id == table.unit_id)
        .where(within(path))
        .group_by(table.kind)
    )
    rows = [Counts(*row) for row in connection.execute(found)]
    told = [row for row in rows if row.raised or row.answered or row.waiting]
    return sorted(told, key=lambda row: (-row.raised, -row.waiting, row.kind))
