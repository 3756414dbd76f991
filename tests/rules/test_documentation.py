"""The page on the rulebook shows what the data says."""

import re
from datetime import date
from pathlib import Path

from bot.rules.table import rules_table, steps_table
from tests.rules.builders import BOOK

PAGE = (Path(__file__).parents[2] / "docs" / "rulebook.md").read_text(encoding="utf-8")


def shown(block: str) -> str:
    found = re.search(rf"<!-- {block}: [^\n]*-->\n(.*?)\n<!-- /{block} -->", PAGE, re.DOTALL)
    assert found is not None
    return found.group(1)


def test_the_tables_of_the_page_are_those_of_the_data() -> None:
    assert shown("steps") == steps_table(BOOK)
    assert shown("rules") == rules_table(BOOK, date(2026, 11, 20))


def test_every_mark_is_explained() -> None:
    assert all(f"`{mark}`" in PAGE for mark in BOOK.entries.marks)
