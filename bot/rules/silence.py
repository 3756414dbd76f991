"""The silence radar: candidates whom nobody has met for too long, in the order of what that costs the plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.rules.attention import CONTACT_EVERY
from bot.rules.durations import View
from bot.rules.forecast import Prospect, Verdict


@dataclass(frozen=True, slots=True)
class Silent:
    """A candidate whom nobody has met for `days`.

    `verdict` for the period (None: past the admission, or off the road). `next_by`: the last day of the next step that
    still makes the period; `slack`: days between when that step is expected and then, None where it is not to make it.
    """

    case: int
    code: str
    days: int
    verdict: Verdict | None
    following: str | None
    next_by: date | None
    slack: int | None

    @property
    def costly(self) -> bool:
        """Whether another month of silence would cost an admission of this period."""
        return self.slack is not None and self.slack < CONTACT_EVERY


_WORTH: Mapping[Verdict | None, int] = {"likely": 1, "hurry": 2, "cannot": 3, None: 4}


def radar(
    silent: Iterable[tuple[int, str, int]], prospects: Mapping[int, Prospect], view: View, end: date
) -> list[Silent]:
    """`silent`: (case, code, days). First who would be lost to the period, then the nearest to it, then the longest."""
    found = [_silent(case, code, days, prospects.get(case), view, end) for case, code, days in silent]
    return sorted(found, key=_order)


def _silent(case: int, code: str, days: int, prospect: Prospect | None, view: View, end: date) -> Silent:
    if prospect is None:
        return Silent(case, code, days, None, None, None, None)
    verdict, last = prospect.verdict(view, end), prospect.next_by[view]
    slack = (last - prospect.following_on[view]).days if verdict == "likely" and last else None
    return Silent(case, code, days, verdict, prospect.following, last if slack is not None else None, slack)


def _order(one: Silent) -> tuple[int, int, int, int]:
    worth = 0 if one.costly else _WORTH[one.verdict]
    return worth, one.slack if one.slack is not None else 0, -one.days, one.case
