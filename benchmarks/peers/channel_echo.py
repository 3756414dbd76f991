"""A peer to measure against: an echo made of nothing but chibot's own Telegram channel, no dispatcher, no database.

What a message costs before the house begins to think. Environment: PEER_TOKEN, PEER_API (base address of the Bot API).
"""

import asyncio
import html
import os
from datetime import UTC, datetime

from bot.channels.telegram import Telegram
from bot.chat import Incoming, Message


async def main() -> None:
    """Until the process is stopped."""
    channel = Telegram(os.environ["PEER_TOKEN"], os.environ["PEER_API"], now=lambda: datetime.now(UTC))

    async def echo(incoming: Incoming) -> None:
        await channel.send(incoming.address.id, Message(html.escape(incoming.text)))

    await channel.run(echo)


if __name__ == "__main__":
    asyncio.run(main())
