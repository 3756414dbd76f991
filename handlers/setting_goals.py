"""The office sets targets and splits a year into quarters; kept with who and when."""

import re

from bot.chat import Choice, Refusal, Reply
from bot.rules.figures import Target, quarter_part
from bot.rules.periods import Period
from bot.vietnamese.fold import clean, fold
from handlers.commands import Context, command, form
from handlers.desk import Asked, may_set, read
from handlers.goals import differing, goals_of
from storage import targets, units
from storage.units import Unit

TARGET = "target"
ADMISSIONS, SOURCES = "admissions", "sources"
_PAIR = re.compile(r"(?P<first>\d{1,4}|-)(?:\s*[/,; ]\s*(?P<second>\d{1,4}|-))?")


@command("datchitieu")
def set_target(context: Context, words: str) -> Reply:
    """`UNIT PERIOD = 7/12`: admissions and new sources; without the numbers they are asked for."""
    named, _, said = words.partition("=")
    asked = asked_to_set(context, "datchitieu", named)
    if asked.period.kind not in ("year", "quarter"):
        raise Refusal("goals.only_quarters")
    if said.strip():
        return _set(context, asked.of, asked.period, said)
    return _ask(context, asked.of, asked.period)


def asked_to_set(context: Context, name: str, words: str) -> Asked:
    """The unit and period; refuses whoever may not set anything there."""
    asked = read(context, name, words, "year")
    if not may_set(context, asked.of):
        raise Refusal("goals.not_yours", [[Choice("to_targets", f"/chitieu #{asked.of.id}")]], unit=asked.of.name)
    return asked


def _ask(context: Context, unit: Unit, period: Period) -> Reply:
    quarter = period.number if period.kind == "quarter" else 0
    context.begin_form(TARGET, unit=unit.id, year=period.year, quarter=quarter)
    held = targets.rows_of(context.connection, unit.id, period.year)
    others = [Period("year", period.year), *(Period("quarter", period.year, number) for number in range(1, 5))]
    choices = [
        Choice("for_period", f"/datchitieu #{unit.id} {other.code}", {"period": other})
        for other in others
        if other != period
    ]
    split = [Choice("split_year", f"/chiachitieu #{unit.id} {period.year}")] if 0 in held else []
    values = {"unit": unit, "period": period, "held": held.get(quarter, Target())}
    return Reply("goals.ask", values, [choices[:2], choices[2:], split, [Choice("cancel", "/huy")]], edit=True)


@form(TARGET, numbers=True)
def target_typed(context: Context, text: str) -> Reply:
    """The numbers."""
    data = context.form.data if context.form else {}
    unit = own(context, int(str(data.get("unit", 0))))
    year, quarter = int(str(data["year"])), int(str(data["quarter"]))
    return _set(context, unit, Period("quarter", year, quarter) if quarter else Period("year", year), text)


def own(context: Context, number: int) -> Unit:
    """The unit that a form is about, if its targets are still this person's to set."""
    unit = units.by_id(context.connection, number)
    if not may_set(context, unit):
        raise Refusal("goals.not_yours", unit=unit.name)
    return unit


def _numbers(text: str) -> dict[str, int | None]:
    """ "7/12", "7 12", "7" (admissions alone), "-/12" (sources alone), "xoa" (takes both away)."""
    said = clean(text)
    if fold(said) in ("xoa", "bo chi tieu"):
        return {ADMISSIONS: None, SOURCES: None}
    cues = re.sub(r"[^\d/,;\- ]", " ", said)
    found = _PAIR.fullmatch(" ".join(cues.split()))
    if found is None:
        raise Refusal("goals.no_numbers", words=said[:30])
    given = {ADMISSIONS: found["first"], SOURCES: found["second"]}
    return {name: int(number) for name, number in given.items() if number and number != "-"}


def _set(context: Context, unit: Unit, period: Period, text: str) -> Reply:
    values = _numbers(text)
    quarter = period.number if period.kind == "quarter" else 0
    targets.set_target(context.connection, context.now, context.me.id, unit.id, period.year, quarter, values)
    if context.open_form(TARGET):
        context.close_form()
    done = goals_of(context, unit, period, set=True, differ=differing(context, unit, period.year))
    split = [Choice("split_year", f"/chiachitieu #{unit.id} {period.year}")] if not quarter else []
    return Reply("goals.unit", done.values, [split, *done.buttons], edit=False)


@command("chiachitieu")
def split(context: Context, words: str) -> Reply:
    """A year's target in four quarters, so that none falls behind its share."""
    asked = asked_to_set(context, "chiachitieu", words)
    year = asked.period.year
    whole = targets.rows_of(context.connection, asked.of.id, year).get(0, Target())
    if not whole:
        raise Refusal("goals.no_year", [[Choice("set_target", f"/datchitieu #{asked.of.id} {year}")]], year=year)
    given = {ADMISSIONS: whole.admissions, SOURCES: whole.sources}
    for quarter in range(1, 5):
        parts = {name: quarter_part(number, quarter) for name, number in given.items() if number is not None}
        targets.set_target(context.connection, context.now, context.me.id, asked.of.id, year, quarter, parts)
    return goals_of(context, asked.of, Period("year", year), set=True)
