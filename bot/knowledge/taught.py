"""What the office has taught: its own answers and phrasings, found by their words before anything is weighed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from bot.knowledge.answer import Answer, answer
from bot.knowledge.articles import LONGEST_ANSWER, Article, Checked, Facts, Source, load_articles, load_notes
from bot.knowledge.index import Index, build_index
from bot.vietnamese.fold import clean, fold

# Of all words that two questions hold, the part that both must hold to be taken for the same one.
SAME = 0.8
SHORTEST_ANSWER, LONGEST_TITLE = 20, 48


@dataclass(frozen=True, slots=True)
class Written:
    """An answer that the office wrote, as it is kept: `body` without the note on whose answer it is."""

    slug: str
    title: str
    body: str
    source: Source
    at: date


@dataclass(frozen=True, slots=True)
class Lessons:
    """All that the office has taught; `phrasings` are (slug, how it is asked), of its own answers and of topics."""

    version: int = 0
    written: tuple[Written, ...] = ()
    phrasings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """The index with what was taught, and the `facts` that its answers quote.

    `words` finds an article's slug by the telling words of a taught phrasing.
    """

    index: Index
    version: int
    facts: Facts
    words: Mapping[frozenset[str], str]

    def answer(self, question: str, context: str | None = None) -> Answer:
        """Answers one message; what was taught in nearly these words comes first, unless somebody is named."""
        slug = self._taught(question)
        return answer(question, self.index, context) if slug is None else told(self.index.articles[slug])

    def about(self, topic: str) -> Answer | None:
        """The answer that a topic, or one article of it, gives by itself; None where there is no such."""
        article = self.index.articles.get(topic) or self.index.topics.get(topic)
        return told(article) if article else None

    def title(self, topic: str) -> str | None:
        """How a topic is called on a button."""
        article = self.index.topics.get(topic) or self.index.articles.get(topic)
        return article.title if article else None

    def _taught(self, question: str) -> str | None:
        if not self.words or self.index.names.in_text(clean(question)):
            return None
        asked = telling(question, self.index)
        exact = self.words.get(asked)
        if exact is not None or len(asked) < 2:
            return exact
        alike = ((len(asked & words) / len(asked | words), slug) for words, slug in self.words.items())
        best, slug = max(alike, key=lambda pair: pair[0])
        return slug if best >= SAME else None


def told(article: Article) -> Answer:
    """An article as an answer of which nothing is unsure."""
    return Answer(
        kind="answer",
        text=article.text,
        topic=article.topic,
        articles=(article.slug,),
        citations=article.sources,
        confidence=1.0,
        suggestions=article.next,
    )


def telling(question: str, index: Index) -> frozenset[str]:
    """The words of a question that say what it is about."""
    words = frozenset(index.matcher.look(clean(question)).reading.words)
    return words - index.lexicon.stop or words


def finished(written: Written, phrasings: Sequence[str] = ()) -> Article:
    """An answer of the office as an article."""
    return Article(
        slug=written.slug,
        topic=written.slug,
        title=written.title,
        text=f"{written.body} {load_notes()['office']}",
        sources=(written.source,),
        checked=Checked(how="office", at=written.at),
        next=(),
        keywords=(),
        aliases=tuple(phrasings) or (written.title,),
        personal=False,
    )


def longest_body() -> int:
    """How many characters of its own an answer of the office may have."""
    return LONGEST_ANSWER - len(load_notes()["office"]) - 1


def know(lessons: Lessons, facts: Facts) -> Known:
    """The index with these lessons and the numbers of `facts`; phrasings of topics that are no more are left out."""
    if not (lessons.written or lessons.phrasings):
        return Known(_plain(facts), lessons.version, facts, {})
    asked: dict[str, list[str]] = {}
    for slug, phrasing in lessons.phrasings:
        asked.setdefault(slug, []).append(phrasing)
    own = [finished(one, asked.get(one.slug, ())) for one in lessons.written]
    articles = [
        replace(article, aliases=(*article.aliases, *asked[article.slug])) if article.slug in asked else article
        for article in load_articles(facts)
    ]
    # What is held without lessons is not held twice.
    _plain.cache_clear()
    index = build_index(facts, own, articles)
    return Known(index, lessons.version, facts, dict(_words(asked, index)))


def _words(asked: Mapping[str, Sequence[str]], index: Index) -> Iterable[tuple[frozenset[str], str]]:
    for slug, phrasings in asked.items():
        if slug in index.articles:
            yield from ((telling(phrasing, index), slug) for phrasing in phrasings if fold(phrasing))


@lru_cache(maxsize=1)
def _plain(facts: Facts) -> Index:
    return build_index(facts)
