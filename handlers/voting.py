"""The figures of a vote as people type them: in one line, in any order, or one number after the other."""

import re
from collections.abc import Mapping
from functools import cache

from bot.chat import Refusal
from bot.rules.ballots import Ballot
from bot.rules.book import Rulebook
from bot.vietnamese.fold import clean, fold
from handlers.templates import load

NEEDED = ("members", "present", "issued", "returned", "valid", "in_favour")
_NUMBER = re.compile(r"\d{1,5}")


@cache
def _cues() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """One pattern for all cues, the longest first, and what each stands for."""
    cues = {fold(cue): name for name, said in load("fillings")["ballot"].items() for cue in said}
    longest = sorted(cues, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(re.escape(cue) for cue in longest) + r")\b"), cues


def read(text: str, known: Mapping[str, int]) -> dict[str, int]:
    """The figures known so far with those in the text; bare numbers go to what is still open, in order."""
    folded = fold(text)
    pattern, cues = _cues()
    names = [cues[found] for found in pattern.findall(folded)]
    numbers = [int(found) for found in _NUMBER.findall(folded)]
    if not names:
        names = lacking(known)[: len(numbers)]
    if not numbers or len(names) != len(numbers) or len(set(names)) != len(names):
        raise Refusal("filling.no_ballot", words=clean(text)[:60])
    return {**known, **dict(zip(names, numbers, strict=True))}


def lacking(known: Mapping[str, int]) -> list[str]:
    """The figures without which there is no result."""
    return [name for name in NEEDED if name not in known]


def lacking_names(known: Mapping[str, int], book: Rulebook) -> list[str]:
    """The same in words."""
    return [book.entries.ballots.names[name] for name in lacking(known)]


def named(known: Mapping[str, int], book: Rulebook) -> list[str]:
    """The figures in words, in the order of a count."""
    names = book.entries.ballots.names
    ordered = [name for name in names if name in known]
    return [f"{names[name]}: {known[name]}" for name in ordered]


def ballot(known: Mapping[str, int] | None) -> Ballot | None:
    """The vote, once all its figures are there."""
    return Ballot(**known) if known and not lacking(known) else None
