"""What the office's process does without, so that it stays below 120 MB (`python -m benchmarks.memory`)."""

import json
import subprocess
import sys

from bot.memory import one_pool, settle

# Each takes 2 to 11 MB: what migrates, what speaks to a server, what serves web pages, what makes files and pictures.
SPARED = (
    "alembic",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.dialects.postgresql",
    "aiohttp.web",
    "openpyxl",
    "docx",
    "matplotlib",
    "holidays.countries.france",
)
LOOK = f"""
import json, sys
import bot.serve, bot.channels.telegram, bot.app
from datetime import date
from bot.rules.book import load
from bot.rules.workdays import WorkCalendar
WorkCalendar(load().entries.holidays).after(date(2026, 11, 20), 30)
print(json.dumps([name for name in {SPARED!r} if name in sys.modules]))
"""


def test_a_bot_that_polls_loads_nothing_that_only_others_need() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout) == []


def test_to_settle_twice_does_no_harm() -> None:
    one_pool()
    settle()
    settle()
