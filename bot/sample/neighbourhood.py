"""The sample ward's neighbourhood: who holds its positions in numbers, where branches stand, places without members."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.rules.positions import NONE, Seats
from bot.sample.content import content
from storage import marks, places, positions, units


def write(connection: Connection, now: datetime, unit: Mapping[str, int]) -> None:
    """As most wards have it: some branches have said nothing yet, one a long time ago."""
    told = content("neighbourhood")
    for code, entry in told["positions"].items():
        said = {kind: Seats(posts, held, members) for kind, (posts, held, members) in entry.get("of", {}).items()}
        at = now - timedelta(days=entry["days_ago"])
        positions.say(connection, at, None, units.by_id(connection, unit[code]), said or {NONE: Seats()})
    for code, several in told["marks"].items():
        for mark in several:
            marks.turn(connection, now, None, unit[code], mark)
    for entry in told["places"]:
        at = now - timedelta(days=entry["days_ago"])
        number = places.note(connection, at, None, unit["PTN"], entry["name"], entry["kind"])
        place = places.by_number(connection, number)
        if entry.get("branch") and place is not None:
            places.solve(connection, now, None, place, unit[entry["branch"]])
