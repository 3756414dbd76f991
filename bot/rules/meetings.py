"""Branch meetings: on which day, who counts, how many must come and agree, and who has stayed away too often."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from bot.rules.ballots import Ballot, counted, needed
from bot.rules.book import Rulebook
from bot.rules.workdays import WorkCalendar

# All branches meet on the 3rd, or in the first week where that is a day off: CT 50-CT/TW (23/7/2025).
USUAL_DAY = 3
FIRST_WEEK = 7
LAST_DAY = 28
# Materials are put up a day before the meeting: HD 42-HD/BTCTW (28/10/2025).
MATERIALS_BEFORE = 1
# From so many absences in a row on, somebody asks why; at three months without good reason in a year a member is
# struck off: the Statute (2011), article 8.
ASK_AFTER = 2
STRUCK_OFF_AFTER = 3

State = Literal["announced", "present", "online", "excused", "unexcused"]
CAME: tuple[State, ...] = ("present", "online")
MISSED: tuple[State, ...] = ("excused", "unexcused")


@lru_cache(maxsize=1 << 14)
def meeting_day(year: int, month: int, day: int | None, calendar: WorkCalendar) -> date:
    """The day of a month's meeting: the unit's own (1 to 28, None: the 3rd); where that is off, the next working day.

    A day of the first week stays in it: where nothing after it is worked, the nearest working day before it. Should
    the whole week be off (Tet), the first working day after it.
    """
    wanted = date(year, month, min(max(day or USUAL_DAY, 1), LAST_DAY))
    if calendar.works(wanted):
        return wanted
    last = date(year, month, FIRST_WEEK) if wanted.day <= FIRST_WEEK else _last_of(year, month)
    after = (wanted + timedelta(days=ahead) for ahead in range(1, (last - wanted).days + 1))
    before = (wanted - timedelta(days=back) for back in range(1, wanted.day))
    found = next((one for one in (*after, *before) if calendar.works(one)), None)
    return found or calendar.after(last, 1)


def working_days(calendar: WorkCalendar, first: date, count: int) -> list[date]:
    """So many working days from that day on, itself included."""
    before = first - timedelta(days=1)
    return [calendar.after(before, number) for number in range(1, count + 1)]


def _last_of(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def absent_in_a_row(states: Sequence[str]) -> int:
    """How many of the latest meetings somebody has missed, for whatever reason; `states` oldest first."""
    return _run(states, MISSED)


def without_reason_in_a_row(states: Sequence[str]) -> int:
    """The same, without good reason."""
    return _run(states, ("unexcused",))


def _run(states: Sequence[str], wanted: Iterable[str]) -> int:
    count = 0
    for state in reversed(states):
        if state not in wanted:
            break
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Strength:
    """Who a branch counts on. `members`: full members; of these `away` (with papers) and `exempt` count if present.

    `probation`: members without a vote, who are not among `members`.
    """

    members: int
    away: int = 0
    exempt: int = 0
    away_present: int = 0
    exempt_present: int = 0
    probation: int = 0


def counted_of(strength: Strength, book: Rulebook) -> int:
    """How many stand under the fraction at a vote: the rulebook, decision 294 (26/5/2025) 9.3.2."""
    return max(0, counted(_ballot(strength), "branch", book))


def votes_needed(strength: Strength, on: date, book: Rulebook) -> int:
    """How many votes a proposal of the branch needs; as many voters must come for a vote to make sense."""
    return needed(counted_of(strength, book), "branch", on, book)


def _ballot(strength: Strength) -> Ballot:
    figures = {"present": 0, "issued": 0, "returned": 0, "valid": 0, "in_favour": 0}
    outside = {"away": strength.away, "away_present": strength.away_present}
    outside |= {"exempt": strength.exempt, "exempt_present": strength.exempt_present}
    return Ballot(members=strength.members, **figures, **outside)


@dataclass(frozen=True, slots=True)
class Roll:
    """The numbers of an attendance list: how many were called, came, came from afar, stayed away."""

    called: int
    present: int
    online: int
    excused: int
    unexcused: int

    @property
    def came(self) -> int:
        """Who took part, in the room or from afar."""
        return self.present + self.online


def lacking(roll: Roll) -> int:
    """How many are unaccounted for: called, less all that is said of them. 0: the numbers add up."""
    return roll.called - roll.came - roll.excused - roll.unexcused
