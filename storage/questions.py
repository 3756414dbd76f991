"""Questions: what somebody asked last, how often each topic is asked, votes, and what waits for the office."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, bindparam, case, delete, select, update
from sqlalchemy import insert as plain_insert

from bot.vietnamese.fold import fold
from storage.database import insert
from storage.prepared import Prepared
from storage.question_tables import asked, question_followers, questions, topic_counts
from storage.tables import attempts, candidates, people

# How long a follow-up leans on the question before, and how long the wording of a question is kept for a vote on it.
FOLLOWS = timedelta(minutes=10)
KEPT = timedelta(days=30)
GUESTS_A_MINUTE = 20
LONGEST_KEY = 400
# The office reads the most asked ones; rarer ones come up as these are dealt with.
LOOKED_THROUGH = 300
LONGEST_NAME = 5
_DIGIT = re.compile(r"\d")
_CODE = re.compile(r"\bQC[\s\-_.]*\d+\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:[-_/.][^\W_]+)*")

_LAST = Prepared(select(asked).where(asked.c.owner == bindparam("owner")).order_by(asked.c.id.desc()).limit(1))
_ADD = Prepared(plain_insert(asked))
_FORGET = Prepared(delete(asked).where(asked.c.at < bindparam("before")))
_COUNT = Prepared(
    lambda connection: (
        insert(connection, topic_counts)
        .values(topic=bindparam("topic"), times=1)
        .on_conflict_do_update(index_elements=["topic"], set_={"times": topic_counts.c.times + 1})
    )
)
_COUNT_GUEST = Prepared(
    lambda connection: (
        insert(connection, attempts)
        .values(sender=bindparam("sender"), minute=bindparam("minute"), count=1)
        .on_conflict_do_update(index_elements=["sender", "minute"], set_={"count": attempts.c.count + 1})
    )
)
_GUESTS = Prepared(
    select(attempts.c.count.label("times")).where(
        attempts.c.sender == bindparam("sender"), attempts.c.minute == bindparam("minute")
    )
)
_FORGET_GUEST = Prepared(
    delete(attempts).where(attempts.c.sender == bindparam("sender"), attempts.c.minute < bindparam("before"))
)
# Words are looked for so many at a time; a shorter list is filled up with blanks, so that the statement stays the same.
_SLOTS = 48
_NAMES = tuple(f"word_{slot}" for slot in range(_SLOTS))


def _holding(column: Column[str]) -> Prepared:
    return Prepared(select(column).where(column.in_([bindparam(name) for name in _NAMES])))


_CANDIDATES, _CODES, _PEOPLE = (
    _holding(column) for column in (candidates.c.folded, candidates.c.code, people.c.folded)
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that was answered, or not; `topic` None for choices and refusals."""

    id: int
    owner: str
    text: str
    topic: str | None
    at: datetime
    vote: str | None
    question_id: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """One wording that waits for the office; `topic` is what was told and disliked."""

    id: int
    key: str
    text: str
    topic: str | None
    times: int
    disliked: int
    last_at: datetime
    state: str
    dealt_with: int | None


def topic_before(connection: Connection, owner: str, now: datetime) -> str | None:
    """The topic that this person was told of last, if that is no longer ago than a follow-up may be."""
    row = _LAST.first(connection, {"owner": owner})
    return row.topic if row is not None and now - row.at <= FOLLOWS else None


def note(connection: Connection, owner: str, now: datetime, text: str, topic: str | None) -> int:
    """Remembers one question and counts its topic; gives the number by which it is voted on."""
    row = _ADD.add(connection, {"owner": owner, "text": text, "topic": topic, "at": now})
    number = int(row or 0)
    if topic is not None:
        _COUNT.run(connection, {"topic": topic})
    if number % 50 == 0:
        _FORGET.run(connection, {"before": now - KEPT})
    return number


def own(connection: Connection, owner: str, number: int) -> Asked | None:
    """One's own question by its number; None for another's and for one that is forgotten."""
    found = select(asked).where(asked.c.id == number, asked.c.owner == owner)
    row = connection.execute(found).first()
    return Asked(*row) if row else None


def vote(connection: Connection, number: int, said: str) -> None:
    """Keeps the vote on an answer."""
    connection.execute(update(asked).where(asked.c.id == number).values(vote=said))


def most_asked(connection: Connection, most: int) -> list[str]:
    """The topics that are asked most, the most asked first."""
    found = select(topic_counts.c.topic).order_by(topic_counts.c.times.desc(), topic_counts.c.topic).limit(most)
    return list(connection.execute(found).scalars())


def asked_this_minute(connection: Connection, owner: str, now: datetime) -> int:
    """Counts one more question of a guest; how many there are in this minute."""
    minute, sender = int(now.timestamp() // 60), f"ask:{owner}"
    _COUNT_GUEST.run(connection, {"sender": sender, "minute": minute})
    asked_now = int(_GUESTS.first(connection, {"sender": sender, "minute": minute}).times)
    if asked_now == 1:
        _FORGET_GUEST.run(connection, {"sender": sender, "before": minute})
    return asked_now


def without_people(connection: Connection, text: str, blank: str) -> str:
    """The wording without the names and codes of candidates and people that the house knows, whoever asks."""
    text = _CODE.sub(blank, text)
    words = [found.span() for found in _WORD.finditer(text)]
    spans = dict(_runs(text, words))
    known = _known(connection, list(spans))
    for start, end in sorted((span for key in known for span in spans[key]), reverse=True):
        text = text[:start] + blank + text[end:]
    return text


def names_somebody(connection: Connection, text: str) -> bool:
    """Whether the full name of any candidate stands in a text: a quick look before anybody's list is read."""
    words = [found.span() for found in _WORD.finditer(text)]
    wanted = [key for key, _ in _runs(text, words) if " " in key]
    return bool(_among(connection, _CANDIDATES, wanted))


def _runs(text: str, words: Sequence[tuple[int, int]]) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Everything in a text that may be a full name or a code, folded, with where it stands."""
    folded = [fold(text[start:end]) for start, end in words]
    found: dict[str, list[tuple[int, int]]] = {}
    for at, (start, _) in enumerate(words):
        for last in range(at, min(at + LONGEST_NAME, len(words))):
            found.setdefault(" ".join(folded[at : last + 1]), []).append((start, words[last][1]))
    yield from ((key, spans) for key, spans in found.items() if " " in key or _DIGIT.search(key))


def _known(connection: Connection, wanted: Sequence[str]) -> set[str]:
    codes = [key.upper() for key in wanted if _DIGIT.search(key)]
    found = _among(connection, _CANDIDATES, wanted) | _among(connection, _PEOPLE, wanted)
    return found | {code.lower() for code in _among(connection, _CODES, codes)}


def _among(connection: Connection, statement: Prepared, wanted: Sequence[str]) -> set[str]:
    """Which of these words the column of a statement holds."""
    found: set[str] = set()
    for at in range(0, len(wanted), _SLOTS):
        slots = dict.fromkeys(_NAMES, "") | dict(zip(_NAMES, wanted[at : at + _SLOTS], strict=False))
        found.update(row[0] for row in statement.rows(connection, slots))
    return found


def gather(
    connection: Connection, now: datetime, text: str, topic: str | None = None, *, disliked: bool = False
) -> int:
    """Puts a wording into the office's list, or counts it once more; gives its number."""
    statement = insert(connection, questions).values(
        key=fold(text)[:LONGEST_KEY], text=text, topic=topic, times=1, disliked=int(disliked), last_at=now, state="open"
    )
    more = {
        "times": questions.c.times + 1,
        "disliked": questions.c.disliked + int(disliked),
        "last_at": now,
        # What was dealt with and comes back was not dealt with; only what needs no answer stays so.
        "state": case((questions.c.state == "dismissed", "dismissed"), else_="open"),
    }
    changed = statement.on_conflict_do_update(index_elements=["key"], set_=more).returning(questions.c.id)
    return int(connection.execute(changed).scalar_one())


def put_to(connection: Connection, number: int, question: int) -> None:
    """Notes that what was asked stands in the office's list."""
    connection.execute(update(asked).where(asked.c.id == number).values(question_id=question))


def waiting(connection: Connection) -> list[Question]:
    """The wordings that wait for the office, the most asked first."""
    found = select(questions).where(questions.c.state == "open")
    found = found.order_by(questions.c.times.desc(), questions.c.last_at.desc(), questions.c.id)
    return [Question(*row) for row in connection.execute(found.limit(LOOKED_THROUGH))]


def by_ids(connection: Connection, wanted: Iterable[int]) -> list[Question]:
    """Wordings by their numbers, whatever became of them, the most asked first."""
    found = select(questions).where(questions.c.id.in_(list(wanted)))
    return [Question(*row) for row in connection.execute(found.order_by(questions.c.times.desc(), questions.c.id))]


def dealt_with(connection: Connection, first: int) -> list[Question]:
    """The wordings that were dealt with together, by the number of the first."""
    found = select(questions).where(questions.c.dealt_with == first).order_by(questions.c.id)
    return [Question(*row) for row in connection.execute(found)]


def settle(connection: Connection, wordings: Sequence[Question], state: str) -> None:
    """Says what became of these wordings together; the first stands for them."""
    wanted = questions.c.id.in_([wording.id for wording in wordings])
    first = None if state == "open" else wordings[0].id
    connection.execute(update(questions).where(wanted).values(state=state, dealt_with=first))


def follow(connection: Connection, question: int, owner: str) -> None:
    """This person is told once there is an answer."""
    statement = insert(connection, question_followers).values(question_id=question, owner=owner)
    connection.execute(statement.on_conflict_do_nothing())


def followers(connection: Connection, wanted: Iterable[int]) -> dict[str, int]:
    """Who wants to be told of an answer to one of these, each with the question they asked."""
    found = select(question_followers.c.owner, question_followers.c.question_id)
    rows = connection.execute(found.where(question_followers.c.question_id.in_(list(wanted))))
    return {row.owner: row.question_id for row in rows}


def unfollow(connection: Connection, wanted: Iterable[int]) -> None:
    """They have been told."""
    connection.execute(delete(question_followers).where(question_followers.c.question_id.in_(list(wanted))))


def forget(connection: Connection, owner: str) -> None:
    """Removes every trace of who asked."""
    connection.execute(delete(asked).where(asked.c.owner == owner))
    connection.execute(delete(question_followers).where(question_followers.c.owner == owner))
