"""Judgement: what a question is most likely about, how sure that is, and whether it may be answered at all."""

from dataclasses import dataclass

from bot.knowledge.index import Index
from bot.knowledge.matcher import Look
from bot.knowledge.scope import Anchor

_STRANGER = 2.5
_CONTEXT = 0.5
_LIKELY = 1.3
_CHOICES = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a question was found to be about.

    `articles` are the best of each topic, best first, with their scores. `share` is the part of the question's weight
    that the best one explains (0..1), `lead` how many times stronger it is than the best refusal (`refusal`). `guard`
    is the kind of refusal that must be given whatever the scores. `open`: nothing tells which question is meant.
    """

    look: Look
    anchor: Anchor
    articles: tuple[tuple[str, float], ...]
    share: float
    lead: float
    strangers: int
    refusal: str
    guard: str | None
    open: bool
    sure: bool

    @property
    def confidence(self) -> float:
        """Between 0 and 1."""
        return round(min(1.0, self.share * 1.25) * min(1.0, self.lead / 2), 3)


def judge(text: str, index: Index, context: str | None = None, within: bool = False) -> Verdict:
    """Judges one question. `context`: the topic before, for a follow-up. `within`: part of a message in scope."""
    look = index.matcher.look(text)
    told = index.matcher.score(look.features)
    scores = [score + gain for score, gain in zip(told, index.matcher.near(look.features), strict=True)]
    anchor = index.scope.anchor(look.concepts)
    follows = context is not None and _follows(look, anchor, index, context)
    if context is not None and follows:
        scores = _with_context(scores, index, context)
        within = True
    if within and anchor == "none":
        anchor = "weak"
    best, refusal, refused = _rank(scores, index)
    top = best[0][1]
    known, unknown = index.matcher.weigh(look.features)
    explained = told[index.matcher.places[best[0][0]]]
    share = min(1.0, explained / (known + _STRANGER * unknown)) if known else 0.0
    lead = min(99.0, top / refused) if refused > 0 else (99.0 if top > 0 else 0.0)
    strangers = index.matcher.strangers(look)
    named = index.names.in_text(text)
    return Verdict(
        look=look,
        anchor=anchor,
        articles=best,
        share=share,
        lead=lead,
        strangers=strangers,
        refusal=refusal,
        guard=index.scope.guard(look.concepts, len(look.reading.words), named),
        open=not follows and _open(look, index),
        sure=index.scope.sure[anchor].met(share, lead, strangers),
    )


def _follows(look: Look, anchor: Anchor, index: Index, context: str) -> bool:
    """Whether the question leans on the one before: short, and opening so or saying nothing of the subject itself."""
    words = look.reading.words
    if context not in index.topics or not 0 < len(words) <= index.lexicon.follow_up_words:
        return False
    return anchor in ("none", "weak") or words[0] in index.lexicon.openers


def _with_context(scores: list[float], index: Index, context: str) -> list[float]:
    """The scores as if the topic before had been named too, only more softly; what is often asked next comes easier."""
    before = index.topics[context]
    named = index.matcher.score(index.matcher.look(before.title).features)
    likely = {context, *before.next}
    return [
        (own + _CONTEXT * other) * (_LIKELY if item.group in likely else 1.0)
        for own, other, item in zip(scores, named, index.matcher.classes, strict=True)
    ]


def _rank(scores: list[float], index: Index) -> tuple[tuple[tuple[str, float], ...], str, float]:
    """The best article of each of the best topics, and the best refusal with its score."""
    best: dict[str, tuple[str, float]] = {}
    refusal, refused = "", float("-inf")
    for item, score in zip(index.matcher.classes, scores, strict=True):
        if not item.scope:
            if score > refused:
                refusal, refused = item.name, score
        elif item.group not in best or score > best[item.group][1]:
            best[item.group] = (item.name, score)
    ranked = sorted(best.values(), key=lambda pair: pair[1], reverse=True)
    return tuple(ranked[:_CHOICES]), refusal, refused


def _open(look: Look, index: Index) -> bool:
    """Whether only generic things are said."""
    return look.concepts <= index.scope.generic and not index.matcher.telling(look)
