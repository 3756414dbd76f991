"""What a sentence wants: to tell of a contact, to ask, to make the bot do something, or none of these."""

from typing import Literal

from bot.vietnamese.sentence import Cue, Sentence, bare_words, opening

Kind = Literal["contact", "question", "command", "other"]

_TOLD = ("meet", "phone", "message", "home", "work", "event", "visit", "fail", "noshow", "success", "mine")
# After these words and a told contact a question is what somebody asked, not what the writer asks.
_REPORTS = ("ask_reported", "say", "talk", "topic", "plan")


def kind_of(sentence: Sentence, names: frozenset[int], *, tells: bool, known: bool) -> Kind:
    """The kind; `names` are the words at which somebody is named, `known` whether that is somebody known, `tells`
    whether a try to reach somebody is told.
    """
    if not sentence.words:
        return "other"
    start = _start(sentence)
    opened = opening(sentence, start)
    handles = _handles(sentence, start, names) and not tells
    if handles or _is_command(sentence, opened, start, tells=tells and known):
        return "question" if opened and _asks_how(sentence, opened) else "command"
    if _is_news(sentence, start) or (not known and (sentence.tagged("title") or _is_greeting(sentence))):
        return "other"
    if _is_question(sentence, opened, tells=tells and bool(names)):
        return "question"
    if opened and opened.tag == "shown" and not tells:
        return "command"
    if sentence.tagged("nobody"):
        return "other"
    return "contact" if tells else "other"


def _start(sentence: Sentence) -> int:
    """The index of the first word after greetings and politeness."""
    at = 0
    while (step := opening(sentence, at)) and step.tag == "filler":
        at = step.last
    return at


def _is_greeting(sentence: Sentence) -> bool:
    """Whether it begins with wishes, thanks or the like."""
    at = 0
    while step := opening(sentence, at):
        if step.tag == "greeting" or (step.tag == "filler" and sentence.words[at].bare in bare_words("greetings")):
            return True
        if step.tag != "filler":
            return False
        at = step.last
    return False


def _is_command(sentence: Sentence, opened: Cue | None, start: int, *, tells: bool) -> bool:
    if opened and opened.tag in ("command", "remind_me"):
        return not (tells and _tried(sentence, opened))
    first = next((c for c in sentence.cues if c.first == start), None)
    if first and first.tag in ("noshow", "topic") and sentence.words[first.first].bare in bare_words("cancels"):
        return True
    if opened and opened.tag == "record":
        return False
    reminders = sentence.tagged("remind_me")
    return bool(reminders) and not (tells and _told_before(sentence, reminders[0]))


def _handles(sentence: Sentence, start: int, names: frozenset[int]) -> bool:
    """Whether a verb for the bot stands right before a name."""
    return start + 1 in names and sentence.listed(start, "handles")


def _asks_how(sentence: Sentence, opened: Cue) -> bool:
    """Whether it is asked how the bot is made to do it."""
    return any(c.first >= opened.last for c in sentence.tagged("ask_how"))


def _tried(sentence: Sentence, opened: Cue) -> bool:
    """Whether the verb that could be meant for the bot tells what the writer did: looked for, sent, invited."""
    if sentence.words[opened.first].bare not in bare_words("tries"):
        return False
    return bool([c for c in sentence.tagged(*_TOLD) if c.last > opened.last])


def _told_before(sentence: Sentence, cue: Cue) -> bool:
    return any(c.last <= cue.first for c in sentence.tagged(*_TOLD))


def _is_news(sentence: Sentence, at: int) -> bool:
    news = sentence.tagged("news")
    return any(c.first <= at for c in news) or len(news) > 2


def _is_question(sentence: Sentence, opened: Cue | None, *, tells: bool) -> bool:
    if any(not _told_before(sentence, c) for c in sentence.tagged("ask_me")):
        return True
    inside = [c for c in sentence.tagged("ask", "ask_how") if not _is_shaky(sentence, c)]
    asks = [c for c in (*inside, *_end_asks(sentence)) if not _reported(sentence, c, tells=tells)]
    if tells:
        asks = [c for c in asks if _is_sure(sentence, c)]
    marked = sentence.text.rstrip().endswith("?")
    if marked:
        last = sentence.words[-1].sentence
        told = [c for c in sentence.tagged("ask_reported", "say") if sentence.words[c.first].sentence == last]
        return not any(_told_before(sentence, c) for c in told)
    if not asks:
        return bool(opened and opened.tag == "question_topic" and not tells)
    if not tells:
        return True
    return any(sentence.words[c.first].sentence == sentence.words[-1].sentence for c in asks)


def _is_sure(sentence: Sentence, cue: Cue) -> bool:
    """Whether the words ask although a contact was told."""
    first = sentence.words[cue.first].bare
    if cue.last - cue.first == 1:
        return first in bare_words("surely_asked")
    return first not in bare_words("plurals") or cue.last == len(sentence.words)


def _is_shaky(sentence: Sentence, cue: Cue) -> bool:
    """Whether the one word asks only when it is read with other marks."""
    return not sentence.marked and cue.last - cue.first == 1 and sentence.listed(cue.first, "shaky_asks")


def _reported(sentence: Sentence, cue: Cue, *, tells: bool) -> bool:
    """Whether the asking words tell what somebody asked."""
    reports = [c for c in sentence.tagged(*_REPORTS) if _told_before(sentence, c)]
    reports += [c for c in sentence.tagged("phone", "message") if sentence.listed(c.last - 1, "asked")]
    return any(c.last <= cue.first for c in reports)


def _end_asks(sentence: Sentence) -> list[Cue]:
    """The particle that closes a question, when the last words are one."""
    at = len(sentence.words)
    while step := next((c for c in sentence.cues if c.last == at and c.tag in ("end_filler", "pronoun")), None):
        at = step.first
    return [c for c in sentence.cues if c.last == at and c.tag in ("ask_end", "ask")]
