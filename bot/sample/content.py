"""What the sample is made of: the files beside this one, and names put together by chance."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

_FOLDER = Path(__file__).parent
_SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def content(name: str) -> Mapping[str, Any]:
    """One of the YAML files, by its name without ending."""
    read = yaml.load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=_SAFE)  # noqa: S506
    return dict(read)


class Names:
    """Gives a new name every time; `taken` are never given."""

    def __init__(self, chance: Random, taken: Sequence[str] = ()) -> None:
        self._chance = chance
        self._parts = content("names")
        self._taken = set(taken)

    def give(self, sex: str) -> str:
        """A name that nobody has yet. Where all simple ones are gone, one more middle name tells people apart."""
        for more in (0, 0, 0, 0, 1, 1, 1, 2, 2, 3):
            name = self._name(sex, more)
            if name not in self._taken:
                break
        while name in self._taken:
            name = self._name(sex, 3)
        self._taken.add(name)
        return name

    def _name(self, sex: str, more: int) -> str:
        family = self._chance.choice(self._parts["families"])
        middles = dict.fromkeys(self._chance.choice(self._parts[sex]["middles"]) for _ in range(1 + more))
        return " ".join((family, *middles, self._chance.choice(self._parts[sex]["given"])))


def between(chance: Random, limits: Sequence[int]) -> int:
    """A whole number between two limits, both included."""
    return chance.randint(limits[0], limits[1])


def by_weight(chance: Random, weights: Mapping[str, int]) -> str:
    """One of the keys, each as likely as its weight."""
    return chance.choices(list(weights), list(weights.values()))[0]


def days_from(day: date, days: int) -> date:
    """The day so many days later; before it for a negative number."""
    return day + timedelta(days=days)
