"""The door to branch meetings: which meeting of which branch a button means, and what this person may do with it."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from bot.chat import Choice, Refusal
from bot.rules.access import Action, covers
from handlers.commands import Context
from handlers.templates import load
from storage import meetings, sight, units
from storage.meetings import Meeting
from storage.units import Unit

# "12-202612" is the regular meeting of unit 12 in December 2026, with a "c" behind it the thematic one.
_REF = re.compile(r"(\d{1,9})-(\d{4})(0[1-9]|1[0-2])(c?)")
BRANCH = "branch"
IN_GROUPS = ("member", "secretary", "deputy")


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting with its branch; `leads`: this person prepares and records it."""

    unit: Unit
    meeting: Meeting
    leads: bool

    @property
    def ref(self) -> str:
        """How buttons name it."""
        return ref_of(self.meeting)


def ref_of(meeting: Meeting) -> str:
    """How buttons name a meeting."""
    return f"{meeting.unit_id}-{meeting.month:%Y%m}{'c' if meeting.kind == 'thematic' else ''}"


def sitting_for(context: Context, ref: str, action: Action = "see_meeting") -> Sitting:
    """The door: a stranger's meeting and one that there is not read the same."""
    found = _REF.fullmatch(ref.strip())
    unit = unit_of(context, int(found[1])) if found else None
    if found is None or unit is None or not 2000 <= int(found[2]) <= 2100:
        raise Refusal("meetings.no_such_meeting")
    month = date(int(found[2]), int(found[3]), 1)
    meeting = meetings.plan_of(context.connection, unit.id, month, "thematic" if found[4] else "regular")
    if meeting is None:
        raise Refusal("meetings.no_such_meeting")
    if action != "see_meeting":
        only_for(context, unit, action)
    return Sitting(unit, meeting, leads(context, unit))


def led(context: Context, ref: str) -> Sitting:
    """The same for whoever prepares and records it."""
    return sitting_for(context, ref, "hold_meeting")


def leads(context: Context, unit: Unit) -> bool:
    """Whether this person prepares and records the branch's meetings."""
    return covers(context.me.grants, "hold_meeting", unit.path, unit.committee_id)


def only_for(context: Context, unit: Unit, action: Action) -> None:
    """Refuses those who may not do this in the branch."""
    if not covers(context.me.grants, action, unit.path, unit.committee_id):
        raise Refusal("access.not_your_role")


def unit_of(context: Context, number: int) -> Unit | None:
    """A branch in sight by its number; None: there is none."""
    return next((unit for unit in branches_in_sight(context) if unit.id == number), None)


def led_unit(context: Context, word: str) -> Unit:
    """A branch whose meetings this person prepares, by the number in a button."""
    unit = unit_of(context, int(word)) if word.isdecimal() and len(word) <= 9 else None
    if unit is None:
        raise Refusal("meetings.no_such_meeting")
    only_for(context, unit, "hold_meeting")
    return unit


def branches_in_sight(context: Context) -> list[Unit]:
    """Branches whose meetings this person may see; whoever is in a party group meets with the branch above it."""
    reached = sight.units_open_to(context.me, "see_meeting")
    found = [unit for unit in units.open_units(context.connection, reached) if unit.kind == BRANCH]
    known = {unit.id for unit in found}
    for grant in context.me.grants:
        above = _branch_above(context, grant.unit_id) if grant.role in IN_GROUPS else None
        if above is not None and above.id not in known:
            known.add(above.id)
            found.append(above)
    return sorted(found, key=lambda unit: (unit.ordered, unit.id))


def _branch_above(context: Context, number: int) -> Unit | None:
    unit = units.by_id(context.connection, number)
    while unit.kind == "group" and unit.parent_id is not None:
        unit = units.by_id(context.connection, unit.parent_id)
    return unit if unit.kind == BRANCH and unit.closed_on is None else None


def belongs(context: Context, unit: Unit) -> bool:
    """Whether this person is a member of the branch, and not only somebody who looks at it."""
    return any(grant.role in IN_GROUPS and grant.path.startswith(unit.path) for grant in context.me.grants)


@cache
def _words() -> dict[str, Any]:
    return load("meetings")


def words_of(name: str) -> dict[str, Any]:
    """One list of the words for meetings: slug -> what it is called."""
    return dict(_words()[name])


def listed_words(name: str) -> list[str]:
    """A list of words that people type."""
    return [str(word) for word in _words()[name]]


def word(name: str) -> str:
    """A single word."""
    return str(_words()[name])


def to_meeting(ref: str) -> list[Choice]:
    """The way back to the meeting."""
    return [Choice("to_meeting", f"/hop {ref}")]


def shown(sitting: Sitting) -> dict[str, Any]:
    """What every sentence about a meeting says of it."""
    meeting = sitting.meeting
    return {
        "unit": sitting.unit.name,
        "kind": words_of("kinds")[meeting.kind],
        "theme": words_of("themes").get(meeting.theme or ""),
        "month": meeting.month,
        "on": meeting.day,
        "time": meeting.time,
        "place": meeting.place,
        "state": meeting.state,
    }
