"""What keeps a case from the branch's vote until a certain day, for good, or because a paper lapses on the way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.rules.book import Rulebook
from bot.rules.deadlines import due_on
from bot.rules.eligibility import assess
from bot.rules.facts import CaseFacts
from bot.rules.road import Pair
from bot.rules.workdays import WorkCalendar

VOTE, DECISION = "branch_vote", "decision"
# What no waiting mends: somebody above has to agree first.
_BEFORE_VOTE = ("age", "education")
_BEFORE_DECISION = ("over_60_approval",)


@dataclass(frozen=True, slots=True)
class Wait:
    """The step cannot fall before `until`. `why`: a requirement's slug, or away, vetting.

    `hard`: a rule says so; else it is only to be expected. `custom`: the rule is the unit's own.
    """

    step: str
    until: date
    why: str
    hard: bool
    custom: bool = False


@dataclass(frozen=True, slots=True)
class Lapse:
    """A paper that will have lapsed by the day of the vote; `redo`: the stay in which it is made anew."""

    step: str
    paper: str
    redo: Pair


def waits(facts: CaseFacts, today: date, book: Rulebook, calendar: WorkCalendar) -> list[Wait]:
    """Every wait that still lies ahead of the case."""
    found = [*_expected(facts, book, calendar), *(_before_vote(facts, today, book, calendar) if _votes(facts) else ())]
    return [wait for wait in found if wait.until > today]


def _votes(facts: CaseFacts) -> bool:
    return "branch_resolution" not in facts.dates and facts.step not in ("section_review", "committee_vote", DECISION)


def _before_vote(facts: CaseFacts, today: date, book: Rulebook, calendar: WorkCalendar) -> Iterator[Wait]:
    """Age, and twelve months together with those who introduce, by law; time on the list by the unit's custom."""
    for found in assess(facts, today, book, calendar, ("age", "recommenders", "trial_time")):
        when = found.verdict.values.get("when")
        if found.verdict.key in ("unmet_young", "unmet_time") and isinstance(when, date):
            yield Wait(VOTE, when, found.requirement, True)
        if found.requirement == "trial_time" and found.verdict.key == "unmet":
            least = int(str(found.verdict.values["least"]))
            yield Wait(VOTE, facts.dates["source_listed"] + timedelta(days=least), "trial_time", True, True)


def _expected(facts: CaseFacts, book: Rulebook, calendar: WorkCalendar) -> Iterator[Wait]:
    """Somebody who is away; an answer from abroad, which has 90 working days."""
    back = facts.dates.get("expected_back")
    if back is not None:
        yield from (Wait(step, back, "away", False) for step in book.entries.steps)
    for place in facts.vettings:
        clock = book.clock("vetting_reply_abroad", place.received_on) if place.received_on else None
        if clock and place.received_on and place.abroad and place.returned_on is None:
            yield Wait("opinions", due_on(clock, place.received_on, calendar), "vetting", False)


def barred(facts: CaseFacts, days: Mapping[str, date], book: Rulebook, calendar: WorkCalendar) -> str | None:
    """The requirement that would forbid the vote or the decision on its expected day, however long one waits."""
    for step, slugs in ((VOTE, _BEFORE_VOTE), (DECISION, _BEFORE_DECISION)):
        if step in days:
            for found in assess(facts, days[step], book, calendar, slugs):
                if found.state == "unmet" and found.verdict.key != "unmet_young":
                    return found.requirement
    return None


_PAPERS = (
    ("certificate", "certificate_issued", "awareness_certificate", ("awareness_class", "procedure_approved")),
    ("dossier", "dossier_opened", "dossier", ("opinions", "recommendation")),
)


def lapses(facts: CaseFacts, days: Mapping[str, date], book: Rulebook, calendar: WorkCalendar) -> list[Lapse]:
    """Papers good today that will have lapsed by the expected day of the vote, or have already."""
    voted = days.get(VOTE)
    found = []
    for paper, event, rule, redo in _PAPERS:
        issued = facts.dates.get(event)
        clock = book.clock(rule, issued) if issued else None
        if voted and issued and clock and due_on(clock, issued, calendar) < voted:
            found.append(Lapse(VOTE, paper, redo))
    return found
