"""Readmission: how long somebody has been out, why they left, whether it is the first time, the consent from above."""

from collections.abc import Mapping

from bot.rules.deadlines import due_on
from bot.rules.findings import Asked, Check, Verdict
from bot.rules.lists import LeftReason

WAYS_BACK = ("readmission_time", "readmission_allowed", "readmission_once", "readmission_approval")


def _reason(asked: Asked) -> LeftReason | None:
    return asked.book.entries.left_reasons.get(asked.facts.left_reason or "")


def _time(asked: Asked) -> Verdict:
    """36 months from leaving; after a sentence for a minor crime 60 months from the day the record was cleared."""
    why = _reason(asked)
    clock = asked.book.clock(why.rule, asked.on) if why else None
    since = asked.facts.dates.get(clock.start) if clock else None
    if clock is None or since is None:
        return Verdict("unknown")
    free_on = due_on(clock, since, asked.calendar)
    return Verdict("met" if free_on <= asked.on else "unmet", {"when": free_on})


def _allowed(asked: Asked) -> Verdict:
    why = _reason(asked)
    if why is None:
        return Verdict("unknown")
    return Verdict("unmet", {"reason": why.name}) if why.barred else Verdict("met")


def _once(asked: Asked) -> Verdict:
    before = asked.facts.answers.get("readmitted_before")
    return Verdict("unknown") if before is None else Verdict("unmet") if before else Verdict("met")


def _approval(asked: Asked) -> Verdict:
    approval = asked.facts.approvals.get("readmission")
    if approval is None or approval.approved_on > asked.on:
        return Verdict("unmet")
    return Verdict("met", {"number": approval.number, "when": approval.approved_on})


READMISSION: Mapping[str, Check] = dict(zip(WAYS_BACK, (_time, _allowed, _once, _approval), strict=True))
