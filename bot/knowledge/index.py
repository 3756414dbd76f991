"""The index: articles, refusals, lexicon and matcher together, built once at start and never changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict

from bot.knowledge.articles import Article, Facts, load_articles
from bot.knowledge.concepts import build_concepts
from bot.knowledge.lexicon import Lexicon, load_lexicon
from bot.knowledge.matcher import Class, Matcher
from bot.knowledge.names import Names, load_names
from bot.knowledge.reading import read_data
from bot.knowledge.scope import Scope, load_scope
from bot.knowledge.sieve import Sieve, load_sieve


class Refusal(BaseModel):
    """What is said instead of an answer, and how such things are asked, by what they are about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    phrases: Mapping[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Index:
    """All that an answer is made of. `topics` holds the main article of each topic."""

    articles: Mapping[str, Article]
    topics: Mapping[str, Article]
    refusals: Mapping[str, Refusal]
    matcher: Matcher
    scope: Scope
    names: Names
    lexicon: Lexicon
    sieve: Sieve | None


def build_index(
    facts: Facts,
    extra: Sequence[Article] = (),
    articles: Sequence[Article] | None = None,
    refusals: Mapping[str, Refusal] | None = None,
    sifting: bool = True,
) -> Index:
    """Builds the index from the articles of this room and `extra` ones that the office wrote.

    `facts` are the numbers of the rulebook; `age_least` and `age_most` must be among them. An extra
    article takes the place of one with the same slug. `articles`, `refusals`: these instead of the room's own.
    `sifting` False: without the sieve, which has seen all phrasings.
    """
    own = load_articles(facts) if articles is None else articles
    chosen = {article.slug: article for article in (*own, *extra)}
    lexicon, scope = load_lexicon(), load_scope()
    refusals = load_refusals() if refusals is None else refusals
    concepts = build_concepts(lexicon.concepts, scope.phrases, lexicon.stop)
    ages = (int(facts.said["age_least"]), int(facts.said["age_most"]))
    matcher = Matcher(_classes(chosen.values(), refusals), lexicon, concepts, ages, scope.guarding)
    topics = {item.topic: chosen.get(item.topic, item) for item in reversed(chosen.values())}
    sieve = load_sieve() if sifting else None
    return Index(chosen, topics, refusals, matcher, scope, load_names(), lexicon, sieve)


def _classes(articles: Iterable[Article], refusals: Mapping[str, Refusal]) -> list[Class]:
    """One class an article, with its title as one more phrasing, and one for each thing that is refused."""
    told = [Class(one.slug, one.topic, True, (one.title, *one.aliases), one.keywords, one.text) for one in articles]
    refused = [
        Class(f"{kind}.{about}", f"refusal {kind}", False, phrases)
        for kind, one in refusals.items()
        for about, phrases in one.phrases.items()
    ]
    return told + refused


@cache
def load_refusals() -> Mapping[str, Refusal]:
    """The refusals that stand next to this file, by kind."""
    data = read_data("refusals.yaml")
    return {kind: Refusal.model_validate(item) for kind, item in data["refusals"].items()}
