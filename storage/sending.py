"""What a round does to the outbox: takes rows into its hands, says that it begins to send one, and how that ended.

A notice in hand bears the holder's mark. `begin` is the fence: it succeeds for one process only, and only while nobody
has cleared or taken the row meanwhile. Everything after it counts only while the row is still being sent.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from bot.chat import Address, Message
from storage.outbox import INTERRUPTED, ROW, UNCLEAR, Owed, owed, pack
from storage.outbox_tables import ANSWER_WAITS, NOTICE_WAITS
from storage.prepared import Prepared
from storage.tables import outbox

# How often a process may end while it sends one and the same message: perhaps the message is why.
MOST_INTERRUPTIONS = 5

_DUE = outbox.c.due_at <= bindparam("now")
# Another process takes the ones after these. SQLite has no such words and needs none: it has one writer.
_ANSWERS = (
    select(*ROW)
    .where(text(ANSWER_WAITS), _DUE, outbox.c.channel == bindparam("in_channel"))
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_NOTICES = (
    select(*ROW)
    .where(text(NOTICE_WAITS), _DUE, outbox.c.channel == bindparam("in_channel"))
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_BEGIN = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("row"), outbox.c.state == "queued", outbox.c.holder == bindparam("mine"))
    .values(state="sending", tried_at=bindparam("at"), due_at=bindparam("until"))
)
_SENT_NOTICE = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("row"), outbox.c.state == "sending")
    .values(state="sent", body=None, sent_at=bindparam("at"), message=bindparam("number"), problem=None, holder=None)
)
_SENT_ANSWERS = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(state="sent", body=None, sent_at=bindparam("at"), message=bindparam("message_id"), problem=None)
)


def due_answers(connection: Connection, channel: str, now: datetime, most: int, until: datetime) -> list[Owed]:
    """Takes answers that nobody sent at once, and keeps other processes from taking them before `until`.

    They are given in the order in which they were asked for, whatever each has waited for.
    """
    found = connection.execute(_ANSWERS, {"now": now, "most": most, "in_channel": channel}).all()
    _set(connection, [row.id for row in found], due_at=until)
    return [owed(row) for row in sorted(found, key=lambda row: row.id) if row.body]


def due_notices(connection: Connection, channel: str, now: datetime, most: int) -> list[Owed]:
    """What is due, the longest due first, for the caller to `take`, `hold`, `clear` or `lose` in this transaction.

    What was being sent when its process ended comes again, known as unclear; too often, and it is given up.
    """
    found = connection.execute(_NOTICES, {"now": now, "most": most, "in_channel": channel}).all()
    again = [row.id for row in found if row.state == "sending" and not _given_up(row)]
    stopped = outbox.c.id.in_(again)
    if again:
        interrupted = {"state": "queued", "problem": INTERRUPTED, "tries": outbox.c.tries + 1}
        connection.execute(update(outbox).where(stopped).values(**interrupted))
    for row in found:
        if row.state == "sending" and _given_up(row):
            give_up(connection, row.id, "failed", row.problem or INTERRUPTED)
    return [_again(row) for row in found if row.body and not (row.state == "sending" and _given_up(row))]


def _given_up(row: Any) -> bool:
    """After an unclear end one repeat is allowed, and this was it; or the process always ends with this message."""
    return bool(row.problem == UNCLEAR or row.tries >= MOST_INTERRUPTIONS)


def _again(row: Any) -> Owed:
    if row.state != "sending":
        return owed(row)
    taken = owed(row)
    return Owed(taken.id, taken.address, taken.message, taken.tries + 1, True, taken.key, taken.kind, taken.person)


def take(connection: Connection, rows: Sequence[int], holder: str, until: datetime) -> None:
    """These are in this process's hands until then."""
    _set(connection, rows, state="queued", holder=holder, due_at=until)


def hold(connection: Connection, rows: Sequence[int], until: datetime, why: str) -> None:
    """Keeps them back until then."""
    _set(connection, rows, state="held", holder=None, due_at=until, problem=why)


def lose(connection: Connection, rows: Sequence[int]) -> None:
    """Their person has no chat any more that gets messages; the text is kept until there is one."""
    _set(connection, rows, state="unreachable", holder=None, problem=None)


def drop(connection: Connection, rows: Sequence[int]) -> None:
    """They are not to be said any more."""
    _set(connection, rows, state="cleared", holder=None, body=None)


def move(connection: Connection, row: int, address: Address, now: datetime) -> None:
    """It goes to another chat of the same person, at once: the same key, so never to both."""
    there = {"channel": address.channel, "address": address.id, "due_at": now}
    _set(connection, [row], **there, state="queued", holder=None, tries=0, problem=None)


def reword(connection: Connection, row: int, message: Message) -> None:
    """The words of today in the place of those it was owed with."""
    _set(connection, [row], body=pack(message))


def begin(connection: Connection, row: int, holder: str, at: datetime, until: datetime) -> bool:
    """Marks a notice as being sent; False when it is not in this process's hands any more."""
    return bool(_BEGIN.run(connection, {"row": row, "mine": holder, "at": at, "until": until}))


def sent_notice(connection: Connection, row: int, message: str, at: datetime) -> bool:
    """Marks it as sent, with the messenger's number of it, and empties it."""
    return bool(_SENT_NOTICE.run(connection, {"row": row, "number": message, "at": at}))


def sent(connection: Connection, rows: Sequence[tuple[int, str]], at: datetime) -> None:
    """The same for answers, which are not marked before."""
    connection.execute(_SENT_ANSWERS, [{"row": row, "at": at, "message_id": message} for row, message in rows])


def put_off(connection: Connection, row: int, tries: int, due_at: datetime, problem: str | None) -> None:
    """Will be tried again at `due_at`; `problem` None leaves what is known of the tries before."""
    again: dict[str, Any] = {"state": "queued", "holder": None, "tries": tries, "due_at": due_at}
    if problem is not None:
        again["problem"] = problem
    waits = outbox.c.state.in_(["queued", "held", "sending"])
    connection.execute(update(outbox).where(outbox.c.id == row, waits).values(**again))


def put_back(connection: Connection, rows: Collection[int], holder: str, due_at: datetime) -> None:
    """What is in this process's hands and was not begun may be taken again at `due_at`."""
    mine = (outbox.c.id.in_(rows), outbox.c.state == "queued", outbox.c.holder == holder)
    connection.execute(update(outbox).where(*mine).values(holder=None, due_at=due_at))


def give_up(connection: Connection, row: int, state: str, problem: str) -> None:
    """Marks a message as "failed", "unreachable" or "cleared"; a failed one keeps its text, to be sent again."""
    _set(connection, [row], state=state, problem=problem, holder=None)


def _set(connection: Connection, rows: Collection[int], **values: Any) -> None:
    if rows:
        connection.execute(update(outbox).where(outbox.c.id.in_(rows)).values(**values))
