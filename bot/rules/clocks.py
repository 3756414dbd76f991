"""A deadline as the sums need it: a rule, and one clock for each version of it."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from bot.rules.entries import DeadlineVersion, Kind, Unit


# Both are compared by identity, so that dates worked out once can be kept under them.
@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """One version of a deadline. `id`: the rule's slug and the day the version came into force; kept with dates."""

    id: str
    rule: str
    since: date
    start: str
    after: str | None
    amount: int
    unit: Unit
    local: str | None
    binds: str
    kind: Kind
    source: DeadlineVersion

    def length(self, amount: int | None = None) -> int:
        """The amount set by the unit where the rule lets it, else the rule's own."""
        return self.amount if amount is None or self.local is None else amount


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A deadline with its clocks, oldest first.

    `longer` is the rule in its place once the extension is granted. `usual_start` is the event that starts every
    version and chooses among them; None where another event or another rule has a say.
    """

    slug: str
    name: str
    kind: Kind
    binds: str
    during: tuple[str, ...]
    ends: tuple[str, ...]
    governed_by: str | None
    profile: str | None
    clocks: tuple[Clock, ...]
    since: tuple[date, ...]
    longer: "Rule | None" = None
    usual_start: str | None = None

    def at(self, day: date) -> Clock | None:
        """The version in force on that day; None before the first one."""
        found = bisect_right(self.since, day)
        return self.clocks[found - 1] if found else None
