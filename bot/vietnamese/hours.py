"""Hours that people type: "19h30", "7 gio toi", "19:30", "7 ruoi sang"."""

import re

from bot.vietnamese.fold import clean, fold

_HOUR = re.compile(
    r"(?<![\d/.,-])(?:luc\s+)?(?P<hour>[01]?\d|2[0-4])\s*"
    r"(?:[:h]\s*(?P<minute>[0-5]\d)?|g(?:io)?\b\s*(?P<after>[0-5]\d\b|ruoi\b)?)(?![\d/])"
    r"(?:\s*(?:phut|p)\b)?(?:\s*(?:buoi\s+)?(?P<part>sang|trua|chieu|toi|dem)\b)?"
)
_LATER = {"trua": 12, "chieu": 12, "toi": 12, "dem": 12}


def hour_in(text: str) -> tuple[str, str] | None:
    """The hour that a text names, as "19:30", and the text without it; None when it names none."""
    text = clean(text)
    folded = fold(text)
    found = _HOUR.search(folded)
    if found is None:
        return None
    hour, minute = int(found["hour"]), _minutes(found["minute"] or found["after"])
    part = found["part"]
    if part in _LATER and hour < 12 and not (part == "trua" and hour > 9):
        hour += _LATER[part]
    if hour > 23:
        return None
    same = len(folded) == len(text)
    rest = (
        text[: found.start()] + " " + text[found.end() :] if same else folded[: found.start()] + folded[found.end() :]
    )
    return f"{hour:02d}:{minute:02d}", " ".join(rest.split())


def _minutes(said: str | None) -> int:
    if said is None:
        return 0
    return 30 if said == "ruoi" else int(said)
