"""`chibot sample`: an invented ward, or a whole province, in an empty database, to try things out and to measure."""

import argparse
from typing import TYPE_CHECKING, Any

from bot.console import BadInput, out
from bot.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """`sample`."""
    sample = commands.add_parser("sample", help="fills an empty database with invented people, the same every time")
    sample.add_argument("--province", action="store_true", help="125 communes, 50,000 branches, 2,000,000 contacts")
    sample.set_defaults(run=_sample)


def _sample(options: argparse.Namespace) -> None:
    from bot import sample
    from bot.app import with_database
    from bot.clock import Clock
    from bot.sample import province
    from storage import units

    settings = Settings()
    now = Clock(settings.zone).now()

    def work(connection: "Connection") -> int:
        if units.count_open(connection):
            raise BadInput("this database has units already; the sample needs an empty one")
        (province if options.province else sample).fill(connection, now)
        return units.count_open(connection)

    made = with_database(settings, lambda database: database.write(work))
    out(f"an invented {'province' if options.province else 'ward'}: {made} units", as_json=False)
