"""Which of the dates in a sentence is the day of the contact and which is the day of the next one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.vietnamese.dates import Found
from bot.vietnamese.sentence import Cue, Sentence

_NEAR_WORDS = 4
_FIGURES = re.compile(r"\d\s?[/.-]\s?\d")
# A day and month without a year that was almost a year ago and comes again within a month is meant as still to come.
_LONG_AGO = timedelta(days=300)
_SOON = timedelta(days=31)

_DONE = ("meet", "talk", "visit", "mine", "home", "work", "shop", "open", "event", "phone", "message", "fail", "noshow")
REACHING = ("meet", "visit", "mine", "home", "work", "shop", "open", "event", "phone", "message", "talk")
_AGREED = ("appointment", "plan")
_TOLD = ("say", "ask_reported")


@dataclass(frozen=True, slots=True)
class Days:
    """The day of the contact (None: not said), of the next one, and a day told as past that is still to come.

    `said` are the places of the dates that were used, `future` the words that speak only of what is still to come.
    """

    on: date | None
    next_on: date | None
    ahead: date | None
    said: tuple[Found, ...]
    future: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Placed:
    found: Found
    first: int
    last: int
    clause: int


def place_dates(sentence: Sentence, found: Sequence[Found], today: date) -> Days:
    """Gives every date of the sentence its role."""
    placed = [_placed(sentence, f) for f in found]
    coming = [p for p in placed if p.found.future and _is_coming(sentence, p, placed)]
    done = [p for p in placed if p not in coming and not _told(sentence, p)]
    ahead = next((day for p in done if (day := _ahead(p.found, today))), None)
    past = [p for p in done if p.found.past and not _ahead(p.found, today) and not _comes_soon(p.found, today)]
    best = min(past, key=lambda p: not _has(sentence, p.clause, _DONE), default=None)
    if not coming and ahead:
        coming = [p for p in done if _ahead(p.found, today) and _follows_contact(sentence, p)][:1]
        ahead = None if coming else ahead
    used = tuple(p.found for p in (*coming[:1], *([best] if best else [])))
    planned = [p for p in coming if not _before(sentence, p, _AGREED) and _after(sentence, p) is None]
    words = [i for p in planned if not (best and best.clause == p.clause) for i in _planned_words(sentence, p)]
    next_on = coming[0].found.future if coming else None
    return Days(best.found.past if best else None, next_on, ahead, used, frozenset(words))


def _planned_words(sentence: Sentence, date_: _Placed) -> range:
    """The words of the clause that are a plan: those after the date when somebody was told of it, else all."""
    words = sentence.words
    last = max(i for i, w in enumerate(words) if w.clause == date_.clause) + 1
    remote = [c for c in sentence.tagged("phone", "message") if words[c.first].clause == date_.clause]
    if any(c.last <= date_.first for c in remote):
        return range(date_.first, last)
    return range(min(i for i, w in enumerate(words) if w.clause == date_.clause), last)


def _follows_contact(sentence: Sentence, date_: _Placed) -> bool:
    """Whether the contact was told in an earlier clause, so that a day close ahead is the next one."""
    if _before(sentence, date_, ("topic", *_TOLD)):
        return False
    return any(sentence.words[c.first].clause < date_.clause for c in sentence.tagged(*_DONE))


def _placed(sentence: Sentence, found: Found) -> _Placed:
    first = min(sentence.word_at(found.start), len(sentence.words) - 1)
    last = next((i for i in range(first, len(sentence.words)) if sentence.words[i].start >= found.end), None)
    return _Placed(found, first, len(sentence.words) if last is None else last, sentence.words[first].clause)


def _is_coming(sentence: Sentence, date_: _Placed, others: Sequence[_Placed]) -> bool:
    """Whether the date is the day of an appointment or of something planned with the person."""
    cue = _before(sentence, date_, _AGREED)
    if cue and not _broken_later(sentence, cue, date_):
        return not _told_between(sentence, cue, date_) and not _own_plan(sentence, cue)
    if date_.found.past is None and date_.first > 0 and sentence.listed(date_.first - 1, "lets"):
        return any(c.first >= date_.last for c in sentence.tagged(*REACHING))
    after = _after(sentence, date_)
    if after and not _followed(date_, others):
        return not (after.tag == "plan" and _own_plan(sentence, after))
    if date_.found.past is not None or _is_calendar_day(date_.found):
        return False
    told = _told(sentence, date_) or _before(sentence, date_, ("topic",))
    return _has(sentence, date_.clause, _DONE) and not told


def _before(sentence: Sentence, date_: _Placed, tags: tuple[str, ...]) -> Cue | None:
    """The last such cue before the date in its clause, or the last word of the clause before."""
    cues = [c for c in sentence.tagged(*tags) if c.last <= date_.first]
    near = [c for c in cues if sentence.words[c.first].clause == date_.clause or c.last == date_.first]
    return near[-1] if near else None


def _own_plan(sentence: Sentence, cue: Cue) -> bool:
    """Whether it is told what the person will do, not when the two meet."""
    clause = sentence.words[cue.first].clause
    if cue.tag != "plan" or cue.last - cue.first > 1:
        return False
    here = [c for c in sentence.cues if sentence.words[c.first].clause == clause]
    if any(c.tag in REACHING and c.first >= cue.last for c in here):
        return False
    return any(c.tag in ("say", "subject", "pronoun") and c.first < cue.first for c in here)


def _after(sentence: Sentence, date_: _Placed) -> Cue | None:
    """The appointment that is named right after its date."""
    cues = sentence.tagged(*_AGREED)
    near = (c for c in cues if 0 <= c.first - date_.last <= _NEAR_WORDS)
    found = next((c for c in near if sentence.words[c.first].clause == date_.clause), None)
    return found if found and not _is_done_before(sentence, date_, cues) else None


def _is_done_before(sentence: Sentence, date_: _Placed, cues: Sequence[Cue]) -> bool:
    """Whether the contact itself stands between the date and the appointment."""
    first = min(c.first for c in cues if c.first >= date_.last)
    return any(date_.last <= c.first < first for c in sentence.tagged(*_DONE)) and date_.found.past is not None


def _followed(date_: _Placed, others: Sequence[_Placed]) -> bool:
    """Whether a later date of the clause can be the appointment's, so that this one is the day of the contact."""
    later = [o for o in others if o.first > date_.first and o.found.future]
    return date_.found.past is not None and bool(later)


def _broken_later(sentence: Sentence, cue: Cue, date_: _Placed) -> bool:
    """Whether the appointment on a day that may have passed was not kept."""
    if date_.found.past is None:
        return False
    broken = [c for c in sentence.tagged("noshow", "fail") if c.first >= date_.last]
    renewed = [c for c in sentence.tagged("appointment") if c.first >= date_.last]
    earlier = [c for c in sentence.tagged(*_DONE) if c.last <= cue.first]
    return bool(broken) and not earlier and (not renewed or renewed[0].first > broken[0].first)


def _told_between(sentence: Sentence, cue: Cue, date_: _Placed) -> bool:
    return any(cue.last <= c.first < date_.first for c in sentence.tagged("say"))


def _told(sentence: Sentence, date_: _Placed) -> bool:
    """Whether the date belongs to what the person said or did, not to the contact."""
    if _before(sentence, date_, _TOLD) and not _before(sentence, date_, ("noshow", "fail")):
        return True
    if _written(sentence, date_):
        return True
    clause_starts = next(w for w in sentence.words if w.clause == date_.clause)
    subject = [c for c in sentence.tagged("subject") if sentence.words[c.first].clause == date_.clause]
    return date_.clause > 0 and bool(subject) and sentence.words[subject[0].first] is clause_starts


def _written(sentence: Sentence, date_: _Placed) -> bool:
    """Whether the date stands in what somebody said on the phone or wrote."""
    clause = date_.clause
    remote = [c for c in sentence.tagged("phone", "message") if sentence.words[c.first].clause == clause]
    return any(sentence.listed(i, "that") for c in remote[:1] for i in range(c.last, date_.first))


def _has(sentence: Sentence, clause: int, tags: tuple[str, ...]) -> bool:
    return any(sentence.words[c.first].clause == clause for c in sentence.tagged(*tags))


def _is_calendar_day(found: Found) -> bool:
    """Whether day and month are said in figures; such a day can be mistyped, tomorrow cannot."""
    return _FIGURES.search(found.text) is not None


def _ahead(found: Found, today: date) -> date | None:
    if found.past is None:
        return found.future if _is_calendar_day(found) else None
    if found.future is None or not _is_calendar_day(found):
        return None
    return found.future if _comes_soon(found, today) else None


def _comes_soon(found: Found, today: date) -> bool:
    """Whether a day of the year was almost a year ago and is close ahead."""
    if found.past is None or found.future is None:
        return False
    return today - found.past > _LONG_AGO and found.future - today <= _SOON
