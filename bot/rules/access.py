"""Who may see and do what: one table, role by action, each with how far it reaches."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Role = Literal[
    "office", "organisation_board", "area_supervisor", "inspection", "secretary", "deputy", "member", "guest"
]
Action = Literal[
    "ask",
    "see_case",
    "see_full_name",
    "log_contact",
    "nominate",
    "decide_nomination",
    "assign_helper",
    "record_step",
    "confirm_step",
    "see_people",
    "invite",
    "change_units",
    "import_workbook",
    "see_counts",
    "set_target",
    "see_history",
    "see_meeting",
    "hold_meeting",
    "hold_class",
    "enrol",
    "announce",
    "raise_difficulty",
    "handle_difficulty",
    "survey_sources",
    "export",
    "see_sensitive",
    "see_deliveries",
    "write_report",
    "take_in_report",
    "oversee",
    "help_branch",
    "note_positions",
]


class Reach(IntEnum):
    """How far a right reaches; a wider reach has the larger number."""

    NONE = 0
    # Candidates whom the person is assigned to help, and what the person wrote.
    OWN = 1
    # The unit of the role and everything below it.
    UNIT = 2
    # Everything below the unit down to the next committee: a province does not read the files of its communes.
    COMMITTEE = 3
    # The whole tree below the unit.
    SUBTREE = 4


_N, _O, _U, _C, _S = Reach.NONE, Reach.OWN, Reach.UNIT, Reach.COMMITTEE, Reach.SUBTREE

ROLES: tuple[Role, ...] = (
    "office",
    "organisation_board",
    "area_supervisor",
    "inspection",
    "secretary",
    "deputy",
    "member",
    "guest",
)

# fmt: off
TABLE: dict[Action, tuple[Reach, ...]] = {
    #                     office board supervisor inspection secretary deputy member guest
    "ask":               (_S,    _S,   _S,        _S,        _S,       _S,    _S,    _S),
    "see_case":          (_C,    _C,   _U,        _C,        _U,       _U,    _O,    _N),
    "see_full_name":     (_C,    _N,   _O,        _N,        _U,       _U,    _O,    _N),
    "log_contact":       (_O,    _O,   _O,        _N,        _U,       _U,    _O,    _N),
    "nominate":          (_C,    _C,   _U,        _N,        _U,       _U,    _U,    _N),
    "decide_nomination": (_C,    _N,   _N,        _N,        _U,       _U,    _N,    _N),
    "assign_helper":     (_C,    _N,   _N,        _N,        _U,       _U,    _N,    _N),
    "record_step":       (_C,    _N,   _N,        _N,        _U,       _U,    _O,    _N),
    "confirm_step":      (_C,    _N,   _N,        _N,        _N,       _N,    _N,    _N),
    "see_people":        (_C,    _C,   _U,        _C,        _U,       _U,    _N,    _N),
    "invite":            (_C,    _N,   _N,        _N,        _U,       _U,    _N,    _N),
    "change_units":      (_C,    _N,   _N,        _N,        _N,       _N,    _N,    _N),
    "import_workbook":   (_C,    _N,   _N,        _N,        _N,       _N,    _N,    _N),
    "see_counts":        (_S,    _S,   _U,        _S,        _U,       _U,    _N,    _N),
    "set_target":        (_C,    _C,   _N,        _N,        _N,       _N,    _N,    _N),
    "see_history":       (_C,    _N,   _N,        _C,        _N,       _N,    _N,    _N),
    "see_meeting":       (_C,    _C,   _U,        _C,        _U,       _U,    _U,    _N),
    "hold_meeting":      (_C,    _N,   _N,        _N,        _U,       _U,    _N,    _N),
    "hold_class":        (_C,    _N,   _N,        _N,        _N,       _N,    _N,    _N),
    "enrol":             (_C,    _N,   _N,        _N,        _U,       _U,    _N,    _N),
    "announce":          (_C,    _N,   _N,        _N,        _U,       _U,    _N,    _N),
    "raise_difficulty":  (_C,    _C,   _U,        _N,        _U,       _U,    _U,    _N),
    "handle_difficulty": (_C,    _N,   _U,        _N,        _U,       _U,    _N,    _N),
    "survey_sources":    (_N,    _N,   _N,        _N,        _U,       _U,    _N,    _N),
    "export":            (_C,    _C,   _U,        _C,        _U,       _U,    _N,    _N),
    "see_sensitive":     (_C,    _N,   _N,        _N,        _N,       _N,    _N,    _N),
    "see_deliveries":    (_C,    _N,   _N,        _N,        _U,       _U,    _N,    _N),
    "write_report":      (_C,    _N,   _N,        _N,        _U,       _U,    _N,    _N),
    "take_in_report":    (_C,    _C,   _N,        _N,        _N,       _N,    _N,    _N),
    "oversee":           (_C,    _C,   _N,        _C,        _N,       _N,    _N,    _N),
    "help_branch":       (_C,    _C,   _U,        _N,        _U,       _U,    _N,    _N),
    "note_positions":    (_C,    _N,   _N,        _N,        _U,       _U,    _N,    _N),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one unit. `path` is the unit's place in the tree; `committee`: the unit is a committee itself."""

    role: Role
    unit_id: int
    unit_name: str
    path: str
    committee: bool = False


def reach(role: Role, action: Action) -> Reach:
    """How far this role's right to this action reaches."""
    return TABLE[action][ROLES.index(role)]


def rights(grants: Iterable[Grant], action: Action) -> list[tuple[Reach, Grant]]:
    """The grants that allow the action, each with its reach."""
    return [(far, grant) for grant in grants if (far := reach(grant.role, action)) > Reach.NONE]


def may(grants: Iterable[Grant], action: Action) -> bool:
    """Whether the action is open to these roles anywhere at all."""
    return any(reach(grant.role, action) > Reach.NONE for grant in grants)


def covers(grants: Iterable[Grant], action: Action, path: str, committee_id: int | None, *, own: bool = False) -> bool:
    """Whether the action is allowed on something in the unit at `path` whose nearest committee is `committee_id`.

    `own` says that it is the person's own: a candidate the person helps, an entry the person wrote.
    """
    return any(_covers(far, grant, path, committee_id, own) for far, grant in rights(grants, action))


def _covers(far: Reach, grant: Grant, path: str, committee_id: int | None, own: bool) -> bool:
    below = path.startswith(grant.path)
    if far == Reach.OWN:
        return own
    if far == Reach.COMMITTEE:
        return below and (committee_id == grant.unit_id or not grant.committee)
    return below


def may_let_in(grants: Iterable[Grant], theirs: Iterable[Grant]) -> bool:
    """Whether a holder of `grants` may hand out a code for somebody with the roles `theirs`.

    Whoever joins by it has them all. So each must lie at or below the holder's own unit and give nothing more there;
    only the office, which appoints, lets in everybody below.
    """
    held = [grant for _, grant in rights(grants, "invite")]
    return all(any(_outranks(grant, other) for grant in held) for other in theirs)


def _outranks(grant: Grant, other: Grant) -> bool:
    if not other.path.startswith(grant.path):
        return False
    return grant.role == "office" or all(reach(other.role, action) <= reach(grant.role, action) for action in TABLE)


def printed() -> str:
    """The table as a person reads it: one row an action, one column a role."""
    rows = [("action", *ROLES), *((action, *(far.name.lower() for far in line)) for action, line in TABLE.items())]
    widths = [max(len(row[i]) for row in rows) for i in range(len(ROLES) + 1)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


_EXPLAINED = """\
# Who may see and do what

Written by `python -m bot.rules.access`; the table itself is `TABLE` in `bot/rules/access.py`, and a test
holds the two together.

```
{table}
```

- `none`: not at all.
- `own`: candidates whom the person is assigned to help, and what the person wrote or proposed.
- `unit`: the unit of the role and everything below it.
- `committee`: everything below the unit down to the next committee. A province does not read the files of its communes.
- `subtree`: the whole tree below the unit.

Whoever has no right to a thing is told the same as if it did not exist. Roles of one person add up.
A code lets somebody in with all roles that the person holds, so it is made only by a holder of roles
that give at least as much in the same place, or by the office. Where a unit stands in the tree is
decided by the office of the unit above it.

`see_sensitive` are the columns of an exported file that hold phone numbers, days of birth and groups. A difficulty is
seen by whoever raised it and by those who handle it at its level or above: what a member sends straight to the office
is not seen in the branch.
"""


def document() -> str:
    """The table with what its words mean, as docs/access.md holds it."""
    return _EXPLAINED.format(table=printed())


if __name__ == "__main__":
    sys.stdout.write(document())
