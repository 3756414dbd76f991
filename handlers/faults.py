"""What becomes of a fault: a short number that is said, and a line in the log without a word of anybody's."""

import logging
import secrets
import traceback

from bot.chat import Choice, NotSent, Reply, Unreachable, Unsendable
from handlers.commands import Context

log = logging.getLogger(__name__)


def note(error: BaseException) -> str:
    """Logs a fault under a short number: where it happened, and not one word of what anybody typed."""
    number = f"{secrets.choice('ABCDEFGHKMNPQRSTVXY')}{secrets.randbelow(9) + 1}-{secrets.randbelow(900) + 100}"
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = " < ".join(f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    log.error("fault %s: %s at %s", number, type(error).__name__, where)
    return number


def not_read(error: Exception, _: Context) -> Reply:
    """What is said where a file could not be fetched or read."""
    if isinstance(error, NotSent | Unreachable | Unsendable | OSError):
        return Reply("conversation.not_fetched", {}, [[Choice("help", "/trogiup")]])
    return Reply("conversation.fault", {"number": note(error)})
