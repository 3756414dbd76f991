"""What becomes of a message that did not go out: tried again later, sent elsewhere, or given up with the reason."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.chat import NotSent, Unclear, Unreachable, Unsendable, Wait
from bot.delivery.claim import Terms, lose
from storage import sending
from storage.outbox import NOT_SENT, UNCLEAR, Owed

MOST_TRIES = 150
LONGEST_WAIT = 600.0


def note(
    connection: Connection, owed: Owed, problem: Exception, *, terms: Terms, channels: Iterable[str], now: datetime
) -> None:
    """Keeps in the outbox how a try ended. What is known of an earlier try that may have arrived stays known."""
    match problem:
        case Wait():
            sending.put_off(connection, owed.id, owed.tries, now + timedelta(seconds=problem.seconds), None)
        case Unclear() if owed.kind != "edit":
            if owed.unclear:
                sending.give_up(connection, owed.id, "failed", UNCLEAR)
            else:
                sending.put_off(connection, owed.id, owed.tries + 1, now + back_off(owed.tries), UNCLEAR)
        case NotSent() if owed.tries >= MOST_TRIES:
            sending.give_up(connection, owed.id, "failed", NOT_SENT)
        case NotSent():
            said = None if owed.unclear else NOT_SENT
            sending.put_off(connection, owed.id, owed.tries + 1, now + back_off(owed.tries), said)
        case Unreachable():
            lose(connection, terms, owed, channels, now)
        case Unsendable() if owed.kind == "edit":
            sending.drop(connection, [owed.id])
        case _:
            sending.give_up(connection, owed.id, "failed", type(problem).__name__)


def back_off(tries: int) -> timedelta:
    """Twice as long after every try, with jitter so that many do not come back together."""
    longest = min(LONGEST_WAIT, 2.0**tries)
    return timedelta(seconds=longest * jitter())


def jitter() -> float:
    """Between a half and one."""
    return random.uniform(0.5, 1.0)  # noqa: S311  (not a secret)
