"""A peer to measure against: aiogram 3 that answers each message with its own text and remembers nothing.

As aiogram is meant to be used: long polling, every update a task of its own, 100 connections (its default), and nothing
logged for each update. Environment: PEER_TOKEN, PEER_API (base address of the Bot API).
"""

import asyncio
import logging
import os

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

dispatcher = Dispatcher()


@dispatcher.message()
async def echo(message: Message) -> None:
    """The same text back, as chibot sends: HTML, one request."""
    await message.answer(message.text or "", parse_mode="HTML")


async def main() -> None:
    """Until the process is stopped."""
    logging.getLogger("aiogram").setLevel(logging.ERROR)
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["PEER_API"]))
    async with Bot(os.environ["PEER_TOKEN"], session=session) as bot:
        await dispatcher.start_polling(bot, handle_signals=False, allowed_updates=["message"])


if __name__ == "__main__":
    asyncio.run(main())
