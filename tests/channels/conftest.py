"""A local phone with a page open to it, for the tests of that channel."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from bot.channels.web import LocalPhone
from tests.fakes.phone import HANOI, Echo, Page, Ward, serving


@pytest.fixture
def ward() -> Ward:
    return Ward(datetime(2026, 11, 20, 1, 30, tzinfo=HANOI))


@pytest.fixture
def phone(ward: Ward) -> LocalPhone:
    return ward.phone()


@pytest.fixture
async def echo(phone: LocalPhone) -> AsyncIterator[Echo]:
    """The echoing bot, its phone switched on."""
    async with serving(Echo(phone)) as echo:
        yield echo


@pytest.fixture
async def page(phone: LocalPhone, echo: Echo) -> AsyncIterator[Page]:
    async with Page.at(phone.url) as page:
        yield page
