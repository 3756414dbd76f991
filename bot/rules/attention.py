"""Who needs a visit most: candidates in the order in which their helper should turn to them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

# A unit's own custom, not a law: nobody should be without contact for longer than this many days.
CONTACT_EVERY = 30
FIRST_WITHIN = 7
SOON = 7

Need = Literal["missed", "today", "silent", "never", "soon", "fine"]
_ORDER: tuple[Need, ...] = ("missed", "today", "silent", "never", "soon", "fine")


@dataclass(frozen=True, slots=True)
class Attention:
    """Why a candidate needs a visit. `days` since what was missed, the last contact or the listing; or until `soon`."""

    need: Need
    days: int

    @property
    def urgent(self) -> bool:
        """Whether the helper should act now rather than merely soon."""
        return self.need in ("missed", "today", "silent", "never")

    @property
    def rank(self) -> tuple[int, int]:
        """Sorts the one who needs a visit most first."""
        return _ORDER.index(self.need), self.days if self.need == "soon" else -self.days


def attention(
    last_contact_on: date | None, next_on: date | None, listed_on: date, today: date, every: int = CONTACT_EVERY
) -> Attention:
    """What a candidate needs on this day. An appointment counts as missed once its day has passed without a contact."""
    silent = (today - (last_contact_on or listed_on)).days
    if next_on is not None and next_on < today and (last_contact_on is None or last_contact_on < next_on):
        return Attention("missed", (today - next_on).days)
    if next_on == today:
        return Attention("today", silent)
    if last_contact_on is not None and silent > every:
        return Attention("silent", silent)
    if last_contact_on is None and silent > FIRST_WITHIN:
        return Attention("never", silent)
    if next_on is not None and today < next_on <= today + timedelta(days=SOON):
        return Attention("soon", (next_on - today).days)
    return Attention("fine", silent)
