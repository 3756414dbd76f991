"""`chibot init` and what else an operator does to a database from the command line."""

import argparse
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.console import BadInput, out
from bot.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """`init`."""
    init = commands.add_parser(
        "init", help="first set-up of an empty database: the top unit, its office, one invitation"
    )
    init.add_argument("--unit", required=True, help="name of the top unit")
    init.add_argument("--code", default=None, help="its code, as the workbook will name it (default GOC)")
    init.add_argument("--admin", required=True, help="full name of the first person of the office")
    init.add_argument("--json", action="store_true", help="print one JSON document")
    init.set_defaults(run=_init)


def _init(options: argparse.Namespace) -> None:
    from bot.app import with_database
    from bot.clock import Clock

    settings = Settings()
    now = Clock(settings.zone).now()
    made = with_database(
        settings,
        lambda database: database.write(
            lambda connection: first_unit(connection, now, options.unit, options.code or "GOC", options.admin)
        ),
    )
    invitation = made["invitation"]
    words = f"{made['unit']} / {made['person']}: {invitation['code']} ({invitation['expires_at']})"
    out(made if options.json else words, as_json=options.json)


def first_unit(connection: "Connection", now: datetime, name: str, code: str, admin: str) -> dict[str, Any]:
    """The top unit, its office account and one invitation; BadInput when there is a unit already."""
    from bot.vietnamese.fold import clean
    from storage import history, invitations, people, units

    if not clean(name) or not clean(admin):
        raise BadInput("--unit and --admin need a name")
    if units.open_units(connection):
        raise BadInput("this database has units already; use `chibot import` or /moi in the chat")
    unit = units.add(connection, now, None, None, {"code": code, "name": clean(name), "kind": "committee"})
    person = people.add(connection, admin)
    people.give_role(connection, person, unit.id, "office", now.date())
    history.record(connection, now, None, "person.add", f"person:{person}", unit.id, None, {"role": "office"})
    invitation = invitations.make(connection, now, person, None)
    return {
        "unit": code,
        "person": clean(admin),
        "invitation": {"code": invitation.code, "link": None, "expires_at": invitation.expires_at.isoformat()},
    }
