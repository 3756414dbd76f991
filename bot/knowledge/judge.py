"""Judgement: what a question is most likely about, how sure that is, and whether it may be answered at all."""

from dataclasses import dataclass

from bot.knowledge.index import Index
from bot.knowledge.matcher import Look
from bot.knowledge.scope import Anchor
from bot.knowledge.sieve import Sifted
from bot.knowledge.signs import Weighed, signs

_STRANGER = 2.5
_CONTEXT = 0.35
_LIKELY = 1.3
_FOLLOWING = 0.4
_OURS = 1.0
_CHOICES = 4
_HOPELESS = 0.4
_FAR = 2.0
_AHEAD = 1.3
_CRUMB = 2
_MOST_LEAD = 99.0
# What the sieve says of a topic counts so much beside the matcher's scores.
TOPIC_COUNTS = 80.0

Ranked = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a question was found to be about.

    `articles` are the best of each topic, best first, with their scores. `share` is the part of the question's weight
    that the best one explains (0..1), `lead` how many times stronger it is than the best refusal (`refusal`). `guard`
    is the kind of refusal that must be given whatever the scores. `open`: nothing tells which question is meant.
    `likely`: how likely the question is ours (0..1) by the sieve; None where it was not asked.
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
    likely: float | None

    @property
    def confidence(self) -> float:
        """Between 0 and 1."""
        if self.likely is not None:
            return round(self.likely, 3)
        return round(min(1.0, self.share * 1.25) * min(1.0, self.lead / 2), 3)


@dataclass(frozen=True, slots=True)
class Heard:
    """A question as the matcher alone takes it: the classes' scores by all phrasings (`told`) and with the nearest one
    (`scores`), the best articles, the best refusal with its score, and the figures that the sieve weighs."""

    look: Look
    told: list[float]
    scores: list[float]
    best: Ranked
    refusal: str
    refused: float
    weighed: Weighed


def hear(text: str, index: Index) -> Heard:
    """What the matcher makes of a clean text."""
    look = index.matcher.look(text)
    told = scores = index.matcher.score(look.features)
    best, refusal, refused = _rank(scores, index)
    by_all = (best[0][1], refused)
    if not _clear(best, refused):
        scores = index.matcher.with_nearest(told, look.features)
        best, refusal, refused = _rank(scores, index)
    known, unknown = index.matcher.weigh(look.features), look.features.unknown
    explained = told[index.matcher.places[best[0][0]]]
    weighed = Weighed(
        anchor=index.scope.anchor(look.concepts),
        ours=by_all[0],
        others=max(by_all[1], 0.0),
        most=known,
        share=min(1.0, explained / (known + _STRANGER * unknown)) if known else 0.0,
        lead=_lead(best[0][1], refused),
        strangers=index.matcher.strangers(look),
        open=_open(look, index),
    )
    return Heard(look, told, scores, best, refusal, refused, weighed)


def judge(text: str, index: Index, context: str | None = None, within: bool = False) -> Verdict:
    """Judges one question. `context`: the topic before, for a follow-up. `within`: part of a message in scope."""
    heard = hear(text, index)
    look, weighed = heard.look, heard.weighed
    scores, sifted = _sifted(heard, index)
    best = _rank(scores, index)[0]
    anchor, lead, share = weighed.anchor, weighed.lead, weighed.share
    follows = context is not None and _follows(look, anchor, heard.best[0][1], heard.refused, index, context)
    if context is not None and follows:
        scores = _with_context(scores, index, context)
        best, _, refused = _rank(scores, index)
        lead = _lead(best[0][1], refused)
        share = share if look.features.unknown else max(share, _FOLLOWING)
    within = within or follows
    if within and anchor in ("none", "faint"):
        anchor = "weak"
    likely = None if within or sifted is None else _likely(heard, sifted, best[0][0], index)
    # A case code asks for one case, whatever else is said.
    clear = None if index.names.case.search(text) else likely
    bar = index.scope.sure[anchor].met(share, lead, weighed.strangers) and not _idle(look, anchor, index)
    return Verdict(
        look=look,
        anchor=anchor,
        articles=best,
        share=share,
        lead=lead,
        strangers=weighed.strangers,
        refusal=heard.refusal.partition(".")[0],
        guard=index.scope.guard(look.concepts, len(look.reading.words), index.names.in_text(text), clear),
        open=weighed.open and not follows,
        sure=bar if likely is None else likely >= index.scope.likely.answer and not _crumb(look, anchor),
        likely=likely,
    )


def _sifted(heard: Heard, index: Index) -> tuple[list[float], Sifted | None]:
    """The scores with what the sieve says of each topic; None where the best article is one that it does not know."""
    sieve = index.sieve
    if sieve is None or index.articles[heard.best[0][0]].topic not in sieve.places:
        return heard.scores, None
    reading = heard.look.reading
    sifted = sieve.sift(reading.words, reading.marks, heard.look.concepts)
    gains = [
        sifted.topics[place] if (place := sieve.places.get(item.group)) is not None else 0.0
        for item in index.matcher.classes
    ]
    return [score + TOPIC_COUNTS * gain for score, gain in zip(heard.scores, gains, strict=True)], sifted


def _likely(heard: Heard, sifted: Sifted, best: str, index: Index) -> float | None:
    sieve = index.sieve
    if sieve is None:
        return None
    topic = sieve.places.get(index.articles[best].topic, -1)
    return sieve.likely(signs(heard.look, heard.weighed, sifted, topic))


def _lead(top: float, refused: float) -> float:
    """How many times stronger the best article is than the best refusal."""
    return min(_MOST_LEAD, top / refused) if refused > 0 else (_MOST_LEAD if top > 0 else 0.0)


def _clear(best: Ranked, refused: float) -> bool:
    """Whether a closer look would change nothing: one topic far ahead of all, or a refusal far ahead of every topic."""
    top = best[0][1]
    ahead = len(best) < 2 or top > _AHEAD * best[1][1]
    return (ahead and top > _FAR * refused) or _HOPELESS * refused > top


def _follows(look: Look, anchor: Anchor, top: float, refused: float, index: Index, context: str) -> bool:
    """Whether the question leans on the one before: short, and in our words rather than in any other subject's."""
    words = look.reading.words
    if context not in index.topics or not 0 < len(words) <= index.lexicon.follow_up_words or anchor == "foreign":
        return False
    if index.matcher.strangers(look) or top < _OURS * max(refused, 0.0):
        return False
    leans = words[0] in index.lexicon.openers
    return leans or (anchor in ("none", "faint", "weak") and not look.concepts <= index.scope.everyday)


def _with_context(scores: list[float], index: Index, context: str) -> list[float]:
    """The scores as if the topic before had been named too, only more softly; what is often asked next comes easier."""
    before = index.topics[context]
    named = index.matcher.score(index.matcher.look(before.title).features)
    likely = {context, *before.next}
    return [
        (own + _CONTEXT * other) * (_LIKELY if item.group in likely else 1.0)
        for own, other, item in zip(scores, named, index.matcher.classes, strict=True)
    ]


def _rank(scores: list[float], index: Index) -> tuple[Ranked, str, float]:
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


def _idle(look: Look, anchor: Anchor, index: Index) -> bool:
    """Whether nothing but everyday talk is said."""
    return anchor == "none" and look.concepts <= index.scope.everyday


def _crumb(look: Look, anchor: Anchor) -> bool:
    """Whether it is only a word of which nothing is asked."""
    return anchor == "none" and len(look.reading.words) <= _CRUMB


def _open(look: Look, index: Index) -> bool:
    """Whether only generic things are said."""
    return look.concepts <= index.scope.generic and not index.matcher.telling(look)
