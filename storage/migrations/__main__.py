"""`python -m storage.migrations`: brings the database whose address it reads to the newest revision."""

import asyncio
import sys

from storage.database import connect
from storage.migrations import upgrade


async def main(url: str) -> None:
    """Upgrades in one transaction."""
    database = await connect(url)
    try:
        await database.write(upgrade)
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.stdin.readline()))
