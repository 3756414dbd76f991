"""A peer to measure against: the usual way to write such a bot, python-telegram-bot with SQLAlchemy's ORM.

It does per contact what chibot does: who is this by Telegram id, is the candidate theirs, one row for the contact, one
for the history with the hash of the row before, one answer; every contact committed to disk (WAL, synchronous=FULL).
`/tiepxuc` alone asks for the candidate and the kind of contact in turn (ConversationHandler); `/tiepxuc CODE how` says
both at once. Tuned as far as the libraries allow: updates side by side, one database connection (several wait for each
other's locks), connections to Telegram that are kept. Environment: PEER_TOKEN, PEER_API, PEER_DATABASE (a file),
PEER_PEOPLE, PEER_CONCURRENT.
"""

import asyncio
import hashlib
import logging
import os
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ForeignKey, event, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from telegram import Update
from telegram.ext import Application, CommandHandler, ContextTypes, ConversationHandler, MessageHandler, filters
from telegram.request import HTTPXRequest

from tests.fakes.telegram_people import FIRST_PERSON

CANDIDATE, HOW = range(2)
Context = ContextTypes.DEFAULT_TYPE


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    telegram_id: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str]


class Candidate(Base):
    __tablename__ = "candidates"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    helper_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)


class Contact(Base):
    __tablename__ = "contacts"
    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    how: Mapped[str]
    at: Mapped[datetime]


class History(Base):
    __tablename__ = "history"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int]
    what: Mapped[str]
    hash: Mapped[str]


engine = create_async_engine(f"sqlite+aiosqlite:///{os.environ['PEER_DATABASE']}", pool_size=1, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)


@event.listens_for(engine.sync_engine, "connect")
def _settle(connection: Any, _: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


async def log_contact(telegram_id: int, code: str, how: str) -> str:
    """The whole work of one contact; what to answer."""
    async with sessions() as session, session.begin():
        person = await session.scalar(select(Person).where(Person.telegram_id == telegram_id))
        if person is None:
            return "Bạn chưa có tên trong danh sách."
        candidate = await session.scalar(select(Candidate).where(Candidate.code == code))
        if candidate is None or candidate.helper_id != person.id:
            return "Không tìm thấy quần chúng này."
        now = datetime.now(UTC)
        session.add(Contact(candidate_id=candidate.id, person_id=person.id, how=how, at=now))
        await _note(session, person, f"contact {candidate.code} {how}", now)
    return f"Đã ghi: <b>{candidate.code}</b> {candidate.name}, {how}."


async def _note(session: AsyncSession, person: Person, what: str, now: datetime) -> None:
    before = await session.scalar(select(History.hash).order_by(History.id.desc()).limit(1)) or ""
    line = f"{before}|{now.isoformat()}|{person.id}|{what}"
    session.add(History(at=now, person_id=person.id, what=what, hash=hashlib.sha256(line.encode()).hexdigest()))


async def _answer(update: Update, text: str) -> None:
    assert update.effective_message is not None
    await update.effective_message.reply_html(text)


async def _save(update: Update, code: str, how: str) -> None:
    assert update.effective_user is not None
    await _answer(update, await log_contact(update.effective_user.id, code, how))


async def begin(update: Update, context: Context) -> int:
    if context.args and len(context.args) > 1:
        await _save(update, context.args[0], " ".join(context.args[1:]))
        return ConversationHandler.END
    await _answer(update, "Mã của quần chúng?")
    return CANDIDATE


async def take_candidate(update: Update, context: Context) -> int:
    assert update.effective_message is not None
    assert context.user_data is not None
    context.user_data["code"] = update.effective_message.text
    await _answer(update, "Gặp thế nào?")
    return HOW


async def take_how(update: Update, context: Context) -> int:
    assert update.effective_message is not None
    assert context.user_data is not None
    await _save(update, context.user_data.pop("code"), update.effective_message.text or "")
    return ConversationHandler.END


async def seed(people: int) -> None:
    """Everybody with one candidate of their own: QC-0001 for the first, and so on."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with sessions() as session, session.begin():
        if await session.scalar(select(Person.id).limit(1)):
            return
        numbers = range(1, people + 1)
        session.add_all(Person(id=n, telegram_id=FIRST_PERSON + n - 1, name=f"Nguyễn {n}") for n in numbers)
        await session.flush()
        session.add_all(Candidate(id=n, code=f"QC-{n:04}", name=f"Trần {n}", helper_id=n) for n in numbers)


def build() -> "Application[Any, Any, Any, Any, Any, Any]":
    text = filters.TEXT & ~filters.COMMAND
    conversation = ConversationHandler(
        [CommandHandler("tiepxuc", begin)],
        {CANDIDATE: [MessageHandler(text, take_candidate)], HOW: [MessageHandler(text, take_how)]},
        [],
    )
    concurrent = int(os.environ.get("PEER_CONCURRENT", "8"))
    application = (
        Application.builder()
        .token(os.environ["PEER_TOKEN"])
        .base_url(os.environ["PEER_API"] + "/bot")
        .request(HTTPXRequest(connection_pool_size=max(concurrent, 1), pool_timeout=60))
        .concurrent_updates(concurrent or False)
        .build()
    )
    application.add_handler(conversation)
    return application


def main() -> None:
    """Until the process is stopped."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(seed(int(os.environ.get("PEER_PEOPLE", "50"))))
    build().run_polling(allowed_updates=["message"], stop_signals=None)


if __name__ == "__main__":
    main()
