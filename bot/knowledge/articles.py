"""The articles: one Markdown file an answer, with its sources, how well it was checked, and how people ask for it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from bot.knowledge.reading import read_data, read_yaml

How = Literal["full", "text_2025", "banks_2026", "pages", "local", "office"]
LONGEST_ANSWER = 600
LINE = 118
_PLACE = re.compile(r"\{\{\s*([a-z_0-9]+)\s*\}\}")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Model):
    """A document by number and date together: numbers repeat. `article`: the part, in words where it has no number."""

    number: str
    date: date
    article: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """The numbers that answers quote, by name and with their unit; and by the same names where each is laid down."""

    said: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(tuple(self.said.items()))


class Checked(_Model):
    """How well the answer is known, and when that was looked at.

    full: read in the text of a document in force. text_2025: read in the text of a document since replaced.
    banks_2026: agreed by question banks about the new document, whose text was not to be had. pages: from public pages.
    local: a local plan. office: an answer of the committee's office.
    """

    how: How
    at: date


class _Front(_Model):
    topic: str = Field(pattern=r"^[a-z_0-9]+$")
    title: str = Field(min_length=5, max_length=48)
    checked: Checked
    sources: tuple[Source, ...] = Field(min_length=1)
    next: tuple[str, ...] = Field((), max_length=4)
    keywords: tuple[str, ...] = ()
    aliases: tuple[str, ...] = Field(min_length=1)
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """One answer. `slug` is its file's name; several articles may share a `topic`, whose main article has its name.

    `text` is finished: numbers filled in, and the note on how well it was checked at its end. `personal`: asked about
    one's own case, the answer adds that the branch decides each case.
    """

    slug: str
    topic: str
    title: str
    text: str
    sources: tuple[Source, ...]
    checked: Checked
    next: tuple[str, ...]
    keywords: tuple[str, ...]
    aliases: tuple[str, ...]
    personal: bool

    @property
    def case_by_case(self) -> bool:
        """Whether the text says itself that each case is looked at."""
        return load_notes()["case_by_case"] in self.text


class BadArticle(ValueError):  # noqa: N818  (it names the thing, as the messages do)
    """An article file that cannot be used; says which and why."""


@cache
def load_notes() -> Mapping[str, str]:
    """The sentence by which an answer says how well it was checked, by `how`; empty for `full`."""
    loaded: Mapping[str, str] = read_data("notes.yaml")
    return loaded


def load_articles(facts: Facts) -> tuple[Article, ...]:
    """All articles next to this file, the numbers of `facts` filled in, in the order of their names."""
    folder = resources.files(__package__).joinpath("articles")
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".md")), key=lambda item: item.name)
    return tuple(read_article(item.name.removesuffix(".md"), item.read_text("utf-8"), facts) for item in files)


def read_article(slug: str, content: str, facts: Facts | None = None) -> Article:
    """Reads one article file; raises BadArticle. A number from a document that it does not name brings its document."""
    facts = facts or Facts()
    try:
        _, front, body = content.split("---\n", 2)
        head = _Front.model_validate(read_yaml(front))
    except (ValueError, yaml.YAMLError) as error:
        raise BadArticle(f"{slug}: {error}") from error
    text = " ".join(part for part in (fill(slug, body, facts.said), load_notes()[head.checked.how]) if part)
    if not 20 <= len(text) <= LONGEST_ANSWER:
        raise BadArticle(f"{slug}: {len(text)} characters")
    named = {source.number for source in head.sources}
    quoted = dict.fromkeys(facts.sources[name] for name in placeholders(body) if name in facts.sources)
    sources = (*head.sources, *(source for source in quoted if source.number not in named))
    return Article(slug=slug, text=text, **{**dict(head), "sources": sources})


def write_article(article: Article) -> str:
    """The file of an article, as `read_article` reads it; numbers stay filled in."""
    front = _Front.model_validate({name: getattr(article, name) for name in _Front.model_fields})
    head = yaml.safe_dump(front.model_dump(mode="json"), allow_unicode=True, sort_keys=False, width=LINE)
    body = article.text.removesuffix(load_notes()[article.checked.how]).strip()
    return f"---\n{head}---\n{body}\n"


def fill(slug: str, body: str, facts: Mapping[str, str]) -> str:
    """The body in one line with every `{{ name }}` replaced by that fact; an unknown name is an error, not a blank."""
    missing = [name for name in placeholders(body) if name not in facts]
    if missing:
        raise BadArticle(f"{slug}: no such fact: {', '.join(missing)}")
    text = " ".join(_PLACE.sub(lambda found: facts[found[1]], body).split())
    if "{" in text or "}" in text:
        raise BadArticle(f"{slug}: a brace that names no fact")
    return text


def placeholders(body: str) -> Iterator[str]:
    """The names of the facts that a body asks for."""
    return (found[1] for found in _PLACE.finditer(body))
