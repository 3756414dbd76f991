"""Where somebody was asked about: the place, its letter, who sees to it, and the days; never what it answered."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select, update

from storage import history
from storage.tables import people, vettings

if TYPE_CHECKING:
    from storage.candidates import Case


@dataclass(frozen=True, slots=True)
class Asked:
    """One place with what is noted beside the dates. `ref` is the id of the Vetting in the case's facts.

    `place` None: not noted. `letter`: number of the request. `responsible`: who sees to the answer.
    """

    ref: str
    place: str | None
    letter: str | None
    responsible: int | None
    responsible_name: str | None
    abroad: bool
    sent_on: date | None
    received_on: date | None
    returned_on: date | None


_OF = (
    select(
        vettings.c.ref,
        vettings.c.place,
        vettings.c.letter,
        vettings.c.responsible_id,
        people.c.name,
        vettings.c.abroad,
        vettings.c.sent_on,
        vettings.c.received_on,
        vettings.c.returned_on,
    )
    .join_from(vettings, people, people.c.id == vettings.c.responsible_id, isouter=True)
    .where(vettings.c.candidate_id == bindparam("case"))
    .order_by(vettings.c.id)
)


def asked(connection: Connection, case: "Case") -> list[Asked]:
    """Every place that was asked, in the order in which they were noted."""
    return [Asked(*row) for row in connection.execute(_OF, {"case": case.id})]


def describe(
    connection: Connection,
    at: datetime,
    actor: int | None,
    case: "Case",
    ref: str,
    place: str | None = None,
    letter: str | None = None,
    responsible: int | None = None,
) -> bool:
    """Notes the place, the letter's number, who is responsible (None: as before); False when there is no such request.

    The request itself and its dates are part of the facts: they are written by `admission.write`.
    """
    said = {"place": place, "letter": letter, "responsible_id": responsible}
    values = {name: value for name, value in said.items() if value is not None}
    of_case = (vettings.c.candidate_id == case.id, vettings.c.ref == ref)
    before = connection.execute(select(*(vettings.c[name] for name in said)).where(*of_case)).mappings().first()
    if before is None:
        return False
    if any(before[name] != value for name, value in values.items()):
        connection.execute(update(vettings).where(*of_case).values(**values))
        was = {name: before[name] for name in values} | {"vetting": ref}
        history.record(
            connection, at, actor, "vetting.describe", case.subject, case.unit_id, was, values | {"vetting": ref}
        )
    return True
