"""The figures of an attendance as people type them, and whether they fit the list of names."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from bot.rules.meetings import Roll
from bot.vietnamese.fold import clean, fold
from handlers.templates import load

_NUMBER = re.compile(r"\d{1,4}")
NAMES = ("called", "came", "excused", "unexcused")


@cache
def _cues() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """One pattern for all cues, the longest first, and what each stands for."""
    said = load("meetings")["roll"]
    cues = {fold(cue): name for name in NAMES for cue in said[name]}
    longest = sorted(cues, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(re.escape(cue) for cue in longest) + r")\b"), cues


@cache
def cues(name: str) -> Sequence[str]:
    """How people say a figure or a mark."""
    return [str(cue) for cue in load("meetings")["roll"][name]]


@cache
def _around() -> re.Pattern[str]:
    """Words around a name that only say what the name is marked with."""
    said = [*load("meetings")["roll"]["excused"], *load("meetings")["roll"]["unexcused"], *load("meetings")["absent"]]
    return re.compile(
        r"\b(?:" + "|".join(re.escape(fold(word)) for word in sorted(said, key=len, reverse=True)) + r")\b"
    )


def without_cues(text: str) -> str:
    """A name without the words that say how somebody is marked."""
    text, folded = clean(text), fold(text)
    found = [match.span() for match in _around().finditer(folded)] if len(text) == len(folded) else []
    for start, end in reversed(found):
        text = text[:start] + text[end:]
    return " ".join(text.split()).strip(" .:")


def read(text: str) -> dict[str, int]:
    """The figures in a line: each beside its cue, or bare numbers in that order; {}: none."""
    folded = fold(text)
    pattern, known = _cues()
    names = [known[found] for found in pattern.findall(folded)]
    numbers = [int(found) for found in _NUMBER.findall(folded)]
    if not names:
        names = list(NAMES[: len(numbers)])
    if not numbers or len(names) != len(numbers) or len(set(names)) != len(names):
        return {}
    return dict(zip(names, numbers, strict=True))


def misfits(figures: Mapping[str, int], roll: Roll, missing: Sequence[str]) -> list[str]:
    """What does not add up, with the arithmetic: the figures among themselves, then against the names."""
    sums = load("meetings")["sums"]
    parts = [figures.get(name, 0) for name in NAMES[1:]]
    if "called" in figures and "came" in figures and sum(parts) != figures["called"]:
        came, excused, unexcused = parts
        return [
            sums["parts"].format(
                came=came, excused=excused, unexcused=unexcused, sum=sum(parts), called=figures["called"]
            )
        ]
    listed = {"called": roll.called, "came": roll.came, "excused": roll.excused, "unexcused": roll.unexcused}
    names = load("meetings")["figures"]
    wrong = [
        sums["list"].format(name=names[name], typed=figures[name], listed=listed[name])
        for name in NAMES
        if name in figures and figures[name] != listed[name]
    ]
    return [*wrong, sums["tap"].format(missing=", ".join(missing) or sums["nobody"])] if wrong else []
