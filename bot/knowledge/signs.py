"""Signs: the figures by which the sieve weighs whether a question is ours, in the order in which it learnt them."""

from dataclasses import dataclass
from math import log
from typing import get_args

from bot.knowledge.matcher import Look
from bot.knowledge.scope import Anchor
from bot.knowledge.sieve import Sifted, coverage

_ANCHORS = get_args(Anchor)
_LEAST_LEAD, _MOST_LEAD = 0.05, 20.0
_TEN = 10


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the matcher found: the best scores of an article and of a refusal, by all phrasings together, and the most
    that one class could have had (`most`); the others as in a verdict."""

    anchor: Anchor
    ours: float
    others: float
    most: float
    share: float
    lead: float
    strangers: int
    open: bool


def signs(look: Look, weighed: Weighed, sifted: Sifted, topic: int) -> list[float]:
    """The figures of one question; `topic` is the place of its likeliest topic in the sieve, -1 for an unknown one."""
    words = len(set(look.reading.words))
    most = weighed.most + 1
    ranked = sorted(sifted.topics, reverse=True)
    return [
        sifted.ours,
        ranked[0],
        ranked[1],
        *coverage(sifted.known, topic),
        weighed.share,
        log(max(_LEAST_LEAD, min(weighed.lead, _MOST_LEAD))),
        (weighed.ours - weighed.others) / most,
        weighed.ours / most,
        weighed.others / most,
        float(weighed.strangers),
        weighed.strangers / max(1, words),
        look.features.unknown / (words + 1),
        log(1 + words),
        float(weighed.open),
        len(look.concepts) / _TEN,
        *(float(weighed.anchor == anchor) for anchor in _ANCHORS),
    ]
