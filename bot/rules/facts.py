"""What the rules are told of one case: dates, answers and counts as plain frozen values, which storage builds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

CARRIED_BY_FAMILY = frozenset({"applicant", "relative"})

Carrier = Literal["post", "member", "applicant", "relative"]
Introducer = Literal["member", "youth_union", "trade_union"]


@dataclass(frozen=True, slots=True)
class Vetting:
    """One place that was asked about the applicant or a relative. Dates only; what it answered is never recorded.

    `received_on` starts the clock of the place that was asked. `carried_by` None: not noted. `relative_is_member`:
    this place concerns a relative who is a Party member, so only the present is asked; `membership_confirmed` says
    whether that member's committee confirmed it (None: not known).
    """

    id: str
    sent_on: date | None = None
    received_on: date | None = None
    returned_on: date | None = None
    abroad: bool = False
    carried_by: Carrier | None = "post"
    relative_is_member: bool = False
    membership_confirmed: bool | None = None


@dataclass(frozen=True, slots=True)
class Recommender:
    """Who introduces the applicant: a full member, or a union's committee.

    `together_since`: since when the member has worked, studied or lived in the same place as the applicant; None: not
    noted. `replaces`: took over from an earlier recommender, who need not have twelve months.
    """

    kind: Introducer
    together_since: date | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """A written consent from above: number and date of the paper; `basis` names the ground in a word."""

    number: str
    approved_on: date
    basis: str = ""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One case as the rules see it.

    `step` is where it stands, since `step_on`. `dates`: event slug -> day (events of steps.yaml). `answers`: yes or
    no; a question that is missing is not known (youth_union_here, youth_member, trade_union_here, trade_member,
    difficult_area, elder_or_fisher, over_60_special, direct_to_standing, readmitted_before). `approvals`: over_60,
    education, readmission. `extended`: decision rules whose one extension was granted. `governed`: rule slug -> the
    day whose version of that rule governs, where that is not the day its clock starts. `local`: what the unit has
    set; what is missing has the default. `failed_votes`: recognition votes that fell short. `left`: the exit's slug
    once the case has left the road. `profile`: a province's own marks.
    """

    id: str = ""
    step: str = "source"
    step_on: date | None = None
    dates: Mapping[str, date] = field(default_factory=dict)
    born: date | None = None
    education: str | None = None
    answers: Mapping[str, bool] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    vettings: tuple[Vetting, ...] = ()
    recommenders: tuple[Recommender, ...] = ()
    extended: frozenset[str] = field(default_factory=frozenset)
    governed: Mapping[str, date] = field(default_factory=dict)
    local: Mapping[str, int] = field(default_factory=dict)
    failed_votes: int = 0
    left: str | None = None
    left_reason: str | None = None
    transfer: str | None = None
    profile: str | None = None
