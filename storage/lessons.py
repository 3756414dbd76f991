"""What the office has taught: answers of its own and phrasings, with a version by which every process sees a change."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, inspect, select, update
from sqlalchemy import insert as plain_insert

from bot.knowledge.articles import Source
from bot.knowledge.taught import Lessons, Written
from storage import history, questions
from storage.database import insert, lock_history
from storage.prepared import Prepared
from storage.question_tables import lessons, office_answers, phrasings
from storage.questions import Question

_VERSION = Prepared(select(lessons.c.version))


def there(connection: Connection) -> bool:
    """Whether the tables of questions are there: a database that was never brought up to date has none."""
    return inspect(connection).has_table(lessons.name)


def version(connection: Connection) -> int:
    """Which lesson was the latest; 0 before the first."""
    row = _VERSION.first(connection, {})
    return row.version if row else 0


def learnt(connection: Connection) -> Lessons:
    """Everything that was taught."""
    kept = select(office_answers).where(office_answers.c.state == "approved").order_by(office_answers.c.id)
    written = tuple(
        Written(
            r.slug,
            r.title,
            r.body,
            Source(number=r.source_number, date=r.source_date, article=r.source_article),
            r.at.date(),
        )
        for r in connection.execute(kept)
    )
    asked = select(phrasings.c.topic, phrasings.c.text).order_by(phrasings.c.question_id)
    return Lessons(version(connection), written, tuple((r.topic, r.text) for r in connection.execute(asked)))


def link(connection: Connection, at: datetime, actor: int, wordings: Sequence[Question], topic: str) -> None:
    """From now on these wordings ask for a topic."""
    _teach(connection, wordings, topic, "linked")
    for wording in wordings:
        _note(connection, at, actor, "question.link", wording, {"topic": topic})


def approve(connection: Connection, at: datetime, actor: int, wordings: Sequence[Question], written: Written) -> str:
    """Keeps an answer of the office, which these wordings ask for; gives its slug."""
    slug = _next_slug(connection)
    source = written.source
    row = {
        "slug": slug,
        "title": written.title,
        "body": written.body,
        "source_number": source.number,
        "source_date": source.date,
        "source_article": source.article,
        "approved_by": actor,
        "at": at,
    }
    connection.execute(plain_insert(office_answers).values(**row))
    _teach(connection, wordings, slug, "answered")
    for wording in wordings:
        _note(connection, at, actor, "question.answer", wording, {"answer": slug, "text": written.body})
    return slug


def dismiss(connection: Connection, at: datetime, actor: int, wordings: Sequence[Question]) -> None:
    """These wordings need no answer; asked again, they are not shown again."""
    questions.settle(connection, wordings, "dismissed")
    questions.unfollow(connection, [wording.id for wording in wordings])
    for wording in wordings:
        _note(connection, at, actor, "question.dismiss", wording, None)


def reopen(connection: Connection, at: datetime, actor: int, wordings: Sequence[Question]) -> None:
    """Takes back what was done with these wordings; an answer that nothing leads to any more is withdrawn."""
    ids = [wording.id for wording in wordings]
    taught = connection.execute(delete(phrasings).where(phrasings.c.question_id.in_(ids))).rowcount
    left = select(phrasings.c.topic)
    unled = office_answers.c.slug.not_in(left)
    connection.execute(update(office_answers).where(unled).values(state="withdrawn"))
    questions.settle(connection, wordings, "open")
    if taught:
        _next_version(connection)
    for wording in wordings:
        _note(connection, at, actor, "question.reopen", wording, None)


def _teach(connection: Connection, wordings: Sequence[Question], topic: str, state: str) -> None:
    for wording in wordings:
        statement = insert(connection, phrasings).values(question_id=wording.id, topic=topic, text=wording.text)
        connection.execute(
            statement.on_conflict_do_update(index_elements=["question_id"], set_={"topic": topic, "text": wording.text})
        )
    questions.settle(connection, wordings, state)
    _next_version(connection)


def _next_slug(connection: Connection) -> str:
    # Where there are many writers, the next one looks only when this one's answer is there to be seen.
    lock_history(connection)
    return f"office_{(connection.execute(select(func.max(office_answers.c.id))).scalar() or 0) + 1}"


def _next_version(connection: Connection) -> None:
    statement = insert(connection, lessons).values(id=1, version=1)
    more = {"version": lessons.c.version + 1}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=more))


def _note(
    connection: Connection, at: datetime, actor: int, action: str, wording: Question, after: dict[str, str] | None
) -> None:
    before = {"state": wording.state}
    history.record(connection, at, actor, action, f"question:{wording.id}", None, before, after)
