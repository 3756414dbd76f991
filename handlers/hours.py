"""When a person is reminded: the hour of the morning's list, and own quiet hours; both by taps from /toi."""

import re
from datetime import time

from bot.chat import Choice, Refusal, Reply
from bot.rules.quiet import Hours
from handlers.commands import Context, command
from storage import preferences, rulebook

HOURS = (6, 7, 8, 11, 17, 19)
EARLIEST, LATEST = 5, 21
QUIETS = ("20:00-07:00", "21:00-06:00", "22:00-06:00", "22:00-07:30")
_QUIET = re.compile(r"(\d{1,2})(?:[:h](\d{2})?)?\s*-\s*(\d{1,2})(?:[:h](\d{2})?)?")
LONGEST_QUIET = 14 * 60


@command("gionhac")
def digest_hour(context: Context, words: str) -> Reply:
    """At which hour the list of the day comes; "office" as the office has it."""
    usual = rulebook.book_of(context.connection).entries.a_day.digest_hour
    said = words.strip().lower().rstrip("h")
    if said == "office" or (said.isdecimal() and len(said) <= 2 and EARLIEST <= int(said) <= LATEST):
        hour = None if said == "office" else int(said)
        preferences.set_digest_hour(context.connection, context.now, context.me.id, hour)
        return Reply("hours.digest_set", {"hour": usual if hour is None else hour}, [[Choice("me", "/toi")]], edit=True)
    if said:
        raise Refusal("hours.no_such_hour", earliest=EARLIEST, latest=LATEST)
    choices = [Choice("at_hour", f"/gionhac {hour}", {"hour": hour}) for hour in HOURS]
    mine = preferences.of_person(context.connection, context.me.id).digest_hour
    return Reply("hours.ask_digest", {"hour": usual if mine is None else mine}, [choices[:3], choices[3:]])


@command("gioyen")
def quiet_hours(context: Context, words: str) -> Reply:
    """When this person is not to be disturbed: "22:00-06:00"; "office" as the office has it."""
    said = words.strip().lower()
    if said:
        hours = None if said == "office" else _read(said)
        preferences.set_quiet(context.connection, context.now, context.me.id, hours)
        return Reply("hours.quiet_set", {"hours": hours}, [[Choice("me", "/toi")]], edit=True)
    choices = [Choice("quiet_span", f"/gioyen {span}", {"span": span}) for span in QUIETS]
    mine = preferences.of_person(context.connection, context.me.id).quiet
    rows = [choices[:2], choices[2:], [Choice("as_the_office", "/gioyen office")]]
    return Reply("hours.ask_quiet", {"hours": mine}, rows)


def _read(said: str) -> Hours:
    """Hours of a night: they may not leave too little of the day to reach somebody."""
    found = _QUIET.fullmatch(said)
    if found is None:
        raise Refusal("hours.no_such_span")
    start_hour, start_minute, until_hour, until_minute = (int(part or 0) for part in found.groups())
    if max(start_hour, until_hour) > 23 or max(start_minute, until_minute) > 59:
        raise Refusal("hours.no_such_span")
    length = (until_hour * 60 + until_minute - start_hour * 60 - start_minute) % (24 * 60)
    if not 0 < length <= LONGEST_QUIET:
        raise Refusal("hours.no_such_span")
    return Hours(time(start_hour, start_minute), time(until_hour, until_minute))
