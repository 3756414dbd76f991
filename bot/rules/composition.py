"""Shares of a whole as the papers of committees give them: number and per cent with two decimals, most first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.rules.grouping import grouping


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole; parts may overlap where one person is in several groups."""

    name: str
    count: int
    whole: int

    @property
    def percent(self) -> float:
        """Its share in per cent."""
        return self.count * 100 / self.whole if self.whole else 0.0


def parts(counts: Iterable[tuple[str, int]], whole: int) -> list[Part]:
    """Counts with the same name joined, the largest first, what is not noted last."""
    joined: dict[str, int] = {}
    for name, count in counts:
        joined[name] = joined.get(name, 0) + count
    unknown = grouping().unknown
    order = sorted(joined.items(), key=lambda pair: (pair[0] == unknown, -pair[1], pair[0]))
    return [Part(name, count, whole) for name, count in order if count]


def by_schooling(counts: Mapping[str | None, int], whole: int) -> list[Part]:
    """Schooling by its levels."""
    levels = {slug: name for name, slugs in grouping().schooling.values() for slug in slugs}
    return parts(((levels.get(slug or "", grouping().unknown), count) for slug, count in counts.items()), whole)


def by_age(counts: Mapping[int | None, int], whole: int) -> list[Part]:
    """Ages by their bands, the youngest first."""
    order = [name for _, name in grouping().ages]
    found = parts(((grouping().age(age), count) for age, count in counts.items()), whole)
    return sorted(found, key=lambda part: order.index(part.name) if part.name in order else len(order))


def by_name(names: Mapping[str, str], counts: Mapping[str, int] | Mapping[str | None, int], whole: int) -> list[Part]:
    """Slugs by their names; one without a name is told as it is."""
    unknown = grouping().unknown
    return parts(((names.get(slug, slug) if slug else unknown, count) for slug, count in counts.items()), whole)


def by_organisation(counts: Iterable[tuple[str, int]], whole: int) -> list[Part]:
    """Who introduced them, by organisation; the words folded, "" where nothing was noted."""
    found = ((grouping().organisation(said), count) for said, count in counts)
    return parts(((one.name if one else grouping().unknown, count) for one, count in found), whole)
