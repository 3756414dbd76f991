"""Answers: a question in, a short text with its sources out; or choices where it is unclear, or an honest refusal."""

from dataclasses import dataclass, replace
from typing import Literal

from bot.knowledge.articles import Article, Source
from bot.knowledge.index import Index
from bot.knowledge.judge import Verdict, judge
from bot.vietnamese.fold import clean

Kind = Literal["answer", "choices", "refusal"]
_LONGEST_DOUBLE = 45
_LEAST_WORDS = 3
_SHORT = 26
_PART_SHARE = 0.35
_PART_LEAD = 1.2
_NEAR = 1.4
_NEAR_CRUMB = 0.8
_ASKS = "ask_"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question.

    "answer": `text` with `citations`; `topic` is what it is mostly about, `articles` are the slugs of what was told.
    "choices": too unclear; `suggestions` are at most four topics to choose from. "refusal": `refusal` says of which
    kind. `confidence` is between 0 and 1. The `suggestions` of an answer are the topics asked next.
    """

    kind: Kind
    text: str
    topic: str | None = None
    articles: tuple[str, ...] = ()
    citations: tuple[Source, ...] = ()
    confidence: float = 0.0
    suggestions: tuple[str, ...] = ()
    refusal: str | None = None

    @property
    def answered(self) -> bool:
        """Whether the question got an answer."""
        return self.kind == "answer"


def answer(question: str, index: Index, context: str | None = None) -> Answer:
    """Answers one message. `context` is the topic of the answer before it, None where there was none lately."""
    text = clean(question)
    verdict = judge(text, index, context)
    if not verdict.look.reading.words:
        return _refuse("empty", index)
    if verdict.guard:
        return _refuse(verdict.guard, index)
    parts = _parts(text, index, verdict)
    if parts:
        return replace(_tell(parts, index), topic=_topic(verdict, index))
    if verdict.open:
        return _offer(verdict, index)
    if verdict.sure:
        return _tell([verdict], index)
    return _decline(verdict, index)


def _decline(verdict: Verdict, index: Index) -> Answer:
    """Choices where the subject is clear and the question is not; else a refusal."""
    crumb = len(verdict.look.reading.words) <= _LEAST_WORDS and verdict.strangers == 0 and verdict.lead > _NEAR_CRUMB
    if verdict.likely is not None and not crumb:
        if verdict.likely >= index.scope.likely.offer:
            return _offer(verdict, index)
        return _refuse(verdict.refusal if verdict.lead < 1 else "general", index)
    if verdict.lead < 1 and not crumb:
        return _refuse(verdict.refusal, index)
    near = verdict.anchor in ("none", "faint") and verdict.lead > _NEAR and verdict.strangers <= 1
    if crumb or near or verdict.anchor in ("strong", "mixed", "weak"):
        return _offer(verdict, index)
    return _refuse("general", index)


def _parts(text: str, index: Index, whole: Verdict) -> list[Verdict]:
    """The verdicts on two questions in one message; empty where it is one."""
    pieces = _pieces(text, index)
    words = len(whole.look.reading.words)
    if len(pieces) < 2 or words > _LONGEST_DOUBLE or whole.anchor in ("none", "foreign"):
        return []
    found: dict[str, Verdict] = {}
    for verdict in (judge(piece, index, within=True) for piece in pieces):
        if _stands_alone(verdict):
            found.setdefault(_topic(verdict, index), verdict)
    meant = {index.articles[slug].topic for slug, _ in whole.articles}
    parts = [verdict for topic, verdict in found.items() if words <= _SHORT or topic in meant][:2]
    return parts if len(parts) == 2 and any(_topic(whole, index) == _topic(part, index) for part in parts) else []


def _stands_alone(part: Verdict) -> bool:
    """Whether a piece of a message is a question of its own, and a clear one."""
    clear = part.sure and not part.open and part.share >= _PART_SHARE and part.lead >= _PART_LEAD
    return clear and part.guard is None and any(name.startswith(_ASKS) for name in part.look.concepts)


def _pieces(text: str, index: Index) -> list[str]:
    """The message cut at its joints; crumbs stay with what stands before them."""
    cut = index.lexicon.joints.split(text)
    pieces: list[str] = []
    for piece in cut:
        if pieces and len(piece.split()) < _LEAST_WORDS:
            pieces[-1] += f" {piece}"
        elif piece.strip():
            pieces.append(piece)
    return pieces


def _topic(verdict: Verdict, index: Index) -> str:
    return index.articles[verdict.articles[0][0]].topic


def _tell(verdicts: list[Verdict], index: Index) -> Answer:
    told = [index.articles[verdict.articles[0][0]] for verdict in verdicts]
    citations = tuple(dict.fromkeys(source for article in told for source in article.sources))
    topics = {article.topic for article in told}
    return Answer(
        kind="answer",
        text="\n\n".join(_text(article, verdict, index) for article, verdict in zip(told, verdicts, strict=True)),
        topic=told[0].topic,
        articles=tuple(article.slug for article in told),
        citations=citations,
        confidence=min(verdict.confidence for verdict in verdicts),
        suggestions=tuple(dict.fromkeys(slug for article in told for slug in article.next if slug not in topics))[:4],
    )


def _text(article: Article, verdict: Verdict, index: Index) -> str:
    """The article's text; asked about one's own case, with the word that the branch decides each case."""
    words = verdict.look.reading.words
    own = article.personal and "ask_can" in verdict.look.concepts and not index.lexicon.self_words.isdisjoint(words)
    case_by_case = index.refusals["personal"].text
    return f"{article.text} {case_by_case}" if own and not article.case_by_case else article.text


def _offer(verdict: Verdict, index: Index) -> Answer:
    topics = tuple(index.articles[slug].topic for slug, score in verdict.articles if score > 0)
    if not topics:
        return _refuse("empty", index)
    return Answer(
        kind="choices", text=index.refusals["unclear"].text, suggestions=topics, confidence=verdict.confidence
    )


def _refuse(kind: str, index: Index) -> Answer:
    return Answer(kind="refusal", text=index.refusals[kind].text, refusal=kind)
