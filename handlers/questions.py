"""Questions in one's own words: an answer with its source, choices, or an honest refusal; and votes on answers."""

from collections.abc import Sequence
from functools import cache

from bot.chat import Choice, Refusal, Reply
from bot.knowledge.answer import Answer
from bot.knowledge.articles import Source
from bot.knowledge.taught import Known
from bot.knowledge.unanswered import BLANK, strip
from bot.vietnamese.contacts import understand
from bot.vietnamese.fold import clean, fold
from handlers import start
from handlers.asked_cases import case_asked_for
from handlers.commands import Context, command
from handlers.templates import load
from storage import questions

MOST_SHOWN = 8
CHOICES = 4
SOURCES_SHOWN = 4
LONGEST_KEPT = 400
# Fewer words may be anything.
MEANT_WORDS = 3
# From here on an answer is surely what was asked; above the second it is likely.
SURE, LIKELY = 0.6, 0.35
# Refused for want of an answer, not for what was asked: these are put before the office.
UNANSWERED = ("general", "unknown", "party_other", "other_law")
STEPS = Choice("steps", "/cacbuoc")
OFTEN = Choice("often_asked", "/hoi")


@command("hoi")
def ask(context: Context, words: str) -> Reply:
    """Answers the words; without any, shows what is asked most and the way from source to recognition."""
    return answered(context, words) if words else often_asked(context)


def often_asked(context: Context) -> Reply:
    """The topics that are asked most; where too little was asked yet, the usual ones."""
    known = context.known
    usual = [str(topic) for topic in load("words")["often_asked"]]
    topics = [*questions.most_asked(context.connection, MOST_SHOWN), *usual]
    shown = [topic for topic in dict.fromkeys(topics) if known.title(topic)][:MOST_SHOWN]
    return Reply("questions.often_asked", {}, [[STEPS], *_topics(known, shown)])


def _topics(known: Known, topics: Sequence[str]) -> list[list[Choice]]:
    named = [(topic, known.title(topic)) for topic in topics]
    return [[Choice("topic", f"/chude {topic}", {"title": title})] for topic, title in named if title]


@command("chude")
def topic(context: Context, words: str) -> Reply:
    """The answer to a topic that was chosen by its button."""
    known = context.known
    found = known.about(words.strip())
    if found is None:
        raise Refusal("conversation.old_button")
    return _paused(context) or _tell(context, known, found, "")


def answered(context: Context, text: str) -> Reply:
    """The answer to a question: the case it is about if one may see it, else what the articles say."""
    paused = _paused(context)
    if paused:
        return paused
    case = case_asked_for(context, text)
    if case:
        return case
    small = _small_talk(text)
    if small == "greeting":
        return start.welcome(context) if context.person is None else start.at_home(context)
    if small:
        return Reply("questions.thanks", {}, [[OFTEN, STEPS]])
    known = context.known
    found = known.answer(text, _topic_before(context))
    if found.kind == "answer":
        return _tell(context, known, found, text)
    return case_asked_for(context, text, loosely=True) or _not_told(context, known, found, text)


def _topic_before(context: Context) -> str | None:
    return questions.topic_before(context.connection, context.owner, context.now)


def obvious(context: Context, text: str, least: float = SURE) -> Reply | None:
    """The answer to what can only be a question, for where the words may mean something else; None for all others."""
    if not asks(context, text):
        return None
    known = context.known
    found = known.answer(text)
    if found.kind != "answer" or found.confidence < least:
        return None
    return _paused(context) or _tell(context, known, found, text)


def meant(context: Context, text: str) -> Reply | None:
    """The answer to words that begin like a command typed without its slash, and are a question; None for others."""
    case = case_asked_for(context, text) if asks(context, text) else None
    return case or obvious(context, text, LIKELY)


def asks(context: Context, text: str) -> bool:
    """Whether words have the form of a question, whatever it is about."""
    if len(text.split()) < MEANT_WORDS:
        return False
    return text.rstrip().endswith("?") or understand(text, context.today, []).kind == "question"


def _paused(context: Context) -> Reply | None:
    """A guest asks as often as a person can read the answers; more than that is no person."""
    if context.person is not None:
        return None
    asked = questions.asked_this_minute(context.connection, context.owner, context.now)
    return Reply("questions.pause", {"most": questions.GUESTS_A_MINUTE}) if asked > questions.GUESTS_A_MINUTE else None


def _tell(context: Context, known: Known, found: Answer, text: str) -> Reply:
    number = _note(context, known, text, found.topic)
    votes = [Choice("good", f"/danhgia {number} +"), Choice("bad", f"/danhgia {number} -")]
    values = {
        "text": found.text,
        "sources": [_source(source) for source in found.citations[:SOURCES_SHOWN]],
        "checked": min(known.index.articles[slug].checked.at for slug in found.articles),
        "sure": "sure" if found.confidence >= SURE else "likely" if found.confidence >= LIKELY else "unsure",
    }
    return Reply("questions.answer", values, [*_topics(known, found.suggestions[:CHOICES]), votes])


def _source(source: Source) -> dict[str, object]:
    return {"number": source.number, "date": source.date, "article": source.article}


def _note(context: Context, known: Known, text: str, topic: str | None) -> int:
    kept = _without_names(context, known, text)
    return questions.note(context.connection, context.owner, context.now, kept, topic)


def _without_names(context: Context, known: Known, text: str) -> str:
    """The wording as it may be kept: nobody and nothing in it can be told from another."""
    if not text:
        return ""
    kept = questions.without_people(context.connection, clean(text), BLANK)
    return strip(kept, known.index)[:LONGEST_KEPT]


def _not_told(context: Context, known: Known, found: Answer, text: str) -> Reply:
    if found.kind == "choices":
        number = _note(context, known, text, None)
        none = [Choice("none_of_these", f"/khongthay {number}")]
        return Reply("questions.choices", {"text": found.text}, [*_topics(known, found.suggestions[:CHOICES]), none])
    if found.refusal not in UNANSWERED:
        return Reply("questions.refused", {"text": found.text}, [[OFTEN, STEPS]])
    number = _note(context, known, text, None)
    _put(context, number)
    log = [Choice("log_contact", "/tiepxuc")] if context.person and context.person.may("log_contact") else []
    rows = [[Choice("tell_me", f"/baotoi {number}")], [OFTEN, STEPS], log]
    return Reply("questions.unanswered", {"text": found.text}, rows)


def _small_talk(text: str) -> str | None:
    """ "greeting" or "thanks" for words that want no answer."""
    said = fold(text).strip(" .!,~^)(:")
    return next((kind for kind, words in _wanting_no_answer().items() if said in words), None)


@cache
def _wanting_no_answer() -> dict[str, frozenset[str]]:
    words = load("words")
    return {kind: frozenset(fold(str(said)) for said in words[kind]) for kind in ("greeting", "thanks")}


def _put(context: Context, number: int, *, disliked: bool = False) -> None:
    """Puts one's question before the office, once."""
    mine = _mine(context, number)
    if mine.question_id is None and mine.text:
        put = questions.gather(context.connection, context.now, mine.text, mine.topic, disliked=disliked)
        questions.put_to(context.connection, number, put)


def _mine(context: Context, number: int) -> questions.Asked:
    found = questions.own(context.connection, context.owner, number)
    if found is None:
        raise Refusal("conversation.old_button")
    return found


def _number(words: str) -> int:
    number = words.split()[0] if words.split() else ""
    if not (number.isascii() and number.isdecimal() and len(number) <= 9):
        raise Refusal("conversation.old_button")
    return int(number)


@command("danhgia")
def vote(context: Context, words: str) -> Reply:
    """A thumb up or down; what is disliked goes before the office."""
    mine = _mine(context, _number(words))
    liked = words.endswith("+")
    questions.vote(context.connection, mine.id, "up" if liked else "down")
    if liked:
        return Reply("questions.liked")
    if not mine.text:
        return Reply("questions.ask_in_words", {}, [[OFTEN, STEPS]])
    _put(context, mine.id, disliked=True)
    return Reply("questions.disliked", {}, [[Choice("tell_me", f"/baotoi {mine.id}")]])


@command("khongthay")
def none_of_these(context: Context, words: str) -> Reply:
    """None of the choices was meant: the question goes before the office."""
    number = _number(words)
    _put(context, number)
    return Reply("questions.kept", {}, [[Choice("tell_me", f"/baotoi {number}")], [OFTEN, STEPS]])


@command("baotoi")
def tell_me(context: Context, words: str) -> Reply:
    """Whoever asked wants to be told once there is an answer."""
    mine = _mine(context, _number(words))
    if mine.question_id is None:
        raise Refusal("conversation.old_button")
    questions.follow(context.connection, mine.question_id, context.owner)
    return Reply("questions.will_tell")
