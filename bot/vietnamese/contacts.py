"""What a typed sentence tells: who was contacted, how, when, what was said, and when the next contact is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.vietnamese.appointments import REACHING, Days, place_dates
from bot.vietnamese.dates import Found, find_dates
from bot.vietnamese.mentions import Mention, find_mentions
from bot.vietnamese.notes import note_of
from bot.vietnamese.sentence import Sentence, bare_words, read, with_cues
from bot.vietnamese.sentence_kinds import kind_of
from bot.vietnamese.ways import Attempt, attempts_in, how_of


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood; `who` is a tuple where several people fit.

    Only a contact has `who`, `how`, `on`, `next_on`, `note`; `on` is the day of reading when no past day was said.
    `ahead` is a day that was told as past and is still to come: whoever reads it should ask what was meant.
    """

    kind: Literal["contact", "question", "command", "other"]
    who: str | tuple[str, ...] | None
    how: str | None
    on: date | None
    next_on: date | None
    note: str | None
    ahead: date | None


def understand(text: str, today: date, known: Sequence[str]) -> Understood:
    """Reads one sentence said on `today`; `known` are the full names that it can be about."""
    sentence = read(text)
    found = [f for f in find_dates(sentence.text, today) if f.text.casefold() not in bare_words("no_days")]
    dated = _words_of(sentence, [f for f in found if f.past or f.future])
    mentions = find_mentions(sentence, known, dated)
    if found and _is_name(sentence, found, mentions):
        named = find_mentions(sentence, known, dated - {0})
        if named != mentions:
            mentions, found, dated = named, found[1:], dated - {0}
    names = frozenset(i for m in mentions for i in range(m.name, m.last))
    sentence = with_cues(sentence, dated | names)
    days = place_dates(sentence, found, today)
    attempts, failed = attempts_in(sentence, days.future, names)
    kind = kind_of(
        sentence,
        frozenset(m.first for m in mentions),
        tells=_tells(sentence, mentions, attempts, failed, days),
        known=any(m.fits for m in mentions),
    )
    if kind != "contact":
        return Understood(kind, None, None, None, None, None, None)
    chosen = _chosen(sentence, mentions)
    note = note_of(sentence, _dropped(sentence, days, found, chosen))
    return Understood(
        "contact", _who(chosen), how_of(attempts, failed), days.on or today, days.next_on, note, days.ahead
    )


def _is_name(sentence: Sentence, found: list[Found], mentions: list[Mention]) -> bool:
    """Whether the day that begins the sentence is rather somebody's name: nobody else is named, or it is long past."""
    first = sentence.words[0] if sentence.words else None
    if first is None or (found[0].start, found[0].end) != (first.start, first.end) or not first.capital:
        return False
    if len(sentence.words) < 2 or sentence.listed(1, "selves"):
        return False
    return not any(m.fits for m in mentions) or any(f.past for f in found[1:])


def _words_of(sentence: Sentence, found: list[Found]) -> frozenset[int]:
    """The words that the dates cover."""
    return frozenset(i for f in found for i, w in enumerate(sentence.words) if w.start < f.end and f.start < w.end)


def _tells(sentence: Sentence, mentions: list[Mention], attempts: list[Attempt], failed: bool, days: Days) -> bool:
    """Whether a contact is told: a try to reach somebody, or an appointment with somebody who is named."""
    somebody = bool(mentions) or bool(sentence.tagged("pronoun", "subject"))
    strong = [a for a in attempts if not a.weak and a.how != "gathering"]
    if mentions and (sentence.tagged("appointment") or days.next_on or _plans(sentence)):
        return True
    if mentions:
        return bool(attempts) or failed
    if somebody:
        agreed = days.next_on is not None and bool(sentence.tagged("appointment"))
        return failed or agreed or any(a.how != "gathering" or a.spoken for a in attempts)
    told = any(a.spoken or a.remote for a in strong)
    return bool(strong) and (failed or (told and bool(days.said)) or any(a.placed and a.spoken for a in strong))


def _plans(sentence: Sentence) -> bool:
    """Whether it is planned to reach somebody, not only that somebody will do something."""
    return bool(sentence.tagged("plan")) and bool(sentence.tagged(*REACHING) or sentence.longer("plan"))


def _chosen(sentence: Sentence, mentions: list[Mention]) -> list[Mention]:
    """The mention that the contact is about, with those joined to it by "and"; nobody known when it is a stranger."""
    first = _first(sentence, mentions)
    if first is None:
        return []
    chosen = [first]
    for mention in mentions[mentions.index(first) + 1 :]:
        if mention.fits and _joined(sentence, chosen[-1], mention):
            chosen.append(mention)
    return chosen


def _first(sentence: Sentence, mentions: list[Mention]) -> Mention | None:
    """The first who is known and was reached out to; who owns the place or came along only where nobody else is."""
    known = [m for m in mentions if m.fits]
    if len(mentions) < 2 or not known:
        return known[0] if known else next(iter(mentions), None)
    reached = [m for m in mentions if _is_reached(sentence, m)]
    stranger = bool(reached) and not reached[0].fits and not any(m.fits for m in reached)
    if stranger and all(_apart(sentence, reached[0], m) for m in known) and mentions[0] is reached[0]:
        return reached[0]
    main = [m for m in known if not _is_aside(sentence, m)]
    return next((m for m in reached if m.fits and m in main), (main or known)[0])


def _is_reached(sentence: Sentence, mention: Mention) -> bool:
    """Whether a verb of meeting, calling or writing stands right before the name."""
    at = mention.first
    if at and sentence.listed(at - 1, "ties"):
        at -= 1
    return any(c.last == at for c in sentence.tagged("meet", "phone", "message", "talk"))


def _is_aside(sentence: Sentence, mention: Mention) -> bool:
    """Whether the name only tells whose house, wedding or child it is, or who came along."""
    if mention.first == 0:
        return False
    if any(sentence.listed(i, "owners") for i in range(mention.first - 1, mention.name)):
        return True
    told = any(c.last <= mention.first for c in sentence.tagged("meet", "phone", "message", "talk", "visit"))
    return sentence.listed(mention.first - 1, "companions") and not told


def _joined(sentence: Sentence, one: Mention, two: Mention) -> bool:
    """Whether two people are named together: with "and" between, or a comma and nothing more about the second."""
    if one.last == two.first and two.first == two.name:
        return True
    if one.last < two.first:
        return two.first - one.last == 1 and sentence.listed(one.last, "joins")
    ends = two.last == len(sentence.words) or sentence.words[two.last].clause != sentence.words[two.last - 1].clause
    return ends or sentence.listed(two.last, "joins") or not _apart(sentence, one, two)


def _apart(sentence: Sentence, one: Mention, two: Mention) -> bool:
    return sentence.words[one.last - 1].clause != sentence.words[two.first].clause


def _who(chosen: list[Mention]) -> str | tuple[str, ...] | None:
    names = tuple(dict.fromkeys(name for mention in chosen for name in mention.fits))
    return names[0] if len(names) == 1 else names or None


def _dropped(
    sentence: Sentence, days: Days, found: Sequence[Found], chosen: Sequence[Mention]
) -> Iterator[tuple[int, int]]:
    """The spans that are no part of the note: the dates, the person with the verb before, the appointment."""
    words = sentence.words
    agreed = {words[cue.first].clause for cue in sentence.tagged("appointment")}
    told = {words[m.first].clause for m in chosen} or {0}
    for date_ in found:
        clause = words[min(sentence.word_at(date_.start), len(words) - 1)].clause
        if date_ in days.said or (clause in agreed and not date_.past and not date_.future):
            yield date_.start, date_.end
            before = sentence.word_at(date_.start) - 1
            if before >= 0 and sentence.listed(before, "date_leads"):
                yield words[before].start, words[before].end
    for mention in chosen:
        if not _is_aside(sentence, mention):
            tied = mention.first > 0 and sentence.listed(mention.first - 1, "ties")
            yield words[mention.first - tied].start, words[mention.last - 1].end
    for cue in sentence.tagged("meet", "phone", "message", "success", "appointment", "plan"):
        clause = words[cue.first].clause
        if clause in agreed | told if cue.tag in ("appointment", "plan") else clause in told:
            yield words[cue.first].start, words[cue.last - 1].end
