"""A peer to measure against: an echo made of nothing but chibot's own Telegram channel, no dispatcher, no database.

What a message costs before the house begins to think. As in chibot, the answer is handed over to be sent and the update
is done; with PEER_WAITS=1 the update is done, and confirmed, only after the answer is out. Environment: PEER_TOKEN,
PEER_API (base address of the Bot API).
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
    waits = os.environ.get("PEER_WAITS") == "1"
    sending: set[asyncio.Task[str]] = set()

    async def echo(incoming: Incoming) -> None:
        answer = asyncio.create_task(channel.send(incoming.address.id, Message(html.escape(incoming.text))))
        sending.add(answer)
        answer.add_done_callback(sending.discard)
        if waits:
            await answer

    await channel.run(echo)


if __name__ == "__main__":
    asyncio.run(main())
