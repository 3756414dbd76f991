"""What the office has taught as files: an article each of its answers, and the phrasings of topics in one."""

import io
import zipfile
from collections.abc import Iterator

import yaml

from bot.knowledge.articles import LINE, write_article
from bot.knowledge.taught import Lessons, finished

PHRASINGS = "phrasings.yaml"


def files(lessons: Lessons) -> Iterator[tuple[str, str]]:
    """Names and contents: articles as they stand in the folder of articles, and phrasings by topic."""
    own = {written.slug for written in lessons.written}
    asked: dict[str, list[str]] = {}
    for slug, phrasing in lessons.phrasings:
        asked.setdefault(slug, []).append(phrasing)
    for written in lessons.written:
        yield f"{written.slug}.md", write_article(finished(written, asked.get(written.slug, ())))
    linked = {slug: phrasings for slug, phrasings in asked.items() if slug not in own}
    if linked:
        yield PHRASINGS, yaml.safe_dump(linked, allow_unicode=True, sort_keys=True, width=LINE)


def zipped(lessons: Lessons) -> bytes:
    """The same in one archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files(lessons):
            # A fixed moment: the same lessons give the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()
