"""The form of the office's workbook: its sheets, columns and lists, as `workbook.yaml` names them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.reports.lines import SHEETS, Sheet
from bot.vietnamese.fold import clean, fold

Words = Mapping[str, Mapping[str, str]]
"""Names by slug that the sentences of the house use too: groups, steps, education."""

_NO_WORD = re.compile(r"[^\w/]+")
_ASIDE = re.compile(r"\(.*?\)")


def plain(text: str) -> str:
    """A heading or an entry of a list without diacritics, case and punctuation."""
    return _NO_WORD.sub(" ", fold(clean(text))).strip()


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `read` says how a cell is understood, `from_list` in which list; `must`: never empty."""

    slug: str
    name: str
    read: Literal[
        "code", "case_code", "codes", "name", "text", "phone", "choice", "choices", "level", "number", "quarter",
        "date", "birth",
    ]  # fmt: skip
    hint: str
    width: int
    aliases: tuple[str, ...] = ()
    must: bool = False
    from_list: str | None = None
    least: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of the workbook, with the values of its example line by column."""

    slug: Sheet
    name: str
    about: str
    aliases: tuple[str, ...]
    columns: tuple[Column, ...]
    example: Mapping[str, Any]

    def column(self, slug: str) -> Column:
        """The column by its slug."""
        return next(column for column in self.columns if column.slug == slug)

    def heading(self, text: str) -> Column | None:
        """The column that this heading means."""
        for wanted in (plain(text), plain(_ASIDE.sub(" ", text))):
            for column in self.columns:
                if wanted and wanted in (plain(column.name), *map(plain, column.aliases)):
                    return column
        return None


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form; `raw` is the file for its sentences."""

    pages: Mapping[Sheet, Page]
    raw: Mapping[str, Any]

    def page(self, title: str) -> Page | None:
        """The page that a sheet of this title is; its own name goes before aliases."""
        wanted = plain(title)
        named = {plain(page.name): page for page in self.pages.values()}
        known = {plain(alias): page for page in self.pages.values() for alias in page.aliases}
        return named.get(wanted) or known.get(wanted)

    def names(self, of_list: str, words: Words) -> dict[str, str]:
        """A list as the template offers it: slug and name, in order."""
        own = self.raw["choices"].get(of_list)
        return {slug: names[0] for slug, names in own.items()} if own else dict(words[of_list])

    def meanings(self, of_list: str, words: Words) -> dict[str, str]:
        """Everything that is understood in a list, in plain letters, and the slug it means; names go before aliases."""
        names = self.names(of_list, words)
        own = self.raw["choices"].get(of_list, {})
        more = {slug: own.get(slug, self.raw["aliases"].get(of_list, {}).get(slug, [])) for slug in names}
        aliases = {plain(str(alias)): slug for slug, several in more.items() for alias in several}
        slugs = {plain(slug): slug for slug in names} | {slug: slug for slug in names}
        return aliases | slugs | {plain(name): slug for slug, name in names.items()}


@cache
def form() -> Form:
    """The form, read once."""
    raw = yaml.safe_load((Path(__file__).parent / "workbook.yaml").read_text(encoding="utf-8"))
    return Form({slug: _page(slug, raw["sheets"][slug]) for slug in SHEETS}, raw)


def _page(slug: Sheet, entry: Mapping[str, Any]) -> Page:
    columns = tuple(_column(name, dict(values)) for name, values in entry["columns"].items())
    return Page(slug, entry["name"], entry["about"], tuple(entry["aliases"]), columns, entry["example"])


def _column(slug: str, values: dict[str, Any]) -> Column:
    values["aliases"] = tuple(map(str, values.get("aliases", ())))
    values["from_list"] = values.pop("from", None)
    return Column(slug=slug, **values)
