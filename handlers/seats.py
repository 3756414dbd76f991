"""How people say how many positions there are and how many of their holders are members, and of which kind."""

import re
from functools import cache
from typing import Any

from bot.chat import Refusal
from bot.rules.positions import Seats, catalogue
from bot.vietnamese.fold import clean, fold
from handlers.templates import load

MOST = 100_000
# "4/9": members of holders; "4/8/9": members, holders, positions.
_PARTS = re.compile(r"\d+(?:\s*[/\\,;:\-]\s*\d+|\s+\d+|\s+tren\s+\d+){1,2}")
_NUMBER = re.compile(r"\d+")


@cache
def _cues() -> dict[str, Any]:
    return dict(load("positions")["cues"])


@cache
def words(name: str) -> str:
    """A word of the forms of positions."""
    return str(load("positions")["words"][name])


def read_seats(text: str) -> Seats:
    """What was typed: "4/9", "4/8/9", the same in words, "none"; refuses what cannot be, with the reason."""
    folded = fold(text).strip(" .!")
    if folded in _cues()["nothing"] or folded == "0":
        return Seats()
    seats = _worded(folded) or _parted(folded)
    if seats is None:
        raise Refusal("positions.no_numbers", words=clean(text)[:30])
    if max(seats.posts, seats.held) > MOST:
        raise Refusal("positions.too_many", most=MOST)
    if seats.members > seats.held:
        raise Refusal("positions.more_members", members=seats.members, held=seats.held)
    if seats.held > seats.posts:
        raise Refusal("positions.more_holders", held=seats.held, posts=seats.posts)
    return seats


def _worded(folded: str) -> Seats | None:
    """Numbers with the words beside them; who holds a position need not be said where nobody is missing."""
    found: dict[str, int] = {}
    for part, cues in _cues()["parts"].items():
        said = re.search(rf"(\d+)\s*(?:{'|'.join(cues)})\b|\b(?:{'|'.join(cues)})\s*:?\s*(\d+)", folded)
        if said:
            found[part] = int((said[1] or said[2])[:9])
    if "members" not in found or len(found) < 2:
        return None
    posts = found.get("posts", found.get("held", 0))
    return Seats(posts, found.get("held", posts), found["members"])


def _parted(folded: str) -> Seats | None:
    if not _PARTS.fullmatch(folded):
        return None
    numbers = [int(number[:9]) for number in _NUMBER.findall(folded)]
    members, posts = numbers[0], numbers[-1]
    return Seats(posts, numbers[1] if len(numbers) == 3 else posts, members)


def said(seats: Seats) -> str:
    """As people read and type it: members/holders, with the positions where some are vacant."""
    whole = (seats.members, seats.held, seats.posts) if seats.vacant else (seats.members, seats.held)
    return "/".join(str(number) for number in whole)


def figures_in(text: str) -> tuple[str, str]:
    """Splits "KIND UNIT 4/9" into the words before the numbers and the numbers with their words; "" without."""
    folded = fold(text)
    parted = re.search(rf"(?:^|\s){_PARTS.pattern}\s*$", folded)
    if parted and re.search(r"[/\\]", parted[0]):
        at = re.search(r"\d+(?:\s*[/\\]\s*\d+){1,2}\s*$", folded)
        if at:
            return folded[: at.start()].strip(" :,.-"), at[0].strip()
    every = "|".join(cue for cues in _cues()["parts"].values() for cue in cues)
    worded = re.search(rf"\d+\s*(?:{every})\b", folded)
    return (folded[: worded.start()].strip(" :,.-"), folded[worded.start() :]) if worded else (folded, "")


def kind_in(folded: str) -> tuple[str | None, str]:
    """The kind of position that folded words name, by the longest cue, and the words without it."""
    found = [
        (len(cue), slug, cue)
        for slug, kind in catalogue().kinds.items()
        for cue in kind.cues
        if re.search(rf"(?<!\w){re.escape(cue)}(?!\w)", folded)
    ]
    if not found:
        return None, folded
    _, slug, cue = max(found)
    rest = re.sub(rf"(?<!\w){re.escape(cue)}(?!\w)", " ", folded, count=1)
    return slug, " ".join(rest.split()).strip(" :,.-")
