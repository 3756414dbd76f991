"""What a sentence wants: to tell of a contact, to ask, to make the bot do something, or none of these."""

from typing import Literal

from bot.vietnamese.sentence import Cue, Sentence

Kind = Literal["contact", "question", "command", "other"]

_TOLD = ("meet", "phone", "message", "home", "work", "event", "visit", "fail", "noshow", "success", "mine")


def kind_of(sentence: Sentence, *, tells: bool, named: bool) -> Kind:
    """The kind; `tells` when a try to reach somebody is told, `named` when the sentence names somebody."""
    if not sentence.words:
        return "other"
    if _is_command(sentence, tells=tells):
        return "command"
    if _is_news(sentence):
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
    asks = [c for c in sentence.tagged("ask") if not _reported(sentence, c)]
    asks += _end_asks(sentence)
    marked = sentence.text.rstrip().endswith("?")
    if marked:
        last = sentence.words[-1]
        return not any(
            c.tag == "ask_reported" and sentence.words[c.first].sentence == last.sentence and _told_before(sentence, c)
            for c in sentence.cues
        )
    if not asks:
        first = next((c for c in sentence.cues if c.first == _start(sentence)), None)
        return bool(first and first.tag == "question_topic" and not tells)
    if not tells:
        return True
    return any(sentence.words[c.first].sentence == sentence.words[-1].sentence for c in asks)


def _reported(sentence: Sentence, cue: Cue) -> bool:
    """Whether the asking words tell what somebody asked."""
    return any(
        c.last <= cue.first and _told_before(sentence, c)
        for c in sentence.tagged("ask_reported", "say", "talk", "topic", "plan")
    )


def _end_asks(sentence: Sentence) -> list[Cue]:
    """The particle that closes a question, when the last words are one."""
    at = len(sentence.words)
    while step := next((c for c in sentence.cues if c.last == at and c.tag in ("end_filler", "pronoun")), None):
        at = step.first
    last = [c for c in sentence.cues if c.last == at and c.tag in ("ask_end", "ask")]
    return [c for c in last if not _reported(sentence, c)]
