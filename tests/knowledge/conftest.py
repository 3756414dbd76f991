"""One rulebook and one index for all tests of this room."""

from datetime import date

import pytest

from bot.knowledge.articles import Facts
from bot.knowledge.facts import facts_of
from bot.knowledge.index import Index, build_index
from bot.rules.book import Rulebook, load

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return load()


@pytest.fixture(scope="session")
def facts(book: Rulebook) -> Facts:
    return facts_of(book, TODAY)


@pytest.fixture(scope="session")
def index(facts: Facts) -> Index:
    return build_index(facts)
