"""Whether a candidate may be considered: every requirement as met, unmet or unknown on a day, with its source."""

from collections.abc import Iterable, Mapping
from datetime import date

from bot.rules.book import Rulebook
from bot.rules.deadlines import due_on
from bot.rules.facts import CaseFacts
from bot.rules.findings import Asked, Check, Finding, Verdict, recorded
from bot.rules.introduction import recommenders
from bot.rules.readmission import READMISSION
from bot.rules.vetting import vetting
from bot.rules.workdays import WorkCalendar, add_months, full_months


def assess(
    facts: CaseFacts, on: date, book: Rulebook, calendar: WorkCalendar, which: Iterable[str] | None = None
) -> list[Finding]:
    """The requirements `which` (all of a first admission when None) as of the day of the vote."""
    found = []
    for slug in ADMISSION if which is None else which:
        version = book.entries.requirements[slug].at(on)
        found.append(Finding(slug, on, CHECKS[slug](Asked(facts, on, version, book, calendar)), version))
    return found


def _age(asked: Asked) -> Verdict:
    born = asked.facts.born
    if born is None:
        return Verdict("unknown")
    months = full_months(born, asked.on)
    if months < asked.number("least_months"):
        return Verdict("unmet_young", {"on": asked.on, "when": add_months(born, asked.number("least_months"))})
    if not _too_old(asked, months):
        return Verdict("met", {"years": months // 12, "months": months % 12, "on": asked.on})
    special = asked.facts.answers.get("over_60_special") or "over_60" in asked.facts.approvals
    return Verdict("met_special") if special else Verdict("unmet_old", {"on": asked.on})


def _too_old(asked: Asked, months: int) -> bool:
    """Sixty years are reached for a whole month: one is past sixty from the day that completes a further month."""
    return months > asked.number("most_months")


def _over_60_approval(asked: Asked) -> Verdict:
    """Judged at the branch's vote where there was one: growing older while waiting for the decision does not count."""
    if asked.facts.born is None:
        return Verdict("unknown")
    voted = asked.facts.dates.get("branch_resolution", asked.on)
    age = asked.book.entries.requirements["age"].at(voted)
    if full_months(asked.facts.born, voted) <= int(age.set["most_months"]):
        return Verdict("met_none")
    approval = asked.facts.approvals.get("over_60")
    if approval is None or approval.approved_on > asked.on:
        return Verdict("unmet")
    return Verdict("met", {"number": approval.number, "when": approval.approved_on})


def _education(asked: Asked) -> Verdict:
    levels = asked.book.entries.education_levels
    level = levels.get(asked.facts.education or "")
    if level is None:
        return Verdict("unknown")
    least = levels[str(asked.version.set["least"])]
    if level.rank >= least.rank:
        return Verdict("met", {"level": level.name})
    return _education_exception(asked, level.name, level.rank, least.name)


def _education_exception(asked: Asked, level: str, rank: int, least: str) -> Verdict:
    levels, answers = asked.book.entries.education_levels, asked.facts.answers
    in_area = answers.get("difficult_area")
    if rank >= levels["primary"].rank and in_area:
        return Verdict("met_area", {"level": level})
    if rank >= levels["literate"].rank and answers.get("elder_or_fisher"):
        approval = asked.facts.approvals.get("education")
        if approval is None or approval.approved_on > asked.on:
            return Verdict("unmet_elder", {"level": level})
        return Verdict("met_elder", {"level": level, "number": approval.number, "when": approval.approved_on})
    if rank >= levels["primary"].rank and in_area is None:
        return Verdict("unknown_area", {"level": level})
    return Verdict("unmet", {"level": level, "least": least})


def _youth_union(asked: Asked) -> Verdict:
    answers = asked.facts.answers
    if answers.get("youth_member"):
        return Verdict("met")
    if answers.get("youth_union_here") is False or not of_youth_age(asked.facts, asked.on, asked.book):
        return Verdict("met_none")
    known = answers.get("youth_union_here") and answers.get("youth_member") is False
    return Verdict("unmet") if known else Verdict("unknown")


def of_youth_age(facts: CaseFacts, on: date, book: Rulebook) -> bool:
    """Whether the candidate is still of the age to be in the Youth Union; true while the birth day is not known."""
    years = facts.local.get("youth_until_years", book.entries.local["youth_until_years"].value)
    return facts.born is None or full_months(facts.born, on) <= years * 12


def _valid(event: str, rule: str) -> Check:
    """A paper that counts for so many months: lapsed from the day after its last day."""

    def check(asked: Asked) -> Verdict:
        when = asked.facts.dates.get(event)
        clock = asked.book.clock(rule, when) if when else None
        if when is None or clock is None or when > asked.on:
            return Verdict("unmet")
        until = due_on(clock, when, asked.calendar)
        return Verdict("met" if asked.on <= until else "unmet_expired", {"when": when, "until": until})

    return check


def _trial_time(asked: Asked) -> Verdict:
    since = asked.facts.dates.get("source_listed")
    if since is None:
        return Verdict("unknown")
    default = asked.book.entries.local["least_days_as_source"].value
    days, least = (asked.on - since).days, asked.facts.local.get("least_days_as_source", default)
    return Verdict("met", {"days": days}) if days >= least else Verdict("unmet", {"days": days, "least": least})


def _ceremony_in_time(asked: Asked) -> Verdict:
    dates = asked.facts.dates
    decided = dates.get("admission_decided")
    clock = asked.book.clock("ceremony", decided) if decided else None
    start_on = dates.get(clock.start) if clock else None
    if clock is None or start_on is None:
        return Verdict("unknown")
    until = due_on(clock, start_on, asked.calendar)
    return Verdict("met" if asked.on <= until else "unmet", {"until": until})


def _probation_over(asked: Asked) -> Verdict:
    held = asked.facts.dates.get("ceremony")
    clock = asked.book.clock("probation_end", held) if held else None
    if held is None or clock is None:
        return Verdict("unknown")
    until = due_on(clock, held, asked.calendar)
    return Verdict("met" if asked.on >= until else "unmet", {"until": until})


CHECKS: Mapping[str, Check] = {
    "age": _age,
    "over_60_approval": _over_60_approval,
    "education": _education,
    "youth_union": _youth_union,
    "helper": recorded("helper_assigned"),
    "certificate": _valid("certificate_issued", "awareness_certificate"),
    "procedure": recorded("procedure_approved"),
    "dossier": _valid("dossier_opened", "dossier"),
    "application": recorded("application_written"),
    "history": recorded("history_declared"),
    "vetting": vetting,
    "history_certified": recorded("history_certified"),
    "opinions": recorded("opinions_collected"),
    "recommenders": recommenders(of_youth_age),
    "trial_time": _trial_time,
    "ceremony_in_time": _ceremony_in_time,
    "probation_over": _probation_over,
    "new_member_class": recorded("new_member_class"),
    "member_history": recorded("member_history_filed"),
    **READMISSION,
}
ADMISSION = (
    "age",
    "education",
    "youth_union",
    "helper",
    "certificate",
    "procedure",
    "dossier",
    "application",
    "history",
    "vetting",
    "history_certified",
    "opinions",
    "recommenders",
)
