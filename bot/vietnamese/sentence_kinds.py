"""What a sentence wants: to tell of a contact, to ask, to make the bot do something, or none of these."""

from typing import Literal

from bot.vietnamese.sentence import Cue, Sentence, bare_words

Kind = Literal["contact", "question", "command", "other"]

_TOLD = ("meet", "phone", "message", "home", "work", "event", "visit", "fail", "noshow", "success", "mine")
# After these words and a told contact a question is what somebody asked, not what the writer asks.
_REPORTS = ("ask_reported", "say", "talk", "topic", "plan")


def kind_of(sentence: Sentence, *, tells: bool, named: bool, known: bool) -> Kind:
    """The kind; `tells` when a try to reach somebody is told, `named` and `known` when the sentence names
    somebody, and somebody known.
    """
    if not sentence.words:
        return "other"
    if _is_command(sentence, tells=tells):
        return "command"
    if _is_news(sentence) or (sentence.tagged("title") and not known):
        return "other"
    if _is_question(sentence, tells=tells and named):
        return "question"
    if sentence.tagged("nobody"):
        return "other"
    return "contact" if tells else "other"


def _start(sentence: Sentence) -> int:
    """The index of the first word after greetings and politeness."""
    at = 0
    while step := next((c for c in sentence.cues if c.first == at and c.tag in ("filler", "pronoun_call")), None):
        at = step.last
    return at


def _is_command(sentence: Sentence, *, tells: bool) -> bool:
    at = _start(sentence)
    first = next((c for c in sentence.cues if c.first == at), None)
    if first and first.tag in ("command", "remind_me"):
        return True
    if first and first.tag in ("noshow", "topic") and sentence.words[first.first].bare in bare_words("cancels"):
        return True
    if first and first.tag == "record":
        return False
    reminders = sentence.tagged("remind_me")
    return bool(reminders) and not (tells and _told_before(sentence, reminders[0]))


def _told_before(sentence: Sentence, cue: Cue) -> bool:
    return any(c.last <= cue.first for c in sentence.tagged(*_TOLD))


def _is_news(sentence: Sentence) -> bool:
    news = sentence.tagged("news")
    at = _start(sentence)
    return any(c.first <= at for c in news) or len(news) > 2


def _is_question(sentence: Sentence, *, tells: bool) -> bool:
    if any(not _told_before(sentence, c) for c in sentence.tagged("ask_me")):
        return True
    asks = [c for c in (*sentence.tagged("ask"), *_end_asks(sentence)) if not _reported(sentence, c, tells=tells)]
    if tells:
        asks = [c for c in asks if c.last - c.first > 1 or sentence.words[c.first].bare in bare_words("surely_asked")]
    marked = sentence.text.rstrip().endswith("?")
    if marked:
        last = sentence.words[-1].sentence
        told = [c for c in sentence.tagged("ask_reported", "say") if sentence.words[c.first].sentence == last]
        return not any(_told_before(sentence, c) for c in told)
    if not asks:
        first = next((c for c in sentence.cues if c.first == _start(sentence)), None)
        return bool(first and first.tag == "question_topic" and not tells)
    if not tells:
        return True
    return any(sentence.words[c.first].sentence == sentence.words[-1].sentence for c in asks)


def _reported(sentence: Sentence, cue: Cue, *, tells: bool) -> bool:
    """Whether the asking words tell what somebody asked."""
    return any(c.last <= cue.first and _told_before(sentence, c) for c in sentence.tagged(*_REPORTS))


def _end_asks(sentence: Sentence) -> list[Cue]:
    """The particle that closes a question, when the last words are one."""
    at = len(sentence.words)
    while step := next((c for c in sentence.cues if c.last == at and c.tag in ("end_filler", "pronoun")), None):
        at = step.first
    return [c for c in sentence.cues if c.last == at and c.tag in ("ask_end", "ask")]
