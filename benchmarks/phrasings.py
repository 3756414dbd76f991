"""All phrasings that the sieve is learnt from: of the articles, of the refusals and of the tests."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.articles import load_articles
from bot.knowledge.facts import WRITTEN, facts_of
from bot.knowledge.index import Index, load_refusals
from bot.knowledge.reading import read_data
from bot.rules.book import load
from bot.vietnamese.fold import clean

KNOWLEDGE = Path(__file__).parent.parent / "bot" / "knowledge"
FOLDER = Path(__file__).parent.parent / "tests" / "knowledge" / "phrasings"
_OTHERS = "out_of_scope"
# Follow-ups need the topic before; two questions in one message have two topics.
_LEFT_OUT = ("follow_ups", "two_questions")


@dataclass(frozen=True, slots=True)
class Row:
    """One phrasing: its topic, None for what is not ours; then `subject` says what it is about where that is known.

    `refusal`: whether the subject is one of refusals.yaml. `style`: the file it stands in, or what it is.
    """

    text: str
    topic: str | None
    style: str
    subject: str = ""
    refusal: bool = False


def every_row(index: Index) -> Iterator[Row]:
    """All phrasings in a fixed order."""
    for article in index.articles.values():
        for text in (article.title, *article.aliases):
            yield Row(text, article.topic, "alias")
        for text in article.keywords:
            yield Row(text, article.topic, "keyword")
    for kind, refusal in load_refusals().items():
        for about, texts in refusal.phrases.items():
            for text in texts:
                yield Row(text, None, "refusal", f"{kind}.{about}", True)
    for file in files():
        for line in file.read_text("utf-8").splitlines():
            found = json.loads(line)
            topic = None if file.stem.startswith(_OTHERS) else found["topic"]
            yield Row(clean(found["question"]), topic, file.stem, found.get("subject", ""))


def files() -> list[Path]:
    """The tests' files of phrasings that are learnt from."""
    return sorted(file for file in FOLDER.glob("*.jsonl") if file.stem not in _LEFT_OUT)


def digest() -> str:
    """Changes with any phrasing, and with the lexicon by which phrasings are read."""
    found = hashlib.sha256()
    articles = load_articles(facts_of(load(), WRITTEN))
    asked = [[one.slug, one.topic, one.title, *one.aliases, "", *one.keywords] for one in articles]
    refused = [[kind, about, *texts] for kind, one in load_refusals().items() for about, texts in one.phrases.items()]
    concepts = sorted((name, *map(str, phrases)) for name, phrases in read_data("scope.yaml")["concepts"].items())
    found.update(json.dumps([asked, refused, concepts], ensure_ascii=False).encode())
    for file in (KNOWLEDGE / "lexicon.yaml", *files()):
        found.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()
