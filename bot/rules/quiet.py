"""When people may be disturbed: quiet hours, days off, half-filled forms; pure functions of office time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import field_validator

from bot.rules.entries import Entry

Reason = Literal["quiet", "day_off", "form"]

_FILE = Path(__file__).parent / "data" / "office" / "quiet.yaml"


class Manners(Entry):
    """What quiet.yaml says. `morning` in office time; `days_off` as ISO weekdays."""

    waits_for: Mapping[str, tuple[Reason, ...]]
    days_off: tuple[int, ...]
    morning: time
    form_minutes: int
    remembers: tuple[str, ...]

    @field_validator("days_off")
    @classmethod
    def _not_every_day(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not set(value) < set(range(1, 8)):
            raise ValueError("some of the days 1 to 7, and not all")
        return value


@dataclass(frozen=True, slots=True)
class Hours:
    """Quiet hours in office time, `until` not included; over midnight where `start` is the later. Equal: none."""

    start: time
    until: time

    @classmethod
    def parse(cls, text: str) -> "Hours":
        """From "21:00-06:30"; ValueError for anything else."""
        start, until = text.split("-")
        return cls(time.fromisoformat(start.strip()), time.fromisoformat(until.strip()))

    def holds(self, at: time) -> bool:
        """Whether this time of day is quiet."""
        if self.start <= self.until:
            return self.start <= at < self.until
        return at >= self.start or at < self.until


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing before `until`, and why: a Reason, or the word of whoever else held it back."""

    until: datetime
    why: str


@cache
def manners() -> Manners:
    """Those of the data file, read once."""
    return Manners.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def filling(kind: str) -> bool:
    """Whether somebody with a form of this kind is in the middle of something; "" is a form that is closed."""
    return bool(kind) and kind not in manners().remembers


def waits(kind: str, now: datetime, hours: Hours, form_at: datetime | None = None) -> Pause | None:
    """How long a message of this kind waits; None when it may go out now.

    `now` is on the office clock; `form_at` is the last word in the person's half-filled form, None without one.
    """
    named, said = manners(), manners().waits_for[kind]
    free = _free(now, hours if "quiet" in said else None, named.days_off if "day_off" in said else ())
    if free > now:
        off = "day_off" in said and now.isoweekday() in named.days_off
        return Pause(free, "day_off" if off else "quiet")
    idle = form_at + timedelta(minutes=named.form_minutes) if form_at and "form" in said else now
    return Pause(idle, "form") if idle > now else None


def _free(now: datetime, hours: Hours | None, days_off: tuple[int, ...]) -> datetime:
    """The first moment from `now` on that is in no quiet hours and on no day off."""
    moment = now
    # A day off and the quiet hours around it follow one another; together they end within eight days.
    for _ in range(16):
        if moment.isoweekday() in days_off:
            moment = _at(moment, moment.date() + timedelta(days=1), manners().morning)
        elif hours is not None and hours.holds(moment.time()):
            later = moment.time() >= hours.until
            moment = _at(moment, moment.date() + timedelta(days=later), hours.until)
        else:
            break
    return moment


def _at(like: datetime, on: date, at: time) -> datetime:
    return datetime.combine(on, at, like.tzinfo)
