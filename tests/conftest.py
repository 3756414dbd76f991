"""Fixtures that every room's tests may use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.office import Office, open_office
from tests.terminal import Terminal


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A small committee with its people and candidates, on 20 November 2026 at 9:00."""
    async with open_office(tmp_path) as opened:
        yield opened


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in an empty folder, without settings."""
    return Terminal(tmp_path, monkeypatch)
