"""The survey of sources in a paper: figures beside the survey before, and one line of the text."""

from bot.reports.paper import Measure, Survey, Surveyed
from bot.reports.wording import number, period_name, words
from bot.rules.periods import parse

RIPENESS = ("ready", "developing", "unlikely")


def measures(now: Surveyed, before: Surveyed, own: bool) -> tuple[Measure, ...]:
    """What was surveyed, as figures of the paper; `own`: of one branch, where branches are not counted."""
    found = tuple(Measure(f"survey_{ripe}", getattr(now, ripe), getattr(before, ripe)) for ripe in RIPENESS)
    return found if own else (Measure("surveyed", now.branches, before.branches), *found)


def told(survey: Survey, own: bool) -> str:
    """This quarter and the one before."""
    now, before = survey.now, survey.before
    first = "survey_own" if own else "survey_over" if survey.of is None else "survey"
    after = "survey_before_own" if own else "survey_before"
    said = _said(first if now.looked else "survey_none", now, survey.of)
    return f"{said} {_said(after if before.looked else 'survey_before_none', before, None)}"


def _said(name: str, found: Surveyed, of: int | None) -> str:
    sentences, quarter = words()["sentences"], _quarter(found)
    counts = {ripe: number(getattr(found, ripe)) for ripe in RIPENESS}
    text: str = sentences[name]
    return text.format(
        quarter=quarter,
        quarter_first=quarter[:1].upper() + quarter[1:],
        branches=number(found.branches),
        of=number(of or 0),
        found=sentences["survey_found"].format(looked=number(found.looked), **counts),
    )


def _quarter(found: Surveyed) -> str:
    period = parse(found.quarter)
    return period_name(period) if period else found.quarter
