"""The people of the sample ward: who holds which role where, and who can be played on the local phone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any

from sqlalchemy import Connection

from bot.channels.web import Persona
from bot.chat import Address
from bot.sample.content import Names, content
from storage import bulk
from storage import people as everybody

CHANNEL = "phone"
_YEARS_OF_SERVICE = 6


@dataclass(frozen=True, slots=True)
class Settled:
    """Somebody of the ward; `number` is the person's id, `unit` the code of the branch, None above the branches."""

    number: int
    name: str
    unit: str | None
    address: str | None = None
    role: str | None = None


def settle(connection: Connection, now: datetime, units: Mapping[str, int], chance: Random) -> list[Settled]:
    """Everybody with roles; the ones who can be played are joined already."""
    ward = content("ward")
    rows = _rows(ward, Names(chance, [entry["name"] for entry in (*ward["people"], *ward["fixed"])]), chance)
    for number, row in enumerate(rows, 1):
        row |= {"code": f"DV{number:03d}", "phone": f"0900{number:06d}"}
    ids = bulk.add_people(connection, [{key: row[key] for key in ("code", "name", "phone")} for row in rows])
    bulk.add_roles(connection, _roles(rows, ids, units, now.date(), chance))
    settled = [
        Settled(ids[row["code"]], row["name"], row.get("branch"), row.get("address"), row.get("role")) for row in rows
    ]
    bulk.add_addresses(
        connection,
        [
            {"channel": CHANNEL, "address": person.address, "person_id": person.number, "since": now}
            for person in settled
            if person.address
        ],
    )
    return settled


def _rows(ward: Mapping[str, Any], names: Names, chance: Random) -> list[dict[str, Any]]:
    """The named people first, then each branch filled up: a secretary, a deputy, members."""
    rows: list[dict[str, Any]] = [dict(entry) for entry in ward["people"]]
    branches = [unit for unit in ward["units"] if unit["kind"] == "branch"]
    codes = {unit["code"] for unit in branches}
    for row in rows:
        row["branch"] = row.get("unit") if row.get("unit") in codes else None
    for unit in branches:
        here = [row for row in rows if row["branch"] == unit["code"]]
        held = {row["role"] for row in here}
        missing = [role for role in ("secretary", "deputy") if role not in held]
        missing += ["member"] * (unit["people"] - len(here) - len(missing))
        for role in missing:
            sex = chance.choice(("male", "female"))
            rows.append({"name": names.give(sex), "role": role, "unit": unit["code"], "branch": unit["code"]})
    return rows


def _roles(
    rows: list[dict[str, Any]], ids: Mapping[str, int], units: Mapping[str, int], today: date, chance: Random
) -> list[dict[str, Any]]:
    roles = []
    for row in rows:
        since = date(today.year - chance.randint(1, _YEARS_OF_SERVICE), chance.randint(1, 12), 1)
        held = [(row["role"], row["unit"])] if "role" in row else []
        held += [("area_supervisor", code) for code in row.get("charge", ())]
        person = ids[row["code"]]
        roles += [{"person_id": person, "unit_id": units[code], "role": role, "since": since} for role, code in held]
    return roles


def personas(connection: Connection) -> list[Persona]:
    """Everybody whom the local phone can be, and one guest whom nobody has invited."""
    ward = content("ward")
    names = {unit["code"]: unit["name"] for unit in ward["units"]}
    top = next(unit["name"] for unit in ward["units"] if unit["kind"] == "committee")
    found = []
    for number, entry in enumerate(ward["people"], 1):
        person = everybody.at(connection, Address(CHANNEL, entry["address"])) if "address" in entry else None
        if person is not None:
            unit = names[entry["unit"]] if "unit" in entry else top
            phone = f"0900{number:06d}"
            found.append(Persona(entry["address"], person.name, entry["title"], unit, entry["group"], phone))
    guest = ward["guest"]
    found.append(
        Persona(guest["address"], guest["name"], guest["title"], guest["unit"], guest["group"], guest["phone"])
    )
    return found
