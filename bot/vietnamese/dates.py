"""Dates that people type: every date expression of a sentence, and what it means looking back or ahead."""

from dataclasses import dataclass, replace
from datetime import date

from bot.vietnamese.grammar import Match, grammar, matches
from bot.vietnamese.guards import Sentence, is_no_date
from bot.vietnamese.meanings import Meaning, meaning, settled
from bot.vietnamese.nearest import in_week
from bot.vietnamese.spelling import plain
from bot.vietnamese.tokens import tokens_of

_JOINING_SIGNS = frozenset(" (),-:\u2013\u00a0\t\n")


@dataclass(frozen=True, slots=True)
class Found:
    """A date expression at [start, end) of the text: `past` is not after today, `future` strictly after.

    Both None: it speaks of time but names no date (some day, a lunar day, a day that the calendar lacks).
    `fixed`: the expression itself tells the direction, so that at most one of the two is set.
    """

    start: int
    end: int
    text: str
    past: date | None
    future: date | None
    fixed: bool


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase at tokens [first, last) with its meaning.

    `namesake`: its one word is also a given name; `doubtful`: and what stands before it is how people are named.
    """

    first: int
    last: int
    means: Meaning
    namesake: bool = False
    doubtful: bool = False


def past_date(text: str, today: date) -> date | None:
    """The date that a text means looking back; today counts. None when it names none."""
    found, appointment = _found(text, today)
    usable = [f for f in found if f.past is not None]
    return next((f.past for f in usable if f.start < appointment), usable[0].past if usable else None)


def future_date(text: str, today: date) -> date | None:
    """The date that a text means looking ahead, strictly after today; of several the one after an appointment word."""
    found, appointment = _found(text, today)
    usable = [f for f in found if f.future is not None]
    return next((f.future for f in usable if f.start > appointment), usable[0].future if usable else None)


def find_dates(text: str, today: date) -> list[Found]:
    """Every date expression of the text in order, none overlapping another."""
    return _found(text, today)[0]


def _found(text: str, today: date) -> tuple[list[Found], int]:
    """The date expressions, and where the first appointment word stands (the text's end when there is none)."""
    sentence = Sentence(tokens_of(text), grammar())
    phrases = _joined(_without_names(_phrases(sentence, today), sentence), sentence, today)
    tokens = sentence.tokens
    appointment = next((t.start for i, t in enumerate(tokens) if sentence.says(i, "appointment")), len(text))
    return [_shown(p, text, sentence) for p in phrases], appointment


def _shown(phrase: _Phrase, text: str, sentence: Sentence) -> Found:
    """The phrase in its place, with the bracket that closes one opened inside it."""
    start, end = sentence.tokens[phrase.first].start, sentence.tokens[phrase.last - 1].end
    if "(" in text[start:end] and text[end : end + 1] == ")":
        end += 1
    return Found(start, end, text[start:end], phrase.means.past, phrase.means.future, phrase.means.fixed)


def _phrases(sentence: Sentence, today: date) -> list[_Phrase]:
    """The longest phrase at each place, from left to right."""
    phrases: list[_Phrase] = []
    at = 0
    while at < len(sentence.tokens):
        best = _best(sentence, at)
        if best is None:
            at += 1
            continue
        means = meaning(sentence.rules.rules[best.rule], best.values, today)
        if means.kind != "nothing":
            floor = phrases[-1].last if phrases else 0
            phrases.append(_with_moon(_from_part_of_day(best, means, sentence, floor), sentence))
        at = max(best.last, phrases[-1].last if phrases else 0)
    return phrases


def _best(sentence: Sentence, at: int) -> Match | None:
    if not _can_start(sentence, at):
        return None
    found = list(matches(sentence.tokens, at, sentence.rules, sentence.marked))
    found.sort(key=lambda m: (-m.last, m.guessed, m.rule))
    return next((m for m in found if not _is_cut(m, sentence) and not is_no_date(m, sentence)), None)


def _can_start(sentence: Sentence, at: int) -> bool:
    """Whether a phrase can begin here; a number glued to the letters before it is part of a code, as of a case."""
    token = sentence.tokens[at]
    if not token.word.figures:
        firsts = sentence.rules.first_words
        return token.word.plain in firsts or (bool(token.word.telex) and plain(token.word.telex) in firsts)
    return at == 0 or token.gap not in ("", "-", "/", ".")


def _is_cut(match: Match, sentence: Sentence) -> bool:
    """Whether the phrase ends in a number that goes on after a hyphen, a stroke or a point, as document numbers do."""
    if match.last >= len(sentence.tokens) or not sentence.tokens[match.last - 1].word.figures:
        return False
    after = sentence.tokens[match.last]
    return after.gap in ("-", "/") or (after.gap == "." and bool(after.word.figures))


def _from_part_of_day(match: Match, means: Meaning, sentence: Sentence, floor: int) -> _Phrase:
    """The phrase with the part of the day and the like that lead it in."""
    first = match.first
    while first > floor and sentence.follows(first, "before") and not sentence.is_named(first - 1):
        first -= 1
    namesake = "person" in sentence.rules.rules[match.rule] and first == match.first
    doubtful = namesake and sentence.follows_as_name(first)
    return _Phrase(first, match.last, means, namesake, doubtful)


def _with_moon(phrase: _Phrase, sentence: Sentence) -> _Phrase:
    """A day of the lunar calendar has no date here."""
    at = phrase.last
    if phrase.means.kind != "calendar" or at >= len(sentence.tokens):
        return phrase
    if sentence.begins_with(at, "moon", _JOINING_SIGNS):
        return replace(phrase, last=sentence.after(at, "moon"), means=Meaning("vague"))
    return phrase


def _without_names(phrases: list[_Phrase], sentence: Sentence) -> list[_Phrase]:
    """Drop what is rather a name: no appointment before it, or another date after it."""
    kept = []
    for i, phrase in enumerate(phrases):
        near = range(max(0, phrase.first - 3), phrase.first)
        asked = any(sentence.says(at, "appointment") for at in near)
        if phrase.doubtful and (not asked or any(p.means.dates for p in phrases[i + 1 :])):
            continue
        kept.append(phrase)
    return kept


def _joined(phrases: list[_Phrase], sentence: Sentence, today: date) -> list[_Phrase]:
    """Neighbours that speak of one date, such as a week day and its week, made one."""
    joined: list[_Phrase] = []
    for phrase in phrases:
        while joined and (both := _together(joined[-1], phrase, sentence, today)) is not None:
            phrase = _Phrase(joined.pop().first, phrase.last, both)
        if joined and joined[-1].namesake and joined[-1].last == phrase.first and phrase.means.dates:
            joined.pop()  # a name with the person's date right after it
        joined.append(phrase)
    return joined


def _together(one: _Phrase, two: _Phrase, sentence: Sentence, today: date) -> Meaning | None:
    """The meaning of two phrases as one date, or None when they are two."""
    gaps = {c for t in sentence.tokens[one.last : two.first + 1] for c in t.gap}
    if not gaps <= _JOINING_SIGNS or not all(_is_filler(i, sentence) for i in range(one.last, two.first)):
        return None
    comma = "," in gaps
    if one.means.weekday is not None and two.means.week is not None:
        if comma and not (one.first == 0 and two.last == len(sentence.tokens)):
            return None
        return settled("joined", in_week(today, one.means.weekday, two.means.week), today)
    if two.means.weekday is not None and one.means.week is not None:
        return settled("joined", in_week(today, two.means.weekday, one.means.week), today)
    return _agreeing(one.means, two.means, comma, today)


def _agreeing(first: Meaning, second: Meaning, comma: bool, today: date) -> Meaning | None:
    """One date said twice, by the more exact of the two; a week day gives way to the figures right after it."""
    for day, other in ((first, second), (second, first)):
        if day.weekday is None or not other.dates or other.kind == "weekday":
            continue
        if other.kind == "week_part":
            return day
        exact = _on_weekday(other, day.weekday)
        return exact or (other if other.kind == "calendar" and day is first and not comma else None)
    for near, figures in ((first, second), (second, first)):
        if figures.kind == "calendar" and near.kind == "week":
            return next((settled("joined", d, today) for d in figures.dates if _same_week(d, near, today)), None)
        if figures.kind == "calendar" and near.kind == "day":
            return near if set(near.dates) & set(figures.dates) else None
    return None


def _on_weekday(meaning: Meaning, weekday: int) -> Meaning | None:
    """The meaning kept to the dates on that week day, or None when none is."""
    past, future = (d if d and d.weekday() == weekday else None for d in (meaning.past, meaning.future))
    return replace(meaning, past=past, future=future, fixed=not (past and future)) if past or future else None


def _same_week(day: date, week: Meaning, today: date) -> bool:
    return week.week is not None and in_week(day, 0, 0) == in_week(today, 0, week.week)


def _is_filler(at: int, sentence: Sentence) -> bool:
    """Whether the token only leads over from one part of a date to the next: a hour, a part of the day."""
    if not sentence.tokens[at].word.figures:
        return sentence.begins_with(at, "between", _JOINING_SIGNS)
    return any(sentence.begins_with(beside, "hours", _JOINING_SIGNS) for beside in (at - 1, at + 1))
