"""The questions in phrasings/: read, and held apart from an index by style and by likeness."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from bot.knowledge.articles import Article
from bot.knowledge.index import Index

FOLDER = Path(__file__).parent / "phrasings"

# Styles held out together; each style is tested by an index that has not seen it, nor anything much like it.
FOLDS = (
    ("plain", "telex", "keywords"),
    ("no_diacritics", "stories"),
    ("abbreviations", "elderly", "typos"),
    ("dialect", "phone"),
)
OUT_OF_SCOPE = tuple(sorted(path.stem for path in FOLDER.glob("out_of_scope*.jsonl")))
_TOO_ALIKE = 0.75

Row = Mapping[str, Any]


@cache
def rows(style: str) -> tuple[Row, ...]:
    lines = (FOLDER / f"{style}.jsonl").read_text("utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


def articles_without(styles: Iterable[str], index: Index) -> list[Article]:
    """The articles without phrasings that say nearly the same as a question of these styles on the same topic."""
    held: dict[str, list[frozenset[str]]] = {}
    for style in styles:
        for row in rows(style):
            held.setdefault(row["topic"], []).append(_words(row["question"], index))
    return [_without(article, held.get(article.topic, []), index) for article in index.articles.values()]


def _without(article: Article, held: list[frozenset[str]], index: Index) -> Article:
    def kept(texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(text for text in texts if not any(_alike(_words(text, index), other) for other in held))

    return replace(article, aliases=kept(article.aliases), keywords=kept(article.keywords))


def _words(text: str, index: Index) -> frozenset[str]:
    words = frozenset(index.matcher.look(text).reading.words)
    return words - index.lexicon.stop or words


def _alike(left: frozenset[str], right: frozenset[str]) -> bool:
    return len(left & right) >= _TOO_ALIKE * len(left | right)
