"""Fixtures that every room's tests may use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.office import Office, open_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A small committee with its people and candidates, on 20 November 2026 at 9:00."""
    async with open_office(tmp_path) as opened:
        yield opened
