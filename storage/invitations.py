"""Invitations: one use, with an end, known only by their hash; and the count of wrong codes from one sender."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, update
from sqlalchemy import insert as plain_insert

from storage import history
from storage.database import insert
from storage.tables import attempts, invitations, people, roles

# Without 0/O, 1/I/L and U: read over the phone and typed by thumb. 30 letters, 8 of them: 6.5e11 codes.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
VALID = timedelta(days=7)
WRONG_A_MINUTE = 10


@dataclass(frozen=True, slots=True)
class Invitation:
    """A code that was just made: it is shown once and kept nowhere."""

    code: str
    person: int
    expires_at: datetime


def make(
    connection: Connection, at: datetime, person: int, made_by: int | None, valid: timedelta = VALID
) -> Invitation:
    """A new code for a person; codes made before for the same person end. The history never holds the code."""
    ended = _end(connection, at, person)
    letters = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    row = {"person_id": person, "secret": _hash(letters), "made_by": made_by, "made_at": at, "expires_at": at + valid}
    connection.execute(plain_insert(invitations).values(**row))
    before = {"ended": ended} if ended else None
    _note(connection, at, made_by, "invitation.make", person, before, {"expires_at": at + valid})
    return Invitation(f"{letters[:4]}-{letters[4:]}", person, at + valid)


def revoke(connection: Connection, at: datetime, person: int, actor: int | None) -> int:
    """Ends a person's open codes; how many there were."""
    ended = _end(connection, at, person)
    if ended:
        _note(connection, at, actor, "invitation.revoke", person, {"ended": ended}, None)
    return ended


def _end(connection: Connection, at: datetime, person: int) -> int:
    return connection.execute(update(invitations).where(*_open(at, person)).values(revoked_at=at)).rowcount


def _note(
    connection: Connection,
    at: datetime,
    actor: int | None,
    action: str,
    person: int,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """A line in the history, under the first of the person's units."""
    held = select(roles.c.unit_id).where(roles.c.person_id == person, roles.c.until.is_(None)).order_by(roles.c.id)
    unit = connection.execute(held.limit(1)).scalar()
    history.record(connection, at, actor, action, f"person:{person}", unit, before, after)


def use(connection: Connection, at: datetime, code: str) -> int | None:
    """The person whom an open code invites, used up by this; None for wrong, ended and used codes alike."""
    wanted = invitations.c.secret == _hash(plain(code))
    usable = (invitations.c.used_at.is_(None), invitations.c.revoked_at.is_(None), invitations.c.expires_at > at)
    person = connection.execute(
        select(invitations.c.person_id)
        .join_from(invitations, people, people.c.id == invitations.c.person_id)
        .where(wanted, people.c.left_on.is_(None))
    ).scalar()
    taken = connection.execute(update(invitations).where(wanted, *usable).values(used_at=at)).rowcount
    return person if taken else None


def used_by(connection: Connection, code: str, person: int) -> bool:
    """Whether this code was this person's own: pressing one's own link twice is no wrong code."""
    mine = (
        invitations.c.secret == _hash(plain(code)),
        invitations.c.person_id == person,
        invitations.c.used_at.is_not(None),
    )
    return connection.execute(select(invitations.c.id).where(*mine)).first() is not None


def open_until(connection: Connection, at: datetime, wanted: Iterable[int]) -> dict[int, datetime]:
    """When the open invitations of these people end; who has none is missing."""
    waiting = (invitations.c.used_at.is_(None), invitations.c.revoked_at.is_(None), invitations.c.expires_at > at)
    found = select(invitations.c.person_id, invitations.c.expires_at).where(*waiting)
    rows = connection.execute(found.where(invitations.c.person_id.in_(list(wanted))))
    return {row.person_id: row.expires_at for row in rows}


def last_number(connection: Connection, person: int) -> int:
    """Which code for this person was the latest, whatever became of it; 0 before the first."""
    found = select(func.max(invitations.c.id)).where(invitations.c.person_id == person)
    return connection.execute(found).scalar() or 0


def looks_like_one(text: str) -> bool:
    """Whether a text has the shape of a code."""
    letters = plain(text)
    return len(letters) == LENGTH and len(text) <= LENGTH + 3 and all(c in LETTERS for c in letters)


def plain(code: str) -> str:
    """The letters of a code, whatever blanks, hyphens and small letters it was typed with."""
    return "".join(c for c in code.upper() if c.isalnum())


def wrong(connection: Connection, at: datetime, sender: str) -> int:
    """Counts a wrong code; how many this sender has tried in this minute."""
    minute = int(at.timestamp() // 60)
    connection.execute(delete(attempts).where(attempts.c.minute < minute - 60))
    statement = insert(connection, attempts).values(sender=sender, minute=minute, count=1)
    more = {"count": attempts.c.count + 1}
    connection.execute(statement.on_conflict_do_update(index_elements=["sender", "minute"], set_=more))
    return tried(connection, at, sender)


def tried(connection: Connection, at: datetime, sender: str) -> int:
    """How many wrong codes this sender has tried in this minute."""
    minute = int(at.timestamp() // 60)
    found = select(attempts.c.count).where(attempts.c.sender == sender, attempts.c.minute == minute)
    return connection.execute(found).scalar() or 0


def _open(at: datetime, person: int) -> tuple[ColumnElement[bool], ...]:
    return (
        invitations.c.person_id == person,
        invitations.c.used_at.is_(None),
        invitations.c.revoked_at.is_(None),
        invitations.c.expires_at > at,
    )


def _hash(letters: str) -> str:
    return hashlib.sha256(letters.encode()).hexdigest()
