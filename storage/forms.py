"""Half-filled forms: one a person, a row and not memory, so that it survives a restart and a change of messenger."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from storage.database import insert
from storage.prepared import Prepared
from storage.tables import forms


@dataclass(frozen=True, slots=True)
class Form:
    """A form in the filling. `number` is new for every form of its owner: a button of an older one is known by it."""

    owner: str
    number: int
    kind: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)


_OF = Prepared(select(forms).where(forms.c.owner == bindparam("owner")))


def of(connection: Connection, owner: str) -> Form | None:
    """The open form, or the last closed one with kind ""."""
    row = _OF.first(connection, {"owner": owner})
    return Form(row.owner, row.number, row.kind, row.at, json.loads(row.data)) if row else None


def open_of(connection: Connection, people: Iterable[int]) -> dict[int, tuple[str, datetime]]:
    """The kind of each open form of these people, and when the last word of it came."""
    owners = {f"p{person}": person for person in people}
    found = select(forms.c.owner, forms.c.kind, forms.c.at).where(forms.c.owner.in_(owners), forms.c.kind != "")
    return {owners[row.owner]: (row.kind, row.at) for row in connection.execute(found)}


def begin(connection: Connection, owner: str, last: Form | None, kind: str, at: datetime, data: dict[str, Any]) -> Form:
    """Opens a form in the place of the last one."""
    form = Form(owner, last.number + 1 if last else 1, kind, at, data)
    keep(connection, form)
    return form


def keep(connection: Connection, form: Form) -> None:
    """Saves what is filled in so far."""
    values = {
        "number": form.number,
        "kind": form.kind,
        "data": json.dumps(form.data, ensure_ascii=False),
        "at": form.at,
    }
    statement = insert(connection, forms).values(owner=form.owner, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["owner"], set_=values))


def close(connection: Connection, form: Form) -> None:
    """Empties the form; its number stays, so that old buttons are still known as old."""
    keep(connection, Form(form.owner, form.number, "", form.at))


def forget(connection: Connection, owner: str) -> None:
    """Removes every trace of the owner's forms."""
    connection.execute(delete(forms).where(forms.c.owner == owner))
