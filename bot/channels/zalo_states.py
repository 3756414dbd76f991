"""What a refusal of Zalo's means for a message. Its error codes are not published: what is unknown is tried again."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.channels.zalo_api import Refused
from bot.chat import NotSent, Unclear, Unreachable, Unsendable, Wait

LONGEST_PAUSE = 60.0
TOO_FAST, NO_TIME = 429, (408, 502, 504)
FORBIDDEN = 403
WRONG = (400, 413, 422)
_GONE = ("block", "chat not found", "user not found", "chat_id", "user_id", "deactivated", "not interact")


class Refusals:
    """Which of the five states a refusal is, and how long everybody waits after "too fast": twice as long each time."""

    def __init__(self, token_works: Callable[[], Awaitable[bool]]) -> None:
        self._token_works = token_works
        self._pause = 0.0
        self._until = 0.0

    def went(self) -> None:
        """A message got through."""
        self._pause = 0.0

    async def state(self, refused: Refused) -> Exception:
        """One of the five states. "Forbidden" may mean the person or the token: only with a good token the person."""
        says = refused.says.casefold()
        if refused.code == TOO_FAST:
            return Wait(self._longer())
        if refused.code in NO_TIME:
            return Unclear(str(refused))
        if refused.code == FORBIDDEN or (refused.code in WRONG and any(word in says for word in _GONE)):
            return Unreachable(str(refused)) if await self._token_works() else NotSent(str(refused))
        return Unsendable(str(refused)) if refused.code in WRONG else NotSent(str(refused))

    def _longer(self) -> float:
        """Several messages that were on their way together count as one."""
        now = asyncio.get_running_loop().time()
        if now >= self._until:
            self._pause = min(LONGEST_PAUSE, self._pause * 2 or 1.0)
            self._until = now + self._pause
        return max(self._until - now, 0.1)
