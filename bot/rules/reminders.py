"""What is owed to be said of a date on a day: of several stages passed only the latest, and that one once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from bot.rules.book import Rulebook
from bot.rules.reminder_entries import Haste, Recipient, ReminderKind

# Whose business comes first: sorts what one person is told by how near its date is, then by the kind.
_NEAR = (0, 3, 7, 15, 30)
# A unit's own events and customs, apart from the first few ranks, never come before what the law has due this week.
_SOFT_FROM, _SOFT_NEAR = 3, 2
# Nothing goes out on it.
_SUNDAY = 6
MOVED = "moved"
OFF, SHIFT = "remind_off:", "remind_shift:"
HASTES: tuple[Haste, ...] = ("digest", "same_day", "now")


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that has been reached: its name (days after the date, as the data has them), since when, for whom."""

    name: str
    since: date
    to: tuple[Recipient, ...]
    haste: Haste
    rank: int


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said: the stage of a date, to a recipient."""

    due_on: date
    stage: str
    recipient: str


def stage_of(kind: ReminderKind, due_on: date, today: date, shift: int = 0) -> Stage | None:
    """The latest stage that has been reached; None before the first, and once it is not worth saying any more.

    `shift`: by how many days the unit has it earlier (negative: later). The name of a stage does not move with it.
    """
    days = _apart(due_on, today)
    if kind.lapses is not None and days > kind.lapses:
        return None
    reached = [at for at in kind.stages if _day(kind, due_on, at, shift) <= today]
    if not reached:
        return None
    at = reached[-1]
    return Stage(
        str(at),
        _day(kind, due_on, at, shift),
        kind.stages[at],
        kind.haste.get(at, "digest"),
        urgency(kind, days),
    )


def next_look(kind: ReminderKind, due_on: date, today: date, shift: int = 0) -> date | None:
    """The day of the next stage; None when there is none left, or none that would still be said."""
    coming = [day for at in kind.stages if (day := _day(kind, due_on, at, shift)) > today]
    if not coming or (kind.lapses is not None and _apart(due_on, coming[0]) > kind.lapses):
        return None
    return coming[0]


def _day(kind: ReminderKind, due_on: date, at: int, shift: int) -> date:
    """The day of a stage. What must be heard the day before, as a class of tomorrow, is not left to a Sunday."""
    day = due_on + timedelta(days=at - shift)
    early = at < 0 and kind.haste.get(at) == "same_day" and day.weekday() == _SUNDAY
    return day - timedelta(days=1) if early else day


def _apart(due_on: date, today: date) -> int:
    return (today - due_on).days


def urgency(kind: ReminderKind, days: int) -> int:
    """How a thing is sorted on a day so many days after its date: what is due before what is coming."""
    near = next((place for place, ahead in enumerate(_NEAR) if -days <= ahead), len(_NEAR))
    soft = kind.rank >= _SOFT_FROM and (kind.event is not None or kind.optional)
    return (max(near, _SOFT_NEAR) if soft else near) * 10 + kind.rank


def owed(
    kind: ReminderKind, due_on: date, today: date, said: Collection[Said] = (), shift: int = 0
) -> list[tuple[Stage, Recipient]]:
    """Who is to be told what on this day: the latest stage that has been reached, to everybody not told of it yet."""
    stage = stage_of(kind, due_on, today, shift)
    if stage is None:
        return []
    return [(stage, to) for to in stage.to if Said(due_on, stage.name, to) not in said]


def told_before(kind: ReminderKind, recipient: Recipient) -> tuple[Recipient, ...]:
    """Who was told before this recipient came in: those of the stages before its first."""
    for to in kind.stages.values():
        if recipient in to:
            return to[: to.index(recipient)]
    return ()


@lru_cache(maxsize=8)
def kinds_by_rule(book: Rulebook) -> Mapping[str, tuple[str, ReminderKind]]:
    """Rule of a deadline -> the kind that reminds of it, with its slug."""
    return {rule: (slug, kind) for slug, kind in book.entries.reminders.items() for rule in kind.rules}


@lru_cache(maxsize=8)
def kinds_by_event(book: Rulebook) -> Mapping[str, tuple[tuple[str, ReminderKind], ...]]:
    """A unit's event -> the kinds that remind of it."""
    found: dict[str, tuple[tuple[str, ReminderKind], ...]] = {}
    for slug, kind in book.entries.reminders.items():
        if kind.event:
            found[kind.event] = (*found.get(kind.event, ()), (slug, kind))
    return found


def is_off(slug: str, kind: ReminderKind, local: Mapping[str, int]) -> bool:
    """Whether the unit has switched this kind off; one that may not be is never off."""
    return kind.optional and bool(local.get(OFF + slug))


def shift_of(slug: str, kind: ReminderKind, local: Mapping[str, int]) -> int:
    """By how many days the unit has this kind earlier (negative: later), within its bounds."""
    return max(-kind.later, min(kind.earlier, local.get(SHIFT + slug, 0)))
