"""Ranks branches by points: what was set is reached first, more than that next; a percentage never weighs by size.

A branch of nine members that admits its one is level with a branch of ninety that admits its four: both have reached
what was theirs to reach. Who goes beyond gets points for whole persons, not for per cent. Equal points, equal rank.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.rules.figures import Figures

WEIGHTS = ("rank_target", "rank_sources", "rank_beyond", "rank_timely")
# So many admitted beyond the target earn all of those points, and so many overdue dates lose all of theirs.
MOST = 3


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit's points, of so many, and its rank; `tied`: others have the same."""

    unit_id: int
    points: int
    rank: int
    tied: bool = False


def points(figures: Figures, weights: Mapping[str, int]) -> int:
    """The points of one branch, rounded to whole ones."""
    target = _wanted(figures.admitted_target, figures)
    reached = {
        "rank_target": _part(figures.admitted, target),
        "rank_sources": _part(figures.new_sources, _wanted(figures.sources_target, figures)),
        "rank_beyond": min(MOST, max(0, figures.admitted - target)) / MOST,
        "rank_timely": max(0, MOST - figures.overdue) / MOST,
    }
    return round(sum(weights[name] * part for name, part in reached.items()))


def _wanted(target: int | None, figures: Figures) -> int:
    """Where nobody set a target for a year: one a year, for each branch; for a shorter period: none."""
    if target is not None:
        return target
    return max(1, figures.branches) if figures.period.kind == "year" else 0


def _part(number: int, wanted: int) -> float:
    return min(1.0, number / wanted) if wanted > 0 else 1.0


def ranked(found: Iterable[Figures], weights: Mapping[str, int]) -> list[Ranked]:
    """The units in order, those with equal points side by side: 1, 2, 2, 4."""
    given = sorted(((points(one, weights), one.unit_id) for one in found), key=lambda pair: -pair[0])
    alike, ahead, ranks = Counter(number for number, _ in given), 1, dict[int, int]()
    for number, count in alike.items():
        ranks[number], ahead = ahead, ahead + count
    return [Ranked(unit, number, ranks[number], alike[number] > 1) for number, unit in given]


def commended(figures: Figures) -> bool:
    """Whether a branch did all that was set and leaves nothing lying: admissions, sources, no date overdue."""
    enough = figures.admitted >= max(1, _wanted(figures.admitted_target, figures))
    sources = figures.new_sources >= max(1, _wanted(figures.sources_target, figures))
    return enough and sources and figures.overdue == 0
