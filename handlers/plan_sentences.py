"""What a sentence says of a meeting's day, hour and place: "5/12 19h30" and behind "at" the place."""

import re
from datetime import date

from bot.rules.meetings import LAST_DAY
from bot.vietnamese.dates import find_dates, future_date
from bot.vietnamese.fold import clean, fold
from bot.vietnamese.hours import hour_in
from handlers.answers import iso
from handlers.sittings import listed_words

LONGEST_PLACE = 60
_NUMBER = re.compile(r"\b\d{1,2}\b")


def read(text: str, today: date, *, monthly: bool) -> dict[str, str]:
    """The parts that the sentence names: time, on (or day, the day of every month, where `monthly`), place."""
    rest, found = clean(text), {}
    if (hour := hour_in(rest)) is not None:
        found["time"], rest = hour
    days = [one for one in _NUMBER.findall(rest) if 1 <= int(one) <= LAST_DAY]
    if monthly and days:
        found["day"] = str(int(days[0]))
    elif (on := coming(rest, today)) is not None:
        found["on"] = on.isoformat()
    if place := _place(rest, today):
        found["place"] = place
    return found


def coming(text: str, today: date) -> date | None:
    """A day from today on; None: the text names none."""
    on = iso(text) or future_date(text, today)
    if on is None and any(found.past == today for found in find_dates(text, today)):
        return today
    return on


def _place(text: str, today: date) -> str | None:
    """What stands behind "at", with the date taken out."""
    for found in reversed(find_dates(text, today)):
        text = text[: found.start] + text[found.end :]
    words, spelled = text.split(), listed_words("place_after")
    # Many type without marks.
    at = {*spelled, *(fold(word) for word in spelled)}
    begins = [number for number, word in enumerate(words[:-1]) if word.lower() in at]
    place = " ".join(words[begins[0] + 1 :]).strip(" ,.") if begins else ""
    return place[:LONGEST_PLACE] or None
