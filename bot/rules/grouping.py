"""How figures are grouped for people to read: stages, organisations, schooling, ages, areas; from grouping.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Organisation:
    """A mass organisation that introduces candidates; `cues` are folded words that stand for it."""

    slug: str
    name: str
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Names and members of every grouping, in the order in which they are told."""

    stages: Mapping[str, tuple[str, tuple[str, ...]]]
    organisations: tuple[Organisation, ...]
    positions: tuple[str, ...]
    schooling: Mapping[str, tuple[str, tuple[str, ...]]]
    ages: tuple[tuple[int, str], ...]
    sexes: Mapping[str, str]
    areas: Mapping[str, str]
    unknown: str
    ranking: Mapping[str, str]

    def organisation(self, said: str) -> Organisation | None:
        """Which organisation folded words mean; None: there are none. The last one stands for all others."""
        if not said:
            return None
        found = (one for one in self.organisations if any(cue in said for cue in one.cues))
        return next(found, self.organisations[-1])

    def age(self, years: int | None) -> str:
        """The band of an age in years."""
        fitting = [name for least, name in self.ages if years is not None and years >= least]
        return fitting[-1] if fitting else (self.ages[0][1] if years is not None else self.unknown)


@cache
def grouping() -> Grouping:
    """The groupings, read once."""
    raw: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "grouping.yaml").read_text(encoding="utf-8"))
    return Grouping(
        {slug: (entry["name"], tuple(entry["steps"])) for slug, entry in raw["stages"].items()},
        tuple(Organisation(slug, one["name"], tuple(one["cues"])) for slug, one in raw["organisations"].items()),
        tuple(raw["positions"]),
        {slug: (entry["name"], tuple(entry["of"])) for slug, entry in raw["schooling"].items()},
        tuple((int(least), str(name)) for least, name in raw["ages"].items()),
        raw["sexes"],
        raw["areas"],
        raw["unknown"],
        raw["ranking"],
    )


def stage_counts(by_step: Mapping[str, int]) -> dict[str, int]:
    """Open cases by stage, in order."""
    return {slug: sum(by_step.get(step, 0) for step in steps) for slug, (_, steps) in grouping().stages.items()}
