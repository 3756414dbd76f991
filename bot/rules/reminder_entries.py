"""The shape of a reminder's kind in the data: when, to whom, how urgent, and what a unit may change of it."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from bot.rules.entries import Cited, Entry
from bot.rules.periods import PeriodKind

# Who is told. `responsible`: who sees to a vetting, or the helper; `stand_in`: who leads the branch, where no helper
# can be reached; `assigned`: members who help somebody; `charged`: who is in charge of admissions or of a mass
# organisation; `members`: everybody of the branch; `person`: whom it concerns.
Recipient = Literal[
    "helper", "responsible", "stand_in", "assigned", "charged", "members", "secretary", "supervisor", "office", "person"
]
# digest: with the morning's list. same_day: before the day is over, by the list or by itself. now: at once.
Haste = Literal["digest", "same_day", "now"]


class ReminderKind(Cited):
    """A kind of reminder. `stages`: days after the date (negative: before it) -> who is told then, the nearest first.

    `rules`: deadlines it is about; `event`: a unit's event it is about (one of the two, or neither: somebody asks).
    `says`: which sentence. `does`: the command that records it. `rank`: 0 is most urgent. `lapses`: so many days after
    the date it is not worth saying any more (None: as long as it stands); `ends`: nor once this period of its date is
    over. `earlier`, `later`: how far a unit may shift it, in days; `optional`: whether it may switch it off. `news`:
    whether people are told that a date has moved.
    """

    name: str
    rules: tuple[str, ...] = ()
    event: str | None = None
    stages: Mapping[int, tuple[Recipient, ...]] = Field(min_length=1)
    haste: Mapping[int, Haste] = {}
    says: str
    does: str | None = None
    rank: int = Field(ge=0, le=9)
    lapses: int | None = Field(None, ge=0)
    ends: PeriodKind | None = None
    earlier: int = Field(0, ge=0, le=30)
    later: int = Field(0, ge=0, le=30)
    optional: bool = False
    news: bool = True

    @model_validator(mode="after")
    def _climbs(self) -> "ReminderKind":
        days = list(self.stages)
        if days != sorted(days):
            raise ValueError("stages must stand in order")
        told: tuple[Recipient, ...] = ()
        for recipients in self.stages.values():
            if not set(told) <= set(recipients):
                raise ValueError("whoever is told at a stage is told at the later ones as well")
            told = recipients
        if not set(self.haste) <= set(days):
            raise ValueError("haste is said of a stage that there is not")
        return self


class Cap(Entry):
    """How much one person is told in a day apart from the morning's list, and how many things one message shows."""

    messages: int = Field(ge=1, le=20)
    shown: int = Field(ge=1, le=8)
    digest_hour: int = Field(ge=0, le=23)
